"""Architecture of mechanisms: cards, levers and equations belong together; no finding is put in."""

import ast
import re

import pytest
from reading import MODULES, PYTHON, SOURCE, module_of, ours, tree

from districtsim.outcomes import outcomes
from districtsim.school_year import EVERY_WEEK
from districtsim.world.columns import Column
from districtsim.world.files import config_names
from districtsim.world.parameters import CARDS, GROUPS, MECHANISMS, cards, levers
from districtsim.world.state import tables


def test_every_mechanism_is_in_the_calendar_and_has_a_card_and_vice_versa():
    calendar = [name for name, _ in EVERY_WEEK]
    folder = SOURCE / "mechanisms"
    scripts = {
        path.stem
        for path in folder.glob("*.py")
        if any(isinstance(n, ast.FunctionDef) and n.name == "step" for n in tree(path).body)
    }
    pages = {path.stem for path in folder.glob("*.yaml")}
    assert len(set(calendar)) == len(calendar)
    assert set(calendar) == set(MECHANISMS) == scripts
    assert scripts == pages
    assert set(CARDS) == {*MECHANISMS, "population"}
    for name, step in EVERY_WEEK:
        assert step.__module__ == f"districtsim.mechanisms.{name}"


EVERY_CARD = {f"{m}.{name}": card for m, group in cards().items() for name, card in group.items()}


@pytest.mark.parametrize("name", EVERY_CARD)
def test_every_card_has_its_evidence(name):
    card = EVERY_CARD[name]
    assert str(card.unit).strip()
    assert card.role in ("fixed", "uncertain", "lever")
    assert str(card.source).strip()
    if card.source.strip().lower().startswith("assumption"):
        assert len(card.note) > 10, "an assumption says why, and why this range"
    if card.role == "uncertain":
        assert card.range[0] <= card.value <= card.range[1]


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_source_is_an_assumption_or_can_be_looked_up(name):
    """An author and year, an F or P number of the evidence, or a plain assumption."""
    source = EVERY_CARD[name].source
    known = re.search(r"\b[FP]\d{2,3}\b|\b(19|20)\d\d\b|Honig, W\.T\. Grant", source)
    assert known or source == "assumption" or "status-quo" in source, source


def levers_read(path):
    """{"group.lever"} that a file reads as p.group.lever, or by an alias of p.group."""
    found = set()
    for scope in ast.walk(tree(path)):
        if not isinstance(scope, ast.FunctionDef):
            continue
        alias = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign):
                for target, value in pairs(node):
                    if isinstance(target, ast.Name) and is_group(value):
                        alias[target.id] = value.attr
        for node in ast.walk(scope):
            if not isinstance(node, ast.Attribute):
                continue
            if is_group(node.value):
                found.add(f"{node.value.attr}.{node.attr}")
            elif isinstance(node.value, ast.Name) and node.value.id in alias:
                found.add(f"{alias[node.value.id]}.{node.attr}")
    return found


def pairs(assign):
    target, value = assign.targets[0], assign.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts))
    return [(target, value)]


def is_group(node):
    """p.group, where p is what a mechanism is given."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in GROUPS
        and isinstance(node.value, ast.Name)
        and node.value.id == "p"
    )


MECHANISM_FILES = sorted((SOURCE / "mechanisms").glob("*.py"))


def test_every_lever_is_read_and_every_lever_read_exists():
    read = set().union(*(levers_read(path) for path in MECHANISM_FILES))
    dated = (SOURCE / "world" / "policies.py").read_text()  # the coach leaves by the calendar
    read |= {name for name in levers() if f'"{name}"' in dated and name.endswith("coach_weeks")}
    assert read - set(levers()) == set(), "levers that no card has"
    assert set(levers()) - read == set(), "levers that nothing reads"


def numbers_read(path):
    """Names read as p.name; in world/population.py, where p goes by other letters, of any name."""
    day_one = path.stem == "population"
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            plain = isinstance(node.value, ast.Name) and node.value.id == "p"
            if plain or day_one:
                found.add(node.attr)
    return found


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_number_of_a_card_is_used_and_every_number_used_is_on_the_card(mechanism):
    own = {name for name, card in cards()[mechanism].items() if card.lever is None}
    files = [MODULES[f"mechanisms.{mechanism}"]]
    files += [MODULES[name] for name in ours(files[0]) if name.startswith("mechanisms.")]
    used = set().union(*(numbers_read(path) for path in files)) - set(GROUPS)
    day_one = numbers_read(MODULES["world.population"])
    unused = own - used - day_one - {"base_year"}  # a year is no number of the model
    assert unused == set(), f"numbers on the card of {mechanism} that nothing reads"
    assert used - own == set(), f"{mechanism} reads numbers that are not on its card"


def test_every_number_of_day_one_is_used():
    used = numbers_read(MODULES["world.population"])
    own = {name for name, found in cards()["population"].items() if found.lever is None}
    assert own - used == set(), "numbers on the card of population that nothing reads"


# No finding is put in by hand


def words(path):
    """Names and texts in a file's code, docstrings aside."""
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and id(node) not in texts:
            found.add(node.value)
    return found


def names_of_the_world():
    """Columns, numbers of cards, choices of levers, mechanisms: words that outcomes may share."""
    found = {column.name for kind in tables().values() for column in kind.columns()}
    found |= {option for card in levers().values() for option in card.options or ()}
    found |= {name for group in cards().values() for name in group}
    return found | set(MECHANISMS)


@pytest.mark.parametrize("path", MECHANISM_FILES, ids=lambda path: path.stem)
def test_no_policy_is_named_in_a_mechanism(path):
    shipped = set(config_names("policies"))
    assert "leader_led" in shipped
    text = path.read_text(encoding="utf-8")
    named = {name for name in shipped if re.search(rf"\b{name}\b", text)}
    assert not named
    assert not {"policy", "Policy", "timeline", "Timeline"} & words(path)


@pytest.mark.parametrize("path", MECHANISM_FILES, ids=lambda path: path.stem)
def test_no_outcome_is_named_in_a_mechanism(path):
    """But for equations and columns of the same name, which outcomes are read off."""
    equations = {n.name for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef)}
    imported = {
        alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    named = set(outcomes()) & words(path) - names_of_the_world() - equations - imported
    assert not named


@pytest.mark.parametrize("path", MECHANISM_FILES, ids=lambda path: path.stem)
def test_an_equation_sees_neither_state_nor_draws(path):
    """Equations come without `state`; what touches it draws only by the keys of posts."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            given = {argument.arg for argument in node.args.args}
            if "state" not in given:
                assert not {"state", "draw", "draws"} & {
                    n.id for n in ast.walk(node) if isinstance(n, ast.Name)
                }, node.name
        streams = [
            call.args[0].value
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in ("uniform", "normal")
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ]
        for stream in streams:
            mechanism = stream.split(".")[0]  # or a part of it, such as hiring_candidates
            assert f"{path.stem}_".startswith(f"{mechanism}_"), f"{stream} is drawn in {path.stem}"


def test_columns_are_declared_on_one_page():
    declared = {path for path in PYTHON if re.search(r"=\s*Column\(", path.read_text())}
    assert {module_of(path) for path in declared} == {"world.state", "world.columns"}
    assert all(isinstance(c, Column) for kind in tables().values() for c in kind.columns())
