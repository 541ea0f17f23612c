"""Segregation: how unevenly two groups of pupils are spread over a district's schools."""

import numpy as np


def dissimilarity(group, others):
    """Share of either group that would have to change school to be spread like the other, 0 to 1.

        1/2 * sum over schools of |group / all of group - others / all others|

    group, others  pupils, (schools,)
    """
    return float(0.5 * np.abs(group / group.sum() - others / others.sum()).sum())


def between_schools(group, others):
    """Share of the variance of belonging to the group that lies between schools, 0 to 1.

        sum of pupils * (share - mean)^2 / (all pupils * mean * (1 - mean))

    group, others  pupils, (schools,)
    """
    pupils = group + others
    share, mean = group / pupils, group.sum() / pupils.sum()
    return float((pupils * (share - mean) ** 2).sum() / (pupils.sum() * mean * (1.0 - mean)))


def by_income(schools):
    """(dissimilarity, between_schools) of low-income pupils; only schools where it is known."""
    known = np.isfinite(schools.low_income)
    pupils, low = schools.enrolment[known], schools.low_income[known]
    return dissimilarity(pupils * low, pupils * (1 - low)), between_schools(
        pupils * low, pupils * (1 - low)
    )


def by_race(schools):
    """(dissimilarity, between_schools) of White pupils and pupils of color, or None if unknown.

    Counts are those of the year of the race file, which need not be the year of the enrolment.
    """
    known = schools.race_known
    if not known.any():
        return None
    white = schools.race[4, known]
    color = schools.race[:, known].sum(axis=0) - white
    return dissimilarity(color, white), between_schools(color, white)
