"""Runs: seeds, order, failures; the engine is a stand-in here, the real one has its own tests."""

import os
import signal
import sys
import time
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from districtsim.study import runs
from districtsim.study.runs import Run, run_all, run_seed
from districtsim.study.workers import WorkerDied, Workers


class Simulation:
    """Its only outcome is its seed; it fails in a district called 'broken'."""

    def __init__(self, district, policy, seed, *, without=(), parameters=None, weekly=()):
        self.district, self.seed = district, seed

    def run(self, years):
        if self.district.name == "broken":
            raise ZeroDivisionError("nobody to divide by")
        value = np.full((years, 1), float(self.seed % 1000))
        return SimpleNamespace(yearly={"luck": (("all",), value), "other": (("all",), value)},
                               weekly={})  # fmt: skip


@pytest.fixture
def engine(monkeypatch):
    module = ModuleType("districtsim.simulation")
    module.Simulation = Simulation
    monkeypatch.setitem(sys.modules, "districtsim.simulation", module)
    monkeypatch.setattr("districtsim.simulation", module, raising=False)


def a_run(replicate=1, district="here", policy="p", **more):
    return Run(
        district=SimpleNamespace(name=district),
        policy=SimpleNamespace(name=policy, levers={}),
        years=2,
        seed=4,
        replicate=replicate,
        **more,
    )


def test_seed_of_a_replicate_never_changes():
    # by `printf districtsim:1:1 | b2sum -l 64`, read little-endian, without its lowest bit
    assert run_seed(1, 1) == 1056902275897647244


def test_seeds_differ_and_fit_in_63_bits():
    seeds = [run_seed(seed, replicate) for seed in range(100) for replicate in range(1, 101)]
    assert len(set(seeds)) == 10_000
    assert min(seeds) >= 0
    assert max(seeds) < 2**63


def test_arms_share_their_luck(engine):
    finished = list(run_all([a_run(7, policy=p) for p in "ab"], workers=1, progress=False))
    one, two = (history.yearly["luck"][1] for _, history, _ in finished)
    assert (one == two).all()


def test_results_come_in_the_order_of_the_runs(engine):
    given = [a_run(replicate) for replicate in (3, 1, 2)]
    finished = list(run_all(given, workers=1, progress=False))
    assert [run for run, _, _ in finished] == given
    assert all(seconds >= 0 for _, _, seconds in finished)


def test_a_failure_does_not_end_the_others(engine):
    given = [a_run(1, "broken"), a_run(2), a_run(3, "broken")]
    kinds = [type(history) for _, history, _ in run_all(given, workers=1, progress=False)]
    assert kinds == [runs.RunFailed, SimpleNamespace, runs.RunFailed]
    failure = next(iter(run_all(given, workers=1, progress=False)))[1]
    assert str(failure) == "ZeroDivisionError: nobody to divide by"
    assert "Traceback" in failure.details


def test_only_the_outcomes_asked_for_are_kept(engine):
    history, _ = runs.simulate_run(a_run(outcomes=("luck",)))
    assert list(history.yearly) == ["luck"]


def test_no_runs_no_results():
    assert list(run_all([], progress=False)) == []


def test_code_version_says_which_source(monkeypatch):
    number, _, source = runs.code_version().partition("+")
    assert number
    assert len(source) == 8


# -- workers, with functions of this file ----------------------------------------------------------


def square(number):
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def heavy_modules(_):
    heavy = {"mesa", "pandas", "matplotlib", "sacred", "pyarrow", "tqdm", "pytest"}
    return sorted(heavy & set(sys.modules)), os.environ["OMP_NUM_THREADS"]


def sleep(seconds):
    time.sleep(seconds)
    return os.getpid()


@pytest.fixture
def team():
    team = Workers(2)
    yield team
    team.stop()


@pytest.mark.parametrize("size", [1, 3, 50])
def test_workers_keep_the_order(team, size):
    items = list(range(12))
    assert list(team.map(square, items, size)) == [item**2 for item in items]


def test_a_killed_worker_costs_only_the_run_that_killed_it(team):
    found = list(team.map(square, list(range(20)), 4))
    assert isinstance(found.pop(13), WorkerDied)
    assert found == [item**2 for item in range(20) if item != 13]
    assert list(team.map(square, [2, 3], 1)) == [4, 9]


def test_workers_start_without_what_the_script_imports(team):
    loaded, threads = next(iter(team.map(heavy_modules, [0], 1)))
    assert set(loaded) <= {"pytest"}  # only because the function lives in a test file
    assert threads == "1"


def test_stopping_does_not_wait_for_long_runs(team):
    results = team.map(sleep, [0.01, *[30] * 20], 1)
    next(results)
    begun = time.monotonic()
    team.stop()
    assert time.monotonic() - begun < 2
