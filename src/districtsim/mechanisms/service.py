"""Service: HR and operations improve only if their failures are felt by those who can change them.

When supervisors fill in for HR, or teams make good what units leave undone, the pain, and with it
the pressure, is buffered (P30, P69). Work that crosses units moves at the pace of the slowest.
"""

HR, OPERATIONS = 3, 4  # rows of units
LABEL, MASTERY = 1.0, 4.0  # levels of appropriation
SERVING = slice(2, 5)  # curriculum, human resources, operations


def felt(service, buffered, seen, shield):
    """Failures felt by those who can change the service, 0 to 1.

        seen * (1 - service) * (1 - shield * buffered)

    service   share of requests answered well
    buffered  share of the failures covered by others so that they are not felt at home
    """
    return seen * (1.0 - service) * (1.0 - shield * buffered)


def kept_from(filled_in, covered, understanding):
    """Share of a unit's failures that others make good so that they are not felt at home, 0 to 1.

        1 - (1 - filled_in) * (1 - covered * (1 - understanding / 4))

    filled_in      share that supervisors make good
    covered        share that cross-functional teams make good; those who understand carry it home
    understanding  of the unit, 0 to 4
    Sources        P30, P69
    """
    return 1.0 - (1.0 - filled_in) * (1.0 - covered * (1.0 - understanding / 4.0))


def ability(own, slowest, p):
    """How well a unit turns pressure into better service, 0 to 1.

        untrained + (1 - untrained) * ((1 - crossing) * own + crossing * min(own, slowest)) / 4

    own      understanding of the unit, 0 to 4
    slowest  understanding at whose pace cross-unit work moves, `pace_across`
    Sources  P71, P73
    """
    able = (1.0 - p.crossing) * own + p.crossing * min(own, slowest)
    return p.untrained + (1.0 - p.untrained) * able / 4.0


def pace_across(understanding, owned, p):
    """Understanding at whose pace work across units moves, 0 to 4: the least of the units' (serving
    units), or with project management (1 - project_owns) * least + project_owns * mean.

    owned    whether staff own cross-unit problems
    Sources  P68, P71
    """
    each, share = understanding.tolist(), p.project_owns * owned
    return (1.0 - share) * min(each) + share * sum(each) / len(each)


def next_familiarity(familiarity, partners, schools, p):
    """How well HR partners of assigned schools know them, a month on, 0 to 1, (partners,).

    f + 4 * familiar_pace * min(1, familiar_schools * partners / schools) * (1 - f)
    """
    pace = 4.0 * p.familiar_pace * min(1.0, p.familiar_schools * partners / schools)
    return familiarity + pace * (1.0 - familiarity)


def next_service(service, pressure, able, pace, p):
    """Service one month (four weeks) on: service + 4 * (pace * pressure * able - decay * (service -
    floor)), kept within 0 and 1."""
    moved = service + 4.0 * (pace * pressure * able - p.decay * (service - p.floor))
    return min(max(moved, 0.0), 1.0)


def cases(state, p):
    """Share of failures that HR partners of assigned schools notice and act on, and the share of
    the pace of improvement that is left while they get to know them; 0 and 1 without it.

        noticed = mean familiarity * max(0, understanding of HR - 1) / 3 (a label changes nothing)
        left    = 1 - case_loss * (1 - mean familiarity)

    Familiarity moves on by next_familiarity (mean after that), or is 0 without case management.
    """
    staff, partners = state.staff, state.chart.partners
    if not p.hr.case_management:
        staff.familiarity[:] = 0.0
        return 0.0, 1.0
    known = next_familiarity(staff.familiarity[partners], len(partners), len(state.schools), p)
    staff.familiarity[partners] = known
    mean = float(known.mean())
    responsive = max(0.0, float(state.units.understanding[HR]) - LABEL) / (MASTERY - LABEL)
    return mean * responsive, 1.0 - p.case_loss * (1.0 - mean)


def step(state, p, draw):
    """In the last week of a month (week of the run mod 4 is 3): HR (row 3 of units) and operations
    (row 4).

    buffered of HR was found by time_use: the hours supervisors spend on HR's staffing over the
    hours they were asked for; of operations it is 0. Understanding is the unit's `understanding`,
    its staff's mean appropriation over all ideas; slowest: pace_across of curriculum, HR and
    operations. Seen is `seen`, or seen_scorecard with a scorecard; for HR seen + (1 - seen) *
    noticed (`cases`). Pressure = felt(min(1, service * capacity), kept_from(buffered, covered,
    understanding), seen, shield); service moves by next_service with ability(understanding,
    slowest), pace, for HR times what `cases` leaves.
    """
    if state.week % 4 != 3:
        return
    units = state.units
    seen = p.seen_scorecard if p.operations.scorecard else p.seen
    noticed, left = cases(state, p)
    slowest = pace_across(units.understanding[SERVING], p.office.project_management, p)
    for unit, case, pace in ((HR, noticed, p.pace * left), (OPERATIONS, 0.0, p.pace)):
        now, own = float(units.service[unit]), float(units.understanding[unit])
        kept = kept_from(float(units.buffered[unit]), float(units.covered[unit]), own)
        pressure = felt(units.answered(unit), kept, seen + (1.0 - seen) * case, p.shield)
        units.pressure[unit] = pressure
        units.service[unit] = next_service(now, pressure, ability(own, slowest, p), pace, p)
