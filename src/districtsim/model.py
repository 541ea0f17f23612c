"""Model: the Mesa face of a Simulation, in which one step is one week."""

import operator
import os
from collections.abc import Iterable

import numpy as np

from districtsim.agents import AGENTS, Row, mesa, retire  # agents.py tames mesa's import
from districtsim.simulation import YEAR, Simulation
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy
from districtsim.world.schools import LEVELS
from districtsim.world.state import ROLES, Schools

VACANT = -1
LARGEST_SEED = 2**64 - 1
MOST_YEARS = 50


class School(Row, table=Schools):
    """A school: not an agent, but where agents work."""

    def __init__(self, model, row):
        self.__dict__.update(model=model, row=row)

    def __repr__(self):
        return f"School({self.name!r})"

    @property
    def _table(self):
        return self.model.state.schools

    @property
    def id(self):
        """Identifier in the district's files."""
        return str(self.model.district.schools.id[self.row])

    @property
    def name(self):
        """Name in the district's files."""
        return str(self.model.district.schools.name[self.row])

    @property
    def level(self):
        """primary, middle, high or other."""
        return LEVELS[self._table.level[self.row]]

    @property
    def principal(self):
        """The Principal; None while the post is vacant."""
        return self.model.roster.principals[self.row]

    @property
    def teachers(self):
        """AgentSet of the school's teachers."""
        first = self.first
        return self._people("teachers", range(first, first + self.posts))


class Roster:
    """Which agent holds which post: lists by row of `staff`, `principals`, `teachers`, `coaches`.

    None stands for a vacancy, a closed desk, or a coach who is not under contract.
    """

    def __init__(self, model):
        state = model.state
        self._model = model
        self._kinds = {
            "staff": [AGENTS[ROLES[role]] for role in state.staff.role.tolist()],
            "principals": [AGENTS["principal"]] * len(state.principals),
            "teachers": [AGENTS["teacher"]] * len(state.teachers),
            "coaches": [AGENTS["external_coach"]] * len(state.coaches),
        }
        self._seen = {}
        for name, kinds in self._kinds.items():
            setattr(self, name, [None] * len(kinds))
            self._seen[name] = np.full(len(kinds), VACANT)

    def sync(self):
        """Let go those who have left their posts, then make agents of those who have come."""
        state = self._model.state
        changed = {}
        for name, seen in self._seen.items():
            table = getattr(state, name)
            now = np.where(table.filled, table.holder, VACANT)
            changed[name] = np.flatnonzero(now != seen).tolist()
            self._seen[name] = now
        for name, rows in changed.items():
            people = getattr(self, name)
            for row in rows:
                if people[row] is not None:
                    retire(people[row])
                    people[row] = None
        for name, rows in changed.items():
            table, kinds, people = getattr(state, name), self._kinds[name], getattr(self, name)
            present = self._seen[name] != VACANT
            for row in rows:
                if present[row]:
                    people[row] = kinds[row](self._model, table, row)

    def forget(self):
        """Let go everybody."""
        for name in self._kinds:
            for person in getattr(self, name):
                if person is not None:
                    retire(person)


class _SelfNumbered(mesa.Model):
    """A Mesa model that numbers its agents itself.

    Before 3.4.2 Mesa counts in Agent._ids, which holds every model for as long as Python runs.
    """

    _last_id = 0

    def register_agent(self, agent):
        mesa.Agent._ids.pop(self, None)
        self._last_id += 1
        agent.unique_id = self._last_id
        super().register_agent(agent)


_MesaModel = _SelfNumbered if hasattr(mesa.Agent, "_ids") else mesa.Model


