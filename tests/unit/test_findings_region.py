"""Findings, region: which two numbers part the draws that hold from those that fail."""

import numpy as np
import pytest

from districtsim.study.findings_region import region

approx = pytest.approx


def draws(count=200, numbers=30):
    table = np.random.default_rng(1).random((numbers, count))
    return {f"m.n{i}": row for i, row in enumerate(table)}


def test_the_two_numbers_that_decide_are_found():
    drawn = draws()
    held = ~((drawn["m.n3"] > 0.6) & (drawn["m.n11"] < 0.5))
    found = region(drawn, held)
    assert set(found.names) == {"m.n3", "m.n11"}
    assert found.clear
    assert found.both
    sides = {side.name: side for side in found.sides}
    assert sides["m.n3"].above
    assert sides["m.n3"].threshold == approx(0.6, abs=0.06)
    assert not sides["m.n11"].above
    assert sides["m.n11"].threshold == approx(0.5, abs=0.06)
    held_inside, inside = found.inside
    assert held_inside < 0.2 * inside
    assert "m.n3 is above" in found.text


def test_a_number_that_cannot_move_the_claim_is_never_named():
    drawn = draws()
    held = ~((drawn["m.n3"] > 0.6) & (drawn["m.n11"] < 0.5))
    found = region(drawn, held, moves=lambda name: name in ("m.n11", "m.n20"))
    assert found.names == ("m.n11", "m.n20")
    assert "no number that moves it" in region(drawn, held, moves=lambda name: False).text


def test_chance_alone_is_not_called_clear():
    drawn = draws()
    held = np.arange(200) % 3 > 0
    assert not region(drawn, held).clear


def test_all_or_none_or_few_failing_is_said_so():
    drawn, effect = draws(), draws()["m.n5"]
    assert "None found" in region(drawn, np.ones(200, dtype=bool), effect).text
    assert "Everywhere" in region(drawn, np.zeros(200, dtype=bool), effect).text
    few = region(drawn, np.arange(200) > 1, effect)
    assert "too few" in few.text
    assert few.names[0] == "m.n5"
    assert "no draws" in region({}, np.empty(0, dtype=bool), np.empty(0)).text


def test_an_effect_that_is_the_same_in_all_draws_names_nobody():
    drawn, asked = draws(), []
    found = region(drawn, np.ones(200, dtype=bool), np.zeros(200), moves=asked.append)
    assert found.names == ()
    assert asked == []
