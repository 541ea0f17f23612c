"""Calibration, told: what a calibration found as plain values, to store, to show and to draw."""

import numpy as np

from districtsim.study.calibrated import fingerprints
from districtsim.study.runs import code_version

ENDS = (0.05, 0.5, 0.95)
FIGURES = 4


def told(found):
    """A Calibration as plain values, for calibrated.yaml: see the keys below."""
    plan, first = found.plan, found.waves[0]
    kept = len(found.kept_values)
    return {
        "seed": plan.seed,
        "points": [len(wave.values) for wave in found.waves],
        "luck_runs": plan.luck,
        "cutoff": plan.cutoff,
        "version": code_version(),
        "simulated": sum(len(wave.values) for wave in found.waves),
        "passed": found.passed,
        "kept_of_passed": found.fine,
        "kept": kept,
        "space": [_round(wave.share) for wave in found.waves],
        "set_aside": list(found.set_aside),
        "targets": {
            name: {
                "cards": _round(found.luck[:, t].mean()),
                "luck": _round(found.luck[:, t].std(ddof=1)),
                "prior": _ends(first.values[:, t]),
                "calibrated": _ends(found.kept_values[:, t]),
                "implausibility": _round(
                    _typical(plan.targets[name], found.kept_values[:, t], found.luck[:, t])
                ),
                "alone": _round(found.alone[name]),
                "explained": _round(first.emulators[name].explained),
                "numbers": _names(found, first.emulators[name].numbers),
            }
            for t, name in enumerate(found.names)
        },
        "numbers": {name: _moves(found, name) for name in found.active},
        "depth": {
            name: [[_round(share) for share in wave.depth[name]] for wave in _waves(found, name)]
            for name in found.active
        },
        "tensions": [
            [one, other, _round(share), _round(chance)]
            for one, other, share, chance in found.tensions()
        ],
        "cards": fingerprints(),
    }


def _waves(found, name):
    return [wave for wave in found.waves if name in wave.depth]


def _names(found, places):
    names = list(found.waves[0].numbers)
    return [names[place] for place in places]


def _moves(found, name):
    """The targets whose emulator, of any wave, depends on a number."""
    place = list(found.waves[0].numbers).index(name)
    return [
        target
        for target in found.names
        if any(place in wave.emulators[target].numbers for wave in found.waves)
    ]


def _typical(target, values, luck):
    """The median implausibility of the kept sets, each by its own simulation."""
    if not len(values):
        return float("nan")
    return float(np.median(target.implausibility(values, luck.var(ddof=1))))


def _ends(values):
    there = values[np.isfinite(values)]
    return [_round(end) for end in np.quantile(there, ENDS)] if len(there) else []


def _round(value):
    value = float(f"{float(value):.{FIGURES}g}")
    return value if np.isfinite(value) else None
