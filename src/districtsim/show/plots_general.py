"""Plots, general: an outcome over years, differences side by side, where the week goes."""

import numpy as np

from districtsim.show import arms, drawing, looks, naming, words
from districtsim.show.drawing import Sheet

SMALLEST_TASK = 0.25  # h/week: tasks below it in every arm are shown together
MANY_TASKS = len(looks.FILLS)
LEGEND_COLUMNS = 4
SAME_LUCK = "All met the same luck, so that differences are surer than these intervals suggest."


def band(values, outcome, group="all", *, source="districtsim"):
    """One outcome over the years, a line for each arm with the 95 % interval of its mean.

    values   tidy DataFrame; outcome and group as in its columns
    source   what was run, for the caption
    returns  matplotlib Figure
    """
    return bands(values, [(outcome, group)], title=words.outcome(outcome).question, source=source)


def bands(values, shown, *, title, source="districtsim"):
    """Several outcomes over the years, a panel for each (outcome, group)."""
    rows = -(-len(shown) // 2)
    columns = min(2, len(shown))
    keep = values[values["outcome"].isin({name for name, _ in shown})]
    labelled = arms.label(keep)
    names = arms.names(labelled)
    look = looks.looks(names, names[1:])
    sheet = Sheet(title, 1.3 + rows * max(2.3, 0.16 * len(names)))
    sheet.rows(columns, [1] * rows)
    for i, (name, group) in enumerate(shown):
        word = words.outcome(name)
        heading = word.label if group == "all" else f"{word.label}: {words.group(group)}"
        place = sheet.grid[i // columns, i % columns if i < len(shown) - len(shown) % 2 else 0]
        axes = sheet.panel(place, heading, "year", word.axis, letter=len(shown) > 1)
        rows_of_panel = labelled[(labelled["outcome"] == name) & (labelled["group"] == group)]
        over_years = years(sheet, axes, rows_of_panel, look)
        if word.percent and rows_of_panel["value"].notna().any():
            drawing.percent(axes.yaxis if over_years else axes.xaxis)
        sheet.note_missing(rows_of_panel)
    return sheet.finished(arms.replicates(values), source)


def years(sheet, axes, labelled, look):
    """Draw means over years into a panel, a line for each arm; of one year, a row for each.

    returns  whether there are lines
    """
    table = arms.means(labelled) if labelled["value"].notna().any() else labelled[:0]
    if not len(table):
        sheet.empty(axes)
        return False
    alone = table["arm"].nunique() == 1
    lines = table["year"].nunique() > 1
    sheet.note(f"{'Lines' if lines else 'Dots'} are means over replicates.")
    if not alone and table["low"].notna().any():
        sheet.note(SAME_LUCK)
    if not lines:
        _one_year(sheet, axes, table, look)
        return False
    for arm, line in table.groupby("arm", observed=True, sort=False):
        sheet.line(axes, line["year"], line, look[arm], None if alone else arm)
    drawing.year_ticks(axes, table["year"])
    axes.margins(x=0.02)
    return True


def _one_year(sheet, axes, table, look):
    names = list(dict.fromkeys(table["arm"]))
    for y, (_, row) in enumerate(table.iterrows()):
        sheet.dot(axes, row["mean"], y, row, look[row["arm"]])
    naming.name_rows(axes, names, look)
    axes.set_xlabel(f"{axes.get_ylabel()} (year {table['year'].iloc[0]})")
    axes.set_ylabel("")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color="#ECECEC", linewidth=0.7)
    drawing.few_ticks(axes.xaxis)


def forest(effects, outcomes=None, *, baseline="", source="districtsim"):
    """Differences in the last year as dots with 95 % intervals, a panel for each outcome.

    effects   table of `analysis.paired_differences`, or `effects.table`; columns before `outcome`
              (policy, levers, district) name the rows
    outcomes  names, or None for the main ones that are there
    baseline  what the differences are from, in words
    returns   matplotlib Figure
    """
    table = _named(effects[effects["year"] == effects["year"].max()])
    there = set(table["outcome"])
    wanted = outcomes or [n for n in words.main_outcomes("") if n in there] or sorted(there)[:8]
    shown = [(name, _main_groups(table, name)) for name in wanted]
    rows = list(dict.fromkeys(table["arm"]))
    against = f"What changes, compared with {baseline}?" if baseline else "What changes?"
    columns = max(1, min(2, len(shown)))
    heights = [
        max(0.9, 0.5 + 0.2 * sum(max(1, len(groups)) for _, groups in pair) * len(rows) / len(pair))
        for pair in (shown[i : i + columns] for i in range(0, len(shown), columns))
    ]
    sheet = Sheet(against, 1.2 + sum(heights or [1]))
    sheet.rows(columns, heights or [1])
    if not shown:
        sheet.empty(sheet.panel(sheet.grid[0, 0], "", letter=False))
    look = looks.looks([], rows)
    for i, (name, groups) in enumerate(shown):
        word = words.outcome(name)
        axes = sheet.panel(
            sheet.grid[i // columns, i % columns],
            word.label,
            word.axis_of_a_difference(),
            lying=True,
        )
        part = table[(table["outcome"] == name) & table["group"].isin(groups)]
        lines = [(arm, group) for group in groups for arm in rows]
        dots(sheet, axes, part, lines, look, bare=i % columns and len(groups) == 1)
        if word.percent:
            drawing.percent(axes.xaxis)
    year = int(effects["year"].max()) if len(effects) else 0
    sheet.note(f"Year {year}; dots are means of paired differences.")
    return sheet.finished(_counted(table), source)


def dots(sheet, axes, table, lines, look, bare=False):
    """Draw differences into a panel, lying, a row for each (arm, group); empty rows are noted."""
    found = {(row["arm"], row["group"]): row for _, row in table.iterrows()}
    if not found:
        sheet.empty(axes)
        return
    several = len({group for _, group in lines}) > 1
    for y, key in enumerate(lines):
        if key in found:
            sheet.dot(axes, found[key]["difference"], y, found[key], look[key[0]])
        else:
            sheet.note(f"No numbers for {key[0]}, {words.group(key[1])}.")
    names = [f"{arm}, {words.group(group)}" if several else arm for arm, group in lines]
    naming.name_rows(axes, names, {n: look[arm] for n, (arm, _) in zip(names, lines)})
    axes.tick_params(labelleft=not bare)
    drawing.zero(axes)
    drawing.few_ticks(axes.xaxis)


def time_use(values, role, *, year=None, source="districtsim", reference=None):
    """Hours a week by task of one role, a stacked bar for each arm.

    role     "principal", "teacher", "ild", ... as in the groups of the outcome time_use
    year     1 is the first; None for the last
    reference  {column: value}, the baseline: other arms are called by what differs from it
    returns  matplotlib Figure
    """
    rows = values[(values["outcome"] == "time_use") & values["week"].isna()]
    rows = rows[rows["group"].astype(str).str.startswith(f"{role}: ")]
    year = year or (int(rows["year"].max()) if len(rows) else 0)
    labelled = arms.label(rows[rows["year"] == year], (), reference)
    base = arms.baseline_name(labelled, reference)
    names = sorted(arms.names(labelled), key=lambda name: name != base)
    sheet = Sheet(f"Where does the week of {words.group(role)} go?", 1.7 + 0.3 * max(1, len(names)))
    sheet.rows(1, [1])
    axes = sheet.panel(sheet.grid[0, 0], "", f"hours a week in term, year {year}", letter=False)
    if not labelled["value"].notna().any():
        sheet.empty(axes)
        return sheet.finished(arms.replicates(values), source)
    sheet.note_missing(labelled)
    table = arms.means(labelled)
    task = table["group"].astype(str).str.removeprefix(f"{role}: ")
    hours = table.assign(task=task).pivot(index="arm", columns="task", values="mean").loc[names]
    _stack(axes, _in_order(hours), names)
    half = (table["high"] - table["mean"]).max()
    if np.isfinite(half):
        if "," in base and len(names) > 1:
            sheet.note(f"Bars are named by what differs from {base}.")
        sheet.note(f"Means over replicates; 95 % intervals are within ± {half:.2f} hours a week.")
    return sheet.finished(arms.replicates(values), source)


def _in_order(hours):
    """Tasks in their usual order; small ones, and what is too many for the colors, together."""
    known = [task for task in words.tasks() if task in hours.columns]
    hours = hours[known + [task for task in hours.columns if task not in known]].fillna(0.0)
    biggest = hours.max().sort_values(ascending=False)
    small = [t for t in hours if hours[t].max() < SMALLEST_TASK or t in biggest.index[MANY_TASKS:]]
    small = [task for task in small if hours[task].max() > 0]
    kept = hours[[task for task in hours if hours[task].max() > 0 and task not in small]]
    kept = kept.rename(columns=words.task)
    return kept.assign(**{"small tasks": hours[small].sum(axis=1)}) if small else kept


def _stack(axes, hours, names):
    left = np.zeros(len(names))
    for task, color in zip(hours, [*looks.FILLS, "#E5E5E5"]):
        width = hours[task].to_numpy()
        axes.barh(range(len(names)), width, 0.72, left, color=color, edgecolor="white", label=task)
        for y, (start, hour) in enumerate(zip(left, width)):
            if hour >= 0.035 * hours.sum(axis=1).max():
                pale = looks.luminance(color) > 0.2  # dark letters are then easier to read
                axes.text(
                    start + hour / 2, y, f"{hour:.1f}", ha="center", va="center",
                    fontsize=looks.SMALL, color=looks.INK if pale else "white",
                )  # fmt: skip
        left = left + width
    naming.name_rows(axes, names)
    axes.grid(visible=False)
    axes.set_xlim(0, left.max() * 1.01)
    handles, labels = _across(axes.get_legend_handles_labels(), LEGEND_COLUMNS)
    axes.legend(
        handles, labels,
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=LEGEND_COLUMNS, frameon=False,
        fontsize=looks.TEXT - 0.5, handlelength=1, handleheight=1, columnspacing=1.2,
    )  # fmt: skip


def _across(pairs, columns):
    """Handles and labels put so that a legend, which fills its columns, reads along its rows."""
    return [
        [items[i] for column in range(columns) for i in range(column, len(items), columns)]
        for items in pairs
    ]


def _named(effects):
    """The effects with a column `arm`: in words, what stands before `outcome`."""
    columns = list(effects.columns[: effects.columns.get_loc("outcome")])
    rows = effects[columns].itertuples(index=False)
    texts = [
        ", ".join(str(v) if c == "arm" else words.setting(c, v) for c, v in zip(columns, row))
        for row in rows
    ]
    return effects.assign(arm=texts)


def _main_groups(table, outcome):
    groups = list(dict.fromkeys(table.loc[table["outcome"] == outcome, "group"]))
    return ["all"] if "all" in groups or not groups else groups


def _counted(table):
    counts = table["replicates"] if len(table) else [0]
    low, high = int(min(counts)), int(max(counts))
    return f"{low}" if low == high else f"{low} to {high}"
