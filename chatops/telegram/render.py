"""Our values as Bot API parameters, in the layers a server may refuse one after the other.

It refuses to know what is said: only what fits, and what every Bot API server since its beginnings understands.
"""

from enum import IntEnum
from urllib.parse import urlsplit

from telebot import types

from chatops.core import telegram_text
from chatops.core.outgoing import Key, Keyboard

STYLES = frozenset({"danger", "success", "primary"})
DATA_LIMIT = 64
"""Bytes of callback_data."""

_LABEL_LIMIT = 100


class Layer(IntEnum):
    """NEWER: everything. BASIC: HTML and buttons as they were before 2024. PLAIN: bare text and callback buttons."""

    NEWER = 0
    BASIC = 1
    PLAIN = 2


def text(markup: str, layer: Layer, limit: int = telegram_text.TEXT_LIMIT) -> str:
    if layer is Layer.PLAIN:
        return telegram_text.plain(markup, limit)
    return telegram_text.fit(markup, limit, newer=layer is Layer.NEWER)


def parse_mode(layer: Layer) -> str | None:
    return None if layer is Layer.PLAIN else "HTML"


def keyboard(rows: Keyboard, layer: Layer) -> types.InlineKeyboardMarkup | None:
    """Without the buttons that Telegram would refuse, and with them the whole message."""
    buttons = [[button for key in row if (button := _button(key, layer))] for row in rows]
    kept = [row for row in buttons if row]
    return types.InlineKeyboardMarkup(kept) if kept else None


def toast(message: str) -> str:
    return telegram_text.cut(message, telegram_text.TOAST_LIMIT)


def _button(key: Key, layer: Layer) -> types.InlineKeyboardButton | None:
    label = telegram_text.cut(" ".join(key.label.split()), _LABEL_LIMIT)
    style = key.style if layer is Layer.NEWER and key.style in STYLES else None
    if not label:
        return None
    if key.data:
        data = telegram_text.clean(key.data)
        if len(data.encode()) > DATA_LIMIT:
            return None
        return types.InlineKeyboardButton(label, callback_data=data, style=style)
    if key.url and layer is not Layer.PLAIN and _opens(key.url):
        return types.InlineKeyboardButton(label, url=key.url, style=style)
    if key.copy and layer is Layer.NEWER:
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
