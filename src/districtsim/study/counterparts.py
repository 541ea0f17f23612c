"""Counterparts: simulated schools and districts, counted as the real ones of real_data are.

Districts are synthetic, with as many schools as real districts have; every lever is at its status
quo. One replicate is all of them under one root seed.
"""

from dataclasses import dataclass

import numpy as np

from districtsim.mechanisms.learning import gain, teaching_quality
from districtsim.study import school_statistics as s
from districtsim.study import segregation
from districtsim.world.district import District

YEAR, DECISION, JUNE, AUGUST = 52, 24, 39, 51
NOVICE_YEARS = 4  # Carolina counts teachers with 0 to 3 years
YEARS = 6  # the first one only tells who had left before
MATHEMATICS, ELA = 0, 1
DISTRICTS_OF_A_SIZE = 100  # synthetic ones, for segregation


@dataclass(frozen=True)
class Job:
    """A district to simulate for some years, and its root seed."""

    district: object
    years: int
    seed: int


def watch(job):
    """Simulate a Job: a list with what was counted in each of its years."""
    from districtsim.simulation import Simulation

    simulation = Simulation(job.district, "status_quo", job.seed)
    state, years = simulation.state, []
    numbers = simulation.timeline.in_force(0)["learning"]
    for _ in range(job.years):
        seen = {}
        for week in range(YEAR):
            simulation.step()
            if week == DECISION:
                seen["left_district"] = _by_school(state, state.teachers.leaving)
                seen["left_district"] -= _by_school(state, state.teachers.moving)
                seen["left_district"] /= np.maximum(1, _by_school(state, state.teachers.filled))
            elif week == JUNE:
                seen |= _june(state, numbers)
            elif week == AUGUST:
                seen["principals_left"] = float(state.district.principals_left[0])
        years.append(seen)
    return years


def _by_school(state, which):
    return np.bincount(state.teachers.school, which, len(state.schools)).astype(float)


def _june(state, p):
    """What is counted at the end of the school year, by school."""
    schools, teachers = state.schools, state.teachers
    filled = _by_school(state, teachers.filled)
    novice = _by_school(state, teachers.filled & (teachers.experience < NOVICE_YEARS))
    low, both = schools.low_income, [MATHEMATICS, ELA]
    score = (low * schools.score[:, 0] + (1.0 - low) * schools.score[:, 1])[both].mean(axis=0)
    effects = np.array([p.mathematics_effect, p.ela_effect, p.science_effect])
    taught = schools.growth + low * gain(schools.responsiveness, effects)
    return {
        "teachers": np.maximum(1.0, filled),
        "pupils": schools.enrolment.copy(),
        "low_income": low.copy(),
        "novice": novice / np.maximum(1.0, filled),
        "score": score,
        "measured": schools.measured_score[both].mean(axis=0),
        "taught": taught[both].mean(axis=0),
        "gap": (schools.score[both, 1] - schools.score[both, 0]).mean(axis=0),
        **_classrooms(state, p, effects),
    }


def _classrooms(state, p, effects):
    """Variance of teaching between the classrooms of primary schools, in student variance by
    subject, and what pupils of new teachers there lose; sums over schools with two teachers."""
    teachers, schools = state.teachers, state.schools
    each = teaching_quality(
        teachers.skill, teachers.experience, teachers.filled, teachers.late_weeks, p
    )
    each = gain(each, effects)[[MATHEMATICS, ELA]]
    parts, freedom, lost, weight = np.zeros(2), 0, 0.0, 0.0
    for school in np.flatnonzero((schools.level == 0) & (_by_school(state, teachers.filled) > 1)):
        rows = (teachers.school == school) & teachers.filled
        values, new = each[:, rows], teachers.experience[rows] < 3
        parts += ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        freedom += rows.sum() - 1
        x = new - new.mean()
        lost -= (x * values.mean(axis=0)).sum()
        weight += (x * x).sum()
    return {"classrooms": parts, "freedom": freedom, "new_lost": lost, "new_weight": weight}


def districts(sizes, low_income):
    """Synthetic districts, each with its own seed: of these numbers of schools, and as poor as the
    nine deciles of low income, mixed so that poverty does not go with size."""
    return [
        District.synthetic(
            schools=max(2, round(size)), seed=place, low_income=low_income[3 * place % 10 - 1]
        )
        for place, size in enumerate(sizes, 1)
    ]


def quantities(replicate):
    """{name: value} of one replicate: means over years.

    replicate  for each district, what `watch` returned
    """
    years = [_of_year([seen[y - 1 : y + 1] for seen in replicate])
             for y in range(1, len(replicate[0]))]  # fmt: skip
    return {name: float(np.mean([year[name] for year in years])) for name in years[0]}


def _of_year(pairs):
    """Figures of a year over districts; pairs: last year and this year of each district."""
    names = ("teachers", "pupils", "low_income", "novice", "score", "measured", "taught", "gap")
    table = {name: np.concatenate([now[name] for _, now in pairs]) for name in names}
    for name, which in (("left", 0), ("left_next", 1)):
        table[name] = np.concatenate([pair[which]["left_district"] for pair in pairs])
    sizes = [len(now["pupils"]) for _, now in pairs]
    table["district"] = np.repeat(np.arange(len(pairs)), sizes)
    before = np.concatenate([last["measured"] - last["score"] for last, _ in pairs])
    table["growth"] = table["taught"] + (table["measured"] - table["score"]) - before
    found = {}
    for name in ("novice", "left"):
        found[f"{name}_all"] = s.share(table, name)
        for q in (1, 4):
            found[f"{name}_quartile_{q}"] = s.share_in(table, name, q)
        found[f"{name}_gap"] = s.poor_less_rich(table, name)
        found[f"{name}_spread"] = s.lasting_spread(table, name)
        found[f"{name}_lasting"] = s.lasting_part(table, name)
    found["novice_with_left"] = s.correlation(table, "novice", "left")
    found["left_with_left_next"] = s.correlation(table, "left", "left_next")
    found["score_slope"] = s.slope(table, "measured", "low_income")
    found["score_correlation"] = s.correlation(table, "measured", "low_income")
    found["growth_correlation"] = s.correlation(table, "growth", "low_income")
    found["taught_correlation"] = s.correlation(table, "taught", "low_income")
    found["schools_part"] = s.between(table, "score")
    found["lunch_gap"] = float(np.average(table["gap"], weights=table["pupils"]))
    now = [each for _, each in pairs]
    parts = sum(each["classrooms"] for each in now) / sum(each["freedom"] for each in now)
    found["classrooms_part_mathematics"], found["classrooms_part_ela"] = parts.tolist()
    lost, weight = (sum(each[name] for each in now) for name in ("new_lost", "new_weight"))
    found["new_teacher"] = float(lost / weight)
    people = np.array(sizes, dtype=float)
    rates = np.array([each["principals_left"] for each in now]) / people
    found["principals_left"] = float(np.average(rates, weights=people))
    found["principals_over_chance"] = s.over_chance(rates, people)
    return found


def apart(size, name):
    """Segregation of synthetic districts with so many schools: values over seeds.

    name  "dissimilarity" or "between_schools"
    """
    which = ("dissimilarity", "between_schools").index(name)
    made = (District.synthetic(schools=round(size), seed=k)
            for k in range(1, DISTRICTS_OF_A_SIZE + 1))  # fmt: skip
    return [segregation.by_income(each.schools)[which] for each in made]
