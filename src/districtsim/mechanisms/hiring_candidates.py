"""Hiring candidates: who answers the advertisements of a season; a part of hiring, whose card it
reads.

Most vacancies are advertised once, and half of the twelve places are empty. So people are worked
out where there are any, those of the second advertisement when the first vacancy needs them, and
the columns of candidates when somebody looks at them: draws are keyed, and what the values rest on
is kept, so that it makes no difference when.
"""

from types import SimpleNamespace

import numpy as np
from scipy.special import ndtri

from districtsim.world.state import CANDIDATES, NO_STAGE

HR, HIRING_HOURS = 3, 6  # rows: units, staff's hours
FIRST_WEEK = 26
AT_A_TIME = 4096  # people; their draws stay close to the processor
COLUMNS = ("ability", "view", "patience", "color")
ADVERTISEMENTS = (slice(0, CANDIDATES), slice(CANDIDATES, 2 * CANDIDATES))
_EACH = np.arange(CANDIDATES)[:, None]
_ATTRIBUTES = 32 * np.arange(5)[:, None]
_SLOTS = _ATTRIBUTES[:, None] + np.arange(2 * CANDIDATES)[:, None]
_NUMBER_SLOTS = 32 * 5 + CANDIDATES * np.arange(2)[:, None]


def applicants(z, pull, p):
    """Individuals who apply for a vacancy, 1 to 12.

    min(12, 1 + floor(applicants * pull * exp(applicants_spread * z - applicants_spread^2 / 2)))

    z     standard normal, (vacancies,)
    pull  the vacancy's applicants relative to the mean, (vacancies,)
    """
    spread = p.applicants_spread
    mean = p.applicants * pull * np.exp(spread * z - spread * spread / 2.0)
    return np.minimum(CANDIDATES, 1.0 + np.floor(mean))


def recruited(hours, p):
    """Applicants against the usual, as far as HR has hours to look for them.

    ((1 + hours / usual_recruiting) / 2)^recruiting

    hours    HR's hours for hiring when the season opens, h/week per teaching post
    Sources  P63
    """
    return ((1.0 + hours / p.usual_recruiting) / 2.0) ** p.recruiting


def signal(ability, noise, validity):
    """A noisy view of ability: validity * ability + sqrt(1 - validity^2) * noise."""
    return validity * ability + np.sqrt(1.0 - validity**2) * noise


def patience_weeks(u, ability, p):
    """Weeks until a candidate takes another offer: -ln(u) * patience * exp(-patience_by_quality *
    ability)."""
    return -np.log(u) * p.patience * np.exp(-p.patience_by_quality * ability)


def disparity_left(behaviour, p):
    """Disadvantage of candidates of color in selection, SD of signal.

    disparity * max(0, 1 - disparity_by_behaviour * behaviour)

    behaviour  equity behaviour of those who select, SD above the old practice
    Sources    F710, P82
    """
    return p.disparity * np.maximum(0.0, 1.0 - p.disparity_by_behaviour * behaviour)


def passed_on(screen, number, shortlist):
    """Which candidates HR passes on: the first `number`, and of these the `shortlist` with the
    highest screen.

    screen   (candidates, vacancies)
    number   (vacancies,)
    returns  yes/no, (candidates, vacancies)
    """
    exists = np.arange(len(screen))[:, None] < number
    if shortlist >= len(screen):
        return exists
    order = np.argsort(np.where(exists, -screen, np.inf), axis=0, kind="stable")
    place = np.argsort(order, axis=0, kind="stable")
    return exists & (place < shortlist)


def season(week):
    """Number of the hiring season a week of the run belongs to: floor((week - 26) / 52), so that
    the season that staffs the first year is -1."""
    return (week - FIRST_WEEK) // 52


def advertise(state, rows, p, draw):
    """Candidates of these posts for the season, fixed in its first week (26) for all notices to
    come.

    A vacancy may be advertised `rounds` times; candidates 0 to 11 answer the first advertisement,
    12 to 23 the second. One uniform u per attribute a and candidate c (0 to 23), stream
    "hiring.candidates", keyed by the post, tick = season, slot = 32 * a + c; z is its inverse
    normal CDF. a: 0 ability, 1 screen, 2 interview (z); 3 patience, 4 of color (u); 5 number of
    applicants (z; c = 0 for the first advertisement, 12 for the second).

        number    applicants(z, applicant_pull of the school * recruited(HR's hiring hours this
                  week / teaching posts)), of each advertisement
        ability   ability_spread * z
        color     u < pool_of_color * clip(1 + sorting * color_lead, 0.2, 3); color_lead: the
                  school's share of color less the district's mean weighted by pupils, 0 if unknown
        screen    signal(ability, z, screen_validity_light or screen_validity_task) -
                  left(behaviour of HR staff) * color; left(b) = disparity * max(0, 1 -
                  disparity_by_behaviour * b)
        view      screen + signal(ability, z, min(0.9, interview_validity * clarity of the school))
                  - left(behaviour of the school's teachers) * color
        patience  patience_weeks(u, ability); -1 for candidates not passed on: of each
                  advertisement those from `number` on and, with performance tasks, those not in
                  passed_on(screen, number, shortlist)

    All of it rests on what holds in week 26, which is kept in `chart.season`. Posts that have been
    vacant since the season before keep their candidates.
    """
    teachers, school = state.teachers, state.teachers.school[rows]
    still = (teachers.stage != NO_STAGE) | (teachers.successor >= 0)
    still[rows] = False
    old = still.nonzero()[0]
    light = p.hr.screening == "light"
    lead = 1.0 + p.sorting * state.chart.color_lead[school]
    now = SimpleNamespace(
        p=p, draw=draw, tick=season(state.week), keys=teachers.key[rows],
        most=CANDIDATES if light else p.shortlist,
        validity=p.screen_validity_light if light else p.screen_validity_task,
        left=disparity_left(float(state.units.behaviour[HR]), p),
        vacancies=np.array((
            p.pool_of_color * np.minimum(np.maximum(lead, 0.2), 3.0),
            np.minimum(0.9, p.interview_validity * state.principals.clarity[school]),
            disparity_left(state.schools.behaviour[school], p),
        )), all=None, second=False,
    )  # fmt: skip
    z = draw.normal("hiring.candidates", now.keys, now.tick, _NUMBER_SLOTS)
    hours = float(state.staff.hours[HIRING_HOURS, state.chart.unit_staff].sum()) / len(teachers)
    pull = state.schools.applicant_pull[school] * recruited(hours, p)
    now.number = applicants(z, pull, p)
    teachers.applicants[:, rows] = np.minimum(now.number, now.most)
    now.rows, now.old, now.of_old = rows, old, _kept(state, old)
    _make_room(now, len(teachers))
    state.chart.season = now
    _answer(now, 0)
    for name in COLUMNS:
        teachers.later(name, _column, now, name, vars(teachers).get(name))


