"""Files: configurations are found by name or path; what is written is whole or absent."""

import os

import pytest

from districtsim.world import files
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, find_config, nearest, write_atomically


def test_shipped_configurations_are_found_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # wherever the person stands
    assert find_config("policies", "status_quo").name == "status_quo.yaml"
    assert find_config("districts", "tacoma").is_file()
    assert find_config("experiments", "caseload").is_file()


def test_own_configurations_come_before_those_that_ship(tmp_path, monkeypatch):
    folder = tmp_path / "configs" / "policies"
    folder.mkdir(parents=True)
    (folder / "status_quo.yaml").write_text("set: {}\n")
    (folder / "zzz.yaml").write_text("set: {}\n")
    monkeypatch.chdir(tmp_path)
    assert find_config("policies", "status_quo").resolve() == folder / "status_quo.yaml"
    names = config_names("policies")
    assert {"zzz", "leader_led"} <= set(names)
    assert names == sorted(set(names))


def test_a_path_is_taken_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text("set: {}\n")
    assert find_config("policies", path) == path
    assert find_config("policies", str(path)) == path
    monkeypatch.chdir(tmp_path)
    assert find_config("policies", "mine.yaml").is_file()


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("policies", "leader_lead", "'leader_lead' is not a policy. Did you mean 'leader_led'?"),
        ("districts", "tacomma", "'tacomma' is not a district. Did you mean 'tacoma'?"),
        ("experiments", "caselod", "'caselod' is not an experiment. Did you mean 'caseload'?"),
        ("policies", "xyz", "'xyz' is not a policy. Known: "),
        ("policies", "", "'' is not a policy."),
        ("policies", "none.yaml", "none.yaml: no such file"),
        ("policies", "some/where", "some/where: no such file"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(kind, name, says):
    with pytest.raises(SettingError) as caught:
        find_config(kind, name)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 3


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(SettingError, match=r"is a folder, not a file; give .* policy"):
        find_config("policies", tmp_path)


def test_nearest():
    assert nearest("caselod", ["caseload", "stance"]) == " Did you mean 'caseload'?"
    assert nearest("qqq", ["caseload", "stance"]) == ""
    assert nearest(5, {"5": 0}) == " Did you mean '5'?"


@pytest.mark.parametrize("content", ["café\n", b"\x00\xff"])
def test_writing_replaces_the_whole_file(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_text("something much longer than what comes now")
    write_atomically(path, content)
    expected = content.encode() if isinstance(content, str) else content
    assert path.read_bytes() == expected
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert oct(path.stat().st_mode)[-3:] == "644"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, step):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(files.os, step, fail)
    with pytest.raises(OSError, match="the disk is full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_an_interruption_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]
