"""Parameters: every number of the model with its unit, range, role and evidence.

A card is a YAML file beside its mechanism. `fixed` numbers do not vary; `uncertain` ones have a
plausible range that a sweep may sample; a `lever` is what a leader can set in a policy.
"""

import math
from dataclasses import dataclass
from functools import cache
from numbers import Real
from pathlib import Path

from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.yaml_files import read_yaml

MECHANISMS = (
    "time_use",
    "service",
    "assistance",
    "supervision",
    "feedback",
    "development",
    "hiring",
    "turnover",
    "learning",
    "money",
    "premises",
    "initiatives",
    "planning",
)
CARDS = (*MECHANISMS, "population")
GROUPS = (
    "research_use",
    "supervision",
    "pd",
    "standards",
    "hr",
    "operations",
    "office",
    "equity",
    "planning",
)
_FIELDS = {
    "value",
    "unit",
    "range",
    "options",
    "role",
    "source",
    "note",
    "lever",
    "per",
    "whole",
    "off",
}


@dataclass(frozen=True)
class Card:
    """One number (or choice) with its evidence.

    range    plausible (uncertain) or allowed (lever) lowest and highest value; None for a choice
    options  allowed values of a choice
    lever    "group.name" by which policies set it; None unless role is "lever"
    per      "school" if a policy may set it for some schools only
    off      value at which the process this number drives does nothing (it may lie outside of the
             range); None where there is no such value
    """

    mechanism: str
    name: str
    value: object
    unit: str
    range: tuple | None
    options: tuple | None
    role: str
    source: str
    note: str
    lever: str | None
    per: str | None
    whole: bool
    off: float | None

    @property
    def allowed(self):
        """What may be set, in words."""
        if self.options is not None:
            return "one of " + ", ".join(_word(option) for option in self.options)
        kind = "a whole number " if self.whole else "a number "
        empty = ", or empty" if self.value is None else ""
        return f"{kind}{self.range[0]:g} to {self.range[1]:g} ({self.unit}){empty}"


