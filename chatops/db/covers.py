"""Who stands in for whom the rotation says. A cover and the line of the log that says so are one transaction."""

from datetime import datetime
from typing import Any

from chatops.core.audit import Entry
from chatops.core.oncall import Cover, Member
from chatops.db.columns import clean, time_of, time_text
from chatops.db.database import Database
from chatops.db.decisions import decide

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
        return self._database.write(lambda: decide(self._tables, _INSERT, values, entry, token=token, by=by, now=now))

    def end(self, rota: str, entry: Entry, *, token: str, by: str, now: datetime) -> bool:
        """End all that stand in this rota. False, and nothing is stored, when the button was used or none stands."""
        moment = time_text(now)

        def work() -> bool:
            standing = self._tables.connection.execute(_STANDING, (moment,)).fetchall()
            values = (moment, clean(rota), moment)
            return any(row[1] == clean(rota) for row in standing) and decide(
                self._tables, _END, values, entry, token=token, by=by, now=now
            )

        return self._database.write(work)


def _cover(row: Any) -> Cover:
    id, rota, user_id, user_name, begins_at, ends_at = row
    return Cover(id, rota, Member(user_id, user_name), time_of(begins_at), time_of(ends_at))
