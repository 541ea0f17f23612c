"""Hiring: vacancies wait in HR, for the principal and for an offer; better candidates leave first.

A vacancy opens in the week its notice is given and goes through three stages. The candidates of a
post in a season are the same under every policy; who is still there depends on the weeks waited.
"""

from math import ceil

import numpy as np
from scipy.special import ndtri

from districtsim.mechanisms.hiring_candidates import (
    FIRST_WEEK,
    HIRING_HOURS,
    advertise,
    candidates,
    season,
)
from districtsim.world.state import CANDIDATES, IN_HR, NO_STAGE, OFFERED, WITH_PRINCIPAL

HR, PRINCIPAL_HIRING = 3, 1  # rows: units, principals' hours
LAST_WEEK = 15  # the season runs from spring (week 26) into the new school year
STAGES = 4
_FOUR = np.arange(4)[:, None]
_EACH = np.arange(CANDIDATES)[:, None]
SEASON_SUMS = (
    "opened", "files", "read", "filled_posts", "days", "offers", "applied", "withdrew", "late",
    "hires", "hires_of_color", "hire_quality",
)  # fmt: skip


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


def choice(view, there):
    """The principal's choice: the highest view of those still there; candidate 0 where nobody is.
    Candidates are counted from 0 within their advertisement.

    view, there  (candidates, vacancies); there: patience > weeks since the vacancy became known or
                 was advertised again
    """
    return np.where(there, view, -np.inf).argmax(axis=0)


def _hr_hours(p):
    return p.hr_hours_light if p.hr.screening == "light" else p.hr_hours_task


