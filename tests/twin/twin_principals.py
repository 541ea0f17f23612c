"""Principals: their weeks, and how they grow as instructional leaders.

Written from the model's description alone; see `twin.py`.
"""

from types import SimpleNamespace

import mesa

from districtsim.world.state import PRINCIPAL_TASKS

from .twin_units import MONTH, clip

CAPACITY_PLANS = (28, 32)  # weeks of the year


class Principal(mesa.Agent):
    """The principal of a school."""

    def __init__(self, model, school, principals, row):
        super().__init__(model)
        self.school, self.supervisor, self.rank = school, None, 0
        names = ("leadership", "own_leadership", "rating", "supervisor_rating", "need", "support")
        names += (
            "network",
            "stored",
            "outside",
            "outside_stored",
            "continuity",
            "fill_in",
            "asked",
            "consulting",
        )
        names += ("queue_in_hr", "files_left", "skip_hours", "recovered", "level_match")
        names += ("experience", "clarity", "plan_belief")
        for name in names:
            setattr(self, name, float(getattr(principals, name)[row]))
        self.feedback = self.practised = self.sharpness = 0.0
        self.holder, self.known_queue, self.known_leadership = 0, 0.0, 0.0
        self.troubles, self.liaison = [], []
        self.liaison_left, self.visits = [0.0] * MONTH, [None] * MONTH  # by week of the month
        self.plan = None
        self.hours = dict.fromkeys(PRINCIPAL_TASKS, 0.0)
        self.budget = 0.0

    def begin_month(self, troubles):
        """What is known at the start of a month, on which its plans rest."""
        self.troubles, self.known_queue = troubles, self.queue_in_hr
        self.known_leadership = self.leadership

    def ask(self, p):
        """Hours that HR and operations leave to the supervisor in each week of the month."""
        model = self.model
        waiting = p.hr_calls + p.fill_in_hours * self.known_queue
        self.asked = waiting * model.human_resources.unanswered
        each = p.liaison_hours * model.operations.unanswered
        self.liaison = [each * trouble for trouble in self.troubles]

    def plan_month(self, p):
        """What can be foreseen until the end of the month."""
        model, term = self.model, self.model.in_term
        drag = 1 + p.operations_drag * model.operations.unanswered
        first_drag = 1 + p.operations_drag * model.unanswered_at_start
        share = p.instruction_share + p.instruction_by_leadership * self.known_leadership
        plan = self.plan = SimpleNamespace()
        self.outside = self.school.lever(p.supervision.outside_hours) if term else 0.0
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
        plan.meetings = max(0.0, self.meetings(p))
        plan.instruction = clip(share, 0.05, 0.8) if term else 0.0

    def meetings(self, p):
        """Hours a week of meetings in this month."""
        model, hours = self.model, p.meeting_hours
        week, agenda = model.month_began, model.agenda
        if MONTH <= week < 2 * MONTH:
            hours += self.consulting
        if model.in_term and p.standards.joint:
            hours += p.defining_hours
        if CAPACITY_PLANS[0] <= week < CAPACITY_PLANS[1] and (
            p.planning.improvement_plan == "capacity"
        ):
            hours += p.capacity_plan_hours / MONTH
        hours += p.school_initiative_hours * (agenda.initiatives - agenda.usual_initiatives)
        if agenda.reorganising:
            hours += p.reorganise_hours / 6
        return hours

    def spend_week(self, p, w):
        """Week w of the plan: staffing comes first, then instruction and the rest."""
        plan, tasks = self.plan, self.hours
        self.budget = p.principal_week if self.model.in_term else p.principal_summer_week
        self.support, self.network, self.skip_hours, self.fill_in = self.visits[w]
        self.recovered = plan.recovered[w]
        follow_up = p.hr_follow_up * self.model.human_resources.unanswered
        asked = {
            "operations": plan.operations[w],
            "hiring": min(self.files_left, p.most_hiring) + follow_up,
            "evaluation": plan.evaluation,
            "meetings": plan.meetings,
        }
        tasks["supervision"] = self.support + self.network
        tasks["supervision"] += self.outside
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
            both = self.support + self.outside
            self.outside_stored += absorbed(both, p.saturation)
            self.outside_stored -= absorbed(self.support, p.saturation)
        kept = self.continuity * (1 - p.forget)
        self.continuity = kept + (1 - kept) * min(1.0, p.refresh * self.support)

    def gain(self, p):
        """SD of leadership gained from what was stored, which is then used up."""
        guide = self.supervisor
        matched = p.other_level + (1 - p.other_level) * self.level_match
        room = clip((guide.skill + p.reach - self.leadership) / p.reach, 0.0, 1.0)
        skilled = max(0.0, 1 + p.skill_effect * guide.skill)
        found = p.rate * self.stored * guide.moves(p) * skilled * matched * room
        room = clip((p.outside_skill + p.reach - self.leadership) / p.reach, 0.0, 1.0)
        skilled = max(0.0, 1 + p.skill_effect * p.outside_skill)
        found += p.rate * self.outside_stored * p.moves_teaching * skilled * room
        self.stored = self.outside_stored = 0.0
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

    def hand_over(self, leadership):
        """A successor starts, with this leadership and no standing."""
        self.leadership = self.own_leadership = leadership
        self.experience = self.continuity = self.plan_belief = 0.0
        self.holder += 1


def absorbed(hours, saturation):
    """Hours of support that a principal can use in a week."""
    return hours / (1 + hours / saturation)
