"""The database's own threads: one that writes, a few that read. Nobody else ever opens a session.

Pony keeps a connection in every thread that ever used it, and SQLite has one writer at a time anyway. So
functions are carried to a fixed set of threads and their callers wait. What waits to be written shares the
next commit.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pony.orm import Database as PonyDatabase
from pony.orm import db_session

from chatops import metrics
from chatops.core.failures import Failure, Reason, Temporary
from chatops.db.connection import Connection
from chatops.db.entities import Tables
from chatops.db.faults import Lost, Unavailable, failure_of
from chatops.db.jobs import Job, JobQueue, closed
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
    message), never calls `write` or `read` itself, and may be run a second time when the transaction it shared failed.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = 2,
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
        self.tables = Tables(self._pony, on_postgres=isinstance(place, PostgresUrl))
        self._caller_patience = caller_patience
        self._writes = JobQueue(queue_limit)
        self._reads = JobQueue(queue_limit)
        self._ready: Future[None] = Future()
        self._writer = threading.Thread(target=self._run_writer, name="db-writer", daemon=True)
        self._readers = [
            threading.Thread(target=self._run_reader, name=f"db-reader-{number}", daemon=True)
            for number in range(readers)
        ]
        self._own = frozenset((self._writer, *self._readers))

    @property
    def waiting(self) -> int:
        """Jobs not begun yet."""
        return len(self._writes) + len(self._reads)

    def open(self) -> None:
        """Start the threads and check that every table is as mapped. Raises Failure; then nothing is left running."""
        self._writer.start()
        try:
            self._ready.result()
        except BaseException:
            self.close()
            raise
        for reader in self._readers:
            reader.start()

    def close(self) -> None:
        """Finish what was taken in, then stop the threads. Calls made from here on raise a Failure."""
        self._reads.close()
        self._writes.close()
        for thread in (*self._readers, self._writer):
            if thread.ident is not None:
                thread.join()
        for job in (*self._reads.leftover(), *self._writes.leftover()):
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(closed())

    def write(self, work: Callable[[], T], *, alone: bool = False) -> T:
        """Run `work` in a transaction and return its result once that is on disk.

        `alone`: share the transaction with no other job (for statements that go past the entities of others).
        Raises Temporary when nothing was stored and trying again may help, Permanent when the database
        refused, and whatever `work` raised; then nothing of it is stored.
        """
        return self._wait(self.submit_write(work, alone=alone))

    def submit_write(self, work: Callable[[], T], *, alone: bool = False) -> "Future[T]":
        """Like `write` without waiting: the future has the result once it is on disk, or the exception."""
        return self._submit(self._writes, Job(work, alone))

    def read(self, work: Callable[[], T]) -> T:
        """Run `work` on one consistent state of the database. It cannot change anything. Raises like `write`."""
        answer: Future[T] = self._submit(self._reads, Job(work))
        return self._wait(answer)

    def _submit(self, jobs: JobQueue, job: Job) -> "Future[Any]":
        if threading.current_thread() in self._own:
            raise RuntimeError("a database function must not ask for another one: it would wait for itself")
        refusal = jobs.put(job)
        if refusal is not None:
            job.future.set_exception(refusal)
        return job.future

    def _wait(self, future: "Future[T]") -> T:
        with contextlib.suppress(TimeoutError):
            return future.result(self._caller_patience)
        if future.cancel():
            raise Temporary(Reason.TIMEOUT, "the database was too busy to begin; nothing was done")
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
        self._engine.bind(self._pony, self.tables.connected)
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

    # A reader's thread.

    def _run_reader(self) -> None:
        self._engine.only_reads()
        while (job := self._reads.take()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._answer(job)
        self._disconnect()

    def _answer(self, job: Job, *, again: bool = True) -> None:
        try:
            with self._engine.reading(self._pony, lambda: self.tables.connection):
                result = job.work()
        except BaseException as error:
            failure = self._mended(error)
            if isinstance(failure, Lost) and again:
                self._answer(job, again=False)
            else:
                job.future.set_exception(failure or error)
        else:
            job.future.set_result(result)

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
