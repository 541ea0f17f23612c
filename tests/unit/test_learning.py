"""Learning: what pupils get and gain, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.learning import experience_effect, gain, teaching_quality

P = SimpleNamespace(beginner=0.4, early=0.1, substitute=-1.0)


def test_beginners_teach_less_well():
    years = np.array([0.0, 1.0, 2.0, 3.0, 20.0])
    assert experience_effect(years, P) == pytest.approx([-0.4, -0.1, -0.1, 0.0, 0.0])


def test_a_late_start_and_an_empty_post_mean_substitutes():
    skill = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.5, -2.0, 9.0]])
    experience = np.array([5.0, 5.0, 0.0, 5.0])
    filled = np.array([True, True, True, False])
    late_weeks = np.array([0.0, 10.0, 0.0, 0.0])
    found = teaching_quality(skill, experience, filled, late_weeks, P)
    # 10 of 40 weeks: -1/4 + 3/4 of own; a beginner 0.4 lower; nobody there: the substitute
    expected = [[1.0, 0.5, 0.6, -1.0], [0.0, 0.125, -2.4, -1.0]]
    assert found == pytest.approx(np.array(expected))


def test_gain_differs_by_subject():
    quality = np.array([[1.0, -2.0], [1.0, 0.0], [0.5, 2.0]])
    expected = [[0.15, -0.3], [0.1, 0.0], [0.06, 0.24]]
    assert gain(quality, np.array([0.15, 0.1, 0.12])) == pytest.approx(np.array(expected))
