"""District files: a district as NAME.yaml with its schools in NAME.csv beside it.

An empty cell of the CSV is unknown. Numbers are written so that reading gives the same bits back.
"""

import csv
import io
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import yaml

from districtsim.world.errors import SettingError
from districtsim.world.files import find_config, nearest, write_atomically
from districtsim.world.schools import LEVELS, RACES, Schools
from districtsim.world.yaml_files import read_yaml

COLUMNS = ("id", "name", "level", "locale", "enrolment", "teachers", "low_income", *RACES)
OFFICE = ("administrators", "support", "coordinators")
TEXTS = ("title", "state", "year", "nces_id", "source")
KEYS = (*TEXTS, "provenance", "office", "schools", "notes")
# column: lowest, highest, what it is; wide enough for any US school, narrow enough for a slip
BOUNDS = {
    "enrolment": (0, 200_000, "pupils above 0"),
    "teachers": (0, 20_000, "full-time equivalents above 0, empty if unknown"),
    "low_income": (0, 1, "a share from 0 to 1, empty if unknown"),
    **dict.fromkeys(RACES, (0, 200_000, "pupils, empty if unknown")),
}


def read_district(name_or_path):
    """The fields of a district file as a dict for District(**fields). Raises SettingError."""
    path = find_config("districts", name_or_path)
    found = read_yaml(path)
    for key in found:
        if key not in KEYS:
            raise SettingError(
                f"{path}: '{key}' is not known here.{nearest(key, KEYS)}\n"
                f"A district file has {', '.join(KEYS)}."
            )
    for key in ("title", "schools"):
        if not found.get(key):
            raise SettingError(f"{path}: '{key}' is missing; every district file needs it.")
    texts = {key: _text(path, key, found.get(key)) for key in TEXTS}
    office, office_source = _office(path, found.get("office") or {})
    return {
        "name": path.stem,
        **texts,
        "schools": _read_schools(path.parent / _text(path, "schools", found["schools"])),
        "office": office,
        "office_source": office_source,
        "provenance": tuple(_sequence(path, "provenance", found.get("provenance"), dict)),
        "notes": tuple(_sequence(path, "notes", found.get("notes"), str)),
    }


def save_district(district, path):
    """Write NAME.yaml and NAME.csv; a folder gets the district's own name. Returns the path."""
    path = Path(path)
    if path.is_dir():
        path = path / f"{district.name}.yaml"
    if path.suffix not in (".yaml", ".yml"):
        raise SettingError(f"{path}: a district is saved as a .yaml file; name it so.")
    table = path.with_suffix(".csv")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(table, _schools_text(district.schools))
        write_atomically(path, _yaml_text(district, table.name))
    except OSError as error:
        raise SettingError(
            f"{path}: cannot be written ({error.strerror or error}). Choose another folder."
        ) from None
    return path


def _text(path, key, value):
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise SettingError(f"{path}: '{key}' must be text, not a list or a group.")
    return str(value)


def _sequence(path, key, value, kind):
    value = [] if value is None else value
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        word = "sentences" if kind is str else "groups of `key: value`"
        raise SettingError(f"{path}: '{key}' must be a list of {word}.")
    return value


def _office(path, found):
    if not isinstance(found, dict):
        raise SettingError(f"{path}: 'office' must be a group with {', '.join(OFFICE)}, source.")
    staff = {}
    for key, value in found.items():
        if key == "source":
            continue
        if key not in OFFICE:
            raise SettingError(f"{path}: 'office.{key}' is not known.{nearest(key, OFFICE)}")
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value <= 100_000:
            raise SettingError(
                f"{path}: office.{key} is {value!r}; give full-time equivalents from 0 to 100,000,"
                " or leave the line out if unknown."
            )
        staff[key] = float(value)
    return staff, _text(path, "office.source", found.get("source"))


