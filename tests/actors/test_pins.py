"""Open critical cards of a group are pinned, without a sound and without a word, and never insisted on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import CatchUp, UpdateArrived
from chatops.core.cards import Card
from chatops.core.failures import Reason
from chatops.core.outgoing import DeleteMessage, PinMessage
from chatops.core.people import Chat, ChatKind
from chatops.core.updates import Pinned
from tests.actors.group import GROUP, asked_of, fires, grouped, quiet, refuses, shown
from tests.actors.house import ANNA, House


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with grouped(tmp_path) as built:
        built.start()
        yield built


def pins(shop: House) -> list[object]:
    return asked_of(shop, PinMessage)


def test_a_critical_card_is_pinned_while_it_is_open(shop):
    fires(shop)
    card = shown(shop)
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned == card)
    shop.clock.move(minutes=5)
    fires(shop, ended=True)
    shop.until(lambda: not shop.store.cards.get(GROUP, 1).pinned)
    quiet(shop)
    assert pins(shop) == [PinMessage(GROUP, card, True), PinMessage(GROUP, card, False)]


def test_neither_a_warning_nor_a_private_card_is(shop):
    fires(shop, severity="warning")
    shown(shop)
    shop.until(lambda: shop.store.cards.get(ANNA, 1))
    fires(shop, deployment="orders")
    shop.until(lambda: shop.store.cards.get(ANNA, 2))
    other = shown(shop, 2)
    shop.until(lambda: shop.store.cards.get(GROUP, 2).pinned)
    quiet(shop)
    assert pins(shop) == [PinMessage(GROUP, other, True)]


def test_a_card_that_became_critical_is_pinned_then(shop):
    fires(shop, severity="warning")
    card = shown(shop)
    fires(shop)
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned == card)


def test_r15_who_may_not_pin_asks_once_and_again_when_that_changes(shop):
    """R15: no right to pin is one line of the log; the cards are shown all the same."""
    asked = refuses(shop, PinMessage, words="not enough rights to manage pinned messages in the chat")
    fires(shop)
    shown(shop)
    shop.until(lambda: shop.store.chat_settings.get(GROUP).pins_refused)
    fires(shop, deployment="orders")
    shown(shop, 2)
    quiet(shop)
    assert len(asked) == 1
    assert not [m for m in shop.post.messages.values() if "⚠️" in m.html and "pin" in m.html], "nobody is bothered"
    refuses(shop)
    shop.join(GROUP, by=ANNA)
    shop.until(lambda: all(shop.store.cards.get(GROUP, number).pinned for number in (1, 2)))


def test_a_refusal_of_one_message_keeps_no_other_from_being_pinned(shop):
    asked = refuses(shop, PinMessage, reason=Reason.REFUSED, words="message to pin not found")
    fires(shop)
    shown(shop)
    shop.until(lambda: asked)
    shop.directory.tell(chat_address(GROUP), CatchUp())
    quiet(shop)
    assert len(asked) == 1
    refuses(shop)
    fires(shop, deployment="orders")
    shown(shop, 2)
    shop.until(lambda: shop.store.cards.get(GROUP, 2).pinned)


def test_what_telegram_says_of_a_pin_is_taken_away(shop):
    fires(shop)
    card = shown(shop)
    shop.store.updates.store([(900, GROUP, b"{}"), (901, GROUP, b"{}")], shop.clock())
    for number, pinned in ((900, card), (901, card + 500)):
        shop.directory.tell(chat_address(GROUP), UpdateArrived(Pinned(number, GROUP, number + 100, pinned)))
    quiet(shop)
    assert asked_of(shop, DeleteMessage) == [DeleteMessage(GROUP, 1000)], "and only of a card of ours"


def test_after_a_start_what_ended_meanwhile_is_unpinned(tmp_path):
    with grouped(tmp_path) as built:
        built.start()
        fires(built)
        card = shown(built)
        built.until(lambda: built.store.cards.get(GROUP, 1).pinned)
        refuses(built, PinMessage, reason=Reason.MIGRATED)
        built.clock.move(minutes=5)
        fires(built, ended=True)
        built.until(lambda: not built.store.incidents.get(1).open)
        quiet(built)
        built.stop()
        refuses(built)
        assert GROUP in built.store.cards.chats_pinned()
        built.start()
        built.directory.tell(chat_address(GROUP), CatchUp())
        built.until(lambda: not built.store.cards.get(GROUP, 1).pinned)
        assert asked_of(built, PinMessage)[-1] == PinMessage(GROUP, card, False)


def test_a_group_that_moved_has_no_pins_known(shop):
    fires(shop)
    shown(shop)
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned)
    shop.stop()
    shop.store.chats.put(Chat(-7, ChatKind.GROUP))
    shop.store.cards.put(Card(-7, 1, 5, 1))
    shop.store.cards.pinned(-7, 1, 5)
    shop.store.cards.move_chat(GROUP, -7)
    assert shop.store.cards.get(-7, 1).pinned == 5, "the new chat's own stays"
