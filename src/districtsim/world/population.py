"""Population: day one; draws up a district from its files and published distributions.

Every draw has tick -1 ("the year before"); streams begin with "population.".
"""

import numpy as np
from scipy.special import gammainc

from districtsim.world.draws import keys_below, keys_of
from districtsim.world.parameters import levers
from districtsim.world.policies import Timeline
from districtsim.world.state import IDEAS, ROLES, SUBJECTS, UNITS, State

SMALL_DEPARTMENT = 8  # posts; below it secondary teachers teach all three subjects
BEFORE = -1
TAUGHT = np.array([0.4, 0.4, 0.2])  # a generalist's teaching in each subject
ROLE = {role: i for i, role in enumerate(ROLES)}
UNIT = {unit: i for i, unit in enumerate(UNITS)}
LEADERS = {1: ["superintendent"], 2: ["superintendent", "chief_academic_officer"],
           3: ["superintendent", "deputy", "chief_academic_officer"]}  # fmt: skip
LED_BY = {1: [0] * 6, 2: [0, 1, 1, 0, 0, 1], 3: [0, 2, 2, 1, 1, 0]}  # leader's row, by unit


def draw_up(district, policy, parameters, draw):
    """The state on day one and the numbers in force.

    A school has max(1, its teachers in full-time equivalents, rounded, halves to even) teaching
    posts and one principal. Everything below is with the numbers and levers in force before the run
    (week -1), except that supervisors' desks are made for the smallest caseload that the policy
    will ever ask for. Columns not named stand at their start value.

        posts                    all filled, holder 0
        assistants               assistants_per_post * posts, a fraction as it is
        responsiveness           -policy_harm - practice_harm, every school
        service                  start_hr, start_operations; premise: start_premise, every unit
        inequitable_policies     start_policies
        launched                 offers_a_year / 13 in each of the last INITIATIVE_MONTHS months (an
                                 expected number); initiatives and usual_initiatives: their sum
        plan_belief              start_belief, every principal

    The service of operations now is what `recovered` hours are counted against. Then the run warms
    up for 28 weeks, from week 24 of the year before.

    district    a completed District
    policy      Policy
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    draw        Draws
    returns     State, Timeline
    """
    source = district.schools
    posts = np.maximum(1, np.rint(source.teachers)).astype(np.int64)
    number = len(posts)
    schools_only = State(number, 0, 0).schools
    _schools(schools_only, source, posts)
    timeline = Timeline(policy, parameters, schools_only)
    numbers = timeline.in_force(-1)
    desks = _desks(district, number, timeline, numbers["population"])
    schools_only.assistants[:] = numbers["population"].assistants_per_post * posts
    state = State(number, posts.sum(), len(desks))
    state.schools = schools_only
    _chart(state, desks, source, numbers)
    _principals(state, source, numbers, draw)
    _teachers(state, numbers, draw)
    _staff(state, desks, numbers, draw)
    n, i = numbers["premises"], numbers["initiatives"]
    state.schools.responsiveness[:] = -n.policy_harm - n.practice_harm
    _scores(state, numbers, draw)
    service = numbers["service"]
    state.units.service[UNIT["human_resources"]] = service.start_hr
    state.units.service[UNIT["operations"]] = service.start_operations
    state.units.premise[:] = state.chart.start_premise = numbers["premises"].start_premise
    state.district.inequitable_policies[:] = n.start_policies
    state.district.launched[:] = i.offers_a_year / 13.0
    state.district.initiatives[:] = state.district.launched.sum()
    state.district.usual_initiatives[:] = state.district.initiatives
    state.principals.plan_belief[:] = numbers["planning"].start_belief
    state.chart.unanswered_at_start = 1.0 - service.start_operations
    return state, timeline


def desks_needed(principals, caseload, cut, small):
    """Supervisors' desks that a caseload asks for: ceil(principals * (1 - cut) / caseload), at
    least 1; none of its own where the superintendent supervises (small)."""
    return 0 if small else max(1, int(np.ceil(principals * (1.0 - cut) / caseload)))


