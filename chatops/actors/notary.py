"""The NotaryActor: tells the newest line of the audit log where the database cannot reach. It checks no chain.

Whoever can write to the file can cut the log's end off, and what is left still holds. The structured log gets every
checkpoint, a chat (AUDIT_CHAT) one an hour; `audit verify --head` compares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.messages import TELEGRAM, Address, Deliver, Delivered, NotDelivered
from chatops.core.audit import Checkpoint
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


@dataclass(frozen=True, slots=True)
class Attest:
    """Time for another checkpoint."""


class NotaryActor(Actor):
    """A checkpoint after the start, every 15 minutes when there was something new, and at the end."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        chat_id: int | None = None,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._clock = clock
        self._chat_id = chat_id
        self._logged: Checkpoint | None = None
        self._sending: Checkpoint | None = None

    def setup(self) -> None:
        self.tell(self.address, Attest())

    def receive(self, message: Any) -> Any:
        match message:
            case Attest():
                self._attest()
                self.later(ROUND_SECONDS, Attest())
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

    def _log_newest(self) -> Checkpoint | None:
        newest, known = Checkpoint(*self._store.audit.head()), self._logged
        if newest != known:
            self._compare(known)
            # Two fields, and not NUMBER:HASH: the log takes that for a bot's token and hides it.
            log.info("audit_checkpoint", number=newest.number, hash=newest.hash)
            self._logged = newest
        return newest if newest.number else None

    def _compare(self, known: Checkpoint | None) -> None:
        """Whether a line that was told of is still there as it was."""
        if known and known.number and self._store.audit.hash_of(known.number) != known.hash:
            log.error("audit_log_changed", number=known.number, hash=known.hash, mend="run: audit verify --head")

    def _tell_chat(self, newest: Checkpoint, chat_id: int) -> None:
        told, _, at = (self._store.settings.get(TOLD_SETTING) or "").partition(" ")
        if self._sending or told == str(newest):
            return
        if told:
            if abs(self._clock() - datetime.fromisoformat(at)) < CHAT_PAUSE:
                return
            self._compare(Checkpoint.of(told))
        # Written down first: a crash between the two must not make it two messages an hour.
        self._store.settings.set(TOLD_SETTING, f"{newest} {self._clock().isoformat()}")
        self._sending = newest
        words = SendMessage(chat_id, str(code(f"audit verify --head {newest}")), silent=True)
        self.tell(TELEGRAM, Deliver(words, Lane.DIGEST, reply_to=self.address, tag=newest))
