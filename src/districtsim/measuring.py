"""Measuring: what an outcome is, and the groups it is reported by; outcomes.py has them all."""

from dataclasses import dataclass

import numpy as np

from districtsim.world.state import (
    PRINCIPAL_TASKS,
    ROLES,
    STAFF_TASKS,
    TEACHER_TASKS,
    UNITS,
)

FOR_ALL = ("joint", "design")  # tasks of everybody in the office
WHEN = {"winter": 20, "june": 39, "august": 51}
LEADER_TASKS = ("leading", "learning", "service", "board", *FOR_ALL)
SUPERVISOR_TASKS = ("support", "travel", "evaluation", "liaison", "hiring", "meetings")
STAFF_TASKS_OF = {
    "ild": ("learning", *SUPERVISOR_TASKS, *FOR_ALL),
    "specialist": ("learning", "development", "meetings", *FOR_ALL),
    "hr_partner": ("learning", "hiring", "service", "meetings", *FOR_ALL),
    "operations": ("learning", "service", "meetings", *FOR_ALL),
    "equity_officer": ("learning", "service", "meetings", *FOR_ALL),
}
_REGISTER = {}


@dataclass(frozen=True)
class Outcome:
    """A measured quantity: name, unit, which direction is better, when, meaning, function."""

    name: str
    unit: str
    better: str
    when: str
    meaning: str
    measure: object
    groups: object = None


def outcomes():
    """All outcomes by name."""
    return dict(_REGISTER)


def outcome(unit, better, when, groups=None):
    """Register a function of the state as an outcome under its own name.

    groups  for "term" and "month" outcomes: function of the state that names the groups; the
            outcome then returns an array in that order, which is cheap to take every week
    """

    def register(function):
        meaning = " ".join(function.__doc__.split())
        _REGISTER[function.__name__] = Outcome(
            function.__name__, unit, better, when, meaning, function, groups
        )
        return function

    return register


def weighted_mean(values, weights):
    """Mean of values by weights; not a number where nothing weighs."""
    total = weights.sum()
    return float((values * weights).sum() / total) if total > 0 else np.nan


def part_of(part, whole):
    """One column of the district over another; not a number where the other is 0."""
    whole = float(whole[0])
    return float(part[0]) / whole if whole else np.nan


def everybody(state):
    """The one group of outcomes without groups."""
    return ("all",)


def units_with_people(state):
    """Units of the office that have people, and all."""
    units = [UNITS[i] for i in np.flatnonzero(state.chart.in_unit.sum(axis=0))]
    return (*units, "all")


def leaders(state):
    """Roles of the leaders there are, and all."""
    return (*(ROLES[role] for role in state.staff.role[state.chart.leaders]), "all")


def tasks(state):
    """Every role with each of its tasks."""
    roles = np.flatnonzero(state.chart.works_in.sum(axis=0))
    return (
        *(f"principal: {task}" for task in PRINCIPAL_TASKS),
        *(f"teacher: {task}" for task in TEACHER_TASKS),
        *(f"{ROLES[role]}: {task}" for role in roles for task in _tasks_of(state, role)),
    )


def _tasks_of(state, role):
    """Tasks that a role of the central office has."""
    if role <= 2:
        supervises = role == 0 and state.chart.small
        return (*LEADER_TASKS, *SUPERVISOR_TASKS) if supervises else LEADER_TASKS
    return STAFF_TASKS_OF[ROLES[role]]


def time_use_rows(state):
    """Where the groups of time_use stand in the (tasks, roles) table of the office, flattened."""
    roles = np.flatnonzero(state.chart.works_in.sum(axis=0))
    width = len(roles)
    return np.array(
        [
            STAFF_TASKS.index(task) * width + place
            for place, role in enumerate(roles)
            for task in _tasks_of(state, role)
        ]
    )
