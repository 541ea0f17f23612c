"""Time office: what levers ask of the office, and what finds a place, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.time_office import extra_hours, fit_in, in_design, taking_part
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy
from districtsim.world.state import STAFF_TASKS, State

TASK = {task: row for row, task in enumerate(STAFF_TASKS)}
THEORY, PARTNERS, JOINT, DESIGN, TRAINING = range(5)
LEADER, SUPERVISOR, CURRICULUM, HR, OPERATIONS, OFFICER, EMPTY = range(7)


def test_units_take_part_in_their_order():
    assert taking_part(2, 6).tolist() == [True, True, True, False, False, False]
    assert taking_part(5, 6).all()
    assert taking_part(0, 6).all()  # no unit is singled out


def test_whom_the_design_team_is_drawn_from():
    assert np.flatnonzero(in_design(0, 6)).tolist() == [0, 2]  # leadership and curriculum
    assert np.flatnonzero(in_design(3, 6)).tolist() == [0, 1, 2, 3]


def test_what_does_not_fit_shrinks():
    found = fit_in(np.array([4.0, 20.0, 0.0, 10.0]), np.array([30.0, 20.0, 5.0, 10.0]), 0.5)
    assert found == pytest.approx([1.0, 0.5, 1.0, 0.5])


def office():
    """One desk of each unit, and an empty one of a supervisor."""
    state = State(2, 2, 7)
    state.staff.unit[:] = [0, 1, 2, 3, 4, 5, 1]
    state.staff.filled[EMPTY] = False
    state.chart.leaders = slice(0, 1)
    return state


def asked(state=None, theory="none", equity=None, hr=None, **levers):
    """Extra hours under these levers; hours of each cause differ, so that sums tell them apart."""
    usual = dict(
        aligned_units=0, cross_functional_teams=False, project_management=False,
        filter_initiatives=False,
    )  # fmt: skip
    p = SimpleNamespace(
        theory_hours=0.5, joint_hours=1.0, team_hours=2.0, project_hours=4.0, placing_hours=8.0,
        filter_hours=16.0, research_use=SimpleNamespace(theory_of_action=theory),
        office=SimpleNamespace(**{**usual, **levers}),
        equity=SimpleNamespace(**{"training_hours": 0.0, "premise_hours": 0.0, **(equity or {})}),
        hr=SimpleNamespace(**{"joint_placement": False, "bias_training_hours": 0.0, **(hr or {})}),
    )  # fmt: skip
    return extra_hours(state or office(), p)


def test_nothing_is_asked_by_default():
    assert asked() is None
    assert asked(aligned_units=1) is None  # a unit alone has nobody to work with


@pytest.mark.parametrize("how", ["presented", "dialogue"])
def test_a_theory_of_action_takes_everybody_half_an_hour(how):
    found = asked(theory=how)
    assert found[THEORY].tolist() == [0.5] * 6 + [0]
    assert not found[1:].any()


def test_units_that_take_part_work_together():
    found = asked(aligned_units=2)
    assert found[PARTNERS].tolist() == found[JOINT].tolist() == [1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("levers", "hr", "hours"),
    [
        ({"cross_functional_teams": True}, {}, [0, 2, 2, 2, 2, 0, 0]),
        ({"project_management": True}, {}, [0, 0, 4, 4, 4, 0, 0]),
        ({"filter_initiatives": True}, {}, [16, 0, 0, 0, 0, 0, 0]),
        ({}, {"joint_placement": True}, [0, 0, 8, 8, 0, 0, 0]),
        (
            {"cross_functional_teams": True, "project_management": True, "aligned_units": 3,
             "filter_initiatives": True},
            {"joint_placement": True},
            [17, 3, 15, 15, 6, 0, 0],
        ),
    ],
)  # fmt: skip
def test_joint_work(levers, hr, hours):
    found = asked(hr=hr, **levers)
    assert found[JOINT].tolist() == hours
    others = found[PARTNERS].any()
    assert others == (levers.get("aligned_units", 0) >= 2)  # teams are no school of the ideas


def test_a_design_team_meets_unless_it_rests():
    team = {"premise_hours": 3.0}
    assert asked(equity=team)[DESIGN].tolist() == [3, 0, 3, 0, 0, 0, 0]
    assert asked(equity=team, aligned_units=4)[DESIGN].tolist() == [3, 3, 3, 3, 3, 0, 0]
    resting = office()
    resting.district.project_rest[:] = 2.0
    assert asked(resting, equity=team) is None


def test_training_is_spread_over_the_year():
    found = asked(equity={"training_hours": np.array([26.0, 0.0])}, hr={"bias_training_hours": 26})
    # 13 / 52 for all, and 26 / 52 more for HR
    assert found[TRAINING].tolist() == [0.25, 0.25, 0.25, 0.75, 0.25, 0.25, 0]


def month(levers, parameters=None, schools=12):
    """The office in its first September, under these levers; leaders have 6 h of habit."""
    policy = Policy("levers", levers)
    simulation = Simulation(
        District.synthetic(schools, 5), policy, 1, without=("turnover",), parameters=parameters
    )
    simulation.step()
    return simulation.state


def test_what_levers_ask_stands_in_the_week_of_unit_staff():
    """40 h: meetings 4, peers 0.5, the leader's contact; theory and joint work; the rest serves."""
    state = month(
        {"research_use.theory_of_action": "presented", "office.project_management": True},
        {"time_use": {"initiative_hours": 0.0}},
    )
    staff, rows = state.staff, state.chart.unit_staff
    operations = np.flatnonzero(staff.role == 6)
    hours = staff.hours[:, operations]
    learning = staff.contact_leader[operations] + 0.5 + 0.5
    assert hours[TASK["joint"]] == pytest.approx(2.0)
    assert hours[TASK["learning"]] == pytest.approx(learning)
    assert hours[TASK["meetings"]] == pytest.approx(4.0)
    assert hours[TASK["service"]] == pytest.approx(40 - 2 - 4 - learning)
    assert not staff.hours[TASK["design"], rows].any()


