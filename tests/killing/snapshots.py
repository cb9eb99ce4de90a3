"""R2: copies of the database at random instants under load, opened as the next start would find them.

A crash leaves both files as they are at one instant; two files read one after the other while somebody writes are of
two instants and may rightly contradict each other. So the process is stopped (SIGSTOP, every thread of it seen to
stand still) while the database and its write-ahead log are copied: just what SIGKILL would leave there, in the middle
of whatever it was doing. The -shm file is never copied, for after a crash of the machine there is none.

Where the machine itself goes down, also what was written and not flushed may be missing or garbage. Every second copy
is torn like that: its log is cut at a random byte after what it held at the stop before, of which every commit that
was answered had been flushed, and the last bytes before the cut are garbled. Then only what was acknowledged by that
earlier stop has to be there. That a disk lies about flushing is not covered.
"""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from chatops.db.database import Database
from chatops.db.soundness import ensure_sound
from chatops.db.store import Store
from tests.flows.town import town, until
from tests.killing.forks import ForkedService, Forks
from tests.killing.load import Load
from tests.killing.stories import nothing

SNAPSHOTS = 500
GARBLED = 64
"""Bytes before a cut that are overwritten, at most."""


def snapshots_under_load(forks: Forks, folder: Path, count: int, *, seed: int) -> None:
    """Raises AssertionError for the first copy that is not whole or lacks what was answered 200 before it."""
    chance = random.Random(seed)
    folder.mkdir()
    with town(folder, service=partial(ForkedService, forks), cluster=nothing) as place:
        service = place.service
        assert isinstance(service, ForkedService)
        flushed = (b"", 0, 0)
        with Load(place) as load:
            for number in range(count):
                least = len(load.acked) + chance.randrange(3)
                until(partial(_more, load, least), "the load goes on")
                time.sleep(chance.random() * 0.03)
                copy = folder / f"copy-{number}"
                copy.mkdir()
                with standing_still(service):
                    acked = len(load.acked)
                    for name in ("chatops.db", "chatops.db-wal"):
                        (copy / name).write_bytes((folder / name).read_bytes())
                log = copy / "chatops.db-wal"
                whole = (log.read_bytes()[16:24], log.stat().st_size, acked)
                if number % 2 and whole[0] == flushed[0] and whole[1] > flushed[1]:
                    tear(log, flushed[1], chance)
                    acked = flushed[2]
                flushed = whole
                check_copy(copy / "chatops.db", load.acked[:acked])
                for file in copy.iterdir():
                    file.unlink()


def _more(load: Load, least: int) -> bool:
    return len(load.acked) >= least


@contextmanager
def standing_still(service: ForkedService) -> Iterator[None]:
    """Every thread of the service is stopped within, wherever it was."""
    service.signal(signal.SIGSTOP)
    try:
        until(
            lambda: all(_state(task) == "T" for task in Path(f"/proc/{service.pid}/task").iterdir()), "it stands still"
        )
        yield
    finally:
        service.signal(signal.SIGCONT)


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def tear(log: Path, least: int, chance: random.Random) -> None:
    """Cut the log somewhere after its first `least` bytes, and spoil what is before the cut."""
    data = bytearray(log.read_bytes())
    cut = chance.randint(least, len(data))
    spoilt = min(cut - least, chance.randint(0, GARBLED))
    data[cut - spoilt : cut] = os.urandom(spoilt)
    log.write_bytes(data[:cut])


def check_copy(file: Path, acked: list[bytes]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        stored = {bytes(body) for (body,) in connection.execute("SELECT body FROM inbox")}
    missing = [body for body in acked if body not in stored]
    assert not missing, f"{len(missing)} of {len(acked)} bodies that were answered 200 are not in the copy"
    with closing(Database(f"sqlite:///{file}", readers=1)) as database:
        database.open()
        ensure_sound(database)
        assert Store(database).audit.verify() is None, "the chain of the log is broken"
