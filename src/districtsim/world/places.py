"""Places: which schools and which teaching posts a policy's `where` reaches."""

import math
from numbers import Integral, Real

import numpy as np

from districtsim.world.draws import hash_of
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import levers

WHERE_COLUMNS = ("low_income", "students_of_color", "enrolment", "level", "poverty_quartile")
LISTS = {"schools": "school IDs or rows of schools from 0", "teachers": "rows of teachers from 0"}


def check_where(where, flat, place):
    """Refuses a `where` that cannot be, and levers that it cannot narrow.

    where  {column of schools: [low, high], "schools": [IDs or rows], "teachers": [rows]}; all of
           them hold together
    flat   {"group.lever": value} of the policy
    place  where it was given, for the message
    """
    if not isinstance(where, dict) or not where:
        raise SettingError(f"{place}: where: expected `column of schools: [low, high]`.")
    for key, given in where.items():
        if key in LISTS:
            _check_list(key, given, place)
        elif key in WHERE_COLUMNS:
            _check_range(key, given, place)
        else:
            allowed = (*WHERE_COLUMNS, *LISTS)
            raise SettingError(
                f"{place}: where: '{key}' is not a column of schools."
                f"{nearest(key, allowed)} Allowed: {', '.join(allowed)}."
            )
    able = ("teacher",) if "teachers" in where else ("school", "teacher")
    whole = [name for name in flat if levers()[name].per not in able]
    if whole:
        known = [name for name, card in levers().items() if card.per in able]
        reach = "whole schools" if levers()[whole[0]].per else "the whole district"
        some = "teachers" if "teachers" in where else "schools"
        raise SettingError(
            f"{place}: where: {whole[0]} holds for {reach}.\nFor some {some} only: "
            f"{', '.join(known)}."
        )


def _check_list(key, given, place):
    fine = isinstance(given, (list, tuple)) and all(
        (isinstance(one, Integral) and not isinstance(one, bool) and one >= 0)
        or (key == "schools" and isinstance(one, str))
        for one in given
    )
    if not fine:
        raise SettingError(f"{place}: where.{key}: expected a list of {LISTS[key]}.")


def _check_range(column, bounds, place):
    numbers = isinstance(bounds, (list, tuple)) and len(bounds) == 2
    numbers = numbers and all(
        isinstance(b, Real) and not isinstance(b, bool) and math.isfinite(b) for b in bounds
    )
    if not numbers or bounds[0] > bounds[1]:
        raise SettingError(f"{place}: where.{column}: expected [low, high], low first.")


def reached(schools, where):
    """Which schools and which teaching posts a `where` reaches: two masks.

    schools  the Schools table
    returns  (schools,), (teachers,), each yes/no
    Raises SettingError for a school or a post that the district does not have.
    """
    mask = np.ones(len(schools), dtype=bool)
    for column in (key for key in where if key not in LISTS):
        low, high = where[column]
        values = getattr(schools, column)
        mask &= (values >= low) & (values <= high)
    if "schools" in where:
        listed = np.zeros(len(schools), dtype=bool)
        listed[[_row(schools, one) for one in where["schools"]]] = True
        mask &= listed
    posts = np.repeat(mask, schools.posts)
    if "teachers" in where:
        rows = np.array(where["teachers"], dtype=np.int64)
        if len(rows) and rows.max() >= len(posts):
            raise SettingError(
                f"where.teachers: {rows.max()} is not a row; the district has {len(posts)} posts, "
                "counted from 0."
            )
        listed = np.zeros(len(posts), dtype=bool)
        listed[rows] = True
        posts &= listed
    return mask, posts


def _row(schools, one):
    if isinstance(one, str):
        found = np.flatnonzero(schools.key == np.uint64(hash_of(one)))
        if len(found):
            return int(found[0])
    elif one < len(schools):
        return int(one)
    raise SettingError(
        f"where.schools: {one!r} is not a school of the district, which has {len(schools)}; "
        "give IDs as its file has them, or rows from 0."
    )
