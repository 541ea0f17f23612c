"""Learning: what pupils get and gain, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.learning import experience_effect, gain, step, teaching_quality
from districtsim.world.state import State

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


class NoLuck:
    """Every draw is 0: tests and surveys see what is."""

    def normal(self, stream, keys, tick, slots=0):
        return np.zeros(np.broadcast_shapes(np.shape(slots), (len(keys),)))


def test_teaching_that_suits_low_income_pupils_less_holds_their_scores_down():
    state = State(2, 2, 1)
    state.week = 39
    state.chart.first = np.array([0, 1])
    schools, teachers = state.schools, state.teachers
    teachers.teaches[:], teachers.experience[:] = [[0.4], [0.4], [0.2]], 10
    teachers.skill[:] = [[1.0, 0.0]] * 3
    schools.low_income[:], schools.enrolment[:] = [0.5, 0.25], 100
    schools.responsiveness[:] = [-0.2, 0.0]
    schools.lasting_gain[:], schools.lasting_response[:] = 0.5, -0.1
    schools.base_score[:, 0], schools.base_score[:, 1] = -1.0, 1.0
    p = SimpleNamespace(
        **vars(P), mathematics_effect=0.15, ela_effect=0.1, science_effect=0.12, persistence=0.2,
        pupil_error=0.3, school_error=0.1, rating_error=0.5,
    )  # fmt: skip
    step(state, p, NoLuck())
    # a fifth of last year's -0.1 stays; effects x -0.2
    assert schools.lasting_response == pytest.approx(
        np.array([[-0.05, -0.02], [-0.04, -0.02], [-0.044, -0.02]])
    )
    # 0.1 of the past and 0.15 x 1 in mathematics: others 1.25, low-income -0.75 - 0.05
    assert schools.score[0, :, 0] == pytest.approx([-0.8, 1.25])
    assert schools.score[1, :, 1] == pytest.approx([-0.92, 1.1])
    assert schools.measured_score[0] == pytest.approx([0.225, 0.25 * -0.92 + 0.75 * 1.1])
