"""What is opened together reads, to the byte, like what is routed and worked through one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.db.database import Database
from chatops.db.location import is_postgres
from chatops.db.opening import Opened
from chatops.db.store import Store
from tests import postgres
from tests.db.building import MINUTE, NOW, body, deliver, told, understood
from tests.migrated import migrated
from tests.outside import outside

TABLES = ("inbox", "mail", "incidents", "group_keys", "alerts", "audit")


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    rows = {table: outside(url, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    # psycopg2 gives bytes as a view of them, which is equal to none but itself.
    return {
        table: [tuple(bytes(each) if isinstance(each, memoryview) else each for each in row) for row in found]
        for table, found in rows.items()
    }


@pytest.fixture
def urls(url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases of a kind."""
    if is_postgres(url):
        other = postgres.new_database()
        yield url, other
        postgres.drop_database(other)
    else:
        yield url, migrated(tmp_path / "other.db")


@pytest.fixture
def two(urls: tuple[str, str]) -> Iterator[list[Store]]:
    """Two stores with nothing in them."""
    opened = []
    for each in urls:
        database = Database(each)
        database.open()
        opened.append(database)
    yield [Store(each) for each in opened]
    for each in opened:
        each.close()


def take(store: Store, *raw: bytes, source: str = "am") -> list[int]:
    return [store.inbox.put(each, source, NOW).result(10) for each in raw]


def open_all(store: Store, *raw: bytes) -> Opened:
    ids = take(store, *raw)
    return store.inbox.open_new([(number, understood(each)) for number, each in zip(ids, raw, strict=True)], NOW)


def test_the_same_is_stored_as_one_by_one(two: list[Store], urls: tuple[str, str]) -> None:
    together, alone = two
    bodies = [body(f"g{number}", firing=[f"a{number}", f"b{number}"], truncated=number % 2) for number in range(20)]
    found = open_all(together, *bodies)
    assert found.incidents == tuple(range(1, 21))
    assert found.rest == ()
    for each in bodies:
        told(alone, each, source="am")
    assert dump(urls[0]) == dump(urls[1])


def test_what_concerns_an_incident_is_left_to_it_and_all_that_follows(two: list[Store]) -> None:
    store, _ = two
    assert told(store, body("known", firing=["k"]), source="am") == (1,)
    found = open_all(
        store,
        body("new", firing=["n"]),
        body("known", firing=["k", "z"]),
        body("other", firing=["z"]),
        body("new", firing=["n", "m"]),
        body("ended", resolved=["x"]),
        body("last", firing=["y"]),
    )
    assert found.incidents == (2, 3)
    assert found.rest == (3, 4, 5, 6)
    assert len(store.inbox.new_ids()) == 4


def test_what_says_nothing_new_is_done_with_at_once(two: list[Store], urls: tuple[str, str]) -> None:
    """Stored as one by one, too: the second of two Alertmanagers tells all of a storm once more."""
    together, alone = two
    bodies = [body(f"g{number}", firing=[f"a{number}"]) for number in range(5)]
    assert open_all(together, *bodies).rest == ()
    again = open_all(together, *bodies)
    assert (again.incidents, again.rest) == ((), ())
    for each in (*bodies, *bodies):
        told(alone, each, source="am")
    assert dump(urls[0]) == dump(urls[1])


@pytest.mark.parametrize(
    "second",
    [
        body("g", resolved=["a"]),
        body("g", firing=["a", "b"]),
        body("g", firing=["a"], truncated=3),
        body("other", firing=["a"]),
    ],
    ids=["an end", "one more", "some left out", "another group"],
)
def test_what_says_anything_new_is_left_to_the_incident(two: list[Store], second: bytes) -> None:
    store, _ = two
    open_all(store, body("g", firing=["a"]))
    found = open_all(store, second, body("g", firing=["a"]))
    assert (found.incidents, len(found.rest)) == ((), 2)


def test_nothing_is_passed_over_while_there_is_mail(two: list[Store]) -> None:
    store, _ = two
    first = body("g", firing=["a"])
    open_all(store, first)
    deliver(store, body("g", resolved=["a"]), source="am")
    assert len(open_all(store, first).rest) == 1


def test_a_row_is_opened_once(two: list[Store]) -> None:
    store, _ = two
    raw = body("g", firing=["a"])
    (number,) = take(store, raw)
    assert store.inbox.open_new([(number, understood(raw))], NOW).incidents == (1,)
    again = store.inbox.open_new([(number, understood(raw))], NOW)
    assert (again.incidents, again.rest) == ((), (number,))
    assert store.inbox.route(number, understood(raw), NOW) == (1,)
    assert store.incidents.active_ids() == (1,)


def test_what_comes_later_finds_what_was_opened_together(two: list[Store]) -> None:
    store, _ = two
    open_all(store, *(body(f"g{number}", firing=[f"a{number}"]) for number in range(5)))
    assert deliver(store, body("g3", resolved=["a3"]), at=NOW + MINUTE, source="am") == (4,)
    assert deliver(store, body("elsewhere", firing=["a2"]), at=NOW + MINUTE, source="am") == (3,)
    assert deliver(store, body("fresh", firing=["q"]), at=NOW + MINUTE, source="am") == (6,)


def test_what_a_list_has_more_of_a_group_is_left_to_the_incident_of_the_group(two: list[Store]) -> None:
    store, _ = two
    told(store, body("A", firing="a"), source="am")
    found = open_all(store, body("roll call: A", firing="b"), body("B", firing="c"))
    assert (found.incidents, len(found.rest)) == ((2,), 1)
