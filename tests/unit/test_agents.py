"""Agents are views: what they say is what the tables hold, and what is written reaches them."""

import mesa
import numpy as np
import pytest

from districtsim.agents import (
    AGENTS,
    ILD,
    CurriculumSpecialist,
    Leader,
    Principal,
    Superintendent,
    Teacher,
)
from districtsim.model import DistrictModel
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.state import (
    COACH_TASKS,
    PRINCIPAL_TASKS,
    ROLES,
    STAFF_TASKS,
    TEACHER_TASKS,
    tables,
)

TABLE_OF = {"teacher": "teachers", "principal": "principals", "external_coach": "coaches"}
TASKS = {
    "teachers": TEACHER_TASKS,
    "principals": PRINCIPAL_TASKS,
    "staff": STAFF_TASKS,
    "coaches": COACH_TASKS,
}
SAID_BETTER = {  # columns that hold a row or an index and that an agent turns into what it means
    "teachers": {"school"},
    "principals": {"supervisor"},
    "staff": {"role", "unit", "led_by"},
    "coaches": set(),
}
MESA_4_TAKES = {
    "scenario", "current_action", "is_busy", "start_action", "interrupt_for", "cancel_action",
}  # fmt: skip


@pytest.fixture(scope="module")
def district():
    return District.synthetic(schools=20, seed=1)


@pytest.fixture
def model(district):
    found = DistrictModel(district, "coach_led", seed=2)
    for _ in range(10):
        found.step()
    return found


def first(model, kind):
    return next(iter(model.agents_by_type[kind]))


def test_there_is_one_class_for_each_role_and_one_for_each_kind_of_post():
    assert set(AGENTS) == {*ROLES, *TABLE_OF}
    assert len(set(AGENTS.values())) == 11
    assert all(issubclass(kind, mesa.Agent) for kind in AGENTS.values())
    leaders = {AGENTS[role] for role in ROLES[:3]}
    assert {kind for kind in AGENTS.values() if issubclass(kind, Leader)} == leaders


def test_every_class_has_as_many_agents_as_there_are_people_in_its_table(model):
    state, found = model.state, {k.role: len(v) for k, v in model.agents_by_type.items()}
    expected = {name: int(getattr(state, table).filled.sum()) for name, table in TABLE_OF.items()}
    for index, role in enumerate(ROLES):
        expected[role] = int((state.staff.filled & (state.staff.role == index)).sum())
    assert found == expected
    assert min(found.values()) > 0
    assert len(model.agents) == sum(expected.values())


@pytest.mark.parametrize("role", AGENTS)
def test_every_column_of_the_table_reads_as_the_row_does(model, role):
    name = TABLE_OF.get(role, "staff")
    table, agents = getattr(model.state, name), list(model.agents_by_type[AGENTS[role]])
    for agent in {agents[0], agents[-1]}:
        assert agent.role == role
        for column in type(table).columns():
            if column.name in SAID_BETTER[name]:
                continue
            seen, row = getattr(agent, column.name), getattr(table, column.name)[..., agent.row]
            if column.name == "hours":
                assert list(seen) == list(TASKS[name])
                seen = list(seen.values())
            np.testing.assert_array_equal(seen, row)


def test_attributes_carry_the_meaning_and_unit_of_their_column():
    assert Teacher.skill.__doc__ == "teaching skill by subject, experience aside (SD)"


def test_no_column_has_a_name_that_mesa_takes():
    taken = {name for name in dir(mesa.Agent) if name[0] != "_"} | MESA_4_TAKES
    taken |= {"model", "unique_id", "pos", "cell", "row"}
    assert not taken & {c.name for table in tables().values() for c in table.columns()}


def test_writing_through_an_agent_changes_the_column(model):
    teachers, teacher = model.state.teachers, first(model, Teacher)
    before = teachers.skill.copy()
    teacher.skill = teacher.skill + np.array([0.5, 0.0, -0.25])
    teacher.experience = 12
    teacher.of_color = not teacher.of_color
    teacher.hours = {"planning": 7.5}
    row = teacher.row
    assert (teachers.skill[:, row] - before[:, row]).tolist() == pytest.approx([0.5, 0.0, -0.25])
    assert np.array_equal(np.delete(teachers.skill, row, 1), np.delete(before, row, 1))
    assert teachers.experience[row] == 12.0
    assert teachers.of_color[row] == teacher.of_color
    assert teachers.hours[TEACHER_TASKS.index("planning"), row] == 7.5
    teacher.floor = -1.0  # one number for every subject
    assert teachers.floor[:, row].tolist() == [-1.0, -1.0, -1.0]


