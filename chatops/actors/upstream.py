"""The hands of the pool in front of Alertmanager and Prometheus. The pool itself is a PoolActor at UPSTREAM.

Whoever needs something of them submits it there and gets exactly one answer, whatever hangs or dies.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from chatops import metrics
from chatops.actors.addresses import UPSTREAM, Address
from chatops.actors.directory import Directory
from chatops.actors.upstream_messages import (
    CallTheRoll,
    CountMatched,
    CreateSilence,
    DrawGraph,
    ExpireSilence,
    ExtendUntil,
    FindSilence,
    ListSilences,
    LookAtSilence,
    ReadOutside,
    UpstreamWork,
)
from chatops.actors.work import Result
from chatops.actors.worker import WorkerActor
from chatops.core.graphs import GraphAsk
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from chatops.core.roll_call import Rolls
from chatops.core.silences import Choice, Counted, Matcher, SilenceDraft, SilencePlace, SilenceWatch, StandingSilences

HANDS = 2
"""One that waits for a Prometheus that is slow leaves the other for silences."""

LOOK_SECONDS = 30.0
CHANGE_SECONDS = 30.0
"""Longer than all time limits of one piece of work together: past it the hands hang and are replaced."""


class Door(Protocol):
    """What is needed of `upstream/`. Every method raises only failures.Failure for what the other side does."""

    def counted(self, choices: tuple[Choice, ...], ours: frozenset[str], /) -> Counted: ...
    def make_silence(self, draft: SilenceDraft, now: datetime, /) -> SilencePlace: ...
    def find_silence(self, key: str, matchers: tuple[Matcher, ...], /) -> SilencePlace: ...
    def extend_silence(self, place: SilencePlace, ends_at: datetime, note: str, now: datetime, /) -> SilencePlace: ...
    def silences(self) -> StandingSilences: ...
    def expire_silence(self, place: SilencePlace, /) -> bool: ...
    def watch_silence(self, place: SilencePlace, matchers: tuple[Matcher, ...], now: datetime, /) -> SilenceWatch: ...
    def rolls(self, now: datetime, /) -> Rolls: ...
    def graph(self, ref: ObjectRef, generator_url: str, ask: GraphAsk, now: datetime, /) -> Report: ...
    def report(self, action: str, ref: ObjectRef, generator_url: str, now: datetime, /) -> Report: ...
    def close(self) -> None: ...


OpenDoor = Callable[[threading.Event], Door]
"""Makes a door. The event is set when its owner should end soon."""


def _now() -> datetime:
    return datetime.now(UTC)


class UpstreamActor(WorkerActor):
    """A worker whose door is that of Alertmanager and Prometheus."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        open_upstream: OpenDoor,
        pool: Address = UPSTREAM,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(directory=directory, address=address, pool=pool)
        self._open_upstream = open_upstream
        self._clock = clock
        self._door: Door | None = None

    def open_door(self) -> None:
        self._door = self._open_upstream(self.stopping)

    def close_door(self) -> None:
        if self._door is not None:
            self._door.close()

    def work(self, work: UpstreamWork, by: int) -> Result:
        if self._door is None:
            raise RuntimeError("hands get work only after their setup")
        return _do(self._door, work, self._clock)

    def counted(self, kind: str, outcome: str) -> None:
        metrics.upstream_worked(kind, outcome)


def _do(door: Door, work: UpstreamWork, clock: Callable[[], datetime]) -> Result:
    match work:
        case CountMatched(choices, ours):
            return door.counted(choices, ours)
        case CreateSilence(draft):
            return door.make_silence(draft, clock())
        case FindSilence(key, matchers):
            return door.find_silence(key, matchers)
        case ExtendUntil(place, ends_at, note):
            return door.extend_silence(place, ends_at, note, clock())
        case ListSilences():
            return door.silences()
        case ExpireSilence(place):
            return door.expire_silence(place)
        case LookAtSilence(place, matchers):
            return door.watch_silence(place, matchers, clock())
        case CallTheRoll():
            return door.rolls(clock())
        case DrawGraph(ref, generator_url, ask):
            return door.graph(ref, generator_url, ask, clock())
        case ReadOutside(action, ref, generator_url):
            return door.report(action, ref, generator_url, clock())
