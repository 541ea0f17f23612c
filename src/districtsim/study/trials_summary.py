"""Trials, summary: what many simulated studies say together, and beside what was published.

Rows in, rows out: plain dicts of plain numbers, for tables, pages and pictures.
"""

from __future__ import annotations

import numpy as np

ALPHA = 0.05
WANTED = 0.8  # power that a trial is planned for
WILSON = 1.959963984540054  # normal quantile of 97.5 %
ZERO = 1e-12

INSIDE, OUTSIDE = "inside", "outside"
HIT, MISS = "as published", "not as published"


def summary(study, rows):
    """A row for each size of sample, measure and arm.

    rows     estimates as `trials_run.estimates` gives them
    returns  estimate (mean), spread (SD), low and high (2.5 and 97.5 % of estimates), truth (mean
             true effect in those treated), bias, significant (share of studies, p < 0.05), with
             its Wilson interval, wrong_sign and exaggeration (of the significant ones: share of the
             other sign than the truth; mean size over the true size), coverage (share of intervals
             that hold the truth of their study), spillover, error (mean standard error), studies
    """
    found = []
    for size in dict.fromkeys(row["size"] for row in rows):
        for measure in study.measures:
            own = [r for r in rows if r["measure"] == measure.name and r["size"] == size]
            for arm in dict.fromkeys(row["arm"] for row in own):
                arm_rows = [row for row in own if row["arm"] == arm]
                found.append(_summed(measure, arm, size, arm_rows))
    return found


def _summed(measure, arm, size, rows):
    table = {
        key: np.array([row[key] for row in rows], dtype=float)
        for key in ("estimate", "error", "low", "high", "p_value", "truth", "spillover")
    }
    fine = np.isfinite(table["estimate"]) & np.isfinite(table["error"])
    table = {key: values[fine] for key, values in table.items()}
    number = int(fine.sum())
    row = {
        "measure": measure.name, "arm": arm, "size": size, "unit": measure.unit,
        "estimator": measure.estimator, "instrument": measure.instrument.name, "studies": number,
        "without_estimate": int(len(fine) - number),
    }  # fmt: skip
    if not number:
        return row
    estimate, truth = table["estimate"], table["truth"]
    hits = table["p_value"] < ALPHA
    low, high = np.percentile(estimate, [2.5, 97.5])
    known = np.isfinite(truth)
    true = float(truth[known].mean()) if known.any() else None
    row |= {
        "estimate": float(estimate.mean()),
        "spread": float(estimate.std(ddof=1)) if number > 1 else None,
        "low": float(low), "high": float(high), "error": float(table["error"].mean()),
        "truth": true, "bias": float((estimate - truth)[known].mean()) if known.any() else None,
        "significant": float(hits.mean()),
        "spillover": _mean(table["spillover"]),
    }  # fmt: skip
    row["significant_low"], row["significant_high"] = wilson(int(hits.sum()), number)
    if known.any():
        inside = (table["low"] <= truth) & (truth <= table["high"])
        row["coverage"] = float(inside[known].mean())
    if true is not None and hits.any() and abs(true) > ZERO:
        row["wrong_sign"] = float((estimate[hits] * true < 0).mean())
        row["exaggeration"] = float(np.abs(estimate[hits]).mean() / abs(true))
    return row | beside(measure.published, estimate, hits)


def _mean(values):
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def beside(published, estimate, hits):
    """The published figure beside simulated estimates.

    A value is inside if it lies within the middle 95 % of estimates. A sign is as published if the
    mean estimate has it by more than 1.96 of its own standard errors over the studies; "none" if
    fewer than half of the studies are significant.
    """
    if published is None:
        return {}
    found = {
        "published": published.value, "published_sign": published.sign, "fact": published.fact,
        "source": published.source, "role": published.role,
    }  # fmt: skip
    if published.value is not None:
        low, high = np.percentile(estimate, [2.5, 97.5])
        found["verdict"] = INSIDE if low <= published.value <= high else OUTSIDE
        found["below_published"] = float((estimate < published.value).mean())
    elif published.sign == "none":
        found["verdict"] = HIT if hits.mean() < 0.5 else MISS
    else:
        sign = 1.0 if published.sign == "positive" else -1.0
        doubt = WILSON * estimate.std(ddof=1) / np.sqrt(len(estimate)) if len(estimate) > 1 else 0.0
        found["verdict"] = HIT if sign * estimate.mean() > doubt else MISS
    return found


def wilson(hits, number):
    """95 % interval of a share: (low, high) (Wilson 1927)."""
    z2 = WILSON**2
    share = hits / number
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    half = WILSON * np.sqrt(share * (1 - share) / number + z2 / (4 * number**2))
    half /= 1 + z2 / number
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def needed(sizes, powers, wanted=WANTED):
    """Size of sample with the power wanted, between those tried by straight line; None beyond them.

    The curve is first made to rise: noise of simulation may let it fall a little.
    """
    rising = np.maximum.accumulate(np.asarray(powers, dtype=float))
    if not len(rising) or rising[-1] < wanted:
        return None
    at = int(np.argmax(rising >= wanted))
    if at == 0:
        return float(sizes[0])
    share = (wanted - rising[at - 1]) / (rising[at] - rising[at - 1])
    return float(sizes[at - 1] + share * (sizes[at] - sizes[at - 1]))


def curves(rows):
    """Power curves of summary rows: {(measure, arm): (sizes, powers)}, by size."""
    found = {}
    for row in sorted((r for r in rows if r["size"] is not None), key=lambda r: r["size"]):
        sizes, powers = found.setdefault((row["measure"], row["arm"]), ([], []))
        sizes.append(row["size"])
        powers.append(row.get("significant", 0.0))
    return found
