"""Day one, written from the description alone, is the engine's to 1e-9."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from districtsim.world.district import District
from districtsim.world.draws import Draws
from districtsim.world.parameters import cards, levers
from districtsim.world.policies import Policy
from districtsim.world.population import draw_up
from districtsim.world.state import ROLES

from . import day_one as twin

NUMBERS = {
    mechanism: SimpleNamespace(**{name: card.value for name, card in group.items()})
    for mechanism, group in cards().items()
}
LEVERS = {name: levers()[f"research_use.{name}"].value for name in
          ("leader_hours", "leader_knowledge")}  # fmt: skip
CASELOAD = levers()["supervision.caseload"].value
EXACT = {"rtol": 0, "atol": 1e-9}


def engine(count, seed, low_income):
    district = District.synthetic(schools=count, seed=seed, low_income=low_income)
    state, _ = draw_up(district.completed()[0], Policy.load("status_quo"), None, Draws(seed))
    return district, state


@pytest.mark.parametrize(("count", "seed", "low_income"), [(4, 3, 0.5), (12, 7, 0.3), (25, 1, 0.8)])
def test_the_description_of_day_one_is_enough(count, seed, low_income):
    district, state = engine(count, seed, low_income)
    schools = twin.synthetic(count, seed, low_income)
    assert [s["level"] for s in schools] == district.schools.level.tolist()
    assert_allclose([s["pupils"] for s in schools], district.schools.enrolment)
    assert_allclose([s["teachers"] for s in schools], district.schools.teachers)
    assert_allclose([s["low"] for s in schools], district.schools.low_income)
    posts, principals, teachers = twin.day_one(schools, seed, NUMBERS)
    table = state.schools
    assert [s["key"] for s in schools] == table.key.tolist()
    assert posts == table.posts.tolist()
    assert [s["quartile"] for s in schools] == table.poverty_quartile.tolist()
    assert_allclose([s["assistants"] for s in schools], table.assistants, **EXACT)
    assert_allclose([s["pull"] for s in schools], table.applicant_pull, **EXACT)
    scores = np.array([s["scores"] for s in schools]).transpose(2, 1, 0)  # what, subject, school
    assert_allclose(scores[:2].transpose(1, 0, 2), table.base_score, **EXACT)
    assert_allclose(scores[2:4].transpose(1, 0, 2), table.score, **EXACT)
    assert_allclose(scores[4], table.measured_score, **EXACT)
    for name in ("key", "leadership", "experience", "rating", "need"):
        assert_allclose([each[name] for each in principals], getattr(state.principals, name),
                        **EXACT)  # fmt: skip
    for name in ("key", "experience", "of_color"):
        assert_allclose([each[name] for each in teachers], getattr(state.teachers, name), **EXACT)
    for name in ("skill", "floor", "teaches"):
        values = np.array([each[name] for each in teachers]).T
        assert_allclose(values, getattr(state.teachers, name), **EXACT)


@pytest.mark.parametrize("count", [4, 12, 25])
def test_the_description_of_the_office_is_enough(count):
    district, state = engine(count, 5, 0.5)
    roles = twin.desks(district.schools, district.office, CASELOAD, NUMBERS["population"])
    assert roles == [ROLES[role] for role in state.staff.role]
    people = twin.staff(roles, 5, NUMBERS, LEVERS)
    assert [each["key"] for each in people] == state.staff.key.tolist()
    ideas = np.array([each["appropriation"] for each in people]).T
    assert_allclose(ideas, state.staff.appropriation, **EXACT)
    for name, column in (("willingness", "willingness"), ("habit", "leading_habit"),
                         ("skill", "skill")):  # fmt: skip
        assert_allclose([each[name] for each in people], getattr(state.staff, column), **EXACT)
    leader = {1: [0] * 6, 2: [0, 1, 1, 0, 0, 1], 3: [0, 2, 2, 1, 1, 0]}  # by unit
    number = sum(role in ("superintendent", "deputy", "chief_academic_officer") for role in roles)
    assert state.staff.led_by[number:].tolist() == [
        leader[number][unit] for unit in state.staff.unit[number:]
    ]


def test_draws_are_those_described():
    luck, draws = twin.Luck(2017), Draws(2017)
    keys = np.array([twin.hashed("S00001"), twin.hashed("x/principal")], dtype=np.uint64)
    for tick in (-1, 0, 51):
        for slot in (0, 7):
            told = [luck.u("a.stream", int(key), tick, slot) for key in keys]
            assert_allclose(told, draws.uniform("a.stream", keys, tick, slot), rtol=0, atol=0)
