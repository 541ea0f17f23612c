"""Initiatives: attention, offers and a new chart, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.initiatives import (
    attention_left,
    declined_share,
    reorganise,
    step,
    usual_number,
)
from districtsim.world.state import State


def numbers(filters=False, new_chart=False, training=0.0):
    """Twenty months of 6.5 offers in 13 months: ten are usual."""
    return SimpleNamespace(
        offers_a_year=6.5, crowding=0.1, turned_away=0.8, understands_at=2.0, reorganising_load=3.0,
        reorganising_weeks=26.0, equity=SimpleNamespace(training_hours=training),
        office=SimpleNamespace(filter_initiatives=filters, reorganise=new_chart),
    )  # fmt: skip


def office(week=0):
    """Two leaders, a third person; nothing under way."""
    state = State(2, 2, 3)
    state.week = week
    state.chart = SimpleNamespace(reorganised=False, leaders=slice(0, 2), offers=((), ()))
    state.principals.continuity[:] = 0.7
    state.staff.familiarity[:] = 0.4
    return state


class Luck:
    """Draws that are given, by month: u whether an offer comes, v whether it is turned away."""

    def __init__(self, u, v=0.5):
        self.u, self.v, self.asked = u, v, []

    def uniform(self, stream, keys, ticks, slot):
        self.asked.append((stream, len(keys), ticks[0], slot))
        given = np.broadcast_to((self.u, self.v)[slot], len(ticks))
        return given[:, None]


def month(state, p, u, v=0.5):
    """The first week of a month, with this luck."""
    state.chart.offers = ((), ())
    step(state, p, Luck(u, v))


def test_the_usual_number_is_that_of_offers_all_taken():
    assert usual_number(6.5) == pytest.approx(10.0)  # half an offer a month, for twenty months


def test_each_further_initiative_takes_attention_from_the_others():
    found = [attention_left(number, numbers()) for number in (10.0, 0.0, 5.0, 30.0)]
    # (1 + 1) over 2, 1, 1.5 and 4
    assert found == pytest.approx([1.0, 2.0, 4 / 3, 0.5])


def test_stewards_who_understand_turn_offers_away():
    found = [declined_share(level, numbers()) for level in (0.0, 1.0, 2.0, 4.0)]
    assert found == pytest.approx([0.0, 0.4, 0.8, 0.8])


def test_a_new_chart_cuts_ties_once():
    state, p = office(), numbers(new_chart=True)
    reorganise(state, p)
    assert not state.principals.continuity.any()
    assert not state.staff.familiarity.any()
    assert state.district.reorganising[0] == 26
    state.principals.continuity[:] = 0.3
    state.district.reorganising[:] = 20
    reorganise(state, p)  # the next week
    assert (state.principals.continuity == 0.3).all()
    assert state.district.reorganising[0] == 20


def test_without_a_new_chart_ties_stay():
    state = office()
    reorganise(state, numbers())
    assert (state.principals.continuity == 0.7).all()
    assert state.district.reorganising[0] == 0


def test_an_offer_is_taken_and_what_is_old_ends():
    state = office(week=8)
    state.district.launched[:, 0] = np.arange(20)  # 19 the oldest, 0 the newest
    luck = Luck(u=0.49)  # half an offer a month
    step(state, numbers(), luck)
    assert luck.asked == [("initiatives.offer", 1, 2, 0), ("initiatives.offer", 1, 2, 1)]
    assert state.district.launched[:, 0].tolist() == [1, *range(19)]
    assert state.district.initiatives[0] == 172  # 1 + 0 + ... + 18
    assert state.district.attention[0] == pytest.approx(2 / 18.2)


def test_no_offer_comes():
    state = office()
    step(state, numbers(), Luck(u=0.51))
    assert state.district.initiatives[0] == 0
    assert state.district.attention[0] == pytest.approx(2.0)


@pytest.mark.parametrize(("v", "launched"), [(0.39, 0), (0.41, 1)])
def test_leaders_who_filter_turn_some_away(v, launched):
    state = office()
    state.staff.appropriation[3] = [0.5, 1.5, 4.0]  # the leaders' stewardship: 1
    step(state, numbers(filters=True), Luck(u=0.1, v=v))
    assert state.district.initiatives[0] == launched
    others = office()
    step(others, numbers(), Luck(u=0.1, v=v))
    assert others.district.initiatives[0] == 1  # without a filter everything is taken


def test_a_reorganisation_lasts_its_weeks():
    state, p = office(), numbers(new_chart=True)
    lasts = 0
    for state.week in range(60):
        step(state, p, Luck(u=0.9))
        lasts += state.district.reorganising[0] > 0
    assert lasts == 26


def test_a_reorganisation_takes_attention_while_it_lasts():
    state, p = office(), numbers(new_chart=True)
    month(state, p, u=0.9)
    assert state.district.reorganising[0] == 26
    assert state.district.attention[0] == pytest.approx(2 / 1.3)
    state.week = 24
    state.district.reorganising[:] = 1.0
    month(state, p, u=0.9)
    assert state.district.reorganising[0] == 0
    assert state.district.attention[0] == pytest.approx(2.0)


def test_within_a_month_nothing_is_launched():
    state = office(week=6)
    luck = Luck(u=0.0)
    step(state, numbers(), luck)
    assert luck.asked == []
    assert state.district.initiatives[0] == 0


def test_every_month_has_its_own_luck():
    state = office()
    luck = Luck(u=np.where(np.arange(13) % 3 == 0, 0.1, 0.9))
    for state.week in range(0, 28):
        step(state, numbers(), luck)
    assert state.district.launched[:8, 0].tolist() == [1, 0, 0, 1, 0, 0, 1, 0]
    assert len(luck.asked) == 2  # a year at once


def test_newer_initiatives_count_from_the_start_of_training():
    state = office()
    month(state, numbers(), u=0.1)
    assert state.district.newer[0] == 0
    for training in (4.0, np.array([0.0, 2.0])):
        month(state, numbers(training=training), u=0.1)
    assert state.district.newer[0] == 2
    month(state, numbers(training=4.0), u=0.9)
    assert state.district.newer[0] == 2
    month(state, numbers(), u=0.1)
    assert state.district.newer[0] == 0
