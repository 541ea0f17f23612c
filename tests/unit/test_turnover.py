"""Turnover: chances and weeks, worked by hand with odds."""

from math import log
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.turnover import (
    exit_weeks,
    june,
    leaving_chance,
    notice_week,
    office_chance,
    principal_chance,
    promote,
    succeeded,
    transfer,
)
from districtsim.world.state import State

P = SimpleNamespace(
    leave_novice=0.1, leave_early=0.2, leave_middle=0.3, leave_late=0.4,
    move_novice=0.05, move_early=0.1, move_middle=0.25, move_late=0.5,
    leave_poverty=2 * log(3), move_poverty=2 * log(2), leadership=log(2), of_color=0.0,
    share_of_color=0.25,
    superintendent_leaves=0.17, superintendent_leaves_large=0.34, supervisor_leaves=0.15,
    staff_leave=0.2, principal_poverty=2 * log(4),
)  # fmt: skip


def chances(experience, low_income=0.5, leadership=0.0, of_color=0.0, p=P):
    given = np.broadcast_arrays(*map(np.asarray, (experience, low_income, leadership, of_color)))
    return leaving_chance(*(np.atleast_1d(values) for values in given), p)


def test_rates_by_experience():
    leave, move = chances([0.0, 3.0, 4.0, 9.0, 10.0, 14.0, 15.0, 40.0])
    assert leave == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4])
    assert move == pytest.approx([0.05, 0.05, 0.1, 0.1, 0.25, 0.25, 0.5, 0.5])


def test_school_poverty():
    # share 1: log odds + ln 3, so odds 1/9 x 3 = 1/3; + ln 2 for moves: odds 1/19 x 2 = 2/19
    leave, move = chances(0.0, low_income=1.0)
    assert (leave[0], move[0]) == (pytest.approx(1 / 4), pytest.approx(2 / 21))
    # share 0: odds 1/9 / 3 = 1/27
    assert chances(0.0, low_income=0.0)[0] == pytest.approx([1 / 28])


def test_a_better_principal_holds_teachers():
    # one SD: odds 1/4 / 2 = 1/8, and 1/9 / 2 = 1/18
    leave, move = chances(4.0, leadership=1.0)
    assert (leave[0], move[0]) == (pytest.approx(1 / 9), pytest.approx(1 / 19))


def test_teachers_of_color_leave_the_job_more_often_but_move_alike():
    p = SimpleNamespace(**{**vars(P), "of_color": log(16)})
    leave, move = chances(4.0, of_color=[1.0, 0.0], p=p)
    # odds 1/4; of color + 3/4 ln 16 = ln 8, others - 1/4 ln 16 = -ln 2: odds 2 and 1/8
    assert leave == pytest.approx([2 / 3, 1 / 9])
    assert move == pytest.approx([0.1, 0.1])


def test_notice_is_given_in_weeks_26_to_45():
    u = np.array([1e-12, 0.0499, 0.0501, 0.5, 0.999])
    assert notice_week(u).tolist() == [26, 26, 27, 36, 45]


def test_principals_go_more_often_from_poor_schools():
    found = principal_chance(0.2, np.array([0.5, 1.0, 0.0]), P)
    assert found == pytest.approx([0.2, 1 / 2, 1 / 17])  # odds 1/4, x 4 = 1, / 4 = 1/16


def test_office_people_leave_in_the_first_week_of_a_month():
    u = np.array([1e-12, 0.05, 0.199, 0.2, 0.9, 0.05])
    chance = np.array([0.2, 0.2, 0.2, 0.2, 0.2, 0.0])
    # 13 x 0.05 / 0.2 = 3.25: month 3, week 12; 13 x 0.995 = 12.9: week 48; the others stay
    assert exit_weeks(u, chance).tolist() == [0, 12, 48, -1, -1, -1]


def test_chances_by_role_and_size_of_district():
    roles = np.arange(8)
    small, large = office_chance(roles, 28_999, P), office_chance(roles, 29_000, P)
    assert small.tolist() == [0.17, 0.17, 0.17, 0.15, 0.2, 0.2, 0.2, 0.2]
    assert large.tolist() == [0.34, 0.34, 0.34, 0.15, 0.2, 0.2, 0.2, 0.2]


class Luck:
    """Draws that are given by stream; everybody stays where nothing else is said."""

    def __init__(self, **given):
        self.given, self.ticks = given, {}

    def uniform(self, stream, keys, tick, slots=0):
        return self._of(stream, keys, tick)

    def normal(self, stream, keys, tick, slots=0):
        return self._of(stream, keys, tick)

    def _of(self, stream, keys, tick):
        self.ticks[stream] = tick
        return np.array(self.given.get(stream.split(".")[1], np.ones(len(keys))), dtype=float)


