"""The last moment Telegram was heard of: kept on disk, and what is stored with the return does not count."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.arrivals import Arrivals
from chatops.actors.chat_messages import UpdateArrived, WasAway
from chatops.actors.presence import HEARD, Presence
from chatops.core.failures import Failure, Reason, Temporary

ANNA = {"id": 101, "is_bot": False, "first_name": "Anna"}
CHAT = {"id": -5, "type": "supergroup", "title": "Ops"}


def press(number: int) -> tuple[int, int, bytes]:
    message = {"message_id": 7, "date": 1, "chat": CHAT}
    query = {"id": str(number), "from": ANNA, "data": "token", "message": message}
    return number, -5, json.dumps({"update_id": number, "callback_query": query}).encode()


class Disk:
    """Settings and updates that outlive a process; `full` takes nothing."""

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.rows: dict[int, tuple[bytes, datetime]] = {}
        self.writes = 0
        self.full = False

    def get(self, key: str) -> str | None:
        return self.settings.get(key)

    def set(self, key: str, value: str) -> None:
        self._write()
        self.writes += 1
        self.settings[key] = value

    def store(self, updates: Any, now: datetime) -> tuple[int, ...]:
        self._write()
        new = tuple(number for number, _, _ in updates if number not in self.rows)
        self.rows |= {number: (body, now) for number, _, body in updates if number in new}
        return new

    def pending(self) -> tuple[tuple[int, int, bytes, datetime], ...]:
        return tuple((number, -5, body, at) for number, (body, at) in sorted(self.rows.items()))

    def last_id(self) -> int | None:
        return max(self.rows, default=None)

    def done(self, update_id: int, now: datetime | None = None) -> None:
        del self.rows[update_id]

    def _write(self) -> None:
        if self.full:
            raise Temporary(Reason.SERVER_ERROR, "disk full")


class World:
    """One machine: its disk, its clocks, and a process at a time."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.told: list[tuple[Any, Any]] = []
        self.start()

    def start(self) -> None:
        self.ticks = 1_000.0

        def tell(address: Any, message: Any) -> None:
            self.told.append((address, message))

        presence = Presence(
            settings=self.disk, chats=lambda: (-5, 101), tell=tell, now=lambda: self.now, clock=lambda: self.ticks
        )
        self.arrivals = Arrivals(rows=self.disk, tell=tell, now=lambda: self.now, presence=presence)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.ticks += seconds

    def heard(self, *numbers: int, more: bool = False) -> dict[int, bool]:
        """A poll that came back with these presses: which of them were told as late."""
        self.told.clear()
        self.arrivals.keep([press(number) for number in numbers], more=more)
        return self.late()

    def late(self) -> dict[int, bool]:
        arrived = [message for _, message in self.told if isinstance(message, UpdateArrived)]
        return {message.update.update_id: message.late is not None for message in arrived}

    @property
    def returns(self) -> dict[Any, float]:
        """Which chats were told that the bot was away, and for how long."""
        return {
            address: message.absence.span.total_seconds()
            for address, message in self.told
            if isinstance(message, WasAway)
        }


@pytest.fixture
def world() -> World:
    return World()


def test_r21_telegram_unreachable_for_longer_than_a_press_lives(world: World) -> None:
    """R21: chats are told before the presses that came with it, and those do not count."""
    assert world.heard(1) == {1: False}
    world.wait(720)
    assert world.heard(2, 3) == {2: True, 3: True}
    assert world.returns == {chat_address(-5): 720, chat_address(101): 720}
    assert isinstance(world.told[0][1], WasAway)
    world.wait(5)
    assert world.heard(4) == {4: False}
    assert world.returns == {}


def test_r21_down_for_longer_than_a_press_lives(world: World) -> None:
    """R21: the moment of the last good poll survives the process."""
    world.heard(1)
    world.now += timedelta(minutes=12)
    world.start()
    world.arrivals.resume(tell_pending=True)
    assert world.late() == {1: True}
    assert world.heard(2) == {2: True}
    assert set(world.returns.values()) == {720}


@pytest.mark.parametrize("seconds", [1, 60, 149])
def test_r21_a_short_absence_loses_no_press(world: World, seconds: int) -> None:
    """R21: nobody is told of it."""
    world.heard(1)
    world.now += timedelta(seconds=seconds)
    world.start()
    world.arrivals.resume(tell_pending=True)
    assert world.late() == {1: False}
    assert world.heard(2) == {2: False}
    assert world.returns == {}


def test_r21_a_crash_right_after_the_return_makes_no_late_press_count(world: World) -> None:
    """R21: the absence is on disk before what came with its end is."""
    world.heard(1)
    world.wait(600)
    world.heard(2)
    world.wait(20)
    world.told.clear()
    world.start()
    world.arrivals.resume(tell_pending=True)
    assert world.late() == {1: True, 2: True}
    world.disk.done(1)
    world.disk.done(2)
    assert world.heard(3) == {3: False}


def test_r21_a_backlog_of_many_polls_is_late_to_its_end(world: World) -> None:
    """R21: a full batch says that Telegram keeps more of the same age."""
    world.heard()
    world.wait(600)
    for number in range(1, 6):
        assert world.heard(number, more=True) == {number: True}
        world.wait(1.5)
    assert world.heard(6) == {6: True}
    world.wait(3)
    assert world.heard(7) == {7: False}


def test_r21_a_disk_that_takes_nothing_is_an_absence_too(world: World) -> None:
    """R21: Telegram answers all the while, and forgets the presses it could not hand over."""
    world.heard(1)
    world.disk.full = True
    for number in range(2, 8):
        world.wait(60)
        with pytest.raises(Failure):
            world.heard(number)
    world.disk.full = False
    world.wait(1)
    assert world.heard(7) == {7: True}
    assert set(world.returns.values()) == {361}


def test_r21_a_clock_that_is_set_is_no_absence(world: World) -> None:
    """R21: within one run only the monotonic clock is believed (R11)."""
    world.heard(1)
    world.now += timedelta(days=1)
    assert world.heard(2) == {2: False}
    world.now -= timedelta(days=2)
    assert world.heard(3) == {3: False}
    assert world.returns == {}


def test_r21_the_moment_is_not_written_with_every_poll(world: World) -> None:
    """R21: a busy bot polls many times a second, and each write is a commit."""
    for number in range(1, 101):
        world.heard(number)
        world.wait(0.1)
    assert world.disk.writes == 1
    world.wait(20)
    world.heard()
    assert world.disk.writes == 2
    assert world.disk.settings[HEARD] == world.now.isoformat()
