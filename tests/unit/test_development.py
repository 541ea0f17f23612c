"""Development: PD hours, their fit and what settles, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.development import (
    aligned_plan,
    believed_from_scores,
    event_hours,
    events,
    match,
    school_means,
    settled,
    siloed_shares,
    tier_hours,
)

TIERS = SimpleNamespace(tier_first=2.0, tier_second=1.0, tier_third=0.6, tier_fourth=0.4)


def test_pd_fits_near_its_level():
    skill = np.array([0.0, 1.0, 2.0, 3.0, 5.0, -1.0])
    # distances 1, 0, 1, 2, 4, 2 of width 2: (1 - 1/4)^2 at 1, nothing from 2 on
    assert match(skill, 1.0, 2.0) == pytest.approx([0.5625, 1.0, 0.5625, 0.0, 0.0, 0.0])


def test_days_are_spread_over_the_months_of_term():
    # months floor(10 e / 6): 0, 1.67, 3.33, 5, 6.67, 8.33; weeks 4 x month + 1
    assert events(6) == {1: [0], 5: [1], 13: [2], 21: [3], 25: [4], 33: [5]}
    assert events(2.5) == {1: [0], 13: [1], 25: [2]}
    assert events(0) == {}
    # as many as the school with most
    assert events(np.array([0.0, 3.0])) == {1: [0], 13: [1], 25: [2]}
    # floor(10 e / 12): 0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9
    assert list(events(12).values()) == [
        [0, 1], [2], [3], [4], [5], [6, 7], [8], [9], [10], [11]
    ]  # fmt: skip
    assert max(events(15)) == 37  # the tenth month of term


def test_the_last_day_may_be_a_part():
    assert [float(event_hours(event, 2.5, 8.0)) for event in range(4)] == [8.0, 8.0, 4.0, 0.0]
    assert event_hours(1, np.array([0.0, 1.5, 6.0]), 8.0) == pytest.approx([0.0, 4.0, 8.0])


def test_the_hours_of_all_events_are_the_days_of_the_year():
    for days in (0.0, 0.3, 1.0, 6.0, 14.99, 15.0):
        given = [float(event_hours(e, days, 7.5)) for week in events(days).values() for e in week]
        assert sum(given) == pytest.approx(7.5 * days)


def test_a_subject_that_takes_its_own_leaves_the_rest_to_two():
    assert siloed_shares("ela", 0.6) == pytest.approx([0.2, 0.6, 0.2])
    assert siloed_shares("mathematics", 1.0) == pytest.approx([1.0, 0.0, 0.0])


def test_tiers_go_by_scores_and_keep_the_budget():
    scores, posts = np.array([0.3, -1.0, 0.1, 0.5]), np.array([10, 20, 10, 10])
    ratio, lowest = tier_hours(scores, posts, TIERS)
    # ratios 0.6, 2, 1, 0.4; by posts (6 + 40 + 10 + 4) / 50 = 1.2
    assert ratio == pytest.approx([0.5, 2 / 1.2, 1 / 1.2, 1 / 3])
    assert lowest.tolist() == [False, True, False, False]
    assert ratio @ posts == pytest.approx(50.0)


def test_equal_scores_fall_by_row():
    ratio, lowest = tier_hours(np.array([1.0, 1.0]), np.array([10, 10]), TIERS)
    # places 0 and 1 of two schools: tiers 0 and 2, ratios 2 and 0.6, mean 1.3
    assert ratio == pytest.approx([2 / 1.3, 0.6 / 1.3])
    assert lowest.tolist() == [True, False]


def test_an_aligned_plan_goes_where_teaching_needs_it():
    believed = np.array([[0.0, -1.0], [0.0, 0.5], [0.0, 2.0]])
    ratio, share = aligned_plan(believed, np.array([10, 30]))
    # needs 1, 1, 1 and 2, 0.5, 0.3 (at least); means 1 and 2.8/3; by posts (10 + 28) / 40 = 0.95
    assert ratio == pytest.approx([1 / 0.95, 2.8 / 3 / 0.95])
    assert share == pytest.approx(
        np.array([[1 / 3, 2 / 2.8], [1 / 3, 0.5 / 2.8], [1 / 3, 0.3 / 2.8]])
    )


def test_need_has_an_upper_bound():
    _, share = aligned_plan(np.array([[-9.0], [0.0], [1.0]]), np.array([5]))
    assert share == pytest.approx(np.array([[3 / 4.3], [1 / 4.3], [0.3 / 4.3]]))


def test_beliefs_from_scores_are_standardised_over_schools():
    measured = np.array([[0.0, 2.0], [5.0, 5.0], [-1.0, -3.0]])
    expected = [[-0.4, 0.4], [0.0, 0.0], [0.4, -0.4]]  # SD 1, 0 (all alike) and 1
    assert believed_from_scores(measured, 0.4) == pytest.approx(np.array(expected))


def test_school_means_weigh_by_what_is_taught():
    values = np.array([[1.0, 3.0, 5.0], [4.0, 9.0, 9.0], [0.0, 4.0, 1.0]])
    teaches = np.array([[1.0, 1.0, 1.0], [0.5, 0.0, 0.0], [0.25, 0.75, 0.0]])
    found = school_means(values, teaches, np.array([0, 2]))
    assert found == pytest.approx(np.array([[2.0, 5.0], [4.0, 0.0], [3.0, 0.0]]))


def test_fresh_knowledge_settles_with_practice_or_is_forgotten():
    p = SimpleNamespace(settles=0.03, settles_practised=0.6, forgetting=0.1)
    practised = np.array([0.0, 0.2, 5.0])
    gain, kept = settled(np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 2.0]]), practised, p)
    # a week: 0.03, 0.15 and at most 0.8 settle, 0.1 is forgotten; kept 0.87^4, 0.75^4, 0.1^4
    assert kept == pytest.approx([0.57289761, 0.31640625, 0.0001])
    # 3/13 x 0.42710239, 0.15/0.25 x 0.68359375, 8/9 x 0.9999
    once = [0.098562, 0.41015625, 0.8888]
    assert gain == pytest.approx(np.array([once, [2 * once[0], 0.0, 2 * once[2]]]), abs=1e-6)
    assert practised.tolist() == [0.0, 0.2, 5.0]
