"""Time schools: the weeks of principals and teachers; a part of time_use, whose card it reads."""

import numpy as np

from districtsim.mechanisms.time_shares import instruction_share
from districtsim.world.state import PRINCIPAL_TASKS, TEACHER_TASKS, TERM_WEEKS

P = {task: i for i, task in enumerate(PRINCIPAL_TASKS)}
T = {task: i for i, task in enumerate(TEACHER_TASKS)}
HR, OPERATIONS = 3, 4  # rows of units
COURSE = 2  # row of teachers' hours with outsiders; those before it are with one other person


def unanswered_requests(state):
    """Share of requests to HR and to operations that neither the unit nor a cross-functional team
    answers: (1 - min(1, service * capacity)) * (1 - covered), each a number."""
    units = state.units

    def left(unit):
        return (1.0 - units.answered(unit)) * (1.0 - float(units.covered[unit]))

    return left(HR), left(OPERATIONS)


def principals_month(state, p, troubles):
    """What principals can foresee until the end of the month; by week in `chart.month`.

    budget        principal_week in term, else principal_summer_week
    operations_w  operations_hours * (1 + operations_drag * unanswered of operations) * trouble_w
                  + liaison work the supervisor will not do
    recovered_w   operations_hours * (1 + operations_drag * (1 - operations service on day one)) *
                  trouble_w - operations_w
    evaluation    evaluation_week in term; students: students_hours in term
    meetings      meeting_hours, + consulting in the second month of the year (weeks 4 to 7), +
                  defining_hours in term where the definition is made jointly, +
                  capacity_plan_hours / 4 in weeks 28 to 31 where plans assess capacity, +
                  school_initiative_hours * (initiatives - usual_initiatives), + reorganise_hours /
                  6 while a reorganisation lasts; at least 0
    supervision_w support_w + network_w, + `outside`: outside_hours in term
    follow_up     hr_follow_up * unanswered of HR
    instruction   share of free hours: clip(instruction_share + instruction_by_leadership *
                  leadership, 0.05, 0.8) in term, else 0; leadership as the month began
    """
    principals, plan = state.principals, state.chart.month
    unanswered_hr, unanswered = unanswered_requests(state)
    at_start = 1.0 + p.operations_drag * state.chart.unanswered_at_start
    term = state.in_term
    operations = troubles * (p.operations_hours * (1.0 + p.operations_drag * unanswered))
    operations += plan.unmet
    plan.recovered = troubles * (p.operations_hours * at_start) - operations
    plan.principals = hours = np.zeros((len(troubles), len(PRINCIPAL_TASKS), len(principals)))
    hours[:, P["operations"]] = operations
    hours[:, P["supervision"]] = plan.support + plan.network
    principals.outside[:] = p.supervision.outside_hours if term else 0.0
    if term:
        hours[:, P["supervision"]] += principals.outside
        hours[:, P["evaluation"]] = p.evaluation_week
        hours[:, P["students"]] = p.students_hours
    hours[:, P["meetings"]] = np.maximum(0.0, _meetings(state, p))
    principals.budget[:] = week = p.principal_week if term else p.principal_summer_week
    plan.before_hiring = week - np.add.reduce(hours, axis=1)
    plan.least_before_hiring = np.minimum.reduce(plan.before_hiring, axis=1).tolist()
    plan.follow_up = p.hr_follow_up * unanswered_hr
    plan.share = (
        instruction_share(state.chart.leadership_at_start, p) if term else np.zeros(len(principals))
    )


def _meetings(state, p):
    week, district = state.week_of_year, state.district
    hours = p.meeting_hours
    if state.in_term and p.standards.joint:
        hours = hours + p.defining_hours
    if 28 <= week < 32 and p.planning.improvement_plan == "capacity":
        hours = hours + p.capacity_plan_hours / 4.0
    hours = hours + p.school_initiative_hours * district.further_initiatives()
    if district.reorganising[0] > 0.0:
        hours = hours + p.reorganise_hours / 6.0
    return hours + state.principals.consulting if 4 <= week < 8 else hours


def principals_week(state, p):
    """Principals' week: staffing comes first, then instruction and the rest share what is free.

    hiring  min(files_left, most_hiring) + the plan's follow_up
    free    budget - operations - hiring - evaluation - meetings - supervision - students; where
            it would be below 0, operations, hiring, evaluation and meetings shrink alike
    instruction = free * plan's share; other = the rest of free
    """
    principals, plan, week = state.principals, state.chart.month, state.week % 4
    principals.hours = h = plan.principals[week]
    instruction, hiring, other = h[P["instruction"]], h[P["hiring"]], h[P["other"]]
    np.minimum(principals.files_left, p.most_hiring, out=hiring)
    hiring += plan.follow_up
    free = plan.before_hiring[week] - hiring
    if plan.least_before_hiring[week] < p.most_hiring + plan.follow_up and free.min() < 0.0:
        free = _squeeze(h, principals.budget, free)
    np.multiply(free, plan.share, out=instruction)
    np.subtract(free, instruction, out=other)
    principals.support = plan.support[week]
    principals.fill_in = plan.fill_in[week]
    principals.recovered = plan.recovered[week]
    if plan.with_networks:
        principals.network[:] = plan.network[week]
    if plan.with_skip:
        principals.skip_hours[:] = plan.skipped[week]


