"""Each kind of actor is killed by a message it cannot bear: only that one comes back, with its state."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.actors import mailbag
from chatops.actors.addresses import POOL, TELEGRAM, WEBHOOK, Address, chat_address, incident_address
from chatops.actors.chat_messages import Notice
from chatops.actors.messages import BodiesStored, Happened
from chatops.actors.telegram_messages import Deliver
from chatops.actors.work import Submit
from chatops.core.incidents import Status
from chatops.core.outgoing import Lane
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body, resolved

POISON: dict[Address, Any] = {
    WEBHOOK: BodiesStored(None),
    incident_address(1): Happened(None),
    chat_address(ANNA): Notice("no such code"),
    TELEGRAM: Deliver(None, Lane.PAGE, reply_to=TELEGRAM),
    POOL: Submit(None, None, None),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        yield built


def refs(shop: House) -> dict[Address, Any]:
    return {address: shop.directory.ref(address) for address in POISON}


@pytest.mark.parametrize("victim", POISON, ids=lambda address: str(address[0]))
def test_p1_only_the_victim_comes_back_with_its_state(shop, victim):
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("keeps crashing")
    shop.press(card, "Take")
    shop.post.wait_text("has it since")
    before = refs(shop)

    shop.directory.tell(victim, POISON[victim])
    shop.until(lambda: shop.directory.ref(victim) not in (None, before[victim]))

    after = refs(shop)
    assert [address for address in POISON if after[address] != before[address]] == [victim]
    assert not shop.failed
    shop.post_webhook(body("firing_group_grown_to_4"))
    shop.post.wait_text("4 alerts")
    assert "has it since" in shop.post.messages[card].html
    shop.press(card, "Resolve")
    shop.post.wait_text("Resolved by hand")
    assert shop.post.sent == 1
    assert shop.store.incidents.get(1).status is Status.RESOLVED


def test_p1_mail_that_crashes_its_incident_three_times_is_put_aside(shop, monkeypatch):
    """P1: The incident goes on with what came after it, and an admin is told."""
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    real = mailbag.parse

    def parse(raw, **arguments):
        notification = real(raw, **arguments)
        if len(notification.alerts) == 4 and not any(not a.firing for a in notification.alerts):
            raise RuntimeError("poison")
        return notification

    monkeypatch.setattr(mailbag, "parse", parse)
    shop.post_webhook(body("firing_group_grown_to_4"))
    shop.post.wait_text("could not be understood")
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.post.wait_text("🟢")
