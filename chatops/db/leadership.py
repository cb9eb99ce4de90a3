"""Which of several processes acts: the one whose writer's session holds an advisory lock of PostgreSQL.

The server decides, and nothing is agreed upon. The lock ends with the session, and the session with the process: at
once where the process dies, after IDLE_SECONDS where it is frozen or cut off. All that the leader writes goes through
that very session; so what it could not be sure of is never stored. What goes elsewhere is not fenced by the database:
for that `left` says for how long the lock is certainly held, by a clock that also runs while one is frozen.

Each time another process takes the lead the term goes up. A leader that lost its session (the server was started anew)
takes the lock again, and goes on if the term is still its own: then nobody else led meanwhile.
"""

import threading
import time

from chatops.core.failures import Permanent, Reason, Temporary
from chatops.db.connection import Connection
from chatops.db.database import Database

LOCK = 0x63686C64

IDLE_SECONDS = 5
"""The server ends a writer's session that does nothing for so long, in a transaction or between two.

What a process holds that is frozen or cut off is free after that, above all the leadership.
"""

LEASE_SECONDS = IDLE_SECONDS - 1.0
"""How long after a transaction began it is certain that its session holds the lock: the server gives it longer."""

_TAKE = "SELECT pg_try_advisory_lock(?)"
_GIVE = "SELECT pg_advisory_unlock(?)"
_BEGIN = "UPDATE leadership SET term = term + 1, address = ? RETURNING term"
_TERM = "SELECT term, address FROM leadership"


def _now() -> float:
    """Seconds that also go by while the machine sleeps or the process is stopped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Lost(Permanent):
    """Another process leads."""


class Leadership:
    """Of one process. It guards the writer of its database from the beginning (`Database.guard`)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._term: int | None = None
        self._session: Connection | None = None
        self._until = 0.0
        self.lost = threading.Event()
        """Set once it led and does not any more. It never leads again: what it knew may be old."""
        database.guard = self

    def left(self) -> float:
        """For how many seconds from this moment it certainly leads; 0 or less where it may not."""
        with self._lock:
            return self._until - _now() if self._term is not None else 0.0

    def holds(self) -> bool:
        """Whether it certainly leads at this moment."""
        return self.left() > 0

    def take(self, address: str) -> bool:
        """Whether it leads from here on, reached by the others at `address`. Raises Failure."""
        tables, began = self._database.tables, _now()

        def work() -> tuple[int, Connection] | None:
            connection = tables.connection
            if not connection.execute(_TAKE, (LOCK,)).fetchone()[0]:
                return None
            return int(connection.execute(_BEGIN, (address,)).fetchall()[0][0]), connection

        taken = self._database.write(work, alone=True)
        if taken is None:
            return False
        with self._lock:
            self._term, self._session = taken
            self._until = began + LEASE_SECONDS
        return True

    def confirm(self) -> None:
        """A transaction that says that the lock is still held. Raises Failure: Lost where it is another's."""
        self._database.write(lambda: self._database.tables.connection.execute("SELECT 1").fetchone(), alone=True)

    def leader(self) -> str:
        """Where the one that leads is reached, or last was; empty where nobody ever led. Raises Failure."""
        row = self._database.read(lambda: self._database.tables.connection.execute(_TERM).fetchone())
        return str(row[1])

    # The writer's guard.

    def enter(self, connection: Connection) -> float:
        """A transaction begins in this session; when it did. Raises Failure where it must not."""
        began = _now()
        if self.lost.is_set():
            raise _lost()
        if self._term is not None and connection is not self._session:
            self._resume(connection)
        return began

    def committed(self, began: float) -> None:
        """What began then is on disk."""
        with self._lock:
            if self._term is not None:
                self._until = max(self._until, began + LEASE_SECONDS)

    def _resume(self, connection: Connection) -> None:
        """The session of before is gone, and the lock with it."""
        taken = bool(connection.execute(_TAKE, (LOCK,)).fetchone()[0])
        term = int(connection.execute(_TERM).fetchone()[0])
        if term != self._term:
            if taken:
                connection.execute(_GIVE, (LOCK,)).fetchone()
            with self._lock:
                self._term = None
            self.lost.set()
            raise _lost()
        if not taken:
            # Our own session of before, which the server has not given up yet, or somebody who is about to lead.
            raise Temporary(Reason.CONFLICT, "the leadership is still held by a session of before")
        self._session = connection


def _lost() -> Lost:
    return Lost(Reason.REFUSED, "another replica leads now; nothing was stored")
