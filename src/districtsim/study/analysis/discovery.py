"""Discovery: which numbers part success from failure, and a box of conditions for failure.

Success and failure are said beforehand: a policy fails where its effect falls short of what was
wanted. `regional` looks at one number at a time, `box` at a few together, as scenario discovery
does (Bryant and Lempert 2010). The box comes from a shallow decision tree: its leaves are boxes,
it is kept by many, and it can be tried on draws that it has not seen.
"""

from dataclasses import dataclass

import numpy as np

from districtsim.study.analysis.effects import _benjamini_hochberg, _holm

DEEPEST = 3  # limits of a box: more cannot be read
FEWEST = 10  # points in a box
FOLDS = 5
SEED = 1


@dataclass(frozen=True)
class Limit:
    """One limit of a box: the number is above, or at or below, a value.

    chance  of a box without this limit having as many failures by luck (quasi-p)
    """

    name: str
    above: bool
    value: float
    chance: float = float("nan")


@dataclass(frozen=True)
class Box:
    """Conditions under which a policy fails.

    limits     tuple of Limit, all of which hold inside; () if no box was found
    inside     points inside; failing: points that fail, inside and in all
    coverage   share of all failures that lie inside
    density    share of the points inside that fail
    overall    share of all points that fail
    unseen_coverage, unseen_density  the same on points that the box was not fitted to
    """

    limits: tuple
    inside: int
    failing_inside: int
    points: int
    failing: int
    unseen_coverage: float
    unseen_density: float

    @property
    def coverage(self):
        return self.failing_inside / self.failing if self.failing else float("nan")

    @property
    def density(self):
        return self.failing_inside / self.inside if self.inside else float("nan")

    @property
    def overall(self):
        return self.failing / self.points if self.points else float("nan")

    def holds(self, factors):
        """Which rows of a table of factors lie inside, (points,) bool."""
        return _inside(self.limits, factors)


def regional(factors, failed):
    """Regional sensitivity: does a number lie elsewhere where it fails than where it succeeds?

    factors  DataFrame, a row for each point; failed  (points,) bool
    returns  DataFrame, strongest first: name, distance (Kolmogorov-Smirnov, 0 to 1), p, p_holm,
             p_bh (corrected for all numbers), fails_at (median where it fails), succeeds_at, higher
             (whether failures lie at higher values)
    Raises ValueError if there are not two of either.
    Source   Hornberger and Spear (1981)
    """
    import pandas as pd
    from scipy.stats import ks_2samp

    failed = np.asarray(failed, dtype=bool)
    if min(failed.sum(), (~failed).sum()) < 2:
        raise ValueError(
            f"{failed.sum()} of {len(failed)} points fail; two or more of either kind are needed"
        )
    rows = []
    for name in factors:
        column = factors[name].to_numpy()
        test = ks_2samp(column[failed], column[~failed])
        there, other = np.median(column[failed]), np.median(column[~failed])
        rows.append((name, test.statistic, test.pvalue, there, other, bool(there > other)))
    columns = ["name", "distance", "p", "fails_at", "succeeds_at", "higher"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(3, "p_holm", _holm(table["p"].to_numpy()))
    table.insert(4, "p_bh", _benjamini_hochberg(table["p"].to_numpy()))
    return table.sort_values("distance", ascending=False, kind="stable").reset_index(drop=True)


def box(factors, failed, *, deepest=DEEPEST, fewest=FEWEST):
    """The box of conditions that holds most of the failures and little else.

    factors  DataFrame, a row for each point; failed  (points,) bool
    deepest  most limits; fewest  points that a box has to hold
    returns  Box; without limits if failures are too few, or are no denser in any box than elsewhere
    """
    failed = np.asarray(failed, dtype=bool)
    limits = _fit(factors, failed, deepest, fewest)
    seen = _inside(limits, factors) if limits else np.zeros(len(failed), dtype=bool)
    coverage, density = _unseen(factors, failed, deepest, fewest) if limits else (np.nan,) * 2
    limits = tuple(_tested(limits, i, factors, failed) for i in range(len(limits)))
    return Box(
        limits, int(seen.sum()), int((seen & failed).sum()), len(failed), int(failed.sum()),
        coverage, density,
    )  # fmt: skip


def _fit(factors, failed, deepest, fewest):
    """Limits of the best leaf of a shallow tree: by coverage times density (their F1)."""
    from sklearn.tree import DecisionTreeClassifier

    if min(failed.sum(), (~failed).sum()) < 2 or len(failed) < 2 * fewest:
        return ()
    best, chosen = failed.mean(), ()
    for depth in range(1, deepest + 1):
        tree = DecisionTreeClassifier(
            max_depth=depth, min_samples_leaf=fewest, class_weight="balanced", random_state=SEED
        ).fit(factors.to_numpy(), failed)
        score, limits = max(
            ((_score(_inside(it, factors), failed), it) for it in _leaves(tree.tree_, factors)),
            key=lambda found: found[0],
        )
        if score > best + 0.02:  # a further limit must earn its place
            best, chosen = score, limits
    where = _inside(chosen, factors)
    return chosen if chosen and failed[where].mean() > failed.mean() else ()


def _score(where, failed):
    both = (where & failed).sum()
    return 2 * both / (where.sum() + failed.sum())


def _leaves(tree, factors):
    """Limits of every leaf, the same number and side once."""
    names = list(factors)
    found = []

    def walk(node, limits):
        if tree.children_left[node] < 0:
            found.append(tuple(Limit(n, above, v) for (n, above), v in limits.items()))
            return
        name, value = names[tree.feature[node]], float(tree.threshold[node])
        walk(tree.children_left[node], {**limits, (name, False): value})
        walk(tree.children_right[node], {**limits, (name, True): value})

    walk(0, {})
    return found


def _inside(limits, factors):
    where = np.ones(len(factors), dtype=bool)
    for limit in limits:
        column = factors[limit.name].to_numpy()
        where &= column > limit.value if limit.above else column <= limit.value
    return where


def _tested(limits, i, factors, failed):
    """The limit with the chance that the box without it is as dense by luck."""
    from scipy.stats import binomtest

    limit = limits[i]
    rest = _inside([other for k, other in enumerate(limits) if k != i], factors)
    where = _inside(limits, factors)
    dense = failed[rest].mean()
    test = binomtest(int((where & failed).sum()), int(where.sum()), dense, alternative="greater")
    return Limit(limit.name, limit.above, limit.value, float(test.pvalue))


def _unseen(factors, failed, deepest, fewest):
    """Coverage and density on points left out of the fit, each a fifth in turn."""
    from sklearn.model_selection import StratifiedKFold

    where = np.zeros(len(failed), dtype=bool)
    if min(failed.sum(), (~failed).sum()) < FOLDS:
        return float("nan"), float("nan")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for fit, test in folds.split(factors, failed):
        limits = _fit(factors.iloc[fit], failed[fit], deepest, fewest)
        if limits:
            where[test] = _inside(limits, factors.iloc[test])
    both = (where & failed).sum()
    return float(both / failed.sum()), float(both / where.sum()) if where.any() else float("nan")
