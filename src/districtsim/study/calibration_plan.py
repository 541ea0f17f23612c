"""Calibration, plan: which published figures the uncertain numbers are held against, and how.

Reads calibration.yaml beside validation.yaml. A target is a figure of role C with two standard
deviations: the error of the published figure, and the discrepancy, what the model leaves out.
"""

import math
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from districtsim.study import published
from districtsim.study.settings import check_district, check_keys, whole
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.policies import Policy
from districtsim.world.yaml_files import line_of, read_yaml

PAGE = Path(__file__).with_name("calibration.yaml")
STATUS_QUO = "status_quo"
MOST_POINTS = 100_000
LEAST = 0.002  # share that counts as nought: a run has a few hundred cases


@dataclass(frozen=True)
class Target:
    """A published figure as a target.

    figure       published.Figure, of role C
    error        standard error of the published figure; `discrepancy`: SD of what the model leaves
                 out; both in the figure's unit
    why          reason for the discrepancy
    """

    figure: object
    error: float
    discrepancy: float
    why: str

    @property
    def name(self):
        """As validation.yaml calls it."""
        return self.figure.name

    @property
    def interval(self):
        """Lowest and highest published value: the same, unless an interval was published."""
        it = self.figure.published
        return tuple(it) if isinstance(it, list) else (it, it)

    def implausibility(self, value, variance):
        """Distance from the published interval over the SD of all that may account for it.

            I = distance / sqrt(error^2 + discrepancy^2 + variance)

        value     simulated, (n,); variance: of luck
        Source    Vernon, Goldstein & Bower 2010, Bayesian Analysis 5(4)
        """
        return _distance(value, *self.interval) / np.sqrt(
            self.error**2 + self.discrepancy**2 + variance
        )

    def emulated(self, value):
        """Simulated values on the scale of the emulator: the log odds of shares, others as they
        are. Shares that run from near nought to most are curves in the numbers, their log odds
        nearly lines."""
        if self.figure.unit != "share":
            return np.asarray(value, dtype=float)
        kept = np.clip(value, LEAST, 1.0 - LEAST)
        return np.log(kept / (1.0 - kept))

    def implausibility_of(self, mean, variance):
        """As `implausibility`, from an emulator's mean and variance on its scale, (n,).

        The error and the discrepancy are carried to that scale by its slope at the nearer end of
        the published interval.
        """
        low, high = self.emulated(np.array(self.interval))
        slope = 1.0
        if self.figure.unit == "share":
            ends = np.clip(np.array(self.interval), LEAST, 1.0 - LEAST)
            slope = np.where(mean > high, *(1.0 / (ends * (1.0 - ends)))[::-1])
        known = (self.error**2 + self.discrepancy**2) * slope**2
        return _distance(mean, low, high) / np.sqrt(known + variance)


@dataclass(frozen=True)
class Plan:
    """All of calibration.yaml.

    seed        root of all chance; years: of a run, unless its arm says otherwise
    points      sets of numbers simulated in each wave; luck: runs at the cards' values that measure
                what luck alone does
    candidates  sets of numbers that the emulators judge to find the next wave's points
    cutoff      implausibility beyond which a set of numbers is ruled out
    fewest_draws, most_draws  sets that are shipped
    arms        {name: published.Arm}; targets: {name: Target}; left_out: {name: why}
    """

    seed: int
    years: int
    points: tuple
    luck: int
    candidates: int
    cutoff: float
    fewest_draws: int
    most_draws: int
    arms: dict
    targets: dict
    left_out: dict

    def with_points(self, points, seed=None):
        """A copy with other points of the waves (a list of whole numbers) and seed, checked."""
        points = tuple(
            whole(count, "--points", 20, MOST_POINTS, "points of a wave") for count in points
        )
        return replace(self, points=points, seed=self.seed if seed is None else seed)


def _distance(value, low, high):
    return np.maximum(np.maximum(value - high, low - value), 0.0)


def eligible(figure):
    """Whether a figure may be a target: its role is C, and V nowhere."""
    roles = {role.strip() for role in figure.role.split(",")}
    return "C" in roles and "V" not in roles


def load(path=PAGE, study=None):
    """The Plan of a file. Raises SettingError where it says something that is not allowed."""
    page = read_yaml(path)
    figures = {figure.name: figure for figure in (study or published.load()).figures}
    known = ("about", "districts", *(f.name for f in fields(Plan)))
    check_keys(page, known, str(path))
    targets = {name: _target(path, name, it, figures) for name, it in page["targets"].items()}
    for name in page["left_out"]:
        _figure(path, name, figures)
    numbers = {name: page[name] for name in _NUMBERS}
    return Plan(
        **numbers,
        points=tuple(page["points"]),
        arms={name: _arm(path, name, it, page) for name, it in page["arms"].items()},
        targets=targets,
        left_out=dict(page["left_out"]),
    )


_NUMBERS = ("seed", "years", "luck", "candidates", "cutoff", "fewest_draws", "most_draws")


def _at(path, name):
    line = line_of(path, name)
    return f"{path}:{line}" if line else str(path)


def _figure(path, name, figures):
    if name not in figures:
        raise SettingError(
            f"{_at(path, f'targets.{name}')}: '{name}' is not a figure of validation.yaml."
            f"{nearest(name, figures)}"
        )
    return figures[name]


def _target(path, name, given, figures):
    where = f"{_at(path, f'targets.{name}')}: {name}"
    figure = _figure(path, name, figures)
    check_keys(given, ("error", "discrepancy", "why"), where)
    if not eligible(figure):
        raise SettingError(
            f"{where} has role {figure.role}; only figures of role C may be targets.\n"
            "Figures of role V are there to check the model: take it out."
        )
    default = 0.0 if isinstance(figure.published, list) else figure.tolerance / 2
    error, discrepancy = given.get("error", default), given.get("discrepancy")
    for key, value in (("error", error), ("discrepancy", discrepancy)):
        if not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
            raise SettingError(f"{where}: {key} is {value!r}; a number from 0 up, {figure.unit}.")
    if error**2 + discrepancy**2 <= 0 or not given.get("why"):
        raise SettingError(f"{where}: needs an error or a discrepancy above 0, and `why`.")
    return Target(figure, float(error), float(discrepancy), given["why"].strip())


def _arm(path, name, given, page):
    check_keys(given, ("words", "policy", "years", "districts"), f"{_at(path, 'arms')}: {name}")
    districts = given.get("districts", page["districts"])
    return published.Arm(
        name,
        given["words"],
        1,
        given.get("years", page["years"]),
        Policy.load(given.get("policy", STATUS_QUO)),
        tuple(check_district(it, str(path)) for it in districts),
    )
