"""Reports: what a results folder says, as one HTML page that needs nothing else.

The page opens from a file without a network: its style, figures and tables are all in it.
"""

import base64
import re
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from districtsim.show import (
    arms,
    plots,
    plots_choice,
    report_parts,
    report_runs,
    report_sampled,
    report_sentences,
    report_tables,
    run_pages,
    words,
)
from districtsim.show.report_tables import heading, paragraph
from districtsim.study import results
from districtsim.world.files import write_atomically

NAME = "report.html"


class Study(NamedTuple):
    """One experiment of a report: its RunPage and Results."""

    page: run_pages.RunPage
    results: results.Results

    @property
    def name(self):
        return self.page.name

    @property
    def question(self):
        return self.page.question


def write(folder, *, answers=(), districts=None, units=None, keep=None, to=None):
    """Write folder/report.html about the results in a folder, or in the folders within it.

    answers    rows of the table of answers, dicts with experiment, question, effect, interval and
               meaning; they open the report
    districts  {name: [(label, text), ...]}, what is known and assumed about each district
    units      {name: unit} of what designs vary
    keep       function of ({name: Figure}, folder of the study) that stores the figures, or None
    to         file to write, None for report.html in the folder
    returns    Path of the report
    Raises results.NoResults if the folder holds none.
    """
    folder = Path(folder)
    studies = _studies(folder)
    sections = [_study(study, units or {}, keep) for study in studies]
    parts = [
        report_parts.contents(
            [("in-short", "In short")] * bool(answers)
            + [(study.name, study.question) for study in studies]
            + [("reading", "How to read this"), ("words", "What the words mean")]
            + [("district", "About the district")]
        ),
        report_parts.short_answers(answers),
        *sections,
        report_parts.reading(any(_is_sampled(study) for study in studies)),
        report_parts.meanings(_outcomes(studies)),
        _about_districts(studies, districts or {}),
    ]
    title = f"What the simulation says about {_places(studies)}"
    page = Template(Path(__file__).with_name("report.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        heading=escape(title),
        lead=escape(_lead(studies)),
        body="\n".join(part for part in parts if part),
        footer=escape(_footer(folder, studies)),
    )
    file = folder / NAME if to is None else Path(to)
    write_atomically(file, page)
    return file


def _studies(folder):
    if _holds_results(folder) or not folder.is_dir():
        places = [folder]
    else:
        places = sorted(path for path in folder.glob("*") if _holds_results(path))
        known = list(plots.FIGURES)
        places.sort(key=lambda p: known.index(p.name) if p.name in known else len(known))
    found = [_open(place) for place in places]
    if not found:
        raise results.NoResults(
            f"{folder}: no results here or in the folders within; name one that a run has written."
        )
    return found


def _holds_results(folder):
    """Whether runs stand in a folder, all or, while a sweep is at work, a part."""
    return (folder / results.RUNS).is_file() or any(folder.glob("chunks/runs/*.parquet"))


def _open(place):
    found = results.open_results(place)
    return Study(run_pages.read(place, found), found)


def _study(study, units, keep):
    """A section: the answer, the figures, the effects, what was run, what failed."""
    found, name = study.results, study.name
    values = found.values
    section = [f'<section aria-labelledby="{escape(name)}">', heading(2, study.question, name)]
    if study.page.why:
        section.append(paragraph(study.page.why))
    section.append(report_runs.progress(study.page, found.runs))
    if not len(values):
        section.append(paragraph("No simulation ended well, so that there is nothing to show."))
    elif _is_sampled(study):
        told, drawn = report_sampled.told(study, _figure, units)
        section.append(told)
    else:
        told, drawn = _compared(study, values)
        section += told
    if keep is not None and len(values):
        keep(drawn, found.folder)
    section.append(report_parts.what_was_run(found, arms.varied(values)))
    section.append(report_runs.failures(study.page, found.failed))
    section.append(report_runs.again(study.page, found.folder))
    return "\n".join([*(part for part in section if part), "</section>"])


def _is_sampled(study):
    values = study.results.values
    design = run_pages.design_of(values, study.page.asked) if len(values) else ""
    return design not in ("", run_pages.GRID)


def _compared(study, values):
    """Parts of a section about policies or a grid of levers, and the figures in it."""
    name, found = study.name, study.results
    reference = run_pages.reference(name, values)
    some = arms.at_cost(arms.one_at_a_time(values, reference))
    shown = _main(name, some)
    parts = [report_sentences.told(some, shown, reference)]
    drawn = plots.figures(name, found, study.page.asked)
    source = plots.source_of(found)
    if name not in plots.FIGURES:
        drawn |= plots_choice.more(name, arms.at_cost(values), source, study.page.asked)
    parts += [_figure(f"{name}-{key}", figure) for key, figure in drawn.items()]
    paper = report_tables.standardised(report_sentences.standardised(some, shown, reference))
    parts.append(_effects(study, values, paper))
    return [part for part in parts if part], drawn


def _effects(study, values, paper):
    """Differences from the baseline in the last year, or the course of a run that has none.

    paper  HTML that follows the table of differences
    """
    yearly = values[values["week"].isna() & values["value"].notna()]
    reference = run_pages.reference(study.name, values)
    some = arms.one_at_a_time(yearly, reference)
    shown = _main(study.name, some)
    changes, base = arms.differences(some, reference)
    if changes is None or not len(changes):
        means = arms.means(arms.label(some[some["outcome"].isin(shown)]))
        return report_tables.course(means, shown)
    last = changes[changes["year"] == changes["year"].max()]
    named = arms.label(some, (), reference)
    equal = last["arm"].isin(set(arms.names(named)) - set(arms.names(arms.at_cost(named))))
    told = report_tables.effects(last[~equal], base, shown, only=len(some) < len(yearly))
    told = "\n".join(filter(None, (told, paper)))
    more = _moved_by_budget(last[equal], last[~equal], shown)
    return f"{told}\n{report_tables.at_equal_budget(last[equal], base, more)}" if more else told


def _moved_by_budget(equal, at_cost, shown):
    """{outcome: groups} of those shown that come out otherwise at equal budget, cost aside."""
    both = equal.assign(arm=equal["arm"].map(report_tables.without_budget)).merge(
        at_cost, on=["arm", "outcome", "group"]
    )
    moved = (both["difference_x"] - both["difference_y"]).abs() > 1e-9
    there = set(zip(both.loc[moved, "outcome"], both.loc[moved, "group"]))
    found = {o: [g for g in groups if (o, g) in there] for o, groups in shown.items()}
    return {o: groups for o, groups in found.items() if groups and o != "cost_per_student"}


def _main(name, values):
    """{outcome: groups} that a report shows of an experiment, as far as they are there."""
    pairs = values[["outcome", "group"]].drop_duplicates()
    there = {o: list(part["group"]) for o, part in pairs.groupby("outcome", observed=True)}
    return {
        outcome: words.main_groups(name, outcome, there[outcome])
        for outcome in words.main_outcomes(name)
        if outcome in there
    }


def _figure(name, figure):
    """A figure in the page, with words for those who cannot see it."""
    svg = _lighter(plots.picture(figure, "svg").decode())
    data = base64.b64encode(svg.encode()).decode()
    title = " ".join(figure.get_suptitle().split())
    panels = [" ".join(axes.get_title(loc="left").split()) for axes in figure.axes]
    panels = [panel for panel in panels if panel]
    alt = f"Chart: {title}" + (f" Panels: {'; '.join(panels)}." if panels else "")
    return (
        f'<figure id="{escape(name)}" tabindex="0"><img src="data:image/svg+xml;base64,{data}" '
        f'alt="{escape(f"{alt} The numbers are in the tables of this section.")}"></figure>'
    )


def _lighter(svg):
    """An SVG with its paths rounded to a hundredth of a point, which takes half the room."""
    return re.sub(
        r' d="([^"]*)"',
        lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path.group(0)),
        svg,
    )


