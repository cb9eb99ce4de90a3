"""What is set for each chat. A setting and the line of the log that says so are one transaction."""

from datetime import datetime

from chatops.core.audit import Entry
from chatops.core.chat_settings import ON, ChatSettings, Setting
from chatops.db.columns import clean
from chatops.db.database import Database
from chatops.db.decisions import decide
from chatops.db.entities import Tables

_COLUMNS = "pins, topics, pins_refused, topics_refused"
_GET = f"SELECT {_COLUMNS} FROM chat_settings WHERE chat_id = ?"
_REFUSED = {Setting.PINS: "pins_refused", Setting.TOPICS: "topics_refused"}
_LANGUAGE = "UPDATE chats SET language = ? WHERE id = ?"
_OWN_LANGUAGE = "UPDATE users SET language = ? WHERE id = ?"


class ChatSettingsOfAll:
    """Not entities: a chat without a row is as nothing was set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, chat_id: int) -> ChatSettings:
        row = self._database.read(lambda: self._tables.connection.execute(_GET, (chat_id,)).fetchone())
        return ChatSettings(bool(row[0]), bool(row[1]), row[2], row[3]) if row else ChatSettings()

    def set(
        self, chat_id: int, setting: Setting, value: str, entry: Entry, *, token: str, by: str, now: datetime
    ) -> bool:
        """What Telegram refused before is tried again. False, and nothing is stored, when the button was used."""

        def work() -> bool:
            if setting is Setting.LANGUAGE:
                return _set_language(self._tables, chat_id, value, entry, token=token, by=by, now=now)
            name, refused = setting.value, _REFUSED[setting]
            statement = (
                f"INSERT INTO chat_settings (chat_id, {name}) VALUES (?, ?) "
                f"ON CONFLICT (chat_id) DO UPDATE SET {name} = excluded.{name}, {refused} = ''"
            )
            return decide(self._tables, statement, (chat_id, value == ON), entry, token=token, by=by, now=now)

        return self._database.write(work)

    def refused(self, chat_id: int, setting: Setting, words: str) -> None:
        """Telegram does not let the bot do it in this chat: it is not tried again."""
        name = _REFUSED[setting]
        statement = (
            f"INSERT INTO chat_settings (chat_id, {name}) VALUES (?, ?) "
            f"ON CONFLICT (chat_id) DO UPDATE SET {name} = excluded.{name}"
        )
        values = (chat_id, clean(words) or "refused")
        self._database.write(lambda: self._tables.connection.execute(statement, values).rowcount)

    def try_again(self, chat_id: int) -> None:
        """What the bot may in the chat has changed."""
        statement = "UPDATE chat_settings SET pins_refused = '', topics_refused = '' WHERE chat_id = ?"
        self._database.write(lambda: self._tables.connection.execute(statement, (chat_id,)).rowcount)


def _set_language(
    tables: Tables, chat_id: int, value: str, entry: Entry, *, token: str, by: str, now: datetime
) -> bool:
    """In a private chat it is the person's own, wherever they are answered."""
    if not decide(tables, _LANGUAGE, (clean(value), chat_id), entry, token=token, by=by, now=now):
        return False
    if chat_id > 0:
        tables.connection.execute(_OWN_LANGUAGE, (clean(value), chat_id))
    return True
