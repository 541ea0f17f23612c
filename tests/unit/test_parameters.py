"""Parameters: the levers are those of the published contract; what people give is checked."""

import math

import numpy as np
import pytest

from districtsim.world.errors import SettingError
from districtsim.world.parameters import (
    CARDS,
    GROUPS,
    MECHANISMS,
    about,
    cards,
    check_lever,
    check_parameter,
    levers,
    read_word,
    uncertain,
)

YES_NO = (False, True)
# The interface: name: (range or options, status quo). Scripts and lessons of others rest on it.
CONTRACT = {
    "research_use.leader_hours": ((0, 20), 0.5),
    "research_use.leader_knowledge": ((0, 4), 1),
    "research_use.coach_days": ((0, 20), 0),
    "research_use.coach_quality": ((0, 1), 0.5),
    "research_use.coach_builds_leaders": ((0, 1), 0.1),
    "research_use.coach_weeks": (None, None),
    "research_use.theory_of_action": (("none", "presented", "dialogue"), "none"),
    "supervision.caseload": ((1, 60), 16),
    "supervision.dedicated_share": ((0, 1), 0.4),
    "supervision.protected_days": ((0, 5), 0),
    "supervision.time_checks": (YES_NO, False),
    "supervision.stance": (("supervisory", "teaching"), "supervisory"),
    "supervision.support": (("even", "by_need", "bursts"), "bursts"),
    "supervision.networks": (("none", "stars", "all"), "none"),
    "supervision.skip_principal": ((0, 1), 0),
    "supervision.ild_learning_hours": ((0, 8), 0),
    "supervision.evaluation_by": (("ild", "system"), "ild"),
    "pd.allocation": (("siloed", "tiered", "aligned"), "siloed"),
    "pd.days": ((0, 15), 6),
    "pd.first_share": ((0, 1), 0.55),
    "pd.first_subject": (("mathematics", "ela", "science"), "mathematics"),
    "pd.data": (("test_scores", "teaching_quality"), "test_scores"),
    "pd.consult_principals": (YES_NO, False),
    "standards.elements": ((1, 60), 30),
    "standards.joint": (YES_NO, False),
    "hr.screening": (("light", "performance_task"), "light"),
    "hr.case_management": (YES_NO, False),
    "hr.automation": (YES_NO, False),
    "hr.joint_placement": (YES_NO, False),
    "hr.move_principals": (YES_NO, False),
    "hr.ild_fill_in": (YES_NO, True),
    "hr.bias_training_hours": ((0, 40), 0),
    "operations.scorecard": (YES_NO, False),
    "office.reorganise": (YES_NO, False),
    "office.cross_functional_teams": (YES_NO, False),
    "office.filter_initiatives": (YES_NO, False),
    "office.aligned_units": ((0, 5), 0),
    "office.budget_cut": ((0, 0.25), 0),
    "office.project_management": (YES_NO, False),
    "equity.training_hours": ((0, 40), 0),
    "equity.officer": (("none", "advises", "decides"), "none"),
    "equity.policy_review": ((0, 40), 0),
    "equity.premise_hours": ((0, 10), 0),
    "equity.research_cases": (YES_NO, False),
    "equity.planning_years": ((1, 5), 1),
    "planning.improvement_plan": (("goals", "capacity"), "goals"),
    "pd.coaching_hours": ((0, 2), 0),
    "pd.coaching_subject": (("all", "mathematics", "ela", "science"), "all"),
    "pd.peer_hours": ((0, 2), 0),
    "pd.course_hours": ((0, 5), 0),
    "pd.course_subject": (("all", "mathematics", "ela", "science"), "all"),
    "supervision.outside_hours": ((0, 4), 0),
    "hr.replace_teachers": ((0, 1), 0),
    "hr.replace_principals": ((0, 1), 0),
    "hr.replace_by": (("rating", "chance"), "rating"),
}
EVERY_CARD = [
    pytest.param(card, id=f"{mechanism}.{name}")
    for mechanism, group in cards().items()
    for name, card in group.items()
]


