"""Turnover: teachers, principals and people of the central office leave, move and are followed.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

from .twin_hiring import OFFERED
from .twin_outside import principals_let_go, teachers_let_go
from .twin_supervisors import Supervisor
from .twin_teachers import NOBODY
from .twin_units import MONTH, chance_of, clip, log_odds

DECIDE, JUNE = 24, 40  # weeks of the year
SUPERVISOR_ROLE, LEADERS = 3, (0, 1, 2)
LARGE = 29000  # pupils
STANDING = 2  # years


class Turnover(mesa.Agent):
    """Who leaves, when, and who follows."""

    def __init__(self, model):
        super().__init__(model)
        self.base = self.quit = self.moved = self.principals_left = 0.0
        self.just_promoted = []

    def week(self, p):
        """Office people in the first week of a month, schools in weeks 24 and 40."""
        model, self.just_promoted = self.model, []
        if model.week % MONTH == 0:
            self.office(p)
        if model.week_of_year == DECIDE:
            self.decide(p)
        elif model.week_of_year == JUNE:
            self.june(p)

    # Teachers

    def decide(self, p):
        """Teachers decide on leaving or moving, and give notice."""
        model = self.model
        draws = zip(*(
            model.draws.uniform(f"turnover.{stream}", model.teacher_keys, model.year).tolist()
            for stream in ("leaves", "stays", "notice")
        ))  # fmt: skip
        for school in model.schools:
            school.decided = sum(teacher.filled for teacher in school.teachers)
        self.base, self.moved = sum(school.decided for school in model.schools), 0
        let_go = set(teachers_let_go(model, p))
        for teacher, (u, stays, notice) in zip(model.teachers, draws):
            if not teacher.filled:
                continue
            leave, move = teacher.leaving_chances(p)
            if u < leave + move or teacher in let_go:
                teacher.leaving = True
                wants_school = leave <= u < leave + move and teacher not in let_go
                teacher.moving = wants_school and stays < p.stays_in_district
                teacher.notice_week = 26 + math.floor(20 * notice)
                self.moved += wants_school
        for school in model.schools:
            school.left = float(sum(teacher.leaving for teacher in school.teachers))
        self.quit = sum(each.leaving and not each.moving for each in model.teachers)

    def june(self, p):
        """Those who gave notice go, movers take other posts, then principals go."""
        model = self.model
        going = [teacher for teacher in model.teachers if teacher.leaving]
        for teacher in model.teachers:
            teacher.experience += teacher.filled
            teacher.late_weeks = 0.0
        for principal in model.principals:
            principal.experience += 1
        for school in model.schools:
            if school.decided:
                school.behaviour *= 1 - school.left / school.decided
        movers = [teacher for teacher in going if teacher.moving]
        for teacher in going:
            teacher.filled = teacher.leaving = teacher.moving = False
        self.quit += len(movers) - self.transfer(p, movers)
        self.principals_go(p)

    def transfer(self, p, movers):
        """Movers take empty posts for which nobody has been chosen; returns how many do."""
        model, joint = self.model, p.hr.joint_placement
        u = model.draws.uniform("turnover.transfer", model.teacher_keys, model.year).tolist()
        if joint:
            movers.sort(key=lambda teacher: -teacher.believed)
        else:
            movers.sort(key=lambda teacher: u[teacher.row])
        open_posts = [post for post in model.teachers if nobody_chosen(post)]
        open_posts.sort(key=lambda post: wanted_first(post.school, joint))
        pairs = []
        for kind in dict.fromkeys(mover.kind for mover in movers):
            people = [mover for mover in movers if mover.kind == kind]
            posts = [post for post in open_posts if post.kind == kind]
            pairs += [(a, b) for a, b in zip(people, posts) if a.school is not b.school]
        arrivals = [(post, mover.person()) for mover, post in pairs]
        for post, person in arrivals:
            post.take_over(person)
            post.vacancy, post.notice_week = None, NOBODY
        return len(arrivals)

    # Principals

    def principals_go(self, p):
        """Principals leave, or are moved on; successors start at once."""
        model = self.model
        u = model.draws.uniform("turnover.principals", model.principal_keys, model.year).tolist()
        z = model.draws.normal("turnover.new_principal", model.principal_keys, model.year).tolist()
        (v,) = model.superintendent_draws("turnover.moved", model.year, 1)
        by_rating = sorted(model.principals, key=lambda each: (each.rating, each.school.row))
        replaced = principals_let_go(model, p)
        lowest = by_rating[: math.floor(p.moved_share * len(by_rating) + v)]
        for row, principal in enumerate(model.principals):
            poverty = principal.school.low_income - 0.5
            odds = log_odds(p.principal_leaves + p.principal_moves) + p.principal_poverty * poverty
            goes = u[row] < chance_of(odds)
            if p.hr.move_principals and principal.experience >= STANDING:
                goes = goes or principal in lowest
            if goes or principal in replaced:
                principal.hand_over(p.new_principal + z[row])
                self.principals_left += 1

    def promote(self, p, number):
        """The best rated principals become supervisors; what each carries over, SD."""
        model = self.model
        able = [each for each in model.principals if each.experience >= STANDING]
        able.sort(key=lambda each: (-each.rating, each.school.row))
        z = model.draws.normal("turnover.promoted", model.principal_keys, model.week).tolist()
        carried = []
        for principal in able[:number]:
            carried.append(p.carry_over * principal.leadership)
            principal.hand_over(p.new_principal + z[principal.school.row])
            self.principals_left += 1
        self.just_promoted = able[:number]
        return carried + [0.0] * (number - len(carried))

    # Central office

    def office(self, p):
        """People of the office go in the week drawn for them; successors start at once."""
        model = self.model
        if model.week_of_year == 0:
            self.principals_left = 0.0
            u = model.draws.uniform("turnover.office", model.staff_keys, model.year).tolist()
            for person in model.office:
                chance, own = self.office_chance(p, person.role), u[person.row]
                goes = own < chance
                person.exit_week = MONTH * math.floor(13 * own / chance) if goes else -1
        going = [each for each in model.office if each.exit_week == model.week_of_year]
        going = [each for each in going if each.filled]
        if not going:
            return
        draws = [
            model.draws.uniform("turnover.successor", model.staff_keys, model.week, slot).tolist()
            for slot in (0, 1, 3)
        ]
        z = model.draws.normal("turnover.successor", model.staff_keys, model.week, 2).tolist()
        promoted = []
        for person in going:
            u0, u1, u3 = (each[person.row] for each in draws)
            self.succeed(p, person, u0, u1)
            person.skill = p.supervisor_skill + z[person.row]
            if isinstance(person, Supervisor) and u3 < p.promoted:
                promoted.append(person)
        for person, skill in zip(promoted, self.promote(p, len(promoted))):
            person.skill += skill

    def office_chance(self, p, role):
        """Chance that the holder of a desk leaves within a year."""
        if role in LEADERS:
            large = sum(school.enrolment for school in self.model.schools) >= LARGE
            return p.superintendent_leaves_large if large else p.superintendent_leaves
        return p.supervisor_leaves if role == SUPERVISOR_ROLE else p.staff_leave

    def succeed(self, p, person, u0, u1):
        """Somebody new sits down at a desk."""
        model, levers = self.model, p.research_use
        person.holder, person.exit_week = person.holder + 1, -1
        person.appropriation = [clip(p.newcomer, 0.0, 4.0)] * len(person.appropriation)
        person.willingness, person.follows = 0.2 + 0.8 * u0, u1 < p.continues
        person.kept, person.backlog, person.familiarity = 1.0, 0.0, 0.0
        if person in model.leaders:
            normal = min(levers.leader_hours, model.normal_leader_hours)
            person.leading_habit = levers.leader_hours if person.follows else normal
        if person is model.superintendent and not person.follows:
            model.agenda.project_age = 0.0


def nobody_chosen(post):
    """Whether a post is empty and nobody is chosen or signed for it."""
    chosen = post.successor or (post.vacancy and post.vacancy.stage == OFFERED)
    return not post.filled and not chosen


def wanted_first(school, joint):
    """Where a vacancy stands among those that movers take."""
    need = sum(school.believed_quality) / 3 if joint else school.low_income
    return need, school.row
