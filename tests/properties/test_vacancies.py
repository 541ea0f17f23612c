"""Vacancies: every vacancy's week in HR, with the principal and as an offer, kept by a plain clerk.

The clerk takes one vacancy at a time, in words of the docstrings of mechanisms/hiring.py, and must
find in every week, for every post, what the engine finds with arrays.
"""

import math
from statistics import NormalDist

import numpy as np
import pytest

from districtsim import school_year
from districtsim.mechanisms import hiring
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy

HR_UNIT, HR_TASK, READING = 3, 6, 1
NONE, IN_HR, WITH_PRINCIPAL, OFFERED = range(4)
BY_POST = (
    "notice_week", "stage", "opened", "advertised", "work_left", "due", "candidate", "round",
    "successor", "filled", "holder", "experience", "of_color", "late_weeks", "skill", "floor",
    "fresh", "ability", "view", "patience", "color", "applicants", "gone", "chased",
)  # fmt: skip
SUMS = (
    "opened", "files", "read", "filled_posts", "days", "offers", "applied", "withdrew", "late",
    "hires", "hires_of_color", "hire_quality",
)  # fmt: skip
INVERSE = NormalDist().inv_cdf


class Clerk:
    """The books before a week of hiring; `work` brings them to its end."""

    def __init__(self, state, p, draw):
        self.p, self.draw, self.week = p, draw, state.week
        self.of_year, self.season = state.week % 52, math.floor((state.week - 26) / 52)
        self.posts = {name: getattr(state.teachers, name).copy() for name in BY_POST}
        self.sums = {name: float(getattr(state.district, name)[0]) for name in SUMS}
        self.key, self.school = state.teachers.key, state.teachers.school
        self.queue = state.principals.queue_in_hr.copy()
        self.left = state.principals.files_left.copy()
        self.service = float(state.units.service[HR_UNIT])
        self.answered = min(1.0, self.service * float(state.units.capacity[HR_UNIT]))
        self.clarity = state.principals.clarity.copy()
        self.acts = {"hr": float(state.units.behaviour[HR_UNIT]), **dict(enumerate(
            state.schools.behaviour.tolist()
        ))}  # fmt: skip
        office = state.staff.hours[HR_TASK, state.chart.unit_staff].sum()
        self.for_hiring = float(office)
        self.hr_hours = float(office) * (0.5 + 0.5 * self.service)
        self.reading = state.principals.hours[READING].copy()
        self.fill_in = state.principals.fill_in.copy()
        self.assistants = state.schools.assistants
        self.pull, self.lead = state.schools.applicant_pull, state.chart.color_lead

    def work(self):
        if 15 <= self.of_year < 26:
            return
        post = self.posts
        if self.of_year == 26:
            self.sums = dict.fromkeys(SUMS, 0.0)
            for row in self.rows(
                lambda r: post["notice_week"][r] >= 0 and post["stage"][r] == NONE
            ):
                post["round"][row] = 0
                self.advertise(row)
        for row in self.rows(lambda r: post["notice_week"][r] == self.of_year):
            if post["stage"][row] == NONE and post["successor"][row] < 0:
                self.open(row)
        if self.of_year == 51 or self.of_year < 15:
            for row in self.rows(lambda r: post["successor"][r] >= 0 and not post["filled"][r]):
                self.start(row)
        lists = [self.rows(lambda r, s=s: post["stage"][r] == s) for s in (OFFERED, WITH_PRINCIPAL)]
        in_hr = self.rows(lambda r: post["stage"][r] == IN_HR)
        for row in lists[0]:
            self.offered(row)
        for row in lists[1]:
            self.with_principal(row, self.beside(row, lists[1]))
        for row in in_hr:
            self.in_hr(row, len(in_hr), self.beside(row, in_hr))
        self.queue[:] = self.left[:] = 0.0
        for row in range(len(self.key)):
            self.queue[self.school[row]] += post["stage"][row] == IN_HR
            if post["stage"][row] == WITH_PRINCIPAL:
                self.left[self.school[row]] += post["work_left"][row]

    def rows(self, fits):
        return [row for row in range(len(self.key)) if fits(row)]

    def beside(self, row, rows):
        """How many of these vacancies are at the same school, itself counted."""
        return sum(self.school[other] == self.school[row] for other in rows)

    def uniform(self, stream, row, tick, slot):
        return float(self.draw.uniform(stream, self.key[row : row + 1], tick, slot)[0])

    def hr_work(self):
        light = self.p.hr.screening == "light"
        return self.p.hr_hours_light if light else self.p.hr_hours_task

    def recruited(self):
        """Applicants against the usual, as far as HR has hours to look for them."""
        each = self.for_hiring / len(self.key)
        return ((1 + each / self.p.usual_recruiting) / 2) ** self.p.recruiting

    def advertise(self, row):
        p, post = self.p, self.posts
        light = p.hr.screening == "light"
        validity = p.screen_validity_light if light else p.screen_validity_task
        place = self.school[row]
        share = p.pool_of_color * min(3.0, max(0.2, 1.0 + p.sorting * self.lead[place]))
        for ad in (0, 1):
            z = INVERSE(self.draw_of(row, 5, 12 * ad))
            mean = p.applicants * self.pull[place] * self.recruited()
            mean *= math.exp(p.applicants_spread * z - p.applicants_spread**2 / 2)
            number = min(12, 1 + math.floor(mean))
            screens = {}
            for c in range(12 * ad, 12 * ad + 12):
                ability = p.ability_spread * INVERSE(self.draw_of(row, 0, c))
                color = self.draw_of(row, 4, c) < share
                screen = mixed(ability, INVERSE(self.draw_of(row, 1, c)), validity)
                screen -= self.penalty("hr") if color else 0.0
                clear = min(0.9, p.interview_validity * self.clarity[place])
                seen = mixed(ability, INVERSE(self.draw_of(row, 2, c)), clear)
                seen -= self.penalty(place) if color else 0.0
                post["ability"][c, row], post["color"][c, row] = ability, color
                post["view"][c, row] = screen + seen
                if c - 12 * ad < number:
                    screens[c] = screen
            best = sorted(screens, key=lambda c: -screens[c])
            on = best if light else best[: int(p.shortlist)]
            post["applicants"][ad, row] = len(on)
            for c in range(12 * ad, 12 * ad + 12):
                wait = -math.log(self.draw_of(row, 3, c)) * p.patience
                wait *= math.exp(-p.patience_by_quality * post["ability"][c, row])
                post["patience"][c, row] = wait if c in on else -1.0

    def penalty(self, whose):
        """Disadvantage of candidates of color with those who select: HR, or a school by its row."""
        left = 1.0 - self.p.disparity_by_behaviour * self.acts[whose]
        return self.p.disparity * max(0.0, left)

    def draw_of(self, row, attribute, candidate):
        return self.uniform("hiring.candidates", row, self.season, 32 * attribute + candidate)

    def open(self, row):
        post = self.posts
        post["notice_week"][row], post["stage"][row] = -1, IN_HR
        post["opened"][row] = post["advertised"][row] = self.week
        post["work_left"][row], post["chased"][row] = self.hr_work(), 0.0
        post["due"][row] = self.week + math.ceil(self.p.approval_weeks * (1.0 - self.answered))
        self.sums["opened"] += 1

    def start(self, row):
        p, post = self.p, self.posts
        pick = int(post["successor"][row])
        ability = post["ability"][pick, row]
        for subject in range(3):
            z = INVERSE(self.uniform("hiring.start", row, self.season, 4 * pick + subject))
            post["skill"][subject, row] = ability + p.subject_spread * z
            post["floor"][subject, row] = post["skill"][subject, row] - p.upkeep_gap
            post["fresh"][subject, row] = 0.0
        u = self.uniform("hiring.start", row, self.season, 4 * pick + 3)
        older = 1 + math.floor(14 * (u - p.novice_share) / (1 - p.novice_share))
        post["experience"][row] = 0 if u < p.novice_share else older
        post["of_color"][row] = post["color"][pick, row]
        post["filled"][row] = True
        post["holder"][row] += 1
        post["successor"][row] = post["candidate"][row] = -1
        late = self.of_year < 15
        post["late_weeks"][row] = self.of_year + 1 if late else 0
        self.sums["hires"] += 1
        self.sums["late"] += late
        self.sums["hires_of_color"] += bool(post["of_color"][row])
        self.sums["hire_quality"] += ability

    def offered(self, row):
        post = self.posts
        if post["due"][row] > self.week:
            return
        pick = 12 * post["round"][row] + post["candidate"][row]
        there = post["patience"][pick, row] > self.week - post["advertised"][row]
        last = post["round"][row] >= self.p.rounds - 1 and post["candidate"][row] == 0
        if there or last:
            post["successor"][row], post["stage"][row] = pick, NONE
            self.sums["withdrew"] += post["gone"][row]
            self.sums["filled_posts"] += 1
            self.sums["days"] += 7 * (self.week - post["opened"][row])
        else:
            post["stage"][row], post["work_left"][row] = WITH_PRINCIPAL, 1.0
            post["candidate"][row] = -1

    def with_principal(self, row, waiting):
        post = self.posts
        post["work_left"][row] -= self.reading[self.school[row]] / waiting
        if post["work_left"][row] > 0:
            return
        waited, ad = self.week - post["advertised"][row], int(post["round"][row])
        patience = post["patience"][12 * ad : 12 * ad + 12, row]
        there = [c for c in range(12) if patience[c] > waited]
        post["gone"][row] = sum(0 <= weeks <= waited for weeks in patience)
        last = ad >= self.p.rounds - 1
        if there or last:
            best = max(there, key=lambda c: post["view"][12 * ad + c, row]) if there else 0
            post["stage"][row], post["candidate"][row] = OFFERED, best
            wait = math.ceil(self.p.offer_weeks * (1.0 - self.answered))
            post["due"][row] = self.week + 1 + wait
            self.sums["offers"] += 1
        else:
            self.sums["withdrew"] += post["gone"][row]
            post["round"][row] += 1
            post["advertised"][row] = post["due"][row] = self.week
            post["stage"][row], post["work_left"][row] = IN_HR, self.hr_work() / 2

    def in_hr(self, row, all_waiting, waiting):
        p, post, place = self.p, self.posts, self.school[row]
        post["work_left"][row] -= self.hr_hours / all_waiting + self.fill_in[place] / waiting
        post["chased"][row] += self.fill_in[place] / waiting
        due = post["due"][row] - math.floor(post["chased"][row] / p.chase_hours)
        if post["work_left"][row] > 0 or due > self.week:
            return
        passed = post["applicants"][post["round"][row], row]
        light = p.hr.screening == "light"
        files = min(p.most_files, passed * p.files_per_applicant) if light else passed
        hours = files * p.minutes_per_file / 60 + p.interview_hours
        post["stage"][row] = WITH_PRINCIPAL
        post["work_left"][row] = hours / (1 + self.assistants[place])
        self.sums["files"] += files
        self.sums["read"] += 1
        self.sums["applied"] += passed


