"""Plots: one function per figure; each takes a tidy table and returns a matplotlib Figure.

They live in plots_*.py beside this file, by theme. Everything that is computed is computed by
`study.analysis`; what is written on a figure comes from words.yaml.
"""

import io
from pathlib import Path

from districtsim.show import arms, drawing, plots_choice, words
from districtsim.show.plots_caseload import caseload
from districtsim.show.plots_effects import pairs
from districtsim.show.plots_flows import flows
from districtsim.show.plots_general import band, bands, forest, time_use
from districtsim.show.plots_pd_allocation import pd_allocation
from districtsim.show.plots_research_use import research_use
from districtsim.show.plots_sensitivity import morris, sobol, tornado
from districtsim.show.plots_spread import quarters, spaghetti
from districtsim.show.plots_surface import dose, heat_map
from districtsim.show.sources import source_of
from districtsim.world.files import write_atomically

__all__ = [
    "FIGURES", "band", "bands", "caseload", "dose", "figures", "flows", "forest", "heat_map",
    "morris", "pairs", "pd_allocation", "quarters", "research_use", "save", "sobol", "source_of",
    "spaghetti", "time_use", "tornado",
]  # fmt: skip

FIGURES = {  # the headline experiments, by name
    "research_use": research_use,
    "caseload": caseload,
    "pd_allocation": pd_allocation,
}
ROLES = ("principal", "ild")  # whose week is shown where nothing else is asked for
PAYERS = ("pd.days", "research_use.coach_days")  # levers that can pay for an equal budget
FORMATS = ("png", "svg", "pdf")


def figures(name, results, asked=None):
    """The figures that suit an experiment: {name of the figure: matplotlib Figure}.

    name     of the experiment; one of FIGURES gets its own figure, others get general ones
    results  Results of `study.results`
    asked    the experiment as its file says it, where it is known
    """
    values, source = results.values, source_of(results)
    found = {}
    if not len(values):
        return found
    if name in FIGURES:
        found[name] = FIGURES[name](values, source=source, **_known_of_runs(name, results.runs))
    else:
        found |= plots_choice.general(name, values, source, asked)
    reference = words.experiment(name).get("reference")
    roles = words.experiment(name).get("time_use", () if name in FIGURES else ROLES)
    weeks = values.loc[values["outcome"] == "time_use", "group"].unique()
    if name not in FIGURES and plots_choice.run_pages.design_of(values, asked):
        roles = ()
    for role in [r for r in roles if any(group.startswith(f"{r}: ") for group in weeks)]:
        some = arms.at_cost(arms.one_at_a_time(values, reference))
        found[f"time_use_{role}"] = time_use(some, role, source=source, reference=reference)
    return found


def _known_of_runs(name, runs):
    """What a figure shows that is not in the values: when coaches leave, which lever pays."""
    if name == "research_use":
        column = "research_use.coach_weeks"
        weeks = runs[column].dropna() if column in runs.columns else []
        return {"coach_leaves": int(weeks.min()) if len(weeks) else None}
    if name == "caseload":
        moved = [lever for lever in PAYERS if lever in runs and runs[lever].nunique() > 1]
        return {"paid_with": words.lever_in_words(moved[0])} if moved else {}
    return {}


def save(figure, path, formats=FORMATS):
    """Write a Figure as path.png (150 dots an inch), path.svg and path.pdf, each whole or not.

    path     without the ending; its folder is made if it is missing
    formats  any of "png", "svg", "pdf"
    returns  the paths written
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [path.with_name(f"{path.name}.{kind}") for kind in formats]
    for kind, file in zip(formats, written):
        write_atomically(file, picture(figure, kind))
    return written


def picture(figure, kind, dots=drawing.DOTS_AN_INCH):
    """A Figure as bytes of a "png", "svg" or "pdf" file; the same figure gives the same bytes.

    dots  an inch, of a "png"
    """
    import matplotlib

    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    steady = {"svg.hashsalt": "districtsim", "svg.fonttype": "path", "pdf.fonttype": 42}
    content = io.BytesIO()
    with matplotlib.rc_context(steady):
        figure.savefig(content, format=kind, dpi=dots, metadata=undated)
    return content.getvalue()
