"""SQL observer: Sacred's, with metrics, results of any kind, every status, and parallel writers.

What Sacred 0.8.7 does instead: it numbers runs by reading the last number first, so that runs that
start together fail; it makes its tables in each run, so that the first ones race; it drops metrics;
a heartbeat is stored when the run has ended; a result must be one number; QUEUED, TERMINATED and
DIED are not in its list of statuses; a name longer than its column ends the run on PostgreSQL.
Tried with PostgreSQL and SQLite. Databases that Sacred made are widened when first used.
"""

import json
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker

from districtsim.record import sacred_setup
from districtsim.record.plain import plain
from districtsim.record.sacred_setup import SqlObserver, flatten

tables = sacred_setup.sql_bases()
CONNECT_SECONDS = 3
SILENT_SECONDS = 15  # of a server that took a question; then it counts as gone
LOCK_SECONDS = 30  # how long a writer waits for another in an SQLite file
LOCK = 0x64697374  # of PostgreSQL's advisory locks, "dist"
SHORT = {"run_id"}  # has an index; everything else may be as long as it likes
FACTS_IN_ONE_QUERY = 400


class Metric(tables.Base):
    """One measurement of a run: when, at which step, how much."""

    __tablename__ = "metric"
    metric_id = sa.Column(sa.Integer, primary_key=True)
    run_id = sa.Column(sa.String(24), sa.ForeignKey("run.run_id"), index=True)
    name = sa.Column(sa.Text)
    step = sa.Column(sa.Integer)
    value = sa.Column(sa.Float)
    logged_at = sa.Column(sa.DateTime)  # UTC, as all of Sacred's times


for _table in tables.Base.metadata.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, sa.String) and _column.name not in SHORT:
            _column.type = sa.Text()  # the list of statuses too: it is a kind of String
tables.Run.__table__.c.result.type = sa.JSON(none_as_null=True)


class DistrictSqlObserver(SqlObserver):
    """Stores runs under ids that are given: any number of processes may write at the same time."""

    def __init__(self, address):
        self.engine = engine(address)
        make_tables(self.engine)
        session = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)()
        self._prepare(session)

    def _prepare(self, session):
        copied = SqlObserver.create_from(self.engine, session)
        self.__dict__.update(copied.__dict__)

    def _add_event(
        self, ex_info, command, host_info, config, meta_info, _id, status, **times
    ):  # fmt: skip
        known = self.session.query(tables.Run).filter_by(run_id=str(_id)).first()
        if known is not None:  # the answer to an earlier try was lost on the way
            self.run = known
            return _id
        self._add_sources(ex_info)
        given = super()._add_event(
            plain(ex_info), command, host_info, config, meta_info, _id, status, **times
        )
        self.run.info = json.dumps(self._info({}, meta_info))
        self.save()
        return given

    def _info(self, info, meta_info=None):
        """Sacred's tables have no place for `meta`: it is kept with what is known of the run."""
        if meta_info is not None:
            self._meta = plain(flatten(meta_info))
        return {**plain(flatten(info)), "meta": self._meta}

    def _add_sources(self, ex_info):
        """Sources that are new: Sacred would ask for each, and fail over one that has changed."""
        rows = self.session.query(tables.Source.filename, tables.Source.md5sum)
        stored = set()
        names = [name for name, _ in ex_info["sources"]]
        for begin in range(0, len(names), FACTS_IN_ONE_QUERY):
            some = names[begin : begin + FACTS_IN_ONE_QUERY]
            stored |= {tuple(row) for row in rows.filter(tables.Source.filename.in_(some))}
        for name, md5sum in ex_info["sources"]:
            if (name, md5sum) not in stored:
                content = (Path(ex_info["base_dir"]) / name).read_text("utf-8", errors="replace")
                self.session.add(
                    tables.Source(filename=name, md5sum=md5sum, content=content)
                )  # fmt: skip
        # Committed now: Sacred looks for its tables on another connection, and SQLite lets none
        # read while more than two megabytes of sources wait.
        self.save()

    def heartbeat_event(self, info, captured_out, beat_time, result):
        """Progress so far."""
        self.run.info = json.dumps(self._info(info))
        self.run.captured_out = captured_out.replace("\0", "")  # PostgreSQL's text has no zero
        self.run.heartbeat = beat_time
        self.run.result = plain(flatten(result))
        self.save()

    def completed_event(self, stop_time, result):
        """The end, with a result of any kind."""
        super().completed_event(stop_time, plain(flatten(result)))

    def log_metrics(self, metrics_by_name, info):
        """New measurements."""
        for name, found in metrics_by_name.items():
            for step, value, when in zip(found["steps"], found["values"], found["timestamps"]):
                self.session.add(
                    Metric(
                        run_id=self.run.run_id,
                        name=name,
                        step=step,
                        value=plain(value),
                        logged_at=when,
                    )
                )
        self.save()

    def recover(self):
        """Forget what could not be written, so that it can be written again."""
        self.session.rollback()


