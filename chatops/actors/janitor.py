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

JANITOR: Address = ("janitor",)
ROUND_SECONDS = 3_600.0
UPDATES_KEPT = timedelta(days=7)
"""Telegram itself forgets an update after a day."""
BODIES_KEPT = timedelta(days=30)
"""Raw webhook bodies that are worked through; those put aside stay until a person looks at them."""
POSITIONS_KEPT = timedelta(days=180)
SHOWN_ALONE_KEPT = timedelta(days=7)
"""Telegram says that they may be gone when the app is restarted."""
FILLED_AT_ONCE, FILL_PAUSE = 50, 0.1
"""What is listed of incidents from before there were lists: so many of them, and then others may write (seconds)."""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Time for another round."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Time to complete some more of what is listed."""


class JanitorActor(Actor):
    """One round after the start, then one an hour. Lists are completed once, after the update that brought them."""

    def __init__(self, *, directory: Directory, address: Address, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock

    def setup(self) -> None:
        self.tell(self.address, Tidy())
        self.tell(self.address, Fill())

    def receive(self, message: Any) -> Any:
        match message:
            case Tidy():
                self._tidy()
                self.later(ROUND_SECONDS, Tidy())
            case Fill():
                self._fill()
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

    def _fill(self) -> None:
        try:
            filled = self._store.listing.fill(FILLED_AT_ONCE)
        except Failure as failure:
            log.warning("completing the lists waits for the database", error=str(failure))
            self.later(ROUND_SECONDS, Fill())
            return
        if filled:
            self.later(FILL_PAUSE, Fill())
