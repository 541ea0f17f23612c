"""Planning: reviews, rests and belief, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.planning import abandon_chance, is_reviewed, next_belief, step
from districtsim.world.state import State


def numbers(hours=2.0, years=1):
    return SimpleNamespace(
        abandons=0.6, shows_at=0.3, rest_weeks=40.0, belief_pace=0.4,
        equity=SimpleNamespace(premise_hours=hours, planning_years=years),
    )  # fmt: skip


def office(week, age=12.0):
    """Two units with people, whose premises have risen by 0.1 in the mean; 0.9 where nobody is."""
    state = State(2, 2, 2)
    state.week = week
    there = np.array([True, False, True, False, False, False])
    state.chart = SimpleNamespace(units_there=there, start_premise=0.1)
    state.units.premise[:] = np.where(there, [0.1, 0, 0.3, 0, 0, 0], 0.9)
    state.district.project_age[:] = age
    return state


class Luck:
    """One draw, given."""

    def __init__(self, u):
        self.u, self.asked = u, []

    def uniform(self, stream, keys, tick):
        self.asked.append((stream, len(keys), tick))
        return np.array([self.u])


def test_work_with_nothing_to_show_is_dropped():
    found = [abandon_chance(gained, numbers()) for gained in (0.0, 0.15, 0.3, 0.8, -0.2)]
    assert found == pytest.approx([0.6, 0.3, 0.0, 0.0, 0.6])


# a team that begins in the first week of school is 41 weeks old in its first June, then 93, 145 ...
@pytest.mark.parametrize(
    ("horizon", "reviewed"), [(1, [0, 1, 2, 3, 4, 5]), (2, [1, 3, 5]), (3, [2, 5]), (5, [4])]
)
def test_reviews_come_at_the_end_of_a_plan(horizon, reviewed):
    assert [year for year in range(6) if is_reviewed(41 + 52 * year, horizon)] == reviewed


def test_a_team_that_began_less_than_half_a_year_ago_is_not_reviewed():
    assert not is_reviewed(25, 1)
    assert is_reviewed(26, 1)
    assert not is_reviewed(52 * 1.4, 2)


def test_belief_follows_what_was_done_with_the_plans():
    found = next_belief(np.array([0.2, 0.8, 0.5]), 0.5, numbers())
    assert found == pytest.approx([0.32, 0.68, 0.5])


def test_a_team_ages_by_a_week():
    state = office(week=5)
    step(state, numbers(), Luck(0.0))
    assert state.district.project_age[0] == 13


def test_no_hours_no_team():
    state = office(week=5)
    step(state, numbers(hours=0.0), Luck(0.0))
    assert state.district.project_age[0] == 0


def test_a_team_that_rests_does_not_age():
    state = office(week=40)
    state.district.project_rest[:] = 1.5
    luck = Luck(0.0)
    step(state, numbers(), luck)
    assert (state.district.project_age[0], state.district.project_rest[0]) == (12, 0.5)
    step(state, numbers(), luck)
    assert state.district.project_rest[0] == 0  # not below
    assert luck.asked == []  # and is not reviewed


# risen by 0.1 of 0.3: 0.6 x 2/3 = 0.4
@pytest.mark.parametrize(("u", "age", "rest"), [(0.39, 0, 40), (0.41, 93, 0)])
def test_a_review_in_june(u, age, rest):
    state, luck = office(week=52 + 40, age=92.0), Luck(u)
    step(state, numbers(), luck)
    assert luck.asked == [("planning.review", 1, 1)]
    assert (state.district.project_age[0], state.district.project_rest[0]) == (age, rest)


def test_no_review_before_the_plan_ends():
    state, luck = office(week=52 + 40, age=92.0), Luck(0.0)
    step(state, numbers(years=5), luck)
    assert luck.asked == []
    assert state.district.project_age[0] == 93


def test_belief_moves_two_weeks_after_the_plan():
    for week, expected in ((52 + 2, [0.44, 0.68]), (52 + 3, [0.2, 0.6])):
        state = office(week)
        state.principals.plan_belief[:] = [0.2, 0.6]
        state.district.plan_used[:] = 0.8
        step(state, numbers(), Luck(0.0))
        assert state.principals.plan_belief == pytest.approx(expected)
