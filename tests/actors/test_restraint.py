"""A flood of one person: refused in a word, written down once, and nobody beside them waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core.audit import EntryType
from chatops.core.budgets import BURST, WINDOW
from chatops.core.people import Role, User, everywhere
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

EVE = 1003


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
        yield built


def denied(shop: House) -> list[dict[str, str]]:
    entries = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    return [entry.detail for entry in entries if entry.type is EntryType.DENIED]


def test_s17_a_flood_of_taps_is_answered_each_and_audited_once(shop):
    """S17: each of a thousand would be work; beyond the budget none is."""
    shop.post_webhook(body("firing_single"))
    card = shop.post.wait_text("#1")
    token = shop.post.button(card, "🔄")
    toasts = [shop.press_token(card, token) for _ in range(BURST + 20)]
    assert [text for text in toasts[BURST:] if "Too fast: wait 1 s" not in text] == []
    assert not any("Too fast" in text for text in toasts[:BURST])
    assert denied(shop) == [{"what": "tap", "why": "too_fast"}]
    assert "Too fast" not in shop.press_token(card, token, user=EVE)
    shop.clock.move(seconds=WINDOW.total_seconds())
    assert "Too fast" not in shop.press_token(card, token)
    shop.until(lambda: not shop.store.updates.pending())


def test_s17_a_flood_of_commands_is_told_once_and_then_met_with_silence(shop):
    """S17: a message for each refusal would be a flood of our own."""
    for _ in range(BURST + 20):
        shop.write("/help")
    shop.until(lambda: not shop.store.updates.pending())
    shop.post.wait(lambda post: len([m for m in post.messages.values() if "One message is" in m.html]) == BURST)
    assert len([m for m in shop.post.messages.values() if "Too fast" in m.html]) == 1
    assert shop.post.sent == BURST + 1
    assert denied(shop) == [{"what": "command", "why": "too_fast"}]


def test_s17_talk_in_a_group_costs_nothing(shop):
    """S17: what people say among themselves is not for the bot."""
    group = -100_500
    for _ in range(3 * BURST):
        shop.write("is it the database?", chat=group)
    shop.write("/help", chat=group)
    shop.post.wait_text("One message is one incident")
    assert denied(shop) == []
    assert ANNA in shop.store.users.admin_ids()
