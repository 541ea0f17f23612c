"""Estimators: the effect and its standard error, as field studies compute them; NumPy alone.

Each takes plain arrays of one comparison and returns an Estimate. Nothing here knows of the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """An effect with its standard error and the degrees of freedom of its t test."""

    value: float
    error: float
    freedom: float

    @property
    def low(self):
        """Lower end of the 95 % interval."""
        return self.value - stdtrit(self.freedom, 0.5 + LEVEL / 2) * self.error

    @property
    def high(self):
        """Upper end of the 95 % interval."""
        return self.value + stdtrit(self.freedom, 0.5 + LEVEL / 2) * self.error

    @property
    def p_value(self):
        """Two-sided."""
        if not self.error > 0:
            return 1.0 if self.value == 0 else 0.0
        return float(2.0 * stdtr(self.freedom, -abs(self.value) / self.error))

    def scaled(self, factor):
        """The same in other units."""
        return Estimate(self.value * factor, self.error * abs(factor), self.freedom)


NOTHING = Estimate(np.nan, np.nan, np.nan)


def least_squares(y, columns, cluster=None, block=None):
    """Ordinary least squares with a level for each block (or one); estimate of the first column.

        error  root of the first diagonal of (X'X)^-1 s^2, freedom n - k; or, with clusters, of
               G / (G - 1) * (n - 1) / (n - k) * (X'X)^-1 (sum over clusters of X'uu'X) (X'X)^-1,
               freedom G - 1 - number of levels

    k counts columns and levels. Levels are taken out by centring, which gives the same.

    y        outcome, (n,)
    columns  list of (n,) arrays; ones that do not vary within levels are dropped
    cluster  row of each one's cluster, (n,), or None
    block    of each, (n,), or None for one level
    """
    level = np.zeros(len(y), dtype=np.int64) if block is None else block
    names, place = np.unique(level, return_inverse=True)

    def centred(values):
        return values - (np.bincount(place, values) / np.bincount(place))[place]

    x = np.column_stack([centred(column) for column in columns])
    spread = x.std(axis=0)
    if not spread[0] > 1e-12:
        return NOTHING
    x = x[:, spread > 1e-12]
    n, k = len(y), x.shape[1] + len(names)
    if n <= k or np.linalg.matrix_rank(x) < x.shape[1]:
        return NOTHING
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ (x.T @ y)
    left = centred(y) - x @ slopes
    if cluster is None:
        variance = inverse[0, 0] * (left @ left) / (n - k)
        return Estimate(float(slopes[0]), float(np.sqrt(variance)), n - k)
    groups, group = np.unique(cluster, return_inverse=True)
    number, freedom = len(groups), len(groups) - 1 - len(names)
    if freedom < 1:
        return NOTHING
    sums = np.zeros((number, x.shape[1]))
    np.add.at(sums, group, x * left[:, None])
    correction = number / (number - 1) * (n - 1) / (n - k)
    variance = inverse @ (sums.T @ sums) @ inverse
    return Estimate(float(slopes[0]), float(np.sqrt(correction * variance[0, 0])), freedom)


def difference_in_means(y, treated, **others):
    """Difference of the arms' means, as if all that are measured were independent."""
    return least_squares(y, [treated])


def cluster_adjusted(y, treated, *, cluster, block=None, baseline=None):
    """Difference of the arms, given block and baseline if there are, with errors robust to
    clusters."""
    columns = [treated] if baseline is None else [treated, baseline]
    return least_squares(y, columns, cluster, block)


def difference_in_differences(y, treated, *, cluster, block=None, baseline=None):
    """Difference of the arms' changes since the baseline, with errors robust to clusters."""
    return least_squares(y - baseline, [treated], cluster, block)


def matched_comparison(y, treated, *, cluster, block=None, baseline=None, traits=()):
    """Mean difference of each treated cluster from the comparison cluster nearest to it.

    Clusters are averaged; distance is Euclidean over the standardised baseline and traits; a
    comparison may be used more than once, of which the error (SD of differences / sqrt(n)) takes no
    notice, as is usual.
    """
    _, group = np.unique(cluster, return_inverse=True)
    count = np.bincount(group)

    def mean(values):
        return np.bincount(group, values) / count

    outcome, arm = mean(y), mean(treated) > 0.5
    if arm.sum() < 2 or (~arm).sum() < 1:
        return NOTHING
    table = np.array([mean(values) for values in (baseline, *traits)])
    table = (table - table.mean(axis=1, keepdims=True)) / np.maximum(
        table.std(axis=1, keepdims=True), 1e-9
    )
    gap = ((table[:, arm][:, :, None] - table[:, ~arm][:, None, :]) ** 2).sum(axis=0)
    differences = outcome[arm] - outcome[~arm][gap.argmin(axis=1)]
    number = len(differences)
    return Estimate(differences.mean(), differences.std(ddof=1) / np.sqrt(number), number - 1)


def fixed_effects(y, exposure, unit, time):
    """Effect of an exposure within units over time: units and times have their own level.

    y, exposure, unit, time  one row for each unit and time, (n,); errors robust to units
    """
    columns = [within(values, unit, time) for values in (exposure, y)]
    if not np.any(np.abs(columns[0]) > 1e-12):
        return NOTHING
    found = least_squares(columns[1], [columns[0]], unit)
    units, times = len(np.unique(unit)), len(np.unique(time))
    n = len(y)
    lost = n - units - times  # the levels that were taken out are numbers, too
    if lost < 1:
        return NOTHING
    return Estimate(found.value, found.error * np.sqrt((n - 1) / lost), units - 1)


def within(values, unit, time):
    """What is left of values after the levels of units and times (a balanced panel)."""
    means = []
    for group in (unit, time):
        _, place = np.unique(group, return_inverse=True)
        means.append((np.bincount(place, values) / np.bincount(place))[place])
    return values - means[0] - means[1] + values.mean()


def sample_mean(y):
    """Mean of a sample."""
    n = len(y)
    if n < 2:
        return NOTHING
    return Estimate(float(y.mean()), float(y.std(ddof=1) / np.sqrt(n)), n - 1)


def ratio_of_means(y, other):
    """Ratio of two means of the same people, error by the delta method."""
    n = len(y)
    if n < 2 or other.mean() == 0:
        return NOTHING
    ratio = float(y.mean() / other.mean())
    left = (y - ratio * other) / other.mean()
    return Estimate(ratio, float(left.std(ddof=1) / np.sqrt(n)), n - 1)


COMPARE = {
    "difference_in_means": difference_in_means,
    "cluster_adjusted": cluster_adjusted,
    "difference_in_differences": difference_in_differences,
    "matched_comparison": matched_comparison,
}
