"""Connections as the database lends them: one that writes, which its thread keeps, and those that read, one at a time
each, to whoever asks. It knows neither SQLite nor PostgreSQL.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from chatops.core.failures import Failure
from chatops.db.jobs import closed, crowded, never_begun


class Lending:
    """What pony asks of a pool. `opened(only_reads)` opens a connection, in the thread that asks.

    Pony's own keeps a connection in every thread that ever used one; here thousands of threads read, now and then.
    """

    def __init__(self, opened: Callable[[bool], Any]) -> None:
        self._opened = opened
        self._writer = threading.current_thread()
        self._writes: Any = None
        self._idle: list[Any] = []
        self._mine = threading.local()

    def belongs_to_this_thread(self) -> None:
        """The one that writes is the calling thread's from now on."""
        self._writer = threading.current_thread()

    @property
    def is_writer(self) -> bool:
        return threading.current_thread() is self._writer

    @property
    def lent(self) -> Any:
        """What the calling thread was given last."""
        return self._mine.connection

    def connect(self) -> tuple[Any, bool]:
        """A connection, and whether pony has to be told that it is new: it never has."""
        if self.is_writer:
            self._writes = self._writes or self._opened(False)
            self._mine.connection = self._writes
        else:
            try:
                self._mine.connection = self._idle.pop()
            except IndexError:
                self._mine.connection = self._opened(True)
        return self._mine.connection, False

    def release(self, connection: Any) -> None:
        """The session is over."""
        try:
            connection.rollback()
        except BaseException:
            self.drop(connection)
            raise
        if connection is not self._writes:
            self._idle.append(connection)

    def drop(self, connection: Any) -> None:
        if connection is self._writes:
            self._writes = None
        connection.close()

    def disconnect(self) -> None:
        """Close what this thread would be given next; of those that read that is any that nobody has."""
        if self.is_writer:
            if self._writes is not None:
                self.drop(self._writes)
            return
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()


class Turns:
    """So many may read at the same time; the others wait for `patience` seconds, and no more than `most` of them."""

    def __init__(self, count: int, *, most: int, patience: float) -> None:
        self._count = self._free = count
        self._most = most
        self._patience = patience
        self._open = False
        self._changed = threading.Condition(threading.Lock())
        self.waiting = 0

    def begin(self) -> None:
        self._open = True

    def close(self) -> None:
        """Refuse everybody from here on, and wait for those who read."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free == self._count)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Raises Failure when it does not come."""
        with self._changed:
            refusal = self._waited_for() if not (self._open and self._free) else None
            if refusal is not None:
                raise refusal
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                if self.waiting or not self._open:
                    self._changed.notify_all()

    def _waited_for(self) -> Failure | None:
        if self._open and self.waiting >= self._most:
            return crowded(self._most)
        self.waiting += 1
        try:
            came = self._changed.wait_for(lambda: not self._open or self._free > 0, self._patience)
        finally:
            self.waiting -= 1
        if not self._open:
            return closed()
        return None if came else never_begun()
