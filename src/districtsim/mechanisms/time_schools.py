"""Time schools: the weeks of principals and teachers; a part of time_use, whose card it reads."""

import numpy as np

from districtsim.mechanisms.time_shares import instruction_share
from districtsim.world.state import PRINCIPAL_TASKS, TEACHER_TASKS, TERM_WEEKS

P = {task: i for i, task in enumerate(PRINCIPAL_TASKS)}
T = {task: i for i, task in enumerate(TEACHER_TASKS)}
HR, OPERATIONS = 3, 4  # rows of units


def principals_month(state, p, troubles):
    """What principals can foresee until the end of the month; by week in `chart.month`.

    operations_w  operations_hours * (1 + operations_drag * (1 - operations service)) * trouble_w
                  + liaison work the supervisor will not do
    recovered_w   operations_hours * (1 + operations_drag * (1 - operations service on day one)) *
                  trouble_w - operations_w
    evaluation    evaluation_week in term; students: students_hours in term
    meetings      meeting_hours, + consulting in the second month of the year (weeks 4 to 7)
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
    consulted = 4 <= state.week_of_year < 8
    plan.meetings = p.meeting_hours + principals.consulting * consulted
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
    plan, week = state.chart.month, state.week % 4
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
