"""Folders: a results folder is made and tried before any work, and not left behind empty."""

import contextlib
import os
import tempfile
from pathlib import Path

from districtsim.world.errors import SettingError

RESULTS = Path("results")


@contextlib.contextmanager
def results_folder(command, out=None):
    """A new folder that can be written: `out`, or else results/<command>/<n> with the next free n.

    Raises SettingError if it cannot be written or already holds results. If the work inside fails
    before anything is written, the folder is removed again.
    """
    ours = out is None or not Path(out).exists()
    folder = _numbered(RESULTS / command) if out is None else _named(Path(out))
    try:
        yield folder
    finally:
        if ours:
            with contextlib.suppress(OSError):  # it holds something: then it stays
                os.rmdir(folder)


@contextlib.contextmanager
def recorded_folder(command, config, out=None):
    """As `results_folder`, and what is done inside is one Sacred run; gives (folder, Recorder).

    config  plain values: what was asked for
    """
    with results_folder(command, out) as folder:
        from districtsim.record.recording import recording

        name = command.rpartition("/")[2]
        with recording(name, config, folder, command=command.partition("/")[0]) as record:
            yield folder, record
            record.artifacts()


def _named(folder):
    if (folder / "runs.parquet").exists():
        raise SettingError(f"--out {folder}: already holds results; name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _try_writing(folder)
    except OSError as problem:
        raise SettingError(
            f"--out {folder}: cannot be written ({problem.strerror}); name a folder that can."
        ) from None
    return folder


def _numbered(parent):
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = [int(path.name) for path in parent.iterdir() if path.name.isdigit()]
        number = max(taken, default=0) + 1
        while True:
            folder = parent / str(number)
            try:
                folder.mkdir()  # fails if somebody else has just made it
            except FileExistsError:
                number += 1
            else:
                _try_writing(folder)
                return folder
    except OSError as problem:
        raise SettingError(
            f"{parent.absolute()}: cannot be written ({problem.strerror}); "
            "name another folder with --out."
        ) from None


def _try_writing(folder):
    with tempfile.NamedTemporaryFile(dir=folder):
        pass
