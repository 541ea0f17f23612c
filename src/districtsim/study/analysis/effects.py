"""Effects: paired differences as a paper reports them, for all outcomes and arms at once.

The difference in the outcome's own unit comes first. What is standardised depends on how much luck
the model has, and a small chance (`p`) on how many replicates were run, so neither says whether a
difference matters: that is for the reader, in the unit.
"""

import numpy as np

from districtsim.study.analysis.paired import _by_arm, _half_width, _labelled, _yearly

RESAMPLES = 1999  # of the bootstrap; 95 % limits then lie on the 50th smallest and largest
SEED = 1  # the same resamples in every analysis of the same table
SAME = 1e-12  # of the size of the numbers: differences within it are rounding
BUDGET, AS_IT_COSTS, EQUAL = "budget", "as it costs", "equal"


def effects(values, baseline, *, arm="policy", by=(), resamples=RESAMPLES):
    """Difference of every arm from the baseline, with all that is usually reported of it.

    Arguments as for `paired_differences`; resamples  of the bootstrap, 0 for none
    returns  by..., arm, outcome, group, year, and
      difference, low, high   mean paired difference, 95 % t interval, in the outcome's unit
      boot_low, boot_high     95 % bootstrap interval (BCa), better than t for skewed outcomes from
                              about 30 replicates; below, neither is exact
      d_z                     mean over standard deviation of the paired differences
      hedges_g                mean over the standard deviation between replicates of the two arms
                              (root of their mean variance), corrected for small samples
      higher, higher_low, higher_high   share of replicates in which the arm is higher than the
                              baseline in the same world (ties count half), 95 % Wilson interval
      p, p_holm, p_bh         paired t test; corrected for all rows of the table by Holm (any false
                              finding) and by Benjamini and Hochberg (share of false findings)
      replicates              pairs used
    Sources  Efron (1987) for BCa; Borenstein et al. (2009), ch. 4, for g; Wilson (1927)
    """
    import pandas as pd

    wide, others = _by_arm(values, baseline, arm, tuple(by))
    found = []
    for other in others:
        pairs = wide[[baseline, other]].dropna()
        if not len(pairs):
            continue
        labels = [name for name in pairs.index.names if name != "replicate"]
        groups = pairs.groupby(level=labels, observed=True, sort=False)
        keys, first, last = [], [], []
        for key, part in groups:
            keys.append(key)
            first.append(part[baseline].to_numpy())
            last.append(part[other].to_numpy())
        index = pd.MultiIndex.from_tuples(keys, names=labels)
        found.append(_labelled(pd.DataFrame(_rows(first, last, resamples), index), arm, other))
    if not found:
        return pd.DataFrame(columns=[*by, arm, "outcome", "group", "year", "difference"])
    return corrected(pd.concat(found, ignore_index=True))


def corrected(table):
    """The table with p_holm and p_bh after `p`: corrected for as many tests as it has rows."""
    chances = table["p"].to_numpy(dtype=float)
    holm, hochberg = _holm(chances), _benjamini_hochberg(chances)
    place = table.columns.get_loc("p") + 1
    rest = table.drop(columns=["p_holm", "p_bh"], errors="ignore")
    rest.insert(place, "p_holm", holm)
    rest.insert(place + 1, "p_bh", hochberg)
    return rest


def at_equal_budget(values, baseline, *, arm="policy", by=()):
    """Effects as it costs and at equal budget, side by side, and what paying for them takes away.

    values   tidy, with the column `budget`: "as it costs" or "equal"
    returns  by..., arm, outcome, group, year, as_it_costs, costs_low, costs_high, equal, equal_low,
             equal_high, paid (equal less as it costs, paired), paid_low, paid_high, replicates
    Raises ValueError if the values have no runs at an equal budget.
    """
    if BUDGET not in values.columns or EQUAL not in set(values[BUDGET]):
        raise ValueError("no runs at an equal budget; an experiment asks for it by `equal_budget`")
    base = values[(values[arm] == baseline) & (values[BUDGET] == AS_IT_COSTS)]
    labels = [*by, "outcome", "group", "year", "replicate"]
    start = _yearly(base).set_index(labels)["value"]
    rest = _yearly(values[values[arm] != baseline])
    wide = rest.set_index([*labels, arm, BUDGET])["value"].unstack(BUDGET)
    start = start.reindex(wide.index.droplevel(arm)).to_numpy()
    table = wide.sub(start, axis=0)
    table["paid"] = table[EQUAL] - table[AS_IT_COSTS]
    table = table.dropna()
    keys = [name for name in table.index.names if name != "replicate"]
    groups = table.groupby(level=keys, observed=True, sort=False)
    mean, count = groups.mean(), groups.size()
    half = groups.var(ddof=1).apply(lambda variance: _half_width(count, variance))
    names = {AS_IT_COSTS: ("as_it_costs", "costs"), EQUAL: ("equal",) * 2, "paid": ("paid",) * 2}
    found = mean[[]].copy()
    for column, (name, short) in names.items():
        found[name] = mean[column]
        found[f"{short}_low"] = mean[column] - half[column]
        found[f"{short}_high"] = mean[column] + half[column]
    found["replicates"] = count
    order = [*by, arm, "outcome", "group", "year"]
    found = found.reset_index()
    return found[[*order, *[name for name in found if name not in order]]]


