"""Printing: tables for people and the same as JSON for programs."""

import json
import math
import shutil
import textwrap

WIDEST = 160


def show(rows, as_json, *, columns=None, **also):
    """Print rows (dicts); as JSON a list of them, or with `also` an object that has them as table.

    columns  which, in which order, {key: heading}; None for all by their keys
    """
    if as_json:
        plain = [{key: _plain(value) for key, value in row.items()} for row in rows]
        found = {**also, "table": plain} if also else plain
        print(json.dumps(found, indent=1, default=str, allow_nan=False))
    else:
        print(table(rows, columns))


def table(rows, columns=None):
    """Rows as text: columns under their headings, the last one wrapped to the screen."""
    if not rows:
        return "(nothing)"
    columns = columns or {key: key.replace("_", " ") for key in rows[0]}
    cells = [[text(row.get(key)) for key in columns] for row in rows]
    headings = list(columns.values())
    widths = [max(map(len, column)) for column in zip(headings, *cells)]
    right = [all(_is_number(row.get(key)) for row in rows) for key in columns]
    room = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
    last = max(24, room - sum(widths[:-1]) - 2 * (len(widths) - 1))
    widths[-1] = min(widths[-1], last)
    lines = []
    for line in [headings, ["-" * width for width in widths], *cells]:
        lines += _wrapped(line, widths, right)
    return "\n".join(lines)


def text(value):
    """One value as people read it: three to four figures, nothing for nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if abs(value) >= 1000:
            return f"{value:,.0f}"
        return f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"
    return str(value)


def _wrapped(line, widths, right):
    first = [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(line[:-1], widths, right)
    ]
    indent = " " * (sum(widths[:-1]) + 2 * (len(widths) - 1))
    parts = textwrap.wrap(line[-1], widths[-1]) or [""]
    if right[-1]:
        parts = [part.rjust(widths[-1]) for part in parts]
    return [("  ".join([*first, part]) if i == 0 else indent + part).rstrip()
            for i, part in enumerate(parts)]  # fmt: skip


def _is_number(value):
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _plain(value):
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
