"""Maintenance windows. A window and the line of the log that says so are one transaction."""

from datetime import datetime
from typing import Any

from chatops.core.audit import Entry
from chatops.core.maintenance import Window
from chatops.db.columns import clean, time_of, time_text
from chatops.db.database import Database
from chatops.db.decisions import decide
from chatops.db.entities import Tables

_COLUMNS = ("id", "cluster", "namespace", "begins_at", "ends_at", "reason", "by_name")
_STANDING = f"SELECT {', '.join(_COLUMNS)} FROM maintenance WHERE ends_at > ? ORDER BY begins_at, id"
_INSERT = f"INSERT INTO maintenance ({', '.join(_COLUMNS[1:])}) VALUES (?, ?, ?, ?, ?, ?)"
_END = "UPDATE maintenance SET ends_at = ? WHERE id = ? AND ends_at > ?"


class MaintenanceWindows:
    """Not entities: they are few, and never changed but by their end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def standing(self, now: datetime) -> tuple[Window, ...]:
        """Those that are not over, also those to come, in the order of their beginnings."""
        return self._database.read(lambda: standing_windows(self._tables, now))

    def put(self, window: Window, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """Keep it, under a number of its own. False, and nothing is stored, when the button was used or expired."""
        values = (
            clean(window.cluster),
            clean(window.namespace),
            time_text(window.begins_at),
            time_text(window.ends_at),
            clean(window.reason),
            clean(window.by_name),
        )
        return self._database.write(lambda: decide(self._tables, _INSERT, values, entry, token=token, by=by, now=now))

    def end(self, number: int, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """End it now. False, and nothing is stored, when the button was used or it is over."""
        moment = time_text(now)

        def work() -> bool:
            standing = self._tables.connection.execute(_STANDING, (moment,)).fetchall()
            values = (moment, number, moment)
            return any(row[0] == number for row in standing) and decide(
                self._tables, _END, values, entry, token=token, by=by, now=now
            )

        return self._database.write(work)


def standing_windows(tables: Tables, now: datetime) -> tuple[Window, ...]:
    """Within the caller's session."""
    return tuple(map(_window, tables.connection.execute(_STANDING, (time_text(now),)).fetchall()))


def _window(row: Any) -> Window:
    number, cluster, namespace, begins_at, ends_at, reason, by_name = row
    return Window(number, cluster, namespace, time_of(begins_at), time_of(ends_at), reason, by_name)