def _rows(first, last, resamples):
    """Columns of the table from lists of samples, one pair of samples a row."""
    changes = [_tidy(one, other) for one, other in zip(first, last)]
    count = np.array([len(change) for change in changes])
    mean = np.array([change.mean() for change in changes])
    spread = np.array([_variance(change) for change in changes])
    half = _half_width(count, spread)
    low, high = _bootstrap(changes, resamples)
    between = np.array([(_variance(a) + _variance(b)) / 2 for a, b in zip(first, last)])
    wins = np.array([(change > 0).mean() + (change == 0).mean() / 2 for change in changes])
    wilson = _wilson(wins, count)
    return {
        "difference": mean,
        "low": mean - half,
        "high": mean + half,
        "boot_low": low,
        "boot_high": high,
        "d_z": _over(mean, np.sqrt(spread)),
        "hedges_g": _over(mean, np.sqrt(between)) * _small_sample(count - 1),
        "higher": wins,
        "higher_low": wilson[0],
        "higher_high": wilson[1],
        "p": _t_test(mean, spread, count),
        "replicates": count,
    }


def _tidy(one, other):
    """Differences, with what rounding leaves of nothing set to nothing."""
    change = other - one
    size = np.maximum(np.abs(one), np.abs(other))
    return np.where(np.abs(change) <= SAME * size, 0.0, change)


def _variance(sample):
    return sample.var(ddof=1) if len(sample) > 1 else np.nan


def _over(mean, spread):
    """Mean over spread; nothing over nothing is nothing, something over nothing has no size."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((mean == 0) & (spread == 0), 0.0, np.where(spread > 0, mean / spread,
                                                                   np.nan))  # fmt: skip


def _small_sample(df):
    """Hedges' correction, exact: Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2)); 1 for many."""
    from scipy.special import gammaln

    df = np.asarray(df, dtype=float)
    some = np.where(df > 1, df, np.nan)
    return np.exp(gammaln(some / 2) - gammaln((some - 1) / 2)) / np.sqrt(some / 2)


def _t_test(mean, variance, count):
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(mean) / np.sqrt(variance / count)
        chance = 2 * stdtr(np.asarray(count, dtype=float) - 1, -t)
    same = variance == 0  # alike in every replicate: luck has no part in it
    return np.where(same, np.where(mean == 0, 1.0, 0.0), chance)


def _wilson(share, count):
    z = 1.959963984540054  # 97.5 % of a normal distribution
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return middle - half, middle + half


def _bootstrap(changes, resamples):
    """BCa limits of the mean of each sample; samples of one length are done together."""
    low, high = np.full((2, len(changes)), np.nan)
    if not resamples:
        return low, high
    from scipy.stats import bootstrap

    lengths = {}
    for i, change in enumerate(changes):
        if len(change) > 1 and np.ptp(change) > 0:
            lengths.setdefault(len(change), []).append(i)
        elif len(change) > 1:
            low[i] = high[i] = change[0]
    for length, rows in lengths.items():
        few = max(1, 5_000_000 // (resamples * length))  # a batch that fits the memory
        for some in (rows[i : i + few] for i in range(0, len(rows), few)):
            sample = np.array([changes[i] for i in some])
            found = bootstrap(
                (sample,), np.mean, axis=-1, n_resamples=resamples, method="BCa",
                vectorized=True, random_state=SEED,
            )  # fmt: skip
            low[some], high[some] = found.confidence_interval
    return low, high


def _holm(chances):
    """Holm (1979): the smallest chance times their number, the next times one less, rising."""
    fine = np.flatnonzero(np.isfinite(chances))
    order = fine[np.argsort(chances[fine], kind="stable")]
    found = np.full(len(chances), np.nan)
    factor = len(order) - np.arange(len(order))
    found[order] = np.minimum(1, np.maximum.accumulate(chances[order] * factor))
    return found


def _benjamini_hochberg(chances):
    from scipy.stats import false_discovery_control

    fine = np.isfinite(chances)
    found = np.full(len(chances), np.nan)
    if fine.any():
        found[fine] = false_discovery_control(chances[fine])
    return found
