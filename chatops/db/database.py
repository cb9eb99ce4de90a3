"""The database's own threads: one that writes, a few that read. Nobody else ever opens a session.

Pony keeps a connection in every thread that ever used it, and SQLite has one writer at a time anyway. So
functions are carried to a fixed set of threads and their callers wait. What waits to be written shares the
next commit.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from pony.orm import Database as PonyDatabase
from pony.orm import db_session

from chatops import metrics
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.db.entities import Tables
from chatops.db.faults import Locked, failure_of
from chatops.db.jobs import Job, JobQueue, closed
from chatops.db.location import sqlite_path

T = TypeVar("T")

QUEUE_LIMIT = 10_000
GROUP_LIMIT = 256
"""Jobs that share one commit at most: bounds how long the first of them waits for the last."""

LOCK_PATIENCE = 0.4
"""Seconds to wait for another process that writes.

An intake answers 503 within a second (twice this, with a queue).
"""

LOG_LIMIT = 64 * 1024 * 1024
"""Bytes the write-ahead log keeps on disk once a burst is over."""

CALLER_PATIENCE = 10.0
"""Seconds a caller waits for its job to begin."""

RUNNING_PATIENCE = 60.0
"""Seconds more that a caller waits for a job that has begun: its outcome is worth knowing."""


class Database:
    """One SQLite file, opened. `write` and `read` run functions in a session and return their result.

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
        """Nothing is opened yet. Raises ValueError when `url` names no SQLite file. Patience is in seconds."""
        self.path = sqlite_path(url)
        self.commits = 0
        """Transactions committed so far; less than the jobs written when they shared."""
        self._pony = PonyDatabase()
        self.tables = Tables(self._pony)
        self._lock_patience = lock_patience
        self._caller_patience = caller_patience
        self._writes = JobQueue(queue_limit)
        self._reads = JobQueue(queue_limit)
        self._reading = threading.local()
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
        if not self.path.exists():
            raise Permanent(Reason.NOT_FOUND, f"{self.path} does not exist; migrate first")

        # A function, because pony silently ignores a bound method here; its stubs call it types.FunctionType.
        @self._pony.on_connect(provider="sqlite")  # type: ignore[arg-type]  # see above
        def prepare(_pony: PonyDatabase, connection: sqlite3.Connection) -> None:
            self._prepare(connection)

        self._pony.bind("sqlite", str(self.path), create_db=False, timeout=self._lock_patience)
        self._pony.generate_mapping(create_tables=False, check_tables=True)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Every new connection comes through here, also one that replaces a broken one."""
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT}")
        connection.execute(f"PRAGMA busy_timeout = {int(self._lock_patience * 1000)}")
        if getattr(self._reading, "only", False):
            connection.execute("PRAGMA query_only = ON")
        self.tables.connected(connection)

    def _commit(self, jobs: Sequence[Job]) -> None:
        """Run the jobs in one transaction. When it fails each is run again alone: a bad job harms only itself."""
        begun = time.perf_counter()
        try:
            # One writer at a time, by the lock: pony's optimistic checks could only fail for reasons of their own.
            with db_session(immediate=True, optimistic=False):
                # Pony begins a transaction with its first own query: a job that has none would commit line by line.
                self._pony.get_connection()  # type: ignore[no-untyped-call]  # its stubs say nothing of it
                results = [job.work() for job in jobs]
        except BaseException as error:
            failure = self._mended(error)
            if failure is not None:
                metrics.database_failed(failure.reason)
            if len(jobs) > 1 and not isinstance(failure, Locked):
                for job in jobs:
                    self._commit([job])
            else:
                for job in jobs:
                    job.future.set_exception(failure or error)
            return
        self.commits += 1
        metrics.committed(time.perf_counter() - begun, len(jobs))
        for job, result in zip(jobs, results, strict=True):
            job.future.set_result(result)

    # A reader's thread.

    def _run_reader(self) -> None:
        self._reading.only = True
        while (job := self._reads.take()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._answer(job)
        self._disconnect()

    def _answer(self, job: Job) -> None:
        try:
            with db_session:
                self._pony.select("SELECT 1")
                # Pony reads in autocommit mode; one snapshot for the whole function ends when the session does.
                self.tables.connection.execute("BEGIN")
                result = job.work()
        except BaseException as error:
            job.future.set_exception(self._mended(error) or error)
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
