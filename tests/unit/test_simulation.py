"""Simulation: weeks and years, what is kept, what may be given, and what is refused."""

import math

import numpy as np
import pytest

from districtsim import simulation as module
from districtsim.outcomes import outcomes
from districtsim.school_year import EVERY_WEEK, WARM_UP_WEEKS, calendar
from districtsim.simulation import Simulation, planned_cost
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.parameters import MECHANISMS, cards
from districtsim.world.policies import Policy

FIVE = District.synthetic(6, 4)


def run(years=1, policy="status_quo", district=FIVE, seed=1, **others):
    return Simulation(district, policy, seed, **others).run(years)


def test_a_run_starts_at_week_0_after_last_spring():
    simulation = Simulation(FIVE, "status_quo", 1)
    assert simulation.week == 0
    assert WARM_UP_WEEKS == 28  # week 24, when teachers decide, to the end of the year
    assert simulation.state.week_of_year == 0
    assert (simulation.state.district.hires[0]) > 0  # last spring's vacancies were filled


def test_a_step_is_a_week_and_a_year_has_52():
    simulation = Simulation(FIVE, "status_quo", 1)
    for week in range(1, 54):
        simulation.step()
        assert simulation.week == week
    simulation.run(2)
    assert simulation.week == 104
    simulation.run(2)  # already there
    assert simulation.week == 104


def test_a_history_has_a_row_for_every_year():
    history = run(3)
    assert set(history.yearly) == set(outcomes())
    assert history.weekly == {}
    for name, (groups, values) in history.yearly.items():
        assert values.shape == (3, len(groups)), name
        assert len(set(groups)) == len(groups), name
        assert np.isfinite(values[:, 0]).all(), name


def test_weekly_outcomes_have_a_row_for_every_week_also_in_summer():
    weekly = ("time_use", "appropriation", "support_hours", "hr_service")
    history = run(2, weekly=weekly)
    assert set(history.weekly) == set(weekly)
    for groups, values in history.weekly.values():
        assert values.shape == (104, len(groups))
    assert set(history.yearly) == set(outcomes())  # kept as well


def test_keeping_weeks_changes_nothing_else():
    plain, kept = run(2), run(2, weekly=("time_use", "appropriation"))
    for name, (groups, values) in plain.yearly.items():
        assert kept.yearly[name][0] == groups
        assert np.array_equal(kept.yearly[name][1], values, equal_nan=True), name


def test_running_on_is_running_at_once():
    """A state plus its week is a checkpoint."""
    parts = Simulation(FIVE, "leader_led", 3)
    parts.run(1)
    for _ in range(30):
        parts.step()
    history = parts.run(3)
    once = run(3, "leader_led", seed=3)
    for name, (groups, values) in once.yearly.items():
        assert history.yearly[name][0] == groups
        assert np.array_equal(history.yearly[name][1], values, equal_nan=True), name


def test_years_are_read_when_they_end():
    """After 20 weeks nothing is known, after 21 the hiring season, after 40 June, then August."""
    simulation = Simulation(FIVE, "status_quo", 1)
    when = {name: found.when for name, found in outcomes().items()}
    for weeks, there in ((20, ()), (21, ("winter",)), (40, ("winter", "june", "term", "month")),
                         (52, tuple(when.values()))):  # fmt: skip
        while simulation.week < weeks:
            simulation.step()
        known = {name for name in when if when[name] in there}
        assert set(simulation.history().yearly) == known, weeks


def test_a_history_taken_early_does_not_change_later():
    simulation = Simulation(FIVE, "status_quo", 1, weekly=("appropriation",))
    simulation.run(1)
    history = simulation.history()
    before = history.weekly["appropriation"][1].copy()
    simulation.run(2)
    assert np.array_equal(history.weekly["appropriation"][1], before)
    assert len(history.yearly["pd_hours"][1]) == 1


def test_a_district_may_be_an_object_a_name_or_a_file(tmp_path):
    district = District.load("pomeroy")
    path = district.save(tmp_path / "mine.yaml")
    found = [run(district=given) for given in (district, "pomeroy", path, str(path))]
    for history in found[1:]:
        for name, (_, values) in found[0].yearly.items():
            assert np.array_equal(history.yearly[name][1], values, equal_nan=True), name


def test_gaps_of_the_district_are_filled_and_said():
    simulation = Simulation("tacoma", "status_quo", 1)
    assert simulation.notes
    assert np.isfinite(simulation.district.schools.teachers).all()


def test_parameters_take_the_place_of_cards():
    name = "mathematics_effect"
    card = cards()["learning"][name]
    high = run(parameters={"learning": {name: float(card.range[1])}})
    low = run(parameters={"learning": {name: float(card.range[0])}})
    growth = [history.yearly["student_growth"] for history in (high, low)]
    column = growth[0][0].index("mathematics")
    ratio = growth[0][1][0, column] / growth[1][1][0, column]
    assert ratio == pytest.approx(card.range[1] / card.range[0])
    column = growth[0][0].index("ela")
    assert growth[0][1][0, column] == growth[1][1][0, column]


