"""Findings, reading: findings.yaml and findings_*.yaml beside it, checked entry by entry when they
are read."""

import json
from functools import cache
from pathlib import Path

from districtsim.outcomes import outcomes
from districtsim.study import settings
from districtsim.study.budgets import PAYERS
from districtsim.study.findings_ledger import BASELINE, Arm, Condition, Finding, Ledger
from districtsim.study.findings_measure import SHOWN_YEARS, Measure
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import cards, levers
from districtsim.world.policies import Policy
from districtsim.world.yaml_files import line_of, read_yaml

PAGE = Path(__file__).with_name("findings.yaml")
PRIORITIES = ("core", "secondary")
DIRECTIONS = ("higher", "lower", "about_same")
_ARM = ("policy", "set", "starts", "ends", "where", "parameters", "times", "pays")
_CONDITION = ("say", "measure", "direction", "smallest", "why", "unit")
_MODELLED = (
    "arms", "measure", "direction", "smallest", "why", "unit", "also", "without", "boundary",
    "district", "years", "context", "set_from", "known_failure",
)  # fmt: skip
_ALWAYS = ("priority", "claim", "source")


@cache
def load(path=PAGE):
    """The Ledger of a file and its parts: `name_*.yaml` beside name.yaml, which hold findings only.

    Findings stand in the order of their IDs.
    Raises SettingError with file and line for anything it cannot use.
    """
    page = _page(path, ("districts", "sizes", "findings"))
    districts = page.get("districts") or {}
    if not isinstance(districts, dict) or not districts:
        raise SettingError(f"{path}: districts: name at least one, the usual one first.")
    sizes = page.get("sizes") or {}
    settings.check_outcomes(list(sizes), f"{path}: sizes")
    found = {}
    parts = sorted(path.parent.glob(f"{path.stem}_*.yaml"))
    for part in (path, *parts):
        entries = (page if part == path else _page(part, ("findings",))).get("findings")
        if not isinstance(entries, dict) or not entries:
            raise SettingError(f"{part}: findings: expected `P01:` and its lines.")
        reader = _Reader(part, districts, sizes)
        for name, entry in entries.items():
            found[str(name)] = reader.placed(str(name), entry, found)
    return Ledger(dict(sorted(found.items())), districts)


def _page(path, allowed):
    page = read_yaml(path)
    for key in page:
        if key not in allowed:
            raise SettingError(
                f"{path}: '{key}' is not known; a ledger has {', '.join(allowed)} here."
            )
    return page


