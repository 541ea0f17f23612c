"""Draws: keyed random numbers, the only source of chance.

A draw is a pure function of (seed, stream, tick, key, slot). The key is the lasting identity of a
post, not its row, so a school more, a policy more or a mechanism more moves no other draw, and two
policies under one seed meet the same luck. One uniform gives one variate (inverse CDF), so a
variate moves monotonically with its parameters and paired differences stay tight.

    word    = mix((key ^ mix(mix(mix(seed) ^ stream) ^ tick)) + slot * 0xD1342543DE82EF95)
    uniform = (top 52 bits of word + 1/2) / 2^52          (all sums and products mod 2^64)
    mix     = the 64-bit finaliser of SplitMix64 (Steele, Lea & Flood 2014), after adding the
              golden-ratio increment
    stream  = first 8 bytes (little-endian) of BLAKE2b of the stream's name
"""

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from scipy.special import ndtri

_MASK = (1 << 64) - 1
_GOLDEN, _M1, _M2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_SLOT = np.uint64(0xD1342543DE82EF95)
_G, _A, _B = np.uint64(_GOLDEN), np.uint64(_M1), np.uint64(_M2)
_30, _27, _31, _12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_HALF, _UNIT = 0.5, 2.0**-52  # 52 bits: with 53 the largest would round to 1


def hash_of(text):
    """Stable 64-bit hash of a string (the same on every machine and Python)."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def keys_of(texts):
    """Lasting keys of named things; (n,) uint64, not to be written into."""
    return _keys_of(tuple(texts))


@lru_cache(maxsize=32)  # the runs of a sweep name the same posts
def _keys_of(texts):
    keys = np.array([hash_of(text) for text in texts], dtype=np.uint64)
    keys.flags.writeable = False
    return keys


def keys_below(keys, counts):
    """Keys of the posts inside places: post j of a place is mix(key of the place + j).

    keys    keys of the places, (n,) uint64
    counts  posts in each place, (n,) integers
    returns keys of the posts, place by place, (sum of counts,) uint64
    """
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    within = (np.arange(counts.sum()) - starts).astype(np.uint64)
    return _mix_words(np.repeat(keys, counts) + within * _SLOT)


def _mix(z):
    z = (z + _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * _M1) & _MASK
    z = ((z ^ (z >> 27)) * _M2) & _MASK
    return z ^ (z >> 31)


def _mix_words(z):
    return _stir(z + _G)


def _stir(z):
    """Words to which the increment has been added are mixed in their place."""
    part = z >> _30
    z ^= part
    z *= _A
    z ^= np.right_shift(z, _27, out=part)
    z *= _B
    z ^= np.right_shift(z, _31, out=part)
    return z


class Draws:
    """Random numbers of one run.

    seed  any integer; replicates of an experiment differ in nothing else
    """

    def __init__(self, seed):
        self.seed = int(seed)
        self._root = _mix(self.seed & _MASK)
        self._streams = {}

    def uniform(self, stream, keys, tick=0, slot=0):
        """Uniform draws in (0, 1).

        stream  name of the decision, for example "turnover.leaves"
        keys    lasting keys of the posts that decide, uint64 array
        tick    when: year or week, integer; or several in a list, one row of draws each; or an
                array of integers, one for each key
        slot    which of several draws of one post (a candidate, a subject): an integer or an
                array that broadcasts with keys
        returns array of the broadcast shape
        """
        base = self._streams.get(stream)
        if base is None:
            base = self._streams[stream] = _mix(self._root ^ hash_of(stream))
        if isinstance(tick, list):
            when = np.array([[_mix(base ^ (each & _MASK))] for each in tick], dtype=np.uint64)
        elif isinstance(tick, np.ndarray):
            when = _mix_words(tick.astype(np.uint64) ^ np.uint64(base))
        else:
            when = np.uint64(_mix(base ^ (int(tick) & _MASK)))
        if isinstance(slot, np.ndarray):
            further = slot.astype(np.uint64) * _SLOT + _G
        else:
            further = np.uint64((int(slot) * int(_SLOT) + _GOLDEN) & _MASK)
        z = _stir((keys ^ when) + further)
        z >>= _12
        u = z + _HALF
        u *= _UNIT
        return u

    def normal(self, stream, keys, tick=0, slot=0):
        """Standard normal draws: the inverse CDF of `uniform`; same arguments and shape."""
        return ndtri(self.uniform(stream, keys, tick, slot))
