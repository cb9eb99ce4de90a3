"""Webhook bodies and incidents for the tests of the store, made the way the service makes them."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from chatops.core.actions import ActionRun, ActionState, Plan
from chatops.core.alerts import Notification, parse
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.incidents import decide
from chatops.core.incidents.events import AlertsReceived
from chatops.core.incidents.values import Incident
from chatops.core.resources import ObjectRef
from chatops.db.store import Store

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEPLOYMENT = ObjectRef("Deployment", "checkout", "shop", "uid-1", "prod")


def body(key: str, *, firing: Iterable[str] = (), resolved: Iterable[str] = (), truncated: int = 0) -> bytes:
    """A webhook body: a group key and the fingerprints that fire or have resolved in it."""
    alerts = [_alert(fingerprint, "firing") for fingerprint in firing]
    alerts += [_alert(fingerprint, "resolved") for fingerprint in resolved]
    return json.dumps(
        {"version": "4", "groupKey": key, "receiver": "chatops", "truncatedAlerts": truncated, "alerts": alerts}
    ).encode()


def _alert(fingerprint: str, status: str) -> dict[str, object]:
    ends_at = "0001-01-01T00:00:00Z" if status == "firing" else "2026-11-01T11:59:00Z"
    labels = {"alertname": "PodCrashLooping", "severity": "critical", "namespace": "shop", "pod": fingerprint}
    return {
        "status": status,
        "fingerprint": fingerprint,
        "labels": labels,
        "startsAt": "2026-11-01T11:50:00.123456789Z",
        "endsAt": ends_at,
    }


def understood(raw: bytes, at: datetime = NOW) -> Notification:
    return parse(raw, received_at=at)


def deliver(store: Store, raw: bytes, *, at: datetime = NOW, source: str = "") -> tuple[int, ...]:
    """Take in a body and route it: the incidents it went to."""
    inbox_id = store.inbox.put(raw, source, at).result(10)
    return store.inbox.route(inbox_id, understood(raw, at), at)


def work_through(store: Store, incident_ids: Iterable[int], *, at: datetime = NOW) -> None:
    """What each incident's actor does with its mail."""
    for incident_id in incident_ids:
        for mail in store.incidents.pending_mail(incident_id):
            incident = store.incidents.get(incident_id)
            assert incident is not None
            event = AlertsReceived(understood(mail.inbox.body, mail.inbox.received_at), home=mail.home)
            decision = decide(incident, event, now=at)
            assert store.incidents.apply(decision.incident, decision.entries, mail_done=[mail.inbox.id], now=at)


def told(store: Store, raw: bytes, *, at: datetime = NOW, source: str = "") -> tuple[int, ...]:
    """Delivered and worked through."""
    incident_ids = deliver(store, raw, at=at, source=source)
    work_through(store, incident_ids, at=at)
    return incident_ids


def entry(**detail: str) -> Entry:
    return Entry(EntryType.LOOKED, SYSTEM, NOW, incident_id=1, object=DEPLOYMENT, chat_id=-5, detail=detail)


def run(id: str = "run-1", state: ActionState = ActionState.REQUESTED) -> ActionRun:
    plan = Plan("rollout_restart", DEPLOYMENT, "42", {"restarted_at": "2026-11-01T12:00:00Z"})
    return ActionRun(id, plan, 7, "Anna", NOW, state, -5, 10)


def known(store: Store, incident_id: int = 1) -> Incident:
    incident = store.incidents.get(incident_id)
    assert incident is not None
    return incident
