"""Trials, run: the truth is a difference under the same luck; results do not depend on workers."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import yaml

import districtsim as ds
from districtsim.cli import main
from districtsim.documents import stored_numbers, studies_document
from districtsim.documents.pages import PAGES
from districtsim.simulation import Simulation
from districtsim.study import trials_page
from districtsim.study.trials import Study
from districtsim.study.trials_results import carry_out
from districtsim.study.trials_run import TrialRun, repetition, runs_of
from districtsim.study.trials_sample import luck_of
from districtsim.study.trials_summary import needed, summary, wilson
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy

PAGE = {
    "title": "A small trial",
    "why": "It is quick.",
    "population": {"districts": [{"synthetic": {"schools": 6, "seed": 4}}]},
    "sample": {"schools": 6, "teachers": 4},
    "arms": {"usual": {}, "coached": {"set": {"pd.coaching_hours": 1.0}, "ends": 52}},
    "assignment": {"unit": "school"},
    "years": 1,
    "measures": {
        "tests": {"instrument": "test_scores", "subject": "ela", "when": 1, "baseline": 0,
                  "estimator": "difference_in_differences",
                  "published": {"value": 0.02, "unit": "student SD", "source": "Nobody 1900",
                                "fact": "F1", "role": "V"}},
        "skill": {"instrument": "rubric", "when": {"week": 30}, "estimator": "cluster_adjusted"},
    },
    "repetitions": 4,
}  # fmt: skip


def of(base=PAGE, **changes):
    page = {**copy.deepcopy(base), **changes}
    return Study.from_dict("small", page)


def row_of(rows, measure):
    return next(row for row in rows if row["measure"] == measure)


def test_the_true_effect_is_what_two_runs_under_the_same_luck_differ_by():
    study = of(assignment={"unit": "school", "method": "selected", "by": "enrolment",
                           "strength": 100})  # fmt: skip
    found = row_of(repetition(study, 1), "tests")
    district = District.synthetic(6, 4)
    treated = np.sort(np.argsort(-district.schools.enrolment)[:3]).tolist()
    levers = {"pd.coaching_hours": 1.0}
    coached = Policy("coached", levers, starts=52, ends=104, where={"schools": treated})
    scores = []
    for policy in (Policy("usual", {}).beside(coached), Policy("usual", {})):
        simulation = Simulation(district, policy, luck_of(study, 1, "luck", 0))
        for _ in range(52 + 40):
            simulation.step()
        schools = simulation.state.schools
        low = schools.low_income
        mean = low * schools.score[1, 0] + (1 - low) * schools.score[1, 1]
        scores.append(mean[treated].mean())
    assert found["truth"] == pytest.approx(scores[0] - scores[1], abs=1e-12)
    assert found["truth"] > 0.01
    assert found["measured"] == found["clusters"] == 6


def test_treatment_that_sets_nothing_has_no_effect_and_chance_finds_it_now_and_then():
    study = of(
        arms={"usual": {}, "nothing": {}},
        population={"districts": [{"synthetic": {"schools": 8}}]},
        sample={"schools": 8, "teachers": 4},
    )
    rows = [row for number in range(1, 21) for row in repetition(study, number)]
    assert all(row["truth"] == 0.0 and row["spillover"] == 0.0 for row in rows)
    for row in summary(study, [{"size": None, **row} for row in rows]):
        assert abs(row["estimate"]) < 3 * row["spread"] / np.sqrt(20)
        assert row["significant"] <= 0.25
        assert row["coverage"] >= 0.75


def test_results_are_the_same_on_any_number_of_workers_and_with_other_sizes_beside():
    study = of(repetitions=3)
    alone = carry_out(study, workers=1, progress=False)
    both = carry_out(study, workers=2, progress=False)
    assert alone.rows == both.rows
    assert alone.rows == carry_out(study, workers=1, progress=False).rows
    assert alone.rows != carry_out(study, seed=9, workers=1, progress=False).rows
    row = TrialRun(study, 2).simulate()[0][0]
    assert row == alone.rows[2]


def test_a_whole_district_is_treated_and_others_are_compared():
    study = of(
        population={"districts": [{"synthetic": {"schools": 6}}]},
        sample={"districts": 4},
        arms={"usual": {}, "reform": {"policy": "leader_led"}},
        assignment={"unit": "district"},
        measures={"supervisors": {"instrument": "leadership_rating", "when": 1, "baseline": 0,
                                  "estimator": "difference_in_differences"}},
    )  # fmt: skip
    (row,) = repetition(study, 1)
    assert (row["measured"], row["clusters"]) == (24, 4)
    assert row["truth"] != 0
    assert row["spillover"] == 0.0  # another district feels nothing


def test_teachers_within_schools_and_a_school_is_shared():
    study = of(
        assignment={"unit": "teacher", "method": "blocks"},
        measures={"skill": PAGE["measures"]["skill"],
                  "all": {"instrument": "test_scores", "when": 1, "estimator": "mean"}},
    )  # fmt: skip
    rows = repetition(study, 1)
    assert rows[0]["truth"] > 0.1
    assert rows[0]["clusters"] == rows[0]["measured"]
    assert rows[1]["arm"] == "usual"


def test_replaced_teachers_are_felt_by_schools_that_keep_theirs():
    """HR and candidates are shared by the whole district: spillovers come of that."""
    study = of(
        arms={"usual": {}, "replaced": {"set": {"hr.replace_teachers": 0.5}, "ends": 52}},
        years=2,
        measures={"growth": {"instrument": "school_growth", "when": 2, "baseline": 1,
                             "per": "teacher_turnover", "people": False,
                             "estimator": "difference_in_differences"}},
    )  # fmt: skip
    rows = [repetition(study, number)[0] for number in (1, 2, 3)]
    assert all(np.isfinite(row["truth"]) for row in rows)
    assert any(abs(row["spillover"]) > 1e-6 for row in rows)


def test_levers_of_the_first_arm_end_where_another_begins():
    arms = {"days": {"set": {"pd.days": 12}}, "coached": {"set": {"pd.coaching_hours": 1}}}
    study = of(arms=arms, everybody={"set": {"pd.days": 3}})
    from districtsim.study import trials_run

    base = trials_run.usual(study)
    (site,) = trials_run.sampling.sites_of(study, 1)
    site.schools, site.arms = np.arange(6), np.array([0, 0, 0, 1, 1, 1])
    simulation = Simulation(site.district, trials_run.as_assigned(study, site, base), 1)
    days = simulation.timeline.in_force(60)["money"].pd.days
    assert days.tolist() == [12, 12, 12, 3, 3, 3]


def test_uncertain_numbers_are_drawn_anew_in_every_repetition():
    study = of(draws=True, repetitions=3)
    drawn = [run.numbers for run in runs_of(study)]
    rates = [numbers["feedback"]["rate"] for numbers in drawn]
    assert len(set(rates)) == 3
    assert all(0.01 <= rate <= 0.04 for rate in rates)
    rows = carry_out(study, workers=1, progress=False).rows
    usual_rows = carry_out(of(repetitions=3), workers=1, progress=False).rows
    for one, other in zip(rows, usual_rows):  # the same luck, other numbers
        assert one["measured"] > 0
        assert one["truth"] != other["truth"]
    fixed = of(draws=True, repetitions=3, parameters={"feedback": {"rate": 0.02}})
    assert carry_out(fixed, workers=1, progress=False).rows != rows
    assert [run.numbers for run in runs_of(of())] == [None] * 4


def test_what_cannot_be_carried_out_is_refused():
    with pytest.raises(SettingError, match="60 schools are asked for and 6 are eligible"):
        carry_out(of(sample={"schools": 60, "teachers": 2}), progress=False)


# Summaries


def test_summary_by_hand():
    study = of()
    rows = [
        {"size": None, "measure": "tests", "arm": "coached", "estimate": e, "error": 0.1,
         "low": e - 0.2, "high": e + 0.2, "p_value": p, "truth": 0.1, "spillover": 0.0}
        for e, p in ((0.3, 0.01), (0.2, 0.2), (-0.25, 0.04), (0.15, 0.3))
    ]  # fmt: skip
    (row,) = [r for r in summary(study, rows) if r["studies"]]
    assert row["estimate"] == pytest.approx(0.1)
    assert row["bias"] == pytest.approx(0.0)
    assert row["significant"] == 0.5
    assert row["wrong_sign"] == 0.5
    assert row["exaggeration"] == pytest.approx(0.275 / 0.1)
    assert row["coverage"] == 0.75  # the interval of -0.25 ends at -0.05
    assert row["verdict"] == "inside"
    assert row["below_published"] == 0.25


@pytest.mark.parametrize(
    ("sign", "verdict"),
    [("positive", "as published"), ("negative", "not as published"), ("none", "not as published")],
)
def test_signs_that_were_published(sign, verdict):
    study = of()
    figure = replace(study.measures[0].published, value=None, sign=sign)
    study = replace(study, measures=(replace(study.measures[0], published=figure),))
    rows = [
        {"size": None, "measure": "tests", "arm": "coached", "estimate": 0.3, "error": 0.1,
         "low": 0.1, "high": 0.5, "p_value": 0.01, "truth": 0.1, "spillover": 0.0}
        for _ in range(5)
    ]  # fmt: skip
    assert summary(study, rows)[0]["verdict"] == verdict


def test_wilson_by_hand():
    # 8 of 10: centre (0.8 + 0.19207) / 1.38415 = 0.71674; half 0.22660
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10)[0] == 0.0


@pytest.mark.parametrize(
    ("powers", "size"),
    [([0.2, 0.6, 1.0], 60.0), ([0.9, 0.95, 1.0], 20.0), ([0.1, 0.2, 0.3], None),
     ([0.4, 0.3, 0.9], 72.0)],
)  # fmt: skip
def test_the_size_that_has_the_power(powers, size):
    # 0.8 lies halfway from 40 to 80, or (0.8 - 0.4) / (0.9 - 0.4) of the way
    assert needed([20, 40, 80], powers) == (size if size is None else pytest.approx(size))


# The command line, and Python


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = yaml.safe_dump(PAGE, sort_keys=False)
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_study_prints_and_writes_what_it_found(folder, capsys):
    assert main(["study", "small.yaml", "--workers", "1", "--out", "mine"]) == 0
    printed = capsys.readouterr().out
    for word in ("A small trial", "tests", "skill", "0.020", "4 simulated studies, seed 1"):
        assert word in printed
    table = pyarrow.parquet.read_table(folder / "mine/estimates.parquet").to_pandas()
    assert len(table) == 8
    assert {"repetition", "measure", "arm", "estimate", "error", "p_value", "truth"} <= set(table)
    assert len(pyarrow.parquet.read_table(folder / "mine/summary.parquet")) == 2
    assert pyarrow.parquet.read_table(folder / "mine/runs.parquet")["status"].to_pylist() == (
        ["done"] * 4
    )
    assert (folder / "mine/figures/estimates.png").read_bytes().startswith(b"\x89PNG")


def test_json_of_a_power_curve(folder, capsys):
    told = ["study", "small.yaml", "--power", "4", "6", "--repetitions", "3", "--workers", "1"]
    assert main([*told, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["measure"], row["size"]) for row in found["table"]] == [
        ("tests", 4), ("skill", 4), ("tests", 6), ("skill", 6),
    ]  # fmt: skip
    assert {row["measure"] for row in found["needed"]} == {"tests", "skill"}
    assert (folder / found["folder"] / "figures/power.png").is_file()


def test_what_ships_is_listed_and_shown(capsys):
    assert main(["study", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["study"] for row in listed] == Study.names()
    assert main(["study", "blank", "--show"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert Study.from_dict("blank", shown).title
    assert main(["study", "--instruments", "--json"]) == 0
    assert {"rubric", "value_added"} <= {
        row["instrument"] for row in json.loads(capsys.readouterr().out)
    }


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ([], "name a study or its file"),
        (["blanc"], "Did you mean 'blank'?"),
        (["none.yaml"], "no such file"),
        (["blank", "--repetitions", "one"], "--repetitions is 'one'"),
        (["blank", "--seed", "-3"], "the root of all chance"),
        (["blank", "--power", "some"], "--power is 'some'"),
        (["turnover_cost", "--power"], "names no sizes; give them"),
        (["blank", "--workers", "0"], "--workers is 0"),
        (["blank", "--docs", "nowhere"], "--docs nowhere: no such folder"),
    ],
)
def test_what_is_told_wrongly_is_refused(told, says, folder, capsys):
    assert main(["study", *told]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said.strip().splitlines()) <= 3
    assert not (folder / "results").exists()


def test_check_knows_a_study(folder, capsys):
    assert main(["check", "small.yaml"]) == 0
    assert "a valid study file: 4 simulated studies, 2 measures" in capsys.readouterr().out


def test_the_page_is_the_same_when_made_again(folder, capsys):
    (folder / "docs").mkdir()
    told = ["study", "small.yaml", "--workers", "1", "--docs", "docs"]
    pages, pictures = [], []
    for _ in range(2):
        assert main(told) == 0
        pages.append((folder / "docs/studies.md").read_text(encoding="utf-8"))
        pictures.append((folder / "docs/figures/studies/small_estimates.png").read_bytes())
    assert pages[0] == pages[1]
    assert pictures[0] == pictures[1]
    assert main(["docs", "studies", "--out", "docs", "--check"]) == 0  # from stored summaries
    (folder / "docs/numbers/studies.json").unlink()
    assert main(["docs", "studies", "--out", "docs"]) == 2
    assert "'districtsim study --docs docs' carries the studies out" in capsys.readouterr().err
    for word in ("## small", "Role V: not used to set anything", "figures/studies/small_estimates",
                 "| [small](#small) | tests | 0.020 (F1) |"):  # fmt: skip
        assert word in pages[0]


def test_the_page_in_docs_is_as_its_stored_summaries_have_it_and_holds_every_study():
    docs = Path(__file__).resolve().parents[2] / "docs"
    page = (docs / PAGES["studies"].file).read_text(encoding="utf-8")
    kept = stored_numbers.stored(docs / "numbers/studies.json")["numbers"]
    assert page == studies_document.written(kept)
    assert sorted(kept["studies"]) == Study.names()
    assert all((docs / path).is_file() for paths in kept["pictures"].values() for path in paths)


def test_the_page_says_what_a_figure_has_set():
    study = Study.load("observed_and_reported_time")
    result = carry_out(study.sized(20).replaced(repetitions=2), workers=1, progress=False)
    text = trials_page.page([result], "Made by a test.")
    assert "Role C: used to set a number of the model: time_use.instruction_share" in text


def test_from_python():
    study = ds.Study.load("observed_and_reported_time").sized(30)
    found = ds.run_study(study, repetitions=3, workers=1, progress=False)
    assert isinstance(found, ds.StudyResult)
    assert len(found.estimates) == 9
    table = found.table.set_index("measure")
    assert table.estimate["observed"] == pytest.approx(table.truth["observed"], rel=0.25)
    assert 1.5 < table.estimate["reported_over_observed"] < 3.2
    assert found.needed == {}
