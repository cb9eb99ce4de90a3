"""What is answered to an actor's predecessor is not taken for an answer to the actor."""

from datetime import UTC, datetime

from chatops.actors.conversation.shelf import Shelf
from chatops.core.outgoing import Lane
from chatops.core.screens.base import screen

CHAT = 1001


def test_a_delivery_of_a_predecessor_is_nobodys():
    told = []
    predecessor, successor = (
        Shelf(
            CHAT,
            store=None,
            address=("chat", CHAT),
            tell=lambda _address, message: told.append(message),
            clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )
        for _ in range(2)
    )
    predecessor.send(screen(["old"], []), Lane.RESULT)
    successor.send(screen(["new"], []), Lane.RESULT)
    old, new = (deliver.tag for deliver in told)
    assert successor.arrived(old, 5) is None
    assert successor.lost(old) is None
    assert successor.arrived(new, 6) is not None
