"""Estimators: effects, standard errors and degrees of freedom, worked by hand."""

import numpy as np
import pytest

from districtsim.study.estimators import (
    cluster_adjusted,
    difference_in_differences,
    difference_in_means,
    fixed_effects,
    least_squares,
    matched_comparison,
    ratio_of_means,
    sample_mean,
    within,
)

A = np.array


def test_difference_in_means_by_hand():
    # means 2 and 5; pooled variance (2 + 2) / 4 = 1; error sqrt(1 * (1/3 + 1/3))
    found = difference_in_means(A([1.0, 2, 3, 4, 5, 6]), A([0.0, 0, 0, 1, 1, 1]))
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(np.sqrt(2 / 3))
    assert found.freedom == 4
    # t(4, 0.975) = 2.776445
    assert (found.low, found.high) == pytest.approx(
        (3 - 2.776445 * 0.816497, 3 + 2.776445 * 0.816497), abs=1e-5
    )
    assert found.p_value == pytest.approx(0.02131, abs=1e-4)  # t = 3.674


def test_clusters_of_one_each_and_of_twins():
    # arms {0, 2} and {4, 8}: twins add nothing, so the error is that of four clusters:
    # residuals -1 1 -2 2, sum of (x u)^2 with x = -+1/2: 0.25 (1 + 1 + 4 + 4) = 2.5; X'X = 1
    y, treated = A([0.0, 2, 4, 8]), A([0.0, 0, 1, 1])
    single = cluster_adjusted(y, treated, cluster=np.arange(4))
    assert single.value == pytest.approx(5.0)
    assert single.freedom == 2
    assert single.error == pytest.approx(np.sqrt(2.5 * 4 / 3 * 3 / 2))
    twins = cluster_adjusted(np.repeat(y, 2), np.repeat(treated, 2), cluster=np.arange(8) // 2)
    assert twins.value == pytest.approx(5.0)
    assert twins.freedom == 2
    # the same but for the count of observations: (8 - 1) / (8 - 2) in place of (4 - 1) / (4 - 2)
    assert twins.error == pytest.approx(np.sqrt(2.5 * 4 / 3 * 7 / 6))
    naive = difference_in_means(np.repeat(y, 2), np.repeat(treated, 2))
    assert naive.freedom == 6


def test_blocks_and_baseline_are_taken_out():
    block = A([0, 0, 1, 1])
    y, treated = A([1.0, 3, 11, 13]), A([0.0, 1, 0, 1])
    found = cluster_adjusted(y, treated, cluster=np.arange(4), block=block)
    assert found.value == pytest.approx(2.0)  # each pair differs by 2, whatever its level
    assert found.error == pytest.approx(0.0, abs=1e-9)
    assert found.freedom == 1
    before = A([0.0, 4, 1, 5, 2, 3])
    y, treated = 2.0 * before + A([0.0, 0, 0, 1, 1, 1]) * 0.5, A([0.0, 0, 0, 1, 1, 1])
    found = cluster_adjusted(y, treated, cluster=np.arange(6), baseline=before)
    assert found.value == pytest.approx(0.5)


def test_differences_in_differences_are_of_changes():
    before, after = A([1.0, 2, 10, 20]), A([2.0, 3, 14, 26])  # changes 1 1 4 6
    found = difference_in_differences(after, A([0.0, 0, 1, 1]), cluster=np.arange(4),
                                      baseline=before)  # fmt: skip
    assert found.value == pytest.approx(4.0)


def test_matched_comparison_takes_the_nearest_with_replacement():
    # baselines 0 1 9 (not treated), 1.1 and 0.9 (treated): both meet the one at 1
    y = A([5.0, 6, 7, 10, 12])
    found = matched_comparison(
        y, A([0.0, 0, 0, 1, 1]), cluster=np.arange(5), baseline=A([0.0, 1, 9, 1.1, 0.9])
    )
    assert found.value == pytest.approx(5.0)  # (10 - 6 + 12 - 6) / 2
    assert found.error == pytest.approx(1.0)  # SD of 4 and 6 is sqrt(2), over sqrt(2)
    assert found.freedom == 1


def test_fixed_effects_take_levels_of_units_and_years_out():
    unit, time = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    exposure = A([0.1, 0.4, 0.2, 0.3, 0.3, 0.1, 0.5, 0.2, 0.2, 0.2, 0.1, 0.6])
    y = 7.0 * unit - 3.0 * time - 0.08 * exposure
    found = fixed_effects(y, exposure, unit, time)
    assert found.value == pytest.approx(-0.08)
    assert found.freedom == 2
    assert np.abs(within(7.0 * unit - 3.0 * time, unit, time)).max() < 1e-12
    assert np.isnan(fixed_effects(y, np.ones(12), unit, time).value)


def test_means_and_ratios():
    found = sample_mean(A([1.0, 2, 3]))
    assert (found.value, found.error) == pytest.approx((2.0, 1 / np.sqrt(3)))
    found = ratio_of_means(A([2.0, 4, 6]), A([1.0, 2, 3]))
    assert (found.value, found.error) == pytest.approx((2.0, 0.0))


@pytest.mark.parametrize(
    "columns", [[np.ones(4)], [np.zeros(4)], [A([0.0, 0, 1, 1]), A([0.0, 0, 2, 2])]]
)
def test_what_cannot_be_told_apart_gives_no_estimate(columns):
    assert np.isnan(least_squares(A([1.0, 2, 3, 4]), columns).value)


def test_too_few_clusters_give_no_error():
    found = cluster_adjusted(A([1.0, 2, 3, 4]), A([0.0, 0, 1, 1]), cluster=A([0, 0, 1, 1]))
    assert np.isnan(found.error)


def test_cluster_errors_hold_their_size_where_naive_ones_do_not():
    """With a shared error in each cluster and no effect, 5 % of adjusted tests reject."""
    from districtsim.world.draws import Draws, keys_of

    draws, rejected = Draws(3), np.zeros(2)
    clusters, size, studies = 20, 10, 400
    cluster = np.repeat(np.arange(clusters), size)
    treated = (cluster % 2).astype(float)
    keys, shared = keys_of(map(str, range(clusters * size))), keys_of(map(str, range(clusters)))
    for study in range(studies):
        y = draws.normal("own", keys, study) + draws.normal("shared", shared, study)[cluster]
        rejected += (
            cluster_adjusted(y, treated, cluster=cluster).p_value < 0.05,
            difference_in_means(y, treated).p_value < 0.05,
        )
    share = rejected / studies
    assert 0.02 < share[0] < 0.09
    assert share[1] > 0.3
