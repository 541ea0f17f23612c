"""Outcomes are what they say: measured from the twin's agents, they agree with the engine's."""

import math
from dataclasses import replace

import numpy as np
import pytest

from districtsim.outcomes import outcomes
from districtsim.simulation import Simulation
from districtsim.world.district import RACES, District
from districtsim.world.policies import Policy

from .test_twin import MANY_LEVERS, OFF, SAME, STARS
from .twin_measures import IN_AUGUST, IN_JUNE, MONTHLY, WEEKLY, run_and_measure

ELSEWHERE = {  # decided by hiring, turnover and money, which the twin does not have
    "files_per_vacancy", "days_to_fill", "withdrawn_share", "late_hire_share", "hire_quality",
    "hires_of_color_share", "teachers_of_color_share", "teacher_turnover", "principal_turnover",
    "cost_per_student",
}  # fmt: skip


def follow(district, policy, seed, years=2, parameters=None):
    """Both, over some years: every group of every outcome of every year."""
    ours = run_and_measure(district, policy, seed, years, parameters)
    run = Simulation(district, policy, seed, without=OFF, parameters=parameters)
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


def test_the_twin_measures_every_outcome_that_its_mechanisms_decide():
    ours = {each.__name__ for each in (*WEEKLY, *MONTHLY, *IN_JUNE, *IN_AUGUST)}
    assert not ours & ELSEWHERE
    assert ours | ELSEWHERE == set(outcomes())


@pytest.mark.parametrize(
    ("schools", "policy"),
    [
        (5, Policy("nothing")), (12, MANY_LEVERS), (20, STARS),
        (9, Policy("no PD", {"pd.days": 0, "supervision.support": "bursts"})),
    ],
    ids=["nothing", "many levers", "stars", "no PD"],
)  # fmt: skip
def test_outcomes_of_two_years(schools, policy):
    assert follow(District.synthetic(schools=schools, seed=3), policy, seed=31) > 150


def test_outcomes_of_three_years_where_race_is_known():
    district = District.synthetic(schools=6, seed=4)
    white = np.linspace(0.1, 0.9, 6) * district.schools.enrolment
    race = np.zeros((len(RACES), 6))
    race[RACES.index("white")], race[0] = white, district.schools.enrolment - white
    known = replace(district, schools=replace(district.schools, race=race))
    assert "race" in run_and_measure(known, Policy("nothing"), 1, 1)["opportunity_gap"][0]
    assert follow(known, Policy.load("aligned_pd"), seed=32, years=3) > 200
