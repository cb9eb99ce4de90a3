"""The JanitorActor: forgets what nobody will ask for again. Incidents and the audit log are kept for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.core.failures import Failure
from chatops.db.store import Store

log = structlog.get_logger()

ROUND_SECONDS = 3_600.0
UPDATES_KEPT = timedelta(days=7)
"""Telegram itself forgets an update after a day."""
BODIES_KEPT = timedelta(days=30)
"""Raw webhook bodies that are worked through; those put aside stay until a person looks at them."""
POSITIONS_KEPT = timedelta(days=180)
SHOWN_ALONE_KEPT = timedelta(days=7)
"""Telegram says that they may be gone when the app is restarted."""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Time for another round."""


class JanitorActor(Actor):
    """One round after the start, then one an hour."""

    def __init__(self, *, directory: Directory, address: Address, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock

    def setup(self) -> None:
        self.tell(self.address, Tidy())

    def receive(self, message: Any) -> Any:
        match message:
            case Tidy():
                self._tidy()
                self.later(ROUND_SECONDS, Tidy())
            case _:
                return super().receive(message)
        return None

    def _tidy(self) -> None:
        now = self._clock()
        try:
            self._store.updates.prune(now - UPDATES_KEPT)
            self._store.inbox.prune(now - BODIES_KEPT)
            self._store.buttons.prune(now)
            self._store.positions.prune(now - POSITIONS_KEPT)
            self._store.shown_alone.prune(now - SHOWN_ALONE_KEPT)
        except Failure as failure:
            log.warning("tidying waits for the database", error=str(failure))
