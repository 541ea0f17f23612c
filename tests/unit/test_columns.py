"""Columns and tables: shapes, starts and meanings; and the calendar of the state."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from districtsim.world.columns import Column, Posts, Table
from districtsim.world.state import State, tables


class Desks(Posts):
    plain = Column("h", "a number")
    started = Column("share", "starts at a half", 0.5)
    unknown = Column("share", "starts unknown", np.nan)
    count = Column("count", "whole", 3, kind=np.int64)
    by_subject = Column("SD", "three rows", 1.5, shape=(3,))
    deep = Column("SD", "two by three", shape=(2, 3), kind=np.float32)


def test_columns_have_their_shape_kind_and_start():
    desks = Desks(4)
    assert len(desks) == 4
    assert desks.plain.tolist() == [0.0] * 4
    assert desks.started.tolist() == [0.5] * 4
    assert np.isnan(desks.unknown).all()
    assert desks.count.tolist() == [3] * 4
    assert desks.count.dtype == np.int64
    assert desks.by_subject.tolist() == [[1.5] * 4] * 3
    assert desks.deep.shape == (2, 3, 4)
    assert desks.deep.dtype == np.float32


def test_columns_of_the_base_come_first_and_know_their_names():
    names = [column.name for column in Desks.columns()]
    assert names == ["key", "filled", "holder", "plain", "started", "unknown", "count",
                     "by_subject", "deep"]  # fmt: skip


def test_posts_start_filled_with_their_first_holder():
    desks = Desks(2)
    assert desks.filled.tolist() == [True, True]
    assert desks.holder.tolist() == [0, 0]
    assert desks.key.dtype == np.uint64


def test_tables_share_no_memory():
    one, two = Desks(3), Desks(3)
    one.plain[:] = 9.0
    one.filled[:] = False
    assert two.plain.sum() == 0.0
    assert two.filled.all()


def test_a_column_that_is_left_for_later_is_made_when_somebody_looks():
    desks = Desks(3)
    made = []

    def doubled(values):
        made.append(values)
        return 2.0 * values

    desks.later("plain", doubled, np.arange(3.0))
    assert not made
    assert desks.plain.tolist() == [0.0, 2.0, 4.0]
    desks.plain[1] = 7.0
    assert desks.plain.tolist() == [0.0, 7.0, 4.0]  # made once, and then a column like any other
    assert len(made) == 1
    desks.later("plain", doubled, np.ones(3))
    desks.plain = np.zeros(3)  # what is set is not made over
    assert desks.plain.tolist() == [0.0] * 3
    desks.later("started")
    assert desks.started.tolist() == [0.5] * 3  # without a maker as at the start


def test_a_copy_of_a_table_makes_its_own_columns():
    desks = Desks(2)
    desks.later("plain", np.multiply, np.ones(2), 3.0)
    for copy in (deepcopy(desks), pickle.loads(pickle.dumps(desks))):
        assert copy.plain.tolist() == [3.0, 3.0]
        copy.plain[:] = 0.0
        copy.started[:] = 1.0
    assert desks.plain.tolist() == [3.0, 3.0]
    assert desks.started.tolist() == [0.5, 0.5]


def test_a_table_may_be_empty():
    assert len(Desks(0)) == 0
    assert Desks(0).by_subject.shape == (3, 0)


@pytest.mark.parametrize("name", tables())
def test_every_column_of_the_state_has_a_unit_and_a_meaning(name):
    for column in tables()[name].columns():
        assert column.unit, column.name
        assert column.meaning, column.name
        assert column.name == column.name.lower()


def test_the_state_holds_every_table():
    state = State(3, 20, 5)
    found = state.tables()
    assert {type(table) for table in found.values()} == set(tables().values())
    assert all(isinstance(table, Table) for table in found.values())
    rows = {name: len(table) for name, table in found.items()}
    assert rows == {
        "schools": 3, "principals": 3, "teachers": 20, "staff": 5, "coaches": 1, "units": 6,
        "district": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("week", "of_year", "year", "term"),
    [
        (0, 0, 0, True),
        (39, 39, 0, True),
        (40, 40, 0, False),
        (51, 51, 0, False),
        (52, 0, 1, True),
        (103, 51, 1, False),
        (-1, 51, -1, False),
        (-12, 40, -1, False),
        (-13, 39, -1, True),
        (-28, 24, -1, True),
    ],
)
def test_weeks_of_the_run_and_of_the_year(week, of_year, year, term):
    state = State(2, 2, 2)
    state.week = week
    assert (state.week_of_year, state.year, state.in_term) == (of_year, year, term)
