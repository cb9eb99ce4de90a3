"""The HeartbeatsActor: hears the alerts that always fire, and makes an incident of one that stops."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.addresses import WEBHOOK, Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import Beaten, BodiesStored
from chatops.core.failures import Failure
from chatops.core.heartbeats import Heartbeat, alarm, beaten, silent
from chatops.db.store import Store

log = structlog.get_logger()

ROUND_SECONDS = 15.0
DISK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Time for another round."""


class HeartbeatsActor(Actor):
    """Its own alert goes to the inbox as if it had been posted; only once it is on disk it counts as told."""

    def __init__(self, *, directory: Directory, address: Address, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._listening_since = clock()
        self._known: dict[tuple[str, str], Heartbeat] = {}

    def setup(self) -> None:
        self._known = {(each.source, each.fingerprint): each for each in self._store.heartbeats.all()}
        self.tell(self.address, Listen())

    def receive(self, message: Any) -> Any:
        match message:
            case Beaten():
                self._beaten(message)
            case Listen():
                self._listen()
                self.later(ROUND_SECONDS, Listen())
            case _:
                return super().receive(message)
        return None

    def _beaten(self, told: Beaten) -> None:
        for alert in told.beats:
            key = (told.source, alert.fingerprint)
            heard = beaten(self._known.get(key), told.source, alert, told.at)
            if heard is not None:
                self._keep(heard)
        self._listen()

    def _listen(self) -> None:
        now = self._clock()
        for each in list(self._known.values()):
            quiet = silent(each, listening_since=self._listening_since, now=now)
            if quiet and each.silent_since is None:
                log.warning("a heartbeat has stopped", alert=each.labels.get("alertname"), source=each.source)
                self._tell(replace(each, silent_since=now), now, over=False)
            elif not quiet and each.silent_since is not None:
                self._tell(each, now, over=True)

    def _tell(self, heartbeat: Heartbeat, now: datetime, *, over: bool) -> None:
        body = alarm(heartbeat, now, over=over)
        try:
            inbox_id = self._store.inbox.put(body.body, body.source, now).result(DISK_SECONDS)
        except (Failure, TimeoutError) as error:
            log.warning("the news of a heartbeat waits for the database", error=str(error))
            return
        self.tell(WEBHOOK, BodiesStored((inbox_id,)))
        self._keep(replace(heartbeat, silent_since=None) if over else heartbeat)

    def _keep(self, heartbeat: Heartbeat) -> None:
        self._known[heartbeat.source, heartbeat.fingerprint] = heartbeat
        try:
            self._store.heartbeats.put(heartbeat)
        except Failure as failure:
            log.warning("a heartbeat is not on disk", error=str(failure))
