"""School statistics: worked by hand on a handful of schools and pupils."""

import numpy as np
import pytest

from districtsim.study import school_statistics as s

FOUR = {  # one district, a quarter of its pupils in each school
    "district": np.zeros(4),
    "pupils": np.array([100.0, 100.0, 100.0, 100.0]),
    "teachers": np.array([10.0, 10.0, 20.0, 20.0]),
    "low_income": np.array([0.8, 0.2, 0.6, 0.4]),
    "novice": np.array([0.4, 0.1, 0.3, 0.2]),
    "score": np.array([-0.6, 0.6, -0.2, 0.2]),
}


def doubled():
    """The same schools as two districts, the second with another level of everything."""
    second = {name: values + 0.1 for name, values in FOUR.items()}
    second |= {"district": np.ones(4), "pupils": FOUR["pupils"], "teachers": FOUR["teachers"]}
    return {name: np.concatenate([FOUR[name], second[name]]) for name in FOUR}


def test_quartiles_are_fourths_of_a_districts_pupils():
    assert s.quartiles(FOUR).tolist() == [4, 1, 3, 2]
    assert s.quartiles(doubled()).tolist() == [4, 1, 3, 2] * 2


def test_shares_weigh_teachers():
    assert s.share(FOUR, "novice") == pytest.approx((4 + 1 + 6 + 4) / 60)
    assert s.share_in(FOUR, "novice", 4) == pytest.approx(0.4)
    assert s.poor_less_rich(FOUR, "novice") == pytest.approx(0.3)


def test_binomial_chance_is_taken_off_the_variance_between_schools():
    # seen: mean 0.25, squares 0.15^2 + 0.15^2 + 0.05^2 + 0.05^2 = 0.05, over 3 = 0.016667
    # chance: mean share 0.25, 0.25 * 0.75 * mean(1/10, 1/10, 1/20, 1/20) = 0.0140625
    assert s.lasting_spread(FOUR, "novice") == pytest.approx((0.05 / 3 - 0.0140625) ** 0.5)
    assert s.lasting_part(FOUR, "novice") == pytest.approx(1 - 0.0140625 / (0.05 / 3))
    alike = {**FOUR, "novice": np.full(4, 0.25)}
    assert s.lasting_spread(alike, "novice") == 0.0


def test_correlation_and_slope_are_within_districts():
    assert s.slope(FOUR, "score", "low_income") == pytest.approx(-2.0)
    assert s.correlation(doubled(), "score", "low_income") == pytest.approx(-1.0)
    assert s.slope(doubled(), "score", "low_income") == pytest.approx(-2.0)  # levels do not matter


def test_variance_between_schools_weighs_pupils():
    assert s.between(FOUR, "score") == pytest.approx((0.36 * 2 + 0.04 * 2) / 4)
    assert s.between(doubled(), "score") == pytest.approx((0.36 * 2 + 0.04 * 2) / 4)


def test_rates_over_districts_against_chance():
    # mean 0.2; 10 * 0.1^2 * 2 = 0.2 over 0.2 * 0.8 * 1 = 0.16
    assert s.over_chance(np.array([0.1, 0.3]), np.array([10.0, 10.0])) == pytest.approx(1.25)


def test_parts_of_variance_from_pairs_of_pupils():
    # two schools of two rooms of two pupils each; z = +-1 by school: all of it between schools
    school = np.repeat([0, 1], 4)
    room = np.repeat([0, 1, 2, 3], 2)
    score = np.repeat([1.0, -1.0], 4)
    assert s.variance_parts(score, room, school) == pytest.approx((1.0, 0.0))
    # by room: pupils of one room are alike, of two rooms of a school opposite
    score = np.repeat([1.0, -1.0, 1.0, -1.0], 2)
    assert s.variance_parts(score, room, school) == pytest.approx((-1.0, 2.0))


def test_jackknife_of_a_mean_is_its_standard_error():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    value, error = s.jackknife(lambda kept: values[kept].mean(), np.arange(4))
    assert value == pytest.approx(3.0)
    assert error == pytest.approx(values.std(ddof=1) / 2)


def test_rows_of_districts_are_kept_together():
    assert s.kept(doubled(), [1])["district"].tolist() == [1.0] * 4
