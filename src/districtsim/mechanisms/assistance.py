"""Assistance: central-office staff take up research-based ideas by assisted practice.

What a person learns in an hour depends on the assister's high-leverage moves, on what the assister
understands, on the learner's own doing of the work and on how far the idea lies from present
practice. A coach who does the work takes the practice away from the learner; a coach who builds
leaders grows their habit of leading.
"""

import numpy as np

AHEAD = 1e-6  # levels; keeps colleagues who know the same from learning of rounding errors


def knows_enough(appropriation, knowledge_half):
    """How well an assister with this understanding can help, 0 to 1.

    appropriation / (appropriation + knowledge_half)
    """
    return appropriation / (appropriation + knowledge_half)


def learned(appropriation, practice, distance, p):
    """Levels gained in a week of assisted practice.

        rate * practice * (1 - appropriation / 4) / (1 + distance)

    appropriation  0 to 4, (ideas, people)
    practice       hours of fully assisted own practice, (ideas, people)
    distance       (ideas, 1)
    Sources        P03, P08, P97
    """
    room = appropriation * -0.25
    room += 1.0
    room *= practice
    room *= p.rate / (1.0 + distance)
    return room


def faded(appropriation, supported, p):
    """Levels lost in a week: what the unit's premise does not carry fades, mastery half as fast.

        fade * (1 - appropriation / 8) * max(0, appropriation - supported)

    supported  level the premise of the person's unit carries, (people,)
    """
    over = appropriation - supported
    np.maximum(over, 0.0, out=over)
    over *= p.fade - (p.fade / 8.0) * appropriation
    return over


def next_habit(habit, built, displaced, wanted, understanding, p):
    """A leader's habit of leading own staff, one month (four weeks) on; not below 0.

        habit + 4 * (build_pace * built * max(0, most_leading - habit)
                     - unlearn * displaced
                     - relax * (habit - wanted - sustain * max(0, understanding - sustained_from)))

    habit          h/week, (leaders,)
    built          coach's hours on this leader x coach's quality x willingness, h/week, (leaders,)
    displaced      hours of the habit that had no place this month, h/week, (leaders,)
    wanted         hours the leader would lead anyway, h/week, (leaders,)
    understanding  leader's mean appropriation, 0 to 4, (leaders,)
    Sources        P06, P07, P09
    """
    kept_up = wanted + p.sustain * np.maximum(0.0, understanding - p.sustained_from)
    grown = p.build_pace * built * np.maximum(0.0, p.most_leading - habit)
    lost = p.unlearn * displaced + p.relax * (habit - kept_up)
    return np.maximum(0.0, habit + 4.0 * (grown - lost))


def wanted_hours(follows, levers, normal):
    """Hours a leader would lead anyway: the policy's if the leader carries it, else the smaller of
    the policy's and the normal."""
    return np.where(follows, levers.leader_hours, min(normal, levers.leader_hours))


def unit_weights(in_unit, filled):
    """Each person's weight in the mean over the people of each unit, (people, units); 0 at empty
    desks.

    in_unit  1 where the desk belongs to the unit, (people, units);  filled  yes/no, (people,)
    """
    there = in_unit * filled[:, None]
    return there / np.maximum(np.add.reduce(there), 1.0)


def joint_practice(appropriation, hours, p):
    """Hours of assisted practice from working with people of other units, (ideas, people).

    appropriation  0 to 4, (ideas, people);  hours  of joint work a week, (people,)
    Sources        P55, P73
    """
    there = (hours > 0.0).astype(float)
    mean = (appropriation @ there / there.sum())[:, None]
    use = p.joint_moves * knows_enough(mean, p.knowledge_half) * (mean > appropriation + AHEAD)
    return use * hours


def neighbours(understanding, there):
    """Mean understanding of the other units that have people; 0 where there are none; (units,)."""
    known = understanding * there
    others = np.add.reduce(known) - known
    return others / np.maximum(np.count_nonzero(there) - there, 1.0)


def start_policy(state, p):
    """In the week in which a lever changes, leaders take up its new value.

    leader_hours: habits, and planned habits, of leaders who carry the policy become leader_hours.
    leader_knowledge: the
    leaders' appropriation moves by the difference, kept within 0 and 4.
    """
    chart, r, staff = state.chart, p.research_use, state.staff
    leaders = chart.leaders
    if chart.leader_hours != r.leader_hours:
        chart.leader_hours = r.leader_hours
        for habit in (staff.leading_habit, staff.planned_habit):
            habit[leaders] = np.where(staff.follows[leaders], r.leader_hours, habit[leaders])
    if chart.leader_knowledge != r.leader_knowledge:
        moved = staff.appropriation[:, leaders] + r.leader_knowledge - chart.leader_knowledge
        staff.appropriation[:, leaders] = np.clip(moved, 0.0, 4.0)
        chart.leader_knowledge = r.leader_knowledge


