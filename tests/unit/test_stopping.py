"""Stopping: rules are checked, intervals worked by hand, and a sweep stops where they say."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from sweeping import experiment, sweep_here, values_of

import districtsim as ds
from districtsim.study.stopping import Rule, Watch, check_rule, half_widths, rule_of
from districtsim.world.errors import SettingError

GIVEN = {"until": "half_width", "of": "teaching_quality", "at": 0.02, "max": 500}


def test_half_of_an_interval_by_hand():
    # 1, 2, 3, 4: spread 1.2910, times t(3 degrees, 97.5 %) = 3.1824, over 2: 2.0543
    numbers = np.array([[1.0, np.nan, 5], [2, 1, 5], [3, np.nan, 5], [4, np.nan, 5]])
    assert half_widths(numbers) == pytest.approx([2.0543, np.inf, 0], abs=1e-4)


def test_what_is_left_out_has_a_usual_value():
    assert check_rule(GIVEN, "r") == {**GIVEN, "start": 10, "step": 10, "group": "all"}
    assert check_rule({**GIVEN, "max": 4}, "r")["start"] == 4
    assert rule_of(20) is None
    assert Rule("x", 0.1, 25, start=5, step=10).looks() == [5, 15, 25]
    assert Rule("x", 0.1, 10).looks() == [10]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"untill": 1}, "Did you mean 'until'"),
        ({"until": "narrow"}, "allowed: half_width"),
        ({"of": "teaching"}, "Did you mean 'teaching_quality'"),
        ({"at": 0}, "positive number"),
        ({"at": True}, "positive number"),
        ({"max": 2}, "max is 2"),
        ({"max": 20.0}, "max is 20.0"),
        ({"start": 600}, "above max"),
        ({"step": 0}, "step is 0"),
    ],
)
def test_rules_that_make_no_sense_are_refused(change, said):
    with pytest.raises(SettingError) as refused:
        check_rule({**GIVEN, **change}, "page.yaml:3: replicates")
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3


def watch(policies, replicates=4, at=2.0):
    plan = SimpleNamespace(shape=(1, policies, 1, 1), cells=policies, replicates=replicates)
    return Watch(Rule("x", at, replicates), plan)


def test_with_several_policies_it_is_the_difference_that_must_be_narrow():
    seen = watch(policies=2)
    for replicate in range(4):  # luck of 0, 10, 20, 30; the second is 1, 2, 3, 4 better
        seen.add(2 * replicate, 10.0 * replicate)
        seen.add(2 * replicate + 1, 10.0 * replicate + 1 + replicate)
    assert seen.look(4)["widest"] == pytest.approx(2.0543, abs=1e-4)
    assert not seen.look(4)["enough"]
    assert seen.look(4)["compared"] == "differences from the first policy"


def test_with_one_policy_it_is_the_mean():
    seen = watch(policies=1, at=2.1)
    for replicate in range(4):
        seen.add(replicate, 1.0 + replicate)
    assert seen.look(4)["enough"]
    assert watch(policies=1).look(4)["widest"] is None  # nothing yet


def test_a_group_that_is_not_there_is_refused():
    history = SimpleNamespace(yearly={"x": (("ela", "all"), np.array([[1.0, 2.0], [3.0, 4.0]]))})
    assert watch(1).value_in(history) == 4.0
    seen = Watch(
        Rule("x", 1.0, 4, group="el"), SimpleNamespace(shape=(1, 1), cells=1, replicates=1)
    )
    with pytest.raises(SettingError, match="Did you mean 'ela'"):
        seen.value_in(history)


def test_a_sweep_stops_when_it_is_narrow_enough_and_says_so(tmp_path):
    rule = {**GIVEN, "at": 10.0, "max": 12, "start": 3, "step": 3}
    ending = sweep_here(tmp_path / "early", experiment(replicates=rule))
    assert ending.progress.done == ending.progress.total == 2 * 3
    said = json.loads((tmp_path / "early" / "stopping.json").read_text())
    assert (said["replicates"], said["reason"]) == (3, "narrow enough")
    assert ds.open_results(tmp_path / "early").runs.replicate.max() == 3

    never = {**rule, "at": 1e-12, "max": 7}
    sweep_here(tmp_path / "late", experiment(replicates=never, policies=["status_quo"]))
    said = json.loads((tmp_path / "late" / "stopping.json").read_text())
    assert [look["replicates"] for look in said["looks"]] == [3, 6, 7]
    assert (said["replicates"], said["reason"]) == (7, "max")
    assert said["rule"]["at"] == 1e-12


def test_an_interruption_changes_nothing_about_where_it_stops(tmp_path):
    rule = {**GIVEN, "at": 1e-12, "max": 6, "start": 3, "step": 3}
    made = experiment(replicates=rule, policies=["status_quo"])
    sweep_here(tmp_path / "whole", made)
    seen = []
    ending = sweep_here(
        tmp_path / "parts",
        made,
        on_progress=seen.append,
        asked_to_stop=lambda: seen and seen[-1].done > 3,
    )
    assert ending.stopped
    assert sweep_here(tmp_path / "parts", made, resume=True).finished
    one, two = (
        json.loads((tmp_path / n / "stopping.json").read_text()) for n in ("whole", "parts")
    )
    assert one == two
    assert values_of(tmp_path / "whole") == values_of(tmp_path / "parts")
