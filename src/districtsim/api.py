"""Api: what a Python user calls; see also `Experiment` in study/designs.py."""

import warnings
from functools import cached_property
from pathlib import Path

from districtsim.study import analysis, results, settings
from districtsim.study.designs import Experiment
from districtsim.study.runs import run_all
from districtsim.world.district import describe_district
from districtsim.world.errors import SettingError

WEEKLY = ("time_use", "support_hours", "appropriation")


class Effects:
    """A paired comparison: `table` of differences from the baseline, and the runs behind it.

    table     policy, outcome, group, year, difference, low, high, replicates (95 % intervals)
    baseline  name of the policy compared with
    results   the Results compared; `values` and `runs` are its tables
    """

    def __init__(self, found, baseline):
        self.results = found
        self.baseline = baseline

    @cached_property
    def table(self):
        """Differences from the baseline, a row per policy, outcome, group and year."""
        return analysis.paired_differences(self.values, self.baseline)

    @cached_property
    def gain(self):
        """How much tighter pairing made each difference: unpaired over paired standard error."""
        return analysis.paired_gain(self.values, self.baseline)

    @property
    def values(self):
        """Every number of every run, tidy."""
        return self.results.values

    @property
    def runs(self):
        """One row per simulation."""
        return self.results.runs

    def to_parquet(self, path):
        """Write `table` as one Parquet file, whole or not at all."""
        import pyarrow

        results.write_table(pyarrow.Table.from_pandas(self.table, preserve_index=False), path)


def simulate(
    district,
    policy,
    years=5,
    replicates=20,
    seed=1,
    *,
    without=(),
    parameters=None,
    workers=None,
    weekly=WEEKLY,
    progress=True,
):
    """Run one policy in a district several times, each with its own luck; returns Results.

    district    a District, its name or its file
    policy      a Policy, its name or its file
    years       1 to 50, of 52 weeks each
    without     mechanisms to switch off, ("hiring", ...)
    parameters  {"mechanism": {"name": value}} in place of the cards' values, or the name of a
                scenario, such as "slow_decay"
    workers     processes (default: one for each core); the results are the same for any number
    weekly      outcomes kept week by week besides the yearly ones
    progress    a bar on standard error once two seconds have passed
    Raises SettingError for anything that is not allowed, RuntimeError if every run failed.
    """
    experiment = Experiment(
        "",
        (district,),
        (policy,),
        years=years,
        replicates=replicates,
        seed=seed,
        without=without,
        parameters=parameters,
        weekly=weekly,
    )
    return _collect(experiment, workers, progress)


def compare(
    district,
    policies,
    years=5,
    replicates=20,
    seed=1,
    *,
    without=(),
    parameters=None,
    workers=None,
    weekly=(),
    progress=True,
):
    """Compare policies under the same luck, the first being the baseline; returns Effects.

    policies  two or more Policy objects, names or files; the other arguments as for `simulate`
    Raises SettingError for anything that is not allowed, RuntimeError if every run failed.
    """
    experiment = Experiment(
        "",
        (district,),
        policies,
        years=years,
        replicates=replicates,
        seed=seed,
        without=without,
        parameters=parameters,
        weekly=weekly,
    )
    if len(experiment.policies) < 2:
        raise SettingError("policies: a comparison needs two or more; the first is the baseline.")
    return Effects(_collect(experiment, workers, progress), experiment.policies[0].name)


def run_experiment(experiment, folder, *, workers=None, progress=True, watch=None):
    """Run an Experiment; writes its results, figures/ and report.html, returns Results.

    watch  is given what `run_all` yields and yields it on, to see how far it is
    Runs that failed are rows of runs.parquet; figures and report show the others.
    """
    settings.check_workers(workers)
    finished = run_all(experiment.runs(), workers=workers, progress=progress)
    found = results.write(folder, watch(finished) if watch else finished)
    draw(experiment.name, found)
    said = [
        {"experiment": experiment.name, **row} for row in answers(experiment.name, found.values)
    ]
    write_report(folder, said, experiment.districts)
    return found


def sweep(experiment, folder, *, workers=None, resume=False, on_progress=None, observe=None):
    """Run an Experiment as `districtsim sweep` does, committing as it goes; returns Results.

    folder       new, or with `resume` one that holds a part of this sweep
    workers      processes (default: one for each core); the results are the same for any number
    on_progress  called with an object that has done, failed, total, rate and seconds_left
    observe      address of a database that is told as well (default: DISTRICTSIM_OBSERVER)
    Runs that failed are rows of runs. Raises SettingError if the folder holds something else.
    """
    from districtsim.record.sweeping import recorded
    from districtsim.study.executors import LocalProcesses
    from districtsim.study.folders import sweep_folder
    from districtsim.study.plan import Plan
    from districtsim.study.workers import cores

    count = settings.check_workers(workers) or cores()
    plan = Plan(experiment)
    plan.check()
    with sweep_folder(folder, plan, resume=resume) as place:
        executor = LocalProcesses(count)
        recorded(plan, place, executor, on_progress=on_progress, observe=observe)
    return results.open_results(place)


