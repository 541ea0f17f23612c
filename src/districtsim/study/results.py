"""Results: runs.parquet and values.parquet, written and read in this one place.

runs.parquet    a row per simulation: what was run (district, policy, replicate, seeds, version,
                every lever and parameter), `status` ("done" or "failed"), `error`, CPU `seconds`
values.parquet  tidy, a row per number: policy, replicate, year, week, outcome, group, value, and
                if a design varied something `point`, its index in sample order, and a column for
                each thing varied. Years and weeks count from 1; `week` is empty for yearly
                outcomes.

A sweep writes both at its end; until then its runs stand in committed chunks, chunks/values/<key>
and then chunks/runs/<key>, which commits them (see `chunks`). `open_results` reads either.
"""

from __future__ import annotations

import json
import os
from functools import cached_property
from pathlib import Path

import numpy as np

RUNS = "runs.parquet"
VALUES = "values.parquet"
CHUNKS = "chunks"  # folder of a sweep that has not ended
CONSTANTS = "constants.parquet"  # in it, one row: columns of runs that are the same in all
COLUMNS = ("policy", "replicate", "year", "week", "outcome", "group", "value")
NUMBERS_OF_RUNS = ("run", "point")  # columns that number runs; not something that differs in them
WEEKS_A_YEAR = 52


class NoResults(ValueError):
    """A folder holds no readable results; the message says where, what and what to do."""


class Results:
    """Finished simulations: `runs` and `values`, tidy pandas DataFrames (see the module).

    folder    where they are stored, or None if they are only in memory
    finished  whether all are there; False while a sweep runs, or if it was interrupted
    """

    def __init__(self, folder, runs, values, finished=True):
        self.folder = folder
        self.finished = finished
        self._runs, self._values = runs, values  # pyarrow tables

    @cached_property
    def runs(self):
        """One row per simulation."""
        return self._runs.to_pandas()

    @cached_property
    def values(self):
        """One row per number; policy, outcome and group are categories."""
        return self._values.to_pandas()

    @cached_property
    def failed(self):
        """The rows of `runs` that ended with an error."""
        return self.runs[self.runs.status == "failed"]

    def to_parquet(self, path):
        """Write `values` as one Parquet file, whole or not at all."""
        write_table(self._values, path)

    def save(self, folder):
        """Write runs.parquet and values.parquet into a folder; returns it as results."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_table(self._values, folder / VALUES)
        write_table(self._runs, folder / RUNS)  # last: with it the folder counts as finished
        return Results(folder, self._runs, self._values)


def collect(finished):
    """Take (run, history or exception, seconds) as `run_all` yields them; returns Results."""
    builder = ValuesTable()
    rows = []
    for run, history, seconds in finished:
        failed = isinstance(history, Exception)
        rows.append(
            run.as_row()
            | {
                "status": "failed" if failed else "done",
                "error": str(history) if failed else "",
                "seconds": seconds,
            }
        )
        if not failed:
            builder.add(run, history)
    return Results(None, _runs_table(rows), builder.table())


def write(folder, finished):
    """Collect the runs and write both files when the last has ended; returns Results."""
    return collect(finished).save(folder)


def open_results(folder):
    """Read a results folder, finished or still being written: then what has been committed.

    Raises NoResults if it holds none, or none yet.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NoResults(f"{folder}: no such folder; name one that a run has written.")
    if not (folder / RUNS).exists() and committed(folder):
        try:
            return Results(folder, *_read_chunks(folder), finished=False)
        except FileNotFoundError:
            pass  # it has just ended, and its chunks are gone
    return Results(folder, read_table(folder / RUNS), read_table(folder / VALUES))


def committed(folder):
    """Keys of the chunks of a sweep that count, sorted."""
    names = (path.name for path in (Path(folder) / CHUNKS / "runs").glob("*.parquet"))
    return sorted(name.removesuffix(".parquet") for name in names if not name.startswith("."))


def chunk_paths(folder, key):
    """Where a chunk's runs and its values are."""
    chunks = Path(folder) / CHUNKS
    return chunks / "runs" / f"{key}.parquet", chunks / "values" / f"{key}.parquet"


def _read_chunks(folder):
    """All committed chunks as two tables in the order of the runs, each run once."""
    import pyarrow

    seen = np.empty(0, dtype=np.int64)
    found = [], []
    for key in committed(folder):
        tables = [read_table(path) for path in chunk_paths(folder, key)]
        numbers = tables[0]["run"].to_numpy()
        fresh = numbers[~np.isin(numbers, seen)]  # shards that overlap may have run one twice
        seen = np.union1d(seen, fresh)
        for tables_of, table in zip(found, tables):
            tables_of.append(table.filter(np.isin(table["run"].to_numpy(), fresh)))
    runs, values = (in_order(pyarrow.concat_tables(tables)) for tables in found)
    return with_constants(runs, read_table(Path(folder) / CHUNKS / CONSTANTS)), values


def with_constants(runs, constants):
    """A table of runs with the columns of a table of one row, the same in each."""
    for name in constants.column_names:
        same = constants[name].combine_chunks().take(np.zeros(len(runs), dtype=np.int64))
        runs = runs.append_column(name, same)
    return runs


