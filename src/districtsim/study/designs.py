"""Designs: an experiment file, checked, and the runs that answer it, paired by seed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from districtsim.study import settings
from districtsim.study.budgets import PAYERS, paid_for
from districtsim.study.runs import Run
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, find_config, nearest
from districtsim.world.parameters import check_lever, levers, uncertain
from districtsim.world.yaml_files import line_of, read_yaml

DESIGNS = ("grid",)
AS_IT_COSTS, EQUAL = "as it costs", "equal"  # values of the column `budget`
LATER_DESIGNS = ("latin_hypercube", "sobol", "morris", "one_at_a_time")


@dataclass(frozen=True)
class Experiment:
    """A question: which districts, policies and values of levers, with how much luck.

    districts  names, files, District objects or {"synthetic": {"schools": 20, "seed": 1}}
    policies   names, files or Policy objects; the first is the baseline
    vary       {"group.lever": [values]}: every combination (grid), set on top of each policy
    replicates paired runs of each combination; the same luck for all of them
    outcomes   yearly outcomes kept (None: all); `weekly`: outcomes kept week by week as well
    equal_budget  lever that pays (None: nobody): every combination is then also run at the
               yearly cost of the first policy; values have a column `budget`, "as it costs" or
               "equal"
    without    mechanisms switched off
    parameters {"mechanism": {"name": value}} in place of the cards' values
    Raises SettingError for anything that is not allowed.
    """

    name: str
    districts: tuple
    policies: tuple
    title: str = ""
    why: str = ""
    vary: dict = field(default_factory=dict)
    design: str = "grid"
    years: int = 5
    replicates: int = 20
    seed: int = 1
    outcomes: tuple | None = None
    weekly: tuple = ()
    equal_budget: str | None = None
    without: tuple = ()
    parameters: dict | None = None
    origin: str = field(default="", compare=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "_given", (self.districts, self.policies))
        for name, check in _CHECKS.items():
            value = check(getattr(self, name), self._at(name))
            object.__setattr__(self, name, value)
        names = [policy.name for policy in self.policies]
        _refuse_twice(names, "policy", self._at("policies"))
        _refuse_twice([d.name for d in self.districts], "district", self._at("districts"))

    @classmethod
    def load(cls, name_or_path):
        """An experiment by name or from its YAML file. Raises SettingError with the line."""
        path = find_config("experiments", name_or_path)
        return cls.from_dict(Path(path).stem, read_yaml(path), origin=str(path))

    @classmethod
    def from_dict(cls, name, page, *, origin=""):
        """An experiment from the keys of its file; `origin` is the file, for messages."""
        for key in page:
            if key not in KEYS:
                place = _place(origin, key) or f"experiment '{name}'"
                raise SettingError(
                    f"{place}: '{key}' is not part of an experiment.{nearest(key, KEYS)}\n"
                    f"An experiment has {', '.join(KEYS)}."
                )
        for key in ("districts", "policies"):
            if key not in page:
                place = origin or f"experiment '{name}'"
                raise SettingError(f"{place}: '{key}' is missing; name at least one.")
        return cls(name, **page, origin=origin)

    @staticmethod
    def names():
        """Experiments that ship or stand in ./configs/experiments."""
        return config_names("experiments")

    def replaced(self, **changes):
        """A copy with some keys changed, checked again."""
        return replace(self, **changes, origin="")

    def as_dict(self):
        """The experiment as its file would say it: plain values, every key."""
        page = {key: getattr(self, key) for key in KEYS}
        for key, given in zip(("districts", "policies"), self._given):
            page[key] = [getattr(one, "name", one) for one in given]
        page["vary"] = {name: list(values) for name, values in self.vary.items()}
        return {key: list(it) if isinstance(it, tuple) else it for key, it in page.items()}

    def points(self):
        """Every combination of varied levers: [{"group.lever": value}], at least one."""
        return [dict(zip(self.vary, values)) for values in itertools.product(*self.vary.values())]

    def runs(self):
        """All runs: districts x policies x points x replicates, replicates innermost."""
        several = len(self.districts) > 1
        return [
            Run(
                district=district,
                policy=varied,
                years=self.years,
                seed=self.seed,
                replicate=replicate,
                weekly=self.weekly,
                outcomes=self.outcomes,
                without=self.without,
                parameters=self.parameters,
                point={"district": district.name, **point} if several else point,
            )
            for district in self.districts
            for policy in self.policies
            for point in self.points()
            for varied, point in self._at_budgets(district, policy, point)
            for replicate in range(1, self.replicates + 1)
        ]

    def _at_budgets(self, district, policy, point):
        """The combination as it costs, and at equal budget if that was asked for."""
        varied = policy.replaced(point) if point else policy
        if self.equal_budget is None:
            return [(varied, point)]
        payer, baseline = self.equal_budget, self.policies[0]
        paid = paid_for(district, baseline, varied, payer, self.parameters)
        return [(varied, {**point, "budget": AS_IT_COSTS}), (paid, {**point, "budget": EQUAL})]

    def _at(self, key):
        place = _place(self.origin, key) or (f"experiment '{self.name}'" if self.name else "")
        return f"{place}: {key}" if place else key


KEYS = tuple(f.name for f in fields(Experiment) if f.name not in ("name", "origin"))


def _districts(values, where):
    listed = settings.a_list(values, where, filled=True)
    return tuple(settings.check_district(value, where) for value in listed)


def _policies(values, where):
    listed = settings.a_list(values, where, filled=True)
    return tuple(settings.check_policy(value, where) for value in listed)


def _vary(values, where):
    if not isinstance(values, dict):
        raise SettingError(f"{where}: expected `group.lever: [value, value]` lines.")
    checked = {}
    for name, listed in values.items():
        if name in uncertain():
            raise SettingError(
                f"{where}: '{name}' is a parameter; only levers can be varied in this version."
            )
        if name in levers() and (not isinstance(listed, (list, tuple)) or not listed):
            raise SettingError(
                f"{where}: {name} is {listed!r}; expected a list of values, such as [6, 12].\n"
                "Ranges that are sampled come in a later version."
            )
        values_of = listed if isinstance(listed, (list, tuple)) else [listed]
        checked[name] = tuple(check_lever(name, value, where) for value in values_of)
        _refuse_twice(checked[name], f"value of {name}", where)
    return checked


def _design(value, where):
    if value in DESIGNS:
        return value
    if value in LATER_DESIGNS:
        raise SettingError(f"{where}: '{value}' comes in a later version; use 'grid'.")
    raise SettingError(f"{where}: '{value}' is not a design; allowed: {', '.join(DESIGNS)}.")


def _payer(value, where):
    if value is None or value in PAYERS:
        return value
    raise SettingError(f"{where}: {value!r} cannot pay; allowed: {', '.join(PAYERS)}.")


def _text(value, where):
    if not isinstance(value, str):
        raise SettingError(f"{where} is {value!r}; it must be text.")
    return value


def _refuse_twice(values, what, where):
    for value in values:
        if list(values).count(value) > 1:
            raise SettingError(f"{where}: {what} {value!r} stands twice; leave one out.")


def _place(origin, key):
    if not origin:
        return ""
    line = line_of(origin, key)
    return f"{origin}:{line}" if line else origin


_CHECKS = {
    "title": _text,
    "why": _text,
    "districts": _districts,
    "policies": _policies,
    "vary": _vary,
    "design": _design,
    "equal_budget": _payer,
    "years": settings.check_years,
    "replicates": settings.check_replicates,
    "seed": settings.check_seed,
    "outcomes": lambda names, at: None if names is None else settings.check_outcomes(names, at),
    "weekly": settings.check_weekly,
    "without": settings.check_without,
    "parameters": settings.check_parameters,
}
