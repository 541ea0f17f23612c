"""Sweeps and their records: statuses, metrics, invocations, databases."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from districtsim.cli import main
from districtsim.record import reading
from districtsim.study.results import open_results

SMALL = """
title: A trial
districts: [{synthetic: {schools: 3, seed: 1}}]
policies: [status_quo, leader_led]
vary: {supervision.caseload: [6, 12]}
years: 1
replicates: REPLICATES
seed: 4
weekly: [support_hours]
"""


def experiment(folder, replicates):
    path = folder / "trial.yaml"
    path.write_text(SMALL.replace("REPLICATES", str(replicates)))
    return path


def start(folder, *words, until="chunks/runs/*.parquet"):
    """A sweep of some minutes in a process of its own, once a file is there."""
    script = "import sys; from districtsim.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "sweep", "trial.yaml", "--workers", "1", *words],
        cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(folder.glob(f"results/trial/1/{until}")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, "INTERRUPTED"), (signal.SIGTERM, "TERMINATED")]
)
def test_a_stopped_sweep_says_so_and_a_resumed_one_has_a_record_of_its_own(
    tmp_path, monkeypatch, capsys, number, status
):
    experiment(tmp_path, 5000)
    process = start(tmp_path)
    home = tmp_path / "results" / "trial" / "1"
    assert reading.read(home).status == "RUNNING"
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 130
    record = reading.read(home)
    assert record.status == status
    done = record.info["runs"]
    assert record.metrics["runs_done"]["values"][-1] == done == len(open_results(home).runs)
    before = (home / "run.json").read_bytes()
    process = start(tmp_path, "--resume", until="invocations/1/run.json")
    process.kill()
    process.wait(timeout=30)
    assert (home / "run.json").read_bytes() == before
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["run"], row["status"]) for row in rows] == [
        ("trial/1", status),
        ("trial/1/invocations/1", "DIED"),
    ]


def test_a_second_ctrl_c_at_once_leaves_no_record_running(tmp_path):
    experiment(tmp_path, 5000)
    process = start(tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.03)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    # where the second finds Python already leaving, it dies of it: a shell calls both 130
    assert process.returncode in (130, -signal.SIGINT)
    assert reading.read(tmp_path / "results" / "trial" / "1").status == "INTERRUPTED"


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A finished sweep of 12 runs, told to an SQLite file as well."""
    folder = tmp_path_factory.mktemp("swept")
    experiment(folder, 3)
    before = Path.cwd()
    os.chdir(folder)
    try:
        words = ["sweep", "trial.yaml", "--workers", "1", "--observe", "sqlite:///team.db"]
        assert main(words) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def say(swept, monkeypatch, capsys):
    """Run a command in that folder; gives (exit code, standard output, standard error)."""
    monkeypatch.chdir(swept)

    def run(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def test_a_sweep_is_one_sacred_run_with_metrics_and_headline_outcomes(swept, say):
    record = reading.read(swept / "results" / "trial" / "1")
    assert record.status == "COMPLETED"
    assert record.entry["result"] == {"runs": 12, "failed": 0, "finished": True}
    assert record.metrics["runs_done"]["values"][-1] == 12
    values = open_results(record.folder).values
    mine = values[(values.policy == "leader_led") & (values.outcome == "appropriation")]
    mine = mine[(mine.group == "all") & mine.week.isna()]
    (told,) = record.metrics["leader_led: appropriation"]["values"]
    assert told == pytest.approx(mine["value"].mean(), rel=1e-12)
    assert set(record.info["tables"]) == {"runs.parquet", "values.parquet"}
    rows = json.loads(say("runs", "list", "--observe", "sqlite:///team.db", "--json")[1])
    assert [(row["run"], row["status"], row["runs"]) for row in rows] == [
        (record.meta["run_id"], "COMPLETED", 12)
    ]


def test_sweeps_from_python_are_recorded_as_well(tmp_path):
    import districtsim as ds

    asked = ds.Experiment.load(experiment(tmp_path, 1))
    found = ds.sweep(asked, tmp_path / "out", workers=1)
    ds.sweep(asked, tmp_path / "out", workers=1, resume=True)
    for place in (tmp_path / "out", tmp_path / "out" / "invocations" / "1"):
        record = reading.read(place)
        assert (record.status, record.entry["command"]) == ("COMPLETED", "sweep")
        assert record.info["runs"] == len(found.runs) == 4


def test_a_field_study_is_recorded_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["study", "blank", "--repetitions", "2", "--workers", "1"]) == 0
    record = reading.read(tmp_path / "results" / "study" / "blank" / "1")
    assert (record.status, record.entry["command"]) == ("COMPLETED", "study")
    assert record.config == {"repetitions": 2, "seed": 1, "sizes": []}
    assert "figures/estimates.png" in record.entry["artifacts"]


def test_a_wrong_address_is_refused_before_a_folder_is_made(tmp_path, monkeypatch, capsys):
    experiment(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "trial.yaml", "--observe", "team"]) == 2
    assert "not the address of a database" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
