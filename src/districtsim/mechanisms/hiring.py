"""Hiring: vacancies wait in HR, for the principal and for an offer; better candidates leave first.

A vacancy opens in the week its notice is given and goes through three stages. The candidates of a
post in a season are the same under every policy; who is still there depends on the weeks waited.
"""

from math import ceil

import numpy as np
from scipy.special import ndtri

from districtsim.world.state import CANDIDATES, IN_HR, NO_STAGE, OFFERED, WITH_PRINCIPAL

HR, HIRING_HOURS, PRINCIPAL_HIRING = 3, 6, 1  # rows: units, staff's hours, principals' hours
FIRST_WEEK, LAST_WEEK = 26, 15  # the season runs from spring into the new school year
_FOUR = np.arange(4)[:, None]
_EACH = np.arange(CANDIDATES)[:, None]
_SLOTS = 32 * np.arange(5)[:, None, None] + np.arange(2 * CANDIDATES)[:, None]
_NUMBER_SLOTS = 32 * 5 + CANDIDATES * np.arange(2)[:, None]
ADVERTISEMENTS = (slice(0, CANDIDATES), slice(CANDIDATES, 2 * CANDIDATES))
SEASON_SUMS = (
    "opened", "files", "read", "filled_posts", "days", "offers", "applied", "withdrew", "late",
    "hires", "hires_of_color", "hire_quality",
)  # fmt: skip


def applicants(z, pull, p):
    """Individuals who apply for a vacancy, 1 to 12.

    min(12, 1 + floor(applicants * pull * exp(applicants_spread * z - applicants_spread^2 / 2)))

    z     standard normal, (vacancies,)
    pull  the school's applicants relative to the mean, (vacancies,)
    """
    spread = p.applicants_spread
    mean = p.applicants * pull * np.exp(spread * z - spread * spread / 2.0)
    return np.minimum(CANDIDATES, 1.0 + np.floor(mean))


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


