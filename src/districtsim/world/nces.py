"""NCES: makes districts from federal files as published.

Give it a list of schools (a download of the school search page, https://nces.ed.gov/ccd/schoolsearch/,
or of the ElSi table generator) and, if there are, the district staff file (059) for the central
office, a table of pupils by race and school, and the list of districts. Any state will do.
"""

import os
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.nces_columns import Columns
from districtsim.world.nces_notes import office_notes, race_notes, school_notes
from districtsim.world.nces_race import is_race, read_race
from districtsim.world.nces_schools import SchoolRows, is_schools, numbers_year, read_schools
from districtsim.world.nces_staff import is_staff, read_offices
from districtsim.world.nces_tables import SEARCH_PAGE, read_table
from districtsim.world.schools import Schools

_PUBLIC_DOMAIN = "US federal government work, public domain"
_ENDINGS = (
    r"(joint |unified |union |consolidated |independent |community |city |county |public |unit |"
    r"central |elementary |high |municipal |local |area |regional )*"
    r"(schools?|school (district|system|corporation|division|department|unit)s?|"
    r"isd|usd|cusd|csd|district)\b.*"
)


class Districts(dict):
    """Districts by NCES District ID; `without_pupils` names those left out, by the same."""

    def __init__(self, found=(), without_pupils=None):
        super().__init__(found)
        self.without_pupils = dict(without_pupils or {})


def import_districts(paths):
    """Read published files and make every district in them that has pupils.

    paths    files: .xls, .csv, .txt, or any of them as .gz; one list of schools at least
    returns  Districts, a dict of NCES District ID -> District
    Raises SettingError, with file, row and column, for what it cannot read.
    """
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    schools, offices, races, listed = _read(paths)
    rows = SchoolRows.joined([part for _, part, _ in schools])
    _refuse_twice(rows, [columns for columns, _, _ in schools])
    made = Districts(without_pupils=listed)
    order = np.argsort(rows.district_id, kind="stable")
    ids, starts = np.unique(rows.district_id[order], return_index=True)
    for district_id, members in zip(map(str, ids), np.split(order, starts[1:])):
        members = rows.take(members)
        if (members.pupils > 0).any():
            made[district_id] = _district(members, schools, offices, races)
            made.without_pupils.pop(district_id, None)
        else:
            made.without_pupils[district_id] = str(members.district[0])
    return _with_own_names(made)


