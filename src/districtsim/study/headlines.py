"""Headlines: the three questions of the demo, the contrasts that answer them, what each means.

A sentence is chosen by what came out: one for a clear rise, one for a clear fall, and two that all
share, for a difference too small to matter and for one that the runs do not settle.
"""

from dataclasses import dataclass
from typing import NamedTuple

from districtsim.study.analysis import interval
from districtsim.study.designs import Experiment

EXPERIMENTS = ("research_use", "caseload", "pd_allocation")
DEMO_PROTECTED_DAYS = (0, 3)  # the experiment has all four; the demo keeps to two minutes
COACH_LEAVES = 78  # weeks, research_use.coach_weeks of the coach_led policies
CASELOAD, PROTECTED = "supervision.caseload", "supervision.protected_days"


class Effect(NamedTuple):
    """A difference with its 95 % interval, and further numbers for the sentence."""

    difference: float
    low: float
    high: float
    facts: dict


@dataclass(frozen=True)
class Headline:
    """One row of the demo's table.

    effect   values -> Effect, or None if an arm is missing from them
    unit     of the difference; `digits` after the point
    matters  smallest difference that would matter to a district, in that unit
    subject  what differs, for the sentences that all share
    more     the sentence for a clear rise and `less` for a clear fall; they may name {size}, the
             difference without its sign, and the effect's facts
    """

    name: str
    question: str
    effect: object
    unit: str
    matters: float
    subject: str
    more: str
    less: str
    digits: int = 2

    def answer(self, values):
        """Question, effect and meaning as a dict, or None if the values cannot answer it."""
        effect = self.effect(values)
        if effect is None:
            return None
        return {
            "name": self.name,
            "question": self.question,
            "effect": self._text(effect),
            "meaning": self._meaning(effect),
            "difference": effect.difference,
            "low": effect.low,
            "high": effect.high,
            "unit": self.unit,
        }

    def _text(self, effect):
        difference, low, high = (
            f"{number:+,.{self.digits}f}"
            for number in (effect.difference, effect.low, effect.high)
        )
        return f"{difference} {self.unit} ({low} to {high})"

    def _meaning(self, effect):
        size = f"{abs(effect.difference):,.{self.digits}f}"
        threshold = f"{self.matters:g} {self.unit}"
        if effect.low > 0 and effect.difference >= self.matters:
            return self.more.format(size=size, **effect.facts)
        if effect.high < 0 and effect.difference <= -self.matters:
            return self.less.format(size=size, **effect.facts)
        if -self.matters < effect.low and effect.high < self.matters:
            return f"No difference that matters in {self.subject} (less than {threshold})."
        return f"Not settled: {self.subject} may be higher or lower; more replicates would tell."


def experiments(district, **plan):
    """The three experiments as the demo runs them; `plan` may set years, replicates and seed."""
    found = []
    for name in EXPERIMENTS:
        experiment = Experiment.load(name).replaced(districts=(district,), **plan)
        if PROTECTED in experiment.vary:
            fewer = {**experiment.vary, PROTECTED: DEMO_PROTECTED_DAYS}
            experiment = experiment.replaced(vary=fewer)
        found.append(experiment)
    return found


def answers(experiment, values):
    """What the values of an experiment say, a dict per headline; none for other experiments.

    experiment  name, such as "caseload"
    values      tidy DataFrame; with several districts, each is answered for
    """
    if "district" in values.columns:
        return [
            {"district": name, **row}
            for name, its_own in values.groupby("district", observed=True)
            for row in answers(experiment, its_own.drop(columns="district"))
        ]
    found = (headline.answer(values) for headline in HEADLINES.get(experiment, ()))
    return [row for row in found if row is not None]


def arm(values, outcome, where, groups=None, year=None, week=None):
    """An outcome by replicate in one arm, the mean of its groups; a Series, empty if there is none.

    where   {column: value} that picks the arm
    groups  which groups (None: all); year (None: the last), or else a week of the run
    """
    rows = values[values["outcome"] == outcome]
    rows = rows[rows["week"].isna() if week is None else rows["week"] == week]
    if groups is not None:
        rows = rows[rows["group"].isin(groups)]
    if week is None:
        rows = rows[rows["year"] == (year or rows["year"].max())]
    for column, value in where.items():
        rows = rows[rows[column] == value] if column in rows.columns else rows
    return rows.groupby("replicate")["value"].mean()


def difference(outcome, one, other, groups=None, facts=None):
    """An effect: one arm less another in the last year, paired by replicate."""

    def effect(values):
        paired = (arm(values, outcome, one, groups) - arm(values, outcome, other, groups)).dropna()
        if not len(paired):
            return None
        return Effect(*interval(paired), facts(values) if facts else {})

    return effect
