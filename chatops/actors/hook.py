"""The thread that keeps Telegram posting its updates to us, for who chose that over polling. The posts come elsewhere.

Telegram tells only when asked that its posts do not arrive, so it is asked every minute.
"""

import threading
from collections.abc import Callable

import structlog

from chatops.actors.arrivals import Arrivals
from chatops.actors.line import SOON, Line
from chatops.core.failures import Failure
from chatops.telegram.client import Telegram

log = structlog.get_logger()

CHECK_SECONDS = 60.0


class Hook:
    """One life, as a Poller's. `secret` is what every post of Telegram has to carry; it is never shown.

    `on_set` is told the address once Telegram has it.
    """

    def __init__(
        self,
        *,
        telegram: Telegram,
        arrivals: Arrivals,
        line: Line,
        stopping: threading.Event,
        url: str,
        secret: str,
        on_set: Callable[[str], None],
    ) -> None:
        self._telegram = telegram
        self._arrivals = arrivals
        self._line = line
        self._stopping = stopping
        self._url = url
        self._secret = secret
        self._on_set = on_set
        self._set = False

    def run(self, *, tell_pending: bool) -> None:
        """As `Poller.run`."""
        while not self._stopping.is_set():
            try:
                self._arrivals.resume(tell_pending=tell_pending)
                break
            except Failure as failure:
                self._line.not_stored(failure)
        while not self._stopping.is_set():
            self._round()

    def _round(self) -> None:
        try:
            self._line.introduce()
            if not self._set:
                # Written down first: what may be set has to be found by a later run that polls.
                self._on_set(self._url)
                self._telegram.hook.set(self._url, self._secret)
                self._set = True
            state = self._telegram.hook.state()
        except Failure as failure:
            if not self._stopping.is_set():
                self._line.failed(failure)
            return
        if state.url != self._url:
            log.warning("another program has changed the bot's webhook; it is set again")
            self._set = False
            return
        if state.waiting and state.error:
            self._line.does_not_work(f"Telegram cannot reach TELEGRAM_WEBHOOK_URL: {state.error}")
        elif self._heard(more=bool(state.waiting)):
            self._line.works()
        self._stopping.wait(SOON if self._arrivals.catching_up else CHECK_SECONDS)

    def _heard(self, *, more: bool) -> bool:
        try:
            self._arrivals.keep((), more=more)
        except Failure as failure:
            self._line.not_stored(failure)
            return False
        return True
