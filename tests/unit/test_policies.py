"""Policies: what they may say, and which numbers are in force in which week."""

from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from districtsim.world.errors import SettingError
from districtsim.world.parameters import cards, levers
from districtsim.world.policies import Policy, Timeline
from districtsim.world.state import Schools

SHIPPED = (
    "aligned_pd", "better_hiring", "coach_led", "coach_led_builds_leaders", "leader_led",
    "leader_led_with_coach", "siloed_pd", "small_caseload", "small_caseload_protected",
    "status_quo", "tiered_pd",
)  # fmt: skip


@pytest.fixture
def schools():
    table = Schools(4)
    table.low_income[:] = [0.2, 0.4, 0.6, 0.8]
    table.enrolment[:] = [100, 200, 300, 400]
    table.posts[:] = [2, 3, 1, 2]
    table.students_of_color[:] = [np.nan, 0.1, 0.5, 0.9]
    return table


def timeline(policy, schools, parameters=None):
    return Timeline(policy, parameters, schools)


@pytest.mark.parametrize("name", SHIPPED)
def test_policies_that_ship_load_and_say_why(name):
    policy = Policy.load(name)
    assert policy.name == name
    assert policy.title
    assert policy.why
    assert policy.source
    assert name in Policy.names()


def test_the_status_quo_sets_nothing():
    assert Policy.load("status_quo").levers == {}


def test_levers_may_be_nested_or_flat():
    nested = Policy("a", {"supervision": {"caseload": 10}, "pd": {"days": 3}})
    flat = Policy("a", {"supervision.caseload": 10, "pd.days": 3})
    assert nested == flat
    assert nested.levers == {"supervision.caseload": 10.0, "pd.days": 3.0}


def test_replaced_sets_more_and_later_wins():
    policy = Policy("a", {"pd.days": 3}, title="t", why="w", starts=4, ends=9, source="s")
    other = policy.replaced({"pd": {"days": 5}, "supervision.caseload": 8})
    assert other.levers == {"pd.days": 5.0, "supervision.caseload": 8.0}
    assert policy.levers == {"pd.days": 3.0}  # itself unchanged
    assert (other.name, other.title, other.why, other.source) == ("a", "t", "w", "s")
    assert (other.starts, other.ends) == (4, 9)


def test_a_copy_of_the_levers_is_given_out():
    policy = Policy("a", {"pd.days": 3})
    policy.levers["pd.days"] = 9
    assert policy.levers == {"pd.days": 3.0}


def test_as_dict_is_a_policy_file(tmp_path):
    policy = Policy(
        "mine",
        {"pd.days": 3, "standards.elements": 8},
        title="Fewer days",
        why="They cost.",
        starts=4,
        ends=30,
        where={"low_income": [0.5, 1]},
        source="nobody",
    )
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(policy.as_dict()))
    assert Policy.load(path) == policy


