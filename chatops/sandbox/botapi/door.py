"""Door: the HTTP face of the Bot API, `/bot<token>/<method>` and `/file/bot<token>/<path>`.

Reads parameters, plays scripted faults, runs the method under the world's lock, and writes the reply and the
request log. Refuses to know what any method does.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import bottle
import msgspec
from waitress.channel import ClientDisconnected

from .faults import Fault, Faults
from .limits import Pacer
from .methods import METHODS, Call
from .parameters import Parameters, Upload
from .refusals import Refusal, bad_request, too_many_requests
from .requestlog import Request, RequestLog
from .webhook import Webhook
from .world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

MAX_BODY = 64 * 1024 * 1024
_MAX_UPLOAD = 50 * 1024 * 1024
_PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)")
_TOKEN = re.compile(r"[0-9]{1,16}:[A-Za-z0-9_\-]+")
_PACED = ("send", "edit", "createforum")
_LOGGED_VALUE = 5_000


class _Form(bottle.BaseRequest):  # type: ignore[misc]  # bottle is untyped
    # On a subclass, so that the limit of other bottle applications in this process stays theirs.
    MEMFILE_MAX = MAX_BODY


class Door:
    """A WSGI application for one bot."""

    def __init__(
        self,
        *,
        token: str,
        world: World,
        pacer: Pacer,
        webhook: Webhook,
        faults: Faults,
        log: RequestLog,
    ) -> None:
        self._token = token
        self._world = world
        self._pacer = pacer
        self._webhook = webhook
        self._faults = faults
        self._log = log

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        match = _PATH.fullmatch(unquote(environ.get("PATH_INFO", "")))
        if match is None or not _TOKEN.fullmatch(match[2]):
            return _reply(start_response, Refusal(404, "Not Found").body(), 404)
        if not hmac.compare_digest(match[2].encode(), self._token.encode()):
            return _reply(start_response, Refusal(401, "Unauthorized").body(), 401)
        if match[1]:
            return self._file(match[3], start_response)
        return self._method(match[3], environ, start_response)

    def _method(self, name: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        sender = str(environ.get("REMOTE_ADDR", ""))
        try:
            given = replace(_parameters(environ), sender=sender)
        except Refusal as refusal:
            return self._refused(name, Parameters({}, sender=sender), refusal, start_response)
        chat_id = given.number("chat_id") or None
        fault = self._faults.take(name, chat_id)
        if fault is not None and (early := self._fault(fault, name, given, start_response)) is not None:
            return early
        body: dict[str, object]
        with self._world.condition:
            early_by_pace = self._too_early(name, chat_id)
            try:
                body, status = {"ok": True, "result": self._run(name, given)}, 200
            except Refusal as refusal:
                body, status = refusal.body(), refusal.status
        dropped = fault is not None and fault.kind == "drop_reply"
        self._note(name, given, 0 if dropped else status, str(body.get("description", "")), too_early=early_by_pace)
        if dropped:
            raise ClientDisconnected
        return _reply(start_response, body, status)

    def _run(self, name: str, given: Parameters) -> object:
        method = METHODS.get(name.lower())
        if method is None:
            raise Refusal(404, "Not Found")
        return method(Call(self._world, self._pacer, self._webhook, given))

    def _fault(
        self, fault: Fault, name: str, given: Parameters, start_response: StartResponse
    ) -> Iterable[bytes] | None:
        """Play a fault. None when the method is to run after all. Raises `ClientDisconnected` to hang up."""
        match fault.kind:
            case "delay" | "hold":
                fault.wait()
                return None
            case "drop_reply":
                return None
            case "drop_request":
                self._note(name, given, 0, "")
                raise ClientDisconnected
            case "status":
                return self._scripted(fault, name, given, start_response)

    def _scripted(self, fault: Fault, name: str, given: Parameters, start_response: StartResponse) -> Iterable[bytes]:
        status = fault.status
        chat_id = given.number("chat_id") or None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            with self._world.condition:
                early = self._too_early(name, chat_id)
                self._pacer.close(chat_id, self._world.clock() + fault.retry_after)
            return self._refused(name, given, too_many_requests(fault.retry_after), start_response, too_early=early)
        phrase = HTTPStatus(status).phrase
        if status in (502, 503, 504):
            # What stands before Telegram's servers answers in HTML, not in JSON.
            self._note(name, given, status, phrase)
            start_response(f"{status} {phrase}", [("Content-Type", "text/html")])
            return [f"<html><head><title>{status} {phrase}</title></head></html>".encode()]
        return self._refused(name, given, Refusal(status, phrase), start_response)

    def _refused(
        self,
        name: str,
        given: Parameters,
        refusal: Refusal,
        start_response: StartResponse,
        *,
        too_early: bool = False,
    ) -> Iterable[bytes]:
        self._note(name, given, refusal.status, refusal.description, too_early=too_early)
        return _reply(start_response, refusal.body(), refusal.status)

    def _too_early(self, name: str, chat_id: int | None) -> bool:
        paced = name.lower().startswith(_PACED) and name.lower() != "sendchataction"
        return paced and self._pacer.told_to_wait(chat_id or 0, self._world.clock())

    def _note(self, name: str, given: Parameters, status: int, description: str, *, too_early: bool = False) -> None:
        with self._world.condition:
            self._log.add(
                Request(
                    method=name,
                    chat_id=given.number("chat_id") or None,
                    at=self._world.clock(),
                    status=status,
                    description=description,
                    too_early=too_early,
                    sender=given.sender,
                    parameters={key: value[:_LOGGED_VALUE] for key, value in given.values.items()},
                )
            )
            self._world.condition.notify_all()

    def _file(self, path: str, start_response: StartResponse) -> Iterable[bytes]:
        with self._world.condition:
            file = next((file for file in self._world.files.values() if file.path == path), None)
        if file is None:
            return _reply(start_response, Refusal(404, "Not Found").body(), 404)
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [file.content]


def _reply(start_response: StartResponse, body: dict[str, object], status: int) -> Iterable[bytes]:
    encoded = msgspec.json.encode(body)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(encoded)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [encoded]


def _parameters(environ: Environ) -> Parameters:
    """Parameters of the body over those of the query. Raises `Refusal`."""
    request = _Form(environ)
    if request.method not in ("GET", "POST"):
        raise Refusal(405, "Method Not Allowed")
    if (request.content_length or 0) > MAX_BODY:
        raise Refusal(413, "Request Entity Too Large")
    try:
        values: dict[str, str] = dict(request.query.decode("utf-8"))
        if request.content_type.partition(";")[0].strip().lower() == "application/json":
            return Parameters(values | _json(request.body.read()))
        values |= dict(request.forms.decode("utf-8"))
        files = {key: _upload(part) for key, part in request.files.items()}
    except UnicodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except bottle.HTTPError as error:
        raise bad_request("can't parse the request body") from error
    return Parameters(values, files)


def _upload(part: Any) -> Upload:
    content: bytes = part.file.read()
    if len(content) > _MAX_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    return Upload(str(part.raw_filename or ""), str(part.content_type or "").partition(";")[0], content)


def _json(body: bytes) -> dict[str, str]:
    try:
        value: object = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    return {
        str(key): item if isinstance(item, str) else msgspec.json.encode(item).decode()
        for key, item in value.items()
        if item is not None
    }
