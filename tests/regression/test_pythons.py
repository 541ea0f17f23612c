"""Pythons: results do not change between Python 3.11, 3.12 and 3.13; see pythons.py."""

import sys

import pytest
from pythons import EXACT, quantities, read, same, write

SUPPORTED = {(3, 11), (3, 12), (3, 13)}


@pytest.fixture(scope="module")
def now():
    return {quantity: (unit, value, tol) for quantity, unit, value, tol in quantities()}


@pytest.mark.parametrize("quantity", read())
def test_a_quantity_is_what_it_was_under_any_python(now, quantity):
    row = read()[quantity]
    value = now[quantity][1]
    assert same(row["value"], value, row["tolerance"]), (
        f"{quantity}: {row['value']} stored, {value!r} under Python {sys.version.split()[0]}; "
        f"tolerance {row['tolerance']}"
    )


def test_the_table_holds_every_quantity_with_its_tolerance(now):
    stored = read()
    assert list(stored) == list(now)
    for quantity, (unit, _, tolerance) in now.items():
        assert (stored[quantity]["unit"], stored[quantity]["tolerance"]) == (unit, str(tolerance))
    assert {row["tolerance"] for row in stored.values()} == {EXACT, "1e-12", "1e-09"}


def test_this_python_is_one_of_those_promised():
    assert sys.version_info[:2] in SUPPORTED


def test_what_counts_as_the_same():
    assert same("3", 3, EXACT)
    assert not same("3", 4, EXACT)
    assert same("0.1", 0.1, EXACT)
    assert not same("0.1", 0.1 + 2e-17, EXACT)
    assert same("1.0", 1.0 + 1e-10, "1e-09")
    assert not same("1.0", 1.0 + 1e-8, "1e-09")


def test_writing_and_reading_lose_nothing(tmp_path, monkeypatch, now):
    monkeypatch.setattr("pythons.STORED", tmp_path / "pythons.csv")
    write([(quantity, *rest) for quantity, rest in now.items()])
    stored = read()
    assert all(same(stored[name]["value"], value, EXACT) for name, (_, value, _) in now.items())
