"""Turnover: chances and weeks, worked by hand with odds."""

from math import log
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.turnover import (
    exit_weeks,
    leaving_chance,
    notice_week,
    office_chance,
    principal_chance,
)

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
