"""Findings: reading claims, and judging them on made-up runs."""

import numpy as np
import pytest

from districtsim.study import calibrated, findings, findings_judge, findings_ledger, findings_plan
from districtsim.study.findings_ledger import Condition
from districtsim.study.findings_measure import Measure, Term, crossing
from districtsim.study.findings_reading import load
from districtsim.world.errors import SettingError

approx = pytest.approx

# The arithmetic


def value(text, years=3, **numbers):
    """The measure with terms named a.x, b.x ... given by their arm."""
    measure = Measure(text, "here", years)
    return measure.value({term: numbers[term.arm] for term in measure.terms})


def test_terms_are_read_in_full():
    measure = Measure("a.teaching_quality[ela, quartile 4]@2..5 - b.time_use[ild: support]@w7", "x")
    assert measure.terms == (
        Term("a", "teaching_quality", "ela, quartile 4", 2, 5, False),
        Term("b", "time_use", "ild: support", 7, 7, True),
    )
    assert Measure("a.premise@1", "x").terms[0].group == "all"


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("a.x@1 - b.x@1", 4.0),
        ("2 * a.x@1 / b.x@1", 6.0),
        ("-(a.x@1 + b.x@1) * 0.5", -4.0),
        ("max(a.x@1, b.x@1, 7) - min(a.x@1, b.x@1)", 5.0),
        ("abs(b.x@1 - a.x@1)", 4.0),
        ("spread(a.x@1, b.x@1)", 2.0),
    ],
)
def test_arithmetic_by_hand(text, worth):
    assert value(text, a=6.0, b=2.0) == approx(worth)


def test_crossing_is_the_last_change_of_sign_interpolated():
    # up by 2 in year 1, down by 1 in year 2, down by 3 in year 3: two thirds of the way to year 2
    series = {"a": np.array([2.0, 0.0, 0.0]), "b": np.array([0.0, 1.0, 3.0])}
    assert value("crossing(a.x - b.x)", **series) == approx(1 + 2 / 3)
    series["b"] = np.array([0.0, -1.0, -3.0])
    assert np.isnan(value("crossing(a.x - b.x)", **series))


def test_years_and_weeks_are_picked():
    years = np.arange(10.0).reshape(2, 5)  # two replicates of five years
    assert Term("a", "x", "all", 2, 2, False).of(years, 5).tolist() == [1.0, 6.0]
    assert Term("a", "x", "all", 3, 5, False).of(years, 5).tolist() == [3.0, 8.0]
    assert Term("a", "x", "all", None, None, False).of(years, 3).shape == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "", 5, "1 + 2", "a.x@1 +", "a.x@0", "a.x@3..2", "a.x@1 ** 2", "open('f')", 
        "a.x@1 if 1 else 2",
        "abs(a.x@1, key=1)", "__import__('os')", "a.x - b.x", "x@1", "abs", "a.x@1 < 2", 
        "'a' * a.x@1",
        "(lambda: 1)()", "[a.x@1]", "term_0_ + a.x@1 and 1", "(" * 300 + "a.x@1" + ")" * 300,
    ],
)  # fmt: skip
def test_what_is_no_measure_is_refused(text):
    with pytest.raises(SettingError, match="here"):
        Measure(text, "here")


def test_the_interval_of_a_difference_is_the_paired_t_interval():
    measure = Measure("a.x@1 - b.x@1", "here")
    one, other = measure.terms
    samples = {one: np.array([3.0, 5.0, 7.0]), other: np.array([2.0, 3.0, 7.0])}
    found, low, high, count = measure.estimate(samples)
    # differences 1, 2, 0: mean 1, SD 1, t(2) = 4.3027
    assert (found, count) == (1.0, 3)
    assert [low, high] == approx([1 - 4.3027 / 3**0.5, 1 + 4.3027 / 3**0.5], abs=1e-4)


def test_a_replicate_without_a_number_counts_for_none():
    measure = Measure("a.x@1 / b.x@1", "here")
    one, other = measure.terms
    samples = {one: np.array([4.0, np.nan, 8.0]), other: np.array([2.0, 9.0, 2.0])}
    found, *_, count = measure.estimate(samples)
    assert (found, count) == (3.0, 2)  # of means: 6 / 2
    assert np.isnan(measure.estimate({one: np.array([np.nan]), other: np.array([1.0])})[0])


