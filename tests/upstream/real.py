"""Debian's Alertmanager as a process of its own, on loopback."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BINARY = shutil.which("prometheus-alertmanager")
PATIENCE = 30.0

CONFIG = "route: {receiver: nobody, group_by: [alertname]}\nreceivers: [{name: nobody}]\n"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class RealAlertmanager:
    def __init__(self, url: str) -> None:
        self.url = url

    def fire(self, labels: dict[str, str], **fields: Any) -> None:
        """What Prometheus would post."""
        body = json.dumps([{"labels": labels, **fields}]).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            assert answer.status == 200

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.loads(answer.read())


@contextmanager
def real_alertmanager(folder: Path, config: str = CONFIG) -> Iterator[RealAlertmanager]:
    assert BINARY
    port = free_port()
    file = folder / "alertmanager.yml"
    file.write_text(config)
    command = [
        BINARY,
        f"--config.file={file}",
        f"--storage.path={folder / 'am'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    real = RealAlertmanager(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + PATIENCE
        while not _ready(real.url):
            assert time.monotonic() < deadline, "it does not become ready"
        yield real
    finally:
        process.terminate()
        process.wait(10)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        time.sleep(0.02)
        return False
