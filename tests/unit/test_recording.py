"""Recording: what a run folder holds, how runs end, and what is found of those that were killed."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from districtsim.record import reading
from districtsim.record.recording import recording
from districtsim.record.stopping import Stopping, Terminated
from districtsim.world.errors import SettingError

CONFIG = {"years": 2, "seed": 3, "vary": {"supervision.caseload": [6, 12]}}


def pages(folder, *names):
    return [json.loads((folder / f"{name}.json").read_text()) for name in names]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One record of everything that can be recorded."""
    folder = tmp_path_factory.mktemp("records") / "caseload" / "1"
    with recording("caseload", CONFIG, folder, command="sweep") as record:
        print("on screen")
        record.metric("runs_done", np.int64(3))
        record.metric("runs_done", np.float64("nan"))
        record.metric("effect", 0.25, step=7)
        (folder / "figures").mkdir()
        (folder / "figures" / "a.png").write_bytes(b"picture")
        (folder.parent / "elsewhere.csv").write_text("a,b")
        (folder / "values.parquet").write_bytes(b"abc")
        record.artifact(folder.parent / "elsewhere.csv")
        record.artifacts()
        record.info(share=np.float64(0.5))
        record.result(runs=3, worst=float("inf"))
        identity = record.id
    return folder, identity


def test_a_record_holds_configuration_code_machine_and_results(done):
    folder, identity = done
    run, config, info, metrics, git, environment = pages(
        folder, "run", "config", "info", "metrics", "git", "environment"
    )
    assert run["status"] == "COMPLETED"
    assert run["result"] == {"runs": 3, "worst": None}
    assert run["command"] == "sweep"
    assert run["meta"]["run_id"] == identity
    assert len(identity) == 24
    assert config == CONFIG
    assert info["share"] == 0.5
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # NIST's example
    assert info["tables"] == {"values.parquet": abc}
    assert metrics["runs_done"]["values"] == [3, None]
    assert metrics["effect"]["steps"] == [7]
    assert run["artifacts"] == ["elsewhere.csv", "figures/a.png"]
    assert (folder / "elsewhere.csv").read_text() == "a,b"
    assert not (folder / "a.png").exists()  # it was there already
    assert "on screen" in (folder / "cout.txt").read_text()
    assert {"python", "platform", "packages", "blas"} <= set(environment)
    assert set(git) == {"commit", "branch", "remote", "dirty", "status"}
    assert not list(folder.rglob("*.tmp"))


def test_all_dependencies_and_every_file_of_ours_are_listed(done):
    record = reading.read(done[0])
    listed = {one.partition("==")[0] for one in record.experiment["dependencies"]}
    assert {"numpy", "scipy", "pandas", "pyarrow", "Mesa", "sacred", "PyYAML"} <= listed
    package = Path(reading.__file__).parents[1]
    kept = record.sources
    assert len(kept) == len(
        {p for p in package.rglob("*") if p.suffix in (".py", ".yaml", ".html")}
    )
    one = kept["districtsim/world/draws.py"]
    assert one.read_bytes() == (package / "world" / "draws.py").read_bytes()


def test_later_invocations_leave_earlier_records_as_they_are(tmp_path):
    for number in range(3):
        with recording("x", {"number": number}, tmp_path, command="sweep") as record:
            before = {p: p.read_bytes() for p in tmp_path.glob("*.json")}
        assert number == 0 or before == {p: p.read_bytes() for p in tmp_path.glob("*.json")}
        assert record.folder == (tmp_path / "invocations" / str(number) if number else tmp_path)
    found = [reading.read(tmp_path), *map(reading.read, sorted(tmp_path.glob("invocations/*")))]
    assert [record.config["number"] for record in found] == [0, 1, 2]
    assert all(None not in record.sources.values() for record in found)
    assert found[2].root == tmp_path


def test_a_weekend_gives_some_thousand_points_of_progress(tmp_path, monkeypatch):
    from districtsim.record import recording as module

    noted = []
    run = type("Run", (), {"log_scalar": lambda self, *point: noted.append(point), "info": {}})()
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    record = module.Recorder(run, tmp_path)
    for second in range(0, 60 * 3600, 2):
        now[0] = float(second)
        record.progress(second, 0, 1.0)
    times = [value for name, value, _ in noted if name == "runs_done"]
    assert times[:4] == [0, 2, 4, 6]
    assert 2000 < len(times) < 5000
    assert max(b - a for a, b in pairwise(times)) < 600


