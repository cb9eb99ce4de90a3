"""An update that is told again, by Telegram or after a crash: what it asked for happens once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.arrivals import Arrivals
from chatops.actors.directory import Directory
from chatops.core.audit import EntryType
from chatops.core.people import Chat, ChatKind, Grant, Role, User
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

GROUP, OLEG = -100_500, 1002
PERSON = {"id": ANNA, "is_bot": False, "first_name": "Anna", "username": "u1001"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
        built.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER),)))
        yield built


def arrivals(shop: House) -> Arrivals:
    return Arrivals(rows=shop.store.updates, tell=shop.directory.tell, now=shop.clock)


def opened(shop: House) -> int:
    shop.post_webhook(body("firing_group_of_3"))
    shop.until(lambda: shop.store.cards.get(GROUP, 1))
    card = shop.store.cards.get(GROUP, 1).message_id
    shop.post.wait(lambda post: "keeps crashing" in post.messages[card].html)
    return card


def press(shop: House, token: str, message: int, number: int) -> tuple[int, int, bytes]:
    where = {"id": GROUP, "type": "supergroup", "title": "on-call"}
    query = {"id": f"q{number}", "from": PERSON, "data": token, "chat_instance": "1"}
    query["message"] = {"message_id": message, "date": 1, "chat": where}
    return number, GROUP, json.dumps({"update_id": number, "callback_query": query}).encode()


def written(shop: House, text: str, message: int, number: int) -> tuple[int, int, bytes]:
    where = {"id": GROUP, "type": "supergroup", "title": "on-call"}
    said = {"message_id": number, "date": 1_790_000_000, "chat": where, "from": PERSON, "text": text}
    said["reply_to_message"] = {"message_id": message, "date": 1, "chat": where}
    return number, GROUP, json.dumps({"update_id": number, "message": said}).encode()


def count(shop: House, type: EntryType) -> int:
    return sum(stored.entry.type is type for stored in shop.store.audit.page(limit=1_000))


def settled(shop: House) -> None:
    shop.until(lambda: not shop.store.updates.pending())


@pytest.mark.parametrize(
    ("label", "type"),
    [
        ("Take", EntryType.ACKNOWLEDGED),
        ("Resolve", EntryType.RESOLVED),
        ("Escalate", EntryType.ESCALATED),
        ("a note", EntryType.NOTED),
    ],
)
def test_r20_given_again_and_again_it_happens_once(shop, label, type):
    """R20: a poller whose offset never moved, and a process that began anew in between."""
    card = opened(shop)
    if type is EntryType.NOTED:
        came = written(shop, label, card, 9_000)
    else:
        came = press(shop, shop.post.button(card, label), card, 9_000)
    for _ in range(3):
        arrivals(shop).keep([came, came])
        settled(shop)
    shop.stop()
    shop.start()
    arrivals(shop).resume(tell_pending=True)
    arrivals(shop).keep([came])
    settled(shop)
    shop.until(lambda: count(shop, type) == 1)
    # Behind whatever else might have been told.
    shop.write("/help", chat=GROUP)
    shop.post.wait_text("One message is one incident")
    assert count(shop, type) == 1


def test_r20_killed_after_the_update_was_stored_and_before_anything_else(shop):
    """R20: nobody was told in that life, and the next one does it, once."""
    card = opened(shop)
    came = press(shop, shop.post.button(card, "Take"), card, 9_000)
    deaf = Arrivals(rows=shop.store.updates, tell=lambda address, message: None, now=shop.clock)
    deaf.keep([came])
    shop.stop()
    shop.directory = Directory()
    shop.start()
    assert arrivals(shop).resume(tell_pending=True) == 9_001
    settled(shop)
    arrivals(shop).keep([came])
    shop.until(lambda: count(shop, EntryType.ACKNOWLEDGED) == 1)
    assert shop.store.incidents.get(1).taken_by.id == ANNA


def test_r20_a_confirm_given_again_after_a_restart_is_one_action(shop):
    """R20: the button is used up, the action asked for and the update done in one transaction."""
    card = opened(shop)
    shop.press(card, "Roll back to 42", chat=GROUP)
    question = shop.post.wait_text("to revision 42?")
    shop.until(lambda: shop.store.positions.get(GROUP, question))
    shop.clock.move(seconds=2)
    came = press(shop, shop.post.button(question, "↩️ Roll back"), question, 9_000)
    arrivals(shop).keep([came])
    settled(shop)
    shop.until(lambda: shop.cluster.answer.performed)
    shop.stop()
    shop.start()
    arrivals(shop).resume(tell_pending=True)
    arrivals(shop).keep([came, came])
    settled(shop)
    assert count(shop, EntryType.ACTION_REQUESTED) == 1
    assert len(shop.cluster.answer.performed) == 1