def reading_hours(passed, assistants, light, p):
    """Files that reach the principal, and the principal's own hours for a vacancy.

        files = min(most_files, passed * files_per_applicant) (light screening) or passed
                (performance tasks)
        hours = (files * minutes_per_file / 60 + interview_hours) / (1 + assistants)

    passed      candidates passed on, (vacancies,)
    assistants  assistant principals of the school, (vacancies,)
    returns  hours, files, each (vacancies,)
    Sources  P60, F706, F708
    """
    files = np.minimum(p.most_files, passed * p.files_per_applicant) if light else passed
    hours = files * (p.minutes_per_file / 60.0) + p.interview_hours
    return hours / (1.0 + assistants), files


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
    normal
    CDF. a: 0 ability, 1 screen, 2 interview (z); 3 patience, 4 of color (u); 5 number of applicants
    (z; c = 0 for the first advertisement, 12 for the second).

        number    applicants(z, applicant_pull of the school), of each advertisement
        ability   ability_spread * z
        color     u < pool_of_color * clip(1 + sorting * color_lead, 0.2, 3); color_lead: the
                  school's share of color less the district's mean weighted by pupils, 0 if unknown
        screen    signal(ability, z, validity of the screening in force) - left(behaviour of HR
                  staff) * color, left(b) = disparity * max(0, 1 - disparity_by_behaviour * b)
        view      screen + signal(ability, z, min(0.9, interview_validity * clarity of the school))
                  - left(behaviour of the school's teachers) * color
        patience  patience_weeks(u, ability); -1 for candidates not passed on: of each
                  advertisement those from `number` on and, with performance tasks, those not in
                  passed_on(screen, number, shortlist)
    """
    teachers, school = state.teachers, state.teachers.school[rows]
    keys, tick = teachers.key[rows], season(state.week)
    u = draw.uniform("hiring.candidates", keys, tick, _SLOTS)
    z, z_number = ndtri(u[:3]), draw.normal("hiring.candidates", keys, tick, _NUMBER_SLOTS)
    ability = p.ability_spread * z[0]
    lead = 1.0 + p.sorting * state.chart.color_lead[school]
    color = u[4] < p.pool_of_color * np.minimum(np.maximum(lead, 0.2), 3.0)
    light = p.hr.screening == "light"
    validity = p.screen_validity_light if light else p.screen_validity_task
    hr = disparity_left(float(state.units.behaviour[HR]), p)
    screen = signal(ability, z[1], validity) - hr * color
    pull, most = state.schools.applicant_pull[school], CANDIDATES if light else p.shortlist
    on = np.empty(ability.shape, dtype=bool)
    for ad, part in enumerate(ADVERTISEMENTS):
        on[part] = passed_on(screen[part], applicants(z_number[ad], pull, p), most)
        teachers.applicants[ad, rows] = on[part].sum(axis=0)
    teachers.ability[:, rows], teachers.color[:, rows] = ability, color
    validity = np.minimum(0.9, p.interview_validity * state.principals.clarity[school])
    interview = signal(ability, z[2], validity)
    interview -= disparity_left(state.schools.behaviour[school], p) * color
    teachers.view[:, rows] = screen + interview
    teachers.patience[:, rows] = np.where(on, patience_weeks(u[3], ability, p), -1.0)


def answers(column, rows, rounds):
    """Values of the twelve candidates of each vacancy's present advertisement, (12, vacancies)."""
    return column[CANDIDATES * rounds + _EACH, rows]


def choice(view, patience, waited):
    """The principal's choice: the highest view of those still there (patience > waited); -1 where
    nobody is. Candidates are counted from 0 within their advertisement.

    view, patience  (candidates, vacancies)
    waited          weeks since the vacancy became known or was advertised again, (vacancies,)
    """
    there = patience > waited
    best = np.where(there, view, -np.inf).argmax(axis=0)
    best[~np.logical_or.reduce(there)] = -1
    return best


def answered(state):
    """Share of requests that HR answers well this month: min(1, service * capacity)."""
    return min(1.0, float(state.units.service[HR] * state.units.capacity[HR]))


def _hr_hours(p):
    return p.hr_hours_light if p.hr.screening == "light" else p.hr_hours_task


def _open(state, p):
    """Vacancies whose notice_week is this week, in no stage and without a successor, enter HR.

    approved = week + approval_weeks * (1 - answered), rounded up; work_left = hr_hours_light or
    hr_hours_task; chased = 0; opened and advertised are this week. Their notice_week becomes -1.
    """
    teachers = state.teachers
    rows = (teachers.notice_week == state.week_of_year).nonzero()[0]
    if not len(rows):
        return
    rows = rows[(teachers.stage[rows] == NO_STAGE) & (teachers.successor[rows] < 0)]
    teachers.notice_week[rows] = -1
    teachers.stage[rows] = IN_HR
    teachers.opened[rows] = teachers.advertised[rows] = state.week
    teachers.work_left[rows] = _hr_hours(p)
    teachers.chased[rows] = 0.0
    teachers.due[rows] = state.week + ceil(p.approval_weeks * (1.0 - answered(state)))
    state.district.opened[0] += len(rows)


def _offered(state, p, rows):
    """Offers that are due (due <= week) are signed if the candidate is still there.

    Still there: patience > week - advertised, or candidate 0 in the last round. Signed: successor =
    12 * round + candidate, stage 0. Else the vacancy goes back to the principal for one hour (the
    next on the list). Sums when signed: withdrew += gone, as the principal last chose;
    filled_posts, days += 7 * (week - opened).
    """
    teachers, district = state.teachers, state.district
    due = rows[teachers.due[rows] <= state.week]
    if not len(due):
        return
    waited = state.week - teachers.advertised[due]
    pick, rounds = teachers.candidate[due], teachers.round[due]
    slot = CANDIDATES * rounds + pick
    there = teachers.patience[slot, due] > waited
    there |= (rounds >= p.rounds - 1) & (pick == 0)
    signed = due[there]
    teachers.successor[signed] = slot[there]
    teachers.stage[signed] = NO_STAGE
    district.withdrew[0] += teachers.gone[signed].sum()
    district.filled_posts[0] += len(signed)
    district.days[0] += 7.0 * (state.week * len(signed) - teachers.opened[signed].sum())
    if len(signed) == len(due):
        return
    lost = due[~there]
    teachers.stage[lost] = WITH_PRINCIPAL
    teachers.work_left[lost] = 1.0
    teachers.candidate[lost] = -1


def _with_principal(state, p, rows):
    """Principals' hiring hours are shared evenly by the school's vacancies that wait for them.

    When work_left is 0 or below the principal makes a `choice` (gone = candidates with 0 <=
    patience <= weeks waited), to be signed in due = week + 1 +
    offer_weeks * (1 - answered), rounded up. Where nobody is left, in the last round (round =
    rounds - 1) candidate 0 is taken, there or not; before it, the vacancy goes back to HR for half
    of its hours, approved (due is this week), round + 1, advertised this week, and withdrew counts
    those gone.
    """
    teachers, week = state.teachers, state.week
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))[school]
    spent = state.principals.hours[PRINCIPAL_HIRING][school]
    left = teachers.work_left[rows] - spent / waiting
    teachers.work_left[rows] = left
    ready = rows[left <= 0]
    if not len(ready):
        return
    waited = week - teachers.advertised[ready]
    rounds = teachers.round[ready]
    patience = answers(teachers.patience, ready, rounds)
    pick = choice(answers(teachers.view, ready, rounds), patience, waited)
    gone = teachers.applicants[rounds, ready] - (patience > waited).sum(axis=0)
    teachers.gone[ready] = gone
    pick[(pick < 0) & (rounds >= p.rounds - 1)] = 0
    some = pick >= 0
    offered = ready[some]
    teachers.stage[offered] = OFFERED
    teachers.candidate[offered] = pick[some]
    wait = ceil(p.offer_weeks * (1.0 - answered(state)))
    teachers.due[offered] = week + 1 + wait
    state.district.offers[0] += len(offered)
    if len(offered) < len(ready):
        again = ready[~some]
        state.district.withdrew[0] += gone[~some].sum()
        teachers.round[again] += 1
        teachers.advertised[again] = week
        teachers.stage[again] = IN_HR
        teachers.work_left[again] = _hr_hours(p) / 2.0
        teachers.due[again] = week


