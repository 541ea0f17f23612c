"""Reading: the records in results folders, and what became of runs that never said how they ended.

A run that was killed at once (kill -9, no power) leaves RUNNING behind. Where its process can be
looked for and is gone, its record is marked DIED; where it cannot (another machine), a record that
has been silent for ten minutes is shown as "silent" and left as it is.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from districtsim.record.surroundings import is_running
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest, write_atomically

RESULTS = Path("results")
NO_RECORDS = {"_sources", "_resources", "chunks", "districts", "figures"}  # folders of a run
SILENT_SECONDS = 600
DIED, SILENT, UNREADABLE, RUNNING = "DIED", "silent", "unreadable", "RUNNING"


@dataclass(frozen=True)
class Record:
    """One invocation, as its folder or a database tells it.

    name    how a person names it: its folder relative to the results, such as caseload/3
    folder  Path of its run.json, or None if it is from a database
    entry   what run.json holds; `config` and `info` likewise
    """

    name: str
    folder: Path | None
    entry: dict
    config: dict
    info: dict

    @property
    def status(self):
        """COMPLETED, INTERRUPTED, TERMINATED, FAILED, DIED, RUNNING, QUEUED, silent, unreadable."""
        return self.entry.get("status", UNREADABLE)

    @property
    def meta(self):
        """What was noted about the invocation: command line, process, run_id."""
        return self.entry.get("meta") or {}

    @property
    def started(self):
        """When it began, UTC, or None."""
        return _time(self.entry.get("start_time"))

    @property
    def seconds(self):
        """How long it took, or has taken up to its last sign of life; None if unknown."""
        end = _time(self.entry.get("stop_time")) or _time(self.entry.get("heartbeat"))
        return (end - self.started).total_seconds() if end and self.started else None

    @property
    def experiment(self):
        """Sacred's description: name, sources, dependencies, repositories."""
        return self.entry.get("experiment") or {}

    @cached_property
    def git(self):
        """commit, branch, dirty; {} if the code was in no repository."""
        found = _page(self.folder / "git.json") if self.folder else None
        repositories = self.experiment.get("repositories") or [{}]
        return found or repositories[0]

    @cached_property
    def environment(self):
        """Python, platform, linear algebra and packages."""
        return (_page(self.folder / "environment.json") if self.folder else None) or {}

    @cached_property
    def metrics(self):
        """{name: {"steps", "timestamps", "values"}}."""
        return (_page(self.folder / "metrics.json") if self.folder else None) or {}

    @property
    def root(self):
        """The results folder: for a resumed invocation or a shard, that of the first."""
        inside = self.folder.parent.name == "invocations"
        return self.folder.parent.parent if inside else self.folder

    @cached_property
    def sources(self):
        """{file name: Path of its copy or None} of the code that ran."""
        found = {}
        for name, stored in self.experiment.get("sources", []):
            places = [self.root / stored, self.root.parent / stored] if self.folder else []
            found[name] = next((place for place in places if place.is_file()), None)
        return found


def find(results=None):
    """Every record below a results folder, oldest first; runs whose process is gone are marked."""
    results = RESULTS if results is None else Path(results)
    if not results.is_dir():
        raise SettingError(f"{results}: no such folder; name a results folder with --results.")
    places = []
    for place, inside, files in os.walk(results):
        inside[:] = [name for name in inside if name not in NO_RECORDS]
        if "run.json" in files:
            places.append(Path(place))
    found = [read(place, results) for place in sorted(places)]
    return sorted(found, key=lambda record: (str(record.entry.get("start_time")), record.name))


def read(folder, results=None):
    """The record in a folder; one that cannot be read has the status "unreadable"."""
    folder = Path(folder)
    entry = _page(folder / "run.json")
    if entry is None:
        entry = {"status": UNREADABLE}
    elif entry.get("status") == RUNNING:
        entry = _looked_after(folder, entry)
    pages = [_page(folder / name) or {} for name in ("config.json", "info.json")]
    return Record(_name(folder, results), folder, entry, *pages)


def named(name, results=None):
    """The record a person names: a folder, or a name in the results folder such as caseload/3.

    An experiment's name alone means its latest run. Raises SettingError with the nearest name.
    """
    results = RESULTS if results is None else Path(results)
    for place in (Path(name), results / name):
        if (place / "run.json").is_file():
            return read(place, results)
    records = find(results) if results.is_dir() else []
    of_name = [record for record in records if record.name.split("/")[0] == str(name)]
    if of_name:
        return of_name[-1]
    known = [record.name for record in records]
    raise SettingError(
        f"{name}: no record of a run.{nearest(name, known)}\n"
        f"'districtsim runs list' shows those in {results}; a folder with a run.json will do too."
    )


def in_database(observe):
    """Every record in a team's database, oldest first; nothing there is marked."""
    from districtsim.record import databases

    found = databases.stored(observe)
    return [
        Record(name, None, {**entry, "status": _seen(entry)}, config, info)
        for name, entry, config, info in found
    ]


def _seen(entry):
    """The status of a record, looking for the process of one that says it is running."""
    if entry.get("status") != RUNNING:
        return entry.get("status", UNREADABLE)
    lives = is_running((entry.get("meta") or {}).get("process") or {})
    if lives is not None:
        return RUNNING if lives else DIED
    last = _time(entry.get("heartbeat")) or _time(entry.get("start_time"))
    quiet = (datetime.now(UTC).replace(tzinfo=None) - last).total_seconds() if last else 0
    return SILENT if quiet > SILENT_SECONDS else RUNNING


def _looked_after(folder, entry):
    status = _seen(entry)
    if status != DIED:
        return {**entry, "status": status}
    again = _page(folder / "run.json") or {}  # it may have ended as we looked
    if again.get("status") != RUNNING:
        return again
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()
    entry = {**again, "status": DIED, "found_dead": now}
    entry["stop_time"] = entry.get("heartbeat") or entry.get("start_time")
    with contextlib.suppress(OSError):  # somebody else's folder: it is shown, not marked
        write_atomically(folder / "run.json", json.dumps(entry, sort_keys=True, indent=2))
    return entry


def _name(folder, results):
    here = os.path.realpath(folder)
    top = os.path.realpath(results if results is not None else RESULTS)
    return os.path.relpath(here, top) if here.startswith(top + os.sep) else str(folder)


def _page(path):
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _time(text):
    if isinstance(text, datetime):  # a database's
        return text
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