def stored(address):
    """[(id, entry, config, info)] of every run in a database, as run.json and others tell it."""
    database = engine(address)
    if not sa.inspect(database).has_table("run"):
        return []
    with sessionmaker(database)() as session:
        return [_as_pages(run) for run in session.query(tables.Run).order_by(tables.Run.start_time)]


def _as_pages(run):
    info = json.loads(run.info) if run.info else {}
    repositories = [{"commit": r.commit, "dirty": r.dirty} for r in run.experiment.repositories]
    entry = {
        "status": run.status,
        "start_time": run.start_time,
        "stop_time": run.stop_time,
        "heartbeat": run.heartbeat,
        "command": run.command,
        "result": run.result,
        "meta": info.pop("meta", {}),
        "experiment": {"name": run.experiment.name, "repositories": repositories},
    }
    return run.run_id, entry, json.loads(run.config), info


def engine(address):
    """An SQLAlchemy engine that gives up soon when nobody answers."""
    url = sa.make_url(address)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    options = {}
    if url.get_backend_name() == "postgresql":
        options = {
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": SILENT_SECONDS * 1000,
            "keepalives_idle": SILENT_SECONDS,
            "options": f"-c statement_timeout={SILENT_SECONDS}s",
        }
    elif url.get_backend_name() == "sqlite":
        options = {"timeout": LOCK_SECONDS, "check_same_thread": False}
    return sa.create_engine(url, connect_args=options, pool_pre_ping=True)


def is_down(problem):
    """Whether an error says that the database cannot be reached, which may pass."""
    return isinstance(problem, (sa.exc.OperationalError, sa.exc.InterfaceError, ConnectionError))


def make_tables(database):
    """The tables, made by one process while others wait; those of Sacred itself are widened."""
    metadata = tables.Base.metadata
    with database.begin() as connection:
        if database.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        elif database.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        metadata.create_all(connection)
        if database.dialect.name == "postgresql":
            _widen(connection, metadata)


def _widen(connection, metadata):
    """Columns of another type than ours, in tables that Sacred has made, take ours."""
    there = sa.inspect(connection)
    quote = connection.dialect.identifier_preparer.quote
    for table in metadata.tables.values():
        types = {column["name"]: column["type"] for column in there.get_columns(table.name)}
        for column in table.columns:
            wanted = "json" if isinstance(column.type, sa.JSON) else "text"
            narrow = not isinstance(types[column.name], type(column.type))
            if narrow and isinstance(column.type, (sa.Text, sa.JSON)):
                name = quote(column.name)
                using = f"to_json({name})" if wanted == "json" else f"{name}::text"
                connection.exec_driver_sql(
                    f"ALTER TABLE {quote(table.name)} ALTER COLUMN {name} "
                    f"TYPE {wanted} USING {using}"
                )
