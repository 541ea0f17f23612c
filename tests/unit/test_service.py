"""Service: pressure and what it does, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.service import (
    ability,
    cases,
    felt,
    kept_from,
    next_familiarity,
    next_service,
    pace_across,
    step,
)
from districtsim.world.state import State

P = SimpleNamespace(
    pace=0.2, untrained=0.3, decay=0.02, floor=0.2, crossing=0.25, project_owns=0.5,
    familiar_pace=0.02, familiar_schools=15.0, case_loss=0.4, seen=0.4, seen_scorecard=0.8,
    shield=0.5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("service", "buffered", "expected"),
    [
        (0.5, 0.5, 0.13),  # 0.4 x 0.5 x (1 - 0.7 x 0.5)
        (0.5, 0.0, 0.2),  # nobody covers for it
        (0.5, 1.0, 0.06),  # all of it covered
        (1.0, 0.0, 0.0),  # nothing fails
    ],
)
def test_failures_felt(service, buffered, expected):
    assert felt(service, buffered, 0.4, 0.7) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("service", "pressure", "able", "expected"),
    [
        # 0.5 + 4 x (0.2 x 0.1 x 0.65 - 0.02 x 0.3) = 0.5 + 4 x 0.007
        (0.5, 0.1, 0.65, 0.528),
        (0.5, 0.0, 1.0, 0.476),  # no pressure: routines slip, 4 x 0.006
        (0.2, 0.0, 0.3, 0.2),  # the floor holds
        (0.1, 0.0, 0.3, 0.108),  # and is come back to
        (0.99, 1.0, 1.0, 1.0),  # 0.99 + 4 x (0.2 - 0.0158) is more than all
    ],
)
def test_service_one_month_on(service, pressure, able, expected):
    assert next_service(service, pressure, able, 0.2, P) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("filled_in", "covered", "understanding", "expected"),
    [
        (0.5, 0.0, 0.0, 0.5),  # supervisors alone
        (0.0, 0.4, 0.0, 0.4),  # teams who understand nothing buffer all they make good
        (0.0, 0.4, 2.0, 0.2),  # half of it is carried home
        (0.0, 0.4, 4.0, 0.0),
        (0.5, 0.4, 2.0, 0.6),  # 1 - 0.5 x 0.8
        (1.0, 0.4, 4.0, 1.0),
    ],
)
def test_what_others_make_good_is_not_felt(filled_in, covered, understanding, expected):
    assert kept_from(filled_in, covered, understanding) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("own", "slowest", "expected"),
    [
        (2.0, 2.0, 0.65),  # 0.3 + 0.7 / 2
        (4.0, 4.0, 1.0),
        (4.0, 0.0, 0.825),  # 0.3 + 0.7 x 0.75: what crosses units stands still
        (2.0, 4.0, 0.65),  # the unit itself is the slower
        (0.0, 4.0, 0.3),
    ],
)
def test_a_unit_is_as_able_as_it_understands_and_others_let_it_be(own, slowest, expected):
    assert ability(own, slowest, P) == pytest.approx(expected)


def test_work_across_units_moves_at_the_pace_of_the_slowest():
    understanding = np.array([3.0, 0.5, 2.5])
    assert pace_across(understanding, False, P) == pytest.approx(0.5)
    assert pace_across(understanding, True, P) == pytest.approx(1.25)  # halfway to the mean of 2


def test_partners_get_to_know_their_schools():
    familiarity = np.array([0.0, 0.5, 1.0])
    # 4 x 0.02 of what is left: three partners for 45 schools are enough
    assert next_familiarity(familiarity, 3, 45, P) == pytest.approx([0.08, 0.54, 1.0])
    assert next_familiarity(familiarity, 3, 10, P) == pytest.approx([0.08, 0.54, 1.0])
    assert next_familiarity(familiarity, 3, 90, P) == pytest.approx([0.04, 0.52, 1.0])


def office(understanding, case_management=True, scorecard=False, owned=False):
    """Two HR partners of five people in the office, 20 schools."""
    state = State(20, 20, 5)
    state.week = 3
    state.chart.partners = np.array([2, 3])
    state.units.understanding[3] = understanding
    p = SimpleNamespace(
        **vars(P), hr=SimpleNamespace(case_management=case_management),
        operations=SimpleNamespace(scorecard=scorecard),
        office=SimpleNamespace(project_management=owned),
    )  # fmt: skip
    return state, p


@pytest.mark.parametrize(
    ("understanding", "noticed"), [(0.5, 0.0), (1.0, 0.0), (2.5, 0.27), (4.0, 0.54)]
)
def test_partners_notice_what_they_know_and_understand(understanding, noticed):
    state, p = office(understanding)
    state.staff.familiarity[2:4] = 0.5
    # familiarity 0.54, x (understanding - 1) / 3; left 1 - 0.4 x 0.46
    assert cases(state, p) == pytest.approx((noticed, 0.816))
    assert state.staff.familiarity.tolist() == pytest.approx([0, 0, 0.54, 0.54, 0])


def test_without_case_management_nobody_knows_schools():
    state, p = office(4.0, case_management=False)
    state.staff.familiarity[2:4] = 0.5
    assert cases(state, p) == (0.0, 1.0)
    assert not state.staff.familiarity.any()


def test_a_month_of_hr_and_operations():
    state, p = office(2.5, scorecard=True, owned=True)
    units = state.units
    state.staff.familiarity[2:4] = 0.5
    units.understanding[2:5] = [1.0, 2.5, 0.5]
    units.service[3:5], units.capacity[3:5] = [0.5, 0.6], [0.8, 2.0]
    units.buffered[3], units.covered[3:5] = 0.5, 0.4
    step(state, p, None)
    # seen 0.8 + 0.2 x 0.27 = 0.854; answered 0.4; kept 1 - 0.5 x (1 - 0.4 x 0.375) = 0.575
    assert units.pressure[3] == pytest.approx(0.854 * 0.6 * (1 - 0.5 * 0.575))
    # pace across 0.5 x 0.5 + 0.5 x 4/3 = 0.916667; able 0.3 + 0.7 x (1.875 + 0.229167) / 4
    able = 0.3 + 0.7 * 2.104167 / 4
    moved = 4 * (0.2 * 0.816 * 0.365085 * able - 0.006)
    assert units.service[3] == pytest.approx(0.5 + moved, abs=1e-6)
    # operations answers everything at twice the usual hours: nothing is felt, routines slip
    assert units.pressure[4] == pytest.approx(0.0)
    assert units.service[4] == pytest.approx(0.6 - 4 * 0.02 * 0.4)


def test_services_move_at_the_end_of_a_month():
    state, p = office(2.5)
    state.week = 4
    before = state.units.service.copy()
    step(state, p, None)
    assert (state.units.service == before).all()


def test_service_is_never_below_nothing():
    p = SimpleNamespace(decay=0.5, floor=0.2)
    assert next_service(0.9, 0.0, 0.0, 0.2, p) == 0.0  # 0.9 - 4 x 0.5 x 0.7 is less than none
