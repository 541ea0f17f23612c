"""Luck: the same people meet the same chance, whatever else differs."""

import numpy as np
import pytest
from same_bits import differences, history

from districtsim import school_year, simulation
from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.draws import Draws
from districtsim.world.policies import Policy

# decisions drawn for every post, whoever holds it and whatever the policy
FOR_EVERYONE = (
    "population.skill",
    "population.leadership",
    "time_use.trouble",
    "turnover.leaves",
    "turnover.stays",
    "turnover.notice",
    "turnover.transfer",
    "turnover.principals",
    "turnover.new_principal",
    "turnover.office",
    "supervision.need",
    "supervision.survey",
    "learning.pupils",
    "learning.day",
    "learning.rating",
)


class Noted(Draws):
    """Draws that keep a note of every single draw: {(stream, tick, slot, key): uniform}."""

    notes = None

    def uniform(self, stream, keys, tick=0, slot=0):
        found = super().uniform(stream, keys, tick, slot)
        when = np.reshape(tick, (-1, 1)) if isinstance(tick, list) else tick
        each = (array.ravel().tolist() for array in np.broadcast_arrays(when, slot, keys, found))
        note = self.notes.setdefault(stream, {})
        for t, s, k, v in zip(*each):
            assert note.setdefault((t, s, k), v) == v
        return found


def noted(monkeypatch, district, policy, seed=1, years=2, **others):
    """The state at the end of a run, and every draw it made."""
    noting = type("Noting", (Noted,), {"notes": {}})
    monkeypatch.setattr(simulation, "Draws", noting)
    run = Simulation(district, policy, seed, **others)
    run.run(years)
    monkeypatch.undo()
    return run.state, noting.notes


def shared(one, other):
    """Checks that draws made in both runs are the same; how many there are, by stream."""
    found = {}
    for stream in set(one) & set(other):
        both = one[stream].keys() & other[stream].keys()
        assert all(one[stream][name] == other[stream][name] for name in both), stream
        found[stream] = len(both)
    return found


def test_the_same_seed_gives_the_same_bits():
    found = [Simulation("tacoma", "better_hiring", 7) for _ in range(2)]
    histories = [run.run(2) for run in found]
    assert differences(*histories) == []
    for name, table in found[0].state.tables().items():
        other = getattr(found[1].state, name)
        for column in table.columns():
            values, again = getattr(table, column.name), getattr(other, column.name)
            assert values.tobytes() == again.tobytes(), f"{name}.{column.name}"


def test_another_seed_gives_another_run():
    eight = District.synthetic(8, 2)
    assert "teaching_quality" in differences(*(history(eight, "status_quo", s) for s in (1, 2)))


@pytest.mark.parametrize("other", ["better_hiring", "aligned_pd", "small_caseload", "coach_led"])
def test_another_policy_moves_no_draw(monkeypatch, other):
    district = District.synthetic(8, 2)
    _, usual = noted(monkeypatch, district, "status_quo")
    _, changed = noted(monkeypatch, district, other)
    count = shared(usual, changed)
    for stream in FOR_EVERYONE:
        assert usual[stream].keys() <= changed[stream].keys(), stream
        assert count[stream] == len(usual[stream])


def test_candidates_of_a_post_are_the_same_under_every_policy(monkeypatch):
    """Of the first season, when nobody yet leaves because of the policy, all vacancies agree."""
    district = District.synthetic(8, 2)
    arms = [noted(monkeypatch, district, name, years=1) for name in ("status_quo", "better_hiring")]
    (one, usual), (other, changed) = arms
    seasons = [{tick for tick, _, _ in notes["hiring.candidates"]} for notes in (usual, changed)]
    assert seasons == [{-1, 0}, {-1, 0}]
    first = [{n for n in notes["hiring.candidates"] if n[0] == -1} for notes in (usual, changed)]
    assert first[0] == first[1]
    assert shared(usual, changed)["hiring.candidates"] >= 144 * 10  # 6 attributes x 24 candidates
    both = (one.teachers.ability != 0).any(axis=0) & (other.teachers.ability != 0).any(axis=0)
    same = (one.teachers.ability == other.teachers.ability)[:, both].all(axis=0)
    assert same.mean() > 0.9  # posts that fell vacant in other seasons aside


def test_a_school_more_elsewhere_moves_no_draw(monkeypatch):
    small, usual = noted(monkeypatch, District.synthetic(8, 2), "status_quo")
    large, more = noted(monkeypatch, District.synthetic(9, 2), "status_quo")
    count = shared(usual, more)
    offices = {"turnover.office", "turnover.successor", "population.willingness"}
    for stream in set(FOR_EVERYONE) - offices:
        assert count[stream] == len(usual[stream]), stream
        assert len(more[stream]) > len(usual[stream]), stream
    rows = len(small.teachers)
    assert (large.teachers.key[:rows] == small.teachers.key).all()
    assert (large.principals.key[:8] == small.principals.key).all()


