"""Where each message of the bot stands in the drill-down."""

from datetime import datetime
from typing import Any

from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.resources import ObjectRef
from chatops.db.columns import aware_or_none, from_json, naive, naive_or_none, strings_of, to_json
from chatops.db.database import Database
from chatops.db.querying import desc, put_row

SHOWING = [Verb.CARD.value, Verb.RESOURCES.value]
"""Screens that show an incident as it is now; any other is an answer somebody asked for, and stays as it was."""


class Positions:
    """One position per message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int, message_id: int) -> Position | None:
        return self._database.read(
            lambda: _position(self._tables.Position.get(chat_id=chat_id, message_id=message_id)),
        )

    def showing(self, chat_id: int, incident_id: int, limit: int = 5) -> tuple[Position, ...]:
        """The messages of the chat that show this incident as it is, the `limit` last touched ones, newest first."""
        positions = self._tables.Position

        def work() -> tuple[Position, ...]:
            rows = positions.select(
                lambda row: row.chat_id == chat_id and row.incident_id == incident_id and row.screen in SHOWING
            )
            newest = rows.order_by(desc(positions.touched_at), desc(positions.message_id)).limit(limit)
            return tuple(_known(row) for row in newest)

        return self._database.read(work)

    def noted(self, chat_id: int) -> tuple[Position, ...]:
        """The messages of the chat that show an incident and a note beside it."""
        positions = self._tables.Position
        card, bare = Verb.CARD.value, to_json({})

        def work() -> tuple[Position, ...]:
            rows = positions.select(lambda row: row.chat_id == chat_id and row.screen == card and row.args != bare)
            return tuple(_known(row) for row in rows.order_by(positions.message_id))

        return self._database.read(work)

    def shown_since(self, chat_id: int, incident_id: int, screen: Verb, since: datetime) -> bool:
        """Whether a message of the chat came to show this of the incident at `since` or later."""
        positions, moment, value = self._tables.Position, naive(since), screen.value

        def work() -> bool:
            rows = positions.select(
                lambda row: (
                    row.chat_id == chat_id
                    and row.incident_id == incident_id
                    and row.screen == value
                    and row.touched_at is not None
                    and row.touched_at >= moment
                )
            )
            return rows.first() is not None

        return self._database.read(work)

    def stands(self, position: Position) -> bool:
        """Whether any message of the chat stands at this screen of the incident, with these arguments."""
        positions = self._tables.Position
        chat_id, incident_id = position.chat_id, position.incident_id
        screen, args = position.screen.value, to_json(position.args)

        def work() -> bool:
            rows = positions.select(
                lambda row: (
                    row.chat_id == chat_id
                    and row.incident_id == incident_id
                    and row.screen == screen
                    and row.args == args
                )
            )
            return rows.first() is not None

        return self._database.read(work)

    def latest(self, chat_id: int) -> Position | None:
        """The message of the chat that was touched last."""
        positions = self._tables.Position

        def work() -> Position | None:
            rows = positions.select(lambda row: row.chat_id == chat_id and row.touched_at is not None)
            return _position(rows.order_by(desc(positions.touched_at), desc(positions.message_id)).first())

        return self._database.read(work)

    def put(self, position: Position) -> None:
        """The message stands here from now on."""
        key = {"chat_id": position.chat_id, "message_id": position.message_id}
        columns = {
            "screen": position.screen.value,
            "incident_id": position.incident_id,
            "args": to_json(position.args),
            "ref": to_json(position.ref),
            "touched_at": naive_or_none(position.touched_at),
        }
        self._database.write(lambda: put_row(self._tables.Position, key, columns))

    def delete(self, chat_id: int, message_id: int) -> None:
        def work() -> None:
            row = self._tables.Position.get(chat_id=chat_id, message_id=message_id)
            if row is not None:
                row.delete()

        self._database.write(work)

    def prune(self, before: datetime) -> int:
        """Forget where messages stand that were last touched before then; returns how many."""
        moment, positions = naive(before), self._tables.Position

        def work() -> int:
            old = positions.select(lambda row: row.touched_at is not None and row.touched_at < moment)
            return int(old.delete(bulk=True))

        return self._database.write(work, alone=True)


def _position(row: Any) -> Position | None:
    return None if row is None else _known(row)


def _known(row: Any) -> Position:
    return Position(
        chat_id=row.chat_id,
        message_id=row.message_id,
        screen=Verb(row.screen),
        incident_id=row.incident_id,
        args=strings_of(row.args),
        ref=from_json(row.ref, ObjectRef),
        touched_at=aware_or_none(row.touched_at),
    )
