"""Lists: what is in them, in which order, who sees what, where a page ends, and what has changed since."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatops.core.alerts import Severity
from chatops.core.incidents import Incident, Person, Status
from chatops.core.listing import CLOSED, NOBODY, OPEN, Row, Wanted
from chatops.db import listing
from chatops.db.store import Store
from tests.db.building import MINUTE, NOW, body, deliver, run, told

ANNA, OLEG = Person(7, "@anna"), Person(8, "@oleg")
ALL = OPEN | CLOSED


def an_incident(store: Store, key: str, *, at: datetime = NOW, **fields: object) -> Incident:
    """Opened as the service does, then as `fields` say."""
    (number,) = told(store, body(key, firing=[key]), at=at)
    return changed(store, number, **fields)


def changed(store: Store, number: int, **fields: object) -> Incident:
    before = store.incidents.get(number)
    assert before is not None
    after = replace(before, revision=before.revision + 1, **fields)  # type: ignore[arg-type]  # any of its fields
    assert store.incidents.apply(after, now=NOW)
    return after


def closed(store: Store, number: int, at: datetime, status: Status = Status.RESOLVED, **fields: object) -> Incident:
    return changed(store, number, status=status, closed_at=at, **fields)


def ids(store: Store, readable: Callable[[str, str], bool] | None = None, **wanted: object) -> list[int]:
    page = store.listing.page(Wanted(**wanted), readable)  # type: ignore[arg-type]  # any of its fields
    return [row.id for row in page.rows]


def all_pages(store: Store, wanted: Wanted) -> Iterator[list[int]]:
    while True:
        page = store.listing.page(wanted)
        yield [row.id for row in page.rows]
        if not page.next:
            return
        wanted = replace(wanted, cursor=page.next)


def test_an_empty_database_has_an_empty_page(store: Store) -> None:
    page = store.listing.page(Wanted(statuses=ALL))
    assert (page.rows, page.next) == ((), "")
    assert store.listing.changes(page.mark).rows == ()


def test_a_row_says_what_the_incident_does(store: Store) -> None:
    made = an_incident(store, "checkout-1", taken_by=ANNA, taken_at=NOW, reopened=2, run=run())
    (row,) = store.listing.page(Wanted()).rows
    assert row == Row(
        id=1,
        title=made.title,
        object="checkout-1",
        severity=Severity.CRITICAL,
        status=Status.ACTIVE,
        cluster="",
        namespace="shop",
        opened_at=NOW,
        started_at=made.started_at,
        closed_at=None,
        taken_by=ANNA,
        taken_at=NOW,
        firing=1,
        silenced_until=None,
        reopened=2,
        running=True,
        merged_into=None,
        revision=made.revision,
    )
    assert store.listing.row(1) == row
    assert store.listing.row(2) is None


def test_what_was_only_routed_is_in_no_list(store: Store) -> None:
    deliver(store, body("k", firing=["a"]))
    assert ids(store, statuses=ALL) == []
    assert store.listing.row(1) is None


def test_active_ones_come_by_severity_then_unowned_then_newest(store: Store) -> None:
    an_incident(store, "a", severity=Severity.WARNING)
    an_incident(store, "b", taken_by=ANNA)
    an_incident(store, "c", at=NOW - MINUTE, severity=Severity.WARNING)
    an_incident(store, "d", severity=Severity.WARNING)
    an_incident(store, "e", at=NOW - MINUTE)
    assert ids(store) == [5, 2, 4, 1, 3]


def test_ended_ones_come_with_the_newest_end_first_and_last_in_a_list_of_all(store: Store) -> None:
    for key in "abcde":
        an_incident(store, key)
    closed(store, 1, NOW + 3 * MINUTE)
    closed(store, 2, NOW + 9 * MINUTE, Status.REJECTED)
    closed(store, 3, NOW + MINUTE)
    assert ids(store, statuses=CLOSED) == [2, 1, 3]
    assert ids(store, statuses=frozenset({Status.REJECTED})) == [2]
    assert ids(store, statuses=ALL) == [5, 4, 2, 1, 3]
    assert list(all_pages(store, Wanted(statuses=ALL, limit=2))) == [[5, 4], [2, 1], [3]]


def test_what_ended_at_the_same_moment_is_told_apart(store: Store) -> None:
    for number in range(1, 8):
        an_incident(store, f"k{number}")
        closed(store, number, NOW)
    closed(store, 3, NOW, reason="again")
    assert list(all_pages(store, Wanted(statuses=CLOSED, limit=3))) == [[7, 6, 5], [4, 3, 2], [1]]
    an_incident(store, "late")
    closed(store, 8, NOW - timedelta(hours=1))
    an_incident(store, "later")
    closed(store, 9, NOW - timedelta(hours=1))
    assert ids(store, statuses=CLOSED) == [7, 6, 5, 4, 3, 2, 1, 9, 8]


def test_what_is_reopened_is_active_again_and_found_where_it_is(store: Store) -> None:
    an_incident(store, "checkout-1")
    closed(store, 1, NOW)
    assert ids(store, statuses=CLOSED, text="checkout") == [1]
    changed(store, 1, status=Status.ACTIVE, closed_at=None)
    assert (ids(store, statuses=CLOSED, text="checkout"), ids(store, text="checkout")) == ([], [1])
    closed(store, 1, NOW + MINUTE)
    assert (ids(store, statuses=CLOSED, text="checkout"), ids(store, text="checkout")) == ([1], [])


def test_what_has_ended_is_found_as_it_is_now_and_no_more_as_it_was(store: Store) -> None:
    an_incident(store, "checkout-1", taken_by=ANNA)
    closed(store, 1, NOW)
    changed(store, 1, taken_by=OLEG, namespace="mail", severity=Severity.INFO)
    for was in ({"owner": 7}, {"namespaces": frozenset({"shop"})}, {"severities": frozenset({Severity.CRITICAL})}):
        assert ids(store, statuses=CLOSED, text="checkout", **was) == []
    now = {"owner": 8, "namespaces": frozenset({"mail"}), "severities": frozenset({Severity.INFO})}
    assert ids(store, statuses=CLOSED, text="checkout", **now) == [1]


@pytest.fixture(params=[OPEN, CLOSED], ids=["active", "closed"])
def many(request: pytest.FixtureRequest, store: Store) -> frozenset[Status]:
    """Six incidents in three places, all active or all ended, an hour after they were opened; 6 is first in each."""
    places = [("prod", "shop"), ("prod", "mail"), ("test", "shop")] * 2
    for number, (cluster, namespace) in enumerate(places, 1):
        severity = Severity.CRITICAL if number % 2 else Severity.INFO
        moment = NOW + number * MINUTE
        owner = (None, ANNA, OLEG)[number // 3]
        fields = {"cluster": cluster, "namespace": namespace, "severity": severity, "taken_by": owner}
        labels = {"team": "payments" if number > 2 else "web", "region": "eu"}
        an_incident(store, f"key-{number}", at=moment, group_labels=labels, **fields)
        if request.param == CLOSED:
            closed(store, number, moment + timedelta(hours=1))
    statuses: frozenset[Status] = request.param
    return statuses


NARROWED: list[tuple[dict[str, object], set[int]]] = [
    ({}, {1, 2, 3, 4, 5, 6}),
    ({"severities": frozenset({Severity.CRITICAL})}, {1, 3, 5}),
    ({"severities": frozenset({Severity.CRITICAL, Severity.INFO})}, {1, 2, 3, 4, 5, 6}),
    ({"severities": frozenset({Severity.WARNING})}, set()),
    ({"clusters": frozenset({"prod"})}, {1, 2, 4, 5}),
    ({"namespaces": frozenset({"shop"})}, {1, 3, 4, 6}),
    ({"namespaces": frozenset({"shop", "mail"}), "clusters": frozenset({"test"})}, {3, 6}),
    ({"namespaces": frozenset({"elsewhere"})}, set()),
    ({"namespaces": frozenset({"shop"}), "severities": frozenset({Severity.INFO})}, {4, 6}),
    ({"owner": NOBODY}, {1, 2}),
    ({"owner": 7}, {3, 4, 5}),
    ({"owner": 7, "clusters": frozenset({"prod"})}, {4, 5}),
    ({"owner": NOBODY, "clusters": frozenset({"prod"}), "severities": frozenset({Severity.CRITICAL})}, {1}),
    ({"owner": NOBODY, "severities": frozenset({Severity.CRITICAL})}, {1}),
    ({"labels": (("team", "payments"),)}, {3, 4, 5, 6}),
    ({"labels": (("team", "payments"), ("region", "eu")), "owner": 8}, {6}),
    ({"labels": (("team", "payments"), ("region", "us"))}, set()),
    ({"labels": (("team", "pay"),)}, set()),
    ({"labels": (("pod", "key-2"),)}, {2}),
    ({"text": "KEY"}, {1, 2, 3, 4, 5, 6}),
    ({"text": "key-4"}, {4}),
    ({"text": "paym cra"}, {3, 4, 5, 6}),
    ({"text": "crashloop web"}, {1, 2}),
    ({"text": "loop", "namespaces": frozenset({"shop"}), "owner": 7}, {3, 4}),
    ({"text": "nothing-like-it"}, set()),
    ({"text": "***"}, set()),
    ({"text": "  "}, {1, 2, 3, 4, 5, 6}),
    ({"text": 'key" OR "x'}, set()),
    ({"text": "team=payments"}, set()),
]
"""What is asked for, and which of the six that finds."""


def test_every_filter_narrows(store: Store, many: frozenset[Status]) -> None:
    for wanted, found in NARROWED:
        assert set(ids(store, statuses=many, **wanted)) == found, wanted


def test_a_span_is_of_the_end_or_of_the_beginning_of_what_is_active(store: Store, many: frozenset[Status]) -> None:
    start = NOW if many == OPEN else NOW + timedelta(hours=1)
    assert set(ids(store, statuses=many, since=start + 3 * MINUTE)) == {3, 4, 5, 6}
    assert set(ids(store, statuses=many, until=start + 3 * MINUTE)) == {1, 2}
    span = {"since": start + 2 * MINUTE, "until": start + 5 * MINUTE}
    assert set(ids(store, statuses=many, **span)) == {2, 3, 4}
    assert set(ids(store, statuses=many, text="key", **span)) == {2, 3, 4}


def test_pages_of_a_filter_follow_each_other(store: Store, many: frozenset[Status]) -> None:
    for fields in ({}, {"namespaces": frozenset({"shop"})}, {"text": "key"}, {"owner": 7}):
        whole = ids(store, statuses=many, **fields)
        pages = list(all_pages(store, Wanted(statuses=many, limit=1, **fields)))  # type: ignore[arg-type]
        assert [number for page in pages for number in page] == whole
        assert all(len(page) == 1 for page in pages)


def test_only_what_is_readable_is_listed(store: Store, many: frozenset[Status]) -> None:
    def readable(cluster: str, namespace: str) -> bool:
        return (cluster, namespace) == ("prod", "shop")

    for fields in (
        {},
        {"text": "key"},
        {"owner": 7},
        {"labels": (("region", "eu"),)},
        {"clusters": frozenset({"prod"})},
    ):
        everything = set(ids(store, statuses=many, **fields))
        assert set(ids(store, readable, statuses=many, **fields)) == everything & {1, 4}
    assert ids(store, lambda *_: False, statuses=many) == []
    assert store.listing.places(readable) == (("prod", "shop"),)
    assert set(store.listing.places()) == {("prod", "shop"), ("prod", "mail"), ("test", "shop"), ("", "shop")}


@pytest.mark.parametrize("cursor", ["nonsense", "é", "AAAA", "====", "MTIz", "a" * 5000])
def test_a_cursor_that_was_never_given_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        store.listing.page(Wanted(cursor=cursor))


def test_a_cursor_is_of_its_own_list_only(store: Store, many: frozenset[Status]) -> None:
    cursor = store.listing.page(Wanted(statuses=many, limit=2)).next
    with pytest.raises(ValueError, match="of another list"):
        store.listing.page(Wanted(statuses=many, owner=7, cursor=cursor))
    assert len(store.listing.page(Wanted(statuses=many, limit=4, cursor=cursor)).rows) == 4


def test_changes_since_a_mark_are_told_once(store: Store) -> None:
    for key in "abc":
        an_incident(store, key)
    mark = store.listing.page(Wanted()).mark
    assert mark == store.listing.mark()
    assert store.listing.changes(mark).rows == ()
    changed(store, 2, taken_by=ANNA)
    changed(store, 1, taken_by=OLEG)
    told_of = store.listing.changes(mark)
    assert [row.id for row in told_of.rows] == [2, 1]
    assert (told_of.more, told_of.reset, told_of.mark) == (False, False, store.listing.mark())
    first = store.listing.changes(mark, 1)
    assert ([row.id for row in first.rows], first.more) == ([2], True)
    second = store.listing.changes(first.mark, 1)
    assert ([row.id for row in second.rows], second.more) == ([1], False)
    assert store.listing.changes(second.mark).rows == ()


def test_what_says_nothing_new_is_no_change(store: Store) -> None:
    made = an_incident(store, "a")
    mark = store.listing.mark()
    assert store.incidents.apply(made, now=NOW)
    assert store.listing.mark() == mark


def test_a_mark_of_elsewhere_or_of_the_future_means_to_read_anew(store: Store) -> None:
    an_incident(store, "a")
    mark = store.listing.mark()
    life, _, number = mark.partition("-")
    for since in ("", "x", "abc-1", f"{life}-{int(number) + 1}", f"{life}-", f"{life}-99999999999999999999"):
        told_of = store.listing.changes(since)
        assert (told_of.reset, told_of.rows, told_of.mark) == (True, (), mark), since
    assert not store.listing.changes(f"{life}-0").reset


def test_changes_and_marks_are_of_what_is_readable(store: Store, many: frozenset[Status]) -> None:
    def readable(_cluster: str, namespace: str) -> bool:
        return namespace == "mail"

    mine, everybodys = store.listing.mark(readable), store.listing.mark()
    changed(store, 1, reopened=1)
    assert store.listing.mark(readable) == mine
    assert store.listing.mark() != everybodys
    assert store.listing.changes(mine, readable=readable).rows == ()
    changed(store, 2, reopened=1)
    assert [row.id for row in store.listing.changes(mine, readable=readable).rows] == [2]
    assert {row.id for row in store.listing.changes(everybodys).rows} == {1, 2}


def test_what_moves_to_another_place_is_a_change_of_both(store: Store) -> None:
    an_incident(store, "a", namespace="mail")
    marks = [store.listing.mark(lambda _, where, name=name: where == name) for name in ("mail", "shop")]
    changed(store, 1, namespace="shop")
    after = [store.listing.mark(lambda _, where, name=name: where == name) for name in ("mail", "shop")]
    assert all(was != now for was, now in zip(marks, after, strict=True))
    assert ids(store, lambda _, namespace: namespace == "mail") == []


def test_what_changes_elsewhere_makes_no_mark_too_old(
    store: Store, many: frozenset[Status], monkeypatch: pytest.MonkeyPatch
) -> None:
    def readable(_cluster: str, namespace: str) -> bool:
        return namespace == "mail"

    monkeypatch.setattr(listing, "MOST_BEHIND", 4)
    mine, everybodys = store.listing.mark(readable), store.listing.mark()
    for number in range(12):
        changed(store, 1, reopened=number)
        told_of = store.listing.changes(mine, readable=readable)
        assert (told_of.rows, told_of.reset) == ((), False)
        mine = told_of.mark
    assert store.listing.changes(everybodys).reset
    changed(store, 2, reopened=1)
    told_of = store.listing.changes(mine, readable=readable)
    assert ([row.id for row in told_of.rows], told_of.reset) == ([2], False)
