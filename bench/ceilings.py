"""What this machine can do at best, measured beside what is made of it: bare waitress, bare SQLite, the disk, JSON."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench.alerts import alert, body
from bench.measuring import ROOT, on_subject_cpu, python

THREADS = 16
MAX_BODY = 16 * 1024 * 1024


@contextmanager
def bare_waitress() -> Iterator[int]:
    """The port of a waitress that reads the body and answers, nothing else: with the threads and limits of ours."""
    command = on_subject_cpu(python("-m", "bench.ceilings", "waitress"))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def sqlite(kind: str, count: int) -> float:
    """Commits a second of bodies (`commits`), or alerts a second stored as rows, a hundred to a commit (`rows`)."""
    done = subprocess.run(
        on_subject_cpu(python("-m", "bench.ceilings", kind, str(count))), cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def fdatasync(count: int = 200) -> float:
    """Seconds of one, after 4 KiB written."""
    with tempfile.TemporaryFile() as file:
        start = time.perf_counter()
        for _ in range(count):
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            os.fdatasync(file.fileno())
        return (time.perf_counter() - start) / count


def _serve() -> None:
    import waitress

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        answer = b'{"status": "stored"}'
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    server = waitress.create_server(
        app, host="127.0.0.1", port=0, threads=THREADS, max_request_body_size=MAX_BODY, asyncore_use_poll=True
    )
    print(server.effective_port, flush=True)
    server.run()


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "bare.db")) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, received_at TEXT, body BLOB, state TEXT)")
        connection.execute(
            "CREATE TABLE alerts (id INTEGER PRIMARY KEY, incident INTEGER, fingerprint TEXT, starts_at TEXT, "
            "labels TEXT, annotations TEXT)"
        )
        connection.execute("CREATE UNIQUE INDEX once ON alerts (incident, fingerprint)")
        yield connection


def _commits(count: int) -> float:
    bodies = [body(number) for number in range(count)]
    with _database() as connection:
        start = time.perf_counter()
        for each in bodies:
            connection.execute("INSERT INTO inbox (received_at, body, state) VALUES ('now', ?, 'new')", (each,))
        return count / (time.perf_counter() - start)


def _rows(count: int) -> float:
    """Each hundred: the body taken apart, and a row for each alert."""
    bodies = [body(first, 100) for first in range(0, count, 100)]
    with _database() as connection:
        start = time.perf_counter()
        for number, each in enumerate(bodies):
            told = json.loads(each)["alerts"]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO alerts (incident, fingerprint, starts_at, labels, annotations) VALUES (?, ?, ?, ?, ?)",
                [
                    (number, a["fingerprint"], a["startsAt"], json.dumps(a["labels"]), json.dumps(a["annotations"]))
                    for a in told
                ],
            )
            connection.execute("COMMIT")
        return count / (time.perf_counter() - start)


def _json(count: int) -> float:
    text = json.dumps({"alerts": [alert(number) for number in range(100)]}).encode()
    start = time.perf_counter()
    for _ in range(count // 100):
        json.loads(text)
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    if sys.argv[1] == "waitress":
        _serve()
    else:
        print({"commits": _commits, "rows": _rows, "json": _json}[sys.argv[1]](int(sys.argv[2])))