def write_report(folder, said, districts):
    """Write report.html about the results in a folder or its folders; returns its path.

    said  rows of `answers`, each with its experiment; districts  District objects that were run
    """
    from districtsim.show import reports

    facts = {district.name: describe_district(district) for district in districts}
    return reports.write(folder, answers=said, districts=facts, units=units())


def report(folder, to=None):
    """Write one page about any results folder, finished or not, and its figures; returns its path.

    folder  of a run, comparison, experiment or sweep, or one that holds several of them
    to      file to write; None for report.html in the folder, with figures/ beside it
    Raises SettingError if there are no results.
    """
    from districtsim.show import reports

    keep = None if to is not None else lambda figures, place: save_figures(place, figures)
    try:
        return reports.write(folder, units=units(), keep=keep, to=to, districts=_known(folder))
    except results.NoResults as problem:
        raise SettingError(str(problem)) from problem


def _known(folder):
    """What is known of the districts of a sweep, from the copies in its folder."""
    from districtsim.world.district import District

    files = [*Path(folder).glob("districts/*.yaml"), *Path(folder).glob("*/districts/*.yaml")]
    found = [District.load(path) for path in files]
    return {district.name: describe_district(district) for district in found}


def draw(name, found, formats=("png", "svg", "pdf")):
    """Draw the figures that suit an experiment into figures/ of its results folder.

    found    Results of a folder
    formats  each takes a second or two a figure
    returns  a path for each figure, in the first format
    """
    from districtsim.show import plots

    folder = Path(found.folder) / "figures"
    return [
        plots.save(figure, folder / title, formats)[0]
        for title, figure in plots.figures(name, found).items()
    ]


def save_figures(folder, figures, formats=("png", "svg", "pdf")):
    """Write figures, {name: Figure}, into figures/ of a results folder; a path for each."""
    from districtsim.show import plots

    place = Path(folder) / "figures"
    return [plots.save(figure, place / name, formats)[0] for name, figure in figures.items()]


def units():
    """Units of all that a design can vary: {"group.lever" or "mechanism.parameter": unit}."""
    from districtsim.world.parameters import levers, uncertain

    return {name: card.unit for name, card in {**levers(), **uncertain()}.items()}


def answers(experiment, values):
    """What the values of a headline experiment say: a list of dicts (question, effect, meaning)."""
    from districtsim.study import headlines

    return headlines.answers(experiment, values)


def ledger():
    """The findings that the model is held to: a list of Finding (id, priority, claim, source)."""
    from districtsim.study import findings

    return findings.ledger()


def check_finding(
    id, *, draws=100, replicates=20, seed=1, district=None, prior=False, workers=None,
    progress=True,
):  # fmt: skip
    """Run one finding of the ledger; returns a CheckedFinding.

    id          "P26", as `ledger()` lists them
    draws       of all uncertain numbers, from the calibrated set; 0 for none
    prior       draw from the plausible ranges of the cards instead, calibration left aside
    replicates  paired runs at the cards' values; a fifth as many, at least two, in each draw
    district    a District, its name or its file, in place of the ledger's usual one
    returns     effect, low, high, robustness, ablation, region, holds; `values` and `draws`
    Raises SettingError for anything that is not allowed, and for a finding that is not modelled.
    """
    from districtsim.study import findings
    from districtsim.study.findings_plan import Effort

    effort = Effort.checked(draws, replicates, seed, district, prior=prior)
    settings.check_workers(workers)
    found = next(findings.check([id], effort, workers=workers, progress=progress), None)
    if found is None:
        raise SettingError(f"{id} is not modelled; 'districtsim findings {id}' says why.")
    return found


def run_study(
    study, *, power=(), repetitions=None, seed=None, draws=None, workers=None, progress=True
):
    """Simulate a field study; returns a StudyResult (`.table`, `.estimates`, `.needed`).

    study          a Study, its name or its file
    power          sizes of sample, for a power curve
    repetitions, seed, draws  in place of the study's own
    Raises SettingError for anything that is not allowed, RuntimeError if every repetition failed.
    """
    from districtsim.study import trials_results

    return trials_results.carry_out(
        study, power=power, repetitions=repetitions, seed=seed, draws=draws, workers=workers,
        progress=progress,
    )  # fmt: skip


def open_results(folder):
    """Read a results folder: `.runs` and `.values`. Raises SettingError if it holds none."""
    try:
        return results.open_results(folder)
    except results.NoResults as problem:
        raise SettingError(str(problem)) from problem


def _collect(experiment, workers, progress):
    settings.check_workers(workers)
    found = results.collect(run_all(experiment.runs(), workers=workers, progress=progress))
    failed = found.failed
    if len(failed) == len(found.runs):
        raise RuntimeError(f"every run failed; the first with {failed.error.iloc[0]}")
    if len(failed):
        warnings.warn(
            f"{len(failed)} of {len(found.runs)} runs failed; see .runs, column error: "
            f"{failed.error.iloc[0]}",
            stacklevel=3,
        )
    return found
