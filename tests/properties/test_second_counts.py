"""Second counts: who leaves and arrives, what pupils then get, how services fare, one by one.

In words of the docstrings of mechanisms/turnover.py, learning.py and service.py.
"""

import math
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim import school_year
from districtsim.mechanisms import learning, service, turnover
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy
from districtsim.world.state import UNITS

BANDS = ((4, "novice"), (10, "early"), (15, "middle"), (math.inf, "late"))
INVERSE = NormalDist().inv_cdf


def chance(rate, shift):
    """A rate moved by so many log odds."""
    odds = rate / (1 - rate) * math.exp(shift)
    return odds / (1 + odds)


class Draw:
    """One draw at a time."""

    def __init__(self, draws, week):
        self.draws, self.week, self.year = draws, week, week // 52

    def of(self, stream, key, tick=None, slot=0):
        keys = np.array([key], dtype=np.uint64)
        return float(self.draws.uniform(stream, keys, self.year if tick is None else tick, slot)[0])


def teachers_decide(state, p, one):
    """(leaving, moving, notice) of every post."""
    teachers, found = state.teachers, []
    for row, key in enumerate(teachers.key):
        place = teachers.school[row]
        band = next(name for years, name in BANDS if teachers.experience[row] < years)
        low = state.schools.low_income[place] - 0.5
        held = p.leadership * state.principals.leadership[place]
        color = p.of_color * (teachers.of_color[row] - p.share_of_color)
        leave = chance(getattr(p, f"leave_{band}"), p.leave_poverty * low - held + color)
        move = chance(getattr(p, f"move_{band}"), p.move_poverty * low - held)
        u = one.of("turnover.leaves", key)
        goes = bool(teachers.filled[row]) and u < leave + move
        stays = one.of("turnover.stays", key) < p.stays_in_district
        notice = 26 + math.floor(20 * one.of("turnover.notice", key))
        found.append((goes, goes and u >= leave and stays, notice))
    return found


def transfers(state, one):
    """(old post, new post) of every teacher who finds another school in June."""
    teachers, kind = state.teachers, state.chart.kind
    stayed = teachers.filled & ~teachers.leaving
    pairs = []
    for k in sorted(set(kind.tolist())):
        rows = [row for row in range(len(kind)) if kind[row] == k]
        movers = [row for row in rows if teachers.moving[row]]
        movers.sort(key=lambda row: one.of("turnover.transfer", teachers.key[row]))
        free = [r for r in rows if not stayed[r] and teachers.successor[r] < 0]
        free = [r for r in free if teachers.stage[r] != 3]
        free.sort(key=lambda row: (state.schools.low_income[teachers.school[row]], row))
        pairs += zip(movers, free)
    return [(old, new) for old, new in pairs if teachers.school[old] != teachers.school[new]]


def principals_leave(state, p, one, promoted):
    """(goes, leadership afterwards) of every principal in June, after promotions of the week."""
    principals, found = state.principals, []
    number = int(
        p.moved_share * len(principals) + one.of("turnover.moved", state.staff.key[0])
    )  # of the lowest rated; one more in some years
    lowest = sorted(range(len(principals)), key=lambda row: (principals.rating[row], row))[:number]
    for row, key in enumerate(principals.key):
        low = state.schools.low_income[row] - 0.5
        rate = chance(p.principal_leaves + p.principal_moves, p.principal_poverty * low)
        goes = one.of("turnover.principals", key) < rate
        if p.hr.move_principals:
            lasting = principals.experience[row] + 1 >= 2 and row not in promoted
            goes = goes or (row in lowest and lasting)
        lead = p.new_principal + INVERSE(one.of("turnover.new_principal", key))
        stays = promoted.get(row, principals.leadership[row])
        found.append((goes, lead if goes else stays))
    return found


