"""Time use: every adult's week is split over tasks, and the hours add up exactly.

Demand from slow services pulls supervisors' and principals' unprotected time. A protected block is
a floor that demand cannot enter; what is kept out waits where it belongs.

People plan by the month. A month is four weeks (its first week: week of the run mod 4 is 0), and a
year 13 months. At its start, and when levers change, the office's hours (`office_month`) and the
supervisors' weeks (`supervisors_month`) are planned from the columns as they stand; trouble and
staffing then strike principals (`principals_week`) and teachers (`teachers_week`) week by week.
"""

from types import SimpleNamespace

import numpy as np

from districtsim.mechanisms.time_shares import (
    allotment,
    coach_hours,
    contact_hours,
    instruction_share,
    kept_share,
    leading_hours,
    supervisors_split,
)
from districtsim.world.population import count_people
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
    count_people(state)


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


def supervisors_month(state, p, troubles):
    """Supervisors' weeks until the end of the month: support against everything else.

    For each week w of the month that is left (index w below), with the columns as they are now:

        hours      supervisor_week (or superintendent_supervises * leader_week where the
                   superintendent supervises) less own learning (ild_learning_hours, at most a
                   fifth of that week) less contact_leader, contact_coach and contact_peers (these
                   three not where the superintendent supervises)
        asked      (hr_calls + fill_in_hours * queue_in_hr) * (1 - HR service), each principal
        hiring     asked with ild_fill_in, else 0
        liaison_w  liaison_hours * (1 - operations service) * trouble_w, each principal
        new        (evaluation_hours, or compliance_hours if the system evaluates) * principals
        pressing   new + catch_up * backlog
        demand_w   meetings * week + pressing + sums over principals of hiring and liaison_w
        support_w, met_w, overload_w = supervisors_split(hours, protected_days / 5, dedicated_share
                   * kept, demand_w, pull); protected and dedicated count as 0 in summer
        share_w    met_w / demand_w, of every demand
        fill_in_w  hiring * share_w, each principal
        network_w  min(network_hours, support_w / 5) where there are networks, else 0
        on site    visit_hours / (visit_hours + travel of the school)
        contact_w  min(most_contact, (support_w - network_w) * (1 - skip_principal) * allotment *
                   on site); skip_w = (support_w - network_w) * skip_principal / principals * on
                   site; travel = (contact_w + skip_w) * travel of the school / visit_hours
        meetings_w what remains of the hours

    Then kept = kept_share(kept, mean of overload_w, weeks) in term; backlog = max(0, backlog +
    weeks * new - sum of pressing * share_w) * (1 - expiry)^weeks; HR's buffered share = sum of
    fill_in_w / (weeks * sum of asked), 0 if nothing is asked.

    troubles  operations trouble of each school, mean 1, (weeks, principals)
    returns   the plan: arrays by week, kept in `chart.month`
    """
    staff, chart, principals = state.staff, state.chart, state.principals
    s, desk, weeks = p.supervision, chart.open_desks, len(troubles)
    which, count = principals.supervisor, chart.principals_of
    unanswered_hr = 1.0 - float(state.units.service[HR])
    unanswered = 1.0 - float(state.units.service[OPERATIONS])
    hours, backlog, kept = chart.supervisor_hours, staff.backlog[desk], staff.kept[desk]
    new = (p.evaluation_hours if s.evaluation_by == "ild" else p.compliance_hours) * count
    pressing = new + p.catch_up * backlog
    liaison_each = troubles * (p.liaison_hours * unanswered)
    asked = (p.hr_calls + p.fill_in_hours * principals.queue_in_hr) * unanswered_hr
    hiring_each = asked if p.hr.ild_fill_in else np.zeros(len(principals))
    liaison, hiring = liaison_each @ chart.serves.T, chart.serves @ hiring_each
    demand = liaison + (chart.supervisors_week * p.meetings + pressing + hiring)
    term = state.in_term  # principals are supported while school is on
    protected = s.protected_days / 5.0 if term else 0.0
    dedicated = s.dedicated_share * kept if term else np.zeros(len(count))
    support, met, overload = supervisors_split(hours, protected, dedicated, demand, p.pull)
    share = met / demand
    if term:
        over = overload.sum(axis=0) / weeks
        staff.kept[desk] = kept_share(kept, over, s.dedicated_share, s.time_checks, weeks, p)
    done = pressing * share
    waiting = np.maximum(0.0, backlog + weeks * new - done.sum(axis=0))
    staff.backlog[desk] = waiting * (1.0 - p.expiry) ** weeks
    shared = share[:, which]
    fill_in = hiring_each * shared
    total = weeks * asked.sum()
    state.units.buffered[HR] = fill_in.sum() / total if total > 0 else 0.0
    principals.asked[:] = asked
    plan = chart.month
    plan.fill_in, plan.unmet = fill_in, liaison_each * (1.0 - shared)
    rows = np.zeros(
        (weeks, 6, len(count))
    )  # support, travel, evaluation, liaison, hiring, meetings
    rows[:, 2], rows[:, 3], rows[:, 4] = done, liaison * share, hiring * share
    rest = hours - done - rows[:, 3] - rows[:, 4]
    if term:
        _support(state, p, support, rows)
        rest -= rows[:, 0] + rows[:, 1]
    else:
        plan.support = plan.network = plan.skipped = np.zeros((weeks, len(principals)))
    rows[:, 5] = rest
    plan.supervisors = rows


