"""Trials, watch: runs one district and keeps what is true at each time of measurement.

What is kept is the state's own columns, or plain sums of them; errors come later (`instruments`).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from districtsim.simulation import Simulation
from districtsim.world.state import PRINCIPAL_TASKS, TERM_WEEKS, UNITS, YEAR_WEEKS

INSTRUCTION = [PRINCIPAL_TASKS.index(task) for task in ("instruction", "evaluation")]
NOVICE = 3.0  # years
HR, OPERATIONS = UNITS.index("human_resources"), UNITS.index("operations")


def watch(district, policy, seed, weeks, until, parameters=None):
    """Run a district; returns {week: what is true at its end}.

    weeks  weeks of the run to keep; until: last week to run
    """
    simulation = Simulation(district, policy, seed, parameters=parameters)
    kept, state = {}, simulation.state
    shares, support = np.zeros((2, len(state.schools)))
    while simulation.week <= until:
        week = simulation.week
        if week % YEAR_WEEKS == 0:
            shares[:] = support[:] = 0.0
        simulation.step()
        if week % YEAR_WEEKS < TERM_WEEKS:
            hours = state.principals.hours
            shares += hours[INSTRUCTION].sum(axis=0) / state.principals.budget
            support += state.principals.support
        if week in weeks:
            so_far = min(week % YEAR_WEEKS, TERM_WEEKS - 1) + 1  # weeks of term
            kept[week] = _record(state, shares / so_far, support / so_far)
    return kept, simulation


def _record(state, shares, support):
    everywhere = np.ones(len(state.schools))
    schools, principals, teachers = state.schools, state.principals, state.teachers
    low = schools.low_income
    return SimpleNamespace(
        schools={
            "score": low * schools.score[:, 0] + (1.0 - low) * schools.score[:, 1],
            "score_low_income": schools.score[:, 0].copy(),
            "score_other": schools.score[:, 1].copy(),
            "growth": schools.growth.copy(),
            "behaviour": schools.behaviour.copy(),
            "support": support,
            "of_color": _by_school(state, teachers.of_color),
            "hr_answers": state.units.answered(HR) * everywhere,
            "operations_answers": state.units.answered(OPERATIONS) * everywhere,
            "understanding": _understanding(state) * everywhere,
            "leadership": principals.leadership.copy(),
            "supervisor_rating": principals.supervisor_rating.copy(),
            "rating": principals.rating.copy(),
            "instruction_share": shares,
            "stay": 1.0 - schools.left / np.maximum(schools.decided, 1.0),
            "measured_score": schools.measured_score.mean(axis=0),
            "principal_experience": principals.experience.copy(),
            "novice_share": _by_school(state, teachers.experience < NOVICE),
        },
        teachers={
            "skill": teachers.skill.copy(),
            "knowledge": teachers.skill + teachers.fresh,
            "growth": teachers.growth.copy(),
        },
        filled=teachers.filled.copy(),
        holder=teachers.holder.copy(),
        novice=teachers.experience < NOVICE,
        principal=principals.holder.copy(),
    )


def _understanding(state):
    """Mean appropriation of the research ideas by the office's people, 0 to 4."""
    return float(state.staff.appropriation[:, state.staff.filled].mean())


def _by_school(state, which):
    """Share of a school's filled posts."""
    filled = state.teachers.filled
    first = state.chart.first
    found = np.add.reduceat((which & filled).astype(float), first)
    return found / np.maximum(np.add.reduceat(filled.astype(float), first), 1.0)


def by_subject(values, subject, teaches):
    """Values by subject, (subjects, rows), as one number a row: of the subject, or the mean of all
    three; for teachers weighted by what they teach (NaN where that is nothing).

    teaches  (subjects, teachers), or None for schools
    """
    names = ("mathematics", "ela", "science")
    if values.ndim == 1:
        return values
    if subject != "all":
        found = values[names.index(subject)]
        if teaches is None:
            return found
        return np.where(teaches[names.index(subject)] > 0.0, found, np.nan)
    if teaches is None:
        return values.mean(axis=0)
    total = teaches.sum(axis=0)
    mean = (values * teaches).sum(axis=0) / np.maximum(total, 1e-9)
    return np.where(total > 0.0, mean, np.nan)
