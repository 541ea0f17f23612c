"""The twin notices: an engine with a number that is one per cent off differs from it."""

import pytest

from districtsim.simulation import Simulation
from districtsim.world.parameters import cards

from .columns import largest_differences
from .following import EVERY_LEVER, MANY_LEVERS, small
from .twin import Twin

NOTICED = 1e-8  # ten times what agreement allows
USUAL = (
    "time_use.liaison_hours", "time_use.expiry", "service.decay", "assistance.rate",
    "assistance.build_pace", "supervision.rate", "supervision.forget",
    "supervision.skill_half", "feedback.mixed_messages", "feedback.minutes_half",
    "development.forgetting", "development.principal_error", "learning.persistence",
    "hiring.disparity", "hiring.patience", "hiring.interview_validity", "hiring.subject_spread",
    "feedback.depth_by_leadership", "time_use.assistants_observe",
    "hiring.minutes_per_file", "hiring.upkeep_gap", "turnover.newcomer", "turnover.new_principal",
    "development.off_plan",
    "turnover.supervisor_skill", "money.substitute_day_cost",
)  # fmt: skip
EVERYTHING = (
    "time_use.team_covers", "time_use.project_hours", "time_use.initiative_hours",
    "time_use.school_initiative_hours", "time_use.reorganise_hours", "service.project_owns",
    "service.familiar_pace", "service.case_loss", "assistance.dialogue_moves",
    "assistance.joint_moves", "assistance.supported_by_neighbours", "feedback.shared_alone",
    "feedback.joint_pace", "feedback.acts_at", "initiatives.crowding",
    "initiatives.reorganising_load", "planning.belief_pace", "premises.shift_rate",
    "premises.leads_half", "premises.imagines_cases", "premises.ramp_weeks", "premises.pull",
    "premises.inertia", "premises.train_rate", "premises.relax", "premises.resocialise",
    "premises.premise_carries", "premises.novelty", "premises.knowledge_fade",
    "premises.bias_rate", "premises.refill", "premises.policy_harm", "premises.practice_harm",
    "premises.consultation_hours", "premises.advice", "premises.veto",
    "hiring.disparity_by_behaviour", "money.staff_cost", "money.supervisor_cost",
)  # fmt: skip


def twin_after(schools, policy, weeks):
    twin = Twin(small(schools), policy, 18)
    while twin.week < weeks:
        twin.step()
    return twin


@pytest.fixture(scope="module")
def usual():
    return 4, MANY_LEVERS, 92, twin_after(4, MANY_LEVERS, 92)


@pytest.fixture(scope="module")
def everything():
    return 11, EVERY_LEVER, 96, twin_after(11, EVERY_LEVER, 96)


def seen(run, changed, by):
    """Largest difference of a twin from an engine with one number changed."""
    schools, policy, weeks, twin = run
    mechanism, name = changed.split(".")
    value = cards()[mechanism][name].value * by
    parameters = {mechanism: {name: value}}
    simulation = Simulation(small(schools), policy, 18, parameters=parameters)
    while simulation.week < weeks:
        simulation.step()
    return max(gap[0] for gap in largest_differences(twin, simulation.state).values())


@pytest.mark.parametrize("changed", USUAL)
def test_a_parameter_changed_by_one_per_cent_is_noticed(usual, changed):
    assert seen(usual, changed, 1.01) > NOTICED


@pytest.mark.parametrize("changed", EVERYTHING)
def test_a_parameter_of_the_further_levers_changed_by_one_per_cent_is_noticed(everything, changed):
    assert seen(everything, changed, 1.01) > NOTICED


def test_nothing_is_noticed_where_nothing_is_changed(usual, everything):
    assert seen(usual, "hiring.patience", 1.0) < 1e-9
    assert seen(everything, "premises.veto", 1.0) < 1e-9