def _in_hr(state, p, rows):
    """HR's hours, times (0.5 + 0.5 * HR service), are shared evenly by the vacancies in HR, and a
    supervisor's fill-in hours by those of the school.

    Fill-in hours on a vacancy add up (`chased`), and every chase_hours of them bring its approval
    forward by a week: a vacancy that is approved (due - floor(chased / chase_hours) <= week) and
    whose work_left is 0 or below goes to the principal with reading_hours. Sums: files, read,
    applied (candidates passed on).
    """
    teachers, district = state.teachers, state.district
    working = float(state.staff.hours[HIRING_HOURS, state.chart.unit_staff].sum())
    working *= 0.5 + 0.5 * float(state.units.service[HR])
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))[school]
    helped = state.principals.fill_in[school] / waiting
    left = teachers.work_left[rows] - (working / len(rows) + helped)
    teachers.work_left[rows] = left
    chased = teachers.chased[rows] + helped
    teachers.chased[rows] = chased
    approved = teachers.due[rows] - np.floor(chased / p.chase_hours) <= state.week
    done = rows[(left <= 0) & approved]
    if not len(done):
        return
    passed = teachers.applicants[teachers.round[done], done]
    assistants = state.schools.assistants[teachers.school[done]]
    hours, files = reading_hours(passed, assistants, p.hr.screening == "light", p)
    teachers.stage[done] = WITH_PRINCIPAL
    teachers.work_left[done] = hours
    district.files[0] += files.sum()
    district.read[0] += len(done)
    district.applied[0] += passed.sum()