def distances(ideas, p):
    """Distance of each idea from present practice, evenly spaced from nearest_distance (the first
    idea) to farthest_distance (the last); (ideas,)."""
    return np.linspace(p.nearest_distance, p.farthest_distance, ideas)


def count_people(state):
    """Who is in the office now: means over the people of each role, shares of the units, people
    led by each leader (nobody leads the superintendent) and people who are not leaders."""
    chart, staff, filled = state.chart, state.staff, state.staff.filled
    chart.led = np.bincount(staff.led_by[1:], filled[1:], chart.leader_count)
    people = filled @ chart.works_in
    chart.role_mean = (chart.works_in / np.maximum(people, 1.0))[:, chart.roles_there]
    chart.unit_share = filled @ chart.in_unit / filled.sum()


def _schools(schools, source, posts):
    """Schools as the district's files have them, in the order of their ids.

    students_of_color  1 - White pupils / all pupils of the race counts; NaN where unknown
    poverty_quartile   schools in order of low_income (lowest first, ties by row): 1 + floor(4 *
                       m), m = share of the district's pupils in the schools before it and half
                       of its own
    first              row of its first teaching post; posts of a school follow each other
    """
    schools.key[:] = keys_of(source.id)
    schools.level[:] = source.level
    schools.enrolment[:] = source.enrolment
    schools.low_income[:] = source.low_income
    total = source.race.sum(axis=0)
    white = source.race[4]
    known = np.isfinite(total) & (total > 0)
    schools.students_of_color[known] = 1.0 - white[known] / total[known]
    schools.posts[:] = posts
    schools.first[:] = np.cumsum(posts) - posts
    order = np.argsort(schools.low_income, kind="stable")
    pupils = np.cumsum(schools.enrolment[order])
    middle = (pupils - schools.enrolment[order] / 2.0) / pupils[-1]
    schools.poverty_quartile[order] = 1 + np.floor(4.0 * middle).astype(np.int64)


def _desks(district, schools, timeline, p):
    """(role, unit) of every desk of the central office, in order of rows.

        leaders      1 (the superintendent) below small_below schools; 2 (with a chief academic
                     officer) below deputy_from; else 3 (superintendent, deputy, chief academic
                     officer); unit: leadership
        specialists  max(1, coordinators to the nearest whole number), curriculum
        others       max(2, administrators and support, rounded, less leaders): hr_share of them,
                     rounded and at least 1, HR partners; the rest, at least 1, operations
        equity       one officer in districts of equity_from schools or more
        supervisors  `desks_needed` at the smallest caseload the policy asks for; none below
                     small_below schools, where the superintendent supervises

    In this order; halves round to the even number. Coordinators, administrators and support are
    full-time equivalents of the district's files.
    """
    small = schools < p.small_below
    leaders = 1 if small else 2 if schools < p.deputy_from else 3
    desks = [(role, "leadership") for role in LEADERS[leaders]]
    office = district.office
    specialists = max(1, round(office["coordinators"]))
    others = max(2, round(office["administrators"] + office["support"]) - leaders)
    partners = max(1, round(p.hr_share * others))
    desks += [("specialist", "curriculum")] * specialists
    desks += [("hr_partner", "human_resources")] * partners
    desks += [("operations", "operations")] * max(1, others - partners)
    if schools >= p.equity_from:
        desks.append(("equity_officer", "equity"))
    if not small:
        supervisors = desks_needed(schools, timeline.caseload_smallest(), 0.0, small)
        desks += [("ild", "supervision")] * supervisors
    return desks


