"""A replica that leads is cut off, from PostgreSQL alone and from everything, while alerts come in, and joined again.

Each is in a network of its own, and what it sends is counted where it arrives, by the address that it comes from.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.flows.town import confirm_it, crash_loop, until
from tests.replicas.load import Sender, incidents, judge, shown
from tests.replicas.network import missing
from tests.replicas.wired import CLUSTER, POSTGRES, TELEGRAM, Housed, Wired, wired_in

pytestmark = pytest.mark.postgresql

TAKEOVER_SECONDS = 10.0
"""What is promised of a leader that is frozen or cut off."""
CONFLICTS = 4
"""How often Telegram may have told that two poll, of one takeover: each of them asks once more, and waits then."""


WAITING = 12
"""Alerts that come at once: their cards are sent one a second."""


@pytest.fixture
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Wired]:
    """Its parameters are settings."""
    if why := missing():
        pytest.skip(why)
    with wired_in(tmp_path, **getattr(request, "param", {})) as built:
        yield built


@pytest.fixture
def sender(pair: Wired) -> Iterator[Sender]:
    """Not started yet."""
    built = Sender([pair.at(pair.first), pair.at(pair.second)], seed=1, pause=0.2)
    yield built
    built.stop()


@pytest.mark.parametrize("pair", [{"STORM_THRESHOLD": str(WAITING + 1)}], ids=["cards"], indirect=True)
def test_r19_one_that_is_cut_off_from_postgresql_does_nothing_more(pair, sender):
    """It still reaches Telegram, its cluster and all others, and has cards that wait to be sent."""
    assert pair.leads(pair.first)
    assert pair.at(pair.first).post(crash_loop()) == 200
    choose(pair, "Roll back to 42")
    for number in range(WAITING):
        assert pair.at(pair.second).post(crash_loop(namespace=f"at-once-{number}")) == 200
    pair.place.card("at-once-4")
    cut_at = time.time()
    pair.first.cut(POSTGRES)
    sender.start()
    # Whoever is told of this press, it counts once.
    confirm_it(pair.place)
    until(lambda: pair.leads(pair.second), "the other leads")
    assert led_at(pair.second) - cut_at < TAKEOVER_SECONDS
    late = len(pair.told_telegram(pair.first, since=cut_at))
    before = sent_by(pair, pair.first)
    # It sent some for as long as it could be sure, and others wait.
    assert late < WAITING
    assert not pair.leads(pair.first)
    pair.place.card("Rolled back shop/checkout to 42")
    more(sender)
    pair.first.join()
    stands_by_anew(pair, pair.first)
    more(sender)
    assert sent_by(pair, pair.first) == before
    assert [each.sender for each in pair.place.changes()] == [pair.second.address(CLUSTER)]
    # Where only Telegram is out of reach the lead stays: for all that a replica knows it is Telegram that is away.
    pair.second.cut(TELEGRAM)
    more(sender)
    pair.second.join(TELEGRAM)
    assert_nothing_lost(pair, sender, sent_twice=late)
    assert pair.leads(pair.second)
    assert len(pair.place.bot_api.requests("getUpdates", status=409)) <= CONFLICTS


def test_r19_what_one_that_is_cut_off_had_begun_to_send_never_arrives(pair, sender):
    """The kernel would send it again for minutes, and the cable is whole after seconds."""
    sender.start()
    assert pair.at(pair.first).post(crash_loop()) == 200
    choose(pair, "Roll back to 42")
    more(sender)
    pair.first.cut(CLUSTER)
    confirm_it(pair.place)
    cut_at = time.time()
    pair.first.cut()
    until(lambda: pair.leads(pair.second), "the other leads")
    assert led_at(pair.second) - cut_at < TAKEOVER_SECONDS
    # It was not made, says who looks now, and so it has to stay.
    pair.place.card("#1", "it did not happen")
    before = sent_by(pair, pair.first)
    pair.first.join()
    stands_by_anew(pair, pair.first)
    more(sender)
    until(lambda: not pair.first.unsent(), "its kernel has sent all or given up")
    assert_nothing_lost(pair, sender, sent_twice=len(pair.told_telegram(pair.first, since=cut_at - 1)))
    assert sent_by(pair, pair.first) == before
    assert pair.place.changes() == []
    assert len(pair.place.bot_api.requests("getUpdates", status=409)) <= CONFLICTS


def choose(pair: Wired, label: str) -> None:
    """Up to the question whether to."""
    pair.place.press(pair.place.card("#1", label), label)
    pair.place.card("Cancel", "expires in 1 min")


def more(sender: Sender) -> None:
    """Some more alerts are taken."""
    enough = len(sender.taken) + 5
    until(lambda: len(sender.taken) >= enough, "more alerts are taken")


def sent_by(pair: Wired, replica: Housed) -> tuple[int, int]:
    return len(pair.told_telegram(replica)), len(pair.changed_cluster(replica))


def led_at(replica: Housed) -> float:
    """When it took the lead, in Unix seconds, by its log."""
    (line,) = replica.lines("leading")
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def stands_by_anew(pair: Wired, replica: Housed) -> None:
    until(lambda: len(replica.lines("serving")) == 2, "it serves again")
    assert not pair.leads(replica)


def assert_nothing_lost(pair: Wired, sender: Sender, *, sent_twice: int) -> None:
    """`sent_twice`: what had been sent as the database was out of reach, and could not be noted any more."""
    sender.stop()
    with pair.place.store() as store:
        until(lambda: not store.inbox.new_ids(), "all is routed")
        until(lambda: not store.unfinished.with_mail(), "all is worked through")
        known = incidents(store, sender).values()
        until(lambda: all(shown(store, each.id) for each in known), "all is shown")
        assert judge(pair.place, store, sender, sent_twice) == []
