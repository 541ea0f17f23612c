"""Time office: a month of leaders, outside coach and unit staff; a part of time_use, whose card it
reads."""

import numpy as np

from districtsim.mechanisms.time_shares import coach_hours, contact_hours, leading_hours
from districtsim.world.state import STAFF_TASKS

S = {task: i for i, task in enumerate(STAFF_TASKS)}
CURRICULUM, HR, OPERATIONS = 2, 3, 4  # rows of units
SERVICES = slice(HR, OPERATIONS + 1)
THEORY, PARTNERS, JOINT, DESIGN, TRAINING = range(5)  # rows of extra hours
ALL = [THEORY, JOINT, DESIGN, TRAINING]  # joint work with other units is part of joint
MOST_EXTRA = {"leaders": 0.5, "staff": 0.6, "supervisors": 0.4}  # of the hours that are left


def taking_part(aligned_units, units):
    """Which units take part in the change: leadership and the first `aligned_units` of
    supervision, curriculum, HR, operations and equity; all where it is 0. Yes/no, (units,)."""
    return np.arange(units) <= (aligned_units or units)


def in_design(aligned_units, units):
    """Which units the design team on premises is drawn from: leadership and those that take part;
    leadership and curriculum where no unit is singled out. Yes/no, (units,)."""
    rows = np.arange(units)
    return rows <= aligned_units if aligned_units else (rows == 0) | (rows == CURRICULUM)


def fit_in(wanted, left, most):
    """Share of wanted hours that find a place: min(1, most * left / wanted); 1 where none are
    wanted."""
    return np.minimum(1.0, most * left / np.maximum(wanted, 1e-9))


def extra_hours(state, p):
    """Hours a week that the levers ask of everybody in the office, by row of staff, before they
    are fitted in.

        theory    theory_hours where there is a theory of action
        joint     joint_hours where aligned_units is 2 or more, for units that take part; +
                  team_hours with cross-functional teams, for units 1 to 4; + project_hours with
                  project management, for curriculum, HR and operations; + placing_hours with
                  joint placement, for curriculum and HR; + filter_hours with filtering, for leaders
        design    premise_hours for the units in_design, unless the team rests
        training  (mean of training_hours over schools + bias_training_hours for HR) / 52

    returns   None where no lever asks anything, else a (5, staff) array, 0 at empty desks: theory,
              joint with other units only, joint in all, design, training
    """
    e, hr, office = p.equity, p.hr, p.office
    together = hr.joint_placement or office.project_management or office.cross_functional_teams
    together = together or office.filter_initiatives or office.aligned_units >= 2
    training = np.mean(e.training_hours) if np.ndim(e.training_hours) else e.training_hours
    told = p.research_use.theory_of_action != "none"
    designing = 0.0 if state.district.project_rest[0] > 0.0 else e.premise_hours
    if not (together or told or designing or training or hr.bias_training_hours):
        return None
    unit, units = state.staff.unit, len(state.units)
    found = np.zeros((5, len(unit)))
    found[THEORY] = p.theory_hours * told
    if office.aligned_units >= 2:
        found[PARTNERS] = p.joint_hours * taking_part(office.aligned_units, units)[unit]
    joint = found[JOINT]
    joint += found[PARTNERS]
    joint += p.team_hours * office.cross_functional_teams * ((unit >= 1) & (unit <= OPERATIONS))
    serving = (unit >= CURRICULUM) & (unit <= OPERATIONS)
    joint += p.project_hours * office.project_management * serving
    joint += p.placing_hours * hr.joint_placement * ((unit == CURRICULUM) | (unit == HR))
    joint[state.chart.leaders] += p.filter_hours * office.filter_initiatives
    found[DESIGN] = designing * in_design(office.aligned_units, units)[unit]
    found[TRAINING] = (training + hr.bias_training_hours * (unit == HR)) / 52.0
    found *= state.staff.filled
    return found


