"""Naming: labels beside what they name, so that no legend is needed: ends of lines, and rows."""

import textwrap

import numpy as np

from districtsim.show.looks import INK, SMALL, TEXT

MANY = 8  # lines; more of them get shorter names in smaller print


def write_names(axes, ends):
    """Names to the right of where lines end: long ones on two lines, or shortened if many."""
    from matplotlib.transforms import offset_copy

    many = len(ends) > MANY
    texts = shortened([text for *_, text, _ in ends], 30 if many else 40)
    right = max(x for x, *_ in ends)
    beside = offset_copy(axes.transData, axes.figure, x=12, units="points")
    return [
        axes.annotate(
            text if many else textwrap.fill(text, 20), (x, y), (right, y), va="center",
            textcoords=beside, fontsize=SMALL if many else TEXT - 0.5, color=look.ink,
            annotation_clip=False, linespacing=1.0,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5},
            arrowprops={"arrowstyle": "-", "color": look.color, "linewidth": 0.6, "shrinkA": 0,
                        "shrinkB": 3, "relpos": (0, 0.5)},
        )
        for text, (x, y, _, look) in zip(texts, ends)
    ]  # fmt: skip


def make_room(axes, names):
    """Shift names up and down until none lies on another, moving them as little as possible."""
    from matplotlib.text import Text
    from scipy.optimize import isotonic_regression

    boxes = [Text.get_window_extent(name) for name in names]
    wanted = np.array([(box.y0 + box.y1) / 2 for box in boxes])
    heights = np.array([box.height * 1.05 for box in boxes])
    order = np.argsort(wanted, kind="stable")
    steps = (heights[order][1:] + heights[order][:-1]) / 2
    stacked = np.concatenate([[0], np.cumsum(steps)])
    bottom, top = axes.get_window_extent().y0, axes.get_window_extent().y1 - stacked[-1]
    lowest = isotonic_regression(wanted[order] - stacked).x
    places = np.clip(lowest, min(bottom, top), max(bottom, top)) + stacked
    for place, i in zip(places, order):
        height = axes.transData.inverted().transform((0, place))[1]
        names[i].set_position((names[i].get_position()[0], height))


def name_rows(axes, names, look=None):
    """Name the rows of a panel whose values lie along x, first row on top."""
    axes.set_yticks(range(len(names)), [_two_lines(t) for t in shortened(names, 80)])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelsize=TEXT - 0.5 if len(names) < 12 else SMALL)
    for text, name in zip(axes.get_yticklabels(), names):
        text.set(color=look[name].ink if look else INK, linespacing=0.95)
    axes.spines["left"].set_visible(False)


def _two_lines(text, width=28):
    """A text on one line, or on two, broken after the comma nearest to its middle if it has one."""
    if len(text) <= width:
        return text
    commas = [i + 1 for i, letter in enumerate(text) if letter == ","]
    place = min(commas, key=lambda i: abs(i - len(text) / 2), default=0)
    if width / 2 <= place <= len(text) - width / 3:
        return f"{text[:place]}\n{text[place:].strip()}"
    lines = textwrap.wrap(text, len(text) // 2 + 6)
    return "\n".join(lines if len(lines) < 3 else textwrap.wrap(text, len(text) * 2 // 3 + 6))


def shortened(texts, most):
    """Texts of at most so many letters, their middle left out; whole if they would be the same."""
    short = [t if len(t) <= most else f"{t[: most - 9].rstrip()}…{t[-8:].lstrip()}" for t in texts]
    return short if len(set(short)) == len(set(texts)) else list(texts)
