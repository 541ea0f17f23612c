"""Plan: numbers and names of runs."""

import pytest
from sweeping import experiment

from districtsim.study.designs import Experiment
from districtsim.study.plan import Plan
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy

VARY = {"supervision.caseload": [8, 16], "research_use.coach_weeks": [None, 30]}


def test_names_of_runs_do_not_change():
    """The same on every machine and in later versions: people cite them."""
    plan = Plan(experiment(policies=[Policy("usual")], replicates=2))
    assert [plan.id_of(number) for number in range(2)] == NAMES


NAMES = ["d563bcabf39d7f70", "e8ef0c124710bb39"]


def test_a_run_has_one_name_whatever_else_is_in_the_sweep():
    few = Plan(experiment(replicates=2))
    more = Plan(experiment(policies=[Policy("new"), Policy("usual")], replicates=9))
    assert few.id_of(0) == more.id_of(1)
    names = [more.id_of(number) for number in range(len(more))]
    assert len(set(names)) == len(more)


def test_every_run_of_an_experiment_has_its_number():
    made = experiment(vary=VARY, equal_budget="pd.days", replicates=2)
    plan = Plan(made)
    assert plan.cells == 2 * 4 * 2

    def key(run):
        return run.policy.name, run.replicate, run.number, run.point["budget"]

    assert sorted(key(plan.run(n)) for n in range(len(plan))) == sorted(map(key, made.runs()))


def test_a_budget_that_cannot_be_met_is_refused_before_anything_runs():
    made = Experiment.load("caseload").replaced(
        districts=("tacoma",), vary={"supervision.caseload": [16, 1]}, replicates=1
    )
    with pytest.raises(SettingError, match="equal_budget"):
        Plan(made).check()
