"""Plots, trials: what many simulated studies would have found, and how large a trial must be."""

import numpy as np

from districtsim.show import drawing, looks
from districtsim.show.drawing import Sheet

BINS = 20
FOUND, NOT_FOUND = looks.Look(looks.COLORS[0]), looks.Look(looks.PALE)
ACROSS = 3  # panels beside each other


def estimates(title, rows, summary, *, source="districtsim"):
    """Every estimate of a study, beside the true effect and the published figure.

    title    of the study
    rows     a dict for each repetition, measure and arm: measure, arm, estimate, p_value
    summary  a dict for each measure and arm: measure, arm, unit, truth, published, significant
    returns  matplotlib Figure
    """
    shown = [row for row in summary if row.get("studies")]
    across = min(ACROSS, max(1, len(shown)))
    down = -(-len(shown) // across) or 1
    sheet = Sheet(title, 1.2 + 2.4 * down)
    grid = sheet.rows(across, [1] * down)
    for i, about in enumerate(shown):
        own = [r for r in rows if (r["measure"], r["arm"]) == (about["measure"], about["arm"])]
        _panel(sheet, grid[i // across, i % across], own, about, len(shown) > across)
    sheet.note(
        "Each count is a simulated study. Blue: significant at 5 %; grey: not. Solid line: mean of "
        "the true effect in those treated; dashed orange: published."
    )
    return sheet.finished(str(max((row["studies"] for row in shown), default=0)), source)


def _panel(sheet, place, rows, about, crowded):
    name = about["measure"].replace("_", " ")
    heading = name if crowded else f"{name} ({100 * about['significant']:.0f} % significant)"
    axes = sheet.panel(place, heading, about["unit"], "studies")
    values = np.array([row["estimate"] for row in rows], dtype=float)
    fine = np.isfinite(values)
    hits = np.array([row["p_value"] < 0.05 for row in rows])
    marks = [about.get("truth"), about.get("published")]
    ends = [*values[fine], *(mark for mark in marks if mark is not None)]
    low, high = min(ends), max(ends)
    bins = int(np.clip(np.sqrt(max(len(rows), 1)) * 2, 8, BINS))
    edges = np.linspace(low, high if high > low else low + 1e-9, bins)
    axes.hist(
        [values[fine & hits], values[fine & ~hits]], edges, stacked=True,
        color=[FOUND.color, NOT_FOUND.color], edgecolor="white", linewidth=0.3,
    )  # fmt: skip
    drawing.zero(axes)
    if marks[0] is not None:
        axes.axvline(marks[0], color=looks.INK, linewidth=1.4)
    if marks[1] is not None:
        axes.axvline(marks[1], color=looks.COLORS[1], linewidth=1.4, linestyle=(0, (4, 2)))
    drawing.few_ticks(axes.xaxis)


def power(title, summary, size, *, source="districtsim"):
    """Share of simulated studies that find the effect, by size of sample.

    summary  a dict for each size, measure and arm: size, measure, arm, significant,
             significant_low, significant_high
    size     what is counted: "schools" or "districts"
    returns  matplotlib Figure
    """
    sheet = Sheet(title, 4.2)
    grid = sheet.rows(1, [1])
    axes = sheet.panel(grid[0, 0], "Power", f"{size} in the study, all arms together",
                       "% of studies significant", letter=False)  # fmt: skip
    several = len({row["arm"] for row in summary}) > 1
    names = list(dict.fromkeys((row["measure"], row["arm"]) for row in summary))
    look = looks.looks(names, names)
    for name in names:
        own = [r for r in summary if (r["measure"], r["arm"]) == name and r.get("studies")]
        own.sort(key=lambda row: row["size"])
        table = {
            key: [row[column] for row in own]
            for key, column in (
                ("mean", "significant"), ("low", "significant_low"), ("high", "significant_high")
            )
        }  # fmt: skip
        label = " ".join(name) if several else name[0]
        sheet.line(axes, [row["size"] for row in own], table, look[name], label.replace("_", " "))
    axes.axhline(0.8, color=looks.BASELINE, linewidth=1, linestyle=(0, (4, 2)))
    axes.set_ylim(0, 1.02)
    drawing.percent(axes.yaxis)
    axes.set_xticks(sorted({row["size"] for row in summary}))
    sheet.note("Dashed: 80 %, what trials are planned for.")
    counts = {row["studies"] for row in summary if row.get("studies")}
    return sheet.finished(f"{max(counts, default=0)} studies of each size", source)
