"""Reading: the source as trees of syntax, for the rules of the house."""

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "districtsim"
EXPERIMENTS = REPOSITORY / "experiments"
PYTHON = sorted(SOURCE.rglob("*.py"))


def module_of(path):
    """ "world.draws" for src/districtsim/world/draws.py; "" for the package itself."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


MODULES = {module_of(path): path for path in PYTHON}


def imports(path):
    """(module, True if at the top of the file) of every import."""
    top = {id(node) for node in tree(path).body}
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                inner = name.removeprefix("districtsim.")
                found.append((name if inner in MODULES else node.module, id(node) in top))
    return found


def ours(path):
    names = [name for name, _ in imports(path)]
    return {
        name.removeprefix("districtsim").removeprefix(".")
        for name in names
        if name.split(".")[0] == "districtsim"
    }


def others(path):
    return [(name, top) for name, top in imports(path) if name.split(".")[0] != "districtsim"]


def within(name, places):
    return any(name == place or name.startswith(f"{place}.") for place in places)