def test_a_budget_cut_takes_hours_and_capacity():
    """A fifth of 40 h goes; meetings and learning stay, so that services lose more than a fifth."""
    usual, cut = month({}), month({"office.budget_cut": 0.2})
    rows = usual.chart.unit_staff
    assert cut.staff.budget[rows] == pytest.approx(32.0)
    lost = 8.0
    learning = usual.staff.hours[TASK["learning"], rows] - cut.staff.hours[TASK["learning"], rows]
    assert learning == pytest.approx(0.0)
    working = usual.staff.hours[[TASK["hiring"], TASK["service"]]].sum(axis=0)
    operations = np.flatnonzero(usual.staff.role == 6)
    expected = 1.0 - lost / working[operations[0]]
    ratio = cut.units.capacity[4] / usual.units.capacity[4]
    assert ratio == pytest.approx(expected)
    assert expected < 0.8


def test_further_initiatives_take_meetings():
    """0.15 h for each beyond day one's, at most two hours; three while a new chart settles."""
    state = month({"office.reorganise": True})
    further = 0.15 * (state.district.initiatives[0] - 4 / 13 * 20)
    assert state.chart.new_meetings == pytest.approx(further + 3.0)
    rows = state.chart.unit_staff
    assert state.staff.hours[TASK["meetings"], rows] == pytest.approx(7.0 + further)


def test_leaders_lead_those_who_take_part():
    """With curriculum and supervision in the change, further leading reaches these two only."""
    levers = {"research_use.leader_hours": 6, "office.aligned_units": 2}
    state, usual = month(levers), month({})
    contact, before = state.staff.contact_leader, usual.staff.contact_leader
    unit = state.staff.unit
    inside = np.isin(unit, (1, 2)) & state.staff.filled
    outside = np.isin(unit, (3, 4, 5)) & state.staff.filled
    assert (contact[inside] > before[inside] + 1.0).all()
    assert contact[outside] == pytest.approx(before[outside])


def test_extra_hours_of_unit_staff_are_at_most_three_fifths_of_what_is_left():
    """Ten hours of design, with training, teams and placing: 0.6 x (40 - meetings - contacts)."""
    levers = {
        "equity.premise_hours": 10, "office.aligned_units": 5, "equity.training_hours": 40,
        "office.cross_functional_teams": True, "office.project_management": True,
        "hr.joint_placement": True, "hr.bias_training_hours": 40,
        "research_use.theory_of_action": "dialogue",
    }  # fmt: skip
    most = {"time_use": {"joint_hours": 2.0, "team_hours": 4.0, "project_hours": 4.0}}
    state = month(levers, most)
    staff = state.staff
    hr = np.flatnonzero(staff.role == 5)[0]
    meetings = staff.hours[TASK["meetings"], hr]
    left = 40 - meetings - staff.contact_leader[hr] - staff.contact_peers[hr]
    wanted = 0.5 + 2 + 4 + 4 + 1 + 10 + 80 / 52
    assert wanted > 0.6 * left
    fitted = staff.hours[[TASK["joint"], TASK["design"]], hr].sum() + staff.contact_theory[hr]
    training = 80 / 52 / wanted * 0.6 * left
    assert fitted + training == pytest.approx(0.6 * left)
    assert staff.hours[TASK["design"], hr] == pytest.approx(10 / wanted * 0.6 * left)
