"""Storms: which digest of a chat stands for which incidents, and whether its message shows them as they are."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Status
from chatops.core.storms import Beginning, Cause, Member, Storm, causes_of
from chatops.db.columns import from_json, strings_of, time_of, time_of_or_none, time_text, to_json
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.newcomers import Arrival, arrival_of, labels_of

_STORM = "id, chat_id, message_id, began_at, last_at, ended_at, wanted, shown, filed"

_ARRIVALS = """
SELECT incidents.id, incidents.severity, incidents.cluster, incidents.namespace, incidents.status, incidents.revision,
    cards.message_id IS NOT NULL, storm_members.storm_id
FROM incidents
LEFT JOIN cards ON cards.chat_id = ?1 AND cards.incident_id = incidents.id
LEFT JOIN storm_members ON storm_members.chat_id = ?1 AND storm_members.incident_id = incidents.id
WHERE incidents.id IN (SELECT value FROM json_each(?2))
"""

_VIEWED = "SELECT DISTINCT incident_id FROM positions WHERE chat_id = ? AND screen IN ('card', 'resources')"

_MEMBERS = """
SELECT incidents.id, incidents.severity, incidents.title, incidents.cluster, incidents.namespace, incidents.status,
    storm_members.causes, incidents.taken_by_name
FROM storm_members JOIN incidents ON incidents.id = storm_members.incident_id
WHERE storm_members.storm_id = ? ORDER BY incidents.list_rank / 2, incidents.id
"""

_BEGUN = """
SELECT incidents.opened_at, incidents.severity FROM cards
JOIN incidents ON incidents.id = cards.incident_id WHERE cards.chat_id = ? AND incidents.opened_at >= ?
"""

_BESIDE = """
SELECT incidents.id, incidents.severity, incidents.title, incidents.cluster, incidents.namespace, incidents.status,
    (SELECT labels FROM alerts WHERE alerts.incident_id = incidents.id ORDER BY ends_at IS NOT NULL, id LIMIT 1),
    incidents.taken_by_name
FROM cards JOIN incidents ON incidents.id = cards.incident_id
WHERE cards.chat_id = ? AND incidents.status = 'active' AND incidents.opened_at BETWEEN ? AND ?
ORDER BY incidents.list_rank / 2, incidents.id LIMIT 50
"""

_JOIN = """
INSERT INTO storm_members (chat_id, incident_id, storm_id, joined_at, number, causes)
VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""

_CHANGED = (
    "UPDATE storms SET wanted = wanted + 1 WHERE id IN (SELECT storm_id FROM storm_members WHERE incident_id = ?)"
)


def only_in_digests(incident: str) -> str:
    """An SQL condition on `incident`, an expression of ours for its id: digests show it, and no card does."""
    member, card = (f"(SELECT 1 FROM {table} WHERE incident_id = {incident})" for table in ("storm_members", "cards"))
    return f"(EXISTS {member} AND NOT EXISTS {card})"


_HELD = f"SELECT {only_in_digests('?1')}"