def step(state, p, draw):
    """Every week `start_policy`; in the last week of a month (week of the run mod 4 is 3) a month
    of everybody's learning, with the hours that time_use planned for this month.

    Hours a week of fully assisted own practice of idea d, with A the appropriation at the end of
    last week and A_d its value for that idea; all of it times `attention` against the usual:

        contact_leader * leader_moves * knows_enough(A_d of own leader, row led_by)
        + contact_theory * (dialogue_moves with a dialogue, else told_moves) * knows_enough(A_d of
          own leader)
        + contact_joint * joint_moves * knows_enough(mean of A_d over everybody with contact_joint),
          only where that mean exceeds the person's own A_d by more than 1e-6
        + contact_coach * coach_quality * knows_enough(coach_knowledge) * doing_coached
        + peer_part
        and for leaders also
        + contact_built * coach_quality * knows_enough(coach_knowledge) + leading hours * own_moves
        peer_part = contact_peers * peer_moves * knows_enough(unit mean of A_d), only where the
                 unit mean exceeds the person's own A_d by more than 1e-6 (unit mean: over filled
                 desks)

    Then A becomes A + 4 * (learned - faded), kept within 0 and 4, all at once; supported =
    supported_at_least + supported_by_premise * premise of the person's unit +
    supported_by_neighbours * mean understanding of the other units with people (as A stands).
    Unfilled desks stay as they are. Leaders' habits move by `next_habit` with A before this month,
    built = contact_built * coach_quality * willingness and `displaced` as time_use left it. Units'
    `understanding` is then the mean over ideas and filled desks (0 where a unit has nobody).
    """
    if state.chart.new_levers:
        start_policy(state, p)
    if state.week % 4 != 3:
        return
    staff, chart, units, r = state.staff, state.chart, state.units, p.research_use
    a, leaders = staff.appropriation, chart.leaders
    coach = r.coach_quality * knows_enough(p.coach_knowledge, p.knowledge_half)
    weights = _weights(state)
    by_unit = a @ weights
    practice = knows_enough(by_unit, p.knowledge_half).take(staff.unit, axis=1)
    practice *= p.peer_moves * staff.contact_peers
    practice *= (by_unit - AHEAD).take(staff.unit, axis=1) > a
    by_leader = knows_enough(a[:, leaders], p.knowledge_half).take(staff.led_by, axis=1)
    guided = p.leader_moves * staff.contact_leader
    if not staff.untouched("contact_theory"):
        moves = p.dialogue_moves if r.theory_of_action == "dialogue" else p.told_moves
        guided += moves * staff.contact_theory
    by_leader *= guided
    practice += by_leader
    if not staff.untouched("contact_joint") and staff.contact_joint.any():
        practice += joint_practice(a, staff.contact_joint, p)
    if state.coaches.filled[0]:  # as planned; the lever may have changed this week
        practice += staff.contact_coach * (coach * p.doing_coached)
    built, leading = staff.contact_built[leaders], staff.hours[0, leaders]
    practice[:, leaders] += built * coach + leading * p.own_moves
    practice *= float(state.district.attention[0])
    around = neighbours(np.add.reduce(by_unit) / len(a), chart.units_there)
    carried = p.supported_by_premise * units.premise + p.supported_by_neighbours * around
    supported = p.supported_at_least + carried.take(staff.unit)
    change = learned(a, practice, chart.distance, p)
    change -= faded(a, supported, p)
    change *= 4.0 * staff.filled
    built = built * r.coach_quality * staff.willingness[leaders]
    wanted = wanted_hours(staff.follows[leaders], r, chart.normal_leader_hours)
    habit, depth = staff.leading_habit[leaders], np.add.reduce(a[:, leaders]) / len(a)
    staff.leading_habit[leaders] = next_habit(
        habit, built, staff.displaced[leaders], wanted, depth, p
    )
    change += a
    staff.appropriation = a = np.minimum(np.maximum(change, 0.0, out=change), 4.0, out=change)
    units.understanding = np.add.reduce(a @ weights) / len(a)


def _weights(state):
    """unit_weights, kept as long as the same desks are filled."""
    chart, filled = state.chart, state.staff.filled.tobytes()
    if chart.unit_weights[0] != filled:
        chart.unit_weights = filled, unit_weights(chart.in_unit, state.staff.filled)
    return chart.unit_weights[1]
