"""The importer, against values read by hand from the published files."""

import time

import numpy as np
import pytest
from nces_files import (
    AS_PUBLISHED,
    COLUMNS,
    ELM,
    ELSI,
    OAK,
    RACE,
    STAFF_CSV,
    STAFF_TAB,
    WASHINGTON,
    WASHINGTON_DISTRICTS,
    school,
    table,
    washington_text,
    write,
)

from districtsim.world import nces
from districtsim.world.errors import SettingError
from districtsim.world.nces_schools import level_of
from districtsim.world.schools import LEVELS


@pytest.fixture(scope="module")
def washington():
    return nces.import_districts([WASHINGTON, WASHINGTON_DISTRICTS])


def only(folder, *rows, **options):
    """The one district of a small file."""
    return nces.choose(nces.import_districts([write(folder, table(rows, **options))]))


def test_all_342_districts_of_washington_import(washington):
    """323 have a school with pupils; 8 list none with pupils, 11 (colleges, agencies) no school."""
    assert len(washington) == 323
    assert len(washington) + len(washington.without_pupils) == 342
    assert len({district.name for district in washington.values()}) == 323
    for nces_id, district in washington.items():
        assert district.nces_id == nces_id
        schools = district.completed()[0].schools
        for known in (schools.enrolment, schools.teachers, schools.low_income):
            assert np.isfinite(known).all()
        assert ((schools.low_income >= 0) & (schools.low_income <= 1)).all()
        assert (schools.teachers > 0).all()
    pupils = sum(district.schools.enrolment.sum() for district in washington.values())
    assert pupils == 1_087_883  # the sum of Students* over the file


def test_district_without_pupils_is_named_when_asked_for(washington):
    with pytest.raises(SettingError, match=r"Bates .* no school with pupils"):
        nces.choose(washington, "5300014")
    with pytest.raises(SettingError, match="no school with pupils"):
        nces.choose(washington, "University of Washington (17904)")


def test_seattle(washington):
    """109 rows, three without pupils, four with pupils and 0 teachers."""
    seattle = nces.choose(washington, "5307710")
    schools = seattle.schools
    assert (seattle.title, seattle.name) == ("Seattle School District No. 1", "seattle")
    assert len(schools) == 106
    assert schools.enrolment.sum() == 51_025
    assert np.isnan(schools.teachers).sum() == 4
    assert (np.sort(schools.id) == schools.id).all()
    pathfinder = schools.take(schools.name == "Pathfinder K-8 School")
    assert pathfinder.level.tolist() == [LEVELS.index("primary")]  # KG to 08
    assert pathfinder.low_income[0] == pytest.approx((54 + 17) / 465, abs=1e-4)


def test_as_published_xls_gives_what_the_csv_gives(washington):
    from_html = nces.import_districts([AS_PUBLISHED])
    assert set(from_html) == {"5306780", "5305020", "5305430"}
    for nces_id, district in from_html.items():
        other = washington[nces_id]
        for column in ("id", "name", "level", "locale", "enrolment", "teachers", "low_income"):
            ours, theirs = getattr(district.schools, column), getattr(other.schools, column)
            assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")
        assert district.year == other.year == "2022-23"
        assert any("2553 records and has 30" in note for note in district.notes)
    assert from_html["5306780"].schools.enrolment.tolist() == [206, 145]


def test_elsi_export():
    districts = nces.import_districts([ELSI])
    assert len(districts) == 4  # one of the five schools has no pupils
    del_norte = districts["0610770"]
    assert (del_norte.state, del_norte.year) == ("CA", "2024-25")
    # by hand: 68 free + 7 reduced of 86; native 49, asian 0, black 0, pacific 0, white 19, 8, 10
    assert del_norte.schools.low_income[0] == pytest.approx(75 / 86, abs=1e-4)
    assert del_norte.schools.race[:, 0].tolist() == [49, 0, 0, 0, 19, 8, 10]
    assert del_norte.schools.locale[0] == 43
    assert del_norte.schools.level[0] == LEVELS.index("primary")  # Kindergarten to 6th Grade
    assert np.isnan(del_norte.schools.teachers[0])
    whitcomb = districts["2507320"].schools  # no lunch count; 600 certified directly of 965
    assert whitcomb.low_income[0] == pytest.approx(1.6 * 600 / 965, abs=1e-4)


