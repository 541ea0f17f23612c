"""Crates: a run packed, read by others, run again and compared, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from districtsim.cli import main
from districtsim.record.reproducing import TOLERANCE, chosen
from districtsim.study.results import open_results, write_table

ROOT = Path(__file__).resolve().parents[2]
SMALL = """
title: A trial
districts: [{synthetic: {schools: 3, seed: 1}}]
policies: [status_quo, leader_led]
vary: {supervision.caseload: [6, 12]}
years: 1
replicates: 3
seed: 4
weekly: [support_hours]
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A finished sweep of 12 runs."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "trial.yaml").write_text(SMALL)
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["sweep", "trial.yaml", "--workers", "1"]) == 0
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


@pytest.fixture(scope="module")
def crate(swept):
    path = swept / "trial.zip"
    author = "Ada Lovelace=0000-0002-1825-0097"
    assert main(["package", str(swept / "results/trial/1"), "-o", str(path),
                 "--author", author]) == 0  # fmt: skip
    return path


def test_a_crate_holds_what_it_takes(crate, swept):
    with zipfile.ZipFile(crate) as zipped:
        names = set(zipped.namelist())
        assert names >= {
            "ro-crate-metadata.json", "manifest-sha256.txt", "README.md", "ODD.md", "LICENSE",
            "CITATION.cff", "requirements.txt", "experiment.json", "config.json", "run.json",
            "environment.json", "runs.parquet", "values.parquet",
            "districts/synthetic_3_seed_1.yaml", "districts/synthetic_3_seed_1.csv",
            "code/districtsim/simulation.py", "code/districtsim/mechanisms/hiring.yaml",
        }  # fmt: skip
        assert not [name for name in names if name.endswith((".lock", ".tmp"))]
        values = (swept / "results/trial/1/values.parquet").read_bytes()
        assert zipped.read("values.parquet") == values
        assert "numpy==" in zipped.read("requirements.txt").decode()
        manifest = zipped.read("manifest-sha256.txt").decode().splitlines()
        assert {line.split("  ")[1] for line in manifest} == names - {"manifest-sha256.txt"}


def test_others_read_the_crate_as_ro_crate(crate, tmp_path):
    from rocrate.rocrate import ROCrate

    with zipfile.ZipFile(crate) as zipped:
        zipped.extractall(tmp_path)
        names = {name for name in zipped.namelist() if name != "ro-crate-metadata.json"}
    found = ROCrate(tmp_path)
    assert found.name == "A trial"
    assert found.description.startswith("12 simulations with districtsim ")
    assert found.license.id == "https://spdx.org/licenses/CC-BY-4.0"
    files = {entity.id for entity in found.data_entities}
    assert {name for name in names if name != "manifest-sha256.txt"} == files
    (run,) = found.get_by_type("CreateAction")
    assert run["instrument"]["name"] == "districtsim"
    assert {one.id for one in run["result"]} == {"runs.parquet", "values.parquet"}
    assert {one.id for one in run["object"]} >= {"experiment.json", "config.json"}
    assert run["agent"][0].id == "https://orcid.org/0000-0002-1825-0097"
    assert run["startTime"] < run["endTime"]


def test_a_crate_is_run_again_to_the_bit(crate, say):
    code, out, err = say("reproduce", crate)
    assert code == 0, err
    assert "every number must be the same to the bit" in out
    assert "12 of 12 simulations" in out
    assert out.endswith("Reproduced.\n")
    found = json.loads(say("reproduce", crate, "--sample", "2", "--json")[1])
    assert (found["reproduced"], found["runs"], found["of"]) == (True, 2, 12)
    assert found["numbers"] == found["equal"] > 100
    assert {"appropriation", "support_hours"} <= {row["outcome"] for row in found["table"]}