class _Reader:
    def __init__(self, path, districts, sizes):
        self._path, self._districts, self._sizes = path, districts, sizes

    def placed(self, name, entry, found):
        """The Finding of an entry; what is wrong with it is said with the line it begins on."""
        try:
            if name in found:
                raise SettingError(f"{name}: is there twice; another file has it, too.")
            return self.finding(name, entry)
        except SettingError as problem:
            line = line_of(self._path, f"findings.{name}")
            raise SettingError(f"{self._path}:{line}: {problem}") from None

    def _at(self, name, key=""):
        return f"{name}.{key}".rstrip(".")

    def _known(self, given, allowed, name, key=""):
        if not isinstance(given, dict):
            raise SettingError(f"{self._at(name, key)}: expected `key: value` lines.")
        settings.check_keys(given, allowed, self._at(name, key))

    def finding(self, name, entry):
        self._known(entry, (*_ALWAYS, *_MODELLED, "not_modelled"), name)
        for key in _ALWAYS:
            if not isinstance(entry.get(key), str):
                raise SettingError(f"{self._at(name)}: lacks {key}, one line of text.")
        if entry["priority"] not in PRIORITIES:
            raise SettingError(
                f"{self._at(name, 'priority')} is '{entry['priority']}'; "
                f"allowed: {', '.join(PRIORITIES)}."
            )
        texts = {key: " ".join(entry[key].split()) for key in _ALWAYS}
        if "not_modelled" in entry:
            return self._silent(name, entry, texts)
        years = settings.check_years(entry.get("years", SHOWN_YEARS), self._at(name, "years"))
        context = entry.get("context", {})
        arms = self._arms(name, {BASELINE: "status_quo", **self._named(entry, name)}, context)
        also = entry.get("also", [])
        if not isinstance(also, list):
            raise SettingError(f"{self._at(name, 'also')}: expected a list of conditions.")
        first = {key: entry[key] for key in _CONDITION if key in entry}
        conditions = tuple(
            self._condition(name, one, key, arms, years)
            for one, key in [(first, ""), *((one, "also") for one in also)]
        )
        district = entry.get("district", next(iter(self._districts)))
        if district not in self._districts:
            raise SettingError(
                f"{self._at(name, 'district')}: '{district}' is not among the ledger's districts."
                f"{nearest(district, self._districts)}"
            )
        return Finding(
            name,
            **texts,
            arms=arms,
            conditions=conditions,
            **self._without(name, entry.get("without"), arms, context),
            boundary=self._moved(name, "boundary", entry.get("boundary"), arms, context),
            set_from=self._set_from(name, entry.get("set_from", {})),
            known_failure=self._known_failure(name, entry.get("known_failure", "")),
            district=district,
            years=years,
            stated=json.dumps([_run(entry), self._sizes, self._districts[district]], default=str),
        )

    def _silent(self, name, entry, texts):
        reason = entry["not_modelled"]
        more = [key for key in entry if key in _MODELLED]
        if more or not isinstance(reason, str) or texts["priority"] == "core":
            raise SettingError(
                f"{self._at(name, 'not_modelled')}: takes a reason, stands alone, and no core "
                "finding may have it."
            )
        return Finding(name, **texts, not_modelled=" ".join(reason.split()))

    def _named(self, entry, name):
        given = entry.get("arms")
        if not isinstance(given, dict):
            raise SettingError(f"{self._at(name, 'arms')}: name the arms that are compared.")
        return given

    def _arms(self, name, given, context, key="arms"):
        if not isinstance(given, dict) or not given:
            raise SettingError(f"{self._at(name, key)}: name the arms that are compared.")
        return {arm: self._arm(name, arm, it, context, f"{key}.{arm}") for arm, it in given.items()}

    def _arm(self, name, arm, it, context, key):
        it = {"policy": it} if isinstance(it, str) else it
        self._known(it, _ARM, name, key)
        place = self._at(name, key)
        try:
            policy = settings.check_policy(it.get("policy", "status_quo"), f"{place}: policy")
            dated = {w: it.get(w, getattr(policy, w)) for w in ("starts", "ends", "where")}
            around = Policy("context", context)
            changed = around.replaced(policy.set).replaced(it.get("set", {}))
            policy = Policy(arm, changed.set, **dated)
        except SettingError as problem:
            raise SettingError(f"{place}: {problem}") from None
        pays = it.get("pays")
        if pays not in (None, *PAYERS):
            raise SettingError(f"{place}: {pays!r} cannot pay; allowed: {', '.join(PAYERS)}.")
        parameters = settings.check_parameters(it.get("parameters"), f"{place}: parameters")
        return Arm(policy, parameters, pays, self._times(it.get("times"), f"{place}: times"))

    def _times(self, given, place):
        """{"mechanism": {"name": factor}}, factors above 0, of numbers that cards have."""
        if given is None:
            return None
        for mechanism, factors in given.items() if isinstance(given, dict) else [(given, None)]:
            known = cards().get(mechanism, {}) if isinstance(mechanism, str) else {}
            for name, factor in factors.items() if isinstance(factors, dict) else [("", None)]:
                number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
                if name not in known or known[name].lever or not number or factor <= 0:
                    raise SettingError(
                        f"{place} is {given!r}; it takes {{mechanism: {{name: factor}}}}, factors "
                        "above 0 of numbers of the model."
                    )
        return given

    def _known_failure(self, name, given):
        if isinstance(given, str):
            return given.strip()
        raise SettingError(f"{self._at(name, 'known_failure')} must be text: why it fails.")

    def _set_from(self, name, given):
        """What numbers or levers were set from, {name: text}."""
        known = {f"{m}.{one}" for m, group in cards().items() for one in group} | set(levers())
        wrong = not isinstance(given, dict) or any(
            key not in known or not isinstance(text, str) for key, text in given.items()
        )
        if wrong:
            raise SettingError(
                f"{self._at(name, 'set_from')}: expected `mechanism.name: what it was set from` "
                "lines, of numbers or levers of the model."
            )
        return {key: " ".join(text.split()) for key, text in given.items()}

    def _condition(self, name, given, key, arms, years):
        self._known(given, _CONDITION, name, key)
        measure = Measure(given.get("measure"), self._at(name, f"{key}.measure".strip(".")), years)
        place = self._at(name, key or "measure")
        for term in measure.terms:
            if term.arm not in arms:
                raise SettingError(
                    f"{place}: '{term.arm}' is not an arm of it.{nearest(term.arm, arms)} "
                    f"Arms: {', '.join(arms)}."
                )
            settings.check_outcomes([term.outcome], place)
            if term.weekly:
                settings.check_weekly([term.outcome], place)
        outcome, direction = measure.terms[0].outcome, given.get("direction")
        smallest = given.get("smallest", self._sizes.get(outcome))
        if direction not in DIRECTIONS:
            raise SettingError(
                f"{place}: direction is {direction!r}; allowed: {', '.join(DIRECTIONS)}."
            )
        number = isinstance(smallest, (int, float)) and not isinstance(smallest, bool)
        if not number or smallest < 0 or (direction == "about_same" and smallest == 0):
            raise SettingError(
                f"{place}: smallest is {smallest!r}; the smallest effect that matters, above 0."
            )
        usual = outcomes()[outcome].unit
        usual = f"points of {usual}" if usual[0].isdigit() else usual
        unit = given.get("unit", usual)
        why, size = given.get("why", ""), self._sizes.get(outcome)
        if smallest != size and smallest and not (isinstance(why, str) and why):
            raise SettingError(
                f"{place}: smallest {smallest:g} is the entry's own (usual here: {size}); say why."
            )
        said = " ".join(why.split())
        return Condition(
            measure, direction, float(smallest), unit, given.get("say", ""), size, said
        )

    def _without(self, name, given, arms, context):
        """What is switched off: mechanisms by name; by other numbers; or by other arms."""
        if not given:
            raise SettingError(f"{self._at(name)}: lacks without: what must make it vanish?")
        if isinstance(given, dict):
            numbers = given.get("numbers")
            rest = {key: value for key, value in given.items() if key != "numbers"}
            found = self._moved(name, "without", rest, arms, context)
            place = self._at(name, "without.numbers")
            return {"instead": {**found, "numbers": settings.check_parameters(numbers, place)}}
        return {"without": settings.check_without(given, self._at(name, "without"))}

    def _moved(self, name, key, given, arms, context):
        if given is None:
            return {}
        given = {"when": given} if isinstance(given, str) else given
        self._known(given, ("when", "arms"), name, key)
        if not isinstance(given.get("when"), str):
            raise SettingError(f"{self._at(name, key)}: lacks when, the condition in words.")
        found = {"when": " ".join(given["when"].split()), "arms": {}}
        if "arms" in given:
            found["arms"] = self._arms(name, given["arms"], context, f"{key}.arms")
            unknown = set(found["arms"]) - set(arms)
            if unknown:
                place = self._at(name, f"{key}.arms")
                raise SettingError(f"{place}: '{min(unknown)}' is not an arm of it.")
        return found


def _run(entry):
    """What of an entry decides on its result: words about a failure do not."""
    return {key: value for key, value in entry.items() if key != "known_failure"}
