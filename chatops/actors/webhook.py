"""The WebhookActor: what Alertmanager sent is put on disk first and looked at after."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import HEARTBEATS, Address, chat_address, incident_address
from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor, summary
from chatops.actors.chat_messages import IncidentsOpened, Notice
from chatops.actors.decided import tell_opened
from chatops.actors.directory import Directory
from chatops.actors.messages import Accept, Beaten, BodiesStored, MailArrived, RouteNext
from chatops.actors.unanswered import Unanswered
from chatops.core.alerts import CLUSTER, Notification, NotUnderstood, parse
from chatops.core.audit import ALERTMANAGER, Entry, EntryType
from chatops.core.failures import Failure
from chatops.core.inbox import InboxRow
from chatops.db.opening import Opened
from chatops.db.store import Store
from chatops.web.throttle import Throttle

log = structlog.get_logger()

RETRY_SECONDS = 1.0
NOTICE_SECONDS = 300.0
"""Of bodies that cannot be read the admins hear once in this time: a receiver with a payload of its own sends many, and
each word of it would keep an incident's message waiting.
"""

LEAST_TOGETHER = 4
"""Bodies that wait: fewer are no storm."""

MOST_TOGETHER = 16
MOST_ALERTS = 60
"""Bodies that are looked at together, by how many alerts the last ones had: with more, whoever sends another or presses
a button waits for that one transaction.
"""

RUSH_SECONDS = 0.05
"""In a storm so long is waited for what comes next to it: one transaction for many is what makes it fast."""

RESTS = 3
"""While a storm pours in, routing rests this many times as long as it worked: to have it all on disk comes first."""
MOST_REST_SECONDS = 0.5
RESTING_SECONDS = 10.0
"""A storm that pours for longer is not waited for any more."""

GIVE_WAY_SECONDS = 0.005
MOST_WAYS_GIVEN = 20
"""So often in a row a press goes before what waits of a storm, so that it is let in however many people press."""

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
        unanswered: Unanswered | None = None,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._cluster_label = cluster_label
        self._notices = Throttle(NOTICE_SECONDS, monotonic)
        self._watchdogs = watchdogs
        self._waiting: dict[int, None] = {}
        self._monotonic = monotonic
        self._together = MOST_TOGETHER
        self._came = 0
        self._unanswered = unanswered or Unanswered()
        self._gave_way = 0
        self._rush_since: float | None = None
        self._rest = RUSH_SECONDS

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
                if not self._waiting:
                    self._route_soon()
                self._came += len(inbox_ids)
                self._waiting.update(dict.fromkeys(inbox_ids))
            case RouteNext():
                self._route_waiting()
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

    def _route_soon(self) -> None:
        if self._rush_since is None:
            self.tell(self.address, RouteNext())
        else:
            self.later(self._rest, RouteNext())

    def _route_waiting(self) -> None:
        """What is not routed when this crashes is found again by the next life's setup."""
        if self._gives_way():
            self.later(GIVE_WAY_SECONDS, RouteNext())
            return
        began, came, self._came = self._monotonic(), self._came, 0
        rush = len(self._waiting) >= LEAST_TOGETHER
        waiting = tuple(self._waiting)[: self._together]
        for inbox_id in waiting:
            del self._waiting[inbox_id]
        for inbox_id in self._open_together(waiting):
            self._route(inbox_id)
        self._rush_since = (self._rush_since or began) if rush else None
        pours = rush and came >= LEAST_TOGETHER and began - (self._rush_since or began) < RESTING_SECONDS
        worked = self._monotonic() - began
        self._rest = max(RUSH_SECONDS, min(RESTS * worked, MOST_REST_SECONDS)) if pours else RUSH_SECONDS
        if self._waiting and pours:
            self._route_soon()
        elif self._waiting:
            self.tell(self.address, RouteNext())

    def _gives_way(self) -> bool:
        """In a storm, while somebody waits for the answer to a press: both take the one processor."""
        waited_for = len(self._waiting) >= LEAST_TOGETHER and self._unanswered.any
        self._gave_way = self._gave_way + 1 if waited_for and self._gave_way < MOST_WAYS_GIVEN else 0
        return self._gave_way > 0

    def _open_together(self, inbox_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Open what is new of a storm in one transaction; those that are to be routed one by one."""
        try:
            rows = self._store.inbox.many(inbox_ids)
            bodies = [each for row in rows if (each := self._understood(row))]
            if not bodies:
                return inbox_ids
            alerts = sum(len(notification.alerts) for _, notification in bodies)
            self._together = max(1, min(MOST_TOGETHER, MOST_ALERTS * len(bodies) // max(alerts, 1)))
            opened = self._store.inbox.open_new(bodies, self._clock())
            tried = {inbox_id for inbox_id, _ in bodies} - set(opened.rest)
            self._say_opened([row for row in rows if row.id in tried], opened)
            wanted = self._store.at_once(lambda: self._wanted_by(opened.incidents)) if opened.incidents else {}
        except Exception as error:
            log.warning("routing one by one", bodies=len(inbox_ids), error=summary(error))
            return inbox_ids
        for chat_id, incident_ids in wanted.items():
            if incident_ids:
                self.tell(chat_address(chat_id), IncidentsOpened(incident_ids))
        told = {each for incident_ids in wanted.values() for each in incident_ids}
        for incident_id in (each for each in opened.incidents if each not in told):
            self.tell(incident_address(incident_id), MailArrived())
        return tuple(each for each in inbox_ids if each not in tried)

    def _wanted_by(self, incident_ids: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
        """By chat. One that refuses the bot would not have their objects looked at, once it has drawn them."""
        chats = [chat.id for chat in self._store.chats.subscribed() if not chat.unreachable]
        return self._store.routes.wanted_by(chats, incident_ids) if chats else {}

    def _say_opened(self, rows: Sequence[InboxRow], opened: Opened) -> None:
        """Which body opened which is not known here, so they count as having waited as long as the oldest."""
        now = self._clock()
        for row in rows:
            metrics.webhook_routed((now - row.received_at).total_seconds())
        metrics.incidents_opened(len(opened.incidents))
        for incident_id in opened.incidents:
            metrics.received(incident_id, rows[0].received_at)
        if len(rows) > 1:
            # One line for all: in a storm a line for each would cost as much as opening it.
            log.info("webhooks routed", incidents=opened.incidents, inbox=[row.id for row in rows])
        elif opened.incidents:
            self._say_routed(opened.incidents[0], rows[0])
            tell_opened(opened.incidents[0], inbox=rows[0].id)

    def _understood(self, row: InboxRow) -> tuple[int, Notification] | None:
        """None for what takes a closer look by itself."""
        try:
            return row.id, self._parsed(row)
        except Exception:
            return None

    def _parsed(self, row: InboxRow) -> Notification:
        return parse(
            row.body,
            received_at=row.received_at,
            cluster_label=self._cluster_label,
            watchdogs=self._watchdogs,
        )

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
            notification = self._parsed(row)
        except NotUnderstood as problem:
            self._quarantine(inbox_id, str(problem))
            return
        if notification.beats:
            self.tell(HEARTBEATS, Beaten(row.source, notification.beats, row.received_at))
        now = self._clock()
        for incident_id in self._store.inbox.route(inbox_id, notification, now):
            self._say_routed(incident_id, row)
            self.tell(incident_address(incident_id), MailArrived())

        metrics.webhook_routed((now - row.received_at).total_seconds())

    def _say_routed(self, incident_id: int, row: InboxRow) -> None:
        stored_at = f"{row.received_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        write = log.debug if self._rush_since is not None else log.info
        write("webhook routed", incident=incident_id, inbox=row.id, source=row.source, stored_at=stored_at)

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
