"""What is started for Alertmanager and Prometheus: one pool, its hands, and a probe of each address."""

import threading
from collections.abc import Callable

from chatops.actors.addresses import DRAWING, UPSTREAM, Address
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.actors.pool import PoolActor
from chatops.actors.probe import Checkable, ProbeActor
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.actors.upstream import CHANGE_SECONDS, HANDS, LOOK_SECONDS, UpstreamActor
from chatops.upstream import UpstreamDoor
from chatops.upstream.alertmanager import Alertmanager
from chatops.upstream.endpoint import Endpoint
from chatops.upstream.prometheus import Prometheus

OpenProbe = Callable[[threading.Event], Checkable]


def upstream_specs(
    directory: Directory, health: Health, alertmanagers: tuple[str, ...], prometheus: str
) -> list[ChildSpec]:
    """Nothing where no address is configured; what is not is off on the board of parts."""
    probes = {
        "alertmanager" if len(alertmanagers) == 1 else f"alertmanager {number}": _alertmanager(url)
        for number, url in enumerate(alertmanagers, start=1)
    }
    if prometheus:
        probes["prometheus"] = _prometheus(prometheus)
    else:
        health.off("prometheus")
    if not alertmanagers:
        health.off("alertmanager")
    if not probes:
        return []
    hands: list[Address] = [("upstream", number) for number in range(HANDS)]
    pool = starter(PoolActor, directory, executors=hands, look_deadline=LOOK_SECONDS, change_deadline=CHANGE_SECONDS)
    worker = starter(UpstreamActor, directory, open_upstream=lambda _stop: UpstreamDoor(alertmanagers, prometheus))
    return [
        ChildSpec(UPSTREAM, pool),
        *(_drawing(directory, prometheus) if prometheus else ()),
        *(ChildSpec(each, worker, Restart.TRANSIENT, watcher=UPSTREAM) for each in hands),
        *(_probe(directory, health, part, open_door) for part, open_door in probes.items()),
    ]


def _drawing(directory: Directory, prometheus: str) -> list[ChildSpec]:
    """One pair of hands, so that one graph is drawn at a time and silences wait for none."""
    hands: Address = ("drawing", 0)
    pool = starter(PoolActor, directory, executors=[hands], look_deadline=LOOK_SECONDS, change_deadline=CHANGE_SECONDS)
    worker = starter(UpstreamActor, directory, open_upstream=lambda _stop: UpstreamDoor((), prometheus), pool=DRAWING)
    return [ChildSpec(DRAWING, pool), ChildSpec(hands, worker, Restart.TRANSIENT, watcher=DRAWING)]


def _probe(directory: Directory, health: Health, part: str, open_door: OpenProbe) -> ChildSpec:
    probe = starter(ProbeActor, directory, open_door=open_door, health=health, part=part)
    return ChildSpec(("probe", part), probe, Restart.TRANSIENT)


def _alertmanager(url: str) -> OpenProbe:
    return lambda _stop: Alertmanager(Endpoint(url))


def _prometheus(url: str) -> OpenProbe:
    return lambda _stop: Prometheus(Endpoint(url))
