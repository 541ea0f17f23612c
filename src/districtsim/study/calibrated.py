"""Calibrated: the sets of numbers that published figures did not rule out, and draws from them.

`districtsim calibrate --ship` writes two files beside this one: calibrated.csv, a row for each set
and a column for each number that the figures speak to, and calibrated.yaml, how it was made.
Whoever needs draws of the uncertain numbers (the ledger, studies, the app) calls `draws`.
"""

import csv
import io
import json
import warnings
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

from districtsim.world.draws import hash_of
from districtsim.world.errors import SettingError
from districtsim.world.files import write_atomically
from districtsim.world.parameters import cards, uncertain
from districtsim.world.yaml_files import read_yaml

HOME = Path(__file__).parent
MADE, SETS = "calibrated.yaml", "calibrated.csv"
DIGITS = 6  # of a number in the file
AGAIN = "'districtsim calibrate --ship' makes it anew"


class StaleCalibration(UserWarning):
    """The calibrated set was made with other cards than the present ones."""


def draws(count, seed, *, prior=False):
    """Sets of numbers that cover what is not known about the model.

    count    sets wanted; beyond what the calibrated set holds, its rows come round again
    seed     whole number: which rows in which order, and the draws of all other numbers
    prior    leave the calibrated set aside: every number from the range of its card
    returns  {"mechanism.name": (count,)} for every uncertain number

    Numbers that the published figures speak to come in rows of the calibrated set, together, since
    they are tied to each other; all others from their ranges, uniform. Warns (StaleCalibration) if
    the set was made with other cards; a number whose present range no longer holds the whole
    set is then drawn from that range.
    """
    found = from_ranges(count, seed)
    if prior:
        return found
    sets, message = usable()
    if message:
        warnings.warn(message, StaleCalibration, stacklevel=2)
    if sets and count:
        rows = _order(len(next(iter(sets.values()))), seed)
        rows = np.resize(rows, count)
        found.update({name: values[rows] for name, values in sets.items()})
    return found


def from_ranges(count, seed, what="findings"):
    """Values of every uncertain number from the range of its card, uniform, a Latin hypercube.

    returns  {"mechanism.name": (count,)}

    Every column is stratified by itself under a seed of its own name, which is what a Latin
    hypercube is; so a number more, or less, moves no other number's draws.
    """
    from scipy.stats import qmc

    found = {}
    for name, card in uncertain().items():
        column = qmc.LatinHypercube(d=1, seed=hash_of(f"{what}:{seed}:{name}"))
        low, high = card.range
        found[name] = low + (high - low) * column.random(count)[:, 0] if count else np.empty(0)
    return found


def usable(home=HOME):
    """The calibrated numbers that the present cards still allow, and what to say about the rest.

    returns  {"mechanism.name": (sets,)}, message ("" if the set is of the present cards)
    """
    made, sets = load(home)
    known, changed = uncertain(), stale(made)
    gone = [name for name in sets if name not in known]
    outside = [name for name in sets if name in known and not _within(sets[name], known[name])]
    kept = {name: values for name, values in sets.items() if name not in (*gone, *outside)}
    if not changed:
        return kept, ""
    lost = f"; drawn from the cards' ranges instead: {', '.join(outside)}" if outside else ""
    return kept, (
        f"the calibrated set was made with other cards ({', '.join(changed)}){lost}. {AGAIN}."
    )


def _within(values, card):
    low, high = card.range
    return bool((values >= low).all() and (values <= high).all())


def _order(count, seed):
    """Rows in an order that the seed picks."""
    return np.argsort([hash_of(f"calibrated:{seed}:{row}") for row in range(count)])


def stale(made):
    """Cards that differ from those the set was made with, by mechanism; empty if none does."""
    then, now = made["cards"], fingerprints()
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def fingerprints():
    """{mechanism: text} that differs as soon as a number, range or role of its cards does; of a
    lever only the value counts, the status quo."""
    found = {}
    for mechanism, group in cards().items():
        told = [
            [c.name, c.value] if c.lever else [c.name, c.value, c.range, c.role]
            for c in group.values()
        ]
        told = json.dumps(sorted(told, key=lambda card: card[0]), default=str)
        found[mechanism] = blake2b(told.encode(), digest_size=6).hexdigest()
    return found


@cache
def _read(home):
    made = read_yaml(home / MADE)
    try:
        text = (home / SETS).read_text(encoding="utf-8")
    except OSError as problem:
        raise SettingError(
            f"{home / SETS}: cannot be read ({problem.strerror}). {AGAIN}."
        ) from None
    if blake2b(text.encode(), digest_size=8).hexdigest() != made["sets"]:
        raise SettingError(f"{home / SETS}: is not the one {MADE} was written with. {AGAIN}.")
    names, *rows = csv.reader(io.StringIO(text))
    values = np.array(rows, dtype=float).reshape(len(rows), len(names))
    return made, {name: values[:, i] for i, name in enumerate(names)}


def load(home=HOME):
    """How the set was made (a dict, see `save`) and the set: {"mechanism.name": (sets,)}.

    Raises SettingError if the files are missing or do not belong together.
    """
    return _read(Path(home))


def save(home, made, sets):
    """Write both files, each whole or not at all; the one that names the other comes last.

    made  {"seed", "points", "version", ...}: plain values;  sets  {"mechanism.name": (sets,)}
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(sets)
    rows = np.stack(list(sets.values()), axis=1)
    writer.writerows([[f"{value:.{DIGITS}g}" for value in row] for row in rows])
    mark = blake2b(table.getvalue().encode(), digest_size=8).hexdigest()
    write_atomically(Path(home) / SETS, table.getvalue())
    write_atomically(Path(home) / MADE, _yaml({**made, "sets": mark}))
    _read.cache_clear()


def _yaml(made):
    import yaml

    head = "# Written by `districtsim calibrate --ship`; do not edit. Numbers: calibrated.csv.\n"
    return head + yaml.safe_dump(made, sort_keys=False, width=100, allow_unicode=True)
