"""Calibration: what may be a target, implausibility by hand, a truth that is found again."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.study import calibration, calibration_plan, calibration_runs, calibration_told
from districtsim.study.calibration_plan import Target
from districtsim.study.published import Figure
from districtsim.study.published import load as published
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.parameters import uncertain

PLAN, STUDY = calibration_plan.load(), published()
RATE, HALF = "feedback.rate", "feedback.minutes_half"


def figure(name, value, **other):
    given = {"unit": "points", "role": "C", "fact": "F1", "source": "Somebody", **other}
    return Figure(name, "topic", name, name, value, **given)


def target(name, value, error=0.1, discrepancy=0.0, **other):
    return Target(figure(name, value, **other), error, discrepancy, "a reason")


# What may be a target


def test_no_figure_of_role_v_is_a_target():
    for name, it in PLAN.targets.items():
        roles = {role.strip() for role in it.figure.role.split(",")}
        assert "C" in roles, name
        assert "V" not in roles, name


def test_every_figure_of_role_c_is_a_target_or_left_out_with_a_reason():
    eligible = {it.name for it in STUDY.figures if calibration_plan.eligible(it)}
    assert eligible == set(PLAN.targets) | set(PLAN.left_out)
    assert not set(PLAN.targets) & set(PLAN.left_out)
    assert all(why.strip() for why in PLAN.left_out.values())


@pytest.mark.parametrize(
    ("role", "may"),
    [("C", True), ("C, D", True), ("V", False), ("C, V", False), ("V, D", False), ("X", False)],
)
def test_roles(role, may):
    assert calibration_plan.eligible(figure("one", 0.5, role=role)) is may


def plan_text(old, new):
    text = Path(calibration_plan.PAGE).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  teachers_stay:\n", "  stay_three_years:\n", r"stay_three_years has role V, D"),
        ("  teachers_stay:\n", "  teachers_stey:\n", r"teachers_stey.*Did you mean"),
        ("    discrepancy: 0.005\n", "    discrepancy: -1\n", r"discrepancy is -1"),
        ("    discrepancy: 0.005\n", "    discrepancy: big\n", r"discrepancy is 'big'"),
        ("    discrepancy: 0.005\n", "    discrepansy: 1\n", r"'discrepansy' is not known"),
        ("cutoff: 3.0\n", "cutof: 3.0\n", r"'cutof' is not known.*cutoff"),
        ("    policy: better_hiring\n", "    polici: better\n", r"'polici' is not known"),
    ],
)
def test_what_a_plan_may_not_say(tmp_path, old, new, says):
    path = tmp_path / "calibration.yaml"
    path.write_text(plan_text(old, new), encoding="utf-8")
    with pytest.raises(SettingError, match=says) as problem:
        calibration_plan.load(path)
    assert str(path) in str(problem.value)
    assert len(str(problem.value).splitlines()) <= 3


@pytest.mark.parametrize("points", [[5], [0, 100], [30.5], ["many"], [10**9]])
def test_points_of_a_wave_that_make_no_sense_are_refused(points):
    with pytest.raises(SettingError, match="--points"):
        PLAN.with_points(points)


# Implausibility


def test_implausibility_by_hand():
    it = target("one", 0.5, error=0.03, discrepancy=0.04)
    assert it.implausibility(np.array([0.6]), 0.0) == pytest.approx([2.0])  # 0.1 / 0.05
    assert it.implausibility(np.array([0.6]), 0.0075) == pytest.approx([1.0])  # 0.1 / 0.1


def test_inside_a_published_interval_nothing_is_implausible():
    it = target("one", [0.2, 0.4], error=0.0, discrepancy=0.1)
    found = it.implausibility(np.array([0.1, 0.2, 0.3, 0.4, 0.6]), 0.0)
    assert found == pytest.approx([1, 0, 0, 0, 2])


# A truth that is found again


class Toy:
    """Two numbers make two targets, with a little luck; the others do nothing."""

    def __init__(self, luck=0.01):
        self.luck, self.asked = luck, []

    def simulate(self, wave, numbers, workers, progress):
        self.asked.append(wave)
        x, y = (self.scaled(numbers, name) for name in (RATE, HALF))
        noise = calibration.from_ranges(len(x), 7, f"toy:{wave}")["money.staff_cost"]
        noise = self.luck * (noise / np.mean(noise) - 1)
        return np.stack([x + y + noise, x - 0.5 * y * y + noise, noise], axis=1)

    @staticmethod
    def scaled(numbers, name):
        low, high = uncertain()[name].range
        return (numbers[name] - low) / (high - low)


def toy_plan(**changes):
    # truth: x = 0.7, y = 0.4, so that the targets are 1.1 and 0.62
    targets = [target("sum", 1.1, 0.03), target("bend", 0.62, 0.03), target("flat", 0.0, 0.05)]
    given = {
        "points": (120, 60, 60), "luck": 8, "candidates": 4096, "fewest_draws": 20,
        "most_draws": 40, "targets": {it.name: it for it in targets}, "arms": {}, **changes,
    }  # fmt: skip
    return replace(PLAN, **given)


@pytest.fixture(scope="module")
def found():
    return calibration.calibrate(toy_plan(), Toy())


def test_the_truth_is_in_what_is_kept_and_little_else(found):
    assert set(found.active) == {RATE, HALF}
    assert len(found.kept_values) >= 20
    for name, truth in ((RATE, 0.7), (HALF, 0.4)):
        low, high = uncertain()[name].range
        kept = (found.kept[name] - low) / (high - low)
        assert kept.min() < truth < kept.max()
        assert kept.max() - kept.min() < 0.5
    shares = [wave.share for wave in found.waves]
    assert shares[0] < 0.3
    assert shares == sorted(shares, reverse=True)


def test_every_kept_set_passes_by_its_own_simulation(found):
    variance = found.luck.var(axis=0, ddof=1)
    for t, it in enumerate(found.plan.targets.values()):
        worst = it.implausibility(found.kept_values[:, t], variance[t])
        assert worst.max() <= found.plan.cutoff


def test_the_same_seed_keeps_the_same_sets_and_another_seed_others(found):
    again = calibration.calibrate(toy_plan(), Toy())
    other = calibration.calibrate(toy_plan(seed=5), Toy())
    assert (again.kept[RATE] == found.kept[RATE]).all()
    assert not np.array_equal(other.kept[RATE], found.kept[RATE])


def test_a_target_that_no_set_meets_is_set_aside_and_said():
    plan = toy_plan(points=(120, 60))
    far = {**plan.targets, "flat": target("flat", 5.0, 0.05)}
    result = calibration.calibrate(replace(plan, targets=far), Toy())
    assert result.set_aside == ("flat",)
    assert len(result.kept_values) >= 20


def test_targets_that_pull_apart_are_named():
    plan = toy_plan(points=(120, 60))
    # x + y = 0.3 asks for small numbers, x - y^2 / 2 = 0.62 for a large x
    apart = {**plan.targets, "sum": target("sum", 0.3, 0.1), "bend": target("bend", 0.62, 0.1)}
    result = calibration.calibrate(replace(plan, targets=apart), Toy())
    (one, other, share, chance), *others = result.tensions()
    assert (one, other, others) == ("sum", "bend", [])
    assert share < 0.5 * chance
    # by hand: a band of 0.2 across x + y = 0.3, half of it cut off: 0.3 * 0.2
    assert result.met["sum"] == pytest.approx(0.06, abs=0.01)


def test_where_nothing_is_left_it_ends_and_says_so():
    plan = toy_plan(points=(120, 60))
    apart = {**plan.targets, "sum": target("sum", 0.3, 0.03)}
    result = calibration.calibrate(replace(plan, targets=apart), Toy())
    assert (len(result.waves), len(result.kept_values)) == (1, 0)
    assert calibration_told.told(result)["kept"] == 0


def test_too_few_kept_ask_for_further_waves_and_then_it_ends():
    toy = Toy()
    result = calibration.calibrate(toy_plan(fewest_draws=10**6), toy)
    assert toy.asked == [0, 1, 2, 3, 4, 5]
    assert len(result.waves) == 5


def test_what_is_told_is_plain(found):
    import yaml

    said = calibration_told.told(found)
    assert yaml.safe_load(yaml.safe_dump(said)) == said
    assert set(said["targets"]["sum"]["numbers"]) == {HALF, RATE}
    assert said["numbers"][RATE] == ["sum", "bend"]
    assert said["targets"]["flat"]["explained"] < 0.2


# The simulations behind it


def small_plan():
    tiny = (District.synthetic(schools=2, seed=1),)
    arms = {name: replace(arm, districts=tiny, years=2) for name, arm in PLAN.arms.items()}
    few = {name: PLAN.targets[name] for name in ("teachers_stay", "applicants", "screening")}
    return replace(PLAN, arms=arms, targets=few, points=(20,), luck=2)


def few_numbers(count=3):
    return {name: values[:count] for name, values in calibration.from_ranges(3, 1).items()}


def test_a_point_is_worth_the_same_on_any_number_of_workers_and_is_kept(tmp_path, monkeypatch):
    plan, numbers = small_plan(), few_numbers()
    store = calibration_runs.Store(tmp_path, plan)
    alone = store.simulate(1, numbers, 1, False)
    assert alone.shape == (3, 3)
    assert np.isfinite(alone).all()
    team = calibration_runs.Store(None, plan).simulate(1, numbers, 2, False)
    assert np.array_equal(alone, team)
    ran = []
    monkeypatch.setattr(calibration_runs, "_finished", lambda points, *_: ran.extend(points))
    assert np.array_equal(store.simulate(1, numbers, 1, False), alone)
    assert ran == []


def test_parts_of_other_numbers_or_another_seed_are_not_taken_for_these(tmp_path, monkeypatch):
    plan, numbers = small_plan(), few_numbers(1)
    calibration_runs.Store(tmp_path, plan).simulate(1, numbers, 1, False)
    asked = []

    def counted(points, *_):
        asked.append(len(points))
        return iter([np.zeros(3)] * len(points))

    monkeypatch.setattr(calibration_runs, "_finished", counted)
    calibration_runs.Store(tmp_path, replace(plan, seed=9)).simulate(1, numbers, 1, False)
    other = {**numbers, RATE: numbers[RATE] * 0.99}
    calibration_runs.Store(tmp_path, plan).simulate(1, other, 1, False)
    assert asked == [1, 1]


def test_a_torn_part_is_simulated_again(tmp_path):
    plan, numbers = small_plan(), few_numbers(1)
    store = calibration_runs.Store(tmp_path, plan)
    values = store.simulate(1, numbers, 1, False)
    part = next((tmp_path / "wave_1").glob("part_*.npz"))
    part.write_bytes(part.read_bytes()[:40])
    assert np.array_equal(store.simulate(1, numbers, 1, False), values)


def test_a_simulation_that_fails_is_an_error_not_a_number(monkeypatch):
    class Team:
        def __init__(self, count):
            pass

        def map(self, function, items, size):
            yield RuntimeError("broken")

        def stop(self):
            pass

    monkeypatch.setattr(calibration_runs, "Workers", Team)
    store = calibration_runs.Store(None, small_plan())
    with pytest.raises(RuntimeError, match="a simulation failed: broken"):
        store.simulate(1, few_numbers(2), 2, False)


def test_the_numbers_of_a_point_reach_its_simulations():
    plan = small_plan()
    bounds = [uncertain()["hiring.applicants"].range[i] for i in (0, 1)]
    numbers = few_numbers(2)
    numbers["hiring.applicants"] = np.array(bounds)
    values = calibration_runs.Store(None, plan).simulate(1, numbers, 1, False)
    place = list(plan.targets).index("applicants")
    assert values[0, place] < values[1, place]
    assert SimpleNamespace(**plan.arms).screening.policy.name == "better_hiring"


# Shares are emulated as log odds


def test_log_odds_by_hand():
    it = target("one", 0.2, error=0.03, discrepancy=0.04, unit="share")
    # slope 1 / (0.2 * 0.8) = 6.25, so 0.05 becomes 0.3125; log odds of 0.2 are -1.3863
    assert it.emulated(np.array([0.5])) == pytest.approx([0.0])
    found = it.implausibility_of(np.array([-1.3863 + 0.3125, -1.3863 - 0.625]), 0.0)
    assert found == pytest.approx([1.0, 2.0], abs=1e-3)
    found = it.implausibility_of(np.array([-1.3863 + 1.0]), 1.0 - 0.3125**2)
    assert found == pytest.approx([1.0], abs=1e-3)


def test_each_end_of_an_interval_has_its_own_slope():
    it = target("one", [0.1, 0.5], error=0.0, discrepancy=0.09, unit="share")
    # slopes 1 / 0.09 and 1 / 0.25: the discrepancy becomes 1 below and 0.36 above
    below, above = -2.1972 - 1.0, 0.36
    found = it.implausibility_of(np.array([below, -1.0, above]), 0.0)
    assert found == pytest.approx([1.0, 0.0, 1.0], abs=1e-3)


def test_near_the_figure_both_scales_say_the_same():
    it = target("one", 0.84, error=0.005, discrepancy=0.005, unit="share")
    values = np.array([0.835, 0.84, 0.845])
    plain, odds = it.implausibility(values, 0.0), it.implausibility_of(it.emulated(values), 0.0)
    assert odds == pytest.approx(plain, rel=0.03)


def test_what_is_no_share_is_emulated_as_it_is():
    it = target("one", 5.1, error=0.3, discrepancy=0.4)
    assert it.emulated(np.array([4.0, 5.1])) == pytest.approx([4.0, 5.1])
    assert it.implausibility_of(np.array([6.1]), 0.0) == pytest.approx([2.0])
