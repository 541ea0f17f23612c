"""Findings on the command line: what is printed and written, and taken up again."""

import json
from dataclasses import replace

import pytest

import districtsim as ds
from districtsim.cli import main
from districtsim.study import findings_store, findings_words
from districtsim.study.findings_plan import Effort
from districtsim.study.findings_reading import load

FEW = ["--draws", "6", "--replicates", "2", "--workers", "1", "--district", "tiny.yaml"]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder to work in, with a district of two schools."""
    monkeypatch.chdir(tmp_path)
    ds.District.synthetic(schools=2, seed=1).save(tmp_path / "tiny.yaml")
    return tmp_path


def test_one_finding_is_shown_in_detail_with_its_figure_and_page(tiny, capsys):
    assert main(["findings", "P06", *FEW]) == 0
    printed = capsys.readouterr().out
    for word in ("P06 (core", "measure", "robustness", "of 6 draws", "ablation", "boundary"):
        assert word in printed
    folder = tiny / "results/findings/1"
    assert (folder / "P06/figure.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in (folder / "P06").iterdir()} == {
        "result.json", "values.parquet", "draws.parquet", "figure.png",
    }  # fmt: skip
    page = (folder / "findings.md").read_text()
    assert "P06/figure.png" in page
    assert "Seed 1; 2 paired replicates" in page


def test_findings_that_are_there_are_not_run_again(tiny, capsys, monkeypatch):
    assert main(["findings", "P06", *FEW, "--out", "mine"]) == 0
    capsys.readouterr()
    ran = []
    monkeypatch.setattr("districtsim.study.runs.simulate_run", lambda run: ran.append(run))
    assert main(["findings", "P06", *FEW, "--out", "mine", "--json"]) == 0
    captured = capsys.readouterr()
    assert "1 of 1 findings are there already" in captured.err
    assert ran == []
    row = json.loads(captured.out)["table"][0]
    assert {"id", "effect", "low", "high", "robustness", "ablation", "region", "holds"} <= set(row)


def test_secondary_findings_may_have_fewer_draws(tiny, capsys):
    many = ["findings", "P06", "P08", *FEW, "--secondary", "3", "--out", "mine"]
    assert main(many) == 0
    capsys.readouterr()
    assert "6 draws (3 for secondary findings)" in (tiny / "mine/findings.md").read_text()
    draws = {name: findings_store.stored("mine", name)["draws"] for name in ("P06", "P08")}
    assert draws == {"P06": 6, "P08": 3}
    assert main(many) == 0
    assert "2 of 2 findings are there already" in capsys.readouterr().err
    assert main(["findings", "P06", "--secondary", "few"]) == 2


def test_what_is_stored_of_another_effort_is_run_again(tiny, capsys):
    assert main(["findings", "P06", *FEW, "--out", "mine"]) == 0
    assert main(["findings", "P06", *FEW, "--out", "mine", "--seed", "2"]) == 0
    assert "there already" not in capsys.readouterr().err


def test_ctrl_c_keeps_the_findings_that_are_done(tiny, capsys, monkeypatch):
    save, saved = findings_store.save, []

    def once(*given):
        if saved:
            raise KeyboardInterrupt
        saved.append(save(*given))
        return saved[0]

    monkeypatch.setattr(findings_store, "save", once)
    assert main(["findings", "P06", "P02", *FEW, "--out", "mine"]) == 130
    assert "1 findings are kept; '--out mine' takes them up again" in capsys.readouterr().err
    assert findings_store.stored("mine", "P06")["id"] == "P06"
    assert findings_store.stored("mine", "P02") is None


def test_several_make_a_table_an_overview_and_the_documentation(tiny, capsys):
    (tiny / "docs").mkdir()
    assert main(["findings", "P06", "P02", *FEW, "--out", "mine", "--docs", "docs"]) == 0
    printed = capsys.readouterr().out
    assert "mechanism" in printed  # a narrow table breaks "mechanism off"
    assert "mine/figures/overview.png" in printed
    page = (tiny / "docs/findings.md").read_text()
    assert "do not edit" in page
    for name in ("overview", "P02", "P06"):
        picture = tiny / f"docs/figures/findings/{name}.png"
        assert f"figures/findings/{name}.png" in page
        assert 0 < picture.stat().st_size < 40_000


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["P611"], "Did you mean 'P61'"),
        (["P06", "--draws", "many"], "draws is 'many'"),
        (["P06", "--replicates", "0"], "replicates is 0"),
        (["P06", "--seed", "-1"], "seed"),
        (["P06", "--district", "nowhere"], "'nowhere' is not a district"),
        (["P06", "--docs", "nowhere"], "no such folder"),
    ],
)
def test_what_cannot_be_is_refused(tiny, capsys, given, says):
    assert main(["findings", *given]) == 2
    errors = capsys.readouterr().err
    assert says in errors
    assert len(errors.strip().splitlines()) <= 3
    assert not (tiny / "results/findings").exists() or not any(
        (tiny / "results/findings").iterdir()
    )


def test_the_list_runs_nothing(capsys):
    assert main(["findings", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [finding.id for finding in ds.ledger()]
    assert main(["findings", "--list", "--core", "--json"]) == 0
    assert {row["priority"] for row in json.loads(capsys.readouterr().out)} == {"core"}


def test_a_finding_from_python(tiny):
    found = ds.check_finding(
        "P06", draws=3, replicates=2, district="tiny.yaml", workers=1, progress=False
    )
    assert found.low <= found.effect <= found.high
    assert 0 <= found.robustness <= 1
    assert found.ablation.without == ("time_use.dependence",)
    assert isinstance(found.holds, bool)
    assert found.region.text
    assert list(found.draws.columns[:3]) == ["draw", "effect", "holds"]
    assert set(found.values["policy"]) == {"base", "coached"}
    with pytest.raises(ds.SettingError, match="not a finding"):
        ds.check_finding("Q1")


@pytest.mark.parametrize(
    ("value", "size", "said"),
    [(0.04567, 0.05, "0.046"), (-1.234, 1.3, "−1.23"), (123.4, 200, "123"), (-0.0001, 1, "0.00")],
)
def test_numbers_have_as_many_digits_as_their_size_asks_for(value, size, said):
    assert findings_words.figures(value, size) == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["P06", "--draws", "-1"], "--draws is -1"),
        (["P06", "--secondary", "few"], "--secondary is 'few'"),
        (["P08", "--core"], "none of the findings named is a core finding"),
    ],
)
def test_what_is_wrong_is_named_as_it_was_given(tiny, capsys, arguments, said):
    assert main(["findings", *arguments]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert len(printed.splitlines()) <= 3


def test_an_id_given_twice_is_run_once(tiny, capsys):
    assert main(["findings", "P06", "P06", *FEW, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["table"]) == 1


def test_the_page_says_the_command_that_makes_it(tiny, capsys):
    (tiny / "docs").mkdir()
    assert main(["findings", "P06", *FEW, "--docs", "docs"]) == 0
    page = (tiny / "docs/findings.md").read_text()
    told = "--draws 6 --replicates 2 --seed 1 --district tiny.yaml --docs docs"
    assert f"`districtsim findings P06 {told}`" in page


def test_a_stored_result_is_of_its_policies_and_its_district():
    book = load()
    finding, effort = book.find("P03"), Effort(draws=2)
    small, large = (ds.District.synthetic(schools=3, seed=seed) for seed in (1, 2))
    mark = findings_store.fingerprint(finding, effort, small)
    assert mark == findings_store.fingerprint(finding, effort, small)
    assert mark != findings_store.fingerprint(finding, effort, large)
    arms = dict(finding.arms)
    name = next(name for name in arms if name != "base")
    harder = arms[name].policy.replaced({"research_use.leader_hours": 19})
    other = replace(finding, arms={**arms, name: replace(arms[name], policy=harder)})
    assert mark != findings_store.fingerprint(other, effort, small)
