"""Observations: what a researcher would count in a simulated district, week by week.

Outcomes are what a run records of itself; validation needs more, such as who is still in the same
school three years on. A watcher turns the weeks of one simulation and keeps sums. A quantity is a
pair (sum, base), so that districts and years pool as a national survey pools them: by people.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from districtsim.study import observations_hiring as hiring
from districtsim.study import observations_schools as schools
from districtsim.world.state import ROLES

YEAR, TERM = 52, 40
SPAN = 3  # years over which retention is followed
EIGHTEEN_MONTHS = 78  # weeks of the run
BANDS = {
    "up to 3 years": (0, 4),
    "4 to 9 years": (4, 10),
    "10 to 14 years": (10, 15),
    "15 years and more": (15, 99),
}
LARGE_DISTRICT = 29_000  # pupils, F410
SUPERINTENDENT, SUPERVISOR = ROLES.index("superintendent"), ROLES.index("ild")


@dataclass(frozen=True)
class Job:
    """One simulation to watch: which arm of a study it belongs to, and what is simulated.

    parameters  {"mechanism": {"name": value}} in place of the cards' values
    """

    arm: str
    district: object
    policy: object
    years: int
    seed: int
    parameters: dict | None = None


def watch(job):
    """Simulate a Job; returns {quantity: (sum, base)}. Here, so that workers can find it."""
    from districtsim.simulation import Simulation

    simulation = Simulation(job.district, job.policy, job.seed, parameters=job.parameters)
    return Watcher(simulation).run(job.years)


class Watcher:
    """One simulation and the sums of what was seen in it.

    simulation  a new Simulation
    numbers     {mechanism: namespace} in force once the policy has started
    sums        {quantity: [sum, base]}
    """

    def __init__(self, simulation):
        self.simulation, self.state = simulation, simulation.state
        self.numbers = simulation.timeline.in_force(simulation.policy.starts)
        self.sums = defaultdict(lambda: [0.0, 0.0])
        self.autumns = []  # who held which post in week 20 of each year
        schools.begin(self)

    def run(self, years):
        """Run to the end of this many years; returns {quantity: (sum, base)}."""
        office_on_day_one(self)
        while self.simulation.week < YEAR * years:
            week = self.simulation.week
            hiring.before_week(self, week)
            schools.before_week(self, week)
            self.simulation.step()
            if week % YEAR < TERM:
                schools.every_week_of_term(self)
            hiring.after_week(self, week)
            for observe in WHEN.get(week % YEAR, ()):
                observe(self)
            if week == EIGHTEEN_MONTHS:
                appropriation(self)
        return {name: (total, base) for name, (total, base) in sorted(self.sums.items())}

    def add(self, name, total, base):
        """Add to a quantity's sum and base."""
        pair = self.sums[name]
        pair[0] += float(total)
        pair[1] += float(base)

    def share(self, name, which, among):
        """Add how many of `among` are also in `which` (yes/no arrays)."""
        self.add(name, np.count_nonzero(which & among), np.count_nonzero(among))


def office_on_day_one(watch):
    """Size of the district and of its central office."""
    state = watch.state
    number = len(state.schools)
    watch.add("office: desks a school", len(state.staff), number)
    specialists = np.count_nonzero(state.staff.role == ROLES.index("specialist"))
    watch.add("office: coordinators per 100 teachers", 100 * specialists, len(state.teachers))
    watch.add("schools: pupils", state.schools.enrolment.sum(), number)
    watch.add("schools: teachers", len(state.teachers), number)


def decisions(watch):
    """Week 24: which teachers will stay in their school, move or leave."""
    state, teachers = watch.state, watch.state.teachers
    stays, here = ~teachers.leaving, teachers.filled
    watch.share("teachers: stay", stays, here)
    for band, (low, high) in BANDS.items():
        in_band = here & (teachers.experience >= low) & (teachers.experience < high)
        watch.share(f"teachers: stay, {band}", stays, in_band)
    low_income = state.schools.low_income[teachers.school]
    watch.share("teachers: stay, under 35 % low income", stays, here & (low_income < 0.35))
    watch.share("teachers: stay, 75 % low income and more", stays, here & (low_income >= 0.75))
    watch.share("teachers: stay, of color", stays, here & teachers.of_color)
    people, moved = np.count_nonzero(here), state.district.moved[0]
    watch.add("teachers: move", moved, people)
    watch.add("teachers: leave", np.count_nonzero(here & ~stays) - moved, people)


def autumn(watch):
    """Week 20: who of one year and of three years ago is still in the same post."""
    state = watch.state
    posts = {"teachers": state.teachers, "principals": state.principals, "staff": state.staff}
    now = {name: (table.holder.copy(), table.filled.copy()) for name, table in posts.items()}
    now["rating"] = schools.rating(state)
    watch.autumns.append(now)
    for years, words in ((1, "a year"), (SPAN, "three years")):
        if len(watch.autumns) <= years:
            continue
        then = watch.autumns[-1 - years]
        same = {}
        for name in posts:
            (holder, filled), (before, had) = now[name], then[name]
            same[name] = filled & (holder == before), had
        watch.share(f"teachers: same school after {words}", *same["teachers"])
        watch.share(f"principals: same school after {words}", *same["principals"])
        _office(watch, words, *same["staff"])
        if years == SPAN:
            flat = now["rating"] - then["rating"] <= schools.NO_CLEAR_RISE
            stayed, had = same["teachers"]
            watch.share("teachers: flat or declining over three years", flat, stayed & had)


def _office(watch, words, same, had):
    role = watch.state.staff.role
    head = had & (role == SUPERINTENDENT)
    pupils = watch.state.schools.enrolment.sum()
    size = "29,000 pupils and more" if pupils >= LARGE_DISTRICT else "under 29,000 pupils"
    watch.share(f"superintendents: exit within {words}", ~same, head)
    watch.share(f"superintendents: exit within {words}, {size}", ~same, head)
    watch.share(f"supervisors: exit within {words}", ~same, had & (role == SUPERVISOR))
    others = had & (role > SUPERINTENDENT) & (role != SUPERVISOR)
    watch.share(f"other office staff: same post after {words}", same, others)


def appropriation(watch):
    """Week 78: how deep the ideas went, over people of the office and ideas."""
    staff = watch.state.staff
    depth = staff.appropriation[:, staff.filled]
    watch.add("office: low to moderate appropriation", (depth < 2.5).sum(), depth.size)


WHEN = {
    20: (hiring.season, autumn),
    24: (decisions,),
    39: (schools.june,),
    51: (schools.august,),
}


def quantities(sums):
    """Every quantity as one number: means of the sums, and what is worked out from several.

    sums     {quantity: (sum, base)}
    returns  {quantity: value}, without those whose base is 0
    """
    means = {name: total / base for name, (total, base) in sums.items() if base}
    found = dict(means)
    for worked_out in (*hiring.WORKED_OUT, *schools.WORKED_OUT):
        found.update(worked_out(means))
    return found


def pooled(many):
    """Sums of several runs added up, in their order; {quantity: (sum, base)}."""
    total = defaultdict(lambda: (0.0, 0.0))
    for sums in many:
        for name, (part, base) in sums.items():
            before = total[name]
            total[name] = (before[0] + part, before[1] + base)
    return dict(total)
