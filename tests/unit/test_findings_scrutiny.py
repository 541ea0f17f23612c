"""Scrutiny: what could let a finding pass by construction is searched for, and said."""

import ast
import re

import numpy as np
import pytest
from reading import SOURCE, tree

from districtsim.study import findings_plan, findings_words
from districtsim.study.findings_judge import Ablation
from districtsim.study.findings_ledger import OTHER_ARMS, PROCESS, Arm
from districtsim.study.findings_reading import load
from districtsim.study.findings_scrutiny import CHOICES, choices
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names
from districtsim.world.parameters import cards, levers, uncertain
from districtsim.world.policies import Policy

BOOK = load()
RUN = [finding for finding in BOOK.findings.values() if not finding.not_modelled]
MECHANISM_FILES = sorted((SOURCE / "mechanisms").glob("*.py"))

# Numbers that belong to a choice, searched for in the code


def numbers_of(path):
    """`card.number` by the number's name, of the card that a mechanism's file reads."""
    card = path.stem if path.stem in cards() else path.stem.split("_")[0]
    card = "time_use" if card == "time" else card
    return {name: f"{card}.{name}" for name, it in cards().get(card, {}).items() if not it.lever}


def one_number(node, known):
    """The number a branch comes to, where it is p.number or p.number times something."""
    found = [
        known[n.attr]
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute)
        and isinstance(n.value, ast.Name)
        and n.value.id == "p"
        and n.attr in known
    ]
    return found[0] if len(found) == 1 else None


def picked(path):
    """Pairs of numbers of which a condition in this file picks one: `p.a if ... else p.b`."""
    known = numbers_of(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.IfExp):
            pair = one_number(node.body, known), one_number(node.orelse, known)
            if None not in pair and pair[0] != pair[1]:
                yield frozenset(pair)


# Picked by the season, the size of a district or who somebody is, not by a lever.
NOT_BY_LEVERS = {
    frozenset({"turnover.superintendent_leaves", "turnover.superintendent_leaves_large"}),
    frozenset({"time_use.leader_week", "time_use.supervisor_week"}),
    frozenset({"time_use.principal_week", "time_use.principal_summer_week"}),
}
# What stays of evaluation when the system evaluates is a part of it; the page of P40 says so.
A_PART_OF_THE_OTHER = {CHOICES["supervision.evaluation_by"][0]}


def test_every_pair_of_numbers_that_a_lever_picks_from_is_known_to_the_ledger():
    found = {pair for path in MECHANISM_FILES for pair in picked(path)} - NOT_BY_LEVERS
    listed = {frozenset(pair) for pairs in CHOICES.values() for pair in pairs}
    assert found - listed == set(), "add it to CHOICES, so that the page can warn"
    by_formula = {frozenset(CHOICES["supervision.stance"][0])}  # from one to the other by degree
    assert listed - found == by_formula
    assert set(CHOICES) <= set(levers())


def test_no_pair_is_apart_so_that_a_draw_may_reverse_each_choice():
    for pairs in CHOICES.values():
        for one, other in set(pairs) - A_PART_OF_THE_OTHER:
            (low, high), (lowest, highest) = (uncertain()[name].range for name in (one, other))
            assert max(low, lowest) < min(high, highest), (one, other)


