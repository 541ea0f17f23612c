"""Shards: parts of one sweep at once in one folder, as a job array runs them."""

import pytest
from sweeping import PAGE, experiment, finish, start, sweep_here, values_of

from districtsim.study.folders import sweep_folder
from districtsim.study.plan import Plan
from districtsim.world.errors import SettingError


def test_four_shards_at_once_give_the_same_bits(tmp_path):
    file = tmp_path / "page.yaml"
    file.write_text(PAGE + "replicates: 6\n")
    finish(start(tmp_path / "whole", file, "--workers", 2))
    four = [
        start(tmp_path / "parts", file, "--workers", 1, "--shard", f"{i}/4") for i in (1, 2, 3, 4)
    ]
    said = [finish(process)[0] for process in four]
    assert sum("72 runs, 0 failed" in out or "values.parquet" in out for out in said) >= 1
    assert values_of(tmp_path / "parts") == values_of(tmp_path / "whole")
    assert not (tmp_path / "parts" / "chunks").exists()


def test_shards_share_out_every_run_evenly():
    plan = Plan(experiment(vary={"supervision.caseload": [8, 16]}, replicates=7))
    shares = [plan.shard_of(number, 4) for number in range(len(plan))]
    assert len(plan) == 28
    assert [shares.count(which) for which in range(4)] == [7, 7, 7, 7]


def test_a_shard_that_is_late_finishes_the_sweep(tmp_path):
    made = experiment()
    first = sweep_here(tmp_path / "a", made, shard=(0, 2))
    assert not first.finished
    assert first.progress.done == first.progress.total == 3
    second = sweep_here(tmp_path / "a", made, shard=(1, 2))
    assert second.finished
    sweep_here(tmp_path / "b", made)
    assert values_of(tmp_path / "a") == values_of(tmp_path / "b")


def test_a_shard_at_work_keeps_others_of_its_kind_away(tmp_path):
    plan = Plan(experiment())
    with sweep_folder(tmp_path, plan, shard=(0, 2)), sweep_folder(tmp_path, plan, shard=(1, 2)):
        for other in ((0, 2), (0, 3), None):
            with (
                pytest.raises(SettingError, match="is at work here"),
                sweep_folder(tmp_path, plan, resume=True, shard=other),
            ):
                pass
    with sweep_folder(tmp_path, plan, shard=(0, 3)):  # they have ended
        pass


def test_a_rule_when_to_stop_cannot_be_sharded(tmp_path):
    rule = {"until": "half_width", "of": "teaching_quality", "at": 0.1, "max": 30}
    with pytest.raises(SettingError, match="leave out --shard"):
        sweep_here(tmp_path, experiment(replicates=rule), shard=(0, 2))
