"""Validation, calibrated: figures of role V over the calibrated set, beside the cards' values.

Nothing was fitted to these figures: they say whether what fits elsewhere also fits here.
"""

import numpy as np

from districtsim.study import calibrated
from districtsim.study.observations import Job, pooled, quantities
from districtsim.study.published import HIT, SHOWN
from districtsim.study.runs import run_seed
from districtsim.world.parameters import nested

DRAWS = 32  # sets of numbers, each simulated once in every district of an arm
ENDS = (0.05, 0.5, 0.95)
LUCK = 500_000  # draw d has replicate LUCK + d: no luck of the cards' values comes round again


def to_check(study):
    """Figures of a Study that no parameter may be fitted to: those with a role V."""
    return [f for f in study.figures if "V" in (role.strip() for role in f.role.split(","))]


def simulated(study, watched, most=None):
    """{name of the figure: (draws,)} simulated once for each draw of the calibrated set.

    watched  function of a list of Jobs that yields their sums in order, as `validation` does it
    most     draws at most
    """
    count = min(DRAWS, most or DRAWS)
    numbers = calibrated.draws(count, study.seed)
    figures = to_check(study)
    jobs = [
        Job(
            arm, district, study.arms[arm].policy, study.arms[arm].years,
            run_seed(study.seed + place, LUCK + draw), nested(numbers, draw),
        )
        for draw in range(count)
        for arm in dict.fromkeys(figure.arm for figure in figures)
        for place, district in enumerate(study.arms[arm].districts)
    ]  # fmt: skip
    seen = {}
    for number, (job, sums) in enumerate(zip(jobs, watched(jobs))):
        draw = number * count // len(jobs)
        seen.setdefault((draw, job.arm), []).append((job.district.name, sums))
    return {
        figure.name: np.array([_value(figure, seen[draw, figure.arm]) for draw in range(count)])
        for figure in figures
    }


def _value(figure, runs):
    there = [sums for name, sums in runs if name.startswith(figure.only)]
    return quantities(pooled(there)).get(figure.measure, np.nan)


def section(study, compared, values, words):
    """Markdown: every figure of role V at the cards' values and over the calibrated set.

    compared  Comparisons of the study; values: as `simulated` returns them
    words     (shown, published): how the page writes a value and a figure
    """
    shown, published = words
    at_cards = {it.figure.name: it for it in compared}
    count = len(next(iter(values.values()))) if values else 0
    lines = [
        "## Figures of role V over the calibrated set",
        "",
        f"{count} sets of numbers from `study/calibrated.py` (docs/calibration.md), each simulated "
        "once with its own luck;",
        "median, and from 5 % to 95 % of the sets. No figure of role V was a target.",
        "",
        "| quantity | published | at the cards' values | over the calibrated set | sets that hit "
        "| cards | set's median |",
        "|---|---|---|---|---|---|---|",
    ]
    verdicts = []
    for figure in to_check(study):
        drawn = values[figure.name][np.isfinite(values[figure.name])]
        unit, it = figure.unit, at_cards[figure.name]
        if not len(drawn):
            lines.append(f"| {figure.quantity} | {published(figure)} | | no such case | | | |")
            continue
        low, middle, high = (shown(end, unit) for end in np.quantile(drawn, ENDS))
        hits = np.mean([figure.verdict(value) == HIT for value in drawn])
        verdicts.append((it.verdict, figure.verdict(float(np.median(drawn)))))
        lines.append(
            f"| {figure.quantity} ({figure.fact}) | {published(figure)} | {shown(it.mean, unit)} | "
            f"{middle} ({low} to {high}) | {100 * hits:.0f} % | {it.verdict} | {verdicts[-1][1]} |"
        )
    judged = [pair for pair in verdicts if SHOWN not in pair]
    by_cards, by_median = (sum(pair[i] == HIT for pair in judged) for i in (0, 1))
    lines.append(
        f"\nOf {len(judged)} judged, {by_cards} are hit at the cards' values and {by_median} by "
        "the median over the calibrated set."
    )
    return "\n".join(lines)
