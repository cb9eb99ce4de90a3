"""Updates that no Telegram would send: each is stored and skipped or judged once, no actor dies, and the next works.

They come the way that real ones do: through the door's reading, by a poll's batch or by a post.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.arrivals import Arrivals
from chatops.core.people import Chat, ChatKind
from chatops.telegram.raw_updates import posted, raw_of
from chatops.telegram.updates import read
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

GROUP = -100_500
PERSON = {"id": ANNA, "is_bot": False, "first_name": "Anna", "username": "u1001", "language_code": "en"}
CHAT = {"id": GROUP, "type": "supergroup", "title": "on-call", "is_forum": True}
MESSAGE = {
    "message_id": 1,
    "message_thread_id": 3,
    "is_topic_message": True,
    "date": 1_790_000_000,
    "chat": CHAT,
    "from": PERSON,
    "text": "/incidents@chatops_bot",
    "entities": [{"offset": 0, "length": 22, "type": "bot_command"}],
    "reply_to_message": {"message_id": 1, "date": 1, "chat": CHAT},
}
REAL: dict[str, dict[str, Any]] = {
    "command": {"message": MESSAGE},
    "reply": {"message": {**MESSAGE, "text": "it was the backup"}},
    "private": {"message": {**MESSAGE, "chat": {"id": ANNA, "type": "private", "first_name": "Anna"}, "text": "/help"}},
    "tap": {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "7", "data": "TOKEN", "message": MESSAGE}},
    "moved": {
        "my_chat_member": {
            "chat": CHAT,
            "from": PERSON,
            "date": 1_790_000_000,
            "old_chat_member": {"status": "left", "user": {"id": 42}},
            "new_chat_member": {"status": "member", "user": {"id": 42}},
        }
    },
}
ODD: list[Callable[[], Any]] = [
    lambda: None,
    lambda: True,
    lambda: 0,
    lambda: -1,
    lambda: 2**31,
    lambda: 2**63 - 1,
    lambda: 2**63,
    lambda: -(2**63),
    lambda: 10**400,
    lambda: 1.5,
    lambda: 1e308,
    lambda: "",
    lambda: "\ud800",
    lambda: "a\udfff\0\u202eb",
    lambda: "x" * 1_000,
    lambda: "/start inv_" + "A" * 200,
    lambda: "/start \ud83d",
    lambda: "/" + "\u0300" * 500,
    lambda: "'; DROP TABLE users; --",
    list,
    dict,
    lambda: [[[[[]]]]],
    lambda: {"id": {"id": {"id": []}}},
    lambda: [PERSON],
    lambda: {**PERSON, "id": 1087968824},
    lambda: {**CHAT, "type": "channel"},
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
        yield built


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in it that something else could stand at."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def put(update: Any, at: tuple[Any, ...], odd: Any, *, gone: bool = False) -> None:
    holder = update
    for key in at[:-1]:
        holder = holder[key]
    if gone:
        del holder[at[-1]]
    else:
        holder[at[-1]] = copy.deepcopy(odd)


def mutants(token: str) -> Iterator[dict[str, Any]]:
    """One thing wrong at a time, at every place; and then several at once."""
    chance = random.Random(9)
    for name, real in REAL.items():
        whole = json.loads(json.dumps(real).replace("TOKEN", token))
        for at in places(whole):
            forged = copy.deepcopy(whole)
            put(forged, at, None, gone=True)
            yield forged
            for odd in chance.sample(ODD, 5):
                forged = copy.deepcopy(whole)
                put(forged, at, odd())
                yield forged
        for _ in range(40):
            forged = copy.deepcopy(whole)
            for _ in range(chance.randint(2, 6)):
                found = list(places(forged))
                if found:
                    put(forged, chance.choice(found), chance.choice(ODD)(), gone=chance.random() < 0.2)
            yield forged
        yield {name: real, "message": [], "callback_query": 7}
    for kind in (
        "edited_message",
        "inline_query",
        "poll_answer",
        "chat_join_request",
        "business_message",
        "x" * 300,
        "",
    ):
        yield {kind: MESSAGE}


class Door:
    """Updates by a poll or by a post, with ids of their own."""

    def __init__(self, shop: House) -> None:
        self._shop = shop
        self._number = 10_000
        self._arrivals = Arrivals(rows=shop.store.updates, tell=shop.directory.tell, now=shop.clock)

    def poll(self, updates: list[dict[str, Any]]) -> None:
        """As the client makes a batch of an answer."""
        batch = []
        for update in updates:
            self._number += 1
            raw = raw_of({**update, "update_id": self._number})
            if raw is not None:
                batch.append(raw)
        self._arrivals.keep(batch)

    def post(self, raw: bytes) -> None:
        """As a post is taken."""
        update = posted(raw)
        if update is not None:
            self._arrivals.keep([update])


def alive(shop: House) -> None:
    """Everything that came is done, nobody died of it, and a good press counts."""
    shop.until(lambda: not shop.store.updates.pending())
    assert shop.failed == []
    assert shop._supervisor is not None
    assert {address: child.restarts for address, child in shop._supervisor.children(10).items() if child.restarts} == {}
    shop.clock.move(seconds=60)
    assert "You took" in shop.press(card_of(shop), "Take", chat=GROUP)
    assert shop.store.audit.verify() is None


def card_of(shop: House) -> int:
    found = shop.store.cards.get(GROUP, 1)
    assert found is not None
    return found.message_id


@pytest.fixture
def door(shop: House) -> Door:
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait(lambda post: any(m.chat_id == GROUP and "keeps crashing" in m.html for m in post.messages.values()))
    shop.until(lambda: shop.store.cards.get(GROUP, 1))
    return Door(shop)


def test_one_thing_wrong_at_every_place_and_many_at_once(shop, door):
    token = shop.post.button(card_of(shop), "Timeline")
    forged = list(mutants(token))
    assert len(forged) > 700
    for start in range(0, len(forged), 100):
        door.poll(forged[start : start + 100])
        shop.clock.move(seconds=60)
    alive(shop)


RAW = {
    "duplicate keys": b'{"update_id": 9001, "update_id": 9002, "message": {"text": "/help"}, "message": []}',
    "deep": b'{"update_id": 9003, "message": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep objects": b'{"update_id": 9004, "message": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "a lone surrogate": b'{"update_id": 9005, "message": {"text": "\\ud83d", "chat": {"id": 5, "type": "private"}}}',
    "a lone surrogate as a key": b'{"update_id": 9006, "\\ud800": 1, "message": {"\\udfff": 1}}',
    "not UTF-8": b'{"update_id": 9007, "message": {"text": "\xff\xfe"}}',
    "a BOM": b'\xef\xbb\xbf{"update_id": 9008}',
    "UTF-16": '{"update_id": 9009}'.encode("utf-16"),
    "NaN": b'{"update_id": NaN, "message": Infinity}',
    "a huge int": b'{"update_id": ' + b"9" * 5_000 + b"}",
    "a huge float": b'{"update_id": 1e400}',
    "a negative id": b'{"update_id": -1, "message": {}}',
    "an id of text": b'{"update_id": "5", "message": {}}',
    "a list": b"[]",
    "nothing": b"",
    "half": b'{"update_id": 9010, "message": {"text',
    "NUL": b"\x00" * 100,
    "XML": b"<update/>",
}


def test_odd_posts(shop, door):
    for raw in RAW.values():
        door.post(raw)
        assert read(raw) is None
    alive(shop)


def test_a_megabyte_of_text_is_a_note_that_fits(shop, door):
    """As a reply to the card it is a note, by a command an answer; neither holds anybody up."""
    long = {**MESSAGE, "message_id": 5, "reply_to_message": {"message_id": card_of(shop)}}
    for text in ("x" * 1_000_000, "/help " + "\U0001f525" * 250_000, "\ud83d" * 300_000):
        door.poll([{"message": {**long, "text": text}}])
    door.poll([{"callback_query": {**REAL["tap"]["callback_query"], "data": "A" * 1_000_000}}])
    shop.post.wait_text("One message is one incident")
    alive(shop)


def test_a_huge_message_id_or_update_id_breaks_no_offset(shop, door):
    """What does not fit the database is not Telegram's."""
    for number in (2**63, -(2**63) - 1, 10**300):
        assert raw_of({"update_id": number, **REAL["command"]}) is None
        door.poll(
            [{"message": {**MESSAGE, "message_id": number}}, {"message": {**MESSAGE, "chat": {**CHAT, "id": number}}}]
        )
    alive(shop)
    assert shop.store.updates.last_id() < 2**63


def test_each_forged_update_is_judged_once(shop, door):
    """Given again with the same id, as by a poller that was killed before its offset moved."""
    token = shop.post.button(card_of(shop), "Take")
    tap = {"callback_query": {**REAL["tap"]["callback_query"], "data": token, "from": {**PERSON, "id": 666}}}
    raw = json.dumps({"update_id": 77_777, **tap}).encode()
    for _ in range(5):
        door.post(raw)
    shop.until(lambda: not shop.store.updates.pending())
    denied = [s.entry for s in shop.store.audit.page(limit=1_000) if s.entry.type == "denied"]
    assert len(denied) == 1
    alive(shop)
