"""Telegram is out of reach and something waits: another address is told, once, and once more when it is over."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatops.actors.fallback import FALLBACK, MOST_TRIES, FallbackActor, LookAtLine
from chatops.actors.health import Health
from chatops.actors.specs import ChildSpec, starter
from chatops.upstream.fallback import FallbackDoor
from tests.actors.house import House
from tests.actors.scene import Scene, body

PATH = "/services/T0CANARY/B0CANARY?token=canary-of-the-query"


class Receiver:
    """A loopback server that keeps what it is posted and answers with `status`."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Any]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, json.loads(told)))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{PATH}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Guarded(House):
    """A house whose Telegram can be said to be down."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.health = Health(self.clock)
        self.door = FallbackDoor(url)

    def specs(self):
        fallback = starter(
            FallbackActor,
            self.directory,
            store=self.store,
            clock=self.clock,
            health=self.health,
            door=self.door,
            after=timedelta(minutes=5),
        )
        return [*super().specs(), ChildSpec(FALLBACK, fallback)]

    def look(self, *, minutes: float = 0) -> None:
        self.clock.move(minutes=minutes)
        self.directory.tell(FALLBACK, LookAtLine())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    built = Receiver()
    try:
        yield built
    finally:
        built.close()


@pytest.fixture
def shop(tmp_path: Path, receiver: Receiver) -> Iterator[Guarded]:
    built = Guarded(tmp_path, receiver.url)
    built.cluster.answer = Scene(built.clock)
    built.start()
    try:
        yield built
    finally:
        built.close()


def an_outage(shop: Guarded) -> None:
    """Telegram is down, and a card waits for it."""
    shop.health.down("telegram", "unreachable")
    shop.post.there.clear()
    shop.post_webhook(body("firing_group_of_3"))
    shop.until(lambda: shop.store.books.read(shop.clock()).missing)


def it_is_back(shop: Guarded) -> None:
    shop.post.there.set()
    shop.health.up("telegram", "@bot")


def test_once_when_it_began_and_once_when_it_is_over(shop, receiver):
    an_outage(shop)
    shop.look(minutes=4)
    shop.look(minutes=2)
    shop.until(lambda: receiver.posts)
    shop.until(lambda: shop.store.settings.get("fallback_told") == "yes")
    shop.look(minutes=60)
    it_is_back(shop)
    shop.look()
    shop.until(lambda: len(receiver.posts) == 2)
    shop.until(lambda: not shop.store.settings.get("fallback_told"))
    shop.look(minutes=60)
    shop.stop()
    (path, began), (_, over) = receiver.posts
    assert path == PATH
    assert began["text"].startswith("⚠️ Telegram cannot be reached for 6 min. Incidents that wait there: 1\n#1 ")
    assert [(each["number"], each["namespace"]) for each in began["incidents"]] == [(1, "shop")]
    assert "again" in over["text"]
    assert over["incidents"] == []


def test_where_nothing_waits_nobody_is_told(shop, receiver):
    shop.health.down("telegram", "unreachable")
    shop.look(minutes=30)
    shop.health.up("telegram")
    shop.look()
    shop.stop()
    assert receiver.posts == []


def test_the_end_is_told_also_after_a_start(shop, receiver):
    an_outage(shop)
    shop.look(minutes=6)
    shop.until(lambda: shop.store.settings.get("fallback_told") == "yes")
    it_is_back(shop)
    shop.stop()
    shop.start()
    shop.look()
    shop.until(lambda: len(receiver.posts) == 2)


def test_tries_are_bounded_and_the_log_keeps_the_address_to_itself(shop, receiver):
    receiver.status = 503
    with capture_logs() as logs:
        an_outage(shop)
        for number in range(MOST_TRIES):
            shop.look(minutes=6)
            shop.until(lambda number=number: len(receiver.posts) == number + 1)
        shop.look(minutes=6)
        shop.look(minutes=6)
        shop.until(lambda: any(line.get("given_up") for line in logs))
        shop.post.there.set()
        shop.stop()
    assert len(receiver.posts) == MOST_TRIES
    said = json.dumps(logs, default=str).lower()
    assert "canary" not in said
    assert "127.0.0.1" in said


def test_nobody_there_is_no_harm(tmp_path):
    built = Guarded(tmp_path, "http://127.0.0.1:9" + PATH)
    built.start()
    try:
        with capture_logs() as logs:
            an_outage(built)
            built.look(minutes=6)
            built.until(lambda: any("not told" in line["event"] for line in logs))
        assert "canary" not in json.dumps(logs, default=str).lower()
        built.post.there.set()
    finally:
        built.close()
