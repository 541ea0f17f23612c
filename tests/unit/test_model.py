"""DistrictModel: the same run as the bare Simulation, with agents that Mesa users can work with."""

import copy
import gc
import pickle
import subprocess
import sys
import weakref
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from districtsim.agents import AGENTS, ILD, ExternalCoach, Leader, Person, Principal, Teacher
from districtsim.model import DistrictModel
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy

MESA_TAKES = {
    "time", "scenario", "steps", "running", "batch", "suppress", "observe", "notify",
    "subscribers", "observables", "data_registry", "rng", "random", "run_for", "run_until",
    "schedule_event", "schedule_recurring",
}  # fmt: skip


@pytest.fixture(scope="module")
def district():
    return District.synthetic(schools=12, seed=1)


@pytest.fixture
def model(district):
    return DistrictModel(district, "leader_led", seed=3)


def assert_same_history(one, other):
    assert one.yearly.keys() == other.yearly.keys()
    for name, (groups, values) in one.yearly.items():
        assert other.yearly[name][0] == groups
        np.testing.assert_array_equal(other.yearly[name][1], values, err_msg=name)


def assert_same_state(one, other):
    for name, table in one.tables().items():
        for column in type(table).columns():
            values = getattr(getattr(other, name), column.name)
            np.testing.assert_array_equal(values, getattr(table, column.name), err_msg=name)


def posts(model):
    """(table, row, holder) of everybody the tables say is there."""
    found = set()
    for name in ("staff", "principals", "teachers", "coaches"):
        table = getattr(model.state, name)
        found |= {(name, row, int(table.holder[row])) for row in np.flatnonzero(table.filled)}
    return found


def roster(model):
    """(table, row, holder) of every agent."""
    names = {"teacher": "teachers", "principal": "principals", "external_coach": "coaches"}
    return {(names.get(a.role, "staff"), a.row, a.holder) for a in model.agents}


def test_gives_the_same_numbers_as_the_bare_simulation_whoever_looks(district):
    bare = Simulation(district, "leader_led", 3)
    expected = bare.run(3)
    unseen, seen = (DistrictModel(district, "leader_led", seed=3) for _ in range(2))
    assert_same_history(expected, unseen.run_model(years=3))
    while seen.week < 156:
        seen.agents.shuffle_do(lambda agent: agent.random.random() + agent.rng.random())
        seen.step()
    assert_same_history(expected, seen.simulation.history())
    for model in (unseen, seen):
        assert_same_state(bare.state, model.state)


def test_a_step_is_a_week(model):
    assert (model.week, model.steps) == (0, 0)
    model.step()
    model.step()
    assert (model.week, model.steps, model.state.week) == (2, 2, 2)
    assert model.policy.name == "leader_led"
    assert len(model.district.schools.id) == len(model.state.schools) == 12


def test_nobody_is_made_before_somebody_looks(model):
    model.run_model(years=1)
    made = [thing for thing in gc.get_objects() if isinstance(thing, Person)]
    assert not [agent for agent in made if agent.model is model]
    assert len(model.agents) == len(posts(model))


def test_running_ends_after_so_many_years_or_when_told(district):
    class Watched(DistrictModel):
        def step(self):
            super().step()
            self.running = self.week < 60

    model = Watched(district)
    model.run_model(years=1)
    assert model.week == 52
    assert model.run_model().yearly["teaching_quality"][1].shape[0] == 1
    assert model.week == 60


def test_two_years_of_turnover_change_the_agents_as_they_change_the_posts(model):
    known, gone, everybody = {a.unique_id: a for a in model.agents}, set(), set()
    while model.week < 104:
        before, there = posts(model), {a.unique_id for a in model.agents}
        model.step()
        assert roster(model) == posts(model)
        assert len(model.agents) == len(posts(model))
        now = {a.unique_id: a for a in model.agents}
        left, came = there - now.keys(), now.keys() - there
        assert (len(left), len(came)) == (len(before - posts(model)), len(posts(model) - before))
        assert not came & known.keys()
        gone |= left
        known.update(now)
        everybody |= {type(known[number]) for number in left}
        assert not gone & now.keys()
    assert {Teacher, Principal} <= everybody
    assert len(everybody) > 2  # some of them from the central office
    for number in gone:
        assert known[number] not in model.agents
        with pytest.raises(AttributeError, match="who left"):
            _ = known[number].holder
    assert sum(len(agents) for agents in model.agents_by_type.values()) == len(model.agents)


