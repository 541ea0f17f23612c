"""Plots, calibration: ranges before and after, targets, and where sets were ruled out."""

import numpy as np

from districtsim.show import looks
from districtsim.show.drawing import Sheet

MOST_ROWS = 24
BEFORE, AFTER = looks.Look(looks.BASELINE), looks.Look(looks.COLORS[0])
KEPT = 5  # widths of a line in points


def numbers(rows, *, kept="", source="districtsim"):
    """The numbers that the figures speak to: the card's range and the middle 90 % of kept sets.

    rows     dicts: name, low, high (the range), cards, from, median, to; shown scaled to the range
    returns  matplotlib Figure
    """
    rows = rows[:MOST_ROWS]
    sheet = Sheet("What the published figures say about the numbers", 1.6 + 0.22 * len(rows))
    axes = sheet.panel(
        sheet.rows(1, [1])[0, 0], "Kept sets within the card's range", "share of the range",
        letter=False, lying=True,
    )  # fmt: skip
    for y, row in enumerate(rows):
        low, span = row["low"], row["high"] - row["low"]
        start, middle, end, card = (
            (row[key] - low) / span for key in ("from", "median", "to", "cards")
        )
        axes.plot([0, 1], [y, y], color=looks.PALE, linewidth=1)
        axes.plot([start, end], [y, y], color=AFTER.color, linewidth=KEPT, solid_capstyle="butt")
        axes.plot([middle], [y], "|", color="white", markersize=7, markeredgewidth=1.6)
        axes.plot([card], [y], "D", color=looks.INK, markersize=3.4)
    _rows(axes, [row["name"] for row in rows])
    axes.set_xlim(-0.02, 1.02)
    sheet.note(
        "Grey: the range of the card. Blue: the middle 90 % of the kept sets, white its median; "
        "evenly spread it would reach from 0.05 to 0.95. Diamond: the card's value."
    )
    return sheet.finished(kept, source)


def targets(rows, *, kept="", source="districtsim"):
    """Each target: simulated over the prior and over the kept sets, in SDs from what is published.

    rows     dicts: name, prior and calibrated (5 %, 50 %, 95 %, as signed distances from the
             published figure in its standard deviations), half (half of a published interval)
    returns  matplotlib Figure
    """
    sheet = Sheet("Simulated figures before and after", 1.6 + 0.24 * max(len(rows), 1))
    axes = sheet.panel(
        sheet.rows(1, [1])[0, 0], "Distance from the published figure",
        "standard deviations of error and discrepancy", letter=False, lying=True,
    )  # fmt: skip
    for y, row in enumerate(rows):
        axes.plot([-row["half"], row["half"]], [y, y], color="#DDDDDD", linewidth=9,
                  solid_capstyle="butt")  # fmt: skip
        for shift, look, key in ((-0.17, BEFORE, "prior"), (0.17, AFTER, "calibrated")):
            if row[key]:
                low, middle, high = np.clip(row[key], -30, 30)
                axes.plot([low, high], [y + shift] * 2, color=look.color, linewidth=2.2)
                axes.plot([middle], [y + shift], "o", color=look.color, markersize=4)
    axes.axvline(0, color=looks.INK, linewidth=0.8)
    for edge in (-3, 3):
        axes.axvline(edge, color=looks.BASELINE, linewidth=1, linestyle=(0, (4, 2)))
    axes.set_xscale("symlog", linthresh=3, linscale=1.5)
    axes.set_xticks([-20, -10, -3, 0, 3, 10, 20], ["−20", "−10", "−3", "0", "3", "10", "20"])
    _rows(axes, [row["name"] for row in rows])
    sheet.note(
        "Grey above: over the prior; blue below: over the kept sets; lines from 5 % to 95 %, dots "
        "the medians, luck included. Pale: a published interval. Dashed: three standard "
        "deviations, luck and emulator aside."
    )
    return sheet.finished(kept, source)


def ruled_out(rows, *, kept="", source="districtsim"):
    """Where sets were ruled out: for tenths of each number's range, the share that is left.

    rows     dicts: name, left (tenths,) after the last wave, relative to the fullest tenth
    returns  matplotlib Figure
    """
    rows = rows[:MOST_ROWS]
    sheet = Sheet("Where sets of numbers were ruled out", 1.6 + 0.22 * max(len(rows), 1))
    axes = sheet.panel(
        sheet.rows(1, [1])[0, 0], "Share of sets left, by tenths of the card's range",
        "share of the range", letter=False, lying=True,
    )  # fmt: skip
    grid = np.array([row["left"] for row in rows])
    mesh = axes.pcolormesh(
        np.linspace(0, 1, grid.shape[1] + 1), np.arange(len(rows) + 1) - 0.5, grid,
        cmap="Blues", vmin=0, vmax=1,
    )  # fmt: skip
    sheet.figure.colorbar(mesh, ax=axes, shrink=0.5).set_label(
        "left, relative to the fullest tenth", fontsize=looks.SMALL
    )
    axes.grid(visible=False)
    _rows(axes, [row["name"] for row in rows])
    sheet.note("White: hardly a set with the number there passes every emulator of every wave.")
    return sheet.finished(kept, source)


def _rows(axes, names):
    axes.set_yticks(range(len(names)), names, fontsize=looks.SMALL)
    axes.set_ylim(len(names) - 0.4, -0.6)
