"""The log of changes that watches read: bounded, so that old versions expire as they do in etcd."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from chatops.sandbox.kubeapi.kinds import Obj


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One write. `before` is None for ADDED; for DELETED `after` is the last state with the new version."""

    version: int
    type: str
    key: str
    before: Obj | None
    after: Obj


class Journal:
    """The last `size` changes and the condition their readers wait on."""

    def __init__(self, lock: threading.RLock, *, size: int = 20_000) -> None:
        self.condition = threading.Condition(lock)
        self._changes: deque[Change] = deque(maxlen=size)
        self._floor = 0

    def append(self, change: Change) -> None:
        """Add a change and wake the readers."""
        with self.condition:
            if len(self._changes) == self._changes.maxlen:
                self._floor = self._changes[0].version
            self._changes.append(change)
            self.condition.notify_all()

    def forget(self, version: int) -> None:
        """Drop every change up to `version`, as etcd's compaction does."""
        with self.condition:
            while self._changes and self._changes[0].version <= version:
                self._changes.popleft()
            self._floor = max(self._floor, version)
            self.condition.notify_all()

    @property
    def floor(self) -> int:
        """The newest version whose successor is no longer known for sure."""
        return self._floor

    def since(self, version: int) -> list[Change]:
        """Changes after `version`, oldest first; LookupError when some of them are gone."""
        with self.condition:
            if version < self._floor:
                raise LookupError(version)
            found: list[Change] = []
            for change in reversed(self._changes):
                if change.version <= version:
                    break
                found.append(change)
            found.reverse()
            return found

    def wake(self) -> None:
        """Make every waiting reader look around."""
        with self.condition:
            self.condition.notify_all()
