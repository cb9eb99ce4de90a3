"""The real Alertmanager in front: a group fires, repeats, partly resolves, resolves, and fires again."""

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.town import TOKEN, Town, until

BINARY = shutil.which("prometheus-alertmanager")
pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]

CONFIG = """
route:
  receiver: chatops
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 2s
receivers:
  - name: chatops
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/alertmanager
        send_resolved: true
        http_config:
          authorization:
            credentials: {token}
"""


class Alertmanager:
    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, *pods: str, ended: bool = False, started_minutes_ago: float = 1) -> None:
        """What Prometheus would post: these pods fire, or no longer do."""
        now = datetime.now(UTC)
        ends_at = now if ended else now + timedelta(hours=1)
        alerts = [
            {
                "labels": {"alertname": "CrashLoop", "severity": "critical", "namespace": "shop", "pod": pod},
                "annotations": {"summary": f"{pod} crash-loops"},
                "startsAt": (now - timedelta(minutes=started_minutes_ago)).isoformat(),
                "endsAt": ends_at.isoformat(),
            }
            for pod in pods
        ]
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            data=json.dumps(alerts).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


@contextmanager
def alertmanager(place: Town, folder: Path) -> Iterator[Alertmanager]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "alertmanager.yml"
    config.write_text(CONFIG.format(port=place.service.alert_port, token=TOKEN))
    assert BINARY
    process = subprocess.Popen(
        [
            BINARY,
            f"--config.file={config}",
            f"--storage.path={folder / 'am'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        until(ready, "alertmanager is ready")
        yield Alertmanager(url)
    finally:
        process.terminate()
        process.wait(10)


def test_one_group_one_incident_one_card(place, tmp_path):
    with alertmanager(place, tmp_path) as real:
        real.tell("cart-0", "cart-1")
        card = place.card("2 alerts")
        real.tell("cart-2")
        place.card("3 alerts")
        real.tell("cart-0", ended=True)
        place.card("2 alerts")
        real.tell("cart-1", "cart-2", ended=True)
        assert place.card("🟢", "resolved").id == card.id
        with place.store() as store:
            webhooks = store.inbox.new_ids()
            assert webhooks == ()
        real.tell("cart-1", started_minutes_ago=0)
        assert place.card("reopened once").id == card.id
        assert len(place.cards()) == 1
        with place.store() as store:
            assert store.incidents.get(2) is None
