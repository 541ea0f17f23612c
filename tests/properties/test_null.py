"""Null: a policy that sets nothing changes nothing, to the last bit; every lever does something."""

import numpy as np
import pytest
from same_bits import differences, history

from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.parameters import levers
from districtsim.world.policies import Policy
from districtsim.world.state import COACH_TASKS

YEARS, WEEKS = 2, 104
STATUS_QUO = {name: card.value for name, card in levers().items()}
DISTRICTS = {
    "tacoma": District.load("tacoma"),
    "pomeroy": District.load("pomeroy"),
    "twelve": District.synthetic(12, 5),
}
# something else than the status quo for every lever, strong enough to be seen
OTHER = {
    "research_use.leader_hours": 6,
    "research_use.leader_knowledge": 3,
    "research_use.coach_days": 12,
    "research_use.coach_quality": 1,
    "research_use.coach_builds_leaders": 0.9,
    "research_use.coach_weeks": 20,
    "research_use.theory_of_action": "dialogue",
    "supervision.caseload": 4,
    "supervision.dedicated_share": 0.9,
    "supervision.protected_days": 3,
    "supervision.time_checks": True,
    "supervision.stance": "teaching",
    "supervision.support": "even",
    "supervision.networks": "all",
    "supervision.skip_principal": 0.5,
    "supervision.ild_learning_hours": 6,
    "supervision.evaluation_by": "system",
    "pd.allocation": "aligned",
    "pd.days": 9,
    "pd.first_share": 0.2,
    "pd.first_subject": "science",
    "pd.data": "teaching_quality",
    "pd.consult_principals": True,
    "standards.elements": 8,
    "standards.joint": True,
    "hr.screening": "performance_task",
    "hr.case_management": True,
    "hr.automation": True,
    "hr.joint_placement": True,
    "hr.move_principals": True,
    "hr.ild_fill_in": False,
    "hr.bias_training_hours": 20,
    "operations.scorecard": True,
    "office.reorganise": True,
    "office.cross_functional_teams": True,
    "office.filter_initiatives": True,
    "office.aligned_units": 3,
    "office.budget_cut": 0.2,
    "office.project_management": True,
    "equity.training_hours": 20,
    "equity.officer": "decides",
    "equity.policy_review": 20,
    "equity.premise_hours": 4,
    "equity.research_cases": True,
    "equity.planning_years": 5,
    "planning.improvement_plan": "capacity",
    "pd.coaching_hours": 1,
    "pd.coaching_subject": "science",
    "pd.peer_hours": 1,
    "pd.course_hours": 2,
    "pd.course_subject": "ela",
    "supervision.outside_hours": 2,
    "hr.replace_teachers": 0.2,
    "hr.replace_principals": 0.3,
    "hr.replace_by": "chance",
}
# levers that matter only where another one is set
NEEDS = {
    "research_use.coach_quality": {"research_use.coach_days": 12},
    "research_use.coach_builds_leaders": {"research_use.coach_days": 12},
    "research_use.coach_weeks": {"research_use.coach_days": 12},
    "pd.data": {"pd.allocation": "aligned"},
    "pd.consult_principals": {"pd.allocation": "aligned"},
    "pd.coaching_subject": {"pd.coaching_hours": 1},
    "pd.course_subject": {"pd.course_hours": 2},
    "hr.replace_by": {"hr.replace_principals": 0.3},
    "equity.research_cases": {"equity.premise_hours": 8, "research_use.leader_hours": 6},
    "equity.planning_years": {"equity.premise_hours": 8},
}
# mechanism: levers that no other reads
READ_BY = {
    "assistance": ["research_use.leader_knowledge", "research_use.coach_quality"],
    "supervision": ["supervision.stance"],
    "feedback": ["standards.elements", "pd.coaching_subject"],
    "premises": [
        "equity.officer",
        "equity.policy_review",
        "equity.research_cases",
    ],
    "planning": ["equity.planning_years"],
    "development": [
        "pd.allocation",
        "pd.first_share",
        "pd.first_subject",
        "pd.data",
        "pd.consult_principals",
        "pd.course_subject",
    ],
    "hiring": ["hr.screening"],
    "turnover": ["hr.move_principals", "hr.replace_teachers", "hr.replace_principals"],
    "service": ["operations.scorecard", "hr.case_management"],
    "time_use": [
        "supervision.dedicated_share",
        "supervision.protected_days",
        "supervision.time_checks",
        "supervision.support",
        "supervision.skip_principal",
        "supervision.evaluation_by",
        "research_use.coach_builds_leaders",
        "hr.automation",
        "hr.ild_fill_in",
    ],
}


@pytest.fixture(scope="module")
def usual():
    return {name: history(district, "status_quo") for name, district in DISTRICTS.items()}


