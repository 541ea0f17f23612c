"""Plots, PD allocation: which teaching gets better when PD is planned in silos or together."""

from districtsim.show import arms, drawing, looks, naming, words
from districtsim.show.drawing import Sheet

SUBJECTS = ("mathematics", "ela", "science")
QUARTERS = tuple(f"quartile {q}" for q in (1, 2, 3, 4))
GROUPS = ("all", "income", *SUBJECTS, *QUARTERS)
OUTCOMES = ("teaching_quality", "pd_match", "pd_wasted_hours", "opportunity_gap")
TITLE = "Who should decide on professional development? Whose teaching gains?"


def pd_allocation(values, *, source="districtsim"):
    """Teaching quality by subject and poverty against the first policy; fit, waste and the gap.

    values   tidy DataFrame; the first policy, such as siloed PD, is the one compared with
    source   what was run, for the caption
    returns  matplotlib Figure
    """
    keep = values[values["outcome"].isin(OUTCOMES) & values["week"].isna()]
    labelled = arms.label(keep)
    changes, base = arms.differences(keep)
    names = arms.names(labelled) or [""]
    look = looks.looks(names, [] if changes is None else list(dict.fromkeys(changes["arm"])))
    bars = 0.75 + 0.22 * len(names)
    lines = max(2.2, 0.13 * len(names))
    sheet = Sheet(TITLE, 1.3 + 2 * lines + bars)
    sheet.rows(1, [lines, lines, bars])
    _by_subject(sheet, sheet.grid[0].subgridspec(1, 3), changes, base, look)
    middle = sheet.grid[1].subgridspec(1, 2, width_ratios=[1.25, 1])
    _by_quarter(sheet, middle[0], changes, base, look)
    _gap(sheet, middle[1], changes, base, look)
    _hours(sheet, sheet.grid[2].subgridspec(1, 2), labelled, names, look)
    if changes is not None:
        sheet.note(f"Panels a to e: mean paired differences from {base}; f and g: means.")
    sheet.note_missing(keep[keep["group"].isin(GROUPS)])
    return sheet.finished(arms.replicates(values), source)


def _part(changes, outcome, groups=None):
    """Differences of one outcome, or none."""
    if changes is None:
        return []
    rows = changes[(changes["outcome"] == outcome) & changes["difference"].notna()]
    return rows if groups is None else rows[rows["group"].isin(groups)]


def _by_subject(sheet, grid, changes, base, look):
    word = words.outcome("teaching_quality")
    first = None
    for i, subject in enumerate(SUBJECTS):
        title = f"Teaching: {words.group(subject)}"
        axes = sheet.panel(
            grid[i],
            title,
            "year",
            word.axis_of_a_difference(upright=True) if not i else "",
            sharey=first,
        )
        _over_years(sheet, axes, _part(changes, "teaching_quality", [subject]), look, i == 2)
        if i:
            axes.tick_params(labelleft=False)
        first = first or axes


def _over_years(sheet, axes, rows, look, named=True):
    if not len(rows):
        sheet.empty(axes)
        return
    for arm, line in rows.groupby("arm", observed=True, sort=False):
        sheet.line(axes, line["year"], line, look[arm], arm if named else None)
    drawing.zero(axes, upright=False)
    drawing.year_ticks(axes, rows["year"])


def _by_quarter(sheet, place, changes, base, look):
    word = words.outcome("teaching_quality")
    rows = _part(changes, "teaching_quality", QUARTERS)
    year = int(rows["year"].max()) if len(rows) else 0
    title = "Whose teaching, by school poverty?" + (f" (year {year})" if year else "")
    axes = sheet.panel(
        place, title, "pupils by poverty of their school", word.axis_of_a_difference(upright=True)
    )
    if not len(rows):
        sheet.empty(axes)
        return
    rows = rows[rows["year"] == year]
    others = list(dict.fromkeys(rows["arm"]))
    for i, arm in enumerate(others):
        shift = (i - (len(others) - 1) / 2) * min(0.16, 0.7 / len(others))
        for _, row in rows[rows["arm"] == arm].iterrows():
            x = QUARTERS.index(row["group"]) + shift
            sheet.dot(axes, x, row["difference"], row, look[arm], upright=True)
            if row["group"] == QUARTERS[-1] and len(others) <= naming.MANY:
                sheet.name_end(axes, x, row["difference"], arm, look[arm])
    axes.set_xticks(range(4), [words.group(q).replace(" ", "\n", 1) for q in QUARTERS])
    axes.set_xlim(-0.5, 3.5)
    drawing.zero(axes, upright=False)


def _gap(sheet, place, changes, base, look):
    word = words.outcome("opportunity_gap")
    axes = sheet.panel(place, "Does the gap in teaching narrow?", "year",
                       word.axis_of_a_difference(upright=True))  # fmt: skip
    _over_years(sheet, axes, _part(changes, "opportunity_gap", ["income"]), look)


def _hours(sheet, grid, labelled, names, look):
    for i, (outcome, title) in enumerate(
        (("pd_match", "How much PD fits?"), ("pd_wasted_hours", "How many PD hours are lost?"))
    ):
        word = words.outcome(outcome)
        rows = labelled[labelled["outcome"] == outcome]
        last = rows[rows["year"] == rows["year"].max()]
        year = f" (year {int(last['year'].max())})" if len(last) else ""
        axes = sheet.panel(grid[i], f"{title}{year}", word.axis, lying=True)
        if not last["value"].notna().any():
            sheet.empty(axes)
            continue
        for _, row in arms.means(last).iterrows():
            sheet.dot(axes, row["mean"], names.index(row["arm"]), row, look[row["arm"]])
        naming.name_rows(axes, names, look)
        axes.tick_params(labelleft=not i)
        axes.set_xlim(left=0)
        drawing.few_ticks(axes.xaxis, 5)
        if word.percent:
            drawing.percent(axes.xaxis)
