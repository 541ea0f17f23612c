"""Supervision: supervisors help principals grow as instructional leaders.

What an hour gives depends on how the supervisor works (stance, as far as it is understood), on
skill, on knowing the level of school, on continuity, and on how much a principal can absorb in a
week. The useful caseload follows from this and from time_use; it is not put in.
"""

import numpy as np

PARTNERSHIP = slice(0, 2)  # the two ideas about partnerships with principals


def moves_share(teaching, understanding, p):
    """Share of a supervisor's hours in high-leverage moves (modelling, tools, joint work).

        moves_supervisory                                        in a supervisory stance
        moves_supervisory + (moves_teaching - moves_supervisory)
            * min(1, understanding / understands_at)             in a teaching stance

    teaching       True for a teaching stance
    understanding  appropriation of the two partnership ideas, mean, 0 to 4, (supervisors,)
    Sources        P33, P34
    """
    practised = np.minimum(1.0, understanding / p.understands_at) * teaching
    return p.moves_supervisory + (p.moves_teaching - p.moves_supervisory) * practised


def absorbed(hours, saturation):
    """Hours of support that a principal can use in a week: hours / (1 + hours / saturation)."""
    return hours / (1.0 + hours / saturation)


def next_continuity(continuity, hours, p):
    """How fresh the contact is, one week on, 0 to 1.

    kept = continuity * (1 - forget)
    kept + (1 - kept) * min(1, refresh * hours)
    """
    kept = continuity * (1.0 - p.forget)
    return kept + (1.0 - kept) * np.minimum(1.0, p.refresh * hours)


def growth(leadership, stored, moves, skill, level_match, p):
    """SD of leadership a principal gains from what was stored since the last gain.

        rate * stored * moves * max(0, 1 + skill_effect * skill)
             * (other_level + (1 - other_level) * level_match)
             * clip((skill + reach - leadership) / reach, 0, 1)

    stored  sum over weeks of absorbed hours times the use of an hour, (principals,)
    moves, skill  those of the principal's supervisor, (principals,)
    """
    able = np.maximum(0.0, 1.0 + p.skill_effect * skill)
    match = p.other_level + (1.0 - p.other_level) * level_match
    room = np.minimum(np.maximum((skill + p.reach - leadership) / p.reach, 0.0), 1.0)
    return (p.rate * moves) * stored * able * match * room


def network_growth(leadership, source, hours, moves, p):
    """SD of leadership gained in a week of a principals' network.

    rate * absorbed(hours) * moves * clip((source - leadership) / reach, 0, 1)
    """
    room = np.minimum(np.maximum((source - leadership) / p.reach, 0.0), 1.0)
    return p.rate * absorbed(hours, p.saturation) * moves * room


def network_source(leadership, supervisor, count, kind):
    """What principals can learn from in their supervisor's network, SD, (principals,).

    stars  mean of the top fifth of the network: its ceil(count / 5) highest
    all    mean plus one (population) standard deviation: everyone is strong in something
    """
    if kind == "all":
        mean = np.bincount(supervisor, leadership) / count
        spread = np.bincount(supervisor, leadership**2) / count - mean**2
        return (mean + np.sqrt(np.maximum(spread, 0.0)))[supervisor]
    order = np.lexsort((-leadership, supervisor))
    first = np.searchsorted(supervisor[order], np.arange(len(count)))
    place = np.arange(len(order)) - first[supervisor[order]]
    top = np.ceil(count / 5.0)
    chosen = place < top[supervisor[order]]
    sums = np.bincount(supervisor[order], leadership[order] * chosen, len(count))
    return (sums / top)[supervisor]


def next_skill(skill, hours, p):
    """A supervisor's skill one month on: only own learning moves it.

    skill + 4 * skill_rate * hours / (hours + skill_half) * max(0, 1 - skill / 2)
    """
    pace = 4.0 * p.skill_rate * hours / (hours + p.skill_half)
    return skill + pace * np.maximum(0.0, 1.0 - skill / 2.0)


def survey(continuity, moves, error):
    """Principal's rating of the supervisor, 1 to 5: 1 + 4 * clip(0.3 + 0.7 * continuity *
    moves, 0, 1) + error, kept within 1 and 5."""
    return np.clip(1.0 + 4.0 * np.clip(0.3 + 0.7 * continuity * moves, 0.0, 1.0) + error, 1.0, 5.0)