def choose(districts, wanted=None):
    """One of some districts, by NCES District ID, name, or part of the name.

    Without `wanted` there must be only one. Raises SettingError with the nearest names.
    """
    if wanted is None:
        if len(districts) == 1:
            return next(iter(districts.values()))
        few = "; ".join(_titled(district) for district in list(districts.values())[:3])
        example = f"For example: {few}." if few else "No school in them has pupils."
        raise SettingError(
            f"the files hold {len(districts)} districts with pupils; say which one, by NCES"
            f" District ID or part of its name.\n{example}"
        )
    text = " ".join(str(wanted).split()).lower()
    if text.isdigit() and text.zfill(7) in districts:  # a spreadsheet drops the leading zero
        return districts[text.zfill(7)]
    for fits in (
        lambda d: text in (d.title.lower(), d.name, d.name.replace("_", " ")),
        lambda d: d.title.lower().startswith(text),
        lambda d: text in d.title.lower(),
    ):
        found = [district for district in districts.values() if text and fits(district)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = "; ".join(_titled(district) for district in found[:5])
            more = f" and {len(found) - 5} more" * (len(found) > 5)
            raise SettingError(
                f"'{wanted}' fits {len(found)} districts: {listed}{more}.\n"
                "Give the NCES District ID."
            )
    raise _none_fits(districts, wanted, text)


def _none_fits(districts, wanted, text):
    for district_id, title in getattr(districts, "without_pupils", {}).items():
        if text in (district_id, title.lower()):
            return SettingError(f"{title} ({district_id}) has no school with pupils in the files.")
    by_word = {district.title.lower(): district for district in districts.values()}
    by_word |= {district.name.replace("_", " "): district for district in districts.values()}
    close = get_close_matches(text, list(by_word), n=6, cutoff=0.5)
    near = list(dict.fromkeys(_titled(by_word[word]) for word in close))[:3]
    return SettingError(
        f"'{wanted}' is none of the {len(districts)} districts in the files."
        + (f" Nearest: {'; '.join(near)}." if near else "")
    )


def _read(paths):
    """Files by kind: (columns, rows, notes) of lists of schools; offices; race counts; titles of
    districts by NCES District ID."""
    schools, offices, races, listed = [], [], [], {}
    for path in paths:
        columns = Columns(read_table(path))
        if is_staff(columns):
            offices.append(read_offices(columns))
        elif is_race(columns):
            races.append(read_race(columns))
        elif is_schools(columns):
            schools.append((columns, *read_schools(columns, len(schools))))
        elif {"district_id", "district_name"} <= columns.place.keys():
            ids, _ = columns.identifiers("district_id", 7)
            listed.update(zip(ids, columns.text("district_name")))
        else:
            raise SettingError(
                f"{path}: neither schools, district staff nor race counts; its columns are"
                f" {', '.join(columns.table.names[:6])}.\nGive a download of {SEARCH_PAGE}."
            )
    if not schools:
        raise SettingError(
            f"{', '.join(map(str, paths)) or 'no file'}: no list of schools among the files.\n"
            f"Download one from {SEARCH_PAGE} and give it as well."
        )
    return schools, offices, races, listed


def _district(rows, files, offices, races):
    """One district from its schools' rows."""
    kept = rows.take(rows.pupils > 0)
    nces_id, title = str(kept.district_id[0]), str(kept.district[0])
    own = [files[index] for index in np.unique(rows.file)]
    year = max(numbers_year(columns)[0] for columns, _, _ in own)
    counts, table = _race_counts(kept, races)
    known = [file[nces_id] for file in offices if nces_id in file]
    office = max(known, key=lambda found: found.year, default=None)
    names = sorted({columns.table.path.name for columns, _, _ in own})
    return District(
        name=_short_name(title) or nces_id,
        title=title or nces_id,
        state=str(kept.state[0]),
        year=year,
        source=f"NCES Common Core of Data, list of public schools ({', '.join(names)})",
        schools=Schools.of(
            id=kept.id,
            name=kept.name,
            level=kept.level,
            locale=kept.locale,
            enrolment=kept.pupils,
            teachers=kept.teachers,
            low_income=np.round(np.minimum(kept.lunch / kept.pupils, 1.0), 4),
            race=counts,
        ),
        office=office.staff if office else {},
        notes=(
            *(note for _, _, about in own for note in about),
            *school_notes(rows, kept),
            *office_notes(office, kept, year, bool(offices)),
            *race_notes(counts, kept, table, bool(races), year),
        ),
        nces_id=nces_id,
        office_source=_office_source(office),
        provenance=tuple(_provenance(year, names, office, table)),
    )


def _race_counts(kept, races):
    """Pupils by race, (7, n), and the file they are from: None for the list of schools itself,
    which goes first; of several files the newest that has any of the schools."""
    if np.isfinite(kept.race).any():
        return kept.race, None
    for table in sorted(races, key=lambda table: table.year, reverse=True):
        counts = table.of(kept.id, kept.state_id)
        if np.isfinite(counts).any():
            return counts, table
    return kept.race, None


def _office_source(office):
    if not office or not office.staff:
        return ""
    year = f", {office.year}" if office.year else ""
    return f"NCES Common Core of Data, district staff (059){year}, file {office.file}"


def _provenance(year, names, office, race):
    publisher = "National Center for Education Statistics (NCES), US Department of Education"
    yield {
        "what": "schools, pupils, teachers, lunch counts",
        "publisher": publisher,
        "title": "Common Core of Data, Search for Public Schools or ElSi",
        "year": year or "not stated",
        "address": SEARCH_PAGE,
        "terms": _PUBLIC_DOMAIN,
        "file": ", ".join(names),
    }
    if office and office.staff:
        yield {
            "what": "central-office staff",
            "publisher": publisher,
            "title": "Common Core of Data, Local Education Agency staff file (059)",
            "year": office.year or "not stated",
            "address": "https://nces.ed.gov/ccd/files.asp",
            "terms": _PUBLIC_DOMAIN,
            "file": office.file,
        }
    if race:
        yield {**race.source, "year": race.year or "not stated", "file": race.file}


def _refuse_twice(rows, columns):
    ids, counts = np.unique(rows.id, return_counts=True)
    if (counts == 1).all():
        return
    twice = ids[counts > 1][0]
    one, two = np.flatnonzero(rows.id == twice)[:2]
    tables = [columns[rows.file[row]].table for row in (one, two)]
    places = [row - int((rows.file < rows.file[row]).sum()) for row in (one, two)]
    raise SettingError(
        f"{tables[1].path}: row {tables[1].numbers[places[1]]}, column 'NCES School ID': {twice}"
        f" stands in row {tables[0].numbers[places[0]]} of {tables[0].path.name} already.\n"
        "Each school may be given once; leave one of the two out."
    )


def _short_name(title):
    """A name safe in a file name: 'Seattle School District No. 1' -> 'seattle'."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    low = re.sub(r"[^a-z0-9]+", " ", bare.lower()).strip()
    low = re.sub(r"^(the )?school district of (the )?(city of )?(?=\w)", "", low)
    return (re.sub(r"^(.+?) " + _ENDINGS, r"\1", low) or low).replace(" ", "_")[:60]


def _with_own_names(districts):
    """Short names made different where two districts would share one."""
    count = Counter(district.name for district in districts.values())
    for district_id, district in districts.items():
        if count[district.name] > 1:
            districts[district_id] = replace(district, name=f"{district.name}_{district_id}")
    return districts


def _titled(district):
    return f"{district.title} ({district.nces_id})"
