"""That a message of the chat has arrived: put on record until the database takes it, then told to whom it concerns.

It knows only that they are to be told, and neither what was sent nor what they do.
"""

from collections.abc import Iterable
from typing import Protocol

from chatops.actors.base import Actor
from chatops.actors.conversation.shelf import KeepArrived, Shelf, UnderWay
from chatops.actors.telegram_messages import Delivered
from chatops.actors.unwritten import handled_again
from chatops.core.outgoing import EphemeralId
from chatops.core.updates import Tap

RETRY_SECONDS = 5.0
"""Until what the database kept from being put on record is tried again."""


class Concerned(Protocol):
    """A part of the chat that sends, and looks whether what arrived is of its sending."""

    def arrived(self, done: UnderWay) -> None: ...


class Receipts:
    """`owner` is told again what could not be put on record: it would be sent once more."""

    def __init__(self, owner: Actor, shelf: Shelf, concerned: Iterable[Concerned]) -> None:
        self._owner = owner
        self._shelf = shelf
        self._concerned = tuple(concerned)

    def seen(self, tap: Tap) -> None:
        """What somebody presses a button of has arrived, whether Telegram said so yet or not."""
        shown = EphemeralId(tap.ephemeral_id) if tap.ephemeral_id else tap.message_id
        tag = self._shelf.seen(tap.data, tap.message_id)
        if tag is not None:
            self.arrived(tag, Delivered(tag, shown))

    def arrived(self, tag: int, delivered: Delivered) -> None:
        with handled_again(self._owner, delivered, RETRY_SECONDS):
            done = self._shelf.arrived(tag, delivered.message_id)
            if done:
                self.keep(done)

    def keep(self, done: UnderWay) -> None:
        with handled_again(self._owner, KeepArrived(done), RETRY_SECONDS):
            for part in self._concerned:
                part.arrived(done)