# Direction, size, and what counts as gone


def condition(direction, smallest=1.0, text="a.x@1 - b.x@1"):
    return Condition(Measure(text, "here"), direction, smallest, "SD")


@pytest.mark.parametrize(
    ("direction", "met"),
    [
        ("higher", [False, False, False, True]),
        ("lower", [True, False, False, False]),
        ("about_same", [False, True, True, False]),
    ],
)
def test_direction_and_size(direction, met):
    assert [condition(direction).met(v) for v in (-2.0, -0.5, 0.5, 2.0)] == met
    assert not condition(direction).met(np.nan)


def test_at_the_cards_values_the_interval_must_say_the_same():
    assert condition("higher").settled(2.0, 0.1, 3.9)
    assert not condition("higher").settled(2.0, -0.1, 4.1)
    assert condition("lower").settled(-2.0, -3.9, -0.1)
    assert condition("about_same").settled(0.2, -0.9, 0.9)
    assert not condition("about_same").settled(0.2, -0.9, 1.1)
    assert not condition("higher").settled(2.0, np.nan, np.nan)  # one replicate has no interval


@pytest.mark.parametrize(
    ("direction", "full", "left", "removed"),
    [
        ("higher", 10.0, 2.4, True),  # at most a quarter
        ("higher", 10.0, 2.6, False),
        ("higher", 10.0, -9.0, True),  # reversed
        ("higher", 1.1, 0.9, False),  # it has only slipped below the smallest that matters
        ("higher", 1.9, 0.9, True),  # too small to matter, and at most half
        ("lower", -10.0, -1.0, True),
        ("lower", -10.0, -10.0, False),
        ("higher", 0.5, 0.0, False),  # there was nothing to remove
        ("about_same", 0.3, 2.0, True),  # without what holds it down it appears
        ("about_same", 0.3, 0.5, False),
        ("higher", 10.0, np.nan, False),
    ],
)
def test_what_counts_as_removed(direction, full, left, removed):
    assert findings_judge.is_removed(condition(direction), full, left) is removed


# Made-up runs


def made(direction="higher", also=()):
    conditions = (condition(direction), *also)
    return findings_ledger.Finding(
        "P99", "core", "A claim.", "Nobody (P99)", conditions=conditions, without=("hiring",)
    )


def arrays(a, b):
    """Histories of two arms, one year long; a, b: a number for each replicate."""
    return {
        ("a", "x", "all", False): np.array(a, dtype=float)[:, None],
        ("b", "x", "all", False): np.array(b, dtype=float)[:, None],
    }


def test_robustness_counts_the_draws_whose_mean_says_so():
    histories = [
        arrays([3, 1], [0, 0]),  # 2: holds
        arrays([3, -2], [0, 0]),  # 0.5: too small
        arrays([-3, -3], [0, 0]),  # wrong way
        arrays([5, 5], [1, 0]),  # 4.5: holds
        arrays([np.nan, np.nan], [0, 0]),  # broken: does not hold
    ]
    judged = findings_judge.over_draws(made(), histories)
    assert judged.held.tolist() == [True, False, False, True, False]
    assert judged.share == approx(0.4)
    assert judged.broken == 1
    assert judged.rightly.tolist() == [True, True, False, True, False]
    flipped = findings_judge.over_draws(made("lower"), histories)
    assert flipped.held.tolist() == [False, False, True, False, False]


def test_every_condition_must_hold():
    first, second = arrays([3, 3], [0, 0]), arrays([3, 3], [1.8, 1.8])
    both = made(also=[condition("higher", 1.5, "a.x@1 - b.x@1")])
    assert findings_judge.over_draws(both, [first, second]).held.tolist() == [True, False]
    met = [estimate.met for estimate in findings_judge.estimates(both, second)]
    assert met == [True, False]


def test_an_effect_that_is_still_there_without_its_mechanism_is_not_explained():
    full = findings_judge.estimates(made(), arrays([3, 4], [0, 1]))[0]
    same = findings_judge.ablation(made(), arrays([3, 4], [0, 1]), full)
    gone = findings_judge.ablation(made(), arrays([3, 4], [3, 4]), full)
    assert (same.removed, same.left) == (False, 1.0)
    assert (gone.removed, gone.left) == (True, 0.0)


