"""Databases for the tests: PostgreSQL as a server that is started, if none is given."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "DISTRICTSIM_TEST_POSTGRES"
SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "postgres"


@contextmanager
def postgres():
    """The address of a PostgreSQL server, or a reason (no "://" in it) why there is none.

    The one that DISTRICTSIM_TEST_POSTGRES names, or one of our own that is thrown away.
    """
    if os.environ.get(VARIABLE):
        yield os.environ[VARIABLE]
        return
    started = subprocess.run([str(SCRIPT), "start"], capture_output=True, text=True, timeout=120)
    if started.returncode != 0:
        last = (started.stderr.strip() or "no reason given").splitlines()[-1]
        yield f"{VARIABLE} is not set and no server can be started here: {last}"
        return
    address, folder = started.stdout.split()
    try:
        yield address
    finally:
        subprocess.run([str(SCRIPT), "stop", folder], timeout=60, check=False)


@contextmanager
def fresh(address):
    """The address of an empty database on a server, dropped afterwards."""
    import psycopg

    name = f"districtsim_test_{os.urandom(6).hex()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{address.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
