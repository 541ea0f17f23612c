"""Schools: principals, teachers and what pupils learn.

Written from the model's description alone; see `twin.py`.
"""

import math
from types import SimpleNamespace

import mesa

from districtsim.world.state import PRINCIPAL_TASKS, TEACHER_TASKS, TERM_WEEKS

from .twin_office import MONTH, clip

SUBJECTS = range(3)


def at_school(value, row):
    """A lever that may differ between schools."""
    return float(value[row]) if hasattr(value, "shape") and value.shape else value


class Principal(mesa.Agent):
    """The principal of a school."""

    def __init__(self, model, school, principals, row):
        super().__init__(model)
        self.school, self.supervisor, self.rank = school, None, 0
        names = ("leadership", "own_leadership", "rating", "supervisor_rating", "need", "support")
        names += ("network", "stored", "continuity", "fill_in", "asked", "consulting")
        names += ("queue_in_hr", "files_left", "skip_hours", "recovered", "level_match")
        for name in names:
            setattr(self, name, float(getattr(principals, name)[row]))
        self.feedback = self.practised = self.sharpness = 0.0
        self.troubles, self.liaison = [], []
        self.liaison_left, self.visits = [0.0] * MONTH, [None] * MONTH  # by week of the month
        self.plan = None
        self.hours = dict.fromkeys(PRINCIPAL_TASKS, 0.0)
        self.budget = 0.0

    def ask(self, p):
        """Hours that HR and operations leave to the supervisor in each week of the month."""
        model = self.model
        waiting = p.hr_calls + p.fill_in_hours * self.queue_in_hr
        self.asked = waiting * (1 - model.human_resources.service)
        each = p.liaison_hours * (1 - model.operations.service)
        self.liaison = [each * trouble for trouble in self.troubles]

    def plan_month(self, p):
        """What can be foreseen until the end of the month."""
        model, term = self.model, self.model.in_term
        drag = 1 + p.operations_drag * (1 - model.operations.service)
        first_drag = 1 + p.operations_drag * model.unanswered_at_start
        share = p.instruction_share + p.instruction_by_leadership * self.leadership
        plan = self.plan = SimpleNamespace()
        plan.operations = [
            p.operations_hours * drag * trouble + left
            for trouble, left in zip(self.troubles, self.liaison_left)
        ]
        plan.recovered = [
            p.operations_hours * first_drag * trouble - operations
            for trouble, operations in zip(self.troubles, plan.operations)
        ]
        plan.evaluation = p.evaluation_week if term else 0.0
        plan.students = p.students_hours if term else 0.0
        plan.meetings = p.meeting_hours
        if MONTH <= model.week_of_year < 2 * MONTH:
            plan.meetings += self.consulting
        plan.instruction = clip(share, 0.05, 0.8) if term else 0.0

    def spend_week(self, p, w):
        """Week w of the plan: staffing comes first, then instruction and the rest."""
        plan, tasks = self.plan, self.hours
        self.budget = p.principal_week if self.model.in_term else p.principal_summer_week
        self.support, self.network, self.skip_hours, self.fill_in = self.visits[w]
        self.recovered = plan.recovered[w]
        follow_up = p.hr_follow_up * (1 - self.model.human_resources.service)
        asked = {
            "operations": plan.operations[w],
            "hiring": min(self.files_left, p.most_hiring) + follow_up,
            "evaluation": plan.evaluation,
            "meetings": plan.meetings,
        }
        tasks["supervision"] = self.support + self.network
        tasks["students"] = plan.students
        room = self.budget - tasks["supervision"] - plan.students
        total = sum(asked.values())
        kept = min(1.0, room / total)
        for task, hours in asked.items():
            tasks[task] = hours * kept
        free = max(0.0, room - total)
        tasks["instruction"] = free * plan.instruction
        tasks["other"] = free - tasks["instruction"]

    def store_support(self, p):
        """This week's support is stored as absorbed, and contact is kept fresh."""
        use = p.without_continuity + (1 - p.without_continuity) * self.continuity
        if self.model.in_term:
            self.stored += absorbed(self.support, p.saturation) * use
        kept = self.continuity * (1 - p.forget)
        self.continuity = kept + (1 - kept) * min(1.0, p.refresh * self.support)

    def gain(self, p):
        """SD of leadership gained from what was stored, which is then used up."""
        guide = self.supervisor
        matched = p.other_level + (1 - p.other_level) * self.level_match
        room = clip((guide.skill + p.reach - self.leadership) / p.reach, 0.0, 1.0)
        skilled = max(0.0, 1 + p.skill_effect * guide.skill)
        found = p.rate * self.stored * guide.moves(p) * skilled * matched * room
        self.stored = 0.0
        return found

    def month_change(self, p, source):
        """SD of leadership from going back to the own level and from networks, in a month."""
        change = p.return_rate * (self.own_leadership - self.leadership)
        if source is not None:
            stars = p.supervision.networks == "stars"
            moves = p.star_moves if stars else p.peer_moves
            room = clip((source - self.leadership) / p.reach, 0.0, 1.0)
            change += p.rate * absorbed(self.network, p.saturation) * moves * room
        return MONTH * change

    def rate_supervisor(self, p, z):
        """Rate the supervisor, 1 to 5."""
        seen = clip(0.3 + 0.7 * self.continuity * self.supervisor.moves(p), 0.0, 1.0)
        self.supervisor_rating = clip(1 + 4 * seen + p.survey_error * z, 1.0, 5.0)


