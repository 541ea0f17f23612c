"""Premises: what a unit takes for granted generates its policies, routines and, in time, behaviour.

Training moves behaviour, which relaxes to what the premise carries. Removing inequitable policies
leaves the generator running. A design team that starts from research cases, with leaders in it,
moves the premise itself; neighbouring units pull it back.
"""

import numpy as np

LEADING, SERVICE, DESIGN = 0, 9, 12  # rows of staff's hours
FOR_SCHOOLS = slice(1, 4)  # supervision, curriculum, human resources set what schools work with
HR, OFFICER = 3, 7  # row of units, index of role
TERM, YEAR = 40.0, 52.0


def backing(leading, p):
    """How far leaders stand behind a design team, 0 to 1: leading / (leading + leads_half).

    leading  mean hours a week that leaders lead their own staff
    Sources  P03, P90
    """
    return leading / (leading + p.leads_half)


def premise_shift(premise, hours, back, age, attention, cases, p):
    """What a month of design-team work moves the premises of units, 0 to 1 each.

        4 * shift_rate * hours * back * imagines * age / (age + ramp_weeks) * attention
          * (1 - premise)

    premise    (units,);  hours  of design work a week, mean over the unit's people, (units,)
    back       backing of leaders;  age  weeks the team has worked;  attention  against the usual
    cases      whether the work starts from research cases: imagines_cases, else imagines_open
    Sources    P88 to P91
    """
    imagines = p.imagines_cases if cases else p.imagines_open
    pace = 4.0 * p.shift_rate * back * imagines * attention * age / (age + p.ramp_weeks)
    return pace * hours * (1.0 - premise)


def premise_pulled(premise, there, p):
    """What neighbours and the past take from the premises in a month.

        4 * pull * (premise - mean premise of the other units)
        + 4 * inertia * (premise - start_premise) * (1 - mean premise of all units)

    there    1 for units that have people, else 0; others neither move nor count, (units,)
    Sources  P42, P96
    """
    count = max(there.sum(), 1.0)
    total = (premise * there).sum()
    others = (total - premise * there) / max(count - 1.0, 1.0)
    back = p.inertia * (premise - p.start_premise) * (1.0 - total / count)
    return 4.0 * there * (p.pull * (premise - others) * (count > 1.0) + back)


def next_behaviour(behaviour, carried, gained, p):
    """Equity behaviour a month on, SD above the old practice.

        b = behaviour + gained * max(0, 1 - behaviour / behaviour_most)
        carried + (b - carried) * (1 - pace)^4, pace = relax if b > carried, else resocialise

    carried  what the premise carries, SD;  gained  by training and advice this month, SD
    Sources  P84, F607, F717
    """
    b = behaviour + gained * np.maximum(0.0, 1.0 - behaviour / p.behaviour_most)
    kept = np.where(b > carried, (1.0 - p.relax) ** 4, (1.0 - p.resocialise) ** 4)
    return carried + (b - carried) * kept


def carried_by(premise, p):
    """Equity behaviour that a premise carries: premise_carries * max(0, premise - start_premise),
    SD."""
    return p.premise_carries * np.maximum(0.0, premise - p.start_premise)


def next_policies(number, premise, rewritten, vetoed, p):
    """Inequitable policies a month on; not below 0.

        generated = start_policies * (1 - premise) / (1 - start_premise) * (1 - vetoed)
        number + refill / 13 * (generated - number) - rewritten / 13

    premise    mean over units;  rewritten  policies a year;  vetoed  share stopped by an officer
    Sources    P85
    """
    generated = p.start_policies * (1.0 - premise) / (1.0 - p.start_premise) * (1.0 - vetoed)
    return max(0.0, number + (p.refill * (generated - number) - rewritten) / 13.0)


def suits(behaviour, policies, p):
    """How much better (below 0: worse) teaching suits low-income pupils and pupils of color than
    others in the same school, SD of teaching; 0 is equal.

        -practice_harm * clip(1 - behaviour / closes_at, 0, 1) - policy_harm * policies /
        start_policies

    behaviour  teachers' equity behaviour, SD above the old practice;  policies  inequitable ones
    """
    practice = np.minimum(1.0, np.maximum(0.0, 1.0 - behaviour / p.closes_at))
    return -p.practice_harm * practice - p.policy_harm * policies / p.start_policies


