"""Faults: a script of things that go wrong between the bot and Telegram.

A fault is chosen by method and chat, counts down, and says what happens instead of, before or after the real
work. Refuses to know what the methods do. Safe to use from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["status", "drop_request", "drop_reply", "delay", "hold"]


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """One scripted fault. `times` left, None for ever; `method` and `chat_id` None match every one."""

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    status: int = 500
    retry_after: int = 1
    seconds: float = 0.0
    hits: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let a held or delayed request go on."""
        self._go.set()

    def wait(self) -> None:
        """Called by the server: hold the request until released, or for `seconds`."""
        self.arrived.set()
        self._go.wait(self.seconds if self.kind == "delay" else None)


class Faults:
    """The script: first matching fault wins, faults are used in the order they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._script: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Put a fault at the end of the script."""
        with self._lock:
            self._script.append(fault)
        return fault

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that hits this request, counted down."""
        with self._lock:
            for fault in self._script:
                if fault.times == 0 or (fault.method and fault.method.lower() != method.lower()):
                    continue
                if fault.chat_id is not None and fault.chat_id != chat_id:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                fault.hits += 1
                return fault
        return None

    def clear(self) -> None:
        """Forget the script and let every held request go."""
        with self._lock:
            script, self._script = self._script, []
        for fault in script:
            fault.release()