def absorbed(hours, saturation):
    """Hours of support that a principal can use in a week."""
    return hours / (1 + hours / saturation)


class Teacher(mesa.Agent):
    """A teacher in a post."""

    def __init__(self, model, school, teachers, row):
        super().__init__(model)
        self.school = school
        for name in ("teaches", "skill", "floor", "fresh", "content", "development"):
            setattr(self, name, [float(value) for value in getattr(teachers, name)[:, row]])
        self.dose = [float(value) for value in model.chart.dose[:, row]]
        self.experience = float(teachers.experience[row])
        self.late_weeks = float(teachers.late_weeks[row])
        self.filled = bool(teachers.filled[row])
        self.practised = 0.0
        self.hours = dict.fromkeys(TEACHER_TASKS, 0.0)
        self.budget = 0.0

    def spend_week(self, p, feedback):
        """Hours by task in term; none in an empty post."""
        if not self.filled:
            self.rest()
            return
        hours = self.hours
        development = sum(self.development)
        teaching = p.teaching_hours - p.covered_by_substitutes * development
        hours["development"], hours["feedback"] = development, feedback
        hours["teaching"] = teaching
        hours["planning"] = p.teacher_week - teaching - development - feedback
        self.budget = p.teacher_week

    def rest(self):
        """Hours by task in summer: none."""
        if self.budget:
            self.hours = dict.fromkeys(TEACHER_TASKS, 0.0)
            self.budget = 0.0

    def hear(self, p, leadership, useful):
        """A month's useful hours of feedback move skill, as far as the view is worth something."""
        if not self.filled:
            self.practised = 0.0
            return
        self.practised = useful / MONTH
        skill, teaches, gain = self.skill, self.teaches, p.rate * useful
        for s in SUBJECTS:
            worth = clip((leadership + p.tolerance - skill[s]) / p.tolerance, -p.harm, 1.0)
            skill[s] += gain * worth * teaches[s]

    def settle(self, p):
        """A month: fresh knowledge becomes skill or is forgotten; skill without upkeep declines."""
        skill, fresh, floor = self.skill, self.fresh, self.floor
        settling = min(0.8, p.settles + p.settles_practised * self.practised)
        kept = (1 - settling - p.forgetting) ** MONTH
        settled = settling / (settling + p.forgetting) * (1 - kept)
        for s in SUBJECTS:
            gain = fresh[s] * settled
            fresh[s] *= kept
            skill[s] += gain - MONTH * p.depreciation * (skill[s] - floor[s])

    def quality(self, p):
        """Teaching that pupils got this year, by subject."""
        if not self.filled:
            return [p.substitute] * 3
        years = self.experience
        behind = p.beginner if years < 1 else p.early if years < 3 else 0.0
        late = self.late_weeks / TERM_WEEKS
        return [late * p.substitute + (1 - late) * (skill - behind) for skill in self.skill]


