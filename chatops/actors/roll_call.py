"""The RollCallActor: asks Alertmanager every minute what fires, and makes up for what it did not tell."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.addresses import UPSTREAM, WEBHOOK, Address, incident_address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import Accept, Happened
from chatops.actors.tags import first_tag
from chatops.actors.upstream_messages import CallTheRoll
from chatops.actors.work import Submit, WorkDone, WorkFailed, WorkInterrupted
from chatops.core.failures import Failure
from chatops.core.incidents.events import Stands
from chatops.core.roll_call import ROUND, Found, Rolls, compare
from chatops.db.store import Store

log = structlog.get_logger()

ROLL_CALL: Address = ("roll_call",)


@dataclass(frozen=True, slots=True)
class Call:
    """Time for another round."""


class RollCallActor(Actor):
    """It opens and closes nothing itself: what it makes up for goes to the inbox as if it had been posted.

    A body that is not stored is made up for again: what it tells is still missing in the next round.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        watchdogs: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._watchdogs = watchdogs
        self._missed: Mapping[str, datetime] = {}
        self._asked = first_tag()

    def setup(self) -> None:
        self.tell(self.address, Call())

    def receive(self, message: Any) -> Any:
        match message:
            case Call():
                self._asked += 1
                self.tell(UPSTREAM, Submit(CallTheRoll(), self.address, self._asked))
                self.later(ROUND.total_seconds(), Call())
            case WorkDone(tag, Rolls() as rolls) if tag == self._asked:
                self._answered(rolls)
            case WorkFailed(tag, reason, detail) if tag == self._asked:
                log.info("the roll call got no answer", reason=str(reason), detail=detail)
            case WorkDone() | WorkFailed() | WorkInterrupted():
                pass
            case _:
                return super().receive(message)
        return None

    def _answered(self, rolls: Rolls) -> None:
        now = self._clock()
        book = self._store.roll_call
        try:
            found = compare(rolls, book.held(), book.sources(), self._missed, watchdogs=self._watchdogs, now=now)
            book.mark_listed(found.listed, now)
        except Failure as failure:
            log.warning("the roll call waits for the database", error=str(failure))
            return
        self._missed = found.missed
        self._make_up(found)
        for incident_id, standing in found.standings.items():
            self.tell(incident_address(incident_id), Happened(Stands(standing)))

    def _make_up(self, found: Found) -> None:
        if found.bodies:
            log.warning("alerts that Alertmanager did not tell", bodies=len(found.bodies))
        for each in found.bodies:
            stored: Future[int] = Future()
            self.tell(WEBHOOK, Accept(each.body, each.source, stored))
