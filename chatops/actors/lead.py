"""Striving to lead: a thread that tries for the leadership while another process has it, and keeps it once it is ours.

It is no actor: while another leads there are none, and what it waits for is the database.
"""

import threading
import time
from collections.abc import Callable

import structlog

from chatops.core.failures import Failure
from chatops.core.recurring import Recurring
from chatops.db.leadership import Leadership

log = structlog.get_logger()

TRY_SECONDS = 0.5
CONFIRM_SECONDS = 1.0


class Lead:
    """`led` begins to act, `lost` ends the process's turn; both are called in this thread, once.

    `leads`: it has the lead and acts already.
    """

    def __init__(
        self,
        leadership: Leadership,
        address: str,
        *,
        leads: bool,
        led: Callable[[], None],
        lost: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leadership = leadership
        self._address = address
        self._leads = leads
        self._led = led
        self._lost = lost
        self._clock = clock
        self._trouble = Recurring()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What it does in this moment is not waited for."""
        self._stop.set()

    def join(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        if not self._leads:
            while not self._taken():
                if self._stop.wait(TRY_SECONDS):
                    return
            log.info("leading")
            self._led()
        while not self._stop.wait(CONFIRM_SECONDS):
            self._confirm()
            if self._leadership.lost.is_set():
                log.warning("another replica leads")
                self._lost()
                return

    def _confirm(self) -> None:
        try:
            self._leadership.confirm()
        except Failure as failure:
            if self._trouble.met(self._clock()):
                log.warning("the lead is not certain", error=str(failure))
        else:
            if self._trouble.over():
                log.info("the lead is certain again")

    def _taken(self) -> bool:
        try:
            taken = self._leadership.take(self._address)
        except Failure as failure:
            if self._trouble.met(self._clock()):
                log.warning("cannot try to lead", error=str(failure))
            return False
        if self._trouble.over():
            log.info("can try to lead again")
        return taken
