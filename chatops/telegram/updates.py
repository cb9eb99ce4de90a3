"""Telegram's updates in our words. Whatever is not for the bot, or not what it should be, is None and no error.

Nobody acts under a borrowed name: what a channel, an anonymous admin or a forward says has no sender or is dropped, and
what they ask of the bot is told as Faceless.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from chatops.core.people import ChatKind, Sender
from chatops.core.telegram_text import clean
from chatops.core.updates import Faceless, Membership, Namelessness, Pinned, Tap, TextMessage, Update

KINDS = ("message", "callback_query", "my_chat_member")
"""The kinds of updates that are asked for."""

ANONYMOUS = 1087968824
"""GroupAnonymousBot: an admin who speaks as the group."""

_CHANNELS = frozenset({777000, 136817688})
"""Telegram itself, which posts what a linked channel says, and Channel_Bot: somebody that speaks as a channel."""

FACELESS = frozenset({ANONYMOUS, *_CHANNELS})
"""Accounts that stand for somebody unknown."""

_CHAT_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": ChatKind.CHANNEL,
}
_FORWARDED = ("forward_origin", "forward_date", "forward_from", "forward_from_chat", "forward_sender_name")
_PRESENT = frozenset({"member", "administrator", "creator"})
_NAME_LIMIT = 64
_TITLE_LIMIT = 128

Object = Mapping[str, Any]


def read(raw: bytes) -> Update | None:
    """The update in `raw` JSON."""
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return translated(decoded)


def translated(update: Any) -> Update | None:
    """The update in a decoded object."""
    update_id = _number(_object(update), "update_id")
    if update_id is None:
        return None
    for kind, read_kind in _READERS:
        if kind in update:
            return read_kind(update_id, _object(update[kind]))
    return None


def _message(update_id: int, message: Object, *, channel: bool = False) -> TextMessage | Pinned | Faceless | None:
    if "pinned_message" in message:
        return _pinned(update_id, message)
    chat = _chat(message)
    text, message_id, sent_at = message.get("text"), _number(message, "message_id"), _moment(message.get("date"))
    if chat is None or not isinstance(text, str) or message_id is None or sent_at is None:
        return None
    why = Namelessness.CHANNEL if channel else _nameless(message)
    if why is not None and text.startswith("/"):
        account = _account(message)
        command = clean(text[1:].split(maxsplit=1)[0] if text[1:].strip() else "").partition("@")[0].lower()
        thread_id = _thread(message)
        return Faceless(update_id, chat[0], chat[1], message_id, account, why, command[:_NAME_LIMIT], "", thread_id)
    if why not in (None, Namelessness.ANONYMOUS):
        return None
    return TextMessage(
        update_id,
        *chat,
        message_id,
        None if why else _sender(message),
        clean(text),
        sent_at,
        reply_to=_number(_object(message.get("reply_to_message")), "message_id"),
        thread_id=_thread(message),
    )


def _pinned(update_id: int, message: Object) -> Pinned | None:
    """Only what was pinned by whoever wrote it: of other pins there is nothing to do."""
    pinned = _object(message["pinned_message"])
    author, by = _number(_object(pinned.get("from")), "id"), _number(_object(message.get("from")), "id")
    chat, message_id, pinned_id = _chat(message), _number(message, "message_id"), _number(pinned, "message_id")
    if chat is None or message_id is None or pinned_id is None or by is None or author != by:
        return None
    return Pinned(update_id, chat[0], message_id, pinned_id)


def _channel_post(update_id: int, message: Object) -> TextMessage | Pinned | Faceless | None:
    return _message(update_id, message, channel=True)


def _nameless(message: Object) -> Namelessness | None:
    """Why the message is not its sender's own; None where it is."""
    account = _number(_object(message.get("from")), "id")
    if "is_automatic_forward" in message or account in _CHANNELS:
        return Namelessness.CHANNEL
    if any(name in message for name in _FORWARDED):
        return Namelessness.FORWARDED
    if "via_bot" in message:
        return Namelessness.VIA_BOT
    if "sender_chat" in message or not account or account == ANONYMOUS:
        return Namelessness.ANONYMOUS
    return Namelessness.BOT if _object(message.get("from")).get("is_bot") is True else None


