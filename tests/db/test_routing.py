"""Which incident a webhook body belongs to, told as short stories."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.core.audit import EntryType
from chatops.core.inbox import InboxState
from chatops.core.incidents.values import REOPEN_WINDOW, Status
from chatops.db.routing import UNKNOWN_RESOLVED
from chatops.db.store import Store

from .building import MINUTE, NOW, body, deliver, entry, known, told, understood, work_through

PAYLOADS = Path(__file__).parents[1] / "payloads"


@dataclass(frozen=True)
class Step:
    """A body at a minute, and the incidents it should go to, the home first."""

    minute: float
    body: dict[str, Any]
    to: tuple[int, ...]
    source: str = ""


def step(minute: float, key: str, to: tuple[int, ...], *, source: str = "", **alerts: Any) -> Step:
    return Step(minute, {"key": key, **alerts}, to, source)


WINDOW = REOPEN_WINDOW / MINUTE

STORIES = {
    "the same group goes on": [
        step(0, "A", (1,), firing="a"),
        step(5, "A", (1,), firing="ab"),
        step(6, "A", (1,), resolved="ab"),
    ],
    "another group is another incident": [
        step(0, "A", (1,), firing="a"),
        step(0, "B", (2,), firing="b"),
    ],
    "the same key from another source is another incident": [
        step(0, "A", (1,), firing="a", source="eu"),
        step(0, "A", (2,), firing="a", source="us"),
        step(1, "A", (1,), resolved="a", source="eu"),
    ],
    "firing again within the window reopens": [
        step(0, "A", (1,), firing="a"),
        step(1, "A", (1,), resolved="a"),
        step(1 + WINDOW, "A", (1,), firing="a"),
    ],
    "firing again after the window is a new incident": [
        step(0, "A", (1,), firing="a"),
        step(1, "A", (1,), resolved="a"),
        step(1.1 + WINDOW, "A", (2,), firing="a"),
        step(2 + WINDOW, "A", (2,), firing="a"),
    ],
    "what a list has more of a group stays with its incident": [
        step(0, "A", (1,), firing="a"),
        step(1, "roll call: A", (1,), firing="b"),
        step(2, "A", (1,), firing="ab"),
    ],
    "what a list has of a group within the window reopens": [
        step(0, "A", (1,), firing="a"),
        step(1, "A", (1,), resolved="a"),
        step(1 + WINDOW, "roll call: A", (1,), firing="b"),
    ],
    "what a list has of a group after the window is a new incident, which its own key finds": [
        step(0, "A", (1,), firing="a"),
        step(1, "A", (1,), resolved="a"),
        step(1.1 + WINDOW, "roll call: A", (2,), firing="b"),
        step(2 + WINDOW, "A", (2,), firing="b"),
    ],
    "a config reload changes the key of firing alerts": [
        step(0, "A", (1,), firing="ab"),
        step(1, "A2", (1,), firing="ab"),
        step(2, "A2", (1,), resolved="ab"),
        step(3, "A", (1,), firing="a"),
    ],
    "a group splits: both parts stay with the incident": [
        step(0, "A", (1,), firing="ab"),
        step(1, "A/a", (1,), firing="a"),
        step(1, "A/b", (1,), firing="b"),
        step(2, "A/a", (1,), resolved="a"),
    ],
    "two groups merge: the oldest is home, the other hears of its own": [
        step(0, "A", (1,), firing="a"),
        step(1, "B", (2,), firing="b"),
        step(2, "AB", (1, 2), firing="ab"),
        step(3, "AB", (1, 2), resolved="ab"),
        step(4, "AB", (1,), firing="a"),
    ],
    "the owner of the key is home even where an older one holds the alert": [
        step(0, "A", (1,), firing="a"),
        step(1, "B", (2,), firing="b"),
        step(2, "B", (2, 1), firing="ab"),
    ],
    "a new alert in a known group does not go to strangers": [
        step(0, "A", (1,), firing="a"),
        step(1, "B", (2,), firing="b"),
        step(2, "B", (2,), firing="bc"),
    ],
    "the end of an alert goes to whoever holds it, whatever the key": [
        step(0, "A", (1,), firing="a"),
        step(1, "other", (1,), resolved="a"),
    ],
    "the end of what nobody knows is nobody's": [
        step(0, "A", (), resolved="a"),
        step(1, "A", (1,), firing="a"),
    ],
    "truncated alerts are reason enough": [
        step(0, "A", (1,), resolved="a", truncated=3),
    ],
    "an HA pair tells everything twice": [
        step(0, "A", (1,), firing="a"),
        step(0, "A", (1,), firing="a"),
        step(1, "A", (1,), resolved="a"),
        step(1, "A", (1,), resolved="a"),
        step(1, "A", (1,), firing="a"),
    ],
}


@pytest.mark.parametrize("name", STORIES)
def test_stories(store: Store, name: str) -> None:
    for number, each in enumerate(STORIES[name]):
        at = NOW + each.minute * MINUTE
        assert told(store, body(**each.body), at=at, source=each.source) == each.to, f"step {number}"
    assert store.inbox.new_ids() == ()
    assert store.unfinished.with_mail() == ()
    assert store.audit.verify() is None


def test_a_peer_that_is_late_does_not_reopen(store: Store) -> None:
    """The second of an HA pair tells the firing after the first told the end."""
    told(store, body("A", firing="a"))
    told(store, body("A", resolved="a"), at=NOW + MINUTE)
    told(store, body("A", firing="a"), at=NOW + 1.01 * MINUTE)
    incident = known(store, 1)
    assert incident.status is Status.RESOLVED
    assert incident.episodes[0].late_at is not None


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.REJECTED])
def test_closed_by_hand_while_firing_stays_home_however_long(store: Store, status: Status) -> None:
    told(store, body("A", firing="a"))
    closed = replace(known(store, 1), status=status, closed_at=NOW)
    assert store.incidents.apply(closed, now=NOW)
    assert deliver(store, body("A", firing="a"), at=NOW + timedelta(days=3)) == (1,)


def test_rejected_and_over_is_no_home(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("A", resolved="a"))
    assert store.incidents.apply(replace(known(store, 1), status=Status.REJECTED), now=NOW)
    assert deliver(store, body("A", firing="a"), at=NOW + MINUTE) == (2,)


def test_a_row_routed_twice_stays_where_it_is(store: Store) -> None:
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    raw = body("AB", firing="ab")
    inbox_id = store.inbox.put(raw, "", NOW).result(10)
    first = store.inbox.route(inbox_id, understood(raw), NOW)
    assert first == (1, 2)
    assert store.inbox.route(inbox_id, understood(raw), NOW + timedelta(days=9)) == first
    mail = [mail for incident_id in first for mail in store.incidents.pending_mail(incident_id)]
    assert [(one.incident_id, one.home, one.inbox.id) for one in mail] == [(1, True, inbox_id), (2, False, inbox_id)]
    work_through(store, first)
    assert store.inbox.route(inbox_id, understood(raw), NOW) == first
    assert store.unfinished.with_mail() == (), "done mail does not come back"


def test_a_row_that_does_not_exist_goes_nowhere(store: Store) -> None:
    assert store.inbox.route(99, understood(body("A", firing="a")), NOW) == ()
    assert store.inbox.get(99) is None
    assert store.inbox.failed(99) == 0


def test_resolved_alerts_of_nobody_say_so(store: Store) -> None:
    assert deliver(store, body("A", resolved="a")) == ()
    row = store.inbox.get(1)
    assert row is not None
    assert (row.state, row.problem) == (InboxState.ROUTED, UNKNOWN_RESOLVED)


def test_sixty_four_identical_bodies_at_once_are_one_incident(store: Store) -> None:
    raw = body("A", firing="a")
    with ThreadPoolExecutor(16) as pool:
        homes = list(pool.map(lambda _: deliver(store, raw), range(64)))
    assert homes == [(1,)] * 64
    work_through(store, (1,))
    assert store.incidents.active_ids() == (1,)
    types = [line.entry.type for line in store.audit.page(limit=1000)]
    assert types.count(EntryType.OPENED) == 1
    assert known(store, 1).revision == 1


def test_a_group_of_thousands(store: Store) -> None:
    """More alerts than one statement takes values."""
    names = [f"f{number}" for number in range(2500)]
    assert told(store, body("A", firing=names)) == (1,)
    assert told(store, body("B", firing=[names[-1]])) == (1,)
    told(store, body("A", resolved=names[:2499], firing=names[2499:]))
    incident = known(store, 1)
    assert [episode.alert.fingerprint for episode in incident.episodes] == names
    assert len(incident.firing) == 1


def test_mail_comes_in_the_order_it_was_accepted(store: Store) -> None:
    rows = [body("A", firing="a"), body("A", firing="ab"), body("A", resolved="ab")]
    ids = [store.inbox.put(raw, "", NOW).result(10) for raw in rows]
    for inbox_id, raw in reversed(list(zip(ids, rows, strict=True))):
        store.inbox.route(inbox_id, understood(raw), NOW)
    assert [mail.inbox.id for mail in store.incidents.pending_mail(1)] == ids[:2], (
        "the end was routed first, when nobody knew its alerts"
    )


def test_quarantine_keeps_the_body_and_empties_the_mailboxes(store: Store) -> None:
    deliver(store, body("A", firing="a"))
    assert store.inbox.failed(1) == 1
    assert store.inbox.failed(1) == 2
    store.inbox.quarantine(1, "it broke\0its reader \ud800", entry(inbox="1"))
    (row,) = store.inbox.quarantined()
    assert (row.id, row.state, row.attempts) == (1, InboxState.QUARANTINED, 2)
    assert row.problem == "it broke�its reader �"
    assert row.body == body("A", firing="a")
    assert store.unfinished.with_mail() == ()
    assert store.audit.head()[0] == 1


def test_only_what_is_done_is_pruned(store: Store) -> None:
    told(store, body("A", firing="a"))
    deliver(store, body("A", firing="b"))
    store.inbox.put(b"never looked at", "", NOW).result(10)
    deliver(store, body("C", resolved="c"))
    assert store.inbox.prune(NOW) == 0, "nothing is older"
    assert store.inbox.prune(NOW + MINUTE) == 2
    assert [store.inbox.get(number) is not None for number in (1, 2, 3, 4)] == [False, True, True, False]
    assert len(store.incidents.pending_mail(1)) == 1


BODIES = [file for file in sorted(PAYLOADS.glob("*.json")) if "headers" not in file.name and "api_v2" not in file.name]


@pytest.mark.parametrize("file", BODIES, ids=lambda file: file.stem)
def test_bodies_of_a_real_alertmanager(store: Store, file: Path) -> None:
    raw = file.read_bytes()
    for incident_id in told(store, raw):
        incident = known(store, incident_id)
        assert incident.revision == 1
        assert {e.alert.fingerprint: e.alert for e in incident.episodes} == {
            alert.fingerprint: alert for alert in understood(raw).alerts
        }
