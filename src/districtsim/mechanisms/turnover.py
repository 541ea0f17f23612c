"""Turnover: people leave; what only they carried goes with them.

Teachers decide in week 24 and go in week 40 (June); principals go in week 40; central-office people
in a week of the year drawn for them.
"""

import numpy as np
from scipy.special import expit, logit, ndtri

from districtsim.mechanisms.turnover_replaced import principals_let_go, teachers_let_go

DECIDE_WEEK, JUNE = 24, 40
SUPERVISOR = 3  # index of role
_FOUR = np.arange(4)[:, None]
LARGE_DISTRICT = 29_000  # pupils, F410


def leaving_chance(experience, low_income, leadership, of_color, p):
    """Chances that a teacher leaves the job or moves to another school this June.

        logit(leave) = logit(leave_<band>) + leave_poverty * (low_income - 0.5)
                       - leadership_effect * leadership
                       + of_color_effect * ([of color] - share_of_color)
        logit(move)  = logit(move_<band>) + move_poverty * (low_income - 0.5)
                       - leadership_effect * leadership

    Bands by experience in years: novice < 4, early < 10, middle < 15, late.
    leadership_effect and of_color_effect are the cards `leadership` and `of_color`.

    experience  years, (teachers,)
    low_income  share of the school's pupils, (teachers,)
    leadership  the principal's, SD, (teachers,)
    returns     leave, move, each a probability a year, (teachers,)
    Sources     F402, F403, F404, F407
    """
    band = (experience >= 4.0).astype(np.int8) + (experience >= 10.0) + (experience >= 15.0)
    leave = logit(np.array([p.leave_novice, p.leave_early, p.leave_middle, p.leave_late]))[band]
    move = logit(np.array([p.move_novice, p.move_early, p.move_middle, p.move_late]))[band]
    held = p.leadership * leadership
    leave = leave + p.leave_poverty * (low_income - 0.5) - held
    leave = leave + p.of_color * (of_color - p.share_of_color)
    move = move + p.move_poverty * (low_income - 0.5) - held
    return expit(leave), expit(move)


def notice_week(u):
    """Week of the year in which a vacancy becomes known: 26 + floor(20 * u), 26 to 45."""
    return 26 + np.floor(20.0 * u).astype(np.int64)


def principal_chance(rate, low_income, p):
    """Chance that a principal goes: expit(logit(rate) + principal_poverty * (low_income - 0.5))."""
    return expit(logit(rate) + p.principal_poverty * (low_income - 0.5))


def exit_weeks(u, chance):
    """Week of the year in which an office person leaves, the first of a month: 4 * floor(13 u /
    chance) if u < chance, else -1.

    chance  of leaving within a year, (people,)
    """
    week = 4.0 * np.floor(13.0 * u / np.maximum(chance, 1e-12))
    return np.where(u < chance, week, -1.0).astype(np.int64)


def office_chance(role, pupils, p):
    """Chance a year that the holder of each desk leaves, (people,): of leaders
    superintendent_leaves, in districts of 29,000 pupils or more superintendent_leaves_large; of
    supervisors supervisor_leaves; of others staff_leave.

    role    index into ROLES: 0 to 2 leaders, 3 supervisors
    pupils  of the district
    """
    large = pupils >= LARGE_DISTRICT
    leader = p.superintendent_leaves_large if large else p.superintendent_leaves
    return np.where(role <= 2, leader, np.where(role == 3, p.supervisor_leaves, p.staff_leave))


def decide(state, p, draw):
    """Teachers decide (week 24), all in filled posts.

    u ("turnover.leaves", post, year): leaves if u < leave; moves if u < leave + move. Movers stay
    in the district if "turnover.stays" < stays_in_district (`moving`). All of them give notice
    (`leaving`) in notice_week("turnover.notice"). So do those who are let go (`teachers_let_go`),
    who leave the district whatever they decided. The counts of this June are known now: decided
    and base, left, moved (all who want another school), quit (leavers, movers out of the district).
    """
    teachers, school = state.teachers, state.teachers.school
    leave, move = leaving_chance(
        teachers.experience, state.schools.low_income[school],
        state.principals.leadership[school], teachers.of_color, p,
    )  # fmt: skip
    u = draw.uniform("turnover.leaves", teachers.key, state.year)
    goes = (u < leave + move) & teachers.filled
    wants = goes & (u >= leave)  # another school
    if np.any(p.hr.replace_teachers):
        let_go = teachers_let_go(state, p, draw)
        goes, wants = goes | let_go, wants & ~let_go
    teachers.leaving[:] = goes
    stays = draw.uniform("turnover.stays", teachers.key, state.year) < p.stays_in_district
    teachers.moving[:] = wants & stays
    weeks = notice_week(draw.uniform("turnover.notice", teachers.key, state.year))
    teachers.notice_week[goes] = weeks[goes]
    district = state.district
    first = state.chart.first
    state.schools.decided[:] = np.add.reduceat(teachers.filled.astype(float), first)
    state.schools.left[:] = np.add.reduceat(goes.astype(float), first)
    district.base[:] = teachers.filled.sum()
    district.quit[:] = (goes & ~teachers.moving).sum()
    district.moved[:] = wants.sum()


