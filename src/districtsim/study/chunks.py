"""Chunks: how a sweep's results are committed bit by bit, and put together at the end.

A chunk is two files: chunks/values/<key>.parquet, then chunks/runs/<key>.parquet, which commits it;
each is complete or absent. So a folder can be read and is right at any moment, whatever is killed,
and any number of processes may write into it. At the end runs.parquet and values.parquet are
streamed together in the order of the runs, the same to the bit whatever the chunks were.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections import OrderedDict
from pathlib import Path

import numpy as np

from districtsim.study import results
from districtsim.study.results import (
    CHUNKS,
    CONSTANTS,
    RUNS,
    VALUES,
    chunk_paths,
    committed,
    with_constants,
)
from districtsim.study.run_columns import RunColumns, array_of, table_of

DONE, FAILED = "done", "failed"
RUNS_A_BLOCK = 256  # put together at a time
ROWS_A_GROUP = 2**17  # least rows of values in a row group: large enough to be read fast
CHUNKS_KEPT = 16  # read and still needed while putting together
STALE_SECONDS = 3600  # a temporary file this old is nobody's any more


class Stopped(Exception):
    """Putting results together was stopped; the chunks are as they were."""


class Store:
    """The chunks of one sweep's folder.

    folder  where the sweep is; None for tables that are not written
    plan    Plan of its runs
    """

    def __init__(self, folder, plan):
        self.folder = None if folder is None else Path(folder)
        self.plan = plan
        self._columns = RunColumns(plan.experiment)

    def prepare(self):
        """Make the folders of chunks; temporary files of a crash long ago are removed."""
        for kind in ("values", "runs"):
            place = self.folder / CHUNKS / kind
            place.mkdir(parents=True, exist_ok=True)
            for left in place.glob(".*.tmp"):
                with contextlib.suppress(OSError):
                    if time.time() - left.stat().st_mtime > STALE_SECONDS:
                        left.unlink()
        results.write_table(self.constants(), self.folder / CHUNKS / CONSTANTS)

    def commit(self, numbers, ended):
        """Write what runs of these numbers gave: [(history or error, seconds)], in their order.

        Raises OSError if it cannot be written; what was committed before stays as it is.
        """
        runs_path, values_path = chunk_paths(self.folder, _key(numbers))
        runs, values = self.tables(numbers, ended)
        results.write_table(values, values_path)
        results.write_table(runs, runs_path)

    def tables(self, numbers, ended):
        """Runs and values of some runs as pyarrow tables, with the columns of every chunk."""
        import pyarrow

        rows, builder, kept = [], results.ValuesTable(), []
        for number, (history, seconds) in zip(numbers, ended):
            run = self.plan.run(number)
            failure = history if isinstance(history, Exception) else None
            rows.append(
                {
                    **run.labels(),
                    **self._columns.numbers_of(run),
                    "run": number,
                    "run_id": self.plan.id_of(number, run),
                    "budget": run.point.get("budget"),
                    "status": DONE if failure is None else FAILED,
                    "error": "" if failure is None else str(failure),
                    "traceback": getattr(failure, "details", ""),
                    "seconds": seconds,
                }
            )
            if failure is None:
                builder.add(run, history)
                kept.append((number, run))
        columns = {
            "run": pyarrow.array([number for number, _ in kept], pyarrow.int32()),
            "point": pyarrow.array([run.number for _, run in kept], pyarrow.int32()),
        }
        for name, kind in self._columns.varied.items():
            columns[name] = array_of([run.point.get(name) for _, run in kept], kind)
        return table_of(rows, self._columns.runs), builder.table(columns)

    def constants(self):
        """What is the same in all runs, a pyarrow table of one row."""
        return self._columns.constants_of(self.plan.run(0))

    def done(self):
        """Which runs have been committed, (runs,) bool; and how many of them failed."""
        import pyarrow.parquet

        done, failed = np.zeros(len(self.plan), dtype=bool), 0
        for key in committed(self.folder):
            table = pyarrow.parquet.read_table(
                chunk_paths(self.folder, key)[0], columns=["run", "status"], partitioning=None
            )
            numbers = table["run"].to_numpy()
            lost = np.array(table["status"].to_pylist()) == FAILED
            failed += int((lost & ~done[numbers]).sum())
            done[numbers] = True
        return done, failed

    def numbers_of(self, outcome, group, year):
        """(run, value) of every committed run: a yearly outcome of one group in one year."""
        import pyarrow.compute as pc

        for key in committed(self.folder):
            values = results.read_table(chunk_paths(self.folder, key)[1])
            chosen = values.filter(
                (pc.field("outcome") == outcome)
                & (pc.field("group") == group)
                & (pc.field("year") == year)
                & pc.field("week").is_null()
            )
            yield from zip(chosen["run"].to_pylist(), chosen["value"].to_pylist())

    def collect(self, asked_to_stop=lambda: False):
        """Put the chunks together as values.parquet and runs.parquet; then remove them.

        Raises Stopped in the middle if asked to.
        """
        owner, keys = self._owners()
        values_of = _Kept(lambda key: results.read_table(chunk_paths(self.folder, key)[1]))
        runs_of = _Kept(lambda key: results.read_table(chunk_paths(self.folder, key)[0]))
        constants = self.constants()
        complete = {VALUES: lambda table: table, RUNS: lambda t: with_constants(t, constants)}
        for name, tables in ((VALUES, values_of), (RUNS, runs_of)):
            blocks = map(complete[name], _blocks(owner, keys, tables))
            _stream(self.folder / name, _until(asked_to_stop, blocks))
        self.tidy()

    def tidy(self):
        """Remove chunks once runs.parquet is there: commit records first, then values."""
        for kind in ("runs", "values"):
            place = self.folder / CHUNKS / kind
            for path in sorted(place.glob("*")):
                path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                place.rmdir()
        (self.folder / CHUNKS / CONSTANTS).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.folder / CHUNKS).rmdir()

    def _owners(self):
        """For every run the index of the chunk that has it, -1 for none; and the chunks' keys."""
        import pyarrow.parquet

        keys = committed(self.folder)
        owner = np.full(len(self.plan), -1, dtype=np.int32)
        for place, key in enumerate(keys):
            path = chunk_paths(self.folder, key)[0]
            table = pyarrow.parquet.read_table(path, columns=["run"], partitioning=None)
            numbers = table["run"].to_numpy()
            owner[numbers[owner[numbers] < 0]] = place
        return owner, keys


