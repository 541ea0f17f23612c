"""Source reading: the rules of a process as its source states them, in the order of the calls.

A rule is a function with a docstring. Starting from step(), a function stands before those that it
uses, which stand in the order in which they are used; so a page of them reads like the program.
Files are read, not imported.
"""

import ast
import inspect
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from districtsim.world.parameters import GROUPS

PACKAGE = Path(__file__).resolve().parents[1]
_MAKERS = ("np.array", "SimpleNamespace", "slice")


@dataclass(frozen=True)
class Rule:
    """A function of the source.

    module     "mechanisms.time_use"; name: of the function; arguments: "state, p, draw"
    text       its docstring, "" if it has none
    numbers    what it reads of the numbers in force: names, and of levers "group.name"
    constants  capital names of its module that it reads
    uses       (module, name) of functions of the package it uses, in order
    """

    module: str
    name: str
    arguments: str
    text: str
    numbers: tuple = ()
    constants: tuple = ()
    uses: tuple = field(default=(), repr=False)

    @property
    def short(self):
        """Where it stands, as people would say it: "time_office.extra_hours"."""
        return f"{self.module.split('.')[-1]}.{self.name}"


@cache
def tree(module):
    """The syntax tree of a module of the package, by its name without `districtsim.`."""
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def exists(module):
    """Whether the package has a file of this name."""
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py").is_file()


def about(module):
    """Docstring of a module, without the indent."""
    return ast.get_docstring(tree(module))


@cache
def constants(module):
    """Plain constants of a module, {name: source text}, in their order; `_` names left out."""
    found = {}
    for node in tree(module).body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            for target, value in _pairs(node.targets[0], node.value):
                if isinstance(target, ast.Name) and target.id.isupper() and _is_plain(value):
                    found[target.id] = _shown(value)
    return {name: text for name, text in found.items() if not name.startswith("_")}


def _pairs(target, value):
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts))
    return [(target, value)]


def _is_plain(node):
    """A number, a text, or a list or table of them; not what is worked out from columns."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _MAKERS:
        return all(_is_plain(part) for part in (*node.args, *(k.value for k in node.keywords)))
    kinds = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.BinOp, ast.UnaryOp)
    below = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return isinstance(node, kinds) and all(map(_is_plain, below))


def _shown(node):
    """The text of a plain constant; what makes arrays and named numbers is left out."""
    text = ast.unparse(node)
    for maker in ("np.array", "SimpleNamespace"):
        text = text.replace(f"{maker}(", "(")
    return text


@cache
def rules(module):
    """{name: Rule} of the functions at the top of a module, in the order of the file."""
    page = tree(module)
    own = {node.name for node in page.body if isinstance(node, ast.FunctionDef)}
    known = {name: (module, name) for name in own} | _imported(page)
    return {
        node.name: _rule(module, node, known)
        for node in page.body
        if isinstance(node, ast.FunctionDef)
    }


def _imported(page):
    found = {}
    for node in page.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("districtsim."):
            module = node.module.removeprefix("districtsim.")
            if exists(module):
                found |= {a.asname or a.name: (module, a.name) for a in node.names}
    return found


def _rule(module, node, known):
    seen = _Seen(set(constants(module)))
    for part in node.body:
        seen.visit(part)
    uses = [known[name] for name in seen.names if name in known and name != node.name]
    uses = [(home, name) for home, name in uses if home == module or name in rules(home)]
    return Rule(
        module,
        node.name,
        ast.unparse(node.args),
        inspect.cleandoc(ast.get_docstring(node) or ""),
        tuple(dict.fromkeys(seen.numbers)),
        tuple(dict.fromkeys(seen.constants)),
        tuple(dict.fromkeys(uses)),
    )


class _Seen(ast.NodeVisitor):
    """Names, numbers and constants that a function reads, in order."""

    def __init__(self, constants_there):
        self.names, self.numbers, self.constants = [], [], []
        self._alias, self._there = {}, constants_there

    def visit_Assign(self, node):
        for target, value in _pairs(node.targets[0], node.value):
            if isinstance(target, ast.Name) and _is_group(value):
                self._alias[target.id] = value.attr
        self.generic_visit(node)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            (self.constants if node.id in self._there else self.names).append(node.id)

    def visit_Attribute(self, node):
        inner = node.value
        if _is_group(inner):
            self.numbers.append(f"{inner.attr}.{node.attr}")
        elif isinstance(inner, ast.Name) and inner.id in self._alias:
            self.numbers.append(f"{self._alias[inner.id]}.{node.attr}")
        elif _is_p(inner) and node.attr not in GROUPS:
            self.numbers.append(node.attr)
        self.generic_visit(node)


def _is_p(node):
    """p, what a process is given, or a p that something keeps."""
    name = isinstance(node, ast.Name) and node.id == "p"
    return name or (isinstance(node, ast.Attribute) and node.attr == "p")


def _is_group(node):
    """p.group: the levers of a group."""
    return isinstance(node, ast.Attribute) and node.attr in GROUPS and _is_p(node.value)


def in_order(module, name="step"):
    """The Rules that a function uses, itself first, each once, in the order of the calls.

    Functions of modules outside `module`'s folder are read, but not what these use in turn.
    """
    found, folder = {}, module.rpartition(".")[0]

    def follow(home, which):
        if (home, which) in found:
            return
        rule = found[home, which] = rules(home)[which]
        if home.rpartition(".")[0] == folder:
            for used in rule.uses:
                follow(*used)

    follow(module, name)
    return list(found.values())


@dataclass(frozen=True)
class Method:
    """A method or property of a class, with its docstring."""

    owner: str
    name: str
    text: str


def methods(module, owners):
    """Methods with a docstring of these classes of a module."""
    return [
        Method(node.name, part.name, inspect.cleandoc(ast.get_docstring(part)))
        for node in tree(module).body
        if isinstance(node, ast.ClassDef) and node.name in owners
        for part in node.body
        if isinstance(part, ast.FunctionDef) and ast.get_docstring(part)
    ]
