"""Sampling: which points a design has: values of levers and uncertain parameters, in order.

What varies (`vary:` of an experiment) is a list of values, a range {low, high}, or the word
`plausible`, the range of the card. A design makes points of it:

grid             every combination of listed values
one_at_a_time    nothing changed, then each value alone: of a list all, of a range both ends
latin_hypercube  `samples` points (McKay, Beckman & Conover 1979)
sobol            `samples` x (number varied + 2) points in the order of Saltelli et al. (2010),
                 for first-order and total indices; `samples` is a power of two
morris           `samples` trajectories of (number varied + 1) points each (Morris 1991)

Sampled designs treat a list as levels of equal probability, and so each whole number of a range
of a lever that takes whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import cards, check_lever, check_parameter, levers, uncertain

LISTED = ("grid", "one_at_a_time")
SAMPLED = ("latin_hypercube", "sobol", "morris")
DESIGNS = ("grid", *SAMPLED, "one_at_a_time")
PLAUSIBLE = "plausible"
MORRIS_LEVELS = 4  # each trajectory steps on a grid of so many values (Morris 1991: even)
MOST_SAMPLES = 2**20


@dataclass(frozen=True)
class Factor:
    """One thing that varies.

    name    "group.lever" or "mechanism.parameter"
    values  the listed values, or None for a range
    low, high  ends of the range, or None for a list
    whole   whether the range has whole numbers only
    """

    name: str
    values: tuple | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def bounds(self):
        """[least, most) of the number that a sampled design draws, see `value_of`."""
        if self.values is not None:
            return [0.0, float(len(self.values))]
        return [float(self.low), float(self.high) + self.whole]

    @property
    def ends(self):
        """Values that are tried one at a time."""
        return (self.low, self.high) if self.values is None else self.values

    def value_of(self, number):
        """What is set for a number drawn within `bounds`: itself, or the level it falls into."""
        if self.values is not None:
            return self.values[min(math.floor(number + 1e-9), len(self.values) - 1)]
        if self.whole:
            return min(math.floor(number + 1e-9), self.high)
        return min(max(float(number), self.low), self.high)  # scaling rounds beyond the ends


class Points(Sequence):
    """The points of a design in sample order; point i is {name: value} of what it sets.

    sample  numbers as they were drawn, (points, factors), as SALib's analyses take them; None if
            the design is not sampled
    """

    def __init__(self, design, factors, samples=None, seed=0, base=None):
        self.factors = factors
        self.sample = None
        if design in SAMPLED:
            self.sample = _sample(design, problem(factors), samples, seed)
            self._count = len(self.sample)
        elif design == "grid":
            self._count = math.prod(len(factor.values) for factor in factors)
        else:
            self._alone = [{}] + [
                {factor.name: value}
                for factor in factors
                for value in factor.ends
                if value != (base or {}).get(factor.name, ...)
            ]
            self._count = len(self._alone)
        self._design = design

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        if self.sample is not None:
            return {f.name: f.value_of(x) for f, x in zip(self.factors, self.sample[index])}
        if self._design != "grid":
            return dict(self._alone[index])
        point = {}
        for factor in reversed(self.factors):  # the last varies fastest
            index, place = divmod(index, len(factor.values))
            point[factor.name] = factor.values[place]
        return dict(reversed(point.items()))


def problem(factors):
    """What varies as SALib wants it: {num_vars, names, bounds}; bounds of the numbers drawn."""
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [factor.bounds for factor in factors],
    }


def factors_of(vary):
    """A Factor for each line of a checked `vary`."""
    found = []
    for name, given in vary.items():
        if isinstance(given, dict):
            whole = name in levers() and levers()[name].whole
            found.append(Factor(name, low=given["low"], high=given["high"], whole=whole))
        else:
            found.append(Factor(name, values=tuple(given)))
    return found


def check_vary(values, where):
    """`vary:` as {name: tuple of values, or {"low": number, "high": number}}.

    Raises SettingError for what cannot be varied, and for values outside of the card.
    """
    if not isinstance(values, dict):
        raise SettingError(f"{where}: expected `group.lever: [value, value]` lines.")
    checked = {}
    for name, given in values.items():
        card = _card(name, where)
        if given == PLAUSIBLE:
            given = list(card.options) if card.range is None else {"range": card.range}
        if isinstance(given, dict):
            checked[name] = _range(name, card, given, where)
        elif isinstance(given, (list, tuple)) and given:
            checked[name] = tuple(_value(name, value, where) for value in given)
            _refuse_twice(name, checked[name], where)
        else:
            raise SettingError(
                f"{where}: {name} is {given!r}; expected a list of values, such as [6, 12], a "
                f"range, {{low: 6, high: 12}}, or {PLAUSIBLE}."
            )
    return checked


def check_design(value, where):
    """The name of a design."""
    if value in DESIGNS:
        return value
    raise SettingError(
        f"{where}: '{value}' is not a design.{nearest(value, DESIGNS)} "
        f"Allowed: {', '.join(DESIGNS)}."
    )


def check_samples(value, where):
    """Number of samples, or None."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and 2 <= value <= MOST_SAMPLES):
        raise SettingError(f"{where} is {value!r}; it takes a whole number, 2 to {MOST_SAMPLES}.")
    return value


