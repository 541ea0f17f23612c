"""Emulator: a quadratic is found again, inert numbers stay out, ignorance is admitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from districtsim.study.emulator import Emulator


def sample(count, numbers, seed=1):
    return 2 * qmc.LatinHypercube(d=numbers, seed=seed).random(count) - 1


def noise(count, seed=2):
    return qmc.MultivariateNormalQMC(mean=[0.0], seed=seed).random(count)[:, 0]


def test_a_quadratic_without_noise_is_found_again():
    x = sample(80, 6)
    y = 3 + 2 * x[:, 1] - x[:, 4] + 0.5 * x[:, 1] * x[:, 4] + 0.7 * x[:, 1] ** 2
    emulator = Emulator(x, y)
    assert emulator.numbers == [1, 4]
    mean, variance = emulator.predict(np.array([[0, 0.5, 0, 0, -0.5, 0]]))
    # by hand: 3 + 1 + 0.5 - 0.125 + 0.175
    assert mean[0] == pytest.approx(4.55, abs=1e-6)
    assert variance[0] == pytest.approx(0, abs=1e-9)
    assert emulator.explained == pytest.approx(1)


def test_what_is_left_is_the_noise_and_inert_numbers_stay_out():
    x = sample(400, 60)
    emulator = Emulator(x, 5 * x[:, 7] + 0.5 * noise(400))
    assert emulator.numbers == [7]
    assert emulator.variance == pytest.approx(0.25, rel=0.2)
    assert emulator.explained == pytest.approx(1 - 0.25 / (25 / 3 + 0.25), abs=0.01)


def test_pure_noise_is_admitted():
    emulator = Emulator(sample(200, 30), noise(200))
    mean, variance = emulator.predict(np.zeros((1, 30)))
    assert emulator.numbers == []
    assert variance[0] == pytest.approx(1, rel=0.3)
    assert mean[0] == pytest.approx(0, abs=0.2)


def test_what_never_changes_is_no_trouble():
    emulator = Emulator(sample(30, 4), np.full(30, 0.39))
    mean, variance = emulator.predict(np.zeros((2, 4)))
    assert mean == pytest.approx([0.39, 0.39])
    assert variance == pytest.approx([0, 0], abs=1e-20)


def test_values_that_are_no_numbers_are_left_out():
    x = sample(60, 3)
    y = 1 + x[:, 0]
    broken = np.where(np.arange(60) % 7 == 0, np.nan, y)
    there = np.isfinite(broken)
    at = np.array([[0.3, 0, 0]])
    assert Emulator(x, broken).predict(at)[0] == Emulator(x[there], y[there]).predict(at)[0]


@settings(max_examples=25, deadline=None)
@given(st.floats(-5, 5), st.floats(0.1, 10), st.integers(0, 4))
def test_shift_and_scale_of_the_values_shift_and_scale_the_prediction(shift, scale, number):
    x = sample(60, 5)
    y = x[:, number] + 0.3 * x[:, number] ** 2 + 0.1 * noise(60)
    at = sample(8, 5, seed=3)
    plain, moved = Emulator(x, y).predict(at), Emulator(x, shift + scale * y).predict(at)
    assert moved[0] == pytest.approx(shift + scale * plain[0], abs=1e-8)
    assert moved[1] == pytest.approx(scale**2 * plain[1], rel=1e-8)
