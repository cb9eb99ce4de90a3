"""The door Telegram posts to: its secret is asked for before anything is read, and 200 means that it is on disk."""

from collections.abc import Iterator

import pytest

from chatops.core.failures import Reason, Temporary
from chatops.web.api import api_server, build_api
from chatops.web.hook import MAX_BODY, PATH, TelegramHook
from chatops.web.readiness import Readiness
from tests.web.wire import Answer, Wire, head

SECRET = "canary_secret-1"
HEADER = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
READY = Readiness(alive=True, database_open=True, intake_listens=True, parts={})


class Hook:
    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.full = False
        hook = TelegramHook(self._take, SECRET)
        self.server = api_server(build_api(lambda: READY, hook=hook), host="127.0.0.1", port=0, threads=1, hook=hook)
        self.server.start()

    def _take(self, body: bytes) -> None:
        if self.full:
            raise Temporary(Reason.SERVER_ERROR, "disk full")
        self.taken.append(body)

    def post(self, body: bytes, *headers: str) -> Answer:
        with Wire(self.server.port) as wire:
            return wire.post(body, path=PATH, headers=headers)


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.stop(10.0)


def test_an_update_with_the_secret_is_taken_as_it_is(hook: Hook) -> None:
    body = '{"update_id": 1, "text": "Привет"}'.encode()
    assert hook.post(body, HEADER).status == 200
    assert hook.taken == [body]


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("X-Telegram-Bot-Api-Secret-Token: ",),
        ("X-Telegram-Bot-Api-Secret-Token: wrong",),
        (HEADER[:-1],),
        (HEADER, "X-Telegram-Bot-Api-Secret-Token: more"),
        (f"Authorization: Bearer {SECRET}",),
        ("X-Telegram-Bot-Api-Secret-Token: \xff\xfe",),
    ],
)
def test_whoever_lacks_the_secret_is_refused_unread(hook: Hook, headers: tuple[str, ...]) -> None:
    with Wire(hook.server.port) as wire:
        # The body is announced and never sent: the answer comes all the same.
        wire.send(head(path=PATH, headers=(*headers, "Content-Length: 500000")))
        answer = wire.answer()
    answer.assert_problem(403)
    assert SECRET.encode() not in answer.body
    assert hook.taken == []


def test_what_is_not_stored_is_not_acknowledged(hook: Hook) -> None:
    hook.full = True
    hook.post(b'{"update_id": 1}', HEADER).assert_problem(503)


def test_other_methods_and_bodies_too_large_are_refused(hook: Hook) -> None:
    with Wire(hook.server.port) as wire:
        wire.send(head(method="GET", path=PATH, headers=(HEADER,)))
        wire.answer().assert_problem(405)
    with Wire(hook.server.port) as wire:
        wire.send(head(path=PATH, headers=(HEADER, f"Content-Length: {MAX_BODY + 1}")))
        wire.answer().assert_problem(413)


def test_the_other_routes_ask_for_no_secret(hook: Hook) -> None:
    with Wire(hook.server.port) as wire:
        wire.send(head(method="GET", path="/readyz"))
        assert wire.answer().status == 200


def test_without_a_hook_there_is_no_such_door() -> None:
    server = api_server(build_api(lambda: READY), host="127.0.0.1", port=0, threads=1)
    server.start()
    with Wire(server.port) as wire:
        assert wire.post(b"{}", path=PATH, headers=(HEADER,)).status in (404, 405)
    server.stop(10.0)