def test_staff_files_comma_and_tab_newest_first():
    """By hand, Methow Valley: LEAADM, LEASUP, CORSUP of 2015-16 (CSV) and 2014-15 (tabs)."""
    both = nces.import_districts([AS_PUBLISHED, STAFF_TAB, STAFF_CSV])["5305020"]
    assert both.office == {"administrators": 1.1, "support": 3.61, "coordinators": 0.88}
    older = nces.import_districts([AS_PUBLISHED, STAFF_TAB])["5305020"]
    assert older.office == {"administrators": 1.83, "support": 2.0, "coordinators": 0.0}
    assert "2014-15" in older.office_source


def test_long_staff_file_leaves_out_subtotals(tmp_path):
    header = "SCHOOL_YEAR,LEAID,STAFF,STAFF_COUNT,TOTAL_INDICATOR,DMS_FLAG\n"
    staff = header + "".join(
        f"2017-2018,0100001,{name},{count},{total},Reported\n"
        for name, count, total in (
            ("LEA Administrators", "5.50", "Category Set A"),
            ("LEA Administrative Support Staff", "", "Category Set A"),
            ("Instructional Coordinators and Supervisors to the Staff", "2.00", "Category Set A"),
            ("LEA Staff", "99.00", "Derived - Major Staffing Category"),
            ("No Category Codes", "999.00", "Education Unit Total"),
        )
    )
    paths = [write(tmp_path, table()), write(tmp_path, staff, "ccd_lea_059_1718_l.csv")]
    district = nces.choose(nces.import_districts(paths))
    assert district.office == {"administrators": 5.5, "coordinators": 2.0}
    assert any("does not give the central office's support" in note for note in district.notes)


def test_race_counts_are_matched_by_state_codes():
    districts = nces.import_districts([AS_PUBLISHED, RACE])
    mukilteo = districts["5305430"].schools
    assert mukilteo.race_known.all()
    academy = mukilteo.race[:, mukilteo.name == "Mukilteo Reengagement Academy Open Doors"]
    assert academy[:, 0].tolist() == [0, 1, 1, 2, 19, 3, 15]
    assert not districts["5306780"].schools.race_known.any()


def test_race_counts_are_matched_by_nces_ids(tmp_path):
    counts = (
        "NCESSCH,AM,AS,BL,HP,WH,TR,HI\n010000100002,1,2,3,4,5,6,7\n010000100001,0,-9,0,0,0,0,0\n"
    )
    paths = [write(tmp_path, table()), write(tmp_path, counts, "race.csv")]
    race = nces.choose(nces.import_districts(paths)).schools.race
    assert race[:, 1].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert np.isnan(race[:, 0]).all()


@pytest.mark.parametrize(
    ("low", "high", "level"),
    [
        (-1, -1, "primary"), (-1, 5, "primary"), (3, 8, "primary"), (4, 8, "middle"),
        (6, 8, "middle"), (7, 9, "middle"), (7, 12, "high"), (9, 12, "high"), (12, 13, "high"),
        (6, 12, "other"), (0, 12, "other"), (9, 9, "other"), (8, 8, "other"), (99, 99, "other"),
    ],
)  # fmt: skip
def test_levels_follow_the_rule_of_nces(low, high, level):
    assert LEVELS[level_of(low, high)] == level


@pytest.mark.parametrize("symbol", ["†", "–", "‡", "", "0.00000"])
def test_unknown_stays_unknown(symbol, tmp_path):
    district = only(tmp_path, school(Teachers=symbol, Free_Lunch="†", Directly_Certified="–"), ELM)
    assert np.isnan(district.schools.teachers[0])
    assert np.isnan(district.schools.low_income[0])
    assert district.schools.teachers[1] == 30
    assert any("teachers are unknown" in note for note in district.notes)


def test_lunch_rules(tmp_path):
    """Certified pupils stand in where lunch is not counted, unless they are at the floor of 3."""
    rows = [
        school(NCES_School_ID=f"01000010000{i}", Free_Lunch=free, Reduced_Lunch=reduced,
               Directly_Certified=certified)
        for i, (free, reduced, certified) in enumerate(
            (("†", "†", "100"), ("†", "†", "3"), ("400", "0", "90"), ("390", "20", "9"),
             ("80", "–", "50"), ("1", "1", "300")))
    ]  # fmt: skip
    district = only(tmp_path, *rows)
    share = district.schools.low_income
    assert share[[0, 2, 3, 4, 5]] == pytest.approx([160 / 400, 1, 1, 80 / 400, 2 / 400])
    assert np.isnan(share[1])
    for sentence in ("certified directly x 1.6", "every pupil as free", "free lunch only"):
        assert sum(sentence in note for note in district.notes) == 1
    assert sum("more low-income pupils than pupils" in note for note in district.notes) == 1


