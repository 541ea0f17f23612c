"""Findings, plan: which simulations the claims need, each of them once however many share it."""

from dataclasses import dataclass, field, replace

import numpy as np

from districtsim.study import calibrated, settings
from districtsim.study.budgets import paid_for
from districtsim.study.findings_ledger import BASELINE, PROCESS, Arm
from districtsim.study.runs import Run, RunFailed, simulate_run
from districtsim.study.workers import WorkerDied
from districtsim.world.errors import SettingError
from districtsim.world.parameters import merged, nested, uncertain

CENTRAL, ABLATED, BOUNDARY = "central", "ablated", "boundary"  # stages; draws are 1, 2, ...
CONTROL, CONTROL_ABLATED = "control", "control ablated"  # can other policies move the outcome?
CONTROLS = ("status_quo", "performance_alignment", "premise_reform", "behaviour_reform")
LUCK_OF_A_DRAW = 1000  # draw d has replicates 1000 d + 1, ...: each draw its own luck
MOST_DRAWS = 100_000


@dataclass(frozen=True)
class Effort:
    """How much is simulated.

    draws       sets of numbers for all uncertain parameters, see `calibrated.draws`
    prior       from the plausible ranges of the cards alone, the calibrated set left aside
    replicates  paired runs at the cards' values; `in_a_draw`: in each draw
    controls    whether to see if other policies can move what is left without a mechanism
    district    in place of the ledger's usual one: anything `settings.check_district` takes
    """

    draws: int = 100
    replicates: int = 20
    in_a_draw: int = 4
    seed: int = 1
    district: object = None
    controls: bool = True
    prior: bool = False

    @classmethod
    def checked(cls, draws=100, replicates=20, seed=1, district=None, where="draws", prior=False):
        """Checked as people give it; `where` they gave the draws. Raises SettingError."""
        settings.whole(draws, where, 0, MOST_DRAWS, "sets of numbers to draw")
        replicates = settings.check_replicates(replicates)
        return cls(
            draws,
            replicates,
            max(2, min(replicates // 5, LUCK_OF_A_DRAW - 1)),
            settings.check_seed(seed),
            None if district is None else settings.check_district(district),
            prior=prior,
        )


@dataclass(eq=False)
class Case:
    """An arm in a district with one set of the model's numbers; its runs differ in luck only."""

    arm: object
    district: object
    without: tuple
    numbers: dict | None
    luck: range
    years: int = 1
    outcomes: set = field(default_factory=set)
    weekly: set = field(default_factory=set)
    keys: set = field(default_factory=set)

    def needs(self, terms, years):
        """Keep these terms of its runs, of so many years."""
        weeks = [-(-term.last // 52) for term in terms if term.weekly and term.last]
        lasts = [term.last for term in terms if not term.weekly and term.last]
        self.years = max(self.years, years, *weeks, *lasts)
        self.keys |= {term.key for term in terms}
        self.weekly |= {term.outcome for term in terms if term.weekly}
        self.outcomes |= {term.outcome for term in terms if not term.weekly}

    def runs(self, seed):
        """A Run for each luck."""
        return [
            Run(
                self.district, self.arm.policy, self.years, seed, luck, self.without,
                self.numbers, tuple(sorted(self.weekly)), tuple(sorted(self.outcomes)),
            )
            for luck in self.luck
        ]  # fmt: skip

    def kept(self, histories):
        """{(outcome, group, weekly): (replicates, periods)}; a run that failed is no number, nor is
        an arm that cannot be paid for (it has no runs).

        Raises SettingError if there is no such group in this district.
        """
        if not histories:
            periods = self.years * 52
            return {k: np.full((1, periods if k[2] else self.years), np.nan) for k in self.keys}
        return {key: np.stack([self._periods(key, h) for h in histories]) for key in self.keys}

    def _periods(self, key, history):
        outcome, group, weekly = key
        if isinstance(history, (RunFailed, WorkerDied)):
            return np.full(self.years * 52 if weekly else self.years, np.nan)
        groups, values = (history.weekly if weekly else history.yearly)[outcome]
        if group not in groups:
            raise SettingError(
                f"findings: {outcome} has no group '{group}' in {self.district.name}.\n"
                f"Groups: {', '.join(groups)}."
            )
        return values[:, list(groups).index(group)]


class Plan:
    """The cases of all findings at this effort.

    ledger    Ledger; findings: those of its Findings that are run; effort: Effort
    cases     {key: Case}; uses: {finding ID: {stage: {arm: key}}}
    drawn     {"mechanism.name": (draws,)} what each draw's numbers are
    """

    def __init__(self, ledger, findings, effort):
        self.effort, self._ledger = effort, ledger
        self.cases, self.uses, self._places = {}, {}, {}
        self.drawn = calibrated.draws(effort.draws, effort.seed, prior=effort.prior)
        self._numbers = [nested(self.drawn, draw) for draw in range(effort.draws)]
        for finding in findings:
            self.uses[finding.id] = self._of(finding)

    def district(self, finding):
        """The District a finding is tested in."""
        if finding.district not in self._places:
            self._places[finding.district] = place_of(self._ledger, finding, self.effort)
        return self._places[finding.district]

    def _of(self, finding):
        if finding.not_modelled:
            return {}
        moved, off = finding.boundary.get("arms"), finding.instead.get("arms", {})
        ablated = _with(finding.arms | off, finding.instead.get("numbers"))
        uses = {
            CENTRAL: self._arms(finding, finding.arms, (), 0),
            ABLATED: self._arms(finding, ablated, finding.without, 0),
        }
        if finding.switched == PROCESS and self.effort.controls:
            uses[CONTROL] = self._controls(finding, (), {}, None)
            numbers = finding.instead.get("numbers")
            uses[CONTROL_ABLATED] = self._controls(finding, finding.without, off, numbers)
        if moved:
            uses[BOUNDARY] = self._arms(finding, finding.arms | moved, (), 0)
        for draw in range(1, self.effort.draws + 1):
            uses[draw] = self._arms(finding, finding.arms, (), draw)
        return uses

    def _arms(self, finding, arms, without, draw):
        district, found = self.district(finding), {}
        for name, arm in arms.items():
            terms = [term for term in finding.terms if term.arm == name]
            if not terms:
                continue
            cheap = arms[BASELINE].key if arm.pays and BASELINE in arms else ""
            key = (district.name, arm.key, cheap, tuple(sorted(without)), draw)
            if key not in self.cases:
                self.cases[key] = self._case(district, arm, arms.get(BASELINE), without, draw)
            self.cases[key].needs(terms, finding.years)
            found[name] = key
        return found

    def _controls(self, finding, without, off, numbers):
        """Policies that move much, {name: key}, with few replicates: see `judge.control`."""
        place, first, found = self.district(finding), finding.conditions[0].measure.terms[0], {}
        told = next((arm.parameters for arm in off.values() if arm.parameters), None)
        for name in CONTROLS:
            policy = settings.check_policy(name, "findings: control")
            arm = Arm(policy, merged(numbers, told))
            key = (place.name, arm.key, CONTROL, tuple(sorted(without)))
            if key not in self.cases:
                luck = range(1, self.effort.in_a_draw + 1)
                self.cases[key] = Case(arm, place, tuple(without), arm.parameters, luck)
            self.cases[key].needs([first], finding.years)
            found[name] = key
        return found

    def _case(self, district, arm, baseline, without, draw):
        effort = self.effort
        numbers = arm.numbers(self._numbers[draw - 1] if draw else None)
        first = LUCK_OF_A_DRAW * draw + 1
        luck = range(first, first + (effort.in_a_draw if draw else effort.replicates))
        try:
            arm = _paid(arm, baseline, district, numbers)
        except SettingError:
            if not draw:
                raise
            luck = range(0)  # at these prices the lever cannot pay: no number
        return Case(arm, district, tuple(without), numbers, luck)

    def moved(self, finding, name):
        """Arrays of a finding's arms with one number at its lowest and its highest, two sets.

        The other numbers stand at the cards' values; one luck, simulated here.
        """
        mechanism, number = name.split(".")
        return [
            self._one_luck(finding, {mechanism: {number: float(bound)}})
            for bound in uncertain()[name].range
        ]

    def _one_luck(self, finding, numbers):
        found, district, base = {}, self.district(finding), finding.arms[BASELINE]
        for name, arm in finding.arms.items():
            terms = [term for term in finding.terms if term.arm == name]
            if terms:
                own = arm.numbers(numbers)
                case = Case(_paid(arm, base, district, own), district, (), own, range(1, 2))
                case.needs(terms, finding.years)
                kept = case.kept([simulate_run(run)[0] for run in case.runs(self.effort.seed)])
                found.update({(name, *key): periods for key, periods in kept.items()})
        return found

    def batches(self, findings):
        """Each finding with the keys of the cases that no finding before it has simulated."""
        seen = set()
        for finding in findings:
            keys = [key for arms in self.uses[finding.id].values() for key in arms.values()]
            new = [key for key in dict.fromkeys(keys) if key not in seen]
            seen.update(new)
            yield finding, new


def _with(arms, numbers):
    """The arms with the same numbers in each of them, on top of their own."""
    if not numbers:
        return arms
    return {
        name: replace(arm, parameters=merged(arm.parameters, numbers)) for name, arm in arms.items()
    }


def _paid(arm, baseline, district, numbers):
    """The arm as it is at the cost of the baseline, if a lever of it pays."""
    if not arm.pays:
        return arm
    paid = paid_for(district, baseline.policy, arm.policy, arm.pays, numbers)
    return replace(arm, policy=paid)


def place_of(ledger, finding, effort):
    """The District a finding is tested in: the effort's in place of the ledger's usual one."""
    usual = next(iter(ledger.districts))
    if effort.district is not None and finding.district == usual:
        return effort.district
    return settings.check_district(ledger.districts[finding.district], "districts")