def test_recordings_are_plain_outside_the_main_thread(tmp_path):
    import threading

    def work():
        with recording("x", {}, tmp_path) as record:
            record.metric("a", 1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert reading.read(tmp_path).status == "COMPLETED"


def test_handlers_are_put_back(tmp_path):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with recording("x", {}, tmp_path):
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def send(number):
    os.kill(os.getpid(), number)
    time.sleep(1)


def test_a_second_signal_within_seconds_is_not_heard():
    stopping = Stopping().install()
    try:
        with pytest.raises(Terminated):
            send(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)  # heard, it would end this test
        time.sleep(0.01)
        stopping._first -= 60
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)
    finally:
        stopping.restore()


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (KeyboardInterrupt(), "INTERRUPTED"),
        (Terminated(), "TERMINATED"),
        (ValueError("no such thing"), "FAILED"),
        (SystemExit(1), "FAILED"),
        (SystemExit(0), "COMPLETED"),
        (SettingError("x"), "FAILED"),
    ],
)
def test_how_a_run_ends_is_its_status(tmp_path, raised, status):
    with pytest.raises(type(raised)), recording("x", {}, tmp_path):
        raise raised
    record = reading.read(tmp_path)
    assert record.status == status
    assert record.seconds is not None
    if type(raised) is ValueError:
        assert "no such thing" in "".join(record.entry["fail_trace"])


def test_work_that_heard_of_the_signal_itself_says_how_it_ended(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    with recording("x", {}, tmp_path, signals=False) as record:
        assert signal.getsignal(signal.SIGTERM) == before
        record.end_as(Terminated.STATUS)
    assert reading.read(tmp_path).status == "TERMINATED"
    assert signal.getsignal(signal.SIGTERM) == before


SCRIPT = """
import sys, time
from districtsim.record.recording import recording
with recording("x", {}, sys.argv[1]) as record:
    print("ready", flush=True)
    time.sleep(60)
"""


def start(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout.readline().strip() == "ready"
    return process


@pytest.mark.parametrize(
    ("signals", "status"),
    [
        ([signal.SIGINT], "INTERRUPTED"),
        ([signal.SIGTERM], "TERMINATED"),
        ([signal.SIGINT, 0.0, signal.SIGINT], "INTERRUPTED"),
        ([signal.SIGINT, 0.02, signal.SIGINT, 0.02, signal.SIGINT], "INTERRUPTED"),
        ([signal.SIGTERM, 0.05, signal.SIGINT], "TERMINATED"),
    ],
)
def test_signals_never_leave_a_record_running(tmp_path, signals, status):
    process = start(tmp_path)
    for one in signals:
        if isinstance(one, float):
            time.sleep(one)
        elif process.poll() is None:
            process.send_signal(one)
    process.wait(timeout=20)
    assert json.loads((tmp_path / "run.json").read_text())["status"] == status


def test_a_killed_run_is_found_dead_and_marked_so(tmp_path):
    folder = tmp_path / "x" / "1"
    process = start(folder)
    assert reading.read(folder).status == "RUNNING"
    process.kill()
    process.wait(timeout=20)
    assert json.loads((folder / "run.json").read_text())["status"] == "RUNNING"
    (found,) = reading.find(tmp_path)
    assert (found.name, found.status) == ("x/1", "DIED")
    assert json.loads((folder / "run.json").read_text())["status"] == "DIED"


def test_a_killed_run_that_is_not_yet_buried_is_dead(tmp_path):
    process = start(tmp_path)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # still a zombie
    assert reading.read(tmp_path).status == "DIED"
    process.wait(timeout=20)


@pytest.mark.parametrize(
    ("heartbeat", "status"), [("2020-01-01T00:00:00", "silent"), ("2120-01-01T00:00:00", "RUNNING")]
)
def test_a_run_on_another_machine_is_judged_by_its_heartbeat(tmp_path, done, heartbeat, status):
    entry = json.loads((done[0] / "run.json").read_text())
    entry["meta"]["process"]["hostname"] = "some other machine"
    entry |= {"status": "RUNNING", "heartbeat": heartbeat}
    text = json.dumps(entry)
    (tmp_path / "run.json").write_text(text)
    assert reading.read(tmp_path).status == status
    assert (tmp_path / "run.json").read_text() == text  # not ours to mark


def test_records_are_found_at_any_depth_and_not_in_what_a_run_holds(tmp_path, done):
    text = (done[0] / "run.json").read_text()
    names = {"x/1", "study/y/2", "x/1/invocations/1"}
    for name in (*names, "x/1/chunks/runs", "x/1/_sources"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "run.json").write_text(text)
    assert {record.name for record in reading.find(tmp_path)} == names


@pytest.mark.parametrize("text", ["", "{", "[1]", "\xff\xfe"])
def test_a_damaged_record_is_listed_as_such(tmp_path, text):
    folder = tmp_path / "x" / "1"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(text, encoding="latin-1")
    (found,) = reading.find(tmp_path)
    assert (found.status, found.started, found.sources) == ("unreadable", None, {})


def test_the_record_goes_on_when_its_folder_cannot_be_written(tmp_path, monkeypatch, capfd):
    from districtsim.record import folder_observer

    def full(path, content):
        raise OSError(28, "No space left on device")

    with recording("x", {}, tmp_path) as record:
        monkeypatch.setattr(folder_observer, "write_atomically", full)
        record.artifact(__file__)
        monkeypatch.undo()
        record.metric("a", 1)
    assert "No space left" in capfd.readouterr().err
    assert reading.read(tmp_path).status == "COMPLETED"
    assert reading.read(tmp_path).metrics["a"]["values"] == [1]
