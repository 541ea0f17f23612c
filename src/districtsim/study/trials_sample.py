"""Trials, sample: which districts, schools and teachers take part, and which arm they come into.

All of it is keyed by (seed of the study, repetition, lasting key of the unit): a school's place in
the order does not depend on how many are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from districtsim.world.district import District
from districtsim.world.draws import Draws, hash_of, keys_of
from districtsim.world.errors import SettingError
from districtsim.world.places import WHERE_COLUMNS


@dataclass
class Site:
    """A district of one simulated study: its luck, and the rows that take part.

    place    its number among the study's districts
    schools  rows of schools in the sample; arms: of each, or of each teacher (unit teacher)
    teachers rows of teaching posts in the sample, sorted
    blocks   of each school or teacher: pair, district or school within which it was assigned
    """

    place: int
    district: District
    seed: int
    draws: Draws
    state: object = None
    eve: object = None
    kept: dict = None
    world: dict = None
    numbers: dict = None
    schools: np.ndarray = None
    teachers: np.ndarray = None
    arms: np.ndarray = None
    blocks: np.ndarray = None


def luck_of(study, repetition, *names):
    """A seed, 0 to 2**63 - 1, of one part of one repetition."""
    text = ":".join(map(str, ("districtsim study", study.seed, repetition, *names)))
    return hash_of(text) >> 1


def sites_of(study, repetition):
    """The study's districts in this repetition; Raises SettingError if there are too few."""
    wanted, made = study.sample.districts, []
    for entry, number in study.population.districts:
        if isinstance(entry, District):
            made.append(entry)
            continue
        for _ in range(number or _enough(study, entry, len(made))):
            place = len(made)
            settings = dict(entry["synthetic"])
            if entry["drawn"]:
                settings["seed"] = luck_of(study, repetition, "district", place) % 2**32
            made.append(District.synthetic(**settings))
    if wanted is not None and len(made) < wanted:
        raise SettingError(
            f"study '{study.name}': sample: {wanted} districts are asked for and the population "
            f"has {len(made)}; name more, or ask for fewer."
        )
    order = range(len(made))
    if wanted is not None and len(made) > wanted:
        keys = keys_of([f"{place}" for place in order])
        u = Draws(luck_of(study, repetition, "districts")).uniform("study.districts", keys)
        order = sorted(np.argsort(u, kind="stable")[:wanted].tolist())
    seeds = [luck_of(study, repetition, "luck", place) for place in order]
    return [
        Site(place, made[row], seed, Draws(seed))
        for place, (row, seed) in enumerate(zip(order, seeds))
    ]