def promotions(state, p, one, office):
    """{desk: what it carries over}, {school: leadership of the new principal} of this week."""
    principals = state.principals
    able = [row for row in range(len(principals)) if principals.experience[row] >= 2]
    able.sort(key=lambda row: (-principals.rating[row], row))
    carried, schools = {}, {}
    for row in sorted(office):
        u = one.of("turnover.successor", state.staff.key[row], one.week, 3)
        if state.staff.role[row] == 3 and u < p.promoted and able:
            best = able.pop(0)
            carried[row] = p.carry_over * principals.leadership[best]
            z = INVERSE(one.of("turnover.promoted", principals.key[best], one.week))
            schools[best] = p.new_principal + z
    return carried, schools


def office_leaves(state, p, one):
    """{desk: (willingness, follows, skill)} of successors who come this week."""
    staff, found = state.staff, {}
    for row, key in enumerate(staff.key):
        role, week = staff.role[row], int(staff.exit_week[row])
        if one.week % 52 == 0:
            large = state.chart.pupils >= 29_000
            rate = p.superintendent_leaves_large if large else p.superintendent_leaves
            rate = rate if role <= 2 else p.supervisor_leaves if role == 3 else p.staff_leave
            u = one.of("turnover.office", key)
            week = 4 * math.floor(13 * u / rate) if u < rate else -1
        if week == one.week % 52 and staff.filled[row]:
            u = [one.of("turnover.successor", key, one.week, slot) for slot in range(3)]
            skill = p.supervisor_skill + INVERSE(u[2])
            found[row] = (0.2 + 0.8 * u[0], u[1] < p.continues, skill)
    return found


PERSON = ("leadership", "own_leadership", "experience", "continuity", "plan_belief", "holder")


def checked_turnover(seen):
    def step(state, p, draw):
        one, week = Draw(draw, state.week), state.week % 52
        office = office_leaves(state, p, one) if week % 4 == 0 else {}
        decided = teachers_decide(state, p, one) if week == 24 else None
        pairs = transfers(state, one) if week == 40 else None
        carried, promoted = promotions(state, p, one, office)
        stay = [
            (False, promoted.get(r, lead)) for r, lead in enumerate(state.principals.leadership)
        ]
        principals = principals_leave(state, p, one, promoted) if week == 40 else stay
        before = {name: getattr(state.principals, name).copy() for name in PERSON}
        left = state.district.principals_left[0] if week else 0
        holders, skill = state.staff.holder.copy(), state.teachers.skill.copy()
        stayed = state.teachers.filled & ~state.teachers.leaving
        years = state.teachers.experience + state.teachers.filled
        turnover.step(state, p, draw)
        came = np.flatnonzero(state.staff.holder - holders)
        assert sorted(office) == came.tolist()
        for row, (willing, follows, able) in office.items():
            successor(state, p, row, willing, follows, able + carried.get(row, 0.0))
        principals_after(state.principals, before, principals, promoted, week == 40)
        left += len(promoted) + sum(goes for goes, _ in principals)
        assert state.district.principals_left[0] == left
        seen["promoted"] += len(promoted)
        if decided:
            found = zip(state.teachers.leaving, state.teachers.moving, state.teachers.notice_week)
            for row, (expected, (goes, moves, notice)) in enumerate(zip(decided, found)):
                assert (goes, moves) == expected[:2], row
                assert not goes or notice == expected[2], row
        if week == 40:
            for old, new in pairs:
                assert (state.teachers.skill[:, new] == skill[:, old]).all()
                assert state.teachers.filled[new]
            assert (state.teachers.experience == years)[stayed].all()
            for name in ("late_weeks", "leaving", "moving"):
                assert not getattr(state.teachers, name).any(), name
            seen["moved"] += len(pairs)
            seen["principals"] += sum(goes for goes, _ in principals)
        seen["office"] += len(office)
        seen["leaders"] += sum(state.staff.role[row] <= 2 for row in office)
        seen["late"] += int((state.teachers.late_weeks > 0).sum())

    return step


