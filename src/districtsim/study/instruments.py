"""Instruments: how a field study measures, with error and bias; each names its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from districtsim.world.errors import SettingError
from districtsim.world.state import SUBJECTS
from districtsim.world.yaml_files import read_yaml

BEFORE = -10_000  # tick of what stays the same over waves
PAGE = Path(__file__).with_name("instruments.yaml")


@dataclass(frozen=True)
class Component:
    """One source of error: standard normal times value / sqrt(number of `over`).

    card      "mechanism.name" whose number in force is the value; then value is None
    persists  share of its variance that stays the same over waves
    """

    name: str
    value: float | None
    unit: str
    source: str
    card: str | None = None
    over: str | None = None
    persists: float = 0.0
    note: str = ""


@dataclass(frozen=True)
class Instrument:
    """What is read off the true state, and how it is blurred.

        observed = clip(bias * true + sum of components, within)

    of      teachers or schools (a principal is a school's)
    reads   key of what `trials_watch` keeps
    yearly  taken once a year, in June or for the whole year
    pupils, days  how many, unless the study says
    """

    name: str
    about: str
    of: str
    reads: str
    unit: str
    components: tuple
    bias: float = 1.0
    bias_source: str = ""
    yearly: bool = False
    within: tuple = (-np.inf, np.inf)
    pupils: int = 1
    days: int = 1
    note: str = ""

    def observed(self, true, keys, draws, measure, numbers):
        """What the instrument shows.

        true     as `reads` says, (units,)
        keys     lasting keys of the units, (units,) uint64
        draws    Draws of one district in one simulated study
        measure  what is asked: when, subject, pupils, days, years_of_data
        numbers  {mechanism: namespace} in force, for errors that stand on cards
        """
        slot = (*SUBJECTS, "all").index(measure.subject)
        found = self.bias * np.asarray(true, dtype=float)
        number = {
            "pupils": measure.pupils or self.pupils,
            "days": measure.days or self.days,
            "years_of_data": measure.years_of_data,
        }
        for part in self.components:
            value = part.value
            if part.card is not None:
                mechanism, name = part.card.split(".")
                value = getattr(numbers[mechanism], name)
            stream = f"study.{self.name}.{part.name}"
            z = draws.normal(stream, keys, tick=measure.when.week, slot=slot)
            if part.persists:
                lasting = draws.normal(stream, keys, tick=BEFORE, slot=slot)
                z = np.sqrt(part.persists) * lasting + np.sqrt(1.0 - part.persists) * z
            found = found + value / np.sqrt(number.get(part.over, 1)) * z
        return np.clip(found, *self.within)

    def reliable(self, share, where):
        """A copy whose only error is that of this reliability, for what has a SD of one.

        error = sqrt(1 / share - 1)
        """
        if self.unit not in ("SD of teaching", "SD of leadership"):
            raise SettingError(
                f"{where}: a reliability can be given where the unit is a SD of people; "
                f"{self.name} is in {self.unit}.\nGive `pupils`, `days` or `years_of_data` instead."
            )
        error = Component(
            "error", float(np.sqrt(1.0 / share - 1.0)), "SD", "the study's reliability"
        )
        return replace(self, components=(error,))


@cache
def instruments():
    """All instruments: {name: Instrument}."""
    return {name: _instrument(name, entry) for name, entry in read_yaml(PAGE).items()}


_PLAIN = ("about", "of", "reads", "unit", "yearly", "pupils", "days", "note")


def _instrument(name, entry):
    parts = tuple(_component(name, part, its) for part, its in entry["error"].items())
    plain = {key: entry[key] for key in _PLAIN if key in entry}
    bias = entry.get("bias")
    if bias is not None:
        _evidence(f"{name}: bias", bias)
        plain.update(bias=bias["value"], bias_source=bias["source"])
    if "within" in entry:
        plain["within"] = tuple(entry["within"])
    return Instrument(name, components=parts, **plain)


def _component(instrument, name, entry):
    if "card" in entry:
        return Component(name, None, "", f"card {entry['card']}", entry["card"],
                         note=entry.get("note", ""))  # fmt: skip
    _evidence(f"{instrument}: error: {name}", entry)
    keys = ("value", "unit", "source", "over", "persists", "note")
    return Component(name, **{key: entry[key] for key in keys if key in entry})


def _evidence(where, entry):
    """Every number says its unit and source, and an assumption says why."""
    missing = {"value", "unit", "source"} - set(entry)
    if missing or (entry["source"] == "assumption" and not entry.get("note")):
        raise SettingError(f"{PAGE}: {where}: lacks {', '.join(sorted(missing)) or 'a note'}.")
