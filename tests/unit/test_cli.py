"""Command line: what each command prints and writes, and how little it imports."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from districtsim.cli import main
from districtsim.cli.folders import results_folder
from districtsim.cli.printing import table, text
from districtsim.world.district import District
from districtsim.world.errors import SettingError

DATA = Path(__file__).resolve().parents[1] / "data"
HEAVY = ("mesa", "pandas", "matplotlib", "sacred", "numpy", "scipy", "pyarrow", "yaml")
SHORT = ["--district", "tiny.yaml", "--years", "1", "--replicates", "2", "--workers", "1"]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder to work in, with a district of two schools."""
    monkeypatch.chdir(tmp_path)
    District.synthetic(schools=2, seed=1).save(tmp_path / "tiny.yaml")
    return tmp_path


def test_help_imports_nothing_heavy():
    code = "import sys; from districtsim.cli import main; main(['--help']); main(['run', '--help'])"
    script = f"{code}\nprint([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    script = script.replace("main(['run', '--help'])", "0")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    assert "districtsim demo" in done.stdout


def test_import_loads_nothing_heavy():
    script = f"import sys, districtsim; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_found():
    import districtsim as ds

    for name in ("District", "Policy", "simulate", "compare", "open_results", "SettingError"):
        assert name in dir(ds)
        assert getattr(ds, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        ds.simulat  # noqa: B018


def test_no_command_prints_the_commands(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    for command in ("demo", "run", "compare", "check", "describe", "district", "bench"):
        assert f"  {command} " in out


@pytest.mark.parametrize("command", ["demo", "run", "compare", "check", "describe", "district"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as leaving:
        main([command, "--help"])
    assert leaving.value.code == 0
    assert f"districtsim {command}" in capsys.readouterr().out


def test_run_writes_a_folder_and_prints_a_table(tiny, capsys):
    assert main(["run", "status_quo", *SHORT]) == 0
    printed = capsys.readouterr().out
    assert "appropriation" in printed
    assert "results/run/1" in printed
    names = {path.name for path in (tiny / "results/run/1").iterdir()}
    assert names == {"runs.parquet", "values.parquet", "figures"}
    assert main(["run", "status_quo", *SHORT]) == 0
    assert (tiny / "results/run/2/values.parquet").exists()


def test_run_as_json(tiny, capsys):
    assert main(["run", "status_quo", *SHORT, "--out", "mine", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["folder"] == "mine"
    assert {"outcome", "group", "year_1", "low", "high"} <= set(printed["table"][0])


def test_levers_set_on_the_command_line_are_recorded(tiny):
    import districtsim as ds

    levers = ["--set", "supervision.caseload=8", "--set", "supervision.time_checks=true"]
    assert main(["run", "status_quo", *SHORT, "--out", "mine", *levers]) == 0
    runs = ds.open_results("mine").runs
    assert set(runs["supervision.caseload"]) == {8}
    assert set(runs["supervision.time_checks"]) == {True}
    assert set(runs.policy) == {"status_quo"}


def test_compare_prints_paired_effects(tiny, capsys):
    command = ["compare", "status_quo", "small_caseload", *SHORT, "--json"]
    assert main(command) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {row["policy"] for row in printed["table"]} == {"small_caseload"}
    assert {"outcome", "group", "year", "difference", "low", "high"} <= set(printed["table"][0])


def test_demo_answers_three_questions_with_figures_and_a_report(tiny, capsys):
    few = ["--district", "tiny.yaml", "--years", "1", "--replicates", "2"]
    assert main(["demo", *few, "--workers", "1", "--out", "mine"]) == 0
    printed = capsys.readouterr().out
    for question in ("research_use", "caseload", "pd_allocation"):
        assert (tiny / f"mine/{question}/values.parquet").exists()
        assert (tiny / f"mine/{question}/figures/{question}.png").exists()
        assert f"mine/{question}/figures/{question}.png" in printed
    assert (tiny / "mine/report.html").exists()
    assert "95 % interval" in printed


def test_a_run_that_fails_gives_exit_code_1(tiny, capsys, monkeypatch):
    def broken(self, years):
        raise ZeroDivisionError("nobody to divide by")

    monkeypatch.setattr("districtsim.simulation.Simulation.run", broken)
    assert main(["run", "status_quo", *SHORT]) == 1
    errors = capsys.readouterr().err
    assert "2 of 2 runs failed" in errors
    assert "nobody to divide by" in errors


def test_ctrl_c_gives_exit_code_130_and_leaves_nothing(tiny, capsys, monkeypatch):
    def interrupted(self, years):
        raise KeyboardInterrupt

    monkeypatch.setattr("districtsim.simulation.Simulation.run", interrupted)
    assert main(["run", "status_quo", *SHORT]) == 130
    assert "districtsim run status_quo" in capsys.readouterr().err
    assert list((tiny / "results/run").iterdir()) == []


@pytest.mark.parametrize(
    "subject",
    [
        "state", "levers", "parameters", "outcomes", "calendar", "agents", "policies",
        "mechanisms",
    ],
)  # fmt: skip
def test_describe_prints_the_source(subject, capsys):
    assert main(["describe", subject, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 3
    assert main(["describe", subject]) == 0
    first = str(next(iter(rows[0].values())))
    assert first in capsys.readouterr().out


def test_describe_only_what_begins_with_a_name(capsys):
    assert main(["describe", "levers", "supervision", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["lever"].split(".")[0] for row in rows} == {"supervision"}


def test_describe_mechanisms_lists_the_processes_that_go_off_alone(capsys):
    from districtsim.world.parameters import MECHANISMS, switches

    assert main(["describe", "mechanisms", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    found = {row["mechanism"]: row["set_to"] for row in rows}
    assert found == {**dict.fromkeys(MECHANISMS, ""), **switches()}
    assert all(row["about"] for row in rows)
    assert main(["describe", "mechanisms", "assistance.un"]) == 0
    assert "assistance.unlearn" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ("0, 4, 8, ...", "an initiative may be launched"),
        ("2", "belief"),
        ("3, 7, 11, ...", "premises"),
        ("28 to 31", "improvement plans"),
        ("40", "planning reviews"),
    ],
)
def test_the_calendar_says_when_plans_and_premises_move(weeks, said, capsys):
    assert main(["describe", "calendar", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert any(row["weeks"] == weeks and said in row["what"] for row in rows)


def test_check_says_what_a_file_is(tiny, capsys):
    (tiny / "mine.yaml").write_text("title: Mine\nset: {supervision: {caseload: 8}}\n")
    (tiny / "question.yaml").write_text("districts: [tiny.yaml]\npolicies: [status_quo]\n")
    for file, kind in (("tiny", "district"), ("mine", "policy"), ("question", "experiment")):
        assert main(["check", f"{file}.yaml"]) == 0
        assert f"a valid {kind} file" in capsys.readouterr().out


def test_shipped_experiments_are_valid(capsys):
    from districtsim.study.designs import Experiment

    assert {"research_use", "caseload", "pd_allocation"} <= set(Experiment.names())
    counts = {name: len(Experiment.load(name).runs()) for name in Experiment.names()}
    assert counts["research_use"] == 5 * 20
    assert counts["caseload"] == 8 * 4 * 2 * 20  # as it costs, and at equal budget
    assert counts["pd_allocation"] == 3 * 20


def test_district_commands(tiny, capsys):
    assert main(["district", "list", "--json"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert "seattle" in names
    assert main(["district", "show", "seattle"]) == 0
    assert "Seattle" in capsys.readouterr().out


def test_an_imported_district_is_not_written_over(tiny, capsys):
    published = DATA / "sample_districts_schools_2022-23_as_published.xls"
    command = ["district", "import", str(published), "--district", "Mukilteo", "--out", "mine"]
    assert main(command) == 0
    before = (tiny / "mine/mukilteo.yaml").read_bytes()
    assert main(["check", "mine/mukilteo.yaml"]) == 0
    capsys.readouterr()
    assert main(command) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tiny / "mine/mukilteo.yaml").read_bytes() == before


def test_reader_that_closes_early_sees_no_traceback():
    command = (
        f"{sys.executable} -c 'from districtsim.cli import main; import sys; sys.exit(main())'"
    )
    done = subprocess.run(
        f"{command} describe state | head -1", shell=True, capture_output=True, text=True
    )
    assert done.stderr == ""


# -- folders and tables ----------------------------------------------------------------------------


def test_numbered_folders_are_made_once_each(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = []

    def make():
        with results_folder("run") as folder:
            (folder / "x").touch()
            made.append(folder.name)

    threads = [threading.Thread(target=make) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made, key=int) == [str(n) for n in range(1, 21)]


def test_a_folder_with_results_is_not_written_to(tmp_path):
    (tmp_path / "runs.parquet").write_text("precious")
    with pytest.raises(SettingError, match="already holds"), results_folder("run", tmp_path):
        pass
    assert (tmp_path / "runs.parquet").read_text() == "precious"


def test_an_empty_folder_of_the_user_stays(tmp_path):
    with pytest.raises(KeyboardInterrupt), results_folder("run", tmp_path):
        raise KeyboardInterrupt
    assert tmp_path.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(SettingError, match="cannot be written"), results_folder("run", tmp_path):
        pass


def test_table_aligns_numbers_right_and_wraps_the_last_column(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [{"name": "a", "size": 1.5, "what": "one two three four five six seven eight"}]
    lines = table(rows).splitlines()
    assert lines[0] == "name  size  what"
    assert lines[2].startswith("a     1.50  one two")
    assert lines[3].startswith("            ")
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.123456, "0.123"), (12.3456, "12.3"), (123.456, "123"), (12345.6, "12,346"),
     (-0.00012, "-0.0001"), (0.0, "0"), (7, "7"), (float("nan"), ""), (None, ""), (True, "true")],
)  # fmt: skip
def test_numbers_as_people_read_them(value, printed):
    assert text(value) == printed