class School(mesa.Agent):
    """A school with its principal, teachers and pupils."""

    def __init__(self, model, state, row):
        super().__init__(model)
        schools = state.schools
        self.row, self.level = row, int(schools.level[row])
        self.enrolment = float(schools.enrolment[row])
        self.low_income = float(schools.low_income[row])
        self.students_of_color = float(schools.students_of_color[row])
        self.poverty_quartile = int(schools.poverty_quartile[row])
        self.travel = float(state.chart.travel[row])
        self.base_score = [[float(v) for v in pair] for pair in schools.base_score[:, :, row]]
        self.score = [[float(v) for v in pair] for pair in schools.score[:, :, row]]
        names = ("measured_score", "lasting_gain", "growth", "quality", "planned_share")
        for name in (*names, "believed_quality"):
            setattr(self, name, [float(v) for v in getattr(schools, name)[:, row]])
        self.planned_ratio = float(schools.planned_ratio[row])
        self.in_post = 0  # teachers in post this week
        self.principal = Principal(model, self, state.principals, row)
        first, posts = int(schools.first[row]), int(schools.posts[row])
        rows = range(first, first + posts)
        self.teachers = [Teacher(model, self, state.teachers, each) for each in rows]

    def spend_week(self, p, w):
        """Everybody's hours at the school in week w of the plan."""
        principal = self.principal
        principal.spend_week(p, w)
        if not self.model.in_term:
            for teacher in self.teachers:
                teacher.rest()
            return
        self.in_post = sum(teacher.filled for teacher in self.teachers)
        shared = principal.hours["instruction"] * p.feedback_share + principal.skip_hours
        principal.feedback = min(p.most_feedback, shared / self.in_post)
        for teacher in self.teachers:
            teacher.spend_week(p, principal.feedback)

    def give_feedback(self, p):
        """A week of feedback; useful hours add up over the month."""
        principal = self.principal
        elements = at_school(p.standards.elements, self.row)
        together = principal.feedback * self.in_post
        covered = elements / (elements + p.covers_half)
        minutes = 60 * principal.feedback * (52 / 12) / elements
        mixed = min(1.0, principal.skip_hours / together) if together > 0 else 0.0
        sharp = covered * minutes / (minutes + p.minutes_half)
        principal.sharpness = sharp * (1 - p.mixed_messages * mixed)
        principal.practised += principal.feedback * principal.sharpness

    def use_feedback(self, p):
        """At the end of a month of school, all teachers make use of what they heard."""
        principal = self.principal
        for teacher in self.teachers:
            teacher.hear(p, principal.leadership, principal.practised)
        principal.practised = 0.0

    def mean_by_subject(self, values):
        """Mean of teachers' values by subject, weighted by what they teach."""
        found = []
        for s in SUBJECTS:
            taught = sum(teacher.teaches[s] for teacher in self.teachers)
            total = sum(
                value[s] * teacher.teaches[s] for value, teacher in zip(values, self.teachers)
            )
            found.append(total / taught if taught > 0 else 0.0)
        return found

    def has_subject(self, s):
        """Whether somebody at the school teaches the subject."""
        return any(teacher.teaches[s] > 0 for teacher in self.teachers)

    def learn(self, p, pupils_z, day_z):
        """June: what pupils learned this year, and what tests see of it."""
        effects = (p.mathematics_effect, p.ela_effect, p.science_effect)
        self.quality = self.mean_by_subject([teacher.quality(p) for teacher in self.teachers])
        for s in SUBJECTS:
            self.growth[s] = effects[s] * self.quality[s]
            self.lasting_gain[s] = p.persistence * self.lasting_gain[s] + self.growth[s]
            low, other = (base + self.lasting_gain[s] for base in self.base_score[s])
            self.score[s] = [low, other]
            mean = self.low_income * low + (1 - self.low_income) * other
            error = p.pupil_error / math.sqrt(self.enrolment) * pupils_z[s]
            self.measured_score[s] = mean + error + p.school_error * day_z[s]

    def rate_principal(self, p, z):
        """Teachers' survey of the principal."""
        seen = self.principal.leadership + p.rating_error * z
        self.principal.rating = clip(3 + 0.6 * seen, 1.0, 5.0)
