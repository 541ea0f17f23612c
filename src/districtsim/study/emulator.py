"""Emulator: a quadratic that stands in for the simulation, fitted to what was simulated.

    y = b0 + sum b_j x_j + sum b_jk x_j x_k + e,   x_j in [-1, 1] over the range of number j

Terms enter one by one, the one whose t is largest first, until none is beyond chance given how many
could enter (Bonferroni). Squares and products are tried among the numbers whose own line entered.
What is left, e, is luck, numbers that matter little, and misfit; its variance is part of every
prediction, so an emulator that knows little rules little out.
"""

import numpy as np

CHANCE = 0.001  # of one false term among those that are tried at a time
MOST_NUMBERS, MOST_TERMS = 16, 40


class Emulator:
    """Fitted to values y (n,) at numbers x (n, d), each scaled to [-1, 1].

    numbers   indices of the numbers it depends on
    variance  of what it leaves unexplained; explained: share of the variance it explains in points
              left out one by one
    Points with a value that is no number are left out.
    """

    def __init__(self, x, y):
        there = np.isfinite(y)
        x, y = x[there], y[there]
        lines = [(j,) for j in range(x.shape[1])]
        chosen = _forward(x, y, [], lines, MOST_NUMBERS)
        own = [term[0] for term in chosen]
        bends = [(j, k) for i, j in enumerate(own) for k in own[i:]]
        self._terms = _forward(x, y, chosen, bends, MOST_TERMS)
        self.numbers = sorted(own)
        design = _design(x, self._terms)
        self._inverse = np.linalg.pinv(design.T @ design)
        self._weights = self._inverse @ (design.T @ y)
        left = y - design @ self._weights
        self.variance = float(left @ left / max(len(y) - design.shape[1], 1))
        leverage = np.sum((design @ self._inverse) * design, axis=1)
        without = left / np.maximum(1.0 - leverage, 1e-9)
        spread = float(np.sum((y - y.mean()) ** 2))
        self.explained = 1.0 - float(without @ without) / spread if spread > 0 else 0.0

    def predict(self, x):
        """Mean and variance of a simulated value at numbers x (m, d): (m,), (m,)."""
        design = _design(x, self._terms)
        fit = np.sum((design @ self._inverse) * design, axis=1)
        return design @ self._weights, self.variance * (1.0 + fit)


def _design(x, terms):
    columns = [np.ones(len(x)), *(np.prod(x[:, list(term)], axis=1) for term in terms)]
    return np.stack(columns, axis=1)


def _forward(x, y, chosen, candidates, most):
    """Terms chosen already and those of the candidates that enter, in their order."""
    from scipy.special import ndtri

    chosen, left = list(chosen), [term for term in candidates if term not in chosen]
    if not left or len(y) < 3:
        return chosen
    bar = -ndtri(CHANCE / 2 / len(left))  # of |t|
    basis, _ = np.linalg.qr(_design(x, chosen))
    rest = y - basis @ (basis.T @ y)
    columns = np.stack([np.prod(x[:, list(term)], axis=1) for term in left], axis=1)
    columns = columns - basis @ (basis.T @ columns)
    while len(chosen) < most:
        size = np.einsum("ij,ij->j", columns, columns)
        open_ = size > 1e-9 * len(y)
        along = np.where(open_, columns.T @ rest, 0.0)
        gain = np.where(open_, along**2 / np.where(open_, size, 1.0), 0.0)
        best = int(np.argmax(gain))
        free = len(y) - len(chosen) - 2
        remaining = float(rest @ rest) - gain[best]
        if free < 1 or gain[best] <= bar**2 * max(remaining, 0.0) / free:
            break
        chosen.append(left[best])
        unit = columns[:, best] / np.sqrt(size[best])
        rest = rest - unit * (unit @ rest)
        columns = columns - np.outer(unit, unit @ columns)
    return chosen
