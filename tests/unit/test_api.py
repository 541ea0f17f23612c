"""Api: what a Python user calls, in a district of two schools."""

import os
import subprocess
import sys

import pytest

import districtsim as ds


@pytest.fixture(scope="module")
def tiny():
    return ds.District.synthetic(schools=2, seed=1)


@pytest.fixture(scope="module")
def effects(tiny):
    return ds.compare(tiny, ["status_quo", "small_caseload"], years=1, replicates=3, workers=1)


def test_simulate_gives_tidy_values(tiny, tmp_path):
    result = ds.simulate(tiny, "status_quo", years=1, replicates=2, seed=3, workers=1)
    assert list(result.values) == [
        "policy", "replicate", "year", "week", "outcome", "group", "value",
    ]  # fmt: skip
    weekly = result.values[result.values.week.notna()]
    assert set(weekly.outcome) == {"time_use", "support_hours", "appropriation"}
    assert weekly.week.max() == 52
    assert len(result.runs) == 2
    result.to_parquet(tmp_path / "values.parquet")
    assert (tmp_path / "values.parquet").stat().st_size > 0


def test_compare_gives_paired_effects(effects, tmp_path):
    assert list(effects.table) == [
        "policy", "outcome", "group", "year", "difference", "low", "high", "replicates",
    ]  # fmt: skip
    assert set(effects.table.policy) == {"small_caseload"}
    assert set(effects.table.replicates) <= {2, 3}  # 2 where a replicate hired nobody
    effects.to_parquet(tmp_path / "effects.parquet")
    import pandas as pd

    assert len(pd.read_parquet(tmp_path / "effects.parquet")) == len(effects.table)


def test_one_replicate_can_be_run_again_on_its_own(effects, tiny):
    from districtsim.simulation import Simulation

    row = effects.runs.iloc[1]
    history = Simulation(tiny, row.policy, row.run_seed).run(1)
    groups, values = history.yearly["teaching_quality"]
    stored = effects.values.query(
        "policy == @row.policy and replicate == @row.replicate and outcome == 'teaching_quality'"
    )
    assert stored.group.tolist() == list(groups)
    assert stored.value.to_numpy().tobytes() == values[0].tobytes()


def test_a_policy_made_in_python_is_the_file_of_the_same_levers(tiny):
    shipped = ds.Policy.load("small_caseload")
    made = ds.Policy("mine", {"supervision": {"caseload": shipped.levers["supervision.caseload"]}})
    both = ds.compare(tiny, [made, "small_caseload"], years=1, replicates=2, workers=1)
    if made.levers == shipped.levers:
        assert (both.table.difference.fillna(0) == 0).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: ds.simulate(d, "status_qou"), "Did you mean 'status_quo'"),
        (lambda d: ds.simulate("seatle", "status_quo"), "Did you mean 'seattle'"),
        (lambda d: ds.simulate(d, "status_quo", years=-1), "years is -1"),
        (lambda d: ds.simulate(d, "status_quo", replicates=0), "replicates is 0"),
        (lambda d: ds.simulate(d, "status_quo", seed=2**32), "seed is 4294967296"),
        (lambda d: ds.simulate(d, "status_quo", workers=0), "workers is 0"),
        (lambda d: ds.simulate(d, "status_quo", without=["hirring"]), "Did you mean 'hiring'"),
        (lambda d: ds.simulate(d, "status_quo", weekly=["days_to_fill"]), "once a year"),
        (lambda d: ds.simulate(None, "status_quo"), "district"),
        (lambda d: ds.simulate(d, {"caseload": 8}), "give the name of a policy"),
        (lambda d: ds.compare(d, ["status_quo"]), "two or more"),
        (lambda d: ds.compare(d, "status_quo"), "expected a list"),
        (lambda d: ds.compare(d, ["status_quo", "status_quo"]), "stands twice"),
        (lambda d: ds.open_results("nowhere"), "no such folder"),
        (lambda d: ds.open_results("."), "has no runs.parquet"),
    ],
)
def test_what_a_person_gets_wrong_is_a_setting_error(tiny, call, said):
    with pytest.raises(ds.SettingError) as refused:
        call(tiny)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) <= 3


def test_failed_runs_are_told(tiny, monkeypatch):
    from districtsim.simulation import Simulation

    run = Simulation.run
    seeds = []

    def sometimes(self, years):
        seeds.append(1)
        if len(seeds) == 2:
            raise ZeroDivisionError("nobody to divide by")
        return run(self, years)

    monkeypatch.setattr(Simulation, "run", sometimes)
    with pytest.warns(UserWarning, match="1 of 3 runs failed"):
        result = ds.simulate(tiny, "status_quo", years=1, replicates=3, workers=1)
    assert result.failed.replicate.tolist() == [2]
    monkeypatch.setattr(Simulation, "run", lambda self, years: 1 / 0)
    with pytest.raises(RuntimeError, match="every run failed"):
        ds.simulate(tiny, "status_quo", years=1, replicates=2, workers=1)


def test_a_script_needs_no_guard_for_workers(tmp_path):
    """Workers leave the script that started them alone: it is not run again in each."""
    script = tmp_path / "mine.py"
    script.write_text(
        "import districtsim as ds\n"
        "from districtsim.study import runs\n"
        "runs.SECONDS_ALONE = 0.0\n"
        "tiny = ds.District.synthetic(schools=2, seed=1)\n"
        "result = ds.simulate(tiny, 'status_quo', years=1, replicates=6, workers=2)\n"
        "print(len(result.runs))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONWARNINGS": "error"},
    )  # fmt: skip
    assert done.stdout == "6\n", done.stderr
