"""Twin: the model once more, slowly, with one Mesa agent a person.

It was written from the written description of the model, not from the engine, and shares with it
only the cards, the policies, day one and the keyed draws. Where both agree, the engine does what
the description says. Hiring, turnover and money are left out.
"""

import math

import mesa

from districtsim.world.draws import Draws
from districtsim.world.population import draw_up
from districtsim.world.state import TERM_WEEKS, YEAR_WEEKS

from .twin_office import MONTH, Coach, Leader, OfficePerson, Unit
from .twin_pd import CurriculumOffice
from .twin_schools import School
from .twin_supervisors import Supervising, SupervisingSuperintendent, Supervisor

WARM_UP = 28  # weeks
SUPERVISOR_ROLE, HUMAN_RESOURCES, OPERATIONS, CURRICULUM = 3, 3, 4, 2


class Twin(mesa.Model):
    """A school district, week by week."""

    def __init__(self, district, policy, seed, parameters=None):
        super().__init__()
        self.draws = Draws(seed)
        state, self.timeline = draw_up(district.completed()[0], policy, parameters, self.draws)
        self.chart = state.chart
        self.unanswered_at_start = float(self.chart.unanswered_at_start)
        self.normal_leader_hours = float(self.chart.normal_leader_hours)
        self.known_levers = (self.chart.leader_hours, self.chart.leader_knowledge)
        self.settled = None  # weeks of the month that kept time and backlog have seen
        self.week = -WARM_UP
        self.numbers = None
        self.desks_dealt = 0
        self.make_office(state)
        self.make_schools(state)
        for _ in range(WARM_UP):
            self.step()

    def make_office(self, state):
        """Units and everybody in the central office."""
        self.units = [Unit(self, state.units, row) for row in range(len(state.units))]
        self.human_resources = self.units[HUMAN_RESOURCES]
        self.operations, self.curriculum = self.units[OPERATIONS], self.units[CURRICULUM]
        self.coach = Coach(self)
        leaders, small = self.chart.leader_count, self.chart.small
        self.office = []
        for row in range(len(state.staff)):
            kind = Leader if row < leaders else OfficePerson
            if small and row == 0:
                kind = SupervisingSuperintendent
            elif int(state.staff.role[row]) == SUPERVISOR_ROLE:
                kind = Supervisor
            self.office.append(kind(self, state.staff, row))
        self.leaders, self.superintendent = self.office[:leaders], self.office[0]
        self.desks = [each for each in self.office if isinstance(each, Supervising)]
        for desk in self.desks:
            desk.start_supervising()

    def make_schools(self, state):
        """Schools with their principals and teachers."""
        self.schools = [School(self, state, row) for row in range(len(state.schools))]
        self.principals = [school.principal for school in self.schools]
        self.teachers = [teacher for school in self.schools for teacher in school.teachers]
        self.school_keys = state.schools.key
        self.principal_keys, self.teacher_keys = state.principals.key, state.teachers.key
        self.pd = CurriculumOffice(self)

    @property
    def supervisors(self):
        """Those at open desks."""
        return [desk for desk in self.desks if desk.filled]

    def normal_by_subject(self, stream, keys, tick):
        """Standard normal draws by subject and row."""
        return [self.draws.normal(stream, keys, tick, s).tolist() for s in range(3)]

    def distances(self, p):
        """Distance of each idea from present practice."""
        step = (p.farthest_distance - p.nearest_distance) / 4
        return [p.nearest_distance + d * step for d in range(5)]

    def step(self):
        """One week."""
        self.week_of_year, self.year = self.week % YEAR_WEEKS, self.week // YEAR_WEEKS
        self.in_term = self.week_of_year < TERM_WEEKS
        self.last_of_month = self.week % MONTH == MONTH - 1
        self.new_levers = self.numbers is None or self.week in self.timeline.changes
        if self.new_levers:
            self.numbers = self.timeline.in_force(self.week)
        self.assist(self.numbers["assistance"])
        self.use_time(self.numbers["time_use"])
        if self.last_of_month:
            self.human_resources.serve(self.numbers["service"])
            self.operations.serve(self.numbers["service"])
        self.supervise(self.numbers["supervision"])
        self.give_feedback(self.numbers["feedback"])
        self.develop(self.numbers["development"])
        if self.week_of_year == TERM_WEEKS - 1:
            self.learn(self.numbers["learning"])
        self.week += 1

    def use_time(self, p):
        """Everybody's hours of this week, as planned at the start of the month."""
        w = self.week % MONTH
        if w == 0:
            self.settle_supervisors(p, MONTH)
            self.begin_month(p)
        if w == 0 or self.new_levers:
            self.plan_month(p, w)
        for supervisor in self.supervisors:
            supervisor.spend_week(p, w)
        for school in self.schools:
            school.spend_week(p, w)

    def begin_month(self, p):
        """What is known at the start of a month, on which all plans of the month rest."""
        self.settled = 0
        for leader in self.leaders:
            leader.planned_habit = leader.leading_habit
        slots = range(self.week_of_year, self.week_of_year + MONTH)
        u = [self.draws.uniform("time_use.trouble", self.principal_keys, self.year, slot).tolist()
             for slot in slots]  # fmt: skip
        for row, principal in enumerate(self.principals):
            principal.troubles = [0.5 + each[row] for each in u]
            principal.ask(p)

    def plan_month(self, p, lived):
        """Plan the month, or those weeks of it that are not yet lived."""
        wanted = self.desks_wanted(p)
        if wanted != self.desks_dealt:
            if lived:
                self.settle_supervisors(p, lived)
            self.deal_desks(wanted)
        self.plan_office_month(p)
        self.plan_schools_month(p, lived)

    def settle_supervisors(self, p, until):
        """Kept time and backlog move for weeks of the month that were lived, until this one."""
        if self.settled is None:
            return
        in_term = (self.week - 1) % YEAR_WEEKS < TERM_WEEKS
        for supervisor in self.supervisors:
            supervisor.settle(p, supervisor.coming[self.settled : until], in_term)
        self.settled = until

    def plan_schools_month(self, p, lived):
        """Plan the weeks not yet lived for supervisors and principals."""
        for supervisor in self.supervisors:
            supervisor.allot(p)
            supervisor.plan_month(p, lived)
        asked = sum(principal.asked for principal in self.principals)
        covered = sum(visit[3] for principal in self.principals for visit in principal.visits)
        self.human_resources.buffered = covered / (MONTH * asked) if asked > 0 else 0.0
        for principal in self.principals:
            principal.plan_month(p)

    def desks_wanted(self, p):
        """Supervisors' desks that the caseload asks for."""
        if self.chart.small:
            return 1
        return max(1, math.ceil(len(self.principals) / p.supervision.caseload))

    def deal_desks(self, wanted):
        """Open so many desks and deal out the principals by level of school."""
        self.desks_dealt, count = wanted, len(self.principals)
        if not self.chart.small:
            for place, desk in enumerate(self.desks):
                desk.open_desk(place < wanted)
        runs = [[] for _ in range(wanted)]
        in_order = sorted(self.principals, key=lambda each: (each.school.level, each.school.row))
        for place, principal in enumerate(in_order):
            runs[place * wanted // count].append(principal)
        for desk, run in zip(self.desks, runs):
            desk.deal(run)

    def plan_office_month(self, p):
        """Hours of coach, leaders and unit staff until the next month."""
        people = [person for person in self.office if person.filled]
        for row, leader in enumerate(self.leaders):
            others = (each for each in people if each is not self.superintendent)
            leader.followers = sum(1 for each in others if each.led_by == row)
        self.followers = len(people) - len(self.leaders)
        self.coach.month(p)
        for leader in self.leaders:
            leader.lead(p)
        for person in people:
            person.meet(p)
            person.month(p)

    def assist(self, p):
        """Leaders take up new levers; once a month everybody in the office learns."""
        self.take_up_levers(p)
        if not self.last_of_month:
            return
        means = {unit: unit.idea_means() for unit in self.units}
        people = [person for person in self.office if person.filled]
        levels = [person.learn(p, means[person.unit]) for person in people]
        habits = [leader.next_habit(p) for leader in self.leaders]
        for person, level in zip(people, levels):
            person.appropriation = level
        for leader, habit in zip(self.leaders, habits):
            leader.leading_habit = habit
        for unit in self.units:
            means = unit.idea_means()
            unit.understanding = sum(means) / len(means)

    def take_up_levers(self, p):
        """Leaders take up new values of the levers on their hours and knowledge."""
        hours, knowledge = p.research_use.leader_hours, p.research_use.leader_knowledge
        known_hours, known = self.known_levers
        for leader in self.leaders:
            if hours != known_hours and leader.follows:
                leader.leading_habit = leader.planned_habit = hours
            if knowledge != known:
                leader.gain_knowledge(knowledge - known)
        self.known_levers = (hours, knowledge)

    def supervise(self, p):
        """A week of supervision."""
        for principal in self.principals:
            principal.store_support(p)
        if self.week_of_year == TERM_WEEKS - 2:
            z = self.draws.normal("supervision.survey", self.principal_keys, self.year).tolist()
            for principal, error in zip(self.principals, z):
                principal.rate_supervisor(p, error)
        if self.last_of_month:
            self.supervise_month(p)

    def supervise_month(self, p):
        """What happens to principals and supervisors once a month."""
        networks = p.supervision.networks != "none" and self.in_term
        changes = []
        for supervisor in self.supervisors:
            source = supervisor.network_source(p) if networks else None
            for principal in supervisor.principals:
                changes.append((principal, principal.gain(p) + principal.month_change(p, source)))
        for principal, change in changes:
            principal.leadership += change
        for supervisor in self.supervisors:
            supervisor.grow(p)
        z = self.draws.normal("supervision.need", self.principal_keys, self.week).tolist()
        for principal, error in zip(self.principals, z):
            assessed = 1.5 - principal.leadership + p.assessment_error * error
            principal.need = min(4.0, max(0.2, assessed))

    def give_feedback(self, p):
        """A week of feedback in all schools; at the end of a month teachers have used it."""
        if self.in_term:
            for school in self.schools:
                school.give_feedback(p)
                if self.last_of_month:
                    school.use_feedback(p)
        elif self.week_of_year == TERM_WEEKS + MONTH - 1:
            for teacher in self.teachers:
                teacher.practised = 0.0

    def develop(self, p):
        """A week of professional development."""
        pd = self.pd
        if self.week_of_year == 0:
            pd.hours = pd.matched = pd.wasted = 0.0
            pd.plan(p)
            for principal in self.principals:
                principal.consulting = (
                    p.consulting_hours / MONTH if p.pd.consult_principals else 0.0
                )
        elif self.week_of_year == 2 * MONTH:
            for principal in self.principals:
                principal.consulting = 0.0
        if pd.giving:
            pd.deliver(p)
        if self.last_of_month:
            for teacher in self.teachers:
                teacher.settle(p)
        pd.set_next_week(p)

    def learn(self, p):
        """June: teaching, learning, tests and the survey of principals."""
        pupils = self.normal_by_subject("learning.pupils", self.school_keys, self.year)
        day = self.normal_by_subject("learning.day", self.school_keys, self.year)
        z = self.draws.normal("learning.rating", self.principal_keys, self.year).tolist()
        for row, school in enumerate(self.schools):
            school.learn(p, [each[row] for each in pupils], [each[row] for each in day])
            school.rate_principal(p, z[row])
