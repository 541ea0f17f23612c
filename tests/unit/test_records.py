"""Records: `districtsim runs` lists, shows and compares what folders hold."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from districtsim.cli import main
from districtsim.record.comparing import flat
from districtsim.record.outcomes import headlines
from districtsim.record.plain import plain, without_password
from districtsim.record.recording import recording
from districtsim.study.designs import Experiment
from districtsim.study.results import write
from districtsim.study.runs import run_all
from districtsim.world.district import District


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Records of three runs: two alike, one of another policy's lever and seed."""
    folder = tmp_path_factory.mktemp("here")
    district = District.synthetic(schools=2, seed=1)
    for number, changes in enumerate(({}, {}, {"seed": 2}), 1):
        asked = Experiment("caseload", (district,), ("status_quo", "leader_led"), years=1,
                           replicates=2).replaced(**changes)  # fmt: skip
        home = folder / "results" / "caseload" / str(number)
        with recording("caseload", asked.as_dict(), home, command="sweep") as record:
            runs = run_all(asked.runs(), workers=1, progress=False)
            found = write(home, record.watched(runs))
            record.artifacts()
            record.result(runs=len(found.runs))
    with pytest.raises(ValueError), recording("broken", {}, folder / "results" / "broken" / "1"):
        raise ValueError("out of schools")
    return folder


@pytest.fixture
def say(here, monkeypatch, capsys):
    """Run a command in that folder; gives (exit code, standard output, standard error)."""
    monkeypatch.chdir(here)

    def run(*words):
        code = main(list(words))
        return code, *capsys.readouterr()

    return run


def test_list_names_every_run_oldest_first(say):
    code, out, _ = say("runs", "list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["run"] for row in rows] == ["caseload/1", "caseload/2", "caseload/3", "broken/1"]
    assert [row["status"] for row in rows] == ["COMPLETED"] * 3 + ["FAILED"]
    assert [row["runs"] for row in rows] == [4, 4, 4, None]
    assert [row["failed"] for row in rows][:3] == [0, 0, 0]
    assert "caseload/2  COMPLETED" in say("runs", "list")[1]


@pytest.mark.parametrize("status", ["FAILED", "failed"])
def test_list_takes_one_status(say, status):
    rows = json.loads(say("runs", "list", "--status", status, "--json")[1])
    assert [row["run"] for row in rows] == ["broken/1"]


def test_show_tells_configuration_code_machine_metrics(say):
    rows = json.loads(say("runs", "show", "caseload/2", "--json")[1])
    told = {(row["part"], row["what"]): row["value"] for row in rows}
    assert told["configuration", "policies"] == ["status_quo", "leader_led"]
    assert told["configuration", "seed"] == 1
    assert told["metric", "runs_done"] == 4
    assert told["code", "sources kept"] > 100
    assert told["machine", "python"]
    assert "status_quo" in say("runs", "show", "caseload/2")[1]


def test_show_prints_why_a_run_failed_and_takes_the_latest_of_a_name(say):
    assert "ValueError: out of schools" in say("runs", "show", "broken")[1]
    assert '"value": "caseload/3"' in say("runs", "show", "caseload", "--json")[1]


def test_runs_that_are_alike_have_the_same_bits(say):
    code, out, _ = say("runs", "compare", "caseload/1", "caseload/2", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["table"] == []
    assert found["results"].startswith("the same to the last bit: ")
    out = say("runs", "diff", "caseload/1", "caseload/2")[1]
    assert "no difference" in out
    assert "the same to the last bit" in out


def test_what_differs_is_told_part_by_part(say):
    found = json.loads(say("runs", "compare", "caseload/1", "caseload/3", "--json", "--all")[1])
    rows = {(row["part"], row["what"]): (row["caseload/1"], row["caseload/3"])
            for row in found["table"]}  # fmt: skip
    assert rows["configuration", "seed"] == (1, 2)
    assert {part for part, _ in rows} == {"configuration", "results"}
    assert "numbers differ" in found["results"]
    one, two = rows["results", "leader_led: principal_leadership"]
    assert one != two
    table = say("runs", "compare", "caseload/1", "caseload/2", "caseload/3")[1]
    assert "caseload/3" in table
    assert "code: no difference" in table


def test_means_are_those_of_the_values(say, here):
    from districtsim.study.results import open_results

    found = json.loads(say("runs", "compare", "caseload/1", "caseload/3", "--json", "--all")[1])
    (row,) = (r for r in found["table"] if r["what"] == "status_quo: teaching_quality")
    values = open_results(here / "results" / "caseload" / "1").values
    mine = values[(values.policy == "status_quo") & (values.outcome == "teaching_quality")]
    mine = mine[(mine.group == "all") & mine.week.isna()]
    assert row["caseload/1"] == mine["value"].mean()


def test_diff_shows_settings_and_sources(say, here, tmp_path):
    import shutil

    home = here / "results"
    shutil.copytree(home / "caseload" / "1", tmp_path / "changed")
    entry = json.loads((tmp_path / "changed" / "run.json").read_text())
    names = [name for name, _ in entry["experiment"]["sources"]]
    place = names.index("districtsim/world/errors.py")
    stored = tmp_path / "changed" / entry["experiment"]["sources"][place][1]
    stored.write_text(stored.read_text() + "MORE = 1\n")
    out = say("runs", "diff", "caseload/3", str(tmp_path / "changed"))[1]
    assert "-seed: 2\n+seed: 1\n" in out
    assert f"+++ {tmp_path / 'changed'}: districtsim/world/errors.py" in out
    assert "+MORE = 1\n" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("runs", "lst"), "Did you mean 'list'?"),
        (("runs", "show"), "takes one run, given 0"),
        (("runs", "compare", "caseload/1"), "takes two runs or more, given 1"),
        (("runs", "compare", "caseload/1", "caseload/1"), "the same run twice"),
        (("runs", "show", "caseload/11"), "Did you mean 'caseload/1'?"),
        (("runs", "list", "caseload/1"), "takes no names"),
        (("runs", "list", "--status", "FAILD"), "Did you mean 'FAILED'?"),
        (("runs", "list", "--results", "nowhere"), "no such folder"),
        (("runs", "list", "--observe", "team"), "not the address of a database"),
        (("runs", "list", "--observe", "postgresql://127.0.0.1:1/x"), "cannot be used"),
    ],
)
def test_mistakes_are_refused(say, words, said):
    code, out, err = say(*words)
    assert code == 2
    assert out == ""
    assert said in err
    assert 1 <= len(err.splitlines()) <= 3


