"""Outcomes: a state made by hand, and every number read off it worked by hand."""

import numpy as np
import pytest

from districtsim.outcomes import outcomes
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.parameters import cards
from districtsim.world.state import ROLES, State

# The interface: outcomes that stay.
CONTRACT = (
    "appropriation", "leading_hours", "time_use", "support_hours", "principal_leadership",
    "supervisor_rating", "principal_rating", "teaching_quality", "student_growth",
    "student_score", "opportunity_gap", "pd_hours", "pd_match", "pd_wasted_hours",
    "files_per_vacancy", "days_to_fill", "withdrawn_share", "late_hire_share", "hire_quality",
    "teachers_of_color_share", "hires_of_color_share", "teacher_turnover", "principal_turnover",
    "novice_share", "hr_service", "operations_service", "principal_hours_recovered",
    "cost_per_student", "behaviour", "premise", "inequitable_policies", "consultations",
    "initiatives", "shifted_share", "equity_knowledge", "plan_belief",
)  # fmt: skip
WEEKLY = ("time_use", "support_hours", "appropriation")


@pytest.fixture
def state():
    """Two schools (quartiles 1 and 4), five teaching posts, one of them empty."""
    made = State(2, 5, 2)
    schools, teachers, district = made.schools, made.teachers, made.district
    schools.enrolment[:] = [100, 300]
    schools.low_income[:] = [0.2, 0.6]
    schools.students_of_color[:] = [0.5, 0.5]
    schools.poverty_quartile[:] = [1, 4]
    schools.quality[:] = [[1, 2], [0, 4], [9, 1]]
    schools.growth[:] = [[0.1, 0.2], [0.0, 0.4], [9, 0.1]]
    schools.score[:] = [[[0, 1], [1, 2]], [[-1, 0], [0, 1]], [[1, 1], [1, 1]]]
    schools.decided[:] = [4, 6]
    schools.left[:] = [1, 2]
    made.chart.taught = np.array([[True, True], [True, True], [False, True]])
    teachers.school[:] = [0, 0, 1, 1, 1]
    teachers.filled[:] = [True, True, True, False, True]
    teachers.of_color[:] = [True, False, False, True, False]
    teachers.experience[:] = [0, 3, 2, 1, 30]
    made.principals.leadership[:] = [1, 3]
    made.principals.supervisor_rating[:] = [2, 3]
    made.principals.rating[:] = [4, 5]
    district.pd_hours[:], district.pd_matched[:], district.pd_wasted[:] = 100, 40, 30
    district.files[:], district.read[:] = 150, 4
    district.days[:], district.filled_posts[:] = 210, 6
    district.withdrew[:], district.applied[:] = 5, 20
    district.late[:], district.hires[:] = 1, 8
    district.hires_of_color[:], district.hire_quality[:] = 2, -4
    district.quit[:], district.base[:] = 1, 10
    district.principals_left[:] = 1
    district.cost[:] = 80_000
    district.inequitable_policies[:], district.consultations[:] = 31, 7
    district.initiatives[:] = 5
    schools.posts[:] = [2, 3]
    schools.behaviour[:] = [0.5, 0.0]
    schools.responsiveness[:] = [-0.1, -0.3]
    made.principals.plan_belief[:] = [0.2, 0.6]
    made.staff.unit[:] = [0, 3]
    made.chart.in_unit = np.eye(6)[[0, 3]]
    made.chart.units_there = made.chart.in_unit.any(axis=0)
    made.units.premise[:] = [0.2, 0.9, 0.9, 0.4, 0.9, 0.9]
    made.units.behaviour[:] = [0.1, 9, 9, 0.3, 9, 9]
    made.units.knowledge[:] = [0.5, 9, 9, 1.5, 9, 9]
    return made


def measured(state, name):
    return outcomes()[name].measure(state)


@pytest.mark.parametrize("name", CONTRACT)
def test_outcomes_of_the_interface_exist(name):
    found = outcomes()[name]
    assert found.name == name
    assert found.unit
    assert found.better in ("higher", "lower", "neither")
    assert found.meaning.endswith(".")


def test_there_is_no_outcome_without_a_contract():
    assert set(outcomes()) == set(CONTRACT)


@pytest.mark.parametrize("name", WEEKLY)
def test_some_can_be_kept_weekly(name):
    assert outcomes()[name].when in ("term", "month")
    assert outcomes()[name].groups is not None


