"""Plots, spread: single runs behind a mean, and the poverty quarters of a district side by side."""

import numpy as np

from districtsim.show import arms, drawing, looks, plots_general, words
from districtsim.show.drawing import Sheet

MOST_THREADS = 12  # runs drawn as single lines for each arm
INNER = (0.1, 0.9)  # the band holds the middle 80 % of runs
QUARTERS = tuple(f"quartile {number}" for number in (1, 2, 3, 4))


def spaghetti(values, outcome, group="all", *, source="districtsim"):
    """One outcome over the years, run by run: median, middle 80 % of runs, and a dozen single runs.

    values   tidy DataFrame; outcome and group as in its columns
    returns  matplotlib Figure
    """
    word = words.outcome(outcome)
    rows = _rows(values, outcome, [group])
    labelled = arms.label(rows)
    names = arms.names(labelled)
    columns = max(1, min(3, len(names)))
    lines = -(-len(names) // columns) or 1
    sheet = Sheet(word.question, 1.4 + 2.3 * lines)
    grid = sheet.rows(columns, [1] * lines)
    look = looks.looks(names, names[1:])
    drawn = []
    for i, name in enumerate(names or [""]):
        axes = sheet.panel(
            grid[i // columns, i % columns], name, "year", word.axis if i % columns == 0 else "",
            letter=len(names) > 1,
        )  # fmt: skip
        part = labelled[labelled["arm"] == name]
        runs = part.pivot_table("value", "year", "replicate", observed=True)
        if not len(runs):
            sheet.empty(axes)
            continue
        drawn.append(axes)
        _threads(axes, runs, look[name])
        drawing.year_ticks(axes, runs.index)
        if word.percent:
            drawing.percent(axes.yaxis)
    _same_heights(drawn)
    some = min(MOST_THREADS, labelled["replicate"].nunique()) if len(labelled) else 0
    sheet.note(
        f"Thick: median run; band: the middle 80 % of runs, which is what luck does to one "
        f"district, not an interval of the mean; thin: the first {some} runs, the same luck in "
        "every panel."
    )
    sheet.note_missing(rows)
    return sheet.finished(arms.replicates(rows), source)


def _threads(axes, runs, look):
    years, table = runs.index.to_numpy(), runs.to_numpy()
    axes.plot(years, table[:, :MOST_THREADS], color=look.color, linewidth=0.5, alpha=0.55, zorder=2)
    if table.shape[1] > 2:
        low, high = np.nanquantile(table, INNER, axis=1)
        axes.fill_between(years, low, high, color=look.color, alpha=0.16, linewidth=0, zorder=1)
    axes.plot(
        years, np.nanmedian(table, axis=1), color=look.color, linestyle=look.style, linewidth=2.2,
        marker=look.marker, markersize=4, zorder=3,
    )  # fmt: skip


def quarters(values, outcome, *, source="districtsim"):
    """One outcome over the years in each poverty quarter of schools, on the same axes.

    values   tidy DataFrame whose outcome has the groups "quartile 1" (least poor) to "quartile 4"
    returns  matplotlib Figure
    """
    word = words.outcome(outcome)
    rows = _rows(values, outcome, QUARTERS)
    labelled = arms.label(rows)
    names = arms.names(labelled)
    look = looks.looks(names, names[1:])
    sheet = Sheet(f"{word.label}: do the poorest schools get the same?", 4.0, 10.2)
    grid = sheet.rows(4, [1])
    there = [q for q in QUARTERS if labelled["value"][labelled["group"] == q].notna().any()]
    drawn = []
    for i, quarter in enumerate(QUARTERS):
        axes = sheet.panel(
            grid[0, i], f"{words.group(quarter).capitalize()} of schools", "year",
            word.axis if i == 0 else "", letter=False,
        )  # fmt: skip
        part = labelled[labelled["group"] == quarter]
        if quarter not in there:
            sheet.empty(axes)
            continue
        drawn.append(axes)
        table = arms.means(part)
        for arm, line in table.groupby("arm", observed=True, sort=False):
            name = arm if quarter == there[-1] and len(names) > 1 else None
            sheet.line(axes, line["year"], line, look[arm], name)
        drawing.year_ticks(axes, table["year"])
        if word.percent:
            drawing.percent(axes.yaxis)
    _same_heights(drawn)
    sheet.note(
        "Schools by their share of low-income pupils, in groups with a quarter of all pupils."
    )
    sheet.note(plots_general.SAME_LUCK if len(names) > 1 else "")
    return sheet.finished(arms.replicates(rows), source)


def _same_heights(drawn):
    """The same limits for all panels, so that heights can be compared."""
    ends = [end for axes in drawn for end in axes.get_ylim()]
    for axes in drawn:
        axes.set_ylim(min(ends), max(ends))


def _rows(values, outcome, groups):
    rows = values[(values["outcome"] == outcome) & values["group"].isin(groups)]
    return rows[rows["week"].isna()]
