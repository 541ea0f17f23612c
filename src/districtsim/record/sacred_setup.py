"""Sacred setup: imports Sacred where it would not import; no other module of ours imports it.

Sacred 0.8.7 imports `pkg_resources`, which setuptools 82 dropped, and calls `pkgutil.find_loader`,
which Python 3.14 dropped. Where they are missing, stand-ins with what Sacred uses of them do.
"""

import importlib.metadata
import importlib.resources
import importlib.util
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
    from sacred.commandline_options import cli_option
    from sacred.config.config_summary import ConfigSummary
    from sacred.dependencies import PackageDependency, Source, get_digest
    from sacred.host_info import get_host_info
    from sacred.metrics_logger import linearize_metrics
    from sacred.observers import FileStorageObserver, MongoObserver, RunObserver, SqlObserver
    from sacred.run import Run
    from sacred.serializer import flatten
    from sacred.stdout_capturing import get_stdcapturer
    from sacred.utils import IntervalTimer, SacredError, apply_backspaces_and_linefeeds

__all__ = [
    "ConfigSummary",
    "FileStorageObserver",
    "IntervalTimer",
    "MongoObserver",
    "PackageDependency",
    "Run",
    "RunObserver",
    "SacredError",
    "Source",
    "SqlObserver",
    "apply_backspaces_and_linefeeds",
    "cli_option",
    "flatten",
    "get_digest",
    "get_host_info",
    "get_stdcapturer",
    "linearize_metrics",
    "sacred",
    "sql_bases",
]

# "fd", the default, loses output now and then; sources and packages are listed by us, since Sacred
# misses a package in src/ and everything but numpy.
sacred.SETTINGS["CAPTURE_MODE"] = "sys"
sacred.SETTINGS["DISCOVER_SOURCES"] = "none"
sacred.SETTINGS["DISCOVER_DEPENDENCIES"] = "none"
sacred.SETTINGS["HOST_INFO"]["INCLUDE_GPU_INFO"] = False
sacred.SETTINGS["HOST_INFO"]["CAPTURED_ENV"] = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "SLURM_JOB_ID",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
]


def sql_bases():
    """Sacred's tables; needs SQLAlchemy, which is an extra. Raises ImportError without it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that SQLAlchemy has moved
        from sacred.observers import sql_bases

    return sql_bases
