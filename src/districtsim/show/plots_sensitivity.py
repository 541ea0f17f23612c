"""Plots, sensitivity: which of the numbers that were varied move an outcome.

Each takes the table of `analysis.sensitivity` and a dict that says what it is about:
outcome, group, year, policy, against (as in a Response), and perhaps units {name: unit}.
"""

import numpy as np

from districtsim.show import drawing, looks, naming, words
from districtsim.show.drawing import INTERVAL, Sheet

MOST = 15  # rows shown: the strongest
UP, DOWN = looks.Look(looks.COLORS[0], marker="o"), looks.Look(looks.COLORS[1], marker="s")
NAMED = 8  # numbers named in the plane of Morris
LETTERS = 46
EDGE = 0.02  # of an axis, so that marks at zero are whole


def figure(table, about, *, source="districtsim"):
    """The figure that suits the method of a table of sensitivity."""
    draw = {"sobol": sobol, "morris": morris}.get(table.attrs.get("method"), tornado)
    return draw(table, about, source=source)


def tornado(table, about, *, source="districtsim"):
    """How far the outcome moves as each number goes from its low to its high end.

    table    of a one-at-a-time design (bars from the base to either end) or of a sampled one (the
             swing of the linear fit, others alike)
    returns  matplotlib Figure
    """
    rows = table.head(MOST)
    word = words.outcome(about["outcome"])
    ends = "at_low" in table
    sheet = Sheet(f"What moves {in_words(about)}?", 1.8 + 0.27 * max(3, len(rows)))
    sheet.rows(1, [1])
    unit = f"change of {word.label.lower()}, {word.axis_of_a_difference()}"
    axes = sheet.panel(sheet.grid[0, 0], "", unit, letter=False, lying=True)
    if not len(rows):
        sheet.empty(axes)
        return sheet.finished(_counted(table), source)
    for y, row in enumerate(rows.to_dict("records")):
        (_two_ends if ends else _one_swing)(sheet, axes, y, row)
    names = [_row_name(row, about.get("units", {}), ends) for row in rows.to_dict("records")]
    naming.name_rows(axes, names)
    drawing.zero(axes)
    drawing.few_ticks(axes.xaxis, 6)
    if word.percent:
        drawing.percent(axes.xaxis)
    if ends:
        sheet.note(
            "Blue: at the high end of the range, orange and hatched: at the low end, the rest at "
            "its usual value; lines are 95 % intervals over replicates, the upper of the low end."
        )
    else:
        r2 = table.attrs.get("r2", float("nan"))
        sheet.note(
            "Bars: change as the number goes from the lowest to the highest value sampled, others "
            "alike, in a linear fit; lines are its 95 % intervals. Orange, hatched: the outcome "
            f"falls. The fit explains {100 * r2:.0f} % of the variance between points."
        )
    _more(sheet, table)
    return _finished(sheet, table, about, source)


def _two_ends(sheet, axes, y, row):
    for end, look, hatch, shift in (("at_high", UP, "", 0.1), ("at_low", DOWN, "////", -0.1)):
        axes.barh(y, row[end], 0.62, color=look.color, edgecolor="white", hatch=hatch,
                  linewidth=0.4, zorder=2)  # fmt: skip
        ends = [row[f"{end}_low"], row[f"{end}_high"]]
        if np.isfinite(ends).all() and ends[1] > ends[0]:
            axes.plot(ends, [y + shift] * 2, color=looks.INK, linewidth=1.2, zorder=4,
                      label=INTERVAL)  # fmt: skip


def _one_swing(sheet, axes, y, row):
    look, hatch = (UP, "") if row["swing"] >= 0 else (DOWN, "////")
    axes.barh(y, row["swing"], 0.62, color=look.color, edgecolor="white", hatch=hatch,
              linewidth=0.4, zorder=2,
              alpha=1 if row["low"] * row["high"] > 0 else 0.35)  # fmt: skip
    axes.plot([row["low"], row["high"]], [y, y], color=looks.INK, linewidth=1.2, zorder=4,
              label=INTERVAL)  # fmt: skip


def sobol(table, about, *, source="districtsim"):
    """Total and first-order Sobol indices with their intervals.

    returns  matplotlib Figure
    """
    rows = table.head(MOST)
    sheet = Sheet(f"What moves {in_words(about)}?", 1.8 + 0.32 * max(3, len(rows)))
    sheet.rows(1, [1])
    axes = sheet.panel(
        sheet.grid[0, 0], "", "% of the variance between draws of the numbers", letter=False,
        lying=True,
    )  # fmt: skip
    for y, row in enumerate(rows.to_dict("records")):
        for kind, shift, color, hatch in (
            ("total", -0.17, looks.COLORS[0], ""),
            ("first", 0.17, looks.COLORS[4], "////"),
        ):
            axes.barh(
                y + shift, 100 * row[kind], 0.32, color=color, hatch=hatch, edgecolor="white",
                linewidth=0.4, zorder=2, label=None if y else _SOBOL[kind],
            )  # fmt: skip
            ends = [100 * row[f"{kind}_low"], 100 * row[f"{kind}_high"]]
            axes.plot(ends, [y + shift] * 2, color=looks.INK, linewidth=1.2, zorder=4,
                      label=INTERVAL)  # fmt: skip
        axes.plot(
            [100 * row["total_least"], 100 * row["total_most"]], [y - 0.17] * 2, "|",
            color=looks.INK, markersize=6, zorder=5,
        )  # fmt: skip
    naming.name_rows(
        axes, [_row_name(row, about.get("units", {})) for row in rows.to_dict("records")]
    )
    drawing.zero(axes)
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    axes.legend(loc="lower right", frameon=False, fontsize=looks.TEXT)
    sheet.note(
        "Lines are 95 % bootstrap intervals over the points of the design; ticks are the lowest "
        "and highest total index of a single replicate's luck."
    )
    _more(sheet, table)
    return _finished(sheet, table, about, source)


