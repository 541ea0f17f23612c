"""Plots, findings: the pattern ledger at a glance, and one claim with its draws and its region."""

import textwrap

import numpy as np

from districtsim.show import arms, drawing, looks, naming, words
from districtsim.show.drawing import Sheet

HOLDS, FAILS = looks.Look(looks.COLORS[0], marker="o"), looks.Look(looks.COLORS[1], marker="X")
LETTERS = 64  # of a claim beside its row
BINS = 24
MOST_SIZES = 50  # multiples of the smallest size beyond which effects are drawn at the edge
SAYS = {True: HOLDS, False: FAILS}


def overview(table, *, source="districtsim"):
    """Every finding as a row: its effect, and the share of draws in which it holds.

    table    a row per finding: id, claim, core (yes/no), flat (the claim is that nothing changes),
             effect, low, high (multiples of the smallest size that matters, positive as claimed),
             holds (at the cards' values), removed (gone without its mechanism), robustness, draws,
             replicates
    returns  matplotlib Figure
    """
    count = max(1, len(table))
    sheet = Sheet("Which findings hold, and how widely?", 1.9 + 0.19 * count)
    grid = sheet.rows(5, [1])
    left = sheet.panel(
        grid[0, :3], "Effect", "multiples of the smallest that matters (right: as claimed)",
        lying=True,
    )  # fmt: skip
    right = sheet.panel(grid[0, 3:], "Robustness", "% of draws in which it holds", lying=True)
    for y, row in enumerate(table.itertuples()):
        look = SAYS[bool(row.holds)]
        ends = np.clip([row.effect, row.low, row.high], -MOST_SIZES, MOST_SIZES)
        mark = dict(zip(("mean", "low", "high"), ends))
        sheet.dot(left, mark["mean"], y, mark, look, hollow=row.flat)
        if row.robustness == row.robustness:
            right.plot([0, 100 * row.robustness], [y, y], color=looks.PALE, linewidth=1.2)
            right.plot(
                [100 * row.robustness], [y], marker=look.marker, color=look.color, markersize=5,
                markerfacecolor=look.color if row.removed else "white", linestyle="none",
            )  # fmt: skip
    left.set_xscale("symlog", linthresh=1, linscale=0.7)
    left.set_xlim(-MOST_SIZES * 1.2, MOST_SIZES * 1.2)
    left.set_xticks([-10, -1, 0, 1, 10], [f"{words.MINUS}10", f"{words.MINUS}1", "0", "1", "10"])
    drawing.zero(left)
    left.axvline(1, color=looks.BASELINE, linewidth=1, linestyle=(0, (4, 2)))
    right.axvline(90, color=looks.BASELINE, linewidth=1, linestyle=(0, (4, 2)))
    right.set_xlim(-3, 103)
    naming.name_rows(left, [_named(row) for row in table.itertuples()])
    right.set_yticks([])
    right.set_ylim(*left.get_ylim())
    right.spines["left"].set_visible(False)
    sheet.note(
        "Dots: holds at the cards' values; crosses: does not. Hollow on the left: the claim is "
        "that nothing changes, and it holds below 1. Hollow on the right: still there with its "
        "mechanism off. Dashed: the smallest that matters, and 90 % of draws. Core in capitals."
    )
    return sheet.finished(_several(table["replicates"]) if len(table) else "0", source)


def finding(values, draws, about, *, source="districtsim"):
    """One finding: its arms over the years, its effect draw by draw, and where it fails.

    values   tidy table of its arms at the cards' values; policy is the arm
    draws    a row for each draw: effect, holds, and a column for each uncertain number
    about    {"id", "claim", "outcome", "group", "unit", "direction", "smallest", "effect", "names"
             (two columns of draws, or none), "sides" (name, above, threshold), "units" (of names)}
    returns  matplotlib Figure
    """
    sheet = Sheet(f"{about['id']}  {about['claim']}", 4.1)
    grid = sheet.rows(3, [1])
    _arms(sheet, sheet.panel(grid[0, 0], *_years_titles(about)), values, about)
    _effects(
        sheet, sheet.panel(grid[0, 1], "Effect, draw by draw", about["unit"], "draws"), draws, about
    )
    _region(sheet, grid[0, 2], draws, about)
    return sheet.finished(arms.replicates(values) if len(values) else "", source)


