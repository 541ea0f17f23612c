"""Trials, reading: where in a study file something stands, and plain checks of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real

from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.yaml_files import line_of


@dataclass(frozen=True)
class Place:
    """Where something was given: its text in a message is `file:line: key`.

    name    the file, or the study's name
    origin  the file, "" if there is none
    dotted  "arms.coached.set"
    """

    name: str
    origin: str
    dotted: str = ""

    def at(self, key):
        """The place of a key below this one."""
        return Place(self.name, self.origin, f"{self.dotted}.{key}" if self.dotted else key)

    def __str__(self):
        parts = self.dotted.split(".") if self.dotted else []
        line = None
        for end in range(len(parts), 0, -1):  # a key that is missing has the line of its parent
            line = line_of(self.origin, ".".join(parts[:end])) if self.origin else None
            if line:
                break
        name = f"{self.name}:{line}" if line else self.name
        return f"{name}: {self.dotted}" if self.dotted else name

    @contextmanager
    def named(self):
        """Whatever is refused within is refused with this place before it."""
        try:
            yield
        except SettingError as problem:
            said = str(problem)
            if said.startswith(self.name):
                raise
            raise SettingError(f"{self}: {said}") from None

    def keys(self, given, allowed, needed, what):
        """Refuses what is not `key: value` lines, unknown keys, and missing ones."""
        if not isinstance(given, dict):
            raise SettingError(
                f"{self} is {given!r}; expected `key: value` lines.\n"
                f"{what.capitalize()} has {', '.join(allowed)}."
            )
        for key in given:
            if key not in allowed:
                raise SettingError(
                    f"{self.at(str(key))}: '{key}' is not part of {what}.{nearest(key, allowed)}\n"
                    f"{what.capitalize()} has {', '.join(allowed)}."
                )
        for key in needed:
            if key not in given:
                raise SettingError(
                    f"{self}: '{key}' is missing; {what} needs {', '.join(needed)}.\n"
                    "'districtsim study blank --show' prints a design to start from."
                )

    def one_of(self, value, allowed):
        """The value, if it is one of the words allowed."""
        if not isinstance(value, str) or value not in allowed:
            raise SettingError(
                f"{self} is {value!r}; it takes one of {', '.join(allowed)}."
                f"{nearest(value, allowed)}"
            )
        return value

    def number(self, value, low, high, what):
        """The value, if it is a number within [low, high]."""
        fine = isinstance(value, Real) and not isinstance(value, bool) and low <= value <= high
        if not fine:
            raise SettingError(f"{self} is {value!r}; {what}: a number, {low:g} to {high:g}.")
        return float(value)

    def whole(self, value, low, high, what):
        """The value, if it is a whole number within [low, high]."""
        fine = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        if not fine:
            raise SettingError(f"{self} is {value!r}; {what}: a whole number, {low} to {high}.")
        return value

    def yes_no(self, value):
        """The value, if it is true or false."""
        if not isinstance(value, bool):
            raise SettingError(f"{self} is {value!r}; it takes true or false.")
        return value
