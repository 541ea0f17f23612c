"""Sacred setup: imports Sacred where it would not import, and stores its files whole or not at all.

Sacred 0.8.7 imports `pkg_resources`, which setuptools 82 dropped, and calls `pkgutil.find_loader`,
which Python 3.14 dropped. Where they are missing, stand-ins with what Sacred uses of them do.
"""

import importlib.metadata
import importlib.resources
import importlib.util
import json
import os
import pkgutil
import re
import sys
import types
import warnings


def _stand_in():
    """A module with the two names that Sacred takes from pkg_resources."""

    class WorkingSet(list):
        @property
        def by_key(self):
            return {dist.key: dist for dist in self}

    module = types.ModuleType("pkg_resources")
    module.working_set = WorkingSet(
        types.SimpleNamespace(
            key=re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower(),
            project_name=dist.metadata["Name"],
            version=dist.version,
            _get_metadata=lambda name, dist=dist: (dist.read_text(name) or "").splitlines(),
        )
        for dist in importlib.metadata.distributions()
        if dist.metadata["Name"]
    )
    module.resource_filename = lambda package, name: str(
        importlib.resources.files(package).joinpath(name)
    )
    return module


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # both tell us what the stand-ins are for
    if importlib.util.find_spec("pkg_resources") is None:
        sys.modules["pkg_resources"] = _stand_in()
    if not hasattr(pkgutil, "find_loader"):
        pkgutil.find_loader = importlib.util.find_spec
    import sacred
    from sacred.dependencies import Source, get_digest
    from sacred.observers import FileStorageObserver
    from sacred.serializer import flatten
    from sacred.utils import SacredError, SacredInterrupt, apply_backspaces_and_linefeeds

__all__ = [
    "AtomicFileStorageObserver",
    "SacredError",
    "Terminated",
    "apply_backspaces_and_linefeeds",
    "sacred",
    "source",
]

# "fd", the default, loses output now and then; sources and packages are listed by us, since Sacred
# misses a package in src/ and everything but numpy.
sacred.SETTINGS["CAPTURE_MODE"] = "sys"
sacred.SETTINGS["DISCOVER_SOURCES"] = "none"
sacred.SETTINGS["DISCOVER_DEPENDENCIES"] = "none"
sacred.SETTINGS["HOST_INFO"]["INCLUDE_GPU_INFO"] = False
sacred.SETTINGS["HOST_INFO"]["CAPTURED_ENV"] = [
    "OMP_NUM_THREADS",
    "SLURM_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
]


class AtomicFileStorageObserver(FileStorageObserver):
    """Sacred's run folder, in which a killed process never leaves half a file."""

    def save_json(self, obj, filename):
        """Write JSON to a temporary file, then put it in its place."""
        path = os.path.join(self.dir, filename)
        temporary = f"{path}.{os.getpid()}.tmp"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(flatten(obj), file, sort_keys=True, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)


def source(path):
    """A file of any kind as Sacred keeps sources; its own `add_source_file` takes Python only."""
    return Source(str(path), get_digest(str(path)), None, None, False)


class Terminated(SacredInterrupt):
    """The process was asked to end (SIGTERM), as a cluster does at its time limit."""

    STATUS = "TERMINATED"
