"""Stopping: replicates that go on until an interval is narrow enough, by a rule that is recorded.

replicates: {until: half_width, of: teaching_quality, at: 0.02, max: 500}

After `start` replicates (10) and then every `step` (10) all cells of the design are looked at: with
several policies the paired difference of each from the first, at the same district and point; with
one policy the mean of each cell. When half of the 95 % t interval of `of` in the last year is at
most `at` (in the outcome's unit) in every one of them, the sweep stops; at `max` it stops anyway.
All cells get the same replicates, so that everything stays paired. Looks are only taken when all
runs up to them have ended, so that an interruption changes nothing. To look again and again makes
intervals cover a little less than they say: 93.5 to 95 % with ten or more replicates at the start.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

UNTIL = ("half_width",)
LEVEL = 0.95
FEWEST, MOST = 3, 100_000  # replicates; with two, half of an interval is mostly chance
ALL = "all"


@dataclass(frozen=True)
class Rule:
    """When to stop; see the module. `group` is the group of the outcome that is looked at."""

    of: str
    at: float
    max: int
    start: int = 10
    step: int = 10
    group: str = ALL
    until: str = "half_width"

    def looks(self):
        """Numbers of replicates after which to look, the last being `max`."""
        return [*range(self.start, self.max, self.step), self.max]


def check_rule(given, where):
    """A stopping rule as a dict with every key. Raises SettingError for what makes no sense."""
    known = list(Rule.__dataclass_fields__)
    for key in given:
        if key not in known:
            raise SettingError(
                f"{where}: '{key}' is not part of a stopping rule.{nearest(key, known)}\n"
                "Such as {until: half_width, of: teaching_quality, at: 0.02, max: 500}."
            )
    missing = [key for key in ("until", "of", "at", "max") if key not in given]
    if missing:
        raise SettingError(
            f"{where}: a stopping rule needs {', '.join(missing)}.\n"
            "Such as {until: half_width, of: teaching_quality, at: 0.02, max: 500}."
        )
    if given["until"] not in UNTIL:
        raise SettingError(f"{where}: until is {given['until']!r}; allowed: {', '.join(UNTIL)}.")
    _check_outcome(given["of"], where)
    at = given["at"]
    if isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 < at < float("inf"):
        raise SettingError(f"{where}: at is {at!r}; it takes a positive number, in the unit of of.")
    rule = {"start": min(10, _whole(given["max"], FEWEST, "max", where)), "step": 10, "group": ALL}
    rule |= given
    _whole(rule["start"], FEWEST, "start", where)
    _whole(rule["step"], 1, "step", where)
    if rule["start"] > rule["max"]:
        raise SettingError(f"{where}: start ({rule['start']}) is above max ({rule['max']}).")
    return asdict(Rule(**{**rule, "at": float(at), "group": str(rule["group"])}))


def rule_of(replicates):
    """The Rule of checked replicates, None for a number."""
    return Rule(**replicates) if isinstance(replicates, dict) else None


class Watch:
    """What a rule looks at, gathered as runs end.

    plan  the Plan of the runs; numbers of runs that failed stay missing
    """

    def __init__(self, rule, plan):
        self.rule = rule
        self._shape = plan.shape
        self._numbers = np.full((plan.replicates, plan.cells), np.nan)

    def add(self, number, value):
        """The outcome of a run, by the run's number."""
        self._numbers.flat[number] = value

    def value_in(self, history):
        """The number that the rule is about in what a run measured."""
        groups, values = history.yearly[self.rule.of]
        if self.rule.group not in groups:
            raise SettingError(
                f"replicates: {self.rule.of} has no group '{self.rule.group}'"
                f"{nearest(self.rule.group, groups)}; name one: group: "
                f"{', '.join(map(str, groups[:12]))}."
            )
        return float(values[-1, list(groups).index(self.rule.group)])

    def look(self, replicates):
        """Whether to stop after so many replicates: a dict for the record, `enough` says it."""
        policies = self._shape[1]
        numbers = self._numbers[:replicates].reshape(-1, *self._shape)
        compared = policies > 1
        if compared:
            numbers = numbers[:, :, 1:] - numbers[:, :, :1]
        widths = half_widths(numbers.reshape(len(numbers), -1))
        widest = float(widths.max())
        return {
            "replicates": replicates,
            "widest": widest if np.isfinite(widest) else None,
            "compared": "differences from the first policy" if compared else "means",
            "enough": widest <= self.rule.at,
        }


def half_widths(numbers):
    """Half of the 95 % t interval of the mean of each column; infinite with fewer than two.

    numbers  (replicates, columns); NaN where a run has none
    """
    from scipy.special import stdtrit

    known = np.isfinite(numbers)
    count = known.sum(axis=0)
    safe = np.maximum(count, 2)
    filled = np.where(known, numbers, 0.0)
    mean = filled.sum(axis=0) / safe
    spread = np.where(known, (filled - mean) ** 2, 0.0).sum(axis=0) / (safe - 1)
    width = stdtrit(safe - 1, 0.5 + LEVEL / 2) * np.sqrt(spread / safe)
    return np.where(count < 2, np.inf, width)


def _check_outcome(name, where):
    from districtsim.outcomes import outcomes

    if name not in outcomes():
        raise SettingError(
            f"{where}: of: '{name}' is not an outcome.{nearest(name, outcomes())}\n"
            f"'districtsim describe outcomes' lists all {len(outcomes())}."
        )


def _whole(value, low, what, where):
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST:
        raise SettingError(
            f"{where}: {what} is {value!r}; it takes a whole number, {low} to {MOST}."
        )
    return value
