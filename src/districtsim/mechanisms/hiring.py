"""Hiring: vacancies wait in HR, for the principal and for an offer; better candidates leave first.

A vacancy opens in the week its notice is given and goes through three stages. The candidates of a
post in a season are the same under every policy; who is still there depends on the weeks waited.
"""

import numpy as np
from scipy.special import ndtri

from districtsim.world.state import CANDIDATES, IN_HR, NO_STAGE, OFFERED, WITH_PRINCIPAL

HR, HIRING_HOURS, PRINCIPAL_HIRING = 3, 6, 1  # rows: units, staff's hours, principals' hours
FIRST_WEEK, LAST_WEEK = 26, 15  # the season runs from spring into the new school year
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


def passed_on(screen, number, shortlist):
    """Which candidates HR passes on: the first `number`, and of these the `shortlist` with the
    highest screen.

    screen   (candidates, vacancies)
    number   (vacancies,)
    returns  yes/no, (candidates, vacancies)
    """
    exists = np.arange(len(screen))[:, None] < number
    order = np.argsort(np.where(exists, -screen, np.inf), axis=0, kind="stable")
    place = np.argsort(order, axis=0, kind="stable")
    return exists & (place < shortlist)


def reading_hours(passed, light, p):
    """Files that reach the principal, and the principal's hours for a vacancy.

        files = passed * files_per_applicant (light screening) or passed (performance tasks)
        hours = files * minutes_per_file / 60 + interview_hours

    passed   candidates passed on, (vacancies,)
    returns  hours, files, each (vacancies,)
    Sources  P60, F706, F708
    """
    files = passed * p.files_per_applicant if light else passed
    return files * p.minutes_per_file / 60.0 + p.interview_hours, files


