"""What the audit log costs: a line appended, a million verified, and one line's place proven.

Beside: bare SHA-256 over lines as long, and bare SQLite reading the same rows.
"""

import hashlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measuring import environment, estimate
from bench.shipped import database as fresh_database
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.db.audit import append_entries
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store

LINES = 1_000_000
CHUNK = 2_000
ROUNDS = 7
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def entries(first: int, count: int) -> Iterator[Entry]:
    for number in range(first, first + count):
        detail = {"alerts": "1", "firing": "1", "title": "Pod not ready", "severity": "warning"}
        yield Entry(EntryType.OPENED, SYSTEM, NOW + timedelta(seconds=number), incident_id=number, detail=detail)


def appended(database: Database, first: int, count: int) -> float:
    """Seconds a line, within transactions of CHUNK lines: what it adds to a change that is stored anyway."""
    start = time.perf_counter()
    for begin in range(first, first + count, CHUNK):
        made = list(entries(begin, min(CHUNK, first + count - begin)))
        database.write(lambda made=made: append_entries(database.tables, made))
    return (time.perf_counter() - start) / count


def main(lines: int = LINES) -> None:
    print(environment())
    with tempfile.TemporaryDirectory() as folder, fresh_database(Path(folder)) as url:
        migrate(url)
        database = Database(url)
        database.open()
        store = Store(database)
        each = [appended(database, number * CHUNK * 2, CHUNK * 2) * 1e6 for number in range(ROUNDS)]
        print(f"audit log\n    append                {estimate(each)} us a line (wanted: 5% of what an alert takes)")
        appended(database, ROUNDS * CHUNK * 2, lines - ROUNDS * CHUNK * 2)
        start = time.perf_counter()
        flaw = store.audit.verify()
        taken = time.perf_counter() - start
        assert flaw is None, flaw
        assert store.audit.head()[0] == lines, "lines are missing"
        print(f"    verify {lines:>9,}      {taken:.1f} s (wanted: 15 s for a million)", flush=True)
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as bare:
                start = time.perf_counter()
                size = sum(sum(len(str(value)) for value in row) for row in bare.execute("SELECT * FROM audit"))
                reading = time.perf_counter() - start
            line = b"x" * (size // lines)
            start = time.perf_counter()
            for _ in range(lines):
                hashlib.sha256(line).hexdigest()
            hashing = time.perf_counter() - start
            print(f"    bare reading {reading:.1f} s, bare SHA-256 of as many bytes {hashing:.1f} s")
        database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
