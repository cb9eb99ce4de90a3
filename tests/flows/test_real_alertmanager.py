"""The real Alertmanager in front: a group fires, repeats, partly resolves, resolves, and fires again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.town import TOKEN, Town
from tests.upstream.real import BINARY, RealAlertmanager, real_alertmanager, webhook_config

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]


class Prometheus:
    def __init__(self, alertmanager: RealAlertmanager) -> None:
        self._alertmanager = alertmanager

    def tell(self, *pods: str, ended: bool = False, started_minutes_ago: float = 1) -> None:
        """What it would post: these pods fire, or no longer do."""
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
        self._alertmanager.post(alerts)


@contextmanager
def alertmanager(place: Town, folder: Path) -> Iterator[Prometheus]:
    with real_alertmanager(folder, webhook_config(place.service.alert_port, TOKEN, repeat_interval="2s")) as real:
        yield Prometheus(real)


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
