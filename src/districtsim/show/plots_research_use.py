"""Plots, research use: who leads the learning, and what is left when the coach has gone."""

from districtsim.show import arms, drawing, looks, naming, words
from districtsim.show.drawing import Sheet
from districtsim.show.plots_general import SAME_LUCK, years

YEAR = 52  # weeks
TITLE = words.experiment("research_use")["question"]


def research_use(values, *, coach_leaves=78, source="districtsim"):
    """Depth of research use and leaders' hours over time; what is left by unit in the last year.

    values        tidy DataFrame with appropriation and leading_hours, by week where it has weeks
    coach_leaves  week in which coaches leave; None for no mark
    source        what was run, for the caption
    returns       matplotlib Figure
    """
    keep = values[values["outcome"].isin(["appropriation", "leading_hours"])]
    labelled = arms.label(keep)
    names = arms.names(labelled) or [""]
    changes, base = arms.differences(keep)
    others = [] if changes is None else list(dict.fromkeys(changes["arm"]))
    left = None if changes is None else changes[changes["outcome"] == "appropriation"]
    look = looks.looks(names, others)
    upper, lower = max(2.6, 0.14 * len(names)), 0.75 + 0.24 * len(others)
    sheet = Sheet(TITLE, 1.4 + upper + lower)
    sheet.rows(1, [upper, lower])
    top = sheet.grid[0].subgridspec(1, 2)
    for place, name, title in (
        (top[0], "appropriation", "How deeply do staff use research?"),
        (top[1], "leading_hours", "How much do leaders teach their staff?"),
    ):
        rows = labelled[(labelled["outcome"] == name) & (labelled["group"] == "all")]
        _over_time(sheet, place, title, words.outcome(name), rows, look, coach_leaves)
    _what_is_left(sheet, left, others, base, look, coach_leaves)
    sheet.note_missing(keep)
    return sheet.finished(arms.replicates(values), source)


def _over_time(sheet, place, title, word, rows, look, coach_leaves):
    weekly = rows["week"].notna().any()
    axes = sheet.panel(place, title, "weeks" if weekly else "year", word.axis)
    if not rows["value"].notna().any():
        sheet.empty(axes)
        return
    if weekly:
        table = arms.weekly_means(rows)
        for arm, line in table.groupby("arm", observed=True, sort=False):
            sheet.line(axes, line["at"], line, look[arm], arm)
        last = int(table["at"].max())
        axes.set_xticks(range(0, last + 1, YEAR * max(1, round(last / YEAR / 6))))
        axes.set_xlim(0, last)
        sheet.note("Lines are means over replicates.")
        if len(look) > 1 and table["low"].notna().any():
            sheet.note(SAME_LUCK)
    elif not years(sheet, axes, rows, look):
        return
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(0, bottom), top + 0.1 * (top - bottom))  # room for the words of the mark
    _mark(axes, coach_leaves, weekly)


def _mark(axes, week, weekly):
    """A line where the coach leaves; the mean of a year stands at its middle."""
    place = None if week is None else week if weekly else week / YEAR + 0.5
    if place is None or not axes.get_xlim()[0] < place < axes.get_xlim()[1]:
        return
    axes.axvline(place, color=looks.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        f"coach leaves,\nweek {week}", (place, 1), xycoords=axes.get_xaxis_transform(),
        xytext=(3, 0), textcoords="offset points", va="top", fontsize=looks.SMALL,
        color=looks.INK,
    )  # fmt: skip


def _what_is_left(sheet, left, others, base, look, coach_leaves):
    """A panel for each unit of the office: difference when the coach left, and in the last year."""
    if left is None or not len(left):
        sheet.empty(sheet.panel(sheet.grid[1], "What is left?"), "nothing to compare")
        return
    last = int(left["year"].max())
    then = min(last, -(-coach_leaves // YEAR)) if coach_leaves else last
    units = sorted(dict.fromkeys(left["group"]), key=lambda unit: unit != "all")
    row = sheet.grid[1].subgridspec(1, len(units), wspace=0.0)
    first = None
    for i, unit in enumerate(units):
        name = words.group(unit).replace(" ", "\n", 1)
        title = name if i else f"What is left in year {last}?\n{name}"
        axes = sheet.panel(row[i], title, " ", letter=not i, lying=True, sharex=first, sharey=first)
        first = first or axes
        _dots_of_unit(sheet, axes, left[left["group"] == unit], others, look, (then, last))
        axes.tick_params(axis="y", length=0, labelleft=not i)
        axes.spines["left"].set_visible(False)
    naming.name_rows(first, others, look)
    drawing.few_ticks(first.xaxis, 3)
    change = words.outcome("appropriation").change
    _unit_below(first, f"{change} more than {naming.shortened([base], 50)[0]}")
    hollow = f", hollow dots of year {then}, when the coach leaves" if then != last else ""
    sheet.note(f"Full dots are mean paired differences from {base} in year {last}{hollow}.")


def _unit_below(axes, text):
    """The unit of a narrow panel, whose words may be wider than the panel is."""
    written = axes.annotate(
        text, (0, 1), xycoords=axes.xaxis.label, va="top", fontsize=looks.TEXT, color=looks.INK
    )
    axes.set_xlabel(" ", loc="left")
    written.set_in_layout(False)


def _dots_of_unit(sheet, axes, table, others, look, when):
    """For each arm a hollow dot for the first of two years and a full one for the second."""
    drawing.zero(axes)
    shifts = dict(zip(when, (-0.17, 0.15))) if when[0] != when[1] else {when[1]: 0.0}
    for y, arm in enumerate(others):
        for year, shift in shifts.items():
            rows = table[(table["arm"] == arm) & (table["year"] == year)]
            for _, row in rows.iterrows():
                hollow = year != when[1]
                sheet.dot(axes, row["difference"], y + shift, row, look[arm], hollow=hollow)
                if axes.get_subplotspec().is_first_col() and len(shifts) > 1 and not y:
                    _name_year(axes, row, y + shift, look[arm])


def _name_year(axes, row, y, look):
    reach = max(row[["difference", "high"]].dropna())
    axes.annotate(
        f"year {row['year']}", (reach, y), (5, 0), textcoords="offset points", va="center",
        fontsize=looks.SMALL - 0.5, color=look.ink,
    )  # fmt: skip
