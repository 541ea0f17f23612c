"""Effects: standardised effects, corrections and equal budgets, worked by hand."""

import numpy as np
import pandas as pd
import pytest
from test_analysis import tidy

from districtsim.study import analysis


def effects(base, other, **options):
    return analysis.effects(tidy({"base": base, "other": other}), "base", **options).iloc[0]


def test_a_row_by_hand():
    # differences 1, 2, 3: mean 2, sd 1; t = 2 / (1/sqrt 3) = 3.4641, 2 df: p = 0.0742
    row = effects([10.0, 20.0, 30.0], [11.0, 22.0, 33.0])
    assert row["difference"] == pytest.approx(2)
    assert row["d_z"] == pytest.approx(2)
    assert row["p"] == pytest.approx(0.0742, abs=1e-4)
    # variances 100 and 121: sd 10.5119; Hedges' correction for 2 df is gamma(1) / gamma(1/2)
    assert row["hedges_g"] == pytest.approx(2 / np.sqrt(110.5) / np.sqrt(np.pi))
    assert row["higher"] == 1
    # Wilson interval of 3 of 3: 3 / (3 + 1.96^2)
    assert row["higher_low"] == pytest.approx(3 / (3 + 1.959964**2))


def test_ties_count_half():
    assert effects([1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 1.0, 0.0])["higher"] == pytest.approx(0.5)


def test_rounding_is_no_difference():
    row = effects([0.1 + 0.2, 0.3], [0.3, 0.3])
    assert row["difference"] == 0
    assert row["d_z"] == 0
    assert row["p"] == 1


def test_a_difference_that_is_alike_in_all_replicates():
    row = effects([1.0, 2.0, 3.0], [1.5, 2.5, 3.5])
    assert (row["boot_low"], row["boot_high"]) == (0.5, 0.5)
    assert np.isnan(row["d_z"])
    assert row["p"] == 0


def test_bootstrap_limits_follow_the_skew():
    change = np.array([0.0, 0.0, 0.0, 0.1, 0.1, 0.2, 0.3, 0.6, 1.2, 4.0])
    row = effects(np.zeros(10), change)
    mean = change.mean()
    assert row["boot_high"] - mean > 1.5 * (mean - row["boot_low"])  # longer to the right
    assert row["high"] - mean == pytest.approx(mean - row["low"])
    again = effects(np.zeros(10), change)
    assert (row["boot_low"], row["boot_high"]) == (again["boot_low"], again["boot_high"])


def test_corrections_by_hand():
    table = pd.DataFrame({"p": [0.01, 0.04, 0.03, np.nan]})
    found = analysis.corrected(table)
    # Holm: 3 x 0.01, 2 x 0.03, then no less than before. Benjamini-Hochberg: 3/1, 3/2, 3/3
    assert list(found["p_holm"][:3]) == pytest.approx([0.03, 0.06, 0.06])
    assert list(found["p_bh"][:3]) == pytest.approx([0.03, 0.04, 0.04])
    assert found.loc[3, ["p_holm", "p_bh"]].isna().all()


def test_at_equal_budget_by_hand():
    base = tidy({"a": [1.0, 2.0, 3.0]}, budget="as it costs")
    dear = tidy({"b": [3.0, 4.0, 6.0]}, budget="as it costs")
    paid = tidy({"b": [2.0, 2.0, 4.0]}, budget="equal")
    row = analysis.at_equal_budget(pd.concat([base, dear, paid]), "a").iloc[0]
    assert row["as_it_costs"] == pytest.approx(7 / 3)  # 2, 2, 3
    assert row["equal"] == pytest.approx(2 / 3)  # 1, 0, 1
    assert row["paid"] == pytest.approx(-5 / 3)  # -1, -2, -2
    # variance 1/3, standard error 1/3; t(2, 0.975) = 4.302653
    assert row["paid_high"] - row["paid"] == pytest.approx(4.302653 / 3, abs=1e-6)
    with pytest.raises(ValueError, match="equal budget"):
        analysis.at_equal_budget(pd.concat([base, dear]), "a")


def test_replicates_for_power_are_those_of_tables():
    # Cohen (1988), paired, two-sided 5 %, power 80 %
    assert [analysis.for_power(d) for d in (0.2, 0.5, 0.8)] == [199, 34, 15]
    assert analysis.smallest_effect(34) == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="above zero"):
        analysis.for_power(0)


def test_replicates_for_precision():
    # 1.96 / 0.1 squared is 384.2; the t quantile of 386 degrees is 1.9661: 386.6
    assert analysis.for_precision(1.0, 0.1) == 387
    assert analysis.for_precision(0.001, 10) == 2


def test_needed_says_what_would_do():
    values = tidy({"base": np.zeros(4), "other": np.array([1.0, 2.0, 3.0, 4.0])})
    row = analysis.needed(values, "base", half_width=0.5).iloc[0]
    assert row["spread"] == pytest.approx(1.290994)
    assert row["for_precision"] == analysis.for_precision(1.290994, 0.5)
    assert row["for_power"] == analysis.for_power(2.5 / 1.290994)
    alike = analysis.needed(tidy({"base": [1.0, 1.0], "other": [1.0, 1.0]}), "base").iloc[0]
    assert alike["for_power"] == np.inf