def test_a_transfer_ends_one_agent_and_starts_another(model):
    teachers = model.state.teachers
    row = int(np.flatnonzero(~teachers.filled)[0])
    mover = next(iter(model.agents_by_type[Teacher]))
    experience, school = mover.experience, mover.school
    teachers.experience[row], teachers.filled[row] = experience, True
    teachers.holder[row] += 1
    teachers.filled[mover.row] = False
    (arrived,) = [a for a in model.agents_by_type[Teacher] if a.row == row]
    assert arrived.unique_id > mover.unique_id
    assert (arrived.experience, arrived.school is school) == (experience, False)
    assert mover not in model.agents
    assert mover not in set(school.teachers)


@pytest.mark.parametrize("policy", ["status_quo", "coach_led"])
def test_a_coach_is_there_only_while_under_contract(district, policy):
    model, there = DistrictModel(district, policy), []
    assert len(model.agents_by_type[ExternalCoach]) == 0  # the spring before
    while model.week < 80:
        week = model.week
        model.step()
        if len(model.agents_by_type[ExternalCoach]):
            there.append(week)
    assert there == (list(range(78)) if policy == "coach_led" else [])


def test_desks_of_supervisors_open_and_close_with_the_caseload(district):
    smaller = Policy("smaller", {"supervision.caseload": 4}, starts=10, ends=20)
    model, count = DistrictModel(district, smaller), []
    first = set(model.agents_by_type[ILD])
    while model.week < 30:
        model.step()
        count.append(len(model.agents_by_type[ILD]))
    assert count == [1] * 10 + [3] * 10 + [1] * 10  # 12 principals at 16, 4 and 16 each
    assert set(model.agents_by_type[ILD]) == first


def test_select_group_and_aggregate_give_what_the_columns_hold(model):
    state, teachers = model.state, model.agents_by_type[Teacher]
    experience = state.teachers.experience[state.teachers.filled]
    assert teachers.agg("experience", np.mean) == pytest.approx(experience.mean())
    novices = teachers.select(lambda teacher: teacher.experience < 3)
    assert len(novices) == (experience < 3).sum()
    assert teachers.get("experience") == experience.tolist()
    means = teachers.groupby(lambda teacher: teacher.school.row).agg("experience", np.mean)
    for school, mean in means.items():
        here = state.teachers.filled & (state.teachers.school == school)
        assert mean == pytest.approx(state.teachers.experience[here].mean())
    assert model.agents.groupby("role").count() == {
        kind.role: len(agents) for kind, agents in model.agents_by_type.items() if len(agents)
    }
    leaders = model.agents.select(agent_type=Leader)
    assert len(leaders) == state.chart.leader_count
    leaders.set("leading_habit", 4.0)
    assert state.staff.leading_habit[state.chart.leaders].tolist() == [4.0] * len(leaders)
    teachers.do(lambda teacher: setattr(teacher, "experience", teacher.experience + 1.0))
    assert np.array_equal(state.teachers.experience[state.teachers.filled], experience + 1.0)
    by_experience = list(teachers.sort("experience", ascending=True).get("experience"))
    assert by_experience == sorted(by_experience)


