"""Calibrated: draws from the set that ships, and what happens when the cards have changed."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from districtsim.study import calibrated, calibration_page
from districtsim.study.calibrated import StaleCalibration
from districtsim.study.calibration_plan import load as load_plan
from districtsim.study.findings_plan import Effort, Plan
from districtsim.study.findings_reading import load as load_ledger
from districtsim.world.errors import SettingError
from districtsim.world.parameters import uncertain

RATE, HALF = "feedback.rate", "feedback.minutes_half"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A set of four rows in a folder of its own, in place of the package's."""
    sets = {RATE: np.array([0.011, 0.012, 0.013, 0.014]), HALF: np.array([1.1, 1.2, 1.3, 1.4])}
    made = {"seed": 1, "cards": calibrated.fingerprints()}
    calibrated.save(tmp_path, made, sets)
    monkeypatch.setattr(calibrated.usable, "__defaults__", (tmp_path,))
    return tmp_path


# The set that ships


def test_the_shipped_set_was_made_with_the_present_cards():
    made, sets = calibrated.load()
    changed = calibrated.stale(made)
    assert not changed, (
        f"{', '.join(changed)} changed since: run 'districtsim calibrate --ship --docs docs'"
    )
    assert calibrated.usable()[1] == ""
    assert set(sets) <= set(uncertain())


def test_the_shipped_set_is_large_enough_and_within_the_cards_ranges():
    made, sets = calibrated.load()
    assert made["kept"] == len(next(iter(sets.values()))) >= load_plan().fewest_draws >= 100
    for name, values in sets.items():
        low, high = uncertain()[name].range
        assert low <= values.min(), name
        assert values.max() <= high, name


def test_the_shipped_set_used_targets_of_role_c_alone():
    made, _ = calibrated.load()
    assert set(made["targets"]) == set(load_plan().targets)


def test_the_page_of_the_documentation_is_the_one_of_the_shipped_set(request):
    page = request.config.rootpath / "docs" / "calibration.md"
    assert page.read_text(encoding="utf-8") == calibration_page.page(*calibrated.load())


# Draws


def test_draws_take_rows_whole_and_every_other_number_from_its_range(home):
    drawn = calibrated.draws(4, 1)
    assert set(drawn) == set(uncertain())
    assert sorted(drawn[RATE]) == pytest.approx([0.011, 0.012, 0.013, 0.014])
    assert drawn[HALF] == pytest.approx(100 * drawn[RATE])  # a row is a row
    alone = calibrated.draws(4, 1, prior=True)
    for name in set(uncertain()) - {RATE, HALF}:
        assert (drawn[name] == alone[name]).all(), name


def test_more_draws_than_rows_take_every_row_again(home):
    drawn = calibrated.draws(10, 1)[RATE]
    assert sorted(drawn[:4]) == sorted(drawn[4:8])
    assert (drawn[:4] == drawn[4:8]).all()


def test_draws_depend_on_the_seed_and_on_nothing_else(home):
    assert (calibrated.draws(4, 1)[RATE] == calibrated.draws(4, 1)[RATE]).all()
    orders = {tuple(calibrated.draws(4, seed)[RATE]) for seed in range(12)}
    assert len(orders) > 1


def test_no_draws_are_no_trouble(home):
    assert all(len(values) == 0 for values in calibrated.draws(0, 1).values())


def test_the_ledger_draws_from_the_set_unless_it_is_told_not_to(home):
    book = load_ledger()
    chosen = [book.find("P06")]
    drawn = Plan(book, chosen, Effort(draws=4)).drawn
    assert set(np.round(drawn[RATE], 6)) == {0.011, 0.012, 0.013, 0.014}
    alone = Plan(book, chosen, Effort(draws=4, prior=True)).drawn
    assert (alone[RATE] == calibrated.from_ranges(4, 1)[RATE]).all()


# Other cards than those it was made with


def changed(home, mechanism):
    made, sets = calibrated.load(home)
    calibrated.save(home, {**made, "cards": {**made["cards"], mechanism: "other"}}, sets)


def test_a_set_made_with_other_cards_is_used_and_said(home):
    changed(home, "turnover")
    with pytest.warns(StaleCalibration, match=r"other cards \(turnover\).*calibrate --ship"):
        drawn = calibrated.draws(4, 1)
    assert sorted(drawn[RATE]) == pytest.approx([0.011, 0.012, 0.013, 0.014])


def test_a_number_whose_range_has_moved_comes_from_its_range(home, monkeypatch):
    cards = dict(uncertain())
    cards[RATE] = replace(cards[RATE], range=(0.02, 0.04))
    monkeypatch.setattr(calibrated, "uncertain", lambda: cards)
    changed(home, "feedback")
    with pytest.warns(StaleCalibration, match="cards' ranges instead: feedback.rate"):
        drawn = calibrated.draws(4, 1)
    assert (drawn[RATE] >= 0.02).all()
    assert sorted(drawn[HALF]) == pytest.approx([1.1, 1.2, 1.3, 1.4])


def test_a_number_that_is_gone_is_left_out_and_said(home, monkeypatch):
    cards = {name: card for name, card in uncertain().items() if name != RATE}
    monkeypatch.setattr(calibrated, "uncertain", lambda: cards)
    changed(home, "feedback")
    with pytest.warns(StaleCalibration, match="feedback"):
        drawn = calibrated.draws(4, 1)
    assert RATE not in drawn


def test_the_prior_never_speaks_of_the_set(home):
    changed(home, "turnover")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calibrated.draws(4, 1, prior=True)


def test_fingerprints_know_values_ranges_and_roles_not_words(monkeypatch):
    before = calibrated.fingerprints()
    cards = {m: dict(group) for m, group in calibrated.cards().items()}
    rate = cards["feedback"]["rate"]
    for change, same in (
        ({"note": "other words"}, True),
        ({"value": 0.031}, False),
        ({"range": (0.01, 0.05)}, False),
        ({"role": "fixed"}, False),
    ):
        cards["feedback"]["rate"] = replace(rate, **change)
        monkeypatch.setattr(calibrated, "cards", lambda: cards)
        now = calibrated.fingerprints()
        assert (now["feedback"] == before["feedback"]) is same, change
        assert now["turnover"] == before["turnover"]


# Files


def test_what_is_written_is_read_again(home):
    made, sets = calibrated.load(home)
    assert made["seed"] == 1
    assert list(sets) == [RATE, HALF]


def test_files_that_do_not_belong_together_are_refused(home):
    path = home / calibrated.SETS
    path.write_text(path.read_text().replace("0.011", "0.019"))
    calibrated._read.cache_clear()
    with pytest.raises(SettingError, match=r"not the one calibrated\.yaml was written with"):
        calibrated.draws(4, 1)


def test_a_missing_file_says_what_makes_it(home):
    (home / calibrated.SETS).unlink()
    calibrated._read.cache_clear()
    with pytest.raises(SettingError, match=r"cannot be read.*calibrate --ship"):
        calibrated.draws(4, 1)
