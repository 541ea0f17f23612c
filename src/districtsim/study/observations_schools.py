"""Observations of schools: weeks of principals and supervisors, beginners, PD, scores and gaps."""

from collections import deque

import numpy as np

from districtsim.world.state import PRINCIPAL_TASKS, ROLES, STAFF_TASKS, SUBJECTS

YEAR, TERM = 52, 40
BIG_SCHOOL = 1000  # pupils, F304
NO_CLEAR_RISE = 0.1  # SD over three years; "flat" in F610 has no published bound
P = {task: i for i, task in enumerate(PRINCIPAL_TASKS)}
S = {task: i for i, task in enumerate(STAFF_TASKS)}
ADMINISTRATION = [P[task] for task in ("operations", "hiring", "meetings", "evaluation")]
POINTS_PER_SD = 100 / np.sqrt(2 * np.pi)  # percentile points for a SD, at the middle


def begin(watch):
    """Sums that are kept over a term or over three years."""
    watch.hours = np.zeros_like(watch.state.principals.hours)
    watch.lasting = watch.state.schools.lasting_gain.copy()
    watch.pd_this_year = np.zeros_like(watch.state.teachers.development)
    watch.pd_years = deque(maxlen=3)


def before_week(watch, week):
    """PD hours that teachers get this week, by subject."""
    if watch.state.chart.pd_this_week:
        teachers = watch.state.teachers
        watch.pd_this_year += teachers.development * teachers.filled


def every_week_of_term(watch):
    """Hours of principals and supervisors."""
    staff = watch.state.staff
    watch.hours += watch.state.principals.hours
    desks = (staff.role == ROLES.index("ild")) & staff.filled
    if desks.any():
        spent = staff.hours[:, desks].sum(axis=1)
        week = spent.sum()
        watch.add("supervisors: support", spent[S["support"]], week)
        there = spent[S["support"]] + spent[S["evaluation"]]
        watch.add("supervisors: support and evaluation", there, week)


def rating(state):
    """A teacher's skill over what the post teaches, experience aside, SD, (teachers,)."""
    teachers = state.teachers
    taught = np.maximum(teachers.teaches.sum(axis=0), 1e-9)
    return (teachers.skill * teachers.teaches).sum(axis=0) / taught


def june(watch):
    """Week 39: beginners, teachers of color, the principals' term, scores and gaps."""
    state = watch.state
    teachers, schools = state.teachers, state.schools
    here, beginner = teachers.filled, teachers.experience < 2
    quartile = schools.poverty_quartile[teachers.school]
    watch.share("teachers: beginners", beginner, here)
    watch.share("teachers: beginners, poorest", beginner, here & (quartile == 4))
    watch.share("teachers: beginners, richest", beginner, here & (quartile == 1))
    share = schools.students_of_color
    if np.isfinite(share).all():
        at, high = share[teachers.school], np.quantile(share[teachers.school], 0.75)
        watch.share("teachers: beginners, most pupils of color", beginner, here & (at >= high))
    year = (watch.simulation.week - 1) // YEAR + 1
    watch.share(f"teachers: of color, year {year}", teachers.of_color, here)
    _principals(watch, watch.hours / TERM)
    watch.hours[:] = 0.0
    _principal_effect(watch)
    _scores(watch)
    left = schools.lasting_gain - schools.growth
    watch.add("gains: left after a year", (left * np.sign(watch.lasting)).sum(),
              np.abs(watch.lasting).sum())  # fmt: skip
    watch.lasting = schools.lasting_gain.copy()


def _principals(watch, hours):
    """A principal's mean week over the term just ended; hours is (tasks, principals)."""
    number, total = hours.shape[1], hours.sum()
    taught = hours[P["instruction"]] + hours[P["evaluation"]]
    run = hours[ADMINISTRATION].sum(axis=0)
    big = watch.state.schools.enrolment >= BIG_SCHOOL
    watch.add("principals: instruction and evaluation", taught.sum(), total)
    watch.add("principals: students and parents", hours[P["students"]].sum(), total)
    watch.add("principals: administration", run.sum(), total)
    watch.add("principals: administration, big schools", run[big].sum(), hours[:, big].sum())
    watch.add("principals: hours a week", total, number)
    watch.add("principals: hours a week, big schools", hours[:, big].sum(), big.sum())
    seen = hours[P["instruction"]] * watch.numbers["time_use"].feedback_share
    seen += hours[P["evaluation"]]
    meetings, staffing = hours[P["meetings"]], hours[P["hiring"]]
    for name, which in (
        ("meetings 1 to 3 h", (meetings >= 1) & (meetings < 3)),
        ("meetings over 5 h", meetings > 5),
        ("staffing 5 h and more", staffing >= 5),
        ("observing 3 to 5 h", (seen >= 3) & (seen < 5)),
    ):
        watch.add(f"principals: {name}", which.sum(), number)


