"""Calibration: which values of the uncertain numbers published figures rule out.

History matching (Vernon, Goldstein & Bower 2010, Bayesian Analysis 5(4); Andrianakis et al. 2015,
PLoS Computational Biology 11(1)). A wave simulates sets of numbers; an emulator for each target
then judges a large Sobol sample of all sets, and those whose implausibility exceeds the cutoff for
any target are ruled out. The next wave is drawn from what is left. In the end a set is kept if
every emulator of every wave lets it pass and its own simulation does too.

What is kept is not a posterior: within it no set is called more likely than another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from districtsim.study.calibrated import from_ranges
from districtsim.study.emulator import Emulator
from districtsim.world.draws import hash_of
from districtsim.world.parameters import uncertain

MOST_CANDIDATES = 64  # times as many as the plan's, where few are left
EXTRA_WAVES = 2  # of the last wave's size, where too few sets were kept
BINS = 10  # of a number's range, for pictures
NEAR = 1.0  # implausibility, emulator aside, up to which a target counts as met for `tensions`
APART = 0.5  # of what chance would give: two targets that are met together less often pull apart
FEWEST_BY_CHANCE = 20  # candidates, below which a pair says nothing


@dataclass
class Wave:
    """What was simulated and what follows.

    numbers    {"mechanism.name": (n,)}; values: (n, targets)
    emulators  {target: Emulator}
    share      share of all sets that no wave so far has ruled out
    depth      {number: the same by tenths of its range}
    """

    numbers: dict
    values: np.ndarray
    emulators: dict = field(default_factory=dict)
    share: float = np.nan
    depth: dict = field(default_factory=dict)


@dataclass
class Calibration:
    """The whole of it.

    plan       calibration_plan.Plan
    luck       values at the cards' values, (runs, targets)
    waves      Waves; set_aside: targets that no set meets, which rule nothing out
    active     numbers that some emulator depends on
    kept       {"mechanism.name": (sets,)} of the active numbers; kept_values: (sets, targets)
    alone      {target: share of all sets that it alone would leave}
    met        {target: share of all sets in which it is met, to a standard deviation}
    together   {(target, target): share in which both are}
    passed     simulated sets that all emulators let pass; fine: of those, by their own simulation
    """

    plan: object
    luck: np.ndarray
    waves: list
    set_aside: tuple = ()
    active: tuple = ()
    kept: dict = field(default_factory=dict)
    kept_values: np.ndarray | None = None
    alone: dict = field(default_factory=dict)
    met: dict = field(default_factory=dict)
    together: dict = field(default_factory=dict)
    passed: int = 0
    fine: int = 0

    @property
    def names(self):
        """Targets in their order."""
        return tuple(self.plan.targets)

    def tensions(self):
        """Pairs of targets met together far less often than apart: (one, other, share, chance)."""
        found = []
        for (one, other), share in self.together.items():
            chance = self.met[one] * self.met[other]
            if chance * self.plan.candidates >= FEWEST_BY_CHANCE and share < APART * chance:
                found.append((one, other, share, chance))
        return sorted(found, key=lambda row: row[2] / row[3])


def calibrate(plan, store, *, workers=None, progress=True):
    """Run a Plan; returns a Calibration. What the store already holds is not simulated again.

    store  calibration_runs.Store
    Raises RuntimeError if a simulation fails.
    """

    def simulate(wave, numbers):
        return store.simulate(wave, numbers, workers, progress)

    luck = simulate(0, _at_cards(plan.luck))
    found = Calibration(plan, luck, [])
    counts = (*plan.points, *[plan.points[-1]] * EXTRA_WAVES)
    for number, count in enumerate(counts, start=1):
        enough = _count(found.kept) >= plan.fewest_draws
        if found.waves and (found.waves[-1].share == 0 or (enough and number > len(plan.points))):
            break
        _wave(found, number, count, simulate)
        _keep(found)
    return found


def _at_cards(count):
    return {name: np.full(count, float(card.value)) for name, card in uncertain().items()}


def _count(numbers):
    return len(next(iter(numbers.values()))) if numbers else 0


def _wave(found, number, count, simulate):
    numbers = from_ranges(count, found.plan.seed, f"calibration:{number}")
    if number > 1:
        left = _candidates(found, count)[:count]
        numbers = {name: values[: len(left)] for name, values in numbers.items()}
        numbers.update({name: left[:, j] for j, name in enumerate(found.active)})
    wave = Wave(numbers, simulate(number, numbers))
    x, values = [_scaled(wave.numbers)], [wave.values]
    for old in found.waves:  # what earlier waves simulated in the space that is left
        there = _passing(found, old)
        x.append(_scaled(old.numbers)[there])
        values.append(old.values[there])
    x, values = np.concatenate(x), np.concatenate(values)
    wave.emulators = {
        name: Emulator(x, target.emulated(values[:, t]))
        for t, (name, target) in enumerate(found.plan.targets.items())
    }
    found.waves.append(wave)
    names = list(uncertain())
    used = {j for w in found.waves for it in w.emulators.values() for j in it.numbers}
    found.active = tuple(names[j] for j in sorted(used))
    if number == 1:
        _alone(found)
    wave.share, wave.depth = _left(found)


def _alone(found):
    """After the first wave: what each target alone would leave, and which are met together."""
    sample, met = _sobol(found, found.plan.candidates), {}
    for name, emulator in found.waves[0].emulators.items():
        target, (mean, variance) = found.plan.targets[name], emulator.predict(sample)
        left = target.implausibility_of(mean, variance) <= found.plan.cutoff
        met[name] = target.implausibility_of(mean, 0.0) <= NEAR
        found.alone[name], found.met[name] = float(left.mean()), float(met[name].mean())
    found.set_aside = tuple(name for name, share in found.alone.items() if share == 0)
    for i, one in enumerate(found.names):
        for other in found.names[i + 1 :]:
            found.together[one, other] = float((met[one] & met[other]).mean())


def _sobol(found, count, skip=0):
    """Sets of numbers from all of the cards' ranges, scaled, (count, numbers); inactive ones 0."""
    from scipy.stats import qmc

    names = list(uncertain())
    columns = [names.index(name) for name in found.active]
    seed = hash_of(f"calibration:{found.plan.seed}:candidates")
    engine = qmc.Sobol(d=max(len(columns), 1), seed=seed)
    if skip:
        engine.fast_forward(skip)
    sample = np.zeros((count, len(names)))
    sample[:, columns] = 2 * engine.random(count)[:, : len(columns)] - 1
    return sample