def june(state, p, draw):
    """Teachers who gave notice go; the year's experience is added for everybody in a filled post,
    also for those who go, and for principals before any of them goes; late_weeks become 0.

    Behaviour of a school's teachers is carried by those who stay: times 1 - left / decided. Then
    transfers (`transfer`), then principals (`principals_go`).
    """
    teachers, schools = state.teachers, state.schools
    schools.behaviour *= 1.0 - schools.left / np.maximum(schools.decided, 1.0)
    teachers.experience += teachers.filled
    teachers.filled &= ~teachers.leaving
    state.chart.posts_changed = True
    transfer(state, p, draw)
    teachers.leaving[:] = False
    teachers.moving[:] = False
    teachers.late_weeks[:] = 0.0
    state.principals.experience += 1.0
    principals_go(state, p, draw)


def transfer(state, p, draw):
    """Movers who stay in the district take empty posts no candidate has been chosen for, whether
    or not their vacancy is known yet.

    Posts of a kind only (generalists; specialists of a subject; others). Movers in the order of
    "turnover.transfer" (post, year), vacancies in the order of their school's low income share
    (lowest first, ties by row); with joint_placement movers in the order of what C&I believes
    of them (`believed`, highest first), vacancies in that of their school's believed quality, mean
    over subjects (lowest first): pair by pair while both last. A pair within one school does not
    come about. Movers who find no post leave the district (quit). The others take skill, floor,
    fresh, experience and of_color along; the vacancy or its notice ends, the old post stays as it
    is.
    """
    teachers, kind = state.teachers, state.chart.kind
    free = ~teachers.filled & (teachers.successor < 0) & (teachers.stage != 3)
    if p.hr.joint_placement:
        order, place = -teachers.believed, state.schools.believed_quality.mean(axis=0)
    else:
        order = draw.uniform("turnover.transfer", teachers.key, state.year)
        place = state.schools.low_income
    place = place[teachers.school]
    everybody, anywhere = np.flatnonzero(teachers.moving), np.flatnonzero(free)
    everybody = everybody[np.argsort(order[everybody], kind="stable")]
    anywhere = anywhere[np.argsort(place[anywhere], kind="stable")]
    sources, targets = [], []
    for k in range(kind.max() + 1):
        movers = everybody[kind[everybody] == k]
        posts = anywhere[kind[anywhere] == k]
        pairs = min(len(movers), len(posts))
        sources.append(movers[:pairs])
        targets.append(posts[:pairs])
    old, new = np.concatenate(sources), np.concatenate(targets)
    elsewhere = teachers.school[old] != teachers.school[new]
    old, new = old[elsewhere], new[elsewhere]
    state.district.quit += np.count_nonzero(teachers.moving) - len(new)
    for column in (teachers.skill, teachers.floor, teachers.fresh):
        column[:, new] = column[:, old]
    for column in (teachers.experience, teachers.of_color):
        column[new] = column[old]
    teachers.filled[new] = True
    teachers.holder[new] += 1
    teachers.stage[new] = 0
    teachers.notice_week[new] = -1


def principals_go(state, p, draw):
    """Principals leave or move (June); successors start at once.

    u ("turnover.principals", principalship, year) < principal_chance(principal_leaves +
    principal_moves). With move_principals, also those of two years' standing or more among the
    floor(moved_share * principals + v) lowest rated last June (ties by row); v: stream
    "turnover.moved", keyed by the superintendent's desk, tick = year. And those whom the district
    replaces (`principals_let_go`). A successor has leadership
    new_principal + z ("turnover.new_principal") and what `succeeded` says.
    """
    principals = state.principals
    chance = principal_chance(p.principal_leaves + p.principal_moves, state.schools.low_income, p)
    goes = draw.uniform("turnover.principals", principals.key, state.year) < chance
    if p.hr.move_principals:
        v = float(draw.uniform("turnover.moved", state.staff.key[:1], state.year)[0])
        number = int(p.moved_share * len(principals) + v)
        lowest = np.argsort(principals.rating, kind="stable")[:number]
        goes[lowest[principals.experience[lowest] >= 2.0]] = True
    if np.any(p.hr.replace_principals):
        goes |= principals_let_go(state, p, draw)
    z = p.new_principal + draw.normal("turnover.new_principal", principals.key, state.year)
    succeeded(principals, np.flatnonzero(goes), z[goes])
    state.district.principals_left += goes.sum()


