"""Schools: what goes on in a school, and what its pupils learn.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

from .twin_hiring import IN_HR, WITH_PRINCIPAL
from .twin_principals import Principal
from .twin_teachers import SUBJECTS, Teacher
from .twin_units import MONTH, clip, next_behaviour

LABEL = 1.0  # of understanding


class School(mesa.Agent):
    """A school with its principal, teachers and pupils."""

    def __init__(self, model, state, row):
        super().__init__(model)
        schools = state.schools
        self.row, self.level = row, int(schools.level[row])
        self.assistants = float(schools.assistants[row])
        self.applicant_pull = float(schools.applicant_pull[row])
        self.color_lead = float(state.chart.color_lead[row])
        self.enrolment = float(schools.enrolment[row])
        self.low_income = float(schools.low_income[row])
        self.students_of_color = float(schools.students_of_color[row])
        self.poverty_quartile = int(schools.poverty_quartile[row])
        self.travel = float(state.chart.travel[row])
        self.base_score = [[float(v) for v in pair] for pair in schools.base_score[:, :, row]]
        self.score = [[float(v) for v in pair] for pair in schools.score[:, :, row]]
        names = ("measured_score", "lasting_gain", "growth", "quality", "planned_share", "plan_fit")
        for name in (*names, "believed_quality", "lasting_response"):
            setattr(self, name, [float(v) for v in getattr(schools, name)[:, row]])
        for name in ("planned_ratio", "behaviour", "responsiveness", "decided", "left"):
            setattr(self, name, float(getattr(schools, name)[row]))
        self.in_post = 0  # teachers in post this week
        self.principal = Principal(model, self, state.principals, row)
        first, posts = int(schools.first[row]), int(schools.posts[row])
        rows = range(first, first + posts)
        self.teachers = [Teacher(model, self, state.teachers, each) for each in rows]

    def lever(self, value):
        """A lever that may differ between schools."""
        return float(value[self.row]) if hasattr(value, "shape") and value.shape else value

    def spend_week(self, p, w):
        """Everybody's hours at the school in week w of the plan."""
        principal = self.principal
        principal.spend_week(p, w)
        if not self.model.in_term:
            for teacher in self.teachers:
                teacher.rest()
            return
        self.in_post = sum(teacher.filled for teacher in self.teachers)
        observed = principal.hours["instruction"] * p.feedback_share
        shared = observed * (1 + p.assistants_observe * self.assistants) + principal.skip_hours
        principal.feedback = min(p.most_feedback, shared / max(1, self.in_post))
        for teacher in self.teachers:
            teacher.spend_week(p, principal.feedback)

    def give_feedback(self, p):
        """A week of feedback; useful hours add up over the month."""
        principal = self.principal
        elements = self.lever(p.standards.elements)
        together = principal.feedback * self.in_post
        covered = elements / (elements + p.covers_half)
        minutes = 60 * principal.feedback * (52 / 12) / elements
        mixed = float(principal.skip_hours > 0)
        if together > 0:
            mixed = min(1.0, principal.skip_hours / together)
        sharp = covered * minutes / (minutes + p.minutes_half)
        depth = max(0.0, 1 + p.depth_by_leadership * principal.leadership)
        sharp *= principal.clarity * depth
        principal.sharpness = sharp * (1 - p.mixed_messages * mixed)
        principal.practised += principal.feedback * principal.sharpness

    def use_feedback(self, p):
        """At the end of a month of school, all teachers make use of what they heard."""
        principal = self.principal
        for teacher in self.teachers:
            teacher.hear(p, principal.leadership, principal.practised)
        principal.practised = 0.0

    def share_definition(self, p, least):
        """How far good teaching means the same to all, a month on."""
        principal, wanted = self.principal, 1.0
        if p.standards.joint:
            acts = clip((least - LABEL) / (p.acts_at - LABEL), 0.0, 1.0)
            wanted += (1 / p.shared_alone - 1) * acts
        principal.clarity += MONTH * p.joint_pace * (wanted - principal.clarity)

    def count_vacancies(self):
        """What waits in HR for the school, and for its principal."""
        vacancies = [post.vacancy for post in self.teachers if post.vacancy]
        waiting = [each.work_left for each in vacancies if each.stage == WITH_PRINCIPAL]
        self.principal.queue_in_hr = float(sum(1 for each in vacancies if each.stage == IN_HR))
        self.principal.files_left = sum(waiting, 0.0)

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
        self.quality = self.mean_by_subject([teacher.teach(p) for teacher in self.teachers])
        for s in SUBJECTS:
            self.growth[s] = effects[s] * self.quality[s]
            self.lasting_gain[s] = p.persistence * self.lasting_gain[s] + self.growth[s]
            suited = effects[s] * self.responsiveness
            self.lasting_response[s] = p.persistence * self.lasting_response[s] + suited
            low, other = (base + self.lasting_gain[s] for base in self.base_score[s])
            low += self.lasting_response[s]
            self.score[s] = [low, other]
            mean = self.low_income * low + (1 - self.low_income) * other
            error = p.pupil_error / math.sqrt(self.enrolment) * pupils_z[s]
            self.measured_score[s] = mean + error + p.school_error * day_z[s]

    def rate_principal(self, p, z):
        """Teachers' survey of the principal."""
        seen = self.principal.leadership + p.rating_error * z
        self.principal.rating = clip(3 + 0.6 * seen, 1.0, 5.0)

    def behave(self, p, carried, hold):
        """Teachers' equity behaviour a month on, and how far teaching suits all pupils."""
        hours = self.lever(p.equity.training_hours) if self.model.in_term else 0.0
        gained = p.train_rate * MONTH * hours / 40 * hold
        self.behaviour = next_behaviour(self.behaviour, carried, gained, p)
        unchanged = clip(1 - self.behaviour / p.closes_at, 0.0, 1.0)
        policies = self.model.agenda.policies / p.start_policies
        self.responsiveness = -p.practice_harm * unchanged - p.policy_harm * policies
