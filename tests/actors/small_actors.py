"""Actors and a clock for the framework's tests: they report what happens to them into a queue."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.children import ChildState
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec
from chatops.actors.supervision_messages import Ping
from chatops.actors.timers import Timers
from chatops.actors.tree import Supervisor

PATIENCE = 10.0

News = queue.Queue


class FakeClock:
    """Seconds that pass only when told to; wakes the timers that go by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[Timers] = []

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for timers in self.timers:
            timers.wake()


@dataclass(frozen=True)
class Explode:
    """Makes whoever receives it raise."""

    error: BaseException


@dataclass(frozen=True)
class Hold:
    """Keeps whoever receives it busy until released."""

    entered: threading.Event
    release: threading.Event

    @classmethod
    def new(cls) -> "Hold":
        return cls(threading.Event(), threading.Event())


@dataclass(frozen=True)
class Rest:
    """Makes whoever receives it ask to be passivated."""


@dataclass(frozen=True)
class Later:
    """Makes whoever receives it tell itself something in a while."""

    seconds: float
    message: object


class Recorder(Actor):
    """Puts ("setup", address), every message, and ("teardown", address) into `news`."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        news: "News[Any]",
        on_setup: Callable[[Actor], None] | None = None,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self.news = news
        self.on_setup = on_setup

    def setup(self) -> None:
        self.news.put(("setup", self.address))
        if self.on_setup is not None:
            self.on_setup(self)

    def teardown(self) -> None:
        self.news.put(("teardown", self.address))

    def receive(self, message: Any) -> Any:
        match message:
            case Explode(error):
                raise error
            case Hold(entered, release):
                entered.set()
                assert release.wait(PATIENCE)
            case Rest():
                self.passivate()
            case Later(seconds, later):
                self.later(seconds, later)
            case str() | int():
                self.news.put(message)
            case _:
                super().receive(message)


class Listener(Recorder):
    """Puts every message it gets into `news`, and nothing else."""

    def setup(self) -> None:
        pass

    def teardown(self) -> None:
        pass

    def receive(self, message: Any) -> None:
        self.news.put(message)


class Tree:
    """A supervised tree that keeps what it was told of its children."""

    def __init__(self, directory: Directory, specs: Sequence[ChildSpec | FamilySpec], **tuning: Any) -> None:
        self.directory = directory
        self.given_up: queue.Queue[tuple[Address, str]] = queue.Queue()
        self.failed: queue.Queue[tuple[Address, str]] = queue.Queue()
        self.supervisor = Supervisor(
            directory,
            specs,
            give_up=lambda address, reason: self.given_up.put((address, reason)),
            on_failed=lambda address, reason: self.failed.put((address, reason)),
            **tuning,
        )

    def state(self, address: Address) -> ChildState | None:
        child = self.supervisor.children(PATIENCE).get(address)
        return child.state if child is not None else None

    def until(self, address: Address, state: ChildState | None) -> None:
        """Ask until the child is in this state; None is not there at all."""
        deadline = time.monotonic() + PATIENCE
        while (seen := self.state(address)) is not state:
            assert time.monotonic() < deadline, f"{address} is {seen}, not {state}"


def take(news: "News[Any]", count: int = 1) -> list[Any]:
    return [news.get(timeout=PATIENCE) for _ in range(count)]


def settle(directory: Directory, address: Address) -> None:
    """Return once somebody answers at `address` and everything told to it before has been handled."""
    deadline = time.monotonic() + PATIENCE
    while (ref := directory.ref(address)) is None:
        assert time.monotonic() < deadline, f"nobody answers at {address}"
    ref.ask(Ping(), timeout=PATIENCE)
