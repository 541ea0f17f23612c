"""Plots, flows: where the hours of a role's week go before and after, task by task."""

import numpy as np

from districtsim.show import arms, looks, words
from districtsim.show.drawing import Sheet

MOST_TASKS = 7  # the others are shown together
GAP = 0.012  # of the week, between bands
LEFT, RIGHT = 0.0, 1.0


def flows(values, role, *, arm=None, year=None, reference=None, source="districtsim"):
    """Hours a week by task of one role, baseline on the left, an arm on the right.

    role     "ild", "principal", ... as in the groups of the outcome time_use
    arm      which arm, as `arms.label` calls it; None for the last
    returns  matplotlib Figure; a band joins the hours of one task. It says how many there are on
             either side, not which hour became which.
    """
    rows = values[(values["outcome"] == "time_use") & values["week"].isna()]
    rows = rows[rows["group"].astype(str).str.startswith(f"{role}: ")]
    year = year or (int(rows["year"].max()) if len(rows) else 0)
    labelled = arms.label(rows[rows["year"] == year], (), reference)
    base = arms.baseline_name(labelled, reference)
    others = [name for name in arms.names(labelled) if name != base]
    sheet = Sheet(f"What happens to the week of {words.group(role)}?", 5.0)
    sheet.rows(1, [1])
    axes = sheet.panel(sheet.grid[0, 0], "", letter=False)
    if not others or not labelled["value"].notna().any():
        sheet.empty(axes, "nothing to compare")
        return sheet.finished(arms.replicates(values), source)
    arm = arm or others[-1]
    table = arms.means(labelled[labelled["arm"].isin([base, arm])])
    task = table["group"].astype(str).str.removeprefix(f"{role}: ")
    hours = table.assign(task=task).pivot(index="task", columns="arm", values="mean").fillna(0.0)
    _draw(axes, _few(hours[[base, arm]]), base, arm)
    half = (table["high"] - table["mean"]).max()
    sheet.note(f"Hours a week in term, mean of year {year}.")
    if np.isfinite(half):
        sheet.note(f"95 % intervals are within ± {half:.2f} hours a week.")
    sheet.note("A band joins the same task; it does not say which hour became which.")
    return sheet.finished(arms.replicates(labelled), source)


def _few(hours):
    """The largest tasks in their usual order, and the rest together."""
    size = hours.max(axis=1)
    kept = set(size.sort_values(ascending=False).index[:MOST_TASKS])
    order = [task for task in words.tasks() if task in kept]
    order += [task for task in hours.index if task in kept and task not in order]
    rest = hours.drop(index=order).sum()
    few = hours.loc[order].rename(index=words.task)
    if rest.max() > 0:
        few.loc["everything else"] = rest
    return few


def _draw(axes, hours, base, arm):
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    total = hours.sum().max()
    gap = GAP * total
    tops = {side: 0.0 for side in hours}
    colors = [*looks.FILLS, "#E5E5E5"]
    for (task, row), color in zip(hours.iterrows(), colors):
        start = {side: tops[side] for side in hours}
        end = {side: tops[side] + row[side] for side in hours}
        a, b, c, d = start[base], end[base], end[arm], start[arm]
        verts = [(LEFT, a), (LEFT, b), (0.4, b), (0.6, c), (RIGHT, c), (RIGHT, d), (0.6, d),
                 (0.4, a), (LEFT, a)]  # fmt: skip
        codes = [Path.MOVETO, Path.LINETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
        axes.add_patch(PathPatch(Path(verts, codes), facecolor=color, alpha=0.75, linewidth=0.6,
                                 edgecolor="white"))  # fmt: skip
        _name(axes, LEFT, (a + b) / 2, f"{task}  {row[base]:.1f}", "right")
        change = row[arm] - row[base]
        moved = f" ({change:+.1f})".replace("-", words.MINUS) if abs(change) >= 0.05 else ""
        _name(axes, RIGHT, (c + d) / 2, f"{row[arm]:.1f}{moved}  {task}", "left")
        tops = {side: end[side] + gap for side in hours}
    for x, name in ((LEFT, base), (RIGHT, arm)):
        axes.text(x, -0.03 * total, name, ha="center", va="bottom", fontsize=looks.HEADING,
                  fontweight="bold", color=looks.INK)  # fmt: skip
    axes.set(xlim=(-0.62, 1.62), ylim=(max(tops.values()), -0.1 * total), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)


def _name(axes, x, y, text, side):
    shift = -0.02 if side == "right" else 0.02
    axes.text(x + shift, y, text, ha=side, va="center", fontsize=looks.TEXT, color=looks.INK)