def test_another_supervisor_moves_no_draw(monkeypatch):
    """A desk more in the supervision unit: everybody else in the office meets the same chance."""
    district = District.synthetic(40, 2)
    usual, before = noted(monkeypatch, district, "status_quo", years=1)
    more, after = noted(monkeypatch, district, Policy("one", {"supervision.caseload": 13}), years=1)
    assert more.chart.desks == usual.chart.desks + 1  # ceil(40 / 13) = 4, ceil(40 / 16) = 3
    assert (more.staff.key[:-1] == usual.staff.key).all()
    assert (more.staff.role[:-1] == usual.staff.role).all()
    count = shared(before, after)
    for stream in FOR_EVERYONE:
        assert count[stream] == len(before[stream]), stream


@pytest.mark.parametrize("place", [0, 4, len(school_year.EVERY_WEEK)])
def test_a_mechanism_that_does_nothing_changes_no_bit(monkeypatch, place):
    district = District.synthetic(8, 2)
    usual = history(district, "leader_led")

    def nothing(state, p, draw):
        draw.uniform("nothing.at_all", state.teachers.key, state.week)

    weekly = list(school_year.EVERY_WEEK)
    weekly.insert(place, ("money", nothing))  # with money's card, since it has none of its own
    monkeypatch.setattr(school_year, "EVERY_WEEK", tuple(weekly))
    assert differences(usual, history(district, "leader_led")) == []


def test_runs_before_it_do_not_matter():
    """Nothing is left over from one run to the next in the same process."""
    eight = District.synthetic(8, 2)
    first = history(eight, "status_quo")
    for name in ("coach_led", "aligned_pd"):
        history("pomeroy", name, 9)
    assert differences(first, history(eight, "status_quo")) == []


def test_two_runs_at_once_do_not_meet():
    eight = District.synthetic(8, 2)
    alone = [history(eight, name) for name in ("status_quo", "coach_led")]
    together = [Simulation(eight, name, 1) for name in ("status_quo", "coach_led")]
    for _ in range(104):
        for run in together:
            run.step()
    for one, run in zip(alone, together):
        assert differences(one, run.history()) == []


def test_the_order_of_schools_is_irrelevant():
    """Schools in another order: the same numbers, but for the rounding of sums.

    With one supervisor and one group of principals, since lists of principals go by row.
    """
    even = {"time_use": {"burst_groups": 1.0}}
    district = District.synthetic(12, 4)
    order = np.random.default_rng(1).permutation(12)
    turned = District.synthetic(12, 4)
    object.__setattr__(turned, "schools", turned.schools.take(order))
    one, other = (
        history(place, "status_quo", years=3, parameters=even) for place in (district, turned)
    )
    for name, (groups, values) in one.yearly.items():
        assert other.yearly[name][0] == groups
        assert other.yearly[name][1] == pytest.approx(values, rel=1e-9, abs=1e-9, nan_ok=True), name


@pytest.mark.parametrize("schools", [2, 5, 11])
def test_the_first_schools_of_a_longer_district_have_the_same_teachers(schools):
    """Experience goes with poverty relative to the district's mean, so only without that slope."""
    flat = {"population": {"experience_by_poverty": 0.0}}
    small, large = (
        Simulation(
            District.synthetic(number, 6), "status_quo", 3, parameters=flat, without=EVERYTHING
        )
        for number in (schools, 12)
    )
    rows = len(small.state.teachers)
    for name in ("key", "skill", "floor", "experience", "of_color", "teaches", "school"):
        one, other = (getattr(run.state.teachers, name) for run in (small, large))
        assert np.array_equal(one, other[..., :rows]), name
    for name in ("key", "leadership", "experience", "rating", "need"):
        one, other = (getattr(run.state.principals, name) for run in (small, large))
        assert np.array_equal(one, other[:schools]), name


EVERYTHING = tuple(name for name, _ in school_year.EVERY_WEEK)  # day one as it was drawn


REPLICATES, YEARS = 12, 5


def arm(policy):
    """The last year of every replicate, {(outcome, group): (replicates,)}, on Tacoma."""
    found = {("teaching_quality", "all"): [], ("principal_leadership", "all"): []}
    for seed in range(REPLICATES):
        yearly = history("tacoma", policy, 100 + seed, YEARS).yearly
        for (outcome, group), values in found.items():
            groups, numbers = yearly[outcome]
            values.append(numbers[-1, groups.index(group)])
    return {name: np.array(values) for name, values in found.items()}


@pytest.fixture(scope="module")
def usual():
    return arm("status_quo")


@pytest.mark.parametrize(
    ("weak", "levers", "outcome"),
    [
        ("seven PD days for six", {"pd.days": 7}, "teaching_quality"),
        ("half a day protected", {"supervision.protected_days": 0.5}, "principal_leadership"),
    ],
)
def test_pairing_makes_a_weak_policy_visible(record_property, usual, weak, levers, outcome):
    """Standard error of the difference in year 5, unpaired over paired."""
    before, after = (values[outcome, "all"] for values in (usual, arm(Policy("weak", levers))))
    unpaired = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / REPLICATES)
    paired = (after - before).std(ddof=1) / np.sqrt(REPLICATES)
    ratio = unpaired / paired
    record_property(
        "measured",
        f"{weak}, {outcome} {(after - before).mean():+.4f} SD: standard error of the difference "
        f"unpaired {unpaired:.5f}, paired {paired:.5f}, ratio {ratio:.1f}",
    )
    assert ratio > 3
