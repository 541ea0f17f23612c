"""Time use: hours of a week, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.time_shares import (
    allotment,
    coach_hours,
    contact_hours,
    instruction_share,
    kept_share,
    leading_hours,
    supervisors_split,
)
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy


def test_coach_hours_of_days_a_month():
    assert coach_hours(13) == pytest.approx(24.0)  # 13 days x 8 h = 104 h a month, x 12 / 52 weeks
    assert coach_hours(0) == 0.0


def test_a_coach_displaces_leading_but_not_below_nothing():
    # 0.25 x 24 h of doing for, shared by 3 leaders = 2 h each
    found = leading_hours(np.array([6.0, 2.0, 1.0]), 24.0, 3, 0.25)
    assert found == pytest.approx([4.0, 0.0, 0.0])
    assert leading_hours(np.array([6.0]), 0.0, 3, 0.25) == pytest.approx([6.0])


def test_contact_with_someone_who_sees_a_group_at_a_time():
    # 12 at a time: 6 or 12 people get all 6 h, 24 people half of it, nobody would get all
    assert contact_hours(6.0, 12, np.array([6, 12, 24, 0]), 10.0) == pytest.approx(
        [6.0, 6.0, 3.0, 6.0]
    )
    assert contact_hours(15.0, 12, np.array([6, 18]), 10.0) == pytest.approx([10.0, 10.0])


def split(demand, protected=0.4, dedicated=0.5, hours=50.0, pull=0.8):
    found = supervisors_split(
        np.array([hours]), protected, np.array([dedicated]), np.array([float(demand)]), pull
    )
    return [float(part[0]) for part in found]


def test_demand_pulls_unprotected_time_only():
    # unprotected 30, intended 15, room 15, overflow 25 - 15 = 10, taken 8:
    # support 20 + 15 - 8, met 15 + 8, overload 10 / 30
    assert split(25) == pytest.approx([27.0, 23.0, 1 / 3])


def test_demand_that_fits_takes_nothing():
    assert split(10) == pytest.approx([35.0, 10.0, 0.0])  # 20 + 15; 5 h are left over
    assert split(15) == pytest.approx([35.0, 15.0, 0.0])


def test_whatever_the_demand_the_protected_block_stays():
    # overflow 85, 0.8 of it more than the 15 intended hours: all of these go, the block of 20 stays
    assert split(100) == pytest.approx([20.0, 30.0, 1.0])
    assert split(100, protected=1.0) == pytest.approx([50.0, 0.0, 1.0])
    assert split(100, protected=0.0, dedicated=1.0) == pytest.approx([0.0, 50.0, 1.0])


def test_kept_share_drifts_unless_time_is_checked():
    p = SimpleNamespace(check_pace=0.25, drift=0.03)
    kept, overload = np.array([0.8]), np.array([0.5])
    # 0.8 x (1 - 0.03 x 4 x 0.6 x 0.5) = 0.8 x 0.964
    assert kept_share(kept, overload, 0.4, False, 4, p) == pytest.approx([0.7712])
    assert kept_share(kept, overload, 0.4, False, 1, p) == pytest.approx([0.7928])
    assert kept_share(kept, overload, 1.0, False, 4, p) == pytest.approx([0.8])  # a clear claim
    assert kept_share(kept, overload, 0.4, True, 2, p) == pytest.approx([0.9])  # 0.8 + 1/2 x 0.2
    assert kept_share(kept, overload, 0.4, True, 8, p) == pytest.approx([1.0])  # not beyond


WHO = {
    "supervisor": np.array([0, 0, 1, 0, 0, 1]),
    "rank": np.array([0, 1, 0, 2, 3, 1]),
    "need": np.array([1.0, 2.0, 0.5, 3.0, 2.0, 1.5]),
    "count": np.array([4.0, 2.0]),
}


def shares(pattern, month=0, groups=2):
    p = SimpleNamespace(burst_groups=groups, burst_months=2)
    return allotment(pattern, **WHO, month=month, p=p)


def test_even_support():
    assert shares("even") == pytest.approx([0.25, 0.25, 0.5, 0.25, 0.25, 0.5])


def test_support_by_need():
    # needs of the first supervisor's four add up to 8, of the second's two to 2
    assert shares("by_need") == pytest.approx([1 / 8, 2 / 8, 0.5 / 2, 3 / 8, 2 / 8, 1.5 / 2])


def test_support_in_bursts():
    first = [0.5, 0.0, 1.0, 0.5, 0.0, 0.0]  # ranks 0 and 2 of four, rank 0 of two
    second = [0.0, 0.5, 0.0, 0.0, 0.5, 1.0]
    assert shares("bursts", 0) == pytest.approx(first)
    assert shares("bursts", 1) == pytest.approx(first)
    assert shares("bursts", 2) == pytest.approx(second)
    assert shares("bursts", 4) == pytest.approx(first)
    assert shares("bursts", -1) == pytest.approx(second)  # turn -1: the warm-up counts backwards


def test_bursts_never_have_more_groups_than_principals():
    # three groups: of four principals, rank 2 alone has turn 2; of two, turn 2 is rank 0's again
    assert shares("bursts", 4, groups=3) == pytest.approx([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    assert shares("bursts", 0, groups=3) == pytest.approx([0.5, 0.0, 1.0, 0.0, 0.5, 0.0])


def test_instruction_by_leadership():
    p = SimpleNamespace(instruction_share=0.3, instruction_by_leadership=0.1)
    leadership = np.array([0.0, 2.0, -3.0, 6.0])
    # 0.3, 0.5, 0.0 and 0.9, the last two kept within 0.05 and 0.8
    assert instruction_share(leadership, p) == pytest.approx([0.3, 0.5, 0.05, 0.8])


@pytest.mark.parametrize("skip", [0.0, 0.5])
def test_assistants_give_feedback_too(skip):
    """Hours of the principal and half as many of each assistant, shared by the posts filled."""
    policy = Policy("skip", {"supervision.skip_principal": skip})
    simulation = Simulation(District.synthetic(12, 5), policy, 1)
    filled = simulation.state.teachers.filled.copy()  # as the week began
    simulation.step()
    state, p = simulation.state, simulation._numbers["time_use"]
    given = state.principals.hours[0] * p.feedback_share * (1 + 0.5 * state.schools.assistants)
    given = given + state.principals.skip_hours
    posts = np.bincount(state.teachers.school, filled)
    assert p.assistants_observe == 0.5
    assert state.principals.feedback == pytest.approx(np.minimum(given / posts, p.most_feedback))
