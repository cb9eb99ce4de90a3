"""The audit log: lines are appended, read and checked, never changed; triggers hold that against everybody else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chatops.core.audit import (
    GENESIS,
    Checkpoint,
    Entry,
    EntryType,
    Fault,
    Flaw,
    StoredEntry,
    Subject,
    chain_hash,
)
from chatops.core.audit_search import MOST, FoundLines, WantedLines, line_number
from chatops.core.resources import ObjectRef
from chatops.db.audit_chain import COLUMNS, followed, followed_to_the_end, lines_behind, row_of
from chatops.db.audit_search import lines_found
from chatops.db.columns import aware, clean, naive, strings_of
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.handled import write_off
from chatops.db.querying import desc

_APPENDING = 0x63686175
"""The advisory lock of whoever appends: on PostgreSQL several processes may."""

_CHUNK = 1000
_LATELY = 5_000
"""Lines that are looked through for what a crash left without its end."""


class AuditLog:
    """Lines numbered from 1 without gaps, each with the hash of the one before it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def append(self, entries: Sequence[Entry], *, update_id: int | None = None) -> tuple[StoredEntry, ...]:
        """Write the lines in this order, in one transaction, and "done" on the Telegram update they are of."""

        def work() -> tuple[StoredEntry, ...]:
            write_off(self._tables, update_id)
            return append_entries(self._tables, entries)

        return self._database.write(work)

    def page(self, after_id: int = 0, limit: int = 100, incident_id: int | None = None) -> tuple[StoredEntry, ...]:
        """Lines after number `after_id`, oldest first, of one incident if one is given."""
        audit = self._tables.Audit

        def work() -> tuple[StoredEntry, ...]:
            lines = audit.select(lambda line: line.id > after_id)
            if incident_id is not None:
                lines = lines.filter(lambda line: line.incident_id == incident_id)
            return tuple(_stored(line) for line in lines.order_by(audit.id).limit(limit))

        return self._database.read(work)

    def for_incident(self, incident_id: int, limit: int = 1000) -> tuple[StoredEntry, ...]:
        """An incident's newest `limit` lines, oldest first."""
        audit = self._tables.Audit

        def work() -> tuple[StoredEntry, ...]:
            lines = audit.select(lambda line: line.incident_id == incident_id)
            newest = lines.order_by(lambda line: -line.id).limit(limit)
            return tuple(_stored(line) for line in reversed(list(newest)))

        return self._database.read(work)

    def search(self, wanted: WantedLines, cursor: str = "", limit: int = 50) -> FoundLines:
        """A page of the lines wanted, the newest first; see `audit_search.MOST_LOOKED` for what it may cost.

        Raises ValueError for a cursor that no page gave.
        """
        below, most, audit = line_number(cursor) if cursor else 2**62, min(max(limit, 1), MOST), self._tables.Audit

        def work() -> FoundLines:
            ids, after = lines_found(self._tables, wanted, below, most)
            lines = audit.select(lambda line: line.id in ids).order_by(desc(audit.id)) if ids else ()
            return FoundLines(tuple(_stored(line) for line in lines), "" if after is None else str(after))

        return self._database.read(work)

    def unfinished(
        self,
        chat_id: int,
        action: str,
        *,
        begins: Sequence[EntryType] = (EntryType.LOOKED,),
        ends: Sequence[EntryType] = (EntryType.ACTION_FINISHED,),
    ) -> tuple[StoredEntry, ...]:
        """What was begun in this chat as `action` and has no line of its run that ends it, among the newest lines."""
        types = [type.value for type in (*begins, *ends)]
        marks = ", ".join("?" * len(types))
        newest = f"SELECT id FROM audit WHERE id > ? - {_LATELY} AND type IN ({marks}) AND instr(detail, ?) > 0"
        sought = (*types, f'"{action}"')
        audit = self._tables.Audit

        def work() -> tuple[StoredEntry, ...]:
            head, _ = _head(self._tables)
            ids = [row[0] for row in self._tables.connection.execute(newest, (head, *sought))]
            lines = [_stored(line) for line in audit.select(lambda line: line.id in ids).order_by(audit.id)]
            mine = [line for line in lines if line.entry.detail.get("action") == action and "run" in line.entry.detail]
            over = {each.entry.detail["run"] for each in mine if each.entry.type in ends}
            return tuple(
                line for line in mine if line.entry.chat_id == chat_id and line.entry.detail["run"] not in over
            )

        return self._database.read(work)

    def iterate(self) -> Iterator[StoredEntry]:
        """Every line, oldest first, a chunk at a time: the log never has to fit into memory."""
        after_id = 0
        while lines := self.page(after_id, _CHUNK):
            yield from lines
            after_id = lines[-1].id

    def head(self) -> tuple[int, str]:
        """Number and hash of the newest line, (0, GENESIS) if none: to be published where the database cannot reach."""
        return self._database.read(lambda: _head(self._tables))

    def hash_of(self, number: int) -> str | None:
        """The hash the line of this number carries; None where there is no such line."""
        statement = "SELECT hash FROM audit WHERE id = ?"
        row = self._database.read(lambda: self._tables.connection.execute(statement, (number,)).fetchone())
        return row and str(row[0])

    def verify(self, checkpoint: Checkpoint | None = None) -> Flaw | None:
        """The first line that is not as it was written, or None. A cut tail shows only against a `checkpoint`."""
        found = followed_to_the_end(self._lines, checkpoint)
        if isinstance(found, Flaw):
            return found
        cut = checkpoint is not None and checkpoint.number > found.number
        return Flaw(found.number + 1, Fault.CUT) if cut else None

    def verify_from(
        self, number: int, previous_hash: str, limit: int, checkpoint: Checkpoint | None = None
    ) -> Checkpoint | Flaw:
        """Up to `limit` lines behind line `number`, which carries `previous_hash`; as far as they hold, or the flaw."""
        return followed(self._lines, Checkpoint(number, previous_hash), limit, checkpoint)

    def _lines(self, number: int, limit: int, *, exact: bool) -> list[Any]:
        tables = self._tables
        return self._database.read(
            lambda: lines_behind(tables.connection, tables.on_postgres, number, limit, exact=exact)
        )


