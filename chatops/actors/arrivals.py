"""Updates that came from Telegram: put on disk first, then told to their chats. It knows no way they come by."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import UpdateArrived
from chatops.actors.presence import Presence
from chatops.actors.unanswered import Unanswered
from chatops.core.updates import Tap, Update
from chatops.telegram.updates import read

Came = tuple[int, int, bytes]
"""An update's id, its chat's, and the update as it came."""


class UpdateRows(Protocol):
    """The part of the store that keeps updates until they are done."""

    def store(self, updates: Sequence[Came], now: datetime) -> tuple[int, ...]: ...
    def pending(self) -> tuple[tuple[int, int, bytes, datetime], ...]: ...
    def last_id(self) -> int | None: ...
    def done(self, update_id: int, now: datetime | None = None) -> None: ...


class Arrivals:
    """Thread-safe. All methods raise Failure when the database does not take or give them.

    Without a `presence` every press counts, however late it comes.
    """

    def __init__(
        self,
        *,
        rows: UpdateRows,
        tell: Callable[[Address, object], None],
        now: Callable[[], datetime],
        presence: Presence | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        self._rows = rows
        self._tell = tell
        self._now = now
        self._presence = presence
        self._unanswered = unanswered or Unanswered()

    def resume(self, *, tell_pending: bool) -> int | None:
        """The id after the newest that was stored. `tell_pending` also tells what is stored and not done yet."""
        last = self._rows.last_id()
        for update_id, _, body, came_at in self._rows.pending() if tell_pending else ():
            update = read(body)
            if update is None:
                self._rows.done(update_id)
            else:
                self._told(update, came_at)
        return None if last is None else last + 1

    def keep(self, came: Sequence[Came], *, more: bool = False) -> None:
        """Store and tell. What came before is told once, and what nobody understands is left out.

        Telegram was heard of, also where nothing came. `more`: it keeps others that are as old.
        """
        if self._presence is not None:
            self._presence.back(more=more)
        understood = {number: update for number, _, body in came if (update := read(body))}
        kept = [(number, understood[number].chat_id, body) for number, _, body in came if number in understood]
        came_at = self._now()
        new = self._rows.store(kept, came_at) if kept else ()
        if self._presence is not None:
            self._presence.heard()
        for number in new:
            self._told(understood[number], came_at)

    @property
    def catching_up(self) -> bool:
        """Whether what comes now may have waited for the bot's return."""
        return self._presence is not None and self._presence.catching_up

    def _told(self, update: Update, came_at: datetime) -> None:
        if isinstance(update, Tap):
            self._unanswered.came(update.callback_id)
        late = self._presence.too_late(came_at) if self._presence is not None else None
        self._tell(chat_address(update.chat_id), UpdateArrived(update, late))