def four_principals():
    state = State(4, 4, 2)
    principals = state.principals
    principals.rating[:] = [4.0, 5.0, 4.0, 3.0]
    principals.experience[:] = [2.0, 1.0, 3.0, 5.0]
    principals.leadership[:] = [1.0, 2.0, -0.5, 0.4]
    principals.own_leadership[:] = 0.0
    principals.continuity[:] = principals.plan_belief[:] = 0.6
    return state


def test_the_best_rated_principals_become_supervisors():
    state, p = four_principals(), SimpleNamespace(carry_over=0.25, new_principal=-0.2)
    state.week = 8
    luck = Luck(promoted=[0.1, 0.2, 0.3, 0.4])
    # the best is in the first year; of the others two are rated 4, in the order of rows
    assert promote(state, p, luck, 2) == pytest.approx([0.25, -0.125])
    principals = state.principals
    assert luck.ticks == {"turnover.promoted": 8}
    assert principals.leadership == pytest.approx([-0.1, 2.0, 0.1, 0.4])
    assert principals.own_leadership == pytest.approx([-0.1, 0.0, 0.1, 0.0])
    assert principals.holder.tolist() == [1, 0, 1, 0]
    assert principals.experience.tolist() == [0, 1, 0, 5]
    assert state.district.principals_left[0] == 2


def test_where_nobody_can_be_promoted_nobody_is():
    state, p = four_principals(), SimpleNamespace(carry_over=0.25, new_principal=-0.2)
    state.principals.experience[:] = [0.0, 1.0, 1.0, 2.0]
    assert promote(state, p, Luck(), 3) == pytest.approx([0.1, 0.0, 0.0])
    assert state.principals.holder.tolist() == [0, 0, 0, 1]
    assert state.district.principals_left[0] == 1


def test_a_new_principal_starts_anew():
    principals = four_principals().principals
    succeeded(principals, np.array([1, 3]), np.array([0.7, -0.7]))
    assert principals.leadership.tolist() == [1.0, 0.7, -0.5, -0.7]
    assert principals.own_leadership.tolist() == [0.0, 0.7, 0.0, -0.7]
    assert principals.experience.tolist() == [2, 0, 3, 0]
    for column in (principals.continuity, principals.plan_belief):
        assert column.tolist() == [0.6, 0, 0.6, 0]
    assert principals.holder.tolist() == [0, 1, 0, 1]


def district_of_movers():
    """Three schools of two posts: first teachers move, second posts are empty; all of a kind."""
    state = State(3, 6, 2)
    teachers, schools = state.teachers, state.schools
    teachers.school[:] = [0, 0, 1, 1, 2, 2]
    teachers.filled[:] = [False] * 6  # movers have left their posts
    teachers.moving[:] = [True, False] * 3
    teachers.stage[[0, 2, 4]] = 3  # their own posts are as good as taken
    teachers.experience[:] = np.arange(6)
    teachers.believed[:] = [0.5, 0.0, 2.0, 0.0, 1.0, 0.0]
    schools.low_income[:] = [0.1, 0.5, 0.9]
    schools.believed_quality[:] = [-1.0, 1.0, 0.0]
    state.chart.kind = np.zeros(6, dtype=int)
    return state


@pytest.mark.parametrize(
    ("joint", "found"),
    [
        # by luck teachers 4, 2, 0; posts 1, 3, 5 by poverty: 4 to 1; 2 to 3 and 0 to 5, but 3 is at
        # the school that 2 leaves
        (False, {1: 4, 5: 0}),
        # the best, 2, to the school believed worst (post 1); 4 to 5 of its own school; 0 to 3
        (True, {1: 2, 3: 0}),
    ],
)
def test_who_moves_where(joint, found):
    state = district_of_movers()
    p = SimpleNamespace(hr=SimpleNamespace(joint_placement=joint))
    transfer(state, p, Luck(transfer=[0.9, 0.0, 0.5, 0.0, 0.1, 0.0]))
    teachers = state.teachers
    assert np.flatnonzero(teachers.filled).tolist() == sorted(found)
    for new, old in found.items():
        assert teachers.experience[new] == old
    assert state.district.quit[0] == 1  # who found no post has left


def test_what_teachers_do_for_equity_goes_with_those_who_go():
    state = district_of_movers()
    state.teachers.moving[:] = False
    state.schools.behaviour[:] = [0.8, 0.8, 0.8]
    state.schools.decided[:], state.schools.left[:] = [4, 2, 0], [1, 2, 0]
    p = SimpleNamespace(
        hr=SimpleNamespace(joint_placement=False, move_principals=False, replace_principals=0),
        new_principal=-0.2,
        principal_leaves=0.1, principal_moves=0.1, principal_poverty=0.0,
    )  # fmt: skip
    june(state, p, Luck())
    assert state.schools.behaviour == pytest.approx([0.6, 0.0, 0.8])
