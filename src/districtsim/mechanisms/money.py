"""Money: what the levers set costs, every year.

Counted: supervisors' desks, outside coaches' days, PD hours with their substitutes. Not counted:
everybody else's pay, which no lever of this version changes.
"""

import numpy as np

WEEKS = 52.0


def yearly_cost(desks, coach_days, pd_days, posts, day_hours, with_substitutes, p):
    """Cost of the levers in a year, US$ of 2022.

        desks * supervisor_cost + 12 * coach_days * coach_day_cost
        + posts * pd_days * (day_hours * teacher_hour_cost + with_substitutes *
          substitute_day_cost)

    desks      supervisors' desks open
    coach_days a month
    pd_days    a teacher and year, scalar or (schools,)
    posts      teaching posts of each school, (schools,)
    day_hours, with_substitutes  of the development card
    """
    day = day_hours * p.teacher_hour_cost + with_substitutes * p.substitute_day_cost
    development = float((np.asarray(pd_days) * posts).sum()) * day
    return desks * p.supervisor_cost + 12.0 * coach_days * p.coach_day_cost + development


def desks_needed(principals, caseload, small):
    """Supervisors' desks that a caseload asks for: ceil(principals / caseload), at least 1; none of
    its own where the superintendent supervises (small)."""
    return 0 if small else max(1, int(np.ceil(principals / caseload)))


def planned(state, p):
    """Yearly cost of the levers in force, US$."""
    chart = state.chart
    number = desks_needed(len(state.schools), p.supervision.caseload, chart.small)
    return yearly_cost(
        number, p.research_use.coach_days, p.pd.days, state.schools.posts, chart.pd_day_hours,
        chart.pd_with_substitutes, p,
    )  # fmt: skip


def step(state, p, draw):
    """Every week a 52nd of the yearly cost of the levers in force (`planned`); anew each year."""
    chart, cost = state.chart, state.district.cost
    if chart.new_levers or chart.cost_a_year is None:
        chart.cost_a_year = planned(state, p)
    if state.week_of_year == 0:
        cost[:] = 0.0
    cost += chart.cost_a_year / WEEKS