def _tap(update_id: int, query: Object) -> Tap | Faceless | None:
    message = _object(query.get("message"))
    chat, sender, message_id = _chat(message), _sender(query), _number(message, "message_id")
    callback_id, data = query.get("id"), query.get("data")
    if not isinstance(callback_id, str) or not isinstance(data, str):
        return None
    if sender is None or sender.is_bot:
        if chat is None or message_id is None:
            return None
        why = Namelessness.ANONYMOUS if sender is None else Namelessness.BOT
        account, callback_id = _account(query), clean(callback_id)
        return Faceless(update_id, chat[0], chat[1], message_id, account, why, "", callback_id, _thread(message))
    if chat is None or message_id is None:
        # In the presser's own chat there is at least somebody to write it down.
        inline = Namelessness.INLINE
        return Faceless(update_id, sender.id, ChatKind.PRIVATE, 0, sender, inline, "", clean(callback_id))
    return Tap(
        update_id,
        clean(callback_id),
        *chat,
        message_id,
        sender,
        clean(data),
        thread_id=_thread(message),
        ephemeral_id=_number(message, "ephemeral_message_id") or 0,
    )


def _membership(update_id: int, change: Object) -> Membership | None:
    chat, standing = _chat(change), _object(change.get("new_chat_member"))
    status = standing.get("status")
    if chat is None or not isinstance(status, str):
        return None
    writes = status in _PRESENT or (status == "restricted" and standing.get("can_send_messages") is True)
    sender = _sender(change)
    return Membership(update_id, *chat, None if sender is None or sender.is_bot else sender, present=writes)


def _chat(holder: Object) -> tuple[int, ChatKind, str] | None:
    chat = _object(holder.get("chat"))
    chat_id, kind = _number(chat, "id"), _CHAT_KINDS.get(str(chat.get("type")))
    if not chat_id or kind is None:
        return None
    return chat_id, kind, _line(chat.get("title"), _TITLE_LIMIT) or _name(chat)


def _sender(holder: Object) -> Sender | None:
    person = _object(holder.get("from"))
    number = _number(person, "id")
    if not number or number in FACELESS:
        return None
    language = _line(person.get("language_code"), _NAME_LIMIT)
    return Sender(number, _name(person) or str(number), language, person.get("is_bot") is True)


def _name(person: Object) -> str:
    username = _line(person.get("username"), _NAME_LIMIT)
    return f"@{username}" if username else _line(person.get("first_name"), _NAME_LIMIT)


def _thread(message: Object) -> int | None:
    """The forum topic. Replies outside forums carry a thread too, which nothing can be sent to."""
    return _number(message, "message_thread_id") if message.get("is_topic_message") is True else None


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _account(holder: Object) -> Sender:
    """Whoever is named: the chat that speaks, else the account. Good for writing it down, and for nothing else."""
    named = _object(holder.get("sender_chat")) or _object(holder.get("from"))
    number = _number(named, "id") or 0
    return Sender(number, _line(named.get("title"), _NAME_LIMIT) or _name(named) or str(number))


def _number(holder: Object, name: str) -> int | None:
    value = holder.get(name)
    # What does not fit the database is not Telegram's.
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _line(value: Any, limit: int) -> str:
    return " ".join(clean(value).split())[:limit] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


_READERS: tuple[tuple[str, Callable[[int, Object], Update | None]], ...] = (
    ("message", _message),
    ("callback_query", _tap),
    ("my_chat_member", _membership),
    # Not asked for, and given all the same to a bot that once asked for it.
    ("channel_post", _channel_post),
)
