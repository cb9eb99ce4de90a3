"""What is asked in nobody's own name, at the actors: never done, written down, and told no more than that."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.arrivals import Arrivals
from chatops.core.audit import Entry, EntryType
from chatops.core.people import Chat, ChatKind
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

GROUP, ELSEWHERE = -100_500, -100_700
PERSON = {"id": ANNA, "is_bot": False, "first_name": "Anna", "username": "u1001"}
STRANGER = {"id": 666, "is_bot": False, "first_name": "Eve"}
ADMIN_AS_GROUP = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
ONLY = "Only people known to this bot can use it"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
        yield built


def come(shop: House, **update: Any) -> int:
    """An update as Telegram gives it, by the way updates come."""
    number = (shop.store.updates.last_id() or 1_000) + 1
    raw = json.dumps({"update_id": number, **update}).encode()
    arrivals = Arrivals(rows=shop.store.updates, tell=shop.directory.tell, now=shop.clock)
    arrivals.keep([(number, 0, raw)])
    return number


def said(text: str, chat: int = GROUP, **more: Any) -> dict[str, Any]:
    kind = "private" if chat > 0 else "supergroup"
    where = {"id": chat, "type": kind, "title": "on-call"}
    return {"message_id": 77, "date": 1_790_000_000, "chat": where, "from": PERSON, "text": text, **more}


def pressed(token: str, at: int | None, *, chat: int = GROUP, **more: Any) -> dict[str, Any]:
    on = {"message": {**said("card", chat), "message_id": at, "from": {"id": 42, "is_bot": True}}}
    return {"id": "q-odd", "from": PERSON, "chat_instance": "1", "data": token, **(on if at else {}), **more}


def denials(shop: House) -> list[tuple[str, str, str]]:
    entries: list[Entry] = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    return [(e.subject.id, e.detail["what"], e.detail["why"]) for e in entries if e.type is EntryType.DENIED]


def settled(shop: House) -> None:
    shop.until(lambda: not shop.store.updates.pending())


@pytest.fixture
def card(shop: House) -> int:
    shop.post_webhook(body("firing_group_of_3"))

    def found(post):
        return next((n for n, m in post.messages.items() if m.chat_id == GROUP and "keeps crashing" in m.html), None)

    message = int(shop.post.wait(found))
    shop.until(lambda: shop.store.cards.get(GROUP, 1) and shop.store.cards.get(ANNA, 1))
    return message


def toast(shop: House) -> str:
    return str(shop.post.wait(lambda post: next((t for t in post.toasts if t.callback_id == "q-odd"), None)).text)


NAMELESS = {
    "an anonymous admin": ({"from": ADMIN_AS_GROUP, "sender_chat": {"id": GROUP, "title": "on-call"}}, "anonymous"),
    "a person as a channel": ({"sender_chat": {"id": -9, "type": "channel", "title": "News"}}, "anonymous"),
    "the linked channel": ({"from": {"id": 777000}, "is_automatic_forward": True}, "channel"),
    "forwarded": ({"forward_origin": {"type": "user", "sender_user": PERSON, "date": 1}}, "forwarded"),
    "forwarded, as of old": ({"forward_from": PERSON, "forward_date": 1}, "forwarded"),
    "by way of a bot": ({"via_bot": {"id": 9, "is_bot": True}}, "via_bot"),
    "a bot": ({"from": {"id": 9, "is_bot": True, "first_name": "other"}}, "bot"),
}


@pytest.mark.parametrize("who", NAMELESS)
def test_s4_a_command_in_nobody_s_own_name(shop, card, who):
    """S4: although an admin of the bot stands behind it, nothing is done or shown."""
    more, why = NAMELESS[who]
    before = dict(shop.post.messages)
    come(shop, message=said("/unsubscribe", **more))
    settled(shop)
    assert [denied[1:] for denied in denials(shop)] == [("/unsubscribe", why)]
    assert shop.store.chats.get(GROUP).subscribed
    if why == "anonymous":
        shop.post.wait_text(ONLY)
    new = [message for number, message in shop.post.messages.items() if number not in before]
    assert [message.html for message in new] == (
        ["⛔ Only people known to this bot can use it, in their own name"] if why == "anonymous" else []
    )


@pytest.mark.parametrize("who", NAMELESS)
def test_s4_a_note_or_talk_in_nobody_s_own_name(shop, card, who):
    """S4: it is no note and no answer, and talk is nobody's business."""
    more, _ = NAMELESS[who]
    come(shop, message=said("it was me", reply_to_message={"message_id": card}, **more))
    come(shop, message=said("/weather", **more))
    settled(shop)
    types = {stored.entry.type for stored in shop.store.audit.page(limit=1_000)}
    assert not types & {EntryType.NOTED, EntryType.DENIED}


