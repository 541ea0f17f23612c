"""Sweeps: `sweep EXPERIMENT`: many runs that survive anything, anywhere."""

import contextlib
import shlex
import sys
import time
from pathlib import Path

from districtsim.cli import running
from districtsim.cli.folders import RESULTS, results_folder
from districtsim.cli.printing import show, text
from districtsim.record.plain import without_password
from districtsim.study import settings
from districtsim.study.designs import Experiment
from districtsim.world.errors import SettingError

DONE, FAILED, INTERRUPTED = 0, 1, 130
QUIET_SECONDS = 60  # between lines of progress where nobody watches
MOST_SHARDS = 100_000


def sweep(arguments):
    """Run an experiment, or the rest of it; print how it ended and where the results are."""
    from districtsim.study.plan import Plan

    experiment = Experiment.load(arguments.experiment)
    workers, shard = running.workers(arguments), _shard(arguments.shard)
    plan = Plan(experiment)
    plan.check()
    _check_observer(arguments.observe)
    if arguments.dry_run:
        return _dry_run(arguments, plan, workers, shard)
    if shard is not None and arguments.out is None:
        raise SettingError("--shard: name one folder for all shards with --out.")
    with _folder(arguments, experiment.name) as folder:
        return _in_folder(arguments, plan, folder, workers, shard)


def _in_folder(arguments, plan, folder, workers, shard):
    from districtsim.record.sweeping import recorded
    from districtsim.study.folders import sweep_folder
    from districtsim.study.signals import stop_on_signals

    again = _command(arguments, folder)
    begun = time.monotonic()
    bar = _Bar(folder)
    executor = _executor(arguments, workers)
    try:
        with (
            stop_on_signals() as asked_to_stop,
            sweep_folder(folder, plan, resume=arguments.resume, shard=shard),
        ):
            ending = recorded(
                plan,
                folder,
                executor,
                shard=shard,
                on_progress=bar.show,
                asked_to_stop=asked_to_stop,
                observe=arguments.observe,
            )
    except KeyboardInterrupt:
        bar.close()
        print(f"\nAborted; what was committed is safe. To go on: {again}", file=sys.stderr)
        return INTERRUPTED
    except OSError as problem:
        bar.close()
        why = problem.strerror or str(problem)
        print(
            f"{folder}: the sweep had to stop: {why}. What was committed is safe.\n"
            f"When that is mended, go on with: {again}",
            file=sys.stderr,
        )
        return FAILED
    finally:
        bar.close()
        executor.kill()
    return _say_ending(arguments, plan, folder, ending, time.monotonic() - begun, again)


def _check_observer(observe):
    """Refuse an address that cannot be meant before a folder is made."""
    from districtsim.record.databases import chosen, observer_for

    if chosen(observe)[0] is not None:
        observer_for(observe, print)


def _executor(arguments, workers):
    if arguments.cluster is None:
        from districtsim.study.executors import LocalProcesses
        from districtsim.study.workers import cores

        return LocalProcesses(workers or cores())
    from districtsim.study.cluster import Cluster

    if workers is not None:
        raise SettingError("--workers: with --cluster, the cluster says how many there are.")
    tls = {"ca": arguments.tls_ca, "cert": arguments.tls_cert, "key": arguments.tls_key}
    return Cluster(arguments.cluster, tls)


@contextlib.contextmanager
def _folder(arguments, name):
    """--out, or the last folder of this experiment to resume, or a new one."""
    if arguments.out is not None:
        yield Path(arguments.out)
        return
    if arguments.resume:
        there = [path.parent for path in (RESULTS / name).glob("*/experiment.json")]
        numbered = [path for path in there if path.name.isdigit()]
        if numbered:
            yield max(numbered, key=lambda path: int(path.name))
            return
    with results_folder(name) as folder:
        yield folder


def _shard(given):
    """(which from 0, of how many) from "i/n", i from 1; None if not given."""
    if given is None:
        return None
    which, _, shards = given.partition("/")
    where = f"--shard {given}"
    shards = settings.whole(running.number(shards), where, 1, MOST_SHARDS, "i/n: n shards")
    return settings.whole(running.number(which), where, 1, shards, "i/n: this one") - 1, shards


def _command(arguments, folder):
    words = ["districtsim", "sweep", arguments.experiment, "--resume", "--out", str(folder)]
    for option in ("workers", "cluster", "shard", "observe", "tls_ca", "tls_cert", "tls_key"):
        value = getattr(arguments, option)
        if value is not None:
            words += [f"--{option.replace('_', '-')}", without_password(str(value))]
    return shlex.join(words)


