"""The SelfAuditActor: looks every minute whether what was accepted reached people, and says when it did not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import Address
from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor
from chatops.actors.chat_messages import Notice
from chatops.actors.directory import Directory
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.failures import Failure
from chatops.core.self_audit import SEEN_TWICE, Breach, Finding, Gap, compare
from chatops.db.store import Store

log = structlog.get_logger()

SELF_AUDIT: Address = ("self_audit",)
ROUND_SECONDS = 60.0

MOST_NAMED = 10
"""Incidents that are named one by one in what the admins are told."""


@dataclass(frozen=True, slots=True)
class Look:
    """Time for another round."""


class SelfAuditActor(Actor):
    """A breach is told to the admins when it begins, and again of each critical incident that nobody is shown. Telegram
    may be what is broken, so the metrics have it too: only a round without a breach of ours moves their heartbeat. The
    audit log has when it began and when it was over.
    """

    def __init__(self, *, directory: Directory, address: Address, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._first_missed: Mapping[Gap, datetime] = {}
        self._told: frozenset[Breach] = frozenset()
        self._told_of: frozenset[int] = frozenset()
        """Incidents of what is told of each."""
        self._unwritten: list[Entry] = []

    def setup(self) -> None:
        self.tell(self.address, Look())

    def receive(self, message: Any) -> Any:
        match message:
            case Look():
                soon = self._look()
                self.later(SEEN_TWICE.total_seconds() if soon else ROUND_SECONDS, Look())
            case _:
                return super().receive(message)
        return None

    def _look(self) -> bool:
        """Whether to look again soon."""
        now = self._clock()
        try:
            books = self._store.books.read(now)
            found = compare(books, self._first_missed, now)
            self._first_missed = found.first_missed
            self._say(found.findings, now)
        except Failure as failure:
            log.warning("the self-audit waits for the database", error=str(failure))
            return False
        oldest = (now - found.oldest).total_seconds() if found.oldest else 0.0
        metrics.books_looked_at(books.waiting, books.unseen, max(0.0, oldest))
        metrics.self_audited([str(finding.breach) for finding in found.findings], now.timestamp())
        return found.soon

    def _say(self, findings: tuple[Finding, ...], now: datetime) -> None:
        for finding in findings:
            if finding.breach not in self._told or finding.pressing - self._told_of:
                minutes = int((now - finding.since).total_seconds() // 60)
                incident = "" if finding.incident_id is None else str(finding.incident_id)
                detail = {"count": str(finding.count), "incident": incident, "minutes": str(minutes)}
                if fresh := sorted(finding.each - self._told_of):
                    detail["incidents"] = ", ".join(f"#{each}" for each in fresh[:MOST_NAMED])
                log.error("self-audit failed", breach=finding.breach, **detail)
                self._note(EntryType.BREACH_FOUND, finding.breach, now, finding.incident_id, detail)
                tell_admins(self._store, self.tell, Notice(f"self_audit_{finding.breach}", detail))
        breached = frozenset(finding.breach for finding in findings)
        self._told_of = frozenset(each for finding in findings for each in finding.each)
        for healed in sorted(self._told - breached):
            log.info("self-audit is clean again", breach=healed)
            self._note(EntryType.BREACH_OVER, healed, now)
        self._told = breached
        self._write()

    def _note(
        self,
        type: EntryType,
        breach: Breach,
        now: datetime,
        incident_id: int | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        detail = {"breach": str(breach), **{name: value for name, value in (told or {}).items() if name != "incident"}}
        self._unwritten.append(Entry(type, SYSTEM, now, incident_id=incident_id, detail=detail))

    def _write(self) -> None:
        """What cannot be written now is written in a later round: the people are told at once."""
        try:
            self._store.audit.append(self._unwritten)
            self._unwritten = []
        except Failure as failure:
            log.error("not_written_down", lines=len(self._unwritten), problem=str(failure))
