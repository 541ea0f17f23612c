"""Validation: simulated plumbing beside published figures, for docs/validation.md.

It simulates what validation.yaml asks for and writes it up; `districtsim docs validation` writes
the page. The same source gives the same page to the byte, on any number of workers.
"""

import sys
from dataclasses import dataclass

from districtsim.study import validation_calibrated, validation_scenarios
from districtsim.study.analysis import interval
from districtsim.study.observations import Job, pooled, quantities, watch
from districtsim.study.published import Study
from districtsim.study.runs import run_seed
from districtsim.study.validation_page import page
from districtsim.study.workers import Workers, cores


@dataclass(frozen=True)
class Comparison:
    """A figure with what was simulated: mean over replicates, its 95 % interval.

    by_district  {name of the district: value}; only where the quantity exists there
    """

    figure: object
    mean: float
    low: float
    high: float
    by_district: dict

    @property
    def verdict(self):
        """hit, miss or not judged."""
        return self.figure.verdict(self.mean)


def jobs_of(study, most=None):
    """The simulations of a study; `most` replicates of an arm at most.

    Each district has its own root seed: desks of the central office have the same names, and so
    under one seed the same luck, in every district.
    """
    return [
        Job(arm.name, district, arm.policy, arm.years, run_seed(study.seed + place, replicate))
        for arm in study.arms.values()
        for place, district in enumerate(arm.districts)
        for replicate in range(1, min(arm.replicates, most or arm.replicates) + 1)
    ]


def compare(study, most=None, workers=None, progress=False):
    """Simulate a Study; returns its Comparisons in the order of its figures.

    most     replicates of an arm at most (None: as many as it asks for)
    workers  processes (None: one for each core)
    """
    jobs = jobs_of(study, most)
    seen = {}
    for job, sums in zip(jobs, watched(jobs, workers or cores(), progress)):
        seen.setdefault(job.arm, {}).setdefault(job.district.name, []).append(sums)
    return [_comparison(figure, seen[figure.arm]) for figure in study.figures]


def watched(jobs, workers, progress):
    """Simulate Jobs; yields their sums in order."""
    from tqdm import tqdm

    bar = {"total": len(jobs), "unit": " runs", "file": sys.stderr, "disable": not progress}
    if workers < 2:
        yield from tqdm(map(watch, jobs), **bar)
        return
    team = Workers(workers)
    try:
        for sums in tqdm(team.map(watch, jobs, 2), **bar):
            if isinstance(sums, Exception):
                raise sums
            yield sums
    finally:
        team.stop()


def _comparison(figure, seen):
    by_district = {name: _value(figure, runs) for name, runs in seen.items()}
    by_district = {name: value for name, value in by_district.items() if value is not None}
    if figure.only:
        seen = {name: runs for name, runs in seen.items() if name.startswith(figure.only)}
    values = [_value(figure, runs) for runs in zip(*seen.values())]
    values = [value for value in values if value is not None] or [float("nan")]
    return Comparison(figure, *interval(values), by_district)


def _value(figure, runs):
    return quantities(pooled(runs)).get(figure.measure)


def text(study: Study, most=None, workers=None, progress=False):
    """The page as Markdown."""

    def seen(jobs):
        return watched(jobs, workers or cores(), progress)

    compared = compare(study, most, workers, progress)
    drawn = validation_calibrated.simulated(study, seen, most)
    sides = validation_scenarios.simulated(study, seen, most, workers)
    return page(study, compared, most, drawn=drawn, sides=sides)
