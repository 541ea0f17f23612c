"""Premises: what moves them, what they carry and generate, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.premises import (
    DESIGN,
    LEADING,
    SERVICE,
    backing,
    carried_by,
    next_behaviour,
    next_policies,
    premise_pulled,
    premise_shift,
    step,
    suits,
)
from districtsim.world.state import STAFF_TASKS, UNITS, State

P = dict(
    shift_rate=0.05, leads_half=2.0, imagines_open=0.1, imagines_cases=0.5, ramp_weeks=26.0,
    pull=0.01, inertia=0.02, start_premise=0.1, train_rate=0.05, relax=0.5, resocialise=0.25,
    premise_carries=2.0, behaviour_most=1.5, novelty=0.2, knowledge_rate=0.04,
    knowledge_fade=0.005, bias_rate=0.1, attitude_fade=2.0, start_policies=40.0, refill=1.3,
    policy_harm=0.2, practice_harm=0.1, closes_at=1.0, officer_share=0.5, consultation_hours=6.0,
    advice=0.03, veto=0.5,
)  # fmt: skip


def numbers(**others):
    return SimpleNamespace(**{**P, **others})


def test_rows_are_those_of_the_tasks():
    names = [STAFF_TASKS[row] for row in (LEADING, SERVICE, DESIGN)]
    assert names == ["leading", "service", "design"]


def test_leaders_back_the_work_by_leading():
    assert [backing(hours, numbers()) for hours in (0.0, 2.0, 6.0)] == [0.0, 0.5, 0.75]


def test_design_work_moves_a_premise():
    premise, hours = np.array([0.1, 0.5, 1.0, 0.1]), np.array([2.0, 2.0, 2.0, 0.0])
    found = premise_shift(premise, hours, 0.5, 26.0, 0.8, True, numbers())
    # 4 x 0.05 x 0.5 x 0.5 x 0.8 x 26/52 = 0.02 an hour, x 2 x what is left
    assert found == pytest.approx([0.036, 0.02, 0.0, 0.0])
    open_end = premise_shift(premise, hours, 0.5, 26.0, 0.8, False, numbers())
    assert open_end == pytest.approx(found / 5)  # 0.1 for 0.5
    assert not premise_shift(premise, hours, 0.0, 26.0, 0.8, True, numbers()).any()  # no backing
    assert not premise_shift(premise, hours, 0.5, 0.0, 0.8, True, numbers()).any()  # a new team


def test_neighbours_and_the_past_pull_a_premise():
    premise, there = np.array([0.2, 0.9, 0.4, 0.6]), np.array([1.0, 0.0, 1.0, 1.0])
    # of those with people 0.4; the others of each: 0.5, 0.6, 0.4, 0.3
    # 4 x (0.01 x -0.3 + 0.02 x 0.1 x 0.6), nobody there, 4 x 0.0036, 4 x (0.003 + 0.006)
    found = premise_pulled(premise, there, numbers())
    assert found == pytest.approx([-0.0072, 0.0, 0.0144, 0.036])


def test_a_unit_alone_has_no_neighbours():
    found = premise_pulled(np.array([0.6, 0.1]), np.array([1.0, 0.0]), numbers())
    assert found == pytest.approx([4 * 0.02 * 0.5 * 0.4, 0.0])


def test_behaviour_relaxes_to_what_the_premise_carries():
    behaviour, carried = np.array([0.6, 0.6, 1.5, 2.0]), np.array([0.3, 1.0, 0.3, 0.0])
    found = next_behaviour(behaviour, carried, 0.5, numbers())
    # 0.6 + 0.5 x 0.6 = 0.9: 0.3 + 0.6 / 16 above; 1 - 0.1 x 0.31640625 below what is carried;
    # at the most 1.5 nothing is gained, beyond it neither: 0.3 + 1.2 / 16, 2 / 16
    assert found == pytest.approx([0.3375, 0.968359375, 0.375, 0.125])


def test_what_a_premise_carries():
    assert carried_by(np.array([0.05, 0.1, 0.35]), numbers()) == pytest.approx([0.0, 0.0, 0.5])


@pytest.mark.parametrize(
    ("number", "premise", "rewritten", "vetoed", "expected"),
    [
        (40.0, 0.1, 0.0, 0.0, 40.0),  # the generator as it was
        (30.0, 0.1, 0.0, 0.0, 31.0),  # 30 + 1.3 / 13 x 10
        (40.0, 0.1, 26.0, 0.0, 38.0),  # two are rewritten
        (40.0, 0.55, 0.0, 0.0, 38.0),  # generated 40 x 0.45 / 0.9 = 20
        (40.0, 0.1, 0.0, 0.5, 38.0),  # half of them stopped
        (0.5, 1.0, 26.0, 0.0, 0.0),  # not below none
    ],
)
def test_policies_come_back(number, premise, rewritten, vetoed, expected):
    assert next_policies(number, premise, rewritten, vetoed, numbers()) == pytest.approx(expected)


def test_how_teaching_suits():
    found = suits(np.array([0.0, 0.25, 1.0, 3.0, -1.0]), 20.0, numbers())
    # policies 0.2 x 20 / 40 = 0.1; practice 0.1 x (1, 3/4, 0, 0, 1)
    assert found == pytest.approx([-0.2, -0.175, -0.1, -0.1, -0.2])


def office(week=3, officer="decides"):
    """Leadership, two desks of HR (one empty) and an equity officer; two schools."""
    state = State(2, 2, 4)
    state.week = week
    staff, units = state.staff, state.units
    staff.unit[:], staff.role[:] = [0, 3, 3, 5], [0, 5, 5, 7]
    staff.filled[2] = False
    staff.hours[DESIGN] = [2, 4, 0, 0]
    staff.hours[LEADING, 0] = 2.0
    staff.hours[SERVICE, 3] = 12.0
    in_unit = np.eye(6)[staff.unit]
    state.chart = SimpleNamespace(
        leaders=slice(0, 1), in_unit=in_unit, units_there=in_unit.any(axis=0), moved=False
    )
    units.premise[:] = [0.2, 0.1, 0.1, 0.4, 0.1, 0.6]
    units.behaviour[:] = [0.0, 0.8, 0.8, 0.0, 0.8, 1.5]
    units.knowledge[:] = [1.0, 0.5, 0.5, 0.0, 0.5, 2.0]
    state.schools.behaviour[:] = [0.6, 0.0]
    district = state.district
    district.attention[:], district.project_age[:], district.newer[:] = 0.8, 26.0, 3.0
    district.inequitable_policies[:], district.consultations[:] = 40.0, 5.0
    equity = SimpleNamespace(
        training_hours=26.0, officer=officer, policy_review=13.0, premise_hours=2.0,
        research_cases=True,
    )  # fmt: skip
    p = numbers(
        premise_carries=1.0, resocialise=0.5, equity=equity,
        hr=SimpleNamespace(bias_training_hours=26.0),
    )  # fmt: skip
    return state, p


def test_a_month_of_the_whole_office():
    state, p = office()
    step(state, p, None)
    units = dict(zip(UNITS, range(6)))
    people = [units[name] for name in ("leadership", "human_resources", "equity")]
    # an hour of design moves 0.02 of what is left: 0.2 + 0.032 + 0.0072, 0.4 + 0.048 - 0.0144,
    # 0.6 - 0.036 (pulled as above); where nobody is, nothing moves
    assert state.units.premise[people] == pytest.approx([0.2392, 0.4336, 0.564])
    assert state.units.premise[[1, 2, 4]] == pytest.approx(0.1)
    # 12 h x 0.5 / 6 a week
    assert state.district.consultations[0] == pytest.approx(9.0)
    # hold 0.05 x 4 x 0.8 / 1.6 = 0.1; schools gain 0.1 x 26 / 40 = 0.065 and carry 0.4336 - 0.1
    # (HR alone of the units that shape schools): 0.639 and 0.065 before they relax by 15/16
    behaviour = [0.3336 + 0.3054 / 16, 0.3336 - 0.2686 / 16]
    assert state.schools.behaviour == pytest.approx(behaviour)
    # units gain 0.1 x 26 / 52 + 0.03 x 4 / 3 = 0.09; HR is carried 0.1 x 26 / 52 / 2 further
    assert state.units.behaviour[people] == pytest.approx(
        [0.1392 - 0.0492 / 16, 0.3586 - 0.2686 / 16, 0.464 + 1.036 / 16]
    )
    assert state.units.behaviour[1] == pytest.approx(0.05)  # nobody there: 0.8 / 16
    # 0.04 x 26 / 52 x (1 - 1/2) - 0.005; 0.04 x 52 / 52; fading only, 0.005 x 2 and 0.005 x 0.5
    assert state.units.knowledge[people] == pytest.approx([1.02, 0.16, 1.96])
    assert state.units.knowledge[1] == pytest.approx(0.49)
    # mean premise 1.2368 / 3; generated 40 x 0.587733 / 0.9 x 0.5 = 13.060741
    number = 40 - 0.1 * (40 - 13.060741) - 1
    assert state.district.inequitable_policies[0] == pytest.approx(number)
    expected = [-0.1 * (1 - b) - 0.2 * number / 40 for b in behaviour]
    assert state.schools.responsiveness == pytest.approx(expected)


def test_an_officer_who_advises_stops_nothing():
    state, p = office(officer="advises")
    step(state, p, None)
    assert state.district.consultations[0] == pytest.approx(9.0)
    assert state.district.inequitable_policies[0] == pytest.approx(
        40 - 0.1 * (40 - 26.121481) - 1  # generated 40 x 0.587733 / 0.9
    )


def test_without_an_officer_nobody_is_consulted():
    for officer, there in (("none", True), ("decides", False)):
        state, p = office(officer=officer)
        state.staff.filled[3] = there
        step(state, p, None)
        assert state.district.consultations[0] == 5.0


def test_schools_are_not_trained_in_summer():
    state, p = office(week=43)
    state.district.project_age[:] = 26.0
    step(state, p, None)
    assert state.schools.behaviour == pytest.approx([0.3336 + 0.2664 / 16, 0.3336 - 0.3336 / 16])


def test_where_no_lever_works_on_it_all_rests_until_one_has():
    state, p = office()
    p.equity = SimpleNamespace(
        training_hours=np.zeros(2), officer="none", policy_review=0.0, premise_hours=0.0,
        research_cases=True,
    )  # fmt: skip
    p.hr.bias_training_hours = 0.0
    before = state.units.behaviour.copy()
    step(state, p, None)
    assert (state.units.behaviour == before).all()
    state.chart.moved = True  # once moved it relaxes, also when the levers are let go
    step(state, p, None)
    assert state.units.behaviour[5] < before[5]


def test_within_a_month_nothing_moves_but_the_count_restarts_with_the_year():
    state, p = office(week=52)
    step(state, p, None)
    assert state.district.consultations[0] == 0
    assert state.units.premise[0] == 0.2
