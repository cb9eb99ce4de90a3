"""Asides: in a group each person looks at things in messages of their own, and none of them stays for ever."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.conversation.asides import AsidesDue
from chatops.core.asides import LEFT_ALONE, MOST
from chatops.core.outgoing import DeleteMessage, SendMessage
from tests.actors.group import GROUP, OLEG, asked_of, fires, grouped, quiet, refuses, shown
from tests.actors.house import ANNA, House, Post


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with grouped(tmp_path) as built:
        built.start()
        fires(built, severity="warning")
        shown(built)
        yield built


def opens(shop: House, user: int = ANNA, label: str = "Resources", at: int | None = None) -> int:
    """Press something that leads down; the message that comes for it."""
    card = shown(shop)
    before = set(shop.post.messages)
    shop.post.wait(lambda post: label in str(post.messages[at or card].keyboard))
    shop.press(at or card, label, user=user, chat=GROUP)
    message = int(shop.post.wait(lambda post: next((n for n in in_it(post) if n not in before), None)))
    shop.until(lambda: shop.store.asides.get(GROUP, message))
    return message


def in_it(post: Post) -> list[int]:
    """Messages of the group: cards in Anna's own chat come when they come."""
    return [number for number, message in post.messages.items() if message.chat_id == GROUP]


def look_round(shop: House) -> None:
    shop.directory.tell(chat_address(GROUP), AsidesDue())
    quiet(shop)


def gone(shop: House) -> list[int]:
    return [each.message_id for each in asked_of(shop, DeleteMessage)]


def test_it_answers_the_card_without_a_sound(shop):
    message = opens(shop)
    sent = shop.post.messages[message]
    assert isinstance(sent, SendMessage)
    assert (sent.silent, sent.reply_to) == (True, shown(shop))
    assert shop.store.asides.get(GROUP, message).user_id == ANNA


def test_it_is_taken_away_once_it_is_left_alone(shop):
    message = opens(shop)
    shop.clock.move(minutes=10)
    look_round(shop)
    assert gone(shop) == []
    shop.press(message, "deploy checkout", chat=GROUP)
    shop.clock.move(minutes=10)
    look_round(shop)
    assert gone(shop) == [], "somebody was busy with it"
    shop.clock.move(minutes=10)
    look_round(shop)
    assert gone(shop) == [message]
    shop.until(lambda: shop.store.asides.of_chat(GROUP) == ())
    assert shop.store.positions.get(GROUP, message) is None
    assert shop.store.cards.get(GROUP, 1), "the card stays"


def test_a_start_does_not_leave_it_for_ever(shop):
    message = opens(shop)
    shop.stop()
    shop.clock.now += LEFT_ALONE + timedelta(minutes=1)
    assert shop.store.asides.chats() == (GROUP,)
    shop.start()
    quiet(shop)
    # Whoever answers for the chat now listens by itself; here nobody waits for that.
    look_round(shop)
    assert gone(shop) == [message]


def test_a_person_has_few_of_them(shop):
    mine = [opens(shop) for _ in range(MOST)]
    theirs = opens(shop, OLEG)
    shop.clock.move(seconds=5)
    newest = opens(shop)
    shop.until(lambda: len(shop.store.asides.of_chat(GROUP)) == MOST + 1)
    shop.until(lambda: gone(shop) == [mine[0]])
    assert {each.message_id for each in shop.store.asides.of_chat(GROUP)} == {*mine[1:], theirs, newest}


def test_somebody_else_goes_on_in_their_own(shop):
    annas = opens(shop)
    before = shop.post.messages[annas]
    olegs = opens(shop, OLEG, "deploy checkout", at=annas)
    assert olegs != annas
    assert shop.post.messages[annas] == before, "hers stays as it was"
    sent = shop.post.messages[olegs]
    assert isinstance(sent, SendMessage)
    assert (sent.reply_to, sent.silent) == (shown(shop), True)


def test_r18_one_that_telegram_would_not_delete_any_more_is_closed(shop):
    """R18: after 48 hours it is not asked to."""
    message = opens(shop)
    shop.stop()
    shop.clock.move(hours=50)
    shop.start()
    look_round(shop)
    shop.post.wait(lambda post: "it was left alone" in post.messages[message].html)
    assert not shop.post.messages[message].keyboard
    assert gone(shop) == []
    shop.until(lambda: shop.store.asides.of_chat(GROUP) == ())


def test_what_telegram_does_not_take_away_is_forgotten(shop):
    message = opens(shop)
    asked = refuses(shop, DeleteMessage, reason="refused", words="message to delete not found")
    shop.clock.move(minutes=60)
    look_round(shop)
    look_round(shop)
    assert asked == [DeleteMessage(GROUP, message)]
    shop.until(lambda: shop.store.asides.of_chat(GROUP) == ())


def test_a_private_chat_has_none(shop):
    shop.until(lambda: shop.store.cards.get(ANNA, 1))
    card = shop.store.cards.get(ANNA, 1).message_id
    shop.post.wait(lambda post: "Resources" in str(post.messages[card].keyboard))
    shop.press(card, "Resources")
    quiet(shop)
    assert shop.store.asides.chats() == ()
