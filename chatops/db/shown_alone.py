"""Messages that one person of a group sees, each under a number below 0 that stands where a message's id would."""

from datetime import datetime
from typing import Any

from chatops.core.outgoing import Ephemeral
from chatops.db.columns import time_text
from chatops.db.database import Database

_FIND = "SELECT number, sent FROM shown_alone WHERE chat_id = ? AND user_id = ? AND ephemeral_id = ?"
_GET = "SELECT user_id, ephemeral_id FROM shown_alone WHERE number = ? AND chat_id = ?"
_INSERT = (
    "INSERT INTO shown_alone (chat_id, user_id, ephemeral_id, known_at, sent) VALUES (?, ?, ?, ?, ?) RETURNING number"
)
_SENT = "UPDATE shown_alone SET sent = TRUE, known_at = ? WHERE number = ?"
_DELETE = "DELETE FROM shown_alone WHERE number = ?"
_PRUNE = "DELETE FROM shown_alone WHERE known_at < ?"


class ShownAlone:
    """Not entities. What binds a button to a message thereby binds it to the chat, the person and that one message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def sent(self, chat_id: int, shown: Ephemeral, now: datetime) -> int:
        """Its number: a new one, also where Telegram gives it the id of one that is gone; that one is forgotten."""

        def work() -> int:
            known = self._find(chat_id, shown)
            if known is not None and not known[1]:
                self._tables.connection.execute(_SENT, (time_text(now), known[0]))
                return -int(known[0])
            if known is not None:
                self._tables.connection.execute(_DELETE, (known[0],))
            return self._insert(chat_id, shown, now, sent=True)

        return self._database.write(work)

    def pressed(self, chat_id: int, shown: Ephemeral, now: datetime) -> int:
        """Its number. One that is not known was sent, and the process ended before that was written down."""

        def work() -> int:
            known = self._find(chat_id, shown)
            return self._insert(chat_id, shown, now, sent=False) if known is None else -int(known[0])

        return self._database.write(work)

    def get(self, chat_id: int, number: int) -> Ephemeral | None:
        """Which one it is, and who sees it."""

        def work() -> Ephemeral | None:
            row = self._tables.connection.execute(_GET, (-number, chat_id)).fetchone()
            return None if row is None else Ephemeral(row[0], row[1])

        return self._database.read(work)

    def prune(self, before: datetime) -> int:
        """Forget those that were sent before then; returns how many."""
        return self._database.write(
            lambda: int(self._tables.connection.execute(_PRUNE, (time_text(before),)).rowcount), alone=True
        )

    def _find(self, chat_id: int, shown: Ephemeral) -> Any:
        return self._tables.connection.execute(_FIND, (chat_id, shown.user_id, shown.ephemeral_id)).fetchone()

    def _insert(self, chat_id: int, shown: Ephemeral, now: datetime, *, sent: bool) -> int:
        values = (chat_id, shown.user_id, shown.ephemeral_id, time_text(now), sent)
        return -int(self._tables.connection.execute(_INSERT, values).fetchall()[0][0])
