"""Sensitivity: which uncertain numbers move an outcome, from an experiment or from its results."""

import contextlib
import shutil
import sys
import textwrap
from pathlib import Path

from districtsim import api
from districtsim.cli import sweeps
from districtsim.cli.folders import results_folder
from districtsim.cli.parser import parse
from districtsim.cli.printing import show
from districtsim.cli.running import number, workers
from districtsim.study import analysis, sampling, settings
from districtsim.study.designs import Experiment
from districtsim.world.errors import SettingError
from districtsim.world.files import find_config, nearest, write_atomically
from districtsim.world.parameters import MECHANISMS, uncertain
from districtsim.world.yaml_files import read_yaml

SAMPLES = {"morris": 10, "sobol": 64, "latin_hypercube": 200, "one_at_a_time": None}
MOST_REPLICATES = 5  # where the experiment does not say that it is a sensitivity analysis
DEFAULT = "morris"
MOST_ROWS = 15


def sensitivity(arguments):
    """Run the experiment if it is not run yet; print what moves the outcome, draw the figure."""
    place = Path(arguments.experiment)
    if place.is_dir():
        _refuse_design(arguments)
        return _tell(arguments, api.open_results(place))
    experiment, page = _experiment(arguments)
    _check_question(arguments, experiment)
    print(_plan(experiment), file=sys.stderr)
    if arguments.dry_run:
        return sweeps.DONE
    count = workers(arguments)
    with results_folder(experiment.name, arguments.out) as folder:
        code = _sweep(folder, _write(experiment.name, page, folder), count)
    if code == sweeps.INTERRUPTED:
        return code
    found = api.open_results(folder)
    if len(found.values):
        _tell(arguments, found)
    return code


def _check_question(arguments, experiment):
    """Refuses, before anything is run, what the runs could not answer."""
    names = [policy.name for policy in experiment.policies]
    for option in ("policy", "against"):
        name = getattr(arguments, option)
        if name is not None and name not in names:
            raise SettingError(
                f"--{option} {name}: not a policy of this experiment.{nearest(name, names)} "
                f"It has {', '.join(names)}."
            )
    if arguments.year is not None:
        years = experiment.years
        settings.whole(number(arguments.year), "--year", 1, years, "a year of the runs")
    if arguments.fails is not None:
        _threshold(arguments.fails)


def _sweep(folder, file, count):
    """Run the file as `districtsim sweep` does, its words on standard error; its exit code."""
    words = ["sweep", str(file), "--out", str(folder)]
    handler, given = parse(words if count is None else [*words, "--workers", str(count)])
    with contextlib.redirect_stdout(sys.stderr):
        return handler(given)


def _write(name, page, folder):
    """The experiment as it is run, as a file in its results folder: with it a sweep can go on."""
    import yaml

    file = folder / f"{name}.yaml"
    write_atomically(file, yaml.safe_dump(page, sort_keys=False, allow_unicode=True))
    return file


def _experiment(arguments):
    """The experiment as asked, and its page; if it samples nothing, all uncertain numbers vary."""
    experiment = Experiment.load(arguments.experiment)
    changes = {}
    asked = _outcome(arguments)[0]
    if experiment.outcomes is not None and asked and asked not in experiment.outcomes:
        changes["outcomes"] = [*experiment.outcomes, asked]
    if arguments.replicates is not None:
        changes["replicates"] = settings.check_replicates(
            number(arguments.replicates), "--replicates"
        )
    method = arguments.method
    if method is not None and method not in analysis.METHODS:
        raise SettingError(
            f"--method {method}: not known.{nearest(method, analysis.METHODS)} "
            f"Allowed: {', '.join(analysis.METHODS)}."
        )
    samples = None if arguments.samples is None else number(arguments.samples)
    sampled = experiment.design != "grid"
    if arguments.vary or not sampled:
        method = method or (experiment.design if sampled else DEFAULT)
        changes["vary"] = dict.fromkeys(_numbers(arguments.vary), sampling.PLAUSIBLE)
        if not sampled and arguments.replicates is None and isinstance(experiment.replicates, int):
            changes["replicates"] = min(experiment.replicates, MOST_REPLICATES)
        changes["equal_budget"] = None
    if method is not None or samples is not None:
        method = method or experiment.design
        changes["design"] = method
        same = method == experiment.design
        kept = experiment.samples if same and experiment.samples else SAMPLES[method]
        changes["samples"] = kept if samples is None else samples
    page = {**read_yaml(find_config("experiments", arguments.experiment)), **changes}
    return experiment.replaced(**changes) if changes else experiment, page


