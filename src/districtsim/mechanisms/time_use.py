"""Time use: every adult's week is split over tasks, and the hours add up exactly.

Demand from slow services pulls supervisors' and principals' unprotected time. A protected block is
a floor that demand cannot enter; what is kept out waits where it belongs. All columns it reads are
those at the end of last week.

Order within the week: `desks`, `office_month` (in the first week of a month and when levers
change),
`supervisors_week`, `principals_week`, `teachers_week`. A month is four weeks (week of the run mod 4
is 0): what changes slowly, the office's own hours and learning, is worked out once a month.
"""

import numpy as np

from districtsim.mechanisms.time_shares import (
    allotment,
    coach_hours,
    contact_hours,
    instruction_hours,
    kept_share,
    leading_hours,
    supervisors_split,
)
from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, TEACHER_TASKS, TERM_WEEKS

S = {task: i for i, task in enumerate(STAFF_TASKS)}
P = {task: i for i, task in enumerate(PRINCIPAL_TASKS)}
T = {task: i for i, task in enumerate(TEACHER_TASKS)}
HR, OPERATIONS = 3, 4  # rows of units


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
    wanted = int(np.ceil(people / p.supervision.caseload))
    number = 1 if chart.small else min(chart.desks, wanted)
    chart.open_desks = slice(chart.first_desk, chart.first_desk + number)
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
    chart.serves = (principals.supervisor == np.arange(number)[:, None]).astype(float)
    if not chart.small:
        state.staff.filled[chart.first_desk :] = np.arange(chart.desks) < number
    people = state.staff.filled @ chart.works_in
    chart.role_mean = (chart.works_in / np.maximum(people, 1.0))[:, chart.roles_there]
    chart.unit_share = state.staff.filled @ chart.in_unit / state.staff.filled.sum()


def office_month(state, p):
    """Hours of leaders, outside coach and unit staff, until the next month.

    coach     building = coach_hours * coach_builds_leaders, doing_for = the rest
    leaders   leading       = leading_hours(leading_habit, doing_for, leaders, dependence)
              contact_built = min(building / leaders, most_learning)
    everyone but the superintendent:
              contact_leader = contact_hours(leading of led_by, group_size, people led_by leads)
    everyone but leaders:
              contact_coach = contact_hours(doing_for, group_size, staff who are not leaders)
    everyone  contact_peers = peer_hours
    leaders   learning = contact_built + contact_leader + contact_peers; board = board_share of
              the leader's week less supervising; service = what remains
    units     learning = contact_leader + contact_coach + contact_peers; meetings =
              staff_meetings; of what remains, HR's hiring = recruiting_share (+
              automation_frees with automation), curriculum's development = all, service = the
              remainder
    """
    staff, chart, r = state.staff, state.chart, p.research_use
    leaders, count, rows = chart.leaders, chart.leader_count, chart.unit_staff
    hours = coach_hours(r.coach_days)
    building, doing_for = hours * r.coach_builds_leaders, hours * (1.0 - r.coach_builds_leaders)
    coaches = state.coaches
    coaches.filled[:] = r.coach_days > 0
    coaches.budget[:] = hours
    coaches.hours[0], coaches.hours[1] = building, doing_for
    h = staff.hours
    leading = leading_hours(staff.leading_habit[leaders], doing_for, count, p.dependence)
    built = min(building / count, p.most_learning)
    staff.contact_built[leaders] = built
    spent = contact_hours(leading, p.group_size, chart.led, p.most_learning)
    staff.contact_leader = spent[staff.led_by]
    staff.contact_leader[0] = 0.0  # nobody leads the superintendent
    coached = contact_hours(doing_for, p.group_size, chart.followers, p.most_learning)
    staff.contact_coach[chart.leader_count :] = coached
    staff.contact_peers[:] = p.peer_hours
    own = p.leader_week - chart.supervision_share * p.leader_week
    learning = built + p.peer_hours + staff.contact_leader[leaders]
    h[S["leading"], leaders] = leading
    h[S["learning"], leaders] = learning
    h[S["board"], leaders] = p.board_share * own
    h[S["service"], leaders] = own - leading - learning - p.board_share * own
    learned = staff.contact_leader + staff.contact_coach + p.peer_hours
    rest = p.staff_week - learned[rows] - p.staff_meetings
    h[S["learning"], rows] = learned[rows]
    h[S["meetings"], rows] = p.staff_meetings
    share = p.recruiting_share + p.automation_frees * p.hr.automation
    h[S["hiring"], rows] = rest * (share * chart.is_hr)
    h[S["development"], rows] = rest * chart.is_curriculum
    h[S["service"], rows] = rest * (1.0 - share * chart.is_hr - chart.is_curriculum)
    staff.budget[leaders] = p.leader_week
    staff.budget[rows] = p.staff_week
    desks_open = chart.open_desks
    week = chart.supervision_share[0] * p.leader_week if chart.small else p.supervisor_week
    own_learning = min(p.supervision.ild_learning_hours, 0.2 * week)
    chart.supervisors_week = week
    if chart.small:
        h[S["learning"], 0] += own_learning
        chart.supervisor_hours = np.array([week - own_learning])
    else:
        h[:, chart.first_desk :] = 0.0
        h[S["learning"], desks_open] = own_learning + learned[desks_open]
        chart.supervisor_hours = week - own_learning - learned[desks_open]
        staff.budget[chart.first_desk :] = week * staff.filled[chart.first_desk :]


