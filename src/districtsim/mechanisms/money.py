"""Money: what the levers set costs, every year.

Counted: supervisors' desks, outside coaches' days and hours, teachers' hours of PD, equity training
and outside courses, with PD's substitutes, and unit staff that a budget cut takes away. Not
counted: hours of people who are paid anyway and do one thing instead of another; what that costs
shows in what they no longer do.
"""

import numpy as np

from districtsim.world.population import desks_needed

WEEKS, TERM = 52.0, 40.0


def yearly_cost(
    desks, coach_days, pd_days, training, staff_cut, posts, day_hours, with_substitutes, p,
    outside=(0.0, 0.0),
):  # fmt: skip
    """Cost of the levers in a year, US$ of 2022.

        desks * supervisor_cost + 12 * coach_days * coach_day_cost
        + posts * pd_days * (day_hours * teacher_hour_cost + with_substitutes *
          substitute_day_cost)
        + posts * training * teacher_hour_cost - staff_cut * staff_cost
        + 40 * (coached hours * coach_day_cost / 8 + course hours * teacher_hour_cost)

    desks      supervisors' desks open
    coach_days a month
    pd_days    a teacher and year, scalar or (schools,)
    training   equity training, h a teacher and year, scalar or (schools,)
    staff_cut  unit staff taken away, full-time people
    posts      teaching posts of each school, (schools,)
    day_hours, with_substitutes  of the development card
    outside    hours a week in term that outsiders spend with teachers and principals one by one,
               and that teachers spend on outside courses, each summed over people
    """
    day = day_hours * p.teacher_hour_cost + with_substitutes * p.substitute_day_cost
    development = float((np.asarray(pd_days) * posts).sum()) * day
    development += float((np.asarray(training) * posts).sum()) * p.teacher_hour_cost
    office = desks * p.supervisor_cost - staff_cut * p.staff_cost
    coached, course = outside
    if coached or course:
        development += TERM * (coached * p.coach_day_cost / 8.0 + course * p.teacher_hour_cost)
    return office + 12.0 * coach_days * p.coach_day_cost + development


def over(hours, table):
    """Hours a week summed over the rows of a table; hours scalar or (rows,)."""
    return float(np.sum(np.broadcast_to(hours, len(table))))


def planned(state, p):
    """Yearly cost of the levers in force, US$: `yearly_cost` with desks = `desks_needed` for the
    caseload and the budget cut, and staff_cut = budget_cut * desks of the units, leaders and
    supervisors aside (filled or not)."""
    chart = state.chart
    cut = p.office.budget_cut
    number = desks_needed(len(state.schools), p.supervision.caseload, cut, chart.small)
    staff_cut = cut * len(chart.is_hr)
    coached = over(p.pd.coaching_hours, state.teachers)
    coached += over(p.supervision.outside_hours, state.principals)
    return yearly_cost(
        number, p.research_use.coach_days, p.pd.days, p.equity.training_hours, staff_cut,
        state.schools.posts, chart.pd_day_hours, chart.pd_with_substitutes, p,
        (coached, over(p.pd.course_hours, state.teachers)),
    )  # fmt: skip


def step(state, p, draw):
    """Every week a 52nd of the yearly cost of the levers in force (`planned`); anew each year."""
    chart, cost = state.chart, state.district.cost
    if chart.new_levers or chart.cost_a_year is None:
        chart.cost_a_year = planned(state, p)
    if state.week_of_year == 0:
        cost[:] = 0.0
    cost[0] += chart.cost_a_year / WEEKS
