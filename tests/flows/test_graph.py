"""A graph from Prometheus to the phone, by the real service: below the card of a critical incident, and asked for."""

import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatops.sandbox.alarm import EXPRESSION, webhook_body
from chatops.sandbox.botapi.seen import Seen
from chatops.sandbox.prometheus import PrometheusServer
from tests.flows.town import PATIENCE, Town, town


def crash() -> bytes:
    labels = {"alertname": "KubePodCrashLooping", "severity": "critical", "namespace": "shop", "deployment": "checkout"}
    return webhook_body(
        labels, {"summary": "Pod is crash looping."}, starts_at=datetime.now(UTC) - timedelta(hours=1), ends_at=None
    )


def photos(place: Town) -> list[Seen]:
    return [seen for seen in place.chat.messages(from_bot=True) if seen.photo]


def photo(place: Town, number: int) -> Seen:
    place.chat.wait_for(lambda _: len(photos(place)) >= number, timeout=PATIENCE)
    return photos(place)[number - 1]


def test_a_critical_incident_shows_its_graph_and_another_one_when_asked(tmp_path: Path) -> None:
    with PrometheusServer() as prometheus:
        begun = time.time()
        prometheus.series[EXPRESSION] = [({"pod": f"checkout-{n}"}, lambda at: (at - begun) / 3600 + 6) for n in "ab"]
        with town(tmp_path, PROMETHEUS_URL=prometheus.url, GRAPHS="critical", GRAPH_THEME="light") as place:
            assert place.post(crash()) == 200
            unasked = photo(place, 1)
            card = place.card("#1", "Graph")
            assert unasked.reply_to == card.id
            assert struct.unpack(">II", unasked.photo[16:24])[0] == 1280
            assert EXPRESSION in unasked.text
            place.press(card, "📈 Graph")
            asked = photo(place, 2)
            assert (asked.reply_to, asked.silent) == (card.id, True)
            assert prometheus.asked == [EXPRESSION, EXPRESSION]