def advertise(state, rows, p, draw):
    """Candidates of these vacancies, fixed when the vacancy becomes known or is advertised again.

    One uniform u per attribute a and candidate c (0 to 11), stream "hiring.candidates", keyed by
    the post, tick 0, slot = 4096 * (y + 1) + 1024 * round + 32 * a + c, where y is the school year
    of the run (-1 before it) in which the vacancy opened; z is its inverse normal CDF.
    a: 0 ability, 1 screen, 2 interview (z); 3 patience, 4 of color (u); 5 applicants (z, c = 0).

        number    applicants(z, applicant_pull of the school)
        ability   ability_spread * z
        color     u < pool_of_color * clip(1 + sorting * color_lead, 0.2, 3); color_lead: the
                  school's share of color less the district's mean weighted by pupils, 0 if unknown
        screen    signal(ability, z, validity of the screening in force) - disparity * color
        view      screen + signal(ability, z, interview_validity) - disparity * color
        patience  patience_weeks(u, ability); -1 for candidates not passed on: those from `number`
                  on and, with performance tasks, those not in passed_on(screen, number, shortlist)
    """
    teachers, school = state.teachers, state.teachers.school[rows]
    slots = 4096 * (teachers.opened[rows] // 52 + 1) + 1024 * teachers.round[rows]
    slots = slots + 32 * np.arange(5)[:, None, None] + np.arange(CANDIDATES)[:, None]
    keys = teachers.key[rows]
    u = draw.uniform("hiring.candidates", keys, 0, slots)
    several = draw.normal("hiring.candidates", keys, 0, slots[0, 0] + 160)
    z = ndtri(u[:3])
    ability = p.ability_spread * z[0]
    lead = 1.0 + p.sorting * state.chart.color_lead[school]
    color = u[4] < p.pool_of_color * np.minimum(np.maximum(lead, 0.2), 3.0)
    light = p.hr.screening == "light"
    validity = p.screen_validity_light if light else p.screen_validity_task
    penalty = p.disparity * color
    screen = signal(ability, z[1], validity) - penalty
    number = applicants(several, state.schools.applicant_pull[school], p)
    on = passed_on(screen, number, CANDIDATES if light else p.shortlist)
    teachers.ability[:, rows], teachers.color[:, rows] = ability, color
    view = screen + signal(ability, z[2], p.interview_validity) - penalty
    teachers.view[:, rows] = view
    teachers.patience[:, rows] = np.where(on, patience_weeks(u[3], ability, p), -1.0)
    teachers.applicants[rows] = on.sum(axis=0)


def choice(view, patience, waited):
    """The principal's choice: the highest view of those still there (patience > waited); -1 where
    nobody is.

    view, patience  (candidates, vacancies)
    waited          weeks since the vacancy became known or was advertised again, (vacancies,)
    """
    there = patience > waited
    best = np.argmax(np.where(there, view, -np.inf), axis=0)
    return np.where(there.any(axis=0), best, -1)


def _hr_hours(p):
    return p.hr_hours_light if p.hr.screening == "light" else p.hr_hours_task


def _open(state, p, draw):
    """Vacancies whose notice_week is this week enter HR.

    They wait for approval (offer_left = approval_weeks * (1 - HR service), rounded up) and for
    HR's hours (work_left: hr_hours_light or hr_hours_task); opened and advertised are this week,
    round 0; `advertise`. Their notice_week becomes -1.
    """
    teachers = state.teachers
    due = teachers.notice_week == state.week_of_year
    rows = np.flatnonzero(due & (teachers.stage == NO_STAGE) & (teachers.successor < 0))
    if not len(rows):
        return
    teachers.notice_week[rows] = -1
    teachers.stage[rows] = IN_HR
    teachers.opened[rows] = teachers.advertised[rows] = state.week
    teachers.round[rows] = 0
    teachers.work_left[rows] = _hr_hours(p)
    teachers.offer_left[rows] = np.ceil(p.approval_weeks * (1.0 - state.units.service[HR]))
    advertise(state, rows, p, draw)
    state.district.opened += len(rows)


def _offered(state, p, rows):
    """Offers: offer_left falls by 1; those at 0 or below are signed if the candidate is still there.

    Still there: patience > week - advertised, or candidate 0 in the last round. Signed: successor =
    candidate, stage 0. Else the vacancy goes back to the principal for one hour (the next on the
    list). Sums when signed: withdrew += candidates with 0 <= patience <= weeks waited; filled_posts,
    days += 7 * (week - opened).
    """
    teachers, district = state.teachers, state.district
    teachers.offer_left[rows] -= 1.0
    due = rows[teachers.offer_left[rows] <= 0]
    if not len(due):
        return
    waited = state.week - teachers.advertised[due]
    pick = teachers.candidate[due]
    there = teachers.patience[pick, due] > waited
    there |= (teachers.round[due] >= p.rounds - 1) & (pick == 0)
    signed, lost = due[there], due[~there]
    teachers.successor[signed] = pick[there]
    teachers.stage[signed] = NO_STAGE
    district.withdrew += _gone(teachers, signed, waited[there])
    district.filled_posts += len(signed)
    district.days += 7.0 * (state.week - teachers.opened[signed]).sum()
    teachers.stage[lost] = WITH_PRINCIPAL
    teachers.work_left[lost] = 1.0
    teachers.candidate[lost] = -1


def _gone(teachers, rows, waited):
    patience = teachers.patience[:, rows]
    return ((patience >= 0) & (patience <= waited)).sum()


def _with_principal(state, p, draw, rows):
    """Principals' hiring hours are shared evenly by the school's vacancies that wait for them.

    When work_left is 0 or below the principal makes a `choice`, to be signed in offer_left = 1 +
    offer_weeks * (1 - HR service) weeks, rounded up. Where nobody is left, in the last round (round
    = rounds - 1) candidate 0 is taken, there or not; before it, the vacancy goes back to HR for
    half of its hours, without approval, round + 1, advertised this week (`advertise`), and
    withdrew counts those gone.
    """
    teachers = state.teachers
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))
    spent = state.principals.hours[PRINCIPAL_HIRING] / np.maximum(waiting, 1)
    teachers.work_left[rows] -= spent[school]
    ready = rows[teachers.work_left[rows] <= 0]
    if not len(ready):
        return
    waited = state.week - teachers.advertised[ready]
    pick = choice(teachers.view[:, ready], teachers.patience[:, ready], waited)
    pick = np.where((pick < 0) & (teachers.round[ready] >= p.rounds - 1), 0, pick)
    some = pick >= 0
    offered, again = ready[some], ready[~some]
    teachers.stage[offered] = OFFERED
    teachers.candidate[offered] = pick[some]
    teachers.offer_left[offered] = 1.0 + np.ceil(p.offer_weeks * (1.0 - state.units.service[HR]))
    state.district.offers += len(offered)
    if len(again):
        state.district.withdrew += _gone(teachers, again, waited[~some])
        teachers.round[again] += 1
        teachers.advertised[again] = state.week
        teachers.stage[again] = IN_HR
        teachers.work_left[again] = _hr_hours(p) / 2.0
        teachers.offer_left[again] = 0.0
        advertise(state, again, p, draw)


