"""Validation document: docs/validation.md from stored numbers, simulated anew when they are old."""

import sys
from hashlib import blake2b

import numpy as np

from districtsim.documents import stored_numbers
from districtsim.study import (
    counterparts,
    published,
    validation,
    validation_calibrated,
    validation_scenarios,
    validation_schools,
)
from districtsim.study.observations import Job, quantities, watch
from districtsim.study.validation_page import page
from districtsim.study.workers import Workers, cores
from districtsim.world.district import District

FILE = "validation.json"
RESTS_ON = (
    "study/observations*.py", "study/validation.yaml", "study/published.py",
    "study/counterparts.py", "study/school_statistics.py", "study/segregation.py",
    "study/figures_of_schools.yaml", "study/validation_schools.yaml", "study/calibrated.py",
    "study/calibrated.yaml", "study/validation_calibrated.py", "study/scenarios.yaml",
    "study/validation_scenarios.py",
)  # fmt: skip


def text(order):
    """The page; simulates where nothing stored is of this code, or where the order says so."""
    if order.data:
        print_progress(f"Reading {order.data} ...")
        validation_schools.renew(order.data)
    place, marked = order.numbers / FILE, stored_numbers.mark(RESTS_ON)
    kept = stored_numbers.stored(place)
    if order.renew or kept is None or kept["mark"] != marked:
        numbers = simulated(order.workers)
        stored_numbers.keep(place, numbers, marked)
        kept = stored_numbers.stored(place)
    return written(kept["numbers"])


def simulated(workers=None):
    """Everything the page shows of simulations, as JSON has it."""
    study, (settings, _) = published.load(), validation_schools.load()
    compared = validation.compare(study, None, workers, progress=True)

    def watched(jobs):
        return validation.watched(jobs, workers or cores(), True)

    print_progress("Simulating the calibrated set and the scenarios ...")
    drawn = validation_calibrated.simulated(study, watched)
    sides = validation_scenarios.simulated(study, watched, workers=workers)
    print_progress("Simulating schools like the real ones ...")
    schools = validation_schools.simulate(settings, _on_all_cores(workers))
    return {
        "published": {
            it.figure.name: [*_plain((it.mean, it.low, it.high)), it.by_district]
            for it in compared
        },
        "calibrated": {name: _plain(values) for name, values in drawn.items()},
        "scenarios": {
            name: {row: _plain(three) for row, three in rows.items()}
            for name, rows in sides.items()
        },
        "schools": schools,
        "probe": probe(),
    }  # fmt: skip


def _plain(values):
    """As JSON knows them: what is no number is nothing."""
    return [float(value) if np.isfinite(value) else None for value in values]


def probe():
    """Short hashes of two years of a small district under every arm, to six figures: where they
    are as stored, the code simulates what it did when the page's numbers were made."""
    small, found = District.synthetic(schools=12, seed=1), {}
    for name, arm in published.load().arms.items():
        seen = quantities(watch(Job(name, small, arm.policy, 2, 1)))
        found[name] = _hash(seen)
    seen = counterparts.watch(counterparts.Job(small, 2, 1))
    found["schools"] = _hash(counterparts.quantities([seen, seen]))
    return found


def _hash(values):
    told = "".join(f"{name} {value:.6g}\n" for name, value in sorted(values.items()))
    return blake2b(told.encode(), digest_size=6).hexdigest()


def _on_all_cores(workers):
    """A map over jobs by several processes, with a bar of progress."""

    def each(function, jobs):
        from tqdm import tqdm

        team = Workers(workers or cores())
        try:
            results = team.map(function, jobs, 2)
            for result in tqdm(results, total=len(jobs), unit=" runs", file=sys.stderr):
                if isinstance(result, Exception):
                    raise result
                yield result
        finally:
            team.stop()

    return each


def written(numbers):
    """The page from its numbers; the same numbers give the same page to the byte."""
    study = published.load()
    compared = []
    for figure in study.figures:
        *three, by_district = numbers["published"][figure.name]
        compared.append(validation.Comparison(figure, *_floats(three), by_district))
    settings, figures = validation_schools.load()
    schools = validation_schools.section(settings, figures, numbers["schools"])
    drawn = {name: np.array(values, dtype=float) for name, values in numbers["calibrated"].items()}
    sides = {
        name: {row: _floats(three) for row, three in rows.items()}
        for name, rows in numbers["scenarios"].items()
    }
    return page(study, compared, more=(schools,), drawn=drawn, sides=sides)


def _floats(values):
    """What `_plain` made of numbers, back."""
    return tuple(float("nan") if value is None else value for value in values)


def print_progress(words):
    """Say on standard error what is being done."""
    sys.stderr.write(f"{words}\n")
