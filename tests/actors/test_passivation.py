import collections
import queue
import threading

import pytest

from chatops.actors.children import ChildState
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec, starter
from tests.actors.small_actors import PATIENCE, Explode, Hold, Recorder, Rest, Tree, settle, take

ONE = ("incident", 1)


@pytest.fixture
def family(directory, news):
    def family(on_setup=None):
        return FamilySpec("incident", starter(Recorder, directory, news=news, on_setup=on_setup))

    return family


def test_an_idle_child_goes_and_returns_for_its_mail(directory, news, grow, family):
    tree = grow([family()])
    directory.tell(ONE, "first")
    directory.tell(ONE, Rest())
    assert take(news, 3) == [("setup", ONE), "first", ("teardown", ONE)]
    tree.until(ONE, None)
    assert ONE not in directory.depths()
    directory.tell(ONE, "second")
    assert take(news, 2) == [("setup", ONE), "second"]


def test_mail_that_comes_while_it_goes_brings_it_back(directory, news, grow, family):
    tree = grow([family()])
    hold = Hold.new()
    directory.tell(ONE, Rest())
    directory.tell(ONE, hold)
    assert hold.entered.wait(PATIENCE)
    tree.until(ONE, ChildState.PASSIVATING)
    directory.tell(ONE, "late")
    directory.tell(ONE, "later")
    hold.release.set()
    assert take(news, 5) == [("setup", ONE), ("teardown", ONE), ("setup", ONE), "late", "later"]


def test_one_that_asks_in_its_setup_gets_its_mail_before_it_goes(directory, news, grow, family):
    directory.tell(ONE, "mail")
    tree = grow([family(on_setup=lambda actor: actor.passivate())])
    assert take(news, 3) == [("setup", ONE), "mail", ("teardown", ONE)]
    tree.until(ONE, None)
    assert news.empty()


def test_a_crash_while_going_is_a_crash(directory, news, grow, family):
    tree = grow([family()])
    hold = Hold.new()
    for message in (Rest(), hold, Explode(ValueError("late")), "kept"):
        directory.tell(ONE, message)
    assert hold.entered.wait(PATIENCE)
    tree.until(ONE, ChildState.PASSIVATING)
    hold.release.set()
    assert take(news, 4) == [("setup", ONE), ("teardown", ONE), ("setup", ONE), "kept"]
    assert tree.supervisor.children()[ONE].restarts == 1


def test_a_child_that_is_not_of_a_family_stays(directory, news, grow):
    tree = grow([ChildSpec(("a",), starter(Recorder, directory, news=news))])
    assert tree.supervisor.wait_started(PATIENCE)
    directory.tell(("a",), Rest())
    settle(directory, ("a",))
    assert tree.state(("a",)) is ChildState.RUNNING


class Sleepy(Recorder):
    """Asks to be passivated after every few messages."""

    def setup(self):
        self.handled = 0

    def teardown(self):
        pass

    def receive(self, message):
        self.news.put(message)
        self.handled += 1
        if self.handled % 7 == 0:
            self.passivate()


class Fragile(Sleepy):
    """Crashes besides, on messages of its own that stand between the others."""

    def receive(self, message):
        if message is None:
            raise ValueError("poison")
        super().receive(message)


@pytest.mark.parametrize(("actor", "poison"), [(Sleepy, False), (Fragile, True)])
def test_no_message_is_lost_doubled_or_overtaken(actor, poison):
    """Four senders against a child that passivates, and crashes, all the time."""
    senders, each, addresses = 4, 5000, [("incident", 1), ("incident", 2)]
    directory, received = Directory(park_limit=senders * each), queue.Queue()
    start = starter(actor, directory, news=received)
    spec = FamilySpec("incident", start, intensity=1_000_000)
    tree = Tree(directory, [spec], backoff=0.0)

    def send(sender):
        for number in range(each):
            directory.tell(addresses[number % 2], (sender, number))
            if poison and number % 500 == 250:
                directory.tell(addresses[number % 2], None)

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = collections.defaultdict(list)
    for _ in range(senders * each):
        sender, number = received.get(timeout=PATIENCE)
        seen[sender, number % 2].append(number)
    assert seen == {(s, parity): list(range(parity, each, 2)) for s in range(senders) for parity in (0, 1)}
    assert tree.supervisor.stop() == ()
    assert received.empty()
