"""The thread that asks Telegram for updates, puts them on disk and tells their chats; then only it asks for the next.

It knows nothing of what updates mean, and nothing of what is sent.
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from chatops.actors.health import Health
from chatops.actors.messages import Address, UpdateArrived, chat_address
from chatops.core.failures import Failure, Permanent, Reason
from chatops.telegram.client import Commands, Telegram
from chatops.telegram.updates import read

log = structlog.get_logger()

PART = "telegram"
POLL_SECONDS = 25
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0
CONFLICT_SECONDS = 15.0
"""Asking more often would only throw the other program out more often."""

_SOON = 1.0
_MOST_DOUBLINGS = 16

MENDS = {
    Reason.UNAUTHORIZED: "Telegram does not know TELEGRAM_BOT_TOKEN: copy it again from @BotFather",
    Reason.NOT_FOUND: "no Bot API server answers at TELEGRAM_API_URL: mend the address",
    Reason.CONFLICT: "another program polls with this token: stop it, or give each a bot of its own",
}


class UpdateRows(Protocol):
    """The part of the store that keeps updates until they are done."""

    def store(self, updates: Sequence[tuple[int, int, bytes]], now: datetime) -> tuple[int, ...]: ...
    def pending(self) -> tuple[tuple[int, int, bytes, datetime], ...]: ...
    def last_id(self) -> int | None: ...
    def done(self, update_id: int, now: datetime | None = None) -> None: ...


class Poller:
    """One life: `run` is the thread's, until `stopping` is set and whoever stops it has cut the poll."""

    def __init__(
        self,
        *,
        telegram: Telegram,
        rows: UpdateRows,
        health: Health,
        commands: Commands,
        tell: Callable[[Address, object], None],
        stopping: threading.Event,
        now: Callable[[], datetime],
    ) -> None:
        self._telegram = telegram
        self._rows = rows
        self._health = health
        self._commands: Commands | None = commands
        self._tell = tell
        self._stopping = stopping
        self._now = now
        self._offset: int | None = None
        self._name = ""
        self._failures = 0

    def run(self, *, tell_pending: bool) -> None:
        """`tell_pending` first tells what was stored and is not done yet, for nobody has been told in this process.

        Raises only what is a mistake.
        """
        while not self._stopping.is_set() and not self._begin(tell_pending=tell_pending):
            pass
        while not self._stopping.is_set():
            self._round()

    def _begin(self, *, tell_pending: bool) -> bool:
        try:
            last = self._rows.last_id()
            pending = self._rows.pending() if tell_pending else ()
        except Failure as failure:
            self._database_failed(failure)
            return False
        self._offset = None if last is None else last + 1
        for update_id, _, body, _ in pending:
            update = read(body)
            if update is None:
                self._rows.done(update_id)
            else:
                self._tell(chat_address(update.chat_id), UpdateArrived(update))
        return True

    def _round(self) -> None:
        asked_at = time.monotonic()
        try:
            self._introduce()
            came = self._telegram.updates(self._offset, POLL_SECONDS)
        except Failure as failure:
            if not self._stopping.is_set():
                self._telegram_failed(failure)
            return
        self._failures = 0
        self._health.up(PART, self._name)
        if came:
            self._keep(came)
        elif time.monotonic() - asked_at < _SOON:
            # Not a long poll: something in between answers for Telegram.
            self._stopping.wait(_SOON)

    def _introduce(self) -> None:
        """Once Telegram can be reached. A menu that is refused must not keep anybody from being heard."""
        if not self._name:
            self._name = f"@{self._telegram.me().username}"
            self._health.up(PART, self._name)
        if self._commands is None:
            return
        try:
            self._telegram.set_commands(self._commands)
            self._commands = None
        except Permanent as refusal:
            log.warning("telegram refuses the list of commands", reason=str(refusal))
            self._commands = None
        except Failure as failure:
            log.info("the list of commands has to wait", reason=str(failure))

    def _keep(self, came: Sequence[tuple[int, int, bytes]]) -> None:
        understood = {number: update for number, _, body in came if (update := read(body))}
        kept = [(number, understood[number].chat_id, body) for number, _, body in came if number in understood]
        try:
            new = self._rows.store(kept, self._now()) if kept else ()
        except Failure as failure:
            # The offset stays, so Telegram gives them again.
            self._database_failed(failure)
            return
        self._offset = max(number for number, _, _ in came) + 1
        for number in new:
            update = understood[number]
            self._tell(chat_address(update.chat_id), UpdateArrived(update))

    def _telegram_failed(self, failure: Failure) -> None:
        reason = MENDS.get(failure.reason, str(failure))
        if failure.reason is Reason.CONFLICT and "webhook" in failure.detail:
            reason = "a webhook is set for this bot, so it cannot be polled: call deleteWebhook, or use another bot"
        self._health.down(PART, reason)
        if self._failures == 0:
            log.warning("telegram cannot be asked", reason=reason)
        self._failures += 1
        if failure.retry_after is not None:
            wait = failure.retry_after
        elif failure.reason is Reason.CONFLICT:
            wait = CONFLICT_SECONDS * self._jitter()
        elif isinstance(failure, Permanent):
            wait = LONGEST_BACKOFF * self._jitter()
        else:
            doubled = FIRST_BACKOFF * 2 ** min(self._failures - 1, _MOST_DOUBLINGS)
            wait = min(LONGEST_BACKOFF, doubled) * self._jitter()
        self._stopping.wait(wait)

    def _database_failed(self, failure: Failure) -> None:
        log.error("updates cannot be stored", reason=str(failure))
        self._stopping.wait(_SOON * self._jitter())

    def _jitter(self) -> float:
        return random.uniform(0.5, 1.0)
