"""Time use: every adult's week is split over tasks, and the hours add up exactly.

Demand from slow services pulls supervisors' and principals' unprotected time. A protected block is
a floor that demand cannot enter; what is kept out waits where it belongs.

People plan by the month. A month is four weeks (its first week: week of the run mod 4 is 0), and a
year 13 months. At its start the office's hours (`office_month`) and the supervisors' weeks
(`supervisors_month`) are planned from the columns as they stand; trouble and staffing then strike
principals (`principals_week`) and teachers (`teachers_week`) week by week. When levers change
within a month its plan is made again from what was known at its start, for the weeks that are left.
"""

from types import SimpleNamespace

import numpy as np

from districtsim.mechanisms.time_office import office_month
from districtsim.mechanisms.time_schools import (
    principals_month,
    principals_week,
    teachers_week,
    unanswered_requests,
)
from districtsim.mechanisms.time_shares import (
    allotment,
    kept_share,
    supervisors_split,
)
from districtsim.world.population import count_people, desks_needed
from districtsim.world.state import STAFF_TASKS

S = {task: i for i, task in enumerate(STAFF_TASKS)}
HR = 3  # row of units


def desks(state, p):
    """Open as many supervisors' desks as the caseload asks for and deal out the principals.

    Desks open: ceil(principals * (1 - budget_cut) / caseload), at least 1. Principals, sorted by
    level of school and then by row, go to desks in even runs: desk = floor(place * desks /
    principals). A supervisor knows the level of the school in the middle of the run (`level_match`
    1 there, 0 elsewhere).
    """
    caseload = p.supervision.caseload / (1.0 - p.office.budget_cut)
    if state.district.caseload[0] == caseload:
        return
    state.district.caseload[0] = caseload
    chart, principals = state.chart, state.principals
    people, cut = len(principals), p.office.budget_cut
    number = min(chart.desks, desks_needed(people, p.supervision.caseload, cut, chart.small) or 1)
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


def supervisors_month(state, p, troubles):
    """Supervisors' weeks of a month: support against everything else.

    For each week w of the month, with the columns as they were at its start:

        hours      supervisor_week (or superintendent_supervises * leader_week where the
                   superintendent supervises) less own learning (ild_learning_hours, at most a
                   fifth of that week) less contact_leader, contact_coach, contact_peers and the
                   extra hours of `office_month` (these not where the superintendent supervises)
        unanswered (1 - min(1, service * capacity)) * (1 - covered), of HR and of operations
        asked      (hr_calls + fill_in_hours * queue_in_hr) * unanswered of HR, each principal,
                   queue_in_hr at the end of last month
        hiring     asked with ild_fill_in, else 0
        liaison_w  liaison_hours * unanswered of operations * trouble_w, each principal
        new        (evaluation_hours, or compliance_hours if the system evaluates) * principals
        pressing   new + catch_up * backlog
        demand_w   meetings * week + max(0, new_meetings) + pressing + sums over principals of
                   hiring and liaison_w
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

    HR's buffered share = sum of fill_in_w / (4 * sum of asked), at most 1, 0 if nothing is asked;
    weeks that were lived under an older plan of the month count as they were lived. kept and
    backlog move when the month is over (`supervisors_settle`).

    troubles  operations trouble of each school, mean 1, (weeks, principals)
    returns   the plan: arrays by week, kept in `chart.month`
    """
    chart, principals = state.chart, state.principals
    s, desk, weeks = p.supervision, chart.open_desks, len(troubles)
    which, count = principals.supervisor, chart.principals_of
    unanswered_hr, unanswered = unanswered_requests(state)
    hours = chart.supervisor_hours
    backlog, kept = chart.backlog_at_start[desk], chart.kept_at_start[desk]
    new = (p.evaluation_hours if s.evaluation_by == "ild" else p.compliance_hours) * count
    pressing = new + p.catch_up * backlog
    liaison_each = troubles * (p.liaison_hours * unanswered)
    asked = (p.hr_calls + p.fill_in_hours * chart.queue_at_start) * unanswered_hr
    hiring_each = asked if p.hr.ild_fill_in else np.zeros(len(principals))
    liaison, hiring = liaison_each @ chart.serves.T, chart.serves @ hiring_each
    meetings = chart.supervisors_week * p.meetings + max(0.0, chart.new_meetings)
    demand = liaison + (meetings + pressing + hiring)
    term = state.in_term  # principals are supported while school is on
    protected = s.protected_days / 5.0 if term else 0.0
    dedicated = s.dedicated_share * kept if term else np.zeros(len(count))
    support, met, overload = supervisors_split(hours, protected, dedicated, demand, p.pull)
    share = met / demand
    done = pressing * share
    shared = share.take(which, axis=1)
    principals.asked[:] = asked
    plan = chart.month
    plan.desk, plan.put_off, plan.overload, plan.term = desk, new - done, overload, term
    plan.fill_in, plan.unmet = hiring_each * shared, liaison_each * (1.0 - shared)
    plan.supervisors = rows = np.zeros((weeks, 6, len(count)))
    rows[:, 2], rows[:, 3], rows[:, 4] = done, liaison * share, hiring * share
    if term:
        rows[:, 0], rows[:, 1] = _support(state, p, support)
    else:
        plan.support = plan.network = plan.skipped = np.zeros((weeks, len(principals)))
    rows[:, 5] = hours - np.add.reduce(rows, axis=1)