def _about_districts(studies, districts):
    names = dict.fromkeys(name for study in studies for name in study.results.runs["district"])
    known = {name: districts[name] for name in names if name in districts}
    return report_parts.about_districts(list(names), known)


def _outcomes(studies):
    """Outcomes that the sections speak of, in order."""
    found = {}
    for study in studies:
        there = set(study.results.values["outcome"].unique())
        found |= dict.fromkeys(o for o in words.main_outcomes(study.name) if o in there)
    return list(found)


def _places(studies):
    names = dict.fromkeys(name for study in studies for name in study.results.runs["district"])
    return words.listed(words.setting("district", name) for name in names)


def _lead(studies):
    runs = sum(len(study.results.runs) for study in studies)
    years = sorted({int(y) for study in studies for y in study.results.runs["years"].unique()})
    return (
        f"{words.several(runs, 'simulation')} of {words.listed(map(str, years))} years, for "
        f"{words.several(len(studies), 'question')}. These are results of a model, not "
        "measurements: they show what follows from its assumptions."
    )


def _footer(folder, studies):
    versions = dict.fromkeys(v for study in studies for v in study.results.runs["version"])
    seeds = dict.fromkeys(str(s) for study in studies for s in study.results.runs["seed"])
    return (
        f"Made from {folder}, districtsim {words.listed(versions)}, seed {words.listed(seeds)}. "
        "The same version, settings and seed give the same numbers. Every number is in "
        "values.parquet, every setting of every run in runs.parquet."
    )
