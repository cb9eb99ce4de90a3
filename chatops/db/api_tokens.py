"""Tokens that people make for their scripts: named, limited, taken back at any time. Only their hashes are kept."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from chatops.core.audit import Entry
from chatops.core.signing_in import MOST_TOKENS, TOKEN_PREFIX, ApiToken, Scope, secret_hash
from chatops.db.audit import append_entries
from chatops.db.columns import clean, time_of, time_of_or_none, time_text
from chatops.db.database import Database

SECRET_BYTES = 24

NOTED_AFTER = timedelta(minutes=5)
"""That a token was used is written down no more often than this."""

_WRITTEN = ("token_hash", "user_id", "name", "scope", "made_at", "expires_at")
_COLUMNS = "id, user_id, name, scope, made_at, expires_at, used_at"


class ApiTokens:
    """A token opens nothing once it is over or taken back, and never more than its owner may."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def make(
        self, user_id: int, name: str, scope: Scope, *, expires_at: datetime, entry: Entry
    ) -> tuple[str, ApiToken] | None:
        """The text, which is told once, and what is kept; None for somebody who has MOST_TOKENS already."""
        text = TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        values = (secret_hash(text), user_id, clean(name), scope.value, time_text(entry.at), time_text(expires_at))

        def work() -> int | None:
            connection = self._tables.connection
            connection.execute(
                "DELETE FROM api_tokens WHERE user_id = ? AND expires_at <= ?", (user_id, time_text(entry.at))
            )
            (held,) = connection.execute("SELECT count(*) FROM api_tokens WHERE user_id = ?", (user_id,)).fetchone()
            if held >= MOST_TOKENS:
                return None
            made = connection.execute(
                f"INSERT INTO api_tokens ({', '.join(_WRITTEN)}) "
                f"VALUES ({', '.join('?' * len(_WRITTEN))}) RETURNING id",
                values,
            ).fetchall()
            append_entries(self._tables, [entry])
            return int(made[0][0])

        number = self._database.write(work)
        if number is None:
            return None
        return text, ApiToken(number, user_id, clean(name), scope, entry.at, expires_at)

    def by_text(self, text: str, now: datetime) -> ApiToken | None:
        """The token of this text, noted as used; None for one that is unknown, over or taken back."""
        statement = f"SELECT {_COLUMNS} FROM api_tokens WHERE token_hash = ?"
        values = (secret_hash(text),)
        row = self._database.read(lambda: self._tables.connection.execute(statement, values).fetchone())
        token = _token(row) if row else None
        if token is None or token.expires_at <= now:
            return None
        if token.used_at is None or now - token.used_at >= NOTED_AFTER:
            used = ("UPDATE api_tokens SET used_at = ? WHERE id = ?", (time_text(now), token.id))
            self._database.write(lambda: self._tables.connection.execute(*used).rowcount)
        return token

    def of(self, user_id: int) -> tuple[ApiToken, ...]:
        """This person's, the oldest first; also those that are over, until the next one is made."""
        statement = f"SELECT {_COLUMNS} FROM api_tokens WHERE user_id = ? ORDER BY id"
        return self._database.read(
            lambda: tuple(map(_token, self._tables.connection.execute(statement, (user_id,)).fetchall()))
        )

    def revoke(self, token_id: int, user_id: int, entry: Entry) -> bool:
        """Whether there was such a token of this person's; it opens nothing from now on."""

        def work() -> bool:
            statement = "DELETE FROM api_tokens WHERE id = ? AND user_id = ?"
            gone = bool(self._tables.connection.execute(statement, (token_id, user_id)).rowcount)
            append_entries(self._tables, [entry] if gone else [])
            return gone

        return self._database.write(work)


def _token(row: Any) -> ApiToken:
    id, user_id, name, scope, made_at, expires_at, used_at = row
    return ApiToken(id, user_id, name, Scope(scope), time_of(made_at), time_of(expires_at), time_of_or_none(used_at))
