"""More than the service can take, and what nobody should send it: nothing answered 200 is lost, and nothing breaks."""

import json
import random
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from chatops.core.alerts import NotUnderstood, parse
from chatops.core.audit import EntryType
from tests.core.bodies import a_body, an_alert, any_body
from tests.core.fuzz import NOW
from tests.databases import held_up
from tests.flows.town import TOKEN, until
from tests.web.wire import Wire, head

SENDERS = 24
POSTS = 6

BACKLOG_PATIENCE = 240.0
"""Seconds: it is a lot of work for a machine that others use too."""

pytestmark = pytest.mark.timeout(400)
GROUPS = 4
MOST_TIMES_IDLE = 2.5
"""How much more memory than idle it may hold under load."""


def body(sender: int, number: int) -> bytes:
    """Five alerts that no other body has, of one of a few groups."""
    group = f"Overload{sender % GROUPS}"
    labels = {"alertname": group, "severity": "warning", "namespace": "shop"}
    alerts = [an_alert(fingerprint=f"{sender}-{number}-{each}", labels=labels) for each in range(5)]
    return a_body(*alerts, groupKey=group, groupLabels={"alertname": group})


def test_r4_under_ten_times_the_load_what_was_taken_is_kept(place):
    """R4: more senders than threads, while the disk is held up twice: 503 and not 4xx, bounded, and all is there after.

    Only what was answered 200 is asked for after.
    """
    idle = place.service.resident()
    most: Counter[str] = Counter()
    taken: set[str] = set()

    def sends(sender: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        for number in range(POSTS):
            status = place.post(body(sender, number))
            statuses[status] += 1
            if status == 200:
                taken.update(f"{sender}-{number}-{each}" for each in range(5))
            most["memory"] = max(most["memory"], place.service.resident())
            if sender == 0:
                most["waiting"] = max(most["waiting"], int(place.metric("chatops_webhooks_waiting")))
        return statuses

    with ThreadPoolExecutor(SENDERS) as senders:
        rounds: list[Future[Counter[int]]] = []
        for _ in range(2):
            with held_up(place.environment["DATABASE_URL"]):
                refused = place.metric("chatops_webhooks_total")
                # Held up from the very first on, so that some are refused however fast the machine is.
                rounds = rounds or [senders.submit(sends, sender) for sender in range(SENDERS)]
                until(lambda: place.metric("chatops_webhooks_total") > refused or all(r.done() for r in rounds), "503")  # noqa: B023
        statuses = sum((each.result() for each in rounds), Counter())
    assert set(statuses) == {200, 503}, statuses
    assert most["waiting"] <= 500
    assert most["memory"] < idle * MOST_TIMES_IDLE
    with place.store() as store:
        until(
            lambda: not store.unfinished.with_mail() and not store.inbox.new_ids(),
            "all is worked through",
            BACKLOG_PATIENCE,
        )
        incidents = [store.incidents.get(number) for number in store.incidents.active_ids()]
        kept = {episode.alert.fingerprint for incident in incidents for episode in incident.episodes}
        written = {stored.entry.type for stored in store.audit.page(limit=10_000)}
    assert len(incidents) == GROUPS
    assert taken <= kept
    # Who wants to write while the disk is held up begins anew; nobody is given up on.
    assert EntryType.ACTOR_FAILED not in written


def test_r9_bent_bodies_break_no_part_of_the_service(place):
    """R9: pipelined: each is answered 200, kept whole where it cannot be read, and told of once to the admins."""
    bodies = [any_body(random.Random(number)) for number in range(200)]
    with Wire(place.service.alert_port) as wire:
        for start in range(0, len(bodies), 20):
            batch = bodies[start : start + 20]
            lines = (f"Authorization: Bearer {TOKEN}",)
            wire.send(b"".join(head(headers=(*lines, f"Content-Length: {len(each)}")) + each for each in batch))
            assert [wire.answer().status for _ in batch] == [200] * len(batch)
    good = an_alert(fingerprint="good", labels={"alertname": "Alive", "namespace": "shop", "pod": "still-here"})
    assert place.post(a_body(None, {"status": "odd"}, good, groupKey="beside")) == 200
    with place.store() as store:
        until(
            lambda: not store.unfinished.with_mail() and not store.inbox.new_ids(),
            "all is worked through",
            BACKLOG_PATIENCE,
        )
        kept = Counter(row.body for row in store.inbox.quarantined(limit=1_000))
        incidents = [store.incidents.get(number) for number in store.incidents.active_ids()]
        labels = {e.alert.labels.get("pod") for incident in incidents for e in incident.episodes}
    assert kept == Counter(each for each in bodies if refused(each))
    assert "still-here" in labels
    place.card("could not be understood")
    assert len([m for m in place.chat.messages(from_bot=True) if "understood" in m.text]) == 1
    log = [json.loads(line) for line in place.service.log.read_text(encoding="utf-8").splitlines()]
    assert [line for line in log if line["level"] in ("error", "critical") or "exception" in line] == []
    assert place.metric("chatops_actor_restarts_total") == 0


def refused(given: bytes) -> bool:
    try:
        parse(given, received_at=NOW)
    except NotUnderstood:
        return True
    return False
