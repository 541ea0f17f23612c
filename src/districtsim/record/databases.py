"""Databases: the observer for an address, such as postgresql://… or mongodb://…, or None."""

import os

from districtsim.record.plain import without_password
from districtsim.record.steady_observer import SteadyObserver
from districtsim.world.errors import SettingError

VARIABLE = "DISTRICTSIM_OBSERVER"
SQL = ("postgresql", "sqlite")
MONGO = ("mongodb", "mongodb+srv")
MONGO_NAME = "sacred"  # of the database, if the address names none; Sacred's own default
ANSWER_MILLISECONDS = 3000
EXTRA = "pip install 'districtsim[database]'"


def chosen(observe):
    """(address, where it was given) of `--observe` or the environment; (None, "") for neither."""
    if observe:
        return observe, "--observe"
    address = os.environ.get(VARIABLE, "").strip()
    return (address, VARIABLE) if address else (None, "")


def observer_for(observe, say):
    """An observer for an address or, if that is None, the one of the environment; None for none.

    say     takes a line or two of text for the person
    Raises SettingError for an address that cannot be meant. One that does not answer is a matter
    of the run: it goes on (see steady_observer.py).
    """
    address, where = chosen(observe)
    if address is None:
        return None
    kind = checked(address, where)
    shown = without_password(address)
    if kind in MONGO:
        mongo = _needed("pymongo", where)
        return SteadyObserver(
            lambda: _mongo(mongo, address), shown, _mongo_is_down, say, own_ids=True
        )
    _needed("sqlalchemy", where)
    if kind == "postgresql":
        _needed("psycopg" if "+" not in address.split("://")[0] else "sqlalchemy", where)
    from districtsim.record import sql_observer

    _parsed(sql_observer.engine, address, where)
    return SteadyObserver(
        lambda: sql_observer.DistrictSqlObserver(address), shown, sql_observer.is_down, say
    )


def stored(observe):
    """[(id, entry, config, info)] of every run in a database, oldest first.

    Raises SettingError for an address that cannot be meant, or that does not answer.
    """
    address, where = chosen(observe)
    kind = checked(address, where)
    try:
        if kind in MONGO:
            return _mongo_stored(_needed("pymongo", where), address)
        _needed("sqlalchemy", where)
        from districtsim.record import sql_observer

        return sql_observer.stored(address)
    except SettingError:
        raise
    except Exception as problem:  # noqa: BLE001 - drivers have many of their own
        raise _not_an_address(address, where, problem) from None


def checked(address, where):
    """The kind of database of an address. Raises SettingError if there is none such."""
    scheme, mark, rest = address.partition("://")
    kind = scheme.split("+")[0] if scheme not in MONGO else scheme
    if not mark or kind not in (*SQL, *MONGO) or (kind != "sqlite" and not rest):
        raise SettingError(
            f"{where} {without_password(address)}: not the address of a database.\n"
            "Allowed: postgresql://name:password@host/database, sqlite:///file.db, "
            "mongodb://host/database."
        )
    return kind


def _needed(module, where):
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise SettingError(
            f"{where}: needs the package {module}, which is not installed.\nInstall it: {EXTRA}"
        ) from None


def _parsed(read, address, where):
    try:
        return read(address)
    except Exception as problem:  # noqa: BLE001 - no such driver, no such port, ...
        raise _not_an_address(address, where, problem) from None


def _not_an_address(address, where, problem):
    first = without_password(str(problem).splitlines()[0])
    return SettingError(f"{where} {without_password(address)}: cannot be used ({first}).")


def _mongo(pymongo, address):
    from districtsim.record.sacred_setup import MongoObserver

    class Observer(MongoObserver):
        """Sacred's, which gives up soon when nobody answers, and says so."""

        def final_save(self, attempts):
            """The last word on a run; an error is for the steady observer to deal with."""
            self.runs.update_one({"_id": self.run_entry["_id"]}, {"$set": self.run_entry})

    return Observer(
        url=address,
        db_name=_mongo_name(pymongo, address),
        serverSelectionTimeoutMS=ANSWER_MILLISECONDS,
    )


def _mongo_name(pymongo, address):
    return pymongo.uri_parser.parse_uri(address)["database"] or MONGO_NAME


def _mongo_stored(pymongo, address):
    client = pymongo.MongoClient(address, serverSelectionTimeoutMS=ANSWER_MILLISECONDS)
    runs = client[_mongo_name(pymongo, address)]["runs"].find({}).sort("start_time")
    return [(str(run["_id"]), run, run.get("config", {}), run.get("info", {})) for run in runs]


def _mongo_is_down(problem):
    from pymongo.errors import ConnectionFailure

    return isinstance(problem, ConnectionFailure)
