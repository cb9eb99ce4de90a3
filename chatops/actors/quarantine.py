"""What happens to a stored update over which its actor crashed: it is told again, and after the third crash put aside.

It knows nothing of what updates mean. Webhook bodies have the same rule where they are read.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from chatops.actors.addresses import Address, chat_address
from chatops.actors.admins import tell_admins
from chatops.actors.base import summary
from chatops.actors.chat_messages import Notice, UpdateArrived
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.db.store import Store
from chatops.telegram.updates import read

log = structlog.get_logger()

MOST_ATTEMPTS = 3
"""Crashes over one update before it is put aside: what came after it has waited long enough."""


class Quarantine:
    """For the actors that handle updates. `tell` is theirs."""

    def __init__(self, *, store: Store, clock: Callable[[], datetime], tell: Callable[[Address, object], None]) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell

    def put_aside(self, update_id: int, error: Exception) -> bool:
        """Count one more crash over the update; whether it was the last one allowed.

        Before that its chat is told of it again, behind what waits there, so that it is judged anew. One that is done
        already is left alone: what failed then came after it. Raises Failure.
        """
        found = self._store.updates.failed(update_id)
        if found is None:
            return False
        attempts, chat_id, body = found
        if attempts >= MOST_ATTEMPTS:
            self._keep(update_id, chat_id, summary(error))
            return True
        update = read(body)
        if update is not None:
            self._tell(chat_address(update.chat_id), UpdateArrived(update))
        return False

    def _keep(self, update_id: int, chat_id: int, problem: str) -> None:
        log.error("update put aside", chat=chat_id, update=update_id, problem=problem)
        detail = {"update": str(update_id), "problem": problem[:400]}
        entry = Entry(EntryType.QUARANTINED, SYSTEM, self._clock(), chat_id=chat_id, detail=detail)
        self._store.updates.quarantine(update_id, problem, entry)
        tell_admins(self._store, self._tell, Notice("update_aside", detail))
