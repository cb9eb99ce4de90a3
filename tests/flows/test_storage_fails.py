"""The database cannot be written: a webhook gets a 503, never a 200 and never a 4xx, and all recovers alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.databases import held_up
from tests.flows.town import ANNA, TOKEN, Town, crash_loop, until
from tests.upstream.real import BINARY, real_alertmanager, webhook_config


@contextmanager
def locked(place: Town) -> Iterator[None]:
    with held_up(place.environment["DATABASE_URL"]):
        yield


@contextmanager
def full(place: Town) -> Iterator[None]:
    with place.service.on_a_full_disk():
        yield


FAULTS = {"locked": locked, "full": full}


@pytest.mark.parametrize("fault", ["locked", pytest.param("full", marks=pytest.mark.sqlite)])
def test_r3_what_cannot_be_stored_is_a_503_until_it_can(place, fault):
    """R3: the service stays ready, no part of it dies, and what was taken before is shown after all."""
    assert place.post(crash_loop()) == 200
    with FAULTS[fault](place):
        assert {place.post(crash_loop(ended=True)) for _ in range(3)} == {503}
        assert place.ready()["ready"]
    place.card("keeps crashing")
    until(lambda: place.post(crash_loop(ended=True)) == 200, "it takes alerts again")
    place.card("🟢", "resolved")
    # Not its number: PostgreSQL gives none again that was given to what it could not store.
    assert len(place.cards("#")) == 1
    assert place.metric("chatops_actor_restarts_total") == 0


@pytest.mark.sqlite
@pytest.mark.alertmanager
@pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed")
def test_r3_alertmanager_delivers_again_what_could_not_be_stored(place, tmp_path):
    """R3: five alerts fire during each fault, each is refused at least once, and all are there once it is over."""
    config = webhook_config(place.service.alert_port, TOKEN, group_by="alertname, pod")
    with real_alertmanager(tmp_path, config) as real, place.store() as store:
        for times, fault in enumerate(FAULTS, start=1):
            before = place.metric("chatops_webhooks_total")
            with FAULTS[fault](place):
                for number in range(5):
                    pod = f"{fault}-{number}"
                    real.fire({"alertname": "CrashLoop", "severity": "critical", "namespace": "shop", "pod": pod})
                until(lambda: place.metric("chatops_webhooks_total") >= before + 5, "all were refused")  # noqa: B023
            until(lambda: len(store.incidents.active_ids()) == 5 * times, "all of them are incidents")  # noqa: B023
            until(lambda: not store.cards.stale(ANNA), "each is shown, by a card or a digest")


def test_s1_a_wrong_token_stores_nothing(place):
    """S1: and a body that is too large stores nothing either."""
    assert place.post(crash_loop(), token="somebody-else") == 401
    assert place.post(b"x" * (16 * 1024 * 1024 + 1)) == 413
    with place.store() as store:
        assert store.inbox.new_ids() == ()
        assert store.incidents.active_ids() == ()
