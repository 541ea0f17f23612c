"""District: the schools, central office and sources that a run starts from."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from districtsim.world import district_files, gaps
from districtsim.world.schools import LEVELS, RACES, Schools
from districtsim.world.synthetic import synthetic_schools

__all__ = ["LEVELS", "RACES", "District", "Schools", "describe_district"]


@dataclass(frozen=True, eq=False)
class District:
    """A school district on day one, as its files say it.

    name           short name, safe in a file name
    title          name in full
    state          postal abbreviation, "" if none
    year           school year of the pupils, such as "2022-23"
    source         where the numbers come from, one line
    schools        Schools; NaN where the files do not say
    office         central-office staff, FTE: "administrators", "support" (their support staff),
                   "coordinators" (of instruction); a kind that is unknown is left out
    notes          sentences: what was left out or assumed when the files were read
    nces_id        NCES District ID, 7 digits, "" if none
    office_source  where `office` comes from
    provenance     one dict a source file: what, publisher, title, year, address, terms
    """

    name: str
    title: str
    state: str
    year: str
    source: str
    schools: Schools
    office: dict = field(default_factory=dict)
    notes: tuple = ()
    nces_id: str = ""
    office_source: str = ""
    provenance: tuple = ()

    @classmethod
    def load(cls, name_or_path):
        """A district that ships with the package, by name, or a district file, by path.

        Raises SettingError if there is none or if it cannot be read.
        """
        return cls(**district_files.read_district(name_or_path))

    @classmethod
    def synthetic(cls, schools=40, seed=1, name=None, low_income=None):
        """A made-up district of 2 to 5,000 schools, for tests and teaching.

        low_income is the mean share of low-income pupils, None for 0.5. The first k schools are
        the same for every number of schools. Raises SettingError for a number that cannot be.
        """
        made = synthetic_schools(schools, seed, low_income)
        office, _ = gaps.filled_office({}, made.teachers.sum())
        return cls(
            name=name or f"synthetic_{schools}_seed_{seed}",
            title=f"Synthetic district of {schools} schools (seed {seed})",
            state="",
            year="",
            source="drawn from published distributions (NCES: 100 Largest, Digest of Statistics)",
            schools=made,
            office=office,
            office_source=gaps.OFFICE_SOURCE,
        )

    def save(self, path):
        """Write the district to PATH.yaml and PATH.csv, complete or not at all; returns the path.

        A folder gets `<name>.yaml`. Raises SettingError if it cannot be written.
        """
        return district_files.save_district(self, Path(path))

    def completed(self):
        """The district with every gap filled by stated rules, and sentences that say which.

        Teachers, low-income shares and central-office staff are then known everywhere; pupils by
        race add up to enrolment, or stay NaN everywhere if no school of the district reports them.
        """
        teachers, notes = gaps.filled_teachers(self.schools)
        low_income, more = gaps.filled_low_income(self.schools)
        race, racial = gaps.filled_race(self.schools)
        office, staff = gaps.filled_office(self.office, teachers.sum())
        schools = replace(self.schools, teachers=teachers, low_income=low_income, race=race)
        return replace(self, schools=schools, office=office), (*notes, *more, *racial, *staff)


def describe_district(district):
    """Plain facts of a district for people: a list of (label, text)."""
    schools = district.schools
    facts = [
        ("district", f"{district.title}{f', {district.state}' * bool(district.state)}"),
        ("name", district.name),
        ("NCES District ID", district.nces_id or "none"),
        ("school year", district.year or "not stated"),
        ("schools", f"{len(schools):,} with pupils: {_levels(schools)}"),
        ("pupils", f"{schools.enrolment.sum():,.0f}"),
        ("teachers", _teachers(schools)),
        *_low_income(schools),
        ("pupils by race", _races(schools)),
        ("central office", _office(district)),
        ("source", district.source),
    ]
    facts += [("note", note) for note in district.notes]
    facts += [("assumed in a run", note) for note in district.completed()[1]]
    return facts


def _levels(schools):
    counts = np.bincount(schools.level, minlength=len(LEVELS))
    return ", ".join(f"{count} {level}" for count, level in zip(counts, LEVELS) if count)


def _teachers(schools):
    known = np.isfinite(schools.teachers)
    if not known.any():
        return "unknown"
    total = schools.teachers[known].sum()
    ratio = schools.enrolment[known].sum() / total
    return f"{total:,.1f} full-time equivalents, one to {ratio:.1f} pupils{_gap(known)}"


def _low_income(schools):
    known = np.isfinite(schools.low_income)
    if not known.any():
        return [("low-income pupils", "unknown")]
    share = schools.low_income[known]
    mean = np.average(share, weights=schools.enrolment[known])
    low, middle, high = np.quantile(share, [0.25, 0.5, 0.75])
    bounds = f"{low:.0%}, {middle:.0%} and {high:.0%} of a school's pupils"
    return [
        ("low-income pupils", f"{mean:.0%} (free or reduced-price lunch){_gap(known)}"),
        ("quartiles of schools", f"divided at {bounds}"),
    ]


def _gap(known):
    unknown = int((~known).sum())
    return f"; unknown at {unknown} school{'s' * (unknown > 1)}" if unknown else ""


def _races(schools):
    known = schools.race_known
    if not known.any():
        return "unknown"
    counts = schools.race[:, known].sum(axis=1)
    order = np.argsort(-counts, kind="stable")
    mix = ", ".join(f"{RACES[i].replace('_', ' ')} {counts[i] / counts.sum():.0%}" for i in order)
    return f"{mix} ({known.sum()} of {len(schools)} schools)"


def _office(district):
    if not district.office:
        return "unknown"
    staff = ", ".join(f"{value:,.1f} {kind}" for kind, value in district.office.items())
    return f"{staff} (full-time equivalents; {district.office_source or 'source not stated'})"
