"""What breaks the bot each time is told three times and then put aside; what comes after it is handled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.actors import incident
from chatops.actors.conversation import incoming
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.commands import Commands
from chatops.actors.conversation.taps import Taps
from chatops.core.audit import EntryType
from chatops.core.failures import Reason, Temporary
from chatops.core.incidents import Status
from chatops.core.incidents.events import Take
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body
from tests.actors.sender import Sender


class Poison:
    """Raises in place of a method as often as it is told to, when the argument is the one it waits for."""

    def __init__(self, real: Any, meant: Any, error: Exception, times: int = 99) -> None:
        self.real, self.meant, self.error, self.left = real, meant, error, times
        self.raised = 0

    def __call__(self, *given: Any, **more: Any) -> Any:
        if self.left and self.meant(*given):
            self.left -= 1
            self.raised += 1
            raise self.error
        return self.real(*given, **more)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        yield built


@pytest.fixture
def anna(shop: House) -> Sender:
    return Sender(shop)


def poison(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *rest: Any, **more: Any) -> Poison:
    placed = Poison(getattr(owner, name), *rest, **more)
    monkeypatch.setattr(owner, name, lambda *given, **named: placed(*given, **named))
    return placed


def quarantined(shop: House) -> list[str]:
    lines = shop.store.audit.iterate()
    return [line.entry.detail["update"] for line in lines if line.entry.type is EntryType.QUARANTINED]


def test_p1_what_somebody_wrote_is_put_aside_after_three_crashes(shop, anna, monkeypatch):
    """P1: kept, told to the admins, and nobody is told of it again, not even by the next start."""
    wrote = poison(monkeypatch, Commands, "answer", lambda _, text, *__: "poison" in text.text, RuntimeError("boom"))
    number = anna.write("/poison")
    anna.write("/help")
    shop.post.wait_text("breaks the bot and was put aside")
    shop.post.wait_text("/incidents")
    assert wrote.raised == 3
    (kept,) = shop.store.updates.quarantined()
    assert (kept[0], kept[1], kept[3]) == (number, ANNA, "RuntimeError: boom")
    assert b"/poison" in kept[2]
    assert quarantined(shop) == [str(number)]
    shop.until(lambda: shop.store.updates.pending() == ())
    assert not shop.failed
    shop.clock.move(days=400)
    shop.store.updates.prune(shop.clock())
    assert shop.store.updates.quarantined() == (kept,)


def test_p1_a_press_that_crashes_its_incident_is_put_aside_after_three_crashes(shop, anna, monkeypatch):
    """P1: whoever pressed hears of it, and the next press counts."""
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("keeps crashing")
    pressed = poison(monkeypatch, incident, "decide", lambda _, event: isinstance(event, Take), ValueError("x"))
    number = anna.press(card, "Take")
    toast = shop.post.wait(lambda post: next((t for t in post.toasts if t.callback_id == f"q{number}"), None))
    assert "breaks the bot" in toast.text
    assert pressed.raised == 3
    assert quarantined(shop) == [str(number)]
    anna.press(card, "Resolve")
    shop.post.wait_text("Resolved by hand")
    assert shop.store.incidents.get(1).status is Status.RESOLVED
    assert not shop.failed


@pytest.mark.parametrize(("owner", "name"), [(Taps, "pressed"), (incident, "decide")])
def test_p1_a_press_that_crashed_once_counts_all_the_same(shop, anna, monkeypatch, owner, name):
    """P1: it is on disk, and told again."""
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("keeps crashing")
    meant = (lambda *_: True) if owner is Taps else lambda _, event: isinstance(event, Take)
    once = poison(monkeypatch, owner, name, meant, RuntimeError("boom"), times=1)
    anna.press(card, "Take")
    shop.post.wait_text("has it since")
    assert once.raised == 1
    shop.until(lambda: shop.store.updates.pending() == ())
    assert quarantined(shop) == []


def test_p1_a_database_that_is_away_costs_no_press(shop, anna, monkeypatch):
    """P1: that is no fault of the press: where nobody knows what is stored it is told again, and never counted."""
    monkeypatch.setattr(incoming, "RETRY_SECONDS", 0.01)
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("keeps crashing")
    lost = Temporary(Reason.UNKNOWN_OUTCOME, "the database does not answer")
    away = poison(monkeypatch, Taps, "pressed", lambda *_: True, lost, times=2)
    anna.press(card, "Take")
    shop.post.wait_text("has it since")
    assert away.raised == 2
    assert quarantined(shop) == []


def test_p1_a_card_that_cannot_be_drawn_keeps_no_other_from_it(shop, monkeypatch):
    drawn = poison(monkeypatch, Reconciler, "reconcile", lambda _, incident_id: incident_id == 1, KeyError("screen"))
    shop.post_webhook(body("firing_group_of_3"))
    shop.until(lambda: drawn.raised)
    shop.post_webhook(body("firing_single"))
    shop.post.wait(lambda post: post.messages)
    assert shop.store.incidents.get(1) is not None
    assert not shop.failed
