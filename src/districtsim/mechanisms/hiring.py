"""Hiring: vacancies wait in HR, for the principal and for an offer; better candidates leave first.

A vacancy opens in the week its notice is given and goes through three stages. The candidates of a
post in a season are the same under every policy; who is still there depends on the weeks waited.
Streams, all keyed by the post with tick = school year in which the vacancy opened and slot = 64 *
round + candidate: "hiring.ability", "hiring.screen", "hiring.interview" (normal), "hiring.patience",
"hiring.of_color", "hiring.experience" (uniform); "hiring.applicants" (normal, slot = 64 * round).
"""

from types import SimpleNamespace

import numpy as np

from districtsim.world.state import IN_HR, NO_STAGE, OFFERED, WITH_PRINCIPAL

HR, HIRING_HOURS, PRINCIPAL_HIRING = 3, 6, 1  # rows: units, staff's hours, principals' hours
SEASON_SUMS = (
    "opened", "files", "read", "filled_posts", "days", "offers", "applied", "withdrew", "late",
    "hires", "hires_of_color", "hire_quality",
)  # fmt: skip
MOST = 12  # candidates looked at for one vacancy
FIRST_WEEK, LAST_WEEK = 26, 15  # the season runs from spring into the new school year


def applicants(z, pull, p):
    """Individuals who apply for a vacancy, 1 to 12.

    min(12, 1 + floor(applicants * pull * exp(spread * z - spread^2 / 2)))

    z     standard normal, (vacancies,)
    pull  the school's applicants relative to the mean, (vacancies,)
    """
    spread = p.applicants_spread
    mean = p.applicants * pull * np.exp(spread * z - spread * spread / 2.0)
    return np.minimum(MOST, 1 + np.floor(mean)).astype(np.int64)


def signal(ability, noise, validity):
    """A noisy view of ability: validity * ability + sqrt(1 - validity^2) * noise."""
    return validity * ability + np.sqrt(1.0 - validity**2) * noise


def patience_weeks(u, ability, p):
    """Weeks until a candidate takes another offer: -ln(u) * patience * exp(-patience_by_quality *
    ability)."""
    return -np.log(u) * p.patience * np.exp(-p.patience_by_quality * ability)


def reading_hours(number, screening, p):
    """Principal's hours for a vacancy: files at minutes_per_file, and interviews.

    files = number * files_per_applicant (light) or min(number, shortlist) (performance task)
    returns hours, files, each (vacancies,)
    """
    if screening == "light":
        files = number * p.files_per_applicant
    else:
        files = np.minimum(number, p.shortlist).astype(float)
    return files * p.minutes_per_file / 60.0 + p.interview_hours, files


def pool(state, rows, p, draw):
    """The candidates of these vacancies: arrays (vacancies, 12).

        exists    candidate number < applicants
        of_color  uniform < pool_of_color * clip(1 + sorting * (school's share of color - district
                  mean weighted by pupils), 0.2, 3); schools whose share is unknown count as mean
        screen    signal(ability, noise, validity of the screening in force), less disparity if of
                  color
        view      screen + signal(ability, noise, interview_validity), less disparity if of color
        patience  patience_weeks
    """
    teachers, chart = state.teachers, state.chart
    keys, year = teachers.key[rows], teachers.opened[rows] // 52
    rounds = teachers.round[rows]
    slots = 64 * rounds[:, None] + np.arange(MOST)
    drawn = {}
    for name in ("ability", "screen", "interview", "patience", "of_color"):
        kind = draw.uniform if name in ("patience", "of_color") else draw.normal
        drawn[name] = _by_year(kind, f"hiring.{name}", keys, year, slots)
    z = _by_year(draw.normal, "hiring.applicants", keys, year, 64 * rounds[:, None])[:, 0]
    number = applicants(z, state.schools.applicant_pull[teachers.school[rows]], p)
    ability = p.ability_spread * drawn["ability"]
    share = p.pool_of_color * np.clip(1.0 + p.sorting * chart.color_lead[teachers.school[rows]], 0.2, 3.0)
    of_color = drawn["of_color"] < share[:, None]
    light = p.hr.screening == "light"
    validity = p.screen_validity_light if light else p.screen_validity_task
    penalty = p.disparity * of_color
    screen = signal(ability, drawn["screen"], validity) - penalty
    view = screen + signal(ability, drawn["interview"], p.interview_validity) - penalty
    return SimpleNamespace(
        exists=np.arange(MOST) < number[:, None],
        number=number,
        ability=ability,
        of_color=of_color,
        screen=screen,
        view=view,
        patience=patience_weeks(drawn["patience"], ability, p),
    )


