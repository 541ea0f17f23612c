"""Synthetic: made-up schools of any number, like American ones in size, staff and poverty.

For tests and teaching, not for findings about a real district. A school depends on its own id and
the seed alone, so a larger district begins with the schools of a smaller one.
"""

from types import SimpleNamespace

import numpy as np
from scipy.special import betaincinv

from districtsim.world.draws import Draws, keys_of
from districtsim.world.errors import SettingError
from districtsim.world.schools import LEVELS, Schools

MOST_SCHOOLS = 5_000
LEVEL_SHARE = (0.60, 0.17, 0.17, 0.06)
# By level: mean pupils, SD of log pupils, pupils a teacher. Means and ratios are chosen so that all
# schools together have about 610 pupils and 16.0 pupils a teacher; published (NCES, 100 Largest,
# 2007-08, evidence F902): 513 to 677 pupils a school, 513 / 32.0 = 16.0 pupils a teacher. Spreads
# are those of the regular schools of Washington, 2022-23, without the smallest programmes.
SIZES = {
    "primary": SimpleNamespace(pupils=450, spread=0.35, pupils_per_teacher=15.0),
    "middle": SimpleNamespace(pupils=680, spread=0.35, pupils_per_teacher=16.5),
    "high": SimpleNamespace(pupils=1200, spread=0.50, pupils_per_teacher=17.5),
    "other": SimpleNamespace(pupils=300, spread=0.80, pupils_per_teacher=14.0),
}
TEACHER_SPREAD = 0.20  # SD of the log of pupils a teacher, between schools of one level
FEWEST_PUPILS = 10
LOW_INCOME = 0.5  # about the national share of pupils with free or reduced-price lunch
# Share of the variance in low income that lies between schools: 0.086 in the 66 districts of
# Washington with ten schools or more (2022-23, weighted by pupils), 0.13 in those with forty.
SEGREGATION = 0.10


def synthetic_schools(count, seed, low_income=None):
    """Schools of a made-up district, S00001, S00002, ...; z and u keyed by the hash of the id.

        level       by steps of the golden ratio: place = (v + i * 0.618...) mod 1 of school i, from
                    0, against the sums of LEVEL_SHARE; v: stream "synthetic.level", keyed by
                    "start"; then the first is made primary and the second a high school
        pupils      mean of the level * exp(spread * z - spread^2 / 2), rounded, at least
                    FEWEST_PUPILS ("synthetic.pupils")
        teachers    pupils / (pupils_per_teacher of the level * exp(TEACHER_SPREAD * z)), to a
                    tenth, at least 0.5 ("synthetic.teachers")
        low_income  beta variate by its inverse CDF, to four places ("synthetic.low_income"): shape
                    w * mean and w * (1 - mean), w = 1 / SEGREGATION - 1

    All draws have tick 0. Central-office staff follow from the teachers as in gaps.

    count       2 to 5,000 schools; the first is primary, the second a high school
    seed        any whole number
    low_income  mean share of low-income pupils between 0 and 1; None is 0.5
    returns     Schools; race unknown
    Raises SettingError for anything else.
    """
    count = _whole("schools", count, 2, MOST_SCHOOLS)
    seed = _whole("seed", seed)
    mean = _share("low_income", LOW_INCOME if low_income is None else low_income)
    ids = [f"S{number:05d}" for number in range(1, count + 1)]
    keys, draws = keys_of(ids), Draws(seed)
    level = _levels(count, draws)
    size = [SIZES[LEVELS[index]] for index in level]
    spread = np.array([s.spread for s in size])
    median = np.array([s.pupils for s in size]) * np.exp(-(spread**2) / 2)
    pupils = np.round(median * np.exp(spread * draws.normal("synthetic.pupils", keys)))
    pupils = np.maximum(pupils, FEWEST_PUPILS)
    ratio = np.array([s.pupils_per_teacher for s in size]) * np.exp(
        TEACHER_SPREAD * draws.normal("synthetic.teachers", keys)
    )
    weight = 1 / SEGREGATION - 1
    share = betaincinv(
        weight * mean, weight * (1 - mean), draws.uniform("synthetic.low_income", keys)
    )
    return Schools.of(
        id=ids,
        name=[f"{LEVELS[index].capitalize()} school {id}" for index, id in zip(level, ids)],
        level=level,
        enrolment=pupils,
        teachers=np.maximum(np.round(pupils / ratio, 1), 0.5),
        low_income=np.round(share, 4),
    )


def _levels(count, draws):
    """Levels by steps of the golden ratio, so that the mix is near its shares at every size."""
    start = draws.uniform("synthetic.level", keys_of(["start"]))[0]
    place = (start + np.arange(count) * 0.6180339887498949) % 1.0
    level = np.searchsorted(np.cumsum(LEVEL_SHARE)[:-1], place, side="right")
    level[:2] = LEVELS.index("primary"), LEVELS.index("high")
    return level


def _whole(name, value, low=None, high=None):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise SettingError(f"synthetic district: {name} is {value!r}; give a whole number.")
    if low is not None and not low <= value <= high:
        raise SettingError(
            f"synthetic district: {name} is {value}, outside {low} to {high:,}. Give another."
        )
    return int(value)


def _share(name, value):
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not 0 < value < 1:
        raise SettingError(
            f"synthetic district: {name} is {value!r}; give a share between 0 and 1, such as 0.5."
        )
    return float(value)