def supervisors_week(state, p, trouble):
    """Supervisors: support of principals against evaluation, liaison, staffing and meetings.

        hours      = supervisor_week (or superintendent_supervises * leader_week where the
                     superintendent supervises) less own learning (ild_learning_hours, at most a
                     fifth of that week) less contact_leader, contact_coach, contact_peers (these
                     three not where the superintendent supervises)
        asked      = (hr_calls + fill_in_hours * queue_in_hr) * (1 - HR service), each principal
        hiring     = asked with ild_fill_in, else 0
        liaison    = liaison_hours * (1 - operations service) * trouble, each principal
        pressing   = (evaluation_hours or, if the system evaluates, compliance_hours) * principals +
                     catch_up * backlog
        demand     = meetings * week + pressing + sums of liaison and hiring
        support, met, overload = supervisors_split(hours, protected_days / 5, dedicated_share *
                     kept, demand, pull); in summer protected and dedicated count as 0
        share      = met / demand, of every demand
        kept       = kept_share(...), in term
        backlog    = (backlog + pressing new - pressing * share) * (1 - expiry), where pressing new
                     is the part without catch_up
        fill_in    = hiring * share, each principal
        network    = min(network_hours, support / 5) where there are networks, else 0
        on site    = visit_hours / (visit_hours + travel of the school)
        contact    = min(most_contact, (support - network) * (1 - skip_principal) * allotment * on
                     site); skip_hours = (support - network) * skip_principal / principals * on site
        travel     = (contact + skip_hours) * travel of the school / visit_hours
        meetings   = what remains of the hours

    Allotment is worked out in the first week of a month, and at the turn of a burst (week mod
    burst_weeks is 0). Columns read are those of last week; trouble is this week's.

    returns  liaison work not done, h/week, (principals,)
    """
    staff, chart, principals = state.staff, state.chart, state.principals
    s, desk, h = p.supervision, chart.open_desks, state.staff.hours
    which, count = principals.supervisor, chart.principals_of
    number = len(count)
    unanswered_hr = 1.0 - state.units.service[HR]
    unanswered = 1.0 - state.units.service[OPERATIONS]
    hours, backlog, kept = chart.supervisor_hours, staff.backlog[desk], staff.kept[desk]
    new = (p.evaluation_hours if s.evaluation_by == "ild" else p.compliance_hours) * count
    pressing = new + p.catch_up * backlog
    liaison_each = trouble * (p.liaison_hours * unanswered)
    asked = principals.asked
    np.multiply(principals.queue_in_hr, p.fill_in_hours * unanswered_hr, out=asked)
    asked += p.hr_calls * unanswered_hr
    liaison = chart.serves @ liaison_each
    hiring = chart.serves @ asked if p.hr.ild_fill_in else np.zeros(number)
    others = liaison + hiring
    demand = pressing + others
    demand += chart.supervisors_week * p.meetings
    term = state.in_term  # principals are supported while school is on
    protected = s.protected_days / 5.0 if term else 0.0
    dedicated = s.dedicated_share * kept if term else np.zeros(number)
    support, met, overload = supervisors_split(hours, protected, dedicated, demand, p.pull)
    share = met / demand
    if term:
        staff.kept[desk] = kept_share(kept, overload, s.dedicated_share, s.time_checks, p)
    done = pressing * share
    staff.backlog[desk] = (backlog + new - done) * (1.0 - p.expiry)
    shared = share[which]
    principals.fill_in[:] = asked * shared if p.hr.ild_fill_in else 0.0
    h[S["evaluation"], desk] = done
    h[S["liaison"], desk] = liaison * share
    h[S["hiring"], desk] = hiring * share
    rest = hours - done - others * share
    if term:
        rest -= _support(state, p, support)
    elif state.week_of_year == TERM_WEEKS:
        for column in (principals.support, principals.network, principals.skip_hours):
            column[:] = 0.0
        h[S["support"], desk] = h[S["travel"], desk] = 0.0
    h[S["meetings"], desk] = rest
    return liaison_each * (1.0 - shared)


