"""A real Alertmanager whose webhooks were refused for a while: what it then never tells is fetched from its list."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.town import TOKEN, town
from tests.upstream.real import BINARY, free_port, real_alertmanager, webhook_config

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]


def test_r8_alerts_of_a_401_episode_are_shown_after_it(tmp_path):
    """R8: Alertmanager does not repeat what it got a 401 for before its next group_interval, here an hour."""
    port = free_port()
    with (
        real_alertmanager(tmp_path, webhook_config(port, TOKEN, group_interval="1h", repeat_interval="4h")) as real,
        town(tmp_path, ALERT_PORT=str(port), ALERTMANAGER_URL=real.url) as place,
    ):
        labels = {"severity": "critical", "namespace": "shop"}
        real.fire({"alertname": "ToldInTime", **labels})
        place.card("#1")
        place.service.terminate()
        place.service.start(WEBHOOK_TOKEN="another-token-altogether")
        began = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
        real.fire({"alertname": "RefusedAlert", **labels}, startsAt=began)
        place.card("wrong or missing token")
        place.service.terminate()
        place.service.start()
        place.card("#2", "Refused alert")
        with place.store() as store:
            assert store.incidents.get(3) is None
