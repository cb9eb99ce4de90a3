"""The address book: who answers at an address, and the mail of those who do not answer for the moment.

Everything told goes through here under one lock, which is what makes a crash, a stop and a passivation
lossless: a message is either in an inbox that will be drained, or parked behind what was drained. It decides
nothing about who is started or stopped; that is the supervisor's.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import pykka
import structlog
from pykka import ActorRef

from chatops.actors.addresses import SUPERVISOR, Address
from chatops.actors.messages import NUDGES
from chatops.actors.supervision_messages import Wanted
from chatops.actors.timers import Timer, Timers
from chatops.metrics import Manned

log = structlog.get_logger()

Ref = ActorRef[Any]


@dataclass(slots=True)
class _Entry:
    ref: Ref | None = None
    open: bool = False
    closing: bool = False
    parked: deque[object] = field(default_factory=deque)
    dropped: int = 0


class Directory:
    """Addresses and their mail. Thread-safe.

    `park_limit` is how many messages wait per address; one more drops the oldest. Mail handed back by an
    ending actor is never cut.
    """

    def __init__(self, *, timers: Timers | None = None, park_limit: int = 1000) -> None:
        self.timers = timers if timers is not None else Timers()
        self._park_limit = park_limit
        self._entries: dict[Address, _Entry] = {}
        self._on_demand: set[Hashable] = set()
        self._living: dict[Ref, threading.Event] = {}
        self._changed = threading.Condition()

    def tell(self, address: Address, message: object) -> None:
        """Deliver to whoever answers at `address`, else park. Keeps each sender's order; never blocks, never fails."""
        with self._changed:
            entry = self._entries.setdefault(address, _Entry())
            if isinstance(message, NUDGES) and _last(entry) == message:
                # Written down before it was told, so whoever comes to the one that waits will see it.
                return
            if entry.open and entry.ref is not None:
                try:
                    entry.ref.tell(message)
                except pykka.ActorDeadError:
                    # It is ending by itself; `unregister` puts what is in its inbox in front of this.
                    pass
                else:
                    return
            entry.parked.append(message)
            wanted = len(entry.parked) == 1 and address[0] in self._on_demand
            drops = len(entry.parked) > self._park_limit
            if drops:
                entry.parked.popleft()
                entry.dropped += 1
            first_drop = drops and entry.dropped == 1
        if wanted:
            self.tell(SUPERVISOR, Wanted(address))
        if first_drop:
            log.warning("parked mail dropped, oldest first", address=address, limit=self._park_limit)

    def later(self, seconds: float, address: Address, message: object) -> Timer:
        """Tell `address` in `seconds`, whoever answers there by then."""
        return self.timers.later(seconds, lambda: self.tell(address, message))

    def serve(self, kind: Hashable) -> tuple[Address, ...]:
        """Tell the supervisor from now on when mail comes for an address of `kind` that nobody answers at.

        Returns the addresses that have such mail already.
        """
        with self._changed:
            self._on_demand.add(kind)
            return tuple(a for a, entry in self._entries.items() if a[0] == kind and entry.parked and entry.ref is None)

    def expect(self, address: Address, ref: Ref, stopping: threading.Event) -> None:
        """`ref` is about to answer at `address`: until it is registered its mail is parked.

        Raises ValueError while another actor holds the address.
        """
        with self._changed:
            entry = self._entries.setdefault(address, _Entry())
            if entry.ref is not None:
                raise ValueError(f"address {address} is taken by {entry.ref}")
            entry.ref, entry.open, entry.closing = ref, False, False
            self._living[ref] = stopping

    def register(self, address: Address, ref: Ref) -> bool:
        """`ref` answers at `address` and gets the parked mail first.

        Returns False where it has been given up meanwhile.
        """
        with self._changed:
            entry = self._entries.get(address)
            if entry is None or entry.ref is not ref:
                return False
            dropped = 0
            if not entry.closing:
                for message in entry.parked:
                    ref.tell(message)
                entry.parked.clear()
                dropped, entry.dropped = entry.dropped, 0
                entry.open = True
        if dropped:
            log.warning("mail was dropped while nobody answered", address=address, messages=dropped)
        return True

    def close(self, address: Address, ref: Ref) -> None:
        """Park mail for `ref` from now on; it still handles what it has."""
        with self._changed:
            entry = self._entries.get(address)
            if entry is not None and entry.ref is ref:
                entry.open, entry.closing = False, True

    def unregister(self, address: Address, ref: Ref) -> None:
        """`ref` handles nothing any more. What it has not handled waits for its successor, in front of later mail."""
        with self._changed:
            entry = self._entries.get(address)
            if entry is None or entry.ref is not ref:
                return
            entry.parked.extendleft(reversed(_drain(ref)))
            entry.ref, entry.open, entry.closing = None, False, False
            if not entry.parked:
                del self._entries[address]

    def dismiss(self, address: Address, ref: Ref) -> None:
        """Ask `ref` to end: its long work now, itself once it has handled the mail it has."""
        self.close(address, ref)
        with self._changed:
            stopping = self._living.get(ref)
        if stopping is not None:
            stopping.set()
        ref.stop(block=False)

    def abandon(self, address: Address) -> None:
        """Free `address` from an actor that hangs or never started. Its thread ends after what it is doing, if ever."""
        with self._changed:
            entry = self._entries.get(address)
            if entry is None or entry.ref is None:
                return
            ref = entry.ref
            stopping = self._living.pop(ref, None)
            self.unregister(address, ref)
            # Its inbox is empty by now, so this is what it finds next, whenever that is.
            ref.stop(block=False)
            self._changed.notify_all()
        if stopping is not None:
            stopping.set()

    def gone(self, ref: Ref) -> None:
        """`ref` has ended, its teardown included."""
        with self._changed:
            self._living.pop(ref, None)
            self._changed.notify_all()

    def wait_gone(self, refs: Iterable[Ref], timeout: float) -> set[Ref]:
        """Wait until all of `refs` have ended. Returns those that have not within `timeout` seconds."""
        waiting = set(refs)
        deadline = time.monotonic() + timeout
        with self._changed:
            while left := {ref for ref in waiting if ref in self._living}:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return left
                self._changed.wait(remaining)
        return set()

    def ref(self, address: Address) -> Ref | None:
        """Who answers at `address`. For asking from outside; actors tell addresses."""
        with self._changed:
            entry = self._entries.get(address)
            return entry.ref if entry is not None and entry.open else None

    def parked(self, address: Address) -> int:
        """How many messages wait for somebody to answer at `address`."""
        with self._changed:
            entry = self._entries.get(address)
            return len(entry.parked) if entry is not None else 0

    def depths(self) -> dict[Address, int]:
        """How many messages wait for each address, in an inbox or parked: for turning work away."""
        with self._changed:
            return {address: _waiting(entry) for address, entry in self._entries.items()}

    def census(self) -> dict[str, Manned]:
        """Who lives and what waits, by role. For metrics: counted without the lock, so not quite of one moment."""
        with self._changed:
            entries = list(self._entries.items())
        told: dict[str, list[int]] = {}
        for address, entry in entries:
            waiting, counted = _waiting(entry), told.setdefault(str(address[0]), [0, 0, 0])
            counted[0] += entry.ref is not None
            counted[1] = max(counted[1], waiting)
            counted[2] += waiting
        return {role: Manned(*counted) for role, counted in told.items()}


def _inbox(ref: Ref) -> "queue.Queue[Any]":
    return cast("queue.Queue[Any]", ref.actor_inbox)


def _last(entry: _Entry) -> object:
    """What is handled last of all that waits, None for nothing."""
    if entry.parked or entry.ref is None:
        return entry.parked[-1] if entry.parked else None
    inbox = _inbox(entry.ref)
    with inbox.mutex:
        return inbox.queue[-1].message if inbox.queue else None


def _waiting(entry: _Entry) -> int:
    ref = entry.ref
    return len(entry.parked) + (_inbox(ref).qsize() if ref is not None else 0)


def _drain(ref: Ref) -> list[object]:
    """The messages told and not handled. What was asked stays, for pykka to answer that the actor is dead."""
    inbox = _inbox(ref)
    told, asked = [], []
    while True:
        try:
            envelope = inbox.get_nowait()
        except queue.Empty:
            break
        if envelope.reply_to is None:
            told.append(envelope.message)
        else:
            asked.append(envelope)
    for envelope in asked:
        inbox.put(envelope)
    return told
