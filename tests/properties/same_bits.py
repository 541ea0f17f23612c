"""Same bits: what two histories have different, outcome by outcome, to the last bit."""

import numpy as np

from districtsim.simulation import Simulation


def history(district, policy, seed=1, years=2, **others):
    return Simulation(district, policy, seed, **others).run(years)


def differences(one, other):
    """Names of outcomes that are not the same in both histories, weekly ones marked so."""
    found = []
    for kind in ("yearly", "weekly"):
        left, right = getattr(one, kind), getattr(other, kind)
        for name in sorted(set(left) | set(right)):
            same = (
                name in left
                and name in right
                and left[name][0] == right[name][0]
                and np.array_equal(left[name][1], right[name][1], equal_nan=True)
            )
            if not same:
                found.append(name if kind == "yearly" else f"{name} (weekly)")
    return found