def _support(state, p, support):
    """Support hours to principals, networks and teachers; returns hours spent, (supervisors,)."""
    chart, principals, s = state.chart, state.principals, p.supervision
    which, count, week = principals.supervisor, chart.principals_of, state.week
    h = state.staff.hours
    if week % 4 == 0 or week % p.burst_weeks == 0 or chart.new_levers:
        weight = allotment(s.support, which, principals.rank, principals.need, count, week, p)
        on_site = p.visit_hours / (p.visit_hours + chart.travel)
        chart.allotted = weight * (1.0 - s.skip_principal) * on_site
        chart.skipped = s.skip_principal / count[which] * on_site
        chart.with_travel = 1.0 + chart.travel / p.visit_hours
    given = support
    if s.networks != "none":
        network = np.minimum(p.network_hours, 0.2 * support)
        principals.network[:] = network[which]
        given = support - network
    visits = given[which]
    contact = principals.support
    np.multiply(visits, chart.allotted, out=contact)
    np.minimum(contact, p.most_contact, out=contact)
    together = contact
    if s.skip_principal:
        principals.skip_hours[:] = visits * chart.skipped
        together = contact + principals.skip_hours
    on_site = chart.serves @ together
    spent = chart.serves @ (together * chart.with_travel)
    h[S["travel"], chart.open_desks] = spent - on_site
    if s.networks != "none":
        on_site += network
        spent += network
    h[S["support"], chart.open_desks] = on_site
    return spent


