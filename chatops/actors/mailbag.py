"""What came for one incident and is to be worked through: webhook bodies that concern it, and incidents merged into it.

Owned by the IncidentActor and run in its thread. It decides nothing: what a piece of mail says is an event.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from chatops import metrics
from chatops.actors.addresses import Address
from chatops.actors.admins import tell_admins
from chatops.actors.base import summary
from chatops.actors.chat_messages import Notice
from chatops.actors.record import Origin, Record
from chatops.core.alerts import parse
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.failures import Failure
from chatops.core.inbox import Mail
from chatops.core.incidents import Event
from chatops.core.incidents.events import AlertsReceived, TakeIn
from chatops.core.maintenance import Window
from chatops.db.store import Store

log = structlog.get_logger()

MOST_ATTEMPTS = 3
"""Crashes over one body before it is put aside."""


class Happened(Protocol):
    """Takes an event, and what is done with once that is stored."""

    def __call__(self, event: Event, *, origin: Origin) -> None: ...


class Mailbag:
    """`cluster_label` and `watchdogs` are those by which the bodies were routed."""

    def __init__(
        self,
        record: Record,
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        happened: Happened,
        cluster_label: str,
        watchdogs: frozenset[str],
    ) -> None:
        self._record = record
        self._store = store
        self._clock = clock
        self._tell = tell
        self._happened = happened
        self._cluster_label = cluster_label
        self._watchdogs = watchdogs

    def work_through(self) -> None:
        """What merged incidents brought comes first: a body of their groups may have been accepted after it."""
        own, incidents, pending = self._record.known.id, self._store.incidents, self._store.merges.pending
        merges, mails = self._store.at_once(lambda: (pending(own), incidents.pending_mail(own)))
        for merge in merges:
            self._happened(TakeIn(merge), origin=Origin(merges=(merge.merged_id,)))
        for mail in incidents.pending_mail(own) if merges else mails:
            try:
                self._read(mail)
            except Failure:
                raise
            except Exception as error:
                # The third crash over one body puts it aside, so that what came after it is worked through.
                if self._store.inbox.failed(mail.inbox.id) < MOST_ATTEMPTS:
                    raise
                self._put_aside(mail.inbox.id, summary(error))

    def _read(self, mail: Mail) -> None:
        notification = parse(
            mail.inbox.body,
            received_at=mail.inbox.received_at,
            cluster_label=self._cluster_label,
            watchdogs=self._watchdogs,
        )
        known = self._record.known
        if known.revision == 0:
            metrics.received(known.id, mail.inbox.received_at)
        told = AlertsReceived(notification, home=mail.home, windows=self._windows())
        self._happened(told, origin=Origin(mail=(mail.inbox.id,)))

    def _windows(self) -> tuple[Window, ...]:
        """Only what begins is compared with them."""
        known = self._record.known
        begins = not known.open or known.revision == 0
        return self._store.maintenance.standing(self._clock()) if begins else ()

    def _put_aside(self, inbox_id: int, problem: str) -> None:
        incident_id = self._record.known.id
        log.error("mail put aside", incident=incident_id, inbox=inbox_id, problem=problem)
        detail = {"inbox": str(inbox_id), "problem": problem[:400]}
        entry = Entry(EntryType.QUARANTINED, SYSTEM, self._clock(), incident_id=incident_id, detail=detail)
        self._record.note((entry,), Origin(mail=(inbox_id,)))
        tell_admins(self._store, self._tell, Notice("quarantined", detail))
