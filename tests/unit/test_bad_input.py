"""Bad input: exit code 2, at most three lines, no traceback, nothing damaged or left behind."""

import pytest

from districtsim.cli import main
from districtsim.world.district import District

FILES = {
    "empty.yaml": "",
    "list.yaml": "- one\n- two\n",
    "cut.yaml": "title: A policy\nset: {supervision: {caselo",
    "tab.yaml": "title: x\nset:\n\tsupervision: 3\n",
    "twice.yaml": "title: x\ntitle: y\nset: {}\n",
    "other.yaml": "colour: blue\n",
    "lever.yaml": "title: x\nset:\n  supervision:\n    caselod: 8\n",
    "near.yaml": "title: x\nset:\n  equity:\n    training: 8\n",
    "option.yaml": "title: x\nset: {equity: {officer: advisor}}\n",
    "yes.yaml": "title: x\nset: {office: {filter_initiatives: 1}}\n",
    "cut_share.yaml": "title: x\nset: {office: {budget_cut: 0.5}}\n",
    "places.yaml": ("title: x\nset: {equity: {policy_review: 4}}\nwhere: {low_income: [0.5, 1]}\n"),
    "range.yaml": "title: x\nset: {supervision: {caseload: 900}}\n",
    "kind.yaml": "title: x\nset: {supervision: {caseload: many}}\n",
    "key.yaml": "title: x\nset: {}\nstart: 3\n",
    "no_schools.yaml": "title: Nowhere\nschools: no_schools.csv\n",
    "no_schools.csv": (
        "id,name,level,locale,enrolment,teachers,low_income,"
        "native,asian,black,pacific,white,two_or_more,hispanic\n"
    ),
    "no_table.yaml": "title: Nowhere\nschools: missing.csv\n",
    "ex_key.yaml": "districts: [seattle]\npolicies: [status_quo]\nreplicats: 3\n",
    "ex_years.yaml": "districts: [seattle]\npolicies: [status_quo]\nyears: -3\n",
    "ex_word.yaml": "districts: [seattle]\npolicies: [status_quo]\nyears: five\n",
    "ex_design.yaml": "districts: [seattle]\npolicies: [status_quo]\ndesign: sobol\n",
    "ex_typo.yaml": "districts: [seattle]\npolicies: [status_quo]\ndesign: girds\n",
    "ex_until.yaml": "districts: [seattle]\npolicies: [status_quo]\nreplicates: {until: x}\n",
    "ex_range.yaml": (
        "districts: [seattle]\npolicies: [status_quo]\nvary: {supervision.caseload: 900}\n"
    ),
    "ex_vary.yaml": (
        "districts: [seattle]\npolicies: [status_quo]\nvary: {supervision.caselod: [8]}\n"
    ),
    "ex_parameter.yaml": (
        "districts: [seattle]\npolicies: [status_quo]\nvary: {time_use.meetings: [0.1, 0.5]}\n"
    ),
    "ex_same.yaml": "districts: [seattle]\npolicies: [status_quo, status_quo]\n",
    "ex_none.yaml": "districts: [seattle]\npolicies: []\n",
    "ex_district.yaml": "districts: [seatle]\npolicies: [status_quo]\n",
    "ex_outcome.yaml": "districts: [seattle]\npolicies: [status_quo]\noutcomes: [apropriation]\n",
    "ex_missing.yaml": "policies: [status_quo]\nyears: 3\n",
}
RUN = ["run", "status_quo"]
BAD_LEVERS = [  # --set, what the message must say: a near miss, another kind, out of range
    ("research_use.theory_of_acton=dialogue", "Did you mean 'research_use.theory_of_action'?"),
    ("research_use.theory_of_action=told", "it takes one of none, presented, dialogue"),
    ("standards.jiont=true", "Did you mean 'standards.joint'?"),
    ("standards.joint=yes", "it takes one of false, true"),
    ("hr.case_managment=true", "Did you mean 'hr.case_management'?"),
    ("hr.case_management=1", "it takes one of false, true"),
    ("hr.joint_placment=true", "Did you mean 'hr.joint_placement'?"),
    ("hr.joint_placement=often", "it takes one of false, true"),
    ("hr.bias_training=10", "Did you mean 'hr.bias_training_hours'?"),
    ("hr.bias_training_hours=many", "it takes a number 0 to 40"),
    ("hr.bias_training_hours=41", "outside [0, 40]"),
    ("hr.bias_training_hours=-1", "outside [0, 40]"),
    ("office.reorganize=true", "Did you mean 'office.reorganise'?"),
    ("office.reorganise=2", "it takes one of false, true"),
    ("office.cross_functional_team=true", "Did you mean 'office.cross_functional_teams'?"),
    ("office.cross_functional_teams=", "it takes one of false, true"),
    ("office.filter_initiative=true", "Did you mean 'office.filter_initiatives'?"),
    ("office.filter_initiatives=some", "it takes one of false, true"),
    ("office.aligned_unit=3", "Did you mean 'office.aligned_units'?"),
    ("office.aligned_units=6", "outside [0, 5]"),
    ("office.aligned_units=2.5", "it takes a whole number 0 to 5"),
    ("office.aligned_units=all", "it takes a whole number 0 to 5"),
    ("office.budget_cuts=0.1", "Did you mean 'office.budget_cut'?"),
    ("office.budget_cut=25", "outside [0, 0.25]"),
    ("office.budget_cut=-0.1", "outside [0, 0.25]"),
    ("office.budget_cut=true", "it takes a number 0 to 0.25"),
    ("office.project_managment=true", "Did you mean 'office.project_management'?"),
    ("office.project_management=0.5", "it takes one of false, true"),
    ("equity.training_hour=8", "Did you mean 'equity.training_hours'?"),
    ("equity.training_hours=50", "outside [0, 40]"),
    ("equity.training_hours=nan", "it takes a number 0 to 40"),
    ("equity.officers=advises", "Did you mean 'equity.officer'?"),
    ("equity.officer=advise", "it takes one of none, advises, decides"),
    ("equity.officer=1", "it takes one of none, advises, decides"),
    ("equity.policy_reviews=4", "Did you mean 'equity.policy_review'?"),
    ("equity.policy_review=400", "outside [0, 40]"),
    ("equity.policy_review=yes", "it takes a number 0 to 40"),
    ("equity.premises_hours=2", "Did you mean 'equity.premise_hours'?"),
    ("equity.premise_hours=11", "outside [0, 10]"),
    ("equity.premise_hours=none", "it takes a number 0 to 10"),
    ("equity.research_case=true", "Did you mean 'equity.research_cases'?"),
    ("equity.research_cases=1", "it takes one of false, true"),
    ("equity.planing_years=5", "Did you mean 'equity.planning_years'?"),
    ("equity.planning_years=0", "outside [1, 5]"),
    ("equity.planning_years=1.5", "it takes a whole number 1 to 5"),
    ("equity.planning_years=five", "it takes a whole number 1 to 5"),
    ("planning.improvement_plans=goals", "Did you mean 'planning.improvement_plan'?"),
    ("planning.improvement_plan=targets", "it takes one of goals, capacity"),
    ("planning.improvement_plan=true", "it takes one of goals, capacity"),
]
CASES = [  # arguments, what the message must say
    (["rnu", "status_quo"], "Did you mean 'run'?"),
    (["--yaers"], "not a option"),
    (["run"], "POLICY"),
    (["compare", "status_quo"], "POLICY"),
    (["compare", "status_quo", "status_quo"], "stands twice"),
    (["run", "status_qou"], "Did you mean 'status_quo'?"),
    (["run", "nowhere.yaml"], "no such file"),
    (["run", "."], "'.'"),
    (["run", "lever.yaml"], "Did you mean 'supervision.caseload'?"),
    (["run", "empty.yaml"], "empty"),
    (["run", "cut.yaml"], "cut.yaml:3"),
    ([*RUN, "--yaers", "3"], "Did you mean '--years'?"),
    ([*RUN, "extra"], "'extra'"),
    ([*RUN, "--years"], "--years"),
    ([*RUN, "--years", "-3"], "--years is -3"),
    ([*RUN, "--years", "0"], "--years is 0"),
    ([*RUN, "--years", "51"], "1 to 50"),
    ([*RUN, "--years", "2.5"], "--years is '2.5'"),
    ([*RUN, "--years", "five"], "--years is 'five'"),
    ([*RUN, "--years", "9" * 5000], "--years"),
    ([*RUN, "--replicates", "0"], "--replicates is 0"),
    ([*RUN, "--replicates", "many"], "--replicates is 'many'"),
    ([*RUN, "--seed", "-1"], "--seed is -1"),
    ([*RUN, "--seed", "4294967296"], "4294967295"),
    ([*RUN, "--seed", "x"], "--seed is 'x'"),
    ([*RUN, "--workers", "0"], "--workers is 0"),
    ([*RUN, "--workers", "x"], "--workers is 'x'"),
    ([*RUN, "--district", "seatle"], "Did you mean 'seattle'?"),
    ([*RUN, "--district", "no_schools.yaml"], "school"),
    ([*RUN, "--district", "no_table.yaml"], "missing.csv"),
    ([*RUN, "--district", "empty.yaml"], "empty"),
    ([*RUN, "--district", "binary.yaml"], "UTF-8"),
    ([*RUN, "--district", "damaged.yaml"], "row 3"),
    ([*RUN, "--set", "supervision.caselod=8"], "Did you mean 'supervision.caseload'?"),
    ([*RUN, "--set", "supervision.caseload=900"], "outside [1, 60]"),
    ([*RUN, "--set", "supervision.caseload="], "supervision.caseload"),
    ([*RUN, "--set", "supervision.caseload=many"], "supervision.caseload is 'many'"),
    ([*RUN, "--set", "supervision.caseload=nan"], "supervision.caseload"),
    ([*RUN, "--set", "supervision.caseload"], "group.lever=value"),
    ([*RUN, "--set", "pd.allocation=silo"], "siloed"),
    ([*RUN, "--set", "pd.consult_principals=1"], "true"),
    ([*RUN, "--out", "empty.yaml"], "cannot be written"),
    ([*RUN, "--out", "empty.yaml/deeper"], "cannot be written"),
    ([*RUN, "--out", "/proc/nowhere"], "cannot be written"),
    ([*RUN, "--out", "old"], "already holds results"),
    (["check", "nowhere.yaml"], "cannot be read"),
    (["check", "."], "cannot be read"),
    (["check", "empty.yaml"], "empty"),
    (["check", "list.yaml"], "key: value"),
    (["check", "cut.yaml"], "cut.yaml:3"),
    (["check", "tab.yaml"], "tab.yaml:3"),
    (["check", "twice.yaml"], "twice.yaml:2"),
    (["check", "binary.yaml"], "UTF-8"),
    (["check", "other.yaml"], "neither"),
    (["check", "lever.yaml"], "lever.yaml:4"),
    (["check", "near.yaml"], "near.yaml:4"),
    (["check", "near.yaml"], "Did you mean 'equity.training_hours'?"),
    (["check", "option.yaml"], "it takes one of none, advises, decides"),
    (["check", "yes.yaml"], "it takes one of false, true"),
    (["check", "cut_share.yaml"], "outside [0, 0.25]"),
    (["check", "places.yaml"], "equity.policy_review"),
    (["check", "range.yaml"], "outside [1, 60]"),
    (["check", "kind.yaml"], "'many'"),
    (["check", "key.yaml"], "Did you mean 'starts'?"),
    (["check", "no_schools.yaml"], "school"),
    (["check", "damaged.yaml"], "row 3"),
    (["check", "ex_key.yaml"], "Did you mean 'replicates'?"),
    (["check", "ex_years.yaml"], "ex_years.yaml:3: years is -3"),
    (["check", "ex_word.yaml"], "'five'"),
    (["check", "ex_design.yaml"], "something that varies"),
    (["check", "ex_typo.yaml"], "grid"),
    (["check", "ex_until.yaml"], "needs of, at, max"),
    (["check", "ex_range.yaml"], "expected a list"),
    (["check", "ex_vary.yaml"], "Did you mean 'supervision.caseload'?"),
    (["check", "ex_parameter.yaml"], "outside [0.1, 0.3]"),
    (["check", "ex_same.yaml"], "stands twice"),
    (["check", "ex_none.yaml"], "expected a list"),
    (["check", "ex_district.yaml"], "Did you mean 'seattle'?"),
    (["check", "ex_outcome.yaml"], "Did you mean 'appropriation'?"),
    (["check", "ex_missing.yaml"], "'districts' is missing"),
    (["describe", "levrs"], "Did you mean 'levers'?"),
    (["describe", "levers", "zzz"], "nothing begins"),
    (["describe"], "required"),
    (["district", "shwo", "seattle"], "Did you mean 'show'?"),
    (["district", "show"], "one name"),
    (["district", "show", "seatle"], "Did you mean 'seattle'?"),
    (["district", "import"], "downloaded files"),
    (["district", "import", "nowhere.csv"], "nowhere.csv"),
    (["district", "import", "empty.yaml"], "empty.yaml"),
    (["district", "import", "binary.yaml"], "binary.yaml"),
    (["bench", "--schools", "many"], "--schools is 'many'"),
    (["bench", "--schools", "20", "1"], "--schools is 1"),
    (["demo", "--replicates", "1"], "--replicates"),
    (["demo", "--years", "-1"], "--years is -1"),
    *[([*RUN, "--set", given], said) for given, said in BAD_LEVERS],
]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with all the files above, two damaged districts and a folder of old results."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "binary.yaml").write_bytes(b"PK\x03\x04\xff\xfe\x00\x80")
    saved = District.synthetic(schools=4, seed=1).save(tmp_path / "damaged.yaml")
    table = saved.with_suffix(".csv")
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines[:2], lines[2].replace(",", ";"), *lines[3:]]))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "runs.parquet").write_text("precious")
    return tmp_path


def everything(folder):
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.mark.parametrize(("arguments", "said"), CASES, ids=[" ".join(a)[:60] for a, _ in CASES])
def test_bad_input(arguments, said, desk, capsys):
    before = everything(desk)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert 1 <= len(printed.err.splitlines()) <= 3
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert everything(desk) == before


def test_a_file_in_the_place_of_the_results_folder(desk, capsys):
    (desk / "results").write_text("precious")
    assert main([*RUN, "--district", "seattle"]) == 2
    assert "--out" in capsys.readouterr().err
    assert (desk / "results").read_text() == "precious"
