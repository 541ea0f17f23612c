"""Simulation: a state, its policy and its draws; turns the weeks. Knows no Mesa."""

from dataclasses import dataclass

import numpy as np

from districtsim.outcomes import WHEN, outcomes
from districtsim.school_year import WARM_UP_WEEKS, run_week
from districtsim.world.district import District
from districtsim.world.draws import Draws
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import MECHANISMS
from districtsim.world.policies import Policy
from districtsim.world.population import draw_up

YEAR, TERM = 52, 40


@dataclass
class History:
    """What a run measured.

    yearly  {outcome: (groups, values (years, groups))}; year 1 is the first
    weekly  {outcome: (groups, values (weeks, groups))}; only outcomes asked for
    """

    yearly: dict
    weekly: dict


class Simulation:
    """One district under one policy with one seed.

    district    District, or the name or file of one
    policy      Policy, or the name or file of one
    seed        integer; the same seed gives every policy the same luck
    without     names of mechanisms to switch off
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    weekly      names of "term" outcomes to keep for every week
    Raises SettingError for anything that does not exist or is not allowed.
    """

    def __init__(self, district, policy, seed, *, without=(), parameters=None, weekly=()):
        if not isinstance(district, District):
            district = District.load(district)
        _check_names(without, MECHANISMS, "without", "a mechanism")
        able = [name for name, o in outcomes().items() if o.when == "term"]
        _check_names(weekly, able, "weekly", "an outcome kept weekly")
        self.district, self.notes = district.completed()
        self.policy = Policy.load(policy)
        self.without, self._weekly = frozenset(without), tuple(weekly)
        self.draws = Draws(seed)
        self.state, self.timeline = draw_up(self.district, self.policy, parameters, self.draws)
        self.state.week = -WARM_UP_WEEKS
        self._numbers = self.timeline.in_force(self.state.week)
        self._term = {name: outcomes()[name].measure for name in able}
        self._sums, self._yearly, self._kept = {}, {}, {}
        for _ in range(WARM_UP_WEEKS):
            self._run_week()

    @property
    def week(self):
        """Weeks run so far; -28 to -1 while the spring before is warmed up."""
        return self.state.week

    def _run_week(self):
        if self.state.week in self.timeline.changes:
            self._numbers = self.timeline.in_force(self.state.week)
        run_week(self.state, self._numbers, self.draws, self.without)
        self.state.week += 1

    def step(self):
        """Run one week and measure it."""
        week = self.state.week
        self._run_week()
        self.state.week = week  # outcomes look at the week that was
        self._measure(week % YEAR)
        self.state.week = week + 1

    def _measure(self, week):
        keep = self._weekly
        if week < TERM:
            for name, measure in self._term.items():
                values = measure(self.state)
                _add(self._sums, name, values)
                if name in keep:
                    self._kept.setdefault(name, []).append(values)
        else:
            for name in keep:
                self._kept.setdefault(name, []).append(self._term[name](self.state))
        if week == TERM - 1:
            for name, sums in self._sums.items():
                means = {g: total / count for g, (total, count) in sums.items()}
                self._yearly.setdefault(name, []).append(means)
            self._sums = {}
        for name, out in outcomes().items():
            if WHEN.get(out.when) == week:
                self._yearly.setdefault(name, []).append(out.measure(self.state))

    def run(self, years):
        """Run to the end of this many years from the start; returns the History."""
        while self.state.week < YEAR * years:
            self.step()
        return self.history()

    def history(self):
        """What has been measured so far."""
        return History(_tables(self._yearly), _tables(self._kept))


def planned_cost(district, policy, parameters=None):
    """Yearly cost of a policy's levers in this district while they are in force, US$.

    district  District (completed or not); policy  Policy
    """
    from districtsim.mechanisms import money

    made, _ = district.completed()
    state, timeline = draw_up(made, policy, parameters, Draws(0))
    p = timeline.in_force(policy.starts)["money"]
    number = money.desks_needed(len(state.schools), p.supervision.caseload, state.chart.small)
    return money.yearly_cost(
        number, p.research_use.coach_days, p.pd.days, state.schools.posts, p
    )


def _add(sums, name, values):
    into = sums.setdefault(name, {})
    for group, value in values.items():
        total, count = into.get(group, (0.0, 0))
        into[group] = (total + value, count + 1)


def _tables(records):
    found = {}
    for name, rows in records.items():
        groups = tuple(dict.fromkeys(g for row in rows for g in row))
        values = np.array([[row.get(g, np.nan) for g in groups] for row in rows], dtype=float)
        found[name] = (groups, values)
    return found


def _check_names(given, known, where, what):
    if isinstance(given, str):
        raise SettingError(f"{where}: expected a list of names, got the text {given!r}.")
    for name in given:
        if name not in known:
            raise SettingError(
                f"{where}: '{name}' is not {what}.{nearest(name, known)} "
                f"Known: {', '.join(known)}."
            )