def _open(state, p):
    """Vacancies whose notice_week is this week, in no stage and without a successor, enter HR.

    approved = week + approval_weeks * (1 - answered by HR), rounded up; work_left =
    hr_hours_light or hr_hours_task; chased = 0; opened and advertised are this week. Their
    notice_week becomes -1.
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
    teachers.due[rows] = state.week + ceil(p.approval_weeks * (1.0 - state.units.answered(HR)))
    state.district.opened[0] += len(rows)


def _offered(state, p, due):
    """Offers that are due (due <= week) are signed if the candidate is still there.

    Still there: patience > week - advertised, or candidate 0 in the last round. Signed: successor =
    12 * round + candidate, stage 0. Else the vacancy goes back to the principal for one hour (the
    next on the list). Sums when signed: withdrew += gone, as the principal last chose;
    filled_posts, days += 7 * (week - opened).
    """
    if not len(due):
        return
    teachers, district = state.teachers, state.district
    waited = state.week - teachers.advertised[due]
    slot = CANDIDATES * teachers.round[due] + teachers.candidate[due]
    there = candidates(state, ("patience",), slot, due)[0] > waited
    there |= slot == CANDIDATES * (p.rounds - 1)
    signed = due[there]
    teachers.successor[signed] = slot[there]
    teachers.stage[signed] = NO_STAGE
    district.withdrew[0] += np.add.reduce(teachers.gone[signed])
    district.filled_posts[0] += len(signed)
    district.days[0] += 7.0 * (state.week * len(signed) - np.add.reduce(teachers.opened[signed]))
    if len(signed) == len(due):
        return
    lost = due[~there]
    teachers.stage[lost] = WITH_PRINCIPAL
    teachers.work_left[lost] = 1.0
    teachers.candidate[lost] = -1


def _read(state, p, ready):
    """Vacancies whose files are read (work_left is 0 or below): the principal makes a `choice`
    (gone = candidates with 0 <= patience <= weeks waited), to be signed in due = week + 1 +
    offer_weeks * (1 - answered by HR), rounded up. Where nobody is left, in the last round (round =
    rounds - 1) candidate 0 is taken, there or not; before it, the vacancy goes back to HR for half
    of its hours, approved (due is this week), round + 1, advertised this week, and withdrew counts
    those gone.
    """
    if not len(ready):
        return
    teachers, week = state.teachers, state.week
    waited = week - teachers.advertised[ready]
    rounds = teachers.round[ready]
    slots = CANDIDATES * rounds + _EACH
    patience, view = candidates(state, ("patience", "view"), slots, ready)
    there = patience > waited
    pick, here = choice(view, there), np.add.reduce(there)
    gone = teachers.applicants[rounds, ready] - here
    teachers.gone[ready] = gone
    some = (here > 0) | (rounds >= p.rounds - 1)
    offered = ready[some]
    teachers.stage[offered] = OFFERED
    teachers.candidate[offered] = pick[some]
    teachers.due[offered] = week + 1 + ceil(p.offer_weeks * (1.0 - state.units.answered(HR)))
    state.district.offers[0] += len(offered)
    if len(offered) < len(ready):
        again = ready[~some]
        state.district.withdrew[0] += gone[~some].sum()
        teachers.round[again] += 1
        teachers.advertised[again] = week
        teachers.stage[again] = IN_HR
        teachers.work_left[again] = _hr_hours(p) / 2.0
        teachers.due[again] = week


def _passed(state, p, done):
    """Vacancies that HR is done with go to the principal with reading_hours. Sums: files, read,
    applied (candidates passed on)."""
    if not len(done):
        return
    teachers, district = state.teachers, state.district
    passed = teachers.applicants[teachers.round[done], done]
    assistants = state.schools.assistants[teachers.school[done]]
    hours, files = reading_hours(passed, assistants, p.hr.screening == "light", p)
    teachers.stage[done] = WITH_PRINCIPAL
    teachers.work_left[done] = hours
    district.files[0] += np.add.reduce(files)
    district.read[0] += len(done)
    district.applied[0] += np.add.reduce(passed)


def _work(state, p, rows, stage, place):
    """A week's work on the vacancies in a stage.

    HR's hours, times (0.5 + 0.5 * HR service), are shared evenly by the vacancies in HR, and a
    supervisor's fill-in hours by those of the school; principals' hiring hours by the school's
    vacancies that wait for them; all of them reduce work_left. Fill-in hours on a vacancy add up
    (`chased`), and every chase_hours of them bring its approval forward by a week: one that is
    approved (due - floor(chased / chase_hours) <= week) and whose work_left is 0 or below is
    `_passed` on. Of the others, those with the principal whose work_left is 0 or below are `_read`,
    and offers that are due are `_offered`.

    rows   vacancies in a stage when the work begins
    stage, place  of each; place = schools * stage + school, where it is counted
    """
    teachers, principals = state.teachers, state.principals
    schools, week = len(principals), state.week
    waiting = np.maximum(np.bincount(place, None, STAGES * schools), 1).reshape(STAGES, schools)
    each = np.zeros((STAGES, schools))  # hours for each vacancy of a school, by stage
    np.divide(principals.fill_in, waiting[IN_HR], out=each[IN_HR])
    np.divide(principals.hours[PRINCIPAL_HIRING], waiting[WITH_PRINCIPAL], out=each[WITH_PRINCIPAL])
    hr = (stage == IN_HR).nonzero()[0]
    if len(hr):
        vacancies = rows[hr]
        chased = teachers.chased[vacancies] + each[IN_HR][place[hr] - IN_HR * schools]
        teachers.chased[vacancies] = chased
        early = (chased / p.chase_hours).astype(np.int64)
        approved = teachers.due[vacancies] - early <= week
        working = float(state.staff.hours[HIRING_HOURS, state.chart.unit_staff].sum())
        each[IN_HR] += working * (0.5 + 0.5 * float(state.units.service[HR])) / len(hr)
    left = teachers.work_left[rows] - each.ravel()[place]
    teachers.work_left[rows] = left
    offered = rows[stage == OFFERED]
    if len(offered):
        _offered(state, p, offered[teachers.due[offered] <= week])
    over = left <= 0
    _read(state, p, rows[over & (stage == WITH_PRINCIPAL)])
    if len(hr):
        _passed(state, p, vacancies[over[hr] & approved])


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
    ability, color = candidates(state, ("ability", "color"), pick, rows)
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
    their candidates (`advertise`). Then `_open` and `_start_work` (which sees successors signed
    until last week); then `_work` for the vacancies that are then in a stage; last, vacancies in HR
    and hours that wait for the principal are counted by school (queue_in_hr, files_left).
    """
    week = state.week_of_year
    if LAST_WEEK <= week < FIRST_WEEK:
        return
    teachers, principals = state.teachers, state.principals
    if week == FIRST_WEEK:
        for column in SEASON_SUMS:
            getattr(state.district, column)[:] = 0.0
        rows = np.flatnonzero((teachers.notice_week >= 0) & (teachers.stage == NO_STAGE))
        teachers.round[rows] = 0
        advertise(state, rows, p, draw)
    _open(state, p)
    if week == 51 or week < LAST_WEEK:
        _start_work(state, p, draw)
    rows = (teachers.stage != NO_STAGE).nonzero()[0]
    if not len(rows):
        principals.queue_in_hr[:] = principals.files_left[:] = 0.0
        return
    stage, school, schools = teachers.stage[rows], teachers.school[rows], len(principals)
    _work(state, p, rows, stage, schools * stage + school)
    place, size = schools * teachers.stage[rows] + school, STAGES * schools
    queue, left = np.bincount(place, None, size), np.bincount(place, teachers.work_left[rows], size)
    principals.queue_in_hr[:] = queue[IN_HR * schools : (IN_HR + 1) * schools]
    principals.files_left[:] = left[WITH_PRINCIPAL * schools : (WITH_PRINCIPAL + 1) * schools]
