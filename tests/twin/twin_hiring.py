"""Hiring: vacancies, their candidates, and how HR and principals fill them.

Written from the model's description alone; see `twin.py`.
"""

import math

import mesa

from .twin_teachers import NOBODY, SUBJECTS
from .twin_units import clip

NO_STAGE, IN_HR, WITH_PRINCIPAL, OFFERED = 0, 1, 2, 3
EACH, MOST = range(12), 12  # candidates looked at for one advertisement
OPENS, ENDS, START = 26, 15, 51  # weeks of the year
TERM = 40
SUMS = ("opened", "files", "read", "filled_posts", "days", "offers", "applied", "withdrew",
        "late", "hires", "hires_of_color", "hire_quality")  # fmt: skip


def season_of(week):
    """Number of the hiring season that a week of the run belongs to."""
    return (week - OPENS) // 52


def left_of(disparity, p, behaviour):
    """Disadvantage of candidates of color in selection, SD of signal."""
    return disparity * max(0.0, 1 - p.disparity_by_behaviour * behaviour)


def signal(ability, noise, validity):
    """A noisy view of ability."""
    return validity * ability + math.sqrt(1 - validity * validity) * noise


def recruited(model, p):
    """Applicants against the usual, as far as HR has hours to look for them."""
    hours = sum(each.hours["hiring"] for each in model.human_resources.filled)
    posts = sum(len(school.teachers) for school in model.schools)
    return ((1 + hours / posts / p.usual_recruiting) / 2) ** p.recruiting


class Candidate:
    """Somebody who would take a post, for as long as their patience lasts."""

    def __init__(self, slot, ability, of_color, patience):
        self.slot, self.ability, self.of_color, self.patience = slot, ability, of_color, patience
        self.screen = self.view = 0.0

    def gone(self, waited):
        """Whether a candidate who was passed on has taken another offer."""
        return 0 <= self.patience <= waited

    def there(self, waited):
        """Whether the candidate is still to be had."""
        return self.patience > waited


