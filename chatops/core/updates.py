"""What Telegram tells the bot, in our words. The door turns Telegram's objects into these and drops the rest."""

from dataclasses import dataclass
from datetime import datetime

from chatops.core.people import ChatKind, Sender


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A person wrote something: a command or plain text. `sender` is None for anonymous admins and channels."""

    update_id: int
    chat_id: int
    chat_kind: ChatKind
    chat_title: str
    message_id: int
    sender: Sender | None
    text: str
    sent_at: datetime
    reply_to: int | None = None
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """A person pressed an inline button. `data` is whatever the client sent: hostile until looked up."""

    update_id: int
    callback_id: str
    chat_id: int
    chat_kind: ChatKind
    chat_title: str
    message_id: int
    sender: Sender
    data: str
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot's own standing in a chat changed: `present` says whether it can write there."""

    update_id: int
    chat_id: int
    chat_kind: ChatKind
    chat_title: str
    sender: Sender | None
    present: bool


Update = TextMessage | Tap | Membership
