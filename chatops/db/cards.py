"""Which message shows which incident in which chat, and whether it shows it as it is now."""

from typing import Any

from chatops.core.buttons import Verb
from chatops.core.cards import Card
from chatops.core.incidents.values import Status
from chatops.db.columns import to_json
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.querying import desc, exists, put_row, select
from chatops.db.routes import move_rules, unwanted, wanting
from chatops.db.storms import digested, digesting, move_storms

ACTIVE = Status.ACTIVE.value

_CHATS_OF_OPEN = """
SELECT DISTINCT cards.chat_id FROM cards JOIN incidents ON incidents.id = cards.incident_id
WHERE incidents.status = 'active' ORDER BY cards.chat_id
"""

_OPEN_IN = """
SELECT cards.incident_id, cards.message_id FROM cards JOIN incidents ON incidents.id = cards.incident_id
WHERE cards.chat_id = ? AND incidents.status = 'active' AND incidents.revision > 0
ORDER BY incidents.list_rank / 2, incidents.id DESC
"""

_PINS_OWED = """
SELECT cards.incident_id FROM cards JOIN incidents ON incidents.id = cards.incident_id
WHERE cards.chat_id = ?1 AND cards.pinned <> 0
    AND NOT (?2 AND incidents.status = 'active' AND incidents.severity = 'critical')
"""
_UNPINNED = """
UNION SELECT cards.incident_id FROM incidents JOIN cards ON cards.incident_id = incidents.id
WHERE incidents.status = 'active' AND incidents.severity = 'critical'
    AND cards.chat_id = ?1 AND cards.pinned <> cards.message_id
"""

_CHATS_PINNED = """
SELECT DISTINCT cards.chat_id FROM cards JOIN incidents ON incidents.id = cards.incident_id
WHERE cards.pinned <> 0 AND incidents.status <> 'active'
"""

_MOVE_SETTINGS = """
UPDATE chat_settings SET chat_id = ?2 WHERE chat_id = ?1 AND NOT EXISTS
(SELECT 1 FROM chat_settings AS own WHERE own.chat_id = ?2)
"""


class Cards:
    """One card per incident and chat. What a card should show is kept beside it whenever its incident is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int, incident_id: int) -> Card | None:
        return self._database.read(
            lambda: _card(self._tables.Card.get(chat_id=chat_id, incident_id=incident_id)),
        )

    def by_message(self, chat_id: int, message_id: int) -> Card | None:
        """The card in this message, if it is one."""
        cards = self._tables.Card
        return self._database.read(
            lambda: _card(cards.select(lambda row: row.chat_id == chat_id and row.message_id == message_id).first()),
        )

    def for_chat(self, chat_id: int, limit: int = 100) -> tuple[Card, ...]:
        """The chat's cards, of the newest incident first."""
        cards = self._tables.Card

        def work() -> tuple[Card, ...]:
            rows = cards.select(lambda row: row.chat_id == chat_id).order_by(desc(cards.incident_id)).limit(limit)
            return tuple(_known(row) for row in rows)

        return self._database.read(work)

    def put(self, card: Card, *, thread_id: int | None = None) -> None:
        """The card was seen to stand in this message and to show this revision.

        `thread_id`: the topic that it was sent to, 0 for none; where a card stands that was edited is known already.
        """

        def work() -> None:
            incident = self._tables.Incident.get(id=card.incident_id)
            if incident is None:
                return
            key = {"chat_id": card.chat_id, "incident_id": card.incident_id}
            columns = {"message_id": card.message_id, "revision": card.revision, "wanted": incident.revision}
            place = {} if thread_id is None else {"thread_id": thread_id}
            put_row(self._tables.Card, key, {**columns, **place})

        self._database.write(work)

    def pinned(self, chat_id: int, incident_id: int, message_id: int) -> None:
        """This message of the incident's card was seen to be pinned; 0: none is."""

        def work() -> None:
            row = self._tables.Card.get(chat_id=chat_id, incident_id=incident_id)
            if row is not None:
                row.pinned = message_id

        self._database.write(work)

    def pins_owed(self, chat_id: int, *, wanted: bool) -> tuple[int, ...]:
        """Incidents whose card should be pinned and is not, or is and should not be. `wanted`: any should be."""
        statement = _PINS_OWED + (_UNPINNED if wanted else "")
        rows = self._database.read(lambda: self._tables.connection.execute(statement, (chat_id, wanted)).fetchall())
        return tuple(row[0] for row in rows)

    def chats_pinned(self) -> tuple[int, ...]:
        """Chats where the card of an incident that has ended is still pinned."""
        return self._database.read(lambda: tuple(row[0] for row in self._tables.connection.execute(_CHATS_PINNED)))

    def delete(self, chat_id: int, incident_id: int) -> None:
        """The message is gone; a card of an active incident will be wanted again."""

        def work() -> None:
            row = self._tables.Card.get(chat_id=chat_id, incident_id=incident_id)
            if row is not None:
                row.delete()

        self._database.write(work)

    def stale(self, chat_id: int) -> tuple[int, ...]:
        """Incidents whose card here shows another revision, and active ones that it has no card of and should have:
        the chat is subscribed and its routes take them.
        """
        return self._database.read(lambda: _stale(self._tables, chat_id))

    def chats_behind(self) -> tuple[int, ...]:
        """Chats with a card that shows another revision than its incident has, subscribed or not."""
        cards = self._tables.Card
        return self._database.read(
            lambda: tuple(sorted(select(row.chat_id for row in cards if row.revision != row.wanted))),
        )

    def audience(self, incident_id: int) -> tuple[int, ...]:
        """Chats a change concerns: those with a card or screen of it, and subscribed ones whose routes take it.

        Subscribed ones also when it has ended: the card that tells of it may still be on its way there.
        """

        def work() -> tuple[int, ...]:
            cards, positions, chats = self._tables.Card, self._tables.Position, self._tables.Chat
            found = set(select(row.chat_id for row in cards if row.incident_id == incident_id))
            found |= set(select(row.chat_id for row in positions if row.incident_id == incident_id))
            subscribed = set(select(row.id for row in chats if row.subscribed)) - found
            found |= wanting(self._tables, incident_id, subscribed)
            found |= digesting(self._tables, incident_id)
            return tuple(sorted(found))

        return self._database.read(work)

    def chats_of_open(self) -> tuple[int, ...]:
        """Chats that have the card of an active incident."""
        return self._database.read(lambda: tuple(row[0] for row in self._tables.connection.execute(_CHATS_OF_OPEN)))

    def note_open(self, chat_id: int, note: dict[str, str]) -> tuple[int, ...]:
        """Every card of an active incident here gets this note as its position's arguments.

        Their incidents: worst severity first, then the newest.
        """
        tables = self._tables

        def work() -> tuple[int, ...]:
            found = tables.connection.execute(_OPEN_IN, (chat_id,)).fetchall()
            for incident_id, message_id in found:
                columns = {
                    "screen": Verb.CARD.value,
                    "incident_id": incident_id,
                    "args": to_json(note),
                    "ref": to_json(None),
                }
                row = tables.Position.get(chat_id=chat_id, message_id=message_id)
                if row is None:
                    tables.Position(chat_id=chat_id, message_id=message_id, touched_at=None, **columns)
                else:
                    row.set(**columns)
            return tuple(incident_id for incident_id, _ in found)

        return self._database.write(work)

    def move_chat(self, old: int, new: int) -> None:
        """A group became a supergroup: all that is known of the old chat is the new one's.

        What the new chat has already of its own stays.
        """
        self._database.write(lambda: _move(self._tables, old, new), alone=True)