@pytest.mark.parametrize(
    ("name", "group", "value"),
    [
        ("principal_leadership", "all", 2.0),
        ("principal_leadership", "spread", 1.0),
        ("principal_leadership", "lowest tenth", 1.2),
        ("supervisor_rating", "all", 2.5),
        ("principal_rating", "all", 4.5),
        # mathematics (100 x 1 + 300 x 2) / 400, ELA 1200 / 400, science at the second school only
        ("teaching_quality", "mathematics", 1.75),
        ("teaching_quality", "ela", 3.0),
        ("teaching_quality", "science", 1.0),
        ("teaching_quality", "all", 5.75 / 3),
        ("teaching_quality", "mathematics, quartile 1", 1.0),
        ("teaching_quality", "ela, quartile 4", 4.0),
        ("teaching_quality", "quartile 4", 7 / 3),
        ("student_growth", "mathematics", 0.175),
        ("student_growth", "science", 0.1),
        ("student_growth", "quartile 4", 0.7 / 3),
        # school means 0.2 x 0 + 0.8 x 1 = 0.8 and 0.6 x 1 + 0.4 x 2 = 1.4, by pupils
        ("student_score", "mathematics", 1.25),
        # ELA 0.2 x -1 = -0.2 and 0.6 x 0 + 0.4 x 1 = 0.4
        ("student_score", "ela", 0.25),
        ("student_score", "science", 1.0),
        # low-income scores 0, -1, 1 and 1, 0, 1: means 0 and 2/3; 20 and 180 pupils
        ("student_score", "low_income", 0.6),
        # others 1, 0, 1 and 2, 1, 1: means 2/3 and 4/3; 80 and 120 pupils
        ("student_score", "other", (80 * 2 / 3 + 120 * 4 / 3) / 200),
        # others 80 and 120, low-income 20 and 180: mathematics 320/200 - 380/200, ELA 480/200 -
        # 720/200; science at one school only, no gap
        ("opportunity_gap", "income, access", (-0.3 - 1.2 + 0.0) / 3),
        ("opportunity_gap", "race, access", 0.0),  # half of the pupils of each school
        # how teaching suits low-income pupils: (20 x -0.1 + 180 x -0.3) / 200 = -0.28; for pupils
        # of color (50 x -0.1 + 150 x -0.3) / 200 = -0.25
        ("opportunity_gap", "income, suits", 0.28),
        ("opportunity_gap", "income", -0.5 + 0.28),
        ("opportunity_gap", "race, suits", 0.25),
        ("opportunity_gap", "race", 0.25),
        ("pd_hours", "all", 20.0),  # 100 over 5 posts
        ("pd_match", "all", 0.4),
        ("pd_wasted_hours", "all", 6.0),
        ("files_per_vacancy", "all", 37.5),
        ("days_to_fill", "all", 35.0),
        ("withdrawn_share", "all", 0.25),
        ("late_hire_share", "all", 0.125),
        ("hire_quality", "all", -0.5),
        ("hires_of_color_share", "all", 0.25),
        ("teachers_of_color_share", "all", 0.25),  # one of four in post
        ("teacher_turnover", "all", 0.3),
        ("teacher_turnover", "left the district", 0.1),
        ("teacher_turnover", "quartile 1", 0.25),
        ("teacher_turnover", "quartile 4", 1 / 3),
        ("principal_turnover", "all", 0.5),
        ("novice_share", "all", 0.5),  # years 0 and 2 of 0, 3, 2, 30
        ("novice_share", "quartile 1", 0.5),
        ("novice_share", "quartile 4", 0.5),
        ("cost_per_student", "all", 200.0),
        # two units have people, one in each
        ("premise", "leadership", 0.2),
        ("premise", "human_resources", 0.4),
        ("premise", "all", 0.3),
        ("behaviour", "teachers", 0.25),  # (2 x 0.5 + 2 x 0) / 4 in post
        ("behaviour", "staff", 0.2),
        ("behaviour", "human_resources", 0.3),
        ("shifted_share", "teachers", 0.5 * 0.36788),  # e^-1 of the first school's, none elsewhere
        ("equity_knowledge", "staff", 1.0),
        ("inequitable_policies", "all", 31),
        ("consultations", "all", 7),
        ("initiatives", "all", 5),
        ("plan_belief", "all", 0.4),
    ],
)
def test_worked_by_hand(state, name, group, value):
    assert measured(state, name)[group] == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    "name", ["teaching_quality", "student_growth", "teacher_turnover", "novice_share"]
)
def test_a_quartile_without_schools_is_unknown(state, name):
    found = measured(state, name)
    assert np.isnan(found["quartile 2"])
    assert np.isnan(found["quartile 3"])


