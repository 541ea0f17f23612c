"""What the importer refuses: each with file, row and column, in at most three lines."""

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nces_files import (
    AS_PUBLISHED,
    COLUMNS,
    ELM,
    ELSI,
    OAK,
    RACE,
    STAFF_CSV,
    STATE_STAFF,
    WASHINGTON_DISTRICTS,
    school,
    table,
    write,
)

from districtsim.world import nces
from districtsim.world.district import District
from districtsim.world.errors import SettingError

PAGE = AS_PUBLISHED.read_bytes()
SMALL_PAGE = b"</TR>".join(PAGE.split(b"</TR>")[:4]) + b"</TR></TABLE></BODY></HTML>"
SHORT_ROW = table() + "010000100003,AL-001-0030,0100001,PK,05,Yew Elem"
RACES = "School Code,Native,Asian,Black,PI,White,2+,Hispanic\n"
STAFF = "LEAID,LEAADM,LEASUP,CORSUP\n"


def without(column):
    return table(columns=[name for name in COLUMNS if name != column])


# content of the file, words that the message must have
REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "damaged": (bytes(range(128, 256)) * 9, "not text"),
    "nul bytes": (b"NCES School ID,\0\0\0,x\n", "not text"),
    "excel workbook": (b"PK\x03\x04rest", "Excel workbook"),
    "old excel workbook": (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
    "pdf": (b"%PDF-1.7 rest", "a PDF"),
    "gzip cut off": (gzip.compress(table().encode())[:-20], "cut off"),
    "prose": (b"Dear colleague,\nplease find below nothing.\n", "no header row"),
    "error page": (b"<html><body><h1>Service unavailable</h1></body></html>", "without a table"),
    "html cut off": (PAGE[: len(PAGE) // 2], "cut off: the table is not closed after row"),
    "html of another table": (b"<table><tr><td>a<td>b<td>c</table>", "no header row"),
    "header only": (table(rows=()), "no rows below the header in row 1"),
    "cut off in a row": (SHORT_ROW, "row 4 has 6 cells where the header has 15"),
    "cut off in quotes": (table() + '010000100003,"AL-001', "row 4: a quotation mark"),
    "word in a number": (
        table([OAK, school(ELM, Students="many")]), "row 3, column 'Students*': 'many' is not a",
    ),
    "infinite": (table([school(Students="inf")]), "row 2, column 'Students*': 'inf'"),
    "underscore": (table([school(Students="4_00")]), "row 2, column 'Students*'"),
    "negative pupils": (
        table([OAK, school(ELM, Students="-5")]), "row 3, column 'Students*': -5 is outside 0",
    ),
    "missing code": (table([school(Students="-1")]), "row 2, column 'Students*': -1 is outside"),
    "too many teachers": (table([school(Teachers="9e9")]), "row 2, column 'Teachers*': '9e9'"),
    "giant school": (table([school(Students="400000")]), "outside 0 to 200,000"),
    "no such grade": (
        table([OAK, school(ELM, High_Grade="17")]), "row 3, column 'High Grade*': '17' is not a",
    ),
    "id of letters": (
        table([school(NCES_School_ID="OAK")]), "row 2, column 'NCES School ID': 'OAK' is not an",
    ),
    "id spoilt by a spreadsheet": (
        table([school(NCES_School_ID="1.00002E+10")]), "A spreadsheet has spoilt it",
    ),
    "school twice": (
        table([OAK, ELM, OAK]), "row 4, column 'NCES School ID': 010000100001 stands in row 2",
    ),
    "column twice": (table(columns=(*COLUMNS, "Students*")), "column 'Students*' stands twice"),
    "no column Students": (without("Students*"), "no column 'Students'"),
    "no column NCES School ID": (without("NCES School ID"), "no column 'NCES School ID'"),
    "required column misspelt": (
        table(rename={"Students*": "Studnets*"}), "The nearest found is 'Studnets*'",
    ),
    "optional column misspelt": (
        table(rename={"Teachers*": "Teechers*"}), "The nearest found is 'Teechers*'",
    ),
    "another table": ("LEAID,TOTAL,OTHER\n0100001,1,2\n", "neither schools, district staff nor"),
    "staff word": (STAFF + "0100001,1,two,3\n", "row 2, column 'LEASUP': 'two' is not a number"),
    "staff negative": (STAFF + "0100001,-3,1,1\n", "row 2, column 'LEAADM': -3 is outside"),
    "staff twice": (STAFF + "0100001,1,1,1\n" * 2, "row 3, column 'LEAID': 0100001 stands twice"),
    "staff column": ("LEAID,LEAADM,LEASUP\n0100001,1,1\n", "no column 'Corsup'"),
    "staff of a state": (STATE_STAFF.read_bytes(), "of the state, not of districts"),
    "race word": (RACES + "10,1,2,x,4,5,6,7\n", "row 2, column 'Black': 'x' is not a number"),
    "race twice": (RACES + "10,1,2,3,4,5,6,7\n" * 2, "row 3: school 10 stands twice"),
    "race column": (RACES.replace(",Hispanic", "") + "10,1,2,3,4,5,6\n", "no column 'Hispanic'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_place_and_in_three_lines(case, tmp_path):
    content, words = REFUSED[case]
    path = write(tmp_path, content, "given.csv")
    with pytest.raises(SettingError) as refused:
        nces.import_districts([path])
    message = str(refused.value)
    assert words in message
    assert "given.csv" in message
    assert message.count("\n") <= 2
    assert max(map(len, message.replace(str(path), "given.csv").splitlines())) <= 200


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["no_such_file.csv"], "No such file"),
        ([Path(__file__).parent], "Is a directory"),
        ([], "no list of schools"),
        ([STAFF_CSV, RACE], "no list of schools"),
        ([WASHINGTON_DISTRICTS], "no list of schools"),
        ([AS_PUBLISHED, AS_PUBLISHED], "already"),
    ],
)
def test_refused_sets_of_files(paths, words):
    with pytest.raises(SettingError, match=words) as refused:
        nces.import_districts(paths)
    assert str(refused.value).count("\n") <= 2


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path):
    """Notes above the header, blank lines and quoted line breaks count as the rows they fill."""
    text = 'Title\n\n"a note\nin two lines"\n' + table([OAK, school(ELM, Teachers="few")])
    with pytest.raises(SettingError, match=r"row 7, column 'Teachers\*'"):
        nces.import_districts([write(tmp_path, text)])


