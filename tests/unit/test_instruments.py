"""Instruments: every number has its evidence; errors have the size that is said, and are keyed."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.study.instruments import instruments
from districtsim.study.trials_measures import read_measures
from districtsim.study.trials_reading import Place
from districtsim.study.trials_watch import by_subject
from districtsim.world.draws import Draws, keys_of
from districtsim.world.errors import SettingError
from districtsim.world.parameters import cards

KEYS = keys_of(str(number) for number in range(20_000))
NUMBERS = {
    mechanism: SimpleNamespace(**{name: card.value for name, card in group.items()})
    for mechanism, group in cards().items()
}


def measure(instrument, **others):
    given = {"instrument": instrument, "when": 1, "estimator": "mean", **others}
    return read_measures({"one": given}, Place("a study", ""))[0]


def observed(it, true=0.0, draws=None):
    return it.instrument.observed(np.full(len(KEYS), true), KEYS, draws or Draws(5), it, NUMBERS)


@pytest.mark.parametrize("name", instruments())
def test_an_instrument_says_what_it_reads_and_every_number_its_source(name):
    it = instruments()[name]
    assert it.of in ("schools", "teachers")
    assert it.about.endswith(".")
    assert it.unit
    for part in it.components:
        assert part.source
        if part.card is not None:
            mechanism, card = part.card.split(".")
            assert cards()[mechanism][card].role == "uncertain"
        else:
            assert part.value > 0


@pytest.mark.parametrize(
    ("name", "others", "spread"),
    [
        ("rubric", {}, 0.5),  # card development.rubric_error
        ("rubric", {"reliability": 0.8}, 0.5),  # sqrt(1 / 0.8 - 1)
        ("rubric", {"reliability": 0.5}, 1.0),
        ("knowledge_test", {}, 0.5),
        ("value_added", {}, 0.26),
        ("value_added", {"years_of_data": 3}, 0.26 / np.sqrt(3)),
        ("class_tests", {}, np.sqrt(0.36 / 25 + 0.01)),
        ("class_tests", {"pupils": 9}, np.sqrt(0.36 / 9 + 0.01)),
        ("test_scores", {"pupils": 400}, np.sqrt(0.81 / 400 + 0.08**2)),
        ("principal_survey", {}, 0.0),
    ],
)
def test_errors_have_the_size_that_is_said(name, others, spread):
    seen = observed(measure(name, **others))
    assert seen.std() == pytest.approx(spread, rel=0.02)
    assert seen.mean() == pytest.approx(0.0, abs=0.01)


def test_value_added_errs_as_often_as_published():
    """F506: told apart at 0.1 student SD, 35 % err with one year of data and 25 % with three."""
    for years, share in ((1, 0.35), (3, 0.25)):
        seen = observed(measure("value_added", years_of_data=years))
        assert (seen > 0.1).mean() == pytest.approx(share, abs=0.01)


def test_principals_report_more_time_than_observers_see():
    reported = observed(measure("reported_time"), 0.127)
    watched = observed(measure("observed_time", days=5), 0.127)
    assert watched.mean() == pytest.approx(0.127, abs=0.005)
    assert reported.mean() == pytest.approx(2.3 * 0.127, abs=0.005)
    assert reported.min() >= 0.0
    assert reported.max() <= 1.0


def test_errors_are_of_the_unit_the_wave_and_the_study_alone():
    it, later = measure("rubric"), measure("rubric", when=2)
    first = observed(it)
    assert np.array_equal(first, observed(it))
    some = it.instrument.observed(np.zeros(5), KEYS[7:12], Draws(5), it, NUMBERS)
    assert np.array_equal(some, first[7:12])
    for other in (observed(later), observed(it, draws=Draws(6))):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03


def test_the_same_pupils_are_tested_again():
    many = {"pupils": 1}  # so that pupils' part is nearly all of the error
    first = observed(measure("test_scores", **many))
    second = observed(measure("test_scores", when=2, **many))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.75, abs=0.02)


def test_a_reliability_needs_a_unit_of_people():
    with pytest.raises(SettingError, match="is in student SD"):
        measure("test_scores", reliability=0.9)


def test_subjects_of_teachers_and_schools():
    values = np.array([[1.0, 4], [2, 5], [3, 6]])
    teaches = np.array([[0.4, 0], [0.4, 0], [0.2, 0]])
    assert by_subject(values, "ela", None).tolist() == [2, 5]
    assert by_subject(values, "all", None).tolist() == [2, 5]
    found = by_subject(values, "all", teaches)
    assert found[0] == pytest.approx(0.4 + 0.8 + 0.6)
    assert np.isnan(found[1])
    assert np.isnan(by_subject(values, "science", teaches)[1])
    assert by_subject(np.array([7.0, 8]), "all", None).tolist() == [7, 8]
