"""Findings, measure: the arithmetic of a claim, read safely into terms of arms and years.

    (reform.support_hours@5 - base.support_hours@5) / base.support_hours@5

A term is arm.outcome[group]@when. The group is `all` if it is left out. When is a year (@5), a mean
over years (@3..5), a week or weeks of the run counted from 1 (@w10, @w1..40), or nothing: then it
is the series of all years, for a function that takes one. Between terms stand + - * / and brackets,
numbers, and the functions of FUNCTIONS. Nothing is ever evaluated as Python.
"""

import ast
import operator
import re
from dataclasses import dataclass

import numpy as np

from districtsim.study.analysis import interval
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

_TERM = re.compile(
    r"(?P<arm>[A-Za-z]\w*)\.(?P<outcome>[A-Za-z]\w*)"
    r"(?:\[(?P<group>[^\[\]]*)\])?(?:@(?P<weekly>w?)(?P<first>\d+)(?:\.\.(?P<last>\d+))?)?"
)
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.true_divide,  # a nought below gives no number, not an error
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
SHOWN_YEARS = 5  # of a series, unless the finding says more


@dataclass(frozen=True)
class Term:
    """arm.outcome[group]@first..last; `first` is None for the series of all years."""

    arm: str
    outcome: str
    group: str
    first: int | None
    last: int | None
    weekly: bool

    @property
    def key(self):
        """What is kept of a run for this term: (outcome, group, weekly)."""
        return self.outcome, self.group, self.weekly

    def of(self, periods, years):
        """The term's value from an array (..., years or weeks): (...), or (..., years)."""
        if self.first is None:
            return periods[..., :years]
        return periods[..., self.first - 1 : self.last].mean(axis=-1)


def crossing(series):
    """Year at which a series changes its sign for good, in whichever direction, interpolated from
    the last year on one side of nought to the first on the other; nan if it never does."""
    series = np.atleast_1d(series)
    years = np.flatnonzero(series)  # a year at nought lies on neither side
    signs = np.sign(series[years])
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if not len(changes):
        return np.nan
    i, j = years[changes[-1]], years[changes[-1] + 1]
    return float(i + 1 + (j - i) * series[i] / (series[i] - series[j]))


def spread(*values):
    """Standard deviation (of a population) of several values."""
    return np.std(np.stack(np.broadcast_arrays(*values)), axis=0)


def _least(*values):
    return np.min(values[0]) if len(values) == 1 else np.minimum.reduce(values)


def _most(*values):
    return np.max(values[0]) if len(values) == 1 else np.maximum.reduce(values)


FUNCTIONS = {"abs": np.abs, "min": _least, "max": _most, "spread": spread, "crossing": crossing}


class Measure:
    """An expression over terms; see the module.

    text   as the ledger says it
    where  names it in messages
    Raises SettingError if it cannot be read or is not one number.
    """

    def __init__(self, text, where, years=SHOWN_YEARS):
        if not isinstance(text, str) or not text.strip():
            raise SettingError(f"{where} is {text!r}; expected text such as 'a.premise@5'.")
        self.text, self.years, self._where = " ".join(text.split()), years, where
        terms = {}

        def named(match):
            term = self._term(match)
            return f" {terms.setdefault(term, f'term_{len(terms)}_')} "

        body = _TERM.sub(named, self.text)
        self.terms = tuple(terms)
        try:
            self._tree = ast.parse(body.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise SettingError(
                f"{where}: '{self.text}' cannot be read; expected terms such as "
                "arm.outcome[group]@5 with + - * / ( ) between them."
            ) from None
        self._names = {name: term for term, name in terms.items()}
        self._check(self._tree)
        if not terms:
            raise SettingError(f"{where}: '{self.text}' measures nothing; it names no arm.")
        probe = {t: np.ones(years) if t.first is None else np.float64(1) for t in terms}
        if np.ndim(self.value(probe)):
            raise SettingError(f"{where}: '{self.text}' is a series of years; say which, as in @5.")

    def _term(self, match):
        first = match["first"] and int(match["first"])
        last = int(match["last"]) if match["last"] else first
        if first is not None and not 1 <= first <= last:
            raise SettingError(f"{self._where}: '{match[0]}': years and weeks count from 1.")
        group = (match["group"] or "all").strip()
        return Term(match["arm"], match["outcome"], group, first, last, match["weekly"] == "w")

    def _check(self, node):
        called = {id(p.func) for p in ast.walk(node) if isinstance(p, ast.Call)}
        for part in ast.walk(node):
            if isinstance(part, (ast.operator, ast.unaryop)):
                fine = type(part) in _OPERATORS
            elif isinstance(part, ast.Name):
                fine = part.id in (FUNCTIONS if id(part) in called else self._names)
                if not fine:
                    raise SettingError(
                        f"{self._where}: '{part.id}' is neither a term nor a function."
                        f"{nearest(part.id, FUNCTIONS)}\nA term is arm.outcome[group]@year; "
                        f"functions: {', '.join(FUNCTIONS)}."
                    )
            elif isinstance(part, ast.Constant):
                fine = type(part.value) in (int, float)
            elif isinstance(part, ast.Call):
                fine = isinstance(part.func, ast.Name) and part.args and not part.keywords
            else:
                fine = isinstance(part, (ast.BinOp, ast.UnaryOp, ast.Load))
            if not fine:
                raise SettingError(
                    f"{self._where}: '{self.text}' holds more than terms, numbers, + - * /, "
                    f"brackets and {', '.join(FUNCTIONS)}."
                )

    def value(self, numbers):
        """The measure from {Term: a number, or a series of years}."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._value(self._tree, numbers)

    def _value(self, node, numbers):
        if isinstance(node, ast.Constant):
            return np.float64(node.value)
        if isinstance(node, ast.Name):
            return numbers[self._names[node.id]]
        if isinstance(node, ast.Call):
            return FUNCTIONS[node.func.id](*(self._value(a, numbers) for a in node.args))
        if isinstance(node, ast.UnaryOp):
            return _OPERATORS[type(node.op)](self._value(node.operand, numbers))
        left, right = self._value(node.left, numbers), self._value(node.right, numbers)
        return _OPERATORS[type(node.op)](left, right)

    def estimate(self, samples):
        """The measure of the means over replicates, with its 95 % interval.

        samples  {Term: (replicates,) or (replicates, years)}; the same luck in each place, and a
                 replicate in which some term is no number counts for none
        returns  value, low, high, replicates used

        The interval is the jackknife's. For sums and differences of terms that is exactly the
        paired t interval; it also holds for ratios, and roughly for what has corners.
        """
        there = np.all([_complete(samples[term]) for term in self.terms], axis=0)
        kept = {term: samples[term][there] for term in self.terms}
        count = int(there.sum())
        if not count:
            return np.nan, np.nan, np.nan, 0
        whole = float(self.value({t: sample.mean(axis=0) for t, sample in kept.items()}))
        if count < 2:
            return whole, np.nan, np.nan, count
        sums = {term: sample.sum(axis=0) for term, sample in kept.items()}
        less = [
            self.value({t: (sums[t] - sample[i]) / (count - 1) for t, sample in kept.items()})
            for i in range(count)
        ]
        mean, low, high = interval(count * whole - (count - 1) * np.array(less, dtype=float))
        return whole, float(whole + low - mean), float(whole + high - mean), count


def _complete(sample):
    return np.isfinite(sample).reshape(len(sample), -1).all(axis=1)
