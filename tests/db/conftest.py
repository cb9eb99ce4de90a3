"""A migrated database of its own for every test, on disk because `:memory:` is one database per thread."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatops.db.database import Database
from chatops.db.store import Store
from tests.migrated import migrated


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated(tmp_path / "chatops.db")


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