def _squeeze(h, budget, free):
    """A week has no more hours than it has: tasks that were asked for shrink alike."""
    tasks = [P[task] for task in ("operations", "hiring", "evaluation", "meetings")]
    room = budget - h[P["supervision"]] - h[P["students"]]
    h[tasks] *= np.minimum(1.0, room / h[tasks].sum(axis=0))
    return np.maximum(free, 0.0)


def teachers_week(state, p):
    """Teachers: teaching, PD of this week, feedback with the principal or an assistant; planning is
    the rest of teacher_week.

    In term and filled posts: development is this week's PD hours of all subjects; feedback is
    (instruction hours of the principal * feedback_share * (1 + assistants_observe * assistants of
    the school) + skip_hours) / filled posts of the school (1 where there is none), at most
    most_feedback; teaching is teaching_hours - covered_by_substitutes * development. Where there
    are outside programmes, `outside` of a filled post is (coaching_hours, peer_hours,
    course_hours): the last are added to development, the others to feedback, all taken from
    planning. In summer and in empty posts all hours are 0.

    The sums over all teachers are kept at once (`teachers_at_work` and `teacher_hours` of the
    district); the hours of each teacher (`hours_of_teachers`) are made when somebody looks.
    """
    teachers, chart, district = state.teachers, state.chart, state.district
    if not state.in_term:
        if state.week_of_year == TERM_WEEKS:
            teachers.later("hours")
            teachers.later("budget")
            teachers.later("outside")
            chart.outside = False
            district.teacher_hours[:] = district.teachers_at_work[:] = 0.0
        return
    principals, month = state.principals, chart.month
    if month.teachers is None or chart.posts_changed:
        here = teachers.filled.astype(float)
        in_post = np.add.reduceat(here, chart.first)
        observed = p.feedback_share * (1.0 + p.assistants_observe * state.schools.assistants)
        staffed = np.maximum(in_post, 1.0)
        month.teachers = here, in_post, staffed, observed / staffed, float(in_post.sum())
        teachers.later("budget", np.multiply, here, p.teacher_week)
        district.teachers_at_work[:] = month.teachers[-1]
        chart.posts_changed = False
    here, in_post, staffed, observed, people = month.teachers
    seen = principals.hours[P["instruction"]] * observed
    if month.with_skip:
        seen += principals.skip_hours / staffed
    principals.feedback = np.minimum(seen, p.most_feedback, out=seen)
    each = teachers.development.sum(axis=0) if chart.pd_this_week else 0.0
    outside = _outside(state, p, here)
    teachers.later("hours", hours_of_teachers, here, teachers.school, seen.copy(), each, p, outside)
    feedback = float(in_post @ seen)
    development = float((here * each).sum()) if chart.pd_this_week else 0.0
    teaching = p.teaching_hours * people - p.covered_by_substitutes * development
    if outside is not None:
        feedback += float(outside[:COURSE].sum())
        development += float(outside[COURSE].sum())
    planning = p.teacher_week * people - teaching - development - feedback
    district.teacher_hours[:, 0] = teaching, planning, development, feedback


def _outside(state, p, here):
    """Hours with coaches, with paired colleagues and on courses, kept as `outside` of teachers,
    (3, teachers); None if nobody has any."""
    teachers, pd = state.teachers, p.pd
    asked = (pd.coaching_hours, pd.peer_hours, pd.course_hours)
    if any(np.any(hours) for hours in asked):
        teachers.outside = np.array([hours * here for hours in asked])
        state.chart.outside = True
        return teachers.outside
    if state.chart.outside:
        teachers.later("outside")
        state.chart.outside = False
    return None


def hours_of_teachers(here, school, feedback, development, p, outside=None):
    """Hours of every teacher by task; see `teachers_week`.

    here         1 in a post that was filled at the start of the week, else 0, (teachers,)
    school       row of the school, (teachers,)
    feedback     of a filled post of the school, h/week, (schools,)
    development  PD of a filled post, h/week, scalar or (teachers,)
    outside      hours with outside coaches, with paired colleagues and on outside courses, h/week,
                 (3, teachers); None for none
    returns      h/week, (tasks, teachers)
    """
    hours = np.empty((len(TEACHER_TASKS), len(here)))
    hours[T["development"]] = development
    hours[T["feedback"]] = feedback[school]
    hours[T["teaching"]] = p.teaching_hours - p.covered_by_substitutes * hours[T["development"]]
    hours[T["planning"]] = p.teacher_week - p.teaching_hours - hours[T["feedback"]]
    hours[T["planning"]] -= hours[T["development"]] * (1.0 - p.covered_by_substitutes)
    if outside is not None:
        hours[T["feedback"]] += outside[:COURSE].sum(axis=0)
        hours[T["development"]] += outside[COURSE]
        hours[T["planning"]] -= outside.sum(axis=0)
    hours *= here
    return hours
