"""The first recipe of docs/alertmanager.md, in the real Alertmanager, to a card and to its end."""

from datetime import UTC, datetime

import pytest
import yaml

from tests.docs.papers import blocks
from tests.flows.town import TOKEN, town
from tests.upstream.real import BINARY, real_alertmanager

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]

CRASH = {"alertname": "KubePodCrashLooping", "severity": "critical", "namespace": "shop", "pod": "cart-0"}


def fitted(recipe: str, port: int, token_file: str) -> str:
    """What the page says, but for this machine's addresses, and without its waits."""
    told = yaml.safe_load(recipe)
    told["route"] |= {"group_wait": "0s", "group_interval": "1s"}
    (webhook,) = told["receivers"][0]["webhook_configs"]
    webhook["url"] = webhook["url"].replace("chatops.example:8081", f"127.0.0.1:{port}")
    webhook["http_config"]["authorization"]["credentials_file"] = token_file
    return yaml.safe_dump(told)


def test_the_receiver_of_the_page_opens_and_ends_an_incident(tmp_path):
    recipe = next(block for block in blocks("yaml", "docs/alertmanager.md") if block.kind == "alertmanager")
    token = tmp_path / "chatops-token"
    token.write_text(TOKEN + "\n")
    with (
        town(tmp_path) as place,
        real_alertmanager(tmp_path, fitted(recipe.text, place.service.alert_port, str(token))) as real,
    ):
        real.fire(CRASH)
        assert "🔴" in place.card("cart-0").text
        real.fire(CRASH, endsAt=datetime.now(UTC).isoformat())
        place.card("cart-0", "Reopen")
        assert len(place.cards()) == 1
