"""NCES columns: finds columns by any of their published names and reads numbers and identifiers."""

import math
import re
from difflib import get_close_matches

from districtsim.world.errors import SettingError
from districtsim.world.nces_tables import SEARCH_PAGE, plain
from districtsim.world.schools import RACES

# What we read: published names as `plain` writes them; the search page's own comes first.
PUBLISHED = {
    "school_id": ("nces school id", "school id 12 digit nces assigned", "school id nces assigned",
                  "ncessch"),
    "state_school_id": ("state school id", "st schid"),
    "district_id": ("nces district id", "agency id nces assigned", "leaid"),
    "school_name": ("school name", "sch name"),
    "district_name": ("district", "district name", "agency name", "lea name"),
    "state": ("state", "state abbr", "st", "stabr"),
    "low_grade": ("low grade", "lowest grade offered", "gslo"),
    "high_grade": ("high grade", "highest grade offered", "gshi"),
    "locale": ("locale code", "locale", "urban centric locale"),
    "charter": ("charter", "charter school"),
    "pupils": ("students", "total students all grades excludes ae", "total students", "member"),
    "teachers": ("teachers", "full time equivalent fte teachers", "teachers fte", "fte teachers"),
    "free": ("free lunch", "free lunch eligible", "frelch"),
    "reduced": ("reduced lunch", "reduced price lunch", "reduced price lunch eligible students",
                "redlch"),
    "lunch_total": ("free and reduced lunch students", "totfrl"),
    "certified": ("directly certified", "direct certification"),
    "school_code": ("school code",),
    "district_code": ("district code",),
    "year": ("school year", "survyear"),
    "administrators": ("leaadm",),
    "support": ("leasup",),
    "coordinators": ("corsup",),
    "staff": ("staff",),
    "staff_count": ("staff count",),
    "total_indicator": ("total indicator",),
}  # fmt: skip
_CODES = dict(zip(("am", "as", "bl", "hp", "wh", "tr", "hi"), RACES))
_RACE_WORDS = (
    (r"american indian|alaska|^native( american)?( students)?$", "native"),
    (r"^asian", "asian"),
    (r"hawaiian|pacific|^pi$", "pacific"),
    (r"hispanic|latino", "hispanic"),
    (r"black|african american", "black"),
    (r"two or more|^2\+$|^2 or more|multiracial", "two_or_more"),
    (r"^white", "white"),
)
# As published; the garbled ones are what a spreadsheet makes of UTF-8 read as Windows-1252.
SYMBOLS = {"", "†", "–", "‡", "—", "-", "--", "â€", "â€\u00a0", "â€“", "â€¡", "n/a", "N/A", "NA"}
CCD_CODES = {"-1", "-2", "-9", "-1.00", "-2.00", "-9.00", "M", "N"}
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|-?\.\d+")


