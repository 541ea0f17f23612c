"""Findings: the pattern ledger run, claim by claim: does it hold, how widely, and why.

For every entry of findings.yaml: the effect at the cards' values with a paired interval over
replicates; the share of draws of all uncertain numbers in which it holds; the same contrast with
the explaining mechanism off, where it must vanish; and the numbers that decide where it fails.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from districtsim.study import findings_judge as judge
from districtsim.study.findings_judge import Ablation, Boundary, DrawsJudged
from districtsim.study.findings_ledger import Finding
from districtsim.study.findings_plan import (
    ABLATED,
    BOUNDARY,
    CENTRAL,
    CONTROL,
    CONTROL_ABLATED,
    Effort,
    Plan,
)
from districtsim.study.findings_reading import load
from districtsim.study.findings_region import Region, region
from districtsim.study.findings_scrutiny import choices
from districtsim.study.runs import run_all
from districtsim.world.parameters import uncertain

ROBUST = 0.9  # share of draws from which on a finding counts as robust
HOLDS, FRAGILE, FAILS = "holds", "fragile", "fails"
UNEXPLAINED, SILENT = "unexplained", "not modelled"
VERDICTS = {
    HOLDS: "holds at the cards' values and in at least nine of ten draws, and vanishes with its "
    "mechanism",
    FRAGILE: "holds at the cards' values and vanishes with its mechanism, but holds in fewer than "
    "nine of ten draws",
    UNEXPLAINED: "holds at the cards' values, but is still there when its mechanism is off",
    FAILS: "does not hold at the cards' values",
    SILENT: "the model cannot speak to it",
}


@dataclass(frozen=True)
class CheckedFinding:
    """What became of a finding.

    conditions  an Estimate for each of the entry's conditions; the first is the effect shown
    ablation    Ablation; boundary: Boundary; judged: DrawsJudged; region: Region
    """

    finding: Finding
    district: str
    conditions: tuple
    ablation: Ablation
    boundary: Boundary
    judged: DrawsJudged
    region: Region
    arrays: dict
    drawn: dict

    @property
    def effect(self):
        """The measure at the cards' values: of the means over replicates."""
        return self.conditions[0].value

    @property
    def low(self):
        """Lower bound of the effect's 95 % interval over replicates."""
        return self.conditions[0].low

    @property
    def high(self):
        """Upper bound of the effect's 95 % interval over replicates."""
        return self.conditions[0].high

    @property
    def robustness(self):
        """Share of draws in which every condition is met; nan without draws."""
        return self.judged.share

    @property
    def holds(self):
        """Whether every condition is met and settled at the cards' values."""
        return all(estimate.met for estimate in self.conditions)

    @property
    def verdict(self):
        """One of VERDICTS; robustness is left out of it where there were no draws."""
        if not self.holds:
            return FAILS
        if not self.ablation.removed:
            return UNEXPLAINED
        return FRAGILE if self.robustness < ROBUST else HOLDS

    def __repr__(self):
        return (
            f"<{self.finding.id} {self.verdict}: {self.effect:.3g} ({self.low:.3g} to "
            f"{self.high:.3g}), robustness {self.robustness:.2f}>"
        )

    @cached_property
    def values(self):
        """Every arm at the cards' values by year, tidy: as `Results.values`, arms as policies."""
        import pandas as pd

        rows = [
            (arm, luck + 1, year + 1, np.nan, outcome, group, value)
            for (arm, outcome, group, weekly), periods in self.arrays.items()
            if not weekly
            for luck, years in enumerate(periods)
            for year, value in enumerate(years)
        ]
        names = ["policy", "replicate", "year", "week", "outcome", "group", "value"]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def draws(self):
        """A row for each draw: draw, effect, holds, and the values of all uncertain numbers."""
        import pandas as pd

        judged = {"effect": self.judged.effect, "holds": self.judged.held}
        number = np.arange(1, len(self.judged.held) + 1)
        return pd.DataFrame({"draw": number, **judged, **self.drawn})

    def as_row(self):
        """All of it but the tables, as plain values that JSON can hold."""
        f, first, a, b = self.finding, self.finding.conditions[0], self.ablation, self.boundary
        conditions = [
            {
                "say": c.say, "measure": c.measure.text, "direction": c.direction,
                "smallest": c.smallest, "usual": c.usual, "own": c.own, "why": c.why,
                "unit": c.unit, "value": e.value, "low": e.low, "high": e.high, "met": e.met,
            }
            for c, e in zip(f.conditions, self.conditions)
        ]  # fmt: skip
        found = {
            **_head(f),
            "verdict": self.verdict,
            "district": self.district,
            "direction": first.direction,
            "smallest": first.smallest,
            "unit": first.unit,
            "outcome": first.measure.terms[0].outcome,
            "group": first.measure.terms[0].group,
            "effect": self.effect,
            "low": self.low,
            "high": self.high,
            "replicates": self.conditions[0].replicates,
            "holds": self.holds,
            "conditions": conditions,
            "robustness": self.robustness,
            "right_way": self.judged.right_share,
            "unsettled_failures": self.judged.unsettled_failures,
            "draws": len(self.judged.held),
            "broken_draws": self.judged.broken,
            "ablation": {
                "without": list(a.without), "effect": a.effect, "low": a.low, "high": a.high,
                "left": a.left, "removed": a.removed, "moves": a.moves, "weak": a.weak,
                "kind": f.switched,
            },
            "boundary": {
                "when": b.when, "effect": b.effect, "low": b.low, "high": b.high, "fails": b.fails,
            },
            "region": {
                "names": list(self.region.names), "text": self.region.text,
                "clear": self.region.clear,
                "units": {name: uncertain()[name].unit for name in self.region.names},
                "sides": [[s.name, s.above, s.threshold] for s in self.region.sides],
            },
            "choices": choices(f, self.drawn),
            "set_from": dict(f.set_from),
            "known_failure": f.known_failure,
        }  # fmt: skip
        return _plain(found)


