"""Service: HR and operations improve only if their failures are felt by those who can change them.

When supervisors fill in for HR the pain, and with it the pressure, is buffered (P30).
"""

HR, OPERATIONS = 3, 4  # rows of units


def felt(service, buffered, seen, shield):
    """Failures felt by those who can change the service, 0 to 1.

        seen * (1 - service) * (1 - shield * buffered)

    service   share of requests answered well
    buffered  share of the failures covered by others
    """
    return seen * (1.0 - service) * (1.0 - shield * buffered)


def next_service(service, pressure, understanding, p):
    """Service one month (four weeks) on.

        service + 4 * (pace * pressure * (untrained + (1 - untrained) * understanding / 4)
                       - decay * (service - floor)),   kept within 0 and 1

    understanding  mean appropriation of the unit's staff, 0 to 4
    """
    able = p.untrained + (1.0 - p.untrained) * understanding / 4.0
    moved = service + 4.0 * (p.pace * pressure * able - p.decay * (service - p.floor))
    return min(max(moved, 0.0), 1.0)


def step(state, p, draw):
    """In the last week of a month (week of the run mod 4 is 3): HR (row 3 of units) and operations
    (row 4).

    HR's buffered share was found by time_use: the hours supervisors spend on HR's staffing over the
    hours they were asked for; operations are not buffered. Understanding is the unit's
    `understanding`, its staff's mean appropriation over all ideas.
    """
    if state.week % 4 != 3:
        return
    units = state.units
    seen = p.seen_scorecard if p.operations.scorecard else p.seen
    for unit in (HR, OPERATIONS):
        now = float(units.service[unit])
        pressure = felt(now, float(units.buffered[unit]), seen, p.shield)
        units.pressure[unit] = pressure
        units.service[unit] = next_service(now, pressure, float(units.understanding[unit]), p)