def _word(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "empty" if value is None else str(value)


def _number(value):
    """Whether this is a number that can be reckoned with (NumPy's are, yes/no and NaN are not)."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _path(card):
    home = "world" if card == "population" else "mechanisms"
    return Path(__file__).resolve().parents[1] / home / f"{card}.yaml"


@cache
def _read():
    found, about = {}, {}
    for mechanism in CARDS:
        path = _path(mechanism)
        page = read_yaml(path)
        about[mechanism] = page["about"]
        found[mechanism] = {
            name: _card(path, mechanism, name, entry) for name, entry in page["parameters"].items()
        }
    return found, about


def _card(path, mechanism, name, entry):
    unknown = set(entry) - _FIELDS
    missing = {"value", "unit", "role", "source"} - set(entry)
    if unknown or missing or entry["role"] not in ("fixed", "uncertain", "lever"):
        raise SettingError(f"{path}: {name}: card has unknown {unknown} or lacks {missing}.")
    if entry["source"] == "assumption" and not entry.get("note"):
        raise SettingError(f"{path}: {name}: an assumption needs a note that says why.")
    if entry["role"] != "fixed" and "range" not in entry and "options" not in entry:
        raise SettingError(f"{path}: {name}: needs a range or options.")
    return Card(
        mechanism=mechanism,
        name=name,
        value=entry["value"],
        unit=entry["unit"],
        range=tuple(entry["range"]) if "range" in entry else None,
        options=tuple(entry["options"]) if "options" in entry else None,
        role=entry["role"],
        source=entry["source"],
        note=entry.get("note", ""),
        lever=entry.get("lever"),
        per=entry.get("per"),
        whole=entry.get("whole", False),
        off=entry.get("off"),
    )


def cards():
    """All cards: {mechanism: {name: Card}}."""
    return _read()[0]


def about():
    """One sentence on each mechanism: {mechanism: text}."""
    return _read()[1]


@cache
def levers():
    """All levers by the name policies use: {"group.name": Card}, in the order of the groups."""
    found = {c.lever: c for group in cards().values() for c in group.values() if c.lever}
    return dict(sorted(found.items(), key=lambda item: GROUPS.index(item[0].split(".")[0])))


def uncertain():
    """Uncertain parameters by "mechanism.name": {name: Card}."""
    return {
        f"{mechanism}.{name}": card
        for mechanism, group in cards().items()
        for name, card in group.items()
        if card.role == "uncertain"
    }


def check_lever(name, value, where):
    """The value of a lever as the model wants it.

    name   "group.name"
    value  what a person gave
    where  file or option it came from, for the message
    Raises SettingError if there is no such lever or the value is not allowed.
    """
    card = levers().get(name)
    if card is None:
        raise SettingError(
            f"{where}: '{name}' is not a lever.{nearest(name, levers())}\n"
            f"'districtsim describe levers' lists all {len(levers())}."
        )
    return _checked(card, name, value, where)


def merged(numbers, more):
    """{"mechanism": {"name": value}} with more of the same on top; either may be None."""
    if not more:
        return numbers
    found = dict(numbers or {})
    for mechanism, changed in more.items():
        found[mechanism] = {**found.get(mechanism, {}), **changed}
    return found


def nested(numbers, place):
    """One set of many, {"mechanism.name": (n,)}, as {"mechanism": {"name": value}}."""
    found = {}
    for name, values in numbers.items():
        mechanism, number = name.split(".")
        found.setdefault(mechanism, {})[number] = float(values[place])
    return found


def check_mechanism(name, where):
    """Raises SettingError if there is no card of this name."""
    if name not in cards():
        raise SettingError(f"{where}: '{name}' is not a mechanism.{nearest(name, cards())}")


def check_parameter(mechanism, name, value, where):
    """The value of a parameter given in place of its card's; raises SettingError as levers do."""
    check_mechanism(mechanism, where)
    group = cards()[mechanism]
    card = group.get(name)
    if card is None or card.lever:
        known = [n for n, c in group.items() if not c.lever]
        raise SettingError(
            f"{where}: '{name}' is not a parameter of {mechanism}.{nearest(name, known)}\n"
            f"'districtsim describe parameters' lists them."
        )
    if not _number(value):
        raise SettingError(f"{where}: {mechanism}.{name} is {value!r}; it takes a number.")
    inside = card.range is None or card.range[0] <= value <= card.range[1]
    if not inside and value != card.off:
        raise SettingError(
            f"{where}: {mechanism}.{name} is {value:g}, outside "
            f"[{card.range[0]:g}, {card.range[1]:g}] {card.unit}."
        )
    return float(value)


def switches():
    """Processes that can be switched off alone: {"mechanism.name": value that does so}."""
    return {
        f"{mechanism}.{name}": card.off
        for mechanism, group in cards().items()
        for name, card in group.items()
        if card.off is not None
    }


def switched_off(names, where):
    """What `without` asks for: mechanisms that are left out, and numbers set to their off value.

    names    "mechanism", or "mechanism.parameter" of a card with an `off` value
    returns  set of mechanisms, {"mechanism": {"name": off value}}
    Raises SettingError for anything else.
    """
    if isinstance(names, str):
        raise SettingError(f"{where}: expected a list of names, got the text {names!r}.")
    mechanisms, numbers = set(), {}
    for name in names:
        if name in MECHANISMS:
            mechanisms.add(name)
        elif name in switches():
            mechanism, number = name.split(".")
            numbers.setdefault(mechanism, {})[number] = switches()[name]
        else:
            known = (*MECHANISMS, *switches())
            raise SettingError(
                f"{where}: '{name}' is not a mechanism.{nearest(name, known)} "
                f"Known: {', '.join(MECHANISMS)};\nor one process of one of them, such as "
                f"assistance.unlearn: 'districtsim describe mechanisms' lists them."
            )
    return mechanisms, numbers


def _checked(card, name, value, where):
    if value is None and card.value is None:
        return None
    if card.options is not None:
        fits = [o for o in card.options if type(o) is type(value) and o == value]
        if not fits:
            raise SettingError(f"{where}: {name} is {_word(value)!r}; it takes {card.allowed}.")
        return fits[0]
    if not _number(value):
        raise SettingError(f"{where}: {name} is {_word(value)!r}; it takes {card.allowed}.")
    low, high = card.range
    if not low <= value <= high:
        raise SettingError(
            f"{where}: {name} is {value:g}, outside [{low:g}, {high:g}] {card.unit}."
        )
    if card.whole and value != int(value):
        raise SettingError(f"{where}: {name} is {value:g}; it takes {card.allowed}.")
    return int(value) if card.whole else float(value)


def read_word(name, text, where):
    """A lever's value from the command line's text, typed by its card, then checked."""
    card = levers().get(name)
    value = text
    if text.strip() in ("", "empty", "null") and card is not None and card.value is None:
        value = None
    elif text.strip().lower() in ("true", "false"):
        value = text.strip().lower() == "true"
    else:
        try:
            value = float(text)
        except ValueError:
            value = text.strip()
    return check_lever(name, value, where)