class DistrictModel(_MesaModel):
    """A district under a policy, as a Mesa model.

    district    District, or the name or file of one
    policy      Policy, or the name or file of one
    seed        whole number; the same seed gives every policy the same luck
    without     names of mechanisms to switch off
    parameters  {"mechanism": {"name": value}} in place of the cards' values
    rng         what Mesa's batch_run calls the seed
    Raises SettingError for anything that does not exist or is not allowed.

    `step()` runs one week; `week` counts them. `agents` and `agents_by_type` hold everybody
    (`districtsim.agents`) as of the end of the last week; before the first step, of the spring
    before, so without what the policy brings. They are made when somebody first looks and kept up
    to date from then on: a run in which nobody looks costs what the Simulation costs.

    Chance in the model is the Simulation's; Mesa's `random` and `rng` are free for sampling and
    shuffling agents. `simulation` is the Simulation itself, with what was measured:
    `model.simulation.history()`. Models can be copied (`copy.deepcopy`) and pickled at any week.
    """

    def __init__(
        self, district, policy="status_quo", seed=1, *, without=(), parameters=None, rng=None
    ):
        seed = _whole(seed if rng is None else rng, "seed", 0, LARGEST_SEED)
        _check(district, (District, str, os.PathLike), "district", "a District, a name or a file")
        _check(policy, (Policy, str, os.PathLike), "policy", "a Policy, a name or a file")
        _check(without, Iterable, "without", "a list of mechanisms")
        _check(parameters, (dict, type(None)), "parameters", "{mechanism: {name: value}}")
        names = without if isinstance(without, str) else tuple(without)
        super().__init__(rng=seed)
        self._simulation = Simulation(district, policy, seed, without=names, parameters=parameters)
        self._roster = self._schools = None

    @property
    def simulation(self):
        """The Simulation, which knows no Mesa. Raises RuntimeError after `close()`."""
        if self._simulation is None:
            raise RuntimeError("This DistrictModel is closed; make another one to go on.")
        return self._simulation

    @property
    def state(self):
        """All tables of the state, as at the end of the last week."""
        return self.simulation.state

    @property
    def week(self):
        """Weeks run so far."""
        return self.simulation.week

    @property
    def district(self):
        """The District, with every gap of its files filled."""
        return self.simulation.district

    @property
    def policy(self):
        """The Policy."""
        return self.simulation.policy

    @property
    def schools(self):
        """Every School, by row."""
        if self._schools is None:
            self._schools = [School(self, row) for row in range(len(self.state.schools))]
        return self._schools

    @property
    def roster(self):
        """Roster: which agent holds which post."""
        if self._roster is None:
            self._look()
        return self._roster

    @property
    def agents(self):
        """AgentSet of everybody."""
        self._look()
        return super().agents

    @property
    def agents_by_type(self):
        """{class: AgentSet}; a class of which nobody is there has an empty one."""
        self._look()
        return super().agents_by_type

    @property
    def agent_types(self):
        """Classes of agents."""
        self._look()
        return super().agent_types

    def _look(self):
        if self._roster is None:
            self._roster = Roster(self)
            found = super().agents_by_type
            for kind in AGENTS.values():
                found.setdefault(kind, type(super().agents)([], random=self.random))
        self._roster.sync()

    def step(self):
        """Run one week."""
        self.simulation.step()
        if self._roster is not None:
            self._roster.sync()

    def run_model(self, years=5):
        """Run to the end of this many years of 52 weeks from the start; returns the History.

        Stops early when somebody sets `running` to False.
        """
        last = YEAR * _whole(years, "years", 1, MOST_YEARS)
        while self.running and self.week < last:
            self.step()
        return self.simulation.history()

    def remove_all_agents(self):
        """Forget every agent; new ones, with new unique_ids, are made when somebody looks."""
        if self._roster is not None:
            self._roster.forget()
            self._roster = None
        super().remove_all_agents()

    def close(self):
        """Release the memory of the run now rather than whenever Python gets to it."""
        self.remove_all_agents()
        self.running = False
        self._simulation = self._schools = None

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()


def _check(value, kinds, where, allowed):
    if not isinstance(value, kinds):
        raise SettingError(f"{where} is {value!r}; it takes {allowed}.")


def _whole(value, where, low, high):
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not low <= number <= high:
        raise SettingError(f"{where} is {value!r}; it takes a whole number, {low} to {high}.")
    return number
