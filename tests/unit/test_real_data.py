"""Real data: figures from files; those whose files ship with the tests are worked out anew."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from districtsim.study import real_data, validation_schools
from districtsim.world.errors import SettingError
from districtsim.world.yaml_files import read_yaml

DATA = Path(__file__).parents[1] / "data"
STORED = read_yaml(validation_schools.FIGURES)["figures"]


def test_figures_of_washington_are_those_of_its_published_file():
    found = real_data.washington(DATA / "washington_schools_2022-23.csv")
    assert set(found) <= set(STORED)
    for name, (value, error, number) in found.items():
        assert STORED[name]["value"] == pytest.approx(value, rel=1e-3), name
        assert STORED[name]["n"] == number
        if error is not None:
            assert STORED[name]["error"] == pytest.approx(error, rel=0.1)


def zipped(folder, name, text):
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8") as file:
        file.write(text)


def carolina(folder, districts=3, schools=10):
    """Made-up files: in each district school s has a low-income share of s tenths."""
    people = "unit_code,class_teach_num,tchyrs_0thru3_pct,_1yr_tchr_trnovr_pct,"
    people += "_1yr_prin_trnovr_pct\n"
    profile, poor, scores = "unit_code,type_cd,student_num\n", "unit_code,pct_eds\n", ""
    for d in range(districts):
        for s in range(schools):
            code = f"{100 + d}{300 + s}"
            people += f"{code},20,{0.1 + s / 50},{0.1 + s / 100},\n"
            profile += f"{code},P,500\n"
            poor += f"{code},{10 * s}\n"
            scores += f"{code},{90 - 7 * s},{80 - s}\n"
        people += f"{100 + d}LEA,,,,{0.1 * (d + 1)}\n"
    people += "00A000,20,0.5,0.5,\n"
    profile += "00A000,C,500\n"
    zipped(folder, "personnel", people)
    zipped(folder, "profile", profile)
    zipped(folder, "acc-ed-rates", poor)
    header = "unit_code,Overall Achievement Score,EVAAS Growth Score\n"
    zipped(folder, "spg", header + scores)


def test_figures_of_carolina_by_hand(tmp_path):
    carolina(tmp_path)
    found = real_data.carolina(tmp_path)
    assert found["novice_all"][0] == pytest.approx(0.1 + 4.5 / 50)  # the charter school is left out
    assert found["novice_all"][2] == 30
    # quarters of ten equal schools: 0, 1 (half of 2 is beyond) and 8, 9 (7 is at 0.75)
    assert found["left_quartile_1"][0] == pytest.approx(0.1 + np.mean([0, 1]) / 100, abs=0.006)
    assert found["novice_with_left"][0] == pytest.approx(1.0)
    assert found["growth_correlation"][0] == pytest.approx(-1.0, abs=0.001)
    assert found["score_slope"][0] < -2.0
    assert found["size_decile_5"][0] == 10
    assert found["poverty_decile_5"][0] == pytest.approx((0.025 + sum(range(1, 10)) / 10) / 10)


def test_principals_by_hand(tmp_path):
    carolina(tmp_path)
    found = real_data.principals(tmp_path)
    assert found["principals_left"][0] == pytest.approx(0.2)
    assert found["principals_left"][2] == 3
    # 10 * (0.1^2 + 0 + 0.1^2) over 0.2 * 0.8 * 2
    assert found["principals_over_chance"][0] == pytest.approx(0.2 / 0.32)


def test_star_by_hand(tmp_path):
    rows = "sch,gr,cltype,exp,read,math,ses,schtype,tch\n"
    for school in range(4):
        for teacher in range(3):
            for pupil in range(4):
                lunch, score = "FN"[pupil % 2], 500 + 10 * school + 20 * (pupil % 2) - teacher
                rows += f"{school},K,reg,{5 * teacher},{score},{score},{lunch},rural,"
                rows += f"{school}{teacher}\n"
    zipped(tmp_path, "star", rows)
    found = real_data.star(tmp_path)
    spread = np.std([10 * s + 20 * p - t for s in range(4) for t in range(3) for p in (0, 1)])
    sample = spread * (48 / 47) ** 0.5
    assert found["lunch_gap"][0] == pytest.approx(20 / sample, rel=1e-6)
    assert found["new_teacher"][0] == pytest.approx(
        -1.5 / sample, rel=1e-6
    )  # newest teach best here
    assert found["schools_part"][0] == pytest.approx(found["schools_part_in_place"][0])
    assert found["schools_part"][2] == 4


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: (folder / "star.csv.gz").unlink(), "no such file"),
        (lambda folder: zipped(folder, "star", "sch,gr\n1,K\n"), "has no column 'cltype'"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path, break_it, said):
    zipped(tmp_path, "star", "")
    break_it(tmp_path)
    with pytest.raises(SettingError, match=said):
        real_data.star(tmp_path)


def test_figures_are_written_with_as_many_digits_as_they_have(tmp_path, monkeypatch):
    fake = {"share": (0.123456, 0.0123456, 7), "size": (3.0, None, 2)}
    for name in ("carolina", "principals", "star", "washington"):
        monkeypatch.setattr(real_data, name, lambda folder: fake)
    path = tmp_path / "figures.yaml"
    validation_schools.renew(tmp_path, path)
    found = read_yaml(path)["figures"]
    assert found == {
        "share": {"value": 0.1235, "error": 0.012, "n": 7},
        "size": {"value": 3.0, "n": 2},
    }
