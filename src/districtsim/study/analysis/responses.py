"""Responses: one outcome of a design as a table of points by replicates, with what was varied."""

from dataclasses import dataclass

import numpy as np

POINT = "point"
ENOUGH = 0.9  # of the points, for a replicate to be looked at
NOT_FACTORS = (
    "policy", "replicate", "year", "week", "outcome", "group", "value", "arm", "budget",
    "district", "run", POINT,
)  # fmt: skip


@dataclass(frozen=True)
class Response:
    """What a design gave for one outcome.

    outcome, group, year   which numbers; `policy` of which runs, `against`: less those of a second
    factors     DataFrame, a row for each point in the order of the design, a column for each number
                that was varied; choices are numbered in the order in which they come
    values      (points, replicates); nan where a run has failed or is not there yet
    points      (points,) numbers of the points in the design
    """

    outcome: str
    group: str
    year: int
    policy: str
    against: str | None
    factors: object
    values: np.ndarray
    points: np.ndarray

    @property
    def complete(self):
        """The response with the points alone whose replicates are all there."""
        keep = np.isfinite(self.values).all(axis=1)
        return self if keep.all() else self.some(keep)

    def some(self, keep):
        """The response at some of its points: a mask, or their rows."""
        changed = dict(factors=self.factors[keep], values=self.values[keep],
                       points=self.points[keep])  # fmt: skip
        return Response(**{**self.__dict__, **changed})

    @property
    def mean(self):
        """Mean over replicates, (points,)."""
        return self.values.mean(axis=1)


def factors_of(values):
    """Columns of a tidy table that its design varied, policies and districts aside."""
    return [
        column
        for column in values.columns
        if column not in NOT_FACTORS and values[column].nunique(dropna=False) > 1
    ]


def response(values, outcome, group="all", *, year=None, policy=None, against=None, factors=None):
    """The Response of one outcome.

    values   tidy DataFrame; with a column `point` where a design was sampled
    year     None for the last
    policy   whose runs; None for the first (other than `against`)
    against  a policy whose numbers are taken away, paired by point and replicate: which policy does
             better, and by how much
    factors  columns that were varied; None for those that differ
    Raises ValueError, saying what there is, if the table has no such numbers.
    """
    rows = _one(values[values["week"].isna()], "outcome", outcome)
    rows = _one(rows, "group", group)
    year = int(rows["year"].max()) if year is None else int(year)
    rows = _one(rows, "year", year)
    names = [name for name in dict.fromkeys(rows["policy"])]
    if policy is None:
        policy = next((name for name in names if name != against), names[0])
    factors = factors_of(values) if factors is None else list(factors)
    if not factors:
        raise ValueError("these runs varied nothing: no lever, no uncertain number")
    rows = _with_points(rows, factors)
    wide = _wide(_one(rows, "policy", policy))
    if against is not None:
        wide = wide - _wide(_one(rows, "policy", against)).reindex_like(wide)
    wide = wide.loc[:, _nearly_all(wide)]
    first = rows.drop_duplicates(POINT).set_index(POINT)[factors].loc[wide.index]
    return Response(
        outcome, group, year, policy, against, _numbers(first), wide.to_numpy(dtype=float),
        wide.index.to_numpy(),
    )  # fmt: skip


def _one(rows, column, value):
    found = rows[rows[column] == value]
    if not len(found):
        there = ", ".join(map(str, dict.fromkeys(rows[column])))
        raise ValueError(f"no {column} '{value}' in these runs; there is {there or 'nothing'}")
    return found


def _with_points(rows, factors):
    """The rows with the number of their point; combinations are numbered where no design did."""
    if POINT in rows.columns:
        return rows
    return rows.assign(**{POINT: rows.groupby(factors, sort=False, dropna=False).ngroup()})


def _wide(rows):
    keys = rows.set_index([POINT, "replicate"])["value"]
    if not keys.index.is_unique:
        keys = keys.groupby(level=[0, 1]).mean()  # several districts, or budgets, of one point
    return keys.unstack("replicate").sort_index()


def _nearly_all(wide):
    """Which replicates are there at nearly every point: while a sweep runs, the last is not."""
    there = wide.notna().sum()
    return there >= ENOUGH * there.max()


def _numbers(table):
    """Every column as numbers: yes/no as 1/0, words numbered from 0 in the order of the rows."""
    import pandas as pd

    found = {}
    for name in table:
        column = table[name]
        if column.map(lambda value: isinstance(value, (bool, np.bool_))).all():
            found[name] = column.astype(float)
        else:
            numbers = pd.to_numeric(column, errors="coerce")
            words = numbers.isna().any()
            found[name] = pd.Series(pd.factorize(column)[0], column.index) if words else numbers
    return pd.DataFrame(found, index=table.index, dtype=float)