def test_any_uncertain_number_may_be_at_either_end_of_its_range():
    for end in (0, 1):
        parameters = {
            mechanism: {
                name: float(card.range[end])
                for name, card in group.items()
                if card.role == "uncertain"
            }
            for mechanism, group in cards().items()
        }
        for district in (FIVE, "pomeroy"):
            history = run(2, "leader_led_with_coach", district, parameters=parameters)
            for name, (_, values) in history.yearly.items():
                assert np.isfinite(values[:, 0]).all(), (end, name)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"district": "tacomma"}, "'tacomma' is not a district. Did you mean 'tacoma'?"),
        ({"policy": "status_qou"}, "'status_qou' is not a policy. Did you mean 'status_quo'?"),
        ({"district": 5}, "5"),
        ({"policy": 5}, "5"),
        ({"policy": None}, "None"),
        ({"without": ["hirring"]}, "'hirring' is not a mechanism. Did you mean 'hiring'?"),
        ({"without": "hiring"}, "without: expected a list of names, got the text 'hiring'"),
        ({"without": 5}, "without"),
        ({"weekly": ["pd_hours"]}, "'pd_hours' is not an outcome kept weekly"),
        ({"weekly": "time_use"}, "weekly: expected a list of names"),
        ({"parameters": {"learnin": {}}}, "'learnin' is not a mechanism"),
        ({"parameters": {"learning": {"xyz": 1}}}, "'xyz' is not a parameter of learning"),
        ({"parameters": {"learning": 3}}, "parameters.learning"),
        ({"parameters": [1]}, "parameters"),
        ({"parameters": {"time_use": {"staff_week": math.inf}}}, "staff_week"),
        ({"seed": "one"}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": None}, "seed"),
    ],
)
def test_what_cannot_be_is_refused(given, says):
    arguments = {"district": FIVE, "policy": "status_quo", "seed": 1, **given}
    with pytest.raises(SettingError) as caught:
        Simulation(**arguments)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 3


def test_seeds_may_be_numbers_of_numpy():
    assert Simulation(FIVE, "status_quo", np.int64(7)).run(0).yearly == {}


def test_mechanisms_of_the_calendar_are_those_with_cards():
    assert sorted(name for name, _ in EVERY_WEEK) == sorted(MECHANISMS)


def test_the_calendar_speaks_of_every_week():
    assert all(len(entry) == 2 and all(entry) for entry in calendar())
    assert len(calendar()) > 5


def test_planned_cost_is_what_the_levers_cost():
    policy = Policy(
        "c", {"supervision.caseload": 2, "research_use.coach_days": 5, "pd.days": 4}, starts=10
    )
    p = {name: card.value for name, card in cards()["money"].items()}
    pd = {name: card.value for name, card in cards()["development"].items()}
    posts = Simulation(FIVE, "status_quo", 1).state.schools.posts.sum()
    day = pd["day_hours"] * p["teacher_hour_cost"]
    day += pd["with_substitutes"] * p["substitute_day_cost"]
    expected = 3 * p["supervisor_cost"] + 60 * p["coach_day_cost"] + 4 * posts * day
    assert planned_cost(FIVE, policy) == pytest.approx(expected)  # 6 principals, 2 to a desk


def test_pd_costs_what_its_own_numbers_say():
    """More PD days with substitutes cost more: one number, in one place."""
    few, many = cards()["development"]["with_substitutes"].range
    cost = [
        planned_cost(FIVE, Policy("c", {}), {"development": {"with_substitutes": float(share)}})
        for share in (few, many)
    ]
    assert cost[1] > cost[0]


def cost_of(levers, **dates):
    yearly = run(2, Policy("c", levers, **dates)).yearly["cost_per_student"][1]
    return yearly[:, 0] * FIVE.schools.enrolment.sum()


def test_a_coach_who_stays_half_a_year_costs_half_a_year():
    day = cards()["money"]["coach_day_cost"].value
    usual = cost_of({})
    whole = cost_of({"research_use.coach_days": 10}) - usual
    assert whole == pytest.approx([120 * day, 120 * day])
    half = cost_of({"research_use.coach_days": 10, "research_use.coach_weeks": 78}) - usual
    assert half == pytest.approx([120 * day, 60 * day])


def test_a_policy_in_force_for_half_a_year_costs_half_a_year():
    desk = cards()["money"]["supervisor_cost"].value
    more = cost_of({"supervision.caseload": 2}, starts=26, ends=78) - cost_of({})
    assert more == pytest.approx([desk, desk])  # two desks more, half of each year


def test_the_warm_up_is_last_springs_and_under_no_policy():
    usual, led = (Simulation(FIVE, policy, 1).state for policy in ("status_quo", "leader_led"))
    for name, table in usual.tables().items():
        for column in table.columns():
            one, two = getattr(table, column.name), getattr(getattr(led, name), column.name)
            assert one.tobytes() == two.tobytes(), f"{name}.{column.name}"


def test_a_week_is_run_through_the_calendar(monkeypatch):
    """`without` reaches every mechanism by the name in the calendar."""
    seen = []

    def note(state, numbers, draw, without):
        seen.append((state.week, frozenset(without)))

    simulation = Simulation(FIVE, "status_quo", 1, without=("money",))
    monkeypatch.setattr(module, "run_week", note)
    simulation._run_week()
    assert seen == [(0, frozenset({"money"}))]
