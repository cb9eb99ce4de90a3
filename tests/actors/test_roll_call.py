"""Alertmanager's own list against what is shown: the actor, the real store, a stand-in for Alertmanager's API."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pykka import ActorRegistry

from chatops.actors.roll_call import Call, RollCallActor
from chatops.actors.work import WorkFailed
from chatops.core.failures import Failure
from chatops.core.incidents import Incident
from chatops.core.incidents.values import Status
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.silences import fingerprint, stamp
from chatops.upstream import UpstreamDoor
from tests.actors.house import Hands, House, house

POD = {"alertname": "CrashLoop", "severity": "critical", "namespace": "shop", "pod": "cart-0"}
OTHER = {**POD, "pod": "cart-1"}


class Street:
    """A house and an Alertmanager of one time, and the actor that compares them when told to."""

    def __init__(self, built: House, alertmanager: AlertmanagerServer) -> None:
        self.house = built
        self.alertmanager = alertmanager
        self._door = UpstreamDoor((alertmanager.url,))
        built.upstream.answer = self._answer
        self._actor = RollCallActor.start(
            directory=built.directory, address=("roll_call",), store=built.store, clock=built.clock
        )

    def _answer(self, _work: object) -> object:
        try:
            return self._door.rolls(self.house.clock())
        except Failure as failure:
            return WorkFailed(None, str(failure.reason), failure.detail, True)

    def fire(self, labels: dict[str, str]) -> None:
        ends = stamp(self.house.clock() + timedelta(days=1))
        self.alertmanager.fire(labels, endsAt=ends)

    def tell(self, labels: dict[str, str], *, truncated: int = 0) -> None:
        """The webhook that Alertmanager posts of it."""
        alert = {
            "status": "firing",
            "labels": labels,
            "startsAt": stamp(self.house.clock()),
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": fingerprint(labels),
        }
        told = {"version": "4", "groupKey": "{}:{}", "receiver": "chatops", "truncatedAlerts": truncated}
        self.house.post_webhook(json.dumps({**told, "alerts": [alert]}).encode())
        self.wait(lambda incident: incident.firing)

    def round(self) -> None:
        """A minute later, to its end."""
        self.house.clock.move(minutes=1)
        self._actor.ask(Call(), timeout=10)
        # Each has then handled what the one before it told it.
        for ref in (*ActorRegistry.get_by_class(Hands), self._actor):
            ref.ask("are you done?", timeout=10)

    def wait(self, test: Callable[[Incident], object], number: int = 1) -> None:
        def holds() -> bool:
            incident = self.house.store.incidents.get(number)
            return bool(incident and incident.revision and test(incident))

        self.house.until(holds)

    def close(self) -> None:
        self._actor.stop(timeout=10)
        self._door.close()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with house(tmp_path) as built, AlertmanagerServer(clock=built.clock) as alertmanager:
        made = Street(built, alertmanager)
        yield made
        made.close()


def pods(incident: Incident) -> set[str]:
    return {episode.alert.labels["pod"] for episode in incident.firing}


def test_r8_what_fired_and_ended_unheard_is_made_up_for(street):
    """R8: the end of one alert and the beginning of another came while nobody listened."""
    street.fire(POD)
    street.tell(POD)
    street.round()
    street.alertmanager.end(POD)
    street.fire({**OTHER, "alertname": "Another"})
    street.round()
    street.round()
    street.wait(lambda incident: incident.status is Status.RESOLVED)
    street.wait(lambda incident: pods(incident) == {"cart-1"}, number=2)
    assert street.house.store.incidents.get(3) is None


def test_r7_alerts_left_out_of_a_webhook_are_fetched(street):
    """R7: the group's other alerts come from Alertmanager's list, into the same incident: none is missing any more."""
    street.fire(POD)
    street.fire(OTHER)
    street.tell(POD, truncated=1)
    street.round()
    street.wait(lambda incident: pods(incident) == {"cart-0", "cart-1"} and not incident.truncated)
    assert street.house.store.incidents.get(2) is None


def test_a_silence_set_elsewhere_does_not_hide_the_end(street):
    street.fire(POD)
    street.tell(POD)
    street.round()
    matcher = {"name": "alertname", "value": "CrashLoop", "isRegex": False, "isEqual": True}
    now = street.house.clock()
    times = {"startsAt": stamp(now), "endsAt": stamp(now + timedelta(hours=2))}
    street.alertmanager.silences.put({**times, "matchers": [matcher], "createdBy": "oleg", "comment": "x"}, now)
    street.round()
    street.house.post.wait_text("silenced in Alertmanager")
    street.round()
    street.wait(lambda incident: incident.open)
    street.alertmanager.end(POD)
    street.round()
    street.round()
    street.wait(lambda incident: incident.status is Status.RESOLVED)


def test_an_alertmanager_that_is_away_ends_nothing(street):
    street.fire(POD)
    street.tell(POD)
    street.round()
    street.alertmanager.end(POD)
    street.alertmanager.go_away()
    street.round()
    street.alertmanager.come_back()
    street.round()
    street.round()
    street.wait(lambda incident: incident.status is Status.RESOLVED)


def test_what_ended_hidden_before_it_was_listed_ends_where_another_of_its_incident_was_listed(street):
    street.fire(POD)
    street.tell(POD)
    street.round()
    street.tell(OTHER)
    street.wait(lambda incident: pods(incident) == {"cart-0", "cart-1"})
    street.round()
    street.round()
    street.wait(lambda incident: pods(incident) == {"cart-0"})
