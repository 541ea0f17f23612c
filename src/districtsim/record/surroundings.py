"""Surroundings: the code, packages, commit and machine of a run, which Sacred misses in part."""

import importlib.metadata
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
KEPT = (".py", ".yaml", ".html")
GIT_SECONDS = 20


def source_files():
    """Every file of our package that decides what a run does, sorted."""
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix in KEPT)


@cache
def packages():
    """{name: version} of every installed distribution, names as they are published."""
    found = {}
    for distribution in importlib.metadata.distributions():
        facts = distribution.metadata  # read anew each time
        if facts["Name"]:
            found.setdefault(facts["Name"], facts["Version"])  # the first is what an import finds
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def machine():
    """Python, platform, processors and linear algebra: what may move a last bit."""
    import numpy

    return {
        "python": sys.version,
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "numpy": numpy.__version__,
        "blas": _blas(numpy),
    }


def _blas(numpy):
    try:
        found = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    except (TypeError, KeyError):  # an older or an unusual build
        return None
    return {key: found.get(key) for key in ("name", "version", "openblas configuration")}


def git():
    """(facts, diff) of the repository our source stands in; ({}, "") without one.

    facts  commit, branch, remote, dirty (True if anything differs from the commit), status
    diff   what differs from the commit, as `git diff` prints it, binary files included
    """
    # a package that was installed into somebody else's repository is not part of it
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return {}, ""
    status = _git("status", "--porcelain")
    facts = {
        "commit": _git("rev-parse", "HEAD"),
        "branch": _git("branch", "--show-current"),
        "remote": _without_password(_git("remote", "get-url", "origin")),
        "dirty": bool(status),
        "status": status,
    }
    diff = _git("diff", "--binary", "HEAD")
    return facts, f"{diff}\n\n" if diff else ""  # a binary patch ends with an empty line


def _git(*words):
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE), *words],
            capture_output=True,
            timeout=GIT_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):  # no git, or a repository that is not answering
        return None
    text = done.stdout.decode("utf-8", errors="replace")
    return text.rstrip("\n") if done.returncode == 0 else None


def _without_password(address):
    if address and "@" in address and "://" in address:
        scheme, rest = address.split("://", 1)
        return f"{scheme}://{rest.rpartition('@')[2]}"
    return address


def process():
    """Who runs this: host, process number and the moment it began, to find out if it still does."""
    return {
        "hostname": platform.node(),
        "pid": os.getpid(),
        "began": began(os.getpid()),
        "pids": _namespace(),
    }


def is_running(who):
    """Whether the process that `process()` described still runs; None if that cannot be known."""
    if who.get("hostname") != platform.node() or who.get("pids") != _namespace():
        return None  # another machine, or a container with numbers of its own
    pid = who.get("pid")
    if os.name != "posix" or not isinstance(pid, int) or pid <= 0:
        return None  # elsewhere than on POSIX, asking like this would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's: it lives
        pass
    return began(pid) == who.get("began")  # the number may have been given to another since


def began(pid):
    """When a process began, in clock ticks since the machine did; None where this is not told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = fields.rpartition(")")[2].split()
    return None if after_name[0] == "Z" else int(after_name[19])  # Z: dead, not yet buried


def _namespace():
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return None
