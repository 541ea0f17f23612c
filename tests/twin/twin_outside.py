"""Outside programmes and who is let go, in the twin.

Written from the model's description alone; see `twin.py`.
"""

import math

from .twin_teachers import SUBJECTS
from .twin_units import clip

NAMES = ("mathematics", "ela", "science")


def shares(teacher, subject):
    """How an hour is split over the subjects of a post."""
    if subject == "all":
        return teacher.teaches
    return [float(NAMES[s] == subject and teacher.teaches[s] > 0) for s in SUBJECTS]


def coach_teachers(model, p):
    """A week with outside coaches."""
    for teacher in model.teachers:
        hours = teacher.outside[0]
        if not hours:
            continue
        split = shares(teacher, teacher.lever(p.pd.coaching_subject))
        for s in SUBJECTS:
            above = (p.coach_level + p.tolerance - teacher.skill[s]) / p.tolerance
            teacher.skill[s] += p.rate * hours * clip(above, -p.harm, 1.0) * split[s]


def pairs_of(model, p):
    """Pairs of colleagues with their hours a week."""
    z = model.draws.normal("feedback.pairs", model.teacher_keys, model.year).tolist()
    found = []
    for school in model.schools:
        there = [each for each in school.teachers if each.outside[1] > 0]
        there.sort(key=lambda each: sum(each.skill) / 3 + p.pair_error * z[each.row])
        for lower, higher in zip(there[: len(there) // 2], reversed(there)):
            found.append((lower, higher, min(lower.outside[1], higher.outside[1])))
    return found


def meet_in_pairs(model, p):
    """A week of paired colleagues."""
    for lower, higher, hours in pairs_of(model, p):
        ahead = [
            max(0.0, higher.skill[s] - lower.skill[s]) if lower.teaches[s] > 0 else 0.0
            for s in SUBJECTS
        ]
        total = sum(ahead)
        for s in SUBJECTS if total > 0 else ():
            worth = ahead[s] / total * min(1.0, ahead[s] / p.tolerance)
            lower.skill[s] += p.rate * p.peer_share * hours * worth


def useful_hours(model, p):
    """Useful hours a week with outside coaches and colleagues, by teacher."""
    found = {teacher: teacher.outside[0] for teacher in model.teachers}
    for lower, _, hours in pairs_of(model, p):
        found[lower] += p.peer_share * hours
    return found


def hold_course(model, p):
    """A week of a course held by outsiders."""
    for teacher in model.teachers:
        week = teacher.outside[2]
        if not week:
            continue
        split = shares(teacher, teacher.lever(p.pd.course_subject))
        for s in SUBJECTS:
            hours, off = week * split[s], (teacher.skill[s] - p.course_level) / p.width
            fits = max(0.0, 1 - off * off) ** 2
            teacher.fresh[s] += p.rate * hours * fits
            if p.course_level < teacher.skill[s]:
                teacher.skill[s] -= p.wasted_cost * hours * (1 - fits)


def teachers_let_go(model, p):
    """Teachers whom the district lets go this June."""
    one = model.draws.uniform("turnover.let_go", model.teacher_keys, model.year).tolist()
    z = model.draws.normal("turnover.observed", model.teacher_keys, model.year).tolist()
    v = model.draws.uniform("turnover.let_go", model.principal_keys, model.year).tolist()
    found = []
    for school in model.schools:
        share = school.lever(p.hr.replace_teachers)
        there = [each for each in school.teachers if each.filled]
        if school_word(school, p.hr.replace_by) == "chance":
            found += [each for each in there if one[each.row] < share]
        elif share > 0:
            number = math.floor(share * len(there) + v[school.row])
            there.sort(key=lambda each: sum(each.skill) / 3 + p.observed_error * z[each.row])
            found += there[:number]
    return found


def principals_let_go(model, p):
    """Principals whom the district replaces this June."""
    stream = "turnover.let_go_principals"
    u = model.draws.uniform(stream, model.principal_keys, model.year).tolist()
    (v,) = model.superintendent_draws(stream, model.year, 1)
    found, rated, total = [], [], 0.0
    for row, principal in enumerate(model.principals):
        share = principal.school.lever(p.hr.replace_principals)
        if school_word(principal.school, p.hr.replace_by) == "chance":
            found += [principal] if u[row] < share else []
        elif share > 0:
            rated.append(principal)
            total += share
    rated.sort(key=lambda each: (each.rating, each.school.row))
    return found + rated[: math.floor(total + v)]


def school_word(school, value):
    """A choice that may differ between schools."""
    return str(value[school.row]) if hasattr(value, "shape") and value.shape else value