class Storms:
    """Not entities: they are read and written in bulk, hundreds of members at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def standing(self, chat_id: int) -> Storm | None:
        """The one storm of the chat that takes incidents in."""
        return self._one("chat_id = ? AND ended_at IS NULL", chat_id)

    def get(self, storm_id: int) -> Storm | None:
        return self._one("id = ?", storm_id)

    def by_message(self, chat_id: int, message_id: int) -> Storm | None:
        """The storm whose digest this message is."""
        return self._one("chat_id = ? AND message_id = ? AND message_id <> 0", chat_id, message_id)

    def of_interest(self, chat_id: int) -> tuple[Storm, ...]:
        """Storms of the chat that take incidents in, or whose digest does not show what it should."""
        where = f"SELECT {_STORM} FROM storms WHERE chat_id = ? AND (ended_at IS NULL OR shown <> wanted) ORDER BY id"
        return self._database.read(lambda: tuple(map(_storm, self._tables.connection.execute(where, (chat_id,)))))

    def chats_behind(self) -> tuple[int, ...]:
        """Chats with a storm that takes incidents in, or a digest that does not show what it should."""
        statement = "SELECT DISTINCT chat_id FROM storms WHERE ended_at IS NULL OR shown <> wanted ORDER BY chat_id"
        return self._database.read(lambda: tuple(row[0] for row in self._tables.connection.execute(statement)))

    def arrivals(self, chat_id: int, incident_ids: Iterable[int]) -> tuple[Arrival, ...]:
        """What the chat has of these incidents, in one look; of those it has nothing of also what they may share."""
        wanted = json.dumps(sorted(incident_ids))

        def work() -> tuple[Arrival, ...]:
            rows = self._tables.connection.execute(_ARRIVALS, (chat_id, wanted)).fetchall()
            viewed = {row[0] for row in self._tables.connection.execute(_VIEWED, (chat_id,))}
            found = [arrival_of(row, viewed) for row in rows]
            return labels_of(self._tables, found)

        return self._database.read(work)

    def begun(self, chat_id: int, since: datetime) -> tuple[Beginning, ...]:
        """Cards of the chat whose incidents were opened since."""

        def work() -> tuple[Beginning, ...]:
            rows = self._tables.connection.execute(_BEGUN, (chat_id, time_text(since))).fetchall()
            return tuple(Beginning(time_of(at), severity == Severity.CRITICAL.value) for at, severity in rows)

        return self._database.read(work)

    def members(self, storm_id: int) -> tuple[Member, ...]:
        """All that the digest stands for: worst severity first, then the oldest."""

        def work() -> tuple[Member, ...]:
            rows = self._tables.connection.execute(_MEMBERS, (storm_id,)).fetchall()
            return tuple(_member(row, _causes(row[6])) for row in rows)

        return self._database.read(work)

    def beside(self, chat_id: int, since: datetime, until: datetime) -> tuple[Member, ...]:
        """Open incidents with a card of their own in the chat, opened in that time, as members would be: the worst."""
        values = (chat_id, time_text(since), time_text(until))

        def work() -> tuple[Member, ...]:
            rows = self._tables.connection.execute(_BESIDE, values).fetchall()
            return tuple(_member(row, causes_of(strings_of(row[6] or ""), row[4])) for row in rows)

        return self._database.read(work)

    def join(self, chat_id: int, members: Sequence[tuple[int, tuple[Cause, ...]]], now: datetime) -> Storm:
        """These incidents join the chat's standing storm, which begins here if there is none. Joining twice is once."""

        def work() -> Storm:
            connection = self._tables.connection
            where = f"SELECT {_STORM} FROM storms WHERE chat_id = ? AND ended_at IS NULL"
            row = connection.execute(where, (chat_id,)).fetchone()
            moment = time_text(now)
            if row is None:
                connection.execute(
                    "INSERT INTO storms (chat_id, message_id, began_at, last_at, wanted, shown, filed) "
                    "VALUES (?, 0, ?, ?, 0, 0, 0)",
                    (chat_id, moment, moment),
                )
                row = connection.execute(where, (chat_id,)).fetchone()
            storm_id, number = row[0], row[6] + 1
            connection.executemany(
                _JOIN, [(chat_id, each, storm_id, moment, number, to_json(causes)) for each, causes in members]
            )
            connection.execute("UPDATE storms SET wanted = ?, last_at = ? WHERE id = ?", (number, moment, storm_id))
            return _storm(connection.execute(where, (chat_id,)).fetchone())

        return self._database.write(work)

    def seen(self, storm_id: int, message_id: int, shown: int) -> None:
        """The digest was seen to stand in this message and to show this many of its changes."""
        self._set("message_id = ?, shown = ?", storm_id, message_id, shown)

    def lost(self, storm_id: int) -> None:
        """The message is gone: the digest is to be posted once more."""
        self._set("message_id = 0, shown = 0, wanted = wanted + 1", storm_id)

    def filed(self, storm_id: int, members: int) -> None:
        """A list of this many members was sent."""
        self._set("filed = ?", storm_id, members)

    def end(self, storm_id: int, now: datetime) -> None:
        """It takes in no more. What it holds stays with it."""
        self._set("ended_at = ?, wanted = wanted + 1", storm_id, time_text(now))

    def holds(self, incident_id: int) -> bool:
        """Whether the incident is shown by digests alone."""
        return bool(self._database.read(lambda: self._tables.connection.execute(_HELD, (incident_id,)).fetchone())[0])

    def stands_for(self, chat_id: int, incident_id: int) -> bool:
        """Whether a digest of the chat stands for the incident."""
        statement = "SELECT 1 FROM storm_members WHERE chat_id = ? AND incident_id = ?"
        key = (chat_id, incident_id)
        return self._database.read(lambda: self._tables.connection.execute(statement, key).fetchone()) is not None

    def _one(self, where: str, *values: int) -> Storm | None:
        statement = f"SELECT {_STORM} FROM storms WHERE {where}"
        row = self._database.read(lambda: self._tables.connection.execute(statement, values).fetchone())
        return _storm(row) if row else None

    def _set(self, what: str, storm_id: int, *values: Any) -> None:
        statement = f"UPDATE storms SET {what} WHERE id = ?"
        self._database.write(lambda: self._tables.connection.execute(statement, (*values, storm_id)).rowcount)


