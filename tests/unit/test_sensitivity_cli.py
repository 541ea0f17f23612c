"""Sensitivity and report as commands: what they print and write, and what they refuse."""

import json
import re

import pytest
from test_reports import Reader

from districtsim.cli import main
from districtsim.study.chunks import Store
from districtsim.study.designs import Experiment
from districtsim.study.folders import sweep_folder
from districtsim.study.plan import Plan
from districtsim.study.runs import RunFailed, simulate_run

QUESTION = """
title: Does support depend on hours that nobody knows?
why: Two numbers are uncertain.
districts: [{synthetic: {schools: 4, seed: 1}}]
policies: [status_quo, small_caseload_protected]
vary: {time_use.meetings: plausible, time_use.evaluation_hours: plausible}
design: one_at_a_time
years: 1
replicates: 2
outcomes: [support_hours, principal_leadership]
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with a question, and its results in results/."""
    folder = tmp_path_factory.mktemp("sensitivity")
    (folder / "question.yaml").write_text(QUESTION)
    file, out = str(folder / "question.yaml"), str(folder / "results")
    assert main(["sensitivity", file, "--out", out]) == 0
    return folder


def test_the_experiment_is_run_by_the_sweep_and_kept(done):
    names = {path.name for path in (done / "results").iterdir()}
    assert names >= {"runs.parquet", "values.parquet", "experiment.json", "question.yaml",
                     "figures"}  # fmt: skip
    kinds = {path.suffix for path in (done / "results" / "figures").iterdir()}
    assert kinds == {".png", ".svg", ".pdf"}


def test_results_are_asked_again_without_running(done, capsys):
    words = ["--policy", "small_caseload_protected", "--against", "status_quo", "--json"]
    place = ["--outcome", "principal_leadership:all"]
    code = main(["sensitivity", str(done / "results"), *place, *words])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["method"] == "one_at_a_time"
    assert told["about"]["against"] == "status_quo"
    assert {row["name"] for row in told["indices"]} == {
        "time_use.meetings", "time_use.evaluation_hours",
    }  # fmt: skip
    assert (told["points"], told["replicates"]) == (5, 2)


def test_the_table_is_for_people(done, capsys):
    assert main(["sensitivity", str(done / "results"), "--outcome", "support_hours"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "time use: evaluation hours" in said
    assert "low to high" in said
    assert "in hours a week, with 95 % intervals" in said
    assert "Support for principals in year 1 moves" in said


def test_a_question_without_a_sample_varies_all_uncertain_numbers(done, capsys):
    plain = QUESTION.replace("one_at_a_time", "grid").replace("plausible", "[0.2, 0.3]")
    plain = plain.replace("time_use.evaluation_hours", "supervision.caseload")
    plain = plain.replace("supervision.caseload: [0.2, 0.3]", "supervision.caseload: [8, 16]")
    (done / "grid.yaml").write_text(plain)
    assert main(["sensitivity", str(done / "grid.yaml"), "--dry-run"]) == 0
    numbers, points = re.search(
        r"(\d+) numbers, morris: ([\d,]+) points x 2 policies x 2 replicates",
        capsys.readouterr().err,
    ).groups()
    assert int(numbers) > 100
    assert int(points.replace(",", "")) == 10 * (int(numbers) + 1)
    words = ["--vary", "hiring", "--method", "sobol", "--samples", "4", "--replicates", "3"]
    assert main(["sensitivity", str(done / "grid.yaml"), "--dry-run", *words]) == 0
    assert "sobol" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["FILE", "--method", "soboll"], "Did you mean 'sobol'?"),
        (["FILE", "--vary", "time_uses"], "Did you mean 'time_use'?"),
        (["FILE", "--outcome", "suport_hours"], "Did you mean 'support_hours'?"),
        (["FILE", "--replicates", "none"], "--replicates"),
        (["FILE", "--method", "sobol", "--samples", "10"], "power of two"),
        (["FILE", "--against", "status_qo"], "Did you mean 'status_quo'?"),
        (["FILE", "--policy", "protected.yaml"], "not a policy of this experiment"),
        (["FILE", "--year", "2"], "--year is 2"),
        (["FILE", "--fails", "often"], "--fails often: expected a number"),
        (["DIR", "--method", "sobol"], "Give the experiment's file to run another design"),
        (["DIR", "--samples", "8"], "holds runs already"),
        (["DIR", "--year", "7"], "no year '7' in these runs; there is 1"),
        (["DIR", "--policy", "leader_led"], "no policy 'leader_led'"),
        (["DIR", "--against", "leader_led"], "no policy 'leader_led'"),
        (["DIR", "--outcome", "teaching_quality"], "no outcome 'teaching_quality'"),
        (["DIR", "--outcome", "support_hours:ela"], "no group 'ela'"),
        (["DIR", "--fails", "never"], "--fails never: expected a number"),
        (["EMPTY"], "has no runs.parquet"),
        (["nowhere.yaml"], "nowhere"),
    ],
)
def test_mistakes_are_refused_in_three_lines(done, words, said, capsys):
    (done / "empty").mkdir(exist_ok=True)
    places = {"FILE": done / "question.yaml", "DIR": done / "results", "EMPTY": done / "empty"}
    assert main(["sensitivity", *(str(places.get(word, word)) for word in words)]) == 2
    problem = capsys.readouterr().err
    assert said in problem
    assert len(problem.splitlines()) <= 3


