"""Plots, choice: which figures fit what a design varied.

policies alone          years, differences; in a report also run by run, poverty quarters, pairs,
                        and where a supervisor's week goes
a lever or two (grid)   outcomes over the lever; a map of two levers with contours
sampled numbers         tornado, Sobol or Morris
"""

from districtsim.show import (
    arms,
    plots_effects,
    plots_flows,
    plots_general,
    plots_spread,
    plots_surface,
    run_pages,
    words,
)
from districtsim.study import analysis

MOST_ARMS = 8  # lines in a figure over years
MAPS = 2  # outcomes that get a map of their own


def general(name, values, source, asked=None):
    """The figures of an experiment without one of its own: {name: Figure}.

    asked  the experiment as its file says it, as far as it is known
    """
    design = run_pages.design_of(values, asked)
    shown = outcomes(name, values)
    if design == run_pages.GRID:
        return grid(values, shown, source, run_pages.reference(name, values))
    if design:
        return {}  # `sampled` tells of it
    groups = [(outcome, main_group(values, outcome)) for outcome in shown]
    question = words.experiment(name).get("question", "What happens over the years?")
    found = {"years": plots_general.bands(values, groups, title=question, source=source)}
    effects, base = arms.differences(values)
    if effects is not None:
        found["effects"] = plots_general.forest(effects, shown, baseline=base, source=source)
    return found


def more(name, values, source, asked=None):
    """Further figures for a report: {name: Figure}."""
    if run_pages.design_of(values, asked) or not len(values):
        return {}
    found = {}
    first = outcomes(name, values)[0]
    group = main_group(values, first)
    several = arms.label(values)["arm"].nunique() > 1
    few = values["replicate"].nunique() > 1
    if several and few:
        found["pairs"] = plots_effects.pairs(values, first, group, source=source)
    if few:
        found["runs"] = plots_spread.spaghetti(values, first, group, source=source)
    quartered = _quartered(values, outcomes(name, values))
    if quartered:
        found["quarters"] = plots_spread.quarters(values, quartered, source=source)
    if several and _has_week(values, "ild"):
        found["flows_ild"] = plots_flows.flows(values, "ild", source=source)
    return found


def grid(values, shown, source, reference=None):
    """Figures of a grid of levers: outcomes over each, and maps of two."""
    factors = analysis.factors_of(values)
    numeric = [name for name in factors if _is_number(values[name])]
    found = {}
    if len(factors) == 1 and numeric:
        found["dose"] = plots_surface.dose(values, numeric[0], shown[:4], source=source)
    elif len(factors) == 2 and len(numeric) == 2:
        across, up = sorted(numeric, key=lambda name: -values[name].nunique())
        found["dose"] = plots_surface.dose(values, across, shown[:4], source=source)
        first = arms.at_cost(values)
        first = first[first["policy"] == first["policy"].iloc[0]]
        for outcome in shown[:MAPS]:
            found[f"map_{outcome}"] = plots_surface.heat_map(
                first, across, up, outcome, main_group(values, outcome), source=source,
                reference=reference,
            )  # fmt: skip
    some = arms.at_cost(arms.one_at_a_time(values, reference))
    effects, base = arms.differences(some, reference)
    if effects is not None and effects["arm"].nunique() <= 3 * MOST_ARMS:
        found["effects"] = plots_general.forest(effects, shown, baseline=base, source=source)
    return found


def outcomes(name, values):
    """The outcomes that figures show: the main ones that are there, else the first."""
    there = list(dict.fromkeys(values["outcome"]))
    main = [outcome for outcome in words.main_outcomes(name) if outcome in there]
    return main or sorted(there)[:6]


def main_group(values, outcome):
    """'all', or the first group."""
    groups = values.loc[values["outcome"] == outcome, "group"].unique()
    return "all" if "all" in groups else groups[0]


def _quartered(values, shown):
    """The first outcome with numbers for the poverty quarters, teaching before others."""
    there = values.loc[values["group"] == plots_spread.QUARTERS[0], "outcome"].unique()
    wanted = [name for name in ("teaching_quality", *shown) if name in there]
    return wanted[0] if wanted else None


def _has_week(values, role):
    weeks = values.loc[values["outcome"] == "time_use", "group"].unique()
    return any(str(group).startswith(f"{role}: ") for group in weeks)


def _is_number(column):
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) and not is_bool_dtype(column)
