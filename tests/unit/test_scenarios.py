"""Scenarios: both sides of each tension, within the cards' ranges, and run by name."""

import numpy as np
import pytest

import districtsim as ds
from districtsim.cli import main
from districtsim.study import scenarios as module
from districtsim.study.scenarios import scenario, scenarios
from districtsim.world.errors import SettingError
from districtsim.world.parameters import cards

TINY = ds.District.synthetic(schools=4, seed=1)


def test_every_tension_has_two_sides():
    sides = [it.tension for it in scenarios().values()]
    assert {sides.count(tension) for tension in sides} == {2}


def test_the_sides_of_decay_move_the_same_numbers_apart_from_their_cards():
    quick, slow = scenario("quick_decay").numbers, scenario("slow_decay").numbers
    assert {m: set(group) for m, group in quick.items()} == {
        m: set(group) for m, group in slow.items()
    }
    for mechanism, group in quick.items():
        for name, value in group.items():
            card = cards()[mechanism][name].value
            assert slow[mechanism][name] < card < value, (mechanism, name)


def test_contrasts_that_are_shown_exist():
    from districtsim.outcomes import outcomes
    from districtsim.world.policies import Policy

    for row in module.shown_of_each():
        assert row["outcome"] in outcomes()
        assert {row["arm"], row["baseline"]} <= set(Policy.names())


def test_a_scenario_by_name_is_its_numbers():
    given = {"years": 1, "replicates": 2, "workers": 1, "progress": False}
    named = ds.simulate(TINY, "status_quo", parameters="quick_decay", **given)
    spelled = ds.simulate(TINY, "status_quo", parameters=scenario("quick_decay").numbers, **given)
    cards_own = ds.simulate(TINY, "status_quo", **given)
    assert np.array_equal(named.values["value"], spelled.values["value"], equal_nan=True)
    assert not np.array_equal(named.values["value"], cards_own.values["value"], equal_nan=True)
    assert named.runs["development.forgetting"].unique() == [0.2]


def test_large_principal_effects_are_larger_than_small_ones():
    from districtsim.study.observations import Job, quantities, watch
    from districtsim.world.policies import Policy

    quo, slope = Policy.load("status_quo"), "principals: student SD for a SD"
    district = ds.District.synthetic(schools=40, seed=1)
    found = {
        name: quantities(watch(Job("a", district, quo, 3, 1, scenario(name).numbers)))[slope]
        for name in ("small_principal_effects", "large_principal_effects")
    }
    assert found["large_principal_effects"] > 2 * found["small_principal_effects"]


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest(capsys):
    with pytest.raises(SettingError, match=r"'slow_decya' is not a scenario.*'slow_decay'"):
        ds.simulate(TINY, "status_quo", parameters="slow_decya")
    assert main(["run", "status_quo", "--scenario", "slow_decya"]) == 2
    assert capsys.readouterr().err.startswith("--scenario: 'slow_decya' is not a scenario.")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("forgetting: 0.2,", "forgetting: 0.9,", r"forgetting is 0.9, outside"),
        ("forgetting: 0.2,", "forgettink: 0.2,", r"'forgettink' is not a parameter"),
        ("tension: decay", "tension: decoy", "its tension is one of"),
        ("    title: Principals matter little", "    titel: P", "a scenario has"),
    ],
)
def test_what_a_scenario_may_not_say(tmp_path, old, new, says):
    text = module.PAGE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "scenarios.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError, match=says) as problem:
        module._read(path)
    assert str(path) in str(problem.value)


def test_describe_lists_them(capsys):
    assert main(["describe", "scenarios"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in scenarios())
