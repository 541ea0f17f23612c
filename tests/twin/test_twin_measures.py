"""Outcomes are what they say: measured from the twin's agents, they agree with the engine's."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from districtsim.outcomes import outcomes
from districtsim.simulation import Simulation
from districtsim.world.district import RACES, District
from districtsim.world.policies import Policy

from .following import (
    EVERY_LEVER,
    MANY_LEVERS,
    SAME,
    STARS,
    odd_district,
    random_levers,
    random_parameters,
    small,
)
from .twin_measures import run_and_measure


def follow(district, policy, seed, years=2, parameters=None):
    """Both, over some years: every group of every outcome of every year."""
    ours = run_and_measure(district, policy, seed, years, parameters)
    run = Simulation(district, policy, seed, parameters=parameters)
    theirs = run.run(years).yearly
    compared = 0
    for name, measured in ours.items():
        groups, values = theirs[name]
        assert values.shape == (years, len(groups)), name
        for year, (row, found) in enumerate(zip(values, measured)):
            for group, value in zip(groups, row):
                where = f"{name} ({group}), year {year + 1}: engine {value!r}"
                assert same(found[group], value), f"{where}, twin {found[group]!r}"
                compared += 1
            others = {g: v for g, v in found.items() if g not in groups}
            assert not any(others.values()), f"{name}: the engine has no {sorted(others)}"
    return compared


def same(one, other):
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return abs(one - other) <= SAME * max(1.0, abs(other))


def test_the_twin_measures_every_outcome():
    assert set(run_and_measure(small(2), Policy("nothing"), 1, 1)) == set(outcomes())


@pytest.mark.parametrize(
    ("schools", "policy"),
    [
        (5, Policy("nothing")), (12, MANY_LEVERS), (20, STARS),
        (9, Policy("no PD", {"pd.days": 0, "supervision.support": "bursts"})),
        (24, EVERY_LEVER), (12, Policy.load("behaviour_reform")),
        (12, Policy.load("premise_reform")), (11, Policy.load("performance_alignment")),
        (3, Policy.load("new_org_chart")), (10, Policy.load("bias_training")),
    ],
    ids=lambda each: each.name if isinstance(each, Policy) else str(each),
)  # fmt: skip
def test_outcomes_of_two_years(schools, policy):
    assert follow(small(schools), policy, seed=31) > 200


@pytest.mark.parametrize("luck", range(4))
def test_outcomes_at_random(luck):
    chance = random.Random(200 + luck)
    starts = 4 * chance.randint(0, 10) + 3  # desks come and go in the last week of a month
    policy = Policy("random", random_levers(chance), starts=starts, ends=starts + 44)
    parameters = random_parameters(chance)
    assert follow(odd_district(chance), policy, luck, parameters=parameters) > 200


def test_outcomes_of_three_years_where_race_is_known():
    district = District.synthetic(schools=6, seed=4)
    white = np.linspace(0.1, 0.9, 6) * district.schools.enrolment
    race = np.zeros((len(RACES), 6))
    race[RACES.index("white")], race[0] = white, district.schools.enrolment - white
    known = replace(district, schools=replace(district.schools, race=race))
    assert "race" in run_and_measure(known, Policy("nothing"), 1, 1)["opportunity_gap"][0]
    assert follow(known, Policy.load("aligned_pd"), seed=32, years=3) > 200