def supervisors_settle(state, p, until):
    """kept and backlog after n weeks that were lived as planned: the month's four, or where desks
    change within a month first those before the change, then those after it.

    In a month of term kept = kept_share(kept, mean of overload over these weeks, n weeks); backlog
    = max(0, backlog + sums over these weeks of new - pressing * share) * (1 - expiry)^n, with new,
    share and overload of the plan and dedicated_share and time_checks as now in force. A desk that
    closes keeps both until it opens again.

    until  weeks of the month that were lived
    """
    plan, staff, s = state.chart.month, state.staff, p.supervision
    lived, n = slice(plan.since, until), until - plan.since
    desk = plan.desk
    if plan.term:
        over = plan.overload[lived].sum(axis=0) / n
        staff.kept[desk] = kept_share(
            staff.kept[desk], over, s.dedicated_share, s.time_checks, n, p
        )
    waiting = staff.backlog[desk] + plan.put_off[lived].sum(axis=0)
    staff.backlog[desk] = np.maximum(0.0, waiting) * (1.0 - p.expiry) ** n


def _support(state, p, support):
    """Support hours to principals, networks and teachers; returns supervisors' support, travel."""
    chart, principals, s = state.chart, state.principals, p.supervision
    which, count, plan = principals.supervisor, chart.principals_of, chart.month
    month = state.week // 4
    weight = allotment(s.support, which, principals.rank, principals.need, count, month, p)
    on_site = p.visit_hours / (p.visit_hours + chart.travel)
    network = np.minimum(p.network_hours, 0.2 * support) if s.networks != "none" else 0.0 * support
    visits = (support - network).take(which, axis=1)
    contact = np.minimum(p.most_contact, visits * (weight * (1.0 - s.skip_principal) * on_site))
    skipped = visits * (s.skip_principal / count[which] * on_site)
    together = contact + skipped
    plan.support, plan.network, plan.skipped = contact, network.take(which, axis=1), skipped
    travel = together * (chart.travel / p.visit_hours)
    both = np.concatenate((together, travel)) @ chart.serves.T
    return both[: len(support)] + network, both[len(support) :]


def plan_month(state, p, draw):
    """The plan of this month; within a month, what was lived of the old plan is kept.

    In the first week of a month:

    1. `supervisors_settle` for the month before (not at the very start of the warm-up);
    2. what the month is planned from is noted: queue_in_hr, leadership; planned_habit of leaders
       becomes their leading_habit;
    3. `desks`, and supervisors' backlog and kept as they then stand;
    4. `office_month`, `supervisors_month`, `principals_month`, for all four weeks.

    In another week in which levers change, `desks` and step 4 again, from what step 2 and 3 noted;
    weeks that are over keep fill-in hours, and what was put off, as they were lived. Where desks
    open or close then, the weeks lived are settled first and step 3 is repeated.
    """
    chart, principals, staff = state.chart, state.principals, state.staff
    if chart.trouble_year != state.year:
        weeks = np.arange(52)[:, None]
        trouble = draw.uniform("time_use.trouble", principals.key, state.year, weeks)
        chart.trouble, chart.trouble_year = 0.5 + trouble, state.year
    week, old = state.week % 4, chart.month
    if old is not None and week == 0:
        supervisors_settle(state, p, 4)
    if week == 0:
        chart.queue_at_start = principals.queue_in_hr.copy()
        chart.leadership_at_start = principals.leadership.copy()
        staff.planned_habit[:] = staff.leading_habit
    desks(state, p)
    other_desks = week > 0 and old.desk != chart.open_desks
    if other_desks:
        supervisors_settle(state, p, week)
    if week == 0 or other_desks:
        chart.backlog_at_start, chart.kept_at_start = staff.backlog.copy(), staff.kept.copy()
    chart.month = SimpleNamespace(since=0, teachers=None)
    chart.month.with_networks = chart.month.with_skip = True
    first = state.week_of_year - week
    troubles = chart.trouble[first : first + 4]
    office_month(state, p)
    supervisors_month(state, p, troubles)
    principals_month(state, p, troubles)
    if week > 0 and old.desk == chart.month.desk:
        chart.month.since = old.since
        for name in ("put_off", "overload"):
            getattr(chart.month, name)[:week] = getattr(old, name)[:week]
    elif week > 0:
        chart.month.since = week
    if week > 0:
        chart.month.fill_in[:week] = old.fill_in[:week]
    asked = 4.0 * principals.asked.sum()
    filled_in = chart.month.fill_in.sum()
    state.units.buffered[HR] = min(1.0, filled_in / asked) if asked > 0 else 0.0


def step(state, p, draw):
    """One week of everybody's time.

    In the first week of a month, and in a week in which levers change, the month is planned
    (`plan_month`). Every week supervisors get the plan's hours of this week, then `principals_week`
    and `teachers_week`.

    Operations trouble of a school in a week: 0.5 + u, u uniform, stream "time_use.trouble", keyed
    by principalship, tick = school year, slot = week of the year.
    """
    chart, staff = state.chart, state.staff
    if state.week % 4 == 0 or chart.new_levers:
        plan_month(state, p, draw)
    plan, week = chart.month, state.week % 4
    staff.hours[S["support"] : S["meetings"] + 1, chart.open_desks] = plan.supervisors[week]
    principals_week(state, p)
    teachers_week(state, p)
    plan.with_networks = p.supervision.networks != "none"
    plan.with_skip = p.supervision.skip_principal > 0
