"""Office: people of the central office, their weeks, and how they take up ideas from each other.

Written from the model's description alone, one Python object a person; see `twin.py`.
"""

from types import SimpleNamespace

import mesa

from districtsim.world.state import STAFF_TASKS

from .twin_units import CURRICULUM, FULL, HUMAN_RESOURCES, MONTH, PROJECTS, TEAMS, clip

OFFICER_ROLE = 7
COLUMNS = ("leading_habit", "planned_habit", "displaced", "skill", "kept", "backlog", "familiarity")


def knows_enough(appropriation, p):
    """How well somebody with this understanding can help others, 0 to 1."""
    return appropriation / (appropriation + p.knowledge_half)


def contact_hours(hours, group_size, people, most):
    """Hours a week one of `people` works with somebody who sees `group_size` at a time."""
    return min(most, hours * min(1.0, group_size / people)) if people else 0.0


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

    most_extra = 0.6  # share of the hours left that may go to extra work

    def __init__(self, model, staff, row):
        super().__init__(model)
        self.row, self.role, self.led_by = row, int(staff.role[row]), int(staff.led_by[row])
        self.unit = model.units[int(staff.unit[row])]
        self.unit.people.append(self)
        self.filled = bool(staff.filled[row])
        self.appropriation = [float(value) for value in staff.appropriation[:, row]]
        self.willingness = float(staff.willingness[row])
        self.follows = bool(staff.follows[row])
        self.holder, self.exit_week = 0, -1
        for name in COLUMNS:
            setattr(self, name, float(getattr(staff, name)[row]))
        self.extra = SimpleNamespace(theory=0.0, across=0.0, joint=0.0, design=0.0, training=0.0)
        self.contact_leader = self.contact_peers = 0.0
        self.contact_coach = self.contact_built = 0.0
        self.contact_theory = self.contact_joint = 0.0
        self.hours = dict.fromkeys(STAFF_TASKS, 0.0)
        self.budget = 0.0

    @property
    def takes_part(self):
        """Whether the person's unit takes part in the change."""
        return self.unit in self.model.in_change

    def meet(self, p):
        """Hours of contact with leader, colleagues and coach in the coming month."""
        model = self.model
        self.contact_peers = p.peer_hours
        if self is not model.superintendent:
            leader, most = model.office[self.led_by], p.most_learning
            hours = contact_hours(leader.usual, p.group_size, leader.followers, most)
            if self.takes_part:
                more = leader.hours["leading"] - leader.usual
                hours += contact_hours(more, p.group_size, leader.followers_in_change, most)
            self.contact_leader = min(hours, self.most_with_leader(p))
        if not isinstance(self, Leader):
            people = model.staff_in_change if self.takes_part else 0
            doing = model.coach.doing_for
            self.contact_coach = contact_hours(doing, p.group_size, people, p.most_learning)

    def most_with_leader(self, p):
        """Most hours a week with the own leader."""
        return p.most_learning

    def wanted_extra(self, p):
        """Hours a week that the levers ask for beside the usual work."""
        model, unit, office = self.model, self.unit.row, p.office
        wanted = SimpleNamespace()
        wanted.theory = p.theory_hours if p.research_use.theory_of_action != "none" else 0.0
        together = self.takes_part and office.aligned_units >= 2
        wanted.across = p.joint_hours if together else 0.0
        wanted.joint = wanted.across
        if office.cross_functional_teams and unit in TEAMS:
            wanted.joint += p.team_hours
        if office.project_management and unit in PROJECTS:
            wanted.joint += p.project_hours
        if p.hr.joint_placement and unit in (CURRICULUM, HUMAN_RESOURCES):
            wanted.joint += p.placing_hours
        if office.filter_initiatives and isinstance(self, Leader):
            wanted.joint += p.filter_hours
        designs = self.unit in model.designing and not model.agenda.project_rest
        wanted.design = p.equity.premise_hours if designs else 0.0
        bias = p.hr.bias_training_hours if unit == HUMAN_RESOURCES else 0.0
        wanted.training = (model.training + bias) / 52
        return wanted

    def fit_extra(self, p, left):
        """Find a place for the extra hours in what is left of the week; returns their sum."""
        extra = self.wanted_extra(p)
        total = extra.theory + extra.joint + extra.design + extra.training
        fits = min(1.0, self.most_extra * left / total) if total > 0 else 1.0
        for name, hours in vars(extra).items():
            setattr(extra, name, hours * fits)
        self.extra = extra
        self.hours["joint"], self.hours["design"] = extra.joint, extra.design
        if self is not self.model.superintendent:
            self.contact_theory, self.contact_joint = extra.theory, extra.across
        return total * fits

    def month(self, p):
        """Hours by task of unit staff."""
        hours = self.hours
        self.budget = p.staff_week * (1 - p.office.budget_cut)
        hours["meetings"] = p.staff_meetings + self.model.new_meetings
        contacts = self.contact_leader + self.contact_coach + self.contact_peers
        left = self.budget - hours["meetings"] - contacts
        working = left - self.fit_extra(p, left)
        hours["learning"] = contacts + self.extra.theory + self.extra.training
        if self.unit is self.model.human_resources:
            share = p.recruiting_share + (p.automation_frees if p.hr.automation else 0.0)
            hours["hiring"] = share * working
        elif self.unit is self.model.curriculum:
            hours["development"] = working
        hours["service"] = working - hours["hiring"] - hours["development"]

    def assisted_practice(self, p, unit_means, joint_means):
        """Hours a week of fully assisted own practice of each idea, attention aside."""
        levers = p.research_use
        coached = (
            self.contact_coach * levers.coach_quality * knows_enough(p.coach_knowledge, p)
        ) * p.doing_coached
        leader = self.model.office[self.led_by]
        talk = p.dialogue_moves if levers.theory_of_action == "dialogue" else p.told_moves
        with_leader = self.contact_leader * p.leader_moves + self.contact_theory * talk
        found = []
        for own, shown, unit, joint in zip(
            self.appropriation, leader.appropriation, unit_means, joint_means
        ):
            hours = coached + with_leader * knows_enough(shown, p)
            if self.contact_joint and joint > own + 1e-6:
                hours += self.contact_joint * p.joint_moves * knows_enough(joint, p)
            if unit > own + 1e-6:
                hours += self.contact_peers * p.peer_moves * knows_enough(unit, p)
            found.append(hours)
        return found

    def learn(self, p, unit_means, joint_means, neighbours):
        """Appropriation a month on, from everybody's appropriation before it."""
        supported = p.supported_at_least + p.supported_by_premise * self.unit.premise
        supported += p.supported_by_neighbours * neighbours
        attention = self.model.agenda.attention
        found = []
        for level, practice, distance in zip(
            self.appropriation,
            self.assisted_practice(p, unit_means, joint_means),
            self.model.distances(p),
        ):
            learned = p.rate * attention * practice * (1 - level / FULL) / (1 + distance)
            faded = p.fade * (1 - level / (2 * FULL)) * max(0.0, level - supported)
            found.append(clip(level + MONTH * (learned - faded), 0.0, FULL))
        return found


