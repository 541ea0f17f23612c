"""Headlines: the three questions of the demo, the contrasts that answer them, what each means.

The questions and sentences are data (headlines.yaml). Which sentence is said depends on what came
out: one for a clear rise, one for a clear fall, and others, the same for all, for differences that
are too small to matter or that the runs do not settle.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from districtsim.study.analysis import interval
from districtsim.study.designs import Experiment
from districtsim.study.results import COLUMNS, NUMBERS_OF_RUNS
from districtsim.world.yaml_files import read_yaml

EXPERIMENTS = ("research_use", "caseload", "pd_allocation")
DEMO_VALUES = {  # the experiment has more; the demo keeps to two minutes
    "supervision.caseload": (6, 8, 12, 16, 30),
    "supervision.protected_days": (0, 3),
}
COACH_LEAVES = 78  # weeks: research_use.coach_weeks of coach_led
CASELOAD, PROTECTED = "supervision.caseload", "supervision.protected_days"


class Effect(NamedTuple):
    """A difference with its 95 % interval, the pairs behind it and facts for the sentence."""

    difference: float
    low: float
    high: float
    replicates: int
    facts: dict


@dataclass(frozen=True)
class Headline:
    """One row of the demo's table; see headlines.yaml for what its texts mean."""

    name: str
    question: str
    outcome: str
    unit: str
    matters: float
    subject: str
    more: str
    less: str
    same: str = "Makes no difference that matters to {subject}."
    arm: dict | None = None
    baseline: dict | None = None
    groups: tuple = ("all",)
    facts: str = ""
    digits: int = 2

    def answer(self, values):
        """Question, effect, interval, meaning and more as a dict; None if an arm is missing."""
        effect = _difference(values, self)
        if effect is None:
            return None
        return {
            "name": self.name,
            "question": self.question,
            "effect": f"{self._number(effect.difference)} {self.unit}",
            "interval": f"{self._number(effect.low)} to {self._number(effect.high)}",
            "meaning": self._meaning(effect),
            "outcome": self.outcome,
            "unit": self.unit,
            "difference": effect.difference,
            "low": effect.low,
            "high": effect.high,
            "replicates": effect.replicates,
        }

    def _number(self, number):
        rounded = round(number, self.digits) + 0.0  # never "-0.00"
        return f"{rounded:+,.{self.digits}f}"

    def _meaning(self, effect):
        size = f"{abs(effect.difference):,.{self.digits}f}"
        if effect.low > 0 and effect.difference >= self.matters:
            return self.more.format(size=size, **effect.facts)
        if effect.high < 0 and effect.difference <= -self.matters:
            return self.less.format(size=size, **effect.facts)
        if -self.matters < effect.low and effect.high < self.matters:
            return self.same.format(size=size, subject=self.subject, **effect.facts)
        if effect.low > 0 or effect.high < 0:
            way = "Higher" if effect.low > 0 else "Lower"
            return f"{way}, but whether enough to matter is not settled: {self.subject}."
        plural = "s" * (effect.replicates != 1)
        return f"Not settled by {effect.replicates} replicate{plural}: {self.subject}."


@cache
def headlines():
    """All rows, {experiment: (Headline, ...)}."""
    page = read_yaml(Path(__file__).with_suffix(".yaml"))
    return {
        experiment: tuple(Headline(name, **texts) for name, texts in rows.items())
        for experiment, rows in page.items()
    }


def experiments(district, **plan):
    """The three experiments as the demo runs them; `plan` may set years, replicates and seed."""
    found = []
    for name in EXPERIMENTS:
        experiment = Experiment.load(name).replaced(districts=(district,), **plan)
        fewer = {lever: DEMO_VALUES.get(lever, v) for lever, v in experiment.vary.items()}
        experiment = experiment.replaced(vary=fewer)
        found.append(experiment)
    return found


def answers(experiment, values):
    """What the values of an experiment say, a dict per headline; none for other experiments.

    experiment  name, such as "caseload"
    values      tidy DataFrame; whatever varies besides the arms, such as districts, is answered
                for one by one, and is then a key of the dicts
    """
    rows = headlines().get(experiment, ())
    used = {column for row in rows for column in (row.arm or {})}
    known = (*COLUMNS, *NUMBERS_OF_RUNS)
    for column in ("policy", *(name for name in values.columns if name not in known)):
        if column not in used and values[column].nunique() > 1:
            return [
                {column: value, **answer}
                for value, part in values.groupby(column, observed=True, sort=False)
                for answer in answers(experiment, part)
            ]
    found = (row.answer(values) for row in rows)
    return [answer for answer in found if answer is not None]


def arm(values, outcome, where, groups=("all",), week=None):
    """An outcome by replicate in one arm, mean of its groups, in the last year or in a week.

    where    {column: value} that picks the arm; week counts from 1
    returns  Series by replicate, empty if there is no such arm
    """
    rows = values[(values["outcome"] == outcome) & values["group"].isin(groups)]
    for column, value in where.items():
        rows = rows[rows[column] == value] if column in rows.columns else rows[:0]
    if week is None:
        rows = rows[rows["week"].isna()]
        rows = rows[rows["year"] == rows["year"].max()]
    else:
        rows = rows[rows["week"] == week]
    return rows.groupby("replicate")["value"].mean()


def _difference(values, row):
    """The arm less the baseline."""
    paired = arm(values, row.outcome, row.arm, row.groups) - arm(
        values, row.outcome, row.baseline, row.groups
    )
    facts = _FACTS[row.facts] if row.facts else lambda *_: {}
    return _effect(paired, lambda mean: facts(values, row, mean))


def _effect(paired, facts):
    paired = paired.dropna()
    if not len(paired):
        return None
    found = interval(paired)
    return Effect(*found, len(paired), facts(found[0]))


def _price(values, row, mean):
    """What the arm costs more than the baseline (or saves), US$ a pupil and year."""
    dollars = (
        arm(values, "cost_per_student", row.arm) - arm(values, "cost_per_student", row.baseline)
    ).mean()
    a_tenth = dollars / (10 * abs(mean)) if mean else float("nan")
    return {"dollars": f"{dollars:.2f}", "saved": f"{-dollars:.2f}", "a_tenth": f"{a_tenth:.2f}"}


def _when_the_coach_left(values, row, mean):
    """The same difference in the coach's last week."""
    then = arm(values, row.outcome, row.arm, row.groups, week=COACH_LEAVES) - arm(
        values, row.outcome, row.baseline, row.groups, week=COACH_LEAVES
    )
    return {"peak": f"{then.mean():.2f}"}


_FACTS = {"price": _price, "when_the_coach_left": _when_the_coach_left}
