"""Units: the parts of the central office, how well they serve and what they take for granted.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

IDEAS = range(5)
MONTH = 4  # weeks
FULL = 4.0  # mastery of an idea
SUPERVISION, CURRICULUM, HUMAN_RESOURCES, OPERATIONS = 1, 2, 3, 4
TEAMS, PROJECTS = (1, 2, 3, 4), (2, 3, 4)  # units of cross-functional teams, of project management
IN_ORDER = (1, 2, 3, 4, 5)  # in which units come into the change


def clip(value, low, high):
    """Value kept within low and high."""
    return low if value < low else high if value > high else value


def mean_of(values):
    """Mean of a list; 0 of an empty one."""
    return sum(values) / len(values) if values else 0.0


class Unit(mesa.Agent):
    """A unit of the central office; human resources and operations serve the schools."""

    def __init__(self, model, units, row):
        super().__init__(model)
        self.row, self.people = row, []
        for name in ("service", "pressure", "buffered", "understanding", "premise", "behaviour",
                     "knowledge", "capacity", "covered"):  # fmt: skip
            setattr(self, name, float(getattr(units, name)[row]))
        self.usual_hours = None  # hours for schools' requests in the first month

    @property
    def filled(self):
        """People at filled desks."""
        return [person for person in self.people if person.filled]

    @property
    def answered(self):
        """Share of requests that the unit answers well with the hours it has."""
        return min(1.0, self.service * self.capacity)

    @property
    def unanswered(self):
        """Share of requests that neither the unit nor a team answers."""
        return (1 - self.answered) * (1 - self.covered)

    def plan_month(self, p):
        """Hours for schools' requests against the usual, and what teams make good."""
        hours = sum(each.hours["hiring"] + each.hours["service"] for each in self.filled)
        if self.usual_hours is None:
            self.usual_hours = hours
        self.capacity = hours / self.usual_hours
        self.covered = p.team_covers if p.office.cross_functional_teams else 0.0

    def idea_means(self):
        """Mean appropriation of each idea over filled desks."""
        people = self.filled
        return [mean_of([each.appropriation[d] for each in people]) for d in IDEAS]

    def serve(self, p, slowest, noticed=0.0, pace_left=1.0):
        """Service a month on; it improves as far as its failures are felt."""
        seen = p.seen_scorecard if p.operations.scorecard else p.seen
        seen += (1 - seen) * noticed
        carried_home = self.covered * (1 - self.understanding / FULL)
        kept_away = 1 - (1 - self.buffered) * (1 - carried_home)
        self.pressure = seen * (1 - self.answered) * (1 - p.shield * kept_away)
        pace = (1 - p.crossing) * self.understanding
        pace += p.crossing * min(self.understanding, slowest)
        able = p.untrained + (1 - p.untrained) * pace / FULL
        change = p.pace * pace_left * self.pressure * able - p.decay * (self.service - p.floor)
        self.service = clip(self.service + MONTH * change, 0.0, 1.0)

    def next_premise(self, p, there, backing):
        """The premise a month on: moved by a design team, pulled by neighbours and the past."""
        agenda, people = self.model.agenda, self.filled
        hours = mean_of([person.hours["design"] for person in people])
        imagines = p.imagines_cases if p.equity.research_cases else p.imagines_open
        grown = agenda.project_age / (agenda.project_age + p.ramp_weeks)
        shift = p.shift_rate * hours * backing * imagines * grown * agenda.attention
        others = [unit.premise for unit in there if unit is not self]
        pulled = p.pull * (self.premise - mean_of(others)) if others else 0.0
        everybody = mean_of([unit.premise for unit in there])
        back = p.inertia * (self.premise - p.start_premise) * (1 - everybody)
        moved = self.premise + MONTH * (shift * (1 - self.premise) - pulled - back)
        return clip(moved, 0.0, 1.0)

    def behave(self, p, training, advice):
        """Equity behaviour and knowledge a month on; training in h a year, advice in SD."""
        bias = p.hr.bias_training_hours if self.row == HUMAN_RESOURCES else 0.0
        hold = self.model.agenda.hold(p)
        carried = carried_by(self.premise, p) + p.bias_rate * bias / 52 / p.attitude_fade
        gained = p.train_rate * MONTH * training / 52 * hold + advice
        self.behaviour = next_behaviour(self.behaviour, carried, gained, p)
        learned = p.knowledge_rate * (training + bias) / 52 * max(0.0, 1 - self.knowledge / 2)
        self.knowledge += MONTH * (learned - p.knowledge_fade * self.knowledge)


def serve_schools(model, p):
    """A month of the services of human resources and operations."""
    levels = [model.units[row].understanding for row in PROJECTS]
    owned = p.project_owns if p.office.project_management else 0.0
    slowest = (1 - owned) * min(levels) + owned * mean_of(levels)
    noticed, left = manage_cases(model, p)
    model.human_resources.serve(p, slowest, noticed, left)
    model.operations.serve(p, slowest)


def manage_cases(model, p):
    """What HR partners of assigned schools notice, and what pace they are left with."""
    unit, partners = model.human_resources, model.human_resources.people
    if not p.hr.case_management:
        for partner in partners:
            partner.familiarity = 0.0
        return 0.0, 1.0
    pace = p.familiar_pace * min(1.0, p.familiar_schools * len(partners) / len(model.schools))
    for partner in partners:
        partner.familiarity += MONTH * pace * (1 - partner.familiarity)
    known = mean_of([partner.familiarity for partner in partners])
    noticed = known * max(0.0, unit.understanding - 1) / 3
    return noticed, 1 - p.case_loss * (1 - known)


def carried_by(premise, p):
    """Equity behaviour that a premise carries, SD."""
    return p.premise_carries * max(0.0, premise - p.start_premise)


def next_behaviour(behaviour, carried, gained, p):
    """Equity behaviour a month on, SD."""
    moved = behaviour + gained * max(0.0, 1 - behaviour / p.behaviour_most)
    pace = p.relax if moved > carried else p.resocialise
    return carried + (moved - carried) * (1 - pace) ** MONTH


def log_odds(chance):
    """Logarithm of the odds of something with this chance."""
    return math.log(chance / (1 - chance))


def chance_of(odds):
    """The chance of something with these log odds."""
    return 1 / (1 + math.exp(-odds))
