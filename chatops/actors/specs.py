"""How children are to be started and brought back, as data. Who does it is the supervisor."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pykka import ActorRef

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory

Start = Callable[[Address], ActorRef[Any]]
"""Starts an actor that will answer at the address. What it raises counts as a crash."""


class Restart(StrEnum):
    """What becomes of a child that dies more often than its specification allows.

    permanent: the service cannot do without it, so the process ends; transient: it is marked failed, told of,
    and tried again after a long pause. A permanent child that stops unasked is started again, a transient one
    is not.
    """

    PERMANENT = "permanent"
    TRANSIENT = "transient"


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One child. At most `intensity` restarts within `period` seconds; `watcher` is told each ChildFailed."""

    address: Address
    start: Start
    restart: Restart = Restart.PERMANENT
    intensity: int = 3
    period: float = 10.0
    watcher: Address | None = None


@dataclass(frozen=True, slots=True)
class FamilySpec:
    """Children started when there is mail for them: every address whose first element is `kind`."""

    kind: str
    start: Start
    restart: Restart = Restart.TRANSIENT
    intensity: int = 3
    period: float = 10.0
    watcher: Address | None = None

    def child(self, address: Address) -> ChildSpec:
        return ChildSpec(address, self.start, self.restart, self.intensity, self.period, self.watcher)


def starter(actor: type[Actor], directory: Directory, **arguments: Any) -> Start:
    """A `start` that gives every incarnation the same `arguments`."""

    def start(address: Address) -> ActorRef[Any]:
        return actor.start(directory=directory, address=address, **arguments)

    return start
