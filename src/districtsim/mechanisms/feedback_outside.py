"""Feedback outside: coaches from outside and paired colleagues; a part of feedback.

They work with teachers past the principal. Their numbers are on feedback's card; their hours,
`outside` of teachers, are levers that time_use takes from teachers' planning.
"""

import numpy as np

from districtsim.world.subjects import subject_shares

COACH, COLLEAGUE = 0, 1  # rows of teachers' hours with outsiders


def coached(state, p, usefulness):
    """A week with outside coaches:

        skill += rate * hours with the coach * usefulness(coach_level, skill) * share

    where share of an hour is subject_shares(coaching_subject, teaches): as the post teaches for
    "all", else 1 in the subject named if the post teaches it.

    An hour of coaching is a useful hour: the trials that `rate` comes from measured such hours.

    Sources  F601
    """
    teachers = state.teachers
    worth = usefulness(p.coach_level, teachers.skill, p)
    worth *= subject_shares(p.pd.coaching_subject, teachers.teaches)
    teachers.skill += worth * (p.rate * teachers.outside[COACH])


def pairs(school, observed):
    """Who works with whom: in each school the k-th lowest observed with the k-th highest.

    school    row of the school, (teachers,)
    observed  SD, (teachers,)
    returns   lower, higher: indices into both, (pairs,); the one in the middle has no partner
    """
    order = np.lexsort((observed, school))
    inside = school[order]
    first = np.searchsorted(inside, inside)  # where the school of each begins in the order
    last = np.searchsorted(inside, inside, side="right") - 1
    place = np.arange(len(order))
    partner = first + last - place
    lower = place < partner
    return order[lower], order[partner[lower]]


def partners(state, p, draw):
    """Rows of the lower and higher in each pair, and the pair's hours a week.

    `pairs` of the posts with hours for a colleague, by mean skill over subjects + pair_error * z
    (stream "feedback.pairs", keyed by post, tick = year); a pair has the smaller of the two's
    hours.
    """
    teachers = state.teachers
    hours = teachers.outside[COLLEAGUE]
    rows = np.flatnonzero(hours)
    z = draw.normal("feedback.pairs", teachers.key[rows], state.year)
    observed = teachers.skill[:, rows].mean(axis=0) + p.pair_error * z
    lower, higher = pairs(teachers.school[rows], observed)
    lower, higher = rows[lower], rows[higher]
    return lower, higher, np.minimum(hours[lower], hours[higher])


def pairs_meet(state, p, draw):
    """A week of paired colleagues: the lower learns from the higher where the latter is stronger.

        ahead  = max(0, skill of the higher - skill of the lower), 0 where the lower teaches none
        share  = ahead / sum of ahead over subjects: the pair works on what differs most
        skill of the lower += rate * peer_share * hours * share * min(1, ahead / tolerance)

    Sources  F511
    """
    teachers = state.teachers
    lower, higher, hours = partners(state, p, draw)
    ahead = np.maximum(0.0, teachers.skill[:, higher] - teachers.skill[:, lower])
    ahead *= teachers.teaches[:, lower] > 0.0
    share = ahead / np.maximum(ahead.sum(axis=0), 1e-9)
    worth = share * np.minimum(1.0, ahead / p.tolerance)
    teachers.skill[:, lower] += p.rate * p.peer_share * hours * worth


def useful_hours(state, p, draw):
    """Useful hours a week of each post with outside coaches and paired colleagues, (teachers,):
    those with the coach, and peer_share * the pair's hours for the lower of a pair."""
    found = state.teachers.outside[COACH].copy()
    lower, _, hours = partners(state, p, draw)
    found[lower] += p.peer_share * hours
    return found
