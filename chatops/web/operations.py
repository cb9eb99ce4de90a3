"""An operation of the API: what it takes, what it answers, who may call it; read, checked and answered alike for all.

Operations are told values and tell values. All that is HTTP is here.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import bottle
import msgspec
import structlog

from chatops.core.failures import Failure
from chatops.web.caller import Caller, Doorkeeper
from chatops.web.errors import JsonBottle, refusal
from chatops.web.problem import Problem
from chatops.web.relay import Relay

log = structlog.get_logger(__name__)

ROOT = "/api/v1"
NO_STORE = "no-store"
ASK_AGAIN = "private, no-cache"
"""For answers with an ETag: kept, and asked about each time."""

GREATEST = 2**53
"""Of a number in a path: more is no number of JavaScript's, and of a database's soon."""

JSON = "application/json"
NOT_JSON = Problem(415, "unsupported_media_type", "send the body as application/json")


class Refused(Exception):
    """The answer is a problem. Raised by operations and by whoever they ask."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def refused(status: int, code: str, detail: str, *headers: tuple[str, str]) -> Refused:
    return Refused(Problem(status, code, detail, headers))


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, with everything read as its type. `path` has the parts named in the operation's path."""

    caller: Caller | None
    path: Mapping[str, Any]
    query: Any = None
    body: Any = None
    authorization: str = ""
    languages: str = ""

    @property
    def by(self) -> Caller:
        assert self.caller is not None, "only of an operation that is open to all"
        return self.caller


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body in which nothing has to be said."""


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is no JSON."""

    name: str
    content: bytes
    content_type: str = "text/markdown; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers` and `body` are types that msgspec knows; `query` a dataclass whose fields are the parameters.

    `tag` tells cheaply what the answer depends on: where the caller has it already, `does` is not called. `open`:
    nobody is asked who they are.
    """

    method: str
    path: str
    summary: str
    does: Callable[[Request], Any]
    answers: Any = None
    query: type | None = None
    body: type | None = None
    status: int = 200
    open: bool = False
    tag: Callable[[Request], str] | None = None
    name: str = ""
    """In the description; without one that of the function."""
    asks_others: bool = False
    """A cluster, or an incident, has to answer first."""

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @property
    def id(self) -> str:
        return self.name or self.does.__name__


def mount(app: JsonBottle, operations: Sequence[Operation], doorkeeper: Doorkeeper, relay: Relay | None = None) -> None:
    """`relay`: to whom what is no mere look at the database goes while another replica leads."""
    for operation in operations:
        far = relay if operation.changes or operation.asks_others else None
        app.route(ROOT + _bottle_path(operation.path), operation.method, _answering(operation, doorkeeper, far))


def _bottle_path(path: str) -> str:
    """`{number}` is a number, everything else in braces a text without a slash."""
    return path.replace("{number}", "<number:int>").replace("{", "<").replace("}", ">")


def _answering(operation: Operation, doorkeeper: Doorkeeper, relay: Relay | None) -> Callable[..., bottle.HTTPResponse]:
    def answer(**path: Any) -> bottle.HTTPResponse:
        if relay is not None and (told := relay.instead()) is not None:
            return told
        try:
            return _answered(operation, _read(operation, doorkeeper, path))
        except Refused as refused_with:
            return refusal(refused_with.problem)
        except Failure as failure:
            log.warning("not_answered", operation=operation.id, reason=str(failure))
            problem = Problem(503, str(failure.reason), str(failure), (("Retry-After", "5"),))
            return refusal(problem)

    return answer


def _read(operation: Operation, doorkeeper: Doorkeeper, path: dict[str, Any]) -> Request:
    """Who it is comes first: a stranger learns nothing of what was wrong with the rest."""
    header = bottle.request.get_header
    authorization, languages = header("Authorization", ""), header("Accept-Language", "")
    caller = None if operation.open else doorkeeper.caller(authorization, languages, changes=operation.changes)
    if any(isinstance(each, int) and not 0 <= each <= GREATEST for each in path.values()):
        raise refused(404, "not_found", "nothing has a number like that")
    try:
        query = _query(operation.query) if operation.query else None
        body = _body(operation.body) if operation.body else None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise refused(400, "bad_request", str(error)) from error
    return Request(caller, path, query, body, authorization, languages)


def _query(wanted: type) -> Any:
    given = bottle.request.query.decode()
    known = {each.name: each for each in fields(wanted)}
    unknown = sorted(set(given.keys()) - set(known))
    if unknown:
        raise refused(400, "bad_request", f"there is no parameter {unknown[0]!r}; there are {', '.join(known)}")
    told = {name: given.getall(name) if _repeats(known[name]) else given[name] for name in given}
    return msgspec.convert(told, wanted, strict=False)


def _repeats(field: Any) -> bool:
    return str(field.type).startswith("tuple[")


def _body(wanted: type) -> Any:
    """Nothing at all is an empty object."""
    content = bottle.request.environ["wsgi.input"].read()
    if content and bottle.request.content_type.partition(";")[0].strip().lower() != JSON:
        raise Refused(NOT_JSON)
    return msgspec.json.decode(content or b"{}", type=wanted)


def _answered(operation: Operation, request: Request) -> bottle.HTTPResponse:
    headers = {"Cache-Control": NO_STORE, "X-Content-Type-Options": "nosniff"}
    if operation.tag is not None:
        etag = _etag(operation, request, operation.tag(request))
        headers = {**headers, "Cache-Control": ASK_AGAIN, "ETag": etag, "Vary": "Authorization, Accept-Language"}
        if etag in bottle.request.get_header("If-None-Match", ""):
            return bottle.HTTPResponse(status=304, headers=headers)
    told = operation.does(request)
    if isinstance(told, File):
        headers |= {"Content-Type": told.content_type, "Content-Disposition": f'attachment; filename="{told.name}"'}
        return bottle.HTTPResponse(told.content, operation.status, headers=headers)
    if operation.answers is None:
        return bottle.HTTPResponse(status=operation.status, headers=headers)
    headers["Content-Type"] = JSON
    return bottle.HTTPResponse(msgspec.json.encode(told), operation.status, headers=headers)


def _etag(operation: Operation, request: Request, tag: str) -> str:
    """Of one person's answer in one language: two people may be told different things of the same."""
    caller = request.caller
    who = (caller.user, caller.scope, caller.tongue.language) if caller else ()
    told = repr((operation.id, sorted(request.path.items()), request.query, who, tag))
    return f'W/"{hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'
