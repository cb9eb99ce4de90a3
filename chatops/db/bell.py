"""A bell that the others ring when they have stored something for the leader: LISTEN and NOTIFY of PostgreSQL."""

import contextlib
import select
import threading
import time
from collections.abc import Callable

import structlog

from chatops.core.failures import Failure
from chatops.core.recurring import Recurring
from chatops.db.entities import Tables
from chatops.db.location import PostgresUrl

log = structlog.get_logger()

CHANNEL = "chatops"
_RING = "SELECT pg_notify(?, '')"

LOOK_SECONDS = 10.0
"""So often it is heard also if nobody rings: a ring that was lost costs no more than this."""

AGAIN_SECONDS = 1.0
_PATIENCE = 0.5
"""Seconds after which a stop is noticed."""


def ring(tables: Tables) -> None:
    """Within a session: heard once that is committed."""
    tables.connection.execute(_RING, (CHANNEL,)).fetchall()


class Bell:
    """Listens on a connection of its own, in a thread of its own, from `start` to `stop`."""

    def __init__(self, server: PostgresUrl, heard: Callable[[], None]) -> None:
        """`heard` is called in that thread; also when it begins to listen, since somebody may have rung before."""
        self._server = server
        self._heard = heard
        self._trouble = Recurring()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(5 * _PATIENCE)

    def _run(self) -> None:
        # Here, since whoever keeps a SQLite file rings this bell too, and needs no driver.
        import psycopg2

        while not self._stop.is_set():
            try:
                self._listen()
            except (psycopg2.Error, Failure) as error:
                if self._trouble.met(time.monotonic()):
                    log.warning("not listening", error=" ".join(str(error).split())[:200])
                self._stop.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        from chatops.db.postgres import connected_to

        with contextlib.closing(connected_to(self._server)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            if self._trouble.over():
                log.info("listening again")
            silent = LOOK_SECONDS
            while not self._stop.is_set():
                connection.poll()
                if connection.notifies or silent >= LOOK_SECONDS:
                    connection.notifies.clear()
                    silent = 0.0
                    self._heard()
                if not select.select([connection], [], [], _PATIENCE)[0]:
                    silent += _PATIENCE