# Numbers drawn


def test_numbers_are_drawn_within_their_ranges_one_in_each_stratum():
    from districtsim.world.parameters import uncertain

    drawn = calibrated.draws(10, 1, prior=True)
    assert set(drawn) == set(uncertain())
    for name, card in uncertain().items():
        low, high = card.range
        strata = np.floor(10 * (drawn[name] - low) / (high - low))
        assert sorted(strata) == list(range(10)), name
    again = calibrated.draws(10, 1, prior=True)
    assert all((drawn[name] == again[name]).all() for name in drawn)
    other = calibrated.draws(10, 2, prior=True)
    assert any((drawn[name] != other[name]).any() for name in drawn)
    one, two = list(drawn)[:2]
    assert abs(np.corrcoef(drawn[one], drawn[two])[0, 1]) < 0.99


# The ledger

GOOD = """
districts: {town: {synthetic: {schools: 2, seed: 1}}}
sizes: {appropriation: 0.1}
findings:
  P01:
    priority: core
    claim: One sentence.
    source: Somebody 2000 (P01)
    arms: {led: leader_led, more: {policy: leader_led, set: {supervision: {caseload: 8}}}}
    measure: led.appropriation@2 - base.appropriation@2
    direction: higher
    without: [assistance]
    boundary: {when: Never., arms: {led: {policy: leader_led, ends: 52}}}
  P02:
    priority: secondary
    claim: Another.
    source: Somebody 2000 (P02)
    not_modelled: There are no school boards in the model.
"""


def read(tmp_path, text):
    path = tmp_path / "ledger.yaml"
    path.write_text(text)
    load.cache_clear()
    return load(path)


def test_an_entry_is_read(tmp_path):
    found = read(tmp_path, GOOD).findings
    first = found["P01"]
    assert first.core
    assert first.conditions[0].smallest == 0.1
    assert first.conditions[0].unit == "points of 0 to 4"
    assert first.arms["more"].policy.levers["supervision.caseload"] == 8
    assert first.arms["base"].policy.levers == {}
    assert first.boundary["arms"]["led"].policy.ends == 52
    assert found["P02"].not_modelled.startswith("There are no")
    why = GOOD.replace("    direction", "    known_failure: Because.\n    direction", 1)
    told = read(tmp_path, why).findings["P01"]
    assert (told.known_failure, told.stated) == ("Because.", first.stated)  # no new result needed


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("direction: higher", "direction: upward", "higher, lower, about_same"),
        ("measure: led.", "measure: lad.", "Did you mean 'led'"),
        ("led.appropriation@2", "led.apropriation@2", "Did you mean 'appropriation'"),
        ("    without: [assistance]\n", "", "without"),
        ("[assistance]", "[asistance]", "Did you mean 'assistance'"),
        ("arms: {led: leader_led,", "arms: {led: leader_let,", "leader_led"),
        ("caseload: 8", "caseload: 800", "outside"),
        ("priority: core", "priority: high", "core, secondary"),
        ("    source: Somebody 2000 (P01)\n", "", "lacks source"),
        ("direction: higher", "direction: higher\n    smallest: -1", "smallest"),
        ("sizes: {appropriation: 0.1}", "sizes: {}", "smallest is None"),
        ("priority: secondary", "priority: core", "core"),
        ("{led: {policy: leader_led, ends: 52}}", "{lad: leader_led}", "not an arm"),
        ("    direction", "    directon: x\n    direction", "Did you mean 'direction'"),
        ("districts: {town: {synthetic: {schools: 2, seed: 1}}}", "districts: {}", "districts"),
        ("direction: higher", "direction: higher\n    known_failure: [1]", "must be text"),
    ],
)
def test_what_is_wrong_in_the_ledger_is_said_with_its_place(tmp_path, old, new, says):
    assert old in GOOD
    with pytest.raises(SettingError, match=says) as problem:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "ledger.yaml" in str(problem.value)


