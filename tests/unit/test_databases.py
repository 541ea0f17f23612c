"""Databases: PostgreSQL, SQLite and MongoDB as a team's record, and what happens without them."""

import json
import subprocess
import sys
from datetime import datetime

import pytest
from databases import fresh, postgres

from districtsim.cli import main
from districtsim.record import databases, reading, steady_observer
from districtsim.record.recording import recording
from districtsim.record.steady_observer import SteadyObserver
from districtsim.world.errors import SettingError

PROCESSES, RUNS = 4, 10
WRITER = """
import sys
from pathlib import Path
from districtsim.record.recording import recording
address, folder, number, runs = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
for run in range(runs):
    mine = {"process": number, "run": run}
    with recording("x", mine, folder / str(number) / str(run), observe=address) as record:
        for step in range(3):
            record.metric("value", 100 * number + run + step / 4, step=step)
        record.info(runs=run)
        record.result(**mine)
"""


@pytest.fixture(scope="module")
def server():
    with postgres() as address:
        if "://" not in address:
            pytest.skip(address)
        yield address


@pytest.fixture
def database(server):
    with fresh(server) as address:
        yield address


def query(address, words):
    import sqlalchemy as sa

    from districtsim.record.sql_observer import engine

    with engine(address).connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(words))]


def check_everything_arrived(address, folder):
    rows = query(address, "SELECT run_id, status, config, result, info FROM run")
    assert len({row[0] for row in rows}) == len(rows) == PROCESSES * RUNS
    for identity, status, config, result, info in rows:
        config = json.loads(config)
        result = result if isinstance(result, dict) else json.loads(result)
        assert (status, result) == ("COMPLETED", config)
        assert json.loads(info)["runs"] == config["run"]
        place = folder / str(config["process"]) / str(config["run"])
        assert reading.read(place).meta["run_id"] == identity
        words = f"SELECT step, value FROM metric WHERE run_id = '{identity}' ORDER BY step"
        first = 100 * config["process"] + config["run"]
        assert query(address, words) == [(0, first), (1, first + 0.25), (2, first + 0.5)]
    kept = query(address, "SELECT count(DISTINCT filename) FROM source")[0][0]
    assert kept == len(reading.read(place).sources)


def write_from_many_processes(address, folder):
    command = [sys.executable, "-c", WRITER, address, str(folder)]
    writers = [
        subprocess.Popen([*command, str(n), str(RUNS)], stderr=subprocess.PIPE, text=True)
        for n in range(PROCESSES)
    ]
    for writer in writers:
        assert writer.communicate(timeout=240)[1] == ""
        assert writer.returncode == 0


def test_many_processes_write_to_postgresql_at_once(database, tmp_path):
    write_from_many_processes(database, tmp_path)
    check_everything_arrived(database, tmp_path)


def test_many_processes_write_to_one_sqlite_file(tmp_path):
    address = f"sqlite:///{tmp_path / 'team.db'}"
    write_from_many_processes(address, tmp_path)
    check_everything_arrived(address, tmp_path)


def test_a_heartbeat_is_seen_by_others_while_the_run_goes_on(database, tmp_path):
    with recording("x", {}, tmp_path, observe=database) as record:
        record.metric("value", 4.5)
        record.info(runs=7)
        record._run._emit_heartbeat()
        (row,) = query(database, "SELECT status, info, heartbeat FROM run")
        assert (row[0], json.loads(row[1])["runs"]) == ("RUNNING", 7)
        assert row[2] is not None
        assert query(database, "SELECT value FROM metric") == [(4.5,)]


def test_every_status_and_long_names_fit(database, tmp_path):
    name = "a question with a name longer than the thirty-two letters of Sacred's column"
    for status in ("QUEUED", "TERMINATED", "DIED"):
        with recording(name, {}, tmp_path / status, observe=database):
            pass
    query_all = "SELECT name FROM experiment"
    assert {row[0] for row in query(database, query_all)} == {name}
    import sqlalchemy as sa

    from districtsim.record.sql_observer import engine

    with engine(database).begin() as connection:
        for status in ("QUEUED", "TERMINATED", "DIED"):
            connection.execute(sa.text(f"UPDATE run SET status = '{status}'"))


