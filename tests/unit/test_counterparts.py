"""Counterparts: simulated schools counted as real ones are; sums agree with the run's outcomes."""

import numpy as np
import pytest

from districtsim.simulation import Simulation
from districtsim.study import counterparts as c
from districtsim.study import segregation
from districtsim.world.district import District

SMALL = District.synthetic(schools=12, seed=4)
SEEN = c.watch(c.Job(SMALL, 2, 5))


def test_what_is_counted_is_what_the_run_measures():
    simulation = Simulation(SMALL, "status_quo", 5)
    yearly = simulation.run(2).yearly
    groups, values = yearly["principal_turnover"]
    for year, seen in enumerate(SEEN):
        assert seen["principals_left"] / 12 == pytest.approx(values[year][0])
    groups, scores = yearly["student_score"]
    both = [groups.index("mathematics"), groups.index("ela")]
    mean = np.average(SEEN[1]["score"], weights=SEEN[1]["pupils"])
    assert mean == pytest.approx(scores[1][both].mean())
    # moves within the district are not counted: fewer than leave their school
    groups, left = yearly["teacher_turnover"]
    whole = np.average(SEEN[0]["left_district"], weights=SEEN[0]["teachers"])
    assert 0 < whole < left[0][groups.index("all")]


def test_figures_of_a_replicate_are_means_over_years_after_the_first():
    found = c.quantities([SEEN, SEEN])
    now, before = SEEN[1], SEEN[0]
    assert found["novice_all"] == pytest.approx(np.average(now["novice"], weights=now["teachers"]))
    left = np.average(before["left_district"], weights=now["teachers"])
    assert found["left_all"] == pytest.approx(left)  # of the year before: whom beginners replace
    gap = np.average(now["gap"], weights=now["pupils"])
    assert found["lunch_gap"] == pytest.approx(gap)
    assert found["classrooms_part_mathematics"] == pytest.approx(
        now["classrooms"][0] / now["freedom"]
    )
    assert found["classrooms_part_mathematics"] > found["classrooms_part_ela"]  # 0.15 and 0.10 SD


def test_districts_have_the_sizes_and_the_poverty_asked_for_mixed():
    made = c.districts([4, 6.2, 9], [0.1 * k for k in range(1, 10)])
    assert [len(district.schools) for district in made] == [4, 6, 9]
    means = [district.schools.low_income.mean() for district in made]
    assert means[0] < means[1] < means[2]  # deciles 3, 6 and 9


def test_segregation_of_synthetic_districts_is_that_of_their_schools():
    values = c.apart(8.4, "dissimilarity")
    assert len(values) == c.DISTRICTS_OF_A_SIZE
    schools = District.synthetic(schools=8, seed=1).schools
    assert values[0] == segregation.by_income(schools)[0]
