"""Scripted faults: what the next matching requests suffer instead of, or besides, their answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["status", "hang", "drop_before", "drop_after", "slow"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One entry of the script.

    `status` answers `code` without doing anything; `hang` holds the request until `release`; `drop_before`
    cuts the connection untouched; `drop_after` does the work, then cuts it; `slow` answers after `seconds`.
    """

    kind: FaultKind
    times: int = 1
    method: str = ""
    path: str = ""
    code: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    released: threading.Event = field(default_factory=threading.Event)

    def matches(self, method: str, path: str) -> bool:
        """Whether this request is meant."""
        return (not self.method or self.method == method) and self.path in path


class FaultScript:
    """The faults still to come; the first match is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._hanging: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Put one at the end."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Drop the script and let go of what hangs."""
        with self._lock:
            self._faults.clear()
            hanging, self._hanging = self._hanging, []
        for fault in hanging:
            fault.released.set()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    if fault.kind == "hang":
                        self._hanging.append(fault)
                    return fault
        return None