def _support(state, p, support, rows):
    """Support hours to principals, networks and teachers; fills rows 0 (support) and 1 (travel)."""
    chart, principals, s = state.chart, state.principals, p.supervision
    which, count, plan = principals.supervisor, chart.principals_of, chart.month
    month = state.week // 4
    weight = allotment(s.support, which, principals.rank, principals.need, count, month, p)
    on_site = p.visit_hours / (p.visit_hours + chart.travel)
    network = np.minimum(p.network_hours, 0.2 * support) if s.networks != "none" else 0.0 * support
    visits = (support - network)[:, which]
    contact = np.minimum(p.most_contact, visits * (weight * (1.0 - s.skip_principal) * on_site))
    skipped = visits * (s.skip_principal / count[which] * on_site)
    together = contact + skipped
    rows[:, 0] = together @ chart.serves.T + network
    rows[:, 1] = (together * (chart.travel / p.visit_hours)) @ chart.serves.T
    plan.support, plan.network, plan.skipped = contact, network[:, which], skipped


def principals_month(state, p, troubles):
    """What principals can foresee until the end of the month; by week in `chart.month`.

    operations_w  operations_hours * (1 + operations_drag * (1 - operations service)) * trouble_w
                  + liaison work the supervisor will not do
    recovered_w   operations_hours * (1 + operations_drag * (1 - operations service on day one)) *
                  trouble_w - operations_w
    evaluation    evaluation_week in term; students: students_hours in term
    meetings      meeting_hours + consulting
    supervision_w support_w + network_w
    instruction   share of free hours: clip(instruction_share + instruction_by_leadership *
                  leadership, 0.05, 0.8) in term, else 0
    """
    principals, plan, h = state.principals, state.chart.month, state.principals.hours
    unanswered = 1.0 - float(state.units.service[OPERATIONS])
    at_start = 1.0 + p.operations_drag * state.chart.unanswered_at_start
    term = state.in_term
    plan.operations = troubles * (p.operations_hours * (1.0 + p.operations_drag * unanswered))
    plan.operations += plan.unmet
    plan.recovered = troubles * (p.operations_hours * at_start) - plan.operations
    plan.supervision = plan.support + plan.network
    h[P["evaluation"]] = plan.evaluation = p.evaluation_week if term else 0.0
    h[P["students"]] = students = p.students_hours if term else 0.0
    plan.meetings = p.meeting_hours + principals.consulting
    h[P["meetings"]] = plan.meetings
    principals.budget[:] = p.principal_week if term else p.principal_summer_week
    plan.room = principals.budget - students - plan.supervision
    plan.before_hiring = plan.room - plan.operations - plan.meetings - plan.evaluation
    plan.share = instruction_share(principals.leadership, p) if term else np.zeros(len(principals))


