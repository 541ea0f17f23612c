"""Draws: against published vectors, another program and big integers; never from its own output."""

from statistics import NormalDist

import numpy as np
import pytest

from districtsim.world import draws
from districtsim.world.draws import Draws, hash_of, keys_below, keys_of

WORD = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SLOT = 0xD1342543DE82EF95


def mixed(z):
    """SplitMix64's finaliser in whole numbers of any size."""
    z = (z + GOLDEN) & WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def unmixed(z):
    """The key that `mixed` turns into z: every step undone, last first."""
    z ^= (z >> 31) ^ (z >> 62)
    z = (z * pow(0x94D049BB133111EB, -1, 1 << 64)) & WORD
    z ^= (z >> 27) ^ (z >> 54)
    z = (z * pow(0xBF58476D1CE4E5B9, -1, 1 << 64)) & WORD
    z ^= (z >> 30) ^ (z >> 60)
    return (z - GOLDEN) & WORD


def word(seed, stream, tick, key, slot):
    """The 64 bits of a draw, by the formula at the top of world/draws.py."""
    base = mixed(mixed(mixed(seed & WORD) ^ hash_of(stream)) ^ (tick & WORD))
    return mixed(((key ^ base) + slot * SLOT) & WORD)


def test_mix_gives_the_published_outputs_of_splitmix64():
    # Seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64")
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    states = [(1234567 + GOLDEN * step) & WORD for step in range(5)]
    assert [draws._mix(state) for state in states] == published
    assert draws._mix_words(np.array(states, dtype=np.uint64)).tolist() == published


@pytest.mark.parametrize(
    ("text", "digest"),
    [("abc", "d8bb14d833d59559"), ("turnover.leaves", "971f0830a0c91990")],
)
def test_hashes_are_those_of_the_b2sum_program(text, digest):
    # printf abc | b2sum -l 64
    expected = int.from_bytes(bytes.fromhex(digest), "little")
    assert hash_of(text) == expected
    assert keys_of([text]).tolist() == [expected]
    assert keys_of([text]).dtype == np.uint64


@pytest.mark.parametrize("seed", [0, 1, -1, 2**63, 2**70 + 5])
@pytest.mark.parametrize("tick", [0, 7, -1])
def test_a_draw_follows_its_formula(seed, tick):
    keys = keys_of(["a", "b", "c"])
    slots = np.array([[0], [1], [131]])
    found = Draws(seed).uniform("turnover.leaves", keys, tick, slots)
    expected = [
        [
            ((word(seed, "turnover.leaves", tick, int(key), slot) >> 12) + 0.5) / 2**52
            for key in keys
        ]
        for slot in slots[:, 0].tolist()
    ]
    assert found.tolist() == expected


def test_normal_is_the_inverse_of_the_normal_distribution():
    keys = keys_of([str(number) for number in range(200)])
    uniform, normal = Draws(3).uniform("x", keys), Draws(3).normal("x", keys)
    expected = [NormalDist().inv_cdf(u) for u in uniform]
    assert normal == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_slots_may_be_one_number_or_an_array():
    keys, draw = keys_of(["a", "b"]), Draws(1)
    together = draw.uniform("x", keys, 4, np.arange(5)[:, None])
    assert together.shape == (5, 2)
    for slot in range(5):
        assert (draw.uniform("x", keys, 4, slot) == together[slot]).all()
    each = draw.uniform("x", keys, 4, np.array([3, 1]))  # another slot for every post
    assert each.tolist() == [together[3, 0], together[1, 1]]


def test_ticks_may_be_one_number_a_list_or_one_for_each_post():
    keys, draw = keys_of(["a", "b"]), Draws(1)
    rows = draw.uniform("x", keys, [-4, 9])
    assert rows.tolist() == [draw.uniform("x", keys, tick).tolist() for tick in (-4, 9)]
    each = draw.uniform("x", keys, np.array([-4, 9]), np.arange(3)[:, None])
    for slot in range(3):
        assert each[slot, 0] == draw.uniform("x", keys, -4, slot)[0]
        assert each[slot, 1] == draw.uniform("x", keys, 9, slot)[1]


def test_slots_and_ticks_may_be_numpy_numbers():
    keys, draw = keys_of(["a", "b"]), Draws(1)
    expected = draw.uniform("x", keys, 4, 3)
    assert (draw.uniform("x", keys, np.int64(4), np.int64(3)) == expected).all()


def test_keys_stay_as_they_were():
    keys = keys_of(["a", "b"])
    before = keys.copy()
    Draws(1).normal("x", keys, 2, 3)
    assert (keys == before).all()


def test_no_draw_is_0_or_1():
    """The lowest and the highest word there is still give a finite normal variate."""
    base = mixed(mixed(mixed(5) ^ hash_of("x")) ^ 9)
    keys = np.array([unmixed(0) ^ base, unmixed(WORD) ^ base], dtype=np.uint64)
    assert [word(5, "x", 9, key, 0) for key in keys.tolist()] == [0, WORD]  # the keys are right
    low, high = Draws(5).uniform("x", keys, 9)
    assert 0.0 < low < 1e-15
    assert 1.0 - 1e-15 < high < 1.0
    assert np.isfinite(Draws(5).normal("x", keys, 9)).all()


def test_posts_of_a_place_have_keys_of_their_own():
    places = keys_of(["north", "south", "west"])
    keys = keys_below(places, np.array([2, 0, 3]))
    expected = [
        mixed((int(places[place]) + j * SLOT) & WORD)
        for place, posts in ((0, 2), (2, 3))
        for j in range(posts)
    ]
    assert keys.tolist() == expected


def test_a_post_more_or_a_place_more_moves_no_other_key():
    places = keys_of(["north", "south", "west"])
    few, many = keys_below(places[:2], np.array([2, 3])), keys_below(places, np.array([2, 5, 1]))
    assert (few == many[:5]).all()
    assert len(set(many.tolist())) == 8


def test_several_ticks_at_once_are_the_draws_of_each():
    keys, draw = keys_of(["a", "b", "c"]), Draws(1)
    found = draw.normal("supervision.need", keys, [3, 7, -1])
    each = [draw.normal("supervision.need", keys, tick) for tick in (3, 7, -1)]
    assert found.tolist() == [row.tolist() for row in each]
