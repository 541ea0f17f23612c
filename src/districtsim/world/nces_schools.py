"""NCES schools: turns a list of schools, from the search page or ElSi, into arrays.

Levels follow NCES's rule for grades, low-income shares free and reduced-price lunch. A count that
is not published stays unknown, and so do 0 teachers at a school with pupils.
"""

import re
from dataclasses import dataclass, fields

import numpy as np

from districtsim.world.errors import SettingError
from districtsim.world.nces_columns import SYMBOLS, short_year
from districtsim.world.nces_race import race_columns
from districtsim.world.schools import LEVELS

MOST_PUPILS, MOST_TEACHERS = 200_000, 20_000
# Where lunch is not counted, pupils certified directly x 1.6, the federal rule for schools with
# community eligibility (7 CFR 245.9(f)). 3 is the least the file ever gives, whatever the count.
CERTIFIED_FACTOR, CERTIFIED_FLOOR = 1.6, 3
UNKNOWN, LUNCH, FREE_ONLY, CERTIFIED = range(4)
_GRADES = {
    **{"pk": -1, "prekindergarten": -1, "kg": 0, "kindergarten": 0},
    **{f"{grade:02d}": grade for grade in range(1, 14)},
    **{str(grade): grade for grade in range(1, 14)},
    **dict.fromkeys(("ug", "ae", "n", "m", "ungraded", "adult education", "not reported"), 99),
    **{symbol.lower(): 99 for symbol in SYMBOLS},
}


@dataclass(frozen=True, eq=False)
class SchoolRows:
    """Every school of one or more files, (n,) each; race is (7, n). NaN is unknown."""

    id: np.ndarray
    state_id: np.ndarray
    name: np.ndarray
    district_id: np.ndarray
    district: np.ndarray
    state: np.ndarray
    level: np.ndarray
    locale: np.ndarray
    charter: np.ndarray
    pupils: np.ndarray
    teachers: np.ndarray
    lunch: np.ndarray  # low-income pupils, on the basis below
    basis: np.ndarray  # UNKNOWN, LUNCH, FREE_ONLY or CERTIFIED
    all_free: np.ndarray  # every pupil counted as free lunch
    race: np.ndarray
    file: np.ndarray  # index of the file

    @classmethod
    def joined(cls, parts):
        """The rows of several files. Raises SettingError if a school stands in two of them."""
        return cls(
            *(np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(cls))
        )

    def take(self, rows):
        return SchoolRows(*(getattr(self, f.name)[..., rows] for f in fields(self)))


def is_schools(columns):
    """Whether a table is meant to list schools."""
    return bool({"school_id", "school_name"} & columns.place.keys())


def read_schools(columns, index):
    """Schools of one table and sentences about the file; index is that of the file.

    Raises SettingError, with row and column, for anything it cannot read.
    """
    columns.require("school_id", "district_id", "school_name", "district_name", "state")
    columns.require("low_grade", "high_grade", "pupils")
    optional = ("teachers", "free", "reduced", "certified", "locale", "charter")
    columns.refuse_misspelt(*optional, "state_school_id")
    ids, padded = columns.identifiers("school_id", 12)
    districts, _ = columns.identifiers("district_id", 7)
    pupils = np.array(columns.numbers("pupils", MOST_PUPILS))
    teachers = np.array(columns.numbers("teachers", MOST_TEACHERS))
    lunch, basis, all_free = _low_income(columns, pupils)
    rows = SchoolRows(
        id=np.array(ids),
        state_id=np.array(columns.text("state_school_id")),
        name=np.array(columns.text("school_name")),
        district_id=np.array(districts),
        district=np.array(columns.text("district_name")),
        state=np.array(columns.text("state")),
        level=_levels(columns),
        locale=np.array([_locale(text) for text in columns.text("locale")]),
        charter=np.array([text[:3] in ("Yes", "1-Y") for text in columns.text("charter")]),
        pupils=pupils,
        teachers=np.where(teachers > 0, teachers, np.nan),
        lunch=lunch,
        basis=basis,
        all_free=all_free,
        race=race_columns(columns),
        file=np.full(len(ids), index),
    )
    return rows, _file_notes(columns, len(ids), padded, optional)