def test_levers_are_those_of_the_interface():
    assert set(levers()) == set(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_a_lever_keeps_its_range_and_its_status_quo(name):
    allowed, status_quo = CONTRACT[name]
    card = levers()[name]
    assert card.value == status_quo
    assert type(card.value) in (type(status_quo), int)
    if allowed is not None:
        given = card.options if card.range is None else card.range
        assert tuple(given) == allowed


def test_levers_come_in_the_order_of_their_groups():
    groups = [name.split(".")[0] for name in levers()]
    assert groups == sorted(groups, key=GROUPS.index)
    assert set(groups) == set(GROUPS)


def test_every_page_of_cards_says_what_it_is_about():
    assert set(about()) == set(CARDS) == set(cards())
    assert all(text.endswith(".") for text in about().values())
    assert len(MECHANISMS) == 13


@pytest.mark.parametrize("card", EVERY_CARD)
def test_a_card_has_its_evidence_and_a_value_that_fits(card):
    assert card.role in ("fixed", "uncertain", "lever")
    assert card.unit
    assert card.source
    assert (card.source != "assumption") or card.note
    assert (card.role == "lever") == (card.lever is not None)
    if card.role == "uncertain":
        assert card.range is not None
        assert card.range[0] < card.range[1]
    if card.range is not None and card.value is not None:
        assert card.range[0] <= card.value <= card.range[1]
    if card.options is not None:
        assert card.value in card.options
    if card.role != "lever":
        assert isinstance(card.value, (int, float))
        assert not isinstance(card.value, bool)
        assert math.isfinite(card.value)


def test_uncertain_parameters_are_those_with_that_role():
    expected = {
        f"{mechanism}.{name}"
        for mechanism, group in cards().items()
        for name, card in group.items()
        if card.role == "uncertain"
    }
    assert set(uncertain()) == expected
    assert len(expected) > 50


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("supervision.caseload", 10, 10.0),
        ("supervision.caseload", 1, 1.0),
        ("supervision.caseload", 60.0, 60.0),
        ("standards.elements", 7.0, 7),
        ("supervision.time_checks", True, True),
        ("pd.allocation", "tiered", "tiered"),
        ("research_use.coach_weeks", 78, 78),
        ("research_use.coach_weeks", None, None),
        ("equity.officer", "decides", "decides"),
        ("equity.policy_review", 4, 4.0),
        ("equity.planning_years", 5.0, 5),
        ("office.budget_cut", 0.25, 0.25),
        ("office.reorganise", False, False),
    ],
)
def test_a_lever_takes_what_is_allowed(name, given, value):
    found = check_lever(name, given, "here")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("number", [np.int64(8), np.int32(8), np.float64(8), np.float32(8)])
