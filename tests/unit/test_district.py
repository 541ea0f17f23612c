"""Districts: files, gaps and plain facts, against values worked by hand."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from districtsim.world.district import District, Schools, describe_district
from districtsim.world.errors import SettingError

NAN = np.nan


def district(**changes):
    """Three primary schools and a high school; given out of order, kept by id."""
    schools = {
        "id": ["b", "a", "c", "d"],
        "name": ["Birch", "Ash", "Cedar", "Dogwood"],
        "level": [0, 0, 2, 0],
        "enrolment": [300.0, 200.0, 500.0, 100.0],
        "teachers": [20.0, NAN, 25.0, 5.0],
        "low_income": [0.6, 0.3, NAN, 0.4],
        "race": np.array([[NAN, 0, 5, NAN]] * 2 + [[NAN, 30, 40, NAN]] * 5),
    }
    own = {"name": "test", "title": "Test, \"No\": #1 'é'", "state": "", "year": "2022-23"}
    own |= {"source": "made up", "schools": Schools.of(**schools | changes.pop("schools", {}))}
    return District(**own | changes)


def same(one, other):
    for field in fields(Schools):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert a.dtype.kind == b.dtype.kind
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), field.name


def test_save_and_load_give_the_same_bits_back(tmp_path):
    saved = district(
        office={"administrators": 1.1},
        office_source="somewhere: else",
        notes=("a note: with # signs", "yes", "1e6", "", "- dash"),
        provenance=({"what": "x: y", "year": "2022"}, {"what": "true"}),
        nces_id="0100001",
        schools={"low_income": [1 / 3, 0.1 + 0.2, NAN, 1.0], "locale": [11, -1, 43, 22]},
    )
    path = saved.save(tmp_path / "own.yaml")
    loaded = District.load(path)
    same(saved.schools, loaded.schools)
    for field in fields(District):
        if field.name not in ("name", "schools"):
            assert getattr(loaded, field.name) == getattr(saved, field.name)
    assert loaded.name == "own"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["own.csv", "own.yaml"]


def test_a_folder_gets_the_districts_name(tmp_path):
    assert district().save(tmp_path).name == "test.yaml"


@given(st.text(max_size=30).filter(lambda text: text.isprintable()), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_any_text_and_share_survive_a_round_trip(tmp_path_factory, text, share):
    folder = tmp_path_factory.mktemp("trip")
    saved = district(notes=(text,), source=text, schools={"low_income": [share] * 4})
    loaded = District.load(saved.save(folder))
    assert (loaded.notes, loaded.source) == (saved.notes, saved.source)
    same(saved.schools, loaded.schools)


def test_save_refuses_what_it_cannot_write(tmp_path):
    with pytest.raises(SettingError, match=r"saved as a \.yaml file"):
        district().save(tmp_path / "x.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="cannot be written"):
        district().save(tmp_path / "file" / "x.yaml")


def test_completed_fills_by_the_stated_rules():
    """Ash: 200 pupils x 25 teachers / 400 pupils of the other primaries = 12.5 teachers.
    Cedar: mean low income (300 x 0.6 + 200 x 0.3 + 100 x 0.4) / 600 = 0.4667."""
    whole, notes = district(office={"coordinators": 3.0}).completed()
    assert whole.schools.id.tolist() == ["a", "b", "c", "d"]
    assert whole.schools.teachers.tolist() == [12.5, 20, 25, 5]
    assert whole.schools.low_income == pytest.approx([0.3, 0.6, 0.28 / 0.6, 0.4])
    # 62.5 teachers x 68,815 / 2,904,147 = 1.48 and x 162,471 / 2,904,147 = 3.50
    assert whole.office == {"administrators": 1.5, "support": 3.5, "coordinators": 3.0}
    assert len(notes) == 5
    assert sum("1 school" in note for note in notes) == 2


def test_completed_scales_race_to_enrolment_and_fills_with_the_mix():
    """Ash counts 5 x 30 = 150 of 200 pupils, Cedar 2 x 5 + 5 x 40 = 210 of 500."""
    race = district().completed()[0].schools.race
    assert race.sum(axis=0) == pytest.approx([200, 300, 500, 100])
    assert race[2, 0] == pytest.approx(40)
    assert race[0, 2] == pytest.approx(5 * 500 / 210)
    mix_of_first = (0 + 5 * 500 / 210) / 700
    assert race[0, [1, 3]] == pytest.approx([mix_of_first * 300, mix_of_first * 100])


def test_completed_falls_back_on_national_figures():
    unknown = [NAN] * 4
    bare = district(schools={"teachers": unknown, "low_income": unknown, "race": [unknown] * 7})
    whole, notes = bare.completed()
    assert whole.schools.teachers == pytest.approx(whole.schools.enrolment / 15.4)
    assert (whole.schools.low_income == 0.5).all()
    assert np.isnan(whole.schools.race).all()
    assert any("by income only" in note for note in notes)
    assert whole.office["administrators"] >= 1


def test_completing_twice_changes_nothing():
    once, _ = district().completed()
    twice, notes = once.completed()
    same(once.schools, twice.schools)
    assert (once.office, notes) == (twice.office, ())


def test_describe_says_what_is_known_and_what_is_not():
    facts = describe_district(district())
    said = dict(facts)
    assert said["schools"] == "4 with pupils: 3 primary, 1 high"
    assert said["pupils"] == "1,100"
    assert said["teachers"] == "50.0 full-time equivalents, one to 18.0 pupils; unknown at 1 school"
    assert said["low-income pupils"].startswith("47% (free or reduced-price lunch); unknown at 1")
    assert said["quartiles of schools"] == "divided at 35%, 40% and 50% of a school's pupils"
    assert said["central office"] == "unknown"
    assert all(isinstance(text, str) for fact in facts for text in fact)


def spoilt(folder, old, new, suffix=".yaml"):
    path = district(office={"support": 2.0}).save(folder / "given.yaml")
    target = path.with_suffix(suffix)
    text = target.read_text()
    assert old in text
    target.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title:", "titel:", r"'titel' is not known here. Did you mean 'title'"),
        ("schools:", "source:", "'source' stands twice"),
        ('"given.csv"', '"gone.csv"', "schools cannot be read"),
        ("support: 2", "support: two", "office.support is 'two'"),
        ("support: 2", "support: -2", "office.support is -2"),
        ("support: 2", "helpers: 2", "'office.helpers' is not known"),
        ("year:", "notes: x\nyear:", "'notes' must be a list of sentences"),
        ("year:", "provenance: [x]\nyear:", "'provenance' must be a list of groups"),
    ],
)
def test_a_wrong_district_file_is_refused(old, new, says, tmp_path):
    with pytest.raises(SettingError, match=says) as refused:
        District.load(spoilt(tmp_path, old, new))
    assert str(refused.value).count("\n") <= 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("enrolment", "pupils", r"row 1: column 'enrolment' is missing"),
        ("teachers", "name", "row 1: column 'name' stands twice"),
        ("a,Ash,primary", "a,Ash,prim", "row 2, column 'level': 'prim' .* Did you mean 'primary'"),
        ("b,Birch", "a,Birch", "row 3, column 'id': a stands in row 2"),
        ("a,Ash", ",Ash", "row 2, column 'id': empty"),
        (",200,", ",many,", "row 2, column 'enrolment': 'many'"),
        (",200,", ",0,", "row 2, column 'enrolment': '0'"),
        (",200,", ",,", "row 2, column 'enrolment': ''"),
        (",0.6,", ",60,", "row 3, column 'low_income': '60' .* share from 0 to 1"),
        (",0.6,", ",nan,", "row 3, column 'low_income': 'nan'"),
        ("Ash,", "Ash,x,", "row 2 has 15 cells where row 1 has 14"),
        ("primary,,", "primary,99,", "row 2, column 'locale': '99'"),
    ],
)
def test_a_wrong_schools_file_is_refused(old, new, says, tmp_path):
    with pytest.raises(SettingError, match=says) as refused:
        District.load(spoilt(tmp_path, old, new, ".csv"))
    assert str(refused.value).count("\n") <= 2


def test_a_district_without_schools_is_refused(tmp_path):
    path = district().save(tmp_path)
    table = path.with_suffix(".csv")
    table.write_text(table.read_text().splitlines()[0])
    with pytest.raises(SettingError, match="needs at least one"):
        District.load(path)
    table.write_text("")
    with pytest.raises(SettingError, match="the file is empty"):
        District.load(path)


def test_unknown_name_offers_the_nearest():
    with pytest.raises(SettingError, match="Did you mean 'seattle'"):
        District.load("seatle")


def test_replace_keeps_a_district_usable():
    assert replace(district(), name="other").completed()[0].name == "other"