def _in_hr(state, p, rows):
    """HR's hours, times (0.5 + 0.5 * HR service), are shared evenly by the vacancies in HR, and a
    supervisor's fill-in hours by those of the school.

    offer_left (weeks until approval) falls by 1. When both it and work_left are 0 or below, the
    vacancy goes to the principal with reading_hours. Sums: files, read, applied (candidates).
    """
    teachers, district = state.teachers, state.district
    working = state.staff.hours[HIRING_HOURS, state.chart.unit_staff].sum()
    working *= 0.5 + 0.5 * state.units.service[HR]
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))
    helped = state.principals.fill_in / np.maximum(waiting, 1)
    teachers.offer_left[rows] -= 1.0
    teachers.work_left[rows] -= working / len(rows) + helped[school]
    done = rows[(teachers.work_left[rows] <= 0) & (teachers.offer_left[rows] <= 0)]
    passed = teachers.applicants[done]
    hours, files = reading_hours(passed, p.hr.screening == "light", p)
    teachers.stage[done] = WITH_PRINCIPAL
    teachers.work_left[done] = hours
    district.files += files.sum()
    district.read += len(done)
    district.applied += passed.sum()


def _start_work(state, p, draw):
    """Signed successors start in empty posts: in week 51, or at once in weeks 0 to 14.

    Skill in each subject is ability + subject_spread * z ("hiring.subject", tick 0, slot = 4096 *
    (y + 1) + 1024 * round + 3 * candidate + subject), floor upkeep_gap below it, fresh 0;
    experience is 0 if u < novice_share ("hiring.experience", tick 0, the same slot with subject 0),
    else 1 + floor(14 * (u - novice_share) / (1 - novice_share)) years. late_weeks = week of the year
    + 1 if school is on, else 0. holder + 1. Sums: hires, late, hires_of_color, hire_quality.
    """
    teachers, district = state.teachers, state.district
    week = state.week_of_year
    rows = np.flatnonzero((teachers.successor >= 0) & ~teachers.filled)
    if not len(rows):
        return
    pick, keys = teachers.successor[rows], teachers.key[rows]
    slots = 4096 * (teachers.opened[rows] // 52 + 1) + 1024 * teachers.round[rows] + 3 * pick
    u = draw.uniform("hiring.experience", keys, 0, slots)
    older = 1.0 + np.floor(14.0 * (u - p.novice_share) / (1.0 - p.novice_share))
    z = draw.normal("hiring.subject", keys, 0, slots + np.arange(3)[:, None])
    ability, color = teachers.ability[pick, rows], teachers.color[pick, rows]
    skill = ability + p.subject_spread * z
    teachers.skill[:, rows] = skill
    teachers.floor[:, rows] = skill - p.upkeep_gap
    teachers.fresh[:, rows] = 0.0
    teachers.experience[rows] = np.where(u < p.novice_share, 0.0, older)
    teachers.of_color[rows] = color
    teachers.filled[rows] = True
    teachers.holder[rows] += 1
    teachers.successor[rows] = teachers.candidate[rows] = -1
    teachers.late_weeks[rows] = week + 1.0 if week < LAST_WEEK else 0.0
    district.hires += len(rows)
    district.late += len(rows) if week < LAST_WEEK else 0
    district.hires_of_color += color.sum()
    district.hire_quality += ability.sum()


def step(state, p, draw):
    """One week of the hiring season (week 26 to week 14 of the next school year).

    The season's sums restart in week 26. Then, each with the vacancies as the one before left them:
    `_open`, `_offered`, `_with_principal`, `_in_hr`, `_start_work`; last, vacancies in HR and hours
    that wait for the principal are counted by school (queue_in_hr, files_left).
    """
    week = state.week_of_year
    if LAST_WEEK <= week < FIRST_WEEK:
        return
    if week == FIRST_WEEK:
        for column in SEASON_SUMS:
            getattr(state.district, column)[:] = 0.0
    teachers, principals = state.teachers, state.principals
    _open(state, p, draw)
    for stage, act in ((OFFERED, _offered), (WITH_PRINCIPAL, None), (IN_HR, _in_hr)):
        rows = np.flatnonzero(teachers.stage == stage)
        if len(rows):
            if act is None:
                _with_principal(state, p, draw, rows)
            else:
                act(state, p, rows)
    if week == 51 or week < LAST_WEEK:
        _start_work(state, p, draw)
    rows = np.flatnonzero(teachers.stage)
    school, stage, schools = teachers.school[rows], teachers.stage[rows], len(state.schools)
    principals.queue_in_hr[:] = np.bincount(school, stage == IN_HR, schools)
    work = teachers.work_left[rows] * (stage == WITH_PRINCIPAL)
    principals.files_left[:] = np.bincount(school, work, schools)