def mixed(ability, noise, validity):
    return validity * ability + math.sqrt(1 - validity**2) * noise


def close(found, expected):
    return np.allclose(found, expected, rtol=1e-9, atol=1e-9)


def compared(clerk, state):
    where = f"week {clerk.week}"
    for name, expected in clerk.posts.items():
        assert close(getattr(state.teachers, name), expected), f"{where}: {name}"
    for name, expected in clerk.sums.items():
        assert close(getattr(state.district, name), expected), f"{where}: {name}"
    assert close(state.principals.queue_in_hr, clerk.queue), where
    assert close(state.principals.files_left, clerk.left), where


SLOW = {"time_use": {"recruiting_share": 0.2}, "hiring": {"hr_hours_light": 24.0, "patience": 8.0}}
CASES = {
    "status quo": (Policy("usual", {}), {}),
    "performance tasks": (Policy("tasks", {"hr.screening": "performance_task"}), {}),
    "nobody fills in": (Policy("alone", {"hr.ild_fill_in": False}), {}),
    "slow HR, hasty candidates": (Policy("usual", {}), SLOW),
    "screening changes within a season": (
        Policy("change", {"hr.screening": "performance_task"}, starts=33, ends=88), {}
    ),
    "people act for equity": (
        Policy("trained", {"equity.training_hours": 40, "hr.bias_training_hours": 40}), {}
    ),
    "good teaching means the same to all": (
        Policy("joint", {"standards.joint": True, "research_use.leader_hours": 10}),
        {"feedback": {"joint_pace": 0.04}},
    ),
    "fewer people in the office": (Policy("cut", {"office.budget_cut": 0.25}), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_plain_clerk_finds_the_same(monkeypatch, case):
    policy, parameters = CASES[case]
    seen = {"again": 0, "late": 0, "signed": 0, "acts": 0.0, "clear": 0.0}

    def checked(state, p, draw):
        clerk = Clerk(state, p, draw)
        clerk.work()
        hiring.step(state, p, draw)
        compared(clerk, state)
        seen["again"] += int((state.teachers.round > 0).sum())
        seen["signed"] += int((state.teachers.successor >= 0).sum())
        seen["late"] += int((state.teachers.late_weeks > 0).sum())
        if state.week % 52 == 26:  # when candidates are seen
            seen["acts"] = max(seen["acts"], *clerk.acts.values())
            seen["clear"] = max(seen["clear"], *clerk.clarity)

    calendar = [(n, checked if n == "hiring" else step) for n, step in school_year.EVERY_WEEK]
    monkeypatch.setattr(school_year, "EVERY_WEEK", tuple(calendar))
    Simulation(District.synthetic(9, 3), policy, 5, parameters=parameters).run(2)
    assert seen["signed"] > 0
    assert (seen["acts"] > 0.05) == (case == "people act for equity")
    assert (seen["clear"] > 1.1) == (case == "good teaching means the same to all")
    if case == "slow HR, hasty candidates":
        assert seen["again"] > 0  # some are advertised twice, some start late
        assert seen["late"] > 0
