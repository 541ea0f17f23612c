"""Trials: a field study as a file says it, checked at the door.

A study says who is in it, what the arms do, how units come into arms, what is measured when and
with which instrument, and how the effect is estimated. `trials_run` carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from districtsim.study import settings
from districtsim.study.trials_measures import Wave, read_measures
from districtsim.study.trials_parts import (
    Arm,
    Assignment,
    Population,
    Sample,
    read_arms,
    read_assignment,
    read_population,
    read_power,
    read_sample,
)
from districtsim.study.trials_reading import Place
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, find_config
from districtsim.world.yaml_files import read_yaml

MOST_REPETITIONS = 10_000
MOST_BEFORE = 5  # years


@dataclass(frozen=True, eq=False)
class Study:
    """A field study.

    population  Population: districts, and which of their schools are eligible
    sample      Sample: how many districts, schools, and teachers a school
    arms        Arms; the first is what the others are compared with
    assignment  Assignment: the unit, and how units come into arms
    measures    Measures: instrument, time, estimator, and the published figure if there is one
    everybody   Policy in force in all arms and from the first week
    years       school years from the start of treatment
    before      school years run before it; baselines are taken in the last of them
    repetitions simulated studies, each with its own schools, luck and errors of measurement
    power       sizes of sample for a power curve, ()
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    draws       every repetition draws all uncertain numbers anew, on top of its luck
    """

    name: str
    title: str
    population: Population
    sample: Sample
    arms: tuple
    assignment: Assignment
    measures: tuple
    why: str = ""
    about: tuple = ()
    everybody: Arm | None = None
    years: int = 1
    before: int = 1
    repetitions: int = 200
    seed: int = 1
    power: tuple = ()
    parameters: dict | None = None
    draws: bool = False
    origin: str = field(default="", compare=False, repr=False)

    @classmethod
    def load(cls, name_or_path):
        """A study by name or from its YAML file. Raises SettingError with the line."""
        if isinstance(name_or_path, Study):
            return name_or_path
        path = find_config("studies", name_or_path)
        return cls.from_dict(Path(path).stem, read_yaml(path), origin=str(path))

    @classmethod
    def from_dict(cls, name, page, *, origin=""):
        """A study from the keys of its file; `origin` is the file, for messages."""
        place = Place(origin or f"study '{name}'", origin)
        place.keys(page, KEYS, NEEDED, "a study")
        found = {key: read(page[key], place.at(key)) for key, read in _READ.items() if key in page}
        found = {"population": Population(), "assignment": Assignment(), **found}
        found.setdefault("sample", Sample())
        study = cls(name, origin=origin, **found)
        study._check(place)
        return study

    @staticmethod
    def names():
        """Studies that ship or stand in ./configs/studies."""
        return config_names("studies")

    @property
    def unit(self):
        """What is assigned: district, school or teacher."""
        return self.assignment.unit

    @property
    def size(self):
        """The key of `sample` that a power curve varies: districts or schools."""
        return "districts" if self.unit == "district" else "schools"

    def replaced(self, **changes):
        """A copy with some keys changed; repetitions and seed are checked again."""
        for key, check in (("repetitions", _repetitions), ("seed", settings.check_seed)):
            if key in changes:
                check(changes[key], key)
        return replace(self, **changes)

    def sized(self, size):
        """A copy with another number of schools (of districts, where these are assigned)."""
        return replace(self, sample=replace(self.sample, **{self.size: size}))

    def _check(self, place):
        for measure in self.measures:
            where = place.at(f"measures.{measure.name}")
            for key in ("over", "on"):
                other = getattr(measure, key)
                if other is not None:
                    self._check_other(measure, key, other, where)
            self._check_times(measure, where)
            needs_arms = measure.estimator not in ("mean", "fixed_effects", "regression")
            if needs_arms and len(self.arms) < 2:
                raise SettingError(
                    f"{where}: {measure.estimator} compares arms and there is one only; add "
                    "an arm, or use `estimator: mean`."
                )
        for arm in self.arms:
            arm.check_unit(self.unit, place.at(f"arms.{arm.name}"))
        if self.unit == "teacher" and self.sample.teachers is None:
            raise SettingError(
                f"{place.at('sample')}: teachers are assigned, so say how many of each school take "
                "part, such as `teachers: 6`."
            )
        if self.unit == "district":
            self._check_districts(place.at("sample"))

    def _check_other(self, measure, key, name, where):
        others = {each.name: each for each in self.measures if each.name != measure.name}
        if name not in others:
            raise SettingError(
                f"{where}: {key}: '{name}' is not another measure of the study.\n"
                f"Others: {', '.join(others) or 'none'}."
            )
        other = others[name]
        if other.instrument.of != measure.instrument.of:
            raise SettingError(
                f"{where}: {key}: {name} is of {other.instrument.of} and {measure.name} of "
                f"{measure.instrument.of}; take instruments of the same."
            )
        if (other.among, other.when) != (measure.among, measure.when):
            raise SettingError(f"{where}: {key}: both must have the same `when` and `among`.")

    def _check_districts(self, place):
        wanted = self.sample.districts or self.population.count
        if wanted < 2 * len(self.arms) and len(self.arms) > 1:
            raise SettingError(
                f"{place}: {wanted} districts in {len(self.arms)} arms leave an arm with one only; "
                f"give `districts: {2 * len(self.arms)}` or more."
            )

    def _check_times(self, measure, where):
        last = 52 * self.years
        first = measure.when.week - 52 * (measure.years_back - 1)
        for key, wave in (
            ("when", measure.when), ("baseline", measure.baseline),
            ("years_of_data", Wave(first, f"the first of {measure.years_back} years of data")),
        ):  # fmt: skip
            if wave is None:
                continue
            if not -52 * self.before <= wave.week < last:
                raise SettingError(
                    f"{where}: {key}: {wave.text} is outside the study, which runs {self.years} "
                    f"years after a start that {self.before} came before.\n"
                    "Give a year of it (0 is the last before the start), or change years or before."
                )
        if measure.baseline is not None and measure.baseline.week >= measure.when.week:
            raise SettingError(f"{where}: baseline must come before when.")


def _repetitions(value, place):
    return settings.whole(value, str(place), 2, MOST_REPETITIONS, "simulated studies")


def _years(value, place):
    return settings.check_years(value, str(place))


def _before(value, place):
    return settings.whole(value, str(place), 1, MOST_BEFORE, "school years before the start")


def _text(value, place):
    if not isinstance(value, str):
        raise SettingError(f"{place} is {value!r}; it must be text.")
    return value


def _sentences(value, place):
    listed = settings.a_list(value, str(place))
    return tuple(_text(one, place) for one in listed)


def _everybody(value, place):
    return Arm.read("everybody", value, place)


_READ = {
    "title": _text,
    "why": _text,
    "about": _sentences,
    "population": read_population,
    "sample": read_sample,
    "everybody": _everybody,
    "arms": read_arms,
    "assignment": read_assignment,
    "years": _years,
    "before": _before,
    "measures": read_measures,
    "repetitions": _repetitions,
    "seed": lambda value, place: settings.check_seed(value, str(place)),
    "power": read_power,
    "draws": lambda value, place: place.yes_no(value),
    "parameters": lambda value, place: settings.check_parameters(value, str(place)),
}
KEYS = tuple(f.name for f in fields(Study) if f.name not in ("name", "origin"))
NEEDED = ("title", "arms", "measures")
