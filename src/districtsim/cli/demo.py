"""Demo: the three headline comparisons on a real district, as one table, figures and a report."""

import itertools
import sys

from districtsim import api
from districtsim.cli.folders import results_folder
from districtsim.cli.printing import show
from districtsim.cli.running import failures, plan, workers
from districtsim.study import headlines, results, settings
from districtsim.study.runs import run_all
from districtsim.study.workers import WorkerDied, Workers, cores
from districtsim.world.errors import SettingError

COLUMNS = {
    "question": "question",
    "effect": "effect",
    "interval": "95 % interval",
    "meaning": "what it means",
}
CAVEAT = (
    "Intervals cover the luck of {replicates} paired runs, not doubts about the model's "
    "numbers;\n'districtsim describe parameters' shows where each comes from."
)


def demo(arguments):
    """Run the experiments, print what they say, write figures and a report."""
    asked = plan(arguments)
    if asked["replicates"] < 2:
        raise SettingError("--replicates is 1; the demo shows intervals and needs 2 or more.")
    district = settings.check_district(arguments.district, "--district")
    experiments = headlines.experiments(district, **asked)
    count = workers(arguments)
    with results_folder("demo", arguments.out) as folder:
        found = _run(experiments, folder, count)
        rows = [
            {"experiment": name, **row}
            for name, its_own in found.items()
            for row in headlines.answers(name, its_own.values)
        ]
        show(
            rows,
            arguments.json,
            columns=COLUMNS,
            spaced=True,
            folder=str(folder),
            district=district.title,
        )
        print("Drawing the figures and the report ...", file=sys.stderr, flush=True)
        *figures, report = _show_for_people(list(found), folder, rows, district, count)
    if not arguments.json:
        size = f"{len(district.schools)} schools, {asked['years']} years"
        print(f"\n{district.title}, {size}.\n{CAVEAT.format(replicates=asked['replicates'])}\n")
        print("\n".join(f"figure   {path}" for path in figures))
        print(f"report   {report}\nnumbers  {folder}/*/values.parquet")
    return failures(list(found.values()))


def _run(experiments, folder, count):
    """All experiments under one progress bar, each with its own folder: {name: Results}."""
    plans = {experiment.name: experiment.runs() for experiment in experiments}
    finished = run_all(itertools.chain.from_iterable(plans.values()), workers=count)
    return {
        name: results.write(folder / name, itertools.islice(finished, len(runs)))
        for name, runs in plans.items()
    }


def _show_for_people(names, folder, rows, district, count):
    """Draw the figures of each experiment and write the report, side by side; returns paths."""
    jobs = [(_report, folder, rows, district), *((_draw, folder, name) for name in names)]
    if count == 1 or cores() == 1:
        done = [_do(job) for job in jobs]
    else:
        team = Workers(2)
        try:
            done = list(team.map(_do, jobs, 1))
        finally:
            team.stop()
    for result in done:
        if isinstance(result, WorkerDied):
            raise result
    report, *figures = done
    return [*itertools.chain.from_iterable(figures), report]


def _do(job):
    function, *arguments = job
    return function(*arguments)


def _draw(folder, name):
    return api.draw(name, results.open_results(folder / name), ("png",))


def _report(folder, rows, district):
    return api.write_report(folder, rows, [district])
