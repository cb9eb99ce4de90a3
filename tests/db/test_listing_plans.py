"""How lists are read: always by an index, the same one whatever was analysed; and what was there before lists were."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from chatops.core.alerts import Severity
from chatops.core.incidents import Person, Status
from chatops.core.listing import CLOSED, MOST, NOBODY, OPEN, Row, Wanted
from chatops.core.review import Span
from chatops.db import listing
from chatops.db.connection import Rows
from chatops.db.database import Database
from chatops.db.dialect import for_postgres
from chatops.db.migrate import MIGRATIONS, migrate
from chatops.db.postgres import _Fitted
from chatops.db.store import Store
from chatops.db.walk import Range, walked
from tests.db.building import MINUTE, NOW, body, told
from tests.outside import outside
from tests.postgres import administer

FEW, MANY = ("shop", "mail"), tuple(f"team-{number}" for number in range(listing.MOST_RANGES + 8))
FILTERS: dict[str, dict[str, object]] = {
    "all": {},
    "severity": {"severities": frozenset({Severity.CRITICAL})},
    "namespace": {"namespaces": frozenset(FEW)},
    "many namespaces": {"namespaces": frozenset(MANY)},
    "severity in many namespaces": {"namespaces": frozenset(MANY), "severities": frozenset({Severity.CRITICAL})},
    "severity in a namespace": {"namespaces": frozenset(FEW), "severities": frozenset({Severity.CRITICAL})},
    "owner": {"owner": 7},
    "owner in a namespace": {"owner": 7, "namespaces": frozenset(FEW)},
    "nobody's": {"owner": NOBODY},
    "nobody's of a severity": {"owner": NOBODY, "severities": frozenset({Severity.INFO})},
    "nobody's in a namespace": {"owner": NOBODY, "namespaces": frozenset(FEW)},
    "label": {"labels": (("severity", "critical"),)},
    "label in many namespaces": {"labels": (("severity", "critical"),), "namespaces": frozenset(MANY)},
    "text": {"text": "pod"},
    "text in a namespace, somebody's": {"text": "pod", "namespaces": frozenset(FEW), "owner": 7},
    "span": {"since": NOW, "until": NOW + timedelta(days=1)},
}


@pytest.fixture(params=[False, True], ids=["", "analysed"])
def filled(url: str, database: Database, request: pytest.FixtureRequest) -> Database:
    """A few incidents of many places; what is analysed of so few makes every scan look cheap."""
    store = Store(database)
    for number, namespace in enumerate((*FEW, *MANY)):
        (made,) = told(store, body(f"k{number}", firing=[f"f{number}"]))
        incident = store.incidents.get(made)
        assert incident is not None
        ended = NOW + number * MINUTE if number % 2 else None
        status = Status.RESOLVED if ended else Status.ACTIVE
        owner = Person(7, "@anna") if number % 3 else None
        after = replace(incident, namespace=namespace, status=status, closed_at=ended, taken_by=owner, revision=9)
        assert store.incidents.apply(after, now=NOW)
    if request.param:
        outside(url, "ANALYZE")
    return database


def steps_of(database: Database, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Store], object]) -> list[str]:
    """The plan of every statement that answers, but for those of FTS5 itself."""
    asked: list[str] = []
    store, read = Store(database), database.read

    def traced(work: Callable[[], object]) -> object:
        def told() -> object:
            connection = database.tables.connection
            connection.set_trace_callback(asked.append)
            try:
                return work()
            finally:
                connection.set_trace_callback(None)

        return read(told)

    with monkeypatch.context() as patch:
        patch.setattr(database, "read", traced)
        ask(store)
    mine = [query for query in asked if not query.lstrip().startswith("--")]

    def explained() -> list[str]:
        connection = database.tables.connection
        return [row[3] for query in mine for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]

    return read(explained)


def bad(steps: list[str]) -> list[str]:
    """Steps that read a whole table or sort. There are few places; the index of words is searched as its own table."""
    known = ("SCAN places", "SCAN changes_of", "SCAN w VIRTUAL TABLE INDEX", "SCAN main.listed_words_config")
    return [step for step in steps if not step.startswith(("SEARCH", *known))]


@pytest.mark.sqlite
def test_no_list_reads_all_incidents(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for statuses in (OPEN, CLOSED, OPEN | CLOSED):
        for name, fields in FILTERS.items():
            first = Wanted(statuses=statuses, limit=3, **fields)  # type: ignore[arg-type]  # any of its fields
            second = replace(first, cursor=Store(filled).listing.page(first).next)
            for wanted in (first, second):
                steps = steps_of(filled, monkeypatch, lambda store, wanted=wanted: store.listing.page(wanted))
                assert any("listed" in step or "SCAN w" in step for step in steps)
                assert bad(steps) == [], (name, statuses)


@pytest.mark.sqlite
def test_no_change_is_looked_for_in_all_incidents(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Store(filled).listing.mark()
    since = f"{mark.partition('-')[0]}-1"
    for ask in (
        lambda store: store.listing.changes(since),
        lambda store: store.listing.changes(since, 3, lambda _, namespace: namespace in FEW),
        lambda store: store.listing.changes(since, 3, lambda _, namespace: namespace not in FEW),
        lambda store: store.listing.mark(lambda *_: False),
        lambda store: store.listing.places(),
        lambda store: store.listing.row(1),
        lambda store: store.places.all(),
    ):
        assert bad(steps_of(filled, monkeypatch, ask)) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("index", "fields"),
    [
        ("listed_place", {"namespaces": frozenset(FEW)}),
        ("listed_place", {"namespaces": frozenset(FEW), "owner": NOBODY}),
        ("listed_kind", {"severities": frozenset({Severity.INFO, Severity.WARNING})}),
    ],
)
def test_ranges_side_by_side_are_begun_by_one_statement_of_their_index(
    url: str, filled: Database, monkeypatch: pytest.MonkeyPatch, index: str, fields: dict[str, object]
) -> None:
    asked: list[tuple[str, Sequence[object]]] = []
    execute = _Fitted.execute

    def told(self: _Fitted, statement: str, values: Sequence[object] = (), /) -> Rows:
        asked.append((statement, values))
        return execute(self, statement, values)

    monkeypatch.setattr(_Fitted, "execute", told)
    Store(filled).listing.page(Wanted(statuses=CLOSED, **fields))  # type: ignore[arg-type]  # any of its fields
    ((statement, values),) = [each for each in asked if "ended < " in each[0] or "ended) < " in each[0]]
    # Of so few rows to sort is as good; no other index has this order.
    off = "".join(f"SET enable_{way} = off; " for way in ("seqscan", "bitmapscan", "sort"))
    explained = f"{off}EXPLAIN {for_postgres(statement)[0]}"
    plan = "\n".join(line for (line,) in administer(url, explained, tuple(values)))
    assert f"Index Scan Backward using {index}" in plan
    assert "Sort" not in plan


def test_a_range_that_has_more_than_the_others_is_walked_on(filled: Database) -> None:
    tables, kinds = filled.tables, listing._kinds(Wanted(statuses=CLOSED), CLOSED)
    ranges = [Range("listed_kind", ("kind",), (kind,)) for kind in kinds]
    every = "SELECT ended, incident_id FROM listed WHERE ended IS NOT NULL ORDER BY ended DESC"
    ended = filled.read(lambda: [tuple(row) for row in tables.connection.execute(every)])
    assert len(ended) > 20
    for count in (1, 5, 19, len(ended), 2 * len(ended)):
        found = filled.read(lambda count=count: walked(tables, ranges, 2**62, -(2**62), count))  # type: ignore[misc]
        assert found == ended[:count]


def test_what_is_found_page_by_page_is_what_is_found_at_once(filled: Database) -> None:
    page = Store(filled).listing.page
    for name, fields in FILTERS.items():
        wanted = Wanted(statuses=CLOSED, limit=MOST, **fields)  # type: ignore[arg-type]  # any of its fields
        every, found = page(wanted).rows, list[Row]()
        turned = page(replace(wanted, limit=2))
        while turned.rows:
            found += turned.rows
            turned = page(replace(wanted, limit=2, cursor=turned.next)) if turned.next else replace(turned, rows=())
        assert tuple(found) == every, name


def test_what_is_found_does_not_depend_on_the_way(filled: Database) -> None:
    """The same rows as by reading all of them: more places than are walked side by side, or fewer."""
    page = Store(filled).listing.page
    every = page(Wanted(statuses=OPEN | CLOSED, limit=MOST)).rows
    for name, fields in FILTERS.items():
        wanted = Wanted(statuses=OPEN | CLOSED, limit=MOST, **fields)  # type: ignore[arg-type]  # any of its fields
        assert page(wanted).rows == tuple(row for row in every if _fits(row, wanted)), name


def _fits(row: Row, wanted: Wanted) -> bool:
    owner = row.taken_by.id if row.taken_by else NOBODY
    moment = row.closed_at or row.opened_at
    return (
        (not wanted.severities or row.severity in wanted.severities)
        and (not wanted.namespaces or row.namespace in wanted.namespaces)
        and (wanted.owner is None or wanted.owner == owner)
        and (wanted.since is None or moment >= wanted.since)
        and (wanted.until is None or moment < wanted.until)
    )


def test_incidents_from_before_are_listed_at_once_and_found_once_they_are_filled(tmp_path: Path) -> None:
    """A database of the version before, brought up to date."""
    url, old = f"sqlite:///{tmp_path}/old.db", tmp_path / "old"
    old.mkdir()
    migrate(url)
    database = Database(url)
    database.open()
    store = Store(database)
    for number in range(6):
        (made,) = told(store, body(f"k{number}", firing=[f"pod-{number}"]))
        incident = store.incidents.get(made)
        assert incident is not None
        if number:
            ended = NOW + timedelta(microseconds=number // 3)
            assert store.incidents.apply(
                replace(
                    incident,
                    status=Status.RESOLVED,
                    closed_at=ended,
                    revision=2,
                    acknowledged_at=NOW,
                    taken_by=Person(7, "@anna"),
                ),
                now=NOW,
            )
    everything, found = Wanted(statuses=OPEN | CLOSED), Wanted(statuses=CLOSED, text="pod-4")
    span = Span(NOW - timedelta(days=1), NOW + timedelta(days=1))
    before, charts = store.listing.page(everything), store.statistics.charts(span, UTC)
    database.close()
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript((MIGRATIONS / "sqlite" / "0020_lists.rollback.sql").read_text())
        connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = '0020_lists'")
    assert migrate(url) == ["0020_lists"]
    database = Database(url)
    database.open()
    store = Store(database)
    page = store.listing.page(everything)
    assert page.rows == tuple(replace(row, object="") for row in before.rows)
    assert store.statistics.charts(span, UTC) == charts
    assert store.listing.changes(before.mark).reset
    assert store.listing.page(found).rows == ()
    assert [store.listing.fill(4), store.listing.fill(4), store.listing.fill(4)] == [4, 2, 0]
    assert store.listing.page(everything).rows == before.rows
    assert store.listing.changes(page.mark).rows == (), "to be completed is no change"
    assert [row.id for row in store.listing.page(found).rows] == [5]
    database.close()