class Columns:
    """Columns of a Table by what they mean: `columns.place[meaning]` is an index into a row.

    Where several years stand side by side (ElSi), the newest is taken; `years` has it by meaning.
    Raises SettingError if one column stands twice.
    """

    def __init__(self, table):
        self.table = table
        self.place, self.years = {}, {}
        by_name = {plain_name: key for key, names in PUBLISHED.items() for plain_name in names}
        for index, name in enumerate(table.names):
            key = by_name.get(plain(name)) or race_of(name)
            if key:
                self._take(key, index, name)

    def __contains__(self, key):
        return key in self.place

    def _take(self, key, index, name):
        year = _year_in(name)
        if key in self.place:
            held = self.table.names[self.place[key]]
            if plain(held) != plain(name):  # two published names of one thing: the first listed
                order = PUBLISHED.get(key, ())
                if plain(name) not in order or order.index(plain(name)) > order.index(plain(held)):
                    return
            elif year == self.years[key]:
                raise SettingError(
                    f"{self.table.path}: column '{name}' stands twice; take one of them out."
                )
            elif year < self.years[key]:
                return
        self.place[key], self.years[key] = index, year

    def require(self, *keys):
        """Raises SettingError, with the nearest name found, unless all the columns are there."""
        for key in keys:
            if key not in self.place:
                wanted = PUBLISHED[key][0] if key in PUBLISHED else key.replace("_", " ")
                shown = wanted.title().replace("Nces", "NCES").replace(" Id", " ID")
                raise SettingError(
                    f"{self.table.path}: no column '{shown}' in the header."
                    f"{self._nearest(PUBLISHED.get(key, (key,)))}\n"
                    f"Give a download of {SEARCH_PAGE} with all its columns."
                )

    def refuse_misspelt(self, *keys):
        """Raises SettingError if an optional column is missing but one is named almost like it."""
        for key in keys:
            if key not in self.place and self._nearest(PUBLISHED[key], 0.85):
                self.require(key)

    def text(self, key):
        """Cells of a column, trimmed; empty text if the file does not have it."""
        if key not in self.place:
            return [""] * len(self.table.rows)
        index = self.place[key]
        return [" ".join(row[index].split()) for row in self.table.rows]

    def numbers(self, key, most, codes=False):
        """Numbers of a column, NaN where †, –, ‡ or nothing stands or the file has no such column.

        most   the largest that can be true
        codes  take the federal files' -1, -2, -9 as unknown
        Raises SettingError naming row and column for anything else.
        """
        known, values = {symbol: math.nan for symbol in SYMBOLS}, []
        if codes:
            known.update(dict.fromkeys(CCD_CODES, math.nan))
        for row, cell in enumerate(self.text(key)):
            if cell not in known:
                known[cell] = self._number(row, key, cell, most)
            values.append(known[cell])
        return values

    def where(self, row, key):
        """File, row number and column of a cell, as errors name it."""
        column = self.table.names[self.place[key]]
        return f"{self.table.path}: row {self.table.numbers[row]}, column '{column}'"

    def identifiers(self, key, digits):
        """NCES identifiers as text, and how many had lost a leading zero to a spreadsheet.

        Raises SettingError naming row and column if one is not made of digits.
        """
        padded, found = 0, []
        for row, cell in enumerate(self.text(key)):
            text = cell.removeprefix('="').removesuffix('"').removesuffix(".0")
            if len(text) == digits - 1 and text.isascii() and text.isdigit():
                text, padded = "0" + text, padded + 1
            if not (len(text) == digits and text.isascii() and text.isdigit()):
                spoilt = re.fullmatch(r"[\d.,]+E\+\d+", text, re.I)
                advice = "\nA spreadsheet has spoilt it for good; download the file again."
                raise SettingError(
                    f"{self.where(row, key)}: '{cell[:40]}' is not an identifier of {digits}"
                    f" digits.{advice * bool(spoilt)}"
                )
            found.append(text)
        return found, padded

    def _number(self, row, key, cell, most):
        value = float(cell.replace(",", "")) if _NUMBER.fullmatch(cell) and cell.isascii() else None
        if value is None:
            raise SettingError(
                f"{self.where(row, key)}: '{cell[:40]}' is not a number.\n"
                "Allowed are numbers, and † – ‡ or nothing for unknown."
            )
        if not 0 <= value <= most:
            raise SettingError(
                f"{self.where(row, key)}: {cell[:40]} is outside 0 to {most:,}; correct the cell."
            )
        return value

    def _nearest(self, wanted, cutoff=0.6):
        taken = set(self.place.values())
        free = {plain(n): n for i, n in enumerate(self.table.names) if i not in taken and n}
        for name in wanted:
            close = get_close_matches(name, list(free), n=1, cutoff=cutoff)
            if close:
                return f" The nearest found is '{free[close[0]]}'."
        return ""


def race_of(name):
    """Which of RACES a column counts, or None; columns by sex or in percent count none."""
    low = plain(name)
    if re.search(r"\b(fe)?male\b|percent|pct|\bteachers?\b|total", low) or "%" in name:
        return None
    if low in _CODES:
        return _CODES[low]
    return next((race for words, race in _RACE_WORDS if re.search(words, low)), None)


def short_year(text):
    """A school year as "2022-23" from "2022-2023", "2022-23" or text around it; "" if none."""
    found = re.search(r"(?<!\d)((?:19|20)\d\d)\s*[-–]\s*(?:19|20)?(\d\d)(?!\d)", text)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        return ""
    return f"{found[1]}-{found[2]}"


def _year_in(name):
    """Year after the bracket of an ElSi name; "" sorts before every year."""
    return short_year(name[name.index("[") :]) if "[" in name else ""
