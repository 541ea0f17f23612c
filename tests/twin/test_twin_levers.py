"""Each lever that was added to the model, alone and with all others, in engine and twin."""

import random
from dataclasses import replace

import pytest

from districtsim.world.parameters import levers
from districtsim.world.policies import Policy
from districtsim.world.state import tables

from .columns import NOT_COMPARED, twin_columns
from .following import (
    EVERY_LEVER,
    MORE_LEVERS,
    agree,
    both,
    follow,
    odd_district,
    random_levers,
    random_parameters,
    small,
)
from .twin import Twin


def test_every_column_that_a_mechanism_writes_is_compared():
    compared = set(twin_columns(Twin(small(3), Policy("nothing"), 1)))
    columns = {(name, each.name) for name, kind in tables().items() for each in kind.columns()}
    assert columns - compared == NOT_COMPARED
    assert not compared - columns


@pytest.mark.parametrize("name", MORE_LEVERS)
def test_a_lever_alone_from_within_a_month_until_within_another(name):
    policy = Policy(name, {name: MORE_LEVERS[name]}, starts=7, ends=58)
    follow(11, policy, seed=41, weeks=64)


@pytest.mark.parametrize(
    "changes",
    [
        {"office.aligned_units": 1, "research_use.theory_of_action": "presented"},
        {"office.aligned_units": 5, "research_use.leader_hours": 8.0},
        {"equity.officer": "advises", "equity.training_hours": 40.0, "equity.policy_review": 40},
        {"equity.premise_hours": 10.0, "equity.training_hours": 40.0,
         "office.cross_functional_teams": True, "office.aligned_units": 5,
         "supervision.ild_learning_hours": 8.0},
        {"hr.joint_placement": True, "planning.improvement_plan": "capacity",
         "pd.data": "teaching_quality", "pd.allocation": "tiered"},
        {"planning.improvement_plan": "capacity", "pd.allocation": "aligned",
         "pd.consult_principals": True},
    ],
    ids=["one unit", "all units", "officer", "too much", "placement", "capacity"],
)  # fmt: skip
def test_levers_that_meet(changes):
    follow(12, Policy("together", changes, starts=2), seed=42, weeks=110)


def test_some_teachers_and_some_schools_beside_each_other():
    """Several policies in one district, each with its dates and places."""
    usual = Policy("usual", {"pd.days": 4.0})
    coached = Policy("coached", {"pd.coaching_hours": 0.7, "pd.coaching_subject": "ela",
                                 "pd.peer_hours": 0.5}, starts=3, ends=61,
                     where={"teachers": list(range(0, 90, 2))})  # fmt: skip
    course = Policy("course", {"pd.course_hours": 2.0, "pd.course_subject": "science",
                               "supervision.outside_hours": 1.0, "pd.days": 9.0},
                    where={"schools": [0, "S00003", 4]})  # fmt: skip
    rated = Policy(
        "rated",
        {"hr.replace_teachers": 0.2, "hr.replace_principals": 1.0, "hr.replace_by": "rating"},
        starts=20,
        where={"schools": [1, 2]},
    )
    chance = Policy("chance", {"hr.replace_teachers": 0.3, "hr.replace_principals": 0.5,
                               "hr.replace_by": "chance"}, where={"schools": [0, 5]})  # fmt: skip
    follow(9, usual.beside(coached, course, rated, chance), seed=48, weeks=70)


def test_principals_become_supervisors_in_a_district_with_several():
    levers_of_it = {**EVERY_LEVER.levers, "supervision.caseload": 3.0}
    sure = {"turnover": {"promoted": 0.9, "carry_over": 0.5, "supervisor_leaves": 0.6}}
    simulation, twin = both(24, Policy("many", levers_of_it, starts=2), 43, parameters=sure)
    promoted = []
    for _ in range(110):
        agree(simulation, twin, 1)
        promoted += twin.turnover.just_promoted
    assert len(promoted) > 1


def test_a_design_team_that_is_abandoned_and_starts_again():
    levers_of_it = {"equity.premise_hours": 2.0, "research_use.leader_hours": 1.0}
    parameters = {"planning": {"abandons": 0.9, "rest_weeks": 21.5}}
    simulation, twin = both(6, Policy("team", levers_of_it), seed=44, parameters=parameters)
    rests = []
    for _ in range(160):
        agree(simulation, twin, 1)
        rests.append(twin.agenda.project_rest)
    assert max(rests) == 21.5
    assert rests[-1] != 21.5


def test_teachers_are_excused_from_pd_that_would_not_fit():
    policy = {"hr.joint_placement": True, "pd.data": "teaching_quality"}
    twin = follow(6, Policy("excused", policy), seed=47, weeks=70)
    assert any(any(teacher.excused) for teacher in twin.teachers)


def test_an_office_of_a_few_people():
    few = {"administrators": 3.0, "support": 0.0, "coordinators": 1.0}
    twin = follow(replace(small(24), office=few), EVERY_LEVER, seed=48, weeks=80)
    assert len(twin.human_resources.people) == 1


def test_one_advertisement_only_and_scarce_candidates():
    scarce = {"hiring": {"rounds": 1, "applicants": 4.0, "patience": 7.0},
              "service": {"start_hr": 0.35}}  # fmt: skip
    follow(9, Policy("tasks", {"hr.screening": "performance_task"}), 45, 120, scarce)


@pytest.mark.parametrize("name", ["performance_alignment", "premise_reform", "coach_led"])
def test_a_rural_district_where_the_superintendent_supervises(name):
    follow("methow_valley", Policy.load(name), seed=18, weeks=110)


@pytest.mark.parametrize("name", ["spokane", "mukilteo", "pomeroy"])
def test_districts_from_public_files(name):
    follow(name, EVERY_LEVER, seed=46, weeks=60)


@pytest.mark.parametrize("luck", range(12))
def test_levers_and_parameters_at_random(luck):
    chance = random.Random(luck)
    schools, starts = chance.choice([2, 4, 8, 13, 24]), chance.randint(0, 40)
    ends = chance.choice([None, starts + chance.randint(1, 60)])
    policy = Policy("random", random_levers(chance), starts=starts, ends=ends)
    follow(schools, policy, seed=luck, weeks=110, parameters=random_parameters(chance))


@pytest.mark.parametrize("luck", range(8))
def test_odd_districts(luck):
    chance = random.Random(100 + luck)
    starts = chance.randint(0, 20)
    policy = Policy("odd", random_levers(chance), starts=starts, ends=starts + 37)
    follow(odd_district(chance), policy, luck, weeks=80, parameters=random_parameters(chance))


def test_all_levers_are_in_some_policy_here():
    assert set(EVERY_LEVER.levers) >= set(levers()) - {"supervision.caseload"}
