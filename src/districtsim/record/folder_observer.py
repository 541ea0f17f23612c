"""Folder observer: Sacred's run folder, in which a killed process never leaves half a file."""

import json
import os
import shutil
import threading
from pathlib import Path

from districtsim.record.plain import plain
from districtsim.record.sacred_setup import FileStorageObserver, flatten, get_digest
from districtsim.world.files import write_atomically

INVOCATIONS = "invocations"
PRIORITY = 100  # first of all observers: what a database does cannot touch it


class FolderObserver(FileStorageObserver):
    """Writes run.json, config.json, metrics.json, cout.txt and sources into a folder of its own.

    parent  folders numbered from 1 are made in it, one a run; or
    folder  the run folder itself. The first run takes it; later ones, and other processes at the
            same time, get `invocations/<n>/` in it, so that no record is written over.
    Sources are kept once for a folder, in its `_sources`, so that it can be moved and packed.
    """

    def __init__(self, parent=None, *, folder=None):
        self.folder = Path(folder) if folder is not None else None
        self._one_at_a_time = threading.RLock()  # Sacred's heartbeat has a thread of its own
        super().__init__(parent if folder is None else folder, priority=PRIORITY)

    def _make_run_dir(self, _id):
        """Take a folder that no other process can have; the id is for databases, not for it."""
        if self.folder is None:
            super()._make_run_dir(None)
            self.folder = Path(self.dir)
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.dir = str(self._claimed())
        self.basedir = str(self.folder)
        self.source_dir = self.folder / "_sources"
        self.resource_dir = self.folder / "_resources"

    def _claimed(self):
        mark = self.folder / "_sources"  # making a folder is atomic on every file system
        if not (self.folder / "run.json").exists():
            try:
                mark.mkdir()
            except FileExistsError:
                pass
            else:
                return self.folder
        others = self.folder / INVOCATIONS
        others.mkdir(exist_ok=True)
        number = max((int(p.name) for p in others.iterdir() if p.name.isdigit()), default=0) + 1
        while True:
            try:
                (others / str(number)).mkdir()
            except FileExistsError:  # somebody else has just made it
                number += 1
            else:
                return others / str(number)

    def started_event(self, ex_info, **others):
        """As Sacred's, without changing what other observers are told about sources."""
        super().started_event(dict(ex_info), **others)

    def queued_event(self, ex_info, *, queue_time, **others):
        """Stored for later, with its sources, which Sacred looks for in the working folder."""
        self.started_event(ex_info, start_time=queue_time, **others)
        self.run_entry |= {"status": "QUEUED", "start_time": None}
        self.save_json(self.run_entry, "run.json")

    def log_metrics(self, metrics_by_name, info):
        """Add new measurements; without any, the file is left as it is."""
        if metrics_by_name or not os.path.exists(os.path.join(self.dir, "metrics.json")):
            super().log_metrics(metrics_by_name, info)

    def save_json(self, obj, filename):
        """Write JSON, whole or not at all; numbers that JSON has no word for become null."""
        with self._one_at_a_time:  # what is written last is what was known last
            text = json.dumps(plain(flatten(obj)), sort_keys=True, indent=2, allow_nan=False)
            write_atomically(os.path.join(self.dir, filename), text)

    def find_or_save(self, filename, store_dir):
        """The copy of a file, named by its content; a copy is whole or not there."""
        path = Path(filename)
        store_dir.mkdir(parents=True, exist_ok=True)
        copy = store_dir / f"{path.stem}_{get_digest(str(path))}{path.suffix}"
        if not copy.exists():
            temporary = copy.with_name(f".{copy.name}.{os.getpid()}.tmp")
            shutil.copyfile(path, temporary)
            os.replace(temporary, copy)
        return copy

    def artifact_event(self, name, filename, metadata=None, content_type=None):
        """Note what lies in the folder already under its place there; copy what does not."""
        path = Path(filename).resolve()
        home = self.folder.resolve()
        if path.is_relative_to(home) and path.is_file():
            name = os.path.relpath(path, Path(self.dir).resolve())
        else:
            self.save_file(filename, name)
        if name not in self.run_entry["artifacts"]:
            self.run_entry["artifacts"].append(name)
            self.save_json(self.run_entry, "run.json")

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__
