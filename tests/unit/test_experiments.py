"""Experiments: the Sacred scripts, run as people run them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from districtsim.world.district import District

ROOT = Path(__file__).resolve().parents[2]


def run(folder, script, *words):
    command = [sys.executable, str(ROOT / "experiments" / f"{script}.py"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One small run of the PD experiment: (the folder it ran in, what it said)."""
    folder = tmp_path_factory.mktemp("experiment")
    District.synthetic(schools=2, seed=1).save(folder / "tiny.yaml")
    words = ("-O", "sqlite:///team.db")
    words += ("with", "replicates=2", "years=1", "district=tiny.yaml", "workers=1")
    return folder, run(folder, "pd_allocation", *words)


def test_a_run_folder_holds_everything(done):
    folder, process = done
    assert process.returncode == 0, process.stderr
    one = folder / "results" / "pd_allocation" / "1"
    names = {path.name for path in one.iterdir()}
    assert names >= {
        "config.json", "run.json", "cout.txt", "metrics.json", "git.json", "environment.json",
        "runs.parquet", "values.parquet", "figures",
    }  # fmt: skip
    assert (one / "figures" / "pd_allocation.png").stat().st_size > 1000
    assert not [name for name in names if name.endswith(".tmp")]


def test_the_folder_records_what_was_run(done):
    one = done[0] / "results" / "pd_allocation" / "1"
    record = json.loads((one / "run.json").read_text())
    assert record["status"] == "COMPLETED"
    assert record["experiment"]["mainfile"] == "experiments/pd_allocation.py"
    kept = {name for name, _ in record["experiment"]["sources"]}
    assert {"src/districtsim/simulation.py", "configs/experiments/pd_allocation.yaml"} <= kept
    config = json.loads((one / "config.json").read_text())
    assert config["districts"] == ["tiny.yaml"]
    assert (config["replicates"], config["years"], config["seed"]) == (2, 1, 1)


def test_metrics_and_artefacts_are_recorded_and_a_database_is_told(done):
    import sqlite3

    one = done[0] / "results" / "pd_allocation" / "1"
    metrics = json.loads((one / "metrics.json").read_text())
    assert metrics["runs_done"]["values"][-1] == 6
    assert {"runs_failed", "runs_per_s", "aligned_pd", "tiered_pd"} <= set(metrics)
    record = json.loads((one / "run.json").read_text())
    assert {"figures/pd_allocation.png", "report.html"} <= set(record["artifacts"])
    with sqlite3.connect(done[0] / "team.db") as database:
        told = database.execute("SELECT run_id, status FROM run").fetchall()
    assert told == [(record["meta"]["run_id"], "COMPLETED")]


def test_results_are_those_of_the_same_experiment_without_sacred(done):
    import districtsim as ds

    district = ds.District.load(done[0] / "tiny.yaml")
    plain = ds.Experiment.load("pd_allocation").replaced(
        districts=[district], replicates=2, years=1
    )
    from districtsim.study.results import collect
    from districtsim.study.runs import run_all

    values = collect(run_all(plain.runs(), workers=1, progress=False)).values
    stored = ds.open_results(done[0] / "results" / "pd_allocation" / "1").values
    assert stored.value.to_numpy().tobytes() == values.value.to_numpy().tobytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("with", "replicats=5"), "Did you mean 'replicates'?"),
        (("with", "years=abc"), "years is 'abc'"),
        (("with", "vary.supervision.caselod=[8]"), "Did you mean 'supervision.caseload'?"),
        (("with", "district=seatle"), "Did you mean 'seattle'?"),
        (("replicates=5",), "with replicates=50"),
        (("-O", "team", "with", "years=1"), "not the address of a database"),
    ],
)
def test_mistakes_are_refused_before_a_folder_is_made(tmp_path, words, said):
    process = run(tmp_path, "caseload", *words)
    assert process.returncode == 2
    assert said in process.stderr
    assert 1 <= len(process.stderr.splitlines()) <= 3
    assert list(tmp_path.iterdir()) == []


def test_sacred_works_without_setuptools_and_with_later_pythons():
    script = (
        "import sys, pkgutil; sys.modules['pkg_resources'] = None; del pkgutil.find_loader\n"
        f"sys.path.insert(0, {str(ROOT / 'experiments')!r})\n"
        "import caseload; print(caseload.ex.path)"
    )
    process = subprocess.run([sys.executable, "-W", "ignore", "-c", script],
                             capture_output=True, text=True)  # fmt: skip
    assert process.stdout.strip() == "caseload", process.stderr
