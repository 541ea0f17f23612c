"""ODD, submodels: rules and numbers of every process, from its docstrings and its card."""

from districtsim.documents.markdown import number, plain, rule_text, table
from districtsim.documents.source_reading import about, constants, in_order
from districtsim.world.parameters import about as abouts
from districtsim.world.parameters import cards, levers

HEADINGS = ("number", "value", "unit", "range", "role", "source", "read by", "patterns")


def submodels(order, served):
    """Element 7 as Markdown.

    order   names of processes in the order of a week
    served  Served: which findings rest on what
    """
    read = _readers(order)
    return "\n\n".join(
        _submodel(f"7.{place}", name, served, read) for place, name in enumerate(order, 1)
    )


def _readers(order):
    """{"mechanism.name" or lever "group.name": functions that read it, in order}."""
    found = {}
    for mechanism in order:
        for rule in in_order(f"mechanisms.{mechanism}"):
            for name in rule.numbers:
                key = name if "." in name else f"{mechanism}.{name}"
                found.setdefault(key, []).append(rule.short)
    return found


def _submodel(place, name, served, read):
    found = in_order(f"mechanisms.{name}")
    parts = [f"### {place} {name.replace('_', ' ').capitalize()}", plain(abouts()[name])]
    parts += [plain(text) for text in about(f"mechanisms.{name}").split("\n\n")[1:]]
    parts.append(_patterns(name, served))
    parts.append(_constants(found))
    said = [rule for rule in found if _is_rule(rule)]
    parts += [_rule(rule) for rule in said]
    helpers = [rule for rule in found if rule.text and not _is_rule(rule)]
    if helpers:
        words = "; ".join(f"`{it.short}`: {plain(it.text).rstrip('.')}" for it in helpers)
        parts.append(f"Steps of the above that add no rule of their own: {words}.")
    used = dict.fromkeys(lever for rule in found for lever in rule.numbers if "." in lever)
    if used:
        parts.append(f"Levers read: {', '.join(f'`{lever}`' for lever in used)} (7.0).")
    parts.append(numbers(name, served, read))
    return "\n\n".join(part for part in parts if part)


def _patterns(name, served):
    """Findings that rest on a process, and on single numbers of it."""
    whole = served.mechanisms.get(name, [])
    single = [short for short in cards()[name] if f"{name}.{short}" in served.numbers]
    found = sorted({it for short in single for it in served.numbers[f"{name}.{short}"]})
    said = [f"without this process: {', '.join(whole)}"] if whole else []
    if found:
        said.append(f"without one of its numbers (last column below): {', '.join(found)}")
    return f"Patterns that must vanish {'; '.join(said)}." if said else ""


def _is_rule(rule):
    """Public functions state rules, and private ones whose text is longer than a line."""
    return bool(rule.text) and (not rule.name.startswith("_") or "\n" in rule.text)


def _rule(rule):
    home = f"`{rule.short}({rule.arguments})`"
    return f"#### {home}\n\n{rule_text(rule.text)}"


def _constants(found):
    """Constants of the modules that the rules read: rows of tables, weeks, bounds."""
    read = {name for rule in found for name in rule.constants}
    seen = {}
    for module in dict.fromkeys(rule.module for rule in found):
        if module.startswith("mechanisms."):
            seen |= {n: text for n, text in constants(module).items() if n in read}
    words = ", ".join(f"`{name} = {' '.join(text.split())}`" for name, text in seen.items())
    return f"Constants: {words}." if words else ""


def numbers(name, served, read):
    """The card of a mechanism, or of day one, as a table; levers stand apart."""
    rows = []
    for short, card in cards()[name].items():
        if card.lever:
            continue
        key = f"{name}.{short}"
        off = f"; off at {number(card.off)}" if card.off is not None else ""
        where = ", ".join(f"`{it}`" for it in read.get(key, [])) or "day one"
        span = " to ".join(number(bound) for bound in card.range) if card.range else ""
        rows.append(
            (f"`{short}`", number(card.value), card.unit, span + off, card.role, _source(card),
             where, ", ".join(served.numbers.get(key, []))),
        )  # fmt: skip
    return table(HEADINGS, rows) if rows else ""


def _source(card):
    note = " ".join(card.note.split())
    return f"{card.source}. {note}" if note else card.source


def all_levers(order, served):
    """Every lever: status quo, what is allowed, source, who reads it, findings that compare it."""
    read = _readers(order)
    rows = []
    for name, card in levers().items():
        allowed = card.allowed + (f"; for some {card.per}s only, if wanted" if card.per else "")
        where = ", ".join(f"`{it}`" for it in dict.fromkeys(read.get(name, []))) or "the calendar"
        patterns = ", ".join(served.levers.get(name, []))
        rows.append(
            (f"`{name}`", number(card.value), card.unit, allowed, _source(card), where, patterns)
        )
    headings = ("lever", "status quo", "unit", "allowed", "source", "read by", "patterns")
    return table(headings, rows)


def day_one(served, read=None):
    """Rules and numbers of day one."""
    found = [
        rule
        for rule in in_order("world.population", "draw_up")
        if rule.module in ("world.population", "world.draws") and rule.text
    ]
    parts = [_rule(rule) for rule in found if rule.module == "world.population"]
    seen = constants("world.population")
    words = ", ".join(f"`{name} = {text}`" for name, text in seen.items())
    return "\n\n".join([f"Constants: {words}.", *parts, numbers("population", served, read or {})])
