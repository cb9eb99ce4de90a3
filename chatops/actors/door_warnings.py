"""What is wrong at the intake's door, told to the admins: once in a while, however often it happens."""

import threading
import time
from collections.abc import Callable

from chatops.actors.chat_messages import Notice
from chatops.web.throttle import Throttle

AGAIN_SECONDS = 900.0
"""Alerts are lost as long as it lasts, and whoever mends it needs some minutes."""


class DoorWarnings:
    """`wrong_token` and `too_large` are called in the intake's own thread, which answers every request and must not
    wait: `tell` runs in another. `clock` returns monotonic seconds.
    """

    def __init__(self, tell: Callable[[Notice], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._throttles = {code: Throttle(AGAIN_SECONDS, clock) for code in ("wrong_token", "too_large")}

    def wrong_token(self, user_agent: str) -> None:
        """An Alertmanager with a wrong token loses every alert. A scanner that guesses is for the log alone."""
        if user_agent.startswith("Alertmanager/"):
            self._warn("wrong_token")

    def too_large(self, _user_agent: str) -> None:
        """Alertmanager does not repeat a 413. Whoever sent it has the token."""
        self._warn("too_large")

    def _warn(self, code: str) -> None:
        if self._throttles[code].through() is not None:
            threading.Thread(target=self._tell, args=(Notice(code),), name=f"warn-{code}", daemon=True).start()
