"""The real database without its threads: what would be carried to one is run where it is asked for, in its order.

One file and one mapping serve many seeds, because mapping is what takes long; each seed begins with a fresh copy.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from chatops.core.failures import Failure
from chatops.db.database import LOCK_PATIENCE, Database
from chatops.db.jobs import Job
from chatops.db.migrate import migrate
from chatops.db.sqlite import Sqlite
from tests.simulation.faults import Faults
from tests.simulation.memory import MISSING, Memory, key_of

T = TypeVar("T")


class _Watched(Sqlite):
    """A file of which `memory` hears every statement. Only the process dies here, never the machine."""

    def __init__(self, file: Path, memory: Memory) -> None:
        super().__init__(file, LOCK_PATIENCE)
        self._memory = memory

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.set_trace_callback(self._memory.traced)


class SameThreadDatabase(Database):
    """Commits and reads as the real one does, in the thread that asks; `faults` strike before and after each call."""

    def __init__(self, folder: Path) -> None:
        self._file, self._pristine = folder / "simulated.db", folder / "pristine.db"
        url = f"sqlite:///{self._file}"
        migrate(url)
        shutil.copy(self._file, self._pristine)
        super().__init__(url)
        self.faults = Faults()
        self._busy = False
        self._together = False
        self._looking: sqlite3.Connection | None = None
        self.memory = Memory(_tables(self._file))
        self.remembers = True
        """Whether a read whose answer cannot have changed is answered from memory."""
        self._engine = _Watched(self._file, self.memory)
        self._bind()

    def begin_anew(self, faults: Faults) -> None:
        """An empty database, as on the first day."""
        self.close()
        self.memory.forget()
        for leftover in self._file.parent.glob(f"{self._file.name}-*"):
            leftover.unlink()
        shutil.copy(self._pristine, self._file)
        self.faults = faults

    def close(self) -> None:
        self._disconnect()
        if self._looking:
            self._looking.close()
            self._looking = None

    def looking(self) -> sqlite3.Connection:
        """A connection of one's own, for looking past the store at what is committed; no fault strikes here."""
        if self._looking is None:
            self._looking = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, isolation_level=None)
        return self._looking

    def rows(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """What is committed, past the store; remembered like a read, for whoever asks after every step."""
        key = (query, values)
        found = self.memory.recall(key)
        if found is MISSING:
            found = self.looking().execute(query, values).fetchall()
            self.memory.keep(key, self.memory.of_text(query), found)
        return found

    def at_once(self, look: Callable[[], T]) -> T:
        """Nobody writes meanwhile. Each read is remembered for itself: what is made of them may change without them."""
        return look()

    def together(self, change: Callable[[], T]) -> T:
        self._together = True
        try:
            return self.write(change)
        finally:
            self._together = False

    def _is_writing(self) -> bool:
        return self._busy and self._together

    def read(self, work: Callable[[], T]) -> T:
        if self._is_writing():
            return work()
        with self._job():
            return self._looked_up(work)

    def _looked_up(self, work: Callable[[], T]) -> T:
        key = key_of(work) if self.remembers else None
        found: T = MISSING if key is None else self.memory.recall(key)  # type: ignore[assignment]  # asked below
        if found is not MISSING:
            return found
        with self.memory.listening() as looked_at:
            found = self._looked(work)
        if key is not None:
            self.memory.keep(key, looked_at, found)
        return found

    def submit_write(self, work: Callable[[], T], *, alone: bool = False) -> "Future[T]":
        answer: Future[T] = Future()
        inner: Job = Job(work, alone)
        try:
            with self._job():
                self._commit([inner])
        except Failure as failure:
            answer.set_exception(failure)
            return answer
        # On disk, and nobody has heard of it yet. A disk that fails says so before.
        self.faults.here()
        error = inner.future.exception()
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(inner.future.result())
        return answer

    @contextmanager
    def _job(self) -> Iterator[None]:
        if self._busy:
            raise RuntimeError("a database function must not ask for another one: it would wait for itself")
        failure = self.faults.at_database()
        if failure is not None:
            raise failure
        self._busy = True
        try:
            yield
        finally:
            self._busy = False


def _tables(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