def test_what_is_written_enters_the_run(district):
    plain, changed = DistrictModel(district), DistrictModel(district)
    for principal in changed.agents_by_type[Principal]:
        principal.leadership = principal.leadership + 1.0
        principal.own_leadership = principal.own_leadership + 1.0
    a, b = plain.run_model(1).yearly, changed.run_model(1).yearly
    assert b["principal_leadership"][1][0, 0] > a["principal_leadership"][1][0, 0] + 0.5
    assert b["teacher_turnover"][1][0, 0] < a["teacher_turnover"][1][0, 0]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("experience", "many", "a number"),
        ("experience", float("nan"), "a number"),
        ("experience", None, "a number"),
        ("experience", [1.0, 2.0], "a number"),
        ("skill", [1.0, 2.0], "a number or 3 of them"),
        ("skill", [1.0, [2.0], 3.0], "a number or 3 of them"),
        ("of_color", 0.3, "True or False"),
        ("stage", 1.5, "a whole number"),
        ("hours", {"sleeping": 8.0}, "teaching, planning, development, feedback"),
        ("hours", {"planning": "long"}, "a number"),
        ("hours", 8.0, "{task: hours}"),
    ],
)
def test_values_that_a_column_cannot_hold_are_refused(model, name, value, says):
    teacher = first(model, Teacher)
    before = getattr(model.state.teachers, name).copy()
    with pytest.raises(SettingError, match=f"^Teacher.{name} is") as error:
        setattr(teacher, name, value)
    assert says in str(error.value)
    assert np.array_equal(getattr(model.state.teachers, name), before)


def test_typing_errors_are_found_when_reading_and_when_writing(model):
    teacher = first(model, Teacher)
    for attempt in (lambda: teacher.skil, lambda: setattr(teacher, "skil", 1.0)):
        with pytest.raises(AttributeError, match="Teacher has no attribute 'skil'") as error:
            attempt()
        assert all(c.name in str(error.value) for c in type(model.state.teachers).columns())
    with pytest.raises(ValueError, match="read-only"):
        teacher.skill[0] = 1.0


@pytest.mark.parametrize("name", ["filled", "holder", "key", "row", "role", "unit", "school"])
def test_who_holds_which_post_is_not_for_an_agent_to_say(model, name):
    with pytest.raises(AttributeError):
        setattr(first(model, Teacher), name, 1)


def test_what_is_read_does_not_change_later(model):
    teacher = first(model, Teacher)
    skill, hours = teacher.skill, teacher.hours
    kept = skill.tolist(), dict(hours)
    teacher.skill, teacher.hours = 3.0, {"planning": 1.0}
    assert (skill.tolist(), hours) == kept


def test_teachers_principals_and_schools_know_each_other(model):
    state, schools = model.state, model.schools
    for teacher in model.agents_by_type[Teacher]:
        assert teacher.school is schools[state.teachers.school[teacher.row]]
        assert teacher.principal is teacher.school.principal
    for principal in model.agents_by_type[Principal]:
        assert principal.school is schools[principal.row]
        assert set(principal.teachers) == set(principal.school.teachers)
        assert {t.principal for t in principal.teachers} == {principal}
    assert sum(len(school.teachers) for school in schools) == state.teachers.filled.sum()


def test_a_school_says_what_the_file_and_its_row_say(model):
    schools, source = model.schools, model.district.schools
    assert len(schools) == 20
    for row, school in enumerate(schools):
        assert (school.row, school.id, school.name) == (row, source.id[row], source.name[row])
        assert school.level == ("primary", "middle", "high", "other")[source.level[row]]
        assert school.low_income == model.state.schools.low_income[row]
        assert school.score.shape == (3, 2)
    schools[3].low_income = 0.25
    assert model.state.schools.low_income[3] == 0.25
    with pytest.raises(AttributeError, match=r"School has no attribute 'pupils'.*enrolment"):
        _ = schools[3].pupils


