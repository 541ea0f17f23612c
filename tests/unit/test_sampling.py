"""Sampling: which points a design has, in which order, and what SALib makes of them."""

import numpy as np
import pytest

from districtsim.study import sampling
from districtsim.study.designs import Experiment
from districtsim.world.errors import SettingError
from districtsim.world.parameters import levers, uncertain
from districtsim.world.policies import Policy

PARAMETER, CARD = next(iter(uncertain().items()))
MIXED = {
    "pd.days": {"low": 2, "high": 10},
    "supervision.caseload": {"range": [6, 30]},
    "standards.elements": {"low": 10, "high": 12},  # whole numbers: 10, 11, 12
    "pd.allocation": ["siloed", "tiered", "aligned"],
    PARAMETER: "plausible",
}


def experiment(design="grid", vary=MIXED, **more):
    page = {
        "districts": [{"synthetic": {"schools": 2, "seed": 1}}],
        "policies": [Policy("usual")],
        "replicates": 1,
        "design": design,
        "vary": vary,
        **more,
    }
    return Experiment.from_dict("test", page)


def test_no_name_is_both_a_lever_and_a_parameter():
    assert not set(levers()) & set(uncertain())


def test_a_grid_varies_the_last_fastest():
    vary = {"pd.days": [1, 2], "pd.data": ["test_scores", "teaching_quality"]}
    assert experiment(vary=vary).points() == [
        {"pd.days": 1, "pd.data": "test_scores"},
        {"pd.days": 1, "pd.data": "teaching_quality"},
        {"pd.days": 2, "pd.data": "test_scores"},
        {"pd.days": 2, "pd.data": "teaching_quality"},
    ]


def test_nothing_varied_is_one_point():
    assert experiment(vary={}).points() == [{}]


def test_latin_hypercube_meets_every_level_equally():
    points = experiment("latin_hypercube", samples=30).points()
    assert len(points) == 30
    for factor, each in (("pd.allocation", 10), ("standards.elements", 10)):
        values = [point[factor] for point in points]
        assert {v: values.count(v) for v in set(values)} == dict.fromkeys(set(values), each)
        assert len(set(values)) == 3
    days = np.sort([point["pd.days"] for point in points])
    strata = np.floor((days - 2) / 8 * 30).astype(int)  # one in each thirtieth of the range
    assert strata.tolist() == list(range(30))


def test_sobol_points_are_in_the_order_of_the_analysis():
    from SALib.analyze import sobol

    made = experiment("sobol", samples=256)
    sample = made.sample()
    assert sample.shape == (256 * 7, 5) == (len(made.points()), len(made.factors))
    # y = days + 3 x tiered: variance 64/12 and 9 x 2/9, nothing else matters
    y = np.array([p["pd.days"] + 3 * (p["pd.allocation"] == "tiered") for p in made.points()])
    found = sobol.analyze(made.problem(), y, calc_second_order=False, seed=1)
    shares = np.array([16 / 3, 0, 0, 2, 0]) / (16 / 3 + 2)
    assert found["S1"] == pytest.approx(shares, abs=0.05)
    assert found["ST"] == pytest.approx(shares, abs=0.05)


def test_morris_trajectories_change_one_thing_at_a_time():
    from SALib.analyze import morris

    made = experiment("morris", samples=10)
    points = made.points()
    assert len(points) == 10 * 6
    for first in range(0, 60, 6):
        for one, other in zip(points[first : first + 5], points[first + 1 : first + 6]):
            assert sum(one[name] != other[name] for name in one) == 1
    y = np.array([3 * point["pd.days"] for point in points])
    found = morris.analyze(made.problem(), made.sample(), y, num_levels=sampling.MORRIS_LEVELS)
    # an effect is per step of the unit range: 3 x (10 - 2)
    assert found["mu_star"].tolist() == pytest.approx([24, 0, 0, 0, 0])


def test_values_are_those_of_the_cards():
    for point in experiment("sobol", samples=8).points():
        assert 6 <= point["supervision.caseload"] <= 30
        assert point["standards.elements"] in (10, 11, 12)
        assert isinstance(point["standards.elements"], int)
        assert CARD.range[0] <= point[PARAMETER] <= CARD.range[1]


