"""Head-counts: nobody appears or vanishes without being hired, leaving or moving."""

import numpy as np
import pytest
from hypothesis import given, settings
from random_worlds import SEEDS, districts, policies

from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.policies import Policy
from districtsim.world.state import NO_STAGE, OFFERED, YEAR_WEEKS

JUNE = 40
FIXED = {
    "schools": ("key", "level", "enrolment", "low_income", "posts", "first"),
    "principals": ("key", "filled"),
    "teachers": ("key", "school", "teaches"),
    "staff": ("key", "role", "unit", "led_by"),
}
PERSON = ("skill", "floor", "fresh", "experience", "of_color")  # what a teacher takes along


class Counted(Simulation):
    """A Simulation that keeps the books of its people, the spring before included."""

    def _run_week(self):
        if not hasattr(self, "books"):
            self.books, self.fixed, self.left = [], snapshot(self.state), 0.0
        teachers = self.state.teachers
        week = self.state.week
        before = {
            name: getattr(teachers, name).copy()
            for name in ("filled", "holder", "leaving", "moving", *PERSON)
        }
        posts = [table.holder.copy() for table in (self.state.principals, self.state.staff)]
        super()._run_week()
        self.books.append(entry(self.state, week, before))
        self._principals(week, self.state.principals.holder - posts[0])
        assert (self.state.staff.holder >= posts[1]).all()
        assert np.isin(self.state.staff.holder - posts[1], (0, 1)).all()
        no_vacancy_is_forgotten(self.state, week)

    def _principals(self, week, new):
        """Who goes in June or is promoted has a successor at once, and is counted, once each."""
        assert (new >= 0).all()
        assert (new <= 1 + (week % YEAR_WEEKS == JUNE)).all(), f"week {week}"
        assert week % YEAR_WEEKS == JUNE or week % 4 == 0 or not new.any()
        self.left = new.sum() + (self.left if week % YEAR_WEEKS else 0.0)
        assert self.state.district.principals_left[0] == self.left, f"week {week}"
        principals = self.state.principals
        assert (principals.experience[new > 0] <= 1.0).all()
        assert (principals.plan_belief[new > 0] == 0.0).all()


def snapshot(state):
    return {
        (table, name): getattr(getattr(state, table), name).copy()
        for table, names in FIXED.items()
        for name in names
    }


def entry(state, week, before):
    """One week's book: people before and after, who went, who moved, who was hired."""
    teachers = state.teachers
    new = teachers.holder - before["holder"]
    assert np.isin(new, (0, 1)).all(), f"week {week}"
    assert teachers.filled[new == 1].all(), "a new holder holds the post"
    gone = before["leaving"] if week % YEAR_WEEKS == JUNE else np.zeros_like(before["leaving"])
    stayed = before["filled"] & ~gone
    assert (teachers.filled == (stayed | (new == 1))).all(), f"week {week}: who is there"
    assert not new[stayed].any(), f"week {week}: a filled post got another holder"
    if week % YEAR_WEEKS == JUNE:
        moved = new == 1
        pairs = took_along(teachers, before, moved)
        found = {"moved": int(moved.sum()), "hired": 0, "pairs": pairs}
        assert found["moved"] <= before["moving"].sum()
    else:
        found = {"moved": 0, "hired": int(new.sum())}
    return {
        "week": week,
        "before": int(before["filled"].sum()),
        "gone": int((before["filled"] & gone).sum()),
        "after": int(teachers.filled.sum()),
        "hires": float(state.district.hires[0]),
        **found,
    }


def took_along(teachers, before, moved):
    """Every teacher who moved is one of those who wanted to, as they were, and nobody is two.

    Returns (old post, new post) of each.
    """
    year_older = before["experience"] + before["filled"]
    sources = {}
    for row in np.flatnonzero(before["moving"]):
        sources.setdefault(before["skill"][:, row].tobytes(), []).append(row)
    pairs = []
    for row in np.flatnonzero(moved):
        old = sources[teachers.skill[:, row].tobytes()].pop()
        assert (teachers.floor[:, row] == before["floor"][:, old]).all()
        assert (teachers.fresh[:, row] == before["fresh"][:, old]).all()
        assert teachers.experience[row] == year_older[old]
        assert teachers.of_color[row] == before["of_color"][old]
        assert (teachers.teaches[:, row] == teachers.teaches[:, old]).all()
        pairs.append((old, row))
    return pairs


def no_vacancy_is_forgotten(state, week):
    """Every empty post has a notice to come, waits in a stage, or has somebody signed for it."""
    teachers = state.teachers
    coming = teachers.notice_week > week % YEAR_WEEKS
    known = coming | (teachers.stage != NO_STAGE) | (teachers.successor >= 0)
    lost = ~teachers.filled & ~known
    assert not lost.any(), f"week {week}: posts {np.flatnonzero(lost)} are empty and forgotten"
    assert np.isin(teachers.stage, range(NO_STAGE, OFFERED + 1)).all()
    assert ((teachers.successor >= -1) & (teachers.successor < 24)).all()


