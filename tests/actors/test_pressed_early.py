"""Somebody presses a button before Telegram's answer says that the message with it is there."""

from pathlib import Path

import pytest

from chatops.core.buttons import Verb
from tests.actors.group import GROUP, fires, grouped, quiet
from tests.actors.house import ANNA, House


@pytest.fixture
def shop(tmp_path: Path):
    with grouped(tmp_path) as built:
        built.start()
        yield built


def card_in(shop: House, chat: int) -> int:
    """A card that its chat was not told about yet."""
    return int(
        shop.post.wait(
            lambda post: next(
                (n for n, m in post.messages.items() if m.chat_id == chat and "Crash loop" in m.html), None
            )
        )
    )


def test_the_screen_it_leads_to_stays_when_the_answer_comes(shop):
    with shop.post.answers_late(shop.directory):
        fires(shop)
        card = card_in(shop, ANNA)
        shop.press(card, "Reject")
        at = shop.store.positions.get(ANNA, card)
        assert at
        assert at.screen is Verb.ASK_REJECT
    quiet(shop)
    assert shop.store.positions.get(ANNA, card) == at
    assert "why" in shop.post.messages[card].html.lower()
    known = shop.store.cards.get(ANNA, 1)
    assert known
    assert known.message_id == card


def test_a_groups_card_stays_a_card(shop):
    """What is looked at goes below it, as it does a moment later."""
    with shop.post.answers_late(shop.directory):
        fires(shop)
        card = card_in(shop, GROUP)
        before = shop.post.messages[card].html
        shop.press(card, "Reject", chat=GROUP)
        known = shop.store.cards.get(GROUP, 1)
        assert known
        assert known.message_id == card
    quiet(shop)
    assert shop.post.messages[card].html.split("\n")[0] == before.split("\n")[0]


def test_a_token_pressed_on_a_message_that_is_known_says_nothing_of_the_new_one(shop):
    """A client of one's own can send any token with any message of the bot."""
    fires(shop)
    first = card_in(shop, ANNA)
    quiet(shop)
    with shop.post.answers_late(shop.directory):
        fires(shop, deployment="cart")
        second = int(
            shop.post.wait(
                lambda post: next(
                    (n for n, m in post.messages.items() if m.chat_id == ANNA and "#2" in m.html and n != first), None
                )
            )
        )
        shop.press_token(first, shop.post.button(second, "Reject"))
        assert shop.store.cards.get(ANNA, 2) is None
    quiet(shop)
    known = shop.store.cards.get(ANNA, 2)
    assert known
    assert known.message_id == second