@pytest.mark.parametrize("path", MECHANISM_FILES, ids=lambda path: path.stem)
def test_no_bare_number_belongs_to_a_choice(path):
    """What one option of a lever does and another does not is on a card, not in the code."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.IfExp):
            continue
        asked = {n.value for n in ast.walk(node.test) if isinstance(n, ast.Constant)}
        by_option = asked & {o for c in levers().values() for o in c.options or () if o != "none"}
        by_option = {option for option in by_option if isinstance(option, str)}
        if by_option:
            for branch in (node.body, node.orelse):
                bare = isinstance(branch, ast.Constant) and branch.value not in (0, 0.0, 1, 1.0)
                assert not bare, f"{path.stem}: {ast.unparse(node)}"


def test_no_number_is_named_after_a_policy_or_a_finding():
    shipped = set(config_names("policies"))
    for mechanism, group in cards().items():
        for name in group:
            assert name not in shipped, f"{mechanism}.{name}"
            assert not name.upper().startswith("P0"), f"{mechanism}.{name}"


# What the page says of an entry


def test_what_decides_an_entry_that_differs_by_a_choice_only():
    drawn = {"premises.imagines_open": np.array([0.1, 0.3, 0.2, 0.3])}
    drawn["premises.imagines_cases"] = np.array([0.5, 0.25, 0.6, 0.8])
    (found,) = choices(BOOK.find("P91"), drawn)
    assert found["lever"] == "equity.research_cases"
    assert (found["apart"], found["reversed"]) == (False, 0.25)
    assert choices(BOOK.find("P03"), drawn) == []  # leaders' hours and coaches' differ
    assert choices(BOOK.find("P91"), {})[0]["reversed"] is None


def test_numbers_that_lie_apart_are_said_to_be_beyond_every_draw():
    it = {"lever": "a.b", "numbers": ["c.d", "c.e"], "ranges": [[0, 1], [2, 3]], "apart": True}
    row = {"direction": "higher", "draws": 9, "choices": [{**it, "reversed": 0.0}], "set_from": {}}
    row["ablation"] = {"moves": 0.1, "weak": True, "kind": PROCESS}
    said = findings_words.scrutiny(row)
    assert "no draw can reverse" in said[1]
    assert "a weak test" in said[0]


@pytest.mark.parametrize(("moves", "weak"), [(0.0, True), (0.24, True), (0.25, False)])
def test_an_ablation_that_stops_the_outcome_is_weak(moves, weak):
    assert Ablation((), 0.0, 0.0, 0.0, 0.0, True, moves).weak is weak


def test_an_ablation_whose_outcome_cannot_be_told_is_not_called_weak():
    assert not Ablation((), 0.0, 0.0, 0.0, 0.0, True).weak


def test_an_entry_says_by_what_it_is_tested():
    assert BOOK.find("P13").switched == PROCESS  # numbers that hold in every arm
    assert BOOK.find("P34").switched == OTHER_ARMS
    assert BOOK.find("P03").switched == PROCESS


def test_every_size_of_an_entrys_own_has_its_reason():
    for finding in RUN:
        for condition in finding.conditions:
            assert not condition.own or condition.why or not condition.smallest, finding.id


def test_no_arm_holds_an_uncertain_number_still_in_every_draw():
    """But for what nobody draws; P82's pool stands in its ablation, not in its arms."""
    for finding in RUN:
        for name, arm in finding.arms.items():
            for mechanism, numbers in (arm.parameters or {}).items():
                held = {f"{mechanism}.{number}" for number in numbers} & set(uncertain())
                assert not held, f"{finding.id}.{name}"


# Arms relative to the draw


def test_times_is_relative_to_the_draw_and_stays_within_the_range():
    low, high = uncertain()["hiring.offer_weeks"].range
    arm = Arm(Policy("x", {}), times={"hiring": {"offer_weeks": 2}})
    usual = cards()["hiring"]["offer_weeks"].value
    assert arm.numbers(None)["hiring"]["offer_weeks"] == min(2 * usual, high)
    assert arm.numbers({"hiring": {"offer_weeks": 1.2}})["hiring"]["offer_weeks"] == 2.4
    assert arm.numbers({"hiring": {"offer_weeks": 5.0}})["hiring"]["offer_weeks"] == high
    half = Arm(Policy("x", {}), times={"hiring": {"offer_weeks": 0.5}})
    assert half.numbers({"hiring": {"offer_weeks": 1.0}})["hiring"]["offer_weeks"] == low
    assert arm.key != half.key
    drawn = {"hiring": {"offer_weeks": 1.2}}
    arm.numbers(drawn)
    assert drawn == {"hiring": {"offer_weeks": 1.2}}, "a draw is not changed by an arm"


def test_a_draw_in_which_an_arm_cannot_be_paid_for_is_no_number(monkeypatch):
    def refuse(*_):
        raise SettingError("cannot pay")

    finding = BOOK.find("P78")
    effort = findings_plan.Effort(draws=1, replicates=2, in_a_draw=2, controls=False)
    plan = findings_plan.Plan(BOOK, [finding], effort)
    arm, place = finding.arms["bypassed"], plan.district(finding)
    monkeypatch.setattr(findings_plan, "_paid", refuse)
    case = plan._case(place, arm, finding.arms["base"], (), 1)
    case.needs(finding.terms, 5)
    assert case.runs(1) == []
    assert all(np.isnan(periods).all() for periods in case.kept([]).values())
    with pytest.raises(SettingError, match="cannot pay"):
        plan._case(place, arm, finding.arms["base"], (), 0)


def test_a_number_that_was_set_from_a_finding_is_named_there():
    """Cards say "Set so that ... (P24)"; the page of P24 has to say so, too."""
    told = 0
    for mechanism, group in cards().items():
        for name, card in group.items():
            for sentence in re.findall(r"Set so that[^.]*", card.note):
                for finding in set(re.findall(r"\bP\d\d\b", sentence)):
                    assert f"{mechanism}.{name}" in BOOK.find(finding).set_from, finding
                    told += 1
    assert told >= 2
