"""Random worlds: policies over every lever, and small districts of all shapes."""

import numpy as np
from hypothesis import strategies as st

from districtsim.world.district import District
from districtsim.world.parameters import levers
from districtsim.world.policies import Policy
from districtsim.world.schools import Schools

PER_SCHOOL = {name: card for name, card in levers().items() if card.per}
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def lever_values(card):
    """Any value a lever may take, its bounds often."""
    if card.options is not None:
        return st.sampled_from(card.options)
    low, high = card.range
    if card.value is None:
        return st.none() | st.integers(1, 150)
    if card.whole:
        return st.integers(low, high)
    return st.sampled_from([float(low), float(high)]) | st.floats(low, high, width=32)


def some_levers(cards):
    return st.fixed_dictionaries(
        {}, optional={name: lever_values(card) for name, card in cards.items()}
    )


@st.composite
def policies(draw, weeks=104):
    """A policy of any levers, dates and, where only schools' levers are set, places."""
    where = draw(
        st.none()
        | st.fixed_dictionaries({"low_income": st.just([0.5, 1.0])})
        | st.fixed_dictionaries({"poverty_quartile": st.just([3, 4])})
    )
    starts = draw(st.just(0) | st.integers(0, weeks + 10))
    ends = draw(st.none() | st.integers(starts + 1, starts + weeks))
    found = draw(some_levers(levers() if where is None else PER_SCHOOL))
    return Policy("random", found, starts=starts, ends=ends, where=where)


@st.composite
def odd_districts(draw):
    """A district of 2 to 12 schools of any size, level, poverty and place, race known or not."""
    number = draw(st.integers(2, 12))

    def each(values):
        return np.array(draw(st.lists(values, min_size=number, max_size=number)))

    enrolment = each(st.integers(1, 2500)).astype(float)
    shares = each(st.floats(0.0, 1.0, width=32))
    race = np.full((7, number), np.nan)
    if draw(st.booleans()):
        race[:] = 0.0
        race[4] = np.round(enrolment * shares)
        race[6] = enrolment - race[4]
    schools = Schools.of(
        id=[f"odd-{number}" for number in range(number)],
        name=[f"School {number}" for number in range(number)],
        level=each(st.integers(0, 3)),
        locale=each(st.sampled_from([-1, 11, 21, 32, 43])),
        enrolment=enrolment,
        teachers=each(st.floats(0.5, 120.0, width=16)).astype(float),
        low_income=each(st.floats(0.0, 1.0, width=32)).astype(float),
        race=race,
    )
    office = draw(
        st.just({})
        | st.fixed_dictionaries(
            {
                "administrators": st.floats(0.0, 20.0, width=16),
                "support": st.floats(0.0, 20.0, width=16),
                "coordinators": st.floats(0.0, 40.0, width=16),
            }
        )
    )
    return District("odd", "Odd", "", "", "drawn by a test", schools, office)


def districts():
    """Synthetic districts and odd ones."""
    synthetic = st.builds(District.synthetic, st.integers(2, 12), st.integers(0, 10_000))
    return synthetic | odd_districts()
