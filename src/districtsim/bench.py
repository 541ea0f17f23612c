"""Bench: how fast and how large a run is on this machine, with ratios to the slow twin.

Times are CPU seconds of one process (least and median of repeats), each run with its state drawn up
anew; nothing is asserted: machines differ, and differ from hour to hour, which is why the time of a
small NumPy addition stands beside them. Throughput is by the clock.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
import timeit
from pathlib import Path

SIZES = (20, 100, 1800)
FLOORS = {20: 0.1, 100: 0.3, 1800: 4.0}  # CPU seconds of a run of five years, NumPy alone
REPEATS = {20: 7, 100: 5, 1800: 2}
YEARS, TWIN_SCHOOLS = 5, 100
SETTLED, LEAK_RUNS = 50, 1000  # runs before memory is first read, and when it is read again
SWEEP_SCHOOLS, SWEEP_RUNS = 20, 60


def main(args):
    """Run the benchmarks and print them; args has `schools` (sizes or None) and `json`."""
    rows = list(measured(args.schools or SIZES))
    if args.json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return 0
    lines = [f"{'what':58} {'least':>10} {'median':>10}  {'floor':>9}"]
    for row in rows:
        numbers = " ".join(f"{_short(row[key]):>10}" for key in ("least", "median"))
        lines.append(f"{row['what']:58} {numbers}  {row['floor']:>9}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def measured(sizes):
    """Rows {"what", "least", "median", "floor"}, one benchmark after the other."""
    yield _row("time of adding 20 numbers in NumPy, microseconds", [_addition() for _ in range(9)])
    yield _row("districtsim --help, CPU s", [_help_seconds() for _ in range(5)], "0.3 s")
    for schools in sizes:
        _say(f"{schools} schools ...")
        floor = f"{FLOORS[schools]:g} s" if schools in FLOORS else ""
        seconds = [_run_seconds(schools) for _ in range(REPEATS.get(schools, 3))]
        yield _row(f"a run of {YEARS} years, {schools} schools, CPU s", seconds, floor)
    _say("memory ...")
    peak = _in_process(f"_peak({max(sizes)})")
    yield _row(f"peak memory, {max(sizes)} schools, MiB", [peak], "1024 MiB")
    growth = _in_process(f"_growth({SETTLED}, {LEAK_RUNS})")
    yield _row(f"memory growth, run {SETTLED} to run {LEAK_RUNS}, 5 schools, MiB", [growth], "flat")
    _say("many runs ...")
    for workers in (1, 2):
        what = f"{SWEEP_RUNS} runs of {SWEEP_SCHOOLS} schools, {workers} at a time, runs/s"
        yield _row(what, [_throughput(workers)])
    _say("slow twin ...")
    ratio = _twin_ratio()
    if ratio is None:
        _say("the slow twin is not part of an installed package; run from a checkout.")
    else:
        what = f"slow twin over engine, both measuring, {TWIN_SCHOOLS} schools, ratio"
        yield _row(what, ratio, "50")


def _row(what, values, floor=""):
    return {
        "what": what,
        "least": min(values),
        "median": statistics.median(values),
        "floor": floor,
    }


def _short(number):
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def _say(text):
    sys.stderr.write(f"{text}\n")


def _addition():
    import numpy as np

    numbers = np.ones(20)
    return min(timeit.repeat(lambda: numbers + numbers, number=2000, repeat=3)) / 2000 * 1e6


def _help_seconds():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import sys; sys.argv[1:] = ['--help']; from districtsim.cli import main; main()"
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _run_seconds(schools, seed=1, years=None):
    from districtsim.simulation import Simulation
    from districtsim.world.district import District
    from districtsim.world.policies import Policy

    district, policy = District.synthetic(schools=schools, seed=1), Policy("nothing")
    start = time.process_time()
    Simulation(district, policy, seed).run(years or YEARS)
    return time.process_time() - start


def _in_process(call):
    """A number found by one of the functions below in a fresh process."""
    code = f"import sys; from districtsim import bench; sys.stdout.write(str(bench.{call}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _peak(schools):
    _run_seconds(schools)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _growth(settled, runs):
    """Memory in use after `runs` runs of a year less after the first `settled`, MiB."""
    for seed in range(settled):
        _run_seconds(5, seed, years=1)
    first = _resident()
    for seed in range(settled, runs):
        _run_seconds(5, seed, years=1)
    return _resident() - first


def _resident():
    """Memory of this process, MiB: in use now where the system says so, else the most so far."""
    now = Path("/proc/self/statm")
    if now.is_file():
        return int(now.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _throughput(workers):
    """Runs a second, worker start-up included."""
    from districtsim.study.runs import Run, run_all
    from districtsim.world.district import District
    from districtsim.world.policies import Policy

    district, policy = District.synthetic(schools=SWEEP_SCHOOLS, seed=1), Policy("nothing")
    runs = [Run(district, policy, YEARS, 1, replicate) for replicate in range(1, SWEEP_RUNS + 1)]
    start = time.perf_counter()
    for _, history, _ in run_all(runs, workers=workers, progress=False):
        if isinstance(history, Exception):
            raise history
    return SWEEP_RUNS / (time.perf_counter() - start)


def _twin_ratio():
    """Twin over engine: the whole model for the same years and outcomes, five times in turn, both
    measuring; None without a checkout."""
    tests = Path(__file__).resolve().parents[2] / "tests"
    if not (tests / "twin" / "twin_measures.py").is_file():
        return None
    sys.path.insert(0, str(tests))
    try:
        from twin.twin_measures import run_and_measure
    finally:
        sys.path.remove(str(tests))
    from districtsim.simulation import Simulation
    from districtsim.world.district import District
    from districtsim.world.policies import Policy

    district, policy = District.synthetic(schools=TWIN_SCHOOLS, seed=1), Policy("nothing")
    ratios = []
    for _ in range(5):
        start = time.process_time()
        run_and_measure(district, policy, 1, YEARS)
        middle = time.process_time()
        Simulation(district, policy, 1).run(YEARS)
        ratios.append((middle - start) / (time.process_time() - middle))
    return ratios