def _say_ending(arguments, plan, folder, ending, seconds, again):
    progress = ending.progress
    facts = {
        "folder": str(folder),
        "runs": progress.total,
        "done": progress.done,
        "failed": progress.failed,
        "finished": ending.finished,
        "stopped": ending.stopped,
        "replicates": progress.total // plan.cells if arguments.shard is None else None,
        "seconds": round(seconds, 3),
        "runs_per_second": progress.rate,
    }
    if arguments.json:
        show([], True, **facts)
    elif ending.finished:
        rate = f", {text(progress.rate)} runs/s" if progress.rate else ""
        print(f"{progress.done:,} runs, {progress.failed:,} failed, {duration(seconds)}{rate}")
        print(f"numbers  {folder}/values.parquet\nruns     {folder}/runs.parquet")
    elif not ending.stopped:
        print(f"{progress.done:,} runs of this shard are done; others are at work in {folder}.")
    if ending.stopped:
        print(
            f"\nStopped: {progress.done:,} of {progress.total:,} runs are committed, readable in "
            f"{folder}.\nTo go on: {again}",
            file=sys.stderr,
        )
        return INTERRUPTED
    return _say_failures(folder, progress)


def _say_failures(folder, progress):
    if not progress.failed:
        return DONE
    from districtsim.study.replays import first_failure

    row = first_failure(folder)
    print(
        f"{progress.failed:,} runs failed; the first: {row['error'].splitlines()[0]}\n"
        f"Alone again: districtsim run --replay {row['run_id']} --from {folder}",
        file=sys.stderr,
    )
    return FAILED


def _dry_run(arguments, plan, workers, shard):
    from districtsim.study.estimates import estimate
    from districtsim.study.workers import cores

    count = workers or cores()
    if arguments.cluster is not None:
        executor = _executor(arguments, workers)
        count = executor.count
        executor.kill()
    found = estimate(plan, count, shard[1] if shard else 1)
    if arguments.json:
        show([], True, **vars(found))
        return DONE
    most = " at most" if plan.rule else ""
    part = f", a {shard[1]}th of them here" if shard else ""
    print(f"{found.points:,} points, {found.cells:,} cells, {found.replicates:,} replicates{most}")
    print(f"{found.runs:,} runs{most}{part}")
    print(f"{text(found.seconds_a_run)} CPU seconds a run, mean of {found.sampled} timed")
    print(f"{duration(found.seconds)} with {count} workers; {found.bytes / 1e6:,.1f} MB of disk")
    if found.failed:
        print(f"{found.failed} of the {found.sampled} runs timed failed.", file=sys.stderr)
        return FAILED
    return DONE


def duration(seconds):
    """Seconds as people say them: 12 s, 3 min 20 s, 5 h 10 min."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


class _Bar:
    """Progress on standard error: a live bar on a screen, a line now and then elsewhere."""

    def __init__(self, folder):
        self._folder, self._bar, self._failed = folder, None, 0
        self._begun = self._said = time.monotonic()
        self._on_screen = sys.stderr.isatty()

    def show(self, progress):
        """Show it, once two seconds have passed."""
        now = time.monotonic()
        if now - self._begun < 2:
            return
        if self._on_screen:
            self._update(progress)
        elif now - self._said > QUIET_SECONDS:
            self._said = now
            print(
                f"{progress.done:,} of {progress.total:,} runs{_pace(progress)}; "
                f"readable in {self._folder}",
                file=sys.stderr,
                flush=True,
            )

    def close(self):
        """Leave the last state on the screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _update(self, progress):
        if self._bar is None:
            from tqdm import tqdm

            print(f"Partial results can be read in {self._folder}", file=sys.stderr)
            self._bar = tqdm(
                total=progress.total, initial=progress.done, unit=" runs", file=sys.stderr,
                dynamic_ncols=True, bar_format="{percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} "
                "runs{postfix}",
            )  # fmt: skip
        self._bar.total, self._bar.n = progress.total, progress.done
        self._bar.set_postfix_str(_pace(progress).removeprefix(","), refresh=False)
        self._bar.refresh()


def _pace(progress):
    """What follows the number of runs: rate, time left and failures, where there are any."""
    said = ""
    if progress.rate is not None:
        said += f", {text(progress.rate)} runs/s, {duration(progress.seconds_left)} left"
    return said + (f", {progress.failed:,} failed" if progress.failed else "")
