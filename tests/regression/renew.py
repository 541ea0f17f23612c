"""Renew: the table of fixed runs, and writing it anew.

    python -m tests.regression.renew

from the root of the repository writes tests/regression/stored.csv and says which numbers moved. Do
so only when numbers are meant to move, and say under "Numbers moved" in CHANGELOG.md which outcome
moved, by how much and why.
"""

import csv
import math
from pathlib import Path

from districtsim.simulation import Simulation
from districtsim.world.district import District
from districtsim.world.files import write_atomically
from districtsim.world.policies import Policy

STORED = Path(__file__).with_name("stored.csv")
YEARS, SEED = 3, 20_250
LABELS = ("outcome", "group")
MUCH = Policy(
    "much",
    {
        "research_use": {"leader_hours": 5, "coach_days": 8, "coach_weeks": 70},
        "supervision": {"caseload": 9, "protected_days": 1.5, "stance": "teaching"},
        "pd": {"allocation": "aligned", "data": "teaching_quality", "days": 8},
        "standards": {"elements": 12},
        "hr": {"screening": "performance_task", "automation": True, "ild_fill_in": False},
        "operations": {"scorecard": True},
    },
    starts=10,
    ends=140,
)
ALL = Policy.load("performance_alignment").replaced({"equity.training_hours": 20})
POLICIES = {"status quo": Policy("status_quo"), "much": MUCH, "all": ALL}


def districts():
    """The districts by name: a large one, one whose superintendent supervises, a made-up one."""
    return {
        "tacoma": District.load("tacoma"),
        "pomeroy": District.load("pomeroy"),
        "synthetic": District.synthetic(14, 8),
    }


def table():
    """{(outcome, group): {run: value in the last year}}, with runs such as "tacoma, much"."""
    found = {}
    for place, district in districts().items():
        for name, policy in POLICIES.items():
            history = Simulation(district, policy, SEED).run(YEARS)
            for outcome, (groups, values) in history.yearly.items():
                for group, value in zip(groups, values[-1]):
                    found.setdefault((outcome, group), {})[f"{place}, {name}"] = float(value)
    return found


def columns():
    """Names of the runs, in the order of the table."""
    return [f"{place}, {name}" for place in districts() for name in POLICIES]


def read():
    """The stored table; a run without the group is left out, "nan" is a share of nothing."""
    with STORED.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    runs = [name for name in rows[0] if name not in LABELS]
    return {
        (row["outcome"], row["group"]): {run: float(row[run]) for run in runs if row[run]}
        for row in rows
    }


def write(found):
    """Write a table, whole or not at all."""
    lines = [",".join([*LABELS, *(f'"{name}"' for name in columns())])]
    for (outcome, group), values in sorted(found.items()):
        cells = [repr(values[name]) if name in values else "" for name in columns()]
        lines.append(",".join([outcome, f'"{group}"', *cells]))
    write_atomically(STORED, "\n".join(lines) + "\n")


def moved(before, after):
    """Sentences: which numbers are not what they were."""
    found = []
    for label in sorted(set(before) | set(after)):
        one, two = before.get(label, {}), after.get(label, {})
        for run in sorted(set(one) | set(two)):
            old, new = one.get(run), two.get(run)
            if not same(old, new):
                found.append(f"{label[0]} ({label[1]}), {run}: {old} is now {new}")
    return found


def same(one, two):
    """Equal to a relative 1e-9; nan is nan, and a group that is not there is not there."""
    if one is None or two is None:
        return one is two
    if math.isnan(one) or math.isnan(two):
        return math.isnan(one) and math.isnan(two)
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)


def main():
    """Write the table anew and say what moved."""
    before = read() if STORED.exists() else {}
    after = table()
    changes = moved(before, after)
    write(after)
    print("\n".join(changes[:50]) or "No number moved.")
    if len(changes) > 50:
        print(f"and {len(changes) - 50} more")


if __name__ == "__main__":
    main()
