"""What Telegram tells the bot, in our words. The door turns Telegram's objects into these and drops the rest."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    """A person pressed an inline button. `data` is whatever the client sent: hostile until looked up.

    `ephemeral_id`: of the message that only the presser sees, whose `message_id` is 0 as Telegram tells it.
    """

    update_id: int
    callback_id: str
    chat_id: int
    chat_kind: ChatKind
    chat_title: str
    message_id: int
    sender: Sender
    data: str
    thread_id: int | None = None
    ephemeral_id: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot's own standing in a chat changed: `present` says whether it can write there."""

    update_id: int
    chat_id: int
    chat_kind: ChatKind
    chat_title: str
    sender: Sender | None
    present: bool


@dataclass(frozen=True, slots=True)
class Pinned:
    """Telegram says in a chat that a message was pinned, by the account that had written it.

    `message_id` is that of what Telegram says, `pinned_id` that of what was pinned.
    """

    update_id: int
    chat_id: int
    message_id: int
    pinned_id: int


class Namelessness(StrEnum):
    """Why something was not done in a person's own name.

    anonymous: an admin as the group, or a person as a channel; channel: a channel itself, or its post in a group;
    forwarded: somebody else's words; via_bot: a bot's words; bot: by a bot; inline: on a message that the bot did not
    send, so that it is in no chat that it knows.
    """

    ANONYMOUS = "anonymous"
    CHANNEL = "channel"
    FORWARDED = "forwarded"
    VIA_BOT = "via_bot"
    BOT = "bot"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Faceless:
    """A command or a press in nobody's own name. `sender` is the account that Telegram names, which may be anybody's.

    `command` is its first word without slash and name of a bot; a press has a `callback_id` instead.
    """

    update_id: int
    chat_id: int
    chat_kind: ChatKind
    message_id: int
    sender: Sender
    why: Namelessness
    command: str = ""
    callback_id: str = ""
    thread_id: int | None = None


Update = TextMessage | Tap | Membership | Pinned | Faceless
