"""Simulation: a state, its policy and its draws; turns the weeks. Knows no Mesa."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from os import PathLike

import numpy as np

from districtsim.outcomes import WHEN, outcomes, time_use_rows
from districtsim.school_year import WARM_UP_WEEKS, cost_of_levers, run_week
from districtsim.world.district import District
from districtsim.world.draws import Draws
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import merged, switched_off
from districtsim.world.policies import Policy
from districtsim.world.population import draw_up

YEAR, TERM, MONTH = 52, 40, 4


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
    without     names of mechanisms, or of single processes of them (`parameters.switches`), to
                switch off
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    weekly      names of "term" outcomes to keep for every week
    Raises SettingError for anything that does not exist or is not allowed.
    """

    def __init__(self, district, policy, seed, *, without=(), parameters=None, weekly=()):
        if not isinstance(district, District):
            _check_kind(district, (str, PathLike), "district", "a District, its name or its file")
            district = District.load(district)
        if not isinstance(policy, Policy):
            _check_kind(policy, (str, PathLike), "policy", "a Policy, its name or its file")
        _check_kind(seed, Integral, "seed", "a whole number")
        for names, where in ((without, "without"), (weekly, "weekly")):
            _check_kind(names, Iterable, where, "a list of names")
        mechanisms, switched = switched_off(without, "without")
        able = [name for name, o in outcomes().items() if o.when in ("term", "month")]
        weekly = weekly if isinstance(weekly, str) else tuple(weekly)
        _check_names(weekly, able, "weekly", "an outcome kept weekly")
        self.district, self.notes = district.completed()
        self.policy = Policy.load(policy)
        self.without = frozenset(mechanisms)
        self.draws = Draws(seed)
        self.state, self.timeline = draw_up(
            self.district, self.policy, merged(parameters, switched), self.draws
        )
        self.state.week = -WARM_UP_WEEKS
        self._numbers = self.timeline.in_force(self.state.week)
        self._term = {name: outcomes()[name].measure for name in able}
        self._every_week = [name for name in able if outcomes()[name].when == "term"]
        self.state.chart.time_use_rows = time_use_rows(self.state)
        self._groups = {n: outcomes()[n].groups(self.state) for n in able}
        self._dated = {w: [] for w in WHEN.values()}
        for name, out in outcomes().items():
            if out.when in WHEN:
                self._dated[WHEN[out.when]].append((name, out.measure))
        self._term_so_far = {name: [] for name in able}
        self._yearly, self._kept = {}, {n: [] for n in weekly}
        for _ in range(WARM_UP_WEEKS):
            self._run_week()

    @property
    def week(self):
        """Weeks run so far; -28 to -1 while the spring before is warmed up."""
        return self.state.week

    def _run_week(self):
        changed = self.state.week in self.timeline.changes
        if changed:
            self._numbers = self.timeline.in_force(self.state.week)
        self.state.chart.new_levers = changed
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
        state, term = self.state, self._term_so_far
        for name, weeks in self._kept.items():
            weeks.append(self._term[name](state))
        if week < TERM:
            last = week % MONTH == MONTH - 1
            for name in self._term if last else self._every_week:
                kept = self._kept.get(name)
                term[name].append(kept[-1] if kept else self._term[name](state))
        if week == TERM - 1:
            for name, weeks in term.items():
                self._yearly.setdefault(name, []).append(sum(weeks) / len(weeks))
                term[name] = []
        for name, measure in self._dated.get(week, ()):
            self._yearly.setdefault(name, []).append(measure(state))

    def run(self, years):
        """Run to the end of this many years from the start; returns the History."""
        while self.state.week < YEAR * years:
            self.step()
        return self.history()

    def history(self):
        """What has been measured so far."""
        return History(_tables(self._yearly, self._groups), _tables(self._kept, self._groups))


def planned_cost(district, policy, parameters=None):
    """Yearly cost of a policy's levers in this district while they are in force, US$.

    district  District (completed or not); policy  Policy
    """
    made, _ = district.completed()
    state, timeline = draw_up(made, policy, parameters, Draws(0))
    return cost_of_levers(state, timeline.in_force(policy.starts))


def _tables(records, groups):
    found = {}
    for name, rows in records.items():
        if name in groups and rows:
            found[name] = (groups[name], np.array(rows))
        elif rows:
            names = tuple(dict.fromkeys(g for row in rows for g in row))
            values = [[row.get(g, np.nan) for g in names] for row in rows]
            found[name] = (names, np.array(values, dtype=float))
    return found


def _check_kind(given, kinds, where, wanted):
    if isinstance(given, bool) or not isinstance(given, kinds):
        raise SettingError(f"{where} is {given!r}; it takes {wanted}.")


def _check_names(given, known, where, what):
    if isinstance(given, str):
        raise SettingError(f"{where}: expected a list of names, got the text {given!r}.")
    for name in given:
        if name not in known:
            raise SettingError(
                f"{where}: '{name}' is not {what}.{nearest(name, known)} Known: {', '.join(known)}."
            )
