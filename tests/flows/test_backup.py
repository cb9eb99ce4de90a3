"""Backed up while alerts pour in, and served on again from the copy: nothing that was taken before is missing."""

import itertools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chatops.db.database import Database
from chatops.db.soundness import ensure_sound
from tests import postgres
from tests.flows.town import PATIENCE, ROOT, Town, crash_loop, until

BEFORE = 12


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def launcher(place: Town, *arguments: str, **changed: str) -> str:
    return run(sys.executable, str(ROOT / "run.py"), *arguments, **{**place.environment, **changed})


@contextmanager
def under_load(place: Town) -> Iterator[list[str]]:
    """Alerts of ever new deployments come in; those that were taken before."""
    taken: list[str] = []
    stop = threading.Event()

    def send() -> None:
        for number in itertools.count():
            if stop.wait(0.03):
                return
            if place.post(crash_loop(deployment=f"load-{number}-")) == 200:
                taken.append(f"load-{number}-")

    sender = threading.Thread(target=send)
    sender.start()
    try:
        until(lambda: len(taken) >= BEFORE, "some are taken")
        before = list(taken)
        yield before
        until(lambda: len(taken) > len(before), "more are taken meanwhile")
    finally:
        stop.set()
        sender.join(PATIENCE)


def nothing_is_missing(place: Town, before: list[str]) -> None:
    """And the service goes on: it takes what is new, and the chain of the log with it."""
    with place.store() as store:
        found = b"".join(row.body for row in store.inbox.many(range(1, 2000))).decode()
        assert [name for name in before if name not in found] == []
        known = store.audit.head()[0]
    assert place.post(crash_loop(deployment="afterwards")) == 200
    with place.store() as store:
        until(lambda: store.audit.head()[0] > known, "what it took is in the log")
        assert store.audit.verify() is None
    with closing(Database(place.environment["DATABASE_URL"], readers=1)) as database:
        database.open()
        ensure_sound(database)


@pytest.mark.sqlite
def test_r2_a_file_is_backed_up_under_load_and_restored(place: Town) -> None:
    """R2: as docs/backup.md has it."""
    copy, file = place.folder / "backup.db", place.folder / "chatops.db"
    with under_load(place) as before:
        told = launcher(place, "backup", str(copy))
    place.service.kill()
    head = told.partition("audit log is ")[2].split()[0]
    launcher(place, "audit", "verify", "--head", head, DATABASE_URL=f"sqlite:///{copy}")
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        each.unlink(missing_ok=True)
    shutil.copy(copy, file)
    place.service.start()
    nothing_is_missing(place, before)


@pytest.mark.postgresql
def test_r2_a_postgresql_database_is_dumped_under_load_and_restored(place: Town) -> None:
    """R2: with the guards of the audit log, and numbers that go on."""
    pg_dump, pg_restore = postgres.tool("pg_dump"), postgres.tool("pg_restore")
    if pg_dump is None or pg_restore is None:
        pytest.skip("there is no pg_dump of the server's version")
    url, copy = place.environment["DATABASE_URL"], place.folder / "backup.dump"
    with under_load(place) as before:
        run(pg_dump, "--format=custom", f"--file={copy}", url)
    place.service.kill()
    restored = postgres.new_database(migrated=False)
    try:
        run(pg_restore, "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={restored}", str(copy))
        place.environment["DATABASE_URL"] = restored
        launcher(place, "audit", "verify")
        place.service.start(DATABASE_URL=restored)
        nothing_is_missing(place, before)
    finally:
        place.service.stop()
        postgres.drop_database(restored)
