"""Policies: dated sets of levers, and which values are in force in a given week.

A policy may only set levers; it holds no number of the model and no arithmetic. What follows from
it is the mechanisms' business.
"""

from dataclasses import dataclass, field, replace
from numbers import Integral
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, find_config, nearest
from districtsim.world.parameters import (
    GROUPS,
    cards,
    check_lever,
    check_mechanism,
    check_parameter,
    levers,
)
from districtsim.world.places import check_where, reached
from districtsim.world.yaml_files import line_of, read_yaml

LONGEST_WEEKS = 52 * 100
_KEYS = ("title", "why", "set", "starts", "ends", "where", "source")


@dataclass(frozen=True)
class Policy:
    """A dated set of levers.

    name    how it is called in results
    set     {"group": {"lever": value}} or {"group.lever": value}; unset levers keep status quo
    starts  first week in force, counted from the start of the run
    ends    first week no longer in force; None: to the end
    where   {column of schools: [low, high]}, {"schools": [IDs or rows]} or {"teachers": [rows of
            teaching posts]}: only there (levers marked per school or per teacher only)
    others  further policies in force beside this one; see `beside`
    Raises SettingError if a lever does not exist or a value is not allowed.
    """

    name: str
    set: dict = field(default_factory=dict)
    title: str = ""
    why: str = ""
    starts: int = 0
    ends: int | None = None
    where: dict | None = None
    source: str = ""
    others: tuple = ()
    origin: str = field(default="", compare=False, repr=False)

    def __post_init__(self):
        place = self.origin or f"policy '{self.name}'"
        flat = {}
        for name, value in _flat(self.set, place).items():
            flat[name] = check_lever(name, value, _at(self.origin, f"set.{name}") or place)
        object.__setattr__(self, "set", flat)
        for word in ("starts", "ends"):
            week = getattr(self, word)
            if week is None and word == "ends":
                continue
            whole = isinstance(week, Integral) and not isinstance(week, bool)
            if not whole or not 0 <= week <= LONGEST_WEEKS:
                raise SettingError(
                    f"{place}: {word} is {week!r}; it takes a whole week from 0 to {LONGEST_WEEKS}."
                )
        if self.ends is not None and self.ends <= self.starts:
            raise SettingError(
                f"{place}: ends ({self.ends}) must come after starts ({self.starts})."
            )
        if self.where is not None:
            check_where(self.where, flat, place)

    @property
    def levers(self):
        """{"group.lever": value} of what the policy sets."""
        return dict(self.set)

    def replaced(self, changes):
        """A copy that also sets {"group.lever": value}; later wins."""
        flat = {**self.set, **_flat(changes, f"policy '{self.name}'")}
        return replace(self, set=flat, origin="")

    def beside(self, *others):
        """A copy with further policies in force beside it, each with its own dates and places.

        Where several set a lever for the same place and week, the later in the list wins.
        """
        return replace(self, others=(*self.others, *others), origin="")

    def as_dict(self):
        """The policy as a policy file would say it."""
        nested = {}
        for name, value in self.set.items():
            group, lever = name.split(".")
            nested.setdefault(group, {})[lever] = value
        found = {"title": self.title, "why": self.why, "set": nested, "starts": self.starts}
        found.update({"ends": self.ends, "where": self.where, "source": self.source})
        return {k: v for k, v in found.items() if v not in (None, "")}

    @staticmethod
    def names():
        """Policies that ship or stand in ./configs/policies."""
        return config_names("policies")

    @classmethod
    def load(cls, name_or_path):
        """A policy by name or from a YAML file. Raises SettingError as the class does."""
        if isinstance(name_or_path, Policy):
            return name_or_path
        path = find_config("policies", name_or_path)
        page = read_yaml(path)
        for key in page:
            if key not in _KEYS:
                raise SettingError(
                    f"{_at(str(path), key)}: '{key}' is not part of a policy."
                    f"{nearest(key, _KEYS)} A policy has {', '.join(_KEYS)}."
                )
        if not isinstance(page.get("set", {}), dict):
            raise SettingError(f"{path}: set: expected `group: {{lever: value}}` lines.")
        texts = {k: page.get(k, "") for k in ("title", "why", "source")}
        for key, text in texts.items():
            if not isinstance(text, str):
                raise SettingError(f"{_at(str(path), key)}: {key} must be text.")
        return cls(
            Path(path).stem,
            page.get("set", {}),
            **texts,
            starts=page.get("starts", 0),
            ends=page.get("ends"),
            where=page.get("where"),
            origin=str(path),
        )


