"""Sampled: what a sampled design says of an outcome, in sentences a reader can check."""

import sys

import pandas as pd
import pytest
from test_sensitivity import factors, values

from districtsim.show import sampled
from districtsim.study.sampling import Points


class Found:
    """Results in memory: q is higher than p by a, in a Latin hypercube of 100 points."""

    folder = None
    runs = pd.DataFrame({"district": ["tacoma"], "years": [1], "seed": [1], "version": ["0"],
                         "policy": ["p"]})  # fmt: skip

    def __init__(self, change=lambda a, b, c: a, outcome="support_hours"):
        points = Points("latin_hypercube", factors(), 100, seed=1)
        both = [
            values(points, lambda a, b, c: b, luck=3.0, policy="p"),
            values(points, lambda a, b, c: b + change(a, b, c), luck=3.0, policy="q"),
        ]
        self.values = pd.concat(both, ignore_index=True).assign(outcome=outcome)


@pytest.fixture(scope="module")
def told():
    return sampled.tell(Found(), policy="q", against="p")


def test_it_is_said_in_how_many_draws_a_policy_is_better(told):
    # a is spread evenly around 0 over 100 strata
    assert "over 100 draws of the numbers" in told.says[0]
    assert "better in 50 % of them" in told.says[0]
    assert told.says[0].startswith("The difference in support for principals between 'Q' and 'P'")


def test_what_moves_the_difference_is_named_with_its_size(told):
    # a goes over its range, 2 pi = 6.28
    assert told.says[1].startswith("It moves most with x: a (+6.2")
    assert "The other 2 do little or nothing" in told.says[1]
    assert told.rows[0]["number"] == "x: a"
    assert told.rows[0]["says"] == "more of it raises the outcome"


def test_luck_that_both_share_is_no_part_of_a_difference(told):
    shares = {row["source"]: row["share"] for row in told.variance}
    assert shares["ignorance"] == pytest.approx(1)
    assert "100 % of the variance" in told.says[2]


def test_where_it_fails_is_a_box_with_coverage_and_density(told):
    assert "It is not above 0 in 50 of 100 draws" in told.says[3]
    assert "x: a is at most" in told.says[3]
    assert (told.box["coverage"], told.box["density"]) == (1, 1)
    assert told.regional[0]["name"] == "x.a"


def test_more_may_be_asked_of_a_policy_than_a_tie():
    found = sampled.tell(Found(), policy="q", against="p", threshold=1.57)
    assert "It is not above 1.57 hours a week in 75 of 100 draws" in found.says[3]


def test_where_less_is_better_failing_is_the_other_side():
    found = sampled.tell(Found(outcome="days_to_fill"), policy="q", against="p")
    assert "It is not below 0 in 50 of 100 draws" in found.says[3]
    assert not found.box["fails_below"]


def test_a_policy_that_changes_nothing_needs_no_figure():
    found = sampled.tell(Found(lambda a, b, c: 0 * a), policy="q", against="p")
    assert found.says == [
        "The difference in support for principals between 'Q' and 'P' in year 1 is 0 hours a week "
        "in all 100 draws: none of the numbers moves it, and neither does luck."
    ]
    assert found.figures == {}


def test_without_scikit_learn_the_rest_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    found = sampled.tell(Found(), policy="q", against="p")
    assert "pip install 'districtsim[discovery]'" in found.says[-1]
    assert found.rows
    assert found.box is None