def _chart(state, desks, source, numbers):
    """Who works where and what else does not change within a run.

    led_by      leader of each person by unit (leadership, supervision, curriculum, HR,
                operations, equity): with one leader the superintendent; with two the chief
                academic officer for supervision, curriculum and equity; with three the chief
                academic officer for supervision and curriculum, the deputy for HR and
                operations; else the superintendent, who also leads the other leaders
    supervision superintendent_supervises of the superintendent's week where there are no
                supervisors
    travel      travel_town for schools of NCES locale 31 and beyond (towns, rural), else
                travel_city, hours a visit
    color_lead  the school's share of pupils of color less the district's, weighted by pupils;
                0 where unknown
    applicant_pull  exp(-poverty_slope * (low_income - its mean weighted by posts)), over its
                own mean weighted by posts
    distance    of each idea, `distances`
    """
    chart, staff, schools = state.chart, state.staff, state.schools
    staff.role[:] = [ROLE[role] for role, _ in desks]
    staff.unit[:] = [UNIT[unit] for _, unit in desks]
    leaders = int((staff.role <= 2).sum())
    chart.leaders, chart.leader_count = slice(0, leaders), leaders
    chart.small = not (staff.role == ROLE["ild"]).any()
    chart.desks = 1 if chart.small else int((staff.role == ROLE["ild"]).sum())
    chart.first_desk = 0 if chart.small else len(staff) - chart.desks
    chart.open_desks = slice(chart.first_desk, chart.first_desk + chart.desks)
    chart.unit_staff = slice(leaders, len(staff) - (0 if chart.small else chart.desks))
    staff.led_by[:] = np.array(LED_BY[leaders])[staff.unit]
    staff.led_by[:leaders] = 0
    chart.in_unit = (staff.unit[:, None] == np.arange(len(UNITS))).astype(float)
    units = staff.unit[chart.unit_staff]
    chart.is_hr = (units == UNIT["human_resources"]).astype(float)
    chart.is_curriculum = (units == UNIT["curriculum"]).astype(float)
    share = np.zeros(leaders)
    share[0] = numbers["time_use"].superintendent_supervises if chart.small else 0.0
    chart.supervision_share = share
    chart.pupils = schools.enrolment.sum()
    chart.first = schools.first
    far = np.asarray(source.locale) >= 30  # towns and rural places
    t = numbers["time_use"]
    chart.travel = np.where(far, t.travel_town, t.travel_city)
    chart.works_in = (staff.role[:, None] == np.arange(len(ROLES))).astype(float)
    lead = schools.students_of_color - np.nansum(
        schools.students_of_color * schools.enrolment
    ) / max(1.0, schools.enrolment[np.isfinite(schools.students_of_color)].sum())
    chart.color_lead = np.where(np.isfinite(lead), lead, 0.0)
    p = numbers["hiring"]
    low = schools.low_income
    pull = np.exp(-p.poverty_slope * (low - np.average(low, weights=schools.posts)))
    schools.applicant_pull[:] = pull / np.average(pull, weights=schools.posts)
    chart.distance = distances(len(IDEAS), numbers["assistance"])[:, None]
    for name in ("leader_hours", "leader_knowledge"):
        setattr(chart, name, levers()[f"research_use.{name}"].value)
    chart.normal_leader_hours = chart.leader_hours
    chart.roles_there = chart.works_in.any(axis=0)
    chart.units_there = chart.in_unit.any(axis=0)
    chart.pd_this_week = False
    chart.pd_day_hours = numbers["development"].day_hours
    chart.pd_with_substitutes = numbers["development"].with_substitutes
    count_people(state)
    chart.principals_of = np.array([float(len(schools))])
    chart.supervisors_week = chart.own_learning = 0.0
    chart.new_levers = chart.posts_changed = True
    chart.outside = False  # nobody has hours with coaches, colleagues or courses from outside
    chart.pd_events = chart.cost_a_year = None
    chart.trouble_year = chart.month = chart.assessed = None
    chart.partners = np.flatnonzero(staff.role == ROLE["hr_partner"])
    chart.reorganised, chart.new_meetings = False, 0.0
    chart.moved, chart.offers = False, ((), ())
    chart.excusing, chart.usual_hours, chart.season = False, None, None
    chart.unit_weights, chart.successors = (b"", None), (np.zeros(len(staff)), None)