def _read_schools(path):
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        reason = error.strerror or error
        raise SettingError(f"{path}: the district's schools cannot be read ({reason}).") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingError(f"{path}: not a CSV file in UTF-8 ({error}).") from None
    if not rows:
        raise SettingError(f"{path}: the file is empty; it needs the columns {', '.join(COLUMNS)}.")
    names, place = rows[0], {}
    for column in COLUMNS:
        if names.count(column) != 1:
            word = "is missing" if column not in names else "stands twice"
            raise SettingError(f"{path}: row 1: column '{column}' {word}.{nearest(column, names)}")
        place[column] = names.index(column)
    values = {column: [] for column in COLUMNS}
    seen = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise SettingError(
                f"{path}: row {number} has {len(row)} cells where row 1 has {len(names)}."
            )
        for column in COLUMNS:
            where = f"{path}: row {number}, column '{column}'"
            values[column].append(_cell(where, column, row[place[column]].strip()))
        if values["id"][-1] in seen:
            raise SettingError(
                f"{path}: row {number}, column 'id': {values['id'][-1]} stands in row"
                f" {seen[values['id'][-1]]} already; each school needs its own."
            )
        seen[values["id"][-1]] = number
    if not seen:
        raise SettingError(f"{path}: no schools below the header; a district needs at least one.")
    race = np.array([values.pop(column) for column in RACES])
    return Schools.of(**values, race=race)


def _cell(where, column, text):
    if column == "id":
        if not text:
            raise SettingError(f"{where}: empty; each school needs an id.")
        return text
    if column == "name":
        return text
    if column == "level":
        if text not in LEVELS:
            raise SettingError(
                f"{where}: '{text}' is not a level.{nearest(text, LEVELS)}"
                f" Levels are {', '.join(LEVELS)}."
            )
        return LEVELS.index(text)
    if column == "locale":
        if text and not (text.isascii() and text.isdigit() and 11 <= int(text) <= 43):
            raise SettingError(f"{where}: '{text}' is not an NCES locale code, 11 to 43 or empty.")
        return int(text) if text else -1
    low, high, allowed = BOUNDS[column]
    if not text and column != "enrolment":
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    positive = column in ("enrolment", "teachers")
    if not low <= value <= high or (positive and value == 0):
        raise SettingError(f"{where}: '{text}' is not allowed; give {allowed}.")
    return value


def _schools_text(schools):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    plain = [f.name for f in fields(schools) if f.name not in ("id", "name", "level", "race")]
    for row in range(len(schools)):
        level = LEVELS[schools.level[row]]
        numbers = [_number(getattr(schools, name)[row]) for name in plain]
        numbers[0] = "" if schools.locale[row] < 0 else numbers[0]
        races = [_number(value) for value in schools.race[:, row]]
        writer.writerow([schools.id[row], schools.name[row], level, *numbers, *races])
    return out.getvalue()


def _number(value):
    """Shortest text that reads back as the same number; unknown is empty."""
    value = float(value)
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def _yaml_text(district, table):
    lines = [f"{key}: {_quoted(getattr(district, key))}" for key in TEXTS]
    lines.append(f"schools: {_quoted(table)}")
    if district.office or district.office_source:
        lines.append("office:                # full-time equivalents")
        lines += [f"  {key}: {_number(value)}" for key, value in district.office.items()]
        lines.append(f"  source: {_quoted(district.office_source)}")
    if district.provenance:
        lines.append("provenance:")
        for item in district.provenance:
            texts = [f"{_quoted(str(k))}: {_quoted(str(v))}" for k, v in item.items()]
            lines += [f"  {'- ' if first == 0 else '  '}{t}" for first, t in enumerate(texts)]
    if district.notes:
        lines.append("notes:                 # what was left out or assumed")
        lines += [f"  - {_quoted(note)}" for note in district.notes]
    return "\n".join(lines) + "\n"


def _quoted(text):
    """Text as YAML that reads back the same: plain where that is safe, else in quotes."""
    if text.isascii() and text.replace("_", "").isalpha() and text.lower() not in _WORDS:
        return text
    dumped = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf)
    return dumped.removesuffix("\n")


_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf")