def _stale(tables: Tables, chat_id: int) -> tuple[int, ...]:
    cards, incidents = tables.Card, tables.Incident
    behind = select(row.incident_id for row in cards if row.chat_id == chat_id and row.revision != row.wanted)
    found = set(behind)
    chat = tables.Chat.get(id=chat_id)
    if chat is not None and chat.subscribed:
        missing = set(
            select(
                incident.id
                for incident in incidents
                if incident.status == ACTIVE
                and incident.revision > 0
                and not exists(card for card in cards if card.chat_id == chat_id and card.incident_id == incident.id)
            )
        )
        missing -= digested(tables, chat_id)
        found |= missing - unwanted(tables, chat_id, missing)
    return tuple(sorted(found))


def _move(tables: Tables, old: int, new: int) -> None:
    if old == new:
        return
    chat, known = tables.Chat.get(id=old), tables.Chat.get(id=new)
    if chat is not None:
        if known is None:
            told = {"kind": chat.kind, "title": chat.title, "language": chat.language}
            tables.Chat(id=new, subscribed=chat.subscribed, unreachable="", **told)
        else:
            known.set(subscribed=known.subscribed or chat.subscribed, language=known.language or chat.language)
        chat.delete()
    connection = tables.connection
    move_storms(tables, old, new)
    move_rules(tables, old, new)
    for table, key in (("cards", "incident_id"), ("positions", "message_id")):
        connection.execute(
            f"DELETE FROM {table} WHERE chat_id = ? AND {key} IN (SELECT {key} FROM {table} WHERE chat_id = ?)",
            (old, new),
        )
    # Its messages have other numbers now, and it had no topics: a group with them is a supergroup already.
    connection.execute("UPDATE cards SET thread_id = 0, pinned = 0 WHERE chat_id = ?", (old,))
    for table in ("cards", "positions", "buttons"):
        connection.execute(f"UPDATE {table} SET chat_id = ? WHERE chat_id = ?", (new, old))
    for table in ("asides", "topics"):
        connection.execute(f"DELETE FROM {table} WHERE chat_id = ?", (old,))
    connection.execute(_MOVE_SETTINGS, (old, new))
    connection.execute("DELETE FROM chat_settings WHERE chat_id = ?", (old,))


def _card(row: Any) -> Card | None:
    return None if row is None else _known(row)


def _known(row: Any) -> Card:
    return Card(row.chat_id, row.incident_id, row.message_id, row.revision, row.thread_id, row.pinned)