_SOBOL = {
    "total": "total: alone and together with others",
    "first": "first order: alone",
}


def morris(table, about, *, source="districtsim"):
    """Morris' plane: how much a number moves the outcome, and how much that depends on others.

    returns  matplotlib Figure
    """
    word = words.outcome(about["outcome"])
    sheet = Sheet(f"What moves {in_words(about)}?", 6.2)
    grid = sheet.rows(5, [1])
    axes = sheet.panel(
        grid[0, :3], "Strength and dependence on other numbers",
        f"μ*: mean size of an effect ({word.change})",
        f"σ: spread of the effect ({word.change})",
    )  # fmt: skip
    right = sheet.panel(grid[0, 3:], "Strongest", f"μ* ({word.change})", lying=True)
    axes.grid(visible=True, axis="both", color="#ECECEC", linewidth=0.7)
    for i, row in enumerate(table.to_dict("records")):
        look = UP if row["mu"] >= 0 else DOWN
        axes.plot([row["low"], row["high"]], [row["sigma"]] * 2, color=look.color, linewidth=0.9,
                  alpha=0.6, label=INTERVAL)  # fmt: skip
        axes.plot([row["mu_star"]], [row["sigma"]], look.marker, color=look.color, markersize=5)
        if i < NAMED and row["mu_star"] > 0:
            axes.annotate(
                str(i + 1), (row["mu_star"], row["sigma"]), (4, 4), textcoords="offset points",
                fontsize=looks.TEXT, color=looks.INK,
            )  # fmt: skip
    ends = [axes.get_xlim()[1], axes.get_ylim()[1]]
    for slope, dash in ((1.0, (0, (4, 2))), (0.5, (0, (1.5, 2)))):
        reach = min(ends[0], ends[1] / slope)
        axes.plot([0, reach], [0, slope * reach], color=looks.PALE, linewidth=1, linestyle=dash,
                  zorder=0)  # fmt: skip
    axes.set(xlim=(-EDGE * ends[0], ends[0]), ylim=(-EDGE * ends[1], ends[1]))
    rows = table.head(MOST).to_dict("records")
    for y, row in enumerate(rows):
        sheet.dot(right, row["mu_star"], y, {"mean": row["mu_star"], **row},
                  UP if row["mu"] >= 0 else DOWN)  # fmt: skip
    naming.name_rows(
        right,
        [f"{i + 1}  {_row_name(row, about.get('units', {}))}" for i, row in enumerate(rows)],
    )
    right.set_xlim(left=-EDGE * right.get_xlim()[1])
    for axis in (axes.xaxis, axes.yaxis, right.xaxis):
        drawing.few_ticks(axis)
        if word.percent:
            drawing.percent(axis)
    sheet.note(
        "An effect is what moving one number over its range does. Blue dots: the outcome "
        "rises with it on average, orange squares: falls. Above the dashed line (σ = μ*) the "
        "effect depends on other numbers or turns; below the dotted one (σ = μ*/2) it is steady. "
        "Lines are 95 % bootstrap intervals over trajectories."
    )
    _more(sheet, table)
    return _finished(sheet, table, about, source)


def in_words(about):
    """What a sensitivity is of: 'principals' leadership', with group, year and policies."""
    word = words.outcome(about["outcome"])
    label = word.label[:1].lower() + word.label[1:] if word.label[1:2].islower() else word.label
    named = label if about["group"] == "all" else f"{label}, {words.group(about['group'])},"
    if about.get("against"):
        first, second = words.policy(about["policy"]), words.policy(about["against"])
        return f"the difference in {named} between '{first}' and '{second}' in year {about['year']}"
    return f"{named} in year {about['year']}"


def _row_name(row, units, ends=False):
    name = words.factor(row["name"])
    unit = units.get(row["name"], "")
    if ends:
        low, high = (words.plain(float(row[f"{end}_value"])) for end in ("low", "high"))
        return f"{name}, {low} to {high}"
    return name if not unit or len(name) + len(unit) > LETTERS else f"{name} ({unit})"


def _more(sheet, table):
    if len(table) > MOST:
        sheet.note(f"The {MOST} strongest of {len(table)}.")


def _counted(table):
    return str(table.attrs.get("replicates", ""))


def _finished(sheet, table, about, source):
    sheet.told_intervals()
    if not about.get("against") and about.get("policy"):
        sheet.note(f"Policy: {words.policy(about['policy'])}.")
    sheet.note(f"{table.attrs.get('points', 0):,} points, each under the same luck.")
    return sheet.finished(_counted(table), source)
