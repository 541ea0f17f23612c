"""Markdown: tables, texts and blocks that print as they stand in the source."""

import re

_SPECIAL = re.compile(r"([*<>|\[\]])")


def plain(text):
    """Running text with nothing in it taken for markup, on one line; `code` stays code."""
    parts = re.split(r"(`[^`]*`)", " ".join(str(text).split()))
    return "".join(
        part.replace("|", r"\|") if part.startswith("`") else _SPECIAL.sub(r"\\\1", part)
        for part in parts
    )


def table(headings, rows):
    """A table of texts, a list of rows; cells are made `plain`."""
    lines = [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    lines += [f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def number(value):
    """A value of a card as people write it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:,g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return str(value)


def rule_text(text):
    """A docstring as Markdown: its first paragraph as text, the rest as it is aligned."""
    first, _, rest = text.partition("\n\n")
    if any(line.startswith("  ") or "   " in line.strip() for line in first.split("\n")):
        first, rest = "", text
    found = [plain(first)] if first else []
    if rest.strip():
        found.append(block(rest))
    return "\n\n".join(found)


def block(text):
    """Text in which blanks and line ends count."""
    return f"```text\n{text.strip(chr(10))}\n```"
