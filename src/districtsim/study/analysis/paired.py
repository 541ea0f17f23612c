"""Paired: differences between arms under the same luck, and means, with t intervals.

Every function takes the `values` of a results folder (columns policy, replicate, year, week,
outcome, group, value and whatever the design varied) and returns a tidy DataFrame. Arms that are
compared have met the same luck (same replicate), so it is the differences within replicates that
are averaged. Intervals are t intervals over replicates: they say what luck leaves open, not how
sure the numbers of the model are.
"""

import numpy as np

LABELS = ("outcome", "group", "year")
LEVEL = 0.95


def paired_differences(values, baseline, *, arm="policy", by=()):
    """Difference of every arm from the baseline, yearly outcomes, with a 95 % interval.

    values    tidy DataFrame; weekly rows are left out
    baseline  value of `arm` that the others are compared with
    arm       column whose values are compared: "policy", or a lever such as "supervision.caseload"
    by        further columns within whose values arms are compared, such as other varied levers
    returns   by..., arm, outcome, group, year, difference, low, high, replicates (the pairs used)
    Raises ValueError if the baseline is not among the arms, or if something else varies too.
    """
    wide, others = _by_arm(values, baseline, arm, tuple(by))
    differences = {other: wide[other] - wide[baseline] for other in others}
    return _over_replicates(differences, arm, ("difference", "low", "high"))


def paired_gain(values, baseline, *, arm="policy", by=()):
    """How much tighter pairing makes a difference: unpaired over paired standard error.

    Arguments as for `paired_differences`; returns by..., arm, outcome, group, year, paired_error,
    unpaired_error, gain (not a number where the paired error is zero), replicates.
    """
    import pandas as pd

    wide, others = _by_arm(values, baseline, arm, tuple(by))
    found = []
    for other in others:
        pair = wide[[baseline, other]].dropna()
        groups = pair.groupby(level=_but_replicate(pair), observed=True, sort=False)
        spread = groups.var(ddof=1)
        count = groups.size()
        differences = (pair[other] - pair[baseline]).groupby(
            level=_but_replicate(pair), observed=True, sort=False
        )
        paired = np.sqrt(differences.var(ddof=1) / count)
        unpaired = np.sqrt((spread[baseline] + spread[other]) / count)
        table = pd.DataFrame(
            {
                "paired_error": paired,
                "unpaired_error": unpaired,
                "gain": unpaired / paired.where(paired > 0),
                "replicates": count,
            }
        )
        found.append(_labelled(table, arm, other))
    return pd.concat(found, ignore_index=True)


def means(values, *, by=("policy",)):
    """Mean of every yearly outcome over replicates, with a 95 % interval.

    returns  by..., outcome, group, year, mean, low, high, replicates
    """
    columns = [*by, *LABELS, "replicate"]
    yearly = _yearly(values).set_index(columns)["value"]
    return _over_replicates({None: yearly}, None, ("mean", "low", "high"))


def interval(sample):
    """Mean and 95 % t interval of a sample: (mean, low, high); one number has no interval (nan)."""
    sample = np.asarray(sample, dtype=float)
    mean = sample.mean()
    half = float(_half_width(len(sample), sample.var(ddof=1) if len(sample) > 1 else np.nan))
    return float(mean), float(mean - half), float(mean + half)


def _half_width(count, variance):
    """Half of a 95 % t interval of a mean, from sample sizes and variances (ddof 1)."""
    from scipy.special import stdtrit  # scipy.stats takes half a second to import

    count = np.asarray(count, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return stdtrit(count - 1, 0.5 + LEVEL / 2) * np.sqrt(np.asarray(variance) / count)


def _yearly(values):
    return values[values["week"].isna()]


def _by_arm(values, baseline, arm, by):
    """Yearly values with a column for each arm; and the arms other than the baseline."""
    arms = list(values[arm].unique())
    if baseline not in arms:
        raise ValueError(f"'{baseline}' is not among the values of {arm}: {arms}")
    rows = _yearly(values).set_index([*by, *LABELS, "replicate", arm])["value"]
    if not rows.index.is_unique:
        raise ValueError(f"something else varies besides {[arm, *by]}; name it in `by`")
    wide = rows.unstack(arm)
    wide.columns = list(wide.columns)
    return wide, [other for other in arms if other != baseline]


def _but_replicate(table):
    return [name for name in table.index.names if name != "replicate"]


def _over_replicates(series_of, arm, names):
    """Mean and interval over replicates of each series, stacked under the name of its arm."""
    import pandas as pd

    found = []
    for name, series in series_of.items():
        groups = series.dropna().groupby(level=_but_replicate(series), observed=True, sort=False)
        mean, count = groups.mean(), groups.size()
        half = _half_width(count, groups.var(ddof=1))
        columns = (mean, mean - half, mean + half)
        table = pd.DataFrame(dict(zip(names, columns)) | {"replicates": count})
        found.append(_labelled(table, arm, name))
    return pd.concat(found, ignore_index=True)


def _labelled(table, arm, name):
    """The index as columns, and before `outcome` the arm, where there is one."""
    labels = list(table.index.names)
    table = table.reset_index()
    if arm is not None:
        table.insert(labels.index("outcome"), arm, name)
    return table
