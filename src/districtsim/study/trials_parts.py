"""Trials, parts: population, sample, arms, assignment and measures of a study, each checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from districtsim.study import settings
from districtsim.study.instruments import Instrument, instruments
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.places import WHERE_COLUMNS
from districtsim.world.policies import Policy

BASELINE_COLUMNS = ("measured_score", "leadership", "principal_experience", "novice_share")
COLUMNS = (*WHERE_COLUMNS, *BASELINE_COLUMNS)
UNITS = ("district", "school", "principal", "teacher")
METHODS = ("random", "blocks", "pairs", "selected")
ESTIMATORS = (
    "difference_in_means", "cluster_adjusted", "difference_in_differences", "matched_comparison",
    "fixed_effects", "mean",
)  # fmt: skip
SUBJECTS = ("mathematics", "ela", "science", "all")
AMONG = ("all", "lowest_half", "highest_half", "novices")
EXPOSURES = ("teacher_turnover", "principal_turnover")
ROLES = {"C": "used to set a number of the model", "V": "not used to set anything"}
USUAL_DISTRICT = {"synthetic": {"schools": 20}}


@dataclass(frozen=True)
class Population:
    """Where the schools come from.

    districts  names, files, Districts or {"synthetic": {"schools": 20}}, with how many of each
               (None: as many as the sample asks for); a synthetic one without a seed is drawn anew
               in every repetition
    eligible   {column of schools on the eve of treatment: (low, high)}
    """

    districts: tuple = ((USUAL_DISTRICT, None),)
    eligible: dict = field(default_factory=dict)

    @property
    def count(self):
        """Districts that are named, those of which there may be more counted once."""
        return sum(number or 1 for _, number in self.districts)


@dataclass(frozen=True)
class Sample:
    """How many take part: districts and schools in all arms together, teachers a school (None: all
    there are)."""

    districts: int | None = None
    schools: int | None = None
    teachers: int | None = None


@dataclass(frozen=True)
class Arm:
    """What holds in an arm: a policy's levers, and when it starts and ends, in weeks from the start
    of treatment."""

    name: str
    policy: Policy

    @classmethod
    def read(cls, name, given, place):
        """An arm from `{policy: name}`, `{set: {...}, starts:, ends:}`, a name, or nothing."""
        if given is None:
            given = {}
        if isinstance(given, str):
            given = {"policy": given}
        place.keys(given, ("policy", "set", "starts", "ends", "title"), (), "an arm")
        base = Policy.load(given["policy"]) if "policy" in given else Policy(name, {})
        try:
            policy = Policy(
                name,
                {**base.set, **Policy(name, given.get("set") or {}).set},
                given.get("title", base.title),
                starts=given.get("starts", base.starts),
                ends=given.get("ends", base.ends),
                where=base.where,
            )
        except SettingError as problem:
            said = str(problem).removeprefix(f"policy '{name}': ")
            raise SettingError(f"{place}: {said}") from None
        return cls(name, policy)

    def check_unit(self, unit, place):
        """Refuses levers that hold for more than the unit that is assigned."""
        if unit == "district" or not self.policy.set:
            return
        places = {"teachers": [0]} if unit == "teacher" else {"schools": [0]}
        try:
            Policy(self.name, self.policy.set, where=places)
        except SettingError as problem:
            said = str(problem).split("where: ", 1)[-1]
            raise SettingError(f"{place}: assigned by {unit}, but {said}") from None


@dataclass(frozen=True)
class Assignment:
    """How units come into arms.

    unit      district, school (a principal is a school's) or teacher
    method    random; blocks: at random within each district (for teachers: within each school);
              pairs: at random within pairs of like units; selected: who stands high (or low) in
              `by` is the more likely to be in an arm other than the first
    shares    of the units in each arm
    by        column on the eve of treatment by which units are alike (pairs) or selected
    strength, lowest  of selected units: pull in SD of chance; whether the lowest come first
    """

    unit: str = "school"
    method: str = "random"
    shares: tuple = ()
    by: str = "measured_score"
    strength: float = 1.0
    lowest: bool = False


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
                the school), novices
    people      True: teachers who left are lost; False: whoever holds the post
    effect      sd: in SD of the comparison arm as measured; raw: in the instrument's unit
    per         effect for an exposure of one in place of none: teacher_turnover,
                principal_turnover, since the baseline
    over        another measure: the ratio of the two means (estimator mean)
    """

    name: str
    instrument: Instrument
    when: Wave
    estimator: str
    baseline: Wave | None = None
    subject: str = "all"
    among: str = "all"
    people: bool = True
    effect: str = "raw"
    per: str | None = None
    over: str | None = None
    pupils: int | None = None
    years_of_data: int = 1
    days: int | None = None
    published: Published | None = None

    @property
    def unit(self):
        """Unit of the estimate."""
        if self.over is not None:
            return "ratio"
        return "SD" if self.effect == "sd" else self.instrument.unit


def read_population(given, place):
    """Population from its lines."""
    place.keys(given, ("districts", "eligible"), (), "a population")
    listed = given.get("districts", [USUAL_DISTRICT])
    where = place.at("districts")
    districts = tuple(_district(one, where) for one in settings.a_list(listed, where, filled=True))
    eligible = given.get("eligible") or {}
    where = place.at("eligible")
    where.keys(eligible, COLUMNS, (), "what makes a school eligible")
    bounds = {}
    for column, pair in eligible.items():
        fine = isinstance(pair, (list, tuple)) and len(pair) == 2
        if not fine:
            raise SettingError(f"{where.at(column)} is {pair!r}; expected [low, high].")
        low, high = (where.at(column).number(end, -1e9, 1e9, "a bound") for end in pair)
        if low > high:
            raise SettingError(f"{where.at(column)} is {pair!r}; low comes first.")
        bounds[column] = (low, high)
    return Population(districts, bounds)


def _district(given, place):
    number = None
    if isinstance(given, dict) and "synthetic" in given:
        place.keys(given, ("synthetic", "number"), (), "a synthetic district")
        if given.get("number") is not None:
            number = place.at("number").whole(given["number"], 1, 500, "districts like this")
        made, drawn = dict(given["synthetic"] or {}), True
        if "seed" in made:
            drawn = False
            number = number or 1
        settings.check_district({"synthetic": {"schools": 20, **made}}, str(place))
        return ({"synthetic": {"schools": 20, **made}, "drawn": drawn}, number)
    return settings.check_district(given, str(place)), 1


def read_sample(given, place):
    """Sample from its lines."""
    place.keys(given, ("districts", "schools", "teachers"), (), "a sample")
    limits = {"districts": (1, 500), "schools": (2, 5000), "teachers": (1, 200)}
    found = {
        key: place.at(key).whole(value, *limits[key], f"{key} that take part")
        for key, value in given.items()
        if value is not None
    }
    return Sample(**found)


def read_arms(given, place):
    """Arms from their lines, the first being the comparison."""
    if not isinstance(given, dict) or not given:
        raise SettingError(
            f"{place} is {given!r}; expected a line for each arm, the first being the comparison,\n"
            "such as `usual: {}` and `coached: {set: {pd.coaching_hours: 0.4}}`."
        )
    return tuple(Arm.read(str(name), arm, place.at(str(name))) for name, arm in given.items())


def read_assignment(given, place):
    """Assignment from its lines."""
    keys = ("unit", "method", "shares", "by", "strength", "lowest")
    place.keys(given, keys, (), "an assignment")
    found = dict(given)
    if "unit" in given:
        unit = place.at("unit").one_of(given["unit"], UNITS)
        found["unit"] = "school" if unit == "principal" else unit  # a school has one principal
    if "method" in given:
        found["method"] = place.at("method").one_of(given["method"], METHODS)
    if "by" in given:
        found["by"] = place.at("by").one_of(given["by"], COLUMNS)
    if "strength" in given:
        found["strength"] = place.at("strength").number(given["strength"], 0, 100, "SD of chance")
    if "lowest" in given:
        found["lowest"] = place.at("lowest").yes_no(given["lowest"])
    if "shares" in given:
        where = place.at("shares")
        listed = settings.a_list(given["shares"], str(where), filled=True)
        shares = tuple(where.number(one, 0.01, 0.99, "share of units in an arm") for one in listed)
        if abs(sum(shares) - 1.0) > 1e-6:
            raise SettingError(f"{where} is {list(shares)}; shares of arms must add up to 1.")
        found["shares"] = shares
    for key, methods in (
        ("by", ("selected", "pairs")), ("strength", ("selected",)), ("lowest", ("selected",)),
    ):  # fmt: skip
        if key in given and found.get("method") not in methods:
            raise SettingError(
                f"{place.at(key)} is for `method: {' or '.join(methods)}`; leave it out, or change "
                "the method."
            )
    return Assignment(**found)


def read_power(given, place):
    """Sizes of a power curve: a list of whole numbers."""
    listed = settings.a_list(given, str(place), filled=True)
    return tuple(place.whole(one, 2, 5000, "schools (or districts) in the study") for one in listed)


def read_measures(given, place):
    """Measures from their lines, {name: {...}}."""
    if not isinstance(given, dict) or not given:
        raise SettingError(
            f"{place} is {given!r}; expected a line for each measure,\n"
            "such as `tests: {instrument: test_scores, when: 1, estimator: cluster_adjusted}`."
        )
    return tuple(_measure(str(name), one, place.at(str(name))) for name, one in given.items())


_MEASURE = (
    "instrument", "when", "estimator", "baseline", "subject", "among", "people", "effect", "per",
    "over", "pupils", "years_of_data", "days", "reliability", "published",
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
        ("subject", SUBJECTS), ("among", AMONG), ("effect", ("raw", "sd")), ("per", EXPOSURES),
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
    found["over"] = given.get("over")
    if given.get("published") is not None:
        found["published"] = _published(given["published"], place.at("published"))
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
    if measure.over is not None and measure.estimator != "mean":
        raise SettingError(f"{place}: over: is for `estimator: mean` only.")
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