def _plain(value):
    """As JSON knows it: what is no number is nothing."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _head(finding):
    return {
        "id": finding.id,
        "priority": finding.priority,
        "claim": finding.claim,
        "source": finding.source,
    }


def silent_row(finding):
    """The row of a finding that the model cannot speak to."""
    return {**_head(finding), "verdict": SILENT, "why": finding.not_modelled}


def ledger():
    """The findings of the ledger, a list of Finding in its order."""
    return list(load().findings.values())


def check(names=None, effort=None, *, workers=None, progress=True, book=None, done=()):
    """Run findings; yields a CheckedFinding for each that is modelled, as soon as it is done.

    names     IDs (None: all); done: IDs among them that need not be run again
    effort    Effort; book: a Ledger in place of the package's
    Raises SettingError for an ID that is not in the ledger.
    """
    book, effort = book or load(), effort or Effort()
    chosen = [book.find(name) for name in (names or book.findings)]
    chosen = [f for f in chosen if not f.not_modelled and f.id not in done]
    plan = Plan(book, chosen, effort)
    batches = list(plan.batches(chosen))
    runs = [run for _, keys in batches for key in keys for run in plan.cases[key].runs(effort.seed)]
    finished = run_all(runs, workers=workers, progress=progress)
    kept = {}
    try:
        for finding, keys in batches:
            for key in keys:
                case = plan.cases[key]
                histories = [h for _, h, _ in itertools.islice(finished, len(case.luck))]
                kept[key] = case.kept(histories)
            yield _judged(finding, plan, kept)
    finally:
        finished.close()


def _judged(finding, plan, kept):
    uses = plan.uses[finding.id]

    def arrays(stage):
        if stage not in uses:
            return None
        return {
            (arm, *key): periods
            for arm, case in uses[stage].items()
            for key, periods in kept[case].items()
        }

    central = arrays(CENTRAL)
    conditions = judge.estimates(finding, central)
    draws = range(1, plan.effort.draws + 1)
    judged = judge.over_draws(finding, (arrays(draw) for draw in draws))

    def moves(name):
        return judge.differs(finding, *plan.moved(finding, name))

    control = np.nan
    if CONTROL in uses:
        control = judge.control(finding, arrays(CONTROL), arrays(CONTROL_ABLATED))

    return CheckedFinding(
        finding,
        plan.district(finding).name,
        conditions,
        judge.ablation(finding, arrays(ABLATED), conditions[0], control),
        judge.boundary(finding, arrays(BOUNDARY)),
        judged,
        region(plan.drawn, judged.held, judged.effect, moves),
        {key: periods for key, periods in central.items() if key[1:] in _own(finding)},
        plan.drawn,
    )


def _own(finding):
    """What the finding's own terms name; its arms may hold more, for other findings."""
    return {term.key for term in finding.terms}
