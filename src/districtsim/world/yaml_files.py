"""YAML files: read as YAML 1.2 means them, with errors that name the line.

PyYAML follows YAML 1.1, where `no` is false, `010` is eight and `1e6` is a word; a district named
"No" or a share written 1e-3 would change silently. Duplicate keys are refused for the same reason.
"""

import re
from pathlib import Path

import yaml

from districtsim.world.errors import SettingError

DEEPEST = 100  # levels of nesting; our files have four
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    yaml_implicit_resolvers = {}  # none of YAML 1.1's; ours follow


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("float", r"^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$", "-+."),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _integer(loader, node):
    return int(node.value, 10)


def _mapping(loader, node, deep=True):
    seen = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, (str, int, float, bool)):
            raise yaml.MarkedYAMLError(problem="a key is not a word", problem_mark=node.start_mark)
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"'{key}' stands twice", problem_mark=key_node.start_mark
            )
        seen[key] = True
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path):
    """Read a YAML file whose top level is `key: value` lines.

    Raises SettingError, with the line where there is one, if the file cannot be read, is empty or
    is not such a file.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError as error:
        raise SettingError(
            f"{path}: byte {error.start} is not UTF-8 text; save the file as UTF-8."
        ) from None
    return parse_yaml(text, str(path))


def parse_yaml(text, where):
    """Read YAML text; `where` names it in errors. Raises SettingError as `read_yaml` does."""
    if not text.strip():
        raise SettingError(f"{where}: the file is empty; it needs `key: value` lines.")
    try:
        _refuse_depth(text, where)
        found = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = error.problem or "not YAML"
        raise SettingError(f"{where}{line}: {problem}; check the indentation there.") from None
    except SettingError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, AttributeError, TypeError) as error:
        first = (str(error).splitlines() or ["unknown"])[0]  # odd tags fail in odd ways
        raise SettingError(f"{where}: not readable as YAML ({first}).") from None
    if not isinstance(found, dict):
        raise SettingError(f"{where}: expected `key: value` lines, found {type(found).__name__}.")
    return found


def _refuse_depth(text, where):
    """Nested too deep to read: the parser written in C would run out of stack and end Python."""
    if sum(text.count(opener) for opener in ("[", "{", "- ", "? ")) <= DEEPEST:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1
        if depth > DEEPEST:
            line = event.start_mark.line + 1
            raise SettingError(
                f"{where}:{line}: nested more than {DEEPEST} deep; write it flatter."
            )


def line_of(path, dotted):
    """Line number at which a dotted key stands in a YAML file, or None."""
    try:
        node = yaml.compose(Path(path).read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return None
    line = None
    rest = dotted.split(".")
    while rest and isinstance(node, yaml.MappingNode):
        for take in range(len(rest), 0, -1):
            name = ".".join(rest[:take])
            match = [(k, v) for k, v in node.value if k.value == name]
            if match:
                line, node, rest = match[0][0].start_mark.line + 1, match[0][1], rest[take:]
                break
        else:
            break
    return line
