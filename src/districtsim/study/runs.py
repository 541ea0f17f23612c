"""Runs: one simulation each; many of them on all cores, the same to the last bit on any number."""

from __future__ import annotations

import hashlib
import sys
import time
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from districtsim.study.workers import WorkerDied, Workers, cores

SECONDS_A_BATCH = 0.5  # long enough that handing it over costs nothing, short enough for progress
SECONDS_ALONE = 2.0  # less work than this is done here: starting workers takes as long


class RunFailed(RuntimeError):
    """A simulation ended with an error; `details` is its traceback as text."""

    def __init__(self, message, details=""):
        super().__init__(message, details)
        self.details = details

    def __str__(self):
        return self.args[0]


@dataclass(frozen=True, eq=False)
class Run:
    """One simulation: a district under a policy for so many years, with one replicate's luck.

    seed       root seed of the whole study; `replicate` (from 1) picks the luck within it
    without    mechanisms switched off
    parameters {mechanism: {name: value}} in place of the cards' values
    weekly     outcomes also kept week by week; `outcomes` those kept by year (None: all)
    point      what the design varied, {name: value}, already set in `policy` and `parameters`, for
               tables; `number` is the point's index in sample order
    """

    district: object
    policy: object
    years: int
    seed: int
    replicate: int
    without: tuple = ()
    parameters: dict | None = None
    weekly: tuple = ()
    outcomes: tuple | None = None
    point: dict = field(default_factory=dict)
    number: int = 0

    def as_row(self):
        """Everything that says which run this was: a row of runs.parquet, without its results."""
        return {**self.labels(), **_numbers_in_force(self.policy, self.parameters)}

    def labels(self):
        """The same without the numbers of the model."""
        return {
            "district": getattr(self.district, "name", self.district),
            "policy": self.policy.name,
            "point": self.number,
            "replicate": self.replicate,
            "seed": self.seed,
            "run_seed": run_seed(self.seed, self.replicate),
            "years": self.years,
            "without": " ".join(self.without),
            "version": code_version(),
        }


def run_seed(seed, replicate):
    """Seed of one replicate, 0 to 2**63 - 1: never depends on policy, district or design point.

    So arms that are compared meet the same luck, and adding an arm changes no other.
    """
    digest = hashlib.blake2b(f"districtsim:{seed}:{replicate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def warm_up():
    """Import the model and read its cards, which else the first run of a process does."""
    from districtsim import simulation  # noqa: F401 - for its own sake
    from districtsim.world.parameters import cards

    cards()


def simulate_run(run):
    """Run it here; returns (History, CPU seconds). Errors of the model come through as they are."""
    from districtsim import simulation
    from districtsim.world.district import District

    begun = time.process_time()
    district = run.district
    if isinstance(district, str):
        district = District.load(district)
    history = simulation.Simulation(
        district,
        run.policy,
        run_seed(run.seed, run.replicate),
        without=run.without,
        parameters=run.parameters,
        weekly=run.weekly,
    ).run(run.years)
    if run.outcomes is not None:
        kept = {name: it for name, it in history.yearly.items() if name in run.outcomes}
        history = SimpleNamespace(yearly=kept, weekly=history.weekly)
    return history, time.process_time() - begun


def run_all(runs, *, workers=None, progress=True):
    """Run them all; yields (run, History or the error, CPU seconds) in the order of `runs`.

    A run that fails is yielded with its `RunFailed` or `WorkerDied` and the others go on. `workers`
    is the number of processes (default: one for each core); the results are the same to the last
    bit whatever it is. With `progress`, a bar on standard error once two seconds have passed.
    """
    runs = list(runs)
    bar = _progress_bar(len(runs)) if progress else None
    failed = 0
    finished = _run_all(runs, workers or cores())
    try:
        for run, (history, seconds) in zip(runs, finished):
            if isinstance(history, Exception):
                failed += 1
            if bar is not None:
                if failed:
                    bar.set_postfix_str(f"{failed} failed", refresh=False)
                bar.update()
            yield run, history, seconds
    finally:
        finished.close()
        if bar is not None:
            bar.close()


def _run_all(runs, workers):
    if not runs:
        return
    # The first run is done here: it says how long one takes, and fails early if all would.
    first = attempt(runs[0])
    yield first
    seconds, others = max(first[1], 1e-6), runs[1:]
    workers = min(workers, len(others))
    if workers < 2 or seconds * len(others) < SECONDS_ALONE:
        yield from map(attempt, others)
        return
    size = max(1, min(round(SECONDS_A_BATCH / seconds), len(others) // (workers * 4), 64))
    team = Workers(workers)
    try:
        for result in team.map(attempt, others, size):
            yield (result, float("nan")) if isinstance(result, WorkerDied) else result
    finally:
        team.stop()


def attempt(run):
    """Run it here; returns (History, CPU seconds), or RunFailed in place of the History."""
    begun = time.process_time()
    try:
        own = getattr(run, "simulate", None)  # a run of another kind carries itself out
        return own() if own is not None else simulate_run(run)
    except Exception as error:  # noqa: BLE001 - one bad run must not end the others
        failure = RunFailed(f"{type(error).__name__}: {error}", traceback.format_exc())
        return failure, time.process_time() - begun


def _numbers_in_force(policy, parameters):
    """Every card's value, {"mechanism.name" or "group.lever": value}, as the run sets it."""
    from districtsim.world.parameters import cards

    levers, numbers = {}, {}
    for mechanism, of_mechanism in cards().items():
        changed = (parameters or {}).get(mechanism, {})
        for name, card in of_mechanism.items():
            if card.lever:
                levers[card.lever] = policy.levers.get(card.lever, card.value)
            else:
                numbers[f"{mechanism}.{name}"] = changed.get(name, card.value)
    return {**numbers, **levers}


@cache
def code_version():
    """The version of the package and a hash of its source, such as '0.1.0+3f2a9c1b'."""
    from importlib.metadata import PackageNotFoundError, version

    package = Path(__file__).resolve().parents[1]
    source = hashlib.blake2b(digest_size=4)
    for path in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".yaml")):
        source.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    try:
        number = version("districtsim")
    except PackageNotFoundError:  # run from a source folder that was never installed
        number = "0"
    return f"{number}+{source.hexdigest()}"


def _progress_bar(total):
    from tqdm import tqdm

    on_screen = sys.stderr.isatty()
    return tqdm(
        total=total,
        unit=" runs",
        file=sys.stderr,
        delay=2,
        mininterval=0.1 if on_screen else 10,  # a log file wants a line now and then
        dynamic_ncols=on_screen,
        bar_format="{percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} runs, {rate_noinv_fmt}, "
        "{remaining} left{postfix}",
    )
