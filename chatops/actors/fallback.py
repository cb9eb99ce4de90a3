"""The FallbackActor: while Telegram cannot be reached and something waits there, tells a webhook, once per outage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.health import Health, PartStatus
from chatops.actors.line import PART
from chatops.core.failures import Failure
from chatops.core.fallback import News, body, news
from chatops.core.texts import tongue
from chatops.db.store import Store

log = structlog.get_logger()

FALLBACK: Address = ("fallback",)

ROUND_SECONDS = 15.0

MOST_TRIES = 5
"""Of one piece of news. An answer that was lost is tried again as well: twice told is better than never."""

TOLD_SETTING = "fallback_told"
"""Where it is remembered that the beginning of an outage was told: its end may come after a restart."""


@dataclass(frozen=True, slots=True)
class LookAtLine:
    """Time for another round."""


class Door(Protocol):
    @property
    def name(self) -> str: ...
    def post(self, body: Any) -> None: ...


class FallbackActor(Actor):
    """`after`: how long Telegram has to be down. Posting takes this actor's thread and nobody else's.

    Of a failure only its kind is logged: the address may be in what it says, and is a secret.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        health: Health,
        door: Door,
        after: timedelta,
        language: str = "en",
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._health = health
        self._door = door
        self._after = after
        self._tongue = tongue(language)
        self._tries: dict[News, int] = {}

    def setup(self) -> None:
        self.later(ROUND_SECONDS, LookAtLine())

    def receive(self, message: Any) -> Any:
        match message:
            case LookAtLine():
                try:
                    self._look()
                except Failure as failure:
                    log.warning("the fallback waits for the database", error=str(failure))
                self.later(ROUND_SECONDS, LookAtLine())
            case _:
                return super().receive(message)
        return None

    def _look(self) -> None:
        part = self._health.snapshot().get(PART)
        if part is None:
            # Nobody has asked Telegram anything yet.
            return
        now = self._clock()
        down_since = part.since if part.status is PartStatus.DOWN else None
        told = bool(self._store.settings.get(TOLD_SETTING))
        waiting = self._waiting(now) if down_since and not told else ()
        found = news(down_since, told=told, waits=bool(waiting), after=self._after, now=now)
        if found is not None:
            self._tell(found, waiting, now - (down_since or now))
        elif down_since is None:
            self._tries.clear()

    def _waiting(self, now: datetime) -> tuple[int, ...]:
        """Incidents of which a reachable chat has no card yet, or one that does not show the latest."""
        books = self._store.books.read(now)
        return tuple(sorted({gap.incident_id for gap in (*books.missing, *books.behind)}))

    def _tell(self, found: News, waiting: tuple[int, ...], down_for: timedelta) -> None:
        tries = self._tries.get(found, 0)
        if tries >= MOST_TRIES:
            return
        self._tries[found] = tries + 1
        incidents = self._store.incidents.many(waiting)
        try:
            self._door.post(body(found, incidents, self._tongue, down_for=down_for))
        except Failure as failure:
            last = tries + 1 == MOST_TRIES
            log.error("the fallback webhook is not told", host=self._door.name, reason=failure.reason, given_up=last)
            if last and found is News.OVER:
                self._store.settings.set(TOLD_SETTING, "")
            return
        log.warning("the fallback webhook was told", host=self._door.name, news=found, incidents=len(incidents))
        self._tries.clear()
        self._store.settings.set(TOLD_SETTING, "yes" if found is News.BEGAN else "")
