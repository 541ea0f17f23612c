"""Outcomes: what we measure, one function each.

An outcome says its unit, which direction is better and when it is read: "winter" (week 20, after
the hiring season that staffed the year), "june" (week 39), "august" (week 51), "term" (mean over
the 40 weeks of term) or "month" (mean over the last weeks of the 10 months of term, for what moves
once a month); the last two can also be kept weekly. A function returns {group: value}, or for
"term" and "month" outcomes an array with its groups named apart.
"""

import numpy as np

from districtsim.measuring import (
    WHEN,
    everybody,
    leaders,
    outcome,
    outcomes,
    part_of,
    tasks,
    time_use_rows,
    units_with_people,
    weighted_mean,
)
from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, SUBJECTS, TEACHER_TASKS, UNITS

QUARTILES = (1, 2, 3, 4)
TEACHERS = len(PRINCIPAL_TASKS)  # where teachers' hours begin in time_use, and the office's
OFFICE = TEACHERS + len(TEACHER_TASKS)
__all__ = ["WHEN", "outcome", "outcomes", "time_use_rows"]


@outcome("0 to 4", "higher", "month", groups=units_with_people)
def appropriation(state):
    """Depth of research-based ideas in practice, by unit of the central office as the month's
    learning left it, and of all staff: mean over the people of units."""
    chart, depth = state.chart, state.units.understanding
    return np.concatenate((depth[chart.units_there], [depth @ chart.unit_share]))


@outcome("h/week", "higher", "month", groups=leaders)
def leading_hours(state):
    """Hours leaders spend leading their own staff's learning, by role."""
    hours = state.staff.hours[STAFF_TASKS.index("leading"), state.chart.leaders]
    return np.concatenate((hours, [hours.sum() / len(hours)]))


@outcome("h/week", "neither", "term", groups=tasks)
def time_use(state):
    """Hours by role and task; means over posts that were filled when the week began."""
    principals, district, chart = state.principals, state.district, state.chart
    at_work = max(1.0, district.teachers_at_work.item())  # who starts this week has no hours yet
    found = np.empty(OFFICE + len(chart.time_use_rows))
    np.add.reduce(principals.hours, axis=1, out=found[:TEACHERS])
    found[:TEACHERS] /= len(principals)
    found[TEACHERS:OFFICE] = district.teacher_hours[:, 0] / at_work
    (state.staff.hours @ chart.role_mean).take(chart.time_use_rows, out=found[OFFICE:])
    return found


@outcome("h/week", "higher", "term", groups=lambda state: ("all", "without contact"))
def support_hours(state):
    """Supervisors' hours with a principal, mean; and the share of principals without contact."""
    hours = state.principals.support
    mean = float(np.add.reduce(hours)) / len(hours)
    return np.array((mean, np.count_nonzero(hours < 0.1) / len(hours)))


@outcome("SD", "higher", "june")
def principal_leadership(state):
    """Instructional leadership of principals: mean, spread (SD) and the lowest tenth's upper
    bound."""
    lead = state.principals.leadership
    return {"all": lead.mean(), "spread": lead.std(), "lowest tenth": _lowest(lead, 0.1)}


def _lowest(values, share):
    """Upper bound of the lowest share of values, between the two nearest."""
    ordered = np.sort(values)
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@outcome("1 to 5", "higher", "june")
def supervisor_rating(state):
    """Principals' survey of their supervisors, mean."""
    return {"all": state.principals.supervisor_rating.mean()}


@outcome("1 to 5", "higher", "june")
def principal_rating(state):
    """Teachers' survey of their principals, mean."""
    return {"all": state.principals.rating.mean()}


@outcome("SD", "higher", "june")
def teaching_quality(state):
    """Teaching that pupils got this year, by subject, by school poverty quartile (4 is poorest) and
    both; means over pupils."""
    return _by_subject_and_quartile(state, state.schools.quality)


@outcome("SD a year", "higher", "june")
def student_growth(state):
    """A year's gain of pupils owed to teaching, by subject and school poverty quartile."""
    return _by_subject_and_quartile(state, state.schools.growth)


@outcome("SD", "higher", "june")
def student_score(state):
    """Scores by subject, and by income group. Aggregate, deficit-framed figures; see
    opportunity_gap for the teaching behind them."""
    schools = state.schools
    low = schools.low_income
    mean = low * schools.score[:, 0] + (1.0 - low) * schools.score[:, 1]
    found = {s: weighted_mean(mean[i], schools.enrolment) for i, s in enumerate(SUBJECTS)}
    both = schools.score.mean(axis=0)
    found["low_income"] = weighted_mean(both[0], schools.enrolment * low)
    found["other"] = weighted_mean(both[1], schools.enrolment * (1.0 - low))
    return found