def test_a_lever_takes_numbers_of_numpy(number):
    assert check_lever("supervision.caseload", number, "here") == 8
    assert check_lever("standards.elements", number, "here") == 8


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("supervision.caselod", 8, "'supervision.caselod' is not a lever. Did you mean 'supervis"),
        ("xyz", 8, "'xyz' is not a lever.\n'districtsim describe levers' lists all 55."),
        ("time_use.pull", 0.9, "'time_use.pull' is not a lever."),
        ("supervision.caseload", 0.5, "caseload is 0.5, outside [1, 60] principals per"),
        ("supervision.caseload", 61, "caseload is 61, outside [1, 60]"),
        ("supervision.caseload", math.inf, "caseload is "),
        ("supervision.caseload", math.nan, "it takes a number 1 to 60"),
        ("supervision.caseload", "8", "caseload is '8'; it takes a number 1 to 60 (principals"),
        ("supervision.caseload", True, "it takes a number 1 to 60"),
        ("supervision.caseload", None, "it takes a number 1 to 60"),
        ("supervision.caseload", [8], "it takes a number 1 to 60"),
        ("standards.elements", 7.5, "elements is 7.5; it takes a whole number 1 to 60"),
        ("research_use.coach_weeks", 0, "coach_weeks is 0, outside [1, 5200]"),
        ("research_use.coach_weeks", 5.5, "it takes a whole number 1 to 5200"),
        ("supervision.time_checks", 1, "it takes one of false, true"),
        ("supervision.time_checks", "yes", "time_checks is 'yes'; it takes one of false, true"),
        ("pd.allocation", "sideways", "'sideways'; it takes one of siloed, tiered, aligned"),
        ("pd.allocation", None, "it takes one of siloed, tiered, aligned"),
        ("equity.officer", "advice", "officer is 'advice'; it takes one of none, advises, decides"),
        ("equity.planning_years", 2.5, "years is 2.5; it takes a whole number 1 to 5 (years)"),
        ("office.budget_cut", 0.3, "budget_cut is 0.3, outside [0, 0.25]"),
        ("equity.policy_review", 41, "policy_review is 41, outside [0, 40]"),
    ],
)
def test_a_lever_refuses_the_rest(name, given, says):
    with pytest.raises(SettingError) as caught:
        check_lever(name, given, "policy.yaml:3")
    message = str(caught.value)
    assert message.startswith("policy.yaml:3: ")
    assert says in message
    assert len(message.splitlines()) <= 3


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("supervision.caseload", "10", 10.0),
        ("supervision.caseload", " 1e1 ", 10.0),
        ("standards.elements", "7", 7),
        ("hr.automation", "true", True),
        ("hr.automation", " False", False),
        ("pd.allocation", " aligned ", "aligned"),
        ("research_use.coach_weeks", "empty", None),
        ("research_use.coach_weeks", "", None),
        ("research_use.coach_weeks", "52", 52),
    ],
)
def test_words_of_the_command_line_become_values(name, text, value):
    found = read_word(name, text, "--set")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("supervision.caseload", ""),
        ("supervision.caseload", "ten"),
        ("supervision.caseload", "nan"),
        ("supervision.caseload", "true"),
        ("hr.automation", "yes"),
        ("hr.automation", "1"),
        ("pd.alocation", "tiered"),
    ],
)
def test_words_that_say_nothing_are_refused(name, text):
    with pytest.raises(SettingError, match="--set"):
        read_word(name, text, "--set")


def an_uncertain_card():
    name = next(iter(uncertain()))
    mechanism, parameter = name.split(".")
    return mechanism, parameter, uncertain()[name]


def test_a_parameter_takes_what_its_range_allows():
    mechanism, name, card = an_uncertain_card()
    low, high = card.range
    for value in (low, high, (low + high) / 2):
        assert check_parameter(mechanism, name, value, "here") == value
    for value in (low - 1, high + 1, math.inf, math.nan, str(low), True, None):
        with pytest.raises(SettingError, match=name):
            check_parameter(mechanism, name, value, "here")


def test_a_fixed_parameter_must_still_be_a_number():
    for value in (math.inf, -math.inf, math.nan, "40", True):
        with pytest.raises(SettingError, match="staff_week"):
            check_parameter("time_use", "staff_week", value, "here")
    assert check_parameter("time_use", "staff_week", 41, "here") == 41.0


@pytest.mark.parametrize(
    ("mechanism", "name", "says"),
    [
        ("time_usage", "pull", "'time_usage' is not a mechanism. Did you mean 'time_use'?"),
        ("time_use", "pul", "'pul' is not a parameter of time_use. Did you mean 'pull'?"),
        ("time_use", "caseload", "'caseload' is not a parameter of time_use."),  # it is a lever
    ],
)
def test_a_parameter_that_does_not_exist_is_refused(mechanism, name, says):
    with pytest.raises(SettingError) as caught:
        check_parameter(mechanism, name, 1.0, "parameters")
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 3
