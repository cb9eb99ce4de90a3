"""Menu: what the button beside the text field of a private chat with the bot does."""

from __future__ import annotations

import msgspec

from ..links import BadLink, check_app
from ..people import Chat
from ..refusals import bad_request
from ..world import World
from .call import Call

_WRONG = "can't parse menu button: "


def set_chat_menu_button(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setchatmenubutton; without a chat, of all private chats that have none.

    As the real server does, the button is looked at before the chat is.
    """
    button = _button(call)
    chat_id = _chat_id(call)
    if button["type"] == "default":
        call.world.menu_buttons.pop(chat_id, None)
    else:
        call.world.menu_buttons[chat_id] = button
    call.world.changed()
    return True


def get_chat_menu_button(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getchatmenubutton"""
    return menu_button_of(call.world, _chat_id(call))


def menu_button_of(world: World, chat_id: int) -> dict[str, object]:
    """The chat's own button, else that of the bot (`chat_id` 0), else the one that shows its commands."""
    return world.menu_buttons.get(chat_id) or world.menu_buttons.get(0) or {"type": "commands"}


def menu_app(world: World, chat: Chat) -> dict[str, object] | None:
    """The chat's menu button where it opens a Mini App."""
    button = menu_button_of(world, chat.id) if chat.is_private else {}
    return button if button.get("type") == "web_app" else None


def _chat_id(call: Call) -> int:
    if not call.parameters.text("chat_id"):
        return 0
    chat_id = call.parameters.number("chat_id")
    if chat_id <= 0:
        raise bad_request("Invalid chat_id specified")
    if chat_id not in call.world.users:
        raise bad_request("user not found")
    return chat_id


def _button(call: Call) -> dict[str, object]:
    raw = call.parameters.text("menu_button")
    if not raw:
        return {"type": "default"}
    try:
        button = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise bad_request("can't parse menu button JSON object") from error
    if not isinstance(button, dict):
        raise bad_request(_WRONG + "MenuButton must be an Object")
    match button:
        case {"type": "default" | "commands" as kind}:
            return {"type": kind}
        case {"type": "web_app"}:
            return _app(button)
        case {"type": str()}:
            raise bad_request(_WRONG + "MenuButton has unsupported type")
        case _:
            raise bad_request(_WRONG + 'Can\'t find field "type"')


def _app(button: dict[str, object]) -> dict[str, object]:
    text, app = button.get("text"), button.get("web_app")
    if not isinstance(text, str):
        raise bad_request(_WRONG + 'Can\'t find field "text"')
    if not isinstance(app, dict):
        raise bad_request(_WRONG + 'Can\'t find field "web_app"')
    url = app.get("url")
    if not isinstance(url, str):
        raise bad_request(_WRONG + 'Can\'t find field "url"')
    if not text.strip():
        raise bad_request("Menu button text can't be empty")
    try:
        return {"type": "web_app", "text": text, "web_app": {"url": check_app(url)}}
    except BadLink as error:
        raise bad_request(f"Menu button Web App URL '{url}' is invalid: {error}") from error
