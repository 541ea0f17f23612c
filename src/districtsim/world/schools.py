"""Schools: a district's schools on day one, one entry for each school with pupils."""

from dataclasses import dataclass, fields

import numpy as np

LEVELS = ("primary", "middle", "high", "other")
RACES = ("native", "asian", "black", "pacific", "white", "two_or_more", "hispanic")


@dataclass(frozen=True, eq=False)
class Schools:
    """Columns over schools, sorted by id; n schools.

    id          lasting identity, (n,) text: the NCES School ID of a real school
    name        (n,) text
    level       index into LEVELS, (n,) int8
    locale      NCES locale code 11 (large city) to 43 (remote rural), -1 unknown, (n,) int16
    enrolment   pupils, (n,)
    teachers    full-time equivalents, NaN unknown, (n,)
    low_income  share of pupils eligible for free or reduced-price lunch, 0 to 1, NaN unknown, (n,)
    race        pupils by RACES, (7, n), a whole column NaN where the school's mix is unknown;
                as published, so of another year than `enrolment` it need not add up to it
    """

    id: np.ndarray
    name: np.ndarray
    level: np.ndarray
    locale: np.ndarray
    enrolment: np.ndarray
    teachers: np.ndarray
    low_income: np.ndarray
    race: np.ndarray

    @classmethod
    def of(
        cls, *, id, name, level, enrolment, locale=None, teachers=None, low_income=None, race=None
    ):
        """Schools in the order of their ids; columns left out are unknown."""
        ids = np.asarray(id, dtype=np.str_)
        unknown = np.full(len(ids), np.nan)
        columns = {
            "id": ids,
            "name": np.asarray(name, dtype=np.str_),
            "level": np.asarray(level, dtype=np.int8),
            "locale": np.asarray(-np.ones(len(ids)) if locale is None else locale, dtype=np.int16),
            "enrolment": np.asarray(enrolment, dtype=float),
            "teachers": np.asarray(unknown if teachers is None else teachers, dtype=float),
            "low_income": np.asarray(unknown if low_income is None else low_income, dtype=float),
            "race": np.asarray(np.tile(unknown, (len(RACES), 1)) if race is None else race, float),
        }
        return cls(**columns).take(np.argsort(ids, kind="stable"))

    def __len__(self):
        return len(self.id)

    def take(self, rows):
        """Some of the schools: rows is an index or a mask over schools."""
        return Schools(**{f.name: getattr(self, f.name)[..., rows] for f in fields(self)})

    @property
    def race_known(self):
        """Where the racial mix is known and somebody was counted, (n,) bool."""
        return np.isfinite(self.race).all(axis=0) & (np.nansum(self.race, axis=0) > 0)
