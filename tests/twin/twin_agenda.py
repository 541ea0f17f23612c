"""Agenda: initiatives, plans, the design team and the policies of the district as a whole.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

from .twin_office import OFFICER_ROLE
from .twin_units import MONTH, carried_by, mean_of

MONTHS, PURSUED = 13, 20  # months of a year; months that an initiative is pursued
STEWARDSHIP = 3
ACCEPTING = (1, 2, 3)  # units whose premises carry what schools do
JUNE, AFTER_THE_PLAN = 40, 2


class Agenda(mesa.Agent):
    """What the district as a whole has taken on."""

    def __init__(self, model, district, p):
        super().__init__(model)
        self.launched = [float(value) for value in district.launched[:, 0]]  # latest first
        self.policies = float(district.inequitable_policies[0])
        self.start_premise = p["premises"].start_premise
        self.initiatives, self.attention, self.newer = sum(self.launched), 1.0, 0.0
        self.usual_initiatives = self.initiatives
        self.new_chart, self.reorganising = False, 0.0
        self.project_age = self.project_rest = 0.0
        self.plan_used = self.consultations = self.cost = 0.0

    # Initiatives

    def week_of_initiatives(self, p):
        """A new chart comes or settles; once a month offers come and initiatives end."""
        self.reorganising = max(0.0, self.reorganising - 1)
        if p.office.reorganise and not self.new_chart:
            self.reorganise(p)
        self.new_chart = p.office.reorganise
        if self.model.week % MONTH == 0:
            self.take_on(p)

    def reorganise(self, p):
        """Ties are cut, and it takes weeks until everybody knows who does what again."""
        self.reorganising = p.reorganising_weeks
        for principal in self.model.principals:
            principal.continuity = 0.0
        for person in self.model.human_resources.people:
            person.familiarity = 0.0

    def take_on(self, p):
        """A month's offer, taken or turned away; attention to each effort."""
        offered, judged = self.model.superintendent_draws(
            "initiatives.offer", self.model.week // MONTH, 2
        )
        comes = offered < p.offers_a_year / MONTHS
        if comes and p.office.filter_initiatives:
            leaders = [leader.appropriation[STEWARDSHIP] for leader in self.model.leaders]
            declined = p.turned_away * min(1.0, mean_of(leaders) / p.understands_at)
            comes = judged >= declined
        self.launched = [float(comes), *self.launched[:-1]]
        self.initiatives = sum(self.launched)
        load = p.reorganising_load if self.reorganising else 0.0
        usual = p.offers_a_year / MONTHS * PURSUED
        crowd = 1 + p.crowding * (self.initiatives + load)
        self.attention = (1 + p.crowding * usual) / crowd
        trained = self.model.mean_training(p) > 0
        under_way = sum(self.launched)
        self.newer = min(self.newer + self.launched[0], under_way) if trained else 0.0

    # Planning

    def week_of_planning(self, p):
        """A design team ages or rests; reviews in June; beliefs in plans after the PD plan."""
        model = self.model
        works = p.equity.premise_hours > 0 and not self.project_rest
        self.project_rest = max(0.0, self.project_rest - 1)
        if works:
            self.project_age += 1
        elif not p.equity.premise_hours > 0:
            self.project_age = 0.0
        worked = math.floor(self.project_age / 52 + 0.5)  # school years
        last_of_plan = worked > 0 and worked % p.equity.planning_years == 0
        if works and last_of_plan and model.week_of_year == JUNE:
            self.review(p)
        if model.week_of_year == AFTER_THE_PLAN:
            for principal in model.principals:
                used = self.plan_used - principal.plan_belief
                principal.plan_belief += p.belief_pace * used

    def review(self, p):
        """The district asks what the design team has to show."""
        premises = [unit.premise for unit in self.model.units_with_people]
        gained = mean_of(premises) - self.start_premise
        chance = p.abandons * (1 - min(1.0, gained / p.shows_at))
        (u,) = self.model.superintendent_draws("planning.review", self.model.year, 1)
        if u < chance:
            self.project_age, self.project_rest = 0.0, p.rest_weeks

    # Premises

    def hold(self, p):
        """How far a training holds attention."""
        return self.attention / (1 + p.novelty * self.newer)

    def month_of_premises(self, p):
        """Premises, then what people do and know, then policies."""
        model = self.model
        there = model.units_with_people
        leading = mean_of([leader.hours["leading"] for leader in model.leaders])
        backing = leading / (leading + p.leads_half)
        premises = [unit.next_premise(p, there, backing) for unit in there]
        for unit, premise in zip(there, premises):
            unit.premise = premise
        consulted, vetoed = self.officer(p)
        self.consultations += consulted
        training = model.mean_training(p)
        for unit in there:
            unit.behave(p, training, p.advice * consulted / len(there))
        carrying = [unit.premise for unit in there if unit.row in ACCEPTING]
        carried = carried_by(mean_of(carrying), p) if carrying else 0.0
        self.rewrite(p, mean_of([unit.premise for unit in there]), vetoed)
        for school in model.schools:
            school.behave(p, carried, self.hold(p))

    def officer(self, p):
        """Consultations of this month, and the share of policies that an officer stops."""
        officers = [each for each in self.model.office if each.role == OFFICER_ROLE and each.filled]
        if p.equity.officer == "none" or not officers:
            return 0.0, 0.0
        hours = sum(each.hours["service"] for each in officers) * p.officer_share
        consulted = MONTH * hours / p.consultation_hours
        return consulted, p.veto if p.equity.officer == "decides" else 0.0

    def rewrite(self, p, premise, vetoed):
        """Inequitable policies a month on: the premise generates them, some are rewritten."""
        generated = p.start_policies * (1 - premise) / (1 - p.start_premise) * (1 - vetoed)
        change = p.refill / MONTHS * (generated - self.policies)
        change -= p.equity.policy_review / MONTHS
        self.policies = max(0.0, self.policies + change)

    # Money

    def week_of_money(self, p, development):
        """A 52nd of the yearly cost of the levers in force."""
        if self.model.week_of_year == 0:
            self.cost = 0.0
        self.cost += self.yearly_cost(p, development) / 52

    def yearly_cost(self, p, development):
        """What the levers in force cost in a year, US$."""
        model = self.model
        cut, desks = p.office.budget_cut, 0
        if not model.chart.small:
            desks = max(1, math.ceil(len(model.schools) * (1 - cut) / p.supervision.caseload))
        cost = desks * p.supervisor_cost + 12 * p.research_use.coach_days * p.coach_day_cost
        day = development.day_hours * p.teacher_hour_cost
        day += development.with_substitutes * p.substitute_day_cost
        for school in model.schools:
            hours = school.lever(p.equity.training_hours)
            days = school.lever(p.pd.days)
            cost += len(school.teachers) * (days * day + hours * p.teacher_hour_cost)
            coached = school.lever(p.supervision.outside_hours)
            coached += sum(each.lever(p.pd.coaching_hours) for each in school.teachers)
            course = sum(each.lever(p.pd.course_hours) for each in school.teachers)
            cost += 40 * (coached * p.coach_day_cost / 8 + course * p.teacher_hour_cost)
        return cost - model.unit_staff * cut * p.staff_cost
