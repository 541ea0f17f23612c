"""Time shares: the equations by which time_use splits a week.

Apart from time_use.py only for its length; their numbers are on time_use's card.
"""

import numpy as np


def coach_hours(days):
    """Hours a week of an outside coach: days a month x 8 h x 12 / 52."""
    return days * 8.0 * 12.0 / 52.0


def leading_hours(habit, doing_for, leaders, dependence):
    """Hours a leader leads own staff's learning this week.

        max(0, habit - dependence * doing_for / leaders)

    habit      hours the leader is used to, h/week, (leaders,)
    doing_for  coach's hours of doing work for the office, h/week
    leaders    number of leaders
    returns    h/week, (leaders,)
    Sources    Honig et al. 2017 (P06)
    """
    return np.maximum(0.0, habit - dependence * doing_for / leaders)


def contact_hours(hours, group_size, people, most):
    """Hours a week one person works with a leader or coach who sees `group_size` at a time.

    min(most, hours * min(1, group_size / people))
    """
    return np.minimum(most, hours * np.minimum(1.0, group_size / np.maximum(people, 1)))


def supervisors_split(hours, protected, dedicated, demand, pull):
    """A supervisor's week between support of principals and everything else.

        unprotected = hours * (1 - protected)
        intended    = dedicated * unprotected
        room        = unprotected - intended
        overflow    = max(0, demand - room)
        taken       = min(pull * overflow, intended)
        support     = hours * protected + intended - taken
        met         = min(demand, room + taken)

    hours      h/week after own learning, (supervisors,)
    protected  share of the week nobody may take
    dedicated  share of the rest meant for principals, (supervisors,)
    demand     h/week of meetings, evaluation, liaison and staffing, (supervisors,)
    pull       share of the overflow that takes support time
    returns    support, met, overflow / unprotected (at most 1), each (supervisors,)
    Sources    P24, P28, P29
    """
    unprotected = hours * (1.0 - protected)
    intended = dedicated * unprotected
    room = unprotected - intended
    overflow = np.maximum(0.0, demand - room)
    taken = np.minimum(pull * overflow, intended)
    support = hours * protected + intended - taken
    met = np.minimum(demand, room + taken)
    return support, met, np.minimum(1.0, overflow / np.maximum(unprotected, 1e-9))


def kept_share(kept, overload, dedicated, checked, weeks, p):
    """Share of the dedicated time that is still kept, some weeks on.

        checked:      kept + min(1, check_pace * weeks) * (1 - kept)
        not checked:  kept * (1 - drift * weeks * (1 - dedicated) * overload)

    A role dedicated in full has a clear claim to its time and does not drift (P28).
    """
    if checked:
        return kept + min(1.0, p.check_pace * weeks) * (1.0 - kept)
    return kept * (1.0 - p.drift * weeks * (1.0 - dedicated) * overload)


def allotment(pattern, supervisor, rank, need, count, month, p):
    """Share of the supervisor's support each principal gets this week; sums to 1 per supervisor.

        even     1 / count
        by_need  need / sum of need over the supervisor's principals
        bursts   groups = min(burst_groups, count); the group whose turn it is
                 (rank mod groups == floor(month / burst_months) mod groups) shares all, evenly

    supervisor  row of supervisors, (principals,)
    rank        place in the supervisor's list, from 0, (principals,)
    need        assessed need, SD, > 0, (principals,)
    count       principals per supervisor, (supervisors,)
    month       month of the run: floor(week / 4)
    returns     (principals,)
    Sources     Honig et al. 2010 (P32)
    """
    if pattern == "even":
        return 1.0 / count[supervisor]
    if pattern == "by_need":
        weight = need
    else:
        groups = np.minimum(p.burst_groups, count)
        turn = int(month // p.burst_months)
        weight = (rank % groups[supervisor] == (turn % groups)[supervisor]).astype(float)
    total = np.bincount(supervisor, weight, len(count))
    return weight / total[supervisor]


def instruction_share(leadership, p):
    """Share of a principal's free hours that goes to instruction.

    clip(instruction_share + instruction_by_leadership * leadership, 0.05, 0.8)
    """
    share = p.instruction_share + p.instruction_by_leadership * leadership
    return np.minimum(np.maximum(share, 0.05), 0.8)
