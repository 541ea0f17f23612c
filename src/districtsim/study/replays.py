"""Replays: one run of a sweep again, alone, from what its folder holds, and compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from districtsim.study import results
from districtsim.study.chunks import FAILED, Store
from districtsim.study.folders import PAGE, is_finished, plan_of
from districtsim.study.runs import attempt
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

LABELS = ("year", "week", "outcome", "group")


@dataclass(frozen=True)
class Replay:
    """A run that was done again.

    folder, run, run_id   which
    results               Results of this run alone, in memory
    stored                its row of runs as a dict, None if the sweep has not come to it
    failure               the RunFailed it ended with, None if it did not
    agrees                whether status and all numbers are those stored, to the bit; None without
    differing, numbers    how many numbers differ, of how many
    """

    folder: Path
    run: object
    run_id: str
    results: object
    stored: dict | None
    failure: object
    agrees: bool | None
    differing: int
    numbers: int


def folder_with(run_id, parent):
    """The newest sweep below a folder that has this run. Raises SettingError if none has."""
    pages = sorted(Path(parent).glob(f"*/*/{PAGE}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for page in pages:
        if _stored_row(page.parent, run_id) is not None:
            return page.parent
    raise SettingError(
        f"--replay {run_id}: no sweep below {parent} has this run; name its folder with --from."
    )


def replay(folder, run_id):
    """Do one run of a sweep again; returns a Replay. Raises SettingError if it has no such run."""
    folder = Path(folder)
    plan = plan_of(folder)
    row = _stored_row(folder, run_id)
    number = row["run"] if row else _number_of(plan, run_id, folder)
    run = plan.run(number)
    if plan.id_of(number, run) != run_id:
        raise SettingError(
            f"{folder}: its settings no longer give run {run_id}; was the folder changed?"
        )
    ended = attempt(run)
    failure = ended[0] if isinstance(ended[0], Exception) else None
    store = Store(folder, plan)
    runs, values = store.tables([number], [ended])
    runs = results.with_constants(runs, store.constants())
    agrees, differing = None, 0
    if row:
        stored = _stored_values(folder, number, row["chunk"])
        differing = _differing(values, stored)
        agrees = differing == 0 and (row["status"] == FAILED) == (failure is not None)
    made = results.Results(None, runs, values)
    return Replay(folder, run, run_id, made, row, failure, agrees, differing, len(values))


def first_failure(folder):
    """The first row of runs that failed, as a dict; None if none did."""
    import pyarrow.compute as pc

    folder = Path(folder)
    if is_finished(folder):
        paths = [folder / results.RUNS]
    else:
        paths = [results.chunk_paths(folder, key)[0] for key in results.committed(folder)]
    for path in paths:
        rows = results.read_table(path).filter(pc.field("status") == FAILED)
        if len(rows):
            return rows.slice(0, 1).to_pylist()[0]
    return None


def _stored_row(folder, run_id):
    """A run's row of runs as a dict, with the key of its `chunk` (None at the end); or None."""
    import pyarrow.compute as pc

    whole = is_finished(folder)
    for key in [None] if whole else results.committed(folder):
        path = folder / results.RUNS if whole else results.chunk_paths(folder, key)[0]
        table = results.read_table(path)
        rows = table.filter(pc.field("run_id") == run_id).to_pylist()
        if rows:
            return {**rows[0], "chunk": key}
    return None


def _number_of(plan, run_id, folder):
    """Number of a run that has not been stored: it may be the one that never ends."""
    known = []
    for number in range(len(plan)):
        known.append(plan.id_of(number))
        if known[-1] == run_id:
            return number
    raise SettingError(f"{folder}: has no run '{run_id}'.{nearest(run_id, known)}")


def _stored_values(folder, number, key):
    import pyarrow.parquet

    path = folder / results.VALUES if key is None else results.chunk_paths(folder, key)[1]
    filters = [("run", "==", number)]
    return pyarrow.parquet.read_table(path, filters=filters, partitioning=None)


def _differing(one, other):
    """How many numbers of two tables of values differ, in place or bits."""
    if one.num_rows != other.num_rows:
        return abs(one.num_rows - other.num_rows)
    same = np.ones(one.num_rows, dtype=bool)
    for label in LABELS:
        same &= np.array(
            [a == b for a, b in zip(one[label].to_pylist(), other[label].to_pylist())], dtype=bool
        )
    same &= one["value"].to_numpy().view(np.int64) == other["value"].to_numpy().view(np.int64)
    return int((~same).sum())
