"""Replicates: how many are needed for an interval as narrow as wanted, or to see an effect."""

import numpy as np

from districtsim.study.analysis.paired import LEVEL, _by_arm, _labelled

POWER = 0.8
MOST = 1_000_000


def for_precision(spread, half_width, *, level=LEVEL):
    """Fewest replicates whose t interval of a mean has at most this half-width.

    spread      standard deviation between replicates (of paired differences, if those are meant)
    half_width  wanted, in the same unit
    returns     whole number, 2 or more
    The spread is taken as known; from a pilot of n0 replicates it is itself unsure, so that a
    sweep should go on until the interval it has is narrow enough.
    """
    from scipy.special import stdtrit

    return _fewest(
        lambda n: stdtrit(n - 1, 0.5 + level / 2) * spread / np.sqrt(n) <= half_width, half_width
    )


def for_power(d_z, *, power=POWER, level=LEVEL):
    """Fewest paired replicates in which a paired t test finds an effect with this power.

    d_z      mean over standard deviation of the paired differences
    returns  whole number; 199 for 0.2, 34 for 0.5, 15 for 0.8 (two-sided 5 %, power 80 %)
    """
    return _fewest(lambda n: _power(n, abs(d_z), level) >= power, abs(d_z))


def smallest_effect(replicates, *, power=POWER, level=LEVEL):
    """Smallest d_z that so many paired replicates find with this power."""
    from scipy.optimize import brentq

    return float(brentq(lambda d: _power(replicates, d, level) - power, 1e-6, 1e3))


def needed(values, baseline, *, half_width=None, arm="policy", by=(), power=POWER):
    """Replicates needed for every difference of a table, judged from those that were run.

    half_width  wanted, in the unit of the outcomes; None for half of the interval there is
    returns     by..., arm, outcome, group, year, difference, spread (standard deviation of paired
                differences), half_width (as it is), wanted, for_precision, for_power (to find a
                difference as large as the one seen), replicates (as they are); infinite where
                a million would not do
    """
    import pandas as pd

    from districtsim.study.analysis.paired import _half_width

    wide, others = _by_arm(values, baseline, arm, tuple(by))
    found = []
    for other in others:
        change = (wide[other] - wide[baseline]).dropna()
        labels = [name for name in change.index.names if name != "replicate"]
        groups = change.groupby(level=labels, observed=True, sort=False)
        table = pd.DataFrame({"difference": groups.mean(), "spread": groups.std(ddof=1)})
        count = groups.size()
        table["half_width"] = _half_width(count, table["spread"] ** 2)
        table["wanted"] = table["half_width"] / 2 if half_width is None else half_width
        table["for_precision"] = [
            _or_never(for_precision, s, w) for s, w in zip(table["spread"], table["wanted"])
        ]
        table["for_power"] = [
            _or_never(for_power, d / s if s > 0 else (np.inf if d else np.nan), power=power)
            for s, d in zip(table["spread"], table["difference"])
        ]
        table["replicates"] = count
        found.append(_labelled(table, arm, other))
    return pd.concat(found, ignore_index=True)


def _or_never(function, size, *more, **options):
    """Replicates; infinitely many where more than MOST would be needed, or for no effect at all."""
    if np.isinf(size):
        return 2.0  # no luck in it at all
    try:
        return float(function(size, *more, **options))
    except ValueError:
        return np.inf


def _power(n, d_z, level):
    """Power of a two-sided paired t test: a non-central t beyond its limits."""
    from scipy.special import nctdtr, stdtrit

    edge = stdtrit(n - 1, 0.5 + level / 2)
    away = d_z * np.sqrt(n)
    if away > 3 * edge + 10:  # beyond any doubt, and beyond what nctdtr can do
        return 1.0
    below = np.nan_to_num(nctdtr(n - 1, away, -edge))  # so small that it has no digits
    return float(1 - nctdtr(n - 1, away, edge) + below)


def _fewest(enough, size):
    """The smallest n of 2 and more for which `enough(n)`, which stays true once it is."""
    if not size > 0:
        raise ValueError("nothing is that small: give a size above zero")
    high = 2
    while not enough(high):
        high *= 2
        if high > MOST:
            raise ValueError(f"more than {MOST:,} replicates; ask for less")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= 2 and enough(middle) else (middle, high)
    return high
