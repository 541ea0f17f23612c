"""Findings, ledger: what an entry of the pattern ledger is.

A claim of the theory made testable: arms to simulate, a measure over them, the direction and the
smallest size that matter, and what must be switched off for it to vanish.
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

from districtsim.study.findings_measure import SHOWN_YEARS, Measure
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import cards, merged
from districtsim.world.policies import Policy

PROCESS, OTHER_ARMS = "process", "other arms"
BASELINE = "base"  # an arm that every entry has: business as usual, unless it says otherwise


@dataclass(frozen=True)
class Arm:
    """What one side of a contrast does.

    policy      Policy: a shipped one, with the levers the entry sets on top
    parameters  {"mechanism": {"name": value}} that hold in this arm in every draw
    times       {"mechanism": {"name": factor}}: so many times what the card or the draw says, kept
                within the plausible range
    pays        lever that is moved until the arm costs what the baseline costs, or None
    """

    policy: Policy
    parameters: dict | None = None
    pays: str | None = None
    times: dict | None = None

    @cached_property
    def key(self):
        """Equal for arms that simulate the same, whatever they are called."""
        p = self.policy
        numbers = self.parameters, self.times
        return repr((sorted(p.set.items()), p.starts, p.ends, p.where, *numbers, self.pays))

    def numbers(self, drawn):
        """{"mechanism": {"name": value}} of this arm on top of a draw's numbers (None: none)."""
        found = merged(drawn, self.parameters)
        for mechanism, factors in (self.times or {}).items():
            for name, factor in factors.items():
                card = cards()[mechanism][name]
                value = factor * (found or {}).get(mechanism, {}).get(name, card.value)
                if card.range:
                    value = min(max(value, card.range[0]), card.range[1])
                found = merged(found, {mechanism: {name: value}})
        return found


@dataclass(frozen=True)
class Condition:
    """A measure that must lie beyond `smallest` in a direction, or within it (about_same).

    usual  the size that the ledger takes for its outcome where an entry says nothing, or None
    why    reason for a size of the entry's own
    """

    measure: Measure
    direction: str
    smallest: float
    unit: str
    say: str = ""
    usual: float | None = None
    why: str = ""

    @property
    def own(self):
        """Whether the entry holds it against another size than the ledger's for the outcome."""
        return self.smallest != self.usual

    def met(self, value):
        """Whether a value is what the claim says; what is no number never is."""
        if self.direction == "about_same":
            return bool(abs(value) < self.smallest)
        return bool(self.toward(value) > self.smallest)

    def goes(self, value):
        """Whether a value goes the way of the claim, of whatever size; about_same: if it is met."""
        return self.met(value) if self.direction == "about_same" else bool(self.toward(value) > 0)

    def settled(self, value, low, high):
        """Whether it is met and its interval says the same: one side of nought, or within; what has
        no interval is not settled."""
        if not (isfinite(low) and isfinite(high)):
            return False
        if self.direction == "about_same":
            sure = not (low <= -self.smallest or high >= self.smallest)
        else:
            sure = not min(self.toward(low), self.toward(high)) <= 0
        return self.met(value) and sure

    def toward(self, value):
        """The value, positive where it goes as claimed; of about_same, its size."""
        return {"higher": value, "lower": -value, "about_same": abs(value)}[self.direction]


@dataclass(frozen=True)
class Finding:
    """An entry of the ledger; see the head of findings.yaml for what its keys mean.

    conditions  the first is the measure shown; all must be met
    without     mechanisms or single processes of them whose removal must make it vanish
    instead     where no switch does: {"when": text, "arms": {name: Arm}, "numbers": {"mechanism":
                {"name": value}}}: arms in which the mechanism has nothing to work on, or numbers
                that hold in every arm and part the process from the rest of its mechanism
    set_from    {"mechanism.name" or lever: what it was set from}, where that bears on the claim
    known_failure  why the model fails it at the cards' values, as far as that is understood
    boundary    {"when": text, "arms": {name: Arm}} where it is expected to fail; arms may be empty
    not_modelled  why the model cannot speak to it; then nothing else is there
    stated      the entry as it was read, and its district, to tell whether a result is of it
    """

    id: str
    priority: str
    claim: str
    source: str
    arms: dict = field(default_factory=dict)
    conditions: tuple = ()
    without: tuple = ()
    instead: dict = field(default_factory=dict)
    boundary: dict = field(default_factory=dict)
    set_from: dict = field(default_factory=dict)
    known_failure: str = ""
    district: str = ""
    years: int = SHOWN_YEARS
    not_modelled: str = ""
    stated: str = ""

    def __repr__(self):
        return f"<Finding {self.id} ({self.priority}): {self.claim}>"

    @property
    def core(self):
        """Whether a referee would reject the model without it."""
        return self.priority == "core"

    @property
    def switched(self):
        """How the mechanism is taken away: PROCESS, or OTHER_ARMS, which is a positive control."""
        levers = any(arm.policy.set != self.arms[name].policy.set for name, arm in self._moved())
        return OTHER_ARMS if levers else PROCESS

    def _moved(self):
        return self.instead.get("arms", {}).items()

    @property
    def terms(self):
        """Every term of every condition, once."""
        return tuple(dict.fromkeys(t for c in self.conditions for t in c.measure.terms))


@dataclass(frozen=True)
class Ledger:
    """All findings by ID, and the districts that they name (the first is the usual one)."""

    findings: dict
    districts: dict

    def find(self, name):
        """A Finding by its ID, however it is written. Raises SettingError with the nearest."""
        found = self.findings.get(str(name).upper())
        if found is None:
            raise SettingError(
                f"'{name}' is not a finding.{nearest(str(name).upper(), self.findings)}\n"
                f"'districtsim findings --list' lists all {len(self.findings)}."
            )
        return found
