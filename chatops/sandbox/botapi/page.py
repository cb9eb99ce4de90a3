"""Page: the routes of the browser chat client. A newcomer presses the bot's buttons here.

Serves static files under a strict Content-Security-Policy, long-polls for changes, and passes on what people
do. Anyone who reaches the loopback port may act as any person: it is a sandbox, and refuses only pages of
other origins.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bottle
import msgspec

from . import launch
from .people import Message
from .person import Person
from .pictures import mime_type
from .seen import seen
from .view import changes
from .world import World

_FILES = Path(__file__).with_name("page")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html"}
_POLL_SECONDS = 20.0
_MAX_ACT = 100_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    # Mini Apps: where Telegram lets them be, and its test environment.
    "frame-src https: http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_MAX_TEXT = 4096


class _Act(msgspec.Struct, rename={"as_": "as"}):
    """What a visitor does, and as whom."""

    as_: int
    chat: int
    text: str = ""
    message: int = 0
    reply_to: int = 0
    thread: int = 0
    data: str = ""
    link: str = ""
    dark: bool = False


class Page:
    """A WSGI application over the world."""

    def __init__(self, world: World, *, host: str) -> None:
        self._world = world
        self._hosts = {host, f"[{host}]", "127.0.0.1", "localhost", "[::1]"}
        self._run = uuid.uuid4().hex
        self._open = True
        self._routes = bottle.Bottle()
        self._routes.default_error_handler = _error
        self._route("GET", "/", self._index)
        self._route("GET", "/page/<name>", self._static)
        self._route("GET", "/chat/changes", self._changes)
        self._route("GET", "/chat/file/<file_id>", self._file)
        self._route("POST", "/chat/open", self._open_chat)
        self._route("POST", "/chat/send", self._send)
        self._route("POST", "/chat/press", self._press)
        self._route("POST", "/chat/launch", self._launch)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._routes(environ, start_response)
        return answer

    def open(self) -> None:
        """Let long polls wait."""
        self._open = True

    def close(self) -> None:
        """End every waiting long poll. Call holding the world's condition."""
        self._open = False
        self._world.condition.notify_all()

    def _route(self, method: str, path: str, work: Callable[..., bytes | str]) -> None:
        def guarded(**parts: str) -> bytes | str:
            self._check_origin(writes=method == "POST")
            for header, value in _HEADERS.items():
                bottle.response.set_header(header, value)
            return work(**parts)

        self._routes.route(path, method, guarded)

    def _check_origin(self, *, writes: bool) -> None:
        # A page of another origin must not read chats (DNS rebinding) nor press buttons (CSRF).
        headers = bottle.request.headers
        host = headers.get("Host", "").rpartition(":")[0] or headers.get("Host", "")
        if host not in self._hosts or (writes and bottle.request.content_type != "application/json"):
            raise bottle.HTTPError(403, "this page is for the local machine only")

    def _index(self) -> bytes:
        return self._static("index.html")

    def _static(self, name: str) -> bytes:
        path = _FILES / name
        if path.parent != _FILES or path.suffix not in _TYPES or not path.is_file():
            raise bottle.HTTPError(404, "no such file")
        bottle.response.content_type = f"{_TYPES[path.suffix]}; charset=utf-8"
        return path.read_bytes()

    def _changes(self) -> bytes:
        query = bottle.request.query
        after = _number(query.get("after"))
        if query.get("run") != self._run:
            after = 0
        deadline = time.monotonic() + _POLL_SECONDS
        with self._world.condition:
            while after and self._open and self._world.revision <= after and time.monotonic() < deadline:
                self._world.condition.wait(deadline - time.monotonic())
            person = self._person(_number(query.get("as")), lenient=True)
            body = changes(self._world, person, after=after) if person else _nobody(self._world)
            return _json({"run": self._run, "fresh": not after, "as": person.id if person else 0, **body})

    def _file(self, file_id: str) -> bytes:
        with self._world.condition:
            file = self._world.files.get(file_id)
        if file is None:
            raise bottle.HTTPError(404, "no such file")
        picture = mime_type(file.content)
        bottle.response.content_type = picture or "application/octet-stream"
        if not picture or bottle.request.query.get("download"):
            disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
            bottle.response.set_header("Content-Disposition", disposition)
        return file.content

    def _open_chat(self) -> bytes:
        with self._world.condition:
            self._world.private_chat(self._person(_act().as_))
        return _json({"ok": True})

    def _send(self) -> bytes:
        act = _act()
        text = act.text.strip()
        if not text or len(text) > _MAX_TEXT or "\x00" in text:
            raise bottle.HTTPError(400, f"a message has 1 to {_MAX_TEXT} characters")
        with self._world.condition:
            person = Person(self._world, self._person(act.as_))
            self._allowed(act)
            topics = self._world.chats[act.chat].topics or {}
            thread = act.thread if act.thread in topics else None
            message = person.send(text, chat=act.chat, reply_to=act.reply_to or None, thread_id=thread)
        return _json({"message": message.id})

    def _press(self) -> bytes:
        act = _act()
        with self._world.condition:
            person = Person(self._world, self._person(act.as_))
            self._allowed(act)
            message = self._pressed(act)
            if message is None:
                raise bottle.HTTPError(404, "the message is gone")
            press = person.tap_data(seen(message), act.data)
        return _json({"query": press.query_id})

    def _launch(self) -> bytes:
        """Open a Mini App by a link, by a button of a message, or by the menu button."""
        act = _act()
        with self._world.condition:
            person = self._person(act.as_)
            self._allowed(act)
            chat = self._world.chats[act.chat]
            message = self._pressed(act) if act.message else None
            if act.message and message is None:
                raise bottle.HTTPError(404, "the message is gone")
            try:
                if act.link:
                    url = launch.by_link(self._world, person, act.link, chat, dark=act.dark)
                elif message is not None:
                    url = launch.by_button(self._world, person, message, act.data, dark=act.dark)
                else:
                    url = launch.by_menu(self._world, person, chat, dark=act.dark)
            except launch.NotOpened as error:
                raise bottle.HTTPError(404, str(error)) from error
            title = self._world.bot.first_name
        return _json({"url": url, "title": title, "themes": {"light": launch.LIGHT, "dark": launch.DARK}})

    def _pressed(self, act: _Act) -> Message | None:
        chat = self._world.chats[act.chat]
        if act.message >= 0:
            return chat.existing(act.message)
        message = chat.ephemeral.get(-act.message)
        receiver = message.receiver if message is not None and not message.deleted else None
        return message if receiver is not None and receiver.id == act.as_ else None

    def _person(self, user_id: int, *, lenient: bool = False) -> Any:  # User, or None when lenient
        user = self._world.users.get(user_id)
        if user is not None and not user.is_bot:
            return user
        if not lenient:
            raise bottle.HTTPError(404, "nobody has this id")
        return next((user for user in self._world.users.values() if not user.is_bot), None)

    def _allowed(self, act: _Act) -> None:
        chat = self._world.chats.get(act.chat)
        if chat is None or not chat.has(act.as_):
            raise bottle.HTTPError(403, "this person is not in this chat")


def _act() -> _Act:
    body: bytes = bottle.request.body.read(_MAX_ACT + 1)
    try:
        return msgspec.json.decode(body, type=_Act)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise bottle.HTTPError(400, f"unreadable request: {error}") from error


def _nobody(world: World) -> dict[str, object]:
    return {
        "revision": world.revision,
        "now": world.clock(),
        "bot": world.bot.as_json(),
        "people": [],
        "chats": [],
        "messages": [],
        "answers": [],
    }


def _number(raw: str | None) -> int:
    return int(raw) if raw and raw.isascii() and raw.lstrip("-").isdigit() and len(raw) < 20 else 0


def _json(value: object) -> bytes:
    bottle.response.content_type = "application/json"
    return msgspec.json.encode(value)


def _error(error: Any) -> bytes:
    for header, value in _HEADERS.items():
        error.set_header(header, value)
    error.content_type = "application/json"
    return msgspec.json.encode({"error": str(error.body)})
