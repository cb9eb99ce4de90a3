"""The ReviewerActor: once a week it has every chat that is shown incidents told how the week went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops.actors.addresses import Address, chat_address
from chatops.actors.base import Actor
from chatops.actors.chat_messages import ReviewDue
from chatops.actors.directory import Directory
from chatops.core.failures import Failure
from chatops.core.schedule import Weekly
from chatops.db.store import Store

log = structlog.get_logger()

REVIEWER: Address = ("reviewer",)
ROUND_SECONDS = 30.0
TOLD_SETTING = "review_told"
STILL_NEWS = timedelta(days=1)
"""A review that was due while the process was down is told as late as this; later the next one will do."""


@dataclass(frozen=True, slots=True)
class LookAtCalendar:
    """Time for another look."""


class ReviewerActor(Actor):
    """What was told is on disk before it is: a crash between the two costs one review, and never makes it two."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        schedule: Weekly,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._schedule = schedule

    def setup(self) -> None:
        self.tell(self.address, LookAtCalendar())

    def receive(self, message: Any) -> Any:
        match message:
            case LookAtCalendar():
                self._look()
                self.later(ROUND_SECONDS, LookAtCalendar())
            case _:
                return super().receive(message)
        return None

    def _look(self) -> None:
        now = self._clock()
        due = self._schedule.latest(now)
        try:
            told = self._store.settings.get(TOLD_SETTING) or ""
            if told and datetime.fromisoformat(told) >= due:
                return
            self._store.settings.set(TOLD_SETTING, due.isoformat())
            # At the first start there was no week that anybody was here for.
            chats = self._store.chats.subscribed() if told and now - due <= STILL_NEWS else ()
        except Failure as failure:
            log.warning("the weekly review waits for the database", error=str(failure))
            return
        for chat in chats:
            if not chat.unreachable:
                self.tell(chat_address(chat.id), ReviewDue(due))
