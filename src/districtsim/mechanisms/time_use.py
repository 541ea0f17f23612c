"""Time use: every adult's week is split over tasks, and the hours add up exactly.

Demand from slow services pulls supervisors' and principals' unprotected time. A protected block is
a floor that demand cannot enter; what is kept out waits where it belongs. All columns it reads are
those at the end of last week.

Order within the week: desks (`desks`), leaders, coach and staff (`office_week`), supervisors
(`supervisors_week`), principals (`principals_week`), teachers (`teachers_week`).
"""

import numpy as np

from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, TEACHER_TASKS, TERM_WEEKS

S = {task: i for i, task in enumerate(STAFF_TASKS)}
P = {task: i for i, task in enumerate(PRINCIPAL_TASKS)}
T = {task: i for i, task in enumerate(TEACHER_TASKS)}
HR, OPERATIONS = 3, 4  # rows of units


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


def kept_share(kept, overload, dedicated, checked, p):
    """Share of the dedicated time that is still kept, one week on.

        checked:      kept + check_pace * (1 - kept)
        not checked:  kept * (1 - drift * (1 - dedicated) * overload)

    A role dedicated in full has a clear claim to its time and does not drift (P28).
    """
    if checked:
        return kept + p.check_pace * (1.0 - kept)
    return kept * (1.0 - p.drift * (1.0 - dedicated) * overload)


