"""Results: what is written is read back, tidy, whole or not at all."""

from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.study import results


class Run(SimpleNamespace):
    def as_row(self):
        return {"policy": self.policy.name, "replicate": self.replicate, "lever": self.lever}


def run(policy="a", replicate=1, point=None, lever=None):
    return Run(
        policy=SimpleNamespace(name=policy),
        replicate=replicate,
        point=point or {},
        number=replicate - 1,
        lever=lever,
    )


def history(first=0.0):
    """Two years of an outcome by two groups, and 60 weeks of another."""
    return SimpleNamespace(
        yearly={"quality": (("ela", "science"), first + np.arange(4.0).reshape(2, 2))},
        weekly={"hours": (("ild",), 100 + np.arange(60.0).reshape(60, 1))},
    )


def test_values_are_tidy(tmp_path):
    found = results.write(tmp_path, [(run("a", 3), history(), 0.5)])
    values = results.open_results(tmp_path).values
    assert tuple(values.columns) == results.COLUMNS
    yearly = values[values.week.isna()]
    assert yearly[["year", "group", "value"]].values.tolist() == [
        [1, "ela", 0.0], [1, "science", 1.0], [2, "ela", 2.0], [2, "science", 3.0],
    ]  # fmt: skip
    weekly = values[values.week.notna()]
    assert weekly.week.tolist() == list(range(1, 61))
    assert weekly.year.tolist() == [1] * 52 + [2] * 8  # week 53 is the first of year 2
    assert set(values.policy) == {"a"}
    assert set(values.replicate) == {3}
    assert found.values.equals(values)


def test_what_the_design_varied_is_a_column(tmp_path):
    finished = [
        (run(replicate=1, point={"supervision.caseload": 8, "pd.data": "x"}), history(), 0.1),
        (run(replicate=2, point={"supervision.caseload": 16, "pd.data": "y"}), history(5), 0.1),
    ]
    values = results.write(tmp_path, finished).values
    assert values.groupby("replicate")["supervision.caseload"].unique().map(list).to_dict() == {
        1: [8],
        2: [16],
    }
    assert values[values["pd.data"] == "y"].value.min() == 5
    assert values.groupby("replicate").point.unique().map(list).to_dict() == {1: [0], 2: [1]}


def test_runs_may_hold_different_groups():
    other = SimpleNamespace(yearly={"cost": (("all",), np.ones((1, 1)))}, weekly={})
    values = results.collect([(run("a"), history(), 0.1), (run("b"), other, 0.1)]).values
    assert values[values.policy == "b"][["outcome", "group", "year"]].values.tolist() == [
        ["cost", "all", 1]
    ]


def test_a_failed_run_is_a_row_without_values(tmp_path):
    finished = [(run("a"), history(), 0.1), (run("b"), RuntimeError("it broke"), 0.1)]
    found = results.write(tmp_path, finished)
    assert found.runs.status.tolist() == ["done", "failed"]
    assert found.failed.error.tolist() == ["it broke"]
    assert set(found.values.policy) == {"a"}


def test_only_failures_give_an_empty_table():
    found = results.collect([(run(), RuntimeError("no"), 0.1)])
    assert len(found.values) == 0
    assert tuple(found.values.columns) == results.COLUMNS


def test_columns_of_runs_keep_their_kind():
    rows = [(run(lever=lever), history(), 0.1) for lever in (None, 78, 3.5)]
    assert results.collect(rows).runs.lever.isna().tolist() == [True, False, False]
    rows = [(run(lever=lever), history(), 0.1) for lever in (None, None)]
    assert results.collect(rows).runs.lever.isna().all()
    rows = [(run(lever=lever), history(), 0.1) for lever in (True, "x")]
    assert results.collect(rows).runs.lever.tolist() == ["true", '"x"']


def test_nothing_is_written_while_runs_are_missing(tmp_path):
    def finished():
        yield run(), history(), 0.1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results.write(tmp_path, finished())
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    results.write(tmp_path, [(run(), history(), 0.1)])
    before = (tmp_path / results.VALUES).read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        results.write(tmp_path, [(run("b"), history(7), 0.1)])
    assert (tmp_path / results.VALUES).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [results.RUNS, results.VALUES]


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "no folder"])
def test_unreadable_folders_are_refused(tmp_path, damage):
    results.write(tmp_path, [(run(), history(), 0.1)])
    path = tmp_path / results.VALUES
    if damage == "missing":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:100])
    folder = tmp_path / "nowhere" if damage == "no folder" else tmp_path
    with pytest.raises(results.NoResults) as refused:
        results.open_results(folder)
    assert str(folder) in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3


def test_values_can_be_saved_on_their_own(tmp_path):
    found = results.collect([(run(), history(), 0.1)])
    found.to_parquet(tmp_path / "mine.parquet")
    import pandas as pd

    assert pd.read_parquet(tmp_path / "mine.parquet").equals(found.values)
