"""Money: what levers cost a year, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.money import yearly_cost
from districtsim.world.population import desks_needed

P = SimpleNamespace(
    supervisor_cost=100_000.0, coach_day_cost=1_000.0, teacher_hour_cost=40.0,
    substitute_day_cost=200.0, staff_cost=50_000.0,
)  # fmt: skip


def test_cost_of_desks_coaches_and_days():
    # 2 desks 200,000; 5 days a month 60,000; a PD day 7.5 x 40 + 0.5 x 200 = 400, x 30 posts x 6
    posts = np.array([10, 20])
    cost = yearly_cost(2, 5.0, 6.0, 0.0, 0.0, posts, 7.5, 0.5, P)
    assert cost == pytest.approx(332_000)


def test_days_may_differ_by_school():
    # 10 x 6 + 20 x 3 = 120 days of 6 x 40 + 0.25 x 200 = 290
    days = np.array([6.0, 3.0])
    cost = yearly_cost(0, 0.0, days, 0.0, 0.0, np.array([10, 20]), 6.0, 0.25, P)
    assert cost == pytest.approx(34_800)


def test_equity_training_costs_teachers_hours():
    # 30 posts x 5 h x 40, and 10 x 5 + 20 x 2.5 = 100 h x 40
    posts = np.array([10, 20])
    assert yearly_cost(0, 0.0, 0.0, 5.0, 0.0, posts, 7.5, 0.5, P) == pytest.approx(6_000)
    hours = np.array([5.0, 2.5])
    assert yearly_cost(0, 0.0, 0.0, hours, 0.0, posts, 7.5, 0.5, P) == pytest.approx(4_000)


def test_people_who_are_cut_save_what_they_cost():
    # a supervisor 100,000, less 2.5 people of the office at 50,000
    cost = yearly_cost(1, 0.0, 0.0, 0.0, 2.5, np.array([10, 20]), 7.5, 0.5, P)
    assert cost == pytest.approx(-25_000)


@pytest.mark.parametrize(
    ("principals", "caseload", "cut", "small", "desks"),
    [
        (16, 16, 0.0, False, 1),
        (17, 16, 0.0, False, 2),
        (10, 2.5, 0.0, False, 4),
        (6, 60, 0.0, False, 1),
        (5, 1, 0.0, True, 0),  # the superintendent supervises
        (32, 16, 0.25, False, 2),  # 1.5 desks
        (16, 4, 0.25, False, 3),
        (20, 6, 0.1, False, 3),  # 20 x 0.9 / 6, neither more nor less
        (5, 1, 0.25, True, 0),
    ],
)
def test_desks_that_a_caseload_asks_for(principals, caseload, cut, small, desks):
    assert desks_needed(principals, caseload, cut, small) == desks
