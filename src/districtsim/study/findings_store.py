"""Findings, store: a folder with a result for each finding, each of them whole or absent.

<folder>/<ID>/result.json      the row of a finding; written last, with it the finding is done
<folder>/<ID>/values.parquet   its arms at the cards' values by year, tidy
<folder>/<ID>/draws.parquet    a row for each draw: effect, holds, every uncertain number
"""

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path

from districtsim.study.results import write_table
from districtsim.study.runs import code_version
from districtsim.world.errors import SettingError
from districtsim.world.files import write_atomically

_SCHOOLS = ("id", "level", "locale", "enrolment", "teachers", "low_income", "race")
RESULT, VALUES, DRAWS = "result.json", "values.parquet", "draws.parquet"
_MODEL = (
    "world/*", "mechanisms/*", "simulation.py", "school_year.py", "outcomes.py", "measuring.py",
    "study/findings.py", "study/findings_judge.py", "study/findings_measure.py",
    "study/findings_plan.py", "study/findings_ledger.py", "study/findings_region.py",
    "study/findings_scrutiny.py", "study/runs.py", "study/budgets.py", "study/analysis/paired.py",
    "study/calibrated.*",
)  # fmt: skip


@cache
def _model():
    """A hash of what a result comes from, the ledger's other entries aside."""
    package, source = Path(__file__).resolve().parents[1], blake2b(digest_size=8)
    for path in sorted(path for pattern in _MODEL for path in package.glob(pattern)):
        if path.is_file() and path.suffix in (".py", ".yaml", ".csv"):
            source.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return source.hexdigest()


def fingerprint(finding, effort, district):
    """A text that differs as soon as the result may: code, entry, policies, effort or district."""
    schools = [repr(getattr(district.schools, name).tolist()) for name in _SCHOOLS]
    place = [district.name, sorted(district.office.items()), schools]
    effort = [effort.draws, effort.replicates, effort.in_a_draw, effort.seed, effort.prior]
    arms = [finding.arms, finding.boundary.get("arms", {}), finding.instead.get("arms", {})]
    arms = [sorted((name, arm.key) for name, arm in each.items()) for each in arms]
    told = [_model(), finding.stated, arms, place, effort]
    told = json.dumps(told, sort_keys=True, default=str)
    return blake2b(told.encode(), digest_size=8).hexdigest()


def save(folder, checked, mark):
    """Write a CheckedFinding into its folder; returns its row. `mark`: its fingerprint."""
    import pyarrow

    home = Path(folder) / checked.finding.id
    home.mkdir(parents=True, exist_ok=True)
    for name, table in ((VALUES, checked.values), (DRAWS, checked.draws)):
        write_table(pyarrow.Table.from_pandas(table, preserve_index=False), home / name)
    row = {**checked.as_row(), "version": code_version(), "fingerprint": mark}
    write_atomically(home / RESULT, json.dumps(row, indent=1, default=float) + "\n")
    return row


def stored(folder, name, mark=None):
    """The row of a finding, or None if it is not there, not whole or of another fingerprint."""
    try:
        row = json.loads((Path(folder) / name / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = isinstance(row, dict) and mark in (None, row.get("fingerprint"))
    return row if same else None


def tables(folder, name):
    """The tables `values` and `draws` of a stored finding. Raises SettingError if they are gone."""
    import pandas as pd

    home = Path(folder) / name
    try:
        return pd.read_parquet(home / VALUES), pd.read_parquet(home / DRAWS)
    except (OSError, ValueError) as problem:
        raise SettingError(f"{home}: cannot be read ({problem}); run it again.") from None
