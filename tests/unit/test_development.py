"""Development: PD hours, their fit and what settles, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.mechanisms.development import (
    aligned_plan,
    beliefs,
    believed_from_scores,
    event_hours,
    events,
    match,
    needs,
    plan,
    plan_fit,
    school_means,
    settled,
    siloed_shares,
    tier_hours,
)
from districtsim.world.state import State

TIERS = SimpleNamespace(tier_first=2.0, tier_second=1.0, tier_third=0.6, tier_fourth=0.4)


def test_pd_fits_near_its_level():
    skill = np.array([0.0, 1.0, 2.0, 3.0, 5.0, -1.0])
    # distances 1, 0, 1, 2, 4, 2 of width 2: (1 - 1/4)^2 at 1, nothing from 2 on
    assert match(skill, 1.0, 2.0) == pytest.approx([0.5625, 1.0, 0.5625, 0.0, 0.0, 0.0])


def test_days_are_spread_over_the_months_of_term():
    # months floor(10 e / 6): 0, 1.67, 3.33, 5, 6.67, 8.33; weeks 4 x month + 1
    assert events(6) == {1: [0], 5: [1], 13: [2], 21: [3], 25: [4], 33: [5]}
    assert events(2.5) == {1: [0], 13: [1], 25: [2]}
    assert events(0) == {}
    # as many as the school with most
    assert events(np.array([0.0, 3.0])) == {1: [0], 13: [1], 25: [2]}
    # floor(10 e / 12): 0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9
    assert list(events(12).values()) == [
        [0, 1], [2], [3], [4], [5], [6, 7], [8], [9], [10], [11]
    ]  # fmt: skip
    assert max(events(15)) == 37  # the tenth month of term


def test_the_last_day_may_be_a_part():
    assert [float(event_hours(event, 2.5, 8.0)) for event in range(4)] == [8.0, 8.0, 4.0, 0.0]
    assert event_hours(1, np.array([0.0, 1.5, 6.0]), 8.0) == pytest.approx([0.0, 4.0, 8.0])


def test_the_hours_of_all_events_are_the_days_of_the_year():
    for days in (0.0, 0.3, 1.0, 6.0, 14.99, 15.0):
        given = [float(event_hours(e, days, 7.5)) for week in events(days).values() for e in week]
        assert sum(given) == pytest.approx(7.5 * days)


def test_a_subject_that_takes_its_own_leaves_the_rest_to_two():
    assert siloed_shares("ela", 0.6) == pytest.approx([0.2, 0.6, 0.2])
    assert siloed_shares("mathematics", 1.0) == pytest.approx([1.0, 0.0, 0.0])


def test_tiers_go_by_scores_and_keep_the_budget():
    scores, posts = np.array([0.3, -1.0, 0.1, 0.5]), np.array([10, 20, 10, 10])
    ratio, lowest = tier_hours(scores, posts, TIERS)
    # ratios 0.6, 2, 1, 0.4; by posts (6 + 40 + 10 + 4) / 50 = 1.2
    assert ratio == pytest.approx([0.5, 2 / 1.2, 1 / 1.2, 1 / 3])
    assert lowest.tolist() == [False, True, False, False]
    assert ratio @ posts == pytest.approx(50.0)


def test_equal_scores_fall_by_row():
    ratio, lowest = tier_hours(np.array([1.0, 1.0]), np.array([10, 10]), TIERS)
    # places 0 and 1 of two schools: tiers 0 and 2, ratios 2 and 0.6, mean 1.3
    assert ratio == pytest.approx([2 / 1.3, 0.6 / 1.3])
    assert lowest.tolist() == [True, False]


def test_an_aligned_plan_goes_where_teaching_needs_it():
    believed = np.array([[0.0, -1.0], [0.0, 0.5], [0.0, 2.0]])
    ratio, share = aligned_plan(believed, np.array([10, 30]))
    # needs 1, 1, 1 and 2, 0.5, 0.3 (at least); means 1 and 2.8/3; by posts (10 + 28) / 40 = 0.95
    assert ratio == pytest.approx([1 / 0.95, 2.8 / 3 / 0.95])
    assert share == pytest.approx(
        np.array([[1 / 3, 2 / 2.8], [1 / 3, 0.5 / 2.8], [1 / 3, 0.3 / 2.8]])
    )


def test_need_has_an_upper_bound():
    _, share = aligned_plan(np.array([[-9.0], [0.0], [1.0]]), np.array([5]))
    assert share == pytest.approx(np.array([[3 / 4.3], [1 / 4.3], [0.3 / 4.3]]))


def test_beliefs_from_scores_are_standardised_over_schools():
    measured = np.array([[0.0, 2.0], [5.0, 5.0], [-1.0, -3.0]])
    expected = [[-0.4, 0.4], [0.0, 0.0], [0.4, -0.4]]  # SD 1, 0 (all alike) and 1
    assert believed_from_scores(measured, 0.4) == pytest.approx(np.array(expected))


def test_school_means_weigh_by_what_is_taught():
    values = np.array([[1.0, 3.0, 5.0], [4.0, 9.0, 9.0], [0.0, 4.0, 1.0]])
    teaches = np.array([[1.0, 1.0, 1.0], [0.5, 0.0, 0.0], [0.25, 0.75, 0.0]])
    found = school_means(values, teaches, np.array([0, 2]))
    assert found == pytest.approx(np.array([[2.0, 5.0], [4.0, 0.0], [3.0, 0.0]]))


def test_fresh_knowledge_settles_with_practice_or_is_forgotten():
    p = SimpleNamespace(settles=0.03, settles_practised=0.6, forgetting=0.1)
    practised = np.array([0.0, 0.2, 5.0])
    gain, kept = settled(np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 2.0]]), practised, p)
    # a week: 0.03, 0.15 and at most 0.8 settle, 0.1 is forgotten; kept 0.87^4, 0.75^4, 0.1^4
    assert kept == pytest.approx([0.57289761, 0.31640625, 0.0001])
    # 3/13 x 0.42710239, 0.15/0.25 x 0.68359375, 8/9 x 0.9999
    once = [0.098562, 0.41015625, 0.8888]
    assert gain == pytest.approx(np.array([once, [2 * once[0], 0.0, 2 * once[2]]]), abs=1e-6)
    assert practised.tolist() == [0.0, 0.2, 5.0]


class Luck:
    """Errors of one SD, by stream; others are 0."""

    def __init__(self, *streams):
        self.streams = streams

    def normal(self, stream, keys, tick, slots=0):
        shape = np.broadcast_shapes(np.shape(slots), (len(keys),))
        return np.full(shape, float(stream.split(".")[1] in self.streams))


def two_schools(data="test_scores", plans="goals", placing=False, consulted=False, **others):
    """Schools of one and two teachers, all generalists, the same in every subject."""
    state = State(2, 3, 4)
    schools, teachers = state.schools, state.teachers
    schools.posts[:] = [1, 2]
    teachers.school[:] = [0, 1, 1]
    teachers.teaches[:] = [[0.4], [0.4], [0.2]]
    teachers.skill[:] = [[1.0, 0.0, 2.0]] * 3
    schools.measured_score[:] = [[-1.0, 1.0]] * 3
    state.principals.plan_belief[:] = [0.5, 0.0]
    state.chart.first = np.array([0, 1])
    state.chart.unit_staff = slice(1, 4)
    state.chart.dose = np.ones((3, 3))
    state.staff.hours[8, 1] = 40.0
    p = SimpleNamespace(
        off_plan=0.5, score_spread=0.4, rubric_error=0.5, principal_error=0.6, width=2.0,
        common_level=-1.0, excused_below=0.25, day_hours=5.0, training_share=0.25,
        preparation=3.0, group=10.0,
        consulting_hours=4.0, untrained=0.4, understands_at=2.0, stretch=0.3,
        pd=SimpleNamespace(
            data=data, consult_principals=consulted, allocation=others.get("allocation", "siloed"),
            first_subject="ela", first_share=0.5, days=6.0,
        ),
        planning=SimpleNamespace(improvement_plan=plans),
        hr=SimpleNamespace(joint_placement=placing),
    )  # fmt: skip
    return state, p


def one(values):
    """All subjects alike: the row of one."""
    assert (np.ptp(values, axis=0) < 1e-12).all()
    return values[0]


def test_beliefs_from_scores_know_no_teacher():
    state, p = two_schools()
    schools, teachers, _ = beliefs(state, p, Luck("rubric", "staffing", "capacity"))
    assert one(schools) == pytest.approx([-0.4, 0.4])
    assert one(teachers) == pytest.approx([-0.4, 0.4, 0.4])


def test_beliefs_from_observed_teaching():
    state, p = two_schools("teaching_quality")
    schools, teachers, _ = beliefs(state, p, Luck("rubric"))
    # seen 0.5 too good; reliability 1 / 1.25: 0.8 x seen + 0.2 x the school's 1.5
    assert one(schools) == pytest.approx([1.5, 1.5])
    assert one(teachers) == pytest.approx([1.5, 0.7, 2.3])
    state.principals.clarity[:] = 2.0  # twice as clear: half the error
    assert one(beliefs(state, p, Luck("rubric"))[0]) == pytest.approx([1.25, 1.25])


def test_plans_that_assess_capacity_tell_as_much_as_schools_believe_in_them():
    state, p = two_schools(plans="capacity")
    schools, teachers, _ = beliefs(state, p, Luck("capacity", "staffing"))
    # the first school writes half: -0.4 + 0.5 x (1 + 0.6 + 0.4); the second nothing
    assert one(schools) == pytest.approx([0.6, 0.4])
    # of its teacher half of 0.8 x (1 + 0.5 - 0.6)
    assert one(teachers) == pytest.approx([0.96, 0.4, 0.4])


def test_hr_and_curriculum_together_know_every_teacher():
    state, p = two_schools(placing=True)
    schools, teachers, _ = beliefs(state, p, Luck("staffing"))
    assert one(schools) == pytest.approx([-0.4, 0.4])
    # 0.2 x the school's + 0.8 x (skill + 0.5)
    assert one(teachers) == pytest.approx([1.12, 0.48, 2.08])


def test_hours_beyond_what_the_school_works_on_are_used_less():
    p = SimpleNamespace(off_plan=0.4)
    planned, wanted = np.array([[0.5], [0.3], [0.2]]), np.array([[0.25], [0.3], [0.45]])
    # half of the first subject's hours have no place: 1 - 0.4 x 0.5; the others all have
    assert plan_fit(planned, wanted, p)[:, 0] == pytest.approx([0.8, 1.0, 1.0])
    assert (plan_fit(planned, wanted, SimpleNamespace(off_plan=0.0)) == 1.0).all()
    assert (plan_fit(np.zeros((3, 1)), wanted, p) == 1.0).all()  # no hours, none beyond


def test_need_falls_with_what_is_seen_and_has_bounds():
    need, share = needs(np.array([[0.0], [-9.0], [9.0]]))
    assert need[:, 0] == pytest.approx([1.0, 3.0, 0.3])
    assert share[:, 0] == pytest.approx([1 / 4.3, 3 / 4.3, 0.3 / 4.3])


def test_schools_work_on_what_their_principals_see():
    state, p = two_schools()
    plan(state, p, Luck())
    # all subjects alike: a third each; ELA takes a half, 1 - 0.5 x (1 - 2/3), the others a fourth
    assert state.schools.plan_fit[:, 0] == pytest.approx([1.0, 1 - 0.5 / 3, 1.0])


def test_principals_who_are_asked_are_believed_by_half():
    state, p = two_schools(consulted=True)
    schools, _, view = beliefs(state, p, Luck("principal"))
    assert one(view) == pytest.approx([1.6, 1.6])  # true 1, seen 0.6 too good
    assert one(schools) == pytest.approx([0.6, 1.0])


def test_teachers_whom_the_plan_would_not_reach_are_excused():
    state, p = two_schools(placing=True)
    plan(state, p, Luck())
    # believed 0.72, 0.08, 1.68; content -1: (1 - 0.86^2)^2 = 0.068, (1 - 0.54^2)^2 = 0.50, 0
    assert one(state.teachers.excused.astype(float)).tolist() == [1, 0, 1]
    assert state.teachers.believed == pytest.approx([0.72, 0.08, 1.68])
    # 0.25 x 40 h x 40 weeks = 400 h; needed 6 x 5 h of one teacher, x 3 / 10: enough
    assert state.district.pd_quality[0] == 1.0
    state.staff.hours[8, 1] = 0.45  # 4.5 h for 9
    plan(state, p, Luck())
    assert state.district.pd_quality[0] == pytest.approx(0.5)
    p.hr.joint_placement = False
    plan(state, p, Luck())
    assert not state.teachers.excused.any()
    assert state.district.pd_quality[0] == pytest.approx(4.5 / 27)  # three teachers


@pytest.mark.parametrize(
    ("plans", "allocation", "used"),
    [
        ("capacity", "aligned", 0.7),  # 0.4 + 0.6 x 1 / 2
        ("goals", "aligned", 0.0),
        ("capacity", "siloed", 0.0),  # assessed, and not used
    ],
)
def test_plans_are_used_as_far_as_an_aligned_plan_is_carried_out(plans, allocation, used):
    state, p = two_schools(plans=plans, allocation=allocation)
    state.units.understanding[2] = 1.0
    plan(state, p, Luck())
    assert state.district.plan_used[0] == pytest.approx(used)