def balance(simulation):
    for book in simulation.books:
        assert book["after"] == book["before"] - book["gone"] + book["moved"] + book["hired"], book
    for (table, name), value in simulation.fixed.items():
        now = getattr(getattr(simulation.state, table), name)
        assert np.array_equal(now, value), f"{table}.{name} changed"


def season_sums_are_those_of_the_books(simulation):
    """Hires as recorded in winter: those of week 51 and of the weeks of school until then."""
    hired = {book["week"]: book["hired"] for book in simulation.books}
    recorded = {book["week"]: book["hires"] for book in simulation.books}
    for week in recorded:
        if week % YEAR_WEEKS == 20:
            start = week - week % YEAR_WEEKS - 1
            assert recorded[week] == sum(hired[w] for w in range(start, week + 1))


def run(district, policy, seed, weeks):
    simulation = Counted(district, policy, seed)
    for _ in range(weeks):
        simulation.step()
    balance(simulation)
    season_sums_are_those_of_the_books(simulation)
    return simulation


@settings(max_examples=25)
@given(policy=policies(156), district=districts(), seed=SEEDS)
def test_people_balance_under_any_policy(policy, district, seed):
    run(district, policy, seed, 3 * YEAR_WEEKS)


@pytest.mark.parametrize("name", ["status_quo", "better_hiring"])
def test_people_balance_in_a_real_district(name):
    simulation = run("tacoma", name, 1, 3 * YEAR_WEEKS)
    moved = sum(book["moved"] for book in simulation.books)
    hired = sum(book["hired"] for book in simulation.books)
    gone = sum(book["gone"] for book in simulation.books)
    assert min(moved, hired, gone) > 0  # there is something to balance
    first, last = simulation.books[0]["before"], simulation.books[-1]["after"]
    assert last == first - gone + moved + hired


def test_promoted_principals_are_counted_among_those_who_left():
    """Where supervisors come and go, and a school gets a new principal when its own is promoted."""
    often = {"turnover": {"supervisor_leaves": 0.9}}
    policy = Policy("many", {"supervision.caseload": 3})
    simulation = Counted(District.synthetic(12, 5), policy, 3, parameters=often)
    before = simulation.state.principals.holder.sum()
    promoted = 0
    for week in range(2 * YEAR_WEEKS):
        holder = simulation.state.principals.holder.sum()
        simulation.step()
        if week % YEAR_WEEKS != JUNE:
            promoted += simulation.state.principals.holder.sum() - holder
    assert promoted > 3
    groups, values = simulation.history().yearly["principal_turnover"]
    came = simulation.state.principals.holder.sum() - before
    assert values[:, groups.index("all")].sum() * 12 == pytest.approx(came)


def test_teachers_who_want_another_school_get_another_school():
    simulation = run("tacoma", "status_quo", 1, 3 * YEAR_WEEKS)
    school = simulation.state.teachers.school
    pairs = [pair for book in simulation.books for pair in book.get("pairs", ())]
    assert len(pairs) > 20
    same = [(old, new) for old, new in pairs if school[old] == school[new]]
    own = [old for old, new in same if old == new]
    assert not same, f"{len(same)} of {len(pairs)} stay in their school, {len(own)} in their post"


def test_recorded_turnover_is_that_of_the_books():
    simulation = run("tacoma", "status_quo", 2, 3 * YEAR_WEEKS)
    groups, values = simulation.history().yearly["teacher_turnover"]
    books = {book["week"]: book for book in simulation.books}
    for year in range(3):
        june = books[year * YEAR_WEEKS + JUNE]
        decided = books[year * YEAR_WEEKS + 24]["after"]
        assert values[year, groups.index("all")] == pytest.approx(june["gone"] / decided)


def test_those_who_left_the_district_are_those_who_went_nowhere_in_it():
    """Movers who find no vacancy leave the district too, and are counted as such."""
    simulation = run("tacoma", "status_quo", 2, 3 * YEAR_WEEKS)
    groups, values = simulation.history().yearly["teacher_turnover"]
    books = {book["week"]: book for book in simulation.books}
    for year in range(3):
        june = books[year * YEAR_WEEKS + JUNE]
        decided = books[year * YEAR_WEEKS + 24]["after"]
        found = values[year, groups.index("left the district")]
        assert found == pytest.approx((june["gone"] - june["moved"]) / decided)


def test_principals_who_left_are_those_with_a_new_holder():
    simulation = Simulation("tacoma", Policy("move", {"hr.move_principals": True}), 3)
    for year in range(3):
        before = simulation.state.principals.holder.copy()
        for _ in range(YEAR_WEEKS):
            simulation.step()
        new = simulation.state.principals.holder - before
        groups, values = simulation.history().yearly["principal_turnover"]
        assert groups == ("all",)
        assert values[year, 0] == pytest.approx(new.sum() / len(new))


def test_shapes_never_change():
    simulation = Simulation(District.synthetic(7, 4), "aligned_pd", 1)
    before = shapes(simulation.state)
    simulation.run(2)
    assert shapes(simulation.state) == before


def shapes(state):
    return {
        (name, column.name): (
            getattr(table, column.name).shape,
            getattr(table, column.name).dtype,
        )
        for name, table in state.tables().items()
        for column in table.columns()
    }
