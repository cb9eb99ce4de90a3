"""Updates: the queue between what people do and the bot that polls for it.

Holds the confirm-by-offset rule, the life of an update and the one-poller rule. Refuses to know what made an
update; the world's condition is handed in, and every method is called holding it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from .clock import Clock
from .refusals import conflict

MAX_BATCH = 100
MAX_POLL_SECONDS = 50
DAY = 86_400.0
CALLBACK_LIFE = 150.0
# Sent only to bots that ask for them by name, https://core.telegram.org/bots/api#getupdates
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Update:
    """One update. `expires` is a moment on the injected clock."""

    id: int
    kind: str
    payload: dict[str, object]
    expires: float

    def as_json(self) -> dict[str, object]:
        """The Update object of the Bot API."""
        return {"update_id": self.id, self.kind: self.payload}


class UpdateQueue:
    """The bot's unconfirmed updates, oldest first."""

    def __init__(self, condition: threading.Condition, clock: Clock, *, first_id: int) -> None:
        self._condition = condition
        self._clock = clock
        self._next_id = first_id
        self._queue: deque[Update] = deque()
        self._poll = 0
        self._wanted: frozenset[str] | None = None
        self.stopped_by = ""
        self.polling = 0
        self.confirmed = first_id - 1

    def want(self, kinds: Iterable[str] | None) -> None:
        """Set `allowed_updates`: None keeps the earlier choice, empty means the default. Queued updates stay."""
        if kinds is not None:
            self._wanted = frozenset(kinds) or None

    @property
    def wanted(self) -> list[str]:
        """The update kinds asked for, empty for the default."""
        return sorted(self._wanted or ())

    def put(self, kind: str, payload: dict[str, object], *, life: float = DAY) -> int | None:
        """Queue one update for `life` seconds. None when the bot does not want this kind."""
        wanted = kind in self._wanted if self._wanted is not None else kind not in _ON_REQUEST
        if not wanted:
            return None
        update = Update(self._next_id, kind, payload, self._clock() + life)
        self._next_id += 1
        self._queue.append(update)
        self._condition.notify_all()
        return update.id

    def pending(self) -> list[Update]:
        """Unconfirmed updates that have not expired."""
        now = self._clock()
        if any(update.expires <= now for update in self._queue):
            self._queue = deque(update for update in self._queue if update.expires > now)
        return list(self._queue)

    def confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps only that many at the end."""
        pending = self.pending()
        if offset < 0:
            offset = pending[offset].id if len(pending) >= -offset else (pending[0].id if pending else 0)
        while self._queue and self._queue[0].id < offset:
            self.confirmed = self._queue.popleft().id

    def clear(self) -> None:
        """Drop everything, as `drop_pending_updates` does."""
        self._queue.clear()

    def interrupt(self, reason: str = "") -> None:
        """End the poll that is waiting: with 409 and the reason, or with an empty answer when there is none."""
        self._poll += 1
        self.stopped_by = reason
        self._condition.notify_all()

    def poll(self, *, offset: int, limit: int, seconds: float) -> list[Update]:
        """Up to `limit` updates, waiting up to `seconds` for the first.

        Raises `Refusal` 409 when another poll starts meanwhile: the older one loses.
        """
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        mine = self._poll
        if offset:
            self.confirm(offset)
        deadline = time.monotonic() + min(max(seconds, 0.0), MAX_POLL_SECONDS)
        while not (ready := self.pending()):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self.polling += 1
            self._condition.notify_all()
            self._condition.wait(left)
            self.polling -= 1
            if self._poll != mine:
                if self.stopped_by:
                    raise conflict(self.stopped_by)
                return []
        return ready[:limit]
