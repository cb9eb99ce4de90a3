"""When a request to Kubernetes is sent again, and how long is waited before. It knows failures only, not requests."""

import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from tenacity.nap import sleep_using_event

from chatops.core.failures import Permanent, Reason, Temporary

T = TypeVar("T")


class Retries:
    """Repeats what failed for now: bounded by tries and by time, with jitter, obeying `retry_after`, ended by `stop`.

    `total` is in seconds and counts waits that are still to come: a wait that would not fit is not begun. `sleep`
    replaces the wait on `stop` (tests).
    """

    def __init__(
        self,
        stop: threading.Event,
        *,
        tries: int = 4,
        total: float = 15.0,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._stop = stop
        self._tries = tries
        self._total = total
        self._sleep = sleep or sleep_using_event(stop)
        self._jittered = wait_random_exponential(multiplier=0.2, max=4.0)

    def read(self, request: Callable[[], T]) -> T:
        """The result of `request`, which changes nothing and may be sent as often as needed."""
        return self._run(request, lambda error: isinstance(error, Temporary))

    def change(self, request: Callable[[], T]) -> T:
        """The result of `request`, sent again only where the first one certainly changed nothing."""
        return self._run(request, _certainly_unchanged)

    def _run(self, request: Callable[[], T], worth: Callable[[BaseException], bool]) -> T:
        if self._stop.is_set():
            raise Temporary(Reason.UNREACHABLE, "stopping")
        retrying = Retrying(
            retry=retry_if_exception(worth),
            wait=self._wait,
            stop=self._enough,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(request)

    def _wait(self, state: RetryCallState) -> float:
        failure = _failure(state)
        asked = failure.retry_after if isinstance(failure, Temporary) else None
        # Jitter is added to what was asked, never taken from it: all who were told "1 s" must not return together.
        return self._jittered(state) + (asked or 0.0)

    def _enough(self, state: RetryCallState) -> bool:
        if self._stop.is_set() or stop_after_attempt(self._tries)(state):
            return True
        elapsed = max(state.seconds_since_start or 0.0, state.idle_for)
        return elapsed + state.upcoming_sleep > self._total


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _certainly_unchanged(error: BaseException) -> bool:
    """Not connected, or turned away before being looked at (429, and 503 that names a time to return)."""
    if isinstance(error, Permanent) or not isinstance(error, Temporary):
        return False
    if error.reason in (Reason.UNREACHABLE, Reason.TIMEOUT, Reason.THROTTLED):
        return True
    return error.reason is Reason.SERVER_ERROR and error.retry_after is not None
