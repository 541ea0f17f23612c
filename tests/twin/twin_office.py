"""Office: people of the central office, their weeks, and how they take up ideas from each other.

Written from the model's description alone, one Python object a person; see `twin.py`.
"""

import mesa

from districtsim.world.state import STAFF_TASKS

IDEAS = range(5)
MONTH = 4  # weeks
FULL = 4.0  # mastery of an idea


def clip(value, low, high):
    """Value kept within low and high."""
    return low if value < low else high if value > high else value


def knows_enough(appropriation, p):
    """How well somebody with this understanding can help others, 0 to 1."""
    return appropriation / (appropriation + p.knowledge_half)


def contact_hours(hours, group_size, people, most):
    """Hours a week one of `people` works with somebody who sees `group_size` at a time."""
    return min(most, hours * min(1.0, group_size / people)) if people else 0.0


class Unit(mesa.Agent):
    """A unit of the central office; human resources and operations serve the schools."""

    def __init__(self, model, units, row):
        super().__init__(model)
        self.people = []
        for name in ("service", "pressure", "buffered", "understanding", "premise"):
            setattr(self, name, float(getattr(units, name)[row]))

    @property
    def filled(self):
        """People at filled desks."""
        return [person for person in self.people if person.filled]

    def idea_means(self):
        """Mean appropriation of each idea over filled desks."""
        people = self.filled
        if not people:
            return [0.0] * len(IDEAS)
        return [sum(each.appropriation[d] for each in people) / len(people) for d in IDEAS]

    def serve(self, p):
        """Service a month on; it improves as far as its failures are felt."""
        seen = p.seen_scorecard if p.operations.scorecard else p.seen
        self.pressure = seen * (1 - self.service) * (1 - p.shield * self.buffered)
        learns = p.untrained + (1 - p.untrained) * self.understanding / FULL
        change = p.pace * self.pressure * learns - p.decay * (self.service - p.floor)
        self.service = clip(self.service + MONTH * change, 0.0, 1.0)


class Coach(mesa.Agent):
    """The outside coach, who builds leaders or does the work for the office."""

    def __init__(self, model):
        super().__init__(model)
        self.building = self.doing_for = self.budget = 0.0

    def month(self, p):
        """Hours of the coming month."""
        hours = p.research_use.coach_days * 8 * 12 / 52
        self.building = hours * p.research_use.coach_builds_leaders
        self.doing_for = hours - self.building
        self.budget = hours


class OfficePerson(mesa.Agent):
    """Anybody at a desk of the central office."""

    def __init__(self, model, staff, row):
        super().__init__(model)
        self.role, self.led_by = int(staff.role[row]), int(staff.led_by[row])
        self.unit = model.units[int(staff.unit[row])]
        self.unit.people.append(self)
        self.filled = bool(staff.filled[row])
        self.appropriation = [float(value) for value in staff.appropriation[:, row]]
        self.willingness = float(staff.willingness[row])
        self.follows = bool(staff.follows[row])
        for name in ("leading_habit", "planned_habit", "displaced", "skill", "kept", "backlog"):
            setattr(self, name, float(getattr(staff, name)[row]))
        self.contact_leader = self.contact_peers = 0.0
        self.contact_coach = self.contact_built = 0.0
        self.hours = dict.fromkeys(STAFF_TASKS, 0.0)
        self.budget = 0.0

    def meet(self, p):
        """Hours of contact with leader, colleagues and coach in the coming month."""
        model = self.model
        self.contact_peers = p.peer_hours
        if self is not model.superintendent:
            leader = model.office[self.led_by]
            hours, most = leader.hours["leading"], self.most_with_leader(p)
            self.contact_leader = contact_hours(hours, p.group_size, leader.followers, most)
        if not isinstance(self, Leader):
            self.contact_coach = contact_hours(
                model.coach.doing_for, p.group_size, model.followers, p.most_learning
            )

    def most_with_leader(self, p):
        """Most hours a week with the own leader."""
        return p.most_learning

    def month(self, p):
        """Hours by task of unit staff."""
        hours = self.hours
        hours["learning"] = self.contact_leader + self.contact_coach + self.contact_peers
        hours["meetings"] = p.staff_meetings
        self.budget = p.staff_week
        working = self.budget - hours["learning"] - hours["meetings"]
        if self.unit is self.model.human_resources:
            share = p.recruiting_share + (p.automation_frees if p.hr.automation else 0.0)
            hours["hiring"] = share * working
        elif self.unit is self.model.curriculum:
            hours["development"] = working
        hours["service"] = working - hours["hiring"] - hours["development"]

    def assisted_practice(self, p, means):
        """Hours a week of fully assisted own practice of each idea."""
        levers = p.research_use
        coached = (
            self.contact_coach * levers.coach_quality * knows_enough(p.coach_knowledge, p)
        ) * p.doing_coached
        leader = self.model.office[self.led_by]
        found = []
        for d in IDEAS:
            hours = coached
            hours += self.contact_leader * p.leader_moves * knows_enough(leader.appropriation[d], p)
            if means[d] > self.appropriation[d] + 1e-6:
                hours += self.contact_peers * p.peer_moves * knows_enough(means[d], p)
            found.append(hours)
        return found

    def learn(self, p, means):
        """Appropriation a month on, from everybody's appropriation before it."""
        supported = p.supported_at_least + p.supported_by_premise * self.unit.premise
        distances = self.model.distances(p)
        found = []
        for level, practice, distance in zip(
            self.appropriation, self.assisted_practice(p, means), distances
        ):
            learned = p.rate * practice * (1 - level / FULL) / (1 + distance)
            faded = p.fade * (1 - level / (2 * FULL)) * max(0.0, level - supported)
            found.append(clip(level + MONTH * (learned - faded), 0.0, FULL))
        return found


