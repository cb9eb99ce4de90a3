"""One life of the service's process: the real address book, supervisor and actors, moved one message at a time."""

import random
import threading
from collections.abc import Callable
from typing import Any, Protocol

from chatops.actors.addresses import SUPERVISOR, Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec, Start
from chatops.actors.supervisor import SupervisorActor
from tests.simulation.faults import Faults, Killed, ProcessDied
from tests.simulation.virtual_time import Agenda, VirtualTime


class Trace(Protocol):
    """Told what happens, as text or as a pattern with the values for it; put together only where somebody reads it."""

    def __call__(self, what: str, *values: object) -> None: ...


class TellingDirectory(Directory):
    """The real one; death may strike before a message is told, and nothing leaves a dead process."""

    def __init__(self, *, timers: Agenda, faults: Faults) -> None:
        super().__init__(timers=timers)  # type: ignore[arg-type]  # an Agenda is what Timers is, without a thread
        self._faults = faults

    def tell(self, address: Address, message: object) -> None:
        self._faults.here()
        if not self._faults.dead:
            super().tell(address, message)


class Process:
    """`specs(process)` makes the children's specifications out of `process.starter`."""

    def __init__(
        self,
        time: VirtualTime,
        chance: random.Random,
        faults: Faults,
        *,
        specs: Callable[["Process"], list[ChildSpec | FamilySpec]],
        on_failed: Callable[[Address, str], None],
        trace: Trace,
    ) -> None:
        faults.dead = False
        self.timers = Agenda(time)
        self.directory = TellingDirectory(timers=self.timers, faults=faults)
        self.over = False
        self.started = threading.Event()
        self.deaths: list[Address] = []
        """Every actor that died without having been asked to end."""
        self._time = time
        self._chance = chance
        self._faults = faults
        self._trace = trace
        self._newborn: list[Actor] = []
        self._living: list[Actor] = []
        self._held: dict[str, float] = {}
        supervise = self.starter(
            SupervisorActor,
            specs=specs(self),
            give_up=self._give_up,
            on_failed=on_failed,
            clock=time.monotonic,
            started=self.started,
        )
        supervise(SUPERVISOR)

    def starter(self, actor: type[Actor], **arguments: Any) -> Start:
        """Like specs.starter, but nothing runs by itself."""

        def start(address: Address) -> Any:
            made = actor(directory=self.directory, address=address, **arguments)
            self._newborn.append(made)
            return made.actor_ref

        return start

    def hold(self, actor: Actor, seconds: float) -> None:
        """It is busy for so long and takes no mail."""
        self._held[actor.actor_urn] = self._time.seconds + seconds

    @property
    def alive(self) -> bool:
        return not self.over

    @property
    def held_until(self) -> float | None:
        """When the next of those that are busy is not any more."""
        waiting = [until for until in self._held.values() if until > self._time.seconds]
        return min(waiting, default=None)

    def runnable(self) -> list[Actor]:
        now = self._time.seconds
        self._living = [actor for actor in self._living if not actor.actor_stopped.is_set()]
        # Past the queue's lock, since there is one thread.
        ready = [each for each in self._living if each.actor_inbox.queue and self._held.get(each.actor_urn, 0.0) <= now]
        return [*self._newborn, *ready]

    def step(self) -> bool:
        """One message of one mailbox, or one actor's start; False where nobody has anything to do."""
        ready = self.runnable()
        if not ready:
            return False
        actor = self._chance.choice(ready)
        self._faults.immune = actor.address == SUPERVISOR
        try:
            self._run(actor)
        except ProcessDied:
            self.over = True
        except (Killed, Exception) as error:
            # pykka's loop logs it and ends the actor; base.Actor has told everybody by now.
            self._trace(f"died {actor}: {error!r:.200}")
            actor.actor_stopped.set()
            self.deaths.append(actor.address)
        finally:
            self._faults.immune = True
        self.over = self.over or self._faults.dead
        return True

    def _run(self, actor: Actor) -> None:
        if actor in self._newborn:
            self._newborn.remove(actor)
            self._living.append(actor)
            self._trace(f"start {actor}")
            actor.on_start()
            return
        message = actor.actor_inbox.get_nowait().message
        self._trace("%s <- %.150r", str(actor), message)
        actor._handle_receive(message)

    def kill(self, actor: Actor) -> None:
        """It dies between two messages."""
        self._trace(f"killed {actor}")
        self.deaths.append(actor.address)
        try:
            actor._crash(Killed(), doing="nothing")
        except Exception:
            actor.actor_stopped.set()

    @property
    def actors(self) -> list[Actor]:
        """All that run."""
        return [each for each in self._living if not each.actor_stopped.is_set()]

    def someone(self) -> Actor | None:
        """Anybody but the supervisor."""
        living = [each for each in self.actors if each.address != SUPERVISOR]
        return self._chance.choice(living) if living else None

    def die(self) -> None:
        self._trace("the process dies")
        self.over = self._faults.dead = True
        self.timers.stop()

    def _give_up(self, address: Address, reason: str) -> None:
        self._trace(f"gives up because of {address}: {reason}")
        self.over = True
