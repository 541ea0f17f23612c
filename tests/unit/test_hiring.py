"""Hiring: applicants, screening and choice, worked by hand."""

from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.hiring import choice, reading_hours
from districtsim.mechanisms.hiring_candidates import (
    COLUMNS,
    applicants,
    disparity_left,
    passed_on,
    patience_weeks,
    recruited,
    season,
    signal,
)
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy
from districtsim.world.state import OFFERED


def test_how_many_apply():
    p = SimpleNamespace(applicants=5.0, applicants_spread=0.5)
    z = np.array([0.25, 0.25, 0.25, -10.0, 10.0])  # exp(0.125 - 0.125) = 1; next to none; many
    pull = np.array([1.0, 0.5, 1.5, 1.0, 1.0])
    # 1 + 5, 1 + floor(2.5), 1 + floor(7.5), at least one, at most twelve
    assert applicants(z, pull, p).tolist() == [6.0, 3.0, 8.0, 1.0, 12.0]


def test_more_apply_where_hr_has_hours_to_look_for_them():
    p = SimpleNamespace(usual_recruiting=0.2, recruiting=0.5)
    hours = np.array([0.2, 0.0, 1.4])
    assert recruited(hours, p) == pytest.approx([1.0, 0.5**0.5, 2.0])
    assert (recruited(hours, SimpleNamespace(usual_recruiting=0.2, recruiting=0)) == 1.0).all()


def test_a_signal_is_part_ability_part_noise():
    assert signal(1.0, 2.0, 0.6) == pytest.approx(2.2)  # 0.6 x 1 + 0.8 x 2
    assert signal(1.0, 2.0, 1.0) == pytest.approx(1.0)
    assert signal(1.0, 2.0, 0.0) == pytest.approx(2.0)


def test_better_candidates_wait_less():
    p = SimpleNamespace(patience=10.0, patience_by_quality=log(2))
    u = np.array([exp(-2), exp(-2), exp(-2), 1.0])
    # -ln(u) = 2: 20 weeks; half of it at one SD more, twice at one less
    assert patience_weeks(u, np.array([0.0, 1.0, -1.0, 0.0]), p) == pytest.approx(
        [20.0, 10.0, 40.0, 0.0]
    )


def test_hr_passes_on_the_best_of_those_there_are():
    screen = np.array([[0.1, 1.0], [0.9, 2.0], [0.5, 3.0], [5.0, 4.0]])
    number = np.array([3, 4])
    found = passed_on(screen, number, 2)  # the fourth of the first vacancy does not exist
    assert found.T.tolist() == [[False, True, True, False], [False, False, True, True]]
    everyone = passed_on(screen, number, 12)
    assert everyone.T.tolist() == [[True, True, True, False], [True] * 4]


def test_equal_screens_pass_by_number():
    found = passed_on(np.zeros((4, 1)), np.array([4]), 2)
    assert found[:, 0].tolist() == [True, True, False, False]


READING = SimpleNamespace(
    files_per_applicant=10.0, most_files=100.0, minutes_per_file=6.0, interview_hours=4.0
)


@pytest.mark.parametrize(
    ("passed", "assistants", "light", "hours", "files"),
    [
        (5, 0, True, 9.0, 50),  # 50 files x 6 minutes = 5 h, and 4 h of interviews
        (5, 2, True, 3.0, 50),  # two assistant principals take their thirds
        (12, 0, True, 14.0, 100),  # at most 100 files
        (5, 0, False, 4.5, 5),  # performance tasks: one file each
    ],
)
def test_what_reaches_the_principal(passed, assistants, light, hours, files):
    found = reading_hours(np.array([passed]), np.array([assistants]), light, READING)
    assert [float(part[0]) for part in found] == pytest.approx([hours, files])


@pytest.mark.parametrize(
    ("week", "number"),
    [(26, 0), (51, 0), (77, 0), (78, 1), (25, -1), (0, -1), (-26, -1), (-27, -2)],
)
def test_a_season_runs_from_spring_to_spring(week, number):
    assert season(week) == number


@pytest.mark.parametrize("tasks", [False, True])
def test_it_makes_no_difference_whether_somebody_looks_at_candidates(tasks):
    policy = Policy("tasks", {"hr.screening": "performance_task"} if tasks else {})
    slow = {"hiring": {"hr_hours_light": 24.0, "hr_hours_task": 24.0, "patience": 7.0}}
    looked, left = (
        Simulation(District.synthetic(8, 2), policy, 4, parameters=slow) for _ in range(2)
    )
    again = 0
    for _ in range(90):
        looked.step()
        left.step()
        for name in COLUMNS:
            getattr(looked.state.teachers, name)
        again += int(left.state.teachers.round.sum())
    assert again  # second advertisements, and vacancies from one season in the next
    vacant = np.flatnonzero(left.state.teachers.stage)
    assert len(vacant)
    for name in ("stage", "successor", "experience", "of_color", "round"):
        seen, unseen = (getattr(each.state.teachers, name) for each in (looked, left))
        assert seen.tolist() == unseen.tolist()
    for name in COLUMNS:
        seen, unseen = (getattr(each.state.teachers, name)[:, vacant] for each in (looked, left))
        assert seen == pytest.approx(unseen)


def test_what_somebody_writes_into_a_column_of_candidates_holds():
    simulation = Simulation(District.synthetic(8, 2), Policy("nothing"), 4)
    while simulation.week != 27:
        simulation.step()
    teachers = simulation.state.teachers
    teachers.patience[teachers.patience >= 0] = 500.0  # everybody waits, and the last is the best
    teachers.view[:] = np.arange(24)[:, None]
    offers = 0
    while simulation.week < 40:
        simulation.step()
        offered = (teachers.stage == OFFERED).nonzero()[0]
        assert (teachers.candidate[offered] == teachers.applicants[0, offered] - 1).all()
        offers += len(offered)
    assert offers


def test_the_principal_takes_the_best_of_those_still_there():
    view = np.array([[1.0, 1.0, 1.0], [3.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    patience = np.array([[9.0, 9.0, 4.0], [5.0, 4.0, 4.0], [9.0, 9.0, -1.0]])
    # the best waits 5 weeks; after 4 she is there, or gone at exactly 4, or nobody is
    assert choice(view, patience > np.array([4, 4, 4])).tolist() == [1, 2, 0]


def test_behaviour_takes_the_disparity_out_of_selection():
    p = SimpleNamespace(disparity=0.8, disparity_by_behaviour=0.5)
    found = disparity_left(np.array([0.0, 1.0, 2.0, 3.0]), p)
    assert found == pytest.approx([0.8, 0.4, 0.0, 0.0])  # not turned round