def _officer(state, p):
    """Consultations of this month, and the share of policies an officer stops.

    Officers' service hours * officer_share / consultation_hours a week, where the officer advises
    or decides; veto where the officer decides and the desk is filled; 0 where there is no officer.
    """
    staff = state.staff
    there = (staff.role == OFFICER) & staff.filled
    if p.equity.officer == "none" or not there.any():
        return 0.0, 0.0
    hours = float(staff.hours[SERVICE, there].sum()) * p.officer_share
    return 4.0 * hours / p.consultation_hours, p.veto if p.equity.officer == "decides" else 0.0


def acting(p):
    """Whether any lever works on premises, behaviour or policies."""
    e = p.equity
    moves = e.premise_hours or e.policy_review or p.hr.bias_training_hours
    trained = np.any(e.training_hours) if np.ndim(e.training_hours) else e.training_hours
    return bool(moves or e.officer != "none" or trained)


def step(state, p, draw):
    """In the last week of a month (week of the run mod 4 is 3); consultations restart in week 0.

    1. Premises: premise + premise_shift - premise_pulled, kept within 0 and 1, of units with people
       (others keep premise, behaviour and knowledge as they are); hours are the mean over a unit's
       filled desks of staff's design hours, back is `backing` of leaders' mean leading hours, all
       as of this week.
    2. Training: in months that begin in term (week of the year below 40) schools gain train_rate *
       4 * training_hours / 40 * hold and units, all year, train_rate * 4 * (mean of training_hours
       over schools) / 52 * hold, hold = attention / (1 + novelty * newer). Where the officer
       advises or decides, units also gain advice * consultations of the month / number of units
       with people.
    3. Behaviour: next_behaviour of schools with carried_by the mean premise of supervision,
       curriculum and human resources (those with people; 0 if none), of units with carried_by their
       own; human resources are carried another bias_rate * bias_training_hours / 52 /
       attitude_fade. Premises as step 1 left them.
    4. Units' knowledge: k + 4 * (knowledge_rate * (mean training_hours + for human resources
       bias_training_hours) / 52 * max(0, 1 - k / 2) - knowledge_fade * k).
    5. Policies: next_policies with the mean premise of units with people.
    6. responsiveness of schools to low-income pupils and pupils of color = suits(behaviour,
       policies).
    """
    if state.week_of_year == 0:
        state.district.consultations[0] = 0.0
    if state.week % 4 != 3:
        return
    state.chart.moved = state.chart.moved or acting(p)
    if not state.chart.moved:
        return  # all is as on day one, where everything rests
    staff, units, schools, district = state.staff, state.units, state.schools, state.district
    chart, e = state.chart, p.equity
    there = chart.units_there.astype(float)
    members = chart.in_unit * staff.filled[:, None]
    hours = staff.hours[DESIGN] @ members / np.maximum(members.sum(axis=0), 1.0)
    back = backing(float(staff.hours[LEADING, chart.leaders].mean()), p)
    attention = float(district.attention[0])
    premise = units.premise
    shift = premise_shift(
        premise, hours, back, float(district.project_age[0]), attention, e.research_cases, p
    )
    premise = np.clip(premise + shift - premise_pulled(premise, there, p), 0.0, 1.0)
    units.premise[:] = premise
    consulted, vetoed = _officer(state, p)
    district.consultations += consulted
    training = np.asarray(e.training_hours, dtype=float)
    staff_training = float(training.mean())
    hold = p.train_rate * 4.0 * attention / (1.0 + p.novelty * float(district.newer[0]))
    gained = hold * training / TERM if state.week_of_year < TERM else 0.0
    known = there[FOR_SCHOOLS]
    shaping = float((premise[FOR_SCHOOLS] * known).sum() / max(known.sum(), 1.0))
    carried = carried_by(shaping, p) if known.any() else 0.0
    schools.behaviour[:] = next_behaviour(schools.behaviour, carried, gained, p)
    heard = p.advice * consulted / max(there.sum(), 1.0)
    carried = carried_by(premise, p)
    carried[HR] += p.bias_rate * p.hr.bias_training_hours / YEAR / p.attitude_fade
    gained = (hold * staff_training / YEAR + heard) * there
    units.behaviour[:] = next_behaviour(units.behaviour, carried * there, gained, p)
    taught = np.full(len(units), staff_training)
    taught[HR] += p.hr.bias_training_hours
    learned = p.knowledge_rate * taught / YEAR * np.maximum(0.0, 1.0 - units.knowledge / 2.0)
    units.knowledge += 4.0 * (learned * there - p.knowledge_fade * units.knowledge)
    mean = float((premise * there).sum() / max(there.sum(), 1.0))
    number = next_policies(
        float(district.inequitable_policies[0]), mean, e.policy_review, vetoed, p
    )
    district.inequitable_policies[0] = number
    schools.responsiveness[:] = suits(schools.behaviour, number, p)
