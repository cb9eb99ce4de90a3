"""Launch: how a Mini App is opened, and the word of Telegram for who opens it.

The launch parameters stand behind the address's `#`; the signed part of them is what
https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app describes. A button or a menu gives a
`query_id`, a direct link the chat it was opened from. The bot is the only one whose apps are known; refuses to fetch
anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from .links import app_link
from .methods.menu import menu_app
from .people import Chat, Message, User
from .world import World, chat_instance

VERSION = "9.1"
PLATFORM = "web"
LIGHT = {
    "bg_color": "#ffffff",
    "secondary_bg_color": "#f4f4f5",
    "text_color": "#000000",
    "hint_color": "#707579",
    "link_color": "#00488f",
    "button_color": "#3390ec",
    "button_text_color": "#ffffff",
    "header_bg_color": "#ffffff",
    "bottom_bar_bg_color": "#ffffff",
    "accent_text_color": "#3390ec",
    "section_bg_color": "#ffffff",
    "section_header_text_color": "#3390ec",
    "section_separator_color": "#dadce0",
    "subtitle_text_color": "#707579",
    "destructive_text_color": "#df3f40",
}
DARK = {
    "bg_color": "#212121",
    "secondary_bg_color": "#0f0f0f",
    "text_color": "#ffffff",
    "hint_color": "#aaaaaa",
    "link_color": "#8774e1",
    "button_color": "#8774e1",
    "button_text_color": "#ffffff",
    "header_bg_color": "#212121",
    "bottom_bar_bg_color": "#212121",
    "accent_text_color": "#8774e1",
    "section_bg_color": "#212121",
    "section_header_text_color": "#aaaaaa",
    "section_separator_color": "#303030",
    "subtitle_text_color": "#aaaaaa",
    "destructive_text_color": "#e53935",
}
"""As Telegram's own web client has them."""


class NotOpened(LookupError):
    """Why nothing opens, in Telegram's words where it has some."""


def by_button(world: World, person: User, message: Message, url: str, *, dark: bool = False) -> str:
    """The address to load, with all launch parameters, for a button of a message in the person's chat with the bot.

    Raises `NotOpened` for a button that the message has not.
    """
    rows = (message.markup or {}).get("inline_keyboard")
    keys = [key for row in rows for key in row] if isinstance(rows, list) else []
    if message.deleted or not any(key.get("web_app") == {"url": url} for key in keys):
        raise NotOpened("BUTTON_INVALID")
    return _queried(world, person, url, dark=dark)


def by_menu(world: World, person: User, chat: Chat, *, dark: bool = False) -> str:
    """Raises `NotOpened` where the menu button shows the commands."""
    app = (menu_app(world, chat) or {}).get("web_app")
    if not isinstance(app, dict):
        raise NotOpened("the menu button opens no Mini App")
    return _queried(world, person, str(app["url"]), dark=dark)


def by_link(world: World, person: User, link: str, chat: Chat | None, *, dark: bool = False) -> str:
    """`chat` is where the link was followed, None for outside of Telegram. Raises `NotOpened`."""
    wanted = app_link(link)
    if wanted is None:
        raise NotOpened("no link that opens a Mini App")
    if wanted.bot.lower() != world.bot.username.lower():
        raise NotOpened("USERNAME_NOT_OCCUPIED")
    url = world.apps.get(wanted.name, "")
    if not url:
        raise NotOpened("BOT_APP_SHORTNAME_INVALID" if wanted.name else "the bot has no main Mini App")
    place = chat.id if chat else person.id
    fields = {"chat_type": chat.kind if chat else "sender", "chat_instance": chat_instance(place)}
    started = {"start_param": wanted.parameter} if wanted.parameter else {}
    query = f"{'&' if '?' in url else '?'}tgWebAppStartParam={wanted.parameter}" if wanted.parameter else ""
    address, mark, fragment = url.partition("#")
    return _launched(f"{address}{query}{mark}{fragment}", init_data(world, person, **fields, **started), dark=dark)


def init_data(world: World, person: User, **fields: str) -> str:
    """The signed query string. `fields` are those that hang on how the app was opened."""
    told = {"user": _user(person), "auth_date": str(world.now()), **fields}
    told["signature"] = _signature(world, told)
    return _query({**told, "hash": hash_of(world.token, told)})


def _queried(world: World, person: User, url: str, *, dark: bool) -> str:
    query_id = "AA" + secrets.token_urlsafe(16)
    return _launched(url, init_data(world, person, query_id=query_id), dark=dark)


def _launched(url: str, data: str, *, dark: bool) -> str:
    theme = msgspec.json.encode(DARK if dark else LIGHT).decode()
    told = {
        "tgWebAppData": data,
        "tgWebAppVersion": VERSION,
        "tgWebAppPlatform": PLATFORM,
        "tgWebAppThemeParams": theme,
    }
    return _with_hash(url, _query(told))


def _query(told: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())


def _with_hash(url: str, told: str) -> str:
    """As Telegram's script says it: an address may have a fragment of its own, with parameters or without."""
    address, mark, fragment = url.partition("#")
    if not mark:
        return f"{address}#{told}"
    if "=" in fragment or "?" in fragment:
        return f"{url}&{told}"
    return f"{url}?{told}" if fragment else f"{url}{told}"


def _user(person: User) -> str:
    user: dict[str, object] = {"id": person.id, "first_name": person.first_name, "last_name": ""}
    if person.username:
        user["username"] = person.username
    if person.language_code:
        user["language_code"] = person.language_code
    user["allows_write_to_pm"] = True
    user["photo_url"] = f"https://t.me/i/userpic/320/{person.id}.svg"
    # Telegram's own JSON has its slashes escaped, which is part of what is signed.
    return msgspec.json.encode(user).decode().replace("/", "\\/")


def _signature(world: World, told: Mapping[str, str]) -> str:
    """Telegram's own, for who has not the token. Only it can make one: here it is a text of the same shape."""
    digest = hashlib.sha512("\n".join([world.token, *told.values()]).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str, told: Mapping[str, str]) -> str:
    """What shows that Telegram has said it: only it and the bot know the `token`."""
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    checked = "\n".join(f"{name}={value}" for name, value in sorted(told.items()))
    return hmac.new(key, checked.encode(), "sha256").hexdigest()
