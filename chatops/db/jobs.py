"""What waits to be done in a database thread. It opens no session."""

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from chatops.core.failures import Failure, Permanent, Reason, Temporary


def closed() -> Failure:
    return Permanent(Reason.UNREACHABLE, "the database is closed")


@dataclass(frozen=True, slots=True)
class Job:
    """A function to run in a session. `alone`: it shares its transaction with no other job."""

    work: Callable[[], Any]
    alone: bool = False
    future: "Future[Any]" = field(default_factory=Future)


class JobQueue:
    """A bounded queue that can be closed: what was taken in before is still handed out, then `take` answers nothing."""

    def __init__(self, limit: int) -> None:
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._limit = limit
        self._gate = threading.Lock()
        self._closed = False
        self._held: Job | None = None

    def __len__(self) -> int:
        return self._jobs.qsize()

    def put(self, job: Job) -> Failure | None:
        """Take the job in, or say why not."""
        with self._gate:
            if self._closed:
                return closed()
            if self._jobs.qsize() >= self._limit:
                return Temporary(Reason.SERVER_ERROR, f"{self._limit} jobs wait for the database already")
            self._jobs.put(job)
        return None

    def take(self) -> Job | None:
        """The next job, waiting for one; None once the queue is closed and empty. For any number of threads."""
        job = self._jobs.get()
        if job is None:
            self._jobs.put(None)
        return job

    def take_group(self, limit: int) -> list[Job]:
        """Every job that waits, up to `limit`, waiting for the first; empty once closed and empty. For one thread."""
        first = self._held or self.take()
        self._held = None
        if first is None or first.alone:
            return [first] if first else []
        group = [first]
        while len(group) < limit:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            if job.alone:
                self._held = job
                break
            group.append(job)
        return group

    def leftover(self) -> list[Job]:
        """What nobody took, for a queue whose threads never came to run."""
        left: list[Job] = []
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                left += [job] if job is not None else []
        return left

    def close(self) -> None:
        """Refuse new jobs from here on."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
