"""The line of one chat: what waits for it, the one request that is under way, and when the next may go.

It knows nothing of other chats, nor of the budget that all of them share.
"""

import math
from collections.abc import Iterator
from typing import Generic

from chatops.core.outgoing import CreateTopic, Lane
from chatops.core.pacing.pace import Backoff, Pace, Window
from chatops.core.pacing.parcels import D, Parcel, Waiting, place_of

MINUTE = 60.0


class Line(Generic[D]):
    """At most one request is under way, so that what a chat sees keeps its order within a lane."""

    def __init__(self, pace: Pace, backoff: Backoff, *, private: bool) -> None:
        self._backoff = backoff
        self._edit_gap = pace.edit_gap
        if private:
            self._window = Window(pace.private_burst / pace.private_per_second)
            self._allowed, self._reserve = pace.private_burst, pace.private_reserve
        else:
            self._window = Window(MINUTE)
            self._allowed, self._reserve = pace.group_per_minute, pace.group_reserve
        self._waiting: Waiting[D] = Waiting()
        self._under_way: Parcel[D] | None = None
        self._not_before = 0.0
        self._failures = 0
        self._edited: dict[int, float] = {}
        """When each message was last edited, as long as the gap after it lasts."""

    def __len__(self) -> int:
        """How many wait or are under way."""
        return len(self._waiting) + (self._under_way is not None)

    def held(self, now: float) -> bool:
        """Whether nothing may go for now, because the other side asked to wait or failed."""
        return self._not_before > now

    def idle(self, now: float) -> bool:
        """Whether there is nothing to remember of it."""
        return not (len(self) or self.held(now) or self._failures) and self._window.idle(now)

    def add(self, parcel: Parcel[D]) -> None:
        self._waiting.add(parcel)

    def ready(self, now: float) -> Iterator[tuple[float, Parcel[D]]]:
        """Waiting parcels, best first, and when their chat may have them; up to the first that nothing holds back."""
        if self._under_way is not None:
            return
        for parcel in self._waiting:
            reserve = self._reserve if parcel.lane >= Lane.EDIT else 0
            ready_at = max(self._not_before, self._window.free_at(now, max(1, self._allowed - reserve)))
            gap_ends = self._edited.get(parcel.message_id, -math.inf) + self._edit_gap
            held_back = parcel.lane >= Lane.EDIT and gap_ends > ready_at
            yield (gap_ends if held_back else ready_at), parcel
            if not held_back:
                return

    def begin(self, parcel: Parcel[D], now: float) -> None:
        """It is under way from now on."""
        self._waiting.take(parcel)
        self._under_way = parcel
        self._window.spend(now)
        self._note_edit(parcel, now)

    def ended(self, parcel: Parcel[D], now: float) -> None:
        """Telegram took it, or never will."""
        self._back(parcel, now)
        self._failures = 0

    def overtaken(self, key: str) -> D | None:
        """What was to take the place of the message of this key, which was sent: it does not wait any more."""
        late = self._waiting.of_key(key)
        if late is None or place_of(late.delivery) is None:
            return None
        self._waiting.take(late)
        return late.delivery

    def failed(self, parcel: Parcel[D], now: float, retry_after: float | None) -> None:
        """It waits again, unless it was withdrawn, and so does all behind it."""
        self._back(parcel, now)
        self._not_before = now + self._backoff.seconds(self._failures, retry_after)
        self._failures += 1
        if not parcel.withdrawn:
            self._waiting.add(parcel)

    def withdraw(self, keys: str = "") -> list[D]:
        """New messages that have a key, and whose key begins so, are not sent any more; those that waited.

        One under way is not tried again.
        """
        taken = self._waiting.take_all(keys)
        if self._under_way is not None and self._under_way.begins(keys):
            self._under_way.withdrawn = True
        return taken

    def recall(self, now: float) -> D | None:
        """Nobody will tell how what is under way ended: it waits again.

        Unless it was withdrawn, or must not be asked for twice: then it is given back.
        """
        parcel = self._under_way
        if parcel is None:
            return None
        self._back(parcel, now)
        if isinstance(parcel.delivery.outgoing, CreateTopic):
            return parcel.delivery
        if not parcel.withdrawn:
            self._waiting.add(parcel)
        return None

    def _back(self, parcel: Parcel[D], now: float) -> None:
        self._under_way = None
        self._window.spent_later(now)
        self._note_edit(parcel, now)

    def _note_edit(self, parcel: Parcel[D], now: float) -> None:
        if parcel.message_id:
            self._edited = {each: at for each, at in self._edited.items() if at + self._edit_gap > now}
            self._edited[parcel.message_id] = now