class _Kept:
    """Tables of chunks as they are needed; the last few stay in memory."""

    def __init__(self, read):
        self._read, self._tables = read, OrderedDict()

    def __call__(self, key):
        if key not in self._tables:
            self._tables[key] = self._read(key)
            if len(self._tables) > CHUNKS_KEPT:
                self._tables.popitem(last=False)
        self._tables.move_to_end(key)
        return self._tables[key]


def _blocks(owner, keys, table_of):
    """Tables of so many runs each, in the order of the runs."""
    import pyarrow

    for first in range(0, len(owner), RUNS_A_BLOCK):
        owners = owner[first : first + RUNS_A_BLOCK]
        parts = []
        for place in np.unique(owners[owners >= 0]):
            table = table_of(keys[place])
            numbers = table["run"].to_numpy()
            inside = (numbers >= first) & (numbers < first + len(owners))
            inside[inside] = owners[numbers[inside] - first] == place
            parts.append(table.filter(inside))
        if parts:
            yield results.in_order(pyarrow.concat_tables(parts))


def _until(asked_to_stop, blocks):
    for block in blocks:
        if asked_to_stop():
            raise Stopped
        yield block


def _stream(path, blocks):
    """Write tables one after the other as one Parquet file, complete or absent."""
    import pyarrow
    import pyarrow.parquet

    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            writer, waiting = None, []

            def write():
                table = pyarrow.concat_tables(waiting)
                table = results.in_order(table) if len(waiting) > 1 else table
                writer.write_table(table, row_group_size=max(len(table), 1))
                waiting.clear()
                pyarrow.default_memory_pool().release_unused()  # so that memory stays flat

            for block in blocks:
                if writer is None:
                    writer = pyarrow.parquet.ParquetWriter(
                        file, block.schema, compression="zstd", use_dictionary=_coded(block.schema)
                    )
                waiting.append(block)
                if sum(map(len, waiting)) >= ROWS_A_GROUP:
                    write()
            if waiting:
                write()
            if writer is not None:
                writer.close()
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        results.sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _coded(schema):
    """Columns that repeat few values; numbers measured do not."""
    return [name for name in schema.names if name not in ("value", "seconds", "run_id")]


def _key(numbers):
    digest = hashlib.blake2b(np.asarray(numbers, dtype=np.int64).tobytes(), digest_size=4)
    return f"{min(numbers):08d}-{len(numbers)}-{digest.hexdigest()}"
