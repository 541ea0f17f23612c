"""Chance: keyed draws pass plain screens of uniformity and independence, along every axis.

Seeds are fixed, so a screen that passes once passes always. Bounds are wide (a p-value of 1e-4, a
correlation of 4.5 standard errors): what they catch is structure, not bad luck.
"""

import itertools

import numpy as np
import pytest
from scipy import stats

from districtsim.world.draws import Draws, keys_below, keys_of

COUNT = 20_000
LEAST_P = 1e-4
FARTHEST = 4.5  # standard errors
PLACES = keys_of([f"{number:012d}" for number in range(COUNT)])  # like NCES School IDs
POSTS = keys_below(keys_of(["a school"]), np.array([COUNT]))
ONE = keys_of(["one post"])

SERIES = {
    "schools": lambda: Draws(1).uniform("turnover.leaves", PLACES, 3),
    "posts of a school": lambda: Draws(1).uniform("turnover.leaves", POSTS, 3),
    "plain numbers as keys": lambda: Draws(1).uniform("x", np.arange(COUNT, dtype=np.uint64)),
    "slots": lambda: Draws(1).uniform("hiring.candidates", ONE, 3, np.arange(COUNT)[:, None])[:, 0],
    "ticks": lambda: np.array([Draws(1).uniform("x", ONE, tick)[0] for tick in range(COUNT)]),
    "streams": lambda: np.array([Draws(1).uniform(f"s{i}", ONE)[0] for i in range(COUNT)]),
    "seeds": lambda: np.array([Draws(seed).uniform("x", ONE)[0] for seed in range(COUNT)]),
    "posts by slots": lambda: (
        Draws(1).uniform("x", POSTS[:100], 3, np.arange(COUNT // 100)[:, None]).ravel()
    ),
}


@pytest.fixture(scope="module")
def series():
    return {name: make() for name, make in SERIES.items()}


@pytest.mark.parametrize("name", SERIES)
def test_draws_are_uniform(series, name):
    values = series[name]
    assert len(np.unique(values)) == COUNT
    assert stats.kstest(values, "uniform").pvalue > LEAST_P
    counts = np.bincount((values * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > LEAST_P


@pytest.mark.parametrize("name", SERIES)
def test_low_bits_are_uniform(series, name):
    """Of 53 bits those from the 21st to the 28th, where weak generators show."""
    bits = (series[name] * 2**28).astype(np.int64) & 255
    assert stats.chisquare(np.bincount(bits, minlength=256)).pvalue > LEAST_P


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("lag", [1, 2, 3, 12, 32, 52])
def test_neighbours_are_not_correlated(series, name, lag):
    values = series[name]
    r = np.corrcoef(values[:-lag], values[lag:])[0, 1]
    assert abs(r) * np.sqrt(COUNT) < FARTHEST


@pytest.mark.parametrize("name", SERIES)
def test_pairs_and_triples_of_neighbours_are_uniform(series, name):
    values = series[name]
    for size, cells in ((2, 16), (3, 6)):
        tuples = np.floor(cells * values[: COUNT // size * size].reshape(-1, size)).astype(int)
        index = np.ravel_multi_index(tuples.T, (cells,) * size)
        counts = np.bincount(index, minlength=cells**size)
        assert stats.chisquare(counts).pvalue > LEAST_P, size


def two(**changed):
    """Draws of the same posts, and with one of seed, stream, tick or slot changed."""
    usual = {"seed": 1, "stream": "turnover.leaves", "tick": 3, "slot": 0}
    found = []
    for change in ({}, changed):
        how = {**usual, **change}
        draws = Draws(how["seed"])
        found.append(draws.uniform(how["stream"], PLACES, how["tick"], how["slot"]))
    return found


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 2},
        {"seed": 0},
        {"seed": -1},
        {"seed": 2**32 + 1},
        {"seed": 2**63 + 1},
        {"stream": "turnover.stays"},
        {"stream": "turnover.leave"},
        {"tick": 4},
        {"tick": 2},
        {"tick": -3},
        {"slot": 1},
        {"slot": 2},
        {"slot": 32},
        {"slot": 128},
    ],
)
def test_another_seed_stream_tick_or_slot_is_independent(changed):
    one, other = two(**changed)
    assert (one != other).all()
    assert abs(np.corrcoef(one, other)[0, 1]) * np.sqrt(COUNT) < FARTHEST
    cells = np.bincount(
        np.floor(12 * one).astype(int) * 12 + np.floor(12 * other).astype(int), minlength=144
    )
    assert stats.chisquare(cells).pvalue > LEAST_P
    difference = (one - other) % 1.0  # a shift would show as a lump
    assert stats.kstest(difference, "uniform").pvalue > LEAST_P


def test_changing_one_bit_of_a_key_changes_half_of_the_draw():
    keys = PLACES[:500]
    words = (Draws(1).uniform("x", keys) * 2**32).astype(np.uint64)
    for bit in range(64):
        turned = (Draws(1).uniform("x", keys ^ np.uint64(1 << bit)) * 2**32).astype(np.uint64)
        changed = np.unpackbits((words ^ turned).astype(">u4").view(np.uint8)).mean()
        assert 0.47 < changed < 0.53, bit  # 16,000 bits: 0.5 and 7 standard errors either way


def test_order_and_company_are_irrelevant():
    """One post at a time, backwards, in halves or all at once; other draws in between."""
    keys, slots = PLACES[:40], np.arange(6)[:, None]
    once = Draws(4).uniform("x", keys, 2, slots)
    draws = Draws(4)
    assert np.array_equal(draws.uniform("x", keys[::-1], 2, slots), once[:, ::-1])
    draws.normal("y", keys, 2)
    halves = [draws.uniform("x", part, 2, slots) for part in np.split(keys, 2)]
    assert np.array_equal(np.concatenate(halves, axis=1), once)
    for row, slot in itertools.product((0, 17, 39), (5, 0)):
        draws.uniform("x", keys, 3)
        assert draws.uniform("x", keys[row : row + 1], 2, slot)[0] == once[slot, row]


def test_normal_variates_are_normal():
    values = Draws(8).normal("x", PLACES, 1, np.arange(4)[:, None])
    assert stats.kstest(values.ravel(), "norm").pvalue > LEAST_P
    together = np.corrcoef(values)
    assert np.abs(together - np.eye(4)).max() * np.sqrt(COUNT) < FARTHEST
