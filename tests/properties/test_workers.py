"""Workers: the same bits whatever the number of processes and the order of the runs."""

import random

import numpy as np
import pytest

from districtsim.study import results
from districtsim.study.designs import Experiment
from districtsim.study.runs import run_all
from districtsim.world.policies import Policy


@pytest.fixture(scope="module")
def runs():
    """Runs of two policies in two districts, enough of them to make workers worth starting."""
    return Experiment(
        "test",
        ({"synthetic": {"schools": 5, "seed": 1}}, {"synthetic": {"schools": 12, "seed": 2}}),
        (Policy("usual"), Policy("small", {"supervision.caseload": 6})),
        years=2,
        replicates=12,
        weekly=("appropriation",),
    ).runs()


@pytest.fixture(scope="module", autouse=True)
def workers_are_worth_it():
    """Start them for any amount of work."""
    patch = pytest.MonkeyPatch()
    patch.setattr("districtsim.study.runs.SECONDS_ALONE", 0.0)
    yield
    patch.undo()


def values(runs, workers):
    return results.collect(run_all(runs, workers=workers, progress=False)).values


@pytest.fixture(scope="module")
def alone(runs):
    return values(runs, 1)


@pytest.mark.parametrize("workers", [2, 3])
def test_number_of_workers_changes_no_bit(runs, alone, workers):
    together = values(runs, workers)
    assert together.value.to_numpy().tobytes() == alone.value.to_numpy().tobytes()
    assert together.equals(alone)


def test_order_of_runs_changes_no_bit(runs, alone):
    shuffled = list(runs)
    random.Random(5).shuffle(shuffled)
    labels = ["district", "policy", "replicate", "outcome", "group", "year", "week"]
    found = values(shuffled, 2).astype({"policy": str, "outcome": str, "group": str})
    expected = alone.astype({"policy": str, "outcome": str, "group": str})
    one, two = (it.sort_values(labels).reset_index(drop=True) for it in (found, expected))
    assert one.value.to_numpy().tobytes() == two.value.to_numpy().tobytes()


def test_a_run_alone_is_the_same_as_among_others(runs, alone):
    last = runs[-1]
    found = values([last], 1).value.to_numpy()
    rows = (
        (alone.policy == last.policy.name)
        & (alone.district == last.district.name)
        & (alone.replicate == last.replicate)
    )
    assert np.array_equal(found, alone[rows].value.to_numpy(), equal_nan=True)
