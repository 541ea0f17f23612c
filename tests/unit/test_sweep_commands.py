"""Sweep commands: what `sweep`, `run --replay` and `bench sweep` print, write and refuse."""

import json
import shutil
from types import SimpleNamespace

import pytest
from sweeping import PAGE

import districtsim as ds
from districtsim.cli import main, sweeps
from districtsim.study.sweeps import Progress


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished sweep by the command, its experiment and folder."""
    folder = tmp_path_factory.mktemp("sweep")
    file = folder / "page.yaml"
    file.write_text(PAGE + "replicates: 2\n")
    assert main(["sweep", str(file), "--workers", "2", "--out", str(folder / "out")]) == 0
    return file, folder / "out"


@pytest.fixture
def desk(tmp_path, monkeypatch, made):
    """An empty folder to work in, with the experiment's file."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(made[0], tmp_path / "page.yaml")
    return tmp_path


def test_a_sweep_without_a_folder_gets_the_next_one_and_resumes_the_last(desk, capsys):
    assert main(["sweep", "page.yaml", "--workers", "1"]) == 0
    printed = capsys.readouterr().out
    assert "24 runs, 0 failed" in printed
    assert "results/page/1/values.parquet" in printed
    assert main(["sweep", "page.yaml", "--resume", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["folder"] == "results/page/1"
    assert (said["done"], said["runs"], said["replicates"]) == (24, 24, 2)
    assert said["finished"]
    assert not (desk / "results/page/2").exists()


def test_a_dry_run_counts_and_estimates_and_writes_nothing(desk, capsys):
    assert main(["sweep", "page.yaml", "--dry-run", "--workers", "3"]) == 0
    printed = capsys.readouterr().out
    assert "6 points, 12 cells, 2 replicates\n24 runs\n" in printed
    assert "with 3 workers" in printed
    assert {path.name for path in desk.iterdir()} == {"page.yaml"}
    assert main(["sweep", "page.yaml", "--dry-run", "--workers", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["seconds"] == pytest.approx(24 * found["seconds_a_run"] / 3)
    assert found["runs"] == 24


def test_an_estimate_of_disk_is_near_what_is_written(made, capsys):
    file, folder = made
    assert main(["sweep", str(file), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    written = sum((folder / f"{name}.parquet").stat().st_size for name in ("runs", "values"))
    assert written / 3 < found["bytes"] < written * 3


def test_one_run_alone_again(made, desk, capsys):
    folder = made[1]
    run_id = ds.open_results(folder).runs.run_id[17]
    assert main(["run", "--replay", run_id, "--from", str(folder), "--out", "alone"]) == 0
    printed = capsys.readouterr().out
    assert "numbers agree with those stored, to the bit" in printed
    assert "time_use.meetings=" in printed
    alone = ds.open_results("alone")
    assert alone.runs.run_id.tolist() == [run_id]
    assert main(["run", "--replay", run_id, "--from", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == run_id


def test_a_replay_finds_its_sweep_and_says_where_it_differs(made, desk, capsys):
    shutil.copytree(made[1], desk / "results/page/1")
    run_id = ds.open_results("results/page/1").runs.run_id[5]
    assert main(["run", "--replay", run_id]) == 0
    capsys.readouterr()
    spoil(desk / "results/page/1/values.parquet", run=5)
    assert main(["run", "--replay", run_id]) == 1
    assert "1 of " in capsys.readouterr().out


def spoil(path, run):
    """Change one number of one run in the last place."""
    import numpy as np
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    values = table["value"].to_numpy().copy()
    there = np.flatnonzero((table["run"].to_numpy() == run) & np.isfinite(values))[0]
    values[there] = np.nextafter(values[there], np.inf)
    column = table.schema.get_field_index("value")
    pyarrow.parquet.write_table(table.set_column(column, "value", pyarrow.array(values)), path)


def test_a_sweep_with_failures_says_how_to_see_one_again(desk, capsys, monkeypatch):
    from districtsim.study import executors, runs

    def attempt(run):
        if run.replicate == 2 and run.policy.name == "leader_led":
            return runs.RunFailed("ZeroDivisionError: nobody", "Traceback: here"), 0.1
        return runs.attempt(run)

    class Here(executors.Executor):
        count = window = 1

        def __init__(self, count):
            pass

        def submit(self, given):
            future = executors.Future()
            future.set_result(executors.Ended([attempt(run) for run in given]))
            return future

        def kill(self):
            pass

    monkeypatch.setattr(executors, "LocalProcesses", Here)
    assert main(["sweep", "page.yaml", "--out", "out"]) == 1
    err = capsys.readouterr().err
    assert "6 runs failed; the first: ZeroDivisionError: nobody" in err
    command = err.splitlines()[1].split("districtsim ")[1].split()
    assert main(command) == 1  # it does not fail here: stored and found differ
    printed = capsys.readouterr().out
    assert "stored as failed" in printed
    failed = ds.open_results("out").failed
    assert len(failed) == 6
    assert set(failed.traceback) == {"Traceback: here"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nothing.yaml"], "no such file"),
        (["page.yaml", "--workers", "0"], "--workers is 0"),
        (["page.yaml", "--shard", "5/4", "--out", "x"], "--shard 5/4 is 5"),
        (["page.yaml", "--shard", "1", "--out", "x"], "i/n"),
        (["page.yaml", "--shard", "1/2"], "--out"),
        (["page.yaml", "--cluster", "x.json", "--workers", "2"], "the cluster says how many"),
        (["page.yaml", "--cluster", "x.json"], "no such file"),
        (["page.yaml", "--cluster", "tls://h:1", "--tls-ca", "x.pem"], "--tls-ca x.pem: no such"),
        (["page.yaml", "--resum"], "Did you mean '--resume'"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_made(desk, capsys, options, said):
    assert main(["sweep", *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) <= 3
    assert not (desk / "x").exists()
    assert not list(desk.glob("results/*/*"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name a POLICY"),
        (["--replay", "abc"], "no sweep below results has this run"),
        (["--replay", "abc", "--from", "nowhere"], "has no experiment.json"),
    ],
)
def test_replays_of_nothing_are_refused(desk, capsys, options, said):
    assert main(["run", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_name_of_no_run_gets_the_nearest(made, desk, capsys):
    run_id = ds.open_results(made[1]).runs.run_id[3]
    assert main(["run", "--replay", run_id[:-1] + "x", "--from", str(made[1])]) == 2
    assert f"Did you mean '{run_id}'" in capsys.readouterr().err


def test_progress_is_live_on_a_screen_and_quiet_elsewhere(monkeypatch, capsys):
    moment = [0.0]
    monkeypatch.setattr(sweeps.time, "monotonic", lambda: moment[0])
    bar = sweeps._Bar("there")
    for second in range(200):
        moment[0] = float(second)
        bar.show(Progress(second, 1, 400, 1.0, 400.0 - second))
    bar.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "61 of 400 runs, 1.00 runs/s, 5 min 39 s left, 1 failed; readable in there",
        "122 of 400 runs, 1.00 runs/s, 4 min 38 s left, 1 failed; readable in there",
        "183 of 400 runs, 1.00 runs/s, 3 min 37 s left, 1 failed; readable in there",
    ]
    monkeypatch.setattr(sweeps.sys, "stderr", Screen())
    bar = sweeps._Bar("there")
    moment[0] += 3
    bar.show(Progress(50, 0, 200, 25.0, 6.0))
    assert "Partial results can be read in there" in sweeps.sys.stderr.text
    assert "25%" in sweeps.sys.stderr.text
    assert "50/200 runs" in sweeps.sys.stderr.text
    assert "25.0 runs/s, 6 s left" in sweeps.sys.stderr.text
    bar.close()


class Screen(SimpleNamespace):
    """Standard error of a terminal, that keeps what it shows."""

    encoding = "utf-8"

    def __init__(self):
        super().__init__(text="")

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def fileno(self):
        raise OSError


@pytest.mark.parametrize(
    ("seconds", "said"), [(12.4, "12 s"), (200, "3 min 20 s"), (18_600, "5 h 10 min")]
)
def test_durations_as_people_say_them(seconds, said):
    assert sweeps.duration(seconds) == said


def test_bench_of_sweeps(monkeypatch, capsys):
    from districtsim import bench_sweeps

    monkeypatch.setattr(bench_sweeps, "SCHOOLS", 2)
    monkeypatch.setattr(bench_sweeps, "YEARS", 1)
    monkeypatch.setattr(bench_sweeps, "_in_process", lambda call: eval(call, vars(bench_sweeps)))
    monkeypatch.setattr(bench_sweeps, "ALONE", 10)
    assert main(["bench", "sweep", "--runs", "20", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    said = {row["what"].split(": ")[1]: row["value"] for row in rows}
    assert said["one process, runs/s"] > 0
    assert said["rows of values"] % 20 == 0
    assert all(row["value"] >= 0 for row in rows)
    assert main(["bench", "sweep", "--runs", "3"]) == 2
    assert main(["bench", "swep"]) == 2
