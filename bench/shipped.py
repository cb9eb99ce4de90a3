"""The service as it is shipped: run.py as a process of an environment with only what it needs, on the CPU of what is
measured, between stand-ins on the other.

On SQLite, or on the server that the environment's DATABASE_URL names, in a database of its own that is dropped again.
"""

import os
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.measuring import ROOT, cpu_seconds, on_subject_cpu
from bench.peers import runtime
from tests.deploy.image import environment as image_environment
from tests.flows.town import Service, Town, town

PATIENCE = 300.0
SERVER = os.environ.get("DATABASE_URL", "")


MEMORY = {name: value for name, value in image_environment().items() if name.startswith("MALLOC_")}
"""What an image says of how memory is had from the system."""


class OnItsCpu(Service):
    """With its modules compiled beside them, as in an image."""

    def _spawn(self, changed: dict[str, str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as out:
            command = on_subject_cpu([runtime(), str(ROOT / "run.py")])
            environment = {**MEMORY, **self._environment, **changed}
            return subprocess.Popen(command, cwd=self._folder, env=environment, stdout=out, stderr=out)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The URL of an empty one."""
    if not SERVER.startswith("postgres"):
        yield f"sqlite:///{folder / 'chatops.db'}"
        return
    name = f"bench_{secrets.token_hex(4)}"
    _on_server(SERVER, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    finally:
        _on_server(SERVER, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(url: str, statement: str) -> None:
    import psycopg2  # type: ignore[import-untyped]

    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What the service's database says, by a connection of our own."""
    if not url.startswith("postgres"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
            return connection.execute(statement).fetchall()
    import psycopg2

    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@contextmanager
def shipped(folder: Path, **settings: str) -> Iterator[Town]:
    """The service running, and Telegram and Kubernetes around it."""
    with (
        database(folder) as url,
        town(folder, service=OnItsCpu, DATABASE_URL=url, LOG_LEVEL="info", **settings) as place,
    ):
        yield place


def url_of(place: Town) -> str:
    return place.environment["DATABASE_URL"]


def waiting(place: Town) -> int:
    """Bodies that not every incident has worked through."""
    new = "SELECT count(*) FROM inbox WHERE state = 'new'"
    mail = "SELECT count(*) FROM mail WHERE done_at IS NULL"
    return int(rows(url_of(place), new)[0][0] + rows(url_of(place), mail)[0][0])


def settle(place: Town, quiet: float = 0.3) -> float:
    """Wait until all that was taken is worked through and the process is idle; the seconds that took."""
    start = time.monotonic()
    while waiting(place):
        if time.monotonic() - start > PATIENCE:
            raise TimeoutError(f"{waiting(place)} bodies still wait")
        time.sleep(0.05)
    worked = time.monotonic() - start
    while time.monotonic() - start < PATIENCE:
        before = cpu_seconds(place.service.pid)
        time.sleep(quiet)
        if cpu_seconds(place.service.pid) - before < 0.1 * quiet:
            break
    return worked


def stored(place: Town) -> set[str]:
    """The fingerprints of all alerts it has."""
    return {row[0] for row in rows(url_of(place), "SELECT fingerprint FROM alerts")}
