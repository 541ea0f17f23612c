"""Outside: coaches, paired colleagues, courses, advisers, and who is let go, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.development import course
from districtsim.mechanisms.feedback import usefulness
from districtsim.mechanisms.feedback_outside import (
    coached,
    pairs,
    pairs_meet,
    useful_hours,
)
from districtsim.mechanisms.money import yearly_cost
from districtsim.mechanisms.turnover_replaced import (
    lowest,
    principals_let_go,
    teachers_let_go,
)
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy
from districtsim.world.state import State
from districtsim.world.subjects import subject_shares


class Luck:
    """Draws that are what a test says, by stream; zero where it says nothing."""

    def __init__(self, **streams):
        self.streams = streams

    def uniform(self, stream, keys, tick=0, slot=0):
        given = self.streams.get(stream.split(".")[1], 0.0)
        return np.broadcast_to(np.asarray(given, dtype=float), len(keys))

    normal = uniform


def teachers(skill, teaches, school=None):
    """A state of one or more schools whose teachers have this skill in each subject."""
    number = len(skill[0])
    school = np.zeros(number, dtype=int) if school is None else np.array(school)
    state = State(school.max() + 1, number, 1)
    state.teachers.skill[:] = skill
    state.teachers.teaches[:] = teaches
    state.teachers.school[:] = school
    state.schools.posts[:] = np.bincount(school)
    return state


def test_hours_of_coaching_go_to_what_is_taught_or_to_one_subject():
    teaches = np.array([[0.4, 0.0], [0.4, 1.0], [0.2, 0.0]])
    assert subject_shares("all", teaches).tolist() == teaches.tolist()
    assert subject_shares("ela", teaches).tolist() == [[0, 0], [1, 1], [0, 0]]
    assert subject_shares("mathematics", teaches).tolist() == [[1, 0], [0, 0], [0, 0]]
    each = subject_shares(np.array(["all", "ela"]), teaches)
    assert each.tolist() == [[0.4, 0], [0.4, 1], [0.2, 0]]


def test_a_week_of_coaching():
    # worth clip((1 + 1 - skill) / 1, -0.25, 1): 1 at skill 0 and 1; 0.5 at 1.5; -0.25 at 3
    state = teachers([[0.0, 1.5, 3.0, 0.0]] * 3, [[0] * 4, [1.0] * 4, [0] * 4])
    state.teachers.outside[0] = [2.0, 2.0, 2.0, 0.0]
    pd = SimpleNamespace(coaching_subject="ela")
    p = SimpleNamespace(rate=0.03, coach_level=1.0, tolerance=1.0, harm=0.25, pd=pd)
    coached(state, p, usefulness)
    assert state.teachers.skill[1] == pytest.approx([0.06, 1.53, 2.985, 0.0])
    assert state.teachers.skill[0].tolist() == [0.0, 1.5, 3.0, 0.0]


def test_the_lowest_works_with_the_highest():
    lower, higher = pairs(np.array([0, 0, 0, 1, 1, 0]), np.array([2.0, -1, 0.5, 3, 1, 1]))
    assert sorted(zip(lower.tolist(), higher.tolist())) == [(1, 0), (2, 5), (4, 3)]
    lower, higher = pairs(np.array([0, 0, 0]), np.array([0.0, 5, 1]))  # one has no partner
    assert (lower.tolist(), higher.tolist()) == ([0], [1])


def test_pairs_work_on_what_differs_most():
    # ahead 1.5 and 0.5 in two subjects, behind in the third: shares 0.75 and 0.25
    state = teachers([[0.0, 1.5], [0.0, 0.5], [0.0, -1.0]], [[0.4] * 2, [0.4] * 2, [0.2] * 2])
    state.teachers.outside[1] = [2.0, 1.0]
    p = SimpleNamespace(rate=0.03, peer_share=0.5, pair_error=0.0, tolerance=1.0)
    pairs_meet(state, p, Luck())
    # one hour: 0.03 x 0.5 x (0.75 x 1, 0.25 x 0.5)
    assert state.teachers.skill[:, 0] == pytest.approx([0.01125, 0.001875, 0.0])
    assert state.teachers.skill[:, 1].tolist() == [1.5, 0.5, -1.0]
    assert useful_hours(state, p, Luck()).tolist() == [0.5, 0.0]


def test_a_week_of_a_course():
    # distance 1 of width 2: fit (1 - 1/4)^2 = 0.5625; below the course nothing is wasted
    state = teachers([[-1.0, 1.0]] * 3, [[0.4] * 2, [0.4] * 2, [0.2] * 2])
    state.teachers.outside[2] = 4.0
    pd = SimpleNamespace(course_subject="mathematics")
    p = SimpleNamespace(rate=0.01, width=2.0, course_level=0.0, wasted_cost=0.001, pd=pd)
    course(state, p)
    assert state.teachers.fresh[0] == pytest.approx([0.0225, 0.0225])
    assert state.teachers.skill[0] == pytest.approx([-1.0, 1.0 - 0.001 * 4 * 0.4375])
    assert not state.teachers.fresh[1:].any()
    pd.course_subject = "all"
    course(state, p)
    assert state.teachers.fresh[2, 0] == pytest.approx(0.01 * 0.8 * 0.5625)


def test_the_lowest_of_each_school():
    found = lowest(np.array([3.0, 1, 2, 0, 5]), np.array([0, 0, 0, 1, 1]), np.array([2, 0]))
    assert found.tolist() == [False, True, True, False, False]


def test_who_is_let_go_by_rating_and_by_chance():
    state = teachers([[1.0, 0, 2, 0, 1, 2]] * 3, [[1.0] * 6] * 3, school=[0, 0, 0, 1, 1, 1])
    hr = SimpleNamespace(replace_teachers=np.array([0.5, 0.5]), replace_by="rating")
    p = SimpleNamespace(hr=hr, observed_error=0.0)
    # half of 3 is 1.5; with v 0.6 two go, with v 0.4 one
    assert teachers_let_go(state, p, Luck(let_go=0.6)).tolist() == [1, 1, 0, 1, 1, 0]
    assert teachers_let_go(state, p, Luck(let_go=0.4)).tolist() == [0, 1, 0, 1, 0, 0]
    state.teachers.filled[1] = False  # half of 2 is one
    assert teachers_let_go(state, p, Luck(let_go=0.4)).tolist() == [1, 0, 0, 1, 0, 0]
    hr.replace_by = np.array(["chance", "rating"])
    assert teachers_let_go(state, p, Luck(let_go=0.4)).tolist() == [1, 0, 1, 1, 0, 0]
    hr.replace_teachers = np.array([0.0, 0.5])
    assert teachers_let_go(state, p, Luck(let_go=0.4)).tolist() == [0, 0, 0, 1, 0, 0]


def test_which_principals_are_replaced():
    state = State(4, 4, 1)
    state.principals.rating[:] = [3.0, 2.0, 1.0, 4.0]
    hr = SimpleNamespace(replace_principals=np.array([0.5, 0.5, 0.0, 0.5]), replace_by="rating")
    p = SimpleNamespace(hr=hr)
    assert principals_let_go(state, p, Luck(let_go_principals=0.6)).tolist() == [1, 1, 0, 0]
    assert principals_let_go(state, p, Luck(let_go_principals=0.4)).tolist() == [0, 1, 0, 0]
    hr.replace_by = "chance"
    assert principals_let_go(state, p, Luck(let_go_principals=0.4)).tolist() == [1, 1, 0, 1]


def test_what_outsiders_cost():
    p = SimpleNamespace(supervisor_cost=0.0, staff_cost=0.0, coach_day_cost=800.0,
                        teacher_hour_cost=50.0, substitute_day_cost=0.0)  # fmt: skip
    posts = np.array([10])
    # 40 weeks x (3 h x 800 / 8 + 2 h x 50)
    assert yearly_cost(0, 0, 0, 0, 0, posts, 7.5, 0.5, p, (3.0, 2.0)) == pytest.approx(16_000)
    assert yearly_cost(0, 0, 0, 0, 0, posts, 7.5, 0.5, p) == 0


def run(levers, weeks, **others):
    simulation = Simulation(District.synthetic(6, 2), Policy("one", levers, **others), 3)
    for _ in range(weeks):
        simulation.step()
    return simulation.state


def test_only_those_who_are_chosen_are_coached_and_their_planning_pays():
    levers = {"pd.coaching_hours": 1.5, "pd.course_hours": 2.0}
    usual, treated = run({}, 8), run(levers, 8, where={"teachers": [0, 3]})
    # colleagues move a little: the school plans its own work by what its teaching needs
    moved = np.abs(treated.teachers.skill - usual.teachers.skill).max(axis=0)
    assert np.flatnonzero(moved > 1e-3).tolist() == [0, 3]
    assert np.delete(moved, [0, 3]).max() < 1e-5
    more = treated.teachers.hours - usual.teachers.hours
    assert more[:, 0] == pytest.approx([0, -3.5, 2.0, 1.5], abs=0.2)
    assert more[:, 3] == pytest.approx([0, -3.5, 2.0, 1.5], abs=0.2)


def test_an_outside_adviser_takes_the_principals_time_and_goes_again():
    levers = {"supervision.outside_hours": 2.0}
    usual, treated = run({}, 8), run(levers, 8, where={"schools": [1]})
    rows = np.flatnonzero(treated.principals.leadership > usual.principals.leadership + 1e-6)
    assert rows.tolist() == [1]
    hours = treated.principals.hours.sum(axis=0)
    assert hours == pytest.approx(treated.principals.budget)
    gone = run(levers, 44, where={"schools": [1]}, ends=4)
    assert gone.principals.outside_stored.max() == 0.0


def test_everybody_is_replaced_in_one_june_in_the_schools_named():
    levers = {"hr.replace_principals": 1.0, "hr.replace_teachers": 1.0}
    state = run(levers, 41, where={"schools": [2]}, ends=52)
    assert state.principals.experience[2] == 0.0
    assert (state.principals.holder[2], state.schools.left[2]) == (1, state.schools.decided[2])
    others = np.arange(6) != 2
    usual = run({}, 41)
    assert (state.principals.holder == usual.principals.holder)[others].all()
    assert (state.schools.left == usual.schools.left)[others].all()
