"""Feedback: principals see teachers teach and tell them something useful, or not.

A long list of elements leaves too little attention for each; a short one leaves much unseen. A
principal far below the teacher gives noise or harm.
"""

import numpy as np

from districtsim.world.state import TERM_WEEKS

FEEDBACK = 3  # row of a teacher's hours
WEEKS_A_MONTH = 52.0 / 12.0


def sharpness(elements, hours, p):
    """How much of an hour of feedback is useful detail, 0 to 1.

        covered = elements / (elements + covers_half)
        minutes = 60 * hours * (52 / 12) / elements       (per element and month)
        covered * minutes / (minutes + minutes_half)

    elements  in the definition of good teaching, scalar or (schools,)
    hours     of feedback a teacher gets, h/week, (schools,)
    Sources   P44, F309
    """
    covered = elements / (elements + p.covers_half)
    minutes = 60.0 * hours * WEEKS_A_MONTH / elements
    return covered * minutes / (minutes + p.minutes_half)


def usefulness(leadership, skill, p):
    """Worth of the principal's view for this teacher and subject, -harm to 1.

    clip((leadership + tolerance - skill) / tolerance, -harm, 1)
    """
    worth = (leadership + p.tolerance) / p.tolerance - skill * (1.0 / p.tolerance)
    return np.minimum(np.maximum(worth, -p.harm, out=worth), 1.0, out=worth)


def step(state, p, draw):
    """One week of term: every teacher's skill moves with the feedback hours of time_use.

        hours    = feedback hours of a filled post of the school
        sharp    = sharpness(elements, hours) * (1 - mixed_messages * m)
        m        = min(1, skip_hours / the school's feedback hours, all teachers together)
        skill   += rate * practised * usefulness(leadership, skill) * teaches
        practised = feedback hours * sharp  (teachers; 0 in empty posts)

    leadership is the principal's at the end of supervision; skill is last week's.
    """
    if not state.in_term:
        if state.week_of_year == TERM_WEEKS:
            state.teachers.practised[:] = 0.0
        return
    teachers, principals, chart = state.teachers, state.principals, state.chart
    sharp = sharpness(p.standards.elements, principals.feedback, p)
    if p.supervision.skip_principal:
        total = np.add.reduceat(teachers.hours[FEEDBACK], chart.first)
        mixed = np.minimum(1.0, principals.skip_hours / np.maximum(total, 1e-9))
        sharp = sharp * (1.0 - p.mixed_messages * mixed)
    principals.sharpness[:] = sharp
    practised = teachers.practised
    np.multiply(teachers.hours[FEEDBACK], sharp[teachers.school], out=practised)
    worth = usefulness(principals.leadership[teachers.school], teachers.skill, p)
    worth *= teachers.teaches
    worth *= practised * p.rate
    teachers.skill += worth
