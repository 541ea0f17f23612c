"""Looks: the colors, dashes, markers and sizes that figures use, and which arm gets which."""

from functools import cached_property

import numpy as np

# Okabe & Ito (2008), told apart by color-blind readers; yellow is left out, too pale for a line.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
BASELINE = "#5F5F5F"
FILLS = (*COLORS[:2], COLORS[4], COLORS[2], COLORS[5], COLORS[3], "#F0E442", "#999999", "#CCCCCC")
SHADES = ("#8CC8EE", "#3C9FD6", "#0072B2", "#00436B")  # Okabe-Ito blue, for what has an order
STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
INK, PALE = "#222222", "#B8B8B8"
SMALL, TEXT, HEADING, TITLE = 6.8, 8.0, 8.6, 12.0  # points


class Look:
    """Color, dashes and marker of one arm; `ink` is the color dark enough for text."""

    def __init__(self, color, style="-", marker="o"):
        self.color, self.style, self.marker = color, style, marker

    @cached_property
    def ink(self):
        """The color, dark enough for text."""
        return _darker(self.color)


def looks(arms, others):
    """{arm: Look}: a color and marker, then a dash, for each of `others`; baselines are grey."""
    found = {}
    for i, arm in enumerate(others):
        style = STYLES[i // len(COLORS) % len(STYLES)]
        found[arm] = Look(COLORS[i % len(COLORS)], style, MARKERS[(i + 1) % len(MARKERS)])
    for i, arm in enumerate(arm for arm in arms if arm not in found):
        found[arm] = Look(BASELINE, STYLES[i % len(STYLES)], MARKERS[0])
    return found


def shades(arms):
    """{arm: Look} for arms that have an order: one color, from pale to dark."""
    places = np.linspace(0, len(SHADES) - 1, len(arms)).round().astype(int)
    return {
        arm: Look(SHADES[place], STYLES[i // len(SHADES) % len(STYLES)], MARKERS[i % len(MARKERS)])
        for i, (arm, place) in enumerate(zip(arms, places))
    }


def _darker(color):
    """A shade of the color that can be read as text on white (contrast of 4.5 or more)."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = np.array(to_rgb(color))
    while 1.05 / (luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.95
    return to_hex(rgb)


def luminance(color):
    """How bright a color looks, 0 black to 1 white (WCAG)."""
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
