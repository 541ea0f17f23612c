"""The pattern ledger at fixed luck: core findings at the cards' values, and without what explains
them.

What is known to fail is named here with its reason: an entry that starts to hold, or stops to,
changes this page and the changelog. Means only, of few replicates: the intervals, and many draws
of the uncertain numbers, are for 'districtsim findings'.
"""

from dataclasses import replace

import pytest

from districtsim.study import findings
from districtsim.study.findings_ledger import Condition, Ledger
from districtsim.study.findings_plan import Effort
from districtsim.study.findings_reading import load

BOOK = load()
CORE = [finding.id for finding in BOOK.findings.values() if finding.core]
FEW = Effort(draws=0, replicates=4, seed=1, controls=False)
FLIPS = {"higher": ["lower"], "lower": ["higher"], "about_same": ["higher", "lower"]}

# Core findings that this version does not show at the cards' values, and why.
FAILING = {
    "P42": "supervision that has got as far alone as with the others erodes about as little: what "
    "other units understand supports it by too little",
    "P39": "successors are no better than the mean: it brings a third of what teaching brings",
    "P73": "one service in three depends on the slowest unit: the last steps bring too little more",
}
# So near to the smallest size that matters that few replicates do not settle it; P36 does not
# settle in twenty either: after ten years teaching is about where it was.
CLOSE = {"P19", "P27", "P30", "P36", "P43", "P81", "P82"}
# Core findings that are still there when the mechanism that should explain them is off, and why.
UNEXPLAINED = {}
# Hold in all of a few draws of every uncertain number, too.
SURE = ["P03", "P29", "P34", "P65", "P87", "P90"]


def checked(name, effort):
    """One finding without its boundary, which costs time and tells nothing here."""
    finding = BOOK.findings[name]
    alone = Ledger({name: replace(finding, boundary={"when": "", "arms": {}})}, BOOK.districts)
    return next(findings.check([name], effort, book=alone, workers=1, progress=False))


@pytest.mark.parametrize("name", CORE)
def test_a_core_finding_holds_vanishes_with_its_mechanism_and_fails_when_flipped(name):
    one = checked(name, FEW)
    conditions = one.finding.conditions
    values = [estimate.value for estimate in one.conditions]
    holds = all(condition.met(value) for condition, value in zip(conditions, values))
    if name in CLOSE:
        assert conditions[0].goes(values[0])
        return
    assert holds == (name not in FAILING), one.as_row()["conditions"]
    if not holds:
        return
    assert one.ablation.removed == (name not in UNEXPLAINED), one.ablation
    for condition, value in zip(conditions, values):  # any one of them flipped makes it fail
        for direction in FLIPS[condition.direction]:
            assert not Condition(condition.measure, direction, condition.smallest, "").met(value)


@pytest.mark.parametrize("name", SURE)
def test_a_sure_finding_holds_in_every_one_of_a_few_draws(name):
    one = checked(name, Effort(draws=4, replicates=2, in_a_draw=2, seed=1))
    assert one.robustness == 1.0


def test_failures_that_are_known_say_why_on_the_page():
    assert {name for name in CORE if BOOK.findings[name].known_failure} == {*FAILING, "P36"}