def _by_year(kind, stream, keys, years, slots):
    found = np.empty(slots.shape)
    for year in np.unique(years):
        chosen = years == year
        found[chosen] = kind(stream, keys[chosen, None], int(year), slots[chosen])
    return found


def chosen_candidate(candidates, waited, screening, shortlist):
    """The principal's choice among candidates still there; -1 where nobody is left.

    light: all who exist and whose patience exceeds the weeks waited. performance_task: of those
    who exist, HR passes on the `shortlist` highest screens; of these, those still there. The
    choice is the highest view.

    waited  weeks since the vacancy became known or was advertised again, (vacancies,)
    """
    able = candidates.exists
    if screening != "light":
        ranked = np.argsort(np.argsort(-np.where(able, candidates.screen, -np.inf), axis=1), axis=1)
        able = able & (ranked < shortlist)
    able = able & (candidates.patience > waited[:, None])
    best = np.argmax(np.where(able, candidates.view, -np.inf), axis=1)
    return np.where(able.any(axis=1), best, -1)


def _open(state, p):
    """Vacancies whose notice falls in this week wait for approval_weeks * (1 - service), rounded
    up, and for HR's hours; candidates begin to wait with them."""
    teachers = state.teachers
    due = (teachers.notice_week == state.week_of_year) & (teachers.stage == NO_STAGE)
    due &= teachers.successor < 0
    rows = np.flatnonzero(due)
    teachers.notice_week[rows] = -1
    teachers.stage[rows] = IN_HR
    teachers.opened[rows] = teachers.advertised[rows] = state.week
    teachers.round[rows] = 0
    light = p.hr.screening == "light"
    teachers.work_left[rows] = p.hr_hours_light if light else p.hr_hours_task
    wait = np.ceil(p.approval_weeks * (1.0 - state.units.service[HR]))
    teachers.offer_left[rows] = wait
    state.district.opened += len(rows)


def _in_hr(state, p, draw):
    """HR's hours, times (0.5 + 0.5 * service), are shared evenly by the vacancies in HR."""
    teachers, district = state.teachers, state.district
    rows = np.flatnonzero(teachers.stage == IN_HR)
    if not len(rows):
        return
    working = state.staff.hours[HIRING_HOURS, state.chart.unit_staff].sum()
    working *= 0.5 + 0.5 * state.units.service[HR]
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))
    helped = state.principals.fill_in / np.maximum(waiting, 1)
    teachers.offer_left[rows] -= 1.0  # here: weeks until the vacancy is approved
    teachers.work_left[rows] -= working / len(rows) + helped[school]
    done = rows[(teachers.work_left[rows] <= 0) & (teachers.offer_left[rows] <= 0)]
    if not len(done):
        return
    found = pool(state, done, p, draw)
    hours, files = reading_hours(found.number, p.hr.screening, p)
    teachers.stage[done] = WITH_PRINCIPAL
    teachers.work_left[done] = hours
    district.files += files.sum()
    district.read += len(done)
    district.applied += found.number.sum()


def _with_principal(state, p, draw):
    """Principals' hiring hours are shared evenly by the vacancies that wait for them.

    Those read are offered to the chosen candidate, to be signed in 1 + offer_weeks * (1 - service)
    weeks, rounded up. Where nobody is left the vacancy goes back to HR for half of its hours and a
    new round; in the last round candidate 0 is taken, there or not.
    """
    teachers = state.teachers
    rows = np.flatnonzero(teachers.stage == WITH_PRINCIPAL)
    if not len(rows):
        return
    school = teachers.school[rows]
    waiting = np.bincount(school, minlength=len(state.schools))
    spent = state.principals.hours[PRINCIPAL_HIRING] / np.maximum(waiting, 1)
    teachers.work_left[rows] -= spent[school]
    ready = rows[teachers.work_left[rows] <= 0]
    if not len(ready):
        return
    found = pool(state, ready, p, draw)
    waited = state.week - teachers.advertised[ready]
    choice = chosen_candidate(found, waited, p.hr.screening, p.shortlist)
    last = teachers.round[ready] >= p.rounds - 1
    choice = np.where((choice < 0) & last, 0, choice)
    some = choice >= 0
    offered, again = ready[some], ready[~some]
    teachers.stage[offered] = OFFERED
    teachers.candidate[offered] = choice[some]
    teachers.offer_left[offered] = 1.0 + np.ceil(p.offer_weeks * (1.0 - state.units.service[HR]))
    state.district.offers += len(offered)
    gone = found.exists & (found.patience <= waited[:, None])
    state.district.withdrew += gone[~some].sum()
    teachers.round[again] += 1
    teachers.advertised[again] = state.week
    teachers.stage[again] = IN_HR
    light = p.hr.screening == "light"
    teachers.work_left[again] = (p.hr_hours_light if light else p.hr_hours_task) / 2.0
    teachers.offer_left[again] = 0.0