def test_an_empty_results_folder_is_said_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    assert main(["runs", "list"]) == 0
    assert "No records here" in capsys.readouterr().out
    assert main(["runs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_nested_settings_become_dotted_keys():
    assert flat({"a": {"b": 1, "c": {"d": [2]}}, "e": {}}) == {"a.b": 1, "a.c.d": [2], "e": {}}


def test_plain_values_are_what_json_can_hold():
    import numpy as np

    given = {1: np.float32(0.5), "x": (np.int64(2), float("nan")), "s": {"b", "a"}, "n": None}
    assert plain(given) == {"1": 0.5, "x": [2, None], "s": ["a", "b"], "n": None}
    assert plain(np.array([[1.0, np.inf]])) == [[1.0, None]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://u:p@host/x", "postgresql://u:***@host/x"),
        (
            "sweep --observe mongodb://me:a%40b@h:1/y -n",
            "sweep --observe mongodb://me:***@h:1/y -n",
        ),
        ("postgresql://host:5432/x", "postgresql://host:5432/x"),
        ("sqlite:///a@b.db", "sqlite:///a@b.db"),
    ],
)
def test_passwords_are_never_shown(text, shown):
    assert without_password(text) == shown


def test_outcomes_of_a_table_in_parts_are_read_over_all_of_them(tmp_path):
    """Parts written one by one have dictionaries of their own: words in another order."""
    first = {"policy": ["a", "a"], "outcome": ["x", "y"], "value": [1.0, 2.0]}
    second = {"policy": ["b", "a"], "outcome": ["y", "x"], "value": [4.0, 3.0]}
    parts = [
        pa.table(
            {
                **{
                    name: pa.array(values).dictionary_encode() if name != "value" else values
                    for name, values in part.items()
                },
                "group": pa.array(["all", "all"]).dictionary_encode(),
                "year": pa.array([1, 1], pa.int16()),
                "week": pa.array([None, None], pa.int16()),
            }
        )
        for part in (first, second)
    ]
    with pq.ParquetWriter(tmp_path / "values.parquet", parts[0].schema) as file:
        for part in parts:
            file.write_table(part)
    assert headlines(tmp_path) == {"a: x": 2.0, "a: y": 2.0, "b: y": 4.0}
