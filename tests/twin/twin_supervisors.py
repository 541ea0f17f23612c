"""Supervisors: instructional leadership directors, or the superintendent of a small district.

Written from the model's description alone; see `twin.py`.
"""

import math

from .twin_office import Leader, OfficePerson
from .twin_units import MONTH


class Supervising:
    """What somebody does who supports principals; mixed into a desk of the central office."""

    def start_supervising(self):
        """Before the first week."""
        self.principals, self.shares = [], []
        self.coming = [None] * MONTH  # tasks, overload and work put off, by week of the month
        self.own_learning = self.known_kept = self.known_backlog = 0.0

    def deal(self, principals):
        """Take on these principals, in this order."""
        self.principals = principals
        level = principals[len(principals) // 2].school.level
        for rank, principal in enumerate(principals):
            principal.supervisor, principal.rank = self, rank
            principal.level_match = 1.0 if principal.school.level == level else 0.0

    def allot(self, p):
        """Share of the support that each principal gets until this is worked out again."""
        people, pattern = self.principals, p.supervision.support
        if pattern == "even":
            self.shares = [1 / len(people)] * len(people)
        elif pattern == "by_need":
            total = sum(each.need for each in people)
            self.shares = [each.need / total for each in people]
        else:
            groups = min(p.burst_groups, len(people))
            turn = math.floor(self.model.week // MONTH / p.burst_months) % groups
            their_turn = [each.rank % groups == turn for each in people]
            size = sum(their_turn)
            self.shares = [1 / size if mine else 0.0 for mine in their_turn]

    def week_of(self, p):
        """Hours of the working week that supervising may take, h/week."""
        return p.supervisor_week

    def contacts(self):
        """Hours of learning with leader, coach and colleagues that supervising gives way to."""
        return self.contact_leader + self.contact_coach + self.contact_peers

    def extra_hours(self):
        """Hours of what the levers ask for that supervising gives way to."""
        return self.extra.theory + self.extra.joint + self.extra.design + self.extra.training

    def learn_alone(self, p):
        """Hours of own learning, at most a fifth of the week."""
        self.own_learning = min(p.supervision.ild_learning_hours, self.week_of(p) / 5)
        return self.own_learning

    def plan_month(self, p, lived):
        """Plan the weeks of the month that are not yet lived.

        What covers for HR is counted over four weeks of the new plan, also where some are lived.
        """
        term, week = self.model.in_term, self.week_of(p)
        hours = week - self.learn_alone(p) - self.contacts() - self.extra_hours()
        protected = p.supervision.protected_days / 5 if term else 0.0
        dedicated = p.supervision.dedicated_share * self.known_kept if term else 0.0

        by_system = p.supervision.evaluation_by == "system"
        new = (p.compliance_hours if by_system else p.evaluation_hours) * len(self.principals)
        pressing = new + p.catch_up * self.known_backlog
        fills_in = 1.0 if p.hr.ild_fill_in else 0.0
        hiring = fills_in * sum(principal.asked for principal in self.principals)
        for w in range(lived, MONTH):
            liaison = sum(principal.liaison[w] for principal in self.principals)
            meetings = p.meetings * week + max(0.0, self.model.new_meetings)
            demand = meetings + pressing + hiring + liaison
            support, met, over = split(hours, protected, dedicated, demand, p.pull)
            share = met / demand
            tasks = self.give_support(p, w, support, share * fills_in)
            tasks["evaluation"], tasks["liaison"] = pressing * share, liaison * share
            tasks["hiring"] = hiring * share
            tasks["meetings"] = hours - sum(tasks.values())
            self.coming[w] = (tasks, over, new - pressing * share)
            for principal in self.principals:
                principal.liaison_left[w] = principal.liaison[w] * (1 - share)

    def settle(self, p, lived, in_term):
        """What weeks that were lived as planned do to the kept share and to the backlog."""
        weeks = len(lived)
        if in_term:
            self.keep_time(p, sum(over for _, over, _ in lived) / weeks, weeks)
        left = max(0.0, self.backlog + sum(put_off for _, _, put_off in lived))
        self.backlog = left * (1 - p.expiry) ** weeks

    def keep_time(self, p, overload, weeks):
        """Dedicated time drifts under demand, or is brought back by time checks."""
        if p.supervision.time_checks:
            self.kept += min(1.0, p.check_pace * weeks) * (1 - self.kept)
        else:
            self.kept *= 1 - p.drift * weeks * (1 - p.supervision.dedicated_share) * overload

    def give_support(self, p, w, support, filled_in):
        """Plan a week's support to principals, networks and teachers; hours with travel."""
        levers = p.supervision
        network = min(p.network_hours, support / 5) if levers.networks != "none" else 0.0
        rest, count = support - network, len(self.principals)
        at_schools = travel = 0.0
        for principal, share in zip(self.principals, self.shares):
            way = principal.school.travel
            on_site = p.visit_hours / (p.visit_hours + way)
            contact = min(p.most_contact, rest * (1 - levers.skip_principal) * share * on_site)
            skip = rest * levers.skip_principal / count * on_site
            principal.visits[w] = (contact, network, skip, principal.asked * filled_in)
            at_schools += contact + skip
            travel += (contact + skip) * way / p.visit_hours
        return {"support": network + at_schools, "travel": travel}

    def spend_week(self, p, w):
        """Live week w of the plan."""
        self.hours.update(self.coming[w][0])
        self.close_week(self.week_of(p))

    def moves(self, p):
        """Share of hours in high-leverage moves."""
        if p.supervision.stance == "supervisory":
            return p.moves_supervisory
        understanding = (self.appropriation[0] + self.appropriation[1]) / 2
        full = p.moves_teaching - p.moves_supervisory
        return p.moves_supervisory + full * min(1.0, understanding / p.understands_at)

    def network_source(self, p):
        """What the principals of this supervisor's network can learn from, SD."""
        levels = sorted((each.leadership for each in self.principals), reverse=True)
        if p.supervision.networks == "stars":
            best = levels[: math.ceil(len(levels) / 5)]
            return sum(best) / len(best)
        mean = sum(levels) / len(levels)
        return mean + math.sqrt(sum((level - mean) ** 2 for level in levels) / len(levels))

    def grow(self, p):
        """Skill a month on: only own learning moves it."""
        hours = self.own_learning
        gain = p.skill_rate * hours / (hours + p.skill_half) * max(0.0, 1 - self.skill / 2)
        self.skill += MONTH * gain


def split(hours, protected, dedicated, demand, pull):
    """Support, demand met and overload of a supervisor's week; see the description."""
    unprotected = hours * (1 - protected)
    intended = dedicated * unprotected
    room = unprotected - intended
    overflow = max(0.0, demand - room)
    taken = min(pull * overflow, intended)
    support = hours * protected + intended - taken
    if unprotected > 0:
        overload = min(1.0, overflow / unprotected)
    else:
        overload = 1.0 if overflow > 0 else 0.0
    return support, min(demand, room + taken), overload


class Supervisor(Supervising, OfficePerson):
    """An instructional leadership director."""

    most_extra = 0.4

    def month(self, p):
        """Extra hours only; a supervisor's tasks are planned with those of the principals."""
        self.fit_extra(p, p.supervisor_week - self.learn_alone(p) - self.contacts())

    def close_week(self, week):
        """Learning, and the budget of the week."""
        told = self.extra.theory + self.extra.training
        self.hours["learning"] = self.contacts() + self.own_learning + told
        self.budget = week

    def open_desk(self, wanted):
        """Open or close the desk."""
        self.filled = wanted
        if not wanted:
            self.principals = []
            self.contact_leader = self.contact_peers = self.contact_coach = 0.0
            self.contact_theory = self.contact_joint = 0.0
            self.hours = dict.fromkeys(self.hours, 0.0)
            self.budget = 0.0


class SupervisingSuperintendent(Supervising, Leader):
    """The superintendent of a small district."""

    def week_of(self, p):
        """A share of the superintendent's week."""
        return p.superintendent_supervises * p.leader_week

    def contacts(self):
        """Learning with others comes out of the rest of the superintendent's week."""
        return 0.0

    def extra_hours(self):
        """So does what the levers ask for."""
        return 0.0

    def supervises(self, p):
        """Supervising is a part of a leader's week."""
        return self.week_of(p)

    def close_week(self, week):
        """Own learning adds to what a leader learns with others."""
        others = self.contact_built + self.contact_leader + self.contact_peers
        told = self.extra.theory + self.extra.training
        self.hours["learning"] = others + self.own_learning + told