def _enough(study, entry, there):
    """How many drawn districts the sample needs where the study does not say."""
    sample = study.sample
    if study.unit == "district":
        return max(1, (sample.districts or 1) - there)
    if sample.districts is not None:
        return max(1, sample.districts - there)
    size = entry["synthetic"]["schools"]
    return max(1, -(-(sample.schools or size) // size) - (1 if there else 0))


def choose_schools(study, sites):
    """Fill in each site's rows of schools: at random among the eligible."""
    ranks, owners, rows = [], [], []
    for site in sites:
        eligible = np.ones(len(site.state.schools), dtype=bool)
        for column, (low, high) in study.population.eligible.items():
            values = column_of(site, column)
            eligible &= (values >= low) & (values <= high)
        found = np.flatnonzero(eligible)
        u = site.draws.uniform("study.schools", site.state.schools.key)[found]
        ranks.append(u)
        owners.append(np.full(len(found), site.place))
        rows.append(found)
    ranks, owners, rows = map(np.concatenate, (ranks, owners, rows))
    wanted = study.sample.schools
    if wanted is None:
        chosen = np.ones(len(rows), dtype=bool)
    elif wanted > len(rows):
        raise SettingError(
            f"study '{study.name}': sample: {wanted} schools are asked for and {len(rows)} are "
            "eligible; name more districts in the population, or ask for fewer."
        )
    elif study.unit == "district":  # each district gives its part
        chosen = np.zeros(len(rows), dtype=bool)
        for site in sites:
            own = np.flatnonzero(owners == site.place)
            chosen[own[np.argsort(ranks[own])[: max(1, wanted // len(sites))]]] = True
    else:
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[np.argsort(ranks, kind="stable")[:wanted]] = True
    for site in sites:
        site.schools = np.sort(rows[chosen & (owners == site.place)])


def choose_teachers(study, sites):
    """Fill in each site's rows of teaching posts: filled on the eve, at random in each school."""
    for site in sites:
        school, filled = site.state.teachers.school, site.eve.filled
        there = filled & np.isin(school, site.schools)
        rows = np.flatnonzero(there)
        if study.sample.teachers is not None:
            u = site.draws.uniform("study.teachers", site.state.teachers.key)[rows]
            order = np.lexsort((u, school[rows]))
            inside = school[rows][order]
            place = np.arange(len(order)) - np.searchsorted(inside, inside)
            rows = np.sort(rows[order[place < study.sample.teachers]])
        site.teachers = rows


def assign(study, sites):
    """Fill in each site's arms and blocks; see `Assignment`."""
    units = _units(study, sites)
    count = len(study.arms)
    owner, key, by = units
    if study.assignment.method == "blocks":
        block = owner if study.unit != "teacher" else _school_of_each(sites)
    elif study.assignment.method == "pairs":
        order = np.argsort(by, kind="stable")
        block = np.empty(len(order), dtype=np.int64)
        block[order] = np.arange(len(order)) // count
    else:
        block = np.zeros(len(owner), dtype=np.int64)
    draws = Draws(luck_of(study, 0, "arms", *(site.seed for site in sites)))
    u = draws.uniform("study.arms", key)
    if study.assignment.method == "selected":
        spread = max(float(by.std()), 1e-9)
        pull = study.assignment.strength * (by - by.mean()) / spread
        sign = -1.0 if study.assignment.lowest else 1.0
        u = -(draws.normal("study.selected", key) + sign * pull)
    shares = study.assignment.shares or (1.0 / count,) * count
    arms = np.empty(len(u), dtype=np.int64)
    for each in np.unique(block):
        rows = np.flatnonzero(block == each)
        order = rows[np.argsort(u[rows], kind="stable")]
        arms[order] = _dealt(len(order), shares, draws, each)
    for site in sites:
        own = owner == site.place
        site.arms, site.blocks = arms[own], block[own]


def _dealt(number, shares, draws, block):
    """Arms of so many units in order: as near to the shares as whole units allow.

    The first in order come into the last arm. What does not divide goes to arms in turn, at random.
    """
    cut = np.cumsum(np.array(shares[::-1]) * number)
    offset = float(draws.uniform("study.remainder", keys_of([str(block)]))[0])
    ends = np.floor(cut + offset).astype(np.int64)
    ends[-1] = number
    ends = np.minimum(ends, number)
    return len(shares) - 1 - np.searchsorted(ends, np.arange(number), side="right")


def _units(study, sites):
    """Site, key and column `by` of every unit that is assigned."""
    by = study.assignment.by
    owners, keys, values = [], [], []
    for site in sites:
        column, state = column_of(site, by), site.state
        mixed = np.uint64(site.seed)
        if study.unit == "district":
            owners.append([site.place])
            keys.append(np.array([mixed]))
            values.append([column[site.schools].mean()])
        elif study.unit == "teacher":
            owners.append(np.full(len(site.teachers), site.place))
            keys.append(state.teachers.key[site.teachers] ^ mixed)
            values.append(column[state.teachers.school[site.teachers]])
        else:
            owners.append(np.full(len(site.schools), site.place))
            keys.append(state.schools.key[site.schools] ^ mixed)
            values.append(column[site.schools])
    return np.concatenate(owners), np.concatenate(keys), np.concatenate(values).astype(float)


def _school_of_each(sites):
    """A number for the school of each teacher in the sample, different over districts."""
    return np.concatenate(
        [100_000 * site.place + site.state.teachers.school[site.teachers] for site in sites]
    )


def column_of(site, name):
    """A column by which schools are eligible or selected, on the eve of treatment, (schools,)."""
    source = site.state.schools
    if name in WHERE_COLUMNS:
        return getattr(source, name).astype(float)
    return site.eve.schools[name].astype(float)