def _principal_effect(watch):
    """Sums for the slope of a year's gain in mathematics on the principal's leadership."""
    state = watch.state
    taught = state.chart.taught[0]
    lead, gain = state.principals.leadership[taught], state.schools.growth[0, taught]
    sums = (("", lead), (" squared", lead**2), (": gain", gain), (" x gain", lead * gain))
    for name, values in sums:
        watch.add(f"leadership{name}", values.sum(), len(lead))


def _scores(watch):
    """Spread between schools and gaps between income groups, one value a district and year."""
    schools = watch.state.schools
    low, pupils, taught = schools.low_income, schools.enrolment, watch.state.chart.taught[0]
    mean = low * schools.score[0, 0] + (1 - low) * schools.score[0, 1]
    watch.add("scores: variance between schools", _variance(mean, pupils), 1)
    quality = schools.quality[0, taught]
    watch.add("teaching: variance between schools", _variance(quality, pupils[taught]), 1)
    for i, subject in enumerate(SUBJECTS[:2]):
        gain, score = schools.growth[i], schools.score[i]
        gap = _mean(gain, pupils * (1 - low)) - _mean(gain, pupils * low)
        watch.add(f"gap: gain, {subject}", gap, 1)
        gap = _mean(score[1], pupils * (1 - low)) - _mean(score[0], pupils * low)
        watch.add(f"gap: score, {subject}", gap, 1)


def _mean(values, weights):
    return (values * weights).sum() / weights.sum()


def _variance(values, weights):
    return _mean((values - _mean(values, weights)) ** 2, weights)


def august(watch):
    """Week 51: PD of the year and of three years; principals who stayed."""
    state = watch.state
    people, posts = len(state.principals), len(state.teachers)
    left = state.district.principals_left[0]
    watch.add("principals: leave", left, people)
    watch.add("principals: stay", people - left, people)
    watch.add("PD: hours a teacher", state.district.pd_hours[0], posts)
    watch.add("PD: days a teacher", state.district.pd_hours[0] / 7.5, posts)
    hours, watch.pd_this_year = watch.pd_this_year, np.zeros_like(watch.pd_this_year)
    watch.pd_years.append(hours)
    primary = state.schools.level[state.teachers.school] == 0
    watch.share("PD: 24 h of ELA or less, primary", hours[1] <= 24, primary)
    if len(watch.pd_years) == watch.pd_years.maxlen:
        mathematics, _, science = sum(watch.pd_years)
        watch.share(
            "PD: over 35 h of mathematics in three years, primary", mathematics > 35, primary
        )
        watch.share("PD: under 6 h of science in three years, primary", science < 6, primary)


def ratios(means):
    """Poor over rich schools, big schools less all, later years less the first."""
    found = {}
    for name, part, whole, over in (
        ("teachers: beginners, poorest over richest", "teachers: beginners, poorest",
         "teachers: beginners, richest", True),
        ("teachers: beginners, most pupils of color over all",
         "teachers: beginners, most pupils of color", "teachers: beginners", True),
        ("principals: administration, big less all", "principals: administration, big schools",
         "principals: administration", False),
        ("principals: hours a week, big less all", "principals: hours a week, big schools",
         "principals: hours a week", False),
        ("teachers: of color, three years on", "teachers: of color, year 4",
         "teachers: of color, year 1", False),
    ):  # fmt: skip
        if part in means and whole in means:
            a, b = means[part], means[whole]
            found[name] = a / b if over else a - b
    return found


def gaps(means):
    """What teaching adds to the gap between income groups, mean of mathematics and ELA."""
    if "gap: gain, ela" not in means:
        return {}
    gain = (means["gap: gain, mathematics"] + means["gap: gain, ela"]) / 2
    score = (means["gap: score, mathematics"] + means["gap: score, ela"]) / 2
    return {
        "gap: percentile points": gain * POINTS_PER_SD,
        "gap: share of the score gap": gain / score,
    }


def principal_effect(means):
    """Student SD of a year's gain in mathematics for a SD of the principal's leadership."""
    if "leadership" not in means:
        return {}
    variance = means["leadership squared"] - means["leadership"] ** 2
    together = means["leadership x gain"] - means["leadership"] * means["leadership: gain"]
    return {"principals: student SD for a SD": together / np.sqrt(variance)}


WORKED_OUT = (ratios, gaps, principal_effect)
