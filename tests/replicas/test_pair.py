"""Two replicas on one PostgreSQL: each takes alerts, one acts, and the other takes over when that one is gone."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.town import ANNA, crash_loop, until
from tests.replicas.pair import Pair, pair_in

pytestmark = pytest.mark.postgresql


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_in(tmp_path) as built:
        yield built


def test_r19_the_other_takes_over_from_one_that_was_killed(pair):
    assert pair.leads(pair.first)
    assert not pair.leads(pair.second)
    # What the other takes in is shown by the one that leads.
    assert pair.at(pair.second).post(crash_loop()) == 200
    card = pair.shown("#1")
    pair.first.kill()
    # Nobody leads now: it is kept, and shown once somebody does.
    assert pair.at(pair.second).post(crash_loop(namespace="pay", deployment="till")) == 200
    pair.takes_over(pair.second)
    pair.place.card("#2")
    assert pair.place.press(card, "Take")
    assert len(pair.place.cards("#1")) == 1
    assert len(pair.place.cards("#2")) == 1


def test_r19_one_that_was_frozen_does_nothing_more(pair):
    pair.place.post(crash_loop())
    card = pair.shown("#1")
    pair.first.signal(signal.SIGSTOP)
    pair.takes_over(pair.second)
    assert pair.at(pair.second).post(crash_loop(namespace="pay", deployment="till")) == 200
    pair.place.card("#2")
    sent = len(pair.place.bot_api.requests("sendMessage"))
    pair.first.signal(signal.SIGCONT)
    # It begins anew, and stands by.
    until(lambda: "another replica leads" in pair.first.log.read_text(), "the frozen one finds out")
    until(lambda: pair.first.log.read_text().count('"serving"') == 2, "it serves again")
    assert len(pair.place.bot_api.requests("sendMessage")) == sent
    assert pair.place.press(card, "Take")
    assert pair.leads(pair.second)


def test_what_only_the_leader_can_do_is_passed_on_to_it(pair):
    """A change by the API at the replica that stands by; what is only read it answers itself."""
    pair.place.post(crash_loop())
    pair.shown("#1")
    token = pair.token()
    status, told = pair.ask("GET", "/me", token)
    assert (status, told["bot"]) == (200, "chatops_bot")
    status, told = pair.ask("POST", "/incidents/1/acknowledge", token, {})
    assert (status, told["incident"]["taken_by"]["id"]) == (200, ANNA)
    pair.first.kill()
    status, told = pair.ask("GET", "/incidents", token)
    assert status == 200, told
    assert told["incidents"][0]["taken_by"]["id"] == ANNA
    until(lambda: pair.ask("POST", "/incidents/1/release", token, {})[0] == 200, "the next leader does it")


def test_a_rolling_update_loses_and_doubles_nothing(pair):
    """The old one is told to end while alerts come in at both; the other goes on."""
    for number in range(12):
        if number == 6:
            assert pair.first.terminate() == 0
        service = pair.second if number >= 6 or number % 2 else pair.first
        assert pair.at(service).post(crash_loop(namespace=f"shop-{number}")) == 200
    pair.takes_over(pair.second)
    with pair.place.store() as store:
        for number in range(1, 13):
            until(
                lambda number=number: store.cards.get(ANNA, number) or store.storms.holds(number), f"#{number} is shown"
            )
        until(lambda: not store.unfinished.with_mail(), "all is worked through")
    shown = [seen.text.split("\n")[0] for seen in pair.place.chat.messages(from_bot=True)]
    assert len(shown) == len(set(shown))
