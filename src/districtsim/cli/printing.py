"""Printing: tables for people and the same as JSON for programs."""

import itertools
import json
import math
import shutil
import textwrap

WIDEST = 160  # columns of the screen that a table may take
LONGEST_WORD = 40  # longer ones are broken


def show(rows, as_json, *, columns=None, spaced=False, **also):
    """Print rows (dicts); as JSON a list of them, or with `also` an object that has them as table.

    columns  which, in which order, {key: heading}; None for all by their keys
    """
    if as_json:
        plain = [{key: _plain(value) for key, value in row.items()} for row in rows]
        found = {**{k: _plain(v) for k, v in also.items()}, "table": plain} if also else plain
        print(json.dumps(found, indent=1, default=str, allow_nan=False))
    else:
        print(table(rows, columns, spaced), flush=True)


def table(rows, columns=None, spaced=False):
    """Rows as text under their headings; long texts are wrapped so that lines fit the screen.

    spaced  an empty line between rows, for texts that wrap
    """
    if not rows:
        return "(nothing)"
    columns = columns or {key: key.replace("_", " ") for key in rows[0]}
    cells = [[text(row.get(key)) for key in columns] for row in rows]
    right = [all(_is_number(row.get(key)) for row in rows) for key in columns]
    headings = list(columns.values())
    widths = _fitted(list(zip(headings, *cells)), right)
    blocks = [_wrapped(line, widths, right) for line in cells]
    top = [*_wrapped(headings, widths, right), "  ".join("-" * width for width in widths)]
    rest = "\n\n" if spaced else "\n"
    return "\n".join(top) + "\n" + rest.join("\n".join(block) for block in blocks)


def text(value):
    """One value as people read it: three figures, nothing for nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    if value == 0:
        return "0"
    if abs(value) >= 99.95:
        return f"{value:,.0f}"
    return f"{value:#.3g}" if abs(value) >= 0.001 else f"{value:.4f}"


def _fitted(columns, right):
    """Widths that fit the screen: the widest texts give way first, words and numbers never."""
    widths = [max(map(len, column)) for column in columns]
    least = [
        width if to_right else min(max(_longest_word(cell) for cell in column), LONGEST_WORD)
        for width, to_right, column in zip(widths, right, columns)
    ]
    room = min(shutil.get_terminal_size((100, 24)).columns, WIDEST) - 2 * (len(widths) - 1)
    while sum(widths) > room:
        shrinkable = [i for i, width in enumerate(widths) if width > least[i]]
        if not shrinkable:
            break
        widths[max(shrinkable, key=widths.__getitem__)] -= 1
    return widths


def _longest_word(cell):
    return max(map(len, cell.split()), default=0)


def _wrapped(line, widths, right):
    parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(line, widths)]
    lines = []
    for pieces in itertools.zip_longest(*parts, fillvalue=""):
        fitted = (
            piece.rjust(width) if to_right else piece.ljust(width)
            for piece, width, to_right in zip(pieces, widths, right)
        )
        lines.append("  ".join(fitted).rstrip())
    return lines


def _is_number(value):
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