class Vacancy(mesa.Agent):
    """A post to be filled, with the candidates of the season."""

    def __init__(self, model, post):
        super().__init__(model)
        self.post, self.stage, self.round = post, NO_STAGE, 0
        self.opened = self.advertised = self.due = 0
        self.work_left = self.withdrawn = self.chased = 0.0
        self.chosen = None
        self.advertisements, self.passed_on = [], []

    def answer(self, p, drawn, reached):
        """Who answers the advertisements of this season; draws by attribute and candidate."""
        school = self.post.school
        able, screened, interviewed, waits, color, answers = drawn
        office = left_of(p.disparity, p, self.model.human_resources.behaviour)
        here = left_of(p.disparity, p, school.behaviour)
        tasks = p.hr.screening == "performance_task"
        screens = p.screen_validity_task if tasks else p.screen_validity_light
        tells = min(0.9, p.interview_validity * school.principal.clarity)
        of_color = p.pool_of_color * clip(1 + p.sorting * school.color_lead, 0.2, 3.0)
        for first in (0, MOST):
            slots = range(first, first + MOST)
            candidates = []
            for c in slots:
                ability = p.ability_spread * able[c]
                usual = p.patience * math.exp(-p.patience_by_quality * ability)
                patience = -math.log(waits[c]) * usual
                each = Candidate(c - first, ability, color[c] < of_color, patience)
                each.screen = signal(ability, screened[c], screens) - office * each.of_color
                each.view = each.screen + signal(ability, interviewed[c], tells)
                each.view -= here * each.of_color
                candidates.append(each)
            size = p.applicants_spread * answers[first] - p.applicants_spread**2 / 2
            mean = p.applicants * school.applicant_pull * reached * math.exp(size)
            number = min(12, 1 + math.floor(mean))
            passed = candidates[:number]
            if tasks:
                passed = sorted(passed, key=lambda each: -each.screen)[: p.shortlist]
            for each in candidates:
                if each not in passed:
                    each.patience = -1.0
            self.advertisements.append(candidates)
            self.passed_on.append(len(passed))

    @property
    def candidates(self):
        """Those who answer the present advertisement."""
        return self.advertisements[self.round]

    @property
    def waited(self):
        """Weeks since the vacancy was last advertised."""
        return self.model.week - self.advertised

    def last_round(self, p):
        """Whether the vacancy will not be advertised again."""
        return self.round == p.rounds - 1

    def count_gone(self):
        """Candidates of this advertisement who have withdrawn by now."""
        return sum(each.gone(self.waited) for each in self.candidates)

    def open(self, p, answered):
        """The vacancy becomes known, and waits for approval in HR."""
        self.opened = self.advertised = self.model.week
        self.due = self.model.week + math.ceil(p.approval_weeks * (1 - answered))
        self.stage, self.work_left = IN_HR, hr_hours(p)

    def sign(self, p, sums):
        """An offer is due: the candidate signs, or is gone and the next on the list is asked."""
        anybody = self.last_round(p) and self.chosen.slot == 0
        if not (self.chosen.there(self.waited) or anybody):
            self.stage, self.work_left = WITH_PRINCIPAL, 1.0
            return
        self.stage = NO_STAGE
        self.post.successor, self.post.successor_slot = self.chosen, MOST * self.round
        self.post.successor_slot += self.chosen.slot
        sums["withdrew"] += self.withdrawn
        sums["filled_posts"] += 1
        sums["days"] += 7 * (self.model.week - self.opened)

    def wait_for_principal(self, p, hours, answered, sums):
        """The principal reads files and interviews, and then chooses."""
        self.work_left -= hours
        if self.work_left > 0:
            return
        self.withdrawn = self.count_gone()
        still = [each for each in self.candidates if each.there(self.waited)]
        if not still and not self.last_round(p):
            sums["withdrew"] += self.withdrawn
            self.stage, self.work_left = IN_HR, hr_hours(p) / 2
            self.round += 1
            self.advertised = self.due = self.model.week
            return
        self.chosen = max(still, key=lambda each: each.view) if still else self.candidates[0]
        self.due = self.model.week + 1 + math.ceil(p.offer_weeks * (1 - answered))
        self.stage = OFFERED
        sums["offers"] += 1

    def wait_in_hr(self, p, hours, fill_in, sums):
        """HR and a supervisor who fills in work on the vacancy; an approved one is passed on."""
        self.work_left -= hours + fill_in
        self.chased += fill_in
        approved = self.due - math.floor(self.chased / p.chase_hours) <= self.model.week
        if self.work_left > 0 or not approved:
            return
        passed = self.passed_on[self.round]
        files = passed
        if p.hr.screening == "light":
            files = min(p.most_files, passed * p.files_per_applicant)
        reading = files * p.minutes_per_file / 60 + p.interview_hours
        self.stage = WITH_PRINCIPAL
        self.work_left = reading / (1 + self.post.school.assistants)
        sums["files"] += files
        sums["read"] += 1
        sums["applied"] += passed


def hr_hours(p):
    """HR's hours for a vacancy."""
    return p.hr_hours_light if p.hr.screening == "light" else p.hr_hours_task


