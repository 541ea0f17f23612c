"""Designs: an experiment file, checked, and the runs that answer it, paired by seed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from districtsim.study import sampling, settings
from districtsim.study.budgets import PAYERS, paid_for
from districtsim.study.runs import Run
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, find_config, nearest
from districtsim.world.parameters import levers, merged, uncertain
from districtsim.world.yaml_files import line_of, read_yaml

AS_IT_COSTS, EQUAL = "as it costs", "equal"  # values of the column `budget`


@dataclass(frozen=True)
class Experiment:
    """A question: which districts, policies and values of levers, with how much luck.

    districts  names, files, District objects or {"synthetic": {"schools": 20, "seed": 1}}
    policies   names, files or Policy objects; the first is the baseline
    vary       {"group.lever" or "mechanism.parameter": [values], {"low", "high"} or "plausible"},
               set on top of each policy
    design     how points are made of what varies (see `sampling`), `samples` how many
    replicates paired runs of each combination, the same luck for all of them; or a rule when to
               stop (see `stopping`), for sweeps
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
    samples: int | None = None
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
        sampling.check_fit(self.design, self.vary, self.samples, self._at)
        watched = isinstance(self.replicates, dict) and self.replicates["of"]
        if watched and self.outcomes is not None and watched not in self.outcomes:
            raise SettingError(
                f"{self._at('outcomes')}: '{watched}' is missing; replicates need it."
            )

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
        page["vary"] = {
            name: dict(given) if isinstance(given, dict) else list(given)
            for name, given in self.vary.items()
        }
        return {key: list(it) if isinstance(it, tuple) else it for key, it in page.items()}

    @property
    def factors(self):
        """What varies, a `sampling.Factor` each."""
        return sampling.factors_of(self.vary)

    def points(self):
        """The points of the design in sample order, [{name: value}], at least one.

        Column `point` of results is the index in this list. A one-at-a-time design names only what
        a point changes.
        """
        return self.sampled_points()[:]

    def sampled_points(self):
        """The same as a `sampling.Points`, which makes each when it is asked for."""
        return sampling.Points(
            self.design, self.factors, self.samples, self.seed, self._common_values()
        )

    def problem(self):
        """What varies as SALib takes it: {num_vars, names, bounds}.

        For a list of n values the bounds are [0, n] and for whole numbers [low, high + 1]: of the
        numbers drawn, `sample()`, of which the values are levels.
        """
        return sampling.problem(self.factors)

    def sample(self):
        """Numbers drawn for a sampled design, (points, factors), within the bounds of `problem`.

        Sobol samples are for SALib's analysis with calc_second_order=False; Morris samples have
        `sampling.MORRIS_LEVELS` levels. None for grids and one at a time.
        """
        return self.sampled_points().sample

    def runs(self):
        """All runs: districts x policies x points x replicates, replicates innermost."""
        if isinstance(self.replicates, dict):
            raise SettingError(
                f"{self._at('replicates')}: a rule when to stop needs `districtsim sweep`; "
                "or give a whole number."
            )
        return [
            self.run_of(cell, replicate)
            for cell in self.cells()
            for replicate in range(1, self.replicates + 1)
        ]

    def cells(self):
        """What is repeated with each replicate's luck: (district, policy, number, point) each.

        Policy with the point's levers set, number of the point, all that varies by name.
        """
        points = self.sampled_points()
        for district in self.districts:
            for policy in self.policies:
                for number in range(len(points)):
                    yield from self.cells_at(district, policy, number, points[number])

    def cells_at(self, district, policy, number, point):
        """The cells of one point: one, or two if there is an equal budget as well."""
        set_levers = {name: value for name, value in point.items() if name in levers()}
        varied = policy.replaced(set_levers) if set_levers else policy
        columns = {name: point.get(name, self._value(varied, name)) for name in self.vary}
        if len(self.districts) > 1:
            columns = {"district": district.name, **columns}
        numbers = self.parameters_at(point)
        return [
            (district, bought, number, {**columns, **budget})
            for bought, budget in self._at_budgets(district, varied, numbers)
        ]

    def run_of(self, cell, replicate):
        """The run of a cell with one replicate's luck."""
        district, policy, number, point = cell
        return Run(
            district=district,
            policy=policy,
            years=self.years,
            seed=self.seed,
            replicate=replicate,
            weekly=self.weekly,
            outcomes=self.outcomes,
            without=self.without,
            parameters=self.parameters_at(point),
            point=point,
            number=number,
        )

    def parameters_at(self, point):
        """Numbers in place of the cards' at a point: the experiment's with the point's on top."""
        found = self.parameters
        for name, value in point.items():
            if name in uncertain():
                mechanism, _, number = name.partition(".")
                found = merged(found, {mechanism: {number: value}})
        return found

    def _value(self, policy, name):
        """The value of what varies where a point leaves it alone."""
        if name in levers():
            return policy.levers.get(name, levers()[name].value)
        mechanism, _, number = name.partition(".")
        return (self.parameters or {}).get(mechanism, {}).get(number, uncertain()[name].value)

    def _common_values(self):
        """What varies with the value that all policies leave it at, where they agree."""
        found = {}
        for name in self.vary:
            values = {self._value(policy, name) for policy in self.policies}
            if len(values) == 1:
                found[name] = values.pop()
        return found

    def _at_budgets(self, district, varied, numbers):
        """The policy as it costs, and at equal budget if that was asked for, with its label."""
        if self.equal_budget is None:
            return [(varied, {})]
        payer, baseline = self.equal_budget, self.policies[0]
        paid = paid_for(district, baseline, varied, payer, numbers)
        return [(varied, {"budget": AS_IT_COSTS}), (paid, {"budget": EQUAL})]

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
    "vary": sampling.check_vary,
    "design": sampling.check_design,
    "samples": sampling.check_samples,
    "equal_budget": _payer,
    "years": settings.check_years,
    "replicates": settings.check_replicates,
    "seed": settings.check_seed,
    "outcomes": lambda names, at: None if names is None else settings.check_outcomes(names, at),
    "weekly": settings.check_weekly,
    "without": settings.check_without,
    "parameters": settings.check_parameters,
}
