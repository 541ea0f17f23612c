"""Trials, results: a carried-out study: estimates and summary, in memory and as Parquet."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from districtsim.study import settings, trials_run, trials_summary
from districtsim.study.results import RUNS, write_table
from districtsim.study.trials import Study

ESTIMATES, SUMMARY = "estimates.parquet", "summary.parquet"


class StudyResult:
    """What came of a study.

    study     Study
    rows      a dict for each repetition, measure and arm: estimate, error, p_value, truth ...
    summed    a dict for each size, measure and arm; see `trials_summary.summary`
    runs      a dict for each repetition: status, error, seconds
    """

    def __init__(self, study, rows, runs):
        self.study, self.rows, self.runs = study, rows, runs
        self.summed = trials_summary.summary(study, rows)

    @classmethod
    def of_summary(cls, study, summed):
        """A result of which only the summary was kept, for pages."""
        found = cls(study, [], [])
        found.summed = summed
        return found

    @cached_property
    def estimates(self):
        """DataFrame of every estimate."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @cached_property
    def table(self):
        """DataFrame of the summary."""
        import pandas as pd

        return pd.DataFrame(self.summed)

    @property
    def needed(self):
        """{(measure, arm): size of sample with 80 % power, or None}; {} without a power curve."""
        return {
            name: trials_summary.needed(*curve)
            for name, curve in trials_summary.curves(self.summed).items()
        }

    @property
    def failed(self):
        """Repetitions that ended with an error."""
        return [run for run in self.runs if run["status"] == "failed"]

    def save(self, folder):
        """Write estimates, summary and runs as Parquet into a folder, each whole or not at all."""
        import pyarrow

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        files = ((ESTIMATES, self.rows), (SUMMARY, self.summed), (RUNS, self.runs))
        for name, rows in files:  # runs last: with them the folder counts as finished
            names = dict.fromkeys(key for row in rows for key in row)
            columns = {key: [row.get(key) for row in rows] for key in names}
            write_table(pyarrow.table(columns), folder / name)
        return folder


def carry_out(
    study, *, power=(), repetitions=None, seed=None, draws=None, workers=None, progress=True
):
    """Carry a study out; returns a StudyResult.

    study        a Study, its name or its file
    power        sizes of sample in place of the study's own: a power curve
    repetitions, seed, draws  in place of the study's own
    workers      processes (default: one for each core); results are the same for any number
    Raises SettingError for anything that is not allowed.
    """
    study = Study.load(study)
    changes = {"repetitions": repetitions, "seed": seed, "draws": draws}
    study = study.replaced(**{key: value for key, value in changes.items() if value is not None})
    settings.check_workers(workers)
    sizes = tuple(
        settings.whole(one, "power", 2, 5000, f"{study.size} of a study") for one in power
    )
    rows, runs = trials_run.estimates(
        study, sorted(set(sizes)) or (None,), workers=workers, progress=progress
    )
    return StudyResult(study, rows, runs)
