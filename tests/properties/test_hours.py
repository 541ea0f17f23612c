"""Hours: every adult's hours add up to the week's budget, exactly, in every week and every role."""

import numpy as np
import pytest
from hypothesis import given, settings
from random_worlds import SEEDS, districts, policies

from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.parameters import cards
from districtsim.world.policies import Policy
from districtsim.world.schools import Schools
from districtsim.world.state import STAFF_TASKS, TERM_WEEKS, YEAR_WEEKS

TABLES = ("principals", "teachers", "staff", "coaches")
EXACT = 1e-9
TASK = {task: row for row, task in enumerate(STAFF_TASKS)}


class Watched(Simulation):
    """A Simulation whose hours are looked at after every week, the spring before included."""

    def _run_week(self):
        week, here = self.state.week, self.state.teachers.filled.copy()
        super()._run_week()
        hours_add_up(self.state, week)
        empty_posts_have_none(self.state, here)
        budgets_are_those_of_the_cards(self, week, here)
        both_sides_agree(self.state, week)


def hours_add_up(state, week):
    for name in TABLES:
        table = getattr(state, name)
        gap = np.abs(table.hours.sum(axis=0) - table.budget)
        assert gap.max() <= EXACT, f"week {week}: {name} are {gap.max():g} h off"
        least = table.hours.min(axis=1)
        where = f"week {week}: {name}, task {least.argmin()}"
        assert least.min() >= -EXACT, f"{where}: {least.min():g} h"


def empty_posts_have_none(state, here):
    """`here` says which teaching posts were filled when the week was shared out."""
    assert not state.teachers.hours[:, ~here].any()
    for table in (state.staff, state.coaches):
        assert not table.hours[:, ~table.filled].any()
        assert not table.budget[~table.filled].any()


def budgets_are_those_of_the_cards(simulation, week, here):
    state, p = simulation.state, simulation._numbers["time_use"]
    term = week % YEAR_WEEKS < TERM_WEEKS
    principals = p.principal_week if term else p.principal_summer_week
    assert (state.principals.budget == principals).all()
    assert (state.teachers.budget == np.where(here, p.teacher_week if term else 0.0, 0.0)).all()
    staff = state.staff
    cut = p.staff_week * (1.0 - p.office.budget_cut)
    weeks = np.where(
        staff.role <= 2, p.leader_week, np.where(staff.role == 3, p.supervisor_week, cut)
    )
    assert (staff.budget == weeks * staff.filled).all()


def both_sides_agree(state, week):
    """An hour that a supervisor gives is an hour that somebody gets, and the other way round."""
    principals, chart = state.principals, state.chart
    desks = chart.open_desks
    number = desks.stop - desks.start
    got = principals.support + principals.skip_hours
    network = np.zeros(number)
    network[principals.supervisor] = principals.network  # one meeting for all of a desk
    assert (principals.network == network[principals.supervisor]).all()
    given_hours = state.staff.hours[TASK["support"], desks]
    received = np.bincount(principals.supervisor, got, number) + network
    assert given_hours == pytest.approx(received, abs=EXACT), f"support of week {week}"
    staffing = np.bincount(principals.supervisor, principals.fill_in, number)
    assert state.staff.hours[TASK["hiring"], desks] == pytest.approx(staffing, abs=EXACT)


def watch(district, policy, seed=1, weeks=YEAR_WEEKS, **others):
    simulation = Watched(district, policy, seed, **others)
    for _ in range(weeks):
        simulation.step()
    return simulation


@settings(max_examples=60)
@given(policy=policies(), district=districts(), seed=SEEDS)
def test_hours_add_up_under_any_policy(policy, district, seed):
    watch(district, policy, seed, weeks=2 * YEAR_WEEKS)


@pytest.mark.parametrize("name", Policy.names())
def test_hours_add_up_under_the_policies_that_ship(name):
    watch("tacoma", name, weeks=YEAR_WEEKS + 40)  # the coach leaves in week 78


