"""Ablation: each mechanism can be switched off alone, and what it explains is then gone."""

import numpy as np
import pytest
from same_bits import differences, history
from test_hours import watch
from test_null import OTHER

from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.parameters import MECHANISMS, cards, switches
from districtsim.world.policies import Policy

TWELVE = District.synthetic(12, 5)
HIRING_OUTCOMES = (
    "files_per_vacancy",
    "days_to_fill",
    "withdrawn_share",
    "late_hire_share",
    "hire_quality",
    "hires_of_color_share",
)
ALL_LEVERS = Policy("all levers", OTHER)


def run(policy, without=(), years=2, district=TWELVE, seed=1):
    simulation = Simulation(district, policy, seed, without=without)
    simulation.run(years)
    return simulation


def outcome(simulation, name):
    return simulation.history().yearly[name][1]


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("district", ["pomeroy", "twelve"])
@pytest.mark.parametrize("policy", ["status_quo", ALL_LEVERS], ids=["status quo", "all levers"])
def test_a_run_without_a_mechanism_finishes_and_its_hours_add_up(mechanism, district, policy):
    place = TWELVE if district == "twelve" else district
    if mechanism == "time_use":
        simulation = run(policy, (mechanism,), district=place)
    else:
        simulation = watch(place, policy, weeks=104, without=(mechanism,))
    for name, (_, values) in simulation.history().yearly.items():
        assert len(values) == 2, name
    for table in simulation.state.tables().values():
        for column in table.columns():
            values = getattr(table, column.name)
            if column.name not in ("students_of_color", "believed_quality"):
                assert np.isfinite(values).all(), column.name


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_matters(mechanism):
    policy = "behaviour_reform" if mechanism == "premises" else "status_quo"  # else premises rest
    assert differences(history(TWELVE, policy), history(TWELVE, policy, without=(mechanism,)))


def test_premises_rest_where_no_lever_works_on_them():
    found = [history(TWELVE, "status_quo", years=5, without=w) for w in ((), ("premises",))]
    assert differences(*found) == []


def test_without_all_mechanisms_nothing_moves():
    simulation = Simulation(TWELVE, ALL_LEVERS, 1, without=MECHANISMS)
    before = columns(simulation.state)
    simulation.run(1)
    after = columns(simulation.state)
    for name, values in before.items():
        assert np.array_equal(values, after[name], equal_nan=values.dtype.kind == "f"), name


def columns(state):
    return {
        (name, column.name): getattr(table, column.name).copy()
        for name, table in state.tables().items()
        for column in table.columns()
    }


def test_leading_changes_appropriation_by_assistance_only():
    led, usual = run("leader_led"), run("status_quo")
    assert (outcome(led, "appropriation")[:, -1] > outcome(usual, "appropriation")[:, -1]).all()
    without = [run(name, ("assistance",)) for name in ("leader_led", "status_quo", "coach_led")]
    depth = [outcome(simulation, "appropriation") for simulation in without]
    assert np.array_equal(depth[0], depth[1])
    assert np.array_equal(depth[2], depth[1])


@pytest.mark.parametrize(
    "levers",
    [
        {"supervision.caseload": 4},
        {"supervision.protected_days": 3},
        {"supervision.stance": "teaching"},
        {"supervision.networks": "all"},
    ],
)
def test_supervisors_change_principals_by_supervision_only(levers):
    policy = Policy("levers", levers)
    assert differences(history(TWELVE, "status_quo"), history(TWELVE, policy))
    found = [
        outcome(run(arm, ("supervision",)), "principal_leadership")
        for arm in ("status_quo", policy)
    ]
    assert np.array_equal(found[0], found[1])


@pytest.mark.parametrize("arm", ["tiered_pd", "aligned_pd"])
def test_allocation_of_pd_works_by_development_only(arm):
    assert "teaching_quality" in differences(history(TWELVE, "siloed_pd"), history(TWELVE, arm))
    found = [history(TWELVE, name, without=("development",)) for name in ("siloed_pd", arm)]
    assert differences(*found) == []


def test_without_development_nobody_gets_pd():
    simulation = run("aligned_pd", ("development",))
    assert (outcome(simulation, "pd_hours") == 0).all()
    assert (simulation.state.teachers.fresh == 0).all()
    assert np.isnan(outcome(simulation, "pd_match")).all()  # of no hours no share fits


def test_without_hiring_nobody_is_hired_and_screening_changes_nothing():
    task = Policy("task", {"hr.screening": "performance_task"})
    found = [history(TWELVE, arm, without=("hiring",)) for arm in ("status_quo", task)]
    assert differences(*found) == []
    for name in HIRING_OUTCOMES:
        assert np.isnan(found[0].yearly[name][1]).all(), name
    simulation = run("status_quo", ("hiring",))
    teachers = simulation.state.teachers
    assert not teachers.filled.all()  # people go, and nobody comes
    assert (teachers.successor == -1).all()
    with_hiring = history(TWELVE, "status_quo"), history(TWELVE, task)
    assert "files_per_vacancy" in differences(*with_hiring)