NOTHING = {
    "sets nothing": Policy("nothing", {}),
    "starts later": Policy("nothing", {}, starts=52),
    "starts within a month": Policy("nothing", {}, starts=7),
    "ends within a month": Policy("nothing", {}, ends=61),
    "sets every lever as it is": Policy("nothing", STATUS_QUO),
    "sets every lever as it is, for a while": Policy("nothing", STATUS_QUO, starts=8, ends=64),
    "sets every lever as it is, within a month": Policy("nothing", STATUS_QUO, starts=9, ends=66),
    "sets schools' levers as they are": Policy(
        "nothing",
        {"pd.days": 6, "standards.elements": 30},
        where={"low_income": [0.5, 1.0]},
    ),
    "sets levers of no school": Policy(
        "nothing", {"pd.days": 12, "standards.elements": 5}, where={"enrolment": [1e7, 1e8]}
    ),
    "is no coach who leaves": Policy("nothing", {"research_use.coach_weeks": 30}),
    "is no coach, excellent": Policy(
        "nothing", {"research_use.coach_quality": 1, "research_use.coach_builds_leaders": 1}
    ),
}


@pytest.mark.parametrize("district", DISTRICTS)
@pytest.mark.parametrize("policy", NOTHING.values(), ids=NOTHING)
def test_a_policy_that_sets_nothing_changes_nothing(policy, district, usual):
    assert differences(usual[district], history(DISTRICTS[district], policy)) == []


def test_status_quo_values_are_those_this_test_takes_for_granted():
    assert STATUS_QUO["pd.days"] == 6
    assert STATUS_QUO["standards.elements"] == 30
    assert STATUS_QUO["research_use.coach_days"] == 0


@pytest.mark.parametrize("name", OTHER)
def test_a_policy_that_starts_after_the_end_changes_nothing(name, usual):
    policy = Policy("later", {name: OTHER[name], **NEEDS.get(name, {})}, starts=WEEKS)
    assert differences(usual["twelve"], history(DISTRICTS["twelve"], policy)) == []


def test_all_levers_after_the_end_change_nothing(usual):
    policy = Policy("later", OTHER, starts=WEEKS)
    for name, district in DISTRICTS.items():
        assert differences(usual[name], history(district, policy)) == [], name


def test_the_table_of_other_values_has_every_lever():
    assert set(OTHER) == set(levers())
    for name, value in OTHER.items():
        assert value != STATUS_QUO[name]


@pytest.mark.parametrize("name", OTHER)
def test_every_lever_does_something(name):
    before = Policy("before", NEEDS.get(name, {}))
    after = before.replaced({name: OTHER[name]})
    twelve = DISTRICTS["twelve"]
    seeds = range(1, 9)  # a review that drops the work is a matter of chance
    assert any(differences(history(twelve, before, s), history(twelve, after, s)) for s in seeds)


@pytest.mark.parametrize(
    ("mechanism", "name"),
    [(mechanism, name) for mechanism, names in READ_BY.items() for name in names],
)
def test_a_lever_of_a_mechanism_that_is_off_changes_nothing(mechanism, name):
    without = (mechanism,)
    needed = Policy("before", NEEDS.get(name, {}))
    levered = needed.replaced({name: OTHER[name]})
    found = [history(DISTRICTS["twelve"], policy, without=without) for policy in (needed, levered)]
    assert differences(*found) == []


def after_the_end(levers_set, ends, weeks):
    district = District.synthetic(20, 3)
    policies = (Policy("usual", {}), Policy("ends", levers_set, starts=2, ends=ends))
    simulations = [Simulation(district, policy, 4) for policy in policies]
    for simulation in simulations:
        for _ in range(weeks):
            simulation.step()
    return [simulation.state for simulation in simulations]


@pytest.mark.parametrize("ends", [60, 61])  # the first week of a month, and another
def test_when_a_policy_ends_its_levers_are_let_go(ends):
    usual, ended = after_the_end(OTHER, ends, weeks=64)  # to the end of the next month
    assert (ended.principals.network == 0).all()
    assert (ended.principals.skip_hours == 0).all()
    assert not ended.coaches.filled.any()
    assert not ended.coaches.hours.any()
    assert ended.coaches.hours.shape[0] == len(COACH_TASKS)
    assert ended.district.caseload[0] == usual.district.caseload[0]
    assert (ended.principals.supervisor == usual.principals.supervisor).all()
    desks = [state.chart.open_desks for state in (usual, ended)]
    assert desks[0].stop - desks[0].start == desks[1].stop - desks[1].start
    assert ended.staff.filled.sum() == usual.staff.filled.sum()


def test_when_a_policy_ends_its_costs_end():
    usual, ended = after_the_end(OTHER, 52, weeks=WEEKS)  # a year without it
    assert ended.district.cost[0] == pytest.approx(usual.district.cost[0])


def test_when_a_policy_ends_pd_is_as_planned_before():
    usual, ended = after_the_end({"pd.days": 12}, 52, weeks=WEEKS)
    assert ended.district.pd_hours[0] == pytest.approx(usual.district.pd_hours[0], rel=0.02)


def test_an_earlier_past_is_shared():
    """Until a policy starts, nobody can tell that it will."""
    twelve = DISTRICTS["twelve"]
    weekly = ("time_use", "support_hours", "appropriation")
    usual = history(twelve, "status_quo", weekly=weekly)
    later = history(twelve, Policy("later", OTHER, starts=60), weekly=weekly)
    for name in weekly:
        groups, values = usual.weekly[name]
        others, found = later.weekly[name]
        assert others == groups
        assert np.array_equal(found[:60], values[:60], equal_nan=True), name
