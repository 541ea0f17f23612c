"""School year: what happens when, in order.

Every week runs the mechanisms below from top to bottom; those that act in some weeks only look at
the calendar themselves. Within a mechanism everybody acts at once, so order of rows is irrelevant.
"""

from districtsim.mechanisms import (
    assistance,
    development,
    feedback,
    hiring,
    initiatives,
    learning,
    money,
    planning,
    premises,
    service,
    supervision,
    time_use,
    turnover,
)

EVERY_WEEK = (
    ("initiatives", initiatives.step),
    ("planning", planning.step),
    ("assistance", assistance.step),
    ("time_use", time_use.step),
    ("service", service.step),
    ("supervision", supervision.step),
    ("feedback", feedback.step),
    ("development", development.step),
    ("hiring", hiring.step),
    ("turnover", turnover.step),
    ("premises", premises.step),
    ("learning", learning.step),
    ("money", money.step),
)
WARM_UP_WEEKS = 28  # from last spring, so that the first September has its hires and its vacancies


def calendar():
    """The calendar in words: (weeks of the year, what happens)."""
    return [
        ("0 to 51", "a year, from the first week of school; a tick is a week"),
        ("0 to 39", "term: supervision, feedback and PD happen"),
        ("0", "C&I plans the year's PD; the office draws who will leave it this year"),
        ("1, 5, ... 37", "PD days: second weeks of months, evenly spaced over the ten months"),
        ("0, 4, 8, ...", "a month of four weeks begins: an initiative may be launched, an old one"
         " ends, hours are planned, office people leave and principals may be promoted"),
        ("2", "principals' belief follows what C&I did with last spring's improvement plans"),
        ("3, 7, 11, ...", "a month ends: appropriation, service, leadership and skills move; then"
         " premises, behaviour and inequitable policies"),
        ("0 to 14", "late hires start as soon as they have signed"),
        ("20", "outcomes of the hiring season that staffed this year are recorded"),
        ("24", "teachers decide whether to leave or move"),
        ("26 to 45", "notices arrive; vacancies open; the hiring season runs to week 14"),
        ("28 to 31", "principals write improvement plans; assessing capacity takes more hours"),
        ("38", "principals rate their supervisors"),
        ("39", "tests; teaching, learning and gaps of the year are recorded"),
        ("40", "June: teachers and principals go, movers transfer, principals are replaced"),
        ("40", "planning reviews: work on premises that has nothing to show may be abandoned"),
        ("40 to 51", "summer: no pupils, no PD, no supervision"),
        ("51", "signed successors start; turnover, PD and money of the year are recorded"),
    ]  # fmt: skip


def cost_of_levers(state, numbers):
    """Yearly cost of the levers in force, US$; numbers: {mechanism: namespace}."""
    return money.planned(state, numbers["money"])


def run_week(state, numbers, draw, without=()):
    """One week.

    numbers  {mechanism: namespace} in force this week
    draw     Draws
    without  names of mechanisms that are switched off
    """
    for name, step in EVERY_WEEK:
        if name not in without:
            step(state, numbers[name], draw)
