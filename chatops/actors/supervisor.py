"""Starts the children in order, brings back those that die, stops them in reverse. What they do it does not know.

The rules are OTP's, one for one: a child specification as data, a restart budget per child, and past it the
decision its `Restart` names. `tree` holds the handle that run.py and the HTTP threads use.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import SUPERVISOR, Address
from chatops.actors.base import Actor, summary
from chatops.actors.children import Child, ChildState, ChildView
from chatops.actors.directory import Directory, Ref
from chatops.actors.restarts import RestartBudget
from chatops.actors.specs import ChildSpec, FamilySpec, Restart
from chatops.actors.supervision_messages import (
    ChildFailed,
    ChildReady,
    ChildStopped,
    ListChildren,
    Passivate,
    Replace,
    StopChildren,
    Wanted,
)

log = structlog.get_logger()

_LAST_BUDGET = 5.0
"""Seconds for the children to stop when the supervisor ends without having been asked to stop them, as in a crash."""

Notice = Callable[[Address, str], None]
"""Told an address and the reason, on the supervisor's thread: must return soon, must not ask the supervisor."""


@dataclass(frozen=True, slots=True)
class _StartAgain:
    address: Address


@dataclass(frozen=True, slots=True)
class _SlowStart:
    address: Address


class SupervisorActor(Actor):
    """`specs` is the start order; a family is open for mail from its place in it on.

    `pause`: seconds until a failed transient child is tried again. `slow_start`: seconds after which a child
    still in its setup no longer holds up those behind it.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        specs: Sequence[ChildSpec | FamilySpec],
        give_up: Notice,
        on_failed: Notice,
        address: Address = SUPERVISOR,
        started: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        backoff: float = 0.1,
        pause: float = 60.0,
        slow_start: float = 10.0,
    ) -> None:
        names = [spec.address if isinstance(spec, ChildSpec) else (spec.kind,) for spec in specs]
        if len(set(names)) != len(names):
            raise ValueError(f"an address is specified twice: {names}")
        super().__init__(directory=directory, address=address)
        self._specs = tuple(specs)
        self._give_up = give_up
        self._on_failed = on_failed
        self._started = started or threading.Event()
        self._clock = clock
        self._backoff = backoff
        self._pause = pause
        self._slow_start = slow_start
        self._to_start = deque(specs)
        self._awaited: Address | None = None
        self._families: dict[Any, FamilySpec] = {}
        self._children: dict[Address, Child] = {}
        self._over = False
        self._given_up = False

    def setup(self) -> None:
        self._start_next()

    def teardown(self) -> None:
        self._stop_children(_LAST_BUDGET)

    def receive(self, message: Any) -> Any:
        match message:
            case ListChildren():
                return {a: ChildView(c.state, c.restarts, c.reason) for a, c in self._children.items()}
            case StopChildren(budget):
                return self._stop_children(budget)
            case _ if self._over:
                return None
            case ChildReady(address, ref):
                self._on_ready(address, ref)
            case ChildFailed(address, ref) if ref is not None and (child := self._incumbent(address, ref)):
                self._on_failure(child, message)
            case ChildStopped(address, ref) if child := self._incumbent(address, ref):
                self._on_stopped(child)
            case Replace(address, ref, doing, error) if child := self._incumbent(address, ref):
                log.warning("child hangs and is replaced", address=address, doing=doing)
                self.directory.abandon(address)
                self._on_failure(child, ChildFailed(address, ref, doing, error))
            case Passivate(address, ref) if child := self._incumbent(address, ref):
                self._passivate(child, ref)
            case ChildFailed() | ChildStopped() | Replace() | Passivate():
                log.debug("told of a former child", address=message.address)
            case Wanted(address):
                self._on_wanted(address)
            case _StartAgain(address):
                if (again := self._children.get(address)) and again.waiting:
                    self._restart(again)
            case _SlowStart(address) if address == self._awaited:
                log.warning("child is slow to start, going on", address=address)
                self._start_next()
            case _SlowStart():
                pass
            case _:
                super().receive(message)
        return None

    def report(self, event: ChildReady | ChildFailed | ChildStopped) -> None:
        """Nobody supervises the supervisor: when it crashes, the process has to end."""
        if isinstance(event, ChildFailed):
            self._end_process(event.address, event.error)

    def _start_next(self) -> None:
        """Start children up to the next one to wait for, each when the one before it is ready or has failed."""
        self._awaited = None
        while self._to_start:
            spec = self._to_start.popleft()
            if isinstance(spec, FamilySpec):
                self._families[spec.kind] = spec
                for address in self.directory.serve(spec.kind):
                    self._on_wanted(address)
                continue
            child = self._add(spec)
            self._awaited = spec.address
            self.later(self._slow_start, _SlowStart(spec.address))
            self._start(child)
            return
        self._started.set()

    def _add(self, spec: ChildSpec) -> Child:
        budget = RestartBudget(intensity=spec.intensity, period=spec.period, backoff=self._backoff)
        child = self._children[spec.address] = Child(spec, budget)
        return child

    def _start(self, child: Child) -> None:
        address = child.spec.address
        child.state, child.ready_at, child.rest_when_ready = ChildState.STARTING, None, False
        try:
            child.ref = child.spec.start(address)
        except Exception as error:
            log.error("child cannot be started", address=address, error=summary(error), exc_info=True)
            self.directory.abandon(address)
            self._on_failure(child, ChildFailed(address, None, "start", summary(error)))

    def _restart(self, child: Child) -> None:
        metrics.actor_restarted(str(child.spec.address[0]))
        child.restarts += 1
        self._start(child)

    def _on_wanted(self, address: Address) -> None:
        family = self._families.get(address[0])
        if family is not None and address not in self._children:
            self._start(self._add(family.child(address)))

    def _incumbent(self, address: Address, ref: Ref) -> Child | None:
        """The child at `address` if `ref` is its present incarnation; those before it may still be reporting."""
        child = self._children.get(address)
        return child if child is not None and child.ref is ref else None

    def _on_ready(self, address: Address, ref: Ref) -> None:
        child = self._incumbent(address, ref)
        if child is not None and child.state is ChildState.STARTING:
            child.state, child.ready_at = ChildState.RUNNING, self._clock()
            log.debug("child is ready", address=address, restarts=child.restarts)
            if child.rest_when_ready:
                self._passivate(child, ref)
        if address == self._awaited:
            self._start_next()

    def _on_failure(self, child: Child, failed: ChildFailed) -> None:
        address, now = child.spec.address, self._clock()
        if child.ready_at is not None and now - child.ready_at >= self._pause:
            child.told_failed = False
        child.ref, child.reason = None, f"{failed.doing}: {failed.error}"
        if child.spec.watcher is not None:
            self.tell(child.spec.watcher, failed)
        delay = child.budget.spend(now)
        if delay is None:
            self._on_exhausted(child)
        elif delay == 0:
            self._restart(child)
        else:
            log.warning("child is restarted after a wait", address=address, seconds=delay, reason=child.reason)
            child.state = ChildState.DOWN
            self.later(delay, _StartAgain(address))

    def _on_exhausted(self, child: Child) -> None:
        address = child.spec.address
        child.state = ChildState.FAILED
        if child.spec.restart is Restart.PERMANENT:
            self._end_process(address, child.reason)
            return
        log.error("child failed", address=address, reason=child.reason, again_in=self._pause)
        self.later(self._pause, _StartAgain(address))
        if not child.told_failed:
            child.told_failed = True
            _notify(self._on_failed, address, child.reason)
        if address == self._awaited:
            self._start_next()

    def _end_process(self, address: Address, reason: str) -> None:
        self._over = True
        if not self._given_up:
            self._given_up = True
            log.critical("giving up", address=address, reason=reason)
            _notify(self._give_up, address, reason)

    def _passivate(self, child: Child, ref: Ref) -> None:
        if child.spec.address[0] not in self._families:
            log.warning("only children of a family passivate", address=child.spec.address)
        elif child.state is ChildState.STARTING:
            # Closed before it has got its mail it would be started for that mail again, and again.
            child.rest_when_ready = True
        elif child.state is ChildState.RUNNING:
            child.state = ChildState.PASSIVATING
            self.directory.close(child.spec.address, ref)
            ref.stop(block=False)

    def _on_stopped(self, child: Child) -> None:
        address = child.spec.address
        if address[0] in self._families:
            del self._children[address]
            if self.directory.parked(address):
                self._on_wanted(address)
        elif child.spec.restart is Restart.PERMANENT:
            self._on_failure(child, ChildFailed(address, child.ref, "stop", "stopped unasked"))
        else:
            child.ref, child.state = None, ChildState.STOPPED

    def _stop_children(self, budget: float) -> tuple[Address, ...]:
        """Stop in reverse of the start order, a family at once. Timers end first, so that nothing comes back.

        A stage may use half of the time that is left: those behind one that hangs get their turn.
        """
        self._over = True
        self.directory.timers.stop()
        deadline = time.monotonic() + budget
        for spec in reversed(self._specs):
            refs = self._members(spec)
            for address, ref in refs.items():
                self.directory.dismiss(address, ref)
            self.directory.wait_gone(refs.values(), max(deadline - time.monotonic(), 0.0) / 2)
        everyone = {address: child.ref for address, child in self._children.items() if child.ref is not None}
        hanging = self.directory.wait_gone(everyone.values(), max(deadline - time.monotonic(), 0.0))
        abandoned = tuple(address for address, ref in everyone.items() if ref in hanging)
        for address in abandoned:
            log.error("child does not stop and is abandoned", address=address)
            self.directory.abandon(address)
        self._children.clear()
        return abandoned

    def _members(self, spec: ChildSpec | FamilySpec) -> dict[Address, Ref]:
        named = {spec.address} if isinstance(spec, ChildSpec) else {a for a in self._children if a[0] == spec.kind}
        return {a: c.ref for a, c in self._children.items() if a in named and c.ref is not None}


def _notify(notice: Notice, address: Address, reason: str) -> None:
    try:
        notice(address, reason)
    except Exception as error:
        log.error("notice failed", address=address, error=summary(error), exc_info=True)