def in_order(table):
    """A table of chunks by `run`, rows of a run as they were, words coded as they come."""
    import pyarrow

    order = np.argsort(table["run"].to_numpy(), kind="stable")
    table = table.unify_dictionaries().combine_chunks().take(order)
    for place, field in enumerate(table.schema):
        if pyarrow.types.is_dictionary(field.type):
            words = table[field.name].cast(pyarrow.string()).dictionary_encode().combine_chunks()
            table = table.set_column(place, field, words)
    return table


def write_table(table, path):
    """Write a pyarrow table as Parquet so that the file is complete or absent."""
    import pyarrow.parquet

    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            pyarrow.parquet.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder):
    """Make names in a folder last through a loss of power, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_table(path):
    """A Parquet file as a pyarrow table. Raises NoResults if it is missing or unreadable."""
    import pyarrow
    import pyarrow.parquet

    if CHUNKS in (path.parent.name, path.parent.parent.name) and not path.exists():
        raise FileNotFoundError(path)
    if not path.is_file():
        inside = sorted(found.parent.name for found in path.parent.glob(f"*/{path.name}"))
        hint = f"open one of its folders: {', '.join(inside)}" if inside else "is the run finished?"
        raise NoResults(f"{path.parent}: has no {path.name}; {hint}")
    try:
        return pyarrow.parquet.read_table(path, memory_map=False, partitioning=None)
    except (pyarrow.ArrowInvalid, OSError) as error:
        first = str(error).splitlines()[0]
        raise NoResults(f"{path}: not a readable Parquet file ({first}).") from error


def _runs_table(rows):
    import pyarrow

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [_column([row.get(name) for row in rows]) for name in names]
    return pyarrow.table(columns, names=names)


def _column(values):
    """An Arrow column of plain Python values; kinds that do not mix become text."""
    import pyarrow

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and len(kinds) == 2:
        values = [value if value is None else float(value) for value in values]
    elif len(kinds) > 1 or kinds & {dict, list, tuple}:
        values = [value if value is None else json.dumps(value) for value in values]
    if kinds == {str}:
        return pyarrow.array(values, pyarrow.string()).dictionary_encode()
    return pyarrow.array(values, None if kinds else pyarrow.float64())


class ValuesTable:
    """Gathers histories as flat arrays; what labels their numbers is worked out once a layout."""

    def __init__(self):
        self.runs = []
        self.numbers = []
        self.labels = []  # for each run (4, numbers): outcome, group, year, week (0: none)
        self._outcomes, self._groups = {}, {}  # word -> code
        self._known = {}  # layout -> labels

    def add(self, run, history):
        layout, arrays = [], [np.empty(0)]
        for weekly, kept in ((False, history.yearly), (True, history.weekly)):
            for outcome, (groups, values) in kept.items():
                layout.append((weekly, outcome, tuple(groups), len(values)))
                arrays.append(np.asarray(values, dtype=float).ravel())
        layout = tuple(layout)
        if layout not in self._known:
            self._known[layout] = self._label(layout)
        self.runs.append(run)
        self.numbers.append(np.concatenate(arrays))
        self.labels.append(self._known[layout])

    def table(self, columns_of_runs=None):
        """The numbers with their labels as a pyarrow table.

        columns_of_runs  {name: array of an entry for each run} in place of what the runs' points
                         say, behind the other columns
        """
        import pyarrow

        each_run = np.repeat(np.arange(len(self.runs)), [len(n) for n in self.numbers])
        labels = np.concatenate([np.empty((4, 0), dtype=np.int32), *self.labels], axis=1)
        outcome, group, year, week = labels
        policies = pyarrow.array([run.policy.name for run in self.runs], pyarrow.string())
        columns = {
            "policy": policies.dictionary_encode().take(each_run),
            "replicate": np.array([run.replicate for run in self.runs], dtype=np.int32)[each_run],
            "year": year.astype(np.int16),
            "week": pyarrow.array(week.astype(np.int16), mask=week == 0),
            "outcome": _words(self._outcomes, outcome),
            "group": _words(self._groups, group),
            "value": np.concatenate([np.empty(0), *self.numbers]),
        }
        for name, entries in (columns_of_runs or self._points()).items():
            columns[name] = entries.take(pyarrow.array(each_run))
        return pyarrow.table(columns)

    def _points(self):
        import pyarrow

        points = [run.point for run in self.runs]
        found = {}
        if any(points):
            found["point"] = pyarrow.array([run.number for run in self.runs], pyarrow.int32())
        for name in dict.fromkeys(name for point in points for name in point):
            found[name] = _column([point.get(name) for point in points])
        return found

    def _label(self, layout):
        parts = [np.empty((4, 0), dtype=np.int32)]
        for weekly, outcome, groups, periods in layout:
            code = self._outcomes.setdefault(outcome, len(self._outcomes))
            codes = [self._groups.setdefault(str(name), len(self._groups)) for name in groups]
            period = np.repeat(np.arange(1, periods + 1), len(groups))
            year = (period - 1) // WEEKS_A_YEAR + 1 if weekly else period
            week = period if weekly else np.zeros_like(period)
            outcome_of_each = np.full_like(period, code)
            parts.append(np.stack([outcome_of_each, np.tile(codes, periods), year, week]))
        return np.concatenate(parts, axis=1).astype(np.int32)


def _words(vocabulary, codes):
    import pyarrow

    words = pyarrow.array(list(vocabulary), pyarrow.string())
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes), words)
