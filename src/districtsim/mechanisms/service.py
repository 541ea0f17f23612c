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
    """Service one week on.

        service + pace * pressure * (untrained + (1 - untrained) * understanding / 4)
                - decay * (service - floor),   kept within 0 and 1

    understanding  mean appropriation of the unit's staff, 0 to 4
    """
    able = p.untrained + (1.0 - p.untrained) * understanding / 4.0
    moved = service + p.pace * pressure * able - p.decay * (service - p.floor)
    return min(max(moved, 0.0), 1.0)


def step(state, p, draw):
    """One week of HR (row 3 of units) and operations (row 4).

    HR's buffered share is the hours supervisors spent on HR's staffing this week over the hours
    they were asked for (0 when none were); operations are not buffered. Understanding is the
    unit's `understanding`, its staff's mean appropriation over all ideas at the end of last week.
    """
    units, principals = state.units, state.principals
    asked = principals.asked.sum()
    units.buffered[HR] = principals.fill_in.sum() / asked if asked > 0 else 0.0
    seen = p.seen_scorecard if p.operations.scorecard else p.seen
    for unit in (HR, OPERATIONS):
        now = float(units.service[unit])
        pressure = felt(now, float(units.buffered[unit]), seen, p.shield)
        units.pressure[unit] = pressure
        units.service[unit] = next_service(now, pressure, float(units.understanding[unit]), p)