def candidates(state, names, slots, rows):
    """Values of these candidates, by slot, of these posts: an array for each name of a column.

    From the column if somebody has looked at it, and may have written into it; else as worked out.
    """
    teachers, now = state.teachers, state.chart.season
    if now is None or not vars(teachers).keys().isdisjoint(names):
        return [getattr(teachers, name)[slots, rows] for name in names]
    if not now.second and slots.max(initial=0) >= CANDIDATES:
        _answer(now, 1)
    places = slots * now.width + now.place[rows]
    return [getattr(now, name).ravel()[places] for name in names]


def seen(u, vacancies, now, p):
    """Candidates as `advertise` describes them: ability, view, patience, color and screen, each of
    the shape of u[0]; patience as if all were passed on.

    u          uniform draws of attributes 0 to 4
    vacancies  of each candidate's vacancy: chance of being of color, validity of the interview,
               disadvantage in the school
    now        the season
    """
    share, interview, left = vacancies
    z = ndtri(u[:3])
    ability = p.ability_spread * z[0]
    color = u[4] < share
    screen = signal(ability, z[1], now.validity) - now.left * color
    view = screen + signal(ability, z[2], interview) - left * color
    return ability, view, patience_weeks(u[3], ability, p), color, screen


def _answer(now, ad):
    """Work out the candidates there are for this advertisement of all vacancies of the season."""
    part, vacancies = ADVERTISEMENTS[ad], len(now.keys)
    exists = now.number[ad] > _EACH
    candidates_there, of_vacancy = exists.nonzero()
    candidates_there += part.start
    score = np.zeros((2 * CANDIDATES, vacancies))
    now.patience[part, :vacancies] = -1.0
    for first in range(0, len(of_vacancy), AT_A_TIME):
        some = slice(first, first + AT_A_TIME)
        slot, of = candidates_there[some], of_vacancy[some]
        u = now.draw.uniform("hiring.candidates", now.keys[of], now.tick, _ATTRIBUTES + slot)
        *values, score[slot, of] = seen(u, now.vacancies[:, of], now, now.p)
        for name, each in zip(COLUMNS, values):
            getattr(now, name)[slot, of] = each
    if now.most < CANDIDATES:
        on = passed_on(score[part], now.number[ad], now.most)
        now.patience[part, :vacancies][~on] = -1.0
    now.second = ad == 1


def _everybody(now, at=slice(None)):
    """All 24 candidates, there or not, of the season's vacancies; {name of column: values}."""
    u = now.draw.uniform("hiring.candidates", now.keys[at], now.tick, _SLOTS)
    *values, screen = seen(u, now.vacancies[:, at], now, now.p)
    for ad, part in enumerate(ADVERTISEMENTS):
        on = passed_on(screen[part], now.number[ad, at], now.most)
        values[2][part][~on] = -1.0
    return dict(zip(COLUMNS, values))


def _kept(state, old):
    """What is known of the candidates of posts that have been vacant since another season."""
    now = state.chart.season
    if not len(old) or now is None:
        return {name: getattr(state.teachers, name)[:, old] for name in COLUMNS if len(old)}
    place = now.place[old]
    of_now = place < len(now.rows)
    found = _everybody(now, place[of_now])
    for name in COLUMNS:
        values = getattr(now, name)[:, place]
        values[:, of_now] = found[name]
        column = vars(state.teachers).get(name)
        found[name] = values if column is None else column[:, old]
    return found


def _make_room(now, posts):
    """A place for the candidates of each vacancy, and a last one, empty, for all other posts."""
    new, vacancies = len(now.rows), len(now.rows) + len(now.old)
    now.place, now.width = np.full(posts, vacancies), vacancies + 1
    now.place[now.rows] = np.arange(new)
    now.place[now.old] = np.arange(new, vacancies)
    for name in COLUMNS:
        values = np.zeros((2 * CANDIDATES, now.width), bool if name == "color" else float)
        if len(now.old):
            values[:, new:-1] = now.of_old[name]
        setattr(now, name, values)


def _column(now, name, before):
    """A column as somebody looks at it: this season's candidates, and else what it held before."""
    if now.all is None:
        now.all = _everybody(now)
    values = now.all[name]
    if before is None:
        before = np.zeros((2 * CANDIDATES, len(now.place)), values.dtype)
    before[:, now.rows] = values
    if len(now.old):
        before[:, now.old] = now.of_old[name]
    return before
