"""People measures: hiring, turnover, equity and the district's plans, measured from the twin.

Written from what the outcomes say of themselves; see `twin_measures.py`.
"""

import math

from districtsim.world.state import UNITS

QUARTILES = (1, 2, 3, 4)


def over(part, whole):
    """A part over a whole; unknown where there is none."""
    return part / whole if whole else math.nan


def mean_over(pairs):
    """Mean of (value, people) over people."""
    return over(sum(value * people for value, people in pairs), sum(people for _, people in pairs))


# In winter: the hiring season that staffed the year


def files_per_vacancy(twin):
    """Files that reach a principal for each vacancy that HR passes on."""
    return {"all": over(twin.hiring.sums["files"], twin.hiring.sums["read"])}


def days_to_fill(twin):
    """Days from notice to a signed contract."""
    return {"all": over(twin.hiring.sums["days"], twin.hiring.sums["filled_posts"])}


def withdrawn_share(twin):
    """Share of candidates who took another offer before theirs was decided."""
    return {"all": over(twin.hiring.sums["withdrew"], twin.hiring.sums["applied"])}


def late_hire_share(twin):
    """Share of hires who started after the first week of school."""
    return {"all": over(twin.hiring.sums["late"], twin.hiring.sums["hires"])}


def hire_quality(twin):
    """Mean ability of hires."""
    return {"all": over(twin.hiring.sums["hire_quality"], twin.hiring.sums["hires"])}


def hires_of_color_share(twin):
    """Share of hires who are teachers of color."""
    return {"all": over(twin.hiring.sums["hires_of_color"], twin.hiring.sums["hires"])}


# In June


def teachers_of_color_share(twin):
    """Share of teachers who are teachers of color."""
    there = [teacher for teacher in twin.teachers if teacher.filled]
    return {"all": over(sum(teacher.of_color for teacher in there), len(there))}


def novice_share(twin):
    """Share of teachers in their first three years, and by school poverty quartile."""
    found = {}
    for q in (None, *QUARTILES):
        schools = [school for school in twin.schools if q in (None, school.poverty_quartile)]
        years = [each.experience for school in schools for each in school.teachers if each.filled]
        novices = sum(1 for each in years if each < 3)
        found["all" if q is None else f"quartile {q}"] = over(novices, len(years))
    return found


def premise(twin):
    """Premise of each unit that has people, and their mean."""
    found = {UNITS[unit.row]: unit.premise for unit in twin.units_with_people}
    return {**found, "all": sum(found.values()) / len(found)}


def teachers_behaviour(twin):
    """Equity behaviour of every school with its teachers in post."""
    return [
        (school.behaviour, sum(teacher.filled for teacher in school.teachers))
        for school in twin.schools
    ]


def behaviour(twin):
    """What people do differently for equity; means over people."""
    staff = [(unit.behaviour, len(unit.filled)) for unit in twin.units]
    return {
        "teachers": mean_over(teachers_behaviour(twin)),
        "staff": mean_over(staff),
        "human_resources": twin.human_resources.behaviour,
    }


def shifted_share(twin):
    """Share of teachers at half an SD or more, if people differ as waiting times do."""
    shares = [
        (math.exp(-0.5 / mean) if mean > 0 else 0.0, people)
        for mean, people in teachers_behaviour(twin)
    ]
    return {"teachers": mean_over(shares)}


def equity_knowledge(twin):
    """What office staff know of how the district's work feeds inequity; mean over people."""
    return {"staff": mean_over([(unit.knowledge, len(unit.filled)) for unit in twin.units])}


def inequitable_policies(twin):
    """Inequitable policies in force."""
    return {"all": twin.agenda.policies}


def initiatives(twin):
    """Initiatives under way."""
    return {"all": twin.agenda.initiatives}


def plan_belief(twin):
    """Principals' belief that the office uses their plans, mean."""
    return {"all": mean_over([(principal.plan_belief, 1) for principal in twin.principals])}


# In August


def teacher_turnover(twin):
    """Share of teachers who left their school; the district; and by school poverty quartile."""
    found = {"left the district": over(twin.turnover.quit, twin.turnover.base)}
    for q in (None, *QUARTILES):
        schools = [school for school in twin.schools if q in (None, school.poverty_quartile)]
        left, decided = (sum(getattr(s, name) for s in schools) for name in ("left", "decided"))
        found["all" if q is None else f"quartile {q}"] = over(left, decided)
    return found


def principal_turnover(twin):
    """Share of principals who left their school."""
    return {"all": twin.turnover.principals_left / len(twin.principals)}


def cost_per_student(twin):
    """Yearly cost of what the levers set, per pupil."""
    return {"all": twin.agenda.cost / sum(school.enrolment for school in twin.schools)}


def consultations(twin):
    """The equity officer's consultations with units."""
    return {"all": twin.agenda.consultations}


IN_WINTER = (
    files_per_vacancy, days_to_fill, withdrawn_share, late_hire_share, hire_quality,
    hires_of_color_share,
)  # fmt: skip
PEOPLE_IN_JUNE = (
    teachers_of_color_share, novice_share, premise, behaviour, shifted_share, equity_knowledge,
    inequitable_policies, initiatives, plan_belief,
)  # fmt: skip
PEOPLE_IN_AUGUST = (teacher_turnover, principal_turnover, cost_per_student, consultations)
