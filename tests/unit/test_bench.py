"""Bench: it measures what it says, at the smallest size."""

import json
from types import SimpleNamespace

from districtsim import bench


def test_every_row_has_a_time_and_the_twin_its_ratio(monkeypatch, capsys):
    monkeypatch.setattr(bench, "SETTLED", 1)
    monkeypatch.setattr(bench, "LEAK_RUNS", 3)
    monkeypatch.setattr(bench, "SWEEP_SCHOOLS", 3)
    monkeypatch.setattr(bench, "SWEEP_RUNS", 4)
    monkeypatch.setattr(bench, "YEARS", 1)
    monkeypatch.setattr(bench, "TWIN_SCHOOLS", 4)
    assert bench.main(SimpleNamespace(schools=[4], json=True)) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(row["least"] <= row["median"] for row in rows)
    names = " ".join(row["what"] for row in rows)
    for part in ("--help", "4 schools", "peak memory", "growth", "at a time", "slow twin"):
        assert part in names
    ratio = next(row for row in rows if "twin" in row["what"])
    assert ratio["least"] > 1