def test_a_list_without_pupils_has_nothing_to_choose(tmp_path):
    districts = nces.import_districts([write(tmp_path, table([school(Students="†")]))])
    assert not districts
    with pytest.raises(SettingError, match="No school in them has pupils"):
        nces.choose(districts)
    with pytest.raises(SettingError, match=r"Oak County .* no school with pupils"):
        nces.choose(districts, "0100001")


def imports_or_refuses(content):
    """Either a SettingError or districts that can be completed, saved and read back."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, content, "given.csv")
        try:
            districts = nces.import_districts([path])
        except SettingError as error:
            districts, message = {}, str(error)
        else:
            message = ""
        assert message.count("\n") <= 2
        for district in districts.values():
            district.completed()
            again = District.load(district.save(Path(folder) / "saved.yaml"))
            assert (again.title, again.notes) == (district.title, district.notes)
            assert again.schools.name.tolist() == district.schools.name.tolist()


def test_the_small_page_is_whole(tmp_path):
    """Else the damaged downloads below would all be refused for one reason."""
    districts = nces.import_districts([write(tmp_path, SMALL_PAGE)])
    assert sum(len(district.schools) for district in districts.values()) == 3


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
@settings(max_examples=100, deadline=None)
def test_random_bytes_and_text_are_refused_or_read(content):
    imports_or_refuses(content)


@given(
    st.sampled_from([table().encode(), ELSI.read_bytes(), STAFF_CSV.read_bytes(), SMALL_PAGE]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_damaged_downloads_are_refused_or_read(content, damages):
    for place, cut, put in damages:
        at = int(place * len(content))
        content = content[:at] + put + content[at + cut :]
    imports_or_refuses(content)


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=12), max_size=5))
@settings(max_examples=150, deadline=None)
def test_random_cells_are_refused_or_read(cells):
    changed = dict(OAK) | {
        name: '"' + text.replace('"', '""').encode("utf-8", "ignore").decode() + '"'
        for name, text in cells.items()
    }
    imports_or_refuses(table([changed, ELM]))
