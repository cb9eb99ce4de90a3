"""The WebhookActor: what Alertmanager sent is put on disk first and looked at after."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor, summary
from chatops.actors.directory import Directory
from chatops.actors.messages import (
    HEARTBEATS,
    Accept,
    Address,
    Beaten,
    BodiesStored,
    MailArrived,
    Notice,
    incident_address,
)
from chatops.core.alerts import CLUSTER, NotUnderstood, parse
from chatops.core.audit import ALERTMANAGER, Entry, EntryType
from chatops.core.failures import Failure
from chatops.db.store import Store
from chatops.web.throttle import Throttle

log = structlog.get_logger()

RETRY_SECONDS = 1.0
NOTICE_SECONDS = 300.0
"""Of bodies that cannot be read the admins hear once in this time: a receiver with a payload of its own sends many, and
each word of it would keep an incident's message waiting.
"""

MOST_ATTEMPTS = 3
"""A body that breaks its reading this often is put aside: it must not stop the ones behind it."""


class WebhookActor(Actor):
    """Commits bodies (concurrent ones share a commit in the database) and routes them to their incidents."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        cluster_label: str = CLUSTER,
        monotonic: Callable[[], float] = time.monotonic,
        watchdogs: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._cluster_label = cluster_label
        self._notices = Throttle(NOTICE_SECONDS, monotonic)
        self._watchdogs = watchdogs

    def setup(self) -> None:
        """What was committed and not routed before the last end is routed first."""
        waiting = self._store.inbox.new_ids()
        if waiting:
            log.info("routing what the last run left", bodies=len(waiting))
            self.tell(self.address, BodiesStored(waiting))

    def receive(self, message: Any) -> Any:
        match message:
            case Accept():
                self._commit(message)
            case BodiesStored(inbox_ids):
                for inbox_id in inbox_ids:
                    self._route(inbox_id)
            case _:
                return super().receive(message)
        return None

    def _commit(self, accept: Accept) -> None:
        """Does not wait: the next body joins the same commit, and the sender is answered from the database's thread."""

        def stored(done: "Future[int]") -> None:
            error = done.exception()
            if error is not None:
                accept.stored.set_exception(error)
                return
            accept.stored.set_result(done.result())
            self.tell(self.address, BodiesStored((done.result(),)))

        try:
            self._store.inbox.put(accept.body, accept.source, self._clock()).add_done_callback(stored)
        except Failure as failure:
            accept.stored.set_exception(failure)

    def _route(self, inbox_id: int) -> None:
        try:
            self._read_and_route(inbox_id)
        except Failure as failure:
            log.warning("routing waits for the database", inbox=inbox_id, error=str(failure))
            self.later(RETRY_SECONDS, BodiesStored((inbox_id,)))
        except Exception as error:
            log.error("routing failed", inbox=inbox_id, error=summary(error), exc_info=True)
            if self._store.inbox.failed(inbox_id) >= MOST_ATTEMPTS:
                self._quarantine(inbox_id, summary(error))
            else:
                self.later(RETRY_SECONDS, BodiesStored((inbox_id,)))

    def _read_and_route(self, inbox_id: int) -> None:
        row = self._store.inbox.get(inbox_id)
        if row is None:
            return
        try:
            notification = parse(
                row.body,
                received_at=row.received_at,
                cluster_label=self._cluster_label,
                watchdogs=self._watchdogs,
            )
        except NotUnderstood as problem:
            self._quarantine(inbox_id, str(problem))
            return
        if notification.beats:
            self.tell(HEARTBEATS, Beaten(row.source, notification.beats, row.received_at))
        for incident_id in self._store.inbox.route(inbox_id, notification, self._clock()):
            self.tell(incident_address(incident_id), MailArrived())

    def _quarantine(self, inbox_id: int, problem: str) -> None:
        log.warning("webhook body put aside", inbox=inbox_id, problem=problem)
        detail = {"inbox": str(inbox_id), "problem": problem[:400]}
        entry = Entry(EntryType.QUARANTINED, ALERTMANAGER, self._clock(), detail=detail)
        self._store.inbox.quarantine(inbox_id, problem, entry)
        unsaid = self._notices.through()
        if unsaid == 0:
            tell_admins(self._store, self.tell, Notice("quarantined", detail))
        elif unsaid:
            tell_admins(self._store, self.tell, Notice("quarantined_again", {**detail, "count": str(unsaid + 1)}))