def allotment(pattern, supervisor, rank, need, count, week, p):
    """Share of the supervisor's support each principal gets this week; sums to 1 per supervisor.

        even     1 / count
        by_need  need / sum of need over the supervisor's principals
        bursts   groups = min(burst_groups, count); the group whose turn it is
                 (rank mod groups == floor(week / burst_weeks) mod groups) shares all, evenly

    supervisor  row of supervisors, (principals,)
    rank        place in the supervisor's list, from 0, (principals,)
    need        assessed need, SD, > 0, (principals,)
    count       principals per supervisor, (supervisors,)
    week        week of the run
    returns     (principals,)
    Sources     Honig et al. 2010 (P32)
    """
    if pattern == "even":
        weight = np.ones(len(rank))
    elif pattern == "by_need":
        weight = need
    else:
        groups = np.minimum(p.burst_groups, count)[supervisor]
        turn = int(week // p.burst_weeks)
        weight = (rank % groups == turn % groups).astype(float)
    total = np.bincount(supervisor, weight, len(count))
    return weight / total[supervisor]


def instruction_hours(free, leadership, p):
    """Principal's hours for instruction out of the hours left free.

    free * clip(instruction_share + instruction_by_leadership * leadership, 0.05, 0.8)
    """
    share = p.instruction_share + p.instruction_by_leadership * leadership
    return free * np.minimum(np.maximum(share, 0.05), 0.8)


def desks(state, p):
    """Open as many supervisors' desks as the caseload asks for and deal out the principals.

    Desks open: ceil(principals / caseload), at least 1. Principals, sorted by level of school and
    then by row, go to desks in even runs: desk = floor(place * desks / principals). A supervisor
    knows the level of the school in the middle of the run (`level_match` 1 there, 0 elsewhere).
    """
    if state.district.caseload[0] == p.supervision.caseload:
        return
    state.district.caseload[0] = p.supervision.caseload
    chart, principals = state.chart, state.principals
    people = len(principals)
    number = 1 if chart.small else min(chart.desks, max(1, int(np.ceil(people / p.supervision.caseload))))
    chart.open_desks = chart.supervisors[:number]
    order = np.argsort(state.schools.level, kind="stable")
    desk = np.arange(people) * number // people
    principals.supervisor[order] = desk
    first = np.searchsorted(desk, np.arange(number))
    count = np.bincount(desk, minlength=number)
    principals.rank[order] = np.arange(people) - first[desk]
    middle = order[first + count // 2]
    same = state.schools.level == state.schools.level[middle][principals.supervisor]
    principals.level_match[:] = same
    chart.principals_of = count.astype(float)
    if not chart.small:
        state.staff.filled[chart.supervisors] = np.arange(chart.desks) < number


def office_week(state, p):
    """Leaders, outside coach and the staff of the units."""
    staff, chart, r = state.staff, state.chart, p.research_use
    leaders = chart.leaders
    hours = coach_hours(r.coach_days)
    building, doing_for = hours * r.coach_builds_leaders, hours * (1.0 - r.coach_builds_leaders)
    present = r.coach_days > 0
    state.coaches.filled[:] = present
    state.coaches.budget[:] = hours
    state.coaches.hours[0], state.coaches.hours[1] = building, doing_for
    h = staff.hours
    leading = leading_hours(staff.leading_habit[leaders], doing_for, len(leaders), p.dependence)
    built = min(building / len(leaders), p.most_learning)
    staff.contact_built[leaders] = built
    spent = contact_hours(leading, p.group_size, chart.led, p.most_learning)
    staff.contact_leader[:] = spent[staff.led_by]
    staff.contact_leader[0] = 0.0  # nobody leads the superintendent
    coached = contact_hours(doing_for, p.group_size, chart.followers, p.most_learning)
    staff.contact_coach[:] = coached
    staff.contact_coach[leaders] = 0.0
    staff.contact_peers[:] = p.peer_hours
    own = p.leader_week - (chart.supervision_share * p.leader_week)  # not spent on supervising
    h[S["leading"], leaders] = leading
    learning = built + p.peer_hours + staff.contact_leader[leaders]
    h[S["learning"], leaders] = learning
    h[S["board"], leaders] = p.board_share * own
    h[S["service"], leaders] = own - leading - learning - p.board_share * own
    rows = chart.unit_staff
    learning = staff.contact_leader[rows] + staff.contact_coach[rows] + p.peer_hours
    rest = p.staff_week - learning - p.staff_meetings
    h[S["learning"], rows] = learning
    h[S["meetings"], rows] = p.staff_meetings
    share = p.recruiting_share + p.automation_frees * p.hr.automation
    h[S["hiring"], rows] = rest * chart.is_hr * share
    h[S["development"], rows] = rest * chart.is_curriculum
    h[S["service"], rows] = rest * (1.0 - chart.is_hr * share - chart.is_curriculum)
    staff.budget[leaders] = p.leader_week
    staff.budget[rows] = p.staff_week


def supervisors_week(state, p, trouble):
    """Supervisors: support against evaluation, liaison, staffing and meetings.

    trouble  this week's operations trouble of each school, mean 1, (principals,)
    """
    staff, chart, principals = state.staff, state.chart, state.principals
    s, desk = p.supervision, chart.open_desks
    which, number = principals.supervisor, len(chart.open_desks)
    week = p.supervisor_week
    if chart.small:
        week = chart.supervision_share[0] * p.leader_week
    learning = min(s.ild_learning_hours, 0.2 * week)
    learned = staff.contact_leader[desk] + staff.contact_coach[desk] + p.peer_hours
    if chart.small:
        learned = np.zeros(1)  # the superintendent's own learning is in the office week
    hours = week - learning - learned
    unanswered_hr = 1.0 - state.units.service[HR]
    unanswered = 1.0 - state.units.service[OPERATIONS]
    new = p.evaluation_hours if s.evaluation_by == "ild" else p.compliance_hours
    evaluation = new * chart.principals_of
    pressing = evaluation + p.catch_up * staff.backlog[desk]
    liaison_each = p.liaison_hours * unanswered * trouble
    asked = (p.hr_calls + p.fill_in_hours * principals.queue_in_hr) * unanswered_hr
    principals.asked[:] = asked
    hiring_each = asked if p.hr.ild_fill_in else np.zeros(len(principals))
    liaison = np.bincount(which, liaison_each, number)
    hiring = np.bincount(which, hiring_each, number)
    meetings = p.meetings * week
    demand = meetings + pressing + liaison + hiring
    term = 1.0 if state.in_term else 0.0  # principals are supported while school is on
    protected = s.protected_days / 5.0 * term
    dedicated = s.dedicated_share * staff.kept[desk] * term
    support, met, overload = supervisors_split(hours, protected, dedicated, demand, p.pull)
    share = met / demand
    if term:
        staff.kept[desk] = kept_share(
            staff.kept[desk], overload, s.dedicated_share, s.time_checks, p
        )
    staff.backlog[desk] = (staff.backlog[desk] + evaluation - pressing * share) * (1.0 - p.expiry)
    principals.fill_in[:] = hiring_each * share[which]
    network = np.zeros(number)
    if s.networks != "none":
        network = np.minimum(p.network_hours, 0.2 * support)
    principals.network[:] = network[which]
    weight = allotment(
        s.support, which, principals.rank, principals.need, chart.principals_of, state.week, p
    )
    visits = (support - network)[which]
    on_site = p.visit_hours / (p.visit_hours + chart.travel)
    contact = np.minimum(p.most_contact, visits * (1.0 - s.skip_principal) * weight * on_site)
    skipped = visits * s.skip_principal / chart.principals_of[which] * on_site
    principals.support[:], principals.skip_hours[:] = contact, skipped
    given = np.bincount(which, contact + skipped, number)
    travel = np.bincount(which, (contact + skipped) * chart.travel / p.visit_hours, number)
    h = staff.hours
    h[S["support"], desk] = given + network
    h[S["travel"], desk] = travel
    h[S["evaluation"], desk] = pressing * share
    h[S["liaison"], desk] = liaison * share
    h[S["hiring"], desk] = hiring * share
    rest = week - given - network - travel - (pressing + liaison + hiring) * share
    if chart.small:
        h[S["meetings"], desk] = rest - learning
        h[S["learning"], desk] += learning
    else:
        h[S["learning"], desk] = learning + learned
        h[S["meetings"], desk] = rest - learning - learned
        h[:, chart.supervisors[number:]] = 0.0
        staff.budget[chart.supervisors] = week * staff.filled[chart.supervisors]
    return liaison_each * (1.0 - share[which])


def principals_week(state, p, trouble, unmet_liaison):
    """Principals: what services, staffing and supervision leave, instruction and the rest share."""
    principals, h = state.principals, state.principals.hours
    unanswered_hr = 1.0 - state.units.service[HR]
    unanswered = 1.0 - state.units.service[OPERATIONS]
    budget = p.principal_week if state.in_term else p.principal_summer_week
    operations = p.operations_hours * (1.0 + p.operations_drag * unanswered) * trouble
    at_start = p.operations_hours * (1.0 + p.operations_drag * state.chart.unanswered_at_start)
    h[P["operations"]] = operations + unmet_liaison
    h[P["hiring"]] = (
        np.minimum(principals.files_left, p.most_hiring) + p.hr_follow_up * unanswered_hr
    )
    h[P["evaluation"]] = p.evaluation_week if state.in_term else 0.0
    h[P["meetings"]] = p.meeting_hours + principals.consulting
    h[P["supervision"]] = principals.support + principals.network
    h[P["students"]] = p.students_hours if state.in_term else 0.0
    asked = h[P["operations"]] + h[P["hiring"]] + h[P["evaluation"]] + h[P["meetings"]]
    fixed = h[P["supervision"]] + h[P["students"]]
    squeeze = np.minimum(1.0, (budget - fixed) / asked)  # a week has no more hours than it has
    for task in ("operations", "hiring", "evaluation", "meetings"):
        h[P[task]] *= squeeze
    free = budget - fixed - asked * squeeze
    instruction = instruction_hours(free, principals.leadership, p) if state.in_term else 0.0
    h[P["instruction"]] = instruction
    h[P["other"]] = free - instruction
    principals.budget[:] = budget
    principals.recovered[:] = at_start * trouble - h[P["operations"]]


def teachers_week(state, p):
    """Teachers: teaching, PD of this week, feedback with the principal; planning is the rest.

    Feedback a teacher: (instruction hours * feedback_share + skip hours) / filled posts, at most
    most_feedback. A substitute teaches for covered_by_substitutes of the PD hours.
    """
    teachers, h = state.teachers, state.teachers.hours
    if not state.in_term:
        if state.week_of_year == TERM_WEEKS:
            h[:] = 0.0
            teachers.budget[:] = 0.0
        return
    here = teachers.filled.astype(float)
    principals, chart = state.principals, state.chart
    staffed = np.add.reduceat(here, chart.first)
    seen = principals.hours[P["instruction"]] * p.feedback_share + principals.skip_hours
    each = np.minimum(seen / np.maximum(staffed, 1.0), p.most_feedback)
    feedback = each[teachers.school] * here
    development = teachers.development.sum(axis=0) * here
    h[T["teaching"]] = (p.teaching_hours - p.covered_by_substitutes * development) * here
    h[T["development"]] = development
    h[T["feedback"]] = feedback
    teachers.budget[:] = p.teacher_week * here
    h[T["planning"]] = teachers.budget - h[T["teaching"]] - development - feedback


def step(state, p, draw):
    """One week of everybody's time.

    Operations trouble of a school this week: 0.5 + U, U uniform in (0, 1), stream
    "time_use.trouble", keyed by principalship and week of the run.
    """
    trouble = 0.5 + draw.uniform("time_use.trouble", state.principals.key, state.week)
    desks(state, p)
    office_week(state, p)
    unmet = supervisors_week(state, p, trouble)
    principals_week(state, p, trouble, unmet)
    teachers_week(state, p)
