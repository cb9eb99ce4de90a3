"""Who stands in for whom the rotation says. A cover and the line of the log that says so are one transaction."""

from datetime import datetime
from typing import Any

from chatops.core.audit import Entry
from chatops.core.oncall import Cover, Member
from chatops.db.audit import append_entries
from chatops.db.buttons import use_token
from chatops.db.columns import clean, time_of, time_text
from chatops.db.database import Database

_COLUMNS = ("id", "rota", "user_id", "user_name", "begins_at", "ends_at")
_STANDING = f"SELECT {', '.join(_COLUMNS)} FROM covers WHERE ends_at > ? ORDER BY id"
_INSERT = "INSERT INTO covers (rota, user_id, user_name, begins_at, ends_at) VALUES (?, ?, ?, ?, ?)"
_END = "UPDATE covers SET ends_at = ? WHERE rota = ? AND ends_at > ?"


class Covers:
    """Not entities: they are read as a whole and never changed but by their end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def standing(self, now: datetime) -> tuple[Cover, ...]:
        """Those that are not over, of every rota, oldest first."""
        moment = time_text(now)
        return self._database.read(
            lambda: tuple(map(_cover, self._tables.connection.execute(_STANDING, (moment,)).fetchall()))
        )

    def put(self, cover: Cover, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """Keep it, under a number of its own. False, and nothing is stored, when the button was used or expired."""
        values = (
            clean(cover.rota),
            cover.member.id,
            clean(cover.member.name),
            time_text(cover.begins_at),
            time_text(cover.ends_at),
        )

        def work() -> bool:
            if not use_token(self._tables, token, by, now):
                return False
            self._tables.connection.execute(_INSERT, values)
            append_entries(self._tables, (entry,))
            return True

        return self._database.write(work)

    def end(self, rota: str, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """End all that stand in this rota. False, and nothing is stored, when the button was used or none stands."""
        moment = time_text(now)

        def work() -> bool:
            standing = self._tables.connection.execute(_STANDING, (moment,)).fetchall()
            if not any(row[1] == clean(rota) for row in standing) or not use_token(self._tables, token, by, now):
                return False
            self._tables.connection.execute(_END, (moment, clean(rota), moment))
            append_entries(self._tables, (entry,))
            return True

        return self._database.write(work)


def _cover(row: Any) -> Cover:
    id, rota, user_id, user_name, begins_at, ends_at = row
    return Cover(id, rota, Member(user_id, user_name), time_of(begins_at), time_of(ends_at))
