"""Plots, surface: what levers do: outcomes over one lever, and a map of two with contours."""

import numpy as np

from districtsim.show import arms, drawing, looks, words
from districtsim.show.drawing import Sheet
from districtsim.study import analysis

MOST_LINES, MOST_TICKS = 6, 9
COLORS = "cividis"  # read the same with and without color vision, and in grey


def dose(values, across, outcomes, *, year=None, source="districtsim"):
    """Outcomes over the values of one lever, a line for each other combination, year by its end.

    across    column of the lever, numbers; outcomes  names
    returns   matplotlib Figure
    """
    rows = values[values["week"].isna() & values["outcome"].isin(outcomes)]
    year = int(rows["year"].max()) if year is None and len(rows) else year
    rows = arms.at_cost(rows[rows["year"] == year])
    policy = _one_policy(rows, across)
    rows = rows if policy is None else rows[rows["policy"] == policy]
    columns = max(1, min(2, len(outcomes)))
    lines = -(-len(outcomes) // columns) or 1
    sheet = Sheet(f"What does it do to change {words.lever_in_words(across)}?", 1.4 + 2.5 * lines)
    grid = sheet.rows(columns, [1] * lines)
    for i, name in enumerate(outcomes):
        word = words.outcome(name)
        part = rows[rows["outcome"] == name]
        group = "all" if (part["group"] == "all").any() or not len(part) else part["group"].iloc[0]
        heading = word.label if group == "all" else f"{word.label}: {words.group(group)}"
        axes = sheet.panel(
            grid[i // columns, i % columns], heading, words.lever_in_words(across), word.axis
        )
        _lines(sheet, axes, part[part["group"] == group], across)
        if word.percent:
            drawing.percent(axes.yaxis)
    sheet.note(f"Means of year {year}." if len(rows) else "")
    sheet.note("" if policy is None else f"Policy: {words.policy(policy)}.")
    return sheet.finished(arms.replicates(values), source)


def _one_policy(rows, across):
    """The first policy, where all of them would be too many lines to tell apart; else None."""
    others = [column for column in arms.varied(rows) if column != across]
    many = len(rows) and rows[others].drop_duplicates().shape[0] > MOST_LINES if others else False
    return rows["policy"].iloc[0] if many and rows["policy"].nunique() > 1 else None


def _lines(sheet, axes, part, across):
    if not part["value"].notna().any():
        sheet.empty(axes)
        return
    labelled = arms.label(part, [across])
    names = arms.names(labelled)
    look = looks.shades(names) if len(names) > 4 else looks.looks(names, names)
    table = arms.means(labelled, by=("arm", across))
    for arm, line in table.groupby("arm", observed=True, sort=False):
        line = line.sort_values(across)
        sheet.line(axes, line[across], line, look[arm], arm if len(names) > 1 else None)
    tried = sorted(table[across].unique())
    if len(tried) <= MOST_TICKS:
        axes.set_xticks(tried)


def heat_map(
    values, across, up, outcome, group="all", *, year=None, reference=None, source="districtsim"
):
    """One outcome over a grid of two levers: change from a reference combination, with contours.

    values      tidy DataFrame that varies the columns `across` and `up`, and nothing else
    reference   {column: value} that the others are compared with; None for the first of each
    year        None for the last
    returns     matplotlib Figure
    """
    word = words.outcome(outcome)
    rows = values[(values["outcome"] == outcome) & (values["group"] == group)]
    rows = rows[rows["week"].isna()]
    year = int(rows["year"].max()) if year is None and len(rows) else year
    rows = rows[rows["year"] == year]
    heading = word.label if group == "all" else f"{word.label}, {words.group(group)}"
    sheet = Sheet(
        f"{heading}: how do {words.lever_in_words(across)} and {words.lever_in_words(up)} "
        "work together?",
        4.9,
    )
    sheet.rows(1, [1])
    axes = sheet.panel(
        sheet.grid[0, 0], "", words.lever_in_words(across), words.lever_in_words(up), letter=False
    )
    if not len(rows) or rows[across].nunique() < 2 or rows[up].nunique() < 2:
        sheet.empty(axes, "not a grid of two levers")
        return sheet.finished(arms.replicates(values), source)
    start = arms.baseline(rows, reference)
    table = _changes(rows, across, up, start)
    shown = table.pivot(index=up, columns=across, values="difference")
    x, y = shown.columns.to_numpy(float), shown.index.to_numpy(float)
    grid = shown.to_numpy()
    _draw(sheet, axes, x, y, grid, word)
    unsure = (table["low"] <= 0) & (table["high"] >= 0)
    _points(axes, table, across, up, unsure)
    at = (float(start[across]), float(start[up]))
    axes.plot(*at, marker="*", markersize=13, color=looks.COLORS[1], markeredgecolor="white",
              linestyle="none", zorder=6)  # fmt: skip
    axes.set(xticks=x, yticks=y)
    for limits, places in ((axes.set_xlim, x), (axes.set_ylim, y)):
        margin = 0.03 * np.ptp(places)  # so that the dots at the edges are whole
        limits(places.min() - margin, places.max() + margin)
    axes.grid(visible=False)
    sheet.note(
        f"Year {year}: mean paired difference from the star ({_called(across, at[0])}, "
        f"{_called(up, at[1])}). White dots: the 95 % interval leaves out zero; black dots: no "
        "difference, or not settled. Colors and contours between dots are interpolated."
    )
    return sheet.finished(arms.replicates(rows), source)


def _changes(rows, across, up, start):
    """Differences from the start, a row for each combination."""
    code = rows.groupby([across, up], sort=False).ngroup()
    here = (rows[across] == start[across]) & (rows[up] == start[up])
    base = int(code[here].iloc[0])
    named = rows.assign(arm=code)
    found = analysis.paired_differences(named, base, arm="arm")
    places = named.drop_duplicates("arm").set_index("arm")[[across, up]]
    found = found.join(places, on="arm")
    zero = {across: start[across], up: start[up], "difference": 0.0, "low": 0.0, "high": 0.0}
    import pandas as pd

    return pd.concat([found, pd.DataFrame([zero])], ignore_index=True)


def _draw(sheet, axes, x, y, grid, word):
    fine = np.isfinite(grid).all()
    mesh = axes.pcolormesh(
        x, y, grid, cmap=COLORS, shading="gouraud" if fine else "nearest", rasterized=True
    )
    bar = sheet.figure.colorbar(mesh, ax=axes, pad=0.02, fraction=0.05)
    bar.set_label(f"difference, {word.change}", fontsize=looks.TEXT)
    bar.ax.tick_params(labelsize=looks.TEXT - 0.5)
    bar.outline.set_visible(False)
    drawing.few_ticks(bar.ax.yaxis, 6)
    scale = (lambda v: f"{100 * v:+.3g}") if word.percent else (lambda v: f"{v:+.3g}")
    if word.percent:
        drawing.percent(bar.ax.yaxis)
    if fine and np.ptp(grid) > 0:
        middle = (grid.min() + grid.max()) / 2
        from matplotlib.ticker import MaxNLocator

        levels = MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]).tick_values(grid.min(), grid.max())
        levels = [level for level in levels if grid.min() < level < grid.max()]
        if levels:
            inks = ["white" if level < middle else "black" for level in levels]
            lines = axes.contour(x, y, grid, levels, colors=inks, linewidths=0.9)
            axes.clabel(
                lines, fmt=lambda v: scale(v).replace("-", words.MINUS), fontsize=looks.TEXT
            )


def _points(axes, table, across, up, unsure):
    for which, face, edge in ((unsure, looks.INK, "white"), (~unsure, "white", looks.INK)):
        axes.plot(
            table.loc[which, across].astype(float), table.loc[which, up].astype(float), "o",
            markersize=3.8, markerfacecolor=face, markeredgecolor=edge, markeredgewidth=0.9,
            linestyle="none", zorder=5,
        )  # fmt: skip


def _called(column, value):
    return words.setting(column, int(value) if value == int(value) else value)
