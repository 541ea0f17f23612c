"""Sweeping: small sweeps for tests, in this process or as the command in one of its own."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

from districtsim.study.chunks import Store
from districtsim.study.designs import Experiment
from districtsim.study.executors import LocalProcesses, run_chunk
from districtsim.study.folders import sweep_folder
from districtsim.study.plan import Plan
from districtsim.study.sweeps import Sweep
from districtsim.world.policies import Policy

SOURCE = Path(__file__).resolve().parents[1] / "src"
COMMAND = [sys.executable, "-c", "import sys; from districtsim.cli import main; sys.exit(main())"]
PAGE = """\
districts: [{synthetic: {schools: 2, seed: 1}}]
policies: [status_quo, leader_led]
vary: {supervision.caseload: [8, 12, 16], time_use.meetings: [0.1, 0.3]}
years: 1
"""


def experiment(**more):
    """Two policies in a made-up district of two schools; anything can be changed."""
    page = {
        "districts": [{"synthetic": {"schools": 2, "seed": 1}}],
        "policies": [Policy("usual"), Policy("small", {"supervision.caseload": 6})],
        "years": 1,
        "replicates": 3,
        **more,
    }
    return Experiment.from_dict("test", page)


def sweep_here(folder, made, *, executor=None, **more):
    """One session of a sweep in this process; returns its Ending."""
    plan = Plan(made)
    shard = more.get("shard")
    with sweep_folder(folder, plan, resume=more.pop("resume", False), shard=shard):
        store = Store(folder, plan)
        return Sweep(plan, store, executor or LocalProcesses(2), **more).run()


def start(folder, file, *options, **more):
    """`districtsim sweep FILE --out FOLDER ...` as a process of its own."""
    arguments = ["sweep", str(file), "--out", str(folder), *map(str, options)]
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        **more,
    )


def finish(process, code=0, seconds=120):
    """Wait for it; returns what it printed (output, errors)."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == code, err
    return out, err


def wait_for(happened, seconds=60):
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def committed_runs(folder):
    """How many chunks have been committed."""
    return len(list((Path(folder) / "chunks" / "runs").glob("[0-9]*.parquet")))


def workers_of(process):
    """Process numbers of a sweep's worker processes."""
    import psutil

    try:
        children = psutil.Process(process.pid).children()
        return [c.pid for c in children if "spawn_main" in " ".join(c.cmdline())]
    except psutil.Error:
        return []


def kill(pid):
    """kill -9; True if there was such a process."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def values_of(folder):
    """Bytes of a finished sweep's values.parquet."""
    return (Path(folder) / "values.parquet").read_bytes()


class Here:
    """An executor that runs chunks at once, in this process; `change` may spoil what they give."""

    count, window = 1, 2

    def __init__(self, change=lambda runs, ended: ended):
        self._change, self.chunks, self.killed = change, [], False

    def submit(self, runs):
        self.chunks.append([(run.policy.name, run.number, run.replicate) for run in runs])
        future = Future()
        try:
            future.set_result(self._change(runs, run_chunk(runs)))
        except OSError as problem:
            future.set_exception(problem)
        return future

    def stop_soon(self):
        pass

    def kill(self):
        self.killed = True
