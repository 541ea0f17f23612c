"""Stored numbers: what a page shows of simulations, kept beside it with a mark of the code.

A page whose numbers take minutes to simulate is written from them as long as nothing that they rest
on has changed: code without its comments on what it does (docstrings), YAML without its words,
district files.
"""

import ast
import json
from hashlib import blake2b
from pathlib import Path

from districtsim.world.errors import SettingError
from districtsim.world.files import config_folders, write_atomically
from districtsim.world.yaml_files import read_yaml

PACKAGE = Path(__file__).resolve().parents[1]
MODEL = (
    "world/*.py", "world/*.yaml", "mechanisms/*.py", "mechanisms/*.yaml", "simulation.py",
    "school_year.py", "outcomes.py", "measuring.py",
)  # fmt: skip
# Keys of YAML whose values are words for readers: nothing is simulated by them.
WORDS = {
    "about", "source", "sources", "note", "unit", "quantity", "how", "known_miss", "words", "made",
    "tolerances", "tolerance", "set_anew", "published", "fact", "role", "sets", "judged", "checked",
    "by_district", "without_counterpart",
}  # fmt: skip


def mark(patterns):
    """A text that differs as soon as the model, these files of the package, or the shipped
    districts and policies do; docstrings and words for readers aside."""
    digest = blake2b(digest_size=8)
    files = sorted({path for each in (*MODEL, *patterns) for path in PACKAGE.glob(each)})
    for path in files:
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(_told(path))
    package = [folder for kind in ("districts", "policies") for folder in config_folders(kind)[-1:]]
    for path in sorted(path for folder in package for path in folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _told(path):
    """What a file says to the program, as bytes; a table of numbers as it stands."""
    if path.suffix == ".py":
        return _bare(path.read_text(encoding="utf-8")).encode()
    if path.suffix == ".yaml":
        return _wordless(read_yaml(path)).encode()
    return path.read_bytes()


def _bare(text):
    """Python text without its docstrings."""
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            said = node.body[0]
            lines[said.lineno - 1 : said.end_lineno] = [""] * (said.end_lineno - said.lineno + 1)
    return "\n".join(line for line in lines if line.strip())


def _wordless(page):
    """A YAML page as text, without its words."""
    if isinstance(page, dict):
        inside = (f"{key}: {_wordless(value)}" for key, value in page.items() if key not in WORDS)
        return "{" + ", ".join(inside) + "}"
    if isinstance(page, list):
        return "[" + ", ".join(map(_wordless, page)) + "]"
    return repr(page)


def stored(path):
    """What a file of numbers holds: {"mark": text, "numbers": {...}}; None if there is none.

    Raises SettingError if it is not such a file.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise SettingError(f"{path}: cannot be read ({problem}); delete it.") from None
    if not isinstance(found, dict) or set(found) != {"mark", "numbers"}:
        raise SettingError(f"{path}: is not a file of stored numbers; delete it.")
    return found


def keep(path, numbers, marked):
    """Write numbers with their mark, complete or not at all; numbers: of JSON."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"mark": marked, "numbers": numbers}, indent=1, allow_nan=False)
    write_atomically(path, text + "\n")
