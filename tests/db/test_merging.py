"""Merges as they are stored: all of one or nothing, in one place at a time, whoever asks first and whatever dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from chatops.core.audit import EntryType
from chatops.core.incidents import Merge, Person, Press, Status, decide
from chatops.core.incidents.events import MergeInto, Resolve, Take, TakeIn
from chatops.core.incidents.values import REOPEN_WINDOW
from chatops.core.review import Span
from chatops.core.self_audit import compare
from chatops.db.merging import BEHIND, GONE, MOST
from chatops.db.store import Store

from .building import MINUTE, NOW, body, deliver, known, told, understood, work_through

ANNA, OLEG = Person(7, "@anna"), Person(8, "@oleg")


def everywhere(cluster: str, namespace: str) -> bool:
    return True


def merge(store: Store, merged: int, into: int, *, by: Person = ANNA, at: datetime = NOW, update: int = 0) -> str:
    """As the incident's actor does it."""
    before = known(store, merged)
    decision = decide(before, MergeInto(Press(by, -5, 10), into), now=at)
    if decision.incident.merged_into == before.merged_into:
        return decision.entries[0].detail["why"]
    return store.merges.merge(before, decision.incident, decision.entries, by=by, update_id=update or None, now=at)


def take_in(store: Store, incident_id: int, *, at: datetime = NOW) -> tuple[Merge, ...]:
    """As the other's actor does it."""
    found = store.merges.pending(incident_id)
    for each in found:
        before = known(store, incident_id)
        decision = decide(before, TakeIn(each), now=at)
        assert store.incidents.apply(
            decision.incident, decision.entries, before=before, merges_done=(each.merged_id,), now=at
        )
    return found


def merged(store: Store, one: int, into: int, *, at: datetime = NOW) -> None:
    assert merge(store, one, into, at=at) == ""
    assert take_in(store, into, at=at)


def types(store: Store, incident_id: int) -> list[EntryType]:
    return [stored.entry.type for stored in store.audit.for_incident(incident_id)]


def test_its_alerts_and_its_group_are_the_other_s(store: Store) -> None:
    told(store, body("A", firing="ab"))
    told(store, body("B", firing="c"))
    assert merge(store, 1, 2) == ""
    gone = known(store, 1)
    assert (gone.status, gone.merged_into, gone.firing) == (Status.REJECTED, 2, ())
    assert store.unfinished.with_mail() == (2,)
    assert take_in(store, 2)
    assert store.unfinished.with_mail() == ()
    assert store.merges.pending(2) == ()
    assert sorted(e.alert.fingerprint for e in known(store, 2).firing) == ["a", "b", "c"]
    assert deliver(store, body("A", firing="abd"), at=NOW + MINUTE) == (2,)
    work_through(store, (2,), at=NOW + MINUTE)
    assert told(store, body("B", resolved="c"), at=NOW + 2 * MINUTE) == (2,)
    assert known(store, 2).open
    assert told(store, body("A", resolved="abd"), at=NOW + 3 * MINUTE) == (2,)
    assert known(store, 2).status is Status.RESOLVED
    assert (types(store, 1)[-1], types(store, 2)[1]) == (EntryType.MERGED, EntryType.MERGED_IN)
    assert store.audit.verify() is None