EXTREMES = {
    "as much learning as leaders can have": {
        "research_use.leader_hours": 20,
        "research_use.leader_knowledge": 4,
        "research_use.coach_days": 20,
        "research_use.coach_quality": 1,
        "research_use.coach_builds_leaders": 1,
        "supervision.ild_learning_hours": 8,
    },
    "everything of supervision": {
        "supervision.caseload": 1,
        "supervision.protected_days": 5,
        "supervision.dedicated_share": 1,
        "supervision.networks": "all",
        "supervision.skip_principal": 1,
        "supervision.support": "by_need",
    },
    "one supervisor for all": {
        "supervision.caseload": 60,
        "supervision.protected_days": 5,
        "supervision.networks": "stars",
        "supervision.skip_principal": 0.5,
    },
    "as many PD days as there are": {"pd.days": 15, "pd.allocation": "tiered"},
    "all PD for one subject": {"pd.days": 15, "pd.first_share": 1},
    "as much from outside as there is": {
        "pd.days": 15,
        "pd.first_share": 1,
        "pd.coaching_hours": 2,
        "pd.peer_hours": 2,
        "pd.course_hours": 5,
        "supervision.outside_hours": 4,
        "supervision.networks": "all",
        "supervision.caseload": 1,
        "supervision.protected_days": 5,
        "supervision.skip_principal": 1,
    },
    "all PD by need": {
        "pd.days": 15,
        "pd.allocation": "aligned",
        "pd.data": "teaching_quality",
        "pd.consult_principals": True,
        "research_use.leader_hours": 10,
    },
    "everything that takes the office together": {
        "office.aligned_units": 5,
        "office.cross_functional_teams": True,
        "office.project_management": True,
        "office.filter_initiatives": True,
        "office.reorganise": True,
        "hr.joint_placement": True,
        "equity.premise_hours": 10,
        "equity.training_hours": 40,
        "hr.bias_training_hours": 40,
        "research_use.theory_of_action": "dialogue",
        "research_use.leader_hours": 20,
        "supervision.ild_learning_hours": 8,
    },
    "the same in an office that was cut": {
        "office.budget_cut": 0.25,
        "office.aligned_units": 5,
        "office.cross_functional_teams": True,
        "office.project_management": True,
        "equity.premise_hours": 10,
        "equity.training_hours": 40,
        "office.reorganise": True,
        "supervision.caseload": 60,
        "supervision.protected_days": 5,
    },
    "principals who define, plan and are consulted": {
        "standards.joint": True,
        "planning.improvement_plan": "capacity",
        "pd.consult_principals": True,
        "office.reorganise": True,
        "supervision.networks": "all",
    },
}


@pytest.mark.parametrize("schools", [2, 5, 6, 12])
@pytest.mark.parametrize("levers", EXTREMES.values(), ids=EXTREMES)
def test_hours_add_up_at_the_ends_of_the_ranges(levers, schools):
    watch(District.synthetic(schools, 3), Policy("extreme", levers), weeks=2 * YEAR_WEEKS)


def test_a_small_school_with_the_lowest_scores_has_no_more_hours_than_others():
    """PD by tiers, at its most: a school of one teacher gets several times the mean."""
    schools = Schools.of(
        id=["small", "large", "larger", "largest"],
        name=["Small", "Large", "Larger", "Largest"],
        level=[0, 0, 1, 2],
        enrolment=[12, 600, 900, 1400],
        teachers=[1, 40, 60, 90],
        low_income=[0.95, 0.3, 0.2, 0.1],
    )
    district = District("unequal", "Unequal", "", "", "made by a test", schools)
    for seed in range(4):
        watch(district, Policy("tiers", {"pd.allocation": "tiered", "pd.days": 15}), seed)


@pytest.mark.parametrize(
    ("levers", "ends"),
    [
        ({"supervision.networks": "all", "supervision.skip_principal": 0.4}, 60),
        ({"supervision.networks": "stars", "supervision.skip_principal": 1.0}, 62),
        ({"supervision.caseload": 3, "supervision.networks": "all"}, 61),
        ({"research_use.coach_days": 20, "research_use.leader_hours": 8}, 63),
        ({"office.budget_cut": 0.25, "equity.premise_hours": 10, "office.aligned_units": 4}, 62),
        ({"office.reorganise": True, "office.cross_functional_teams": True}, 61),
    ],
)
def test_hours_add_up_when_a_policy_ends_within_a_term(levers, ends):
    watch(District.synthetic(9, 2), Policy("ends", levers, starts=3, ends=ends), weeks=90)


@pytest.mark.parametrize("end", ["low", "high"])
def test_hours_add_up_at_the_ends_of_uncertain_numbers(end):
    """Every uncertain number of time_use at one end of its range, with leaders who lead a lot."""
    parameters = {
        name: float(card.range[end == "high"])
        for name, card in cards()["time_use"].items()
        if card.role == "uncertain"
    }
    policy = Policy("lead", {"research_use.leader_hours": 12, "research_use.coach_days": 10})
    for schools in (4, 12):
        watch(District.synthetic(schools, 5), policy, parameters={"time_use": parameters})
