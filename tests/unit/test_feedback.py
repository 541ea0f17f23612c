"""Feedback: how much of an hour is of use, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.feedback import depth, next_clarity, sharpness, usefulness

P = SimpleNamespace(covers_half=4.0, minutes_half=5.0)


def test_sharpness_of_some_time_for_some_elements():
    # covered 12/16; minutes 60 x 0.5 x 52/12 / 12 = 130/12; 130/12 / (130/12 + 5) = 13/19
    assert sharpness(12, np.array([0.5]), P) == pytest.approx([0.75 * 13 / 19])


def test_no_time_no_use():
    assert sharpness(12, np.array([0.0]), P) == pytest.approx([0.0])


def test_elements_may_differ_by_school():
    found = sharpness(np.array([4.0, 12.0]), np.array([0.5, 0.5]), P)
    # 4/8; minutes 130 / 4 = 32.5, 32.5 / 37.5 = 13/15
    assert found == pytest.approx([0.5 * 13 / 15, 0.75 * 13 / 19])


def test_a_long_list_and_a_single_element_are_both_worse_than_a_short_list():
    one, few, many = sharpness(np.array([1.0, 8.0, 60.0]), np.full(3, 0.3), P)
    # by hand: minutes 78: 0.2 x 78/83; 9.75: 2/3 x 9.75/14.75; 1.3: 60/64 x 1.3/6.3
    assert [one, few, many] == pytest.approx([0.18795, 0.44068, 0.19345], abs=1e-5)


def useful(leadership, skill, tolerance=1.0):
    p = SimpleNamespace(tolerance=tolerance, harm=0.25)
    return usefulness(np.array(leadership), np.array(skill), p)


def test_feedback_from_below_is_noise_or_harm():
    found = useful([0.0] * 6, [0.0, 0.5, 1.0, 1.1, 3.0, -2.0])
    assert found == pytest.approx([1.0, 0.5, 0.0, -0.1, -0.25, 1.0])


def test_tolerance_is_how_far_above_the_principal_a_teacher_still_gains():
    assert useful([1.0, 1.0], [2.0, 3.0], tolerance=2.0) == pytest.approx([0.5, 0.0])


def test_each_subject_has_its_own_worth():
    found = useful([0.0, 1.0], [[0.0, 1.0], [0.5, 1.5], [2.0, 2.0]])
    assert found == pytest.approx(np.array([[1.0, 1.0], [0.5, 0.5], [-0.25, 0.0]]))


def test_equations_leave_what_they_are_given():
    leadership, skill = np.array([0.3, 0.4]), np.array([[0.1, 0.9]])
    usefulness(leadership, skill, SimpleNamespace(tolerance=1.0, harm=0.25))
    assert leadership.tolist() == [0.3, 0.4]
    assert skill.tolist() == [[0.1, 0.9]]


def test_what_a_principal_makes_of_an_hour():
    p = SimpleNamespace(depth_by_leadership=0.5)
    found = depth(np.array([0.0, 1.0, -1.0, -2.0, -3.0]), p)
    assert found == pytest.approx([1.0, 1.5, 0.5, 0.0, 0.0])


CLEAR = SimpleNamespace(shared_alone=0.5, acts_at=2.0, joint_pace=0.02)


@pytest.mark.parametrize(
    ("joint", "least", "expected"),
    [
        (False, 4.0, 1.0),
        (True, 0.5, 1.0),  # less than a label: the office does not act on it
        (True, 1.0, 1.0),  # a label changes nothing
        (True, 1.5, 1.04),  # acts by half: wanted 1.5, 4 x 0.02 of the way
        (True, 2.0, 1.08),  # wanted 1 / 0.5
        (True, 4.0, 1.08),
    ],
)
def test_clarity_comes_of_a_joint_definition_that_the_office_acts_on(joint, least, expected):
    assert next_clarity(np.array([1.0]), joint, least, CLEAR) == pytest.approx([expected])


def test_clarity_is_lost_when_the_definition_is_made_for_others_again():
    found = next_clarity(np.array([1.5, 2.0]), False, 4.0, CLEAR)
    assert found == pytest.approx([1.46, 1.92])
