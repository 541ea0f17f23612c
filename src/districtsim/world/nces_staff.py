"""NCES staff: reads the federal district staff file (059) for the size of the central office.

Both forms: a row a district (until 2015-16; comma or tab) and a row a district and kind of staff.
"""

import math
from dataclasses import dataclass

from districtsim.world.errors import SettingError
from districtsim.world.nces_columns import short_year

KINDS = ("administrators", "support", "coordinators")
MOST = 100_000  # full-time equivalents; New York City has fewer teachers than this
_LONG = (  # names of the long form, without letter case; the first that fits counts
    ("lea administrators", "administrators"),
    ("lea administrative support staff", "support"),
    ("instructional coordinators", "coordinators"),
)


@dataclass(frozen=True)
class Office:
    """Central-office staff of one district as reported.

    staff  FTE by KINDS; a kind that is unknown is left out
    year   school year, "2015-16", "" if the file does not say
    file   name of the file
    """

    staff: dict
    year: str
    file: str


def is_staff(columns):
    """Whether a table is a staff file, of districts or of a state."""
    return "administrators" in columns or {"staff", "staff_count"} <= columns.place.keys()


def read_offices(columns):
    """Central offices of a staff file, by NCES District ID.

    Raises SettingError, with row and column, if a cell cannot be read or it is the state's file.
    """
    if "district_id" not in columns:
        raise SettingError(
            f"{columns.table.path}: a staff file without 'LEAID': of the state, not of districts.\n"
            "The file of districts is named ccd_lea_059_... (https://nces.ed.gov/ccd/files.asp)."
        )
    ids, _ = columns.identifiers("district_id", 7)
    years = [short_year(text) for text in columns.text("year")]
    if "administrators" in columns:
        columns.require(*KINDS)
        counts = zip(*(columns.numbers(kind, MOST, codes=True) for kind in KINDS))
        found = {}
        for row, (district, values) in enumerate(zip(ids, counts)):
            if district in found:
                raise SettingError(
                    f"{columns.where(row, 'district_id')}: {district} stands twice; keep one row."
                )
            found[district] = dict(zip(KINDS, values))
    else:
        found = _long(columns, ids)
    year = dict(zip(ids, years))
    return {
        district: Office(
            {kind: value for kind, value in staff.items() if math.isfinite(value)},
            year[district],
            columns.table.path.name,
        )
        for district, staff in found.items()
    }


def _long(columns, ids):
    """FTE by kind from the long form, whose subtotals and totals are left out."""
    found = {}
    rows = zip(
        ids,
        columns.text("staff"),
        columns.text("total_indicator"),
        columns.numbers("staff_count", MOST, codes=True),
    )
    for row, (district, name, total, value) in enumerate(rows):
        staff = found.setdefault(district, {})
        kind = next((kind for start, kind in _LONG if name.lower().startswith(start)), None)
        if kind is None or (total and not total.lower().startswith("category set a")):
            continue
        if kind in staff:
            raise SettingError(
                f"{columns.where(row, 'staff')}: '{name}' stands twice for district {district}."
            )
        staff[kind] = value
    return found