def _offered(state, p, draw):
    """Offers that can be signed: the candidate signs if still there, else the next is chosen."""
    teachers, district = state.teachers, state.district
    rows = np.flatnonzero(teachers.stage == OFFERED)
    if not len(rows):
        return
    teachers.offer_left[rows] -= 1.0
    due = rows[teachers.offer_left[rows] <= 0]
    if not len(due):
        return
    found = pool(state, due, p, draw)
    waited = state.week - teachers.advertised[due]
    pick = teachers.candidate[due]
    there = found.patience[np.arange(len(due)), pick] > waited
    there |= (teachers.round[due] >= p.rounds - 1) & (pick == 0)  # whoever is there
    signed, lost = due[there], due[~there]
    teachers.successor[signed] = pick[there]
    teachers.stage[signed] = NO_STAGE
    gone = found.exists & (found.patience <= waited[:, None])
    district.withdrew += gone[there].sum()
    district.filled_posts += len(signed)
    district.days += 7.0 * (state.week - teachers.opened[signed]).sum()
    teachers.stage[lost] = WITH_PRINCIPAL
    teachers.work_left[lost] = 1.0  # the next on the list, after an hour
    teachers.candidate[lost] = -1


def _start_work(state, p, draw):
    """Signed successors start: at the end of summer, or at once when school is on.

    Skill in each subject (floor: upkeep_gap below it) is ability + subject_spread * z ("hiring.subject", slot = 1024 + 3 *
    (64 * round + candidate) + subject); experience is 0 if u < novice_share ("hiring.experience"), else 1 +
    floor(14 * (u - novice_share) / (1 - novice_share)) years.
    """
    teachers, district = state.teachers, state.district
    week = state.week_of_year
    if not (week == 51 or week < LAST_WEEK):
        return
    rows = np.flatnonzero((teachers.successor >= 0) & ~teachers.filled)
    if not len(rows):
        return
    found = pool(state, rows, p, draw)
    pick = teachers.successor[rows]
    each = np.arange(len(rows))
    keys, year = teachers.key[rows], teachers.opened[rows] // 52
    slots = (64 * teachers.round[rows] + pick)[:, None]
    u = _by_year(draw.uniform, "hiring.experience", keys, year, slots)[:, 0]
    older = 1.0 + np.floor(14.0 * (u - p.novice_share) / (1.0 - p.novice_share))
    experience = np.where(u < p.novice_share, 0.0, older)
    slots = 1024 + 3 * slots + np.arange(3)
    z = _by_year(draw.normal, "hiring.subject", keys, year, slots)
    ability = found.ability[each, pick]
    skill = ability + p.subject_spread * z.T
    teachers.skill[:, rows] = skill
    teachers.floor[:, rows] = skill - p.upkeep_gap
    teachers.fresh[:, rows] = 0.0
    teachers.experience[rows] = experience
    teachers.of_color[rows] = found.of_color[each, pick]
    teachers.filled[rows] = True
    teachers.holder[rows] += 1
    teachers.successor[rows] = teachers.candidate[rows] = -1
    teachers.late_weeks[rows] = week + 1.0 if week < 51 else 0.0
    district.hires += len(rows)
    district.late += len(rows) if week < 51 else 0
    district.hires_of_color += found.of_color[each, pick].sum()
    district.hire_quality += ability.sum()


def step(state, p, draw):
    """One week of the hiring season (week 26 to week 14 of the next school year).

    The season's sums restart in week 26. Then, each with what the one before left: `_open`,
    `_offered`, `_with_principal`, `_in_hr`, `_start_work`; last, vacancies in HR and hours that
    wait for the principal are counted by school (queue_in_hr, files_left).
    """
    week = state.week_of_year
    if LAST_WEEK <= week < FIRST_WEEK:
        return
    if week == FIRST_WEEK:
        for column in SEASON_SUMS:
            getattr(state.district, column)[:] = 0.0
    teachers = state.teachers
    _open(state, p)
    _offered(state, p, draw)
    _with_principal(state, p, draw)
    _in_hr(state, p, draw)
    _start_work(state, p, draw)
    schools = len(state.schools)
    in_hr, with_principal = teachers.stage == IN_HR, teachers.stage == WITH_PRINCIPAL
    state.principals.queue_in_hr[:] = np.bincount(teachers.school[in_hr], minlength=schools)
    state.principals.files_left[:] = np.bincount(
        teachers.school[with_principal], teachers.work_left[with_principal], schools
    )