def test_each_principal_is_supported_by_one_supervisor(model):
    ilds = list(model.agents_by_type[ILD])
    assert len(ilds) == 2  # 20 principals at 16 each
    assert [len(ild.principals) for ild in ilds] == [10, 10]
    for ild in ilds:
        assert {principal.supervisor for principal in ild.principals} == {ild}
        assert set(ild.hours) == set(STAFF_TASKS)
    assert len(first(model, Superintendent).principals) == 0


def test_everybody_in_the_office_but_the_superintendent_is_led_by_a_leader(model):
    office = model.agents.select(lambda agent: hasattr(agent, "led_by"))
    assert len(office) == model.state.staff.filled.sum()
    led = [person for leader in office.select(agent_type=Leader) for person in leader.staff]
    assert len(led) == len(set(led)) == len(office) - 1
    for person in led:
        assert person in set(person.led_by.staff)
    assert first(model, Superintendent).led_by is None
    units = {agent.role: agent.unit for agent in model.agents}
    assert units["ild"] == "supervision"
    assert units["hr_partner"] == "human_resources"
    assert (units["principal"], units["external_coach"]) == ("schools", "outside")


def test_specialists_are_dealt_out_over_the_subjects(model):
    subjects = model.agents_by_type[CurriculumSpecialist].get("subject")
    assert subjects[:4] == ["mathematics", "ela", "science", "mathematics"]
    counts = [subjects.count(subject) for subject in ("mathematics", "ela", "science")]
    assert max(counts) - min(counts) <= 1


def test_in_a_small_district_the_superintendent_supervises():
    model = DistrictModel("pomeroy")
    assert len(model.agents_by_type[ILD]) == 0
    superintendent = first(model, Superintendent)
    assert len(superintendent.principals) == 2
    for principal in model.agents_by_type[Principal]:
        assert principal.supervisor is superintendent
    for _ in range(6):
        model.step()
    assert superintendent.hours["support"] > 0


def test_those_who_left_say_so_rather_than_speak_for_their_successors(model):
    principal, ild, row = first(model, Principal), first(model, ILD), 0
    model.state.principals.holder[row] += 1
    model.state.staff.holder[ild.row] += 1
    assert first(model, Principal) is not principal
    assert "who left" in repr(principal)
    for attempt in (
        lambda: principal.leadership,
        lambda: principal.school,
        lambda: principal.supervisor,
        lambda: ild.principals,
        lambda: ild.unit,
        lambda: setattr(principal, "leadership", 1.0),
    ):
        with pytest.raises(AttributeError, match="vacant or somebody else's"):
            attempt()


def test_nobody_who_holds_a_post_can_be_removed(model):
    teacher = first(model, Teacher)
    with pytest.raises(RuntimeError, match="holds a post"):
        teacher.remove()
    assert teacher in model.agents


def test_work_with_other_units_and_on_premises_shows_in_the_office():
    model = DistrictModel("seattle", "premise_reform", seed=1)
    for _ in range(4):
        model.step()
    for kind in (ILD, CurriculumSpecialist, AGENTS["hr_partner"], AGENTS["equity_officer"]):
        for agent in model.agents_by_type[kind]:
            assert agent.hours["joint"] > 0
            assert agent.hours["design"] > 0
    principal = next(iter(model.agents_by_type[Principal]))
    principal.plan_belief = 0.7
    assert model.state.principals.plan_belief[principal.row] == 0.7


def test_a_promoted_principal_and_the_supervisor_who_went_are_new_agents():
    often = {"turnover": {"supervisor_leaves": 0.95, "promoted": 0.9}}
    model = DistrictModel(District.synthetic(12, 5), "status_quo", seed=3, parameters=often)
    seen = 0
    for _ in range(40):  # before June
        before = {kind: set(model.agents_by_type[kind]) for kind in (Principal, ILD)}
        holders = model.state.principals.holder.copy()
        model.step()
        came = np.flatnonzero(model.state.principals.holder - holders)
        new = {kind: set(model.agents_by_type[kind]) - old for kind, old in before.items()}
        assert sorted(agent.row for agent in new[Principal]) == came.tolist()
        assert len(new[ILD]) >= len(came)
        seen += len(came)
    assert seen > 0