def successor(state, p, row, willing, follows, able):
    """Somebody new at a desk of the office: what they bring, and what is forgotten with the old."""
    staff = state.staff
    assert staff.willingness[row] == pytest.approx(willing)
    assert staff.follows[row] == follows
    assert staff.skill[row] == pytest.approx(able)
    assert (staff.appropriation[:, row] == p.newcomer).all()
    assert (staff.kept[row], staff.backlog[row], staff.exit_week[row]) == (1.0, 0.0, -1)
    assert staff.familiarity[row] == 0.0
    usual = min(state.chart.normal_leader_hours, p.research_use.leader_hours)
    habit = p.research_use.leader_hours if follows else usual
    assert staff.leading_habit[row] == (habit if staff.role[row] <= 2 else 0.0)


def principals_after(principals, before, expected, promoted, june):
    for row, (goes, lead) in enumerate(expected):
        new = goes or row in promoted
        assert principals.leadership[row] == pytest.approx(lead)
        own = lead if new else before["own_leadership"][row]
        assert principals.own_leadership[row] == pytest.approx(own)
        years = 0 if row in promoted else before["experience"][row]
        assert principals.experience[row] == (0 if goes else years + june)
        for name in ("continuity", "plan_belief"):
            assert getattr(principals, name)[row] == (0 if new else before[name][row])
        assert principals.holder[row] == before["holder"][row] + goes + (row in promoted)


def replaced(monkeypatch, name, step):
    calendar = [(n, step if n == name else usual) for n, usual in school_year.EVERY_WEEK]
    monkeypatch.setattr(school_year, "EVERY_WEEK", tuple(calendar))


@pytest.mark.parametrize("moved", [False, True])
def test_a_second_count_of_departures_finds_the_same(monkeypatch, moved):
    seen = {"moved": 0, "principals": 0, "office": 0, "late": 0, "leaders": 0, "promoted": 0}
    replaced(monkeypatch, "turnover", checked_turnover(seen))
    levers = {
        "hr.move_principals": moved,
        "research_use.leader_hours": 4,
        "supervision.caseload": 4,
    }
    often = {"turnover": {"superintendent_leaves": 0.8, "supervisor_leaves": 0.6}}
    Simulation(District.synthetic(12, 3), Policy("move", levers), 2, parameters=often).run(3)
    assert min(seen.values()) > 0


def checked_learning(state, p, draw):
    """Pupils' teaching, gains and test scores, school by school and subject by subject."""
    teachers, schools, one = state.teachers, state.schools, Draw(draw, state.week)
    lasting, response = schools.lasting_gain.copy(), schools.lasting_response.copy()
    learning.step(state, p, draw)
    if state.week % 52 != 39:
        return
    effects = (p.mathematics_effect, p.ela_effect, p.science_effect)
    for place, key in enumerate(schools.key):
        at = np.flatnonzero(teachers.school == place)
        for subject in range(3):
            total = weight = 0.0
            for row in at:
                years = teachers.experience[row]
                own = teachers.skill[subject, row]
                own -= p.beginner if years < 1 else p.early if years < 3 else 0.0
                late = teachers.late_weeks[row] / 40
                got = late * p.substitute + (1 - late) * own
                got = got if teachers.filled[row] else p.substitute
                total += teachers.teaches[subject, row] * got
                weight += teachers.teaches[subject, row]
            quality = total / weight if weight else 0.0
            assert schools.quality[subject, place] == pytest.approx(quality)
            gain = p.persistence * lasting[subject, place] + effects[subject] * quality
            assert schools.lasting_gain[subject, place] == pytest.approx(gain)
            low = schools.low_income[place]
            base = schools.base_score[subject, :, place]
            suits = p.persistence * response[subject, place]
            suits += effects[subject] * schools.responsiveness[place]
            assert schools.lasting_response[subject, place] == pytest.approx(suits)
            expected = [base[0] + gain + suits, base[1] + gain]
            assert schools.score[subject, :, place] == pytest.approx(expected)
            mean = low * (base[0] + suits) + (1 - low) * base[1] + gain
            pupils = INVERSE(one.of("learning.pupils", key, slot=subject))
            day = INVERSE(one.of("learning.day", key, slot=subject))
            mean += p.pupil_error / math.sqrt(schools.enrolment[place]) * pupils
            assert schools.measured_score[subject, place] == pytest.approx(
                mean + p.school_error * day
            )


