"""Documents: ODD.md holds all of the model, and is what the source says; pages can be checked."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from reading import MODULES, tree

from districtsim.cli import main
from districtsim.documents import odd, odd_state, stored_numbers
from districtsim.documents import source_reading as source
from districtsim.documents.markdown import plain, rule_text, table
from districtsim.documents.pages import PAGES
from districtsim.documents.patterns_served import served
from districtsim.outcomes import outcomes
from districtsim.school_year import EVERY_WEEK
from districtsim.simulation import Simulation
from districtsim.study.findings_reading import load
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.parameters import MECHANISMS, cards, levers
from districtsim.world.state import tables

DOCS = Path(__file__).parents[2] / "docs"
PAGE = odd.text()
LINES = PAGE.split("\n")
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
    "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip
ELEMENTS = (
    "1. Purpose and patterns", "2. Entities, state variables and scales",
    "3. Process overview and scheduling", "4. Design concepts", "5. Initialization",
    "6. Input data", "7. Submodels",
)  # fmt: skip


def test_the_description_is_what_the_source_says_to_the_byte():
    written = (DOCS / "ODD.md").read_text(encoding="utf-8")
    assert written == PAGE, "run 'districtsim docs odd'"
    assert odd.text() == PAGE


def test_it_has_the_seven_elements_and_all_eleven_design_concepts_in_order():
    headings = [line.removeprefix("## ") for line in LINES if line.startswith("## ")]
    assert [heading for heading in headings if heading in ELEMENTS] == list(ELEMENTS)
    places = [PAGE.index(f"\n**{concept}.**") for concept in CONCEPTS]
    assert places == sorted(places)
    assert "{{" not in PAGE


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_rule_of_a_mechanism_stands_under_it_from_step_on(name):
    """Every function with a docstring in the mechanism's files is reached from step."""
    files = {rule.module for rule in source.in_order(f"mechanisms.{name}")}
    reached = {(rule.module, rule.name) for rule in source.in_order(f"mechanisms.{name}")}
    part = PAGE.split(f" {name.replace('_', ' ').capitalize()}\n", 1)[1].split("\n### ", 1)[0]
    first = next(line for line in part.split("\n") if line.startswith("#### "))
    assert first.startswith(f"#### `{name}.step(")
    for module in files:
        if module.startswith("mechanisms."):
            for rule in source.rules(module).values():
                assert not rule.text or (module, rule.name) in reached, rule.short
                assert not rule.text or f"`{rule.short}" in part, rule.short


def test_every_card_stands_in_its_table_with_value_unit_and_reader():
    for mechanism, group in cards().items():
        for name, card in group.items():
            start = f"| `{card.lever or name}` | "
            rows = [line for line in LINES if line.startswith(start)]
            assert any(f" | {plain(card.unit)} | " in row for row in rows), f"{mechanism}.{name}"
            assert any(plain(card.source) in row for row in rows), f"{mechanism}.{name}"
    assert sum(line.startswith("| `") for line in LINES) >= len(levers())


def test_a_number_is_read_where_it_is_said_to_be():
    rows = [line for line in LINES if line.startswith("| `crowding` | 0.08 |")]
    assert len(rows) == 1
    assert "`initiatives.attention_left` | P22 |" in rows[0]
    lever = next(line for line in LINES if line.startswith("| `supervision.caseload` | 16 |"))
    assert "`time_use.desks`" in lever
    assert "P26" in lever


def test_every_column_and_every_outcome_has_a_row():
    rows = {line.split(" | ")[0] for line in LINES}
    for kind in tables().values():
        for column in kind.columns():
            assert f"| `{column.name}`" in rows
    assert {f"| `{name}`" for name in outcomes()} <= rows


@pytest.mark.parametrize("policy", ["status_quo", "performance_alignment", "siloed_pd"])
def test_columns_stay_in_the_ranges_that_the_page_gives(policy):
    simulation = Simulation(District.synthetic(schools=8, seed=2), policy, 3)
    for week in range(104):
        simulation.step()
        if week % 4 != 3 and week % 52 not in (24, 26, 40):
            continue
        for name, table_ in simulation.state.tables().items():
            for column in table_.columns():
                low, high = odd_state.bounds(f"{name}.{column.name}", column.unit)
                values = getattr(table_, column.name).astype(float)
                known = values[np.isfinite(values)]
                if known.size:
                    where = f"{name}.{column.name} in week {week}"
                    assert known.min() >= low - 1e-9, f"{where}: {known.min()}"
                    assert known.max() <= high + 1e-9, f"{where}: {known.max()}"


def test_rules_come_in_the_order_of_the_calls():
    found = [rule.short for rule in source.in_order("mechanisms.planning")]
    assert found == [f"planning.{name}" for name in ("step", "is_reviewed", "abandon_chance",
                                                     "next_belief")]  # fmt: skip


