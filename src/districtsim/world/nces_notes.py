"""NCES notes: plain sentences, with counts, on what an import left out or assumed."""

import numpy as np

from districtsim.world.gaps import OFFICE_PER_TEACHER
from districtsim.world.nces_schools import CERTIFIED, CERTIFIED_FACTOR, FREE_ONLY, UNKNOWN
from districtsim.world.nces_staff import KINDS

CROWDED = 100  # pupils a teacher; above it, staff of another body must be teaching there
UNUSUAL = 2.5  # times the national ratio, above or below


# which of the schools with pupils, what is said of one, what is said of several
_SAID = (
    (
        lambda k: np.isnan(k.teachers),
        "has pupils but 0 teachers or none given; its teachers are unknown",
        "have pupils but 0 teachers or none given; their teachers are unknown",
    ),
    (
        lambda k: k.pupils > CROWDED * np.nan_to_num(k.teachers, nan=np.inf),
        f"has more than {CROWDED} pupils a teacher; the number was kept",
        f"have more than {CROWDED} pupils a teacher; the numbers were kept",
    ),
    (
        lambda k: k.basis == UNKNOWN,
        "has no lunch count; its low-income share is unknown",
        "have no lunch count; their low-income shares are unknown",
    ),
    (
        lambda k: k.basis == FREE_ONLY,
        "counts free lunch only; its low-income share leaves out reduced-price lunch",
        "count free lunch only; their low-income shares leave out reduced-price lunch",
    ),
    (
        lambda k: k.basis == CERTIFIED,
        f"has no lunch count; pupils certified directly x {CERTIFIED_FACTOR} (the federal factor)"
        " stand for it",
        f"have no lunch count; pupils certified directly x {CERTIFIED_FACTOR} (the federal factor)"
        " stand for it",
    ),
    (
        lambda k: k.all_free,
        "counts every pupil as free lunch, as under community eligibility; its low-income share, 1,"
        " may be too high",
        "count every pupil as free lunch, as under community eligibility; their low-income share,"
        " 1, may be too high",
    ),
    (
        lambda k: k.lunch > k.pupils,
        "has more low-income pupils than pupils; its share was set to 1",
        "have more low-income pupils than pupils; their shares were set to 1",
    ),
    (lambda k: k.locale < 0, "has no locale code", "have no locale code"),
    (
        lambda k: k.charter,
        "is a charter school listed under this district; it was kept",
        "are charter schools listed under this district; they were kept",
    ),
)


def school_notes(rows, kept):
    """On the schools: rows are all that the file lists, kept those with pupils."""
    notes = []
    without = rows.name[~(rows.pupils > 0)]
    if len(without):
        which = "school without pupils" if len(without) == 1 else "schools without pupils"
        notes.append(
            f"{len(without)} {which} (new, closed, future or counted elsewhere) left out:"
            f" {_few(without)}."
        )
    for where, one, several in _SAID:
        count = int(where(kept).sum())
        if count:
            notes.append(f"{count} {f'school {one}' if count == 1 else f'schools {several}'}.")
    return notes


def office_notes(office, kept, year, looked):
    """On the central office; looked says whether a staff file was given at all."""
    if office is None or not office.staff:
        why = "the staff file does not have it" if looked else "no staff file was given"
        return [f"The central office is unknown: {why}."]
    notes = []
    missing = [kind for kind in KINDS if kind not in office.staff]
    if missing:
        notes.append(f"The staff file does not give the central office's {' and '.join(missing)}.")
    if year and office.year and office.year != year:
        notes.append(f"Central-office staff are of {office.year}, pupils of {year}.")
    teachers = np.nansum(kept.teachers)
    for kind, value in office.staff.items():
        if not teachers:
            break
        own, usual = 100 * value / teachers, 100 * OFFICE_PER_TEACHER[kind]
        if not usual / UNUSUAL <= own <= usual * UNUSUAL:
            notes.append(
                f"The office has {own:.1f} {kind} for every 100 teachers; the nation has"
                f" {usual:.1f}. States differ in whom they count: check it."
            )
    return notes


def race_notes(counts, kept, table, looked, year):
    """On pupils by race; table is the file of counts used, None if it was the list of schools."""
    matched = np.isfinite(counts).all(axis=0)
    if not matched.any():
        return ["Race counts were given but none fit these schools."] if looked else []
    notes = [
        f"Pupils by race are known at {matched.sum()} of {len(matched)} schools, which have"
        f" {kept.pupils[matched].sum():,.0f} of the {kept.pupils.sum():,.0f} pupils."
    ]
    if table and table.year and year and table.year != year:
        notes.append(f"Pupils by race are of {table.year}, enrolment of {year}.")
    return notes


def _few(names):
    shown = ", ".join(str(name) for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