def _implausibility(found, name, emulator, x):
    mean, variance = emulator.predict(x)
    return found.plan.targets[name].implausibility_of(mean, variance)


def _passes(found, x):
    """Whether no emulator of any wave rules these scaled sets out, (n,)."""
    fine = np.ones(len(x), dtype=bool)
    for wave in found.waves:
        for name, emulator in wave.emulators.items():
            if name not in found.set_aside and fine.any():
                which = np.flatnonzero(fine)
                worst = _implausibility(found, name, emulator, x[which])
                fine[which[worst > found.plan.cutoff]] = False
    return fine


def _passing(found, wave):
    return _passes(found, _scaled(wave.numbers))


def _candidates(found, wanted):
    """Unscaled values of the active numbers of sets not ruled out, (at least wanted, active)."""
    names, size = list(uncertain()), found.plan.candidates
    columns = [names.index(name) for name in found.active]
    kept = np.empty((0, len(columns)))
    for turn in range(MOST_CANDIDATES):
        sample = _sobol(found, size, turn * size)
        kept = np.concatenate([kept, sample[_passes(found, sample)][:, columns]])
        if len(kept) >= wanted:
            break
    low, high = np.array([uncertain()[name].range for name in found.active], dtype=float).T
    return low + (high - low) * (kept + 1) / 2


def _left(found):
    """Share of all sets that is left, and the same by tenths of each active number's range."""
    names = list(uncertain())
    sample = _sobol(found, found.plan.candidates)
    fine = _passes(found, sample)
    depth = {}
    for name in found.active:
        place = np.minimum(((sample[:, names.index(name)] + 1) / 2 * BINS).astype(int), BINS - 1)
        depth[name] = np.bincount(place, fine, BINS) / np.maximum(np.bincount(place, None, BINS), 1)
    return float(fine.mean()), depth


def _scaled(numbers):
    """Numbers as the emulators take them: -1 at the lower end of a range, 1 at the upper."""
    columns = []
    for name, card in uncertain().items():
        low, high = card.range
        columns.append(2 * (numbers[name] - low) / (high - low) - 1)
    return np.stack(columns, axis=1)


def _keep(found):
    """The simulated sets that the emulators and their own simulation let pass."""
    variance = found.luck.var(axis=0, ddof=1)
    sets, values = [], []
    found.passed = 0
    for wave in reversed(found.waves):  # the last know most
        fine = _passing(found, wave)
        found.passed += int(fine.sum())
        for t, (name, target) in enumerate(found.plan.targets.items()):
            if name not in found.set_aside:
                own = target.implausibility(wave.values[:, t], variance[t])
                fine &= ~(own > found.plan.cutoff)
        sets.append(np.stack([wave.numbers[name] for name in found.active], axis=1)[fine])
        values.append(wave.values[fine])
    sets, values = np.concatenate(sets), np.concatenate(values)
    most, found.fine = found.plan.most_draws, len(sets)
    found.kept = {name: sets[:most, j] for j, name in enumerate(found.active)}
    found.kept_values = values[:most]