def _numbers(named):
    """Uncertain numbers, all, or those named by mechanism or in full."""
    every = uncertain()
    found = []
    for name in named or MECHANISMS:
        some = [n for n in every if n == name or n.startswith(f"{name}.")]
        if not some and named:
            raise SettingError(
                f"--vary {name}: neither a mechanism nor an uncertain number."
                f"{nearest(name, [*MECHANISMS, *every])}\n"
                "'districtsim describe parameters' lists them."
            )
        found += some
    return dict.fromkeys(found)


def _refuse_design(arguments):
    given = {"--method": arguments.method, "--samples": arguments.samples,
             "--replicates": arguments.replicates, "--vary": arguments.vary}  # fmt: skip
    for option, value in given.items():
        if value:
            raise SettingError(
                f"{option}: {arguments.experiment} holds runs already; the design is theirs.\n"
                "Give the experiment's file to run another design."
            )


def _plan(experiment):
    points, policies = len(experiment.sampled_points()), len(experiment.policies)
    replicates = experiment.replicates
    most = replicates if isinstance(replicates, int) else replicates["max"]
    runs = points * policies * len(experiment.districts) * most
    return (
        f"{len(experiment.vary)} numbers, {experiment.design}: {points:,} points x {policies} "
        f"policies x {most} replicates = {runs:,} runs of {experiment.years} years"
    )


def _outcome(arguments):
    name, _, group = (arguments.outcome or "").partition(":")
    if name:
        settings.check_outcomes([name], "--outcome")
    return name, group


def _tell(arguments, found):
    """Print the table and what it says; write the figure."""
    from districtsim.show import sampled

    name, group = _outcome(arguments)
    year = None if arguments.year is None else number(arguments.year)
    threshold = None if arguments.fails is None else _threshold(arguments.fails)
    try:
        told = sampled.tell(
            found, name or None, group or None, year=year, policy=arguments.policy,
            against=arguments.against, threshold=threshold, units=api.units(),
        )  # fmt: skip
    except ValueError as problem:
        raise SettingError(f"{arguments.experiment}: {problem}.") from None
    rows = told.rows if arguments.json or arguments.all else told.rows[:MOST_ROWS]
    if not told.rows and not arguments.json:
        print("\n".join(told.says))
        return sweeps.DONE
    show(
        rows, arguments.json, columns=told.headings, method=told.method, about=told.about,
        says=told.says, points=told.points, replicates=told.replicates,
        folder=str(found.folder), indices=told.indices, variance=told.variance,
        regional=told.regional, box=told.box,
    )  # fmt: skip
    paths = api.save_figures(found.folder, told.figures)
    if not arguments.json:
        if len(rows) < len(told.rows):
            print(f"... and {len(told.rows) - len(rows)} weaker ones: --all")
        for text in filter(None, (told.scale, *told.says)):
            print("\n" + textwrap.fill(text, shutil.get_terminal_size((100, 24)).columns))
        print("\n" + "\n".join(f"figure   {path}" for path in paths))
        print(f"numbers  {found.folder}/values.parquet")
    return sweeps.DONE


def _threshold(text):
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"--fails {text}: expected a number, such as 0.05.") from None
