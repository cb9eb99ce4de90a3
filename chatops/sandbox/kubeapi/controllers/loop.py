"""Runs the controllers: step by step under a hand-moved clock, or in a thread of their own in real time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from chatops.sandbox.kubeapi.clock import StepClock
from chatops.sandbox.kubeapi.store import Store

_log = logging.getLogger(__name__)
_MAX_PASSES = 200
_IDLE_LOOK = 1.0


class Controller(Protocol):
    """Something that brings the cluster one step closer to what is wanted."""

    def sync(self, now: datetime) -> list[datetime]:
        """Take a step; the moments at which it wants to be called again without any change."""
        ...


class ControllerLoop:
    """Calls each controller in turn until nothing changes."""

    def __init__(self, store: Store, controllers: Sequence[Controller]) -> None:
        self._store = store
        self._controllers = list(controllers)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def pass_once(self, *, tolerant: bool = False) -> datetime | None:
        """One pass over all controllers; when the next thing is due.

        A `tolerant` pass logs a controller that fails and goes on with the next.
        """
        due: list[datetime] = []
        for controller in self._controllers:
            try:
                due.extend(controller.sync(self._store.clock.now()))
            except Exception:
                if not tolerant:
                    raise
                _log.exception("%s failed", type(controller).__name__)
        return min(due) if due else None

    def settle(self) -> datetime | None:
        """Pass until nothing changes at the present moment; when the next thing is due."""
        with self._guard:
            moment: datetime | None = None
            for _ in range(_MAX_PASSES):
                before = self._store.version
                moment = self.pass_once()
                if self._store.version == before and (moment is None or moment > self._store.clock.now()):
                    break
            return moment

    def step(self, seconds: float) -> None:
        """Move a StepClock forward by `seconds`, stopping at every moment something is due."""
        clock = self._store.clock
        if not isinstance(clock, StepClock):
            raise TypeError("only a StepClock can be stepped")
        end = clock.now() + timedelta(seconds=seconds)
        while True:
            moment = self.settle()
            if moment is None or moment > end:
                break
            clock.move_to(moment)
        clock.move_to(end)
        self.settle()

    def start(self) -> None:
        """Run in a thread until `stop`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="kube-controllers", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stop.set()
        self._store.journal.wake()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    def _run(self) -> None:
        condition = self._store.journal.condition
        while not self._stop.is_set():
            before = self._store.version
            with self._guard:
                moment = self.pass_once(tolerant=True)
            now = self._store.clock.now()
            wait = _IDLE_LOOK if moment is None else min((moment - now).total_seconds(), _IDLE_LOOK)
            with condition:
                if self._store.version == before and wait > 0 and not self._stop.is_set():
                    condition.wait(wait)
