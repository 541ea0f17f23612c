"""Bounds: whatever the policy, shares stay shares, counts are not negative, nothing is NaN."""

import numpy as np
import pytest
from hypothesis import given, settings
from random_worlds import SEEDS, districts, policies

from districtsim.outcomes import outcomes
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.parameters import uncertain
from districtsim.world.policies import Policy

EXACT = 1e-9
BOUNDS = {  # column: (table, least, most)
    "premise": ("units", 0.0, 1.0),
    "service": ("units", 0.0, 1.0),
    "pressure": ("units", 0.0, 1.0),
    "buffered": ("units", 0.0, 1.0),
    "covered": ("units", 0.0, 1.0),
    "understanding": ("units", 0.0, 4.0),
    "capacity": ("units", 0.0, np.inf),
    "knowledge": ("units", 0.0, 2.0),
    "appropriation": ("staff", 0.0, 4.0),
    "familiarity": ("staff", 0.0, 1.0),
    "kept": ("staff", 0.0, 1.0),
    "backlog": ("staff", 0.0, np.inf),
    "contact_joint": ("staff", 0.0, 10.0),
    "contact_theory": ("staff", 0.0, 0.5),
    "plan_belief": ("principals", 0.0, 1.0),
    "continuity": ("principals", 0.0, 1.0),
    "clarity": ("principals", 1.0, 2.5),
    "rating": ("principals", 1.0, 5.0),
    "inequitable_policies": ("district", 0.0, 80.0),
    "initiatives": ("district", 0.0, 20.0),
    "project_age": ("district", 0.0, np.inf),
    "project_rest": ("district", 0.0, 60.0),
    "reorganising": ("district", 0.0, 52.0),
    "plan_used": ("district", 0.0, 1.0),
    "consultations": ("district", 0.0, np.inf),
    "newer": ("district", 0.0, np.inf),
    "pd_quality": ("district", 0.0, 1.0),
}
MAY_BE_UNKNOWN = ("students_of_color", "believed_quality")
OF_NOTHING = ("pd_match", "files_per_vacancy", "days_to_fill", "withdrawn_share", "hire_quality",
              "late_hire_share", "hires_of_color_share")  # fmt: skip


def within_bounds(state, week):
    for name, (table, least, most) in BOUNDS.items():
        values = getattr(getattr(state, table), name)
        assert values.min() >= least - EXACT, f"week {week}: {table}.{name} {values.min():g}"
        assert values.max() <= most + EXACT, f"week {week}: {table}.{name} {values.max():g}"
    assert state.district.attention[0] > 0.0
    for behaviour in (state.schools.behaviour, state.units.behaviour):
        assert behaviour.min() >= -EXACT
        assert behaviour.max() <= 2.5
    assert state.schools.responsiveness.max() <= EXACT  # equal at best
    for table, columns in state.tables().items():
        for column in columns.columns():
            if column.name not in MAY_BE_UNKNOWN:
                values = getattr(columns, column.name)
                assert np.isfinite(values).all(), f"week {week}: {table}.{column.name}"


def bounded(district, policy, seed, years=2, every=4, **others):
    simulation = Simulation(district, policy, seed, **others)
    for week in range(52 * years):
        simulation.step()
        if week % every == every - 1:
            within_bounds(simulation.state, week)
    for name, (groups, values) in simulation.history().yearly.items():
        assert name in outcomes()
        low = district.schools.low_income
        of_one_kind = (low == 0.0).all() or (low == 1.0).all()  # then nothing sets incomes apart
        known = [
            i
            for i, g in enumerate(groups)
            if "quartile" not in g
            and "science" not in g
            and not (of_one_kind and ("income" in g or g == "other"))
        ]
        if name not in OF_NOTHING:
            assert np.isfinite(values[:, known]).all(), name
        assert not np.isinf(values).any(), name


@settings(max_examples=60)
@given(policy=policies(), district=districts(), seed=SEEDS)
def test_shares_and_counts_stay_within_their_bounds(policy, district, seed):
    bounded(district, policy, seed)


@pytest.mark.parametrize("name", Policy.names())
def test_the_policies_that_ship_stay_within_bounds_for_ten_years(name):
    bounded(District.synthetic(12, 5), name, 1, years=10, every=13)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", ["status_quo", "behaviour_reform", "performance_alignment"])
def test_bounds_hold_at_the_ends_of_every_uncertain_number(name, end):
    parameters = {}
    for number, card in uncertain().items():
        mechanism, parameter = number.split(".")
        bound = float(card.range[end == "high"])
        parameters.setdefault(mechanism, {})[parameter] = bound
    bounded(District.synthetic(12, 5), name, 1, years=5, every=13, parameters=parameters)
