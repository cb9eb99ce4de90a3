"""The EscalationActor: tells incidents that nobody took them for long enough, and that maintenance is over.

Whether that counts they decide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops.actors.addresses import Address, incident_address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import Happened
from chatops.actors.roster import roster_now
from chatops.core.failures import Failure
from chatops.core.incidents.events import MaintenanceOver, Unanswered
from chatops.core.oncall import Roster, chain_at
from chatops.db.store import Store

log = structlog.get_logger()

ESCALATION: Address = ("escalation",)

ROUND_SECONDS = 10.0

MOST = 5
"""Incidents told of in one round, those that wait the longest first: a storm must not become one of calls as well."""


@dataclass(frozen=True, slots=True)
class LookRound:
    """Time for another round."""


class EscalationActor(Actor):
    """`after`: how long nobody may have taken a critical incident until the next is said of it; 0 is never.

    It holds no timers of single incidents: what is due is asked of the database, also after a start.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        after: timedelta,
        roster: Roster,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._after = after
        self._roster = roster

    def setup(self) -> None:
        self.later(ROUND_SECONDS, LookRound())

    def receive(self, message: Any) -> Any:
        match message:
            case LookRound():
                self._look()
                self.later(ROUND_SECONDS, LookRound())
            case _:
                return super().receive(message)
        return None

    def _look(self) -> None:
        now = self._clock()
        try:
            standing = {window.number for window in self._store.maintenance.standing(now)}
            over = [each for each, window in self._store.unfinished.maintained() if window not in standing]
            due = self._store.unfinished.unattended(now - self._after, MOST) if self._after else ()
            roster = roster_now(self._roster, self._store) if due else self._roster
            covers = self._store.covers.standing(now) if due else ()
            named = {each: self._store.routes.chain(each) for each, _ in due if roster.chains}
        except Failure as failure:
            log.warning("the escalation waits for the database", error=str(failure))
            return
        for incident_id in over:
            self.tell(incident_address(incident_id), Happened(MaintenanceOver()))
        for incident_id, seen in due:
            chain = chain_at(roster, covers, now, named.get(incident_id, ""))
            self.tell(incident_address(incident_id), Happened(Unanswered(seen, chain)))
