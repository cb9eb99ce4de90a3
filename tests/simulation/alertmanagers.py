"""Alerts that fire and end, and the two Alertmanagers of one pair that tell of them: late, twice, out of order.

They list what fires when they are asked for it, as far as they live and have run for long enough to know it.
"""

import json
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatops.core.roll_call import Listed, ListedGroup, Mute, Roll
from tests.simulation.places import BURST, GROUPS, HOME, PLACES
from tests.simulation.virtual_time import BEGINNING, Agenda, VirtualTime

PATIENCE = 5.0
"""Seconds until an Alertmanager gives up waiting for its answer."""
TOLD_AGAIN = 20.0
"""Seconds after its start by which Prometheus has told an Alertmanager again what fires."""
RECEIVER = "chatops"
REFUSED = 0.02
"""How often something on the way answers with a 4xx: no Alertmanager repeats what was answered so."""
_MEMBERS = {**GROUPS, **BURST}


@dataclass(slots=True)
class Truth:
    """One alert as it really is."""

    starts_at: datetime
    ends_at: datetime | None = None
    muffled: bool = False
    """A silence or another alert hid it when it ended: no Alertmanager ever tells that."""


class Alerts:
    """What fires. `silencing(labels)` has the keys of the silences that hide an alert of these labels now."""

    def __init__(self, time: VirtualTime, groups: tuple[str, ...], trace: Callable[[str], None]) -> None:
        self._time = time
        self._trace = trace
        self.groups = groups
        self.route = ""
        """Somebody changed how alerts are grouped: `keyed` is the same groups by other keys, `merged` one for all."""
        self.regrouped = False
        """Whether that ever happened: an alert may then be told in two incidents, and is told to both."""
        self.clustered = False
        """Whether alerts name their cluster."""
        self.inhibiting = ""
        """The alert that hides all others while it fires, as somebody configured it; empty where none does."""
        self.silencing: Callable[[dict[str, str]], frozenset[str]] = lambda labels: frozenset()
        self.known: dict[str, Truth] = {}

    def fires(self, fingerprint: str) -> bool:
        truth = self.known.get(fingerprint)
        return truth is not None and truth.ends_at is None

    def hidden(self, fingerprint: str) -> frozenset[str]:
        """By which silences."""
        return self.silencing(self.labels(fingerprint))

    def muted(self, fingerprint: str) -> bool:
        """Whether a silence or another alert hides it, so that nothing is told of it."""
        inhibited = fingerprint != self.inhibiting and self.fires(self.inhibiting)
        return inhibited or bool(self.hidden(fingerprint))

    def turn(self, fingerprint: str) -> None:
        """It ends if it fires, and fires if it does not."""
        if self.fires(fingerprint):
            self.known[fingerprint].ends_at = self._time.now()
            self.known[fingerprint].muffled = self.muted(fingerprint)
        else:
            self.known[fingerprint] = Truth(self._time.now())
        self._trace(f"alert {fingerprint} {'fires' if self.fires(fingerprint) else 'ends'}")

    def end_all(self) -> None:
        for fingerprint in self.known:
            if self.fires(fingerprint):
                self.turn(fingerprint)

    def regroup(self, route: str) -> None:
        self.route = route
        self.regrouped = True
        self._trace(f"the route is now {route or 'as it was'}")

    def labels(self, fingerprint: str) -> dict[str, str]:
        group = HOME[fingerprint]
        place = PLACES[group]
        about = {"node": group} if place.kind == "Node" else {"deployment": group, "namespace": place.namespace}
        return {
            "alertname": "KubeNodeNotReady" if place.kind == "Node" else "KubeDeploymentReplicasMismatch",
            "severity": "critical" if fingerprint.endswith("0") else "warning",
            "shard": fingerprint,
            "team": "web",
            **({"cluster": place.cluster} if self.clustered else {}),
            **about,
        }

    def grouping(self, group: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
        """Key, labels and members of the group that the alerts of `group` are told in now."""
        if self.route == "merged":
            members = tuple(each for name in self.groups for each in _MEMBERS[name])
            return '{}/{team="web"}:{team="web"}', {"team": "web"}, members
        place = PLACES[group]
        labels = {"node": group} if place.kind == "Node" else {"deployment": group, "namespace": place.namespace}
        text = ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        route = '/{severity=~".+"}' if self.route else ""
        return f"{{}}{route}:{{{text}}}", labels, _MEMBERS[group]

    def groupings(self) -> list[tuple[dict[str, str], tuple[str, ...]]]:
        """Labels and members of all groups that there are now."""
        told = {key: (labels, members) for key, labels, members in map(self.grouping, self.groups)}
        return list(told.values())


class Peer:
    """One Alertmanager. `post(body)` hands a webhook to the service; its future is the answer."""

    def __init__(
        self,
        name: str,
        alerts: Alerts,
        *,
        time: VirtualTime,
        world: Agenda,
        chance: random.Random,
        post: Callable[[bytes], "Future[int]"],
        trace: Callable[[str], None],
    ) -> None:
        self.calm = False
        self.dead = False
        """It answers nobody and tells nothing new."""
        self.started_at = BEGINNING - timedelta(days=3)
        self.unchecked: list[tuple[int, bytes]] = []
        """Inbox ids and bodies of what was answered 200, for whoever checks that they are there."""
        self.refused = 0
        self.deaths = 0
        self.skew = timedelta(milliseconds=4 if name == "b" else 0)
        self._name = name
        self._alerts = alerts
        self._time = time
        self._world = world
        self._chance = chance
        self._post = post
        self._trace = trace
        self._seen: dict[str, Truth] = {}
        self._told_resolved: set[tuple[str, datetime]] = set()

    def flush(self, group: str) -> None:
        """Tell it where something of it is new."""
        known = ((each, self._alerts.known.get(each)) for each in self._alerts.grouping(group)[2])
        if any(truth and self._is_new(each, truth) for each, truth in known):
            self.tell(group)

    def _is_new(self, fingerprint: str, truth: Truth) -> bool:
        if truth.ends_at is None:
            return self._seen.get(fingerprint) is not truth
        return fingerprint in self._seen and (fingerprint, truth.starts_at) not in self._told_resolved

    def tell(self, group: str) -> None:
        """What the group looks like now; nothing where nothing of it is new or fires and is not silenced."""
        if self.dead:
            return
        key, labels, members = self._alerts.grouping(group)
        entries = [entry for fingerprint in members if (entry := self._entry(fingerprint))]
        if not entries:
            return
        firing = any(entry["status"] == "firing" for entry in entries)
        body = {
            "version": "4",
            "groupKey": key,
            "truncatedAlerts": 0,
            "status": "firing" if firing else "resolved",
            "receiver": RECEIVER,
            "groupLabels": labels,
            "externalURL": "http://am.example",
            "alerts": entries,
        }
        encoded = json.dumps(body).encode()
        late = 0.0 if self.calm else self._chance.choice([0.0, 0.0, 0.2, 4.0, 30.0])
        self._world.later(late, lambda: self._send(encoded))
        if not self.calm and self._chance.random() < 0.15:
            # A proxy on the way that repeats.
            self._world.later(late + self._chance.choice([0.0, 1.0, 20.0]), lambda: self._send(encoded))

    def restart(self) -> None:
        """It keeps silences and what it told, and no alerts: those it has to be told again."""
        self.started_at = self._time.now()
        self._trace(f"alertmanager {self._name} starts anew")

    def die(self, seconds: float) -> None:
        self.dead = True
        self.deaths += 1
        self._trace(f"alertmanager {self._name} is dead")
        self._world.later(seconds, self._live)

    def _live(self) -> None:
        self.dead = False

    def roll(self, mutes: dict[str, Mute], silencing: Callable[[str], tuple[str, ...]]) -> Roll:
        """What it lists now; `silencing` has the ids of the silences that hide an alert."""
        groups = []
        for labels, members in self._alerts.groupings() if self._knows else ():
            listed = [self._listed(each, silencing(each)) for each in members if self._alerts.fires(each)]
            if listed:
                groups.append(ListedGroup(RECEIVER, labels, tuple(listed)))
        return Roll(tuple(groups), self.started_at, mutes)

    @property
    def _knows(self) -> bool:
        return self._time.now() - self.started_at >= timedelta(seconds=TOLD_AGAIN)

    def _listed(self, fingerprint: str, silences: tuple[str, ...]) -> Listed:
        labels = self._alerts.labels(fingerprint)
        return Listed(
            fingerprint,
            labels,
            _annotations(labels),
            self._alerts.known[fingerprint].starts_at + self.skew,
            "http://prom.example/graph",
            muted=self._alerts.muted(fingerprint),
            silences=silences,
        )

    def _entry(self, fingerprint: str) -> dict[str, object] | None:
        truth = self._alerts.known.get(fingerprint)
        if truth is None or truth.muffled or self._alerts.muted(fingerprint) or not self._knows:
            return None
        if truth.ends_at is not None:
            # An Alertmanager tells the end of what it had told of, once.
            mark = (fingerprint, truth.starts_at)
            if mark in self._told_resolved or fingerprint not in self._seen:
                return None
            self._told_resolved.add(mark)
            self._seen.pop(fingerprint, None)
        else:
            self._seen[fingerprint] = truth
        labels = self._alerts.labels(fingerprint)
        return {
            "status": "firing" if truth.ends_at is None else "resolved",
            "labels": labels,
            "annotations": _annotations(labels),
            "startsAt": (truth.starts_at + self.skew).isoformat(),
            "endsAt": (truth.ends_at + self.skew).isoformat() if truth.ends_at else "0001-01-01T00:00:00Z",
            "generatorURL": "http://prom.example/graph",
            "fingerprint": fingerprint,
        }

    def _send(self, body: bytes) -> None:
        if not self.calm and self._chance.random() < REFUSED:
            self._trace(f"alertmanager {self._name} is refused {len(body)} bytes, and never tells them again")
            self.refused += 1
            return
        self._trace(f"alertmanager {self._name} posts {len(body)} bytes")
        answer = self._post(body)
        self._world.later(self._chance.choice([0.1, 0.5, PATIENCE]), lambda: self._hear(answer, body))

    def _hear(self, answer: "Future[int]", body: bytes) -> None:
        """200 once it is on disk; anything else is sent again, for ever."""
        lost = not self.calm and self._chance.random() < 0.05
        if answer.done() and answer.exception() is None:
            self.unchecked.append((answer.result(), body))
            if not lost:
                return
        self._trace(f"alertmanager {self._name} heard no 200 and repeats")
        self._world.later(self._chance.choice([1.0, 5.0]), lambda: self._send(body))


def _annotations(labels: dict[str, str]) -> dict[str, str]:
    return {"summary": f"{labels.get('deployment', 'a node')} is not well"}