def test_a_report_has_figures_beside_it(done, capsys):
    assert main(["report", str(done / "results")]) == 0
    assert "report.html" in capsys.readouterr().out
    page = (done / "results" / "report.html").read_text(encoding="utf-8")
    text = Reader(page).text
    assert "Does support depend on hours that nobody knows?" in text
    assert "Two numbers are uncertain." in text
    assert "What moves the outcomes" in text
    assert "districtsim sweep question.yaml" in text
    assert not re.search(r"<script|<link|@import|url\(", page)


def test_a_report_elsewhere_leaves_the_folder_alone(done, tmp_path, capsys):
    before = sorted(done.rglob("*"))
    assert main(["report", str(done / "results"), "--out", str(tmp_path / "page.html"),
                 "--json"]) == 0  # fmt: skip
    assert json.loads(capsys.readouterr().out)["report"] == str(tmp_path / "page.html")
    assert sorted(done.rglob("*")) == before
    assert main(["report", str(done / "results"), "--out", str(tmp_path / "no" / "a.html")]) == 2
    assert "make it, or name another" in capsys.readouterr().err


def test_a_report_of_nothing_is_refused(tmp_path, capsys):
    for place in (tmp_path, tmp_path / "missing"):
        assert main(["report", str(place)]) == 2
    assert len(capsys.readouterr().err.splitlines()) <= 6


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A sweep's folder with 11 of 18 runs committed, one of which failed."""
    folder = tmp_path_factory.mktemp("running") / "half"
    page = {"title": "Half?", "districts": [{"synthetic": {"schools": 4, "seed": 1}}],
            "policies": ["status_quo"], "years": 1, "replicates": 3, "design": "grid",
            "vary": {"supervision.caseload": [4, 8, 16], "supervision.protected_days": [0, 3]},
            "outcomes": ["support_hours", "cost_per_student"]}  # fmt: skip
    plan = Plan(Experiment.from_dict("half", page))
    with sweep_folder(folder, plan):
        store = Store(folder, plan)
        store.prepare()
        for numbers in (range(6), range(6, 11)):
            ended = [simulate_run(plan.run(number)) for number in numbers]
            if 10 in numbers:
                ended[-1] = (RunFailed("ValueError: <no> hours", "trace"), 0.1)
            store.commit(list(numbers), ended)
    return folder


def test_a_report_of_a_running_sweep_says_what_share_is_there(running):
    assert main(["report", str(running)]) == 0
    page = (running / "report.html").read_text(encoding="utf-8")
    text = Reader(page).text
    assert "11 simulations of 18 (61 %) were there when this page was written" in text
    assert "1 simulation failed and is left out" in text
    assert "ValueError: &lt;no&gt; hours" in page
    names = {path.name for path in running.iterdir()}
    assert not names & {"runs.parquet", "values.parquet"}  # the sweep is left as it is
    assert len(list((running / "chunks" / "runs").glob("*.parquet"))) == 2
    assert "over 1 to 2 paired replicates" in text or "over 1 paired replicate" in text
