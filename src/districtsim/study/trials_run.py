"""Trials, run: simulated studies, each with its own schools, luck and errors of measurement.

In a repetition every district is run twice under the same luck: once as the study assigns it, once
as if nobody were treated. What the study's instruments and estimator make of the first is the
estimate; the difference of both in the true state, in those who were treated, is the true effect.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from districtsim.study import trials_sample as sampling
from districtsim.study.findings_plan import numbers_drawn
from districtsim.study.runs import RunFailed, run_all
from districtsim.study.trials_estimate import estimate
from districtsim.study.trials_watch import watch
from districtsim.world.errors import SettingError
from districtsim.world.parameters import levers, merged
from districtsim.world.policies import Policy


@dataclass(frozen=True, eq=False)
class TrialRun:
    """One repetition of a study, for `run_all`; `size` of the sample, None for its own; `numbers`
    {"mechanism": {"name": value}} that this repetition has drawn, None for the cards'."""

    study: object
    repetition: int
    size: int | None = None
    numbers: dict | None = None

    def simulate(self):
        """Rows of estimates, a dict for each measure and arm, and CPU seconds."""
        begun = time.process_time()
        study = self.study if self.size is None else self.study.sized(self.size)
        if self.numbers is not None:
            study = study.replaced(parameters=merged(self.numbers, study.parameters))
        rows = repetition(study, self.repetition)
        label = {"repetition": self.repetition, "size": self.size}
        return [{**label, **row} for row in rows], time.process_time() - begun


def runs_of(study, sizes=(None,)):
    """Every repetition, for each size of sample."""
    drawn = numbers_of(study)
    return [
        TrialRun(study, number, size, drawn[number - 1])
        for size in sizes
        for number in range(1, study.repetitions + 1)
    ]


def numbers_of(study):
    """What each repetition draws for the uncertain numbers, None where the cards' values hold."""
    if not study.draws:
        return [None] * study.repetitions
    drawn = numbers_drawn(study.seed, study.repetitions)
    found = []
    for row in range(study.repetitions):
        numbers = {}
        for name, values in drawn.items():
            mechanism, short = name.split(".")
            numbers.setdefault(mechanism, {})[short] = float(values[row])
        found.append(numbers)
    return found


def estimates(study, sizes=(None,), *, workers=None, progress=True):
    """Carry the study out; returns (rows of estimates, rows of runs: repetition, size, status...).

    Raises SettingError if the first repetition finds that the study cannot be carried out.
    """
    rows, ran = [], []
    for run, found, seconds in run_all(runs_of(study, sizes), workers=workers, progress=progress):
        failed = isinstance(found, Exception)
        if isinstance(found, RunFailed) and str(found).startswith("SettingError: "):
            raise SettingError(str(found).removeprefix("SettingError: "))
        ran.append(
            {
                "study": study.name, "repetition": run.repetition, "size": run.size,
                "seed": study.seed, "status": "failed" if failed else "done",
                "error": str(found) if failed else "", "seconds": seconds,
            }
        )  # fmt: skip
        rows += [] if failed else found
    if not rows and ran:
        raise RuntimeError(f"every repetition failed; the first with {ran[0]['error']}")
    return rows, ran


def repetition(study, number):
    """One simulated study; rows of estimates."""
    sites = sampling.sites_of(study, number)
    before, base = 52 * study.before, usual(study)
    weeks = {before + week for week in weeks_of(study)} | {before - 1}
    until = max(weeks)
    for site in sites:
        site.kept, simulation = watch(
            site.district, base, site.seed, weeks, until, study.parameters
        )
        site.state, site.eve = simulation.state, site.kept[before - 1]
        site.numbers = simulation.timeline.in_force(until)
    sampling.choose_schools(study, sites)
    sampling.choose_teachers(study, sites)
    if len(study.arms) > 1:
        sampling.assign(study, sites)
    for site in sites:
        policy = as_assigned(study, site, base)
        site.world = site.kept
        if policy is not None:
            site.world, _ = watch(site.district, policy, site.seed, weeks, until, study.parameters)
        if site.arms is None:
            site.arms = np.zeros(len(site.schools), dtype=np.int64)
            site.blocks = np.zeros(len(site.schools), dtype=np.int64)
    measured = {measure.name: measure for measure in study.measures}
    return [row for measure in study.measures for row in estimate(study, measure, sites, measured)]


def weeks_of(study):
    """Weeks from the start of treatment in which something is measured."""
    found = set()
    for measure in study.measures:
        back = range(measure.years_back)
        found |= {measure.when.week - 52 * year for year in back}
        if measure.baseline is not None:
            week = measure.baseline.week
            found |= {week - 52 * year for year in back if week - 52 * year >= -52 * study.before}
            if measure.estimator == "fixed_effects":  # every June between
                found |= set(range(measure.baseline.week, measure.when.week, 52))
    return found


def usual(study):
    """What holds if nobody is treated: for everybody, and the first arm for all."""
    base = study.everybody.policy if study.everybody else Policy("usual", {})
    first = study.arms[0].policy
    return base.beside(_dated(study, first, first.set)) if first.set else base


def as_assigned(study, site, base):
    """The district's policy with its units in their arms; None where nobody is treated."""
    arms = [
        k for k in range(1, len(study.arms)) if site.arms is not None and (site.arms == k).any()
    ]
    if not arms:
        return None
    found = base
    for k in arms:
        policy = study.arms[k].policy
        settings = {**_let_go(study, base, policy), **policy.set}
        rows = None
        if study.unit == "teacher":
            rows = {"teachers": site.teachers[site.arms == k].tolist()}
        elif study.unit == "school":
            rows = {"schools": site.schools[site.arms == k].tolist()}
        found = found.beside(_dated(study, policy, settings, rows))
    return found


def _let_go(study, base, policy):
    """Levers of the first arm that another arm does not have: as they are for everybody."""
    first = [name for name in study.arms[0].policy.set if name not in policy.set]
    return {name: base.set.get(name, levers()[name].value) for name in first}


def _dated(study, policy, settings, where=None):
    """A policy of an arm with the weeks of the run, in place of weeks from the start."""
    begins = 52 * study.before
    ends = None if policy.ends is None else begins + policy.ends
    places = {**(policy.where or {}), **(where or {})} or None
    return replace(
        policy, set=settings, starts=begins + policy.starts, ends=ends, where=places, origin=""
    )