def append_entries(tables: Tables, entries: Sequence[Entry]) -> tuple[StoredEntry, ...]:
    """Append within the session of the caller: the lines stand or fall with everything else it writes."""
    if not entries:
        return ()
    if tables.on_postgres:
        tables.connection.execute("SELECT pg_advisory_xact_lock(?)", (_APPENDING,)).fetchall()
    number, previous_hash = _head(tables)
    stored = []
    for entry in entries:
        number += 1
        line = _normal(entry)
        digest = chain_hash(previous_hash, number, line)
        stored.append(StoredEntry(number, line, previous_hash, digest))
        previous_hash = digest
    placeholders = ", ".join("?" * len(COLUMNS))
    tables.connection.executemany(
        f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({placeholders})",
        [row_of(entry) for entry in stored],
    )
    return tuple(stored)


def _head(tables: Tables) -> tuple[int, str]:
    row = tables.connection.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, GENESIS)


def _normal(entry: Entry) -> Entry:
    """The entry as it will read when it comes back, so that its hash can be computed again."""
    subject, ref = entry.subject, entry.object
    return replace(
        entry,
        at=aware(naive(entry.at)),
        subject=Subject(clean(subject.kind), clean(subject.id), clean(subject.name)),
        object=ref and ObjectRef(*map(clean, (ref.kind, ref.name, ref.namespace, ref.uid, ref.cluster))),
        detail={clean(name): clean(str(value)) for name, value in entry.detail.items()},
    )


def _stored(line: Any) -> StoredEntry:
    ref = None
    if line.object_kind is not None:
        places = (line.object_namespace, line.object_uid, line.object_cluster)
        ref = ObjectRef(line.object_kind, line.object_name or "", *(place or "" for place in places))
    entry = Entry(
        type=EntryType(line.type),
        subject=Subject(line.subject_kind, line.subject_id, line.subject_name),
        at=aware(line.at),
        incident_id=line.incident_id,
        object=ref,
        chat_id=line.chat_id,
        message_id=line.message_id,
        detail=strings_of(line.detail),
    )
    return StoredEntry(line.id, entry, line.previous_hash, line.hash)