def test_without_time_use_nobody_has_hours_and_nobody_learns():
    simulation = Simulation(TWELVE, ALL_LEVERS, 1, without=("time_use", "turnover"))
    state = simulation.state
    leadership = state.principals.leadership.copy()
    skill, floor = state.teachers.skill.copy(), state.teachers.floor.copy()
    appropriation = state.staff.appropriation.copy()
    simulation.run(2)
    for table in (state.principals, state.teachers, state.staff, state.coaches):
        assert not table.hours.any()
        assert not table.budget.any()
    assert state.principals.leadership == pytest.approx(leadership, abs=1e-12)  # no supervision
    assert (state.teachers.practised == 0).all()  # no feedback
    assert (state.teachers.skill <= skill).all()  # PD has no trainers; skill is only lost
    assert (state.teachers.skill >= floor).all()
    moved = (
        cards()["assistance"]["leader_knowledge"].value != OTHER["research_use.leader_knowledge"]
    )
    leaders = state.chart.leaders
    others = np.ones(len(state.staff), dtype=bool)
    others[leaders] = not moved  # the policy sets what leaders know; the rest can only fade
    assert (state.staff.appropriation[:, others] <= appropriation[:, others] + 1e-12).all()


def test_without_service_it_stays_as_it_was():
    simulation = run(Policy("seen", {"operations.scorecard": True}), ("service",))
    start, units = cards()["service"], simulation.state.units
    names = ("start_hr", "start_operations")
    assert units.service[3:5].tolist() == [start[name].value for name in names]
    # what is answered still moves with the hours that are left for it
    answered = outcome(simulation, "operations_service")
    assert answered == pytest.approx(start["start_operations"].value, rel=0.05)


def test_without_feedback_no_list_of_elements_matters():
    short = Policy("short", {"standards.elements": 8})
    assert "teaching_quality" in differences(history(TWELVE, "status_quo"), history(TWELVE, short))
    found = [history(TWELVE, arm, without=("feedback",)) for arm in ("status_quo", short)]
    assert differences(*found) == []
    simulation = run("status_quo", ("feedback",))
    assert (simulation.state.teachers.practised == 0).all()


def test_without_turnover_everybody_stays():
    simulation = run("better_hiring", ("turnover",))
    state = simulation.state
    for table in (state.principals, state.teachers):
        assert table.filled.all()
        assert (table.holder == 0).all()
    assert (state.staff.holder == 0).all()
    assert (outcome(simulation, "teacher_turnover")[:, 0] == 0).all()
    assert (outcome(simulation, "principal_turnover") == 0).all()
    assert (state.district.hires == 0).all()


def test_without_learning_pupils_gain_nothing():
    simulation = run("aligned_pd", ("learning",))
    growth = outcome(simulation, "student_growth")
    assert (growth[np.isfinite(growth)] == 0).all()
    state = simulation.state
    before = state.schools.base_score.copy()
    before[:, 0] += state.schools.lasting_response  # as earlier years left it
    assert state.schools.score == pytest.approx(before)


def test_without_money_nothing_costs():
    simulation = run("small_caseload", ("money",))
    assert (outcome(simulation, "cost_per_student") == 0).all()
    assert (outcome(run("small_caseload"), "cost_per_student") > 0).all()


def test_without_premises_behaviour_and_policies_stay_as_they_were():
    simulation = run("behaviour_reform", ("premises",))
    state, start = simulation.state, cards()["premises"]["start_policies"].value
    assert not state.schools.behaviour.any()
    assert not state.units.behaviour.any()
    assert not state.units.knowledge.any()
    assert (outcome(simulation, "inequitable_policies") == start).all()
    assert (outcome(simulation, "consultations") == 0).all()
    with_premises = run("behaviour_reform")
    assert with_premises.state.schools.behaviour.all()
    assert (outcome(with_premises, "consultations") > 0).all()


def test_without_initiatives_none_is_launched_and_attention_stays():
    simulation = run(Policy("filter", {"office.filter_initiatives": True}), ("initiatives",))
    state, a_month = simulation.state, cards()["initiatives"]["offers_a_year"].value / 13.0
    assert state.district.launched == pytest.approx(a_month)
    assert state.district.attention[0] == 1.0
    found = [
        history(TWELVE, arm, without=("initiatives",)) for arm in ("status_quo", "new_org_chart")
    ]
    assert differences(*found) == []
    assert "hr_service" in differences(
        history(TWELVE, "status_quo"), history(TWELVE, "new_org_chart")
    )


def test_without_planning_no_team_works_and_belief_stays():
    simulation = run("premise_reform", ("planning",))
    state = simulation.state
    assert state.district.project_age[0] == 0  # nobody counts its weeks, so that it never starts
    start = cards()["planning"]["start_belief"].value
    came = state.principals.holder > 0
    assert state.principals.plan_belief[~came] == pytest.approx(start)
    assert (state.units.premise <= cards()["premises"]["start_premise"].value + 1e-9).all()


@pytest.mark.parametrize("switch", switches())
def test_every_single_process_can_be_switched_off_alone(switch):
    simulation = watch(TWELVE, ALL_LEVERS, weeks=60, without=(switch,))
    mechanism, name = switch.split(".")
    assert getattr(simulation._numbers[mechanism], name) == switches()[switch]
    for table in simulation.state.tables().values():
        for column in table.columns():
            if column.name not in ("students_of_color", "believed_quality"):
                assert np.isfinite(getattr(table, column.name)).all(), column.name


def test_all_single_processes_can_be_switched_off_together():
    watch(TWELVE, ALL_LEVERS, weeks=60, without=tuple(switches()))


def test_an_unknown_process_is_refused():
    for name, said in (("assistance.unlern", "assistance.unlearn"), ("premise", "premises")):
        with pytest.raises(SettingError, match=f"Did you mean '{said}'"):
            Simulation(TWELVE, "status_quo", 1, without=(name,))
