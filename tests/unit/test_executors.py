"""Executors: processes of this machine: what they give, what a killed one costs, how they stop."""

import os
import signal
import time
from concurrent.futures import wait

import pytest
from sweeping import experiment, sweep_here, values_of

import districtsim as ds
from districtsim.study import executors
from districtsim.study.executors import LocalProcesses, run_chunk
from districtsim.study.plan import Plan
from districtsim.study.runs import RunFailed, code_version


class Says:
    """A stand-in for a run: it fails and says a number, after a while."""

    def __init__(self, number, seconds=0.0):
        self.number, self.seconds = number, seconds

    @property
    def district(self):
        time.sleep(self.seconds)
        raise ValueError(self.number)


class Kills(Says):
    """A stand-in for a run that kills whatever process it runs in."""

    @property
    def district(self):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def two():
    made = LocalProcesses(2)
    yield made
    made.kill()


def numbers(ended):
    assert all(isinstance(failure, RunFailed) for failure, _ in ended.results)
    return [int(str(failure).split()[-1]) for failure, _ in ended.results]


def test_results_come_in_order_with_the_version_that_ran_them(two):
    futures = [two.submit([Says(10 * chunk + i) for i in range(3)]) for chunk in range(5)]
    found = [future.result(timeout=60) for future in futures]
    assert [numbers(ended) for ended in found] == [[10 * c + i for i in range(3)] for c in range(5)]
    assert {ended.version for ended in found} == {code_version()}
    assert not any(ended.killed for ended in found)


def test_a_run_that_kills_its_process_is_known_and_touches_no_other(two):
    first = two.submit([Says(1), Says(2), Kills(3), Says(4)])
    others = [two.submit([Says(10 + i)]) for i in range(4)]
    ended = first.result(timeout=60)
    assert numbers(ended) == [1, 2]
    assert (ended.killed, ended.known) == (True, True)
    assert [numbers(future.result(timeout=60)) for future in others] == [[10], [11], [12], [13]]


def test_a_process_killed_while_idle_is_replaced(two):
    assert numbers(two.submit([Says(1)]).result(timeout=60)) == [1]
    for process in list(two._processes):
        process.kill()
        process.join()
    assert numbers(two.submit([Says(2)]).result(timeout=60)) == [2]


def test_stopping_soon_gives_what_has_ended(two):
    slow = two.submit([Says(1), Says(2, seconds=1.0), Says(3), Says(4)])
    waiting = [two.submit([Says(9, seconds=0.5)] * 50) for _ in range(3)]
    time.sleep(2.0)  # a process takes a moment to start
    two.stop_soon()
    begun = time.monotonic()
    done = wait([slow, *waiting], timeout=30).done
    assert len(done) == 4
    assert time.monotonic() - begun < 5
    assert len(slow.result().results) <= 4
    assert all(len(future.result().results) < 50 for future in waiting)


def test_killing_ends_them_in_the_middle_and_keeps_what_had_ended(two):
    future = two.submit([Says(1), Says(2, seconds=60)])
    time.sleep(2.0)
    begun = time.monotonic()
    two.kill()
    assert numbers(future.result(timeout=10)) in ([1], [])
    assert time.monotonic() - begun < 5
    assert not any(process.is_alive() for process in two._processes)


def test_processes_that_cannot_start_are_an_error_not_a_wait(monkeypatch):
    monkeypatch.setattr(executors, "_work", _leaves_at_once)
    made = LocalProcesses(1)
    with pytest.raises(OSError, match="do not start"):
        made.submit([Says(1)]).result(timeout=60)
    made.kill()


def _leaves_at_once(pipe, stop):
    os._exit(3)


def test_a_chunk_in_this_process():
    ended = run_chunk([Says(4)])
    assert numbers(ended) == [4]
    assert ended.version == code_version()


def test_processes_and_this_process_agree_to_the_bit(tmp_path):
    made = experiment(vary={"supervision.caseload": [8, 16]})
    sweep_here(tmp_path, made, executor=LocalProcesses(2))
    plan = Plan(made)
    ended = run_chunk([plan.run(number) for number in range(len(plan))])
    from districtsim.study.chunks import Store

    (tmp_path / "here").mkdir()
    store = Store(tmp_path / "here", plan)
    store.prepare()
    store.commit(list(range(len(plan))), ended.results)
    store.collect()
    assert values_of(tmp_path) == values_of(tmp_path / "here")
    assert (ds.open_results(tmp_path).runs.seconds > 0).all()
