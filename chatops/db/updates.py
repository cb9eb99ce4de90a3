"""Telegram's updates as they came, until what they asked for is done. They are bytes here; the door reads them."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime

from chatops.core.audit import Entry
from chatops.db.audit import append_entries
from chatops.db.columns import aware, clean, naive, time_text
from chatops.db.database import Database
from chatops.db.handled import write_off
from chatops.db.querying import greatest, select


class Updates:
    """Updates by Telegram's own id, which makes a redelivered one recognisable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def store(self, updates: Sequence[tuple[int, int, bytes]], now: datetime) -> tuple[int, ...]:
        """Keep (update id, chat id, body) of each; returns the ids that were not known before, in their order."""
        given = list(updates)
        ids = [update_id for update_id, _, _ in given]

        def work() -> tuple[int, ...]:
            rows = self._tables.Update
            known = set(select(row.id for row in rows if row.id in ids))
            new = []
            for update_id, chat_id, body in given:
                if update_id not in known:
                    known.add(update_id)
                    new.append(update_id)
                    rows(
                        id=update_id,
                        chat_id=chat_id,
                        body=body,
                        received_at=naive(now),
                        done_at=None,
                        attempts=0,
                        problem="",
                    )
            return tuple(new)

        return self._database.write(work) if given else ()

    def done(self, update_id: int, now: datetime | None = None) -> None:
        """Nothing is left to do for it; without `now`, as of when it came."""
        self._database.write(lambda: write_off(self._tables, update_id, now))

    def done_soon(self, update_id: int) -> "Future[None]":
        """The same without waiting: done once it is on disk, or with the Failure."""
        return self._database.submit_write(lambda: write_off(self._tables, update_id, None))

    def failed(self, update_id: int) -> tuple[int, int, bytes] | None:
        """Count one more crash over an update: (how many there were, its chat, its body); None once it is done."""

        def work() -> tuple[int, int, bytes] | None:
            row = self._tables.Update.get(id=update_id)
            if row is None or row.done_at is not None:
                return None
            row.attempts += 1
            return int(row.attempts), int(row.chat_id), bytes(row.body)

        return self._database.write(work)

    def quarantine(self, update_id: int, problem: str, entry: Entry) -> None:
        """Nobody is told of it any more; it is kept for a person to look at, with the audit entry that says so."""

        def work() -> None:
            row = self._tables.Update.get(id=update_id)
            if row is not None and row.done_at is None:
                row.set(done_at=naive(entry.at), problem=clean(problem))
                append_entries(self._tables, [entry])

        self._database.write(work)

    def quarantined(self) -> tuple[tuple[int, int, bytes, str], ...]:
        """(update id, chat id, body, problem) of what was put aside, in Telegram's order."""
        updates = self._tables.Update

        def work() -> tuple[tuple[int, int, bytes, str], ...]:
            rows = updates.select(lambda row: row.problem != "").order_by(updates.id)
            return tuple((row.id, row.chat_id, row.body, row.problem) for row in rows)

        return self._database.read(work)

    def pending(self) -> tuple[tuple[int, int, bytes, datetime], ...]:
        """(update id, chat id, body, when it came) of what is not done yet, in Telegram's order."""
        updates = self._tables.Update

        def work() -> tuple[tuple[int, int, bytes, datetime], ...]:
            rows = updates.select(lambda row: row.done_at is None).order_by(updates.id)
            return tuple((row.id, row.chat_id, row.body, aware(row.received_at)) for row in rows)

        return self._database.read(work)

    def last_id(self) -> int | None:
        """The greatest id ever stored, to ask Telegram for what comes after it; None before the first."""
        updates = self._tables.Update

        def work() -> int | None:
            newest: int | None = greatest(row.id for row in updates)
            return newest

        return self._database.read(work)

    def prune(self, before: datetime) -> int:
        """Forget what was done and came before then, but never the newest id, nor what was put aside; how many."""
        statement = (
            "DELETE FROM updates WHERE done_at IS NOT NULL AND problem = '' AND received_at < ? "
            "AND id < (SELECT max(id) FROM updates)"
        )

        def work() -> int:
            return self._tables.connection.execute(statement, (time_text(before),)).rowcount

        return self._database.write(work, alone=True)
