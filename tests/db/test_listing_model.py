"""Lists and charts of whatever incidents, beside what reading all of them and picking by hand gives."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chatops.core.alerts import Alert, Severity
from chatops.core.charts import charts_of
from chatops.core.incidents import Incident, Person, Status
from chatops.core.incidents.values import Episode
from chatops.core.listing import CLOSED, NOBODY, OPEN, Wanted
from chatops.core.review import Span
from chatops.core.search import labels_of
from chatops.db import charts
from chatops.db.database import Database
from chatops.db.listed import list_again
from chatops.db.opening import _insert
from chatops.db.store import Store
from tests.db.building import NOW

PEOPLE = (None, Person(7, "@anna"), Person(8, "@oleg"))
PLACES = [("prod", "shop"), ("prod", "mail"), ("test", "shop"), ("", "")]
ZONES = [
    ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe")
]
FAR = timedelta(days=400)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Any that there may be, but for its number."""
    minutes = st.integers(0, 400 * 24 * 60).map(lambda number: timedelta(minutes=number))
    opened = NOW - FAR + draw(minutes)
    status = draw(st.sampled_from(Status))
    cluster, namespace = draw(st.sampled_from(PLACES))
    pods = draw(st.lists(st.sampled_from(["checkout-1", "Checkout-2", "cart-ж"]), min_size=1, max_size=3, unique=True))
    lasted = timedelta(minutes=draw(st.integers(0, 3000)))
    closed = None if status is Status.ACTIVE else opened + lasted
    early = timedelta(minutes=draw(st.integers(-5, 90)))
    episodes = []
    for number, pod in enumerate(pods):
        labels = {"alertname": "KubePodNotReady", "pod": pod, "team": draw(st.sampled_from(["a", "b"]))}
        ended = None if closed is None or draw(st.booleans()) else closed - timedelta(seconds=30)
        told = Alert(str(number), ended is None, labels, {}, opened - early, ended)
        episodes.append(Episode(told, opened - early, ended))
    taken = draw(st.sampled_from(PEOPLE))
    return Incident(
        0,
        opened,
        status=status,
        revision=1,
        severity=draw(st.sampled_from(Severity)),
        title="Pod not ready",
        cluster=cluster,
        namespace=namespace,
        group_labels={"team": "of-all"} if draw(st.booleans()) else {},
        episodes=tuple(episodes),
        taken_by=taken,
        taken_at=taken and opened,
        acknowledged_at=opened + timedelta(minutes=draw(st.integers(0, 500))) if draw(st.booleans()) else None,
        closed_at=closed,
        closed_by=PEOPLE[1] if closed and draw(st.booleans()) else None,
        merged_into=1 if status is Status.REJECTED and draw(st.booleans()) else None,
    )


def some(values: Sequence[object]) -> st.SearchStrategy[frozenset[object]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


questions = st.builds(
    Wanted,
    st.sampled_from([OPEN, CLOSED, OPEN | CLOSED, frozenset({Status.REJECTED})]),
    some(list(Severity)),
    some(["prod", "test"]),
    some(["shop", "mail"]),
    st.sampled_from([(), (("team", "of-all"),), (("team", "a"),), (("pod", "cart-ж"), ("team", "b"))]),
    st.sampled_from([None, NOBODY, 7, 8]),
    st.sampled_from(["", "check", "CART", "ж", "pod ready", "ready kubepod", "hop", "checkout-2"]),
    st.sampled_from([None, NOW - timedelta(days=200)]),
    st.sampled_from([None, NOW - timedelta(days=100)]),
    st.integers(1, 7),
)
rights = st.sampled_from(
    [None, lambda *_: True, lambda cluster, _: cluster == "prod", lambda *place: place == ("", "")]
)
relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=30
)


def stored(database: Database, made: Sequence[Incident]) -> tuple[Incident, ...]:
    """All there are by now, as they are read."""

    def write() -> int:
        execute = database.tables.connection.execute
        last = int(execute("SELECT coalesce(max(id), 0) FROM incidents").fetchone()[0])
        for number, each in enumerate(made, last + 1):
            _insert(database.tables, replace(each, id=number), "")
            list_again(database.tables, replace(each, id=number))
        return last + len(made)

    return Store(database).incidents.many(range(1, database.write(write) + 1))


def words_of(incident: Incident) -> list[str]:
    """What its words are, spelled out by hand for the few texts there are."""
    texts = ["pod", "not", "ready", "kubepodnotready", "podnotready", "notready", incident.cluster, incident.namespace]
    lead = incident.lead
    assert lead is not None
    texts += lead.labels["pod"].lower().split("-")
    texts += ["of", "all"] if incident.group_labels else []
    return texts


