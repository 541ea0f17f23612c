"""Measures: what a modeller would collect from the twin, with Mesa's own data collector.

Written from what the outcomes say of themselves, in plain Python over agents; see `twin.py`.
"""

import math
from statistics import fmean, pstdev

import mesa

from districtsim.world.state import (
    PRINCIPAL_TASKS,
    ROLES,
    STAFF_TASKS,
    TEACHER_TASKS,
    TERM_WEEKS,
    UNITS,
    YEAR_WEEKS,
)

from .twin import Twin
from .twin_pd import NAMES
from .twin_people_measures import IN_WINTER, PEOPLE_IN_AUGUST, PEOPLE_IN_JUNE

QUARTILES = (1, 2, 3, 4)
WINTER, JUNE, AUGUST = 20, TERM_WEEKS - 1, YEAR_WEEKS - 1


def run_and_measure(district, policy, seed, years, parameters=None):
    """{outcome: a {group: value} for every year} of a twin."""
    twin = Twin(district, policy, seed, parameters)
    measures = Measures()
    for _ in range(YEAR_WEEKS * years):
        twin.step()
        measures.collect(twin)
    return measures.yearly


class Measures:
    """Collects in term, in winter, June and August, and averages over the weeks of term."""

    def __init__(self):
        self.yearly, self.years = {}, 0
        self.weekly = mesa.DataCollector({each.__name__: each for each in WEEKLY})
        self.monthly = mesa.DataCollector({each.__name__: each for each in MONTHLY})
        self.winter = mesa.DataCollector({each.__name__: each for each in IN_WINTER})
        self.june = mesa.DataCollector({each.__name__: each for each in IN_JUNE})
        self.august = mesa.DataCollector({each.__name__: each for each in IN_AUGUST})

    def collect(self, twin):
        """After every step of the twin."""
        if twin.in_term:
            self.weekly.collect(twin)
            if twin.last_of_month:
                self.monthly.collect(twin)
        if twin.week_of_year == WINTER:
            self.winter.collect(twin)
        elif twin.week_of_year == JUNE:
            self.june.collect(twin)
        elif twin.week_of_year == AUGUST:
            self.august.collect(twin)
            self.close_year()

    def close_year(self):
        """Means of the year for what was collected more than once."""
        collectors = (self.weekly, self.monthly, self.winter, self.june, self.august)
        for collector in collectors:
            for name, found in collector.model_vars.items():
                this_year = found[len(found) // (self.years + 1) * self.years :]
                groups = this_year[0]
                means = {group: fmean(each[group] for each in this_year) for group in groups}
                self.yearly.setdefault(name, []).append(means)
        self.years += 1


def weighted(values, weights):
    """Mean of values by their weights; unknown where there is nothing to weigh."""
    total = sum(weights)
    return sum(v * w for v, w in zip(values, weights)) / total if total > 0 else math.nan


# Every week of term


def time_use(twin):
    """Hours by role and task; means over posts that were filled when the week began."""
    found = {}
    teachers = [teacher for teacher in twin.teachers if teacher.budget]
    for people, role, tasks in (
        (twin.principals, "principal", PRINCIPAL_TASKS),
        (teachers, "teacher", TEACHER_TASKS),
    ):
        for task in tasks:
            found[f"{role}: {task}"] = sum(each.hours[task] for each in people) / len(people)
    for role, name in enumerate(ROLES):
        people = [person for person in twin.office if person.filled and person.role == role]
        for task in STAFF_TASKS if people else ():
            found[f"{name}: {task}"] = sum(each.hours[task] for each in people) / len(people)
    return found


def support_hours(twin):
    """Supervisors' hours with a principal; and the share of principals without contact."""
    hours = [principal.support for principal in twin.principals]
    without = sum(1 for each in hours if each < 0.1)
    return {"all": sum(hours) / len(hours), "without contact": without / len(hours)}


def principal_hours_recovered(twin):
    """Hours of operations work a principal is spared."""
    return {"all": sum(each.recovered for each in twin.principals) / len(twin.principals)}


# Once a month of term


def appropriation(twin):
    """Depth of research-based ideas as the month's learning left it, by unit and of all staff."""
    people = {unit: len(unit.filled) for unit in twin.units_with_people}
    found = {UNITS[unit.row]: unit.understanding for unit in people}
    return {**found, "all": weighted(found.values(), people.values())}


def leading_hours(twin):
    """Hours leaders spend leading their own staff's learning, by role."""
    found = {ROLES[leader.role]: leader.hours["leading"] for leader in twin.leaders}
    return {**found, "all": fmean(found.values())}


def hr_service(twin):
    """Share of schools' requests to HR that are answered well."""
    return {"all": twin.human_resources.answered}


def operations_service(twin):
    """Share of schools' requests to operations that are answered well."""
    return {"all": twin.operations.answered}


# In June


def principal_leadership(twin):
    """Instructional leadership: mean, spread and the upper bound of the lowest tenth."""
    levels = sorted(principal.leadership for principal in twin.principals)
    place = 0.1 * (len(levels) - 1)
    below = math.floor(place)
    above = min(below + 1, len(levels) - 1)
    tenth = levels[below] + (place - below) * (levels[above] - levels[below])
    return {"all": fmean(levels), "spread": pstdev(levels), "lowest tenth": tenth}


def supervisor_rating(twin):
    """Principals' survey of their supervisors."""
    return {"all": fmean(principal.supervisor_rating for principal in twin.principals)}


def principal_rating(twin):
    """Teachers' survey of their principals."""
    return {"all": fmean(principal.rating for principal in twin.principals)}


def teaching_quality(twin):
    """Teaching that pupils got this year, by subject and school poverty quartile."""
    return by_subject_and_quartile(twin, "quality")


def student_growth(twin):
    """A year's gain of pupils owed to teaching, by subject and school poverty quartile."""
    return by_subject_and_quartile(twin, "growth")


def by_subject_and_quartile(twin, name):
    """Means over pupils of the schools that teach the subject."""
    found, in_quartile = {}, {q: [] for q in QUARTILES}
    for s, subject in enumerate(NAMES):
        schools = [school for school in twin.schools if school.has_subject(s)]
        for q in (None, *QUARTILES):
            these = [school for school in schools if q in (None, school.poverty_quartile)]
            values = [getattr(school, name)[s] for school in these]
            mean = weighted(values, [school.enrolment for school in these])
            found[subject if q is None else f"{subject}, quartile {q}"] = mean
            if q is not None:
                in_quartile[q].append(mean)
    found["all"] = fmean(found[subject] for subject in NAMES)
    for q, means in in_quartile.items():
        found[f"quartile {q}"] = fmean(means)
    return found


def student_score(twin):
    """Scores by subject over all pupils, and by income group over all subjects."""
    schools, found = twin.schools, {}
    for s, subject in enumerate(NAMES):
        means = []
        for school in schools:
            low, other = school.score[s]
            means.append(school.low_income * low + (1 - school.low_income) * other)
        found[subject] = weighted(means, [school.enrolment for school in schools])
    for group, name in enumerate(("low_income", "other")):
        means = [fmean(score[group] for score in school.score) for school in schools]
        shares = [abs(group - school.low_income) for school in schools]
        pupils = [share * school.enrolment for share, school in zip(shares, schools)]
        found[name] = weighted(means, pupils)
    return found


def opportunity_gap(twin):
    """How much better the teaching is that other pupils get, by income and by race if known."""
    found = gap(twin, "income", "low_income")
    if all(math.isfinite(school.students_of_color) for school in twin.schools):
        found.update(gap(twin, "race", "students_of_color"))
    return found


def gap(twin, name, share):
    """Mean over subjects of others' teaching less that of a group: where it is, how it suits."""
    access, suits = [], []
    for s in range(len(NAMES)):
        schools = [school for school in twin.schools if school.has_subject(s)]
        quality = [school.quality[s] for school in schools]
        group = [getattr(school, share) * school.enrolment for school in schools]
        others = [school.enrolment - pupils for school, pupils in zip(schools, group)]
        access.append(weighted(quality, others) - weighted(quality, group))
        suits.append(-weighted([school.responsiveness for school in schools], group))
    parts = {"access": fmean(access), "suits": fmean(suits)}
    return {name: sum(parts.values()), **{f"{name}, {part}": v for part, v in parts.items()}}


# In August


def pd_hours(twin):
    """PD hours in the three subjects per teaching post."""
    return {"all": twin.pd.hours / len(twin.teachers)}


def pd_match(twin):
    """Share of PD hours that fit the teacher."""
    return {"all": twin.pd.matched / twin.pd.hours if twin.pd.hours else math.nan}


def pd_wasted_hours(twin):
    """PD hours lost to a poor fit, per teaching post."""
    return {"all": twin.pd.wasted / len(twin.teachers)}


WEEKLY = (time_use, support_hours, principal_hours_recovered)
MONTHLY = (appropriation, leading_hours, hr_service, operations_service)
IN_JUNE = (
    principal_leadership, supervisor_rating, principal_rating, teaching_quality, student_growth,
    student_score, opportunity_gap, *PEOPLE_IN_JUNE,
)  # fmt: skip
IN_AUGUST = (pd_hours, pd_match, pd_wasted_hours, *PEOPLE_IN_AUGUST)
