"""Analysis: intervals worked by hand, from tidy tables as `results` reads them."""

import numpy as np
import pandas as pd
import pytest

from districtsim.study import analysis


def tidy(numbers, **labels):
    """{arm: values by replicate} as a tidy table of one yearly outcome."""
    rows = [
        {"policy": arm, "replicate": i + 1, "year": 1, "week": np.nan, "outcome": "quality",
         "group": "all", "value": value, **labels}
        for arm, values in numbers.items()
        for i, value in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_interval_of_four_numbers_by_hand():
    # mean 2.5, variance 5/3, standard error sqrt(5/12) = 0.645497; t(3, 0.975) = 3.182446
    mean, low, high = analysis.interval([1.0, 2.0, 3.0, 4.0])
    assert mean == pytest.approx(2.5)
    assert (low, high) == (pytest.approx(0.445739, abs=1e-6), pytest.approx(4.554261, abs=1e-6))


def test_one_number_has_no_interval():
    mean, low, high = analysis.interval([3.0])
    assert mean == 3.0
    assert np.isnan(low)
    assert np.isnan(high)


def test_paired_difference_by_hand():
    # differences 1, 2, 3: mean 2, standard error 1/sqrt(3) = 0.577350; t(2, 0.975) = 4.302653
    values = tidy({"base": [10.0, 20.0, 30.0], "other": [11.0, 22.0, 33.0]})
    row = analysis.paired_differences(values, "base").iloc[0]
    assert row["policy"] == "other"
    assert row["difference"] == pytest.approx(2.0)
    assert row["high"] - row["difference"] == pytest.approx(2.484138, abs=1e-6)
    assert row["difference"] - row["low"] == pytest.approx(2.484138, abs=1e-6)
    assert row["replicates"] == 3


def test_columns_are_those_of_the_contract():
    table = analysis.paired_differences(tidy({"a": [1.0, 2.0], "b": [2.0, 4.0]}), "a")
    assert list(table) == [
        "policy", "outcome", "group", "year", "difference", "low", "high", "replicates",
    ]  # fmt: skip


def test_pairs_are_matched_by_replicate_whatever_the_order_of_rows():
    values = tidy({"base": [10.0, 20.0, 30.0], "other": [11.0, 22.0, 33.0]})
    shuffled = values.sample(frac=1, random_state=3)
    expected = analysis.paired_differences(values, "base")
    pd.testing.assert_frame_equal(analysis.paired_differences(shuffled, "base"), expected)


def test_a_replicate_that_failed_in_one_arm_is_left_out_of_its_pairs():
    values = tidy({"base": [10.0, 20.0, 99.0], "other": [11.0, 22.0]})
    row = analysis.paired_differences(values, "base").iloc[0]
    assert row["replicates"] == 2
    assert row["difference"] == pytest.approx(1.5)


def test_arms_may_be_values_of_a_lever_within_each_policy():
    one = tidy({"p": [1.0, 2.0]}, caseload=8)
    two = tidy({"p": [4.0, 6.0]}, caseload=16)
    table = analysis.paired_differences(pd.concat([one, two]), 8, arm="caseload", by=("policy",))
    assert list(table["caseload"]) == [16]
    assert table["difference"].iloc[0] == pytest.approx(3.5)


def test_what_else_varies_must_be_named():
    mixed = pd.concat([tidy({"a": [1.0], "b": [2.0]}, caseload=c) for c in (8, 16)])
    with pytest.raises(ValueError, match="name it in `by`"):
        analysis.paired_differences(mixed, "a")
    assert len(analysis.paired_differences(mixed, "a", by=("caseload",))) == 2


def test_an_unknown_baseline_is_refused():
    with pytest.raises(ValueError, match="not among"):
        analysis.paired_differences(tidy({"a": [1.0, 2.0]}), "c")


def test_weekly_rows_are_left_out():
    values = tidy({"a": [1.0, 2.0], "b": [2.0, 3.0]})
    weekly = values.assign(week=7.0, value=1000.0)
    table = analysis.paired_differences(pd.concat([values, weekly]), "a")
    assert table["difference"].iloc[0] == pytest.approx(1.0)


def test_gain_of_pairing_by_hand():
    # each arm has variance 100: unpaired error sqrt(200/3); differences 1, 2, 3: sqrt(1/3)
    values = tidy({"base": [10.0, 20.0, 30.0], "other": [11.0, 22.0, 33.0]})
    row = analysis.paired_gain(values, "base").iloc[0]
    assert row["paired_error"] == pytest.approx(np.sqrt(1 / 3))
    assert row["unpaired_error"] == pytest.approx(np.sqrt((100 + 121) / 3))
    assert row["gain"] == pytest.approx(np.sqrt(221))


def test_means_by_hand():
    row = analysis.means(tidy({"a": [1.0, 2.0, 3.0, 4.0]})).iloc[0]
    assert row["mean"] == pytest.approx(2.5)
    assert row["low"] == pytest.approx(0.445739, abs=1e-6)
