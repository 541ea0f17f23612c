"""Synthetic districts: any size, the same beginning, and like the published figures."""

from dataclasses import fields

import numpy as np
import pytest

from districtsim.world.district import LEVELS, District, Schools
from districtsim.world.errors import SettingError


@pytest.mark.parametrize("count", [2, 3, 17, 169, 1800])
def test_any_size(count):
    district = District.synthetic(count)
    schools = district.schools
    assert len(schools) == len(set(schools.id)) == count
    assert LEVELS[schools.level[0]] == "primary"
    assert LEVELS[schools.level[1]] == "high"
    assert (schools.enrolment >= 10).all()
    assert (schools.teachers > 0).all()
    assert ((schools.low_income >= 0) & (schools.low_income <= 1)).all()
    assert set(district.office) == {"administrators", "support", "coordinators"}


@pytest.mark.parametrize("seed", [1, 7, -3])
def test_the_first_schools_are_the_same_in_a_larger_district(seed):
    large = District.synthetic(1800, seed).schools
    for count in (2, 5, 40, 1000):
        small = District.synthetic(count, seed).schools
        for field in fields(Schools):
            a, b = getattr(small, field.name), getattr(large, field.name)[..., :count]
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), field.name


def test_seeds_differ_and_repeat():
    one, again, other = (District.synthetic(40, seed).schools for seed in (1, 1, 2))
    assert (one.enrolment == again.enrolment).all()
    assert (one.enrolment != other.enrolment).mean() > 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_large_district_is_like_the_published_figures(seed):
    """F902: 513 to 677 pupils a school, 16.0 to 16.6 pupils a teacher; shares as asked for."""
    schools = District.synthetic(1800, seed).schools
    shares = np.bincount(schools.level, minlength=4) / 1800
    assert shares == pytest.approx([0.60, 0.17, 0.17, 0.06], abs=0.01)
    assert 513 < schools.enrolment.mean() < 677
    assert schools.enrolment.sum() / schools.teachers.sum() == pytest.approx(16.0, abs=0.6)
    assert schools.low_income.mean() == pytest.approx(0.5, abs=0.02)
    # share of variance between schools of one size: var / (mean (1 - mean)) = 0.10
    assert schools.low_income.var() / 0.25 == pytest.approx(0.10, abs=0.015)


def test_low_income_can_be_set():
    schools = District.synthetic(500, low_income=0.8, name="poor").schools
    assert schools.low_income.mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"schools": 1}, "schools is 1, outside 2 to 5,000"),
        ({"schools": 2.5}, "schools is 2.5; give a whole number"),
        ({"schools": True}, "schools is True"),
        ({"schools": "40"}, "schools is '40'"),
        ({"seed": None}, "seed is None"),
        ({"low_income": 1.2}, "low_income is 1.2"),
        ({"low_income": "half"}, "low_income is 'half'"),
    ],
)
def test_what_cannot_be_is_refused(given, says):
    with pytest.raises(SettingError, match=says):
        District.synthetic(**given)
