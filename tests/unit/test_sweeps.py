"""Sweeps: what is handed out, committed, lost, failed, refused; small real runs in most."""

import errno
import os
from types import SimpleNamespace

import numpy as np
import pytest
from sweeping import Here, experiment, sweep_here, values_of

import districtsim as ds
from districtsim.study import chunks, results, sweeps
from districtsim.study.chunks import Store
from districtsim.study.executors import Ended, run_chunk
from districtsim.study.plan import Plan
from districtsim.world.errors import SettingError

VARY = {"supervision.caseload": [8, 16], "research_use.coach_weeks": [None, 30]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished sweep over levers, and its folder."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    made = experiment(vary=VARY)
    ending = sweep_here(folder, made, executor=Here())
    assert ending.finished
    return made, folder


def test_results_are_those_of_the_runs_alone(whole):
    made, folder = whole
    found = ds.open_results(folder)
    plan = Plan(made)
    assert len(found.runs) == len(plan) == 2 * 4 * 3
    assert found.runs.run.tolist() == list(range(24))
    assert found.runs.run_id.tolist() == [plan.id_of(number) for number in range(24)]
    run = plan.run(17)
    alone = results.collect([(run, *run_chunk([run]).results[0])]).values
    mine = found.values[found.values.run == 17]
    assert mine.value.to_numpy().tobytes() == alone.value.to_numpy().tobytes()
    assert set(mine["supervision.caseload"]) == {run.point["supervision.caseload"]}
    assert found.runs.point.tolist() == [plan.run(number).number for number in range(24)]
    first = found.runs.set_index("run")["research_use.coach_weeks"]
    assert first.isna().tolist() == [plan.run(n).number % 2 == 0 for n in range(24)]


def test_replicates_come_one_after_the_other(whole):
    runs = ds.open_results(whole[1]).runs
    assert runs.replicate.tolist() == [1] * 8 + [2] * 8 + [3] * 8


@pytest.mark.parametrize("size", [1, 5, 24])
def test_how_runs_were_chunked_changes_no_bit(whole, tmp_path, size, monkeypatch):
    made, folder = whole
    monkeypatch.setattr(sweeps.Sweep, "_chunk", lambda self, fresh: take(fresh, size))
    sweep_here(tmp_path / "out", made, executor=Here())
    assert values_of(tmp_path / "out") == values_of(folder)


def test_order_of_chunks_changes_no_bit(whole, tmp_path, monkeypatch):
    made, _ = whole
    monkeypatch.setattr(chunks, "RUNS_A_BLOCK", 5)
    sweep_here(tmp_path / "small", made, executor=Here())
    monkeypatch.setattr(sweeps.Sweep, "_chunk", lambda self, fresh: [fresh.pop()])
    sweep_here(tmp_path / "back", made, executor=Here())
    assert values_of(tmp_path / "small") == values_of(tmp_path / "back")


def take(fresh, size):
    return [fresh.popleft() for _ in range(min(size, len(fresh)))]


def test_half_a_sweep_is_read_as_what_is_there(whole, tmp_path):
    made, folder = whole
    seen = []
    ending = sweep_here(
        tmp_path / "out", made, executor=Here(), on_progress=seen.append,
        asked_to_stop=lambda: len(seen) == 2,
    )  # fmt: skip
    assert ending.stopped
    assert not ending.finished
    found, complete = ds.open_results(tmp_path / "out"), ds.open_results(folder)
    assert not found.finished
    assert complete.finished
    assert 0 < len(found.runs) == ending.progress.done < 24
    same = complete.values[complete.values.run.isin(found.runs.run)]
    assert found.values.value.to_numpy().tobytes() == same.value.to_numpy().tobytes()
    left = Here()
    sweep_here(tmp_path / "out", made, executor=left, resume=True)
    assert sum(map(len, left.chunks)) == 24 - len(found.runs)  # nothing is run twice
    assert values_of(tmp_path / "out") == values_of(folder)


def test_values_without_their_runs_do_not_count(whole, tmp_path):
    store = Store(tmp_path, Plan(whole[0]))
    store.prepare()
    ended = run_chunk([store.plan.run(n) for n in (3, 4)]).results
    store.commit([3, 4], ended)
    store.commit([4, 5], [ended[1], ended[0]])  # a shard too many ran 4 as well
    runs, _ = results.chunk_paths(tmp_path, results.committed(tmp_path)[1])
    assert ds.open_results(tmp_path).runs.run.tolist() == [3, 4, 5]
    assert ds.open_results(tmp_path).values.groupby("run").size().nunique() == 1
    runs.unlink()  # as if killed between the two files
    assert ds.open_results(tmp_path).runs.run.tolist() == [3, 4]
    done, failed = store.done()
    assert np.flatnonzero(done).tolist() == [3, 4]
    assert failed == 0


def test_a_run_that_fails_is_a_row_and_the_others_go_on(tmp_path):
    made = experiment(parameters={"time_use": {"meetings": 0.1}})

    def spoil(runs, ended):
        for place, run in enumerate(runs):
            if (run.policy.name, run.replicate) == ("small", 2):
                from districtsim.study.runs import RunFailed

                ended.results[place] = (RunFailed("ZeroDivisionError: no", "Traceback: all"), 0.1)
        return ended

    ending = sweep_here(tmp_path, made, executor=Here(spoil))
    assert ending.finished
    assert ending.progress.failed == 1
    found = ds.open_results(tmp_path)
    failed = found.failed.iloc[0]
    assert (failed.policy, failed.replicate) == ("small", 2)
    assert failed.error == "ZeroDivisionError: no"
    assert failed.traceback == "Traceback: all"
    assert failed["supervision.caseload"] == 6
    assert failed["time_use.meetings"] == 0.1
    assert failed.run_seed == Plan(made).run(3).as_row()["run_seed"]
    assert failed.run not in set(found.values.run)


def test_a_worker_killed_once_costs_nothing_and_three_times_the_run(tmp_path):
    deaths = []

    def die(runs, ended):
        for place, run in enumerate(runs):
            at = (run.policy.name, run.replicate)
            if at == ("small", 3) or (at == ("usual", 2) and at not in deaths):
                deaths.append(at)
                return Ended(ended.results[:place], killed=True)
        return ended

    ending = sweep_here(tmp_path, experiment(), executor=Here(die))
    assert ending.progress.failed == 1
    failed = ds.open_results(tmp_path).failed
    assert failed[["policy", "replicate"]].values.tolist() == [["small", 3]]
    assert "killed, 3 times" in failed.error.iloc[0]
    assert sorted(deaths) == [("small", 3)] * 3 + [("usual", 2)]


def test_what_is_killed_in_stopping_is_not_held_against_a_run(tmp_path, monkeypatch):
    from collections import Counter
    from concurrent.futures import Future

    class Slow(Here):
        def submit(self, runs):
            future = Future()
            self.chunks.append((runs, future))
            return future

        def kill(self):
            for runs, future in self.chunks:
                if not future.done():
                    future.set_result(Ended(run_chunk(runs[:1]).results, killed=True))

    monkeypatch.setattr(sweeps, "DEATHS", 1)
    monkeypatch.setattr(sweeps, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(sweeps.Sweep, "_chunk", lambda self, fresh: take(fresh, 3))
    asked = iter([False, True])
    ending = sweep_here(tmp_path, experiment(), executor=Slow(), asked_to_stop=lambda: next(asked))
    assert ending.stopped
    assert ending.progress.failed == 0
    found = ds.open_results(tmp_path).runs
    assert Counter(found.status) == {"done": 2}  # of each chunk what had ended


def test_where_it_is_unknown_who_killed_a_worker_each_runs_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeps.Sweep, "_chunk", lambda self, fresh: take(fresh, 6))

    def die(runs, ended):
        guilty = any((run.policy.name, run.replicate) == ("small", 3) for run in runs)
        return Ended([], killed=True, known=False) if guilty else ended

    executor = Here(die)
    ending = sweep_here(tmp_path, experiment(), executor=executor)
    assert ending.progress.failed == 1
    assert [len(chunk) for chunk in executor.chunks] == [6, 1, 1, 1, 1, 1, 1, 1, 1]


def test_workers_with_other_code_are_refused(tmp_path):
    other = Here(lambda runs, ended: Ended(ended.results, version="0.0+other"))
    with pytest.raises(SettingError, match=r"version 0.0\+other") as refused:
        sweep_here(tmp_path, experiment(), executor=other)
    assert len(str(refused.value).splitlines()) <= 3
    assert results.committed(tmp_path) == []
    assert other.killed


def test_a_lost_cluster_leaves_what_was_committed(tmp_path):
    def lose(runs, ended):
        if runs[0].replicate == 3:
            raise ConnectionError("the cluster is gone")
        return ended

    with pytest.raises(OSError, match="gone"):
        sweep_here(tmp_path, experiment(), executor=Here(lose))
    assert len(ds.open_results(tmp_path).runs) > 0
    assert sweep_here(tmp_path, experiment(), executor=Here(), resume=True).finished


@pytest.mark.parametrize("moment", ["values", "runs", "end"])
def test_a_full_disk_damages_nothing(whole, tmp_path, monkeypatch, moment):
    made, folder = whole
    written, real = [], os.fsync

    def full(handle):
        name = os.readlink(f"/proc/self/fd/{handle}")
        if ".tmp" in name:
            written.append(name)
            there = f"/{moment}/" if moment != "end" else "/.values.parquet"
            if there in name and (len(written) > 8 or moment == "end"):
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        sweep_here(tmp_path, made, executor=Here())
    monkeypatch.undo()
    assert not list(tmp_path.rglob("*.tmp"))
    found = ds.open_results(tmp_path)
    assert not found.finished
    assert len(found.runs) >= 3
    sweep_here(tmp_path, made, executor=Here(), resume=True)
    assert values_of(tmp_path) == values_of(folder)


def test_a_sweep_from_python(whole, tmp_path):
    made, folder = whole
    seen = []
    found = ds.sweep(made, tmp_path / "out", workers=1, on_progress=seen.append)
    assert found.finished
    assert values_of(tmp_path / "out") == values_of(folder)
    assert seen[-1].done == 24
    with pytest.raises(SettingError, match="already holds a sweep"):
        ds.sweep(made, tmp_path / "out")


def test_a_finished_sweep_has_nothing_left_to_do(whole):
    made, folder = whole
    executor = Here()
    ending = sweep_here(folder, made, executor=executor, resume=True)
    assert ending.finished
    assert ending.progress.done == 24
    assert executor.chunks == []


def test_chunks_take_about_a_second(monkeypatch):
    work = sweeps.Sweep(SimpleNamespace(rule=None), None, Here())
    from collections import deque

    assert len(work._chunk(deque(range(1000)))) == 1  # nothing is known yet
    work._seconds_a_run = 0.103
    assert len(work._chunk(deque(range(1000)))) == 10
    assert len(work._chunk(deque(range(6)))) == 3  # at the end less, so that nobody waits
    work._seconds_a_run = 1e-9
    assert len(work._chunk(deque(range(10_000)))) == sweeps.MOST_IN_A_CHUNK
