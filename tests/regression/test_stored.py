"""Stored: fixed runs give the numbers of the stored table, to a relative 1e-9.

If they are meant to move: `python -m tests.regression.renew`; see renew.py.
"""

import pytest
from renew import columns, moved, read, same, table, write


@pytest.fixture(scope="module")
def now():
    return table()


def test_numbers_are_those_stored(now):
    changes = moved(read(), now)
    assert not changes, (
        f"{len(changes)} numbers moved. If they should: python -m tests.regression.renew, "
        "and a line under 'Numbers moved' in CHANGELOG.md.\n" + "\n".join(changes[:20])
    )


def test_the_table_holds_every_run_and_most_of_it_is_known():
    stored = read()
    assert {run for values in stored.values() for run in values} == set(columns())
    cells = [value for values in stored.values() for value in values.values()]
    assert sum(value == value for value in cells) > 0.9 * len(cells)
    assert len({outcome for outcome, _ in stored}) >= 28


def test_policies_of_the_table_differ(now):
    for label in (("teaching_quality", "all"), ("principal_leadership", "all")):
        values = now[label]
        assert values["tacoma, status quo"] != values["tacoma, much"]


def test_writing_and_reading_lose_nothing(tmp_path, monkeypatch, now):
    monkeypatch.setattr("renew.STORED", tmp_path / "stored.csv")
    write(now)
    again = read()
    assert moved(now, again) == []
    exact = {
        label: {run: value for run, value in values.items() if value == value}
        for label, values in now.items()
    }
    found = {
        label: {run: value for run, value in values.items() if value == value}
        for label, values in again.items()
    }
    assert found == exact


def test_what_counts_as_the_same():
    assert same(1.0, 1.0 + 1e-10)
    assert not same(1.0, 1.0 + 1e-8)
    assert same(float("nan"), float("nan"))
    assert not same(float("nan"), 0.0)
    assert not same(None, 0.0)
    assert same(0.0, 1e-13)
    assert moved({("a", "b"): {"c": 1.0}}, {("a", "b"): {}}) == ["a (b), c: 1.0 is now None"]
