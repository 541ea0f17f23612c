"""Trials, parts: population, sample, arms and assignment of a study, each checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from districtsim.study import settings
from districtsim.world.errors import SettingError
from districtsim.world.places import WHERE_COLUMNS
from districtsim.world.policies import Policy

BASELINE_COLUMNS = ("measured_score", "leadership", "principal_experience", "novice_share")
COLUMNS = (*WHERE_COLUMNS, *BASELINE_COLUMNS)
UNITS = ("district", "school", "principal", "teacher")
METHODS = ("random", "blocks", "pairs", "selected")
USUAL_DISTRICT = {"synthetic": {"schools": 20}}  # drawn anew, as many as are needed


@dataclass(frozen=True)
class Population:
    """Where the schools come from.

    districts  names, files, Districts or {"synthetic": {"schools": 20}}, with how many of each
               (None: as many as the sample asks for); a synthetic one without a seed is drawn anew
               in every repetition
    eligible   {column of schools on the eve of treatment: (low, high)}
    """

    districts: tuple = (({**USUAL_DISTRICT, "drawn": True}, None),)
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
        with place.named():
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
        with place.named():
            settings.check_district({"synthetic": {"schools": 20, **made}}, str(place))
        return ({"synthetic": {"schools": 20, **made}, "drawn": drawn}, number)
    with place.named():
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
    if found.get("unit") == "district" and found.get("method") == "blocks":
        raise SettingError(
            f"{place.at('method')}: blocks are districts, of which each is one unit here; take "
            "random, pairs or selected."
        )
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