def _by_subject_and_quartile(state, values):
    schools, taught = state.schools, state.chart.taught
    weights = schools.enrolment * taught
    quartile = schools.poverty_quartile - 1
    total = [np.bincount(quartile, v * w, 4) for v, w in zip(values, weights)]
    pupils = [np.bincount(quartile, w, 4) for w in weights]
    found = {}
    for subject, t, n in zip(SUBJECTS, total, pupils):
        found[subject] = t.sum() / n.sum() if n.sum() else np.nan
    found["all"] = float(np.mean([found[s] for s in SUBJECTS]))
    for q in QUARTILES:
        each = [t[q - 1] / n[q - 1] if n[q - 1] else np.nan for t, n in zip(total, pupils)]
        for subject, value in zip(SUBJECTS, each):
            found[f"{subject}, quartile {q}"] = value
        found[f"quartile {q}"] = float(np.mean(each))
    return found


@outcome("SD", "lower", "june")
def opportunity_gap(state):
    """How much better the teaching is that other pupils get than that of low-income pupils
    (income), and of White pupils than that of pupils of color (race, where known). Access: better
    teachers in their schools; suits: teaching in the same school that suits them better."""
    schools = state.schools
    found = {}
    kinds = {"income": schools.low_income, "race": schools.students_of_color}
    for name, part in kinds.items():
        if np.isfinite(part).all():
            access, suits = (
                _gap(state, part),
                weighted_mean(schools.responsiveness, schools.enrolment * part),
            )
            found |= {name: access - suits, f"{name}, access": access, f"{name}, suits": -suits}
    return found


def _gap(state, part):
    schools = state.schools
    gaps = []
    for quality, taught in zip(schools.quality, state.chart.taught):
        pupils = schools.enrolment * taught
        gaps.append(
            weighted_mean(quality, pupils * (1.0 - part)) - weighted_mean(quality, pupils * part)
        )
    return float(np.mean(gaps))


@outcome("h a year per teacher", "neither", "august")
def pd_hours(state):
    """PD hours in the three subjects per teaching post."""
    return {"all": float(state.district.pd_hours[0]) / len(state.teachers)}


@outcome("share", "higher", "august")
def pd_match(state):
    """Share of PD hours that fit the teacher (match of a half or more)."""
    return {"all": part_of(state.district.pd_matched, state.district.pd_hours)}


@outcome("h a year per teacher", "lower", "august")
def pd_wasted_hours(state):
    """PD hours lost to a poor fit, per teaching post."""
    return {"all": float(state.district.pd_wasted[0]) / len(state.teachers)}


@outcome("files", "lower", "winter")
def files_per_vacancy(state):
    """Files that reach a principal for each vacancy that HR passes on."""
    return {"all": part_of(state.district.files, state.district.read)}


@outcome("days", "lower", "winter")
def days_to_fill(state):
    """Days from notice to a signed contract."""
    return {"all": part_of(state.district.days, state.district.filled_posts)}


@outcome("share", "lower", "winter")
def withdrawn_share(state):
    """Share of candidates who took another offer before theirs was decided."""
    return {"all": part_of(state.district.withdrew, state.district.applied)}


@outcome("share", "lower", "winter")
def late_hire_share(state):
    """Share of this year's hires who started after the first week of school."""
    return {"all": part_of(state.district.late, state.district.hires)}


@outcome("SD", "higher", "winter")
def hire_quality(state):
    """Mean ability of this year's hires."""
    return {"all": part_of(state.district.hire_quality, state.district.hires)}


@outcome("share", "higher", "winter")
def hires_of_color_share(state):
    """Share of this year's hires who are teachers of color."""
    return {"all": part_of(state.district.hires_of_color, state.district.hires)}


@outcome("share", "higher", "june")
def teachers_of_color_share(state):
    """Share of teachers who are teachers of color."""
    teachers = state.teachers
    return {"all": teachers.of_color[teachers.filled].mean()}