def step(state, p, draw):
    """One week of supervision; columns as at the end of time_use.

    In term, every week: stored += absorbed(support) * (without_continuity + (1 -
    without_continuity) * continuity of last week), and where an outside programme works with
    principals, past the office, outside_stored += absorbed(support + outside) -
    absorbed(support). Every week, also in summer, continuity moves on.
    In week 38 principals rate supervisors (`survey`; error survey_error * z, stream
    "supervision.survey", keyed by principalship, tick = year), with continuity after this week's.
    In the last week of a month (week of the run mod 4 is 3) `month`.
    """
    principals = state.principals
    if state.in_term:
        thread = principals.continuity * (1.0 - p.without_continuity)
        thread += p.without_continuity
        thread *= absorbed(principals.support, p.saturation)
        principals.stored += thread
        if principals.outside.any():
            both = absorbed(principals.support + principals.outside, p.saturation)
            principals.outside_stored += both - absorbed(principals.support, p.saturation)
    principals.continuity = next_continuity(principals.continuity, principals.support, p)
    if state.week_of_year == 38:
        error = p.survey_error * draw.normal("supervision.survey", principals.key, state.year)
        moves = _moves(state, p)
        principals.supervisor_rating[:] = survey(principals.continuity, moves, error)
    if state.week % 4 == 3:
        month(state, p, draw)


def _moves(state, p):
    """moves_share of each principal's supervisor; where nobody teaches one number for all."""
    if p.supervision.stance != "teaching":
        return moves_share(False, 0.0, p)
    understood = state.staff.appropriation[PARTNERSHIP, state.chart.open_desks].sum(axis=0) / 2.0
    return moves_share(True, understood, p).take(state.principals.supervisor)


def month(state, p, draw):
    """The last week of a month.

    1. leadership += 4 * return_rate * (own_leadership - leadership) + growth(stored) (appropriation
       as assistance left it this week), and in term, where there are networks, + 4 *
       network_growth with this week's network hours, and growth(outside_stored) with
       moves_teaching, outside_skill and level_match 1; all from leadership before this month's
       changes. stored and outside_stored restart.
    2. Supervisors' skill becomes next_skill with ild_learning_hours (at most a fifth of the week).
    3. Supervisors assess need: clip(1.5 - leadership + assessment_error * z, 0.2, 4), z standard
       normal, stream "supervision.need", keyed by principalship, tick = week of the run.
    """
    principals, staff, s = state.principals, state.staff, p.supervision
    lead, open_desks = principals.leadership, state.chart.open_desks
    moves, skill = _moves(state, p), staff.skill[open_desks].take(principals.supervisor)
    change = (4.0 * p.return_rate) * (principals.own_leadership - lead)
    change += growth(lead, principals.stored, moves, skill, principals.level_match, p)
    if s.networks != "none" and state.in_term:
        which, count = principals.supervisor, state.chart.principals_of
        source = network_source(lead, which, count, s.networks)
        share = p.star_moves if s.networks == "stars" else p.peer_moves
        change += 4.0 * network_growth(lead, source, principals.network, share, p)
    if principals.outside_stored.any():
        stored = principals.outside_stored
        change += growth(lead, stored, p.moves_teaching, p.outside_skill, 1.0, p)
        principals.outside_stored = np.zeros(len(lead))
    principals.leadership = lead + change
    principals.stored[:] = 0.0
    if s.ild_learning_hours:
        hours = state.chart.own_learning
        staff.skill[open_desks] = next_skill(staff.skill[open_desks], hours, p)
    chart, month = state.chart, state.week_of_year // 4
    if month == 0 or chart.assessed is None:  # a year's at once: it costs as much as a month's
        last_weeks = list(range(52 * state.year + 3, 52 * state.year + 52, 4))
        chart.assessed = draw.normal("supervision.need", principals.key, last_weeks)
    need = p.assessment_error * chart.assessed[month]
    need += 1.5 - principals.leadership
    principals.need = np.minimum(np.maximum(need, 0.2, out=need), 4.0, out=need)
