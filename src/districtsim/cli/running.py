"""Running: `run`, `compare` and `bench`; everything is checked before any work."""

import sys

from districtsim import api
from districtsim.cli.folders import results_folder
from districtsim.cli.printing import show
from districtsim.outcomes import outcomes
from districtsim.study import analysis, settings
from districtsim.study.designs import Experiment
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import levers, read_word

SWEEP_SIZES = (10, 1_000_000)  # what bench sweep takes
DISTRICT_SIZES = (2, 5000)  # what District.synthetic makes


def run(arguments):
    """Simulate one policy; print the yearly outcomes of the first and the last year."""
    if arguments.replay is not None:
        from districtsim.cli.replaying import replay

        return replay(arguments)
    if arguments.policy is None:
        raise SettingError("districtsim run: name a POLICY, or --replay a run of a sweep.")
    experiment = _experiment(arguments, [arguments.policy], weekly=api.WEEKLY)
    found = _simulate(arguments, "run", experiment)
    if len(found.values):
        means = analysis.means(found.values)
        _print(arguments, "run", _course(means, experiment.years), found, "95 % intervals")
    return failures([found])


def compare(arguments):
    """Compare policies with the first; print the differences in the last year."""
    experiment = _experiment(arguments, [arguments.policy, *arguments.others])
    found = _simulate(arguments, "compare", experiment)
    baseline = experiment.policies[0].name
    if baseline in found.values["policy"].unique():
        effects = analysis.paired_differences(found.values, baseline)
        effects = effects if arguments.json else effects[effects.year == experiment.years]
        about = f"Differences from {baseline} in year {experiment.years}, 95 % intervals"
        _print(arguments, "compare", effects.to_dict("records"), found, about)
    return failures([found])


def bench(arguments):
    """Measure speed and memory; `arguments.schools` is a list of numbers, or None for the usual."""
    if arguments.schools is not None:
        arguments.schools = [
            settings.whole(number(text), "--schools", *DISTRICT_SIZES, "schools of a district")
            for text in arguments.schools
        ]
    if arguments.what == "sweep":
        from districtsim import bench_sweeps

        if arguments.runs is not None:
            arguments.runs = [
                settings.whole(number(text), "--runs", *SWEEP_SIZES, "runs of a sweep")
                for text in arguments.runs
            ]
        return bench_sweeps.main(arguments)
    if arguments.what is not None:
        raise SettingError(f"districtsim bench: '{arguments.what}' is not known; give sweep.")
    from districtsim import bench

    return bench.main(arguments)


def _experiment(arguments, names, weekly=()):
    changes = _changes(arguments.set)
    policies = [settings.check_policy(name) for name in names]
    return Experiment(
        "",
        (settings.check_district(arguments.district),),
        tuple(policy.replaced(changes) if changes else policy for policy in policies),
        **plan(arguments),
        weekly=weekly,
        parameters=settings.check_parameters(arguments.scenario, "--scenario"),
    )


def plan(arguments):
    """Years, replicates and seed of the command line, checked."""
    return {
        "years": settings.check_years(number(arguments.years), "--years"),
        "replicates": settings.check_replicates(number(arguments.replicates), "--replicates"),
        "seed": settings.check_seed(number(arguments.seed), "--seed"),
    }


def workers(arguments):
    """Number of processes of the command line, checked, or None."""
    given = arguments.workers
    return settings.check_workers(None if given is None else number(given), "--workers")


def number(text):
    """A whole number if the text is one; anything else is left for the check to refuse."""
    try:
        return int(text)
    except ValueError:
        return text


def _changes(settings_given):
    changes = {}
    for text in settings_given:
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingError(
                f"--set {text}: expected group.lever=value.{nearest(text, levers())}\n"
                "'districtsim describe levers' lists the levers."
            )
        changes[name] = read_word(name, value, "--set")
    return changes


def _simulate(arguments, command, experiment):
    from districtsim.study import results
    from districtsim.study.runs import run_all

    count = workers(arguments)
    with results_folder(command, arguments.out) as folder:
        return results.write(folder, run_all(experiment.runs(), workers=count))


def _course(means, years):
    """First and last year side by side, a row per outcome and group."""
    labels = ["outcome", "group"]
    last = means[means.year == years].set_index(labels)[["mean", "low", "high"]]
    if years > 1:
        last.insert(0, "year_1", means[means.year == 1].set_index(labels)["mean"])
    return last.rename(columns={"mean": f"year_{years}"}).reset_index().to_dict("records")


def _print(arguments, command, rows, found, about):
    if not rows:  # every run that could be compared has failed
        return
    units = {name: outcome.unit for name, outcome in outcomes().items()}
    rows = [{**row, "unit": units[row["outcome"]]} for row in rows]
    if not (arguments.json or arguments.all):
        rows = _main_groups(rows)
    names = [name for name in rows[0] if name not in ("year", "replicates")]
    show(
        rows,
        arguments.json,
        columns={name: name.replace("_", " ") for name in names},
        folder=str(found.folder),
        failed=len(found.failed),
    )
    figures = api.draw(command, found, ("png",))
    if not arguments.json:
        every = "" if arguments.all else " Every group: --all."
        print(f"\n{about} over {found.runs.replicate.nunique()} replicates.{every}\n")
        print("\n".join(f"figure   {path}" for path in figures))
        print(f"numbers  {found.folder}/values.parquet")


def _main_groups(rows):
    """The rows of group "all" of the outcomes that have it; of the others, what is not zero."""
    whole = {row["outcome"] for row in rows if row["group"] == "all"}
    return [
        row
        for row in rows
        if row["group"] == "all"
        or (row["outcome"] not in whole and (row["low"] != 0 or row["high"] != 0))
    ]


def failures(all_found):
    """Exit code of one or more Results, with a word on standard error if a run failed."""
    total = sum(len(found.runs) for found in all_found)
    errors = [error for found in all_found for error in found.failed.error]
    if not errors:
        return 0
    print(
        f"{len(errors)} of {total} runs failed; the first: {errors[0].splitlines()[0]}\n"
        "See the column `error` of runs.parquet.",
        file=sys.stderr,
    )
    return 1
