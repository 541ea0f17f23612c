"""Drawing: the sheet that every figure is drawn on, its colors, lines, dots and direct labels.

Only matplotlib's objects are used, never pyplot: nothing global, so that figures can be drawn in
any thread, and on machines without a screen.
"""

import textwrap

import numpy as np

from districtsim.show import words
from districtsim.show.looks import BASELINE, HEADING, INK, MARKERS, PALE, SMALL, TEXT, TITLE
from districtsim.show.naming import MANY, make_room, write_names

DOTS_AN_INCH = 150
WIDTH = 8.6  # inches: a page with small margins
SMALL_PRINT, TITLE_PRINT = 20, 9  # letters an inch, for wrapping
INTERVAL = "_interval"  # label of what shows an interval; legends leave out what begins with "_"


class Sheet:
    """A page with a question as its title, lettered panels, and a caption below.

    height  inches; the width is a page
    """

    def __init__(self, title, height, width=WIDTH):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(
            figsize=(width, height), dpi=DOTS_AN_INCH, facecolor="white",
            layout="constrained",
        )  # fmt: skip
        FigureCanvasAgg(self.figure)  # measures text, also where there is no screen
        self.figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, hspace=0.05, wspace=0.03)
        wrapped = textwrap.fill(title, int(width * TITLE_PRINT))
        self.figure.suptitle(
            wrapped, x=0.01, ha="left", fontsize=TITLE, fontweight="bold", color=INK
        )
        self.grid = None
        self._notes, self._ends, self._letters = [], [], 0
        self._intervals = set()  # the ways in which intervals were drawn: "bands", "bars"

    def rows(self, columns, heights):
        """Divide the sheet: so many columns, rows of these relative heights."""
        self.grid = self.figure.add_gridspec(len(heights), columns, height_ratios=heights)
        return self.grid

    def panel(self, place, title, x="", y="", letter=True, lying=False, **sharing):
        """Axes at a place of the grid, with a title and the units of both axes.

        lying  values are read along x, and rows are things
        """
        axes = self.figure.add_subplot(place, **sharing)
        if letter:
            title = f"{chr(ord('a') + self._letters)}  {title}"
            self._letters += 1
        axes.set_title(title, loc="left", fontsize=HEADING, color=INK)
        axes.set_xlabel(x, fontsize=TEXT, color=INK)
        axes.set_ylabel(y, fontsize=TEXT, color=INK)
        axes.tick_params(labelsize=TEXT - 0.5, color=PALE, labelcolor=INK, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(PALE)
        axes.grid(axis="x" if lying else "y", color="#ECECEC", linewidth=0.7)
        axes.set_axisbelow(True)
        return axes

    def note(self, text):
        """A sentence of the caption; said once however often it is noted."""
        if text and text not in self._notes:
            self._notes.append(text)

    def note_missing(self, values):
        """Note the groups of a tidy table that hold no numbers at all, and so are left out."""
        keys = [values["outcome"], values["group"]]
        empty = values["value"].isna().groupby(keys, observed=True, sort=False)
        missing = [key for key, all_of_it in empty.all().items() if all_of_it]
        if missing:
            named = [f"{words.outcome(o).label.lower()}, {words.group(g)}" for o, g in missing]
            self.note(f"Left out, as there are no numbers: {'; '.join(named)}.")

    def line(self, axes, x, table, look, name=None, shown="band"):
        """A line of means with its interval as a band, and its name at its end.

        table  mean (or difference), low, high; rows that are not numbers are left out
        shown  how the interval is shown: "band", "bars" or "none"
        """
        middle, low, high = _columns(table)
        there = np.isfinite(middle)
        if not there.any():
            return
        x, middle, low, high = (
            np.asarray(one, dtype=float)[there] for one in (x, middle, low, high)
        )
        axes.plot(
            x, middle, color=look.color, linestyle=look.style, linewidth=1.7, zorder=3,
            solid_capstyle="round", marker=look.marker, markersize=4,
            markevery=_some(len(x), MARKERS.index(look.marker)),
        )  # fmt: skip
        if np.isfinite(low).any() and shown != "none":
            if len(x) > 1 and shown == "band":
                self._intervals.add("bands")
                axes.fill_between(
                    x, low, high, color=look.color, alpha=0.16, linewidth=0, zorder=2,
                    label=INTERVAL,
                )  # fmt: skip
            else:
                self._whiskers(axes, x, low, high, look, upright=True)
        if name:
            self.name_end(axes, x[-1], middle[-1], name, look)

    def dot(self, axes, x, y, row, look, *, upright=False, hollow=False):
        """A dot with its interval, lying (value on x) or upright (value on y)."""
        middle, low, high = _columns(row)
        if not np.isfinite(middle):
            return
        if np.isfinite(low):
            self._whiskers(axes, [x if upright else y], [low], [high], look, upright=upright)
        axes.plot(
            [x], [y], marker=look.marker, markersize=5.2, color=look.color, zorder=4,
            markerfacecolor="white" if hollow else look.color, linestyle="none",
        )  # fmt: skip

    def _whiskers(self, axes, at, low, high, look, *, upright):
        """Intervals as lines; `at` are the places on the other axis."""
        self._intervals.add("bars")
        for place, *ends in zip(at, low, high):
            across = ([place, place], ends) if upright else (ends, [place, place])
            axes.plot(*across, color=look.color, linewidth=1.5, zorder=3, label=INTERVAL)

    def name_end(self, axes, x, y, text, look):
        """Write the name of a line at its end; names make room for each other when finished."""
        self._ends.append((axes, x, y, text, look))

    def told_intervals(self):
        """The notes say what the intervals are, which are not those over replicates."""
        self._intervals.clear()

    def empty(self, axes, text="no numbers in these runs"):
        """Say in a panel that there is nothing to show."""
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        axes.text(
            0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=TEXT,
            color=BASELINE, style="italic",
        )  # fmt: skip

    def finished(self, replicates, source):
        """Write the caption, make room for the names of lines; returns the Figure.

        replicates  how many, as text; source: what was run
        """
        if self._intervals:
            ways = words.listed(sorted(self._intervals)).capitalize()
            self.note(f"{ways} are 95 % intervals over replicates.")
        elif replicates == "1":
            self.note("One replicate: no intervals.")
        text = " ".join([*self._notes, f"Replicates: {replicates}.", f"Source: {source}."])
        width = int(self.figure.get_figwidth() * SMALL_PRINT)
        self.figure.supxlabel(
            textwrap.fill(text, width), x=0.01, ha="left", fontsize=SMALL, color="#444444",
            linespacing=1.35,
        )  # fmt: skip
        self._name_lines()
        self.figure.set_layout_engine("none")  # the layout stays as it is, and saving is quicker
        return self.figure

    def _name_lines(self):
        """Names at the ends of lines, as near as they can be without lying on each other."""
        by_axes = {}
        for axes, *end in self._ends:
            by_axes.setdefault(axes, []).append(end)
            _paler_bands(axes, len(by_axes[axes]))
        drawn = {axes: write_names(axes, ends) for axes, ends in by_axes.items()}
        self.figure.get_layout_engine().execute(self.figure)
        for axes, names in drawn.items():
            make_room(axes, names)


def _some(points, turn):
    """Which points of a line get a marker, at other places for another turn: (first, every)."""
    every = max(1, points // 6)
    return (every * turn // len(MARKERS), every)


def _paler_bands(axes, lines):
    """Many bands on each other would hide the lines."""
    if lines > MANY:
        for band in axes.collections:
            band.set_alpha(0.05)


def zero(axes, *, upright=True):
    """A line at no difference."""
    line = axes.axvline if upright else axes.axhline
    line(0, color=BASELINE, linewidth=1, zorder=1)


def percent(axis):
    """Write the ticks of an axis of shares as percents; the axis' label says that they are."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.4g}".replace("-", words.MINUS))


def year_ticks(axes, years):
    """A tick for every year, or for some of many."""
    years = sorted({int(year) for year in years})
    axes.set_xticks(years[:: -(-len(years) // 10)])


def few_ticks(axis, number=4):
    """At most so many ticks, at round numbers."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(number, steps=[1, 2, 2.5, 5, 10]))


def _columns(table):
    name = "mean" if "mean" in table else "difference"
    return table[name], table["low"], table["high"]
