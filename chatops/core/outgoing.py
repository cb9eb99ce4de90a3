"""What the bot asks Telegram to do, as values: the door carries them out, the pacer decides when."""

from dataclasses import dataclass
from enum import IntEnum


class Lane(IntEnum):
    """Who goes first when a chat's budget is short: answers to taps, new incidents, results, edits, digests."""

    ANSWER = 0
    PAGE = 1
    RESULT = 2
    EDIT = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One button of an inline keyboard as Telegram takes it: one of `data`, `url`, `copy` and `web_app` is filled.

    `web_app` is the address of a Mini App; Telegram takes such a button in private chats alone.
    """

    label: str
    data: str = ""
    url: str = ""
    copy: str = ""
    web_app: str = ""
    style: str = ""
    """danger, success, primary or nothing; never the only sign of what a button does."""


Keyboard = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True)
class ForPresser:
    """To be seen by this person alone, in the group where they pressed a button, if the server takes it so."""

    user_id: int
    callback_id: str


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """How Telegram knows a message that one person of a group sees: by no id of a message, and only with the person."""

    user_id: int
    ephemeral_id: int


class EphemeralId(int):
    """The id of a message that was sent so that one person sees it; it is no message's id in the chat."""


@dataclass(frozen=True, slots=True)
class RichForm:
    """The same message in Telegram's rich HTML, with what is left of its keyboard below: the rest is in the text."""

    html: str
    keyboard: Keyboard


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A new message. `thread_id` is the forum topic it goes to, `reply_to` the message it answers.

    `only`: for one person, where that can be; else for everybody, as it is. `rich`: how it is better.
    """

    chat_id: int
    html: str
    keyboard: Keyboard = ()
    silent: bool = False
    reply_to: int | None = None
    thread_id: int | None = None
    only: ForPresser | None = None
    rich: RichForm | None = None


@dataclass(frozen=True, slots=True)
class EditMessage:
    """New words and keyboard for a message of the bot; no keyboard takes the old one away.

    `shown_to`: it is one that one person sees, and `message_id` is our own name of it.
    """

    chat_id: int
    message_id: int
    html: str
    keyboard: Keyboard = ()
    shown_to: Ephemeral | None = None
    rich: RichForm | None = None


@dataclass(frozen=True, slots=True)
class SendDocument:
    """A file made from `content`; nothing is read from a disk."""

    chat_id: int
    file_name: str
    content: bytes
    caption_html: str = ""
    reply_to: int | None = None
    thread_id: int | None = None
    only: ForPresser | None = None


@dataclass(frozen=True, slots=True)
class SendPhoto:
    """A picture. `instead_html` is said where the server, the chat or its rights take no picture."""

    chat_id: int
    content: bytes
    caption_html: str
    instead_html: str
    reply_to: int | None = None
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerTap:
    """The toast. `text` is plain, at most 200 characters; empty only stops the spinner."""

    callback_id: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class LeaveChat:
    chat_id: int


@dataclass(frozen=True, slots=True)
class PinMessage:
    """Pin it without a sound, or unpin it."""

    chat_id: int
    message_id: int
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Telegram takes it for 48 hours after the message was sent."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class CreateTopic:
    """A new topic of a forum. Never asked for twice: where the answer is lost, nobody knows whether it is there."""

    chat_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ShowTopic:
    """The topic has this name, and is closed or open."""

    chat_id: int
    thread_id: int
    name: str
    closed: bool


@dataclass(frozen=True, slots=True)
class DeleteTopic:
    """The topic with all that stands in it."""

    chat_id: int
    thread_id: int


Outgoing = (
    SendMessage
    | EditMessage
    | SendDocument
    | SendPhoto
    | AnswerTap
    | LeaveChat
    | PinMessage
    | DeleteMessage
    | CreateTopic
    | ShowTopic
    | DeleteTopic
)
