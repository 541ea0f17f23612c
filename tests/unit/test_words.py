"""Words: what readers see agrees with the outcomes and is as sure as the numbers."""

import pytest

from districtsim.outcomes import outcomes
from districtsim.show import words
from districtsim.simulation import Simulation
from districtsim.world.parameters import levers
from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, TEACHER_TASKS


def test_words_agree_with_the_outcomes():
    assert set(words.names()) == set(outcomes())
    for name, outcome in outcomes().items():
        word = words.outcome(name)
        assert (name, word.unit, word.better) == (name, outcome.unit, outcome.better)
        assert word.meaning
        assert word.axis


def test_words_know_the_tasks():
    assert {*PRINCIPAL_TASKS, *STAFF_TASKS, *TEACHER_TASKS} <= set(words.tasks())


def test_an_outcome_without_words_goes_by_its_name():
    word = words.outcome("new_measure")
    assert word.label == "New measure"
    assert "districtsim describe outcomes" in word.axis


@pytest.mark.parametrize(
    ("values", "spread", "shown"),
    [
        ((0.1234, 0.10, 0.15), 0.045, ["+0.12", "+0.10", "+0.15"]),
        ((-0.0004, -0.01, 0.02), 0.015, ["0.000", "\N{MINUS SIGN}0.010", "+0.020"]),
        ((1234.5,), 0.0, ["+1,234"]),
        ((0.0,), 0.0, ["0"]),
    ],
)
def test_numbers_are_shown_as_sure_as_they_are(values, spread, shown):
    assert words.outcome("teaching_quality").numbers(*values, sign=True, spread=spread) == shown


def test_shares_are_shown_in_percent():
    assert words.outcome("pd_match").numbers(0.25, spread=0.02) == ["25.0"]


@pytest.mark.parametrize("name", ["research_use", "caseload", "pd_allocation"])
def test_headline_experiments_have_a_question_and_outcomes(name):
    assert words.experiment(name)["question"].endswith("?")
    assert set(words.main_outcomes(name)) <= set(outcomes())


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("policy", "tiered_pd", "Tiered PD"),
        ("district", "methow_valley", "Methow Valley"),
        ("supervision.caseload", 16.0, "16 principals per supervisor"),
        ("supervision.protected_days", 1, "1 protected day"),
        ("supervision.protected_days", 2.5, "2.5 protected days"),
        ("research_use.coach_weeks", float("nan"), "coach weeks none"),
        ("hr.automation", True, "automation yes"),
        ("office.reorganise", True, "new organisation chart: yes"),
        ("office.aligned_units", 1, "units in the change: 1"),
        ("equity.officer", "advises", "equity officer: advises"),
        ("equity.training_hours", 30.0, "30 h of equity training"),
        ("planning.improvement_plan", "capacity", "improvement plans ask for capacity"),
        ("policy", "new_org_chart", "New org chart"),
        ("policy", "bias_training", "Bias training"),
        ("budget", "equal", "equal budget"),
        ("budget", "as it costs", ""),
    ],
)
def test_settings_in_words(column, value, said):
    assert words.setting(column, value) == said


def test_groups_in_words():
    assert words.group("ela, quartile 4") == "ELA, poorest quarter"
    assert words.group("human_resources") == "human resources"
    assert words.group("income, access") == "between income groups, from who teaches them"
    assert words.group("race, suits").endswith("from how teaching suits them")


def test_every_group_of_every_outcome_reads_as_words():
    history = Simulation("seattle", "behaviour_reform", 1).run(1)
    for name, (groups, _) in history.yearly.items():
        for group in groups:
            text = words.group(group)
            assert "_" not in text, (name, group)


@pytest.mark.parametrize("name", levers())
def test_every_lever_reads_as_words(name):
    card = levers()[name]
    for text in (words.lever_in_words(name), words.setting(name, card.value)):
        assert text
        assert "_" not in text
        assert "{" not in text


def test_words_name_no_lever_that_does_not_exist():
    page = words._page()
    assert set(page["lever_names"]) | set(page["levers"]) <= set(levers())