def _years_titles(about):
    word = words.outcome(about["outcome"])
    heading = word.label
    if about["group"] != "all":
        heading = f"{heading}: {words.group(about['group'])}"
    return textwrap.shorten(heading, 44, placeholder="…"), "year", word.axis


def _arms(sheet, axes, values, about):
    shown = values[(values["outcome"] == about["outcome"]) & (values["group"] == about["group"])]
    if not len(shown) or not shown["value"].notna().any():
        sheet.empty(axes, "measured by the week")
        return
    labelled = arms.label(shown)
    names = arms.names(labelled)
    base = [name for name in names if name.lower() == "base"]
    look = looks.looks(names, [name for name in names if name not in base])
    table = arms.means(labelled)
    for arm, line in table.groupby("arm", observed=True, sort=False):
        sheet.line(axes, line["year"], line, look[arm], arm)
    drawing.year_ticks(axes, table["year"])
    if words.outcome(about["outcome"]).percent:
        drawing.percent(axes.yaxis)


def _effects(sheet, axes, draws, about):
    effects = draws["effect"].to_numpy(dtype=float)
    fine = np.isfinite(effects)
    if not fine.any():
        sheet.empty(axes, "no draws")
        return
    held = draws["holds"].to_numpy(dtype=bool)
    low, high = np.quantile(effects[fine], [0, 1])
    edges = np.linspace(low, high if high > low else low + 1e-9, BINS)
    parts = [effects[fine & held], effects[fine & ~held]]
    axes.hist(
        parts, edges, stacked=True, color=[HOLDS.color, FAILS.color], edgecolor="white",
        hatch=["", "////"], linewidth=0.3,
    )  # fmt: skip
    size = about["smallest"]
    bounds = {"higher": [size], "lower": [-size], "about_same": [-size, size]}[about["direction"]]
    for bound in bounds:
        axes.axvline(bound, color=looks.INK, linewidth=1, linestyle=(0, (4, 2)))
    axes.axvline(about["effect"], color=looks.INK, linewidth=1.4)
    drawing.few_ticks(axes.xaxis)
    sheet.note(
        "Blue and dots: draws in which it holds; orange, hatched and crosses: fails. Line: at the "
        "cards' values; dashed: the smallest that matters."
    )


def _region(sheet, place, draws, about):
    names = about["names"]
    if len(names) < 2 or not len(draws):
        sheet.empty(sheet.panel(place, "Where it fails"), "nothing parts the draws")
        return
    labels = [_parameter(name, about["units"].get(name, "")) for name in names]
    axes = sheet.panel(place, "Where it fails", *labels)
    held = draws["holds"].to_numpy(dtype=bool)
    for which, look in ((held, HOLDS), (~held, FAILS)):
        axes.scatter(
            draws[names[0]][which], draws[names[1]][which], s=16, marker=look.marker,
            color=look.color, linewidths=0.3, alpha=0.8,
        )  # fmt: skip
    for name, _, threshold in about["sides"]:
        line = axes.axvline if name == names[0] else axes.axhline
        line(threshold, color=looks.INK, linewidth=0.9, linestyle=(0, (1.5, 1.5)))
    drawing.few_ticks(axes.xaxis)


def _parameter(name, unit):
    mechanism, number = name.split(".")
    text = f"{mechanism.replace('_', ' ')}: {number.replace('_', ' ')}"
    return textwrap.fill(f"{text} ({unit})" if unit else text, 34)


def _named(row):
    claim = textwrap.shorten(row.claim, LETTERS, placeholder="…")
    return f"{row.id.upper() if row.core else row.id.lower()}  {claim}"


def _several(counts):
    low, high = int(counts.min()), int(counts.max())
    return f"{low}" if low == high else f"{low} to {high}"
