"""Initiatives: attention is finite, and each further initiative dilutes the rest.

Offers keep coming. Stewards who understand their work turn misaligned ones away; others take on
what is offered. A new chart costs time and ties, and changes nobody's practice.
"""

import numpy as np

from districtsim.world.state import INITIATIVE_MONTHS

STEWARDSHIP = 3  # row of ideas
MONTHS = 13.0  # a year


def usual_number(offers_a_year):
    """Initiatives under way where every offer is taken: offers a month times months they last,
    offers_a_year / 13 * INITIATIVE_MONTHS."""
    return offers_a_year / MONTHS * INITIATIVE_MONTHS


def attention_left(number, p):
    """Attention that one effort gets, against the usual.

        (1 + crowding * usual_number) / (1 + crowding * number)

    number   initiatives under way
    Sources  P22, F213
    """
    usual = usual_number(p.offers_a_year)
    return (1.0 + p.crowding * usual) / (1.0 + p.crowding * number)


def declined_share(stewardship, p):
    """Share of offers that are turned away: turned_away * min(1, stewardship / understands_at).

    stewardship  leaders' mean appropriation of stewardship, 0 to 4
    Sources      P22
    """
    return p.turned_away * min(1.0, stewardship / p.understands_at)


def reorganise(state, p):
    """In the week in which the new chart comes: ties are cut and `reorganising_weeks` begin.

    Principals' continuity with their supervisors and HR partners' familiarity with schools become
    0; `reorganising` is the number of weeks until it has settled, in which time_use counts hours.
    """
    chart = state.chart
    if p.office.reorganise and not chart.reorganised:
        state.principals.continuity[:] = 0.0
        state.staff.familiarity[:] = 0.0
        state.district.reorganising[:] = p.reorganising_weeks
    chart.reorganised = p.office.reorganise


def _luck(state, draw):
    """u and v of this month; a year's are drawn at once, which costs as much as a month's."""
    chart, month = state.chart, state.week // 4
    if month not in chart.offers[0]:
        months = list(range(month, month + 13))
        key = state.staff.key[:1]
        drawn = [draw.uniform("initiatives.offer", key, months, slot)[:, 0] for slot in (0, 1)]
        chart.offers = months, list(zip(*(each.tolist() for each in drawn)))
    return chart.offers[1][month - chart.offers[0][0]]


def step(state, p, draw):
    """Every week the weeks of a reorganisation run down by one, to 0; then `reorganise`.

    In the first week of a month: an offer comes if u < offers_a_year / 13, and is turned away,
    where leaders filter, if v < declined_share(their mean stewardship). u, v: stream
    "initiatives.offer", keyed by the superintendent's desk, tick = month of the run (week / 4),
    slots 0 and 1. What was launched INITIATIVE_MONTHS months ago ends. initiatives = sum of
    `launched`; attention = attention_left(initiatives, + reorganising_load while a reorganisation
    lasts); newer += what was launched, at most `initiatives`, while schools or staff are trained
    (`training_hours` above 0 anywhere), and is 0 while they are not.
    """
    district, chart = state.district, state.chart
    if district.reorganising[0] > 0.0:
        district.reorganising[0] = max(0.0, district.reorganising[0] - 1.0)
    reorganise(state, p)
    if state.week % 4:
        return
    u, v = _luck(state, draw)
    comes = u < p.offers_a_year / MONTHS
    if comes and p.office.filter_initiatives:
        stewardship = float(state.staff.appropriation[STEWARDSHIP, chart.leaders].mean())
        comes = v >= declined_share(stewardship, p)
    launched = district.launched
    launched[1:] = launched[:-1].copy()
    launched[0] = comes
    number = float(launched.sum())
    district.initiatives[0] = number
    load = p.reorganising_load * (district.reorganising[0] > 0.0)
    district.attention[0] = attention_left(number + load, p)
    hours = p.equity.training_hours
    trained = np.any(hours) if np.ndim(hours) else hours
    district.newer[0] = min(district.newer[0] + comes, number) if trained else 0.0
