"""Ways into the API that are kept: login links, used-up launches and sessions. Only hashes of what opens them."""

import secrets
from datetime import datetime

from chatops.core.audit import Entry
from chatops.core.signing_in import (
    LAUNCH_LIFETIME,
    LOGIN_LIFETIME,
    SESSION_IDLE,
    SESSION_LIFETIME,
    Launch,
    secret_hash,
)
from chatops.db.audit import append_entries
from chatops.db.columns import time_of, time_text
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.handled import write_off

SECRET_BYTES = 24
"""192 random bits."""

RENEWED_AFTER = SESSION_IDLE / 12
"""A session that is used is prolonged no more often than this: a poll must not cost a write each time."""

Session = tuple[str, datetime]
"""Its token, and when it ends unless it is used."""


class Logins:
    """Each login link and each launch opens one session. Nothing here is an entity: all of it is a line and a date."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def make(self, user_id: int, now: datetime, *, entry: Entry | None = None, update_id: int | None = None) -> str:
        """A code for a login link, good for LOGIN_LIFETIME and once. The ones of before stop working."""
        code = secrets.token_urlsafe(SECRET_BYTES)
        values = (secret_hash(code), user_id, time_text(now + LOGIN_LIFETIME))

        def work() -> None:
            connection = self._tables.connection
            connection.execute("DELETE FROM logins WHERE user_id = ? OR expires_at <= ?", (user_id, time_text(now)))
            connection.execute("INSERT INTO logins (code_hash, user_id, expires_at) VALUES (?, ?, ?)", values)
            append_entries(self._tables, [entry] if entry else [])
            write_off(self._tables, update_id)

        self._database.write(work)
        return code

    def by_code(self, code: str, now: datetime) -> int | None:
        """Whose link it is, used up by this; None for one that is unknown, used or over."""
        hashed = secret_hash(code)

        def work() -> int | None:
            connection = self._tables.connection
            statement = "DELETE FROM logins WHERE code_hash = ? RETURNING user_id, expires_at"
            found = connection.execute(statement, (hashed,)).fetchall()
            return next((int(user_id) for user_id, ends in found if time_of(ends) > now), None)

        return self._database.write(work)

    def use_launch(self, launch: Launch, now: datetime) -> bool:
        """Whether the launch was not used up before. It is by this."""

        def work() -> bool:
            connection = self._tables.connection
            connection.execute("DELETE FROM launches WHERE expires_at <= ?", (time_text(now),))
            values = (launch.hash, time_text(launch.at + 2 * LAUNCH_LIFETIME))
            statement = "INSERT INTO launches (hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
            return bool(connection.execute(statement, values).rowcount)

        return self._database.write(work)

    def begin(self, user_id: int, now: datetime, entry: Entry) -> Session:
        """A session of this person."""
        token, ends = secrets.token_urlsafe(SECRET_BYTES), now + SESSION_IDLE
        values = (secret_hash(token), user_id, time_text(now), time_text(ends))

        def work() -> None:
            connection = self._tables.connection
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (time_text(now),))
            connection.execute(
                "INSERT INTO sessions (token_hash, user_id, began_at, expires_at) VALUES (?, ?, ?, ?)", values
            )
            append_entries(self._tables, [entry])

        self._database.write(work)
        return token, ends

    def session(self, token: str, now: datetime) -> int | None:
        """Whose session it is, prolonged by its use; None for one that is unknown or over."""
        hashed = secret_hash(token)
        found = self._database.read(lambda: _session(self._tables, hashed))
        if found is None or found[2] <= now:
            return None
        user_id, began_at, ends = found
        wanted = min(now + SESSION_IDLE, began_at + SESSION_LIFETIME)
        if wanted - ends >= RENEWED_AFTER:
            statement = "UPDATE sessions SET expires_at = ? WHERE token_hash = ?"
            values = (time_text(wanted), hashed)
            self._database.write(lambda: self._tables.connection.execute(statement, values).rowcount)
        return user_id

    def end(self, token: str) -> None:
        """The session is over."""
        self._delete("token_hash = ?", secret_hash(token))

    def end_all(self, user_id: int) -> None:
        """All of this person's are."""
        self._delete("user_id = ?", user_id)

    def _delete(self, where: str, value: object) -> None:
        statement = f"DELETE FROM sessions WHERE {where}"
        self._database.write(lambda: self._tables.connection.execute(statement, (value,)).rowcount)


def _session(tables: Tables, hashed: str) -> tuple[int, datetime, datetime] | None:
    statement = "SELECT user_id, began_at, expires_at FROM sessions WHERE token_hash = ?"
    row = tables.connection.execute(statement, (hashed,)).fetchone()
    return (int(row[0]), time_of(row[1]), time_of(row[2])) if row else None
