"""ODD: the model's description (docs/ODD.md), hand-written text around what the source says.

Text stands in odd/*.md, in the order of the names; {{name}} in it stands for a part made here.
"""

import ast
import re
from pathlib import Path

from districtsim.documents import odd_state, odd_submodels
from districtsim.documents.markdown import block, plain, rule_text, table
from districtsim.documents.patterns_served import served
from districtsim.documents.source_reading import about, constants, rules, tree
from districtsim.outcomes import outcomes
from districtsim.school_year import EVERY_WEEK, calendar
from districtsim.study.findings_reading import load
from districtsim.world.parameters import about as abouts
from districtsim.world.parameters import uncertain

TEXT = Path(__file__).with_name("odd")
_PART = re.compile(r"\{\{(\w+)\}\}")


def text(order=None):
    """The whole page as Markdown; the same source gives the same page to the byte."""
    pages = [path.read_text(encoding="utf-8").strip() for path in sorted(TEXT.glob("*.md"))]
    made = {}

    def part(match):
        name = match[1]
        if name not in made:
            made[name] = str(PARTS[name]())
        return made[name]

    return _PART.sub(part, "\n\n".join(pages)) + "\n"


def _order():
    return [name for name, _ in EVERY_WEEK]


def _served():
    return served(load())


def _modelled():
    return [it for it in load().findings.values() if not it.not_modelled]


def _patterns():
    rows = [
        (it.id, it.priority, it.claim, it.source, ", ".join(it.without) or it.instead["when"])
        for it in _modelled()
    ]
    return table(("ID", "priority", "claim", "source", "must vanish without"), rows)


def _not_modelled():
    silent = [it for it in load().findings.values() if it.not_modelled]
    words = "; ".join(f"{it.id}: {plain(it.not_modelled).rstrip('.')}" for it in silent)
    return f"The model cannot speak to {len(silent)} further claims. {words}."


def _processes():
    said = abouts()
    rows = [(str(n), f"`{name}`", said[name]) for n, name in enumerate(_order(), 1)]
    return table(("", "process", "what it does"), rows)


def _calendar():
    return table(("weeks", "what happens"), calendar())


def _outcomes():
    rows = [
        (f"`{name}`", it.unit, it.when, it.better, it.meaning) for name, it in outcomes().items()
    ]
    return table(("outcome", "unit", "read", "better", "meaning"), rows)


def _draws():
    found = rules("world.draws")
    draw = next(node for node in tree("world.draws").body if getattr(node, "name", "") == "Draws")
    parts = [rule_text(about("world.draws").partition("\n\n")[2])]
    parts += [f"`{name}`: {rule_text(found[name].text)}" for name in ("hash_of", "keys_below")]
    for node in draw.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("uniform", "normal"):
            call = f"`{node.name}({ast.unparse(node.args).removeprefix('self, ')})`"
            parts.append(f"{call}\n\n{block(ast.get_docstring(node))}")
    return "\n\n".join(parts)


def _policies():
    page = tree("world.policies").body
    said = {node.name: ast.get_docstring(node) for node in page if isinstance(node, ast.ClassDef)}
    return "\n\n".join(f"`{name}`: {rule_text(said[name])}" for name in ("Policy", "Timeline"))


def _functions(module):
    """What a module says of itself, its constants and its public functions."""
    seen = ", ".join(f"`{name} = {text}`" for name, text in constants(module).items())
    parts = [plain(about(module)), f"Constants: {seen}." if seen else ""]
    parts += [
        f"`{rule.short}`: {rule_text(rule.text)}"
        for rule in rules(module).values()
        if rule.text and not rule.name.startswith("_")
    ]
    return "\n\n".join(part for part in parts if part)


def _file_rules():
    seen = ", ".join(
        f"`{name} = {value}`" for name, value in constants("world.nces_schools").items()
    )
    return f"Levels: {plain(rules('world.nces_schools')['level_of'].text)} Constants: {seen}."


def _submodel_links():
    names = [name.replace("_", " ") for name in _order()]
    links = [f"[7.{n} {name}](#7{n}-{name.replace(' ', '-')})" for n, name in enumerate(names, 1)]
    return " · ".join(["[7.0 levers](#70-levers)", *links])


PARTS = {
    "findings_modelled": lambda: len(_modelled()),
    "patterns": _patterns,
    "not_modelled": _not_modelled,
    "index_sets": odd_state.index_sets,
    "state_variables": odd_state.state_variables,
    "readings": odd_state.readings,
    "processes": _processes,
    "policies": _policies,
    "calendar": _calendar,
    "draws": _draws,
    "uncertain": lambda: len(uncertain()),
    "outcomes": _outcomes,
    "file_rules": _file_rules,
    "submodel_links": _submodel_links,
    "gaps": lambda: _functions("world.gaps"),
    "synthetic": lambda: _functions("world.synthetic"),
    "day_one": lambda: odd_submodels.day_one(_served()),
    "levers": lambda: odd_submodels.all_levers(_order(), _served()),
    "submodels": lambda: odd_submodels.submodels(_order(), _served()),
}
