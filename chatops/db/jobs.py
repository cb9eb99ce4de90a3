"""What waits to be done in the database's thread. It opens no session."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from chatops.core.failures import Failure, Permanent, Reason, Temporary


def closed() -> Failure:
    return Permanent(Reason.UNREACHABLE, "the database is closed")


def crowded(limit: int) -> Failure:
    return Temporary(Reason.SERVER_ERROR, f"{limit} jobs wait for the database already")


def never_begun() -> Failure:
    """Whoever waited has given up before its turn came."""
    return Temporary(Reason.TIMEOUT, "the database was too busy to begin; nothing was done")


@dataclass(frozen=True, slots=True)
class Job:
    """A function to run in a session. `alone`: it shares its transaction with no other job."""

    work: Callable[[], Any]
    alone: bool = False
    future: "Future[Any]" = field(default_factory=Future)


class JobQueue:
    """A bounded queue that can be closed: what was taken in before is still handed out. One thread takes."""

    def __init__(self, limit: int) -> None:
        self._jobs: deque[Job] = deque()
        self._limit = limit
        self._closed = False
        self._changed = threading.Condition(threading.Lock())

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> Failure | None:
        """Take the job in, or say why not."""
        with self._changed:
            if self._closed:
                return closed()
            if len(self._jobs) >= self._limit:
                return crowded(self._limit)
            self._jobs.append(job)
            self._changed.notify()
        return None

    def take_group(self, limit: int) -> list[Job]:
        """Every job that waits, up to `limit`, waiting for the first; empty once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            group: list[Job] = []
            while self._jobs and len(group) < limit and not (group and (group[0].alone or self._jobs[0].alone)):
                group.append(self._jobs.popleft())
        return group

    def leftover(self) -> list[Job]:
        """What nobody took, for a queue whose thread never came to run."""
        with self._changed:
            left = list(self._jobs)
            self._jobs.clear()
        return left

    def close(self) -> None:
        """Refuse new jobs from here on."""
        with self._changed:
            self._closed = True
            self._changed.notify()
