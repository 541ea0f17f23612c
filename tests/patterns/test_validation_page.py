"""Validation page: what stands on it is what stored numbers give, and these are of this code."""

from dataclasses import replace
from pathlib import Path

import pytest

from districtsim.documents import validation_document as document
from districtsim.documents.stored_numbers import stored
from districtsim.study import validation_schools as schools
from districtsim.study.published import HIT, MISS, SHOWN
from districtsim.world.errors import SettingError

DOCS = Path(__file__).parents[2] / "docs"
NUMBERS = stored(DOCS / "numbers" / document.FILE)["numbers"]
PAGE = (DOCS / "validation.md").read_text(encoding="utf-8")
SETTINGS, FIGURES = schools.load()
AGAIN = "run 'districtsim docs validation'"


def test_the_page_is_what_its_numbers_give_to_the_byte():
    assert document.written(NUMBERS) == PAGE, AGAIN


def test_the_code_still_simulates_what_it_did_when_the_numbers_were_made():
    assert document.probe() == NUMBERS["probe"], AGAIN


def test_every_real_figure_stands_on_the_page_with_its_verdict():
    rows = PAGE.split("\n")
    for figure in FIGURES:
        found = [row for row in rows if row.startswith(f"| {figure.quantity} | ")]
        assert found, figure.name
        verdict = figure.verdict(NUMBERS["schools"][figure.measure][0])
        assert any(row.endswith(f" | {verdict} |") for row in found), figure.name


def test_every_miss_has_a_reason_and_every_hit_none():
    for figure in FIGURES:
        if figure.verdict(NUMBERS["schools"][figure.measure][0]) == MISS:
            assert figure.known_miss.strip(), figure.name


def test_verdicts_by_hand():
    lunch = next(f for f in FIGURES if f.name == "lunch_gap")
    lunch = replace(lunch, value=0.5, error=0.01)  # a tenth is wider: 0.45 to 0.55
    assert (lunch.verdict(0.451), lunch.verdict(0.449)) == (HIT, MISS)
    wide = replace(lunch, error=0.1)  # two errors are wider: 0.3 to 0.7
    assert (wide.verdict(0.31), wide.verdict(0.71)) == (HIT, MISS)
    assert replace(lunch, judged=False).verdict(0.5) == SHOWN


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      unit: share", "      unti: share", "novice_all: 'unti' is not known.*unit"),
        ("    novice_all:", "    novice_al:", "no 'novice_al'.*Did you mean 'novice_all'"),
        ("source: carolina\n", "source: calorina\n", "there is no source 'calorina'"),
    ],
)
def test_unknown_words_are_refused(tmp_path, old, new, said):
    path = tmp_path / "schools.yaml"
    path.write_text(schools.PAGE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError, match=said):
        schools.load(path)
