"""Pythons: quantities that must be the same under Python 3.11, 3.12 and 3.13, and how nearly.

pythons.csv has, for each quantity, its value and its tolerance: "exact" (the same text, or the same
last bit), or a relative difference. Each Python has its own NumPy, SciPy and pandas as well, so a
row holds for these too. Exact is what decides: chance, seeds, who is counted. What comes out of a
mathematics library (a logarithm, an inverse normal, a sum) may differ in its last bit from one
build to the next, and later weeks carry that on: 1e-9, a million times finer than the three figures
that we print, and as much as some millions of such bits add up to.

    python -m tests.regression.pythons

writes the table anew and says which numbers moved; do so only when numbers are meant to move.
"""

import csv
import hashlib
import math
from pathlib import Path

import numpy as np

import districtsim as ds
from districtsim.simulation import Simulation
from districtsim.study.runs import run_seed
from districtsim.world.draws import Draws, keys_of
from districtsim.world.files import write_atomically

STORED = Path(__file__).with_name("pythons.csv")
COLUMNS = ("quantity", "unit", "value", "tolerance")
EXACT = "exact"
WHOLE = {"opportunity_gap": "income"}  # the group to look at, where it is not "all"
OUTCOMES = {
    "principal_leadership": "SD", "teaching_quality": "SD", "opportunity_gap": "SD",
    "appropriation": "0-4", "teacher_turnover": "share", "days_to_fill": "days",
    "pd_wasted_hours": "hours", "cost_per_student": "US$",
}  # fmt: skip


def quantities():
    """[(quantity, unit, value, tolerance)]; a value is a whole number, a float or a text."""
    return [*_chance(), *_people(), *_outcomes(), *_effects()]


def _chance():
    draws, keys = Draws(20_250), keys_of([f"post {n}" for n in range(500)])
    uniform = draws.uniform("turnover.leaves", keys, tick=[1, 2, 3])
    normal = draws.normal("hiring.candidates", keys, tick=7)
    yield "seed of replicate 7 of seed 1", "", run_seed(1, 7), EXACT
    yield "1,500 uniform draws", "BLAKE2b of their bits", _digest(uniform), EXACT
    yield "500 normal draws, sum of squares", "", float((normal * normal).sum()), 1e-12


def _people():
    made = ds.District.synthetic(schools=14, seed=8)
    yield "pupils of synthetic_14_seed_8", "pupils", float(made.schools.enrolment.sum()), 1e-12
    model = Simulation(made, "status_quo", 3)
    for _ in range(104):
        model.step()
    teachers = model.state.teachers
    yield "teaching posts after two years", "posts", teachers.rows, EXACT
    yield "holders of teaching posts, summed", "people", int(teachers.holder.sum()), EXACT
    yield "holders of teaching posts", "BLAKE2b", _digest(teachers.holder.astype("i8")), EXACT


def _outcomes():
    for district in ("tacoma", ds.District.synthetic(schools=14, seed=8)):
        for policy in ("status_quo", "performance_alignment"):
            history = Simulation(district, policy, 20_250).run(3)
            for outcome, unit in OUTCOMES.items():
                groups, values = history.yearly[outcome]
                place = getattr(district, "name", district)
                name = f"{outcome}, {place}, {policy}, year 3"
                group = list(groups).index(WHOLE.get(outcome, "all"))
                yield name, unit, float(values[-1][group]), 1e-9


def _effects():
    effects = ds.compare(
        ds.District.synthetic(schools=6, seed=1), ["status_quo", "leader_led"],
        years=3, replicates=8, seed=1, workers=1, progress=False,
    )  # fmt: skip
    table = effects.table
    (row,) = table[
        (table.outcome == "appropriation") & (table.group == "all") & (table.year == 3)
    ].to_dict("records")
    for part in ("difference", "low", "high"):
        yield f"effect of leader_led on appropriation, {part}", "0-4", float(row[part]), 1e-9


def _digest(array):
    return hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=12).hexdigest()


def same(stored, now, tolerance):
    """Whether a stored value (text) and one of now agree; `tolerance` as in the table."""
    if tolerance == EXACT:
        return stored == _text(now)
    return math.isclose(float(stored), now, rel_tol=float(tolerance), abs_tol=0.0)


def read():
    """Rows of the table, as text: {quantity: row}."""
    with STORED.open(newline="", encoding="utf-8") as file:
        return {row["quantity"]: row for row in csv.DictReader(file)}


def write(rows):
    """Write the table, whole or not at all."""
    lines = [",".join(COLUMNS)]
    for quantity, unit, value, tolerance in rows:
        lines.append(f'"{quantity}","{unit}",{_text(value)},{tolerance}')
    write_atomically(STORED, "\n".join(lines) + "\n")


def _text(value):
    return repr(value) if isinstance(value, float) else str(value)


def main():
    """Write the table anew and say what moved."""
    before = read() if STORED.exists() else {}
    rows = list(quantities())
    for quantity, _, value, tolerance in rows:
        old = before.get(quantity, {}).get("value")
        if old is None or not same(old, value, tolerance):
            print(f"{quantity}: {old} is now {_text(value)}")
    write(rows)


if __name__ == "__main__":
    main()
