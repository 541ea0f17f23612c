"""Time office: a month of leaders, outside coach and unit staff; a part of time_use, whose card it
reads."""

import numpy as np

from districtsim.mechanisms.time_shares import coach_hours, contact_hours, leading_hours
from districtsim.world.state import STAFF_TASKS

S = {task: i for i, task in enumerate(STAFF_TASKS)}
CURRICULUM, HR, OPERATIONS = 2, 3, 4  # rows of units
IN_TEAMS = (1, 5)  # supervision to operations: units 1 to 4
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
        joint     joint_hours where two or more units take part, for people of those units; +
                  team_hours with cross-functional teams, for units 1 to 4; + project_hours with
                  project management, for curriculum, HR and operations; + placing_hours with
                  joint placement, for curriculum and HR; + filter_hours with filtering, for leaders
        design    premise_hours for the units in_design, unless the team rests
        training  (mean of training_hours over schools + bias_training_hours for HR) / 52

    returns   theory, joint with other units only, joint in all, design, training, each (staff,), 0
              at empty desks
    """
    staff, e = state.staff, p.equity
    units = len(state.units)
    unit, here = staff.unit, staff.filled.astype(float)
    aligned = p.office.aligned_units
    theory = here * (p.theory_hours if p.research_use.theory_of_action != "none" else 0.0)
    partners = taking_part(aligned, units)[unit] if aligned >= 2 else np.zeros(len(unit))
    partners = p.joint_hours * partners * here
    joint = partners.copy()
    if p.office.cross_functional_teams:
        joint += p.team_hours * here * ((unit >= IN_TEAMS[0]) & (unit < IN_TEAMS[1]))
    if p.office.project_management:
        joint += p.project_hours * here * ((unit >= CURRICULUM) & (unit <= OPERATIONS))
    if p.hr.joint_placement:
        joint += p.placing_hours * here * ((unit == CURRICULUM) | (unit == HR))
    if p.office.filter_initiatives:
        joint[state.chart.leaders] += p.filter_hours
    rests = state.district.project_rest[0] > 0.0
    design = here * (0.0 if rests else e.premise_hours) * in_design(aligned, units)[unit]
    training = np.mean(e.training_hours) + p.hr.bias_training_hours * (unit == HR)
    return theory, partners, joint, design, training / 52.0 * here


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
    staff, chart, r = state.staff, state.chart, p.research_use
    leaders, count, rows = chart.leaders, chart.leader_count, chart.unit_staff
    hours = coach_hours(r.coach_days)
    building, doing_for = hours * r.coach_builds_leaders, hours * (1.0 - r.coach_builds_leaders)
    coaches = state.coaches
    coaches.filled[:] = r.coach_days > 0
    coaches.budget[:] = hours
    coaches.hours[0], coaches.hours[1] = building, doing_for
    h = staff.hours
    theory, partners, joint, design, training = extra_hours(state, p)
    extra = theory + joint + design + training
    built = min(building / count, p.most_learning)
    staff.contact_built[leaders] = built
    habit, filled = staff.planned_habit[leaders], staff.filled
    own = p.leader_week - chart.supervision_share * p.leader_week
    left = (1.0 - p.board_share) * own - built - p.peer_hours
    fitting = np.ones(len(staff))
    fitting[leaders] = fit_in(extra[leaders], left, MOST_EXTRA["leaders"])
    free = left - fitting[leaders] * extra[leaders]
    leading = np.minimum(leading_hours(habit, doing_for, count, p.dependence), free)
    staff.displaced[leaders] = habit - leading
    usual = np.minimum(leading, chart.normal_leader_hours)
    part = taking_part(p.office.aligned_units, len(state.units))[staff.unit] & filled
    led_part = np.bincount(staff.led_by[1:], part[1:], count)
    leading = np.where(led_part > 0, leading, usual)
    most = p.most_learning
    spent = contact_hours(usual, p.group_size, chart.led, most)[staff.led_by] * filled
    further = contact_hours(leading - usual, p.group_size, led_part, most)[staff.led_by] * part
    staff.contact_leader = np.minimum(spent + further, most)
    staff.contact_leader[0] = 0.0  # nobody leads the superintendent
    with_leader = np.minimum(staff.contact_leader[leaders], free - leading)
    staff.contact_leader[leaders] = with_leader
    coached = contact_hours(doing_for, p.group_size, part[count:].sum(), most)
    staff.contact_coach[count:] = coached * part[count:]
    staff.contact_peers = p.peer_hours * filled
    learned = staff.contact_leader + staff.contact_coach + staff.contact_peers

    new = p.initiative_hours * (float(state.district.initiatives[0]) - p.usual_initiatives)
    new = min(max(new, -2.0), 2.0)
    new += p.reorganise_hours * (state.district.reorganising[0] > 0.0)
    chart.new_meetings = new
    week = p.staff_week * (1.0 - p.office.budget_cut)
    rest = week - learned[rows] - (p.staff_meetings + new)
    fitting[rows] = fit_in(extra[rows], rest, MOST_EXTRA["staff"])
    desks_open = chart.open_desks
    supervising = chart.supervision_share[0] * p.leader_week if chart.small else p.supervisor_week
    own_learning = min(p.supervision.ild_learning_hours, 0.2 * supervising)
    if not chart.small:
        remain = supervising - own_learning - learned[desks_open]
        fitting[desks_open] = fit_in(extra[desks_open], remain, MOST_EXTRA["supervisors"])

    staff.contact_theory = theory * fitting
    staff.contact_joint = partners * fitting
    h[S["joint"]], h[S["design"]] = joint * fitting, design * fitting
    taught = staff.contact_theory + training * fitting
    extra = taught + h[S["joint"]] + h[S["design"]]
    h[S["leading"], leaders] = leading
    h[S["learning"], leaders] = built + p.peer_hours + with_leader + taught[leaders]
    h[S["board"], leaders] = p.board_share * own
    h[S["service"], leaders] = free - leading - with_leader
    rest = rest - extra[rows]
    h[S["learning"], rows] = learned[rows] + taught[rows]
    h[S["meetings"], rows] = p.staff_meetings + new
    share = p.recruiting_share + p.automation_frees * p.hr.automation
    h[S["hiring"], rows] = rest * (share * chart.is_hr)
    h[S["development"], rows] = rest * chart.is_curriculum
    h[S["service"], rows] = rest * (1.0 - share * chart.is_hr - chart.is_curriculum)
    staff.budget[leaders] = p.leader_week
    staff.budget[rows] = week
    state.units.covered[[HR, OPERATIONS]] = p.team_covers * p.office.cross_functional_teams
    working = (h[S["hiring"], rows] + h[S["service"], rows]) @ chart.in_unit[rows]
    if chart.usual_hours is None:
        chart.usual_hours = np.maximum(working, 1e-9)
    state.units.capacity[HR : OPERATIONS + 1] = (working / chart.usual_hours)[HR : OPERATIONS + 1]
    chart.supervisors_week = supervising
    if chart.small:
        h[S["learning"], 0] += own_learning
        chart.supervisor_hours = np.array([supervising - own_learning])
    else:
        kept = h[[S["joint"], S["design"]], chart.first_desk :].copy()
        h[:, chart.first_desk :] = 0.0
        h[[S["joint"], S["design"]], chart.first_desk :] = kept
        h[S["learning"], desks_open] = own_learning + learned[desks_open] + taught[desks_open]
        chart.supervisor_hours = supervising - own_learning - (learned + extra)[desks_open]
        staff.budget[chart.first_desk :] = supervising * staff.filled[chart.first_desk :]
