"""Every test here leaves no actor and no thread behind, and moves the clock of the timers by hand."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pykka
import pytest

from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec
from chatops.actors.timers import Timers
from tests.actors.doors import Works
from tests.actors.small_actors import PATIENCE, FakeClock, Tree


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for ref in reversed(pykka.ActorRegistry.get_all()):
        ref.stop(block=False)
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        thread.join(timeout=PATIENCE)
    assert [thread.name for thread in started if thread.is_alive()] == []
    assert pykka.ActorRegistry.get_all() == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def directory(clock: FakeClock) -> Iterator[Directory]:
    timers = Timers(clock)
    clock.timers.append(timers)
    yield Directory(timers=timers)
    timers.stop()


@pytest.fixture
def news() -> "queue.Queue[Any]":
    """What the test's actors say about themselves."""
    return queue.Queue()


@pytest.fixture
def works() -> Works:
    """What happens at the doors of the test's executors."""
    return Works()


@pytest.fixture
def grow(directory: Directory, clock: FakeClock) -> Iterator[Callable[..., Tree]]:
    """Starts a supervised tree of the given specifications on the test's clock."""
    trees: list[Tree] = []

    def grow(specs: Sequence[ChildSpec | FamilySpec], **tuning: Any) -> Tree:
        trees.append(Tree(directory, specs, clock=clock, **tuning))
        return trees[-1]

    yield grow
    for tree in trees:
        tree.supervisor.stop()
