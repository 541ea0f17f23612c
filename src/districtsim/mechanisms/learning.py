"""Learning: pupils learn from the teaching they get; tests see it with error."""

import numpy as np

LAST_WEEK_OF_TERM = 39
LOW_INCOME = 0  # row of income groups


def experience_effect(experience, p):
    """What experience adds to skill, SD of teaching, (teachers,).

    -beginner in the first year, -early in years 1 and 2, 0 from year 3 on.
    """
    return np.where(experience < 1.0, -p.beginner, np.where(experience < 3.0, -p.early, 0.0))


def teaching_quality(skill, experience, filled, late_weeks, p):
    """Teaching that pupils of a post got this year, SD, (subjects, teachers).

    own       = skill + experience_effect
    late      = late_weeks / 40
    filled:     late * substitute + (1 - late) * own;  empty: substitute
    """
    own = skill + experience_effect(experience, p)
    late = late_weeks / 40.0
    return np.where(filled, late * p.substitute + (1.0 - late) * own, p.substitute)


def gain(quality, effects):
    """Student SD gained in a year from teaching: effect of the subject * quality, (3, rows)."""
    return effects[:, None] * quality


def step(state, p, draw):
    """In the last week of term, after all other mechanisms of the week:

    of each post   quality = teaching_quality, growth = gain(quality), (subjects, teachers)
    quality        of a school: mean of teaching_quality over posts, weighted by what they teach (0
                   where the school has no post in the subject)
    growth         gain(quality)
    lasting_gain   persistence * lasting_gain of last year + growth
    lasting_response  persistence * lasting_response of last year + gain(responsiveness)
    score          base_score + lasting_gain, for low-income pupils + lasting_response
    measured_score mean of score over the school's pupils + pupil_error / sqrt(enrolment) * z1 +
                   school_error * z2 (streams "learning.pupils", "learning.day", keyed by school,
                   tick = year, slot = subject)
    rating         teachers' survey of the principal: clip(3 + 0.6 * (leadership + rating_error *
                   z), 1, 5), stream "learning.rating", keyed by principalship, year
    """
    if state.week_of_year != LAST_WEEK_OF_TERM:
        return
    teachers, schools, principals = state.teachers, state.schools, state.principals
    each = teaching_quality(
        teachers.skill, teachers.experience, teachers.filled, teachers.late_weeks, p
    )
    effects = np.array([p.mathematics_effect, p.ela_effect, p.science_effect])
    teachers.quality, teachers.growth = each, gain(each, effects)
    first = state.chart.first
    weight = np.add.reduceat(teachers.teaches, first, axis=1)
    total = np.add.reduceat(each * teachers.teaches, first, axis=1)
    schools.quality = total / np.maximum(weight, 1e-9)
    schools.growth = gain(schools.quality, effects)
    schools.lasting_gain = p.persistence * schools.lasting_gain + schools.growth
    schools.lasting_response = p.persistence * schools.lasting_response
    schools.lasting_response += gain(schools.responsiveness, effects)
    schools.score = schools.base_score + schools.lasting_gain[:, None, :]
    schools.score[:, LOW_INCOME] += schools.lasting_response
    low = schools.low_income
    mean = low * schools.score[:, 0] + (1.0 - low) * schools.score[:, 1]
    slots = np.arange(3)[:, None]
    pupils = draw.normal("learning.pupils", schools.key, state.year, slots)
    day = draw.normal("learning.day", schools.key, state.year, slots)
    schools.measured_score = (
        mean + p.pupil_error / np.sqrt(schools.enrolment) * pupils + p.school_error * day
    )
    z = draw.normal("learning.rating", principals.key, state.year)
    principals.rating = np.clip(3.0 + 0.6 * (principals.leadership + p.rating_error * z), 1.0, 5.0)