def office_month(state, p):
    """Hours of leaders, outside coach and unit staff, until the next month.

    coach     building = coach_hours * coach_builds_leaders, doing_for = the rest
    leaders   own           = leader_week less supervising; board = board_share * own
              contact_built = min(building / leaders, most_learning)
              left          = own - board - contact_built - peer_hours
              extra         = theory + joint + design + training (`extra_hours`), all times
                              fit_in(their sum, left, 0.5)
              free          = left - extra
              leading       = min(leading_hours(planned_habit, doing_for, leaders, dependence),
                              free)
              displaced     = planned_habit - leading
              usual         = min(leading, normal_leader_hours)
              leading of a leader, none of whose people's units are `taking_part`, is then usual
    filled desks but the superintendent's:
              contact_leader = contact_hours(usual of led_by, group_size, people led_by leads) +
                              where the unit takes part, contact_hours(leading - usual of led_by,
                              group_size, people of such units led_by leads); together at most
                              most_learning; for leaders at most what is left of free
              contact_theory = theory
              contact_joint  = joint with other units
    filled desks but leaders':
              contact_coach = contact_hours(doing_for, group_size, people who are not leaders and
                              whose units take part), for these people, else 0
    filled desks: contact_peers = peer_hours
    leaders   learning = contact_built + contact_leader + contact_peers + theory + training; service
              = what remains of free
    units     week = staff_week * (1 - budget_cut); meetings = staff_meetings + new_meetings;
              left = week - meetings - contact_leader - contact_coach - contact_peers; extra times
              fit_in(their sum, left, 0.6); learning = the three contacts + theory + training; of
              what remains, HR's hiring = recruiting_share (+ automation_frees with automation),
              curriculum's development = all, service = the remainder
    supervisors  extra times fit_in(their sum, left, 0.4), left = supervisor_week - own learning -
              the three contacts; learning = own learning, contacts, theory and training
    new_meetings = clip(initiative_hours * (initiatives - usual_initiatives), -2, 2), +
              reorganise_hours while a reorganisation lasts
    covered of HR and operations = team_covers with cross-functional teams, else 0
    capacity of HR and operations = hiring and service hours of the unit's people over those of the
              first month of the run, in the warm-up
    Joint and design stand on their own in the hours of everybody in the office.
    """
    building, doing_for = _coach(state, p)
    extra = extra_hours(state, p)
    new = p.initiative_hours * state.district.further_initiatives()
    new = min(max(new, -2.0), 2.0) + p.reorganise_hours * (state.district.reorganising[0] > 0.0)
    state.chart.new_meetings = new
    free, leading = _leading(state, p, building, doing_for, extra)
    learned, rest, supervisors = _learning(state, p, extra)
    _hours(state, p, free, leading, learned, rest)
    _services(state, p)
    _desks(state, p, learned, supervisors)


def _coach(state, p):
    """The outside coach's hours: on building leaders, and on doing work for the office."""
    r, coaches = p.research_use, state.coaches
    hours = coach_hours(r.coach_days)
    building, doing_for = hours * r.coach_builds_leaders, hours * (1.0 - r.coach_builds_leaders)
    coaches.filled[:] = r.coach_days > 0
    coaches.budget[:] = hours
    coaches.hours[0], coaches.hours[1] = building, doing_for
    return building, doing_for


def _fitted(extra, rows, left, most):
    """Fit the extra hours of these rows into what is left; returns what remains."""
    if extra is None:
        return left
    extra[:, rows] *= fit_in(extra[ALL, rows].sum(axis=0), left, most)
    return left - extra[ALL, rows].sum(axis=0)


def _leading(state, p, building, doing_for, extra):
    """Contact hours that leaders and the coach give; what leaders have free, and lead."""
    staff, chart = state.staff, state.chart
    leaders, count, filled, most = chart.leaders, chart.leader_count, staff.filled, p.most_learning
    built = min(building / count, most)
    staff.contact_built[leaders] = built
    habit = staff.planned_habit[leaders]
    left = (1.0 - p.board_share) * (p.leader_week - chart.supervision_share * p.leader_week)
    free = _fitted(extra, leaders, left - built - p.peer_hours, MOST_EXTRA["leaders"])
    leading = np.minimum(leading_hours(habit, doing_for, count, p.dependence), free)
    staff.displaced[leaders] = habit - leading
    if p.office.aligned_units:
        part = taking_part(p.office.aligned_units, len(state.units))[staff.unit] & filled
        led_part = np.bincount(staff.led_by[1:], part[1:], count)
        usual = np.minimum(leading, chart.normal_leader_hours)
        leading = np.where(led_part > 0, leading, usual)
        spent = contact_hours(usual, p.group_size, chart.led, most)[staff.led_by] * filled
        spent += contact_hours(leading - usual, p.group_size, led_part, most)[staff.led_by] * part
        spent = np.minimum(spent, most)
    else:
        part = filled
        spent = contact_hours(leading, p.group_size, chart.led, most)[staff.led_by] * filled
    spent[0] = 0.0  # nobody leads the superintendent
    spent[leaders] = np.minimum(spent[leaders], free - leading)
    staff.contact_leader = spent
    if doing_for > 0.0:
        coached = contact_hours(doing_for, p.group_size, part[count:].sum(), most)
        staff.contact_coach[count:] = coached * part[count:]
    else:
        staff.later("contact_coach")
    staff.contact_peers = p.peer_hours * filled
    return free, leading