class Hiring(mesa.Agent):
    """The hiring season: HR and the principals together."""

    def __init__(self, model):
        super().__init__(model)
        self.sums = dict.fromkeys(SUMS, 0.0)

    def vacancies(self, *stages):
        """Vacancies that stand in one of these stages."""
        posts = self.model.teachers
        return [post.vacancy for post in posts if post.vacancy and post.vacancy.stage in stages]

    def week(self, p):
        """A week of the season."""
        week = self.model.week_of_year
        if ENDS <= week < OPENS:
            return
        if week == OPENS:
            self.sums = dict.fromkeys(SUMS, 0.0)
            self.advertise(p)
        answered = self.model.human_resources.answered
        for post in self.model.teachers:
            if post.notice_week == week and self.may_open(post):
                post.vacancy.open(p, answered)
                post.notice_week = NOBODY
                self.sums["opened"] += 1
        if week == START or week < ENDS:
            self.start_work(p)
        self.move_on(p, answered)
        for school in self.model.schools:
            school.count_vacancies()

    def may_open(self, post):
        """Whether a post with notice is not being filled already."""
        return post.vacancy and post.vacancy.stage == NO_STAGE and post.successor is None

    def advertise(self, p):
        """Candidates of the season for posts with notice."""
        model = self.model
        posts = [
            each
            for each in model.teachers
            if each.notice_week != NOBODY and not (each.vacancy and each.vacancy.stage != NO_STAGE)
        ]
        if not posts:
            return
        keys, season = model.teacher_keys[[post.row for post in posts]], season_of(model.week)
        normal, uniform = model.draws.normal, model.draws.uniform
        drawn = [
            [draw("hiring.candidates", keys, season, 32 * a + c).tolist() for c in range(2 * MOST)]
            for a, draw in enumerate((normal, normal, normal, uniform, uniform, normal))
        ]
        reached = recruited(model, p)
        for place, post in enumerate(posts):
            post.vacancy = Vacancy(model, post)
            luck = [[each[place] for each in by_slot] for by_slot in drawn]
            post.vacancy.answer(p, luck, reached)

    def start_work(self, p):
        """Signed successors start in empty posts."""
        model = self.model
        posts = [post for post in model.teachers if post.successor and not post.filled]
        if not posts:
            return
        keys, season = model.teacher_keys[[post.row for post in posts]], season_of(model.week)
        for place, post in enumerate(posts):
            key, slot = keys[[place]], 4 * post.successor_slot
            z = [model.draws.normal("hiring.start", key, season, slot + s)[0] for s in SUBJECTS]
            (u,) = model.draws.uniform("hiring.start", key, season, slot + 3)
            self.start(p, post, [float(each) for each in z], float(u))

    def start(self, p, post, z, u):
        """One successor starts."""
        person = post.successor
        post.skill = [person.ability + p.subject_spread * each for each in z]
        post.floor = [skill - p.upkeep_gap for skill in post.skill]
        post.fresh = [0.0] * 3
        share = (u - p.novice_share) / (1 - p.novice_share)
        post.experience = 0.0 if u < p.novice_share else 1.0 + math.floor(14 * share)
        week = self.model.week_of_year
        post.late_weeks = week + 1.0 if week < TERM else 0.0
        post.of_color = person.of_color
        post.filled, post.holder = True, post.holder + 1
        post.successor = post.vacancy = None
        self.sums["hires"] += 1
        self.sums["late"] += post.late_weeks > 0
        self.sums["hires_of_color"] += person.of_color
        self.sums["hire_quality"] += person.ability

    def move_on(self, p, answered):
        """Offers, principals and HR each move their vacancies on."""
        model = self.model
        offered = self.vacancies(OFFERED)
        with_principal, in_hr = self.vacancies(WITH_PRINCIPAL), self.vacancies(IN_HR)
        for vacancy in offered:
            if vacancy.due <= model.week:
                vacancy.sign(p, self.sums)
        for vacancy in with_principal:
            school = vacancy.post.school
            waiting = sum(1 for each in with_principal if each.post.school is school)
            hours = school.principal.hours["hiring"] / waiting
            vacancy.wait_for_principal(p, hours, answered, self.sums)
        partners = sum(each.hours["hiring"] for each in model.human_resources.filled)
        working = partners * (0.5 + 0.5 * model.human_resources.service)
        for vacancy in in_hr:
            school = vacancy.post.school
            there = sum(1 for each in in_hr if each.post.school is school)
            fill_in = school.principal.fill_in / there
            vacancy.wait_in_hr(p, working / len(in_hr), fill_in, self.sums)