def principals_week(state, p):
    """Principals' week: staffing comes first, then instruction and the rest share what is free.

    hiring  min(files_left, most_hiring) + hr_follow_up * (1 - HR service)
    free    budget - operations - hiring - evaluation - meetings - supervision - students; where
            it would be below 0, operations, hiring, evaluation and meetings shrink alike
    instruction = free * plan's share; other = the rest of free
    """
    principals, h = state.principals, state.principals.hours
    plan, week = state.chart.month, state.week % 4 - state.chart.month.first
    hiring = np.minimum(principals.files_left, p.most_hiring)
    hiring += p.hr_follow_up * (1.0 - float(state.units.service[HR]))
    h[P["hiring"]] = hiring
    h[P["operations"]] = plan.operations[week]
    h[P["supervision"]] = principals.support[:] = plan.support[week]
    if plan.with_networks:
        principals.network[:] = plan.network[week]
        h[P["supervision"]] = plan.supervision[week]
    if plan.with_skip:
        principals.skip_hours[:] = plan.skipped[week]
    free = plan.before_hiring[week] - hiring
    if free.min() < 0.0 or plan.squeezed:
        free = _squeeze(h, plan, week, free)
    np.multiply(free, plan.share, out=h[P["instruction"]])
    np.subtract(free, h[P["instruction"]], out=h[P["other"]])
    principals.fill_in[:] = plan.fill_in[week]
    principals.recovered[:] = plan.recovered[week]


def _squeeze(h, plan, week, free):
    """A week has no more hours than it has: tasks that were asked for shrink alike."""
    tasks = [P[task] for task in ("operations", "hiring", "evaluation", "meetings")]
    h[P["evaluation"]], h[P["meetings"]] = plan.evaluation, plan.meetings
    plan.squeezed = bool(free.min() < 0.0)
    h[tasks] *= np.minimum(1.0, plan.room[week] / h[tasks].sum(axis=0))
    return np.maximum(free, 0.0)


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
    principals, holders = state.principals, chart.month.teachers
    if holders is None or chart.posts_changed:
        here = teachers.filled.astype(float)
        staffed = np.maximum(np.add.reduceat(here, chart.first), 1.0)
        holders = chart.month.teachers = here, staffed, (p.teacher_week - p.teaching_hours) * here
        np.multiply(here, p.teacher_week, out=teachers.budget)
        chart.posts_changed = False
        chart.pd_last_week = True  # teaching and development are set anew below
    here, staffed, planned = holders
    seen = principals.hours[P["instruction"]] * p.feedback_share
    if chart.month.with_skip:
        seen += principals.skip_hours
    seen /= staffed
    np.minimum(seen, p.most_feedback, out=seen)
    principals.feedback[:] = seen
    feedback, planning = h[T["feedback"]], h[T["planning"]]
    np.multiply(seen[teachers.school], here, out=feedback)
    np.subtract(planned, feedback, out=planning)
    if chart.pd_this_week or chart.pd_last_week:
        development = h[T["development"]]
        development[:] = 0.0
        if chart.pd_this_week:
            np.multiply(teachers.development.sum(axis=0), here, out=development)
        covered = p.covered_by_substitutes * development
        np.subtract(p.teaching_hours * here, covered, out=h[T["teaching"]])
        planning -= development
        planning += covered


def step(state, p, draw):
    """One week of everybody's time.

    Operations trouble of a school in a week: 0.5 + u, u uniform, stream "time_use.trouble", keyed
    by principalship, tick = school year, slot = week of the year.
    """
    chart, principals, staff = state.chart, state.principals, state.staff
    if state.week % 4 == 0 or chart.new_levers:
        if chart.trouble_year != state.year:
            weeks = np.arange(52)[:, None]
            trouble = draw.uniform("time_use.trouble", principals.key, state.year, weeks)
            chart.trouble, chart.trouble_year = 0.5 + trouble, state.year
        first, week = state.week % 4, state.week_of_year
        chart.month = SimpleNamespace(first=first, teachers=None, squeezed=False)
        chart.month.with_networks = chart.month.with_skip = True
        troubles = chart.trouble[week : week + 4 - first]
        desks(state, p)
        office_month(state, p)
        supervisors_month(state, p, troubles)
        principals_month(state, p, troubles)
    plan = chart.month
    week = state.week % 4 - plan.first
    staff.hours[S["support"] : S["meetings"] + 1, chart.open_desks] = plan.supervisors[week]
    principals_week(state, p)
    teachers_week(state, p)
    plan.with_networks = p.supervision.networks != "none"
    plan.with_skip = p.supervision.skip_principal > 0