@pytest.mark.parametrize(
    "name",
    ["pd_match", "files_per_vacancy", "days_to_fill", "withdrawn_share", "late_hire_share",
     "hire_quality", "hires_of_color_share"],
)  # fmt: skip
def test_a_share_of_nothing_is_unknown(state, name):
    for column in ("pd_hours", "read", "filled_posts", "applied", "hires"):
        getattr(state.district, column)[:] = 0
    assert np.isnan(measured(state, name)["all"])


def test_a_gap_by_race_needs_races(state):
    state.schools.students_of_color[0] = np.nan
    found = set(measured(state, "opportunity_gap"))
    assert found == {"income", "income, access", "income, suits"}
    state.schools.students_of_color[:] = [0.25, 0.75]
    # White 75 and 75, of color 25 and 225: mathematics 1.5 - 475/250, ELA 2 - 900/250, science 0
    found = measured(state, "opportunity_gap")
    assert found["race, access"] == pytest.approx((-0.4 - 1.6) / 3)
    # 25 pupils at -0.1, 225 at -0.3
    assert found["race, suits"] == pytest.approx(0.28)
    assert found["race"] == pytest.approx(-2 / 3 + 0.28)


def test_services_are_what_the_present_hours_let_through(state):
    state.units.service[3:5], state.units.capacity[3:5] = [0.5, 0.6], [0.8, 2.0]
    assert measured(state, "hr_service") == pytest.approx([0.4])
    assert measured(state, "operations_service") == pytest.approx([1.0])  # not more than all


@pytest.fixture(scope="module", params=["pomeroy", "twelve", "twenty"])
def run(request):
    made = {"twelve": 12, "twenty": 20}
    name = request.param
    district = District.synthetic(made[name], 5) if name in made else name
    simulation = Simulation(district, "leader_led", 1, weekly=WEEKLY)
    simulation.run(1)
    return simulation


def test_time_use_of_every_role_adds_up_to_its_week(run):
    groups, values = run.history().weekly["time_use"]
    weeks = cards()["time_use"]
    names = {"principal": "principal_week", "teacher": "teacher_week", "ild": "supervisor_week"}
    there = {group.split(": ")[0] for group in groups}
    assert there == {"principal", "teacher", *(ROLES[r] for r in run.state.staff.role)}
    for role in there:
        fallback = "leader_week" if role in ROLES[:3] else "staff_week"
        budget = weeks[names.get(role, fallback)].value
        columns = [group.startswith(f"{role}: ") for group in groups]
        total = values[:40, columns].sum(axis=1)  # the weeks of term
        assert total == pytest.approx(np.full(40, budget), abs=1e-9), role


def test_support_hours_are_those_that_supervisors_give(run):
    groups, hours = run.history().weekly["support_hours"]
    assert groups == ("all", "without contact")
    uses, values = run.history().weekly["time_use"]
    role = "superintendent" if run.state.chart.small else "ild"
    desks = 1 if run.state.chart.small else run.state.chart.desks
    given = values[:, uses.index(f"{role}: support")] * desks / len(run.state.principals)
    assert hours[:, 0] == pytest.approx(given, abs=1e-9)
    assert not hours[40:, 0].any()  # nobody is supported in summer


def test_appropriation_of_all_is_the_mean_over_people(run):
    groups, values = run.history().weekly["appropriation"]
    filled = run.state.staff.filled
    expected = run.state.staff.appropriation[:, filled].mean()
    assert groups[-1] == "all"
    assert values[-1, -1] == pytest.approx(expected)
    assert ((values >= 0) & (values <= 4)).all()


def test_yearly_values_of_term_are_means_of_its_weeks(run):
    for name in ("time_use", "support_hours"):
        weekly = run.history().weekly[name][1]
        assert run.history().yearly[name][1][0] == pytest.approx(weekly[:40].mean(axis=0))
    monthly = run.history().weekly["appropriation"][1][3:40:4]  # the last weeks of ten months
    assert run.history().yearly["appropriation"][1][0] == pytest.approx(monthly.mean(axis=0))
