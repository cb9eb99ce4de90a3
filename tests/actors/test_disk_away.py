"""R3: while the disk takes nothing no part dies, and nothing that arrived or was found out is lost or sent again."""

import pytest

from chatops.actors import base, incident
from chatops.actors.conversation import backlog, incoming, receipts
from chatops.core.failures import Reason, Temporary
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body


@pytest.fixture
def shop(tmp_path, monkeypatch):
    for part in (backlog, incoming, receipts):
        monkeypatch.setattr(part, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(incident, "AGAIN_SECONDS", 0.01)
    built = House(tmp_path)
    built.cluster.answer = Scene(built.clock)
    built.start()
    try:
        yield built
    finally:
        built.close()


@pytest.fixture(autouse=True)
def crashes(monkeypatch):
    """Nobody ends of it."""
    ends, crashed = base.Actor._crash, []

    def crash(actor, error, *, doing):
        crashed.append((actor.address, doing, error))
        ends(actor, error, doing=doing)

    monkeypatch.setattr(base.Actor, "_crash", crash)
    yield
    assert crashed == []


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("cards", "put"),
        ("buttons", "bind"),
        ("positions", "put"),
        ("buttons", "offer"),
        ("incidents", "apply"),
        ("storms", "arrivals"),
    ],
)
def test_r3_one_card_that_says_all_whatever_could_not_be_stored_at_first(shop, monkeypatch, part, method):
    place = getattr(shop.store, part)
    works, refusals = getattr(place, method), [Temporary(Reason.SERVER_ERROR, "disk I/O error")] * 5

    def fails_at_first(*args, **named):
        if refusals:
            raise refusals.pop()
        return works(*args, **named)

    monkeypatch.setattr(place, method, fails_at_first)
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("keeps crashing")
    shop.until(lambda: not refusals)
    shop.until(lambda: shop.store.cards.stale(ANNA) == ())
    assert [each.message_id for each in shop.store.cards.for_chat(ANNA)] == [card]
    assert list(shop.post.messages) == [card]
