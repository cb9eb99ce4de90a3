"""The asides of a group: where one person looks at something below its card, and that none of them stays for ever."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf, UnderWay
from chatops.actors.telegram_messages import Deliver, NotDelivered
from chatops.core.asides import Aside, crowded_out, left_alone, next_look
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.outgoing import DeleteMessage, Lane
from chatops.core.screens.notices import aside_closed
from chatops.db.store import Store

BELOW, OWNER = "card", "aside_of"
"""Arguments of the position of a message that is not there yet: what it answers, and whose it will be."""


@dataclass(frozen=True, slots=True)
class AsidesDue:
    """One of the asides may have been left alone for long enough."""


@dataclass(frozen=True, slots=True)
class AsideGone:
    """Tag of an aside that is to be taken away."""

    message_id: int


class Asides:
    """One chat's; a private chat has none. `later` tells the chat's actor in so many seconds."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
        later: Callable[[float, object], object],
    ) -> None:
        self._canvas = canvas
        self._chat_id = canvas.chat_id
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._address = address
        self._tell = tell
        self._later = later
        self._listens = False
        self._leaving: set[int] = set()

    def resume(self) -> None:
        """After a start: those that an earlier life left."""
        if self._chat_id < 0:
            self._listen(self._standing())

    def arrived(self, done: UnderWay) -> None:
        """A message of its own was delivered for somebody."""
        args = done.position.args if done.position else {}
        # One that a single person sees (below 0) is in nobody's way, and goes with their app.
        if self._chat_id > 0 or not done.began or OWNER not in args or done.message_id < 0:
            return
        user_id, below = int(args[OWNER]), int(args[BELOW])
        self._store.asides.put(self._chat_id, done.message_id, user_id=user_id, below=below, now=self._clock())
        standing = self._standing()
        self._take_away(crowded_out(standing, user_id))
        self._listen(standing)

    def due(self) -> None:
        self._listens = False
        self._take_away(left_alone(self._standing(), self._clock()))
        self._listen(self._standing())

    def gone(self, tag: AsideGone) -> None:
        """Telegram took it away, or somebody was faster."""
        self._leaving.discard(tag.message_id)
        self._store.asides.delete(self._chat_id, tag.message_id)

    def refused(self, refusal: NotDelivered) -> bool:
        tag = refusal.tag
        if isinstance(tag, AsideGone):
            self.gone(tag)
        return isinstance(tag, AsideGone)

    def _standing(self) -> tuple[Aside, ...]:
        return tuple(each for each in self._store.asides.of_chat(self._chat_id) if each.message_id not in self._leaving)

    def _take_away(self, asides: Iterable[Aside]) -> None:
        for each in asides:
            self._store.positions.delete(self._chat_id, each.message_id)
            if not each.deletable(self._clock()):
                at = Position(self._chat_id, each.message_id, Verb.HELP)
                self._shelf.edit(aside_closed(self._canvas.tongue), Lane.DIGEST, position=at)
                self._store.asides.delete(self._chat_id, each.message_id)
                continue
            self._leaving.add(each.message_id)
            # In the place of an edit that still waits: nobody will see that.
            key, gone = f"message:{each.message_id}", AsideGone(each.message_id)
            deleted = DeleteMessage(self._chat_id, each.message_id)
            self._tell(TELEGRAM, Deliver(deleted, Lane.DIGEST, key, self._address, gone))

    def _listen(self, standing: tuple[Aside, ...]) -> None:
        seconds = next_look(standing, self._clock())
        if seconds is not None and not self._listens:
            self._listens = True
            self._later(seconds, AsidesDue())


def stands_beside(wanted: Position, below: int, user_id: int) -> dict[str, str]:
    """The arguments of a message of its own, below a card or a digest, in which this person looks at something."""
    return {**wanted.args, BELOW: str(below), OWNER: str(user_id)}
