"""The thread that asks Telegram for updates, puts them on disk and tells their chats; then only it asks for the next.

It knows nothing of what updates mean, and nothing of what is sent.
"""

import threading
import time
from collections.abc import Sequence

import structlog

from chatops.actors.arrivals import Arrivals, Came
from chatops.actors.line import SOON, Line
from chatops.core.failures import Failure, Reason
from chatops.telegram.client import BATCH, Telegram

log = structlog.get_logger()

POLL_SECONDS = 25
FIRST_POLL_SECONDS = 1
"""What waits at Telegram comes at once. That nothing does has to be known before somebody presses a button."""
FOREIGN_HOOK = (
    "a webhook is set for this bot, so it cannot be polled: call deleteWebhook, set TELEGRAM_WEBHOOK_URL, "
    "or use another bot"
)


class Poller:
    """One life: `run` is the thread's, until `stopping` is set and whoever stops it has cut the poll.

    `left_hook` is the webhook that an earlier run of ours set and this one does not want; empty where there is none.
    """

    def __init__(
        self, *, telegram: Telegram, arrivals: Arrivals, line: Line, stopping: threading.Event, left_hook: str = ""
    ) -> None:
        self._telegram = telegram
        self._arrivals = arrivals
        self._line = line
        self._stopping = stopping
        self._left_hook = left_hook
        self._offset: int | None = None
        self._answered = False

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
            self._offset = self._arrivals.resume(tell_pending=tell_pending)
        except Failure as failure:
            self._line.not_stored(failure)
            return False
        return True

    def _round(self) -> None:
        asked_at = time.monotonic()
        try:
            self._line.introduce()
            came = self._telegram.updates(self._offset, POLL_SECONDS if self._answered else FIRST_POLL_SECONDS)
        except Failure as failure:
            self._answered = False
            if not self._stopping.is_set():
                self._refused(failure)
            return
        self._line.works()
        self._keep(came)
        waited, self._answered = self._answered, True
        if waited and not came and time.monotonic() - asked_at < SOON:
            # Not a long poll: something in between answers for Telegram.
            self._stopping.wait(SOON)

    def _keep(self, came: Sequence[Came]) -> None:
        try:
            self._arrivals.keep(came, more=len(came) >= BATCH)
        except Failure as failure:
            # The offset stays, so Telegram gives them again.
            self._line.not_stored(failure)
            return
        if came:
            self._offset = max(number for number, _, _ in came) + 1

    def _refused(self, failure: Failure) -> None:
        if failure.reason is not Reason.CONFLICT or "webhook" not in failure.detail:
            self._line.failed(failure)
        elif not self._unhooked():
            self._line.failed(failure, FOREIGN_HOOK)

    def _unhooked(self) -> bool:
        """Take back the webhook that we set ourselves. Another program's stays: whoever runs it wants it."""
        if not self._left_hook:
            return False
        try:
            ours = self._telegram.hook.state().url == self._left_hook
            if ours:
                self._telegram.hook.delete()
                log.info("the webhook of an earlier run is taken back, for this one polls")
        except Failure:
            return False
        return ours
