"""Trials, measures: what a study measures, when, with what, and how the effect is estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace

from districtsim.study.instruments import Instrument, instruments
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

ESTIMATORS = (
    "difference_in_means", "cluster_adjusted", "difference_in_differences", "matched_comparison",
    "fixed_effects", "regression", "mean",
)  # fmt: skip
SUBJECTS = ("mathematics", "ela", "science", "all")
AMONG = ("all", "lowest_half", "highest_half", "novices", "newcomers")
PUPILS = ("all", "low_income", "other")
EXPOSURES = ("teacher_turnover", "principal_turnover")
ROLES = {"C": "used to set a number of the model", "V": "not used to set anything"}


@dataclass(frozen=True)
class Wave:
    """A time of measurement: `week` counts from the start of treatment (below 0: before it)."""

    week: int
    text: str


@dataclass(frozen=True)
class Published:
    """A published figure: value (or the sign alone), unit, where from, whether it set a number.

    role  C: used to set a number of the model, `sets` says which; V: not used to set anything
    """

    unit: str
    source: str
    fact: str
    role: str
    value: float | None = None
    sign: str | None = None
    low: float | None = None
    high: float | None = None
    sets: str = ""
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """One thing that is measured, and how its effect is estimated.

    instrument  Instrument
    when, baseline  Waves; baseline None for none
    subject     mathematics, ela, science, or all (mean of the three)
    among       which teachers, by baseline: all, lowest_half, highest_half (of those observed in
                the school), novices; or newcomers, who hold a post that somebody else held then
    group       pupils whose scores are meant: all, low_income, other (test_scores)
    people      True: teachers who left are lost; False: whoever holds the post
    effect      sd: in SD of the comparison arm as measured; raw: in the instrument's unit
    per         effect for an exposure of one in place of none: teacher_turnover,
                principal_turnover, since the baseline
    over        another measure: the ratio of the two means (estimator mean)
    on          another measure: the slope on it, poverty and size held equal (estimator regression)
    """

    name: str
    instrument: Instrument
    when: Wave
    estimator: str
    baseline: Wave | None = None
    subject: str = "all"
    among: str = "all"
    group: str = "all"
    people: bool = True
    effect: str = "raw"
    per: str | None = None
    over: str | None = None
    on: str | None = None
    pupils: int | None = None
    years_of_data: int = 1
    days: int | None = None
    published: Published | None = None

    @property
    def years_back(self):
        """Years whose records one value rests on: years_of_data, of instruments that pool them."""
        pools = any(part.over == "years_of_data" for part in self.instrument.components)
        return self.years_of_data if pools else 1

    @property
    def unit(self):
        """Unit of the estimate."""
        if self.over is not None:
            return "ratio"
        if self.on is not None:
            return "SD per SD" if self.effect == "sd" else f"{self.instrument.unit} per unit"
        return "SD" if self.effect == "sd" else self.instrument.unit


def read_measures(given, place):
    """Measures from their lines, {name: {...}}."""
    if not isinstance(given, dict) or not given:
        raise SettingError(
            f"{place} is {given!r}; expected a line for each measure,\n"
            "such as `tests: {instrument: test_scores, when: 1, estimator: cluster_adjusted}`."
        )
    return tuple(_measure(str(name), one, place.at(str(name))) for name, one in given.items())


_MEASURE = (
    "instrument", "when", "estimator", "baseline", "subject", "among", "group", "people", "effect",
    "per", "over", "on", "pupils", "years_of_data", "days", "reliability", "published",
)  # fmt: skip


def _measure(name, given, place):
    place.keys(given, _MEASURE, ("instrument", "when", "estimator"), "a measure")
    known = instruments()
    if given["instrument"] not in known:
        word = given["instrument"]
        raise SettingError(
            f"{place.at('instrument')}: {word!r} is not an instrument.{nearest(word, known)}\n"
            f"Instruments: {', '.join(known)}."
        )
    instrument = known[given["instrument"]]
    found = {"when": _wave(given["when"], place.at("when"), instrument)}
    found["estimator"] = place.at("estimator").one_of(given["estimator"], ESTIMATORS)
    if given.get("baseline") is not None:
        found["baseline"] = _wave(given["baseline"], place.at("baseline"), instrument)
    for key, allowed in (
        ("subject", SUBJECTS), ("among", AMONG), ("group", PUPILS), ("effect", ("raw", "sd")),
        ("per", EXPOSURES),
    ):  # fmt: skip
        if given.get(key) is not None:
            found[key] = place.at(key).one_of(given[key], allowed)
    if "people" in given:
        found["people"] = place.at("people").yes_no(given["people"])
    for key, low, high, what in (
        ("pupils", 1, 100_000, "pupils tested in a school, or in a class"),
        ("years_of_data", 1, 5, "years of data behind one value"),
        ("days", 1, 40, "days of observation a year"),
    ):
        if given.get(key) is not None:
            found[key] = place.at(key).whole(given[key], low, high, what)
    if given.get("reliability") is not None:
        where = place.at("reliability")
        share = where.number(given["reliability"], 0.05, 1, "share of variance that is true")
        instrument = instrument.reliable(share, str(where))
    found["over"], found["on"] = given.get("over"), given.get("on")
    if given.get("published") is not None:
        found["published"] = _published(given["published"], place.at("published"))
    if found.get("group", "all") != "all":
        if instrument.reads != "score":
            raise SettingError(f"{place.at('group')}: groups of pupils are for test_scores only.")
        instrument = replace(instrument, reads=f"score_{found['group']}")
    measure = Measure(name, instrument, **found)
    _check_measure(measure, place)
    return measure


def _check_measure(measure, place):
    needs = {"difference_in_differences": "baseline", "matched_comparison": "baseline"}
    missing = needs.get(measure.estimator)
    if missing and getattr(measure, missing) is None:
        raise SettingError(
            f"{place}: {measure.estimator} needs a {missing}; add `{missing}: 0`, the last year "
            "before the start."
        )
    if measure.per is not None and measure.baseline is None:
        raise SettingError(f"{place}: per: an exposure is counted since the baseline; add one.")
    if measure.estimator == "fixed_effects" and measure.per is None:
        raise SettingError(
            f"{place}: fixed_effects estimates the effect of an exposure; add `per:`, one of "
            f"{', '.join(EXPOSURES)}."
        )
    if measure.estimator == "fixed_effects" and measure.instrument.of != "schools":
        raise SettingError(
            f"{place}: fixed_effects follows schools over years; take an instrument of schools, "
            "such as test_scores."
        )
    for key, estimator in (("over", "mean"), ("on", "regression")):
        if getattr(measure, key) is not None and measure.estimator != estimator:
            raise SettingError(f"{place}: {key}: is for `estimator: {estimator}` only.")
    if measure.estimator == "regression" and measure.on is None:
        raise SettingError(f"{place}: a regression needs `on:`, the name of another measure.")
    if measure.estimator == "mean" and measure.effect == "sd":
        raise SettingError(f"{place}: a mean has no effect size; leave `effect` out.")


def _wave(given, place, instrument):
    """A Wave from a year (0: the last before the start) or {week: n}; see `instruments`."""
    if isinstance(given, dict):
        place.keys(given, ("week",), ("week",), "a time in weeks")
        week = place.at("week").whole(given["week"], -260, 2600, "week from the start of treatment")
        if instrument.yearly:
            raise SettingError(
                f"{place}: {instrument.name} is taken once a year; give a year, such as 1."
            )
        return Wave(week, f"week {week}")
    year = place.whole(given, -5, 50, "a school year (0: the last before the start), or {week: n}")
    return Wave(52 * (year - 1) + 39, f"year {year}")


def _published(given, place):
    keys = ("value", "sign", "low", "high", "unit", "source", "fact", "role", "sets", "note")
    place.keys(given, keys, ("unit", "source", "role"), "a published figure")
    found = {key: given.get(key) or "" for key in ("unit", "source", "fact", "sets", "note")}
    found["role"] = place.at("role").one_of(given["role"], tuple(ROLES))
    for key in ("value", "low", "high"):
        if given.get(key) is not None:
            found[key] = place.at(key).number(given[key], -1e6, 1e6, "the figure")
    if given.get("sign") is not None:
        found["sign"] = place.at("sign").one_of(given["sign"], ("positive", "negative", "none"))
    if found.get("value") is None and found.get("sign") is None:
        raise SettingError(f"{place}: give the `value`, or its `sign` where no size was published.")
    if found["role"] == "C" and not found["sets"]:
        raise SettingError(f"{place}: role C: say in `sets` which number the figure has set.")
    return Published(**found)
