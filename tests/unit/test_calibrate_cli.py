"""Calibrate on the command line: tables, files, taken up again, shipped or refused."""

import json
from dataclasses import replace

import pytest

from districtsim.cli import calibrate as command
from districtsim.cli import main
from districtsim.study import calibrated, calibration_plan, calibration_runs
from districtsim.world.district import District

FEW = ("teachers_stay", "applicants", "files", "persistence")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A plan of a few targets in a tiny district, and a package of its own to ship to."""
    plan = calibration_plan.load()
    where = (District.synthetic(schools=2, seed=1),)
    arms = {"status_quo": replace(plan.arms["status_quo"], districts=where, years=1)}
    targets = {name: replace(plan.targets[name], discrepancy=1.0) for name in FEW}
    plan = replace(
        plan, arms=arms, targets=targets, points=(22, 20), luck=3, candidates=512, fewest_draws=8
    )
    monkeypatch.setattr(command, "load", lambda: plan)
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(calibrated, "HOME", package)
    return tmp_path


def test_it_prints_both_tables_writes_the_set_ships_it_and_makes_the_page(small, capsys):
    (small / "docs").mkdir()
    told = ["calibrate", "--workers", "1", "--out", "mine", "--ship", "--docs", "docs"]
    assert main(told) == 0
    captured = capsys.readouterr()
    for word in ("hiring.applicants", "teachers_stay", "not ruled out", "mine/calibrated.csv"):
        assert word in captured.out
    assert "Shipped" in captured.err
    for folder in ("mine", "package"):
        made, sets = calibrated.load(small / folder)
        assert made["kept"] == len(sets["hiring.applicants"])
    page = (small / "docs/calibration.md").read_text()
    assert "## Targets that pull apart" in page
    pictures = small / "docs/figures/calibration"
    for name in ("numbers", "targets", "ruled_out"):
        assert (pictures / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_files_and_what_is_there_is_not_run_again(
    small, capsys, monkeypatch
):
    assert main(["calibrate", "--workers", "1", "--out", "one"]) == 0
    assert main(["calibrate", "--workers", "2", "--out", "two"]) == 0
    for name in (calibrated.MADE, calibrated.SETS):
        assert (small / "one" / name).read_text() == (small / "two" / name).read_text()
    monkeypatch.setattr(calibration_runs, "values_of", None)
    assert main(["calibrate", "--workers", "1", "--out", "one", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert {"table", "targets", "space", "kept", "tensions"} <= set(shown)


def test_too_few_kept_sets_are_not_shipped(small, capsys, monkeypatch):
    plan = replace(command.load(), fewest_draws=10**6, points=(20,))
    monkeypatch.setattr(command, "load", lambda: plan)
    assert main(["calibrate", "--workers", "1", "--out", "mine", "--ship"]) == 1
    assert "nothing was shipped" in capsys.readouterr().err
    assert not list((small / "package").iterdir())


def test_ctrl_c_says_how_to_go_on(small, capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(calibration_runs, "_finished", stop)
    assert main(["calibrate", "--out", "mine"]) == 130
    assert "'--out mine' takes it up again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (["--points", "many"], "--points is 'many'"),
        (["--points", "100,2"], "--points is 2; points of a wave"),
        (["--seed", "-1"], "--seed is -1"),
        (["--docs", "nowhere"], "--docs nowhere: no such folder"),
        (["--workers", "0"], "--workers is 0"),
        (["--shipp"], "'--shipp' is not known Did you mean '--ship'"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(small, capsys, told, says):
    assert main(["calibrate", *told]) == 2
    message = capsys.readouterr().err
    assert says in message
    assert len(message.strip().splitlines()) <= 3


def test_show_tells_of_the_set_that_ships(capsys):
    assert main(["calibrate", "--show"]) == 0
    printed = capsys.readouterr().out
    assert "calibrated.csv" in printed
    assert "late_national" in printed
