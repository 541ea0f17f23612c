"""Supervision: what an hour with a principal gives, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.supervision import (
    absorbed,
    growth,
    moves_share,
    network_growth,
    network_source,
    next_continuity,
    next_skill,
    survey,
)


def test_a_teaching_stance_counts_as_far_as_it_is_understood():
    p = SimpleNamespace(moves_supervisory=0.15, moves_teaching=0.75, understands_at=3.0)
    understanding = np.array([0.0, 1.5, 3.0, 4.0])
    # 0.15 + 0.6 x (0, 1/2, 1, 1)
    assert moves_share(True, understanding, p) == pytest.approx([0.15, 0.45, 0.75, 0.75])
    assert moves_share(False, understanding, p) == pytest.approx([0.15] * 4)


def test_a_principal_absorbs_only_so_much():
    # 2 / (1 + 1), 6 / (1 + 3); never more than the saturation
    assert absorbed(np.array([0.0, 2.0, 6.0, 1e9]), 2.0) == pytest.approx([0.0, 1.0, 1.5, 2.0])


def test_continuity_is_lost_without_contact_and_refreshed_by_it():
    p = SimpleNamespace(forget=0.1, refresh=0.4)
    # kept 0.45; with an hour 0.45 + 0.55 x 0.4; with five all of it
    found = next_continuity(np.full(3, 0.5), np.array([0.0, 1.0, 5.0]), p)
    assert found == pytest.approx([0.45, 0.67, 1.0])


@pytest.mark.parametrize(
    ("leadership", "skill", "level_match", "expected"),
    [
        (0.0, 1.0, 1.0, 0.3),  # 0.04 x 10 x 0.5 = 0.2, x (1 + 0.5 x 1); room 1.5, at most 1
        (2.0, 1.0, 1.0, 0.15),  # room (1 + 2 - 2) / 2
        (3.5, 1.0, 1.0, 0.0),  # beyond the supervisor's reach
        (0.0, 1.0, 0.0, 0.21),  # another level of school: x 0.7
        (-5.0, -3.0, 1.0, 0.0),  # a supervisor without skill: 1 - 1.5 is nothing, not harm
        (-3.0, -1.0, 1.0, 0.1),  # 0.2 x (1 - 0.5)
    ],
)
def test_growth(leadership, skill, level_match, expected):
    p = SimpleNamespace(rate=0.04, skill_effect=0.5, other_level=0.7, reach=2.0)
    assert growth(leadership, 10.0, 0.5, skill, level_match, p) == pytest.approx(expected)


def test_growth_in_a_network():
    p = SimpleNamespace(rate=0.04, saturation=2.0, reach=2.0)
    found = network_growth(np.array([0.0, 0.0, 3.0]), np.array([1.0, 5.0, 1.0]), 2.0, 0.35, p)
    # 0.04 x 1 x 0.35 x (1/2, at most 1, nothing to learn from the weaker)
    assert found == pytest.approx([0.007, 0.014, 0.0])


# two networks, mixed in order: six with leadership 0 to 5, two with -1 and 1
SUPERVISOR = np.array([0, 1, 0, 0, 0, 1, 0, 0])
LEADERSHIP = np.array([3.0, 1.0, 0.0, 5.0, 1.0, -1.0, 4.0, 2.0])
COUNT = np.array([6.0, 2.0])


def test_stars_are_the_top_fifth():
    found = network_source(LEADERSHIP, SUPERVISOR, COUNT, "stars")
    expected = np.where(SUPERVISOR == 0, 4.5, 1.0)  # ceil(6/5) = 2: (5 + 4) / 2; ceil(2/5) = 1: 1
    assert found == pytest.approx(expected)


def test_in_a_network_of_all_everyone_is_a_source():
    found = network_source(LEADERSHIP, SUPERVISOR, COUNT, "all")
    # mean 2.5, variance 55/6 - 6.25 = 35/12, SD 1.70783; mean 0, SD 1
    assert found == pytest.approx(np.where(SUPERVISOR == 0, 4.20783, 1.0), abs=1e-5)


def test_a_network_of_one_has_no_spread():
    found = network_source(np.array([0.7]), np.array([0]), np.array([1.0]), "all")
    assert found == pytest.approx([0.7])


def test_supervisors_grow_by_own_learning_only():
    p = SimpleNamespace(skill_rate=0.02, skill_half=4.0)
    skill = np.array([0.0, 1.0, 2.0, 3.0])
    # 4 x 0.02 x 1/2 = 0.04, x (1, 1/2, 0, 0)
    assert next_skill(skill, 4.0, p) == pytest.approx([0.04, 1.02, 2.0, 3.0])
    assert next_skill(skill, 0.0, p).tolist() == skill.tolist()


def test_survey():
    continuity, moves = np.array([1.0, 0.0, 1.0, 1.0, 0.0]), np.array([0.5, 0.5, 1.0, 1.0, 0.0])
    error = np.array([0.0, 0.0, 0.0, 3.0, -3.0])
    # 1 + 4 x (0.3 + 0.35), 1 + 4 x 0.3, 1 + 4, and kept within 1 and 5
    assert survey(continuity, moves, error) == pytest.approx([3.6, 2.2, 5.0, 5.0, 1.0])
