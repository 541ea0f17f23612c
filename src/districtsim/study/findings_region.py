"""Findings, region: which two uncertain numbers part the draws that hold from those that fail."""

import itertools
from dataclasses import dataclass

import numpy as np

FEWEST = 4  # draws on either side, below which nothing can be said of what parts them
SURE = 0.05  # chance, over all numbers looked at, that the strongest one parts them by luck
PLACES = np.linspace(0.1, 0.9, 17)  # quantiles tried as thresholds
UNCLEAR = "no two numbers part them clearly"


@dataclass(frozen=True)
class Side:
    """One side of a number: at or above (`above`) or below a threshold."""

    name: str
    above: bool
    threshold: float

    def of(self, values):
        """Which draws are on it, (draws,) bool."""
        return values >= self.threshold if self.above else values < self.threshold

    def __str__(self):
        return f"{self.name} is {'above' if self.above else 'below'} {self.threshold:.3g}"


@dataclass(frozen=True)
class Region:
    """Where a claim fails.

    names    the two numbers that part holding draws from failing ones best
    strength {name: chance, of a draw that fails and one that holds, that the first has more of it;
             or rank correlation with the effect (see `region`)}
    clear    whether the first parts them beyond what luck would do with so many numbers
    sides    the rule: one Side, or two that are joined by `both` ("and") or either ("or")
    inside, outside  (draws that hold, draws) where the rule says it fails, and elsewhere
    text     all that as a sentence
    """

    names: tuple
    strength: dict
    clear: bool
    sides: tuple
    both: bool
    inside: tuple
    outside: tuple
    text: str


def region(drawn, held, effect=None, moves=None):
    """The Region of a finding.

    drawn   {"mechanism.name": (draws,)} values of the uncertain numbers
    held    (draws,) bool, whether the claim holds
    effect  (draws,) its measure, or None
    moves   function of a name that says whether the number can move the claim at all; those that
            cannot are never named, however well chance makes them part the draws

    Numbers are ranked by the rank-sum test (Mann-Whitney) of failing against holding draws; where
    the size of the effect alone says which is which, or where nearly all hold or fail, by their
    rank correlation with the effect, which sees more. The rule is the best of thresholds on the
    first two, alone or joined, by balanced accuracy.
    """
    names, count, holding = list(drawn), len(held), int(np.sum(held))
    table = np.array([drawn[name] for name in names])
    few = min(holding, count - holding) < FEWEST
    if few and (effect is None or count < 2 * FEWEST or not _differs(effect)):
        return _plain((), {}, holding, count)
    size = None if effect is None else _deciding(np.asarray(effect), held, few)
    strength, chance = _by_rank_sum(table, held) if size is None else _by_effect(table, size)
    ranking = np.argsort(chance, kind="stable")
    order = list(itertools.islice((i for i in ranking if moves is None or moves(names[i])), 2))
    best = tuple(names[i] for i in order)
    found = {names[i]: float(strength[i]) for i in order}
    if few or not best:
        return _plain(best, found, holding, count)
    clear = bool(chance[order[0]] * len(names) < SURE)
    sides, both = _rule({name: drawn[name] for name in best}, held)
    where = _joined(sides, both, drawn)
    inside = int(held[where].sum()), int(where.sum())
    outside = int(held[~where].sum()), int((~where).sum())
    text = _sentence(sides, both, inside, outside, holding, count, clear)
    return Region(best, found, clear, sides, both, inside, outside, text)


def _differs(effect):
    """Whether the effect is not the same in all draws; if it is, no number goes with it."""
    there = np.asarray(effect)[np.isfinite(effect)]
    return len(there) > 0 and np.ptp(there) > 0


def _deciding(effect, held, few):
    """The effect, or its size, if it tells holding draws from failing ones; else None."""
    for size in (effect, np.abs(effect)):
        fine = np.isfinite(size)
        here, there = size[fine & held], size[fine & ~held]
        apart = len(here) and len(there) and (min(here) > max(there) or max(here) < min(there))
        if apart:
            return size
    return effect if few else None


def _by_rank_sum(table, held):
    from scipy.stats import mannwhitneyu

    test = mannwhitneyu(table[:, ~held], table[:, held], axis=1, method="asymptotic")
    return test.statistic / (held.sum() * (~held).sum()), test.pvalue


def _by_effect(table, effect):
    from scipy.stats import spearmanr

    fine = np.isfinite(effect)
    tests = [spearmanr(row[fine], effect[fine]) for row in table]
    chance = np.array([test.pvalue for test in tests])
    return np.array([test.statistic for test in tests]), np.where(np.isfinite(chance), chance, 1.0)


def _rule(drawn, held):
    """The sides on which it fails, and whether both must be met: the best by balanced accuracy."""
    alone = {
        name: [
            Side(name, above, float(threshold))
            for threshold in np.quantile(values, PLACES)
            for above in (True, False)
        ]
        for name, values in drawn.items()
    }
    tried = [((side,), True) for sides in alone.values() for side in sides]
    tried += [(pair, both) for pair in itertools.product(*alone.values()) for both in (True, False)]

    def accuracy(rule):
        where = _joined(*rule, drawn)
        # a second threshold must earn its place
        return where[~held].mean() + (~where)[held].mean() - 0.02 * len(rule[0])

    return max(tried, key=accuracy)


def _joined(sides, both, drawn):
    parts = [side.of(drawn[side.name]) for side in sides]
    return np.logical_and.reduce(parts) if both else np.logical_or.reduce(parts)


def _plain(names, strength, holding, count):
    if not count:
        text = "Not looked for: no draws."
    elif holding == count:
        text = f"None found: it holds in all {count} draws."
    elif not holding:
        text = f"Everywhere: it fails in all {count} draws."
    else:
        odd = count - holding if holding > count / 2 else holding
        word = "fails" if holding > count / 2 else "holds"
        why = "too few to say where" if odd < FEWEST else "no number that moves it parts them"
        text = f"It {word} in {odd} of {count} draws: {why}."
    if names and count:
        text += f" The effect goes most with {' and '.join(names)}."
    return Region(names, strength, False, (), True, (0, 0), (holding, count), text)


def _sentence(sides, both, inside, outside, holding, count, clear):
    where = (" and " if both else " or ").join(map(str, sides))
    text = (
        f"It fails in {count - holding} of {count} draws, mostly where {where}: there it holds in "
        f"{inside[0]} of {inside[1]}, elsewhere in {outside[0]} of {outside[1]}."
    )
    return text if clear else f"{text} That may be luck: {UNCLEAR}."
