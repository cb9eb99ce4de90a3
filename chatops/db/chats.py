"""The chats the bot knows."""

from collections.abc import Sequence
from typing import Any

from chatops.core.audit import Entry
from chatops.core.people import Chat, ChatKind
from chatops.db.audit import append_entries
from chatops.db.columns import clean
from chatops.db.database import Database
from chatops.db.querying import put_row


class Chats:
    """Chats by their Telegram id. A group that became a supergroup is moved by Cards.move_chat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int) -> Chat | None:
        def work() -> Chat | None:
            row = self._tables.Chat.get(id=chat_id)
            return None if row is None else _chat(row)

        return self._database.read(work)

    def put(self, *chats: Chat, entries: Sequence[Entry] = ()) -> None:
        """Make the chats known, or replace what is known of them, all or none; and say so in the log."""

        def work() -> None:
            for chat in chats:
                put_row(self._tables.Chat, {"id": chat.id}, _columns(chat))
            append_entries(self._tables, entries)

        self._database.write(work)

    def set_unreachable(self, chat_id: int, reason: str) -> None:
        """Telegram refused the chat for good (a failures.Reason value), or `""`: it is back. Unknown chats stay so."""

        def work() -> None:
            row = self._tables.Chat.get(id=chat_id)
            if row is not None:
                row.unreachable = clean(str(reason))

        self._database.write(work)

    def subscribed(self) -> tuple[Chat, ...]:
        """Chats that get every incident, unreachable ones too, by id."""
        chats = self._tables.Chat
        return self._database.read(
            lambda: tuple(_chat(row) for row in chats.select(lambda row: row.subscribed).order_by(chats.id)),
        )

    def all(self) -> tuple[Chat, ...]:
        """Every chat, by id."""
        chats = self._tables.Chat
        return self._database.read(lambda: tuple(_chat(row) for row in chats.select().order_by(chats.id)))


def _columns(chat: Chat) -> dict[str, Any]:
    return {
        "kind": chat.kind.value,
        "title": clean(chat.title),
        "language": clean(chat.language),
        "subscribed": chat.subscribed,
        "unreachable": clean(chat.unreachable),
    }


def _chat(row: Any) -> Chat:
    return Chat(row.id, ChatKind(row.kind), row.title, row.language, row.subscribed, row.unreachable)