def test_schools_without_pupils_are_left_out_with_a_note(tmp_path):
    future = school(NCES_School_ID="010000100009", School_Name="Ash", Students="†")
    closed = school(NCES_School_ID="010000100008", School_Name="Yew", Students="0.00000")
    district = only(tmp_path, OAK, future, closed)
    assert district.schools.name.tolist() == ["Oak Elementary"]
    assert any(note.startswith("2 schools without pupils") for note in district.notes)


@pytest.mark.parametrize(
    "content",
    [
        table().replace("\n", "\r\n").encode("utf-8-sig"),
        table([school(School_Name="Peña"), ELM]).encode("cp1252"),
        table().encode("utf-16"),
        table(delimiter="\t").encode(),
        table(delimiter=";").encode(),
        table(rename={name: name.replace("*", "") for name in COLUMNS}).encode(),
        table(rename={"District": "District Name"}).encode(),
        table([school(Students='"1,400.00000"'), ELM]).encode(),
        ("CCD public school data 2022-2023\n,,\n\nNOTES: * denotes a column\n" + table()).encode(),
        (table() + "\nData Source: NCES, Common Core of Data\n† not applicable\n").encode(),
        table([school(NCES_School_ID="10000100001", NCES_District_ID="100001")]).encode(),
        table([school(NCES_School_ID='"=""010000100001"""')]).encode(),
    ],
    ids=["bom", "cp1252", "utf16", "tabs", "semicolons", "no-star", "district-name", "thousands",
         "notes-above", "sources-below", "lost-zero", "excel-text"],
)  # fmt: skip
def test_the_forms_a_download_comes_in(content, tmp_path):
    district = nces.choose(nces.import_districts([write(tmp_path, content)]))
    assert district.nces_id == "0100001"
    assert district.schools.id[0] == "010000100001"
    assert district.schools.teachers[0] == 25
    assert district.schools.low_income[0] == pytest.approx(
        120 / district.schools.enrolment[0], abs=1e-4
    )


def test_missing_optional_columns_are_unknown_with_a_note(tmp_path):
    columns = [name for name in COLUMNS if name not in ("Teachers*", "Charter")]
    district = only(tmp_path, OAK, ELM, columns=columns)
    assert np.isnan(district.schools.teachers).all()
    assert any("no column for teachers, charter" in note for note in district.notes)


@pytest.mark.parametrize(
    "wanted", ["5307710", "seattle", "Seattle School District No. 1", "SEATTLE", " seattle  "]
)
def test_choose(washington, wanted):
    assert nces.choose(washington, wanted).nces_id == "5307710"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (None, "323 districts"),
        ("east valley", "fits 2 districts"),
        ("Seatle", r"Nearest: Seattle School District No. 1 \(5307710\)"),
        ("", "none of the 323"),
        ("9999999", "none of the 323"),
    ],
)
def test_choose_says_what_there_is(washington, wanted, says):
    with pytest.raises(SettingError, match=says) as refused:
        nces.choose(washington, wanted)
    assert str(refused.value).count("\n") <= 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Seattle School District No. 1", "seattle"),
        ("Walla Walla Public Schools", "walla_walla"),
        ("School District of Philadelphia", "philadelphia"),
        ("Miami-Dade County Public Schools", "miami_dade"),
        ("Dallas ISD", "dallas"),
        ("Chicago Public Schools Dist 299", "chicago"),
        ("Los Angeles Unified", "los_angeles_unified"),
        ("Peña/Blanca", "pena_blanca"),
        ("District of Columbia Public Schools", "district_of_columbia"),
        ("§", "0100001"),
    ],
)
def test_short_names_are_safe_in_file_names(title, name, tmp_path):
    assert only(tmp_path, school(District=title)).name == name


def test_ten_thousand_schools_in_under_five_seconds(tmp_path):
    """Four copies of Washington with other states' numbers: 10,212 rows."""
    header, *lines = washington_text().splitlines()
    copies = [
        f"{state}{line[2:]}".replace(f",53{line.split(',')[2][2:]},", f",{state}{line[2:7]},")
        for state in ("10", "11", "12", "13")
        for line in lines
    ]
    path = write(tmp_path, "\n".join([header, *copies]))
    start = time.process_time()
    districts = nces.import_districts([path])
    assert time.process_time() - start < 5
    assert len(districts) == 4 * 323