def test_a_second_count_of_learning_finds_the_same(monkeypatch):
    replaced(monkeypatch, "learning", checked_learning)
    Simulation(District.synthetic(9, 3), "better_hiring", 2).run(2)


def month_of_service(p, units, name, before, serving, familiar):
    """Service of HR or operations a month on; familiar: of HR partners, None without cases."""
    row, hr = UNITS.index(name), name == "human_resources"
    on = units.understanding[row]
    seen = p.seen_scorecard if p.operations.scorecard else p.seen
    pace = p.pace
    if hr and familiar is not None:
        seen += (1 - seen) * familiar * max(0.0, on - 1) / 3
        pace *= 1 - p.case_loss * (1 - familiar)
    filled_in = units.buffered[row] if hr else 0.0
    covered = p.team_covers_now * (1 - on / 4)
    kept = 1 - (1 - filled_in) * (1 - covered)
    answered = min(1.0, before * units.capacity[row])
    felt = seen * (1 - answered) * (1 - p.shield * kept)
    slowest = min(serving)
    if p.office.project_management:
        slowest += p.project_owns * (sum(serving) / len(serving) - slowest)
    able = p.untrained + (1 - p.untrained) * (
        (1 - p.crossing) * on / 4 + p.crossing * min(on, slowest) / 4
    )
    return min(1.0, max(0.0, before + 4 * (pace * felt * able - p.decay * (before - p.floor))))


SERVICE_LEVERS = {
    "status quo": {},
    "scorecard": {"operations.scorecard": True},
    "cases": {"hr.case_management": True, "research_use.leader_knowledge": 3},
    "teams": {"office.cross_functional_teams": True},
    "project management": {"office.project_management": True},
    "fewer people": {"office.budget_cut": 0.25, "operations.scorecard": True},
    "all": {
        "operations.scorecard": True, "hr.case_management": True, "office.aligned_units": 5,
        "office.cross_functional_teams": True, "office.project_management": True,
    },
}  # fmt: skip


@pytest.mark.parametrize("levers", SERVICE_LEVERS.values(), ids=SERVICE_LEVERS)
def test_a_second_count_of_services_finds_the_same(monkeypatch, levers):
    moved = {"human_resources": 0, "operations": 0}

    def step(state, p, draw):
        before, staff = state.units.service.copy(), state.staff
        known = staff.familiarity.copy()
        service.step(state, p, draw)
        serving = [float(state.units.understanding[row]) for row in (2, 3, 4)]
        partners = [row for row in range(len(staff)) if staff.role[row] == 5]
        p = SimpleNamespace(**vars(p), team_covers_now=0.0)
        p.team_covers_now = 0.4 if p.office.cross_functional_teams else 0.0
        familiar = None
        if p.hr.case_management and state.week % 4 == 3:
            share = min(1.0, p.familiar_schools * len(partners) / len(state.schools))
            expected = [f + 4 * p.familiar_pace * share * (1 - f) for f in known[partners]]
            assert staff.familiarity[partners] == pytest.approx(expected)
            familiar = sum(expected) / len(expected)
        for name in UNITS:
            row = UNITS.index(name)
            now, expected = state.units.service[row], before[row]
            if name in moved and state.week % 4 == 3:
                expected = month_of_service(p, state.units, name, expected, serving, familiar)
                moved[name] += now != before[row]
            assert now == pytest.approx(expected), name

    replaced(monkeypatch, "service", step)
    policy = Policy("levers", {**levers, "research_use.leader_hours": 4})
    Simulation(District.synthetic(9, 3), policy, 2).run(2)
    assert min(moved.values()) > 10
