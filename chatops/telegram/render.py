"""Our values as Bot API parameters, in forms that a server may refuse one after the other.

It refuses to know what is said: only what fits, and what every Bot API server since its beginnings understands.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from telebot import types

from chatops.core import telegram_text
from chatops.core.outgoing import EditMessage, Key, Keyboard, RichForm, SendMessage
from chatops.core.telegram_features import EVERY, NONE, OF_TEXT, Feature, Features

STYLES = frozenset({"danger", "success", "primary"})
DATA_LIMIT = 64
"""Bytes of callback_data."""

_LABEL_LIMIT = 100
_LONGEST_FILE_NAME = 100
_NO_PREVIEW = types.LinkPreviewOptions(is_disabled=True)


class Form(NamedTuple):
    """How much of what Telegram knows is used: `plain` is bare text and callback buttons."""

    features: Features = EVERY
    plain: bool = False
    rich: bool = False
    """In the message's rich form, if it has one."""


BASIC = Form(NONE)
"""HTML and buttons as they were before 2024."""
PLAIN = Form(NONE, plain=True)


def content(message: SendMessage | EditMessage, form: Form) -> dict[str, Any]:
    """What it says and its buttons, in this form."""
    if form.rich and message.rich is not None:
        below = keyboard(message.rich.keyboard, form)
        return {"rich_message": rich(message.rich), "reply_markup": below}
    return {
        "text": text(message.html, form),
        "parse_mode": parse_mode(form),
        "reply_markup": keyboard(message.keyboard, form),
        "link_preview_options": _NO_PREVIEW,
    }


def text(markup: str, form: Form, limit: int = telegram_text.TEXT_LIMIT) -> str:
    if form.plain:
        return telegram_text.plain(markup, limit)
    return telegram_text.fit(markup, limit, features=form.features)


def rich(form: RichForm) -> types.InputRichMessage:
    # Names of objects are no mentions, and nothing in them is a command.
    return types.InputRichMessage(html=telegram_text.clean(form.html), skip_entity_detection=True)


def parse_mode(form: Form) -> str | None:
    return None if form.plain else "HTML"


def keyboard(rows: Keyboard, form: Form) -> types.InlineKeyboardMarkup | None:
    """Without the buttons that Telegram would refuse, and with them the whole message."""
    buttons = [[button for key in row if (button := _button(key, form))] for row in rows]
    kept = [row for row in buttons if row]
    return types.InlineKeyboardMarkup(kept) if kept else None


def toast(message: str) -> str:
    return telegram_text.cut(message, telegram_text.TOAST_LIMIT)


def reply(message_id: int | None) -> types.ReplyParameters | None:
    # The message may be gone meanwhile, which is no reason to say nothing.
    return types.ReplyParameters(message_id, allow_sending_without_reply=True) if message_id else None


def file_name(name: str) -> str:
    """As it may stand in a header."""
    given = telegram_text.clean(name)
    kept = "".join(letter if letter.isprintable() and letter not in '"/\\' else "_" for letter in given)
    return kept[-_LONGEST_FILE_NAME:] or "file"


def _button(key: Key, form: Form) -> types.InlineKeyboardButton | None:
    label = telegram_text.cut(" ".join(key.label.split()), _LABEL_LIMIT)
    style = key.style if Feature.COLOURS in form.features and key.style in STYLES else None
    if not label:
        return None
    if key.data:
        data = telegram_text.clean(key.data)
        if len(data.encode()) > DATA_LIMIT:
            return None
        return types.InlineKeyboardButton(label, callback_data=data, style=style)
    if key.url and not form.plain and _opens(key.url):
        return types.InlineKeyboardButton(label, url=key.url, style=style)
    if key.web_app and Feature.APPS in form.features and _opens(key.web_app):
        return types.InlineKeyboardButton(label, web_app=types.WebAppInfo(key.web_app), style=style)
    if key.copy and Feature.COPY in form.features:
        copied = telegram_text.clean(key.copy)
        # A cut command in the clipboard would be worse than no button.
        if telegram_text.units(copied) <= telegram_text.COPY_LIMIT:
            return types.InlineKeyboardButton(label, copy_text=types.CopyTextButton(copied), style=style)
    return None


def _opens(url: str) -> bool:
    """Whether Telegram takes it for a button: no other schemes, and no host without a dot."""
    if not url.isprintable() or any(letter in url for letter in ' <>"'):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # Reading it is what checks it.
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme == "tg":
        return bool(parts.netloc)
    return parts.scheme in ("http", "https") and ("." in host.strip(".") or ":" in host)


def used(markup: str, rows: Keyboard, features: Features) -> Features:
    """Which of the features a message would be another without."""
    whole = text(markup, Form(features))
    of_text = {each for each in features & OF_TEXT if text(markup, Form(features - {each})) != whole}
    keys = [key for row in rows for key in row]
    of_keys = {Feature.COLOURS} if any(key.style for key in keys) else set()
    of_keys |= {Feature.COPY} if any(key.copy for key in keys) else set()
    of_keys |= {Feature.APPS} if any(key.web_app for key in keys) else set()
    return frozenset(of_text | (of_keys & features))
