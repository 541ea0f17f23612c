"""Teachers: teaching posts and those who hold them.

Written from the model's description alone; see `twin.py`.
"""

from types import SimpleNamespace

import mesa

from districtsim.world.state import TEACHER_TASKS, TERM_WEEKS

from .twin_units import MONTH, chance_of, clip, log_odds

SUBJECTS = range(3)
NOBODY = -1


class Teacher(mesa.Agent):
    """A teaching post with the teacher who holds it, or with its vacancy."""

    def __init__(self, model, school, teachers, row):
        super().__init__(model)
        self.school, self.row = school, row
        for name in ("teaches", "skill", "floor", "fresh", "content", "development"):
            setattr(self, name, [float(value) for value in getattr(teachers, name)[:, row]])
        self.kind = "other"
        if sum(self.teaches) > 0:
            self.kind = self.teaches.index(1.0) if 1.0 in self.teaches else "generalist"
        self.dose = [3.0 if self.kind == s else float(self.kind == "generalist") for s in SUBJECTS]
        self.experience = float(teachers.experience[row])
        self.of_color = bool(teachers.of_color[row])
        self.late_weeks = float(teachers.late_weeks[row])
        self.filled, self.holder = bool(teachers.filled[row]), 0
        self.leaving = self.moving = False
        self.notice_week, self.vacancy, self.successor = NOBODY, None, None
        self.believed, self.excused = 0.0, [False] * 3
        self.practised = 0.0
        self.quality, self.growth = [0.0] * 3, [0.0] * 3
        self.outside = [0.0] * 3  # hours with a coach, with a colleague, on a course
        self.hours = dict.fromkeys(TEACHER_TASKS, 0.0)
        self.budget = 0.0

    def take_over(self, person):
        """Somebody takes the post and brings what a person brings."""
        self.skill, self.floor = list(person.skill), list(person.floor)
        self.fresh = list(person.fresh)
        self.experience, self.of_color = person.experience, person.of_color
        self.filled, self.holder = True, self.holder + 1

    def person(self):
        """What the holder of the post would take along to another."""
        return SimpleNamespace(
            skill=self.skill, floor=self.floor, fresh=self.fresh,
            experience=self.experience, of_color=self.of_color,
        )  # fmt: skip

    def spend_week(self, p, feedback):
        """Hours by task in term; none in an empty post."""
        if not self.filled:
            self.rest()
            return
        hours = self.hours
        development = sum(self.development)
        teaching = p.teaching_hours - p.covered_by_substitutes * development
        levers = (p.pd.coaching_hours, p.pd.peer_hours, p.pd.course_hours)
        self.outside = [self.lever(hours) for hours in levers]
        course = self.outside[2]
        feedback += self.outside[0] + self.outside[1]
        hours["development"], hours["feedback"] = development + course, feedback
        hours["teaching"] = teaching
        hours["planning"] = p.teacher_week - teaching - development - course - feedback
        self.budget = p.teacher_week

    def rest(self):
        """Hours by task in summer: none."""
        self.outside = [0.0] * 3
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

    def lever(self, value):
        """A lever that may differ between teachers."""
        return value[self.row].item() if hasattr(value, "shape") and value.shape else value

    def teach(self, p):
        """June: the teaching that pupils got this year, and what they gained by it."""
        effects = (p.mathematics_effect, p.ela_effect, p.science_effect)
        self.quality = self.teaching(p)
        self.growth = [effect * taught for effect, taught in zip(effects, self.quality)]
        return self.quality

    def teaching(self, p):
        """Teaching that pupils got this year, by subject."""
        if not self.filled:
            return [p.substitute] * 3
        years = self.experience
        behind = p.beginner if years < 1 else p.early if years < 3 else 0.0
        late = self.late_weeks / TERM_WEEKS
        return [late * p.substitute + (1 - late) * (skill - behind) for skill in self.skill]

    def leaving_chances(self, p):
        """Chances to leave the job and to move to another school this June."""
        years, school = self.experience, self.school
        band = "novice" if years < 4 else "early" if years < 10 else "middle"
        band = band if years < 15 else "late"
        poverty, led = school.low_income - 0.5, p.leadership * school.principal.leadership
        color = p.of_color * (self.of_color - p.share_of_color)
        leave = log_odds(getattr(p, f"leave_{band}")) + p.leave_poverty * poverty - led + color
        move = log_odds(getattr(p, f"move_{band}")) + p.move_poverty * poverty - led
        return chance_of(leave), chance_of(move)