def _principals(state, source, numbers, draw):
    """Leadership z, and own_leadership the same (stream "population.leadership"); experience
    floor(-principal_years * ln u) years ("population.principal_years"); rating clip(3 + 0.6 * (z +
    rating_error * z2), 1, 5), z2 of "learning.rating"; need clip(1.5 - z, 0.2, 4). Keyed by
    principalship: the hash of "<school id>/principal".
    """
    principals = state.principals
    principals.key[:] = keys_of([f"{name}/principal" for name in source.id])
    z = draw.normal("population.leadership", principals.key, BEFORE)
    principals.leadership[:] = principals.own_leadership[:] = z
    u = draw.uniform("population.principal_years", principals.key, BEFORE)
    principals.experience[:] = np.floor(-np.log(u) * numbers["population"].principal_years)
    error = numbers["learning"].rating_error * draw.normal(
        "learning.rating", principals.key, BEFORE
    )
    principals.rating[:] = np.clip(3.0 + 0.6 * (z + error), 1.0, 5.0)
    principals.need[:] = np.clip(1.5 - z, 0.2, 4.0)


def _teachers(state, numbers, draw):
    """Skill in a subject: sqrt(school_share) * school + sqrt(1 - school_share - subject_share) *
    person + sqrt(subject_share) * subject, each standard normal; so SD 1 in the population
    (streams "population.school_quality", keyed by school, "population.skill" and, slot = subject,
    "population.subject", keyed by post). The skill that stays lies upkeep_gap below it (`floor`).

        kind        in middle and high schools of SMALL_DEPARTMENT posts or more, posts by turns
                    teach mathematics, ELA, science, and none of the three; elsewhere generalists,
                    who teach TAUGHT of each
        experience  whole years of a gamma variate by its inverse CDF, shape experience_shape, scale
                    experience_scale * exp(-experience_by_poverty * (low_income of the school - mean
                    weighted by posts)), at most `longest` ("population.experience", keyed by post)
        of_color    u < start_of_color * clip(1 + sorting * color_lead, 0.2, 3)
                    ("population.of_color", keyed by post)
    """
    teachers, schools, chart = state.teachers, state.schools, state.chart
    p, keys = numbers["population"], keys_below(schools.key, schools.posts)
    teachers.key[:] = keys
    teachers.school[:] = np.repeat(np.arange(len(schools)), schools.posts)
    place = np.arange(len(teachers)) - schools.first[teachers.school]
    by_subject = (schools.level > 0) & (schools.level < 3) & (schools.posts >= SMALL_DEPARTMENT)
    chart.kind = np.where(by_subject[teachers.school], 1 + place % 4, 0)
    teachers.teaches[:] = np.where(chart.kind == 0, TAUGHT[:, None], 0.0)
    chart.dose = np.where(chart.kind == 0, 1.0, np.zeros((3, 1)))
    for subject in range(len(SUBJECTS)):
        teachers.teaches[subject, chart.kind == subject + 1] = 1.0
        chart.dose[subject, chart.kind == subject + 1] = 3.0
    chart.taught = np.add.reduceat(teachers.teaches, schools.first, axis=1) > 0
    slots = np.arange(len(SUBJECTS))[:, None]
    school = draw.normal("population.school_quality", schools.key, BEFORE)[teachers.school]
    person = draw.normal("population.skill", keys, BEFORE)
    subject = draw.normal("population.subject", keys, BEFORE, slots)
    own = max(0.0, 1.0 - p.school_share - p.subject_share)
    teachers.skill[:] = (
        np.sqrt(p.school_share) * school
        + np.sqrt(own) * person
        + np.sqrt(p.subject_share) * subject
    )
    teachers.floor[:] = teachers.skill - numbers["hiring"].upkeep_gap
    low = schools.low_income - np.average(schools.low_income, weights=schools.posts)
    scale = p.experience_scale * np.exp(-p.experience_by_poverty * low)
    u = draw.uniform("population.experience", keys, BEFORE)
    for years in range(1, int(p.longest) + 1):  # cheaper than the inverse of the distribution
        fewer = gammainc(p.experience_shape, years / scale)  # share with fewer years, by school
        teachers.experience += u >= np.repeat(fewer, schools.posts)
    h = numbers["hiring"]
    share = h.start_of_color * np.clip(1.0 + h.sorting * chart.color_lead, 0.2, 3.0)
    teachers.of_color[:] = (
        draw.uniform("population.of_color", keys, BEFORE) < share[teachers.school]
    )