def test_tables_that_sacred_made_are_widened_and_keep_their_runs(database, tmp_path):
    """Sacred's own tables: a list of statuses, a number as the result, short texts."""
    import sqlalchemy as sa

    from districtsim.record.sql_observer import engine

    script = f"""
import sqlalchemy as sa
from districtsim.record import sacred_setup
address = {database!r}.replace("postgresql", "postgresql+psycopg")
sacred_setup.sql_bases().Base.metadata.create_all(sa.create_engine(address))
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    with engine(database).begin() as connection:
        words = "INSERT INTO run (run_id, status, result, config) VALUES ('0', 'FAILED', 0.5, '{}')"
        connection.execute(sa.text(words))
    with recording("x" * 40, {}, tmp_path, observe=database) as record:
        record.result(runs=1)
    rows = query(database, "SELECT status, result FROM run ORDER BY id")
    assert rows == [("FAILED", 0.5), ("COMPLETED", {"runs": 1})]


def test_figures_are_stored_and_files_too_large_are_not(database, tmp_path, monkeypatch):
    monkeypatch.setattr(steady_observer, "LARGEST_FILE", 10)
    (tmp_path / "small.png").write_bytes(b"1234")
    (tmp_path / "large.png").write_bytes(b"12345678901")
    with recording("x", {}, tmp_path / "1", observe=database) as record:
        record.artifact(tmp_path / "small.png")
        record.artifact(tmp_path / "large.png")
    stored = query(database, "SELECT filename, content FROM artifact")
    assert [(name, bytes(content)) for name, content in stored] == [("small.png", b"1234")]
    assert reading.read(tmp_path / "1").entry["artifacts"] == ["small.png", "large.png"]


def test_runs_list_reads_a_database(database, tmp_path, capsys):
    with pytest.raises(ValueError), recording("x", {}, tmp_path, observe=database):
        raise ValueError
    with recording("y", {"seed": 2}, tmp_path / "2", observe=database) as record:
        record.info(runs=5, failed=1)
    capsys.readouterr()
    assert main(["runs", "list", "--observe", database, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["status"] for row in rows] == ["FAILED", "COMPLETED"]
    assert (rows[1]["run"], rows[1]["runs"], rows[1]["failed"]) == (record.id, 5, 1)


# MongoDB: no server can be had everywhere, so its library's stand-in


@pytest.fixture
def mongo():
    mongomock = pytest.importorskip("mongomock")
    from mongomock.gridfs import enable_gridfs_integration

    enable_gridfs_integration()
    with mongomock.patch(servers=(("team.example", 27017),)):
        yield "mongodb://name:secret@team.example/lab"


def test_mongodb_through_sacreds_own_observer(mongo, tmp_path, capsys):
    import pymongo

    picture = tmp_path / "a.png"
    picture.write_bytes(b"1234")
    for number in range(2):
        with recording("x", {"a.b": number}, tmp_path / str(number), observe=mongo) as record:
            record.metric("value", 1.5)
            record.artifact(picture)
            record.result(runs=number)
    lab = pymongo.MongoClient(mongo)["lab"]
    found = list(lab["runs"].find({}).sort("_id"))
    assert [run["_id"] for run in found] == [1, 2]
    assert [run["status"] for run in found] == ["COMPLETED"] * 2
    assert [run["result"] for run in found] == [{"runs": 0}, {"runs": 1}]
    assert found[1]["meta"]["run_id"] == record.id
    assert [m["values"] for m in lab["metrics"].find({})] == [[1.5], [1.5]]
    assert [one["name"] for one in found[0]["artifacts"]] == ["a.png"]
    capsys.readouterr()
    assert main(["runs", "list", "--observe", mongo, "--json"]) == 0
    assert [row["status"] for row in json.loads(capsys.readouterr().out)] == ["COMPLETED"] * 2
    assert "secret" not in json.dumps(found, default=str)


# Databases that are down


class Flaky:
    """An observer that fails when told to."""

    def __init__(self):
        self.down, self.heard = False, []

    def __getattr__(self, name):
        if not name.endswith(("_event", "metrics")):
            raise AttributeError(name)

        def event(**facts):
            if self.down:
                raise ConnectionError("nobody there")
            if facts.get("name") == "poison":
                raise ValueError("cannot be stored")
            self.heard.append((name.removesuffix("_event"), facts))

        return event


def steady(inner, clock):
    said = []
    observer = SteadyObserver(
        lambda: inner, "db", lambda p: isinstance(p, ConnectionError), said.append, clock=clock
    )
    return observer, said


def test_what_a_database_missed_is_delivered_when_it_is_back(monkeypatch):
    monkeypatch.setattr(steady_observer, "LAST_TRIES", (0.0,))
    inner, now = Flaky(), [0.0]
    observer, said = steady(inner, lambda: now[0])
    inner.down = True
    observer.started_event(_id="a", meta_info={})
    observer.log_metrics({"x": {"values": [1]}}, {})
    observer.heartbeat_event(info={"n": 1})
    observer.heartbeat_event(info={"n": 2})
    assert inner.heard == []
    assert len(said) == 1
    assert "nobody there" in said[0]
    assert "goes on" in said[0]
    inner.down = False
    observer.heartbeat_event(info={"n": 3})
    assert inner.heard == []  # it is left in peace for half a minute
    now[0] = 31.0
    observer.log_metrics({"x": {"values": [2]}}, {})
    names = [name for name, _ in inner.heard]
    assert names == ["started", "log_metrics", "heartbeat", "log_metrics"]
    assert inner.heard[2][1] == {"info": {"n": 3}}
    assert "answers again after 31 s" in said[1]
    observer.completed_event(stop_time=datetime(2026, 1, 1), result=None)
    assert inner.heard[-1][0] == "completed"


def test_what_cannot_be_stored_is_left_out_and_the_rest_goes_on(tmp_path):
    inner = Flaky()
    observer, said = steady(inner, lambda: 0.0)
    observer.started_event(_id="a", meta_info={})
    observer.artifact_event(name="poison", filename=__file__)
    observer.artifact_event(name="good", filename=__file__)
    assert [name for name, _ in inner.heard] == ["started", "artifact"]
    assert said == ["db: left out 'artifact' (cannot be stored)."]


def test_a_database_that_never_answers_costs_two_messages(monkeypatch):
    monkeypatch.setattr(steady_observer, "LAST_TRIES", (0.0, 0.0))
    inner = Flaky()
    inner.down = True
    observer, said = steady(inner, lambda: 0.0)
    observer.started_event(_id="a", meta_info={})
    for _ in range(50):
        observer.log_metrics({"x": {"values": [1]}}, {})
    observer.interrupted_event(interrupt_time=datetime(2026, 1, 1), status="INTERRUPTED")
    assert len(said) == 2
    assert "were not delivered; its folder holds the whole record" in said[1]


def test_a_run_is_recorded_in_its_folder_though_the_database_is_down(tmp_path, capfd):
    with recording("x", {}, tmp_path, observe="postgresql://u:secret@127.0.0.1:1/x") as record:
        record.metric("a", 1)
    err = capfd.readouterr().err
    assert "postgresql://u:***@127.0.0.1:1/x: does not take this run's record" in err
    assert "The run goes on and is recorded in its folder" in err
    assert "secret" not in err
    assert reading.read(tmp_path).status == "COMPLETED"
    assert reading.read(tmp_path).metrics["a"]["values"] == [1]


def test_a_server_that_is_killed_and_comes_back_holds_the_whole_run(database, tmp_path, capfd):
    """Connections are cut in the middle of a run, as a restart of the server does."""
    import psycopg

    with recording("x", {}, tmp_path, observe=database) as record:
        record.metric("a", 1)
        record._run._emit_heartbeat()
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        record.metric("a", 2)
        record._run._emit_heartbeat()
        record.metric("a", 3)
    assert query(database, "SELECT status FROM run") == [("COMPLETED",)]
    assert query(database, "SELECT value FROM metric ORDER BY step") == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgres", "not the address of a database"),
        ("mysql://host/x", "not the address of a database"),
        ("postgresql://", "not the address of a database"),
        ("postgresql://host:port/x", "cannot be used"),
        ("postgresql+nosuch://host/x", "cannot be used"),
    ],
)
def test_addresses_that_cannot_be_meant_are_refused_before_anything_is_made(
    tmp_path, address, said
):
    with (
        pytest.raises(SettingError, match=said) as refused,
        recording("x", {}, tmp_path / "new", observe=address),
    ):
        pass
    assert len(str(refused.value).splitlines()) <= 3
    assert not (tmp_path / "new").exists()


def test_a_missing_driver_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(SettingError, match=r"pip install 'districtsim\[database\]'"):
        databases.observer_for("sqlite:///x.db", print)


def test_the_environment_names_a_database(tmp_path, monkeypatch, capsys):
    address = f"sqlite:///{tmp_path / 'team.db'}"
    monkeypatch.setenv("DISTRICTSIM_OBSERVER", address)
    with recording("x", {}, tmp_path / "1"):
        pass
    assert query(address, "SELECT status FROM run") == [("COMPLETED",)]
    monkeypatch.setenv("DISTRICTSIM_OBSERVER", "nonsense")
    with (
        pytest.raises(SettingError, match="DISTRICTSIM_OBSERVER nonsense"),
        recording("x", {}, tmp_path / "2"),
    ):
        pass
