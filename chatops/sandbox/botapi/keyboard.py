"""Keyboard: what may stand under a message, checked as Telegram checks it.

Takes the `reply_markup` parameter and gives back the object to keep. Refuses to know what the buttons mean.
"""

from __future__ import annotations

import msgspec

from . import utf16
from .links import BadLink, check, check_app
from .refusals import bad_request

Markup = dict[str, object]
Button = dict[str, object]

MAX_BUTTONS = 100
_MAX_DATA_BYTES = 64
_MAX_COPY_TEXT = 256
# Practical limit of the serialised markup, as reported by bots that ran into it; Telegram documents no number.
_MAX_MARKUP_BYTES = 10_240
_STYLES = frozenset({"danger", "success", "primary"})
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_WRONG_BUTTON = "can't parse inline keyboard button: "


def parse(raw: str, *, private: bool) -> Markup | None:
    """The markup to keep, None when there is none. `private` tells whether the chat is one. Raises `Refusal`."""
    if not raw:
        return None
    try:
        value: object = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise bad_request("can't parse reply keyboard markup JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"], private=private)
    for flag in (
        "force_reply",
        "remove_keyboard",
        "selective",
        "one_time_keyboard",
        "is_persistent",
        "resize_keyboard",
    ):
        if flag in value and not isinstance(value[flag], bool):
            raise bad_request(f'field "{flag}" must be of type Boolean')
    if "keyboard" in value and not isinstance(value["keyboard"], list):
        raise bad_request('field "keyboard" must be of type Array')
    return {"_other": value} if value else None


def shown(markup: Markup | None) -> Markup | None:
    """The part that a Message object carries: inline keyboards only."""
    return markup if markup and "inline_keyboard" in markup else None


def buttons_of(markup: Markup | None) -> list[list[Button]]:
    """The rows of an inline keyboard, empty without one."""
    rows = (markup or {}).get("inline_keyboard", [])
    assert isinstance(rows, list)
    return rows


def _inline(rows: object, *, private: bool) -> Markup | None:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    kept: list[list[Button]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
        if row:
            kept.append([_button(button, private=private) for button in row])
    if not kept:
        return None
    markup: Markup = {"inline_keyboard": kept}
    if sum(map(len, kept)) > MAX_BUTTONS or len(msgspec.json.encode(markup)) > _MAX_MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    return markup


def _button(button: object, *, private: bool) -> Button:
    if not isinstance(button, dict):
        raise bad_request(_WRONG_BUTTON + "InlineKeyboardButton must be an Object")
    text = button.get("text")
    if "text" not in button:
        raise bad_request(_WRONG_BUTTON + 'Can\'t find field "text"')
    if not isinstance(text, str):
        raise bad_request(_WRONG_BUTTON + 'Field "text" must be of type String')
    if not text.strip():
        raise bad_request("BUTTON_TEXT_EMPTY" if not text else "BUTTON_INVALID")
    kept: Button = {"text": text}
    style = button.get("style")
    if style is not None:
        if style not in _STYLES:
            raise bad_request(_WRONG_BUTTON + "Invalid button style specified")
        kept["style"] = style
    # The real server quietly takes the first of several actions; the documentation forbids them, so a bot
    # under test is told.
    actions = [name for name in _ACTIONS if name in button and button[name] not in ("", None)]
    actions += [name for name in ("switch_inline_query", "switch_inline_query_current_chat") if button.get(name) == ""]
    if not actions:
        raise bad_request(_WRONG_BUTTON + "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(_WRONG_BUTTON + "Exactly one action must be specified")
    kept[actions[0]] = _action(actions[0], button[actions[0]], private=private)
    return kept


def _action(name: str, value: object, *, private: bool) -> object:
    match name:
        case "callback_data" | "url" | "switch_inline_query" | "switch_inline_query_current_chat":
            if not isinstance(value, str):
                raise bad_request(f'{_WRONG_BUTTON}Field "{name}" must be of type String')
            if name == "callback_data" and len(value.encode()) > _MAX_DATA_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
            return _url(value) if name == "url" else value
        case "web_app":
            url = _inner(value, name, "url")
            try:
                app = check_app(url)
            except BadLink as error:
                raise bad_request(f"inline keyboard button Web App URL '{url}' is invalid: {error}") from error
            if not private:
                raise bad_request("BUTTON_TYPE_INVALID")
            return {"url": app}
        case "copy_text":
            text = _inner(value, name, "text")
            if not 1 <= utf16.length(text) <= _MAX_COPY_TEXT:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
            return {"text": text}
        case "disabled":
            if not isinstance(value, dict):
                raise bad_request(f'{_WRONG_BUTTON}Field "disabled" must be of type Object')
            return {}
        case "login_url":
            raise bad_request("BOT_DOMAIN_INVALID")
        case "pay" | "callback_game":
            raise bad_request("BUTTON_TYPE_INVALID")
        case _:
            return value


def _url(url: str) -> str:
    if url.strip().lower().startswith("tg://user?id="):
        return url.strip()
    try:
        return check(url)
    except BadLink as error:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {error}") from error


def _inner(value: object, name: str, field: str) -> str:
    if not isinstance(value, dict):
        raise bad_request(f'{_WRONG_BUTTON}Field "{name}" must be of type Object')
    inner = value.get(field)
    if not isinstance(inner, str):
        raise bad_request(f'{_WRONG_BUTTON}Can\'t find field "{field}"')
    return inner
