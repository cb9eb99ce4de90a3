"""A Watchdog through the whole house: while it comes nothing opens, and while it does not an incident is open."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.heartbeats import HeartbeatsActor, Listen
from chatops.core.incidents.values import Status
from tests.actors.house import House, house

LABELS = {"alertname": "Watchdog", "severity": "none"}


class Room:
    def __init__(self, built: House) -> None:
        self.house = built
        self.start()

    def start(self) -> None:
        self._actor = HeartbeatsActor.start(
            directory=self.house.directory, address=("heartbeats",), store=self.house.store, clock=self.house.clock
        )

    def stop(self) -> None:
        self._actor.stop(timeout=10)

    def beat(self, *, status: str = "firing", **later: float) -> None:
        """Alertmanager posts it, after so long."""
        self.house.clock.move(**later)
        times = {"startsAt": "2026-11-23T08:00:00Z", "endsAt": "2026-11-23T09:00:00Z"}
        alert = {"status": status, "labels": LABELS, "fingerprint": "dog", **times}
        told = {"version": "4", "groupKey": "{}:{}", "receiver": "chatops", "alerts": [alert]}
        inbox_id = self.house.post_webhook(json.dumps(told).encode())
        self.house.until(lambda: self.house.store.inbox.get(inbox_id).state == "routed")
        self.listen()

    def listen(self, **later: float) -> None:
        self.house.clock.move(**later)
        self._actor.ask(Listen(), timeout=10)

    def wait(self, status: Status) -> None:
        def so() -> bool:
            incident = self.house.store.incidents.get(1)
            return incident is not None and bool(incident.revision) and incident.status is status

        self.house.until(so)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with house(tmp_path, watchdogs=frozenset({"Watchdog"})) as built:
        made = Room(built)
        yield made
        made.stop()


def test_r12_one_that_stops_opens_an_incident_that_clears_itself(room):
    """R12: the notice is a card like any other, and goes when the Watchdog is back."""
    for _ in range(3):
        room.beat(minutes=5)
    room.listen(minutes=10)
    assert room.house.store.incidents.get(1) is None
    room.listen(minutes=1)
    room.wait(Status.ACTIVE)
    room.house.post.wait_text("Monitoring is silent")
    room.listen(minutes=5)
    room.beat(minutes=5)
    room.wait(Status.RESOLVED)
    assert room.house.store.incidents.get(2) is None


def test_r12_its_silence_is_known_after_a_restart(room):
    for _ in range(3):
        room.beat(minutes=5)
    room.listen(minutes=11)
    room.wait(Status.ACTIVE)
    room.stop()
    room.start()
    room.listen(minutes=1)
    room.beat(minutes=1)
    room.wait(Status.RESOLVED)


def test_r12_an_end_that_is_told_is_its_silence(room):
    room.beat()
    room.beat(minutes=5)
    room.beat(status="resolved", seconds=30)
    room.wait(Status.ACTIVE)