PART = """
findings:
  P03:
    priority: secondary
    claim: A third.
    source: Somebody 2000 (P03)
    not_modelled: There are no school boards in the model.
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("P03", "P02", "twice"),
        ("priority: secondary", "priority: high", "core, secondary"),
        ("findings:", "sizes: {}\nfindings:", "'sizes' is not known"),
        ("findings:", "finding:", "'finding' is not known"),
    ],
)
def test_a_ledger_may_stand_in_parts_and_errors_name_the_part(tmp_path, old, new, says):
    part = tmp_path / "ledger_more.yaml"
    part.write_text(PART)
    assert list(read(tmp_path, GOOD).findings) == ["P01", "P02", "P03"]
    part.write_text(PART.replace(old, new))
    with pytest.raises(SettingError, match=says) as problem:
        read(tmp_path, GOOD)
    assert "ledger_more.yaml" in str(problem.value)


def test_the_ledger_is_whole():
    book = load()
    assert list(book.findings) == [f"P{number:02d}" for number in range(1, 98)]
    silent = [finding for finding in book.findings.values() if finding.not_modelled]
    assert len(silent) <= 15
    for finding in book.findings.values():
        assert finding.id in finding.source, "a source names its pattern"
        assert finding.claim.endswith("."), finding.id
        if not finding.not_modelled:
            assert finding.boundary, f"{finding.id} has no boundary"


def test_an_unknown_id_is_refused_with_the_nearest():
    with pytest.raises(SettingError, match="Did you mean"):
        load().find("P011")
    assert load().find("p01").id == "P01"


# Runs, shared


def test_arms_that_several_findings_share_are_simulated_once(tmp_path):
    text = GOOD + GOOD[GOOD.index("  P01:") : GOOD.index("  P02:")].replace("P01", "P03")
    book = read(tmp_path, text)
    effort = findings_plan.Effort(draws=3, replicates=2, in_a_draw=2, controls=False)
    chosen = [book.find("P01"), book.find("P03")]
    plan = findings_plan.Plan(book, chosen, effort)
    new = {finding.id: keys for finding, keys in plan.batches(chosen)}
    # two arms each at the cards' values, ablated and in three draws; one more at the boundary
    assert len(new["P01"]) == 2 * 5 + 1
    assert new["P03"] == []


def check(book, name, **effort):
    effort = findings_plan.Effort(**{"draws": 0, "replicates": 3, **effort})
    return next(findings.check([name], effort, book=book, workers=1, progress=False))


def test_a_finding_holds_its_flip_fails_and_its_ablation_removes_it(tmp_path):
    right = check(read(tmp_path, GOOD), "P01")
    assert right.holds
    assert right.effect > 0.1
    assert right.ablation.removed
    assert right.verdict == findings.HOLDS
    flipped = check(read(tmp_path, GOOD.replace("direction: higher", "direction: lower")), "P01")
    assert not flipped.holds
    assert flipped.effect == right.effect
    other = check(read(tmp_path, GOOD.replace("[assistance]", "[hiring]")), "P01")
    assert not other.ablation.removed
    assert other.verdict == findings.UNEXPLAINED


def test_what_was_found_can_be_kept_and_is_known_again(tmp_path):
    from districtsim.study import findings_store

    book = read(tmp_path, GOOD)
    finding, effort = book.find("P01"), findings_plan.Effort(draws=2, replicates=2, in_a_draw=2)
    checked = check(book, "P01", draws=2, replicates=2, in_a_draw=2)
    mark = findings_store.fingerprint(
        finding, effort, findings_plan.place_of(book, finding, effort)
    )
    row = findings_store.save(tmp_path, checked, mark)
    assert findings_store.stored(tmp_path, "P01", mark) == row
    assert findings_store.stored(tmp_path, "P01", "other") is None
    (tmp_path / "P01/result.json").write_text('{"half')
    assert findings_store.stored(tmp_path, "P01", mark) is None
    values, kept = findings_store.tables(tmp_path, "P01")
    assert set(values["policy"]) == {"led", "base"}
    assert len(kept) == 2


def test_a_series_that_passes_through_nought_crosses_there():
    assert crossing([-1.0, 0.0, 1.0]) == 2.0
    assert crossing([-1.0, 0.0, 0.0, 3.0]) == pytest.approx(1.75)  # from year 1 to year 4
    assert np.isnan(crossing([0.0, 0.0, 2.0]))