def test_scripts_are_packed_and_run_again_as_well(tmp_path, monkeypatch, capsys):
    from districtsim.world.district import District

    District.synthetic(schools=2, seed=1).save(tmp_path / "tiny.yaml")
    words = ["replicates=2", "years=1", "district=tiny.yaml", "workers=1"]
    script = ROOT / "experiments" / "pd_allocation.py"
    done = subprocess.run([sys.executable, str(script), "with", *words],
                          cwd=tmp_path, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    assert main(["package", "results/pd_allocation/1"]) == 0
    shutil.rmtree(tmp_path / "results")
    (tmp_path / "tiny.yaml").unlink()
    capsys.readouterr()
    assert main(["reproduce", "pd_allocation-1.crate.zip", "--sample", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["numbers"] == found["equal"] > 100
    assert found["runs"] == 3


def changed(crate, folder, change):
    """A copy of a crate, unpacked, with one thing changed and the manifest made to fit."""
    from districtsim.record.recording import sha256

    home = folder / "changed"
    with zipfile.ZipFile(crate) as zipped:
        zipped.extractall(home)
    change(home)
    listed = sorted(p for p in home.rglob("*") if p.is_file() and p.name != "manifest-sha256.txt")
    lines = [f"{sha256(path)}  {path.relative_to(home).as_posix()}\n" for path in listed]
    (home / "manifest-sha256.txt").write_text("".join(lines))
    return home


def move_a_value(by):
    def change(home):
        import pyarrow

        table = open_results(home).values
        place = table.index[table.outcome == "appropriation"][0]
        table.loc[place, "value"] *= 1 + by
        write_table(pyarrow.Table.from_pandas(table, preserve_index=False),
                    home / "values.parquet")  # fmt: skip

    return change


def elsewhere(home):
    page = json.loads((home / "environment.json").read_text())
    (home / "environment.json").write_text(json.dumps({**page, "numpy": "1.0", "python": "3.1 x"}))


def test_the_last_bit_counts_on_the_same_platform(crate, say, tmp_path):
    home = changed(crate, tmp_path, move_a_value(3e-16))
    code, out, _ = say("reproduce", home)
    assert code == 1
    assert "NOT reproduced." in out
    assert "appropriation" in out


@pytest.mark.parametrize(("by", "code"), [(TOLERANCE / 10, 0), (TOLERANCE * 10, 1)])
def test_elsewhere_the_tolerance_counts(crate, say, tmp_path, by, code):
    def change(home):
        move_a_value(by)(home)
        elsewhere(home)

    home = changed(crate, tmp_path, change)
    found, out, _ = say("reproduce", home)
    assert found == code
    assert "numpy: 1.0 then" in out
    assert "within 1e-09" in out


def test_a_run_that_ended_another_way_is_a_mismatch(crate, say, tmp_path):
    def change(home):
        import pyarrow

        table = open_results(home).runs
        table = table.astype({"status": "object", "error": "object"})
        table.loc[3, ["status", "error"]] = ["failed", "ValueError: out of schools"]
        write_table(pyarrow.Table.from_pandas(table, preserve_index=False),
                    home / "runs.parquet")  # fmt: skip

    code, out, _ = say("reproduce", changed(crate, tmp_path, change))
    assert code == 1
    assert "run 3: failed (ValueError: out of schools) then, ended now" in out


def refill(crate, target, change):
    """A zip with the same files, as `change` {name: content or None} alters them."""
    with zipfile.ZipFile(crate) as old, zipfile.ZipFile(target, "w") as new:
        files = {name: old.read(name) for name in old.namelist()}
        for name, content in {**files, **change}.items():
            if content is not None:
                new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"values.parquet": b"other"}, "values.parquet is not what the manifest says"),
        ({"values.parquet": None}, "values.parquet is missing"),
        ({"more.txt": b"hello"}, "more.txt is not in the manifest"),
        ({"manifest-sha256.txt": b"nonsense"}, "manifest-sha256.txt:1"),
        ({"manifest-sha256.txt": None}, "not one that 'districtsim package' wrote"),
        ({"ro-crate-metadata.json": None}, "is not an RO-Crate"),
        ({"../escape.txt": b"x"}, "points out of it"),
        ({"/absolute.txt": b"x"}, "points out of it"),
    ],
)
def test_damaged_and_foreign_crates_are_refused(crate, say, tmp_path, change, said):
    bad = refill(crate, tmp_path / "bad.zip", change)
    code, out, err = say("reproduce", bad)
    assert (code, out) == (2, "")
    assert said in err
    assert 1 <= len(err.splitlines()) <= 3


@pytest.mark.parametrize("cut", [0, 10, 100_000])
def test_a_zip_that_is_cut_off_is_refused(crate, say, tmp_path, cut):
    bad = tmp_path / "cut.zip"
    bad.write_bytes(crate.read_bytes()[:cut])
    code, _, err = say("reproduce", bad)
    assert code == 2
    assert "not a whole zip file" in err


def test_a_zip_with_a_bad_byte_is_refused(crate, say, tmp_path):
    content = bytearray(crate.read_bytes())
    for place in range(20_000, 20_400):  # inside of a compressed file
        content[place] ^= 0xFF
    bad = tmp_path / "bad.zip"
    bad.write_bytes(bytes(content))
    code, _, err = say("reproduce", bad)
    assert code == 2
    assert 1 <= len(err.splitlines()) <= 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("package", "nowhere"), "no such folder"),
        (("package", "."), "has no experiment.json"),
        (("package", "results/trial/1", "-o", "trial.yaml"), "is there already"),
        (("package", "results/trial/1", "--author", "A=12"), "ORCID"),
        (("package", "results/trial/1", "--licence", "my own"), "spdx.org"),
        (("reproduce", "nowhere.zip"), "no such file"),
        (("reproduce", "trial.yaml"), "not a whole zip file"),
        (("reproduce", "trial.zip", "--sample", "0"), "--sample is 0"),
        (("reproduce", "results"), "is not a crate"),
    ],
)
def test_mistakes_are_refused(say, crate, words, said):
    code, _, err = say(*words)
    assert code == 2
    assert said in err
    assert 1 <= len(err.splitlines()) <= 3


def test_an_unfinished_sweep_is_not_packed(swept, say, tmp_path):
    home = tmp_path / "half"
    shutil.copytree(swept / "results" / "trial" / "1", home)
    (home / "runs.parquet").unlink()
    code, _, err = say("package", home)
    assert code == 2
    assert "finish the run first" in err


def test_a_sample_does_not_depend_on_more_than_its_size():
    assert chosen(5, None) == chosen(5, 9) == [0, 1, 2, 3, 4]
    few, more = chosen(1000, 10), chosen(1000, 20)
    assert len(set(few)) == 10
    assert few == sorted(few)
    assert set(few) < set(more)
