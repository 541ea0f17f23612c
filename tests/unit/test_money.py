"""Money: what levers cost a year, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.money import desks_needed, yearly_cost

P = SimpleNamespace(
    supervisor_cost=100_000.0, coach_day_cost=1_000.0, teacher_hour_cost=40.0,
    substitute_day_cost=200.0,
)  # fmt: skip


def test_cost_of_desks_coaches_and_days():
    # 2 desks 200,000; 5 days a month 60,000; a PD day 7.5 x 40 + 0.5 x 200 = 400, x 30 posts x 6
    assert yearly_cost(2, 5.0, 6.0, np.array([10, 20]), 7.5, 0.5, P) == pytest.approx(332_000)


def test_days_may_differ_by_school():
    # 10 x 6 + 20 x 3 = 120 days of 6 x 40 + 0.25 x 200 = 290
    days = np.array([6.0, 3.0])
    assert yearly_cost(0, 0.0, days, np.array([10, 20]), 6.0, 0.25, P) == pytest.approx(34_800)


@pytest.mark.parametrize(
    ("principals", "caseload", "small", "desks"),
    [
        (16, 16, False, 1),
        (17, 16, False, 2),
        (10, 2.5, False, 4),
        (6, 60, False, 1),
        (5, 1, True, 0),  # the superintendent supervises
    ],
)
def test_desks_that_a_caseload_asks_for(principals, caseload, small, desks):
    assert desks_needed(principals, caseload, small) == desks
