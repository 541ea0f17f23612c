"""Population: day one of a small district worked by hand, and of a large one against its cards."""

import numpy as np
import pytest
from scipy import stats

from districtsim.world.district import District
from districtsim.world.draws import Draws, keys_below, keys_of
from districtsim.world.parameters import cards, levers
from districtsim.world.policies import Policy
from districtsim.world.population import draw_up
from districtsim.world.schools import Schools
from districtsim.world.state import ROLES, UNITS

# numbers of the cards that decide who is there, so that a card may change without this test
FIXED = {
    "population": {
        "small_below": 6, "deputy_from": 20, "equity_from": 10, "hr_share": 0.25,
    },
}  # fmt: skip
OFFICE = {"administrators": 5.2, "support": 4.4, "coordinators": 3.6}


def eight_schools():
    """Eight schools; pupils by race known."""
    race = np.zeros((7, 8))
    race[4] = [80, 60, 40, 20, 80, 60, 40, 20]  # White
    race[6] = 100 - race[4]
    schools = Schools.of(
        id=[f"s{number}" for number in range(8)],
        name=[f"School {number}" for number in range(8)],
        level=[0, 0, 0, 1, 1, 2, 2, 3],
        locale=[11, 21, 29, 31, 33, 41, 43, -1],
        enrolment=[100] * 8,
        teachers=[20.4, 10.5, 9.6, 30, 7.6, 40, 5, 0.3],
        low_income=[0.8, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
        race=race,
    )
    return District("eight", "Eight", "WA", "2022-23", "by hand", schools, OFFICE)


def drawn(district, policy=None, seed=1, **parameters):
    numbers = {**FIXED, **parameters}
    made, _ = district.completed()
    state, _ = draw_up(made, policy or Policy("usual", {}), numbers, Draws(seed))
    return state


@pytest.fixture(scope="module")
def eight():
    return drawn(eight_schools())


@pytest.fixture(scope="module")
def large():
    """1,800 schools with about 67,000 teachers, experience without regard to poverty."""
    flat = {"population": {**FIXED["population"], "experience_by_poverty": 0.0}}
    return drawn(District.synthetic(1800, 3), **flat)


def test_posts_are_whole_and_every_school_has_one(eight):
    # rounded, halves to even; 0.3 of a teacher is still one post
    assert eight.schools.posts.tolist() == [20, 10, 10, 30, 8, 40, 5, 1]
    assert eight.schools.first.tolist() == [0, 20, 30, 40, 70, 78, 118, 123]
    assert len(eight.teachers) == 124
    assert np.bincount(eight.teachers.school).tolist() == eight.schools.posts.tolist()
    assert eight.teachers.filled.all()


def test_poverty_quartiles_hold_a_fourth_of_the_pupils_each(eight):
    # by low income: schools 1, 2 | 3, 4 | 5, 6 | 7, 0
    assert eight.schools.poverty_quartile.tolist() == [4, 1, 1, 2, 2, 3, 3, 4]


def test_a_large_school_may_reach_over_a_quartile():
    district = District.synthetic(2, 1)
    object.__setattr__(
        district,
        "schools",
        Schools.of(id=["a", "b"], name=["A", "B"], level=[0, 2], enrolment=[900, 100],
                   teachers=[50, 6], low_income=[0.2, 0.6]),
    )  # fmt: skip
    # the middles of the two are at 450 and 950 of 1,000 pupils
    assert drawn(district).schools.poverty_quartile.tolist() == [2, 4]


def test_students_of_color_are_those_who_are_not_white(eight):
    expected = [0.2, 0.4, 0.6, 0.8] * 2
    assert eight.schools.students_of_color == pytest.approx(expected)
    assert np.isnan(drawn(District.synthetic(3, 1)).schools.students_of_color).all()


def roles(state):
    return [ROLES[role] for role in state.staff.role]


def test_desks_of_the_central_office(eight):
    # 9.6 administrators and support less 2 leaders: 8, a fourth of them in HR; 3.6 coordinators;
    # 8 schools of 16 to a supervisor
    assert roles(eight) == [
        "superintendent", "chief_academic_officer",
        *["specialist"] * 4, *["hr_partner"] * 2, *["operations"] * 6, "ild",
    ]  # fmt: skip
    units = [UNITS[unit] for unit in eight.staff.unit]
    assert units == [
        "leadership", "leadership", *["curriculum"] * 4, *["human_resources"] * 2,
        *["operations"] * 6, "supervision",
    ]  # fmt: skip


def test_who_leads_whom(eight):
    # the chief academic officer leads curriculum and supervision, the superintendent the others
    expected = [0, 0, *[1] * 4, *[0] * 2, *[0] * 6, 1]
    assert eight.staff.led_by.tolist() == expected


def test_caseload_decides_how_many_supervisors_there_may_be():
    for caseload, supervisors in ((16, 1), (4, 2), (3, 3), (1, 8), (60, 1)):
        state = drawn(eight_schools(), Policy("c", {"supervision.caseload": caseload}, starts=30))
        assert roles(state).count("ild") == supervisors, caseload


@pytest.mark.parametrize(
    ("schools", "leaders", "supervisors", "equity"),
    [
        (5, ["superintendent"], 0, 0),
        (6, ["superintendent", "chief_academic_officer"], 1, 0),
        (10, ["superintendent", "chief_academic_officer"], 1, 1),
        (19, ["superintendent", "chief_academic_officer"], 2, 1),
        (20, ["superintendent", "deputy", "chief_academic_officer"], 2, 1),
    ],
)
def test_the_office_grows_with_the_district(schools, leaders, supervisors, equity):
    state = drawn(District.synthetic(schools, 2))
    found = roles(state)
    assert found[: len(leaders)] == leaders
    assert [role for role in found if role in ROLES[:3]] == leaders
    assert found.count("ild") == supervisors
    assert found.count("equity_officer") == equity
    for role in ("specialist", "hr_partner", "operations"):
        assert found.count(role) >= 1
    assert bool(state.chart.small) == (schools < 6)


def test_keys_are_those_of_lasting_names(eight):
    ids = [f"s{number}" for number in range(8)]
    places = keys_of(ids)
    assert (eight.schools.key == places).all()
    assert (eight.principals.key == keys_of([f"{name}/principal" for name in ids])).all()
    assert (eight.teachers.key == keys_below(places, eight.schools.posts)).all()
    assert eight.staff.key[2] == keys_of(["specialist/0"])[0]
    every = np.concatenate(
        [eight.schools.key, eight.principals.key, eight.teachers.key, eight.staff.key]
    )
    assert len(np.unique(every)) == len(every)


def test_middle_and_high_schools_of_some_size_teach_by_subject(eight):
    teaches = eight.teachers.teaches
    for school in (0, 1, 2, 6, 7):  # primary, other, or fewer than eight posts
        at = eight.teachers.school == school
        assert teaches[:, at] == pytest.approx(
            np.array([0.4, 0.4, 0.2])[:, None] * np.ones(at.sum())
        )
    for school in (3, 4, 5):
        at = eight.teachers.school == school
        # mathematics, ELA, science and none of the three by turns
        turns = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
        expected = turns[:, np.arange(at.sum()) % 4]
        assert (teaches[:, at] == expected).all()


def test_every_kind_of_teacher_has_the_same_pd_in_all(large):
    """A generalist's dose is 1 in each subject, a specialist's 3 in one, so means are alike."""
    dose, kind = large.chart.dose, large.chart.kind
    assert (dose[:, kind == 0] == 1).all()
    for subject in range(3):
        expected = np.zeros(3)
        expected[subject] = 3
        assert (dose[:, kind == subject + 1] == expected[:, None]).all()
    assert not dose[:, kind == 4].any()


def test_poorer_schools_pull_fewer_applicants(eight):
    pull = eight.schools.applicant_pull
    assert np.average(pull, weights=eight.schools.posts) == pytest.approx(1.0)
    slope = cards()["hiring"]["poverty_slope"].value
    # schools 0 and 1 differ by 0.7 in low income
    assert pull[0] / pull[1] == pytest.approx(np.exp(-0.7 * slope))


def test_towns_and_rural_places_are_farther(eight):
    numbers = cards()["time_use"]
    city, town = numbers["travel_city"].value, numbers["travel_town"].value
    assert eight.chart.travel.tolist() == [city] * 3 + [town] * 4 + [city]


def test_scores_fall_with_poverty_and_between_income_groups():
    flat = {"population": {**FIXED["population"], "school_poverty_slope": 1.0,
                           "school_score_spread": 0.05, "income_gap": 0.4}}  # fmt: skip
    state = drawn(eight_schools(), **flat)
    # of this gap, low-income pupils owe effect * -0.2 / (1 - 0.2) to how teaching suited them
    base = state.schools.base_score.copy()
    lasting = state.schools.lasting_response
    assert lasting[:, 0] == pytest.approx([-0.0375, -0.025, -0.03])
    base[:, 0] += lasting
    assert base[:, 1] - base[:, 0] == pytest.approx(np.full((3, 8), 0.4))
    place = base.mean(axis=1)  # of both groups
    # low income 0.8 to 0.1, mean 0.45 over pupils; the rest is drawn, SD 0.05
    expected = 0.45 - state.schools.low_income
    assert np.abs(place - expected).max() < 4 * 0.05
    assert state.schools.score == pytest.approx(base)
    assert np.isfinite(state.schools.measured_score).all()


def share_between(values, school, posts):
    """Share of variance between schools, by the method of moments (one-way analysis)."""
    totals = np.bincount(school, values)
    means = totals / posts
    within = ((values - means[school]) ** 2).sum() / (len(values) - len(posts))
    between = (posts * (means - values.mean()) ** 2).sum() / (len(posts) - 1)
    size = (posts.sum() - (posts**2).sum() / posts.sum()) / (len(posts) - 1)
    component = (between - within) / size
    return component / (component + within)


def test_skill_has_mean_0_and_sd_1_in_every_subject(large):
    skill = large.teachers.skill
    assert skill.mean(axis=1) == pytest.approx([0, 0, 0], abs=0.03)
    assert skill.std(axis=1) == pytest.approx([1, 1, 1], abs=0.01)
    gap = cards()["hiring"]["upkeep_gap"].value
    assert large.teachers.floor == pytest.approx(skill - gap)


def test_variance_of_skill_lies_where_the_cards_say(large):
    numbers = cards()["population"]
    for subject in large.teachers.skill:
        found = share_between(subject, large.teachers.school, large.schools.posts)
        assert found == pytest.approx(numbers["school_share"].value, abs=0.015)
    together = np.corrcoef(large.teachers.skill)[np.triu_indices(3, 1)]
    assert together == pytest.approx([1 - numbers["subject_share"].value] * 3, abs=0.01)


def test_experience_follows_its_distribution(large):
    numbers = cards()["population"]
    shape, scale = numbers["experience_shape"].value, numbers["experience_scale"].value
    years = large.teachers.experience
    assert (years == np.floor(years)).all()
    assert years.max() <= numbers["longest"].value
    gamma = stats.gamma(shape, scale=scale)
    # whole years: the mean of floor(min(x, longest)) is the sum of P(x >= k)
    expected = gamma.sf(np.arange(1, int(numbers["longest"].value) + 1)).sum()
    assert years.mean() == pytest.approx(expected, abs=0.15)
    assert (years < 3).mean() == pytest.approx(gamma.cdf(3), abs=0.006)


def test_teachers_of_poor_schools_are_less_experienced_if_the_card_says_so():
    steep = {"population": {**FIXED["population"], "experience_by_poverty": 0.7}}
    state = drawn(District.synthetic(400, 3), **steep)
    low = state.schools.low_income[state.teachers.school]
    years = state.teachers.experience
    poor, other = years[low > 0.6].mean(), years[low < 0.4].mean()
    # about 0.3 apart in low income: exp(-0.7 x 0.3) is a fifth fewer
    assert 0.7 < poor / other < 0.9


def test_teachers_of_color_have_their_share(large):
    share = cards()["hiring"]["start_of_color"].value
    assert large.teachers.of_color.mean() == pytest.approx(share, abs=0.005)


def test_principals_follow_their_distributions(large):
    lead, years = large.principals.leadership, large.principals.experience
    assert lead.mean() == pytest.approx(0, abs=0.07)
    assert lead.std() == pytest.approx(1, abs=0.05)
    assert (large.principals.own_leadership == lead).all()
    mean = cards()["population"]["principal_years"].value
    expected = np.exp(-np.arange(1, 400) / mean).sum()  # whole years of an exponential
    assert years.mean() == pytest.approx(expected, rel=0.08)


def test_the_office_starts_with_little_of_the_ideas(large):
    staff, leaders = large.staff, large.chart.leaders
    numbers = cards()["population"]
    others = np.ones(len(staff), dtype=bool)
    others[leaders] = False
    assert staff.appropriation[:, others].mean() == pytest.approx(
        numbers["appropriation"].value, abs=0.03
    )
    known = levers()["research_use.leader_knowledge"].value
    spread = numbers["appropriation_spread"].value
    assert staff.appropriation[:, leaders].mean() == pytest.approx(known, abs=4 * spread / 15**0.5)
    habit = staff.leading_habit
    assert (habit[leaders] == levers()["research_use.leader_hours"].value).all()
    assert not habit[others].any()
    assert ((staff.willingness >= 0.2) & (staff.willingness <= 1.0)).all()


def test_only_supervisors_have_a_supervisors_skill(eight):
    assert (eight.staff.skill[:-1] == 0).all()
    assert eight.staff.skill[-1] != 0


def test_day_one_depends_on_no_policy():
    usual = drawn(eight_schools())
    other = drawn(
        eight_schools(),
        Policy("much", {"research_use.leader_hours": 9, "pd.days": 12, "hr.automation": True}),
    )
    for name, table in usual.tables().items():
        for column in table.columns():
            one, two = getattr(table, column.name), getattr(getattr(other, name), column.name)
            assert one.tobytes() == two.tobytes(), f"{name}.{column.name}"
