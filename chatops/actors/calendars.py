"""The CalendarsActor: reads the calendars of rotas every quarter of an hour, and keeps what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from chatops.actors.addresses import Address
from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor
from chatops.actors.chat_messages import Notice
from chatops.actors.directory import Directory
from chatops.core.failures import Failure
from chatops.core.oncall import Roster
from chatops.core.rota_calendar import ROUND, Calendar, Copy, Kept, calendars, strangers
from chatops.db.store import Store

log = structlog.get_logger()

CALENDARS: Address = ("calendars",)

UNKNOWN_SECONDS = 60.0
"""Until the next try where nothing is known of a calendar: the network may come up later than we do."""

MOST_NAMED = 5
"""Titles in one notice of events that name nobody."""


@dataclass(frozen=True, slots=True)
class ReadCalendar:
    """Time to read the calendar of this rota."""

    rota: str


class Door(Protocol):
    @property
    def name(self) -> str: ...
    def read(self, etag: str, now: datetime, /) -> Copy | None: ...
    def close(self) -> None: ...


class CalendarsActor(Actor):
    """Reading takes this actor's thread and nobody else's; who decides on what is kept waits for none.

    Of a failure only its kind is logged and told: the address may be in what it says, and is a secret.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        roster: Roster,
        open_door: Callable[[str], Door],
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._roster = roster
        self._calendars = calendars(roster)
        self._doors: Mapping[str, Door] = {name: open_door(each.address) for name, each in self._calendars.items()}

    def setup(self) -> None:
        for rota in self._calendars:
            self.tell(self.address, ReadCalendar(rota))

    def receive(self, message: Any) -> Any:
        match message:
            case ReadCalendar(rota):
                known = True
                try:
                    known = self._read(rota)
                except Failure as failure:
                    log.warning("a calendar waits for the database", rota=rota, error=str(failure))
                self.later(ROUND.total_seconds() if known else UNKNOWN_SECONDS, message)
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        for door in self._doors.values():
            door.close()

    def _read(self, rota: str) -> bool:
        """Whether anything is known of it, from now or from before."""
        before, now = self._kept(rota, self._calendars[rota]), self._clock()
        door = self._doors[rota]
        try:
            copy = door.read(before.etag_at(now), now)
        except Failure as failure:
            log.warning("a calendar cannot be read", rota=rota, host=door.name, reason=failure.reason)
            self._missed(rota, before, failure, now)
            return before.read_at is not None
        if copy is not None and copy.unread:
            log.warning("events of a calendar make no sense", rota=rota, host=door.name, events=copy.unread)
        kept = replace(before, read_at=now, late_told=False)
        if copy is not None:
            kept = replace(kept, copy=copy, spread_at=now)
        self._keep(rota, kept)
        return True

    def _keep(self, rota: str, kept: Kept) -> None:
        found = strangers(kept.copy.shifts, self._roster.members)
        new = [title for title in found if title not in kept.strangers_told]
        self._store.calendars.put(rota, replace(kept, strangers_told=found))
        if new:
            titles = ", ".join(f"«{title}»" for title in new[:MOST_NAMED])
            self._tell_admins(Notice("calendar_strangers", {"rota": rota, "count": str(len(new)), "titles": titles}))

    def _missed(self, rota: str, before: Kept, failure: Failure, now: datetime) -> None:
        """Told once: where nothing is known of it, or nothing was heard for long."""
        if before.late_told or not before.late(now):
            return
        self._store.calendars.put(rota, replace(before, late_told=True))
        detail = {"rota": rota, "reason": str(failure.reason)}
        if before.read_at is None:
            self._tell_admins(Notice("calendar_unread", detail))
        else:
            self._tell_admins(Notice("calendar_late", {**detail, "since": f"{before.read_at:%Y-%m-%d %H:%M} UTC"}))

    def _kept(self, rota: str, calendar: Calendar) -> Kept:
        """Of the calendar as it is configured now; what another one said is forgotten."""
        known = self._store.calendars.all().get(rota)
        return known if known is not None and known.source == calendar.source else Kept(calendar.source)

    def _tell_admins(self, told: Notice) -> None:
        tell_admins(self._store, self.tell, told)
