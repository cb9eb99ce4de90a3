"""The screen of what is set for a chat, and the question before it is set otherwise, by position."""

from chatops.core.cards import Position
from chatops.core.chat_settings import Setting
from chatops.core.people import Chat, User
from chatops.core.screens.base import Screen
from chatops.core.screens.chat import allowed, chat_screen, question
from chatops.core.texts import Tongue
from chatops.db.store import Store


def drawn(
    position: Position, chat: Chat, store: Store, tongue: Tongue, reader: User | None, *, language: str
) -> Screen:
    """`language`: see `chat_screen`."""
    setting, value = position.args.get("set", ""), position.args.get("to", "")
    if allowed(setting, value, chat):
        return question(Setting(setting), value, tongue, by=reader)
    return chat_screen(chat, store.chat_settings.get(chat.id), tongue, language=language)
