"""Turnover, replaced: teachers and principals whom the district lets go; a part of turnover.

Who follows them comes as all successors come: teachers through the hiring season, principals at
once. Nothing is assumed about who is better.
"""

import numpy as np


def lowest(observed, group, number):
    """The lowest `number` of each group, ties by row: yes/no, (people,).

    observed  (people,); group: row of each one's group, (people,)
    number    whole number for each group, (groups,)
    """
    order = np.lexsort((observed, group))
    inside = group[order]
    place = np.arange(len(order)) - np.searchsorted(inside, inside)
    found = np.zeros(len(order), dtype=bool)
    found[order] = place < number[inside]
    return found


def teachers_let_go(state, p, draw):
    """Teachers in filled posts whom the district lets go this June, (teachers,), yes/no.

    chance  u ("turnover.let_go", post, year) < replace_teachers of the school
    rating  in each school the `lowest` floor(replace_teachers * filled posts + v) by mean skill
            over subjects + observed_error * z ("turnover.observed", post, year); v: stream
            "turnover.let_go", keyed by principalship, tick = year
    """
    teachers, year = state.teachers, state.year
    schools = len(state.schools)
    share = np.broadcast_to(p.hr.replace_teachers, schools)
    u = draw.uniform("turnover.let_go", teachers.key, year)
    by_chance = (u < share[teachers.school]) & teachers.filled
    rated = np.asarray(p.hr.replace_by) == "rating"
    if not rated.any():
        return by_chance
    rows = np.flatnonzero(teachers.filled)
    v = draw.uniform("turnover.let_go", state.principals.key, year)
    school = teachers.school[rows]
    number = np.floor(share * np.bincount(school, minlength=schools) + v).astype(np.int64)
    z = draw.normal("turnover.observed", teachers.key[rows], year)
    observed = teachers.skill[:, rows].mean(axis=0) + p.observed_error * z
    by_rating = np.zeros(len(teachers), dtype=bool)
    by_rating[rows] = lowest(observed, school, number * (share > 0.0))
    return np.where(np.broadcast_to(rated, schools)[teachers.school], by_rating, by_chance)


def principals_let_go(state, p, draw):
    """Principals whom the district replaces this June, (principals,), yes/no.

    chance  u ("turnover.let_go_principals", principalship, year) < replace_principals of the school
    rating  of the principals of schools where replace_principals is above 0 and replace_by is
            rating, the floor(sum of replace_principals over them + v) lowest rated last June (ties
            by row); v: stream "turnover.let_go_principals", keyed by the superintendent's desk,
            tick = year
    """
    principals, number = state.principals, len(state.principals)
    share = np.broadcast_to(p.hr.replace_principals, number)
    rated = np.broadcast_to(np.asarray(p.hr.replace_by) == "rating", number) & (share > 0.0)
    stream = "turnover.let_go_principals"
    found = draw.uniform(stream, principals.key, state.year) < share
    if rated.any():
        v = float(draw.uniform(stream, state.staff.key[:1], state.year)[0])
        rows = np.flatnonzero(rated)
        order = rows[np.argsort(principals.rating[rows], kind="stable")]
        found[rows] = False
        found[order[: int(share[rows].sum() + v)]] = True
    return found
