"""PD: the curriculum and instruction unit plans the year's professional development and gives it.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

from .twin_teachers import SUBJECTS
from .twin_units import MONTH, clip

NAMES = ("mathematics", "ela", "science")
MONTHS_OF_TERM = 10


def match(skill, content, width):
    """How well content fits a teacher, 0 to 1."""
    gap = (skill - content) / width
    return (1 - gap * gap) ** 2 if abs(gap) < 1 else 0.0


def scaled(ratios, posts):
    """Ratios of schools scaled so that hours weighted by posts average to 1."""
    mean = sum(r * n for r, n in zip(ratios, posts)) / sum(posts)
    return [ratio / mean for ratio in ratios]


class CurriculumOffice(mesa.Agent):
    """C&I as it plans and gives professional development."""

    def __init__(self, model):
        super().__init__(model)
        self.quality = 1.0
        self.giving = False  # whether anybody has PD this week
        self.hours = self.matched = self.wasted = 0.0

    def plan(self, p):
        """The year's plan: hours, shares by subject, level of content."""
        model, schools = self.model, self.model.schools
        views = self.views_of_principals("development.principal", p)
        believed, believed_teachers = self.beliefs(p, views)
        for school, values in zip(schools, believed):
            school.believed_quality = values
        ratios, shares, content = self.siloed(p)
        used = 0.0
        if p.pd.allocation == "tiered":
            ratios, shares, content = self.tiered(p)
        elif p.pd.allocation == "aligned":
            understood = min(1.0, model.curriculum.understanding / p.understands_at)
            carried = p.untrained + (1 - p.untrained) * understood
            used = carried if p.planning.improvement_plan == "capacity" else 0.0
            best = self.aligned(p, believed, believed_teachers)
            ratios = mixed(carried, best[0], ratios)
            shares = [mixed(carried, a, b) for a, b in zip(best[1], shares)]
            content = [
                [mixed(carried, a, b) for a, b in zip(best_school, school)]
                for best_school, school in zip(best[2], content)
            ]
        model.agenda.plan_used = used
        planned = 0.0
        for row, school in enumerate(schools):
            ratio, share = ratios[row], shares[row]
            hours = ratio * school.lever(p.pd.days) * p.day_hours
            school.planned_ratio, school.planned_share = ratio, share
            needs = [clip(1 - value, 0.3, 3.0) for value in views[row]]
            school.plan_fit = [
                1 - p.off_plan * max(0.0, 1 - need / sum(needs) / planned_share)
                for need, planned_share in zip(needs, share)
            ]
            for teacher, level, belief in zip(
                school.teachers, content[row], believed_teachers[row]
            ):
                teacher.content, teacher.believed = level, sum(belief) / 3
                teacher.excused = [
                    p.hr.joint_placement and match(belief[s], level[s], p.width) < p.excused_below
                    for s in SUBJECTS
                ]
                if teacher.filled:
                    planned += sum(
                        hours * share[s] * teacher.dose[s]
                        for s in SUBJECTS
                        if not teacher.excused[s]
                    )
        self.quality = self.trainers(p, planned)

    def events_in(self, p, week):
        """Numbers of the PD events in this week of the year."""
        n = math.ceil(max(school.lever(p.pd.days) for school in self.model.schools))
        return [e for e in range(n) if MONTH * math.floor(MONTHS_OF_TERM * e / n) + 1 == week]

    def trainers(self, p, planned):
        """Share of PD that finds a trainer."""
        if planned <= 0:
            return 1.0
        hours = sum(each.hours["development"] for each in self.model.curriculum.filled)
        return min(1.0, p.training_share * hours * 40 / (p.preparation / p.group * planned))

    def siloed(self, p):
        """The first subject takes its share; the same hours and content for all."""
        rest = (1 - p.pd.first_share) / 2
        share = [p.pd.first_share if name == p.pd.first_subject else rest for name in NAMES]
        schools = self.model.schools
        content = [[[p.common_level] * 3 for _ in school.teachers] for school in schools]
        return [1.0] * len(schools), [list(share) for _ in schools], content

    def tiered(self, p):
        """Hours by tiers of test scores."""
        schools = self.model.schools
        tiers = (p.tier_first, p.tier_second, p.tier_third, p.tier_fourth)
        order = sorted(schools, key=lambda each: (sum(each.measured_score) / 3, each.row))
        tier = {school: math.floor(4 * i / len(schools)) for i, school in enumerate(order)}
        ratios = scaled([tiers[tier[s]] for s in schools], [len(s.teachers) for s in schools])
        content = []
        for school in schools:
            level = p.common_level if tier[school] else p.basic_level
            content.append([[level] * 3 for _ in school.teachers])
        return ratios, [[1 / 3] * 3 for _ in schools], content

    def aligned(self, p, believed, believed_teachers):
        """Hours, subjects and content where PD is believed to give most."""
        needs = [[clip(1 - value, 0.3, 3.0) for value in school] for school in believed]
        posts = [len(school.teachers) for school in self.model.schools]
        ratios = scaled([sum(need) / 3 for need in needs], posts)
        shares = [[each / sum(need) for each in need] for need in needs]
        content = [
            [[value + p.stretch for value in teacher] for teacher in school]
            for school in believed_teachers
        ]
        return ratios, shares, content

    def beliefs(self, p, seen_by_principals):
        """What C&I believes of teaching: by school, and by teacher of each school."""
        model, error = self.model, self.rubric_error(p)
        reliability = 1 / (1 + error**2)
        observed = None
        if p.pd.data == "teaching_quality":
            observed = self.observed("development.rubric", error)
            pairs = zip(model.schools, observed)
            schools = [school.mean_by_subject(values) for school, values in pairs]
        else:
            schools = self.read_off_scores(p)
        if p.pd.consult_principals:
            pairs = zip(seen_by_principals, schools)
            schools = [mixed(0.5, view, before) for view, before in pairs]
        capacity = p.planning.improvement_plan == "capacity"
        if capacity:
            views = self.views_of_principals("development.capacity", p)
            schools = [
                mixed(school.principal.plan_belief, view, before)
                for school, view, before in zip(model.schools, views, schools)
            ]
        if observed is None:
            teachers = [
                [list(values)] * len(school.teachers)
                for school, values in zip(model.schools, schools)
            ]
        else:
            teachers = [
                [mixed(reliability, seen, believed) for seen in values]
                for believed, values in zip(schools, observed)
            ]
        if capacity or p.hr.joint_placement:
            seen = self.observed("development.staffing", error)
            for school, believed, values in zip(model.schools, teachers, seen):
                known = 1.0 if p.hr.joint_placement else school.principal.plan_belief
                believed[:] = [
                    mixed(known * reliability, value, before)
                    for value, before in zip(values, believed)
                ]
        return schools, teachers

    def rubric_error(self, p):
        """Error of one teacher's observed quality, less where good teaching is clear, SD."""
        clarity = [principal.clarity for principal in self.model.principals]
        return p.rubric_error / (sum(clarity) / len(clarity))

    def read_off_scores(self, p):
        """Teaching quality read off last June's scores, standardised over schools."""
        schools = self.model.schools
        found = [[0.0] * 3 for _ in schools]
        for s in SUBJECTS:
            scores = [school.measured_score[s] for school in schools]
            mean = sum(scores) / len(scores)
            spread = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
            for row, score in enumerate(scores):
                found[row][s] = p.score_spread * (score - mean) / spread if spread else 0.0
        return found

    def observed(self, stream, error):
        """Teaching as observed with an error, by teacher of each school."""
        model = self.model
        z = model.normal_by_subject(stream, model.teacher_keys, model.year)
        return [
            [[each.skill[s] + error * z[s][each.row] for s in SUBJECTS] for each in school.teachers]
            for school in model.schools
        ]

    def views_of_principals(self, stream, p):
        """Principals' view of the teaching in their school, by school and subject."""
        model = self.model
        z = model.normal_by_subject(stream, model.principal_keys, model.year)
        found = []
        for row, school in enumerate(model.schools):
            true = school.mean_by_subject([teacher.skill for teacher in school.teachers])
            found.append([true[s] + p.principal_error * z[s][row] for s in SUBJECTS])
        return found

    def deliver(self, p):
        """Give this week's PD hours."""
        attended = 1 - p.with_substitutes * (1 - p.substitutes_filled)
        for school in self.model.schools:
            for teacher in school.teachers:
                for s in SUBJECTS if teacher.filled else ():
                    hours = teacher.development[s]
                    if not hours:
                        continue
                    skill, content = teacher.skill[s], teacher.content[s]
                    fits = match(skill, content, p.width) * school.plan_fit[s]
                    teacher.fresh[s] += p.rate * hours * fits * self.quality * attended
                    lost = hours * (1 - fits)
                    if content < skill:
                        teacher.skill[s] -= p.wasted_cost * lost
                    self.hours += hours
                    self.matched += hours if fits >= 0.5 else 0.0
                    self.wasted += lost

    def set_next_week(self, p):
        """PD hours of every teacher next week."""
        week = self.model.week_of_year + 1
        events = self.events_in(p, week) if week % MONTH == 1 else []
        if not events and not self.giving:
            return
        self.giving = bool(events)
        for school in self.model.schools:
            days = school.lever(p.pd.days)
            hours = sum(p.day_hours * clip(days - event, 0.0, 1.0) for event in events)
            each = [hours * school.planned_ratio * share for share in school.planned_share]
            for teacher in school.teachers:
                wanted = [
                    0.0 if away else hours * dose
                    for hours, dose, away in zip(each, teacher.dose, teacher.excused)
                ]
                shrink = min(1.0, p.most_week / max(sum(wanted), 1e-9))
                teacher.development = [hours * shrink for hours in wanted]


def mixed(share, one, other):
    """A mix of two numbers or of two lists of numbers."""
    if isinstance(one, list):
        return [share * a + (1 - share) * b for a, b in zip(one, other)]
    return share * one + (1 - share) * other
