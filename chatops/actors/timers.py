"""Calls in the future, all made by one thread. It knows nothing of actors or addresses."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Timer:
    """One call to come. `cancel` may be called at any time, from any thread, any number of times."""

    def __init__(self, call: Callable[[], None] | None) -> None:
        self._call = call

    @property
    def waiting(self) -> bool:
        return self._call is not None

    def cancel(self) -> None:
        self._call = None

    def fire(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()


class Timers:
    """Timers on a monotonic `clock` in seconds. The thread starts with the first timer and ends with `stop`.

    A call must be short and may come late, never early. What it raises is logged.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        # Timers due at the same moment fire in the order they were set.
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Have `call` called in `seconds`. After `stop` the timer returned is one that never fires."""
        with self._changed:
            if self._stopped:
                return Timer(None)
            timer = Timer(call)
            heapq.heappush(self._heap, (self._clock() + max(seconds, 0.0), next(self._order), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
                self._thread.start()
            self._changed.notify()
        return timer

    def wake(self) -> None:
        """Read the clock again: it was moved by hand."""
        with self._changed:
            self._changed.notify()

    def stop(self) -> None:
        """Forget every timer and end the thread. A call that is being made at this moment is finished first."""
        with self._changed:
            self._stopped = True
            self._heap.clear()
            self._changed.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while (timer := self._next_due()) is not None:
            try:
                timer.fire()
            except Exception as error:
                log.error("timer failed", error=str(error), exc_info=True)

    def _next_due(self) -> Timer | None:
        with self._changed:
            while not self._stopped:
                while self._heap and not self._heap[0][2].waiting:
                    heapq.heappop(self._heap)
                wait = self._heap[0][0] - self._clock() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                # A Condition refuses to wait longer than TIMEOUT_MAX.
                self._changed.wait(None if wait is None else min(wait, threading.TIMEOUT_MAX))
        return None
