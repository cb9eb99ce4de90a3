"""Whether the bot was there for its people: the last moment it heard of Telegram, on disk, and what an absence means.

It knows nothing of what updates say, and decides nothing: `core.absence` does.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import WasAway
from chatops.core.absence import CAUGHT_UP, TAP_LIFE, Absence, absence, too_late
from chatops.decoders import decoder_of

log = structlog.get_logger()

HEARD = "telegram_heard"
AWAY = "telegram_away"
WRITTEN_EVERY = 20.0
"""Seconds. A restart counts as longer by up to this and one poll, never as shorter."""


class Remembered(Protocol):
    """The part of the store that keeps small things."""

    def get(self, key: str) -> str | None: ...
    def set(self, key: str, value: str) -> None: ...


class Presence:
    """Thread-safe as far as its parts are: a Poller or a Hook is one thread, and posts come one at a time.

    `chats` are those that show what is open. `now` is the time of day, which is believed between two runs only;
    `clock` is monotonic seconds. All methods raise Failure when the database does not take or give.
    """

    def __init__(
        self,
        *,
        settings: Remembered,
        chats: Callable[[], Iterable[int]],
        tell: Callable[[Address, object], None],
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._chats = chats
        self._tell = tell
        self._now = now
        self._clock = clock
        self._heard: float | None = None
        self._written: float | None = None
        self._last: Absence | None = None
        self._read = False

    def back(self, *, more: bool = False) -> None:
        """Telegram answered: an absence ends here, if it was one. `more`: what it still keeps is of that absence too.

        Before what came with the answer is stored, so that a crash in between cannot make it count.
        """
        self._known()
        ended = absence(self._since(), self._now())
        if ended is not None:
            self._keep(ended)
            log.warning("was away for longer than telegram keeps a press", seconds=round(ended.span.total_seconds()))
            for chat_id in self._chats():
                self._tell(chat_address(chat_id), WasAway(ended))
        elif more and self.catching_up and self._last is not None:
            self._keep(Absence(self._last.since, self._now()))

    def heard(self) -> None:
        """And all that came with the answer is stored."""
        tick = self._clock()
        if self._written is None or tick - self._written >= WRITTEN_EVERY or self._was_long_ago(tick):
            self._settings.set(HEARD, self._now().isoformat())
            self._written = tick
        self._heard = tick

    @property
    def catching_up(self) -> bool:
        """Whether the bot has only just returned."""
        last = self._last
        return last is not None and timedelta() <= self._now() - last.until <= CAUGHT_UP

    def too_late(self, came_at: datetime) -> Absence | None:
        """Because of which absence a press does not count whose update was stored at this moment."""
        return too_late(came_at, self._known(), self._now())

    def _since(self) -> datetime | None:
        if self._heard is not None:
            # The time of day may have been set meanwhile.
            return self._now() - timedelta(seconds=self._clock() - self._heard)
        return _moment(self._settings.get(HEARD))

    def _was_long_ago(self, tick: float) -> bool:
        return self._heard is not None and tick - self._heard > TAP_LIFE.total_seconds()

    def _known(self) -> Absence | None:
        if not self._read:
            self._last = _absence(self._settings.get(AWAY))
            self._read = True
        return self._last

    def _keep(self, last: Absence) -> None:
        self._settings.set(AWAY, msgspec.json.encode(last).decode())
        self._last, self._read = last, True


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _absence(text: str | None) -> Absence | None:
    return decoder_of(Absence).decode(text) if text else None
