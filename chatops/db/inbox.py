"""The inbox: bodies that were accepted, until every incident they concern has worked through them."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from chatops.core.alerts import Notification
from chatops.core.audit import Entry
from chatops.core.inbox import InboxRow, InboxState
from chatops.db.audit import append_entries
from chatops.db.bell import ring
from chatops.db.columns import aware, clean, naive, time_of, time_text
from chatops.db.database import Database
from chatops.db.opening import Opened, open_new
from chatops.db.querying import select
from chatops.db.routing import route_notification

NEW, ROUTED, QUARANTINED = (state.value for state in (InboxState.NEW, InboxState.ROUTED, InboxState.QUARANTINED))


_PUT = "INSERT INTO inbox (received_at, source, body, state, problem, attempts) VALUES (?, ?, ?, ?, '', 0) RETURNING id"


class Inbox:
    """Accepted webhook bodies. A row is never changed but in its state, its problem and its attempts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def put(self, body: bytes, source: str, at: datetime, *, ring_for_it: bool = False) -> "Future[int]":
        """Take in a body without waiting. The future has its id once it is on disk, or the Failure if it is not.

        `ring_for_it`: another process is to route it.
        """
        values = (time_text(at), clean(source), body, NEW)

        def work() -> int:
            # Not by its entity: this is done for every body, and in a storm nothing is done more often.
            if ring_for_it:
                ring(self._tables)
            return int(self._tables.connection.execute(_PUT, values).fetchall()[0][0])

        return self._database.submit_write(work)

    def new_ids(self) -> tuple[int, ...]:
        """Rows nobody has routed yet, oldest first."""
        inbox = self._tables.Inbox
        return self._database.read(
            lambda: tuple(select(row.id for row in inbox if row.state == NEW).order_by(1)),
        )

    def get(self, inbox_id: int) -> InboxRow | None:
        return self._database.read(lambda: inbox_row_or_none(self._tables.Inbox.get(id=inbox_id)))

    def route(self, inbox_id: int, notification: Notification, now: datetime) -> tuple[int, ...]:
        """Find or open the incidents this body concerns and leave it with each as mail; see `route_notification`.

        Returns the incident ids, the home first; empty when there is none. Doing it again changes nothing.
        """
        return self._database.write(lambda: route_notification(self._tables, inbox_id, notification, now))

    def many(self, inbox_ids: Sequence[int]) -> tuple[InboxRow, ...]:
        """The rows of these ids that are there, in the order they were accepted."""
        statement = (
            "SELECT id, received_at, source, body, state, problem, attempts FROM inbox "
            "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        wanted = json.dumps(list(inbox_ids))

        def work() -> tuple[InboxRow, ...]:
            rows = self._tables.connection.execute(statement, (wanted,))
            return tuple(
                InboxRow(id, time_of(at), source, body, InboxState(state), problem, attempts)
                for id, at, source, body, state, problem, attempts in rows
            )

        return self._database.read(work)

    def open_new(self, bodies: Sequence[tuple[int, Notification]], now: datetime) -> Opened:
        """Open the incidents of bodies that concern none there is, as decided and all at once; see `opening`."""
        return self._database.write(lambda: open_new(self._tables, bodies, now), alone=True)

    def failed(self, inbox_id: int) -> int:
        """Count one more failed attempt at this row and return how many there were; 0 for an unknown row."""

        def work() -> int:
            row = self._tables.Inbox.get(id=inbox_id)
            if row is None:
                return 0
            row.attempts += 1
            return int(row.attempts)

        return self._database.write(work)

    def quarantine(self, inbox_id: int, problem: str, entry: Entry | None = None) -> None:
        """Put a row aside for a person to look at, with the audit entry that says so. It leaves every mailbox."""

        def work() -> None:
            row = self._tables.Inbox.get(id=inbox_id)
            if row is None:
                return
            row.set(state=QUARANTINED, problem=clean(problem))
            for mail in self._tables.Mail.select(lambda mail: mail.inbox_id == inbox_id and mail.done_at is None):
                mail.done_at = naive(entry.at) if entry else row.received_at
            append_entries(self._tables, [entry] if entry else [])

        self._database.write(work)

    def quarantined(self, limit: int = 100) -> tuple[InboxRow, ...]:
        """The newest rows put aside, newest first."""
        inbox = self._tables.Inbox

        def work() -> tuple[InboxRow, ...]:
            rows = inbox.select(lambda row: row.state == QUARANTINED).order_by(lambda row: -row.id)
            return tuple(inbox_row(row) for row in rows.limit(limit))

        return self._database.read(work)

    def prune(self, older_than: datetime, limit: int = 1000) -> int:
        """Forget up to `limit` routed rows received before `older_than` that every incident is done with.

        Returns how many were forgotten.
        """
        statement = (
            "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = ? AND received_at < ? AND NOT EXISTS "
            "(SELECT 1 FROM mail WHERE inbox_id = inbox.id AND done_at IS NULL) ORDER BY id LIMIT ?)"
        )

        def work() -> int:
            values = (ROUTED, time_text(older_than), limit)
            return self._tables.connection.execute(statement, values).rowcount

        return self._database.write(work, alone=True)


def inbox_row(row: Any) -> InboxRow:
    return InboxRow(
        id=row.id,
        received_at=aware(row.received_at),
        source=row.source,
        body=row.body,
        state=InboxState(row.state),
        problem=row.problem,
        attempts=row.attempts,
    )


def inbox_row_or_none(row: Any) -> InboxRow | None:
    return None if row is None else inbox_row(row)
