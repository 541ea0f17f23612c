"""Development: PD days are scarce, and give little where they do not fit or are not practised.

Once a year the office plans hours by school and subject and the level of the content. A PD hour
gives fresh knowledge as far as the content fits the teacher and the subject the school's own plan;
fresh knowledge is soon forgotten unless practice and feedback turn it into skill; skill without
upkeep declines, so crowded-out subjects can fall.
"""

import numpy as np

from districtsim.world.state import SUBJECTS
from districtsim.world.subjects import subject_shares

CURRICULUM = 2  # row of units
DEVELOPMENT = 8  # row of staff's hours
PLAN_WEEK = 0
COURSE = 2  # row of teachers' hours with outsiders


def match(skill, content, width):
    """How well PD content fits a teacher, 0 to 1: (1 - ((skill - content) / width)^2)^2, 0 beyond
    the width."""
    room = skill - content
    room *= 1.0 / width
    room *= room
    np.subtract(1.0, room, out=room)
    np.maximum(room, 0.0, out=room)
    room *= room
    return room


def events(days):
    """Weeks of the year with PD: {week: numbers of the events}.

    n = ceil(most days of any school); event e (0 to n - 1) falls in the second week of month
    floor(10 e / n): week 4 * floor(10 e / n) + 1.
    """
    number = int(np.ceil(np.max(days)))
    found = {}
    for event in range(number):
        found.setdefault(4 * (10 * event // number) + 1, []).append(event)
    return found


def event_hours(event, days, day_hours):
    """PD hours of event e for each school: day_hours * clip(days - e, 0, 1); scalar or
    (schools,)."""
    return day_hours * np.minimum(1.0, np.maximum(0.0, days - event))


def siloed_shares(first_subject, first_share):
    """Share of PD by subject when the first subject takes its own (first_share of first_subject):
    the others halve the rest."""
    shares = np.full(3, (1.0 - first_share) / 2.0)
    shares[SUBJECTS.index(first_subject)] = first_share
    return shares


def tier_hours(scores, posts, p):
    """Hours of each school relative to the mean when PD goes by test scores, and the lowest tier.

    Schools in order of mean measured score (ties by row); tier = floor(4 * place / schools). Ratios
    tier_first to tier_fourth are scaled so that hours weighted by posts average to 1.

    scores   mean over subjects of last June's measured scores, (schools,)
    returns  ratio (schools,), is_lowest_tier (schools,)
    Sources  P49
    """
    place = np.empty(len(scores), dtype=np.int64)
    place[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    tier = 4 * place // len(scores)
    ratio = np.array([p.tier_first, p.tier_second, p.tier_third, p.tier_fourth])[tier]
    return ratio * posts.sum() / (ratio @ posts), tier == 0


def aligned_plan(believed, posts):
    """Hours and subject shares when units choose together where PD gives most.

        need  = clip(1 - believed, 0.3, 3)           (subjects, schools)
        ratio = mean need of the school, scaled so that hours weighted by posts average to 1
        share = need / sum of need over subjects

    believed  teaching quality as C&I believes it, SD, (subjects, schools)
    Sources   P54, P55
    """
    need, share = needs(believed)
    ratio = need.mean(axis=0)
    return ratio * posts.sum() / (ratio @ posts), share


def needs(quality):
    """Need of PD by subject, clip(1 - quality, 0.3, 3), and each subject's share of it.

    quality  of teaching as somebody sees it, SD, (subjects, schools)
    """
    need = np.clip(1.0 - quality, 0.3, 3.0)
    return need, need / need.sum(axis=0)


def plan_fit(planned, wanted, p):
    """Use of PD hours as far as they fit the school's own plan, (subjects, schools).

        1 - off_plan * max(0, 1 - wanted / planned)

    Hours of a subject beyond what the school works on this year compete with its own work.

    planned, wanted  share of PD by subject, as the office plans and as the school does
    Sources          P53
    """
    return 1.0 - p.off_plan * np.maximum(0.0, 1.0 - wanted / np.maximum(planned, 1e-9))


def believed_from_scores(measured, spread):
    """Teaching quality read off test scores: standardised over schools (population SD) in each
    subject, times `spread` (score_spread).

    measured  last June's measured scores, (subjects, schools)
    """
    centred = measured - measured.mean(axis=1, keepdims=True)
    scale = np.maximum(measured.std(axis=1, keepdims=True), 1e-9)
    return spread * centred / scale


def school_means(values, teaches, first):
    """Mean over a school's teachers weighted by what they teach; 0 where nobody teaches it.

    values, teaches  (subjects, teachers); first: row of each school's first post
    """
    weight = np.add.reduceat(teaches, first, axis=1)
    return np.add.reduceat(values * teaches, first, axis=1) / np.maximum(weight, 1e-9)


def settled(fresh, practised, p):
    """What becomes of fresh knowledge in a month of four weeks.

        settling = min(0.8, settles + settles_practised * practised)        a week
        kept     = (1 - settling - forgetting)^4
        gain     = fresh * settling / (settling + forgetting) * (1 - kept)

    practised  hours of useful feedback a week, (teachers,)
    returns    gain of skill (subjects, teachers), kept share of fresh knowledge (teachers,)
    """
    settling = practised * p.settles_practised
    settling += p.settles
    np.minimum(settling, 0.8, out=settling)
    going = settling + p.forgetting
    kept = 1.0 - going
    for _ in range(2):
        kept *= kept  # squared twice: to the fourth
    settling /= going
    settling *= 1.0 - kept
    return fresh * settling, kept


def beliefs(state, p, draw):
    """What C&I believes of teaching in each school and subject, and of each teacher.

    test_scores       believed_from_scores of last June's scores; every teacher as the school
    teaching_quality  each teacher's skill + error * z (stream "development.rubric", keyed by
                      post, tick = year, slot = subject 0 to 2), error = rubric_error / mean clarity
                      of what good teaching is; schools: their means by what is taught; teachers:
                      reliability * observed + (1 - reliability) * school, reliability = 1 / (1 +
                      error^2)
    consulted         with consult_principals, schools' beliefs are then the mean of the above and
                      of what principals see; teachers' beliefs above use the result
    principals        see the true school mean + principal_error * z (stream
                      "development.principal", keyed by principalship, tick = year, slot = subject)
    capacity          where improvement plans assess capacity, schools write as well as they believe
                      in the use of it (plan_belief w): schools' beliefs are then (1 - w) of the
                      above and w of the true school mean + principal_error * z ("development.
                      capacity", keyed as before)
    each teacher      where improvement plans assess capacity (w as above) or HR and C&I place
                      together (w = 1), beliefs of a teacher move by w * reliability towards skill
                      + error * z ("development.staffing", keyed by post, tick and slots as before)
    Means over a school's posts include empty ones, with the skill of who held them last.
    returns           schools (3, schools), teachers (3, teachers), what principals see (3, schools)
    """
    teachers, chart = state.teachers, state.chart
    slots = np.arange(3)[:, None]
    clear = float(state.principals.clarity.mean())
    rubric_error = p.rubric_error / clear
    reliability = 1.0 / (1.0 + rubric_error**2)
    if p.pd.data == "test_scores":
        schools = believed_from_scores(state.schools.measured_score, p.score_spread)
        seen = None
    else:
        error = draw.normal("development.rubric", teachers.key, state.year, slots)
        seen = teachers.skill + rubric_error * error
        schools = school_means(seen, teachers.teaches, chart.first)
    error = draw.normal("development.principal", state.principals.key, state.year, slots)
    true = school_means(teachers.skill, teachers.teaches, chart.first)
    view = true + p.principal_error * error
    if p.pd.consult_principals:
        schools = (schools + view) / 2.0
    capacity = p.planning.improvement_plan == "capacity"
    if capacity:
        belief = state.principals.plan_belief
        error = draw.normal("development.capacity", state.principals.key, state.year, slots)
        schools = schools + belief * (true + p.principal_error * error - schools)
    each = np.repeat(schools, state.schools.posts, axis=1)
    if seen is not None:
        each = reliability * seen + (1.0 - reliability) * each
    if capacity or p.hr.joint_placement:
        error = draw.normal("development.staffing", teachers.key, state.year, slots)
        told = teachers.skill + rubric_error * error
        weight = 1.0 if p.hr.joint_placement else np.repeat(belief, state.schools.posts)
        each += weight * reliability * (told - each)
    return schools, each, view


def plan(state, p, draw):
    """The year's plan: hours ratio and subject shares by school, level of content by teacher.

        siloed   ratio 1, siloed_shares, content common_level
        tiered   tier_hours, a third each, content basic_level in the lowest tier, else common_level
        aligned  carried * (ratio and shares of aligned_plan, content = believed of the teacher +
                 stretch) + (1 - carried) * siloed, where carried = untrained + (1 - untrained) *
                 min(1, understanding of C&I / understands_at)

    believed of a teacher is the mean over subjects of what C&I believes. With joint_placement
    teachers are `excused` from subjects whose content is believed to fit them by less than
    excused_below (`match`). Schools work on subjects in the shares that `needs` gives for what
    their principals see; plan_fit of the year follows from these and from the planned shares (it is
    1 before the first plan). plan_used = carried of an aligned plan where improvement plans assess
    capacity, else 0.

    pd_quality = min(1, training_share * C&I's development hours this week * 40 / (preparation /
    group * planned teacher hours)), where planned teacher hours = sum over filled posts and
    subjects of the hours that the plan gives to those not excused, with `dose` (see step).
    """
    schools, teachers, chart = state.schools, state.teachers, state.chart
    schools.believed_quality, each, view = beliefs(state, p, draw)
    siloed = siloed_shares(p.pd.first_subject, p.pd.first_share)[:, None]
    ratio, shares, content = np.ones(len(schools)), siloed, p.common_level
    used = 0.0
    if p.pd.allocation == "tiered":
        ratio, lowest = tier_hours(schools.measured_score.mean(axis=0), schools.posts, p)
        shares = 1.0 / 3.0
        content = np.where(lowest, p.basic_level, p.common_level)[teachers.school]
    elif p.pd.allocation == "aligned":
        understood = min(1.0, state.units.understanding[CURRICULUM] / p.understands_at)
        carried = p.untrained + (1.0 - p.untrained) * understood
        used = carried * (p.planning.improvement_plan == "capacity")
        ratio, shares = aligned_plan(schools.believed_quality, schools.posts)
        ratio = carried * ratio + (1.0 - carried)
        shares = carried * shares + (1.0 - carried) * siloed
        content = carried * (each + p.stretch) + (1.0 - carried) * p.common_level
    schools.planned_ratio[:] = ratio
    schools.planned_share[:] = shares
    schools.plan_fit = plan_fit(schools.planned_share, needs(view)[1], p)
    teachers.content[:] = content
    state.district.plan_used[:] = used
    teachers.believed = each.mean(axis=0)
    chart.excusing = p.hr.joint_placement
    if chart.excusing:
        teachers.excused = match(each, teachers.content, p.width) < p.excused_below
    else:
        teachers.excused[:] = False
    hours = p.pd.days * p.day_hours * ratio * schools.planned_share
    going = chart.dose * teachers.filled
    if chart.excusing:
        going *= ~teachers.excused
    given = np.add.reduceat(going, chart.first, axis=1)
    asked = np.vdot(hours, given)
    trainers = p.training_share * state.staff.hours[DEVELOPMENT, chart.unit_staff].sum() * 40.0
    needed = asked * p.preparation / p.group
    state.district.pd_quality[:] = min(1.0, trainers / needed) if needed > 0 else 1.0
    consulted = p.consulting_hours / 4.0 if p.pd.consult_principals else 0.0
    state.principals.consulting[:] = consulted


def deliver(state, p):
    """Give this week's PD hours (teachers.development, decided last week) to filled posts.

        fit    = match(skill, content, width) * plan_fit of the school, each subject
        fresh += rate * (1 - with_substitutes * (1 - substitutes_filled)) * pd_quality * hours * fit
        skill -= wasted_cost * hours * (1 - fit), where content is below skill

    Sums of the year: pd_hours += hours, pd_matched += hours where fit is a half or more, pd_wasted
    += hours * (1 - fit).
    """
    teachers, district = state.teachers, state.district
    hours = teachers.development * teachers.filled
    fit = match(teachers.skill, teachers.content, p.width)
    fit *= np.repeat(state.schools.plan_fit, state.schools.posts, axis=1)
    fits = fit >= 0.5
    fit *= hours  # hours that fit
    wasted = hours - fit
    given = hours.sum()
    district.pd_hours += given
    district.pd_wasted += given - fit.sum()
    hours *= fits
    district.pd_matched += hours.sum()
    attended = 1.0 - p.with_substitutes * (1.0 - p.substitutes_filled)
    fit *= p.rate * attended * float(district.pd_quality[0])
    teachers.fresh += fit
    wasted *= p.wasted_cost
    wasted *= teachers.content < teachers.skill
    teachers.skill -= wasted


def course(state, p):
    """A week's hours of a course held by outsiders, past C&I.

        hours  = hours on the course (`outside`) * [the post teaches course_subject], or * teaches
                 for "all"
        fit    = match(skill, course_level, width), each subject
        fresh += rate * hours * fit
        skill -= wasted_cost * hours * (1 - fit), where course_level is below skill

    Not counted among the district's PD hours, and not bound to its trainers (pd_quality).
    Sources  F603, F605
    """
    teachers = state.teachers
    hours = subject_shares(p.pd.course_subject, teachers.teaches)
    hours = hours * teachers.outside[COURSE]
    fit = match(teachers.skill, p.course_level, p.width)
    teachers.fresh += p.rate * hours * fit
    wasted = p.wasted_cost * hours * (1.0 - fit)
    teachers.skill -= np.where(p.course_level < teachers.skill, wasted, 0.0)


def step(state, p, draw):
    """One week.

    0. In week 0 of the year its PD sums restart and `plan` is made (before the first plan, in the
       warm-up, every subject has a third of the same hours, at content level 0). Principals who are
       consulted have `consulting` consulting_hours / 4 until week 8, which time_use counts in weeks
       4 to 7.
    1. In a week with PD hours: `deliver` (fit and loss from skill as it stands); then in term,
       where there is an outside course: `course`.
    2. In the last week of a month (week of the run mod 4 is 3): gain, kept = settled(fresh,
       practised); fresh = fresh * kept; skill = skill + gain - 4 * depreciation * (skill - floor).
    3. Hours of next week (second weeks of months of term, see `events`): sum over its events of
       event_hours * planned_ratio * planned_share * dose; dose of a post is 1 in each subject for
       generalists, 3 in the subject of a specialist of one of the three, else 0, so that every
       kind of teacher has the same mean hours; none where excused. Where a teacher would have more
       than most_week hours in a week, all subjects shrink alike.
    """
    teachers, schools, chart = state.teachers, state.schools, state.chart
    week, district = state.week_of_year, state.district
    if week == PLAN_WEEK:
        district.pd_hours[:] = district.pd_matched[:] = district.pd_wasted[:] = 0.0
        plan(state, p, draw)
    elif week == PLAN_WEEK + 8:
        state.principals.consulting[:] = 0.0
    if chart.pd_this_week:
        deliver(state, p)
    if state.in_term and chart.outside:
        course(state, p)
    if state.week % 4 == 3:
        gain, kept = settled(teachers.fresh, teachers.practised, p)
        teachers.fresh *= kept
        lost = teachers.skill - teachers.floor
        lost *= 4.0 * p.depreciation
        gain -= lost
        teachers.skill += gain
    if week == PLAN_WEEK or chart.new_levers or chart.pd_events is None:
        chart.pd_events = events(p.pd.days)
    coming = chart.pd_events.get(week + 1, ())
    if coming:
        hours = sum(event_hours(event, p.pd.days, p.day_hours) for event in coming)
        hours = hours * schools.planned_ratio * schools.planned_share
        each = np.repeat(hours, schools.posts, axis=1)
        each *= chart.dose
        if chart.excusing:
            each *= ~teachers.excused
        if 3.0 * hours.max() > p.most_week:  # else nobody has so many
            each *= np.minimum(1.0, p.most_week / np.maximum(each.sum(axis=0), 1e-9))
        teachers.development = each
    elif chart.pd_this_week:
        teachers.later("development")
    chart.pd_this_week = bool(coming)
