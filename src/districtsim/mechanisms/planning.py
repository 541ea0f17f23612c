"""Planning: plans decide what is kept long enough to pay off, and whether the office knows schools.

Year-to-year planning asks every June what there is to show, and drops what pays off later. A school
improvement plan that assesses capacity informs the office as far as schools believe it is used.
"""

JUNE, AFTER_THE_PLAN = 40, 2


def abandon_chance(gained, p):
    """Chance that a review ends work on premises: abandons * (1 - min(1, gained / shows_at)).

    gained   rise of the mean premise since the start of the run, 0 to 1
    Sources  P93
    """
    return p.abandons * (1.0 - min(1.0, max(0.0, gained) / p.shows_at))


def is_reviewed(age, horizon):
    """Whether work of this age, weeks, is reviewed this June: where the school years it has run,
    age / 52 to the nearest whole number, are `horizon` or a multiple of it."""
    years = int(age / 52.0 + 0.5)
    return years > 0 and years % horizon == 0


def next_belief(belief, used, p):
    """Principals' belief that their plans are used, a year on: belief + belief_pace * (used -
    belief).

    used     share of last plan's PD that rested on schools' assessments, 0 to 1
    Sources  P94
    """
    return belief + p.belief_pace * (used - belief)


def step(state, p, draw):
    """Every week a design team (premise_hours above 0 and no rest) ages by a week; a rest runs down
    by a week, to 0; without premise_hours the age is 0.

    In week 40, where its work is_reviewed by planning_years, a team that works is abandoned if u <
    abandon_chance(mean premise of units with people - start_premise): its age is 0 and rest_weeks
    of rest begin. u: stream "planning.review", keyed by the superintendent's desk, tick = year.

    In week 2, principals' plan_belief moves by next_belief with used = the share of this year's
    PD plan that rested on improvement plans (`plan_used`).
    """
    district = state.district
    working = p.equity.premise_hours > 0.0 and district.project_rest[0] <= 0.0
    if working:
        district.project_age += 1.0
    elif p.equity.premise_hours <= 0.0:
        district.project_age[:] = 0.0
    if district.project_rest[0] > 0.0:
        district.project_rest[0] = max(0.0, district.project_rest[0] - 1.0)
    week = state.week_of_year
    age = float(district.project_age[0])
    if week == JUNE and working and is_reviewed(age, p.equity.planning_years):
        there = state.chart.units_there
        gained = float(state.units.premise[there].mean()) - state.chart.start_premise
        u = float(draw.uniform("planning.review", state.staff.key[:1], state.year)[0])
        if u < abandon_chance(gained, p):
            district.project_age[:] = 0.0
            district.project_rest[:] = p.rest_weeks
    elif week == AFTER_THE_PLAN:
        belief = state.principals.plan_belief
        belief[:] = next_belief(belief, float(district.plan_used[0]), p)
