"""Designs: an experiment file becomes the runs that answer it."""

import pytest

from districtsim.study.designs import Experiment
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy


def experiment(**more):
    """Two policies in a made-up district; anything can be changed."""
    page = {
        "districts": [{"synthetic": {"schools": 2, "seed": 1}}],
        "policies": [Policy("usual"), Policy("small", {"supervision.caseload": 6})],
        "replicates": 3,
        **more,
    }
    return Experiment.from_dict("test", page)


def test_every_policy_is_run_for_every_replicate():
    runs = experiment().runs()
    assert [(run.policy.name, run.replicate) for run in runs] == [
        ("usual", 1), ("usual", 2), ("usual", 3), ("small", 1), ("small", 2), ("small", 3),
    ]  # fmt: skip
    assert {run.seed for run in runs} == {1}
    assert all(run.point == {} for run in runs)


def test_a_grid_is_every_combination_on_top_of_each_policy():
    vary = {"supervision.caseload": [8, 12], "supervision.time_checks": [False, True]}
    runs = experiment(vary=vary, replicates=1).runs()
    assert len(runs) == 2 * 2 * 2
    assert [tuple(run.point.values()) for run in runs[:4]] == [
        (8, False), (8, True), (12, False), (12, True),
    ]  # fmt: skip
    for run in runs:
        assert run.policy.levers["supervision.caseload"] == run.point["supervision.caseload"]
    assert {run.policy.name for run in runs} == {"usual", "small"}


def test_several_districts_are_told_apart():
    two = [District.synthetic(schools=2, seed=1), District.synthetic(schools=3, seed=1)]
    runs = experiment(districts=two, replicates=1).runs()
    assert [run.point["district"] for run in runs] == [two[0].name] * 2 + [two[1].name] * 2


def test_arms_share_seeds_and_a_new_arm_moves_none():
    fewer = experiment(policies=[Policy("usual")]).runs()
    more = experiment(policies=[Policy("new"), Policy("usual")]).runs()
    seeds = [run.as_row()["run_seed"] for run in more]
    assert [run.as_row()["run_seed"] for run in fewer] == seeds[:3] == seeds[3:]


def test_a_row_says_every_number_in_force():
    first, *_, last = (run.as_row() for run in experiment().runs())
    assert first["supervision.caseload"] == 16  # status quo, interface
    assert last["supervision.caseload"] == 6
    assert last["policy"] == "small"
    assert len([name for name in first if "." in name]) > 60


def test_parameters_given_are_in_the_row():
    from districtsim.world.parameters import uncertain

    name, card = next(iter(uncertain().items()))
    mechanism, _, parameter = name.partition(".")
    given = {mechanism: {parameter: card.range[0]}}
    row = experiment(parameters=given, without=["hiring"]).runs()[0].as_row()
    assert row[name] == card.range[0]
    assert row["without"] == "hiring"


def test_what_is_read_can_be_written_and_read_again():
    page = experiment(vary={"supervision.caseload": [8, 12]}).as_dict()
    assert page["districts"] == [{"synthetic": {"schools": 2, "seed": 1}}]
    assert page["policies"] == ["usual", "small"]
    assert page["vary"] == {"supervision.caseload": [8, 12]}
    page["policies"] = ["status_quo"]
    assert Experiment.from_dict("again", page).as_dict() == page


def test_changes_are_checked_again():
    assert len(experiment().replaced(replicates=1).runs()) == 2
    with pytest.raises(SettingError, match="years is 0"):
        experiment().replaced(years=0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"years": True}, "years is True"),
        ({"years": 2.0}, "years is 2.0"),
        ({"replicates": {"until": "half_width"}}, "needs of, at, max"),
        ({"seed": -1}, "seed is -1"),
        ({"title": 3}, "title is 3"),
        ({"districts": []}, "expected a list"),
        ({"districts": "seattle"}, "expected a list"),
        ({"districts": [7]}, "give a name"),
        ({"districts": [{"synthetic": {"skools": 3}}]}, "Did you mean 'schools'"),
        ({"districts": [{"synthetic": 3}]}, "expected"),
        ({"policies": [{"set": {}}]}, "give the name of a policy"),
        ({"policies": [Policy("a"), Policy("a")]}, "stands twice"),
        ({"vary": [1]}, "expected `group.lever"),
        ({"vary": {"supervision.caseload": []}}, "expected a list of values"),
        ({"vary": {"supervision.caseload": {"low": 3}}}, "expected {low"),
        ({"vary": {"supervision.caseload": {"low": 9, "high": 9}}}, "must be below"),
        ({"vary": {"supervision.caseload": {"low": 0, "high": 9}}}, "outside"),
        ({"vary": {"supervision.caseload": {"low": 6, "high": 9}}}, "is a range, and a grid"),
        ({"vary": {"supervision.caselod": [6]}}, "Did you mean 'supervision.caseload'"),
        ({"vary": {"pd.data": {"low": 1, "high": 2}}}, "has no range"),
        ({"samples": 8}, "leave samples out"),
        ({"design": "morris", "samples": 8}, "needs something that varies"),
        ({"design": "sobl"}, "Did you mean 'sobol'"),
        ({"vary": {"supervision.caseload": [8, 8]}}, "stands twice"),
        ({"vary": {"supervision.caseload": [0]}}, "outside"),
        ({"weekly": ["apropriation"]}, "Did you mean 'appropriation'"),
        ({"outcomes": "appropriation"}, "expected a list"),
        ({"without": ["hirring"]}, "Did you mean 'hiring'"),
        ({"without": 3}, "expected a list"),
        ({"parameters": {"hirring": {}}}, "Did you mean 'hiring'"),
        ({"parameters": 3}, "expected {mechanism"),
        ({"replicats": 3}, "Did you mean 'replicates'"),
    ],
)
def test_what_is_not_allowed_is_refused(change, said):
    with pytest.raises(SettingError) as refused:
        experiment(**change)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3


def test_equal_budget_is_paid_for_with_pd_days():
    experiment = Experiment.load("caseload").replaced(
        districts=("tacoma",), vary={"supervision.caseload": [8, 16]}, replicates=1
    )
    runs = experiment.runs()
    assert [run.point["budget"] for run in runs] == ["as it costs", "equal"] * 2
    days = [run.policy.levers.get("pd.days", 6) for run in runs]
    # 66 schools: 9 desks instead of 5 cost 4 x $200,000; a PD day costs 7.5 x $60 + $100 for each
    # of the 1,646 teaching posts: 800,000 / (550 x 1,646) = 0.8837 days.
    assert days == [6, pytest.approx(6 - 0.8837, abs=1e-4), 6, pytest.approx(6)]


def test_equal_budget_that_cannot_be_met_is_refused():
    experiment = Experiment.load("caseload").replaced(
        districts=("tacoma",), vary={"supervision.caseload": [1]}, replicates=1
    )
    with pytest.raises(SettingError, match=r"pd.days of -"):
        experiment.runs()
