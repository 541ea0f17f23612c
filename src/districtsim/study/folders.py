"""Folders: a sweep's folder belongs to one design and one version of the code, and to one sweep.

experiment.json  everything that decides on the runs, as resolved; districts/ the districts run
sweep.lock       held while a sweep works here, so that a second one is refused. The system lets go
                 of it when the process ends, however that happens, so no lock is ever stale. Shards
                 of one sweep share it, and each holds a lock of its own.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import time
from pathlib import Path

from districtsim.study.plan import DISTRICTS, read_plan
from districtsim.study.results import CHUNKS, RUNS
from districtsim.world.errors import SettingError
from districtsim.world.files import write_atomically

PAGE = "experiment.json"
STOPPING = "stopping.json"
LOCK = "sweep.lock"
_TAKEN = (errno.EAGAIN, errno.EACCES)


def read_page(folder):
    """Content of a sweep's experiment.json, None if the folder has none. Raises SettingError."""
    path = Path(folder) / PAGE
    if not path.is_file():
        return None
    try:
        page = json.loads(path.read_text(encoding="utf-8"))
        page["design"], page["version"]
    except (ValueError, KeyError, TypeError) as problem:
        raise SettingError(f"{path}: not readable as a sweep's settings ({problem}).") from None
    return page


def plan_of(folder):
    """The Plan of the sweep in a folder. Raises SettingError if there is none."""
    page = read_page(folder)
    if page is None:
        raise SettingError(f"{folder}: has no {PAGE}; name the folder of a sweep.")
    return read_plan(page, Path(folder))


def is_finished(folder):
    """Whether a sweep has put its results together."""
    return (Path(folder) / RUNS).exists()


@contextlib.contextmanager
def sweep_folder(folder, plan, *, resume=False, shard=None):
    """The folder, made or found as this plan's, locked while the block runs.

    resume  whether the folder may hold a part of this sweep already
    shard   (which from 0, of how many): may also join the others of its sweep
    Raises SettingError, having changed nothing, if the folder holds something else, another sweep
    is at work in it, or it cannot be written.
    """
    folder = Path(folder)
    page = plan.page()
    joining = resume or shard is not None
    with contextlib.ExitStack() as held:
        try:
            _check_content(folder, page, joining)  # before anything is made
            folder.mkdir(parents=True, exist_ok=True)
            _hold_locks(held, folder, shard)
            if _check_content(folder, page, joining) is None:
                write_page(folder, plan)
        except OSError as problem:
            raise SettingError(
                f"{folder}: cannot be written ({problem.strerror}); name another with --out."
            ) from None
        yield folder


def _check_content(folder, page, joining):
    """The page that the folder holds, if it is this sweep's; None if it holds none."""
    found = read_page(folder)
    if found is None:
        if is_finished(folder) or (folder / CHUNKS).exists():
            raise SettingError(f"{folder}: already holds other results; name another folder.")
        return None
    if not joining:
        how = "--resume goes on with it" if not is_finished(folder) else "it is finished"
        raise SettingError(f"{folder}: already holds a sweep; {how}.\nOr name another folder.")
    if found["design"] != page["design"]:
        raise SettingError(
            f"{folder}: holds another experiment; {_difference(found, page)}.\n"
            "Put that back to resume, or start anew with another --out."
        )
    if found["version"] != page["version"] and not is_finished(folder):
        raise SettingError(
            f"{folder}: was begun with version {found['version']} of the code; this is "
            f"{page['version']}.\nRuns of both must not be mixed: go back to that version, or "
            "start anew with another --out."
        )
    return found


def _difference(old, new):
    """The first thing that differs between two pages, in words."""
    new = json.loads(json.dumps(new, default=str))
    for key in {**old["experiment"], **new["experiment"]}:
        if key in ("districts", "policies"):  # by content, below
            continue
        before, now = old["experiment"].get(key), new["experiment"].get(key)
        if before != now:
            return f"{key} was {_short(before)} and is {_short(now)}"
    for key, what in (("policies", "policy"), ("districts", "district")):
        if list(old[key]) != list(new[key]):
            return f"{key} were {', '.join(old[key])} and are {', '.join(new[key])}"
        for name in {**old[key], **new[key]}:
            if old[key].get(name) != new[key].get(name):
                return f"{what} '{name}' has changed"
    return "its name or its sample of points differs"


def _short(value):
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def write_page(folder, plan):
    """Write what a plan runs into a folder, all that is needed to run it again.

    Districts first: with experiment.json the folder is this sweep's.
    """
    (folder / DISTRICTS).mkdir(exist_ok=True)
    for district in plan.experiment.districts:
        district.save(folder / DISTRICTS / f"{district.name}.yaml")
    began = {
        "began": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "host": platform.node(),
        "python": platform.python_version(),
    }
    write_atomically(folder / PAGE, json.dumps({**plan.page(), **began}, indent=1) + "\n")


def _hold_locks(held, folder, shard):
    """Take the folder's lock, for as long as `held` lasts. Raises SettingError if it is taken."""
    whole = shard is None
    who = "the whole sweep" if whole else f"shard {shard[0] + 1} of {shard[1]}"
    _hold(held, folder / LOCK, not whole, who)
    if not whole:
        for other in folder.glob("sweep.*-of-*.lock"):
            if not other.stem.endswith(f"-of-{shard[1]}"):
                with contextlib.ExitStack() as briefly:  # of another number: is it at work?
                    _hold(briefly, other, False, who)
        _hold(held, folder / f"sweep.{shard[0] + 1}-of-{shard[1]}.lock", False, who)


def collecting(held, folder):
    """Hold the right to put results together, as long as `held` lasts; False if another has it."""
    try:
        _hold(held, Path(folder) / "collect.lock", False, "putting results together")
    except SettingError:
        return False
    return True


def _hold(held, path, shared, who):
    try:
        import fcntl
    except ImportError:  # not a system with such locks
        return
    file = held.enter_context(path.open("a+", encoding="utf-8"))
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno not in _TAKEN:  # a file system without locks: then without
            return
        file.seek(0)
        holder = file.read().strip() or "another process"
        raise SettingError(
            f"{path.parent}: a sweep is at work here ({holder}).\n"
            "Wait for it, stop it, or name another folder with --out."
        ) from None
    file.truncate(0)
    file.write(f"{who}, process {os.getpid()} on {platform.node()}\n")
    file.flush()


def read_stopping(folder):
    """What a stopping rule has decided: {"rule", "looks", "replicates"}, None if not yet."""
    path = Path(folder) / STOPPING
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def write_stopping(folder, rule, looks):
    """Record the rule, each look, and after how many replicates it stopped, None for not yet."""
    last = looks[-1]
    ended = last["enough"] or last["replicates"] >= rule["max"]
    said = {"rule": rule, "looks": looks, "replicates": last["replicates"] if ended else None}
    said["reason"] = ("narrow enough" if last["enough"] else "max") if ended else None
    write_atomically(Path(folder) / STOPPING, json.dumps(said, indent=1) + "\n")
