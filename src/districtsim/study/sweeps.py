"""Sweeps: the one loop that runs a plan anywhere, commits as it goes, and can stop or go on.

It hands chunks of runs to an executor, a few at a time, commits what comes back, runs again what a
killed process lost, and records what fails. What is committed is never run again.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass

import numpy as np

from districtsim.study import results
from districtsim.study.chunks import Stopped
from districtsim.study.folders import collecting, is_finished, write_stopping
from districtsim.study.runs import RunFailed, code_version
from districtsim.study.stopping import Watch
from districtsim.world.errors import SettingError

CHUNK_SECONDS = 1.0  # of work in a chunk: what is lost if this process is killed
SECONDS_A_PROCESS = 0.03  # more for many processes, so that committing keeps up with them
MOST_IN_A_CHUNK = 500
GRACE_SECONDS = 0.8  # for runs to end when the sweep is stopped
TICK_SECONDS = 0.2
DEATHS = 3  # of its process in a run, after which the run counts as failed: twice may be bad luck
KILLED = f"its worker process was killed, {DEATHS} times (out of memory?)"


@dataclass(frozen=True)
class Progress:
    """How far a sweep is.

    done, failed  runs committed, in this and earlier sessions; failed are among them
    total         runs there will be; with a stopping rule, at most
    rate          runs a second in this session, None at its start
    seconds_left  None if unknown
    """

    done: int
    failed: int
    total: int
    rate: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True)
class Ending:
    """How a session ended: progress, and whether results were put together or it was stopped."""

    progress: Progress
    finished: bool
    stopped: bool


class Sweep:
    """One session of a sweep.

    plan, store  what to run, and where results go
    executor     LocalProcesses or a Cluster
    shard        (which from 0, of how many), None for all
    on_progress  called with a Progress whenever there is something new, and a few times a second
    asked_to_stop  function that says whether to stop
    """

    def __init__(self, plan, store, executor, *, shard=None, on_progress=None, asked_to_stop=None):
        if plan.rule and shard is not None:
            raise SettingError(
                "replicates: a rule when to stop must see all runs; a shard sees its own only.\n"
                "Give a number of replicates, or leave out --shard."
            )
        self.plan, self.store, self.executor = plan, store, executor
        self._on_progress = on_progress or (lambda progress: None)
        self._asked_to_stop = asked_to_stop or (lambda: False)
        self._watch = Watch(plan.rule, plan) if plan.rule else None
        self._shard = shard
        self._deaths, self._stopping = Counter(), False
        self._again = deque()  # chunks that were lost with their process
        self._waiting = {}  # future -> numbers
        self._seconds_a_run, self._runs_here = None, 0

    def run(self):
        """Run what is missing, put the results together if that completes them; returns an Ending.

        Raises OSError if results cannot be written or a cluster is lost, SettingError if workers
        run other code; what had been committed is safe.
        """
        if is_finished(self.store.folder):
            self.executor.kill()
            return self._finished_before()
        self.store.prepare()
        self._done, self._failed = self.store.done()
        self._mine = np.ones(len(self.plan), dtype=bool)
        if self._shard is not None:
            which, shards = self._shard
            self._mine = self.plan.shard_of(np.arange(len(self.plan)), shards) == which
        self._needed = len(self.plan)
        if self._watch:
            self._recall()
        self._begun = time.monotonic()
        try:
            stopped = self._run_stages()
        finally:
            self.executor.kill()
        finished = False
        if not stopped:
            try:
                finished = self._collect()
            except Stopped:
                stopped = True
        return Ending(self._progress(), finished, stopped)

    def _finished_before(self):
        self.store.tidy()  # what an interruption while tidying left
        status = results.read_table(self.store.folder / results.RUNS)["status"].to_pylist()
        progress = Progress(len(status), status.count("failed"), len(status))
        return Ending(progress, finished=True, stopped=False)

    def _recall(self):
        """Give the rule's watch what earlier sessions committed."""
        rule, years = self.plan.rule, self.plan.experiment.years
        for number, value in self.store.numbers_of(rule.of, rule.group, years):
            self._watch.add(number, value)

    def _run_stages(self):
        """All runs, stage by stage if a rule looks at them; True if stopped before the end."""
        rule, looks, before = self.plan.rule, [], 0
        for replicates in rule.looks() if rule else [self.plan.replicates]:
            first, last = before * self.plan.cells, replicates * self.plan.cells
            missing = self._mine[first:last] & ~self._done[first:last]
            if self._run_numbers((first + np.flatnonzero(missing)).tolist()):
                return True
            before = replicates
            if rule:
                looks.append(self._watch.look(replicates))
                write_stopping(self.store.folder, vars(rule), looks)
                if looks[-1]["enough"]:
                    self._needed = last
                    break
        return False

    def _run_numbers(self, numbers):
        """Run these and commit them; True if stopped before the end."""
        fresh = deque(numbers)
        while True:
            if self._asked_to_stop():
                self._stop()
                return True
            while len(self._waiting) < self.executor.window and (self._again or fresh):
                self._submit(self._again.popleft() if self._again else self._chunk(fresh))
            if not self._waiting:
                return False
            self._take(wait(self._waiting, TICK_SECONDS, FIRST_COMPLETED).done)
            self._on_progress(self._progress())

    def _chunk(self, fresh):
        """The next numbers: about so many seconds of work, less at the end so that none waits."""
        size = 1
        if self._seconds_a_run is not None:
            seconds = CHUNK_SECONDS + SECONDS_A_PROCESS * self.executor.count
            size = round(seconds / max(self._seconds_a_run, 1e-6))
        size = min(size, MOST_IN_A_CHUNK, -(-len(fresh) // (2 * self.executor.count)))
        return [fresh.popleft() for _ in range(max(size, 1))]

    def _submit(self, numbers):
        runs = [self.plan.run(number) for number in numbers]
        self._waiting[self.executor.submit(runs)] = numbers

    def _take(self, futures):
        """Commit what chunks gave, in one go; what they did not give is to be run again."""
        numbers, given, problem = [], [], None
        for future in futures:
            chunk = self._waiting.pop(future)
            try:
                ended = self._checked(future.result())
            except (OSError, SettingError) as error:
                problem = error
                continue
            there = self._settled(chunk, ended)
            numbers += chunk[: len(there)]
            given += there
        if numbers:
            self.store.commit(numbers, given)
            self._note(numbers, given)
        if problem is not None:
            raise problem

    def _checked(self, ended):
        if ended.version and ended.version != code_version():
            raise SettingError(
                f"a worker runs version {ended.version} of districtsim; this is {code_version()}.\n"
                "Install the same everywhere, then resume."
            )
        return ended

    def _settled(self, chunk, ended):
        """Results of the first runs of a chunk; of the others, those to run again are noted."""
        there, rest = list(ended.results), chunk[len(ended.results) :]
        if self._stopping:  # it was us who killed it
            return there
        if ended.killed and rest and not ended.known and len(rest) > 1:
            self._again.extend([number] for number in rest)  # one at a time, so that blame is sure
            return there
        if ended.killed and rest:
            self._deaths[rest[0]] += 1
            if self._deaths[rest[0]] >= DEATHS:
                there.append((RunFailed(KILLED), float("nan")))
            else:
                self._again.append([rest[0]])
            rest = rest[1:]
        if rest:
            self._again.append(rest)
        return there

    def _note(self, numbers, given):
        self._done[numbers] = True
        self._runs_here += len(numbers)
        for number, (history, seconds) in zip(numbers, given):
            if isinstance(history, Exception):
                self._failed += 1
            else:
                before = self._seconds_a_run
                self._seconds_a_run = seconds if before is None else 0.9 * before + 0.1 * seconds
                if self._watch:
                    self._watch.add(number, self._watch.value_in(history))

    def _stop(self):
        """Let the runs that are at work end, for a moment, and commit all that have."""
        self._stopping = True
        self.executor.stop_soon()
        deadline = time.monotonic() + GRACE_SECONDS
        ended = set()
        while len(ended) < len(self._waiting) and time.monotonic() < deadline:
            left = deadline - time.monotonic()
            ended = wait(self._waiting, max(left, 0)).done
        self.executor.kill()
        self._take(wait(self._waiting, TICK_SECONDS).done)  # also what was cut off half-way

    def _collect(self):
        """Put the results together if this session's runs were the last; whether it did."""
        if self._shard is not None:
            self._done, self._failed = self.store.done()  # what the other shards have
            if not self._done.all():
                return False
        with contextlib.ExitStack() as held:
            if not collecting(held, self.store.folder):
                return False
            if not is_finished(self.store.folder):
                self.store.collect(self._asked_to_stop)
        return True

    def _progress(self):
        mine = self._mine[: self._needed]
        total, done = int(mine.sum()), int((self._done[: self._needed] & mine).sum())
        elapsed = time.monotonic() - self._begun
        rate = self._runs_here / elapsed if self._runs_here else None
        left = (total - done) / rate if rate else None
        return Progress(done, self._failed, total, rate, left)