def test_only_the_seed_decides_on_the_sample():
    one, same, other = (
        experiment("latin_hypercube", samples=9, seed=s).points() for s in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize("design", sampling.DESIGNS)
def test_points_can_be_asked_for_one_by_one(design):
    vary = {"pd.days": [1, 2], "pd.data": "plausible"}
    made = experiment(design, vary, samples=4 if design in sampling.SAMPLED else None)
    points = made.sampled_points()
    assert [points[i] for i in range(len(points))] == made.points()
    assert points[-1] == made.points()[-1]
    with pytest.raises(IndexError):
        points[len(points)]


def test_one_at_a_time_leaves_the_others_as_the_policy_has_them():
    vary = {"pd.days": [6, 8], PARAMETER: "plausible"}
    policies = [Policy("usual"), Policy("few", {"pd.days": 3})]
    made = experiment("one_at_a_time", vary, policies=policies)
    low, high = CARD.range
    assert made.points() == [
        {},
        {"pd.days": 6},
        {"pd.days": 8},
        {PARAMETER: low},
        {PARAMETER: high},
    ]
    found = [(r.policy.name, r.number, r.point["pd.days"], r.point[PARAMETER]) for r in made.runs()]
    now = CARD.value
    assert found == [
        ("usual", 0, 6, now), ("usual", 1, 6, now), ("usual", 2, 8, now), ("usual", 3, 6, low),
        ("usual", 4, 6, high), ("few", 0, 3, now), ("few", 1, 6, now), ("few", 2, 8, now),
        ("few", 3, 3, low), ("few", 4, 3, high),
    ]  # fmt: skip
    # where all policies agree on a value, it is not run a second time
    assert experiment("one_at_a_time", {"pd.days": [6, 8]}).points() == [{}, {"pd.days": 8}]


def test_a_point_sets_levers_and_parameters():
    mechanism, _, number = PARAMETER.partition(".")
    made = experiment("latin_hypercube", samples=3)
    for run, point in zip(made.runs(), made.points()):
        assert run.policy.levers["pd.days"] == point["pd.days"]
        assert run.parameters == {mechanism: {number: point[PARAMETER]}}
        assert run.point == point
        assert run.as_row()["point"] == run.number == made.points().index(point)


def test_luck_does_not_depend_on_the_point():
    runs = experiment("latin_hypercube", samples=4, replicates=2).runs()
    seeds = {(run.replicate, run.as_row()["run_seed"]) for run in runs}
    assert len(seeds) == 2


def test_what_is_read_can_be_written_and_read_again():
    made = experiment("sobol", samples=4, policies=["status_quo"])
    assert Experiment.from_dict("again", made.as_dict()).points() == made.points()


@pytest.mark.parametrize(
    ("design", "more", "said"),
    [
        ("sobol", {}, "needs it"),
        ("sobol", {"samples": 100}, "64 or 128"),
        ("morris", {"samples": True}, "is True"),
        ("latin_hypercube", {"samples": 1}, "is 1"),
        (
            "latin_hypercube",
            {"samples": 8, "vary": {PARAMETER: {"low": -1e9, "high": 1}}},
            "outside",
        ),
        ("latin_hypercube", {"samples": 8, "vary": {"pd.days": "plausibel"}}, "or plausible"),
        ("grid", {"vary": {f"{CARD.mechanism}.{CARD.name}x": [1]}}, "Did you mean"),
    ],
)
def test_designs_that_make_no_sense_are_refused(design, more, said):
    with pytest.raises(SettingError) as refused:
        experiment(design, **more)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3


def test_fixed_numbers_are_not_varied():
    from districtsim.world.parameters import cards

    fixed = next(
        f"{m}.{n}" for m, group in cards().items() for n, card in group.items()
        if card.role == "fixed"
    )  # fmt: skip
    with pytest.raises(SettingError, match="is a fixed number"):
        experiment(vary={fixed: [1]})