def _start_work(state, p, draw):
    """Signed successors start in empty posts: in week 51, or in weeks 0 to 14.

    Skill in each subject is ability + subject_spread * z, floor upkeep_gap below it, fresh 0;
    experience is 0 if u < novice_share, else 1 + floor(14 * (u - novice_share) / (1 -
    novice_share)) years; stream "hiring.start", tick = season of this week, slot = 4 * successor +
    a, a: 0 to 2 the subjects (z), 3 experience (u). late_weeks = week of the year + 1 if school is
    on, else 0. holder + 1. Sums: hires, late, hires_of_color, hire_quality.
    """
    teachers, district = state.teachers, state.district
    week = state.week_of_year
    rows = (teachers.successor >= 0).nonzero()[0]
    rows = rows[~teachers.filled[rows]]
    if not len(rows):
        return
    pick, keys = teachers.successor[rows], teachers.key[rows]
    drawn = draw.uniform("hiring.start", keys, season(state.week), 4 * pick + _FOUR)
    u, z = drawn[3], ndtri(drawn[:3])
    older = 1.0 + np.floor(14.0 * (u - p.novice_share) / (1.0 - p.novice_share))
    ability, color = teachers.ability[pick, rows], teachers.color[pick, rows]
    skill = ability + p.subject_spread * z
    teachers.skill[:, rows] = skill
    teachers.floor[:, rows] = skill - p.upkeep_gap
    teachers.fresh[:, rows] = 0.0
    teachers.experience[rows] = np.where(u < p.novice_share, 0.0, older)
    teachers.of_color[rows] = color
    teachers.filled[rows] = state.chart.posts_changed = True
    teachers.holder[rows] += 1
    teachers.successor[rows] = teachers.candidate[rows] = -1
    teachers.late_weeks[rows] = week + 1.0 if week < LAST_WEEK else 0.0
    district.hires[0] += len(rows)
    district.late[0] += len(rows) if week < LAST_WEEK else 0
    district.hires_of_color[0] += color.sum()
    district.hire_quality[0] += ability.sum()


def step(state, p, draw):
    """One week of the hiring season (week 26 to week 14 of the next school year).

    In week 26 the season's sums restart, and posts with notice and in no stage get round 0 and
    their
    candidates (`advertise`). Then `_open` and `_start_work` (which sees successors signed until
    last
    week); then `_offered`, `_with_principal` and `_in_hr`, each for the vacancies that were in its
    stage when they began; last, vacancies in HR and hours that wait for the principal are counted
    by school (queue_in_hr, files_left).
    """
    week = state.week_of_year
    if LAST_WEEK <= week < FIRST_WEEK:
        return
    if week == FIRST_WEEK:
        for column in SEASON_SUMS:
            getattr(state.district, column)[:] = 0.0
    teachers, principals = state.teachers, state.principals
    if week == FIRST_WEEK:
        rows = np.flatnonzero((teachers.notice_week >= 0) & (teachers.stage == NO_STAGE))
        teachers.round[rows] = 0
        advertise(state, rows, p, draw)
    _open(state, p)
    if week == 51 or week < LAST_WEEK:
        _start_work(state, p, draw)
    rows = (teachers.stage != NO_STAGE).nonzero()[0]
    stage = teachers.stage[rows]
    for name, act in ((OFFERED, _offered), (WITH_PRINCIPAL, _with_principal), (IN_HR, _in_hr)):
        there = rows[stage == name]
        if len(there):
            act(state, p, there)
    school, stage, schools = teachers.school[rows], teachers.stage[rows], len(state.schools)
    principals.queue_in_hr[:] = np.bincount(school, stage == IN_HR, schools)
    work = teachers.work_left[rows] * (stage == WITH_PRINCIPAL)
    principals.files_left[:] = np.bincount(school, work, schools)
