"""The messages of a group in which one person looks at something."""

from datetime import datetime
from typing import Any

from chatops.core.asides import Aside
from chatops.db.columns import time_of, time_text
from chatops.db.database import Database

_OF_CHAT = """
SELECT asides.message_id, asides.user_id, asides.below, asides.sent_at,
    CASE WHEN positions.touched_at > asides.sent_at THEN positions.touched_at ELSE asides.sent_at END
FROM asides LEFT JOIN positions ON positions.chat_id = asides.chat_id AND positions.message_id = asides.message_id
WHERE asides.chat_id = ?
"""
_PUT = (
    "INSERT INTO asides (chat_id, message_id, user_id, below, sent_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
    "(chat_id, message_id) DO UPDATE SET user_id = excluded.user_id, below = excluded.below, sent_at = excluded.sent_at"
)
_DELETE = "DELETE FROM asides WHERE chat_id = ? AND message_id = ?"


class Asides:
    """When one was last touched is its position's to know."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int, message_id: int) -> Aside | None:
        statement, key = f"{_OF_CHAT} AND asides.message_id = ?", (chat_id, message_id)
        row = self._database.read(lambda: self._tables.connection.execute(statement, key).fetchone())
        return _aside(row) if row else None

    def of_chat(self, chat_id: int) -> tuple[Aside, ...]:
        """All of them, oldest first."""
        statement = f"{_OF_CHAT} ORDER BY asides.message_id"
        return self._database.read(
            lambda: tuple(map(_aside, self._tables.connection.execute(statement, (chat_id,)).fetchall()))
        )

    def put(self, chat_id: int, message_id: int, *, user_id: int, below: int, now: datetime) -> None:
        values = (chat_id, message_id, user_id, below, time_text(now))
        self._database.write(lambda: self._tables.connection.execute(_PUT, values).rowcount)

    def delete(self, chat_id: int, message_id: int) -> None:
        """It is gone."""
        key = (chat_id, message_id)
        self._database.write(lambda: self._tables.connection.execute(_DELETE, key).rowcount)

    def chats(self) -> tuple[int, ...]:
        """Chats that have any."""
        statement = "SELECT DISTINCT chat_id FROM asides ORDER BY chat_id"
        return self._database.read(lambda: tuple(row[0] for row in self._tables.connection.execute(statement)))


def _aside(row: Any) -> Aside:
    message_id, user_id, below, sent_at, touched_at = row
    return Aside(message_id, user_id, below, time_of(sent_at), time_of(touched_at))
