"""Observations: sums and what is worked out from them, by hand; watching changes nothing."""

import numpy as np
import pytest

from districtsim.simulation import Simulation
from districtsim.study.observations import Job, Watcher, pooled, quantities, watch
from districtsim.world.district import District
from districtsim.world.policies import Policy

STATUS_QUO = Policy("status_quo")


def test_sums_pool_by_people():
    # 9 of 10 in one district and 10 of 30 in another: 19 of 40, not the mean of the two shares
    runs = [{"stay": (9.0, 10.0)}, {"stay": (10.0, 30.0), "big": (0.0, 0.0)}]
    assert quantities(pooled(runs))["stay"] == pytest.approx(19 / 40)
    assert "big" not in quantities(pooled(runs))  # nobody there: no value


def test_chance_of_selection_by_hand():
    sums = {"hiring: applicants of color": (13, 100), "hiring: hires of color": (6, 83)}
    # 6 of 13 against 77 of 87
    assert quantities(sums)["hiring: selection of color"] == pytest.approx((6 / 13) / (77 / 87))


def test_watching_changes_nothing_and_agrees_with_the_outcomes():
    district = District.synthetic(schools=6, seed=2)
    watched = Simulation(district, STATUS_QUO, 5)
    sums = quantities(Watcher(watched).run(2))
    alone = Simulation(district, STATUS_QUO, 5).run(2)
    again = watched.history()
    for name, (groups, values) in alone.yearly.items():
        assert again.yearly[name][0] == groups
        np.testing.assert_array_equal(again.yearly[name][1], values)
    groups, values = alone.yearly["pd_hours"]
    assert sums["PD: hours a teacher"] == pytest.approx(values[:, groups.index("all")].mean())
    groups, values = alone.yearly["principal_turnover"]
    assert sums["principals: leave"] == pytest.approx(values[:, groups.index("all")].mean())


def test_the_same_job_gives_the_same_sums():
    job = Job("status_quo", District.synthetic(schools=3, seed=1), STATUS_QUO, 2, 11)
    assert watch(job) == watch(job)
