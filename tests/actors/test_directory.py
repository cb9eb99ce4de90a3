import threading

import pytest
from structlog.testing import capture_logs

from chatops.actors.addresses import SUPERVISOR
from chatops.actors.directory import Directory
from chatops.actors.messages import MailArrived
from chatops.metrics import Manned
from tests.actors.small_actors import PATIENCE, Explode, Hold, Recorder, settle, take

HERE = ("here",)


def start(directory, news, address=HERE, **arguments):
    return Recorder.start(directory=directory, address=address, news=news, **arguments)


def test_mail_for_nobody_waits_and_comes_first(directory, news):
    for number in range(3):
        directory.tell(HERE, number)
    assert directory.parked(HERE) == 3
    start(directory, news)
    assert take(news, 4) == [("setup", HERE), 0, 1, 2]
    directory.tell(HERE, 3)
    assert take(news) == [3]
    assert directory.parked(HERE) == 0


def test_mail_during_setup_waits(directory, news):
    entered, release = threading.Event(), threading.Event()

    def slow(_actor):
        entered.set()
        assert release.wait(10)

    start(directory, news, on_setup=slow)
    assert entered.wait(10)
    directory.tell(HERE, 1)
    assert directory.parked(HERE) == 1
    assert directory.ref(HERE) is None
    release.set()
    assert take(news, 2) == [("setup", HERE), 1]


def test_p1_parked_mail_is_bounded_and_the_oldest_is_dropped(clock, news):
    directory = Directory(park_limit=3)
    with capture_logs() as logs:
        for number in range(5):
            directory.tell(HERE, number)
        start(directory, news)
        assert take(news, 4) == [("setup", HERE), 2, 3, 4]
        settle(directory, HERE)
    events = [line["event"] for line in logs]
    assert events == ["parked mail dropped, oldest first", "mail was dropped while nobody answered"]
    assert logs[1]["messages"] == 2


def test_mail_handed_back_is_never_cut(news):
    directory = Directory(park_limit=2)
    ref = start(directory, news)
    hold = Hold.new()
    directory.tell(HERE, hold)
    assert hold.entered.wait(10)
    directory.tell(HERE, Explode(ValueError("poison")))
    for number in range(5):
        directory.tell(HERE, number)
    hold.release.set()
    assert directory.wait_gone([ref], 10) == set()
    assert directory.parked(HERE) == 5
    start(directory, news)
    assert take(news, 8) == [("setup", HERE), ("teardown", HERE), ("setup", HERE), 0, 1, 2, 3, 4]


def test_mail_behind_a_stop_goes_to_the_successor_in_order(directory, news):
    ref = start(directory, news)
    hold = Hold.new()
    directory.tell(HERE, hold)
    assert hold.entered.wait(10)
    directory.tell(HERE, "before")
    ref.stop(block=False)
    directory.tell(HERE, "after")
    directory.tell(HERE, "last")
    hold.release.set()
    assert directory.wait_gone([ref], 10) == set()
    start(directory, news)
    assert take(news, 6) == [("setup", HERE), "before", ("teardown", HERE), ("setup", HERE), "after", "last"]


def test_an_address_has_one_holder(directory, news):
    start(directory, news)
    with pytest.raises(ValueError, match="taken"):
        start(directory, news)
    settle(directory, HERE)


def test_an_abandoned_actor_frees_its_address_and_its_mail(directory, news):
    old = start(directory, news)
    hold = Hold.new()
    directory.tell(HERE, hold)
    assert hold.entered.wait(10)
    directory.tell(HERE, "waiting")
    directory.abandon(HERE)
    assert directory.wait_gone([old], 0) == set()
    start(directory, news)
    assert take(news, 3) == [("setup", HERE), ("setup", HERE), "waiting"]
    hold.release.set()
    # The old one ends in good order, and its successor keeps the address.
    assert take(news) == [("teardown", HERE)]
    directory.tell(HERE, "more")
    assert take(news) == ["more"]


def test_an_actor_abandoned_in_its_setup_never_answers(directory, news):
    entered, release = threading.Event(), threading.Event()

    def slow(_actor):
        entered.set()
        assert release.wait(10)

    start(directory, news, on_setup=slow)
    assert entered.wait(10)
    directory.abandon(HERE)
    directory.tell(HERE, "for the next")
    release.set()
    assert take(news, 2) == [("setup", HERE), ("teardown", HERE)]
    assert directory.ref(HERE) is None
    assert directory.parked(HERE) == 1


def test_wait_gone_names_those_that_remain(directory, news):
    quick, slow = start(directory, news, ("quick",)), start(directory, news, ("slow",))
    quick.stop(block=False)
    assert directory.wait_gone([quick], 10) == set()
    assert directory.wait_gone([quick, slow], 0) == {slow}


def test_p1_depths_count_inboxes_and_parked_mail(directory, news):
    hold = Hold.new()
    start(directory, news)
    directory.tell(HERE, hold)
    assert hold.entered.wait(10)
    for message in (1, 2):
        directory.tell(HERE, message)
    directory.tell(("nobody",), 1)
    depths = directory.depths()
    assert (depths[HERE], depths[("nobody",)]) == (2, 1)
    directory.tell(("nobody", 2), 1)
    directory.tell(("nobody", 2), 2)
    census = directory.census()
    assert (census["here"], census["nobody"]) == (Manned(1, 2, 2), Manned(0, 2, 3))
    hold.release.set()


def test_p1_nudges_that_wait_are_one_and_keep_their_place(directory, news):
    """P1: a storm of webhooks for one incident fills no mailbox: what it is about lies on disk."""
    held = Hold.new()
    start(directory, news)
    settle(directory, HERE)
    directory.tell(HERE, held)
    assert held.entered.wait(PATIENCE)
    for _ in range(1_000):
        directory.tell(HERE, MailArrived())
    directory.tell(HERE, "between")
    for _ in range(1_000):
        directory.tell(HERE, MailArrived())
    assert directory.depths()[HERE] == 3
    for _ in range(1_000):
        directory.tell(("nobody",), MailArrived())
    assert directory.parked(("nobody",)) == 1
    held.release.set()
    assert take(news, 2) == [("setup", HERE), "between"]
    settle(directory, HERE)


def test_only_served_kinds_wake_the_supervisor_and_once(directory):
    directory.tell(("incident", 1), "early")
    assert directory.serve("incident") == (("incident", 1),)
    for number in range(3):
        directory.tell(("incident", 2), number)
    directory.tell(("other", 1), "mail")
    assert directory.parked(SUPERVISOR) == 1


def test_an_address_that_is_idle_costs_nothing(directory, news):
    ref = start(directory, news)
    settle(directory, HERE)
    ref.stop(timeout=10)
    assert HERE not in directory.depths()