def member_changed(tables: Tables, incident_id: int) -> None:
    """Within the caller's session: digests that stand for the incident do not show it as it is any more."""
    tables.connection.execute(_CHANGED, (incident_id,))


def digested(tables: Tables, chat_id: int) -> set[int]:
    """Incidents that a digest of the chat stands for."""
    rows = tables.connection.execute("SELECT incident_id FROM storm_members WHERE chat_id = ?", (chat_id,))
    return {row[0] for row in rows}


def digesting(tables: Tables, incident_id: int) -> set[int]:
    """Chats whose digest stands for the incident."""
    rows = tables.connection.execute("SELECT chat_id FROM storm_members WHERE incident_id = ?", (incident_id,))
    return {row[0] for row in rows}


def held(tables: Tables) -> set[int]:
    """Active incidents that are shown by digests alone."""
    rows = tables.connection.execute(
        "SELECT DISTINCT incident_id FROM storm_members JOIN incidents ON incidents.id = incident_id "
        "WHERE incidents.status = 'active' AND NOT EXISTS "
        "(SELECT 1 FROM cards WHERE cards.incident_id = storm_members.incident_id)"
    )
    return {row[0] for row in rows}


def move_storms(tables: Tables, old: int, new: int) -> None:
    """A group became a supergroup. One storm takes incidents in there: the new chat's own, if it has one."""
    connection = tables.connection
    connection.execute(
        "UPDATE storms SET ended_at = last_at WHERE chat_id = ?1 AND ended_at IS NULL AND EXISTS "
        "(SELECT 1 FROM storms AS own WHERE own.chat_id = ?2 AND own.ended_at IS NULL)",
        (old, new),
    )
    connection.execute("UPDATE storms SET chat_id = ? WHERE chat_id = ?", (new, old))
    connection.execute(
        "UPDATE storm_members SET chat_id = ?2 WHERE chat_id = ?1 AND NOT EXISTS (SELECT 1 FROM storm_members AS own "
        "WHERE own.chat_id = ?2 AND own.incident_id = storm_members.incident_id)",
        (old, new),
    )
    connection.execute("DELETE FROM storm_members WHERE chat_id = ?", (old,))


def _storm(row: Any) -> Storm:
    id, chat_id, message_id, began_at, last_at, ended_at, wanted, shown, filed = row
    times = (time_of(began_at), time_of(last_at), time_of_or_none(ended_at))
    return Storm(id, chat_id, message_id, *times, wanted, shown, filed)


@lru_cache(4096)
def _causes(text: str) -> tuple[Cause, ...]:
    # Thousands of members share a few, and a digest is drawn every second or two.
    return from_json(text, tuple[Cause, ...]) or ()


def _member(row: Any, causes: tuple[Cause, ...]) -> Member:
    id, severity, title, cluster, namespace, status, _, taken_by = row
    is_open = status == Status.ACTIVE.value
    return Member(id, Severity(severity), title, cluster, namespace, is_open, causes, taken_by)