@outcome("share a year", "lower", "august")
def teacher_turnover(state):
    """Share of teachers who left their school last June: all, those who left the district, and by
    school poverty quartile (4 is poorest)."""
    schools, d = state.schools, state.district
    found = {"all": schools.left.sum() / max(1.0, schools.decided.sum())}
    found["left the district"] = part_of(d.quit, d.base)
    quartile = schools.poverty_quartile - 1
    left = np.bincount(quartile, schools.left, 4)
    base = np.bincount(quartile, schools.decided, 4)
    for q in QUARTILES:
        found[f"quartile {q}"] = left[q - 1] / base[q - 1] if base[q - 1] else np.nan
    return found


@outcome("share a year", "lower", "august")
def principal_turnover(state):
    """Share of principals who left their school this year, promoted ones among them."""
    return {"all": float(state.district.principals_left[0]) / len(state.principals)}


@outcome("share", "lower", "june")
def novice_share(state):
    """Share of teachers in their first three years, and by school poverty quartile."""
    teachers = state.teachers
    quartile = (state.schools.poverty_quartile - 1)[teachers.school]
    novice = np.bincount(quartile, (teachers.experience < 3) & teachers.filled, 4)
    base = np.bincount(quartile, teachers.filled, 4)
    found = {"all": novice.sum() / max(1.0, base.sum())}
    for q in QUARTILES:
        found[f"quartile {q}"] = novice[q - 1] / base[q - 1] if base[q - 1] else np.nan
    return found


@outcome("0 to 1", "higher", "month", groups=everybody)
def hr_service(state):
    """Share of schools' requests to HR that are answered well."""
    return np.array([state.units.answered(UNITS.index("human_resources"))])


@outcome("0 to 1", "higher", "month", groups=everybody)
def operations_service(state):
    """Share of schools' requests to operations that are answered well."""
    return np.array([state.units.answered(UNITS.index("operations"))])


@outcome("h/week", "higher", "term", groups=everybody)
def principal_hours_recovered(state):
    """Hours of operations work a principal is spared against service at the start of the run."""
    return np.add.reduce(state.principals.recovered, keepdims=True) / len(state.principals)


@outcome("US$", "lower", "august")
def cost_per_student(state):
    """Yearly cost of what the levers set (supervisors, coaches, PD, equity training, less the staff
    that a cut takes away), per pupil."""
    return {"all": float(state.district.cost[0]) / state.schools.enrolment.sum()}


@outcome("0 to 1", "higher", "june")
def premise(state):
    """Premise of each unit of the office, 0 long-standing to 1 equity-centred, and their mean."""
    there = state.chart.units_there
    values = state.units.premise[there]
    return dict(zip(units_with_people(state), (*values, values.mean())))


@outcome("SD", "higher", "june")
def behaviour(state):
    """What people do differently for equity, above the old practice: teachers, staff of the central
    office, and of these HR; means over people."""
    units, people = state.units, state.staff.filled @ state.chart.in_unit
    return {
        "teachers": weighted_mean(state.schools.behaviour, _teachers_in_post(state)),
        "staff": weighted_mean(units.behaviour, people),
        "human_resources": float(units.behaviour[UNITS.index("human_resources")]),
    }


def _teachers_in_post(state):
    """Teachers in post, by school."""
    teachers = state.teachers
    return np.bincount(teachers.school, teachers.filled, minlength=len(state.schools))


@outcome("share", "higher", "june")
def shifted_share(state):
    """Share of teachers who work differently for equity by half an SD or more, where people differ
    in how far they take to it as waiting times do (exponential)."""
    moved = np.maximum(state.schools.behaviour, 1e-9)
    return {"teachers": weighted_mean(np.exp(-0.5 / moved), _teachers_in_post(state))}


@outcome("SD", "higher", "june")
def equity_knowledge(state):
    """What staff of the central office know of how the district's work feeds inequity; mean over
    people."""
    people = state.staff.filled @ state.chart.in_unit
    return {"staff": weighted_mean(state.units.knowledge, people)}


@outcome("policies", "lower", "june")
def inequitable_policies(state):
    """Inequitable policies and routines in force; 40 stand for today's."""
    return {"all": float(state.district.inequitable_policies[0])}


@outcome("consultations a year", "neither", "august")
def consultations(state):
    """The equity officer's consultations with units."""
    return {"all": float(state.district.consultations[0])}


@outcome("initiatives", "lower", "june")
def initiatives(state):
    """Initiatives under way in the district."""
    return {"all": float(state.district.initiatives[0])}


@outcome("share", "higher", "june")
def plan_belief(state):
    """Principals' belief that the office uses their school improvement plans, mean."""
    return {"all": float(state.principals.plan_belief.mean())}
