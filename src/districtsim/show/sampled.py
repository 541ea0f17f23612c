"""Sampled: what a design that samples says of one outcome: table, sentences and figures."""

from typing import NamedTuple

from districtsim.show import arms, plots_sensitivity, run_pages, sensitivity_words, words
from districtsim.show.sources import source_of
from districtsim.study import analysis

FEWEST_FAILURES = 2
ROUNDING = 1e-12
NO_TREES = (
    "Where it fails was not looked for: that needs scikit-learn, which "
    "\"pip install 'districtsim[discovery]'\" brings."
)


class Told(NamedTuple):
    """All that is told of one outcome; tables are lists of dicts.

    rows, headings  for people; indices  all that `analysis.sensitivity` finds
    says            sentences; scale what the numbers of the rows are
    variance        luck and ignorance, or [] where they cannot be told apart
    box, regional   where a policy fails, and which numbers part success from failure; or None, []
    figures         {name: matplotlib Figure}
    """

    method: str
    about: dict
    rows: list
    headings: dict
    scale: str
    says: list
    indices: list
    variance: list
    regional: list
    box: dict | None
    points: int
    replicates: int
    figures: dict


def tell(
    results, outcome=None, group=None, *, year=None, policy=None, against=None, threshold=None,
    units=None, draw=True,
):  # fmt: skip
    """What moves an outcome of sampled runs; a Told.

    results    Results; outcome, group, year  None for the main one, "all" or the first, the last
    policy     whose runs, None for the first; against  a policy that it is compared with
    threshold  a policy fails where the outcome, or the difference, is not better than this; None
               for no difference (0) if two policies are compared, else failure is not looked for
    units      {name: unit} of what is varied
    Raises ValueError, in words, if the runs have no such numbers or do not suffice.
    """
    values = arms.at_cost(results.values)
    outcome = outcome or main_outcome(values)
    group = group or main_group(values, outcome)
    asked = _asked(results)
    found = analysis.response(
        values, outcome, group, year=year, policy=policy, against=against,
        factors=[name for name in asked.get("vary") or () if name in values] or None,
    )  # fmt: skip
    about = sensitivity_words.about(found, units)
    if _same(found):
        return _nothing(found, about)
    design = asked.get("design")
    table = analysis.sensitivity(found, design if design in analysis.METHODS else None)
    method = table.attrs["method"]
    says = [sensitivity_words.summary(table, about)]
    if against:
        says.insert(0, sensitivity_words.over_draws(found, about, method))
    districts = values["district"].nunique() if "district" in values else 1
    if districts > 1:
        says.append(f"Each number is a mean over the {districts} districts that were run.")
    variance = _variance(found, method)
    if variance is not None:
        says.append(sensitivity_words.luck(variance, about))
    box, regional = None, None
    if method in ("sobol", "latin_hypercube") and (against or threshold is not None):
        box, regional, said = _failure(found, about, threshold or 0.0)
        says.append(said)
    figures = {}
    if draw:
        name = "_vs_".join(filter(None, (found.policy, against)))
        source = source_of(results)
        figures[f"sensitivity_{outcome}_{name}"] = plots_sensitivity.figure(
            table, about, source=source
        )
    return Told(
        method, {k: v for k, v in about.items() if k != "units"},
        sensitivity_words.rows(table, about), sensitivity_words.headings(method),
        sensitivity_words.scale(method, about), says, _records(table), _records(variance),
        _records(regional), box, table.attrs["points"], table.attrs["replicates"], figures,
    )  # fmt: skip


def _asked(results):
    """The experiment as its folder says it, or {}."""
    return run_pages.read(results.folder, results).asked if results.folder else {}


def _same(response):
    """Whether the outcome is the same, but for rounding, in all that has been run."""
    import numpy as np

    there = response.values[np.isfinite(response.values)]
    return len(there) > 0 and np.ptp(there) <= ROUNDING * max(1.0, np.abs(there).max())


def _nothing(response, about):
    """A Told that says that nothing moves the outcome."""
    kept = response.complete
    says = [sensitivity_words.the_same(kept, about)]
    return Told(
        "none", {k: v for k, v in about.items() if k != "units"}, [], {"number": "number"}, "",
        says, [], [], [], None, len(kept.points), response.values.shape[1], {},
    )  # fmt: skip


def main_outcome(values):
    """The outcome that is told of where none is asked for: the first of the main ones there."""
    there = list(dict.fromkeys(values["outcome"]))
    main = [name for name in words.main_outcomes("") if name in there]
    return (main or there or ["appropriation"])[0]


def main_group(values, outcome):
    """'all', or the first group."""
    groups = list(dict.fromkeys(values.loc[values["outcome"] == outcome, "group"]))
    return "all" if "all" in groups or not groups else groups[0]


def _variance(response, method):
    if method not in ("sobol", "latin_hypercube"):  # other points are no draws of the numbers
        return None
    try:
        return analysis.luck_and_ignorance(response)
    except ValueError:
        return None


def _failure(response, about, threshold):
    """Box as a dict, table of regional sensitivity, and the sentence."""
    kept = analysis.independent(response).complete
    if len(kept.points) < 2 * FEWEST_FAILURES:
        return None, None, "Too few draws to say where it fails."
    try:
        found, regional, below = sensitivity_words.boxes(kept, threshold)
    except ImportError:
        return None, None, NO_TREES
    said = sensitivity_words.failure(found, about, threshold, below)
    limits = [dict(zip(("name", "above", "value", "chance"), _plain(it))) for it in found.limits]
    told = {
        "limits": limits, "inside": found.inside, "points": found.points,
        "failing": found.failing, "failing_inside": found.failing_inside,
        "coverage": found.coverage, "density": found.density,
        "unseen_coverage": found.unseen_coverage, "unseen_density": found.unseen_density,
        "threshold": threshold, "fails_below": bool(below),
    }  # fmt: skip
    return {k: None if v != v else v for k, v in told.items()}, regional, said


def _plain(limit):
    return limit.name, limit.above, limit.value, limit.chance


def _records(table):
    return [] if table is None else table.to_dict("records")
