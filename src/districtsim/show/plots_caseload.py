"""Plots, caseload: how many principals a supervisor should have, with how much protected time."""

from districtsim.show import arms, drawing, looks, words
from districtsim.show.drawing import Sheet

CASELOAD, PROTECTED = "supervision.caseload", "supervision.protected_days"
OUTCOMES = ("support_hours", "cost_per_student", "principal_leadership", "teaching_quality")
APART = 0.18  # principals: lines are drawn this far apart so that their intervals can be seen
PRINCIPALS = "principals per supervisor"
TITLE = words.experiment("caseload")["question"]


def caseload(values, *, reference=None, paid_with="", source="districtsim"):
    """What supervisors' caseload and protected days do to support, cost, leadership and teaching.

    values     tidy DataFrame that varies supervision.caseload, and perhaps protected_days and the
               column budget ("as it costs" or "equal")
    reference  {column: value} that the others are compared with; None for 16 and no protected day
    paid_with  what pays where the budget is equal, in words, such as "PD days"
    source     what was run, for the caption
    returns    matplotlib Figure
    """
    reference = reference or words.experiment("caseload")["reference"]
    both = arms.BUDGET in arms.varied(values)
    sheet = Sheet(TITLE, 9.4 if both else 6.6)
    sheet.rows(2, [1, 1, 1] if both else [1, 1])
    if CASELOAD not in values.columns:
        sheet.empty(sheet.panel(sheet.grid[:, :], TITLE, letter=False), "one caseload only")
        return sheet.finished(arms.replicates(values), source)
    keep = values[values["outcome"].isin(OUTCOMES) & (values["group"] == "all")]
    keep = keep[keep["week"].isna() & (keep["year"] == keep["year"].max())]
    labelled = arms.label(keep, [CASELOAD, arms.BUDGET], reference)
    look = _looks(labelled)
    levels = arms.means(arms.at_cost(labelled), by=("arm", CASELOAD))
    changes, base = _changes(keep, labelled, reference)
    for place, name, title in (
        (sheet.grid[0, 0], "support_hours", "How much support does a principal get?"),
        (sheet.grid[0, 1], "cost_per_student", "What does it cost?"),
    ):
        axes = sheet.panel(place, title, PRINCIPALS, words.outcome(name).axis)
        _lines(sheet, axes, levels[levels["outcome"] == name], CASELOAD, look)
    as_it_costs = None if changes is None else arms.at_cost(changes)
    beside = _change(sheet, sheet.grid[1, 0], "principal_leadership", as_it_costs, look,
                     "Do principals lead teaching better?")  # fmt: skip
    _price(sheet, sheet.grid[1, 1], as_it_costs, look, beside)
    _notes(sheet, keep, levels, changes, base)
    if both:
        _at_equal_budget(sheet, changes, look, paid_with)
    sheet.note_missing(keep)
    return sheet.finished(arms.replicates(values), source)


def _notes(sheet, keep, levels, changes, base):
    sheet.note(f"Means of year {int(keep['year'].max())}." if len(keep) else "")
    if changes is not None:
        more = "; d has the intervals of c"
        last = "f" if arms.BUDGET in changes.columns else "d"
        sheet.note(f"c to {last}: mean paired differences from {base}{more}.")
    if _same_cost_twice(levels):
        sheet.note("Supervisors are whole people: neighboring caseloads can need as many of them.")


def _at_equal_budget(sheet, changes, look, paid_with):
    """What becomes of leadership and teaching if nothing more may be spent."""
    lead, teaching = "principal_leadership", "teaching_quality"
    equal = changes[changes[arms.BUDGET] == arms.EQUAL]
    left, right = sheet.grid[2, 0], sheet.grid[2, 1]
    if _same_at_any_budget(_part(changes, lead)):
        like = _change(sheet, left, teaching, arms.at_cost(changes), look, "Does teaching gain?")
        same, at = "; leadership is then as in c", "f"
    else:
        _change(sheet, left, lead, equal, look, "At today's budget: do principals lead better?")
        like, same, at = None, "", "e and f"
    title = "At today's budget: does teaching gain?"
    _change(sheet, right, teaching, equal, look, title, sharey=like)
    who = f"{paid_with} pay for what is dearer" if paid_with else "something else pays"
    sheet.note(f"{at}: everything costs what the baseline costs, {who}{same}.")


def _same_at_any_budget(rows):
    spread = rows.groupby(["arm", CASELOAD], observed=True)["difference"].agg(["min", "max"])
    return bool(((spread["max"] - spread["min"]) < 1e-9).all())


def _looks(labelled):
    names = labelled.drop_duplicates("arm")
    ordered = set(arms.varied(labelled)) - {CASELOAD, arms.BUDGET} == {PROTECTED}
    if not ordered:
        return looks.looks([], list(names["arm"]))
    return looks.shades(list(names.sort_values(PROTECTED)["arm"]))