def promote(state, p, draw, number):
    """Principals who become supervisors, and the schools they leave behind.

    The `number` best rated principals of two years' standing or more (ties by row; fewer where
    there are fewer), in this order. Each school gets a successor at once, as in `succeeded`, z of
    stream "turnover.promoted", tick = week of the run.

    returns  what each new supervisor carries over, SD: carry_over * leadership; 0 where there was
             no principal to promote, (number,)
    Sources  P11, F416
    """
    principals, carried = state.principals, np.zeros(number)
    able = np.flatnonzero(principals.experience >= 2.0)
    best = able[np.argsort(-principals.rating[able], kind="stable")[:number]]
    carried[: len(best)] = p.carry_over * principals.leadership[best]
    z = p.new_principal + draw.normal("turnover.promoted", principals.key, state.week)
    succeeded(principals, best, z[best])
    state.district.principals_left += len(best)
    return carried


def succeeded(principals, rows, leadership):
    """New principals: leadership and own_leadership as given, experience and continuity 0, belief
    in the use of improvement plans 0."""
    principals.leadership[rows] = principals.own_leadership[rows] = leadership
    principals.experience[rows] = principals.continuity[rows] = 0.0
    principals.plan_belief[rows] = 0.0
    principals.holder[rows] += 1


def office(state, p, draw):
    """People of the central office go in the week drawn for them; successors start at once.

    In week 0 of each year the count of principals who left restarts, and every desk draws
    exit_weeks(u, office_chance), u: stream "turnover.office", tick = year. Successors arrive with
    `newcomer` appropriation of every idea, willingness 0.2 + 0.8 u0, and carry the policy if u1 <
    continues; a leader's habit is then leader_hours, else the smaller of leader_hours and its
    status-quo value; skill in supporting principals is supervisor_skill + z (+ carry_over *
    leadership for a supervisor if u3 < promoted, see `promote`), kept 1, backlog 0, familiarity
    with schools 0, exit_week -1. Nobody leaves a closed desk. A superintendent who does not carry
    the policy starts work on premises anew: project_age 0. u0, u1, z (inverse normal CDF of u2) and
    u3: stream "turnover.successor", keyed by desk, tick = week of the run, slots 0 to 3.
    """
    staff, chart = state.staff, state.chart
    if state.week_of_year == 0:
        state.district.principals_left[:] = 0.0
        u = draw.uniform("turnover.office", staff.key, state.year)
        staff.exit_week[:] = exit_weeks(u, office_chance(staff.role, chart.pupils, p))
        when = state.week + staff.exit_week
        u = draw.uniform("turnover.successor", staff.key, when, _FOUR)
        chart.successors = when, u  # a year's at once: it costs as much as a few months'
    rows = (staff.exit_week == state.week_of_year).nonzero()[0]
    rows = rows[staff.filled[rows]]
    if not len(rows):
        return
    keys = staff.key[rows]
    staff.holder[rows] += 1
    staff.exit_week[rows] = -1
    staff.appropriation[:, rows] = p.newcomer
    when, drawn = chart.successors
    if (when[rows] == state.week).all():
        u = drawn[:, rows]
    else:
        u = draw.uniform("turnover.successor", keys, state.week, _FOUR)
    staff.willingness[rows] = 0.2 + 0.8 * u[0]
    staff.follows[rows] = u[1] < p.continues
    leads = staff.role[rows] <= 2
    normal = min(chart.normal_leader_hours, p.research_use.leader_hours)
    habit = np.where(staff.follows[rows], p.research_use.leader_hours, normal)
    staff.leading_habit[rows] = np.where(leads, habit, 0.0)
    skill = p.supervisor_skill + ndtri(u[2])
    chosen = ((staff.role[rows] == SUPERVISOR) & (u[3] < p.promoted)).nonzero()[0]
    if len(chosen):
        skill[chosen] += promote(state, p, draw, len(chosen))
    staff.skill[rows] = skill
    staff.familiarity[rows] = 0.0
    if rows[0] == 0 and not staff.follows[0]:
        state.district.project_age[:] = 0.0
    staff.kept[rows] = 1.0
    staff.backlog[rows] = 0.0


def step(state, p, draw):
    """Central office in the first week of a month; teachers in weeks 24 and 40, principals in
    40."""
    if state.week % 4 == 0:
        office(state, p, draw)
    if state.week_of_year == DECIDE_WEEK:
        decide(state, p, draw)
    elif state.week_of_year == JUNE:
        june(state, p, draw)
