"""The engine does what its description says: it agrees with the twin in every column, every week.

The twin was written from the description alone, so an error would have to be made twice to stay.
"""

import numpy as np
import pytest

from districtsim.world.parameters import levers
from districtsim.world.policies import Policy

from .columns import twin_columns
from .following import EVERY_LEVER, MANY_LEVERS, STARS, agree, both, differences, follow
from .twin_units import HUMAN_RESOURCES


@pytest.mark.parametrize(
    "name",
    ["status_quo", "leader_led_with_coach", "coach_led", "aligned_pd", "tiered_pd",
     "small_caseload_protected", "new_org_chart", "bias_training", "behaviour_reform",
     "premise_reform", "performance_alignment"],
)  # fmt: skip
def test_five_years_of_a_small_district(name):
    follow(5, Policy.load(name), seed=11, weeks=260)


@pytest.mark.parametrize(
    "policy", [MANY_LEVERS, STARS, EVERY_LEVER], ids=["many", "stars", "every"]
)
def test_five_years_with_many_levers_from_week_30(policy):
    follow(5, policy, seed=12, weeks=260)


@pytest.mark.parametrize(
    "name",
    ["leader_led_with_coach", "aligned_pd", "new_org_chart", "behaviour_reform", "premise_reform",
     "performance_alignment"],
)  # fmt: skip
def test_two_years_of_a_district_with_a_supervisor(name):
    follow(12, Policy.load(name), seed=13, weeks=104)


def test_a_year_and_a_half_with_two_supervisors_and_many_levers():
    follow(20, MANY_LEVERS, seed=14, weeks=78)


def test_policies_for_some_schools_only():
    where = {"low_income": [0.5, 1.0]}
    some = {"pd.days": 8.5, "standards.elements": 6, "equity.training_hours": 20.0}
    follow(6, Policy("some schools", some, starts=3, where=where), seed=15, weeks=60)


def test_more_desks_from_a_later_week():
    follow(12, Policy("smaller", {"supervision.caseload": 5.0}, starts=9), seed=16, weeks=30)


@pytest.mark.parametrize(
    ("schools", "levers", "starts", "ends"),
    [
        (12, {"supervision.caseload": 5.0}, 30, 75),
        (20, {"supervision.caseload": 30.0}, 30, 75),
        (20, {**MANY_LEVERS.levers, "supervision.caseload": 6.0}, 30, 75),
        (12, {"supervision.caseload": 5.0, "supervision.time_checks": True}, 29, 31),
    ],
    ids=["more desks", "fewer desks", "many levers", "twice in a month"],
)
def test_desks_that_come_and_go_within_a_month(schools, levers, starts, ends):
    policy = Policy("desks", levers, starts=starts, ends=ends)
    pressed = {"time_use": {"evaluation_hours": 1.8, "liaison_hours": 2.0}}
    simulation, twin = both(schools, policy, seed=21, parameters=pressed)
    desks = {len(twin.supervisors)}
    for weeks in (starts + 1, ends - starts, 7):
        agree(simulation, twin, weeks)
        desks.add(len(twin.supervisors))
    assert len(desks) == 2


@pytest.mark.parametrize("schools", [4, 20])
def test_a_policy_that_changes_nothing_changes_nothing_within_a_month(schools):
    normal = {name: card.value for name, card in levers().items()
              if card.value is not None}  # fmt: skip
    changed, changed_twin = both(schools, Policy("null", normal, starts=30), seed=22)
    simulation, twin = both(schools, Policy("none", {}), seed=22)
    agree(changed, changed_twin, 34)
    agree(simulation, twin, 34)
    assert not differences(twin, changed)
    ours, theirs = twin_columns(twin), twin_columns(changed_twin)
    assert all(np.array_equal(ours[each], theirs[each], equal_nan=True) for each in ours)


@pytest.mark.parametrize("schools", [4, 20])
def test_a_coach_who_leaves_in_week_78(schools):
    coach = {"research_use.coach_days": 8.0, "research_use.coach_weeks": 78}
    simulation, twin = both(schools, Policy("coach", coach), seed=23)
    agree(simulation, twin, 78)
    assert twin.coach.doing_for > 0
    agree(simulation, twin, 10)
    assert twin.coach.doing_for == 0


@pytest.mark.parametrize(("schools", "building"), [(4, 1.0), (12, 1.0), (12, 0.0)])
def test_leaders_who_want_to_lead_for_more_hours_than_they_have(schools, building):
    much = {"research_use.leader_hours": 20.0, "research_use.coach_days": 20.0,
            "research_use.coach_builds_leaders": building}  # fmt: skip
    busy = {"time_use": {"leader_week": 50.0, "board_share": 0.4}}
    simulation, twin = both(schools, Policy("much", much, starts=5), seed=24, parameters=busy)
    agree(simulation, twin, 6)
    leader = twin.leaders[-1]
    assert leader.displaced > 0
    assert building == 0 or leader.hours["leading"] == leader.free
    agree(simulation, twin, 44)


@pytest.mark.parametrize("schools", [4, 20])
def test_plans_made_again_rest_on_what_was_known_at_the_start_of_the_month(schools):
    simulation, twin = both(schools, MANY_LEVERS.replaced({"hr.ild_fill_in": True}), seed=25)
    agree(simulation, twin, 29)
    for row, principal in enumerate(twin.principals):
        queue = float(row % 3)
        principal.queue_in_hr = simulation.state.principals.queue_in_hr[row] = queue
    for row, leader in enumerate(twin.leaders):
        leader.leading_habit = simulation.state.staff.leading_habit[row] = 2.0 + row
    agree(simulation, twin, 15)


def test_weeks_in_which_supervisors_filled_in_for_hr_have_buffered_it():
    policy = Policy("no filling in", {"hr.ild_fill_in": False}, starts=30)
    simulation, _ = both(4, policy, seed=26)
    while simulation.week < 30:
        simulation.step()
    before = simulation.state.units.buffered[HUMAN_RESOURCES]
    simulation.step()
    after = simulation.state.units.buffered[HUMAN_RESOURCES]
    assert after == pytest.approx(before / 2, rel=0.05)


def test_policies_that_end():
    policy = MANY_LEVERS.replaced({"research_use.coach_weeks": 10})
    follow(4, Policy("ends", policy.levers, starts=6, ends=30), seed=17, weeks=60)


def test_principals_who_are_consulted_have_the_hours_in_the_second_month_only():
    levers = {"pd.consult_principals": True, "research_use.coach_days": 6.0,
              "research_use.coach_weeks": 2}  # fmt: skip
    follow(4, Policy("consulted", levers), seed=27, weeks=14)


def test_a_rural_district():
    follow("methow_valley", Policy.load("coach_led"), seed=18, weeks=60)


def test_queues_empty_posts_and_late_starts_are_felt():
    policy = Policy("tiers", {"pd.allocation": "tiered", "supervision.time_checks": True})
    simulation, twin = both(9, policy, seed=19)
    for row, teacher in enumerate(twin.teachers):
        if row % 7 == 3:
            teacher.filled = simulation.state.teachers.filled[row] = False
            simulation.state.chart.posts_changed = True
        if row % 11 == 4:
            teacher.late_weeks = simulation.state.teachers.late_weeks[row] = 5.0
    for row, principal in enumerate(twin.principals):
        queue, files = float(row % 4), 3.0 * row
        principal.queue_in_hr = simulation.state.principals.queue_in_hr[row] = queue
        principal.files_left = simulation.state.principals.files_left[row] = files
    agree(simulation, twin, weeks=60)