def _changes(keep, labelled, reference):
    """Differences from the reference, with the line, caseload and budget that each belongs to."""
    found, base = arms.differences(keep, reference)
    if found is None:
        return None, base
    columns = [c for c in (CASELOAD, arms.BUDGET) if c in keep.columns]
    full = arms.label(keep, (), reference)["arm"].astype(str)
    points = labelled[["arm", *columns]].astype({"arm": str}).assign(full=full).drop_duplicates()
    found = found.rename(columns={"arm": "full"}).merge(points, on="full")
    return _with_reference(found, points, base), base


def _with_reference(found, points, base):
    """The reference itself, which differs from itself by nothing, so that its line is whole."""
    import pandas as pd

    own = points[points["full"] == base]
    zeros = own.merge(found[["outcome"]].drop_duplicates(), how="cross")
    zeros = zeros.assign(difference=0.0, low=float("nan"), high=float("nan"))
    return pd.concat([found, zeros], ignore_index=True)


def _change(sheet, place, outcome, changes, look, title, sharey=None):
    """A panel of an outcome's differences over caseload."""
    unit = words.outcome(outcome).axis_of_a_difference(upright=True)
    axes = sheet.panel(place, title, PRINCIPALS, unit, sharey=sharey)
    rows = _part(changes, outcome)
    _lines(sheet, axes, rows, CASELOAD, look)
    if len(rows):
        drawing.zero(axes, upright=False)
    return axes


def _price(sheet, place, changes, look, beside):
    """Leadership against what it costs, both less the reference; the scale is that of `beside`."""
    word, cost = (words.outcome(n) for n in ("principal_leadership", "cost_per_student"))
    axes = sheet.panel(
        place, "What does a dollar buy?", f"{cost.axis} (difference)",
        word.axis_of_a_difference(True),
    )  # fmt: skip
    if beside.lines:
        axes.set_ylim(beside.get_ylim())
    lead, dollars = _part(changes, word.name), _part(changes, cost.name)
    if not len(lead) or not len(dollars):
        sheet.empty(axes)
        return
    paid = dollars.set_index(["arm", CASELOAD])["difference"].rename("dollars")
    table = lead.join(paid, on=["arm", CASELOAD])
    _lines(sheet, axes, table, "dollars", look, shown="none")
    drawing.zero(axes, upright=False)
    drawing.zero(axes)
    _name_caseloads(axes, table)


def _name_caseloads(axes, table):
    """Which caseload a price belongs to, on top, if that is the same for all lines."""
    points = table[[CASELOAD, "dollars"]].round(6).drop_duplicates().sort_values(CASELOAD)
    if not points[CASELOAD].is_unique:
        return
    axes.margins(x=0.08)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + 0.2 * (top - bottom))
    place = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points", "va": "top"}
    style = {
        "fontsize": looks.SMALL,
        "color": looks.BASELINE,
        "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    }
    for dollars, sizes in points.groupby("dollars")[CASELOAD]:
        axes.axvline(dollars, color="#ECECEC", linewidth=0.7, zorder=0)
        names = ", ".join(f"{size:g}" for size in sizes)
        axes.annotate(names, (dollars, 1), (0, -11), ha="center", **place, **style)
    axes.annotate(f"{PRINCIPALS}:", (points["dollars"].min(), 1), (-10, -1), **place, **style)


def _part(changes, outcome):
    return [] if changes is None else changes[changes["outcome"] == outcome]


def _lines(sheet, axes, table, x, look, shown="bars"):
    """A line for each arm over x; lines that are all the same are drawn and named once."""
    if not len(table):
        sheet.empty(axes)
        return
    lines = [(arm, table[table["arm"] == arm].sort_values(x)) for arm in look]
    lines = [(arm, line) for arm, line in lines if len(line)]
    column = "mean" if "mean" in table else "difference"
    same = len(lines) > 1 and all(_equal(line, lines[0][1], x, column) for _, line in lines)
    for i, (arm, line) in enumerate(lines[:1] if same else lines):
        name = "the same for all" if same else arm if len(lines) > 1 else None
        it = looks.Look(looks.BASELINE) if same else look[arm]
        shift = 0 if shown == "none" or same else APART * (i - (len(lines) - 1) / 2)
        sheet.line(axes, line[x] + shift, line, it, name, shown)
    sizes = sorted(table[CASELOAD].unique())
    if x == CASELOAD and len(sizes) <= 9:
        axes.set_xticks(sizes)
    if x == CASELOAD and len(sizes) == 1:
        axes.set_xlim(sizes[0] - 2, sizes[0] + 2)


def _equal(one, other, x, column):
    if list(one[x]) != list(other[x]):
        return False
    gap = (one[column].to_numpy() - other[column].to_numpy()).__abs__()
    return bool((gap <= 1e-9).all())


def _same_cost_twice(levels):
    cost = levels[levels["outcome"] == "cost_per_student"].sort_values(CASELOAD)
    return any(
        (line["mean"].diff().abs() < 1e-9).any() for _, line in cost.groupby("arm", observed=True)
    )