def _staff(state, desks, numbers, draw):
    """People of the central office, keyed by the hash of "<role>/<number within the role from 0>".

        appropriation  clip(mean + appropriation_spread * z, 0, 4) of each idea, mean the status-quo
                       value of leader_knowledge for leaders, else `appropriation`
                       ("population.appropriation", slot = idea)
        willingness    0.2 + 0.8 * u ("population.willingness")
        leading_habit  the status-quo value of leader_hours for leaders, else 0
        skill          z ("population.supervisor_skill") of those who supervise, else 0

    A unit's understanding is the mean over its people and ideas.
    """
    staff, p = state.staff, numbers["population"]
    seen, names = {}, []
    for role, _ in desks:
        seen[role] = seen.get(role, -1) + 1
        names.append(f"{role}/{seen[role]}")
    staff.key[:] = keys_of(names)
    slots = np.arange(len(IDEAS))[:, None]
    z = draw.normal("population.appropriation", staff.key, BEFORE, slots)
    mean = np.where(staff.role <= 2, state.chart.leader_knowledge, p.appropriation)
    staff.appropriation[:] = np.clip(mean + p.appropriation_spread * z, 0.0, 4.0)
    members = state.chart.in_unit
    count = np.maximum(members.sum(axis=0), 1.0)
    state.units.understanding[:] = (staff.appropriation @ members / count).mean(axis=0)
    staff.willingness[:] = 0.2 + 0.8 * draw.uniform("population.willingness", staff.key, BEFORE)
    staff.leading_habit[staff.role <= 2] = state.chart.leader_hours
    skill = draw.normal("population.supervisor_skill", staff.key, BEFORE)
    staff.skill[state.chart.open_desks] = skill[state.chart.open_desks]


def _scores(state, numbers, draw):
    """score = -/+ income_gap / 2 - school_poverty_slope * (low income - mean) + spread * z;
    lasting_response as earlier years of today's responsiveness left it: gain / (1 - persistence),
    which base_score of low-income pupils does not hold.

    Low income's mean is weighted by pupils; z: stream "population.score", keyed by school; the gap
    within a school is half above and half below. base_score is the score, less lasting_response for
    low-income pupils. measured_score is what tests of that June saw (errors as in the submodel
    learning).
    """
    schools, p = state.schools, numbers["population"]
    low = schools.low_income
    lead = low - np.average(low, weights=schools.enrolment)
    z = draw.normal("population.score", schools.key, BEFORE)
    place = -p.school_poverty_slope * lead + p.school_score_spread * z
    gap = p.income_gap / 2.0
    schools.base_score[:] = place + np.array([-gap, gap])[:, None]
    k = numbers["learning"]
    effects = np.array([k.mathematics_effect, k.ela_effect, k.science_effect])
    suited = effects[:, None] * schools.responsiveness / (1.0 - k.persistence)
    schools.lasting_response[:] = suited  # as earlier years left it; part of the gap of day one
    schools.score[:] = schools.base_score
    schools.base_score[:, 0] -= suited
    mean = low * schools.score[:, 0] + (1.0 - low) * schools.score[:, 1]
    slots = np.arange(len(SUBJECTS))[:, None]
    pupils = draw.normal("learning.pupils", schools.key, BEFORE, slots)
    day = draw.normal("learning.day", schools.key, BEFORE, slots)
    error = k.pupil_error / np.sqrt(schools.enrolment) * pupils + k.school_error * day
    schools.measured_score[:] = mean + error
