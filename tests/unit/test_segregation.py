"""Segregation: indices worked by hand."""

import numpy as np
import pytest

from districtsim.study.segregation import between_schools, dissimilarity


def test_two_schools_by_hand():
    low, other = np.array([30.0, 10.0]), np.array([20.0, 40.0])
    # shares of each group: 3/4, 1/4 and 1/3, 2/3; half of 5/12 + 5/12
    assert dissimilarity(low, other) == pytest.approx(5 / 12)
    # shares of low income 0.6 and 0.2, mean 0.4: 50 * 0.04 * 2 / (100 * 0.24)
    assert between_schools(low, other) == pytest.approx(1 / 6)


def test_even_spread_is_nought_and_full_separation_is_one():
    even = np.array([10.0, 20.0])
    assert dissimilarity(even, 2 * even) == pytest.approx(0.0)
    assert between_schools(even, 2 * even) == pytest.approx(0.0)
    apart = np.array([10.0, 0.0]), np.array([0.0, 30.0])
    assert dissimilarity(*apart) == between_schools(*apart) == pytest.approx(1.0)
