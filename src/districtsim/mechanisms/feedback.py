"""Feedback: principals see teachers teach and tell them something useful, or not.

A long list of elements leaves too little attention for each; a short one leaves much unseen. A
principal far below the teacher gives noise or harm.
"""

import numpy as np

from districtsim.mechanisms.feedback_outside import coached, pairs_meet, useful_hours

WEEKS_A_MONTH = 52.0 / 12.0
LABEL = 1.0  # level of appropriation
ACTING = slice(1, 4)  # units that act on the definition: supervision, curriculum, human resources


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
    half = p.minutes_half * elements / (60.0 * WEEKS_A_MONTH)  # hours that make minutes_half
    return hours / (hours + half) * covered


def usefulness(leadership, skill, p):
    """Worth of the principal's view for this teacher and subject, -harm to 1.

    clip((leadership + tolerance - skill) / tolerance, -harm, 1)
    """
    worth = (leadership + p.tolerance) - skill
    worth *= 1.0 / p.tolerance
    np.maximum(worth, -p.harm, out=worth)
    return np.minimum(worth, 1.0, out=worth)


def depth(leadership, p):
    """What a principal makes of an hour of feedback, against one of mean leadership: max(0, 1 +
    depth_by_leadership * leadership).

    Sources  F302, F308: what hours do depends on what the person is able to do with them
    """
    return np.maximum(0.0, 1.0 + p.depth_by_leadership * leadership)


def next_clarity(clarity, joint, least, p):
    """How far good teaching means the same to all, against today, a month on, (schools,).

        acts   = clip((least - 1) / (acts_at - 1), 0, 1)        (a label changes nothing)
        wanted = 1 + (1 / shared_alone - 1) * acts if made jointly, else 1
        clarity + 4 * joint_pace * (wanted - clarity)

    least    understanding of the unit, of those that act on it (supervision, curriculum and HR, as
             far as they have people), that understands least, 0 to 4
    Sources  P43, P47
    """
    wanted = 1.0
    if joint:
        acts = min(1.0, max(0.0, (least - LABEL) / (p.acts_at - LABEL)))
        wanted += (1.0 / p.shared_alone - 1.0) * acts
    return clarity + 4.0 * p.joint_pace * (wanted - clarity)


def step(state, p, draw):
    """In term: useful hours add up week by week, and move teachers' skill at the end of the month.

        sharp     = sharpness(elements, feedback hours of a filled post of the school) * clarity *
                    depth(leadership of the principal) * (1 - mixed_messages * m)
        m         = min(1, skip_hours / (feedback hours * filled posts)): 0 without skip_hours, 1
                    with them where no post is filled
        practised = sum over the month's weeks of feedback hours * sharp, each school

    In the last week of a month (week of the run mod 4 is 3), with leadership of the principal and
    skill as they stand, in filled posts:

        skill += rate * practised of the school * usefulness(leadership, skill) * teaches

    and the teacher's `practised` is practised / 4; both sums then restart. Outside coaches and
    paired colleagues, where there are any, work every week of term, before this (`coached`,
    `pairs_meet`); their `useful_hours` of the month's last week are added to `practised`, in term.
    In week 43, the first
    month's end without school, teachers' practised becomes 0. Clarity moves by `next_clarity` at
    the end of every month.
    """
    teachers, principals, chart = state.teachers, state.principals, state.chart
    if state.in_term:
        given = principals.feedback
        sharp = sharpness(p.standards.elements, given, p) * principals.clarity
        sharp *= depth(principals.leadership, p)
        if p.supervision.skip_principal:
            total = given * np.add.reduceat(teachers.filled.astype(float), chart.first)
            mixed = np.minimum(1.0, principals.skip_hours / np.maximum(total, 1e-9))
            sharp = sharp * (1.0 - p.mixed_messages * mixed)
        principals.sharpness = sharp
        principals.practised += given * sharp
        if chart.outside:
            coached(state, p, usefulness)
            pairs_meet(state, p, draw)
    if state.week % 4 != 3:
        return
    understanding = state.units.understanding[ACTING][chart.units_there[ACTING]]
    least = float(understanding.min()) if len(understanding) else 0.0
    principals.clarity = next_clarity(principals.clarity, p.standards.joint, least, p)
    posts = state.schools.posts
    practised = np.repeat(principals.practised / 4.0, posts)
    practised *= teachers.filled
    teachers.practised = practised
    if state.in_term and chart.outside:
        teachers.practised = practised + useful_hours(state, p, draw)
    if state.in_term:
        worth = usefulness(np.repeat(principals.leadership, posts), teachers.skill, p)
        worth *= teachers.teaches
        worth *= practised * (4.0 * p.rate)
        teachers.skill += worth
    principals.practised[:] = 0.0