def test_the_data_collector_keeps_what_the_columns_held(district):
    class Watched(DistrictModel):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            self.kept = []
            self.datacollector = mesa.DataCollector(
                model_reporters={
                    "week": "week",
                    "teachers": lambda m: len(m.agents_by_type[Teacher]),
                    "coaches": lambda m: len(m.agents_by_type[ExternalCoach]),
                },
                agent_reporters={"role": "role", "hours": lambda a: sum(a.hours.values())},
                agenttype_reporters={
                    Principal: {"leadership": "leadership", "by": "supervisor", "at": "school"},
                    Teacher: {"skill": "skill"},
                    Leader: {"habit": "leading_habit"},
                },
            )

        def step(self):
            super().step()
            self.datacollector.collect(self)
            state = self.state
            self.kept.append(
                SimpleNamespace(
                    leadership=state.principals.leadership.copy(),
                    skill=state.teachers.skill[:, state.teachers.filled].copy(),
                    habit=state.staff.leading_habit[state.chart.leaders].copy(),
                    ids=[a.unique_id for a in self.agents_by_type[Teacher]],
                    rows=[a.row for a in self.agents_by_type[Teacher]],
                )
            )

    model = Watched(district, "coach_led")
    for _ in range(4):
        model.step()
    found = model.datacollector
    by_model = found.get_model_vars_dataframe()
    assert by_model["week"].tolist() == [1, 2, 3, 4]
    assert by_model["coaches"].tolist() == [1, 1, 1, 1]
    assert by_model["teachers"].tolist() == [len(kept.ids) for kept in model.kept]
    by_agent = found.get_agent_vars_dataframe()
    assert by_agent.loc[4]["role"].value_counts()["principal"] == 12
    assert (by_agent["hours"][by_agent["role"] == "principal"] > 40.0).all()
    principals = found.get_agenttype_vars_dataframe(Principal)
    leaders = found.get_agenttype_vars_dataframe(Leader)
    skills = found.get_agenttype_vars_dataframe(Teacher)["skill"]
    for step, kept in enumerate(model.kept, start=1):
        np.testing.assert_array_equal(principals["leadership"].loc[step], kept.leadership)
        np.testing.assert_array_equal(leaders["habit"].loc[step], kept.habit)
        order = np.argsort(kept.rows)
        np.testing.assert_array_equal(np.array([*skills.loc[step]])[order].T, kept.skill)
    assert all(by is model.roster.staff[by.row] for by in principals["by"])
    assert principals["at"].loc[4].tolist() == model.schools


def test_other_agents_may_join_and_share_the_numbering(model):
    visitor = mesa.Agent(model)
    assert visitor in model.agents
    assert len(model.agents) == len(posts(model)) + 1
    assert len({agent.unique_id for agent in model.agents}) == len(model.agents)
    visitor.remove()
    assert visitor not in model.agents


def test_all_agents_can_be_forgotten_and_are_made_anew(model):
    old = list(model.agents)
    model.remove_all_agents()
    assert all("who left" in repr(agent) for agent in old)
    assert len(model.agents) == len(old)
    assert min(a.unique_id for a in model.agents) > max(a.unique_id for a in old)


@pytest.mark.parametrize("way", ["copied", "pickled"])
def test_a_copy_goes_its_own_way_with_the_same_luck(model, way):
    while model.week < 45:
        model.step()
    teacher = next(iter(model.agents_by_type[Teacher]))
    other = copy.deepcopy(model) if way == "copied" else pickle.loads(pickle.dumps(model))
    twin = next(iter(other.agents_by_type[Teacher]))
    assert (twin.unique_id, twin.row, twin.model) == (teacher.unique_id, teacher.row, other)
    assert twin.school is other.schools[teacher.school.row]
    expected = copy.deepcopy(model.state)
    while other.week < 104:
        other.step()
    assert model.week == 45
    assert_same_state(expected, model.state)
    assert_same_history(model.run_model(years=2), other.simulation.history())
    assert [a.unique_id for a in other.agents] == [a.unique_id for a in model.agents]
    twin.experience = 99.0
    assert teacher.experience < 99.0