def _learning(state, p, extra):
    """Learning hours of everybody, the coach's building aside; what units and supervisors have
    left besides."""
    staff, chart = state.staff, state.chart
    rows, desks, new = chart.unit_staff, chart.open_desks, chart.new_meetings
    learned = staff.contact_leader + staff.contact_peers
    if state.coaches.filled[0]:
        learned += staff.contact_coach
    week = p.staff_week * (1.0 - p.office.budget_cut)
    staff.budget[rows] = week
    rest = week - (p.staff_meetings + new) - learned[rows]
    rest = _fitted(extra, rows, rest, MOST_EXTRA["staff"])
    week = chart.supervision_share[0] * p.leader_week if chart.small else p.supervisor_week
    chart.supervisors_week = week
    chart.own_learning = min(p.supervision.ild_learning_hours, 0.2 * week)
    supervisors = week - chart.own_learning
    if not chart.small:
        supervisors = supervisors - learned[desks]
        supervisors = _fitted(extra, desks, supervisors, MOST_EXTRA["supervisors"])
    h = staff.hours
    if extra is None:
        staff.later("contact_theory")
        staff.later("contact_joint")
        h[S["joint"]] = h[S["design"]] = 0.0
    else:
        staff.contact_theory, staff.contact_joint = extra[THEORY].copy(), extra[PARTNERS].copy()
        staff.contact_theory[0] = staff.contact_joint[0] = 0.0  # nobody leads the superintendent
        h[S["joint"]], h[S["design"]] = extra[JOINT], extra[DESIGN]
        learned += extra[THEORY] + extra[TRAINING]
    return learned, rest, supervisors


def _hours(state, p, free, leading, learned, rest):
    """Hours by task of leaders and unit staff."""
    staff, chart, h = state.staff, state.chart, state.staff.hours
    leaders, rows = chart.leaders, chart.unit_staff
    h[S["leading"], leaders] = leading
    h[S["learning"], leaders] = learned[leaders] + staff.contact_built[leaders]
    own = p.leader_week - chart.supervision_share * p.leader_week
    h[S["board"], leaders] = p.board_share * own
    h[S["service"], leaders] = free - leading - staff.contact_leader[leaders]
    staff.budget[leaders] = p.leader_week
    h[S["learning"], rows] = learned[rows]
    h[S["meetings"], rows] = p.staff_meetings + chart.new_meetings
    share = p.recruiting_share + p.automation_frees * p.hr.automation
    h[S["hiring"], rows] = hiring = rest * (share * chart.is_hr)
    h[S["development"], rows] = development = rest * chart.is_curriculum
    h[S["service"], rows] = rest - hiring - development


def _services(state, p):
    """Capacity of HR and operations, and what cross-functional teams cover."""
    chart, units, h, rows = state.chart, state.units, state.staff.hours, state.chart.unit_staff
    units.covered[SERVICES] = p.team_covers * p.office.cross_functional_teams
    working = (h[S["hiring"], rows] + h[S["service"], rows]) @ chart.in_unit[rows, SERVICES]
    if chart.usual_hours is None:
        chart.usual_hours = np.maximum(working, 1e-9)
    units.capacity[SERVICES] = working / chart.usual_hours


def _desks(state, p, learned, supervisors):
    """Learning hours of supervisors, and the hours they have for everything else."""
    staff, chart, h = state.staff, state.chart, state.staff.hours
    if chart.small:
        h[S["learning"], 0] += chart.own_learning
        chart.supervisor_hours = np.array([supervisors])
        return
    first = chart.first_desk
    h[: S["joint"], first:] = 0.0
    h[S["learning"], chart.open_desks] = chart.own_learning + learned[chart.open_desks]
    chart.supervisor_hours = supervisors
    staff.budget[first:] = chart.supervisors_week * staff.filled[first:]
