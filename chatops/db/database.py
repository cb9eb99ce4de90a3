"""The database: one thread of its own writes, and whoever reads does it where they are, a few at a time.

SQLite has one writer at a time anyway, so what is to be written is carried to that thread, whose callers wait; what
waits there shares the next commit. Reading waits for no thread: a connection is lent for it (see lending).
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

from pony.orm import Database as PonyDatabase
from pony.orm import db_session

from chatops import metrics
from chatops.core.failures import Failure, Reason, Temporary
from chatops.db.connection import Connection
from chatops.db.entities import Tables
from chatops.db.faults import Lost, Unavailable, failure_of
from chatops.db.jobs import Job, JobQueue, closed, never_begun
from chatops.db.lending import Turns
from chatops.db.location import PostgresUrl, location
from chatops.db.sqlite import Sqlite

if TYPE_CHECKING:
    from chatops.db.postgres import Postgres

T = TypeVar("T")

QUEUE_LIMIT = 10_000
GROUP_LIMIT = 256
"""Jobs that share one commit at most: bounds how long the first of them waits for the last."""

LOCK_PATIENCE = 0.4
"""Seconds to wait for another process that writes.

An intake answers 503 within a second (twice this, with a queue).
"""

READERS = 3
"""How many may read at the same time, each on a connection of its own."""

CALLER_PATIENCE = 10.0
"""Seconds a caller waits for its job to begin."""

RUNNING_PATIENCE = 60.0
"""Seconds more that a caller waits for a job that has begun: its outcome is worth knowing."""


class Guard(Protocol):
    """Who says whether this process may write."""

    def enter(self, connection: Connection) -> float:
        """A transaction begins in this session; when. Raises Failure where it must not."""
        ...

    def committed(self, began: float) -> None: ...


class Database:
    """One SQLite file or PostgreSQL database, opened. `write` and `read` run functions in a session and return what
    those return.

    Such a function uses `tables`, returns values and never entities, does nothing besides (no input, no output, no
    message), never calls `write` or `read` itself (see `at_once`, `together`), and may be run a second time when the
    transaction it shared failed.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = READERS,
        queue_limit: int = QUEUE_LIMIT,
        lock_patience: float = LOCK_PATIENCE,
        caller_patience: float = CALLER_PATIENCE,
    ) -> None:
        """Nothing is opened yet. Raises ValueError when `url` names no database. Patience is in seconds."""
        place = location(url)
        self._engine: Sqlite | Postgres
        if isinstance(place, PostgresUrl):
            self._engine = _postgres(place, lock_patience)
        else:
            self._engine = Sqlite(place, lock_patience)
        self.where = self._engine.where
        """For people: which database it is, without its password."""
        self.guard: Guard | None = None
        """Asked at the beginning of each transaction that writes, and told of its end."""
        self.commits = 0
        """Transactions committed so far; less than the jobs written when they shared."""
        self._pony = PonyDatabase()
        self.tables = Tables(self._pony, lambda: self._engine.connection(), on_postgres=isinstance(place, PostgresUrl))
        self._caller_patience = caller_patience
        self._writes = JobQueue(queue_limit)
        self._turns = Turns(readers, most=queue_limit, patience=caller_patience)
        self._session = threading.local()
        """`open` while the calling thread reads."""
        self._ready: Future[None] = Future()
        self._writer = threading.Thread(target=self._run_writer, name="db-writer", daemon=True)

    @property
    def waiting(self) -> int:
        """Jobs not begun yet."""
        return len(self._writes) + self._turns.waiting

    def open(self) -> None:
        """Start to write and read, and check that every table is as mapped. Raises Failure; then nothing is left
        running.
        """
        self._writer.start()
        try:
            self._ready.result()
        except BaseException:
            self.close()
            raise
        self._turns.begin()

    def close(self) -> None:
        """Finish what was taken in, then stop. Calls made from here on raise a Failure."""
        self._turns.close()
        self._writes.close()
        if self._writer.ident is not None:
            self._writer.join()
        self._disconnect()
        for job in self._writes.leftover():
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(closed())

    def write(self, work: Callable[[], T], *, alone: bool = False) -> T:
        """Run `work` in a transaction and return its result once that is on disk.

        `alone`: share the transaction with no other job (for statements that go past the entities of others).
        Raises Temporary when nothing was stored and trying again may help, Permanent when the database
        refused, and whatever `work` raised; then nothing of it is stored.
        """
        if self._is_writing():
            return work()
        return self._wait(self.submit_write(work, alone=alone))

    def submit_write(self, work: Callable[[], T], *, alone: bool = False) -> "Future[T]":
        """Like `write` without waiting: the future has the result once it is on disk, or the exception."""
        if self._is_writing() or self._is_reading():
            raise RuntimeError("a database function must not ask for another one: it would wait for itself")
        job = Job(work, alone)
        refusal = self._writes.put(job)
        if refusal is not None:
            job.future.set_exception(refusal)
        return job.future

    def read(self, work: Callable[[], T]) -> T:
        """Run `work` on one consistent state of the database. It cannot change anything. Raises like `write`."""
        if self._is_reading() or self._is_writing():
            return work()
        with self._turns.turn():
            return self._looked(work)

    def at_once(self, look: Callable[[], T]) -> T:
        """Like `read`, for a function that itself calls `read`, however often: waited for once, all of one state."""
        return self.read(look)

    def together(self, change: Callable[[], T]) -> T:
        """Like `write`, for a function that itself calls `write` and `read`: all of it is stored, or nothing."""
        return self.write(change)

    def _is_writing(self) -> bool:
        """Whether the caller is a function that is in the writer's session."""
        return threading.current_thread() is self._writer

    def _is_reading(self) -> bool:
        """Whether the caller is a function that reads."""
        return getattr(self._session, "open", False)

    def _wait(self, future: "Future[T]") -> T:
        with contextlib.suppress(TimeoutError):
            return future.result(self._caller_patience)
        if future.cancel():
            raise never_begun()
        try:
            return future.result(RUNNING_PATIENCE)
        except TimeoutError as error:
            raise Temporary(Reason.UNKNOWN_OUTCOME, "the database does not answer") from error

    # The writer's thread.

    def _run_writer(self) -> None:
        try:
            self._bind()
        except BaseException as error:
            self._disconnect()
            self._ready.set_exception(failure_of(error) or error)
            return
        self._ready.set_result(None)
        while group := self._writes.take_group(GROUP_LIMIT):
            begun = [job for job in group if job.future.set_running_or_notify_cancel()]
            if begun:
                self._commit(begun)
        self._disconnect()

    def _bind(self) -> None:
        self._engine.bind(self._pony)
        self._pony.generate_mapping(create_tables=False, check_tables=True)

    def _commit(self, jobs: Sequence[Job], *, again: bool = True) -> None:
        """Run the jobs in one transaction. When it fails each is run again alone: a bad job harms only itself."""
        begun = time.perf_counter()
        done = False
        try:
            # One writer at a time, by the lock: pony's optimistic checks could only fail for reasons of their own.
            with db_session(immediate=True, optimistic=False):
                # Pony begins a transaction with its first own query: a job that has none would commit line by line.
                self._pony.get_connection()  # type: ignore[no-untyped-call]  # its stubs say nothing of it
                began = self.guard.enter(self.tables.connection) if self.guard is not None else 0.0
                results = [job.work() for job in jobs]
                # Or pony would write the entities only as it commits, and a failure would leave that in doubt.
                self._pony.flush()
                done = True
        except BaseException as error:
            failure = self._mended(error)
            if failure is not None:
                metrics.database_failed(failure.reason)
            if isinstance(failure, Lost) and not done and again:
                # The server went away before it was asked to commit: nothing of it is stored, and it may be back.
                self._commit(jobs, again=False)
            elif len(jobs) > 1 and not isinstance(failure, Unavailable):
                for job in jobs:
                    self._commit([job])
            else:
                for job in jobs:
                    job.future.set_exception(_in_doubt(failure) if done and failure else failure or error)
            return
        self.commits += 1
        if self.guard is not None:
            self.guard.committed(began)
        metrics.committed(time.perf_counter() - begun, len(jobs))
        for job, result in zip(jobs, results, strict=True):
            job.future.set_result(result)

    # The thread of whoever reads.

    def _looked(self, work: Callable[[], T], *, again: bool = True) -> T:
        self._session.open = True
        try:
            with self._engine.reading(self._pony):
                return work()
        except BaseException as error:
            failure = self._mended(error)
            if isinstance(failure, Lost) and again:
                return self._looked(work, again=False)
            if failure is None or failure is error:
                raise
            raise failure from error
        finally:
            self._session.open = False

    # Both.

    def _mended(self, error: BaseException) -> Failure | None:
        """What the error means. A connection that may be broken is dropped: the next session opens another."""
        failure = failure_of(error)
        if isinstance(failure, Temporary):
            self._disconnect()
        return failure

    def _disconnect(self) -> None:
        # A connection that cannot even be closed is already what it should become: gone.
        with contextlib.suppress(Exception):
            self._pony.disconnect()


def _postgres(place: PostgresUrl, lock_patience: float) -> "Postgres":
    # Here, since it loads the driver.
    from chatops.db.postgres import Postgres

    return Postgres(place, lock_patience)


def _in_doubt(failure: Failure) -> Failure:
    """The server went away while it committed: nobody knows whether it did."""
    return Temporary(Reason.UNKNOWN_OUTCOME, failure.detail) if isinstance(failure, Lost) else failure
