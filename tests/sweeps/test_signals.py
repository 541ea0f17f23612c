"""Signals: Ctrl-C and SIGTERM stop soon with what has ended committed; a second one aborts."""

import signal
import time

import pytest
from sweeping import PAGE, committed_runs, finish, start, wait_for, workers_of

import districtsim as ds

SECONDS_TO_STOP = 2  # what is promised; starting and ending Python is the machine's
FOR_THE_MACHINE = 3


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "page.yaml"
    path.write_text(PAGE.replace("years: 1", "years: 2") + "replicates: 200\n")
    return path


def stopped(folder, file, number, *options):
    """Seconds until a sweep that was at work has ended, and what it said."""
    process = start(folder, file, "--workers", 2, *options)
    wait_for(lambda: committed_runs(folder) > 2)
    begun = time.monotonic()
    process.send_signal(number)
    _, err = finish(process, 130)
    return time.monotonic() - begun, err, process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_a_signal_stops_soon_and_says_how_to_go_on(tmp_path, file, number):
    folder = tmp_path / "out"
    seconds, err, process = stopped(folder, file, number)
    assert seconds < SECONDS_TO_STOP + FOR_THE_MACHINE
    found = ds.open_results(folder)
    assert not found.finished
    said = f"{len(found.runs):,} of 2,400 runs are committed"
    assert said in err
    assert f"--resume --out {folder}" in err
    assert not workers_of(process)
    assert "Traceback" not in err


def test_a_second_signal_aborts(tmp_path, file, monkeypatch):
    folder = tmp_path / "out"
    process = start(folder, file, "--workers", 2)
    wait_for(lambda: committed_runs(folder) > 0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = finish(process, 130)
    assert "To go on: districtsim sweep" in err
    assert ds.open_results(folder).runs.run.is_unique