def _at(path, dotted):
    if not path:
        return ""
    line = line_of(path, dotted)
    return f"{path}:{line}" if line else path


def _flat(settings, place):
    if not isinstance(settings, dict):
        raise SettingError(f"{place}: set: expected `group: {{lever: value}}`.")
    flat = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            if key not in GROUPS:
                raise SettingError(
                    f"{place}: '{key}' is not a group of levers.{nearest(key, GROUPS)} "
                    f"Groups: {', '.join(GROUPS)}."
                )
            flat.update({f"{key}.{lever}": v for lever, v in value.items()})
        elif key in GROUPS:
            raise SettingError(f"{place}: set.{key}: expected `lever: value` lines below it.")
        else:
            flat[key] = value
    return flat


class Timeline:
    """Which numbers are in force: cards, then the run's parameters, then the policy while it lasts.

    policy      a Policy
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    schools     the Schools table, for `where`
    """

    def __init__(self, policy, parameters, schools):
        self.policy = policy
        self._fixed = {
            mechanism: {n: c.value for n, c in group.items() if not c.lever}
            for mechanism, group in cards().items()
        }
        if parameters is not None and not isinstance(parameters, dict):
            raise SettingError('parameters: expected {"mechanism": {"name": value}}.')
        for mechanism, given in (parameters or {}).items():
            if not isinstance(given, dict):
                raise SettingError(f"parameters.{mechanism}: expected {{name: value}}.")
            check_mechanism(mechanism, "parameters")
            for name, value in given.items():
                checked = check_parameter(mechanism, name, value, "parameters")
                self._fixed[mechanism][name] = checked
        self._all = (policy, *policy.others)
        self._reached = [None if one.where is None else reached(schools, one.where)
                         for one in self._all]  # fmt: skip
        dates = [(one.starts, one.ends, _coach_leaves(one)) for one in self._all]
        self.changes = {0, *(week for each in dates for week in each)} - {None}

    def caseload_smallest(self):
        """Smallest caseload ever in force: how many desks the supervision unit may need."""
        normal = levers()["supervision.caseload"].value
        return min(normal, *(one.set.get("supervision.caseload", normal) for one in self._all))

    def in_force(self, week):
        """{mechanism: namespace}: own numbers as attributes, levers as `p.group.lever`."""
        groups = {group: {} for group in GROUPS}
        active = [
            (one, places)
            for one, places in zip(self._all, self._reached)
            if one.starts <= week and (one.ends is None or week < one.ends)
        ]
        for name, card in levers().items():
            group, lever = name.split(".")
            value = card.value
            for one, places in active:
                if name in one.set:
                    there = places and places[card.per == "teacher"]
                    value = (
                        one.set[name] if there is None else np.where(there, one.set[name], value)
                    )
            groups[group][lever] = value
        for one, _ in active:
            leaves = _coach_leaves(one)
            if leaves is not None and week >= leaves:
                groups["research_use"]["coach_days"] = 0.0
        spaces = {group: SimpleNamespace(**values) for group, values in groups.items()}
        return {m: SimpleNamespace(**values, **spaces) for m, values in self._fixed.items()}


def _coach_leaves(policy):
    """Week in which the outside coach leaves: coach_weeks after the policy starts, or None."""
    weeks = policy.set.get("research_use.coach_weeks")
    return None if weeks is None else policy.starts + weeks