def principals_week(state, p, trouble, unmet_liaison):
    """Principals: what services, staffing and supervision leave, instruction and the rest share.

    budget      principal_week in term, principal_summer_week in summer
    operations  operations_hours * (1 + operations_drag * (1 - operations service)) * trouble +
                liaison work the supervisor did not do
    hiring      min(files_left, most_hiring) + hr_follow_up * (1 - HR service)
    evaluation  evaluation_week in term; meetings: meeting_hours + consulting
    supervision support + network; students: students_hours in term
    these four (operations to meetings) shrink alike if the week has no more hours
    free        budget - all of these; instruction = instruction_hours(free, leadership) in
                term, else 0; other = the rest of free
    recovered   operations_hours * (1 + operations_drag * (1 - operations service on day one)) *
                trouble - operations
    """
    principals, h = state.principals, state.principals.hours
    unanswered_hr = 1.0 - state.units.service[HR]
    unanswered = 1.0 - state.units.service[OPERATIONS]
    term = state.in_term
    budget = p.principal_week if term else p.principal_summer_week
    students = p.students_hours if term else 0.0
    evaluation = p.evaluation_week if term else 0.0
    operations = trouble * (p.operations_hours * (1.0 + p.operations_drag * unanswered))
    operations += unmet_liaison
    hiring = np.minimum(principals.files_left, p.most_hiring)
    hiring += p.hr_follow_up * unanswered_hr
    meetings = p.meeting_hours + principals.consulting
    supervision = principals.support + principals.network
    room = budget - students - supervision
    asked = operations + hiring + meetings + evaluation
    free = room - asked
    if free.min() < 0.0:  # a week has no more hours than it has
        squeeze = np.minimum(1.0, room / asked)
        operations, hiring, meetings = operations * squeeze, hiring * squeeze, meetings * squeeze
        h[P["evaluation"]] = evaluation * squeeze
        free = np.maximum(free, 0.0)
    else:
        h[P["evaluation"]] = evaluation
    h[P["operations"]], h[P["hiring"]], h[P["meetings"]] = operations, hiring, meetings
    h[P["supervision"]] = supervision
    if term:
        instruction = instruction_hours(free, principals.leadership, p)
        h[P["instruction"]] = instruction
        free -= instruction
    else:
        h[P["instruction"]] = 0.0
    h[P["other"]] = free
    if state.week_of_year in (0, TERM_WEEKS) or state.chart.new_levers:
        h[P["students"]] = students
        principals.budget[:] = budget
    at_start = p.operations_hours * (1.0 + p.operations_drag * state.chart.unanswered_at_start)
    principals.recovered[:] = trouble * at_start - operations


def teachers_week(state, p):
    """Teachers: teaching, PD of this week, feedback with the principal; planning is the rest.

    In term and filled posts: development is this week's PD hours of all subjects; feedback is
    (instruction hours of the principal * feedback_share + skip_hours) / filled posts of the school,
    at most most_feedback; teaching is teaching_hours - covered_by_substitutes * development. In
    summer and in empty posts all hours are 0.
    """
    teachers, h, chart = state.teachers, state.teachers.hours, state.chart
    if not state.in_term:
        if state.week_of_year == TERM_WEEKS:
            h[:] = 0.0
            teachers.budget[:] = 0.0
        return
    here = teachers.filled.astype(float)
    principals = state.principals
    staffed = np.maximum(np.add.reduceat(here, chart.first), 1.0)
    seen = principals.hours[P["instruction"]] * p.feedback_share
    seen += principals.skip_hours
    seen /= staffed
    np.minimum(seen, p.most_feedback, out=seen)
    principals.feedback = seen
    feedback = h[T["feedback"]]
    np.multiply(seen[teachers.school], here, out=feedback)
    np.multiply(here, p.teaching_hours, out=h[T["teaching"]])
    np.multiply(here, p.teacher_week, out=teachers.budget)
    planning, development = h[T["planning"]], h[T["development"]]
    np.subtract(teachers.budget, feedback, out=planning)
    if chart.pd_this_week:
        np.multiply(teachers.development.sum(axis=0), here, out=development)
        h[T["teaching"]] -= p.covered_by_substitutes * development
        planning -= development
    elif chart.pd_last_week or state.week_of_year == 0:
        development[:] = 0.0
    planning -= h[T["teaching"]]


def step(state, p, draw):
    """One week of everybody's time.

    Operations trouble of a school in a week: 0.5 + u, u uniform, stream "time_use.trouble", keyed
    by principalship, tick = school year, slot = week of the year.
    """
    chart, principals = state.chart, state.principals
    if chart.trouble_year != state.year:
        weeks = np.arange(52)[:, None]
        chart.trouble = 0.5 + draw.uniform("time_use.trouble", principals.key, state.year, weeks)
        chart.trouble_year = state.year
    trouble = chart.trouble[state.week_of_year]
    desks(state, p)
    if state.week % 4 == 0 or chart.new_levers:
        office_month(state, p)
    unmet = supervisors_week(state, p, trouble)
    principals_week(state, p, trouble, unmet)
    teachers_week(state, p)
