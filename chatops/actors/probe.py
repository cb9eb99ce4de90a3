"""The ProbeActor: asks the cluster now and then whether it is there, and writes the answer on the board."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.core.failures import Failure, Reason

PROBE_SECONDS = 30.0


class Checkable(Protocol):
    """The part of the cluster door that a probe needs."""

    def check(self) -> str: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Probe:
    """Time to ask again."""


class ProbeActor(Actor):
    """Its own door, so that a cluster that hangs keeps no executor busy."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        open_door: Callable[[threading.Event], Checkable],
        health: Health,
        part: str,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._open_door = open_door
        self._health = health
        self._part = part
        self._door: Checkable | None = None

    def setup(self) -> None:
        self._door = self._open_door(self.stopping)
        # Not asked here: a cluster that does not answer must not delay the start.
        self.tell(self.address, Probe())

    def receive(self, message: Any) -> Any:
        match message:
            case Probe():
                self._probe()
                self.later(PROBE_SECONDS, Probe())
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        if self._door is not None:
            self._door.close()

    def _probe(self) -> None:
        assert self._door is not None
        try:
            version = self._door.check()
        except Failure as failure:
            if failure.reason is Reason.NOT_CONFIGURED:
                self._health.off(self._part)
            else:
                self._health.down(self._part, str(failure))
        else:
            self._health.up(self._part, version)
