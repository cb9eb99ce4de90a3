"""/chat: what is set for a chat, by whom, and what becomes of its cards then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core.audit import EntryType
from chatops.core.outgoing import PinMessage
from tests.actors.group import GROUP, OLEG, asked_of, fires, grouped, quiet, refuses, shown
from tests.actors.house import ANNA, House, Post


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with grouped(tmp_path) as built:
        built.start()
        yield built


def ask(shop: House, *, user: int = ANNA, chat: int = GROUP) -> int:
    before = set(shop.post.messages)
    shop.write("/chat", user=user, chat=chat)

    def answer(post: Post) -> int | None:
        """Somewhere else a card may only just arrive."""
        return next((n for n, m in post.messages.items() if n not in before and m.chat_id == chat), None)

    return int(shop.post.wait(answer))


def sets(shop: House, label: str, *, chat: int = GROUP) -> int:
    """Choose it and confirm."""
    message = ask(shop, chat=chat)
    shop.press(message, label, chat=chat)
    shop.post.wait(
        lambda post: any(key.label.startswith("✅") for row in post.messages[message].keyboard for key in row)
    )
    shop.clock.move(seconds=2)
    assert shop.press(message, "✅", chat=chat).startswith("⚙️")
    return message


def changes(shop: House) -> list[dict[str, str]]:
    lines = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    return [line.detail for line in lines if line.type is EntryType.CHAT_CHANGED and line.chat_id == GROUP]


def test_pins_switched_off_are_taken_away_and_come_back_with_it(shop):
    fires(shop)
    card = shown(shop)
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned == card)
    message = sets(shop, "Pin no cards")
    shop.until(lambda: not shop.store.cards.get(GROUP, 1).pinned)
    shop.post.wait(lambda post: "No cards are pinned" in post.messages[message].html)
    sets(shop, "📌 Pin cards")
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned == card)
    assert changes(shop) == [{"set": "pins", "to": "off"}, {"set": "pins", "to": "on"}]
    assert [each.pinned for each in asked_of(shop, PinMessage)] == [True, False, True]


def test_what_was_refused_is_tried_again_once_it_is_switched_on_again(shop):
    asked = refuses(shop, PinMessage)
    fires(shop)
    card = shown(shop)
    shop.until(lambda: shop.store.chat_settings.get(GROUP).pins_refused)
    message = ask(shop)
    assert "Telegram refuses it (Bad Request: not enough rights)" in shop.post.messages[message].html
    refuses(shop)
    sets(shop, "📌 Pin cards")
    shop.until(lambda: shop.store.cards.get(GROUP, 1).pinned == card)
    assert len(asked) == 1


def test_the_language_of_a_group_is_its_own(shop):
    fires(shop, severity="warning")
    card = shown(shop)
    message = sets(shop, "Русский")
    # Who asked reads on in a language of their own.
    shop.post.wait(lambda post: "Language: Русский" in post.messages[message].html)
    assert shop.store.chats.get(GROUP).language == "ru"
    assert shop.store.users.get(ANNA).language == ""
    fires(shop)
    shop.post.wait(lambda post: "👤" in post.messages[card].html and "nobody yet" not in post.messages[card].html)


def test_the_language_of_a_private_chat_is_its_owners(shop):
    message = ask(shop, chat=ANNA)
    labels = [key.label for row in shop.post.messages[message].keyboard for key in row]
    assert labels == ["🌐 English", "🌐 Русский", "🔄"], "pins and topics are of groups"
    sets(shop, "Русский", chat=ANNA)
    assert (shop.store.chats.get(ANNA).language, shop.store.users.get(ANNA).language) == ("ru", "ru")


def test_only_admins_see_it_and_set_it(shop):
    refused = ask(shop, user=OLEG)
    assert "Only an admin" in shop.post.messages[refused].html
    message = ask(shop)
    assert "Only an admin" in shop.press(message, "Pin no cards", user=OLEG, chat=GROUP)
    shop.press(message, "Pin no cards", chat=GROUP)
    shop.post.wait(lambda post: "Pin no more cards here?" in post.messages[message].html)
    shop.clock.move(seconds=2)
    shop.press(message, "✅", user=OLEG, chat=GROUP)
    quiet(shop)
    assert shop.store.chat_settings.get(GROUP).pins
    assert changes(shop) == []


def test_one_confirm_sets_it_once(shop):
    message = ask(shop)
    shop.press(message, "A topic each", chat=GROUP)
    shop.post.wait(lambda post: "The group has to be a forum" in post.messages[message].html)
    token = shop.post.button(message, "✅")
    shop.clock.move(seconds=2)
    shop.press_token(message, token, chat=GROUP)
    assert "already" in shop.press_token(message, token, chat=GROUP)
    assert len(changes(shop)) == 1
    assert shop.store.chat_settings.get(GROUP).topics
