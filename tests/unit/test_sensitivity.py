"""Sensitivity: indices of functions whose indices are known, luck, and boxes that are there."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, qmc

from districtsim.study import analysis
from districtsim.study.sampling import Factor, Points

NAMES = ("a", "b", "c", "d")


def factors(count=3):
    return [Factor(f"x.{name}", low=-np.pi, high=np.pi) for name in NAMES[:count]]


def values(points, function, replicates=2, luck=0.0, own=False, policy="p"):
    """Tidy values of a design: one outcome, `luck` added by replicate, or by run if `own`."""
    table = pd.DataFrame(points[:])
    numbers = function(*table.to_numpy().T)
    shape = (len(table), replicates) if own else (1, replicates)
    chance = qmc.Halton(1, seed=3).random(int(np.prod(shape))).ravel().reshape(shape)
    added = luck * norm.ppf(np.clip(chance, 0.001, 0.999))
    found = []
    for replicate in range(replicates):
        found.append(table.assign(
            policy=policy, replicate=replicate + 1, year=1, week=np.nan, outcome="support_hours",
            group="all", value=numbers + added[:, replicate % added.shape[1]], point=table.index,
        ))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def ishigami(a, b, c):
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


@pytest.fixture(scope="module")
def sobol_points():
    return Points("sobol", factors(), 1024, seed=1)


def test_sobol_indices_of_ishigami(sobol_points):
    # exact: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Saltelli et al. 2008)
    found = analysis.response(values(sobol_points, ishigami, luck=1.0), "support_hours")
    assert analysis.which(found) == "sobol"
    table = analysis.sensitivity(found, resamples=100).set_index("name")
    assert table["total"].to_dict() == pytest.approx(
        {"x.a": 0.5576, "x.b": 0.4424, "x.c": 0.2437}, abs=0.03
    )
    assert table["first"].to_dict() == pytest.approx(
        {"x.a": 0.3139, "x.b": 0.4424, "x.c": 0.0}, abs=0.05
    )
    assert (table["total_low"] < table["total"]).all()
    assert list(table.index) == ["x.a", "x.b", "x.c"]  # strongest first


def test_what_does_nothing_has_no_total_index_only_with_common_luck():
    points = Points("sobol", factors(3), 128, seed=1)

    def only_a(a, b, c):
        return a

    def total(own):
        found = values(points, only_a, replicates=2, luck=1.5, own=own)
        table = analysis.sensitivity(analysis.response(found, "support_hours"), "sobol")
        return table.set_index("name").loc["x.c", "total"]

    assert abs(total(own=False)) < 1e-9
    assert total(own=True) > 0.1  # luck of its own at each point is taken for the number


def test_a_sobol_design_leaves_out_blocks_that_are_not_complete(sobol_points):
    table = values(sobol_points, ishigami)
    cut = table[table["point"] < 3003]  # 600 blocks of 5 and three points more
    cut = cut[cut["point"] != 7]  # one run of the second block has failed
    found = analysis.sensitivity(analysis.response(cut, "support_hours"), resamples=10)
    assert found.attrs["blocks"] == 599
    few = analysis.response(table[table["point"] < 6], "support_hours")
    with pytest.raises(ValueError, match="wait for more"):
        analysis.sensitivity(few, "sobol")


def test_a_number_with_few_levels_does_not_hide_a_sobol_design():
    mixed = [*factors(2), Factor("x.c", values=("few", "many"))]
    points = Points("sobol", mixed, 64, seed=1)
    table = values(points, lambda a, b, c: a.astype(float))
    found = analysis.response(table, "support_hours")
    assert analysis.which(found) == "sobol"
    assert set(found.factors["x.c"]) == {0.0, 1.0}


def test_morris_of_a_linear_function_is_its_slope_over_the_range():
    points = Points("morris", factors(4), 6, seed=1)
    table = values(points, lambda a, b, c, d: (3 * a - b + c * d / np.pi) / (2 * np.pi))
    found = analysis.response(table, "support_hours")
    assert analysis.which(found) == "morris"
    table = analysis.sensitivity(found, resamples=50).set_index("name")
    assert table.loc["x.a", "mu_star"] == pytest.approx(3)
    assert table.loc["x.b", ["mu", "sigma"]].tolist() == pytest.approx([-1, 0])
    assert table.loc["x.c", "sigma"] > 0.3  # its effect hangs on d


def test_one_at_a_time_by_hand():
    points = Points("one_at_a_time", [Factor("x.a", low=0.0, high=4.0), Factor("x.b", low=1.0,
                    high=3.0)], base={"x.a": 1.0, "x.b": 1.0})  # fmt: skip
    rows = [{"x.a": 1.0, "x.b": 1.0, **point} for point in points[:]]
    table = values(rows, lambda a, b: 10 * a + b**2, luck=1.0)
    found = analysis.sensitivity(analysis.response(table, "support_hours"))
    assert found.attrs["method"] == "one_at_a_time"
    first, second = found.to_dict("records")
    assert (first["name"], first["at_low"], first["at_high"]) == ("x.a", -10, 30)
    assert first["swing"] == pytest.approx(40)
    assert (second["at_low"], second["at_high"], second["low_value"]) == (0, 8, 1)


def test_latin_hypercube_gives_the_slopes_of_a_line():
    points = Points("latin_hypercube", factors(4), 80, seed=1)
    table = values(points, lambda a, b, c, d: (2 * a - b) / (2 * np.pi))
    found = analysis.response(table, "support_hours")
    assert analysis.which(found) == "latin_hypercube"
    table = analysis.sensitivity(found, resamples=20)
    assert table.attrs["r2"] == pytest.approx(1)
    slopes = table.set_index("name")["swing"]
    assert slopes["x.a"] == pytest.approx(2, rel=0.03)
    assert slopes["x.b"] == pytest.approx(-1, rel=0.03)
    assert slopes["x.c"] == pytest.approx(0, abs=1e-9)
    short = analysis.response(values(points[:9], lambda a, b, c, d: a), "support_hours")
    with pytest.raises(ValueError, match="14 or more"):
        analysis.sensitivity(short, "latin_hypercube")


def test_a_difference_between_policies_is_paired():
    points = Points("latin_hypercube", factors(3), 30, seed=1)
    table = pd.concat([values(points, lambda a, b, c: a, luck=5.0),
                       values(points, lambda a, b, c: a + b, luck=5.0, policy="q")])  # fmt: skip
    found = analysis.response(table, "support_hours", policy="q", against="p")
    assert found.values == pytest.approx(
        np.repeat(found.factors["x.b"].to_numpy()[:, None], 2, axis=1)
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"outcome": "hope"}, "no outcome 'hope' in these runs; there is support_hours"),
        ({"group": "ela"}, "no group 'ela'"),
        ({"year": 7}, "no year '7'"),
        ({"policy": "q"}, "no policy 'q'"),
    ],
)
def test_what_is_not_there_is_refused_in_words(settings, said):
    table = values(Points("latin_hypercube", factors(3), 10, seed=1), lambda a, b, c: a)
    with pytest.raises(ValueError, match=said):
        analysis.response(table, **{"outcome": "support_hours", **settings})


def test_runs_that_varied_nothing_are_refused():
    table = values([{"x.a": 1.0}] * 1, lambda a: a)
    with pytest.raises(ValueError, match="varied nothing"):
        analysis.response(table, "support_hours")


def test_a_replicate_that_has_just_begun_is_left_out():
    table = values(Points("latin_hypercube", factors(3), 40, seed=1), ishigami, replicates=3)
    running = table[(table["replicate"] < 3) | (table["point"] < 10)]
    assert analysis.response(running, "support_hours").values.shape == (40, 2)


def test_luck_and_ignorance_by_hand():
    # points 0, 2, 4 with luck -1, +1: variance of points 4, of luck 2, nothing else
    table = values([{"x.a": 0.0}, {"x.a": 2.0}, {"x.a": 4.0}], lambda a: a)
    table["value"] += np.where(table["replicate"] == 1, -1.0, 1.0)
    found = analysis.luck_and_ignorance(analysis.response(table, "support_hours"))
    found = found.set_index("source")
    assert found["spread"].to_dict() == pytest.approx({"ignorance": 2, "luck": 2**0.5, "both": 0})
    assert found.loc["ignorance", "share"] == pytest.approx(2 / 3)
    assert (found["low"] <= found["share"] + 1e-9).all()
    assert (found["high"] >= found["share"] - 1e-9).all()


def test_intervals_of_ignorance_hold_the_truth():
    # variance 1 between points, 1 between replicates, 0.5 left: the share is 0.4
    uniform = qmc.Sobol(64, seed=2).random(64)
    draws = norm.ppf(np.clip(uniform, 1e-6, 1 - 1e-6))
    inside = 0
    for row in range(64):
        shuffled = draws[(np.arange(64) * 7 + row) % 64]
        points, luck = shuffled[0, :20], shuffled[1, :8]
        rest = np.sqrt(0.5) * shuffled[2:22, :8]
        table = analysis.Response("o", "all", 1, "p", None, pd.DataFrame({"x": range(20)}),
                                  points[:, None] + luck + rest, np.arange(20))  # fmt: skip
        found = analysis.luck_and_ignorance(table).iloc[0]
        inside += found["low"] <= 0.4 <= found["high"]
    assert inside >= 55  # of 64, for 95 % intervals


@pytest.fixture(scope="module")
def draws():
    """300 points in four numbers; those with a above 1 and b at most 0.5 fail, a few by luck."""
    table = pd.DataFrame(Points("latin_hypercube", factors(4), 300, seed=1)[:])
    failed = ((table["x.a"] > 1) & (table["x.b"] <= 0.5)).to_numpy()
    flipped = np.arange(300) % 30 == 7
    return table, failed ^ flipped


def test_regional_finds_what_parts_failure_from_success(draws):
    table = analysis.regional(*draws)
    assert list(table["name"][:2]) == ["x.a", "x.b"]
    assert (table["p_holm"][:2] < 0.001).all()
    assert (table["p_holm"][2:] > 0.05).all()
    assert list(table["higher"][:2]) == [True, False]
    with pytest.raises(ValueError, match="two or more"):
        analysis.regional(draws[0], np.zeros(300, dtype=bool))


def test_a_box_is_found_with_coverage_and_density(draws):
    table, failed = draws
    found = analysis.box(table, failed)
    sides = {limit.name: (limit.above, limit.value) for limit in found.limits}
    assert sides["x.a"] == (True, pytest.approx(1, abs=0.2))
    assert sides["x.b"] == (False, pytest.approx(0.5, abs=0.2))
    where = found.holds(table)
    assert found.coverage == pytest.approx(failed[where].sum() / failed.sum())
    assert found.density == pytest.approx(failed[where].mean())
    assert found.density > 0.9
    assert abs(found.unseen_density - found.density) < 0.15
    assert all(limit.chance < 0.001 for limit in found.limits)


def test_no_box_where_failures_are_luck(draws):
    table, _ = draws
    failed = norm.ppf(qmc.Halton(1, seed=5).random(300)).ravel() > 0.8
    found = analysis.box(table, failed)
    assert not found.limits or found.unseen_density < 1.5 * failed.mean()
    assert analysis.box(table, np.zeros(300, dtype=bool)).limits == ()


def test_a_sobol_design_of_one_number_is_all_its_own():
    points = Points("sobol", factors(1), 64, seed=1)
    found = analysis.response(values(points, lambda a: a), "support_hours")
    table = analysis.sensitivity(found, "sobol", resamples=10)
    assert table["total"].to_list() == pytest.approx([1], abs=0.05)
