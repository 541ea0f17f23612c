"""Calibration, runs: simulates sets of numbers and keeps what is done, a part at a time.

A point is one value for every uncertain number. It is simulated once in every district of every
arm, each point with its own luck, and gives one value for each target.

<folder>/wave_<n>/part_<k>.npz   up to PART points of a wave: whole or absent
"""

import io
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from districtsim.study.observations import Job, pooled, quantities, watch
from districtsim.study.runs import run_seed
from districtsim.study.workers import Workers, cores
from districtsim.world.files import write_atomically
from districtsim.world.parameters import nested

PART = 32  # points that a kill may cost
LUCK_OF_A_WAVE = 1_000_000  # point i of wave w has replicate w LUCK_OF_A_WAVE + i + 1
_MODEL = (
    "world/*", "mechanisms/*", "simulation.py", "school_year.py", "outcomes.py", "measuring.py",
    "study/observations*.py", "study/calibration_runs.py",
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One set of numbers to simulate: jobs by arm, and the measure of each target by arm."""

    jobs: dict
    measures: tuple

    def values(self):
        """A value for each target; nan where the quantity does not exist."""
        seen = {
            arm: quantities(pooled([watch(job) for job in jobs])) for arm, jobs in self.jobs.items()
        }
        return np.array([seen[arm].get(measure, np.nan) for arm, measure in self.measures])


def values_of(point):
    """`point.values()`; here, so that workers can find it."""
    return point.values()


def points_of(plan, numbers, first):
    """A Point for each set of numbers.

    numbers  {"mechanism.name": (n,)} in place of the cards' values; first: replicate of the first
    """
    measures = tuple((t.figure.arm, t.figure.measure) for t in plan.targets.values())
    count = len(next(iter(numbers.values())))
    return [
        Point(
            {
                arm.name: [
                    Job(
                        arm.name, district, arm.policy, arm.years,
                        run_seed(plan.seed + place, first + i), nested(numbers, i),
                    )
                    for place, district in enumerate(arm.districts)
                ]
                for arm in plan.arms.values()
            },
            measures,
        )
        for i in range(count)
    ]  # fmt: skip


class Store:
    """Where waves are kept, and what has been simulated before.

    folder   pathlib.Path, or None to keep nothing
    """

    def __init__(self, folder, plan):
        self.folder, self._plan = folder, plan

    def simulate(self, wave, numbers, workers=None, progress=True):
        """Values of the targets at sets of numbers, (n, targets); what is there is not run again.

        wave     from 1; 0 for luck alone
        numbers  {"mechanism.name": (n,)}
        Raises RuntimeError if a simulation fails: the model broke inside its allowed ranges.
        """
        points = points_of(self._plan, numbers, LUCK_OF_A_WAVE * wave + 1)
        parts = [points[begin : begin + PART] for begin in range(0, len(points), PART)]
        marks = [_mark(self._plan, wave, numbers, PART * k) for k in range(len(parts))]
        kept = [self._stored(wave, k, mark) for k, mark in enumerate(marks)]
        todo = [k for k, values in enumerate(kept) if values is None]
        with _bar(len(points), sum(map(len, parts)) - sum(len(parts[k]) for k in todo), wave,
                  progress) as bar:  # fmt: skip
            finished = _finished([point for k in todo for point in parts[k]], workers, bar)
            for k in todo:
                kept[k] = np.stack([next(finished) for _ in parts[k]])
                self._save(wave, k, marks[k], kept[k])
        return np.concatenate(kept)

    def _path(self, wave, part):
        return self.folder / f"wave_{wave}" / f"part_{part + 1}.npz"

    def _stored(self, wave, part, mark):
        if self.folder is None:
            return None
        try:
            with np.load(self._path(wave, part)) as file:
                return file["values"] if str(file["mark"]) == mark else None
        except (OSError, ValueError, KeyError, BadZipFile):
            return None

    def _save(self, wave, part, mark, values):
        if self.folder is None:
            return
        path, content = self._path(wave, part), io.BytesIO()
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(content, values=values, mark=np.array(mark))
        write_atomically(path, content.getvalue())


def _finished(points, workers, bar):
    count = min(workers or cores(), len(points))
    if count < 2:
        for point in points:
            yield values_of(point)
            bar.update()
        return
    team = Workers(count)
    try:
        for values in team.map(values_of, points, 1):
            if isinstance(values, Exception):
                raise RuntimeError(f"a simulation failed: {values}")
            bar.update()
            yield values
    finally:
        team.stop()


def _bar(total, done, wave, progress):
    from tqdm import tqdm

    name = f"wave {wave}" if wave else "luck"
    return tqdm(
        total=total, initial=done, desc=name, unit=" points", file=sys.stderr,
        disable=not progress, mininterval=0.1 if sys.stderr.isatty() else 10,
    )  # fmt: skip


def _mark(plan, wave, numbers, begin):
    """A text that differs as soon as the values of a part may."""
    told = blake2b(digest_size=8)
    arms = [
        (arm.name, arm.years, arm.policy.set, [district.name for district in arm.districts])
        for arm in plan.arms.values()
    ]
    measures = [(name, target.figure.measure) for name, target in plan.targets.items()]
    told.update(repr((_model(), plan.seed, wave, begin, arms, measures)).encode())
    for name, values in numbers.items():
        told.update(name.encode() + np.ascontiguousarray(values[begin : begin + PART]).tobytes())
    return told.hexdigest()


@cache
def _model():
    package, source = Path(__file__).resolve().parents[1], blake2b(digest_size=8)
    for path in sorted(path for pattern in _MODEL for path in package.glob(pattern)):
        if path.is_file() and path.suffix in (".py", ".yaml"):
            source.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return source.hexdigest()
