"""The board of parts: which of them work, since when, and why not. It decides nothing and asks nobody."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class PartStatus(StrEnum):
    """off: not configured, which is nobody's fault."""

    UP = "up"
    DOWN = "down"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class PartState:
    """`since` is when the status became what it is. `detail` is the latest word on it, the reason when down."""

    status: PartStatus
    detail: str
    since: datetime


Parts = dict[str, PartState]


def _now() -> datetime:
    return datetime.now(UTC)


class Health:
    """Thread-safe. A part is a short name: `telegram`, `alertmanager`, `cluster:prod`."""

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._parts: Parts = {}
        self._lock = threading.Lock()

    def up(self, part: str, detail: str = "") -> None:
        self._post(part, PartStatus.UP, detail)

    def down(self, part: str, reason: str) -> None:
        self._post(part, PartStatus.DOWN, reason)

    def off(self, part: str) -> None:
        self._post(part, PartStatus.OFF, "")

    def snapshot(self) -> Parts:
        """Every part told of so far, by name; a copy."""
        with self._lock:
            return dict(sorted(self._parts.items()))

    def _post(self, part: str, status: PartStatus, detail: str) -> None:
        with self._lock:
            known = self._parts.get(part)
            since = known.since if known is not None and known.status is status else self._clock()
            self._parts[part] = PartState(status, detail, since)