class Leader(OfficePerson):
    """Superintendent, deputy or chief academic officer."""

    followers = 0  # people this leader leads
    free = 0.0  # h/week that are left for leading and for learning with the own leader

    def supervises(self, p):
        """Hours a week kept for principals; only the superintendent of a small district."""
        return 0.0

    def lead(self, p):
        """Hours of leading in the coming month; the coach's doing displaces the habit."""
        coach, leaders = self.model.coach, len(self.model.leaders)
        self.contact_built = min(coach.building / leaders, p.most_learning)
        week = p.leader_week - self.supervises(p)
        self.free = week - p.board_share * week - self.contact_built - p.peer_hours
        leading = max(0.0, self.planned_habit - p.dependence * coach.doing_for / leaders)
        self.hours["leading"] = min(leading, self.free)
        self.displaced = self.planned_habit - self.hours["leading"]

    def most_with_leader(self, p):
        """Most hours a week with the own leader: no more than are left."""
        return min(p.most_learning, self.free - self.hours["leading"])

    def month(self, p):
        """Hours by task of a leader."""
        hours = self.hours
        hours["learning"] = self.contact_built + self.contact_leader + self.contact_peers
        self.budget = p.leader_week
        week = self.budget - self.supervises(p)
        hours["board"] = p.board_share * week
        hours["service"] = week - hours["board"] - hours["leading"] - hours["learning"]

    def gain_knowledge(self, levels):
        """Understand every idea so many levels more (or less)."""
        self.appropriation = [clip(each + levels, 0.0, FULL) for each in self.appropriation]

    def assisted_practice(self, p, means):
        """As for everybody, and from being built up by the coach and from leading."""
        levers = p.research_use
        built = self.contact_built * levers.coach_quality * knows_enough(p.coach_knowledge, p)
        more = built + self.hours["leading"] * p.own_moves
        return [hours + more for hours in super().assisted_practice(p, means)]

    def next_habit(self, p):
        """The habit of leading own staff a month on, from appropriation before the month."""
        habit, levers = self.leading_habit, p.research_use
        built = self.contact_built * levers.coach_quality * self.willingness
        wanted = levers.leader_hours if self.follows else self.model.normal_leader_hours
        understanding = sum(self.appropriation) / len(self.appropriation)
        sustained = p.sustain * max(0.0, understanding - p.sustained_from)
        change = (
            p.build_pace * built * max(0.0, p.most_leading - habit)
            - p.unlearn * self.displaced
            - p.relax * (habit - wanted - sustained)
        )
        return max(0.0, habit + MONTH * change)
