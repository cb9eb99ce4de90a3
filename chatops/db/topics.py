"""The forum topics of single incidents, by chat."""

from typing import Any

from chatops.core.chat_settings import Topic
from chatops.db.columns import clean
from chatops.db.database import Database

_COLUMNS = "chat_id, incident_id, thread_id, name, closed, gone"
_GET = f"SELECT {_COLUMNS} FROM topics WHERE chat_id = ? AND incident_id = ?"
_PUT = (
    f"INSERT INTO topics ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (chat_id, incident_id) DO UPDATE SET "
    "thread_id = excluded.thread_id, name = excluded.name, closed = excluded.closed, gone = excluded.gone"
)
_DELETE = "DELETE FROM topics WHERE chat_id = ? AND incident_id = ?"

_OWED = """
SELECT topics.incident_id FROM topics JOIN incidents ON incidents.id = topics.incident_id
WHERE topics.chat_id = ? AND topics.thread_id <> 0 AND NOT topics.gone
    AND topics.closed <> (incidents.status <> 'active')
ORDER BY topics.incident_id
"""

_CHATS = """
SELECT DISTINCT topics.chat_id FROM topics JOIN incidents ON incidents.id = topics.incident_id
WHERE topics.thread_id <> 0 AND NOT topics.gone AND topics.closed <> (incidents.status <> 'active')
"""


class Topics:
    """Not entities: few, and each read by its key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int, incident_id: int) -> Topic | None:
        key = (chat_id, incident_id)
        row = self._database.read(lambda: self._tables.connection.execute(_GET, key).fetchone())
        return _topic(row) if row else None

    def put(self, topic: Topic) -> None:
        values = (
            topic.chat_id,
            topic.incident_id,
            topic.thread_id,
            clean(topic.name),
            topic.closed,
            topic.gone,
        )
        self._database.write(lambda: self._tables.connection.execute(_PUT, values).rowcount)

    def forget(self, chat_id: int, incident_id: int) -> None:
        """It was never made."""
        key = (chat_id, incident_id)
        self._database.write(lambda: self._tables.connection.execute(_DELETE, key).rowcount)

    def lost(self, chat_id: int, thread_id: int) -> None:
        """The topic is closed or deleted: what belongs to its cards goes to the general one from now on."""

        def work() -> None:
            key = (chat_id, thread_id)
            self._tables.connection.execute("UPDATE topics SET gone = TRUE WHERE chat_id = ? AND thread_id = ?", key)
            self._tables.connection.execute("UPDATE cards SET thread_id = 0 WHERE chat_id = ? AND thread_id = ?", key)

        self._database.write(work)

    def owed(self, chat_id: int) -> tuple[int, ...]:
        """Incidents whose topic is open although they have ended, or closed although they are open."""
        return self._database.read(lambda: tuple(r[0] for r in self._tables.connection.execute(_OWED, (chat_id,))))

    def chats_behind(self) -> tuple[int, ...]:
        """Chats with such a topic."""
        return self._database.read(lambda: tuple(row[0] for row in self._tables.connection.execute(_CHATS)))


def _topic(row: Any) -> Topic:
    chat_id, incident_id, thread_id, name, closed, gone = row
    return Topic(chat_id, incident_id, thread_id, name, bool(closed), bool(gone))