def fits(incident: Incident, wanted: Wanted, readable: Callable[[str, str], bool] | None) -> bool:
    moment = incident.closed_at or incident.opened_at
    return (
        incident.status in wanted.statuses
        and (not wanted.severities or incident.severity in wanted.severities)
        and (not wanted.clusters or incident.cluster in wanted.clusters)
        and (not wanted.namespaces or incident.namespace in wanted.namespaces)
        and set(wanted.labels) <= set(labels_of(incident))
        and (wanted.owner is None or wanted.owner == (incident.taken_by.id if incident.taken_by else NOBODY))
        and (wanted.since is None or moment >= wanted.since)
        and (wanted.until is None or moment < wanted.until)
        and (readable is None or readable(incident.cluster, incident.namespace))
        and all(
            any(word.startswith(asked) for word in words_of(incident))
            for asked in wanted.text.lower().replace("-", " ").split()
        )
    )


def order(incident: Incident) -> tuple[object, ...]:
    opened, closed = incident.opened_at.timestamp(), incident.closed_at
    if closed is None:
        return 0, incident.severity.rank, incident.taken_by is not None, -opened, -incident.id
    return 1, -closed.timestamp(), -incident.id


@relaxed
@given(made=st.lists(incidents(), max_size=8), asked=st.lists(st.tuples(questions, rights), min_size=1, max_size=6))
def test_pages_are_what_picking_by_hand_gives(
    database: Database, made: list[Incident], asked: list[tuple[Wanted, Callable[[str, str], bool] | None]]
) -> None:
    store, there = Store(database), stored(database, made)
    for wanted, readable in asked:
        expected = [each.id for each in sorted(there, key=order) if fits(each, wanted, readable)]
        found, cursor = list[int](), ""
        while True:
            page = store.listing.page(replace(wanted, cursor=cursor), readable)
            assert len(page.rows) <= wanted.limit
            found += [row.id for row in page.rows]
            cursor = page.next
            if not cursor:
                break
            assert len(page.rows) == wanted.limit
        assert found == expected


@relaxed
@given(
    made=st.lists(incidents(), max_size=12),
    since=st.integers(0, 400 * 24),
    hours=st.integers(1, 400 * 24),
    zone=st.sampled_from(ZONES),
    namespace=st.sampled_from(["", "shop", "nowhere"]),
    readable=rights,
)
@example(made=[], since=0, hours=400 * 24, zone=ZONES[1], namespace="", readable=None)
def test_charts_that_are_counted_in_the_database_are_those_of_its_rows(
    database: Database,
    made: list[Incident],
    since: int,
    hours: int,
    zone: ZoneInfo,
    namespace: str,
    readable: Callable[[str, str], bool] | None,
) -> None:
    store = Store(database)
    stored(database, made)
    start = NOW - FAR + timedelta(hours=since)
    span = Span(start, start + timedelta(hours=hours), namespace)
    rows = store.statistics.incidents(span, readable)
    assert store.statistics.charts(span, zone, readable) == charts_of(span, rows, zone=zone)


def test_weeks_before_the_newest_incidents_have_counts_and_no_times(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, monday = Store(database), datetime(2026, 1, 5, tzinfo=UTC)
    base = Incident(0, monday, status=Status.ACTIVE, revision=1)
    moments = [monday + timedelta(days=number) for number in range(21)]
    stored(database, [replace(base, opened_at=at, acknowledged_at=at + timedelta(minutes=3)) for at in moments])
    span = Span(monday, monday + timedelta(days=21))
    monkeypatch.setattr(charts, "MOST_TIMED", 10)
    weeks = store.statistics.charts(span, UTC).by_week
    assert [(week.count, week.taken and week.taken.count) for week in weeks] == [(7, None), (7, None), (7, 7)]
    monkeypatch.setattr(charts, "MOST_TIMED", 21)
    assert [week.taken and week.taken.count for week in store.statistics.charts(span, UTC).by_week] == [7, 7, 7]


def test_a_span_is_cut_to_what_may_be_read(database: Database) -> None:
    store = Store(database)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    base = Incident(0, moment, status=Status.ACTIVE, revision=1)
    stored(database, [replace(base, opened_at=moment + timedelta(hours=number)) for number in range(10)])
    span = Span(moment - timedelta(days=1), moment + timedelta(days=1))
    assert store.statistics.within(span, 10) == span
    cut = store.statistics.within(span, 4)
    assert (cut.until, cut.namespace) == (span.until, "")
    assert [row.id for row in store.statistics.incidents(cut)] == [7, 8, 9, 10]
