"""Assistance: levels of appropriation and hours of habit, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.assistance import (
    faded,
    joint_practice,
    knows_enough,
    learned,
    neighbours,
    next_habit,
    unit_weights,
    wanted_hours,
)
from districtsim.world.population import distances

HABIT = SimpleNamespace(
    build_pace=0.01, most_leading=6.0, unlearn=0.03, relax=0.02, sustain=0.8, sustained_from=1.5
)


def test_an_assister_needs_some_understanding_not_much():
    found = knows_enough(np.array([0.0, 0.5, 1.0, 3.5]), 0.5)
    assert found == pytest.approx([0.0, 1 / 2, 2 / 3, 7 / 8])


def test_distances_are_evenly_spaced():
    p = SimpleNamespace(nearest_distance=0.5, farthest_distance=1.5)
    assert distances(5, p) == pytest.approx([0.5, 0.75, 1.0, 1.25, 1.5])


def test_learning_slows_with_mastery_and_with_distance():
    p = SimpleNamespace(rate=0.15)
    appropriation = np.array([[1.0, 4.0], [0.0, 2.0]])
    practice = np.array([[2.0, 2.0], [1.0, 5.0]])
    distance = np.array([[0.5], [1.5]])
    # 0.15 x 2 x 3/4 / 1.5; 0 at mastery; 0.15 x 1 / 2.5; 0.15 x 5 x 1/2 / 2.5
    expected = [[0.15, 0.0], [0.06, 0.15]]
    assert learned(appropriation, practice, distance, p) == pytest.approx(np.array(expected))


def test_what_the_premise_does_not_carry_fades():
    p = SimpleNamespace(fade=0.02)
    found = faded(np.array([2.0, 4.0, 0.4]), np.array([0.5, 0.0, 0.5]), p)
    # 0.02 x (1 - 2/8) x 1.5; mastery half as fast: 0.02 x 1/2 x 4; below what is carried nothing
    assert found == pytest.approx([0.0225, 0.04, 0.0])


def habit(now, built, displaced, wanted, understanding):
    given = (np.array([float(value)]) for value in (now, built, displaced, wanted, understanding))
    return float(next_habit(*given, HABIT)[0])


def test_a_coach_who_builds_leaders_grows_their_habit():
    # kept up 0.5 + 0.8 x (2.5 - 1.5) = 1.3; grown 0.01 x 5 x (6 - 2) = 0.2;
    # lost 0.03 x 1 + 0.02 x (2 - 1.3) = 0.044; 2 + 4 x 0.156
    assert habit(2, built=5, displaced=1, wanted=0.5, understanding=2.5) == pytest.approx(2.624)


def test_a_habit_beyond_what_a_coach_can_build_stays_if_it_is_wanted():
    assert habit(8, built=5, displaced=0, wanted=8, understanding=1) == pytest.approx(8.0)


def test_a_habit_relaxes_to_what_is_wanted_and_rises_to_it():
    assert habit(2, 0, 0, wanted=1, understanding=0) == pytest.approx(1.92)  # 2 - 4 x 0.02 x 1
    assert habit(1, 0, 0, wanted=2, understanding=0) == pytest.approx(1.08)


def test_a_habit_is_never_below_nothing():
    # lost 0.03 x 5 + 0.02 x 0.1 = 0.152 a week, more in a month than the 0.1 there is
    assert habit(0.1, built=0, displaced=5, wanted=0, understanding=0) == 0.0


def test_leaders_who_carry_the_policy_want_its_hours():
    follows = np.array([True, False])
    assert wanted_hours(follows, SimpleNamespace(leader_hours=6.0), 0.5).tolist() == [6.0, 0.5]
    # a policy of less leading binds everybody
    assert wanted_hours(follows, SimpleNamespace(leader_hours=0.2), 0.5).tolist() == [0.2, 0.2]


def test_unit_means():
    appropriation = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 4.0, 2.0, 4.0]])
    in_unit = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    weights = unit_weights(in_unit, np.array([True, True, True, False]))
    # (1 + 2) / 2 and (0 + 4) / 2 in the first unit, one person in the second, nobody in the third
    assert (appropriation @ weights).tolist() == [[1.5, 3.0, 0.0], [2.0, 2.0, 0.0]]


def test_people_of_other_units_learn_from_each_other():
    p = SimpleNamespace(joint_moves=0.5, knowledge_half=1.0)
    appropriation = np.array([[1.0, 3.0, 0.0, 4.0], [2.0, 2.0, 0.0, 2.0]])
    hours = np.array([1.0, 2.0, 3.0, 0.0])
    # first idea: mean of those who meet 4/3, use 0.5 x 4/7 for those below it; second: mean 4/3
    expected = [[2 / 7, 0.0, 6 / 7, 0.0], [0.0, 0.0, 6 / 7, 0.0]]
    assert joint_practice(appropriation, hours, p) == pytest.approx(np.array(expected))


def test_who_knows_the_same_learns_nothing():
    p = SimpleNamespace(joint_moves=0.5, knowledge_half=1.0)
    alike = np.full((1, 3), 0.1 + 0.2)
    assert not joint_practice(alike, np.ones(3), p).any()


def test_neighbours_are_the_other_units_with_people():
    understanding = np.array([1.0, 3.0, 9.0, 2.0])
    there = np.array([True, True, False, True])
    found = neighbours(understanding, there.astype(float))
    assert found == pytest.approx([2.5, 1.5, 2.0, 2.0])  # of an empty unit: all three
    assert neighbours(np.array([1.0, 3.0]), np.array([1.0, 0.0]))[0] == 0.0