def check_fit(design, vary, samples, at):
    """Whether design, what varies and samples go together; `at(key)` says where a key stands."""
    if design not in SAMPLED:
        if samples is not None:
            raise SettingError(
                f"{at('samples')}: a {design} design has as many points as its lists say; leave "
                f"samples out, or use {', '.join(SAMPLED)}."
            )
        ranges = [name for name, given in vary.items() if isinstance(given, dict)]
        if design == "grid" and ranges:
            raise SettingError(
                f"{at('vary')}: {ranges[0]} is a range, and a grid needs a list of values.\n"
                f"Designs that take ranges: {', '.join(d for d in DESIGNS if d != 'grid')}."
            )
        return
    if not vary:
        raise SettingError(f"{at('vary')}: a {design} design needs something that varies.")
    if samples is None:
        raise SettingError(f"{at('samples')}: a {design} design needs it, such as `samples: 64`.")
    if design == "sobol" and samples & (samples - 1):
        below = 2 ** (samples.bit_length() - 1)
        raise SettingError(
            f"{at('samples')} is {samples}; a sobol design takes a power of two: "
            f"{below} or {2 * below}."
        )


def _card(name, where):
    if name in levers():
        return levers()[name]
    if name in uncertain():
        return uncertain()[name]
    mechanism, _, number = str(name).partition(".")
    if number in cards().get(mechanism, {}):
        raise SettingError(
            f"{where}: '{name}' is a fixed number; levers and uncertain parameters can be varied.\n"
            "'districtsim describe parameters' lists them with their role."
        )
    known = [*levers(), *uncertain()]
    raise SettingError(
        f"{where}: '{name}' is neither a lever nor an uncertain parameter.{nearest(name, known)}\n"
        "'districtsim describe levers' and 'describe parameters' list them."
    )


def _range(name, card, given, where):
    ends = given.get("range", [given.get("low"), given.get("high")])
    keys = set(given)
    well = keys in ({"low", "high"}, {"range"}) and isinstance(ends, (list, tuple))
    if not well or len(ends) != 2:
        raise SettingError(f"{where}: {name}: expected {{low: 6, high: 12}} or {PLAUSIBLE}.")
    if card.range is None:
        raise SettingError(f"{where}: {name} has no range; it takes {card.allowed}.")
    low, high = (_value(name, end, where) for end in ends)
    if low is None or high is None or low >= high:
        raise SettingError(f"{where}: {name}: low ({low}) must be below high ({high}).")
    return {"low": low, "high": high}


def _value(name, value, where):
    if name in levers():
        return check_lever(name, value, where)
    mechanism, _, number = name.partition(".")
    return check_parameter(mechanism, number, value, where)


def _refuse_twice(name, values, where):
    for value in values:
        if list(values).count(value) > 1:
            raise SettingError(f"{where}: value of {name} {value!r} stands twice; leave one out.")


def _sample(design, about, samples, seed):
    """Numbers drawn within the bounds, (points, factors); only `seed` decides on them."""
    if design == "latin_hypercube":
        from scipy.stats import qmc

        unit = qmc.LatinHypercube(about["num_vars"], seed=seed).random(samples)
        low, high = zip(*about["bounds"])
        return qmc.scale(unit, low, high)
    if design == "sobol":
        from SALib.sample import sobol

        return sobol.sample(about, samples, calc_second_order=False, seed=seed)
    from SALib.sample import morris

    return morris.sample(about, samples, num_levels=MORRIS_LEVELS, seed=seed)
