"""Real Alertmanagers that repeat themselves and each other: one incident, one message, one line that it opened."""

import pytest

from tests.flows.town import TOKEN, Town, until
from tests.upstream.real import BINARY, real_alertmanager, real_pair, webhook_config

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]

CRASH = {"alertname": "CrashLoop", "severity": "critical", "namespace": "shop", "pod": "cart-0"}


def config(place: Town, most: int = 0) -> str:
    return webhook_config(place.service.alert_port, TOKEN, repeat_interval="1s", max_alerts=most)


def told(place: Town, more: int) -> None:
    """Wait until so many more webhooks were taken."""
    goal = place.metric("chatops_webhook_commit_seconds_count") + more
    until(lambda: place.metric("chatops_webhook_commit_seconds_count") >= goal, f"{more} more webhooks came")


def opened_once(place: Town) -> None:
    with place.store() as store:
        until(lambda: store.inbox.new_ids() == (), "all is worked through")
        types = [line.entry.type.value for line in store.audit.page(limit=10_000)]
        assert types.count("opened") == 1
        assert "reopened" not in types
        assert store.incidents.get(2) is None
    assert len(place.cards()) == 1


def test_r5_a_pair_that_was_refused_for_a_while_is_one_incident(place, tmp_path):
    """R5: both send, since neither could tell the other that it had; nothing is lost and nothing is there twice."""
    with real_pair(tmp_path, config(place)) as pair:
        with place.service.on_a_full_disk():
            before = place.metric("chatops_webhooks_total")
            for peer in pair:
                peer.fire(CRASH)
            until(lambda: place.metric("chatops_webhooks_total") >= before + 3, "it is refused a few times")
        place.card("cart-0")
        pair[0].kill()
        told(place, 2)
        opened_once(place)


def test_r10_an_alertmanager_that_is_reloaded_and_restarted_pages_nobody_again(place, tmp_path):
    """R10: each reload begins its groups and timers anew, and what fires is told once more."""
    with real_alertmanager(tmp_path, config(place)) as real:
        real.fire(CRASH)
        card = place.card("cart-0")
        for _ in range(5):
            real.reload()
            told(place, 1)
    with real_alertmanager(tmp_path, config(place)) as real:
        real.fire(CRASH)
        told(place, 2)
        opened_once(place)
        assert place.card("cart-0").id == card.id


def test_r7_alerts_that_were_cut_off_are_counted_on_the_card(place, tmp_path):
    """R7: max_alerts lets five of two hundred through; while any are unknown the incident is not over."""
    with real_alertmanager(tmp_path, config(place, most=5)) as real:
        real.fire_all([{**CRASH, "pod": f"cart-{number}"} for number in range(200)])
        place.card("195 alerts of this group are not shown")
        opened_once(place)
