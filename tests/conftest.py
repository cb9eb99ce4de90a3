"""How the whole suite is run: in which order, and on which database (tests/order.py, tests/databases.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.order import pytest_collection, pytest_collection_modifyitems, room
from tests.second_look import pytest_itemcollected, pytest_runtest_logreport

__all__ = [
    "pytest_collection",
    "pytest_collection_modifyitems",
    "pytest_itemcollected",
    "pytest_runtest_logreport",
]

FOLDERS = frozenset({"actors", "api", "flows"})
"""Whose tests keep what they keep in a database that either may be."""

TAKING_TURNS = FOLDERS - {"actors"}
"""Those of actors are many: they are on PostgreSQL when that is asked for (`make databases`)."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases",
        choices=databases.CHOICES,
        default=databases.TURNS,
        help="what services and stores under test keep things in; by default the tests take turns",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # What has no folder of its own has no database, and what is compared with a snapshot has it under its one name.
    stores = "tmp_path" in metafunc.fixturenames and "snapshot" not in metafunc.fixturenames
    if stores and _concerned(metafunc.definition.path) and metafunc.config.option.databases == databases.BOTH:
        kinds = databases.kinds_of(metafunc.definition, databases.BOTH)
        metafunc.parametrize("_database", kinds, indirect=True)


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Before all others, so that nothing uses the database any more when it goes."""
    if not _concerned(request.path):
        yield
        return
    chosen = request.config.option.databases
    kinds = (request.param,) if hasattr(request, "param") else databases.kinds_of(request.node, chosen)
    kind = kinds[0] if len(kinds) == 1 else databases.SQLITE
    if not kinds and room(request.path) in TAKING_TURNS:
        kind = databases.turn(request.node.nodeid)
    print(f"kept in {kind}")
    with databases.kept_in(kind):
        yield


def _concerned(file: Path) -> bool:
    return room(file) in FOLDERS
