"""Plots, effects: every pair behind a difference, with the numbers beside it."""

import numpy as np

from districtsim.show import arms, drawing, looks, naming, words
from districtsim.show.drawing import Sheet
from districtsim.study import analysis

MANY_DOTS = 60  # pairs beyond which single ones are too many to see


def pairs(values, outcome, group="all", *, year=None, reference=None, source="districtsim"):
    """What each arm changes in one outcome: mean, 95 % interval, a dot for every pair, and numbers.

    values     tidy DataFrame of several arms; reference  as for `arms.baseline`
    year       None for the last
    returns    matplotlib Figure; arms in the order of their effects
    """
    word = words.outcome(outcome)
    rows = values[(values["outcome"] == outcome) & (values["group"] == group)]
    rows = rows[rows["week"].isna() & rows["value"].notna()]
    year = int(rows["year"].max()) if year is None and len(rows) else year
    labelled = arms.label(rows[rows["year"] == year], (), reference)
    base = arms.baseline_name(labelled, reference)
    names = [name for name in arms.names(labelled) if name != base]
    table = _effects(labelled, base) if names else None
    sheet = Sheet(
        f"{_heading(word, group)}: what changes, compared with {base}?",
        1.5 + 0.34 * max(2, len(names)),
    )
    grid = sheet.rows(8, [1])
    left = sheet.panel(grid[0, :6], "", word.axis_of_a_difference(), letter=False, lying=True)
    if table is None or not len(table):
        sheet.empty(left)
        return sheet.finished(arms.replicates(values), source)
    right = sheet.panel(grid[0, 6:], "difference (95 % interval)", letter=False, lying=True)
    look = looks.looks([base, *names], names)
    ordered = table.sort_values("difference", ascending=False)
    for y, row in enumerate(ordered.to_dict("records")):
        _row(sheet, left, y, row, _changes(labelled, row["arm"], base), look[row["arm"]])
        right.text(0, y, _numbers(word, row), va="center", fontsize=looks.TEXT, color=looks.INK)
    naming.name_rows(left, list(ordered["arm"]), look)
    drawing.zero(left)
    drawing.few_ticks(left.xaxis, 6)
    if word.percent:
        drawing.percent(left.xaxis)
    right.set(xlim=(0, 1), ylim=left.get_ylim(), xticks=[], yticks=[])
    right.spines[:].set_visible(False)
    sheet.note(f"Year {year}. Large dots: mean of the paired differences.")
    if len(labelled) and labelled["replicate"].nunique() <= MANY_DOTS:
        sheet.note("Small dots: one pair each, the two arms under the same luck.")
    return sheet.finished(arms.replicates(labelled), source)


def _heading(word, group):
    return word.label if group == "all" else f"{word.label}, {words.group(group)}"


def _effects(labelled, base):
    return analysis.paired_differences(labelled, base, arm="arm")


def _changes(labelled, name, base):
    wide = labelled.pivot_table("value", "replicate", "arm", observed=True)
    return (wide[name] - wide[base]).dropna().to_numpy()


def _row(sheet, axes, y, row, changes, look):
    if len(changes) <= MANY_DOTS:
        spread = np.linspace(-0.22, 0.22, len(changes)) if len(changes) > 1 else [0]
        axes.plot(
            changes, y + np.asarray(spread)[np.argsort(np.argsort(changes * 7919 % 1))], "o",
            color=look.color, markersize=2.2, alpha=0.35, markeredgewidth=0, zorder=2,
        )  # fmt: skip
    sheet.dot(axes, row["difference"], y, row, look)


def _numbers(word, row):
    if row["low"] != row["low"]:
        return word.numbers(row["difference"], sign=True)[0]
    if row["high"] == row["low"]:
        return f"{word.numbers(row['difference'], sign=True)[0]}, alike in every pair"
    spread = (row["high"] - row["low"]) / 2
    middle, low, high = word.numbers(
        row["difference"], row["low"], row["high"], sign=True, spread=spread
    )
    return f"{middle} ({low} to {high})"
