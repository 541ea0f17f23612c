"""Gaps: what a district's files leave unknown, filled by stated rules before a run.

The rules use the district's own schools first and national ratios last. National ratios, FTE for
every teacher, are from NCES, Digest of Education Statistics 2021, table 213.60 (staff of fall 2019:
68,815 officials and administrators, 162,471 administrative support staff, 76,171 instruction
coordinators, 2,904,147 teachers); at the national 28.8 teachers a school they give the 3
central-office staff a school of evidence F905.
"""

import numpy as np

from districtsim.world.schools import LEVELS

PUPILS_PER_TEACHER = 15.4  # national, about 2021; assumption-level, used only without own figures
LOW_INCOME = 0.5  # about the national share; used only when no school of the district reports
NATIONAL_TEACHERS = 2_904_147
OFFICE_PER_TEACHER = {
    "administrators": 68_815 / NATIONAL_TEACHERS,
    "support": 162_471 / NATIONAL_TEACHERS,
    "coordinators": 76_171 / NATIONAL_TEACHERS,
}
OFFICE_SOURCE = "national ratios to teachers, NCES Digest 2021, table 213.60 (F903, F904)"


def filled_teachers(schools):
    """Teachers (FTE) with gaps filled, and sentences that say how.

    Unknown becomes pupils x the teachers per pupil of the district's schools of that level, else of
    all its schools, else the national ratio.
    """
    teachers = schools.teachers.copy()
    known = np.isfinite(teachers)
    notes = []
    for index, level in enumerate(LEVELS):
        gap = ~known & (schools.level == index)
        if not gap.any():
            continue
        like = known & (schools.level == index)
        base, whose = (like, f"schools of level '{level}'") if like.any() else (known, "schools")
        if base.any():
            ratio = schools.teachers[base].sum() / schools.enrolment[base].sum()
            how = f"{1 / ratio:.1f} pupils a teacher, the mean of the district's {whose}"
        else:
            ratio = 1 / PUPILS_PER_TEACHER
            how = f"{PUPILS_PER_TEACHER} pupils a teacher, about the national mean"
        teachers[gap] = schools.enrolment[gap] * ratio
        notes.append(f"Teachers of {_schools(int(gap.sum()))} were set by {how}.")
    return teachers, notes


def filled_low_income(schools):
    """Low-income shares with gaps set to the district's mean over pupils, and sentences."""
    known = np.isfinite(schools.low_income)
    gaps = int((~known).sum())
    if not gaps:
        return schools.low_income, []
    if known.any():
        mean = np.average(schools.low_income[known], weights=schools.enrolment[known])
        how = f"the district's mean, {mean:.2f}"
    else:
        mean = LOW_INCOME
        how = f"{mean}, about the national share, because no school of the district reports it"
    note = f"The low-income share of {_schools(gaps)} was set to {how}."
    return np.where(known, schools.low_income, mean), [note]


def filled_race(schools):
    """Pupils by race scaled to enrolment, gaps given the district's mix; unknown throughout if
    no school is known."""
    known = schools.race_known
    if not known.any():
        note = "Pupils by race are unknown; results are by income only."
        return np.full_like(schools.race, np.nan), [note]
    counts = schools.race[:, known]
    race = np.empty_like(schools.race)
    race[:, known] = counts * (schools.enrolment[known] / counts.sum(axis=0))
    mix = race[:, known].sum(axis=1) / schools.enrolment[known].sum()
    race[:, ~known] = mix[:, None] * schools.enrolment[~known]
    notes = []
    scaled = int((np.abs(counts.sum(axis=0) - schools.enrolment[known]) > 0.5).sum())
    if scaled:
        notes.append(f"Race counts of {_schools(scaled)} were scaled to the pupils enrolled.")
    if (~known).any():
        gaps = _schools(int((~known).sum()))
        notes.append(f"The racial mix of {gaps} was set to that of the district's other schools.")
    return race, notes


def filled_office(office, teachers):
    """Central-office staff (FTE) with gaps set by national ratios to teachers, and sentences.

    office    {"administrators", "support", "coordinators"}, any of them missing
    teachers  the district's teachers, FTE
    A district has at least one administrator: its superintendent.
    """
    by_ratio = {
        kind: round(ratio * float(teachers), 1) for kind, ratio in OFFICE_PER_TEACHER.items()
    }
    by_ratio["administrators"] = max(1.0, by_ratio["administrators"])
    missing = [kind for kind in by_ratio if kind not in office]
    if not missing:
        return dict(office), []
    numbers = ", ".join(f"{by_ratio[kind]:.1f} {kind}" for kind in missing)
    note = f"Central-office staff not in the files were set by {OFFICE_SOURCE}: {numbers} (FTE)."
    return {kind: office.get(kind, by_ratio[kind]) for kind in by_ratio}, [note]


def _schools(count):
    return f"{count} {'school' if count == 1 else 'schools'}"
