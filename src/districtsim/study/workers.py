"""Workers: processes that run simulations, start light, stop at once, outlive nobody.

Why not a plain `ProcessPoolExecutor`: a started worker would import the script that started it (and
with it Sacred, pandas, or an unguarded `ds.simulate(...)` that starts workers again); Ctrl-C would
wait for every run handed out; a killed parent would leave its workers behind; and one worker that
dies takes the whole pool with it. Each of these has its few lines here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import types
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess

# One thread each: two workers with two threads each would fight over two cores.
SINGLE_THREADED = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
}
BATCHES_WAITING = 3  # for each worker: enough to keep it busy, few enough to stop soon
_starting = threading.Lock()


class WorkerDied(RuntimeError):
    """A worker process was killed, most often for want of memory, over this item."""


class Workers:
    """`count` processes that apply one function to many items; results come back in order."""

    def __init__(self, count):
        self.count = count
        self._processes = []
        self._pool = self._new_pool()

    def map(self, function, items, size):
        """Yield `function(item)` for each item, in their order, handing out `size` at a time.

        An item whose worker is killed twice, the second time alone in it, gives a `WorkerDied` in
        place of its result; the others are not touched.
        """
        batches = (items[begin : begin + size] for begin in range(0, len(items), size))
        waiting = deque()  # (batch, future), oldest first
        while True:
            while len(waiting) < self.count * BATCHES_WAITING:
                batch = next(batches, None)
                if batch is None:
                    break
                waiting.append((batch, self._submit(function, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                # All that wait were lost with the pool. One at a time now, so that blame is sure.
                lost = [*batch, *(item for others, _ in waiting for item in others)]
                waiting.clear()
                results = (self._alone(function, item) for item in lost)
            yield from results

    def stop(self):
        """End every worker now, in the middle of a run if need be."""
        for process in self._processes:
            if process.is_alive():
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._processes.clear()

    def _new_pool(self):
        return ProcessPoolExecutor(
            self.count, mp_context=LightContext(self._processes), initializer=prepare_worker
        )

    def _replace_pool(self):
        self.stop()
        self._pool = self._new_pool()

    def _submit(self, function, batch):
        try:
            return self._pool.submit(_each, function, batch)
        except BrokenProcessPool:
            self.stop()
            self._pool = self._new_pool()
            return self._pool.submit(_each, function, batch)

    def _alone(self, function, item):
        try:
            return self._submit(function, [item]).result()[0]
        except BrokenProcessPool:
            return WorkerDied("its worker process was killed, twice (out of memory?)")


def _each(function, batch):
    return [function(item) for item in batch]


def cores():
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LightContext(SpawnContext):
    """Starts processes afresh, leaves `__main__` alone and remembers whom it started."""

    def __init__(self, started):
        self._started = started

    def Process(self, *args, **kwargs):
        process = _LightProcess(*args, **kwargs)
        self._started.append(process)
        return process


class _LightProcess(SpawnProcess):
    @staticmethod
    def _Popen(process):
        with _starting, _plain_main(), _environment(SINGLE_THREADED):
            return SpawnProcess._Popen(process)


@contextmanager
def _plain_main():
    """Hide the running script, which a new worker would otherwise import for nothing."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def _environment(settings):
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def prepare_worker():
    """Leave Ctrl-C to the parent, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent():
    parent_process().join()
    os._exit(1)