class Leader(OfficePerson):
    """Superintendent, deputy or chief academic officer."""

    most_extra = 0.5
    followers = followers_in_change = 0  # people this leader leads; of units in the change
    free = 0.0  # h/week that are left for leading and for learning with the own leader
    usual = 0.0  # h/week of leading that go to everybody led

    def supervises(self, p):
        """Hours a week kept for principals; only the superintendent of a small district."""
        return 0.0

    def lead(self, p):
        """Hours of leading in the coming month; the coach's doing displaces the habit."""
        model, leaders = self.model, len(self.model.leaders)
        self.contact_built = min(model.coach.building / leaders, p.most_learning)
        week = p.leader_week - self.supervises(p)
        left = week - p.board_share * week - self.contact_built - p.peer_hours
        self.free = left - self.fit_extra(p, left)
        leading = max(0.0, self.planned_habit - p.dependence * model.coach.doing_for / leaders)
        leading = min(leading, self.free)
        self.displaced = self.planned_habit - leading
        self.usual = min(leading, model.normal_leader_hours)
        self.hours["leading"] = leading if self.followers_in_change else self.usual

    def most_with_leader(self, p):
        """Most hours a week with the own leader: no more than are left."""
        return min(p.most_learning, self.free - self.hours["leading"])

    def month(self, p):
        """Hours by task of a leader."""
        hours, extra = self.hours, self.extra
        hours["learning"] = self.contact_built + self.contact_leader + self.contact_peers
        hours["learning"] += extra.theory + extra.training
        self.budget = p.leader_week
        hours["board"] = p.board_share * (self.budget - self.supervises(p))
        hours["service"] = self.free - hours["leading"] - self.contact_leader

    def gain_knowledge(self, levels):
        """Understand every idea so many levels more (or less)."""
        self.appropriation = [clip(each + levels, 0.0, FULL) for each in self.appropriation]

    def assisted_practice(self, p, unit_means, joint_means):
        """As for everybody, and from being built up by the coach and from leading."""
        levers = p.research_use
        built = self.contact_built * levers.coach_quality * knows_enough(p.coach_knowledge, p)
        more = built + self.hours["leading"] * p.own_moves
        usual = super().assisted_practice(p, unit_means, joint_means)
        return [hours + more for hours in usual]

    def next_habit(self, p):
        """The habit of leading own staff a month on, from appropriation before the month."""
        habit, levers = self.leading_habit, p.research_use
        built = self.contact_built * levers.coach_quality * self.willingness
        smaller = min(levers.leader_hours, self.model.normal_leader_hours)
        wanted = levers.leader_hours if self.follows else smaller
        understanding = sum(self.appropriation) / len(self.appropriation)
        sustained = p.sustain * max(0.0, understanding - p.sustained_from)
        change = (
            p.build_pace * built * max(0.0, p.most_leading - habit)
            - p.unlearn * self.displaced
            - p.relax * (habit - wanted - sustained)
        )
        return max(0.0, habit + MONTH * change)
