"""Sensitivity: which of the numbers that a design varied move an outcome, and how surely.

Every point of a design has to be run with the same replicates. With luck of its own at each point,
a number that does nothing gets a total index well above zero, since luck is taken for it.
Indices are those of the mean over replicates; they are also found for each replicate alone, and
how far they lie apart says what a handful of replicates can tell.
"""

import numpy as np

from districtsim.study.analysis.paired import LEVEL, interval

METHODS = ("sobol", "morris", "one_at_a_time", "latin_hypercube")
SEED = 1
RESAMPLES = 1000
COLUMNS = {
    "sobol": ("name", "total", "total_low", "total_high", "first", "first_low", "first_high",
              "total_least", "total_most", "up"),
    "morris": ("name", "mu_star", "low", "high", "mu", "sigma", "mu_star_least", "mu_star_most"),
    "one_at_a_time": ("name", "swing", "low", "high", "at_low", "at_low_low", "at_low_high",
                      "at_high", "at_high_low", "at_high_high", "low_value", "base", "high_value"),
    "latin_hypercube": ("name", "swing", "low", "high", "correlation", "first", "first_low",
                        "first_high", "from_value", "to_value"),
}  # fmt: skip


def sensitivity(response, method=None, *, levels=4, resamples=RESAMPLES):
    """How much each number moves the outcome, strongest first.

    response  Response of a sampled design; points that are not complete are left out, and with them
              the trajectory or the block of a Morris or Sobol design that they belong to
    method    one of METHODS; None for the one that the points show
    levels    of a Morris design
    returns   DataFrame, a row for each number that was varied; `attrs` has method, points, runs,
              replicates and, of a Latin hypercube, r2 of the linear fit
      sobol            total, first  share of variance with and without what it does together with
                       others; *_low, *_high 95 % bootstrap intervals over points; total_least,
                       total_most over single replicates; up whether the outcome rises with it
      morris           mu_star mean size of an effect: of moving it by two thirds of its range
                       (with four levels), scaled to the whole of it, with 95 % interval; mu with
                       signs; sigma their standard deviation, large where the effect depends on
                       other numbers; *_least, *_most as above
      one_at_a_time    at_low, at_high change of the outcome from the base with the number at its
                       lowest and highest value; swing from the one to the other; all with 95 % t
                       intervals over replicates
      latin_hypercube  swing of the outcome as the number goes from the lowest to the highest value
                       sampled, others alike (linear fit, 95 % t interval); correlation of ranks;
                       first order index (RBD-FAST) with bootstrap interval
    Raises ValueError if the points are not those of the method, or too few are complete.
    Sources   Saltelli et al. (2010), Morris (1991) and Campolongo et al. (2007), Tissot and Prieur
              (2012), all as in SALib
    """
    method = method or which(response)
    found = _BY[method](response, levels, resamples)
    key = {"sobol": "total", "morris": "mu_star"}.get(method, "swing")
    table = found[list(COLUMNS[method])]
    table = table.sort_values(key, key=np.abs, ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    table.attrs = {**found.attrs, "method": method, "replicates": response.values.shape[1]}
    return table


def which(response):
    """The method that fits the points: what a design looks like tells which it is."""
    factors = response.factors.to_numpy()
    count = factors.shape[1]
    if len(factors) > 1 and ((factors[1:] != factors[:1]).sum(axis=1) <= 1).all():
        return "one_at_a_time"
    if block(response) is not None:
        return "sobol"
    steps = (factors[1:] != factors[:-1]).sum(axis=1)
    one_apart = (np.diff(response.points) == 1) & (response.points[1:] % (count + 1) != 0)
    inner = steps[one_apart]
    if len(factors) > count and len(inner) and (inner <= 1).all():
        return "morris"
    return "latin_hypercube"


def block(response):
    """Points of a block of a Sobol design, D + 2 for D numbers; None if they are not of one.

    The first point of a block differs from each of the next D in one number alone, in turn; of a
    number with few levels it need not differ in every block.
    """
    factors, points = response.factors.to_numpy(), response.points
    count = factors.shape[1]
    size = count + 2
    if count < 2 or len(factors) < size:
        return None
    firsts = {number // size: row for row, number in enumerate(points) if number % size == 0}
    moved = np.zeros(count, dtype=int)
    for row, number in enumerate(points):
        place, first = number % size, firsts.get(number // size)
        if first is None or not 1 <= place <= count:
            continue
        differs = factors[row] != factors[first]
        if differs.sum() > differs[place - 1]:
            return None
        moved += differs
    return size if moved.any() else None


def _sobol(response, levels, resamples):
    import pandas as pd
    from SALib.analyze import sobol

    alone = response.factors.shape[1] == 1  # then any points look like a design's
    size = 3 if alone else block(response)
    if size is None:
        raise ValueError("these points are not those of a Sobol design")
    kept, blocks = _whole(response, size)
    problem = _problem(kept)

    def of(numbers, times):
        if np.ptp(numbers) == 0:  # nothing moves it
            return dict.fromkeys(
                ("S1", "S1_conf", "ST", "ST_conf"), np.zeros(kept.factors.shape[1])
            )
        return sobol.analyze(
            problem,
            numbers,
            calc_second_order=False,
            num_resamples=times,
            conf_level=LEVEL,
            seed=SEED,
        )

    main = of(kept.mean, resamples)
    single = np.array([of(column, 2)["ST"] for column in kept.values.T])
    up = [np.sign(_rank_correlation(kept.factors[name], kept.mean)) for name in kept.factors]
    table = pd.DataFrame({
        "name": problem["names"],
        "total": main["ST"], "total_low": main["ST"] - main["ST_conf"],
        "total_high": main["ST"] + main["ST_conf"],
        "first": main["S1"], "first_low": main["S1"] - main["S1_conf"],
        "first_high": main["S1"] + main["S1_conf"],
        "total_least": single.min(axis=0), "total_most": single.max(axis=0),
        "up": np.array(up) >= 0,
    })  # fmt: skip
    table.attrs = {"points": len(kept.points), "blocks": blocks}
    return table


def _morris(response, levels, resamples):
    import pandas as pd
    from SALib.analyze import morris

    kept, _ = _whole(response, response.factors.shape[1] + 1)
    problem = _problem(kept)
    x = kept.factors.to_numpy()

    def of(numbers, times):
        return morris.analyze(
            problem, x, numbers, num_resamples=times, conf_level=LEVEL, num_levels=levels, seed=SEED
        )

    main = of(kept.mean, resamples)
    alone = np.array([np.asarray(of(column, 2)["mu_star"]) for column in kept.values.T])
    star, half = np.asarray(main["mu_star"]), np.asarray(main["mu_star_conf"])
    table = pd.DataFrame({
        "name": problem["names"], "mu_star": star, "low": np.maximum(0, star - half),
        "high": star + half, "mu": np.asarray(main["mu"]), "sigma": np.asarray(main["sigma"]),
        "mu_star_least": alone.min(axis=0), "mu_star_most": alone.max(axis=0),
    })  # fmt: skip
    table.attrs = {"points": len(kept.points)}
    return table


def _one_at_a_time(response, levels, resamples):
    import pandas as pd

    kept = response.complete
    x = kept.factors
    base = np.flatnonzero(kept.points == 0)  # the first point changes nothing
    if not len(base):
        raise ValueError("the run with every number at its usual value is not there (yet)")
    usual = x.iloc[base[0]]
    moved = x != usual
    start = kept.values[base[0]]
    rows = []
    for name in x:
        here = np.flatnonzero((moved[name] & (moved.sum(axis=1) == 1)).to_numpy())
        if not len(here):
            continue
        tried = x[name].to_numpy()[here]
        ends = {}
        for end, best, beyond in (("low", np.argmin, np.less), ("high", np.argmax, np.greater)):
            place = best(tried)
            there = beyond(tried[place], usual[name])  # else the base itself is at this end
            ends[end] = kept.values[here[place]] - start if there else np.zeros_like(start)
            ends[f"{end}_value"] = tried[place] if there else usual[name]
        row = {"name": name, "base": usual[name]}
        row |= {f"{end}_value": ends[f"{end}_value"] for end in ("low", "high")}
        row |= dict(zip(("swing", "low", "high"), interval(ends["high"] - ends["low"])))
        for end in ("low", "high"):
            names = (f"at_{end}", f"at_{end}_low", f"at_{end}_high")
            row |= dict(zip(names, interval(ends[end])))
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS["one_at_a_time"]))
    table.attrs = {"points": len(kept.points)}
    return table


def _latin_hypercube(response, levels, resamples):
    import pandas as pd
    from SALib.analyze import rbd_fast

    kept = response.complete
    x, y = kept.factors.to_numpy(), kept.mean
    if len(x) < x.shape[1] + 10:
        raise ValueError(
            f"{len(x)} complete points for {x.shape[1]} varied numbers; a fit needs "
            f"{x.shape[1] + 10} or more"
        )
    low, high = x.min(axis=0), x.max(axis=0)
    swing, half, r2 = _linear(x, y, low, high)
    first = np.full((2, x.shape[1]), np.nan)
    if len(x) > 60 and np.ptp(y) > 0:  # RBD-FAST reads 10 harmonics on either side
        found = rbd_fast.analyze(
            _problem(kept), x, y, num_resamples=min(resamples, 200), conf_level=LEVEL, seed=SEED
        )
        first = np.array([found["S1"], found["S1_conf"]])
    table = pd.DataFrame({
        "name": list(kept.factors), "swing": swing, "low": swing - half, "high": swing + half,
        "correlation": [_rank_correlation(kept.factors[name], y) for name in kept.factors],
        "first": first[0], "first_low": first[0] - first[1], "first_high": first[0] + first[1],
        "from_value": low, "to_value": high,
    })  # fmt: skip
    table.attrs = {"points": len(x), "r2": r2}
    return table


def _linear(x, y, low, high):
    """Least squares on factors scaled to 0 to 1: swings, half-widths of their intervals, R2."""
    from scipy.special import stdtrit

    span = np.where(high > low, high - low, 1.0)
    table = np.column_stack([np.ones(len(x)), (x - low) / span])
    best, *_ = np.linalg.lstsq(table, y, rcond=None)
    left = y - table @ best
    free = len(x) - table.shape[1]
    spread = np.sqrt(np.diag(np.linalg.pinv(table.T @ table)) * (left @ left) / free)
    total = ((y - y.mean()) ** 2).sum()
    r2 = float(1 - left @ left / total) if total > 0 else float("nan")
    return best[1:], (stdtrit(free, 0.5 + LEVEL / 2) * spread)[1:], r2


def _rank_correlation(one, other):
    from scipy.stats import rankdata

    ranks = np.array([rankdata(one), rankdata(other)])
    if np.ptp(ranks, axis=1).min() == 0:
        return 0.0
    return float(np.corrcoef(ranks)[0, 1])


def _whole(response, size):
    """The response without blocks of points of which one is missing; and how many are left."""
    ranks = response.points - response.points.min() % size
    fine = np.isfinite(response.values).all(axis=1)
    of_block = ranks // size
    numbers, counts = np.unique(of_block[fine], return_counts=True)
    whole = numbers[counts == size]
    if len(whole) < 2:
        raise ValueError(
            f"{len(whole)} complete groups of {size} points; two or more are needed, so wait for "
            "more of the sweep, or run it with more samples"
        )
    return response.some(np.isin(of_block, whole)), len(whole)


def _problem(response):
    names = list(response.factors)
    low, high = response.factors.min(), response.factors.max()
    bounds = [[a, b if b > a else a + 1] for a, b in zip(low, high)]
    return {"num_vars": len(names), "names": names, "bounds": bounds}


_BY = {
    "sobol": _sobol,
    "morris": _morris,
    "one_at_a_time": _one_at_a_time,
    "latin_hypercube": _latin_hypercube,
}