def test_s4_a_channel_post(shop, card):
    """S4: from a channel that the bot was put into."""
    post = said("/subscribe", ELSEWHERE, sender_chat={"id": ELSEWHERE, "type": "channel", "title": "News"})
    del post["from"]
    come(shop, channel_post={**post, "chat": {"id": ELSEWHERE, "type": "channel", "title": "News"}})
    settled(shop)
    assert denials(shop) == [(str(ELSEWHERE), "/subscribe", "channel")]
    assert shop.store.chats.get(ELSEWHERE) is None
    assert not any(m.chat_id == ELSEWHERE for m in shop.post.messages.values())


PRESSES = {
    "an inline message": ({"message": None, "inline_message_id": "AAAA"}, "inline"),
    "an anonymous admin": ({"from": ADMIN_AS_GROUP}, "anonymous"),
    "the linked channel": ({"from": {"id": 777000}}, "anonymous"),
    "a bot": ({"from": {"id": 9, "is_bot": True, "first_name": "x"}}, "bot"),
    "nobody": ({"from": None}, "anonymous"),
}


@pytest.mark.parametrize("who", PRESSES)
def test_s4_a_press_without_a_person_or_a_known_message(shop, card, who):
    """S4: with the token of a real button, which Telegram would never send like that."""
    more, why = PRESSES[who]
    come(shop, callback_query=pressed(shop.post.button(card, "Take"), card, **more))
    assert toast(shop) == "⛔ Only people known to this bot can use it, in their own name"
    settled(shop)
    assert [denied[1:] for denied in denials(shop)] == [("tap", why)]
    assert shop.store.incidents.get(1).taken_by is None


def test_s4_an_inline_message_says_the_same_to_a_stranger(shop, card):
    """S4: nobody learns from the toast whether they are known."""
    token = shop.post.button(card, "Take")
    come(shop, callback_query=pressed(token, None, inline_message_id="AAAA", **{"from": STRANGER}))
    assert toast(shop) == "⛔ Only people known to this bot can use it, in their own name"
    settled(shop)
    assert denials(shop) == [("666", "tap", "inline")]


@pytest.mark.parametrize("chat", [GROUP, ELSEWHERE, ANNA])
def test_s4_a_copied_message(shop, card, chat):
    """S4: a copy of the card, in its own chat or another, is another message: its buttons are not the card's."""
    come(shop, callback_query=pressed(shop.post.button(card, "Take"), 4_711, chat=chat))
    assert toast(shop) == "⛔ This button belongs to another message"
    settled(shop)
    assert denials(shop) == [(str(ANNA), "take", "foreign_button")]
    assert shop.store.incidents.get(1).taken_by is None


def test_s4_a_stranger_s_press_tells_them_nothing(shop, card):
    """S4: only their own id; the log has what they pressed."""
    come(shop, callback_query=pressed(shop.post.button(card, "Take"), card, **{"from": STRANGER}))
    assert toast(shop) == "⛔ I don't know you: your id is 666"
    settled(shop)
    entry = shop.store.audit.page(limit=1_000)[0].entry
    entries = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    (entry,) = [each for each in entries if each.type is EntryType.DENIED]
    assert entry.incident_id == 1
    assert entry.detail == {"what": "take", "verb": "take", "why": "stranger"}


def test_s17_a_flood_in_nobody_s_name_is_audited_once_a_burst(shop, card):
    """S17: an anonymous admin fills no log."""
    for _ in range(45):
        come(shop, message=said("/incidents", **{"from": ADMIN_AS_GROUP}))
    settled(shop)
    whys = [why for _, _, why in denials(shop)]
    assert (whys.count("anonymous"), whys.count("too_fast")) == (30, 1)
