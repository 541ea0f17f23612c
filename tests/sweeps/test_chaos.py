"""Chaos: kills at random moments lose nothing, run nothing twice and change no bit."""

import random
import time
from collections import Counter

import pyarrow.parquet
import pytest
from sweeping import (
    PAGE,
    committed_runs,
    finish,
    kill,
    start,
    values_of,
    wait_for,
    workers_of,
)

import districtsim as ds
from districtsim.study.results import committed

KILLS, OF_MAIN = 30, 6
BOUND = 240  # seconds for all of it, on a machine that does other things too
REPLICATES = 16


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The experiment, and the bytes of its values from a sweep that nothing disturbed."""
    folder = tmp_path_factory.mktemp("chaos")
    file = folder / "page.yaml"
    file.write_text(PAGE + f"replicates: {REPLICATES}\n")
    out, _ = finish(start(folder / "whole", file, "--workers", 2))
    assert "192 runs, 0 failed" in out
    return file, values_of(folder / "whole")


def test_thirty_kills_at_random_moments(whole, tmp_path, record_property):
    file, undisturbed = whole
    chance, begun = random.Random(20261125), time.monotonic()
    whom = ["main"] * OF_MAIN + ["worker"] * (KILLS - OF_MAIN)
    chance.shuffle(whom)
    kills, sweeps = Counter(), 0
    while whom:  # a sweep that ends before all kills have been made is checked; then another
        folder, sweeps = tmp_path / f"sweep{sweeps}", sweeps + 1
        while not disturbed_until_it_ends(folder, file, whom, chance, kills):
            check_what_is_there(folder)
        assert values_of(folder) == undisturbed
        assert not (folder / "chunks").exists()
        assert (ds.open_results(folder).runs.status == "done").all()
    seconds = time.monotonic() - begun
    assert kills.total() == KILLS
    assert seconds < BOUND
    record_property("measured", f"chaos: {dict(kills)} kills, {sweeps} sweeps, {seconds:.0f} s")


def disturbed_until_it_ends(folder, file, whom, chance, kills):
    """One session; True if it ended by itself, False if the main process was killed."""
    process = start(folder, file, "--workers", 2, "--resume")
    wait_for(lambda: workers_of(process) or process.poll() is not None)
    seen = committed_runs(folder)
    while whom and process.poll() is None:
        time.sleep(chance.uniform(0.05, 0.9))
        workers = workers_of(process) if committed_runs(folder) > seen else []
        if whom[-1] == "main" and process.poll() is None:
            kill(process.pid)
            process.communicate(timeout=30)
            kills[whom.pop()] += 1
            return False
        if whom[-1] == "worker" and workers and kill(chance.choice(workers)):
            kills[whom.pop()] += 1
            seen = committed_runs(folder)  # the next when it has got over this one
    finish(process)
    return True


def check_what_is_there(folder):
    """Half a sweep can be read, and holds no run twice."""
    keys = committed(folder)
    if not keys:
        return
    runs = [
        number
        for key in keys
        for number in pyarrow.parquet.read_table(folder / f"chunks/runs/{key}.parquet")["run"]
    ]
    assert len(set(runs)) == len(runs)
    found = ds.open_results(folder)
    if not found.finished:
        assert len(found.runs) == len(runs)
        assert set(found.values.run) == set(found.runs.run)
        assert found.values.groupby("run").size().nunique() == 1