def test_processes_stand_in_the_order_of_a_week():
    places = [PAGE.index(f"\n### 7.{n} ") for n in range(1, len(EVERY_WEEK) + 1)]
    assert places == sorted(places)


def test_levers_are_found_behind_a_short_name():
    rule = source.rules("mechanisms.time_use")["supervisors_month"]  # s = p.supervision
    assert "supervision.protected_days" in rule.numbers
    assert "evaluation_hours" in rule.numbers


def test_patterns_served_are_those_the_ledger_names():
    found = served(load())
    assert "P22" in found.numbers["initiatives.crowding"]
    assert "P77" in found.mechanisms["hiring"]
    assert "P82" in found.numbers["hiring.pool_of_color"]  # by another value of it
    assert "P26" in found.levers["supervision.caseload"]


def test_every_module_of_the_mechanisms_is_in_the_description():
    said = {rule.module for name in MECHANISMS for rule in source.in_order(f"mechanisms.{name}")}
    there = {name for name in MODULES if name.startswith("mechanisms.")}
    assert there - said == set()
    assert all(tree(MODULES[name]) for name in said)


# Markdown


def test_texts_are_not_taken_for_markup():
    assert plain("a * b <c> | d `e | f`") == r"a \* b \<c\> \| d `e \| f`"
    assert table(("a",), [("x | y",)]) == "| a |\n|---|\n| x \\| y |"


def test_a_docstring_keeps_what_is_aligned():
    text = "What it is.\n\n    a + b\n\na  one\nb  other"
    assert rule_text(text) == "What it is.\n\n```text\n    a + b\n\na  one\nb  other\n```"
    assert rule_text("One line.") == "One line."
    assert rule_text("a    one\nb    other").startswith("```text")


# Stored numbers


def test_numbers_are_kept_whole_and_refused_broken(tmp_path):
    path = tmp_path / "numbers" / "page.json"
    assert stored_numbers.stored(path) is None
    stored_numbers.keep(path, {"a": [0.1, None]}, "mark")
    assert stored_numbers.stored(path) == {"mark": "mark", "numbers": {"a": [0.1, None]}}
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SettingError, match="not a file of stored numbers"):
        stored_numbers.stored(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SettingError, match="cannot be read"):
        stored_numbers.stored(path)


def test_a_mark_moves_with_code_and_numbers_not_with_words(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_numbers, "PACKAGE", tmp_path)
    module = tmp_path / "measuring.py"
    marks = []
    for text in ('"""One."""\nx = 1\n', '"""Another."""\nx = 1\n', '"""One."""\nx = 2\n'):
        module.write_text(text, encoding="utf-8")
        marks.append(stored_numbers.mark(()))
    assert marks[0] == marks[1] != marks[2]
    module.unlink()
    card = tmp_path / "world" / "population.yaml"
    card.parent.mkdir()
    for whose, value in (("A (2001)", 1), ("B (2002)", 1), ("A (2001)", 2)):
        text = f"parameters: {{small: {{value: {value}, source: {whose}}}}}"
        card.write_text(text, encoding="utf-8")
        marks.append(stored_numbers.mark(()))
    assert marks[3] == marks[4] != marks[5]
    (tmp_path / "sets.csv").write_text("a, b: c\n1,2\n", encoding="utf-8")
    assert stored_numbers.mark(("sets.csv",)) != marks[5]


# The command


def test_pages_are_listed_and_written_and_then_unchanged(tmp_path, capsys):
    (tmp_path / "other.md").write_text("# Other\n\nGenerated by `x y`; so.\n", encoding="utf-8")
    assert main(["docs", "--list", "--out", str(tmp_path), "--json"]) == 0
    *own, other = json.loads(capsys.readouterr().out)
    assert [row["page"] for row in own] == list(PAGES)
    assert other == {"page": "", "file": "other.md", "holds": "Other", "made_by": "x y"}
    for changed in (True, False):
        assert main(["docs", "odd", "--out", str(tmp_path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["changed"] is changed
    assert (tmp_path / "ODD.md").read_text(encoding="utf-8") == PAGE
    assert main(["docs", "odd", "--out", str(tmp_path), "--check"]) == 0
    (tmp_path / "ODD.md").write_text("old", encoding="utf-8")
    assert main(["docs", "odd", "--out", str(tmp_path), "--check"]) == 1
    assert (tmp_path / "ODD.md").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["ood"], r"'ood' is not a page\. Did you mean 'odd'\?"),
        (["odd", "--out", "nowhere"], "--out nowhere: no such folder"),
        (["validation", "--data", "nowhere"], "--data nowhere: no such folder"),
        (["odd", "--workers", "none"], "workers"),
    ],
)
def test_wrong_orders_are_refused_before_any_work(given, said, capsys):
    assert main(["docs", *given]) == 2
    told = capsys.readouterr().err
    assert re.search(said, told)
    assert len(told.strip().split("\n")) <= 3
