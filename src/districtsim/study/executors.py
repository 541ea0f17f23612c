"""Executors: where chunks of runs are simulated: processes here, or workers of a Dask cluster.

Each is a `concurrent.futures.Executor`: `submit(runs)` gives a future of an `Ended`. Processes here
talk to one thread each over a pipe of their own and send every run as it ends, so that a process
that is killed costs the run it was in, whose fault it is known to be, and touches no other. (A
`ProcessPoolExecutor` breaks as a whole; and a worker killed while it holds the lock of the shared
queue, or half-way through writing to it, hangs it.)
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing.sharedctypes import RawValue

from districtsim.study.runs import attempt, code_version, warm_up
from districtsim.study.workers import LightContext, prepare_worker

STARTS = 3  # times that a process may fail to start in a row
END = "end"


@dataclass
class Ended:
    """What became of a chunk.

    results  [(history or RunFailed, CPU seconds)] of its first runs; all, if nothing happened
    killed   whether the process was killed, in the run that comes next if that is `known`, or else
             in any of the chunk
    version  code version of the process that ran them
    """

    results: list
    killed: bool = False
    known: bool = True
    version: str = ""


class LocalProcesses(Executor):
    """`count` processes on this machine, started when first needed.

    submit(runs)  a future of an Ended; never an exception but for processes that cannot start
    stop_soon()   every process stops after the run it is in; futures then end with fewer results
    kill()        end them now; futures end with what they had
    """

    def __init__(self, count):
        self.count = count
        self.window = count + 2  # chunks handed over: the next lie ready, few are given up
        self._tasks = queue.SimpleQueue()
        self._stop = RawValue("b", 0)  # read without a lock: nobody can die holding it
        self._processes = []
        self._dead = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, runs):
        """A future of what becomes of these runs."""
        future = Future()
        self._tasks.put((future, runs))
        return future

    def stop_soon(self):
        """Let every process end after the run it is in."""
        self._stop.value = 1

    def kill(self):
        """End every process now."""
        if self._dead:
            return
        self._dead = True
        self._stop.value = 1
        for _ in self._threads:
            self._tasks.put(None)
        for process in list(self._processes):
            with contextlib.suppress(ValueError, AttributeError):  # closed, or never started
                process.kill()

    def shutdown(self, wait=True, *, cancel_futures=False):
        """As of every executor; waits for what has been submitted unless told not to."""
        if cancel_futures or not wait:
            self.kill()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
        self.kill()

    def _serve(self):
        """One thread: hands chunks to one process and takes what comes back."""
        worker, failed = None, 0
        while (task := self._tasks.get()) is not None:
            future, runs = task
            if not future.set_running_or_notify_cancel():
                continue
            ended = Ended([])
            while (
                not future.done()
                and not ended.killed
                and ended.version == ""
                and not self._stop.value
            ):
                try:
                    worker = worker or _Worker(self._processes, self._stop)
                    if self._dead:  # while it was starting
                        worker.kill()
                    worker.ready()
                except (OSError, EOFError) as problem:
                    failed += 1 if worker is None or worker.gave_up() else 0
                    worker = None
                    if failed >= STARTS:
                        future.set_exception(OSError(f"worker processes do not start ({problem})"))
                    continue
                failed = 0
                try:
                    worker.ask(runs)
                except OSError:  # killed while it had nothing to do
                    worker = None
                    continue
                except Exception as problem:  # noqa: BLE001 - a run that cannot be handed over
                    future.set_exception(problem)
                    continue
                if not worker.take(ended):
                    worker = None
            if not future.done():
                future.set_result(ended)
        if worker is not None:
            worker.close()


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, processes, stop):
        context = LightContext(processes)
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, stop), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends when the process does
        self._greeted = False

    def ready(self):
        """Wait until the process has started. Raises EOFError or OSError if it does not."""
        if not self._greeted:
            self._pipe.recv()
            self._greeted = True

    def gave_up(self):
        """Whether the process ended by itself, not because somebody killed it."""
        self._process.join()
        return self._process.exitcode >= 0

    def ask(self, runs):
        """Hand it a chunk."""
        self._pipe.send(runs)

    def take(self, ended):
        """Fill in what comes back; False if the process was killed."""
        try:
            while True:
                said, content = self._pipe.recv()
                if said == END:
                    ended.version = content
                    return True
                ended.results.append(content)
        except (EOFError, OSError):
            ended.killed = True
            self._process.join()
            return False

    def kill(self):
        """End the process now."""
        self._process.kill()

    def close(self):
        """Let the process go."""
        self._pipe.close()


def _work(pipe, stop):
    """What a process does: chunk after chunk until the pipe ends."""
    prepare_worker()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the parent's to handle, as Ctrl-C is
    version = code_version()
    warm_up()  # before it is handed a run: what is killed meanwhile is no run's fault
    pipe.send("ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            for run in pipe.recv():
                if stop.value:
                    break
                pipe.send(("run", attempt(run)))
            pipe.send((END, version))


def run_chunk(runs):
    """Simulate a chunk in this process; what a Dask worker does."""
    return Ended([attempt(run) for run in runs], version=code_version())
