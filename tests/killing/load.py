"""Webhooks and taps without a pause, and which webhooks were answered 200. It judges nothing."""

import contextlib
import itertools
import threading
from types import TracebackType

from tests.flows.town import Town, crash_loop

SENDERS = 2
GROUPS = 12
PAUSE = 0.02
"""Seconds between two of a sender's: enough to keep every part busy, and room for those who look."""


class Load:
    """A context manager. What goes unanswered is simply not `acked`."""

    def __init__(self, place: Town) -> None:
        self._place = place
        self._over = threading.Event()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._send, name=f"sender-{n}", daemon=True) for n in range(SENDERS)]
        self._threads.append(threading.Thread(target=self._tap, name="taps", daemon=True))
        self.acked: list[bytes] = []

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self) -> None:
        while not self._over.wait(PAUSE):
            number = next(self._numbers)
            body = crash_loop(alertname=f"Load{number % GROUPS}", pod=f"checkout-{number % 5}")
            if self._place.post(body) == 200:
                self.acked.append(body)

    def _tap(self) -> None:
        while not self._over.wait(PAUSE * 10):
            for message in self._place.chat.messages(from_bot=True)[-3:]:
                # A message may have other buttons by now; that is what a slow finger meets.
                with contextlib.suppress(LookupError):
                    self._place.anna.tap(message, _hand(message.buttons))


def _hand(labels: list[str]) -> str:
    """Take it, or let it go again."""
    return next((label for label in labels if "Take" in label or "Release" in label), "Take")
