"""ODD, state: entities and state variables as tables, with where each starts and what it may be."""

import ast

from districtsim.documents.markdown import number, plain, table
from districtsim.documents.source_reading import about, constants, methods, rules, tree
from districtsim.world import state

ENTITIES = {
    "schools": "a school with its pupils, in two income groups",
    "principals": "a principalship, one a school",
    "teachers": "a teaching post, sorted by school",
    "staff": "a desk in the central office: leaders, unit staff, supervisors (ILDs)",
    "coaches": "the outside coach under contract",
    "units": "a unit of the central office",
    "district": "one row: what the district as a whole holds, and sums of the year",
}
# What a value may be, by unit and, where the unit leaves it open, by column; held by a test.
SHARE, FROM_ZERO, ANY = (0.0, 1.0), (0.0, float("inf")), (float("-inf"), float("inf"))
BY_UNIT = {
    "share": SHARE,
    "0 to 1": SHARE,
    "yes/no": SHARE,
    "0 to 4": (0.0, 4.0),
    "1 to 4": (1.0, 4.0),
    "1 to 5": (1.0, 5.0),
    "level": (0.0, 3.0),
    "role": (0.0, len(state.ROLES) - 1.0),
    "stage": (0.0, 3.0),
    "slot": (-1.0, 2.0 * state.CANDIDATES - 1.0),
    "week of year": (-1.0, state.YEAR_WEEKS - 1.0),
    "SD": ANY,
    "student SD": ANY,
    "student SD a year": ANY,
    "-": ANY,
    "US$ a year": ANY,
    "week of run": ANY,
}
BY_COLUMN = {
    "schools.behaviour": FROM_ZERO,
    "units.behaviour": FROM_ZERO,
    "schools.responsiveness": (float("-inf"), 0.0),
    "units.knowledge": (0.0, 2.0),
    "principals.need": (0.2, 4.0),
    "principals.recovered": ANY,
    "principals.queue_in_hr": FROM_ZERO,
    "principals.files_left": ANY,
    "principals.clarity": (1.0, float("inf")),
    "principals.sharpness": FROM_ZERO,
    "teachers.patience": (-1.0, float("inf")),
    "teachers.work_left": ANY,
    "teachers.late_weeks": (0.0, 15.0),
    "teachers.experience": FROM_ZERO,
    "teachers.gone": ANY,
    "teachers.candidate": (-1.0, state.CANDIDATES - 1.0),
    "staff.leading_habit": FROM_ZERO,
}


def bounds(name, unit):
    """Least and most value of a column, such as "schools.growth"."""
    return BY_COLUMN.get(name) or BY_UNIT.get(unit) or FROM_ZERO


def _range(name, unit):
    low, high = bounds(name, unit)
    if unit == "yes/no":
        return "yes or no"
    if unit == "-":
        return "64 bits"
    if low == -float("inf"):
        return "any" if high == float("inf") else f"up to {high:g}"
    return f"{low:g} and more" if high == float("inf") else f"{low:g} to {high:g}"


def _set_on_day_one():
    """{column: function of population.py that sets it}, for every `x.column[...] = ...` in it."""
    found = {}
    for name in rules("world.population"):
        body = next(n for n in tree("world.population").body if getattr(n, "name", "") == name)
        for node in ast.walk(body):
            targets = []
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    targets += target.elts if isinstance(target, ast.Tuple) else [target]
            elif isinstance(node, ast.AugAssign):
                targets = [node.target]
            for target in targets:
                inner = target.value if isinstance(target, ast.Subscript) else target
                if isinstance(inner, ast.Attribute):
                    owner = ast.unparse(inner.value).split(".")[-1].removesuffix("_only")
                    found.setdefault(f"{owner}.{inner.attr}", f"population.{name}")
    return found


def state_variables():
    """Every table of the state with its columns, as Markdown."""
    day_one, parts = _set_on_day_one(), []
    for name, kind in state.tables().items():
        rows = []
        for column in kind.columns():
            full = f"{name}.{column.name}"
            start = day_one.get(full)
            values = "" if not column.shape else f" ({' x '.join(map(str, column.shape))} a row)"
            rows.append(
                (
                    f"`{column.name}`",
                    f"{column.unit}{values}",
                    column.meaning,
                    _range(full, column.unit),
                    f"`{start}`" if start else _start(column.start),
                )
            )
        words = " ".join((kind.__doc__ or "").split())
        headings = ("variable", "unit", "meaning", "range", "at the start")
        parts.append(f"#### {name}: {ENTITIES[name]}\n\n{plain(words)}\n\n{table(headings, rows)}")
    return "\n\n".join(parts)


def _start(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value != value else number(round(float(value), 4))


def readings():
    """What is read off the state: methods and properties of its classes, with their rules."""
    owners = [kind.__name__ for kind in state.tables().values()] + ["State"]
    found = methods("world.state", owners)
    return "\n".join(f"- `{it.owner}.{it.name}`: {plain(it.text)}" for it in found)


def index_sets():
    """Names of rows along axes (subjects, tasks, roles) and other constants of the state."""
    rows = [(f"`{name}`", text.replace("'", "")) for name, text in constants("world.state").items()]
    return f"{plain(about('world.state'))}\n\n{table(('name', 'values, counted from 0'), rows)}"
