"""Cluster: a sweep's runs on the workers of a Dask scheduler, wherever they are.

Needs the extra `districtsim[cluster]`, and the same version of districtsim on scheduler and
workers. Chunks of about a second travel, so that Dask's few milliseconds a task are shared.
"""

from __future__ import annotations

import contextlib
import logging
import time
from concurrent.futures import Executor, Future
from pathlib import Path

from districtsim.study.executors import Ended, run_chunk
from districtsim.world.errors import SettingError

SECONDS_TO_CONNECT = 10
COUNT_SECONDS = 5  # workers come and go; they are counted this often


class ClusterLost(OSError):
    """The scheduler has gone, or has dropped what it was given."""


class Cluster(Executor):
    """Workers of a Dask cluster, as LocalProcesses are of this machine.

    address  "tcp://host:port", "tls://host:port" or a scheduler file (JSON)
    tls      {"ca", "cert", "key"}: PEM files for tls; without any, Dask's own settings hold
    Raises SettingError if it cannot be reached or Dask is not installed.
    """

    def __init__(self, address, tls=None):
        try:
            import distributed
        except ImportError:
            raise SettingError(
                "--cluster needs Dask: pip install 'districtsim[cluster]'."
            ) from None
        for name in ("distributed", "distributed.client"):  # we say it in our words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        how = _reached_by(address, tls or {}, distributed)
        try:
            self._client = distributed.Client(
                **how, timeout=SECONDS_TO_CONNECT, set_as_default=False, name="districtsim"
            )
        except (OSError, ValueError, TypeError, RuntimeError) as problem:
            why = (str(problem).splitlines() or [type(problem).__name__])[0]
            raise SettingError(
                f"--cluster {address}: cannot be reached ({why}).\n"
                "Give tcp://host:port, tls://host:port or the scheduler's file, and start it first."
            ) from None
        self.address = address
        self._counted, self._count = 0.0, 1
        self._given = {}  # our future -> Dask's
        self._ended = False

    @property
    def count(self):
        """How many runs it does at a time, now."""
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._counted = time.monotonic()
            with contextlib.suppress(Exception):  # the loss shows in the futures
                self._count = max(1, sum(self._client.nthreads().values()))
        return self._count

    @property
    def window(self):
        """Chunks handed over at a time."""
        return 2 * self.count

    def submit(self, runs):
        """A future of what becomes of these runs; ClusterLost if the scheduler goes."""
        ours = Future()
        try:
            theirs = self._client.submit(run_chunk, runs, pure=False)
        except Exception as problem:  # noqa: BLE001 - whatever Dask raises when it is gone
            ours.set_exception(ClusterLost(f"the cluster at {self.address} is gone ({problem})"))
            return ours
        self._given[ours] = theirs
        theirs.add_done_callback(lambda done: self._pass_on(ours, done))
        return ours

    def stop_soon(self):
        """What has been handed over goes on for a moment; `kill` then drops it."""

    def kill(self):
        """Drop what has been handed over and leave."""
        if self._ended:
            return
        self._ended = True
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._given.values()), force=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """As of every executor."""
        self.kill()

    def _pass_on(self, ours, theirs):
        self._given.pop(ours, None)
        if ours.done():
            return
        if self._ended:
            ours.set_result(Ended([]))
            return
        try:
            ours.set_result(theirs.result())
        except BaseException as problem:  # noqa: BLE001 - it decides what our future says
            ours_is = _meaning(problem, self.address)
            if isinstance(ours_is, Ended):
                ours.set_result(ours_is)
            else:
                ours.set_exception(ours_is)


def _meaning(problem, address):
    """What an error of Dask means for a chunk: an Ended, or the exception to raise."""
    kind = type(problem).__name__
    if kind == "KilledWorker":
        return Ended([], killed=True, known=False)
    if "Cancelled" in kind or isinstance(problem, OSError):
        return ClusterLost(f"the cluster at {address} is gone ({kind})")
    return SettingError(
        f"--cluster {address}: its workers cannot run this ({kind}: "
        f"{(str(problem).splitlines() or [''])[0]}).\n"
        "Scheduler and workers need the same version of districtsim as here."
    )


def _reached_by(address, tls, distributed):
    """Arguments of Dask's Client for an address."""
    if "://" not in address:
        path = Path(address)
        if not path.is_file():
            raise SettingError(
                f"--cluster {address}: no such file; give tcp://host:port, tls://host:port or the "
                "file that `dask scheduler --scheduler-file` writes."
            )
        how = {"scheduler_file": str(path)}
    elif address.startswith(("tcp://", "tls://")):
        how = {"address": address}
    else:
        raise SettingError(f"--cluster {address}: use tcp://host:port or tls://host:port.")
    for name, path in tls.items():
        if path is not None and not Path(path).is_file():
            raise SettingError(f"--tls-{name} {path}: no such file.")
    given = {name: path for name, path in tls.items() if path is not None}
    if given:
        words = {"ca": "tls_ca_file", "cert": "tls_client_cert", "key": "tls_client_key"}
        how["security"] = distributed.Security(
            require_encryption=True, **{words[name]: str(path) for name, path in given.items()}
        )
    return how
