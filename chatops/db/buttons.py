"""What every button on offer stands for, behind a random token; and whether it was used."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chatops.core.buttons import Button, Offered, Verb
from chatops.core.resources import ObjectRef
from chatops.db.columns import (
    aware,
    aware_or_none,
    clean,
    from_json,
    naive,
    strings_of,
    time_text,
    time_text_or_none,
    to_json,
)
from chatops.db.database import Database
from chatops.db.entities import Tables

TOKEN_BYTES = 15
"""120 random bits, 20 characters: far beyond guessing, far below Telegram's 64 bytes of callback data."""

LONGEST_TOKEN = 24

_COLUMNS = (
    *("token", "chat_id", "message_id", "shape", "verb", "args", "ref", "incident_id", "for_user", "once"),
    *("offered_at", "expires_at", "used_by"),
)
_INSERT = f"INSERT INTO buttons ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_BIND = "UPDATE buttons SET message_id = ? WHERE token = ? AND message_id IS NULL"
_REUSABLE = (
    "SELECT shape, token FROM buttons WHERE chat_id = ? AND message_id = ? AND NOT once AND expires_at IS NULL "
    "AND used_at IS NULL"
)
"""Past the entities: a keyboard is a dozen rows, and it is written whenever a message is drawn."""

KEPT = timedelta(days=30)
"""An expired button is remembered this long, so that a press on an old message can be told why nothing happens."""


class Buttons:
    """Tokens offered and used. Anything a client sends may be looked up: what is no token is simply not found."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def offer(self, chat_id: int, message_id: int | None, buttons: Sequence[Button], now: datetime) -> tuple[str, ...]:
        """A token for each button, in their order; `""` for one that needs none (it opens a link or copies text).

        `message_id` is None while the message is not sent yet (see `bind`). In a known message a button that reads the
        same keeps its token, unless it works only once or only for a while: so edits do not grow the table.
        """

        def work() -> tuple[str, ...]:
            reusable = _reusable(self._tables, chat_id, message_id) if message_id is not None else {}
            tokens, added = [], []
            for button in buttons:
                lasting = not button.once and button.lifetime is None
                shape = "" if button.verb is None else _shape(button)
                token = reusable.get(shape, "") if lasting else ""
                if button.verb is not None and not token:
                    token = secrets.token_urlsafe(TOKEN_BYTES)
                    added.append(_row(token, chat_id, message_id, shape, button, button.verb, now))
                    if lasting:
                        reusable[shape] = token
                tokens.append(token)
            if added:
                self._tables.connection.executemany(_INSERT, added)
            return tuple(tokens)

        return self._database.write(work)

    def bind(self, tokens: Sequence[str], message_id: int) -> None:
        """These tokens turned out to be in this message. One that is bound already stays where it is."""
        wanted = [token for token in tokens if token]

        def work() -> None:
            values = [(message_id, token) for token in wanted]
            self._tables.connection.executemany(_BIND, values)

        if wanted:
            self._database.write(work)

    def find(self, token: str) -> Offered | None:
        """What was offered under this token; None for anything that was never offered."""
        if not _may_be_token(token):
            return None
        return self._database.read(lambda: _offered(self._tables.Button.get(token=token)))

    def waiting_for_word(self, chat_id: int, user_id: int, now: datetime) -> tuple[Offered, ...]:
        """Confirms of this person in this chat that wait to be typed, the newest first."""
        moment = naive(now)

        def work() -> tuple[Offered, ...]:
            rows = self._tables.Button.select(
                lambda row: (
                    row.expires_at is not None
                    and row.expires_at > moment
                    and row.chat_id == chat_id
                    and row.for_user == user_id
                    and row.used_at is None
                )
            )
            found = [offered for row in rows if (offered := _offered(row)) is not None and "typed" in offered.args]
            return tuple(sorted(found, key=lambda offered: offered.offered_at, reverse=True))

        return self._database.read(work)

    def asked_for_word(self, chat_id: int, since: datetime) -> tuple[Offered, ...]:
        """This chat's confirms that are typed and did not end before `since`, used ones too, the newest first."""
        moment = naive(since)

        def work() -> tuple[Offered, ...]:
            rows = self._tables.Button.select(
                lambda row: row.expires_at is not None and row.expires_at > moment and row.chat_id == chat_id
            )
            found = [offered for row in rows if (offered := _offered(row)) is not None and "typed" in offered.args]
            return tuple(sorted(found, key=lambda offered: offered.offered_at, reverse=True))

        return self._database.read(work)

    def use(self, token: str, by: str, now: datetime) -> bool:
        """Whether the press counts. Of all presses on a one-time button exactly one ever does; `by` is kept with it."""
        return _may_be_token(token) and self._database.write(lambda: use_token(self._tables, token, by, now))

    def prune(self, now: datetime) -> int:
        """Forget what expired more than KEPT ago; returns how many. Buttons without an end are kept."""
        before = naive(now - KEPT)

        def work() -> int:
            old = self._tables.Button.select(lambda row: row.expires_at is not None and row.expires_at < before)
            return int(old.delete(bulk=True))

        return self._database.write(work, alone=True)


def use_token(tables: Tables, token: str, by: str, now: datetime) -> bool:
    """Within the caller's session: False for a token unknown, expired or used up. A one-time token is used up by it."""
    row = tables.Button.get(token=token) if _may_be_token(token) else None
    moment = naive(now)
    if row is None or row.used_at is not None or (row.expires_at is not None and row.expires_at <= moment):
        return False
    if row.once:
        row.set(used_at=moment, used_by=clean(by))
    return True


def _row(
    token: str, chat_id: int, message_id: int | None, shape: str, button: Button, verb: Verb, now: datetime
) -> tuple[object, ...]:
    """The values of _COLUMNS."""
    expires_at = now + button.lifetime if button.lifetime is not None else None
    what = (verb.value, to_json(button.args), to_json(button.ref), button.incident_id, button.for_user, button.once)
    return token, chat_id, message_id, shape, *what, time_text(now), time_text_or_none(expires_at), ""


def _reusable(tables: Tables, chat_id: int, message_id: int) -> dict[str, str]:
    return dict(tables.connection.execute(_REUSABLE, (chat_id, message_id)).fetchall())


def _shape(button: Button) -> str:
    """Equal for buttons that do the same; how they are labelled does not matter."""
    what = (button.verb, button.args, button.ref, button.incident_id, button.for_user)
    return hashlib.sha256(to_json(what).encode()).hexdigest()


def _may_be_token(token: str) -> bool:
    return 0 < len(token) <= LONGEST_TOKEN and token.isascii() and "\0" not in token


def _offered(row: Any) -> Offered | None:
    if row is None:
        return None
    return Offered(
        token=row.token,
        chat_id=row.chat_id,
        message_id=row.message_id,
        verb=Verb(row.verb),
        args=strings_of(row.args),
        ref=from_json(row.ref, ObjectRef),
        incident_id=row.incident_id,
        for_user=row.for_user,
        offered_at=aware(row.offered_at),
        expires_at=aware_or_none(row.expires_at),
        used_at=aware_or_none(row.used_at),
        used_by=row.used_by,
    )