def numbers_year(columns):
    """School year of the counts, "2022-23", and whether only the file's name says so."""
    table = columns.table
    stated = re.search(r"column with data from\s+(\S+)", table.title)
    found = (stated and short_year(stated[1])) or columns.years.get("pupils") or ""
    found = found or short_year(table.title)
    return (found, False) if found else (short_year(table.path.name), True)


def level_of(low, high):
    """Index into LEVELS from the lowest and highest grade (-1 PK, 0 KG, 99 ungraded).

    NCES: low PK to 3 and high up to 8 is primary; low 4 to 7 and high 4 to 9 is middle; low 7 to
    12 and high 12 is high; anything else is other. Grade 13 counts as 12.
    """
    if low <= 3 and high <= 8:
        return LEVELS.index("primary")
    if 4 <= low <= 7 and 4 <= high <= 9:
        return LEVELS.index("middle")
    if 7 <= low <= 12 and high in (12, 13):
        return LEVELS.index("high")
    return LEVELS.index("other")


def _levels(columns):
    spans = [columns.text("low_grade"), columns.text("high_grade")]
    numbers = [[], []]
    for which, key in enumerate(("low_grade", "high_grade")):
        for row, text in enumerate(spans[which]):
            grade = _GRADES.get(re.sub(r"(st|nd|rd|th)? grade$|^grade ", "", text.lower()))
            if grade is None:
                raise SettingError(
                    f"{columns.where(row, key)}: '{text[:40]}' is not a grade.\n"
                    "Grades are PK, KG, 01 to 13, UG, AE, and † – ‡ for unknown."
                )
            numbers[which].append(grade)
    return np.array([level_of(low, high) for low, high in zip(*numbers)], dtype=np.int8)


def _locale(text):
    return int(text[:2]) if re.match(r"[1-4][1-3]\b", text) else -1


def _low_income(columns, pupils):
    """Low-income pupils, the basis of each count, and where all pupils count as free lunch."""
    keys = ("free", "reduced", "lunch_total", "certified")
    free, reduced, total, certified = (np.array(columns.numbers(k, MOST_PUPILS)) for k in keys)
    certified[certified <= CERTIFIED_FLOOR] = np.nan
    counts = np.full(len(pupils), np.nan)
    basis = np.full(len(pupils), UNKNOWN, dtype=np.int8)
    for values, kind in (
        (free + reduced, LUNCH),
        (total, LUNCH),
        (free, FREE_ONLY),
        (certified * CERTIFIED_FACTOR, CERTIFIED),
    ):
        use = np.isnan(counts) & np.isfinite(values)
        counts[use], basis[use] = values[use], kind
    return counts, basis, (pupils > 0) & (free >= pupils)


def _file_notes(columns, rows, padded, optional):
    notes, name = [], columns.table.path.name
    claimed = re.search(r"contains \(\s*([\d,]+)\s*\) records", columns.table.title)
    if claimed and int(claimed[1].replace(",", "")) != rows:
        notes.append(f"{name} says it has {claimed[1]} records and has {rows}.")
    if padded:
        notes.append(f"{padded} school IDs of {name} had lost a leading zero, which was put back.")
    missing = [key.replace("_", " ") for key in optional if key not in columns]
    if "lunch_total" in columns:
        missing = [key for key in missing if key not in ("free", "reduced")]
    if missing:
        words = {"free": "free lunch", "reduced": "reduced-price lunch"}
        listed = ", ".join(words.get(key, key) for key in missing)
        notes.append(f"{name} has no column for {listed}.")
    year, guessed = numbers_year(columns)
    if not year:
        notes.append(f"{name} does not say which school year it is of.")
    elif guessed:
        notes.append(f"The school year, {year}, was read from the name of the file {name}.")
    other = columns.years.get("teachers", "")
    if other and year and other != year:
        notes.append(f"Pupils are of {year}, teachers of {other}.")
    return notes