def test_a_policy_given_is_a_policy_loaded():
    policy = Policy("a", {})
    assert Policy.load(policy) is policy


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("set: {supervision: {caselod: 9}}", 1, "'supervision.caselod' is not a lever. Did you"),
        ("title: a\nset:\n  supervision:\n    caseload: 99", 4, "caseload is 99, outside [1, 60]"),
        ("set:\n  pd:\n    days: soon", 3, "pd.days is 'soon'; it takes a number 0 to 15"),
        ("set: {pd: {days: }}", 1, "it takes a number 0 to 15"),
        ("set: {superversion: {caseload: 9}}", None, "'superversion' is not a group of levers."),
        ("set: {pd: 3}", None, "set.pd: expected `lever: value` lines below it."),
        ("set: [pd]", None, "set: expected `group: {lever: value}`"),
        ("set:", None, "set: expected `group: {lever: value}`"),
        ("sets: {}", 1, "'sets' is not part of a policy. Did you mean 'set'?"),
        ("title: [a]\nset: {}", 1, "title must be text"),
        ("set: {}\nstarts: -1", None, "starts is -1; it takes a whole week from 0 to 5200"),
        ("set: {}\nstarts: 1.5", None, "starts is 1.5"),
        ("set: {}\nstarts: true", None, "starts is True"),
        ("set: {}\nstarts: soon", None, "starts is 'soon'"),
        ("set: {}\nends: 5201", None, "ends is 5201"),
        ("set: {}\nstarts: 9\nends: 9", None, "ends (9) must come after starts (9)"),
        ("set: {pd: {days: 3}}\nwhere: {}", None, "where: expected `column of schools: [low,"),
        ("set: {pd: {days: 3}}\nwhere: {poverty: [0, 1]}", None, "'poverty' is not a column"),
        ("set: {pd: {days: 3}}\nwhere: {low_income: 0.5}", None, "where.low_income: expected [low"),
        ("set: {pd: {days: 3}}\nwhere: {low_income: [1, 0]}", None, "expected [low, high], low"),
        ("set: {pd: {days: 3}}\nwhere: {low_income: [a, b]}", None, "expected [low, high]"),
        ("set: {pd: {days: 3}}\nwhere: {low_income: [.nan, 1]}", None, "expected [low, high]"),
        (
            "set: {supervision: {caseload: 8}}\nwhere: {low_income: [0, 1]}",
            None,
            "where: supervision.caseload holds for the whole district.\nFor some schools only: ",
        ),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path, text, line, says):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(SettingError) as caught:
        Policy.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: " if line else f"{path}")
    assert says in message
    assert len(message.splitlines()) <= 3


def test_weeks_may_be_numbers_of_numpy():
    assert Policy("a", {}, starts=np.int64(4), ends=np.int32(8)).starts == 4


def test_levers_hold_from_the_first_week_to_the_last(schools):
    line = timeline(Policy("a", {"pd.days": 3}, starts=5, ends=9), schools)
    status_quo = levers()["pd.days"].value
    found = [line.in_force(week)["development"].pd.days for week in (-1, 4, 5, 8, 9, 100)]
    assert found == [status_quo, status_quo, 3.0, 3.0, status_quo, status_quo]


def test_without_an_end_levers_hold_for_good(schools):
    line = timeline(Policy("a", {"pd.days": 3}), schools)
    assert line.in_force(-1)["money"].pd.days == levers()["pd.days"].value  # the year before
    assert [line.in_force(week)["money"].pd.days for week in (0, 5000)] == [3.0, 3.0]


def test_every_mechanism_sees_its_own_numbers_and_every_lever(schools):
    numbers = timeline(Policy("a", {}), schools).in_force(0)
    for mechanism, group in cards().items():
        p = numbers[mechanism]
        for name, card in group.items():
            if card.lever is None:
                assert getattr(p, name) == card.value
        for lever, card in levers().items():
            group_name, short = lever.split(".")
            assert getattr(getattr(p, group_name), short) == card.value


def test_levers_of_a_school_follow_where(schools):
    policy = Policy("a", {"pd.days": 3, "standards.elements": 8}, where={"low_income": [0.4, 0.6]})
    p = timeline(policy, schools).in_force(0)["development"]
    quo = [levers()[name].value for name in ("pd.days", "standards.elements")]
    assert p.pd.days.tolist() == [quo[0], 3, 3, quo[0]]
    assert p.standards.elements.tolist() == [quo[1], 8, 8, quo[1]]
    assert timeline(policy, schools).in_force(-1)["development"].pd.days == quo[0]


def test_all_conditions_of_where_must_hold_and_unknown_fits_none(schools):
    where = {"enrolment": [0, 300], "students_of_color": [0, 1]}
    days = timeline(Policy("a", {"pd.days": 3}, where=where), schools).in_force(0)["money"].pd.days
    assert (days == 3).tolist() == [False, True, True, False]


def test_some_schools_by_row_or_id_and_some_teachers(schools):
    policy = Policy("a", {"pd.days": 3, "pd.peer_hours": 1}, where={"schools": [1, 3]})
    p = timeline(policy, schools).in_force(0)["money"].pd
    assert (p.days == 3).tolist() == [False, True, False, True]
    assert p.peer_hours.tolist() == [0, 0, 1, 1, 1, 0, 1, 1]
    few = Policy("b", {"pd.peer_hours": 2}, where={"teachers": [0, 7], "schools": [0, 1]})
    p = timeline(policy.beside(few), schools).in_force(0)["money"].pd
    assert p.peer_hours.tolist() == [2, 0, 1, 1, 1, 0, 1, 1]


