"""Maintenance windows. A window and the line of the log that says so are one transaction."""

from datetime import datetime
from typing import Any

from chatops.core.audit import Entry
from chatops.core.maintenance import Window
from chatops.db.audit import append_entries
from chatops.db.buttons import use_token
from chatops.db.columns import clean, time_of, time_text
from chatops.db.database import Database
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

        def work() -> bool:
            if not use_token(self._tables, token, by, now):
                return False
            self._tables.connection.execute(_INSERT, values)
            append_entries(self._tables, (entry,))
            return True

        return self._database.write(work)

    def end(self, number: int, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """End it now. False, and nothing is stored, when the button was used or it is over."""
        moment = time_text(now)

        def work() -> bool:
            standing = self._tables.connection.execute(_STANDING, (moment,)).fetchall()
            if all(row[0] != number for row in standing) or not use_token(self._tables, token, by, now):
                return False
            self._tables.connection.execute(_END, (moment, number, moment))
            append_entries(self._tables, (entry,))
            return True

        return self._database.write(work)


def standing_windows(tables: Tables, now: datetime) -> tuple[Window, ...]:
    """Within the caller's session."""
    return tuple(map(_window, tables.connection.execute(_STANDING, (time_text(now),)).fetchall()))


def _window(row: Any) -> Window:
    number, cluster, namespace, begins_at, ends_at, reason, by_name = row
    return Window(number, cluster, namespace, time_of(begins_at), time_of(ends_at), reason, by_name)
