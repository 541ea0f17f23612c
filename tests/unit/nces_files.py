"""Small files in the published layouts, for the importer's tests."""

import gzip
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
WASHINGTON = DATA / "washington_schools_2022-23.csv.gz"
WASHINGTON_DISTRICTS = DATA / "washington_districts_2022-23.csv.gz"
AS_PUBLISHED = DATA / "sample_districts_schools_2022-23_as_published.xls"
ELSI = DATA / "elsi_export_sample_2024-25.csv"
STAFF_CSV = DATA / "CCD_LEA_059_1516_W_1a_011717_WA.csv"
STAFF_TAB = DATA / "ccd_lea_059_1415_w_0216161a_WA.txt"
STATE_STAFF = DATA / "ccd_sea_059_1718_l_1a_083118_WA.csv"
RACE = DATA / "ospi_school_race_counts_2019-20.csv"

COLUMNS = (
    "NCES School ID", "State School ID", "NCES District ID", "Low Grade*", "High Grade*",
    "School Name", "District", "State", "Locale Code*", "Charter", "Students*", "Teachers*",
    "Free Lunch*", "Reduced Lunch*", "Directly Certified*",
)  # fmt: skip
# Two schools of one made-up district; ids begin with a zero, as those of nine states do.
OAK = dict(zip(COLUMNS, (
    "010000100001", "AL-001-0010", "0100001", "PK", "05", "Oak Elementary", "Oak County", "AL",
    "41", "No", "400.00000", "25.00000", "100.00000", "20.00000", "60.00000")))  # fmt: skip
ELM = dict(zip(COLUMNS, (
    "010000100002", "AL-001-0020", "0100001", "09", "12", "Elm High", "Oak County", "AL",
    "41", "No", "600.00000", "30.00000", "90.00000", "30.00000", "50.00000")))  # fmt: skip


def school(base=OAK, **cells):
    """A school with some cells changed; `Low_Grade` stands for 'Low Grade*'."""
    changed = dict(base)
    for key, value in cells.items():
        name = key.replace("_", " ")
        changed[name if name in COLUMNS else f"{name}*"] = value
    return changed


def table(rows=(OAK, ELM), columns=COLUMNS, rename=None, delimiter=","):
    """Text of a search download as CSV."""
    rename = rename or {}
    lines = [delimiter.join(rename.get(name, name) for name in columns)]
    lines += [delimiter.join(row[name] for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def write(folder, content, name="schools_2022-23.csv"):
    """Write text or bytes to a file; the path."""
    path = Path(folder) / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def washington_text():
    return gzip.decompress(WASHINGTON.read_bytes()).decode()
