"""Bench of sweeps: rate against one process alone, memory against the number of runs, query times.

Rates are by the clock. The single process simulates the same runs, and nothing else, while the
other cores idle; the sweep also writes, commits and puts together. Memory is the most that the main
process of the sweep has used; workers are the size of one run.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCHOOLS, YEARS = 20, 5
RUNS = (100, 1000)
ALONE = 60  # runs of the single process, before and after
QUERY = """
    SELECT policy, year, avg(value), stddev(value) FROM '{}'
    WHERE outcome = 'teaching_quality' AND "group" = 'all' GROUP BY ALL
"""


def main(args):
    """Run the benchmark and print it; args has `runs` (numbers of runs or None) and `json`."""
    rows = list(measured(args.runs or RUNS))
    if args.json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return 0
    for row in rows:
        sys.stdout.write(f"{row['what']:64} {row['value']:>10.4g}\n")
    return 0


def measured(sizes):
    """Rows {"what", "value"}, for each number of runs."""
    from districtsim.study.workers import cores

    count = cores()
    for runs in sizes:
        sys.stderr.write(f"{runs:,} runs ...\n")
        before = _in_process(f"_alone({ALONE})")
        found = _in_process(f"_sweep({runs})")
        after = _in_process(f"_alone({ALONE})")
        alone = (before + after) / 2
        what = f"{runs:,} runs of {SCHOOLS} schools, {YEARS} years: "
        yield {"what": what + "one process, runs/s", "value": alone}
        yield {"what": what + f"sweep on {count} cores, runs/s", "value": found["rate"]}
        share = found["rate"] / (alone * count)
        yield {"what": what + f"sweep over {count} x one process", "value": share}
        yield {"what": what + "putting together, s", "value": found["collecting"]}
        yield {"what": what + "most memory of the main process, MiB", "value": found["memory"]}
        yield {"what": what + "values.parquet, MB", "value": found["megabytes"]}
        yield {"what": what + "rows of values", "value": found["rows"]}
        for library in ("duckdb", "pandas"):
            if found[library] is not None:
                name = what + f"mean and spread by policy and year, {library}, s"
                yield {"what": name, "value": found[library]}


def _in_process(call):
    """What one of the functions below finds in a fresh process."""
    code = (
        "import json, sys; from districtsim import bench_sweeps; "
        f"found = bench_sweeps.{call}; sys.stdout.write(json.dumps(found))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _plan(runs):
    from districtsim.study.designs import Experiment
    from districtsim.study.plan import Plan

    page = {
        "districts": [{"synthetic": {"schools": SCHOOLS, "seed": 1}}],
        "policies": ["status_quo", "leader_led"],
        "vary": {"supervision.caseload": [8, 12, 16, 20, 24]},
        "years": YEARS,
        "replicates": max(1, runs // 10),
    }
    return Plan(Experiment.from_dict("bench", page))


def _alone(runs):
    """Runs a second of this process, once it is warm."""
    from districtsim.study.runs import attempt

    plan = _plan(runs)
    attempt(plan.run(0))
    begun = time.perf_counter()
    for number in range(len(plan)):
        attempt(plan.run(number))
    return len(plan) / (time.perf_counter() - begun)


def _sweep(runs):
    """Rate, memory and what comes after of a sweep of this many runs in a folder of its own."""
    from districtsim.study.chunks import Store
    from districtsim.study.executors import LocalProcesses
    from districtsim.study.folders import sweep_folder
    from districtsim.study.sweeps import Sweep
    from districtsim.study.workers import cores

    folder = Path(tempfile.mkdtemp(prefix="districtsim-bench-"))
    plan = _plan(runs)
    moments = []
    try:
        with sweep_folder(folder, plan):
            work = Sweep(
                plan,
                Store(folder, plan),
                LocalProcesses(cores()),
                on_progress=lambda progress: moments.append((time.perf_counter(), progress.done)),
            )
            work.run()
        ended = time.perf_counter()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        first = next((moment, done) for moment, done in moments if done)
        values = folder / "values.parquet"
        return {
            # from the first chunk on: workers have started by then
            "rate": (len(plan) - first[1]) / (moments[-1][0] - first[0]),
            "collecting": ended - moments[-1][0],
            "memory": memory,
            "megabytes": values.stat().st_size / 1e6,
            "rows": _rows(values),
            "duckdb": _duckdb_seconds(values),
            "pandas": _pandas_seconds(values),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rows(values):
    import pyarrow.parquet

    return pyarrow.parquet.read_metadata(values).num_rows


def _duckdb_seconds(values):
    """Seconds of a query, None where DuckDB is not installed; the second of two, files cached."""
    try:
        import duckdb
    except ImportError:
        return None
    for _ in range(2):
        begun = time.perf_counter()
        duckdb.sql(QUERY.format(values)).fetchall()
        seconds = time.perf_counter() - begun
    return seconds


def _pandas_seconds(values):
    import pandas as pd

    for _ in range(2):
        begun = time.perf_counter()
        table = pd.read_parquet(
            values,
            columns=["policy", "year", "value"],
            filters=[("outcome", "==", "teaching_quality"), ("group", "==", "all")],
        )
        table.groupby(["policy", "year"], observed=True).value.agg(["mean", "std"])
        seconds = time.perf_counter() - begun
    return seconds