def test_policies_beside_each_other_have_their_own_dates_and_later_wins(schools):
    one = Policy("one", {"pd.days": 3}, starts=2, ends=9)
    two = Policy("two", {"pd.days": 5}, starts=4, where={"schools": [0]})
    line = timeline(one.beside(two), schools)
    days = {week: np.broadcast_to(line.in_force(week)["money"].pd.days, 4) for week in (0, 3, 5, 9)}
    assert [list(each[:2]) for each in days.values()] == [[6, 6], [3, 3], [5, 3], [5, 6]]
    assert {2, 4, 9} <= line.changes
    assert one.beside(two).replaced({"pd.days": 1}).others == (two,)


@pytest.mark.parametrize(
    ("levers_set", "where", "says"),
    [
        ({"pd.days": 3}, {"schools": "all"}, "where.schools: expected a list of school IDs"),
        ({"pd.days": 3}, {"schools": [-1]}, "expected a list"),
        ({"pd.peer_hours": 1}, {"teachers": ["Ann"]}, "expected a list of rows of teachers"),
        ({"pd.days": 3}, {"teachers": [1]}, "pd.days holds for whole schools.\nFor some teachers"),
        ({"hr.screening": "light"}, {"schools": [1]}, "hr.screening holds for the whole district"),
        ({"pd.days": 3}, {"school": [1]}, "Did you mean 'schools'?"),
    ],
)
def test_places_that_cannot_be(levers_set, where, says):
    with pytest.raises(SettingError) as caught:
        Policy("a", levers_set, where=where)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"schools": [4]}, "4 is not a school of the district, which has 4"),
        ({"schools": ["nowhere"]}, "'nowhere' is not a school"),
        ({"teachers": [10_000]}, "10000 is not a row"),
    ],
)
def test_places_that_the_district_does_not_have(schools, where, says):
    with pytest.raises(SettingError, match=says):
        timeline(Policy("a", {"pd.peer_hours": 1}, where=where), schools)


def test_the_coach_leaves_so_many_weeks_after_the_policy_starts(schools):
    policy = Policy("a", {"research_use.coach_days": 12, "research_use.coach_weeks": 10}, starts=4)
    line = timeline(policy, schools)
    found = [line.in_force(w)["assistance"].research_use.coach_days for w in (3, 4, 13, 14, 99)]
    assert found == [0, 12, 12, 0, 0]
    assert {4, 14} <= line.changes


def test_parameters_take_the_place_of_cards(schools):
    name, card = next((n, c) for n, c in cards()["feedback"].items() if c.role == "uncertain")
    low = float(card.range[0])
    line = timeline(Policy("a", {}), schools, {"feedback": {name: low}})
    assert getattr(line.in_force(0)["feedback"], name) == low
    with pytest.raises(SettingError, match=r"expected \{name: value\}"):
        timeline(Policy("a", {}), schools, {"feedback": 3})
    with pytest.raises(SettingError, match="'feedbak' is not a mechanism"):
        timeline(Policy("a", {}), schools, {"feedbak": {name: low}})


def test_numbers_handed_out_do_not_touch_those_of_other_weeks(schools):
    line = timeline(Policy("a", {}), schools)
    line.in_force(0)["feedback"].rate = 99.0
    line.in_force(0)["feedback"].pd.days = 99.0
    assert line.in_force(0)["feedback"].rate == cards()["feedback"]["rate"].value
    assert line.in_force(0)["feedback"].pd.days == levers()["pd.days"].value


@pytest.mark.parametrize(("given", "smallest"), [(None, 16), (8, 8), (30, 16)])
def test_the_smallest_caseload_ever_in_force(schools, given, smallest):
    policy = Policy("a", {} if given is None else {"supervision.caseload": given}, starts=500)
    assert timeline(policy, schools).caseload_smallest() == smallest


def test_a_namespace_is_all_a_mechanism_gets(schools):
    assert isinstance(timeline(Policy("a", {}), schools).in_force(0)["hiring"], SimpleNamespace)