def test_many_models_leave_nothing_behind():
    district = District.synthetic(schools=2, seed=1)

    def use():
        model = DistrictModel(district)
        mesa.Agent(model)
        assert len(model.agents) > 2
        model.step()
        return weakref.ref(model), weakref.ref(model.state), weakref.ref(next(iter(model.agents)))

    refs = [ref for _ in range(50) for ref in use()]
    gc.collect()
    assert not [ref for ref in refs if ref() is not None]


def test_closing_lets_go_at_once(district):
    with DistrictModel(district) as model:
        agents = list(model.agents)
        model.step()
        state = weakref.ref(model.state)
        gc.disable()
    try:
        assert state() is None
    finally:
        gc.enable()
    assert not model.running
    assert all("who left" in repr(agent) for agent in agents)
    for attempt in (model.step, lambda: model.state, lambda: model.agents):
        with pytest.raises(RuntimeError, match="closed"):
            attempt()
    model.close()


def test_importing_leaves_the_way_of_starting_processes_alone():
    code = (
        "import multiprocessing as m; before = m.get_start_method(allow_none=True)\n"
        "import districtsim.model\n"
        "print(before == m.get_start_method(allow_none=True))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_no_name_of_ours_is_one_that_mesa_takes():
    ours = vars(DistrictModel).keys() - vars(type("Empty", (mesa.Model,), {})).keys()
    ours = {name for name in ours if name[0] != "_"}
    assert not ours & MESA_TAKES
    shared = ours & set(dir(mesa.Model))
    assert shared == {
        "agents", "agents_by_type", "agent_types", "step", "run_model", "remove_all_agents",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "named", "says"),
    [
        (("pomeroi",), {}, "Did you mean 'pomeroy'"),
        ((7,), {}, "district is 7; it takes a District, a name or a file"),
        (("pomeroy", "leader_lead"), {}, "Did you mean 'leader_led'"),
        (("pomeroy", None), {}, "policy is None"),
        (("pomeroy", {"supervision.caseload": 8}), {}, "it takes a Policy, a name or a file"),
        (("pomeroy",), {"seed": -1}, "seed is -1; it takes a whole number, 0 to"),
        (("pomeroy",), {"seed": 1.5}, "seed is 1.5"),
        (("pomeroy",), {"seed": True}, "seed is True"),
        (("pomeroy",), {"seed": None}, "seed is None"),
        (("pomeroy",), {"without": ("hirring",)}, "Did you mean 'hiring'"),
        (("pomeroy",), {"without": "hiring"}, "list of names"),
        (("pomeroy",), {"without": 3}, "without is 3"),
        (("pomeroy",), {"without": (n for n in ["hirring"])}, "Did you mean 'hiring'"),
        (("pomeroy",), {"parameters": ["turnover"]}, "{mechanism: {name: value}}"),
        (("pomeroy",), {"parameters": {"turnower": {"base": 1}}}, "turnower"),
    ],
)
def test_wrong_settings_are_refused_in_at_most_three_lines(given, named, says):
    with pytest.raises(SettingError) as error:
        DistrictModel(*given, **named)
    assert says in str(error.value)
    assert str(error.value).count("\n") < 3


def test_years_to_run_are_checked(model):
    for years in (0, -1, 51, 2.5, "five"):
        with pytest.raises(SettingError, match="years is"):
            model.run_model(years)


def test_mesa_may_call_the_seed_rng(district):
    one, other = DistrictModel(district, seed=9), DistrictModel(district, rng=9)
    assert_same_state(one.state, other.state)
    assert DistrictModel(district, rng=None).simulation.draws.seed == 1


def test_settings_reach_the_simulation(district):
    model = DistrictModel(
        district,
        Policy("mine", {"supervision.caseload": 8}),
        np.int64(4),
        without=["turnover"],
        parameters={"turnover": {"leave_novice": 0.2}},
    )
    bare = Simulation(
        district,
        Policy("mine", {"supervision.caseload": 8}),
        4,
        without=["turnover"],
        parameters={"turnover": {"leave_novice": 0.2}},
    )
    assert_same_history(bare.run(1), model.run_model(1))
    assert len(model.agents_by_type[AGENTS["ild"]]) == 2
