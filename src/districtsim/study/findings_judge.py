"""Findings, judge: whether simulated arms say what a claim says, and whether it vanishes.

Everything here works on arrays that somebody has simulated: {(arm, outcome, group, weekly):
(replicates, periods)} for each stage of a finding.
"""

from dataclasses import dataclass

import numpy as np

QUARTER, HALF = 0.25, 0.5


@dataclass(frozen=True)
class Estimate:
    """A condition's measure at one set of numbers, with its 95 % interval over replicates."""

    value: float
    low: float
    high: float
    replicates: int
    met: bool


@dataclass(frozen=True)
class Ablation:
    """What is left when the mechanism that explains the claim is switched off.

    left     share of the full effect that is left, in the direction of the claim
    removed  whether the claim is gone; see `is_removed`
    moves    how far other policies still move the outcome, as a share of how far they move it with
             everything on; nan where nothing is switched off (other arms) or nothing moves it
    """

    without: tuple
    effect: float
    low: float
    high: float
    left: float
    removed: bool
    moves: float = np.nan

    @property
    def weak(self):
        """Whether switching it off takes the outcome's own movement away: then that the claim is
        gone says little."""
        return bool(self.moves < QUARTER)


@dataclass(frozen=True)
class Boundary:
    """The claim where it is expected to fail; `fails` is None if no contrast is stated."""

    when: str
    effect: float = np.nan
    low: float = np.nan
    high: float = np.nan
    fails: bool | None = None


@dataclass(frozen=True)
class DrawsJudged:
    """Every draw of the uncertain numbers: the measure, whether all conditions are met.

    effect  (draws,) the first condition's measure on the mean over the draw's replicates
    held    (draws,) bool; broken: draws in which a run failed or something was no number
    rightly (draws,) bool: every condition goes the way it should, however little (about_same: met)
    settled (draws,) bool: the draw's few replicates say with 95 % which side of its size each
            condition lies on
    """

    effect: np.ndarray
    held: np.ndarray
    broken: int
    rightly: np.ndarray
    settled: np.ndarray

    @property
    def share(self):
        """Share of draws in which the claim holds; nan without draws."""
        return float(self.held.mean()) if len(self.held) else np.nan

    @property
    def right_share(self):
        """Share of draws in which it goes the right way, of whatever size; nan without draws."""
        return float(self.rightly.mean()) if len(self.held) else np.nan

    @property
    def unsettled_failures(self):
        """Number of draws in which it fails, but may do so by the luck of few replicates."""
        return int((~self.held & ~self.settled).sum())


def samples(conditions, arrays, years):
    """{Term: (replicates,) or (replicates, years)} for the terms of conditions."""
    return {
        term: term.of(arrays[(term.arm, *term.key)], years)
        for condition in conditions
        for term in condition.measure.terms
    }


def estimates(finding, arrays):
    """An Estimate for each condition at the cards' values; `met` needs a settled interval."""
    numbers = samples(finding.conditions, arrays, finding.years)
    found = []
    for condition in finding.conditions:
        value, low, high, count = condition.measure.estimate(numbers)
        found.append(Estimate(value, low, high, count, condition.settled(value, low, high)))
    return tuple(found)


def is_removed(condition, full, ablated):
    """Whether switching its mechanism off removes an effect.

    Of a claim that something rises or falls, at most a quarter of the full effect is left in the
    direction of the claim; or what is left is too small to matter and at most half. (That it only
    slips below the smallest size that matters is not enough.) A reversal removes it, too. A claim
    that nothing changes must stop being true: without what holds it down, the effect appears.

    full, ablated  the measure with everything on, and with the mechanism off
    """
    if not np.isfinite(ablated) or not condition.met(full):
        return False
    if condition.direction == "about_same":
        return not condition.met(ablated)
    full, left = condition.toward(full), condition.toward(ablated)
    return bool(left <= QUARTER * full or (left <= condition.smallest and left <= HALF * full))


def control(finding, full, ablated):
    """How far some policies move the first outcome of a finding without its mechanism, over how far
    they move it with everything on: of each the largest difference from business as usual in any
    period, means over replicates. nan where nothing moves it.

    full, ablated  arrays of the policies in plan.CONTROLS, the first of them business as usual
    """

    def largest(arrays):
        term, means = finding.conditions[0].measure.terms[0], {}
        for name in (key[0] for key in arrays):
            means[name] = np.nanmean(arrays[(name, *term.key)], axis=0)
        base = next(iter(means))
        return max(float(np.nanmax(np.abs(mean - means[base]))) for mean in means.values())

    most = largest(full)
    return largest(ablated) / most if most > 0 else np.nan


def ablation(finding, arrays, full, moves=np.nan):
    """The Ablation of a finding; full: its first Estimate with every mechanism on."""
    condition = finding.conditions[0]
    numbers = samples([condition], arrays, finding.years)
    value, low, high, _ = condition.measure.estimate(numbers)
    toward = condition.toward(full.value)
    left = condition.toward(value) / toward if toward else np.nan
    removed = is_removed(condition, full.value, value)
    off = finding.without or (finding.instead["when"],)
    return Ablation(off, value, low, high, float(left), removed, moves)


def boundary(finding, arrays):
    """The Boundary of a finding; arrays: of its arms as the boundary moves them, or None."""
    when = finding.boundary.get("when", "")
    if arrays is None:
        return Boundary(when)
    found = estimates(finding, arrays)
    first = found[0]
    fails = not all(estimate.met for estimate in found)
    return Boundary(when, first.value, first.low, first.high, fails)


def differs(finding, one, other):
    """Whether any condition's measure differs, by however little, between two sets of arrays."""

    def values(arrays):
        numbers = samples(finding.conditions, arrays, finding.years)
        return [condition.measure.estimate(numbers)[0] for condition in finding.conditions]

    return not np.array_equal(values(one), values(other), equal_nan=True)


def over_draws(finding, arrays_of_draws):
    """DrawsJudged of a finding; arrays_of_draws: the arrays of each draw, in order."""
    effects, held, rightly, settled, broken = [], [], [], [], 0
    for arrays in arrays_of_draws:
        numbers = samples(finding.conditions, arrays, finding.years)
        found = [condition.measure.estimate(numbers) for condition in finding.conditions]
        values = [value for value, *_ in found]
        pairs = list(zip(finding.conditions, found))
        settled.append(
            all(_one_side(c, low, high) for c, (_, low, high, _) in pairs)
            or any(_other_side(c, low, high) for c, (_, low, high, _) in pairs)
        )
        effects.append(values[0])
        held.append(all(c.met(v) for c, v in zip(finding.conditions, values)))
        rightly.append(all(c.goes(v) for c, v in zip(finding.conditions, values)))
        broken += not np.isfinite(values).all()
    held, rightly, settled = (np.array(said, dtype=bool) for said in (held, rightly, settled))
    return DrawsJudged(np.array(effects), held, broken, rightly, settled)


def _one_side(condition, low, high):
    """Whether a whole interval is where the claim wants it."""
    return condition.met(low) and condition.met(high)


def _other_side(condition, low, high):
    """Whether a whole interval is where the claim does not want it."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return True  # no number does not count as noise
    if condition.direction == "about_same":
        return min(abs(low), abs(high)) >= condition.smallest and low * high > 0
    return not condition.met(low) and not condition.met(high)
