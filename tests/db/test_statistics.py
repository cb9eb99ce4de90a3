"""What a review is made of, as it is read from what the service stored."""

from dataclasses import replace
from datetime import timedelta

from chatops.core.actions import ActionState
from chatops.core.alerts import Severity
from chatops.core.incidents import Person, Status, Verdict
from chatops.core.remedies import Trial
from chatops.core.review import Span, Tried
from chatops.db.store import Store
from tests.db.building import MINUTE, NOW, body, deliver, run, told

SPAN = Span(NOW - timedelta(days=7), NOW + timedelta(days=1))
ANNA = Person(7, "@anna")


def test_an_empty_database_has_nothing(store: Store) -> None:
    assert store.statistics.incidents(SPAN) == ()
    assert store.statistics.tried(SPAN) == ()
    assert store.statistics.count(SPAN) == 0


def test_an_incident_is_a_row_with_the_times_of_its_alerts(store: Store) -> None:
    told(store, body("k", firing=["a", "b"]))
    (row,) = store.statistics.incidents(SPAN)
    incident = store.incidents.get(1)
    assert incident is not None
    assert (row.id, row.kind) == (1, (incident.title, "shop", ""))
    assert (row.severity, row.status) == (Severity.CRITICAL, Status.ACTIVE)
    assert (row.opened_at, row.began_at, row.ended_at) == (NOW, incident.began_at, None)
    assert (row.acknowledged_at, row.by_hand, row.actions) == (None, False, 0)
    told(store, body("k", resolved=["a"]))
    assert store.statistics.incidents(SPAN)[0].ended_at is None
    told(store, body("k", resolved=["b"]))
    (row,) = store.statistics.incidents(SPAN)
    incident = store.incidents.get(1)
    assert incident is not None
    assert (row.status, row.ended_at) == (Status.RESOLVED, incident.ended_at)
    assert row.ended_at == NOW - MINUTE


def test_what_people_did_is_counted(store: Store) -> None:
    told(store, body("k", firing=["a"]))
    incident = store.incidents.get(1)
    assert incident is not None
    acted = replace(
        incident,
        status=Status.RESOLVED,
        closed_at=NOW + 9 * MINUTE,
        closed_by=ANNA,
        taken_by=ANNA,
        taken_at=NOW + MINUTE,
        acknowledged_at=NOW + MINUTE,
        reopened=1,
        run=run("run-1", ActionState.SUCCEEDED),
        verdicts=(Verdict(ANNA, True), Verdict(Person(8, "@oleg"), False), Verdict(Person(9, "@eve"), False)),
    )
    trial = Trial("run-1", "PodCrashLooping", "rollout_restart", NOW, helped=True)
    assert store.incidents.apply(acted, trials=[trial], now=NOW)
    (row,) = store.statistics.incidents(SPAN)
    assert (row.ended_at, row.by_hand, row.acknowledged_at) == (NOW + 9 * MINUTE, True, NOW + MINUTE)
    assert (row.reopened, row.actions, row.real, row.noise) == (1, 1, 1, 2)
    assert store.statistics.tried(SPAN) == (Tried(row.kind, "rollout_restart", helped=True),)
    kept = store.incidents.get(1)
    assert kept is not None
    assert kept.verdicts == acted.verdicts


def test_a_span_ends_before_its_end_and_narrows_to_a_namespace(store: Store) -> None:
    told(store, body("k", firing=["a"]))
    assert store.statistics.count(Span(NOW, NOW + MINUTE)) == 1
    assert store.statistics.count(Span(NOW - MINUTE, NOW)) == 0
    assert store.statistics.incidents(Span(NOW - MINUTE, NOW)) == ()
    for namespace, number in (("shop", 1), ("mail", 0)):
        span = replace(SPAN, namespace=namespace)
        assert store.statistics.count(span) == len(store.statistics.incidents(span)) == number


def test_only_readable_places_count_and_each_is_decided_once(store: Store) -> None:
    for number in range(3):
        told(store, body(f"k{number}", firing=[f"a{number}"]))
    asked: list[tuple[str, str]] = []

    def readable(cluster: str, namespace: str) -> bool:
        asked.append((cluster, namespace))
        return False

    assert store.statistics.incidents(SPAN, readable) == ()
    assert store.statistics.count(SPAN, readable) == 0
    assert asked == [("", "shop")] * 2


def test_an_incident_that_was_only_routed_is_none_yet(store: Store) -> None:
    deliver(store, body("k", firing=["a"]))
    assert store.statistics.count(SPAN) == len(store.statistics.incidents(SPAN)) == 0
