"""Twin: the model once more, slowly, with one Mesa agent a person.

It was written from the written description of the model, not from the engine, and shares with it
only the cards, the policies, day one and the keyed draws. Where both agree, the engine does what
the description says.
"""

import math

import mesa

from districtsim.world.draws import Draws
from districtsim.world.population import draw_up
from districtsim.world.state import TERM_WEEKS, YEAR_WEEKS

from .twin_agenda import Agenda
from .twin_hiring import Hiring
from .twin_office import Coach, Leader, OfficePerson
from .twin_outside import coach_teachers, hold_course, meet_in_pairs, useful_hours
from .twin_pd import CurriculumOffice
from .twin_schools import School
from .twin_supervisors import Supervising, SupervisingSuperintendent, Supervisor
from .twin_turnover import Turnover
from .twin_units import (
    CURRICULUM,
    HUMAN_RESOURCES,
    IN_ORDER,
    MONTH,
    OPERATIONS,
    SUPERVISION,
    Unit,
    mean_of,
    serve_schools,
)

WARM_UP = 28  # weeks
SUPERVISOR_ROLE, LEADERSHIP = 3, 0


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
        self.agenda = Agenda(self, state.district, self.timeline.in_force(self.week))
        self.hiring, self.turnover = Hiring(self), Turnover(self)
        self.new_meetings, self.in_change, self.designing = 0.0, [], []
        self.staff_in_change, self.training = 0, 0.0
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
        self.staff_keys = state.staff.key
        self.unit_staff = sum(
            1 for each in self.office if each.role != SUPERVISOR_ROLE and each not in self.leaders
        )
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

    @property
    def units_with_people(self):
        """Units of the office that have people."""
        return [unit for unit in self.units if unit.filled]

    def superintendent_draws(self, stream, tick, number):
        """Uniform draws of the superintendent's desk."""
        key = self.staff_keys[:1]
        return [float(self.draws.uniform(stream, key, tick, slot)[0]) for slot in range(number)]

    def mean_training(self, p):
        """Hours of equity training a year, mean over schools."""
        return mean_of([school.lever(p.equity.training_hours) for school in self.schools])

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
        p = self.numbers
        self.agenda.week_of_initiatives(p["initiatives"])
        self.agenda.week_of_planning(p["planning"])
        self.assist(p["assistance"])
        self.use_time(p["time_use"])
        if self.last_of_month:
            serve_schools(self, p["service"])
        self.supervise(p["supervision"])
        self.give_feedback(p["feedback"])
        self.develop(p["development"])
        self.hiring.week(p["hiring"])
        self.turnover.week(p["turnover"])
        if self.week_of_year == 0:
            self.agenda.consultations = 0.0
        if self.last_of_month:
            self.agenda.month_of_premises(p["premises"])
        if self.week_of_year == TERM_WEEKS - 1:
            self.learn(p["learning"])
        self.agenda.week_of_money(p["money"], p["development"])
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
            principal.begin_month([0.5 + each[row] for each in u])
        self.month_began = self.week_of_year

    def plan_month(self, p, lived):
        """Plan the month, or those weeks of it that are not yet lived."""
        wanted = self.desks_wanted(p)
        other_desks = wanted != self.desks_dealt
        if other_desks:
            if lived:
                self.settle_supervisors(p, lived)
            self.deal_desks(wanted)
        if other_desks or not lived:
            for desk in self.desks:
                desk.known_kept, desk.known_backlog = desk.kept, desk.backlog
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
        for principal in self.principals:
            principal.ask(p)
        for supervisor in self.supervisors:
            supervisor.allot(p)
            supervisor.plan_month(p, lived)
        asked = sum(principal.asked for principal in self.principals)
        covered = sum(visit[3] for principal in self.principals for visit in principal.visits)
        buffered = min(1.0, covered / (MONTH * asked)) if asked > 0 else 0.0
        self.human_resources.buffered = buffered
        for principal in self.principals:
            principal.plan_month(p)

    def desks_wanted(self, p):
        """Supervisors' desks that the caseload asks for."""
        if self.chart.small:
            return 1
        number = len(self.principals) * (1 - p.office.budget_cut)
        return max(1, math.ceil(number / p.supervision.caseload))

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
        self.choose_units(p.office.aligned_units)
        agenda, self.training = self.agenda, self.mean_training(p)
        more = p.initiative_hours * (agenda.initiatives - agenda.usual_initiatives)
        self.new_meetings = min(2.0, max(-2.0, more))
        self.new_meetings += p.reorganise_hours if agenda.reorganising else 0.0
        for row, leader in enumerate(self.leaders):
            led = [e for e in people if e is not self.superintendent and e.led_by == row]
            leader.followers = len(led)
            leader.followers_in_change = sum(each.takes_part for each in led)
        staff = [person for person in people if person not in self.leaders]
        self.staff_in_change = sum(person.takes_part for person in staff)
        self.coach.month(p)
        for leader in self.leaders:
            leader.lead(p)
        for person in people:
            person.meet(p)
            person.month(p)
        self.human_resources.plan_month(p)
        self.operations.plan_month(p)

    def choose_units(self, number):
        """Which units take part in the change, and from which the design team is drawn."""
        chosen = [LEADERSHIP, *IN_ORDER[:number]] if number else range(len(self.units))
        design = chosen if number else (LEADERSHIP, CURRICULUM)
        self.in_change = [self.units[row] for row in chosen]
        self.designing = [self.units[row] for row in design]

    def assist(self, p):
        """Leaders take up new levers; once a month everybody in the office learns."""
        self.take_up_levers(p)
        if not self.last_of_month:
            return
        means = {unit: unit.idea_means() for unit in self.units}
        people = [person for person in self.office if person.filled]
        at_work = [person.appropriation for person in people if person.contact_joint > 0]
        joint = [mean_of(levels) for levels in zip(*at_work)] or [0.0] * 5
        there = self.units_with_people
        around = {
            unit: mean_of([mean_of(means[each]) for each in there if each is not unit])
            for unit in self.units
        }
        levels = [
            person.learn(p, means[person.unit], joint, around[person.unit]) for person in people
        ]
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
        self.give_weekly_feedback(p)
        if self.last_of_month:
            acting = (self.units[SUPERVISION], self.curriculum, self.human_resources)
            least = min(unit.understanding for unit in acting if unit.filled)
            for school in self.schools:
                school.share_definition(p, least)

    def give_weekly_feedback(self, p):
        """Feedback of this week."""
        if self.in_term:
            for school in self.schools:
                school.give_feedback(p)
            coach_teachers(self, p)
            meet_in_pairs(self, p)
            if self.last_of_month:
                useful = useful_hours(self, p)
                for school in self.schools:
                    school.use_feedback(p)
                for teacher, hours in useful.items():
                    teacher.practised += hours
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
        if self.in_term:
            hold_course(self, p)
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
