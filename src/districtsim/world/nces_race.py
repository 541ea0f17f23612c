"""NCES race: pupils by race and school, from any table with an identifier and seven counts.

The identifier is the NCES School ID, the State School ID (state-district-school) or, as in tables
of Washington's Office of Superintendent of Public Instruction, a School Code and a District Code.
"""

from dataclasses import dataclass

import numpy as np

from districtsim.world.errors import SettingError
from districtsim.world.nces_columns import short_year
from districtsim.world.schools import RACES

MOST = 200_000
# What the ready-made table of Washington's counts looks like, and where it comes from.
OSPI_COLUMNS = ("school_code", "district_code")
OSPI = {
    "what": "pupils by race at each school",
    "publisher": "Washington Office of Superintendent of Public Instruction",
    "title": "Report Card Enrollment, school counts as compiled by The Seattle Times",
    "address": "https://data.wa.gov/",
    "terms": "state public record; only the counts are used",
}


@dataclass(frozen=True)
class RaceCounts:
    """Race counts of one file.

    by_school  key -> (7,) pupils by RACES, NaN unknown; the key is ("id", NCES School ID),
               ("state", State School ID), ("code", district code, school code) or ("code", code)
    year       school year, "" if the file does not say
    file       name of the file
    source     provenance of it, without the year
    """

    by_school: dict
    year: str
    file: str
    source: dict

    def of(self, school_ids, state_ids):
        """Counts of some schools, (7, n), NaN where the file has none."""
        unknown = np.full(len(RACES), np.nan)
        found = []
        for school_id, state_id in zip(school_ids, state_ids):
            keys = [("id", school_id), ("state", state_id.upper())]
            parts = state_id.split("-")
            if len(parts) >= 2:
                keys += [("code", _bare(parts[-2]), _bare(parts[-1])), ("code", _bare(parts[-1]))]
            found.append(next((self.by_school[k] for k in keys if k in self.by_school), unknown))
        return np.array(found).reshape(-1, len(RACES)).T


def is_race(columns):
    """Whether a table counts pupils by race and has a school's identifier but no grades."""
    school = {"school_id", "state_school_id", "school_code"} & columns.place.keys()
    races = sum(race in columns for race in RACES)
    return bool(school) and races >= 4 and "low_grade" not in columns


def race_columns(columns):
    """Pupils by race of every row, (7, rows); all NaN unless all seven counts are there."""
    rows = len(columns.table.rows)
    if not all(race in columns for race in RACES):
        return np.full((len(RACES), rows), np.nan)
    counts = np.array([columns.numbers(race, MOST, codes=True) for race in RACES])
    counts[:, ~np.isfinite(counts).all(axis=0)] = np.nan  # a mix with a gap is no mix
    return counts


def read_race(columns):
    """Read a table of race counts. Raises SettingError with file, row and column."""
    columns.require(*RACES)
    counts = race_columns(columns).T
    found = {}
    for row, (key, values) in enumerate(zip(_keys(columns), counts)):
        if key in found:
            raise SettingError(
                f"{columns.table.path}: row {columns.table.numbers[row]}: school"
                f" {'-'.join(key[1:])} stands twice; keep one row a school."
            )
        found[key] = values
    years = {short_year(text) for text in columns.text("year")} - {""}
    year = max(years) if years else short_year(columns.table.path.name)
    ospi = all(key in columns for key in OSPI_COLUMNS)
    source = OSPI if ospi else {
        "what": "pupils by race at each school",
        "publisher": "not stated in the file",
        "title": columns.table.path.name,
        "terms": "not stated in the file; find out before passing the counts on",
    }  # fmt: skip
    return RaceCounts(found, year, columns.table.path.name, source)


def _keys(columns):
    if "school_id" in columns:
        return [("id", text) for text in columns.identifiers("school_id", 12)[0]]
    if "state_school_id" in columns:
        return [("state", text.upper()) for text in columns.text("state_school_id")]
    codes = [_bare(text) for text in columns.text("school_code")]
    if "district_code" in columns:
        districts = [_bare(text) for text in columns.text("district_code")]
        return [("code", district, code) for district, code in zip(districts, codes)]
    return [("code", code) for code in codes]


def _bare(code):
    """A code without the leading zeros that some files drop."""
    return code.strip().lstrip("0")
