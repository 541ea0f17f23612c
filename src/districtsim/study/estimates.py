"""Estimates: how long a sweep will take and how much disk, from a few runs that are timed."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import numpy as np

from districtsim.study.chunks import Store
from districtsim.study.runs import attempt

SAMPLE = 5  # runs that are timed, spread over the design


@dataclass(frozen=True)
class Estimate:
    """What a sweep asks for.

    points, cells, replicates, runs  as planned; with a stopping rule at most
    seconds_a_run  mean CPU seconds of the runs timed
    seconds        by the clock, with so many workers
    bytes          of runs.parquet and values.parquet
    sampled, failed  runs timed, and how many of them ended with an error
    """

    points: int
    cells: int
    replicates: int
    runs: int
    workers: int
    seconds_a_run: float
    seconds: float
    bytes: int
    sampled: int
    failed: int


def estimate(plan, workers, shards=1):
    """Time a few runs of a plan here; returns an Estimate. Nothing is written."""
    numbers = np.linspace(0, len(plan) - 1, min(SAMPLE, len(plan))).astype(int).tolist()
    ended = []
    for number in numbers:
        begun = time.process_time()
        history, _ = attempt(plan.run(number))
        ended.append((history, time.process_time() - begun))
    # the first also reads the cards and compiles what it meets
    timed = [seconds for _, seconds in (ended[1:] or ended)]
    mean = float(np.mean(timed))
    mine = -(-len(plan) // shards)
    store = Store(None, plan)
    one, all_of_them = (
        _size(store.constants()) + sum(map(_size, store.tables(numbers[:n], ended[:n])))
        for n in (1, len(numbers))
    )
    more = (all_of_them - one) / max(len(numbers) - 1, 1)  # without what a file has once
    return Estimate(
        points=len(plan.points),
        cells=plan.cells,
        replicates=plan.replicates,
        runs=len(plan),
        workers=workers,
        seconds_a_run=mean,
        seconds=mine * mean / workers,
        bytes=int(one + more * (len(plan) - 1)),
        sampled=len(numbers),
        failed=sum(isinstance(history, Exception) for history, _ in ended),
    )


def _size(table):
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, compression="zstd")
    return len(file.getvalue())
