"""Sweep folders: whose they are, and who is refused."""

import errno
import json

import pytest
from sweeping import Here, experiment, sweep_here

from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy

VARY = {"supervision.caseload": [8, 16]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished sweep over levers, and its folder."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    made = experiment(vary=VARY)
    ending = sweep_here(folder, made, executor=Here())
    assert ending.finished
    return made, folder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"years": 2}, "years was 1 and is 2"),
        ({"seed": 9}, "seed was 1 and is 9"),
        ({"policies": [Policy("usual"), Policy("small", {"supervision.caseload": 7})]}, "'small'"),
        ({"vary": {}}, "vary was"),
    ],
)
def test_a_changed_configuration_is_refused(whole, change, said):
    made, folder = whole
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(SettingError) as refused:
        sweep_here(folder, made.replaced(**change), executor=Here(), resume=True)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == before


def test_changed_code_is_refused(tmp_path, monkeypatch):
    sweep_here(tmp_path, experiment(), executor=Here(), asked_to_stop=lambda: True)
    page = json.loads((tmp_path / "experiment.json").read_text())
    page["version"] = "0.0+before"
    (tmp_path / "experiment.json").write_text(json.dumps(page))
    with pytest.raises(SettingError, match=r"begun with version 0.0\+before"):
        sweep_here(tmp_path, experiment(), executor=Here(), resume=True)


def test_a_folder_that_holds_something_is_refused(whole, tmp_path):
    made, folder = whole
    with pytest.raises(SettingError, match="already holds a sweep; it is finished"):
        sweep_here(folder, made, executor=Here())
    (tmp_path / "runs.parquet").write_bytes(b"mine")
    with pytest.raises(SettingError, match="already holds other results"):
        sweep_here(tmp_path, made, executor=Here(), resume=True)
    (tmp_path / "experiment.json").write_text("{")
    with pytest.raises(SettingError, match="not readable"):
        sweep_here(tmp_path, made, executor=Here(), resume=True)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="cannot be written"):
        sweep_here(tmp_path / "file" / "out", experiment(), executor=Here())

    def read_only(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", read_only)
    with pytest.raises(SettingError, match="Read-only"):
        sweep_here(tmp_path / "out", experiment(), executor=Here())


def test_two_sweeps_in_one_folder_are_refused_and_a_dead_one_is_not_in_the_way(tmp_path):
    import subprocess
    import sys

    sweep_here(tmp_path, experiment(), executor=Here(), asked_to_stop=lambda: True)
    hold = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "sweep.lock")], stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(SettingError, match="the whole sweep, process") as refused:
        sweep_here(tmp_path, experiment(), executor=Here(), resume=True)
    assert "Wait for it" in str(refused.value)
    other.kill()
    other.wait()
    assert sweep_here(tmp_path, experiment(), executor=Here(), resume=True).finished
