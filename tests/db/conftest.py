"""A migrated database of its own for every test, on SQLite and on PostgreSQL.

SQLite's is on disk because `:memory:` is one database per thread. What is about its file is marked `sqlite`.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatops.db.database import Database
from chatops.db.store import Store
from tests import postgres
from tests.migrated import migrated

SQLITE, POSTGRES = "sqlite", "postgresql"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "url" in metafunc.fixturenames:
        only = [name for name in (SQLITE, POSTGRES) if metafunc.definition.get_closest_marker(name)]
        metafunc.parametrize("url", only or [SQLITE, POSTGRES], indirect=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == SQLITE:
        yield migrated(tmp_path / "chatops.db")
    else:
        named = postgres.new_database()
        yield named
        postgres.drop_database(named)


@pytest.fixture
def opened(url: str) -> Iterator[Callable[..., Database]]:
    """Opens databases on the same file and closes them after the test; no thread of theirs may be left."""
    databases: list[Database] = []

    def open_one(**options: object) -> Database:
        database = Database(url, **options)
        database.open()
        databases.append(database)
        return database

    yield open_one
    for database in databases:
        database.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("db-")] == []


@pytest.fixture
def database(opened: Callable[..., Database]) -> Database:
    return opened()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)