def test_what_is_routed_before_the_other_took_it_in_is_worked_through_after(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    assert merge(store, 1, 2) == ""
    assert deliver(store, body("A", resolved="a"), at=NOW + MINUTE) == (2,)
    assert store.unfinished.with_mail() == (2,)
    take_in(store, 2, at=NOW + MINUTE)
    work_through(store, (2,), at=NOW + MINUTE)
    both = known(store, 2)
    assert [episode.alert.fingerprint for episode in both.firing] == ["b"]
    assert len(both.episodes) == 2


@pytest.mark.parametrize("group", ["A", "B"])
def test_once_the_other_has_ended_each_group_is_an_incident_of_its_own_again(store: Store, group: str) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    merged(store, 1, 2)
    told(store, body("A", resolved="a"), at=NOW + MINUTE)
    told(store, body("B", resolved="b"), at=NOW + MINUTE)
    assert told(store, body(group, firing=group.lower()), at=NOW + 2 * MINUTE) == (2,), "it reopens within the window"
    told(store, body(group, resolved=group.lower()), at=NOW + 3 * MINUTE)
    later = NOW + REOPEN_WINDOW + 5 * MINUTE
    assert told(store, body(group, firing=group.lower()), at=later) == (3,)
    other = {"A": "B", "B": "A"}[group]
    assert told(store, body(other, firing=other.lower()), at=later) == (4,)


def test_alerts_stay_where_they_come_from(store: Store) -> None:
    """Two Alertmanagers: a group key and a fingerprint are one's own."""
    told(store, body("A", firing="a"), source="eu")
    told(store, body("A", firing="b"), source="us")
    store.roll_call.mark_listed([("eu", "a")], NOW)
    merged(store, 1, 2)
    held = {(each.source, each.fingerprint, each.listed) for each in store.roll_call.held()}
    assert held == {("eu", "a", True), ("us", "b", False)}
    assert told(store, body("A", firing="ac"), source="eu", at=NOW + MINUTE) == (2,)
    assert {(each.source, each.fingerprint) for each in store.roll_call.held()} == {
        ("eu", "a"),
        ("eu", "c"),
        ("us", "b"),
    }
    assert told(store, body("regrouped", resolved="ac"), source="eu", at=NOW + 2 * MINUTE) == (2,)
    assert told(store, body("regrouped", resolved="b"), source="eu", at=NOW + 2 * MINUTE) == ()
    both = known(store, 2)
    assert {(each.source, each.fingerprint) for each in store.roll_call.held()} == {("us", "b")}
    assert both.open


def test_one_after_the_other_leads_to_the_last(store: Store) -> None:
    for key in "ABC":
        told(store, body(key, firing=key.lower()))
    merged(store, 1, 2)
    merged(store, 2, 3)
    assert sorted(e.alert.fingerprint for e in known(store, 3).firing) == ["a", "b", "c"]
    for key in "ABC":
        assert deliver(store, body(key, firing=key.lower()), at=NOW + MINUTE) == (3,)


# Who comes first


def test_the_other_has_to_be_open(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    before = known(store, 2)
    closed = decide(before, Resolve(Press(OLEG, -5)), now=NOW)
    assert store.incidents.apply(closed.incident, closed.entries, before=before, now=NOW)
    kept = known(store, 1)
    assert merge(store, 1, 2) == GONE
    assert merge(store, 1, 99) == GONE
    assert known(store, 1) == kept
    assert deliver(store, body("A", firing="a")) == (1,)
    assert EntryType.MERGED not in types(store, 1)


def test_into_each_other_at_once_is_done_once(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    with ThreadPoolExecutor(2) as people:
        found = list(people.map(lambda pair: merge(store, *pair), [(1, 2), (2, 1)]))
    assert sorted(found) in (["", BEHIND], ["", GONE])
    gone, kept = (1, 2) if found[0] == "" else (2, 1)
    assert take_in(store, kept)
    assert merge(store, kept, gone) == GONE
    assert [known(store, gone).open, known(store, kept).open] == [False, True]
    assert len(known(store, kept).firing) == 2


def test_two_people_merge_it_into_different_ones(store: Store) -> None:
    for key in "ABC":
        told(store, body(key, firing=key.lower()))
    before = known(store, 1)
    first = decide(before, MergeInto(Press(ANNA, -5), 2), now=NOW)
    assert store.merges.merge(before, first.incident, first.entries, by=ANNA, now=NOW) == ""
    assert merge(store, 1, 3, by=OLEG) == "merged_away"
    take_in(store, 2)
    assert store.merges.pending(3) == ()
    assert known(store, 1).merged_into == 2


def test_what_waits_is_worked_through_before_it_is_merged(store: Store) -> None:
    for key in "ABC":
        told(store, body(key, firing=key.lower()))
    deliver(store, body("A", firing="ad"))
    assert merge(store, 1, 2) == BEHIND
    work_through(store, (1,))
    assert merge(store, 1, 2) == ""
    assert merge(store, 2, 3) == BEHIND
    take_in(store, 2)
    assert merge(store, 2, 3) == ""
    take_in(store, 3)
    assert sorted(e.alert.fingerprint for e in known(store, 3).firing) == ["a", "b", "c", "d"]


def test_a_body_accepted_before_and_routed_after_goes_to_the_other(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    late = store.inbox.put(body("A", firing="ae"), "", NOW).result(10)
    merged(store, 1, 2)
    assert store.inbox.route(late, understood(body("A", firing="ae")), NOW) == (2,)
    work_through(store, (2,))
    assert sorted(e.alert.fingerprint for e in known(store, 2).firing) == ["a", "b", "e"]


def test_it_is_taken_in_once(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    assert merge(store, 1, 2) == ""
    (found,) = store.merges.pending(2)
    before = known(store, 2)
    decision = decide(before, TakeIn(found), now=NOW)
    applied = [
        store.incidents.apply(decision.incident, decision.entries, before=before, merges_done=(1,), now=NOW)
        for _ in range(2)
    ]
    assert applied == [True, False]
    assert types(store, 2).count(EntryType.MERGED_IN) == 1


def test_the_update_is_done_with_it_and_not_without(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    store.updates.store([(1, -5, b"{}"), (2, -5, b"{}")], NOW)
    assert merge(store, 1, 99, update=1) == GONE
    assert merge(store, 1, 2, update=2) == ""
    assert [number for number, *_ in store.updates.pending()] == [1]


def test_what_was_not_taken_in_counts_as_unread(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    assert merge(store, 1, 2, at=NOW) == ""
    books = store.books.read(NOW)
    assert (books.waiting, books.waiting_since) == (1, NOW)
    late = NOW + 5 * MINUTE
    assert compare(books, {}, late).findings
    take_in(store, 2)
    assert store.books.read(NOW).waiting == 0


def test_its_owner_goes_over_with_it(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    before = known(store, 1)
    taken = decide(before, Take(Press(OLEG, -5)), now=NOW)
    assert store.incidents.apply(taken.incident, taken.entries, before=before, now=NOW)
    merged(store, 1, 2)
    assert known(store, 2).taken_by == OLEG


# What is counted


def test_it_is_counted_once(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"), at=NOW + MINUTE)
    told(store, body("C", firing="c"), at=NOW + 2 * MINUTE)
    span = Span(NOW - MINUTE, NOW + 60 * MINUTE)
    assert store.statistics.count(span) == 3
    assert store.past.alike_before(known(store, 3)) == 2
    merged(store, 1, 2, at=NOW + 3 * MINUTE)
    assert store.statistics.count(span) == 2
    assert [row.id for row in store.statistics.incidents(span)] == [2, 3]
    assert store.past.alike_before(known(store, 3)) == 1


# Who is offered


def test_those_of_the_same_kind_and_place_are_looked_at_first(store: Store) -> None:
    for number in range(MOST + 5):
        told(store, body(f"{number}", firing=[f"f{number}"]), at=NOW + number * MINUTE)
    assert not store.merges.alone(1)
    found = [each.id for each in store.merges.near(known(store, 10), everywhere)]
    assert len(found) == MOST
    assert found[:4] == [9, 11, 8, 12]
    assert store.merges.near(known(store, 10), lambda cluster, namespace: namespace != "shop") == ()
    assert 10 not in found


def test_one_alone_has_nowhere_to_go(store: Store) -> None:
    told(store, body("A", firing="a"))
    assert store.merges.alone(1)
    deliver(store, body("B", firing="b"))
    assert store.merges.alone(1), "of the other nothing is known yet"
    assert merge(store, 1, 2) == GONE
