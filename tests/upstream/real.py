"""Debian's Alertmanager as a process of its own, on loopback."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

BINARY = shutil.which("prometheus-alertmanager")
PATIENCE = 30.0

CONFIG = "route: {receiver: nobody, group_by: [alertname]}\nreceivers: [{name: nobody}]\n"

_TO_US = """
route:
  receiver: chatops
  group_by: [{group_by}]
  group_wait: 0s
  group_interval: {group_interval}
  repeat_interval: {repeat_interval}
receivers:
  - name: chatops
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/alertmanager
        max_alerts: {max_alerts}
        http_config: {{authorization: {{credentials: {token}}}}}
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def webhook_config(
    port: int,
    token: str,
    *,
    group_by: str = "alertname",
    group_interval: str = "1s",
    repeat_interval: str = "1h",
    max_alerts: int = 0,
) -> str:
    """One that tells the service, which listens for alerts on `port`, at once."""
    return _TO_US.format(
        port=port,
        token=token,
        group_by=group_by,
        group_interval=group_interval,
        repeat_interval=repeat_interval,
        max_alerts=max_alerts,
    )


class RealAlertmanager:
    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self._process = process

    def fire(self, labels: dict[str, str], **fields: Any) -> None:
        """What Prometheus would post."""
        self.fire_all([labels], **fields)

    def fire_all(self, labels: Sequence[dict[str, str]], **fields: Any) -> None:
        """All in one post."""
        self.post([{"labels": each, **fields} for each in labels])

    def post(self, alerts: Sequence[dict[str, Any]]) -> None:
        body = json.dumps(alerts).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            assert answer.status == 200

    def reload(self) -> None:
        """Read the configuration anew, as by SIGHUP: groups and their timers begin again. Returns when it has."""
        with urllib.request.urlopen(f"{self.url}/-/reload", data=b"", timeout=PATIENCE) as answer:
            assert answer.status == 200

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.loads(answer.read())


@contextmanager
def real_alertmanager(folder: Path, config: str = CONFIG, *, peering: Sequence[str] = ()) -> Iterator[RealAlertmanager]:
    """`peering` are its flags for a cluster of several; none for one that stands alone."""
    assert BINARY
    port = free_port()
    file = folder / "alertmanager.yml"
    file.write_text(config)
    command = [
        BINARY,
        f"--config.file={file}",
        f"--storage.path={folder / 'am'}",
        f"--web.listen-address=127.0.0.1:{port}",
        *(peering or ["--cluster.listen-address="]),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    real = RealAlertmanager(f"http://127.0.0.1:{port}", process)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _ready(real.url):
            assert time.monotonic() < deadline, "it does not become ready"
        yield real
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def real_pair(folder: Path, config: str) -> Iterator[tuple[RealAlertmanager, RealAlertmanager]]:
    """Two that know of each other. The second waits a second for the first before it sends."""
    ports = free_port(), free_port()
    with ExitStack() as stack:
        peers = []
        for name, own, other in zip("ab", ports, reversed(ports), strict=True):
            (folder / name).mkdir()
            flags = [
                f"--cluster.listen-address=127.0.0.1:{own}",
                f"--cluster.advertise-address=127.0.0.1:{own}",
                f"--cluster.peer=127.0.0.1:{other}",
                "--cluster.peer-timeout=1s",
                "--cluster.gossip-interval=50ms",
            ]
            peers.append(stack.enter_context(real_alertmanager(folder / name, config, peering=flags)))
        deadline = time.monotonic() + PATIENCE
        while any(len(peer.get("/api/v2/status")["cluster"].get("peers", ())) < 2 for peer in peers):
            assert time.monotonic() < deadline, "they do not find each other"
            time.sleep(0.05)
        yield peers[0], peers[1]


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        time.sleep(0.02)
        return False
