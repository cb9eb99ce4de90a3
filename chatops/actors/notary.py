"""The NotaryActor: tells the newest line of the audit log where the database cannot reach. It checks no chain.

Whoever can write to the file can cut the log's end off, and what is left still holds. The structured log gets every
checkpoint, a chat (AUDIT_CHAT) one an hour; `audit verify --head` compares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.admins import tell_admins
from chatops.actors.base import Actor
from chatops.actors.chat_messages import Notice
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.actors.telegram_messages import Deliver, Delivered, NotDelivered
from chatops.core.audit import FLAWS, GENESIS, Checkpoint, Fault, Flaw
from chatops.core.failures import Failure
from chatops.core.outgoing import Lane, SendMessage
from chatops.core.screens.base import code
from chatops.db.store import Store

log = structlog.get_logger()

NOTARY: Address = ("notary",)
ROUND_SECONDS = 900.0
CHAT_PAUSE = timedelta(hours=1)
"""A chat is told no more often than this, also over restarts."""

TOLD_SETTING = "audit_told"
"""What the chat was last told, and when: `NUMBER:HASH TIME`."""


PART = "audit log"
"""Its name among the parts of the service; there is none while nothing is wrong."""

SLICE = 500
"""Lines of the chain that are gone through at once."""
SLICE_SECONDS = 0.1
"""Between two slices: whoever presses a button meanwhile does not wait for a long log."""


@dataclass(frozen=True, slots=True)
class Attest:
    """Time for another checkpoint."""


@dataclass(frozen=True, slots=True)
class GoThrough:
    """Check the chain from here on: `number` lines hold, the last of them with this hash."""

    number: int = 0
    hash: str = GENESIS


class NotaryActor(Actor):
    """A checkpoint after the start, every 15 minutes when there was something new, and at the end; the whole chain once
    after the start. A log that is not as it was written is told to the admins, and the service goes on.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        chat_id: int | None = None,
        health: Health | None = None,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._chat_id = chat_id
        self._health = health
        self._logged: Checkpoint | None = None
        self._told = False
        self._sending: Checkpoint | None = None

    def setup(self) -> None:
        metrics.audit_log_changed(changed=False)
        self.tell(self.address, Attest())
        self.tell(self.address, GoThrough())

    def receive(self, message: Any) -> Any:
        match message:
            case Attest():
                self._attest()
                self.later(ROUND_SECONDS, Attest())
            case GoThrough():
                self._go_through(message)
            case Delivered(tag=Checkpoint()):
                self._sending = None
            case NotDelivered(tag=Checkpoint(), reason=reason, detail=detail):
                self._sending = None
                log.warning("the audit chat was not told", chat=self._chat_id, reason=reason, detail=detail)
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        """The last checkpoint: whoever starts the service again can compare."""
        self._log_newest()

    def _attest(self) -> None:
        try:
            newest = self._log_newest()
            if newest and self._chat_id is not None:
                self._tell_chat(newest, self._chat_id)
        except Failure as failure:
            log.warning("a checkpoint waits for the database", error=str(failure))

    def _go_through(self, at: GoThrough) -> None:
        """One slice of the chain; the end is where it holds up to the newest line."""
        try:
            reached = self._store.audit.verify_from(at.number, at.hash, SLICE)
        except Failure as failure:
            log.warning("the chain waits for the database", error=str(failure))
            self.later(ROUND_SECONDS, at)
            return
        if isinstance(reached, Flaw):
            self._changed(reached, "")
        elif reached.number - at.number == SLICE:
            self.later(SLICE_SECONDS, GoThrough(reached.number, reached.hash))
        else:
            log.info("audit_log_holds", lines=reached.number)

    def _log_newest(self) -> Checkpoint | None:
        newest = Checkpoint(*self._store.audit.head())
        if newest != self._logged:
            self._compare(self._logged or self._told_chat()[0])
            # Two fields, and not NUMBER:HASH: the log takes that for a bot's token and hides it.
            log.info("audit_checkpoint", number=newest.number, hash=newest.hash)
            self._logged = newest
        return newest if newest.number else None

    def _compare(self, known: Checkpoint | None) -> None:
        """Whether a line that was told of is still there as it was."""
        if known and known.number and self._store.audit.hash_of(known.number) != known.hash:
            self._changed(Flaw(known.number, Fault.ANEW), known.hash)

    def _changed(self, flaw: Flaw, hash: str) -> None:
        """Said in the log each time it is found, to the admins once in this life."""
        command = f"audit verify --head {flaw.number}:{hash}" if hash else "audit verify"
        log.error("audit_log_changed", number=flaw.number, hash=hash, fault=flaw.fault, mend=f"run: {command}")
        metrics.audit_log_changed(changed=True)
        if self._health is not None:
            self._health.down(PART, f"line {flaw.number}: {FLAWS[flaw.fault]}")
        if not self._told:
            self._told = True
            tell_admins(self._store, self.tell, Notice("audit_log_changed", {"line": str(flaw.number), "run": command}))

    def _told_chat(self) -> tuple[Checkpoint | None, datetime | None]:
        """What the chat was last told, also by an earlier life, and when."""
        told, _, at = (self._store.settings.get(TOLD_SETTING) or "").partition(" ")
        return (Checkpoint.of(told), datetime.fromisoformat(at)) if told else (None, None)

    def _tell_chat(self, newest: Checkpoint, chat_id: int) -> None:
        told, at = self._told_chat()
        if self._sending or told == newest or (at and abs(self._clock() - at) < CHAT_PAUSE):
            return
        self._compare(told)
        # Written down first: a crash between the two must not make it two messages an hour.
        self._store.settings.set(TOLD_SETTING, f"{newest} {self._clock().isoformat()}")
        self._sending = newest
        words = SendMessage(chat_id, str(code(f"audit verify --head {newest}")), silent=True)
        self.tell(TELEGRAM, Deliver(words, Lane.DIGEST, reply_to=self.address, tag=newest))
