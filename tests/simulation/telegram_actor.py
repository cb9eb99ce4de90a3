"""The real TelegramActor with its threads taken away: requests are on their way for a while, polls come by turns."""

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

from chatops.actors.base import summary
from chatops.actors.poller import Poller
from chatops.actors.senders import Outcome
from chatops.actors.telegram import SENDERS, PollerBroke, TelegramActor
from chatops.actors.telegram_messages import Deliver
from chatops.core.failures import Failure
from chatops.core.pacing.parcels import Parcel
from tests.simulation.faults import ProcessDied
from tests.simulation.telegram import SimulatedTelegram
from tests.simulation.virtual_time import Agenda


class Couriers:
    """The interface of actors.senders.Senders. What they carry arrives, whoever died meanwhile."""

    def __init__(
        self,
        telegram: SimulatedTelegram,
        done: Callable[[], None],
        *,
        world: Agenda,
        chance: random.Random,
        alive: Callable[[], bool],
    ) -> None:
        self.idle = SENDERS
        self._telegram = telegram
        self._life = telegram.life
        self._done = done
        self._world = world
        self._chance = chance
        self._process_lives = alive
        self._closed = False
        self._finished: list[tuple[Parcel[Deliver], Outcome]] = []
        self._under_way: list[Parcel[Deliver]] = []

    def start(self) -> None:
        pass

    def give(self, parcel: Parcel[Deliver]) -> None:
        self.idle -= 1
        self._under_way.append(parcel)
        self._telegram.sent_off(parcel.delivery.key)
        self._world.later(self._chance.choice([0.02, 0.05, 0.4, 1.5]), lambda: self._arrive(parcel))

    def collect(self) -> Iterator[tuple[Parcel[Deliver], Outcome]]:
        while self._finished:
            self.idle += 1
            yield self._finished.pop(0)

    def close(self) -> tuple[threading.Thread, ...]:
        """Some of what is under way ends in time; of the rest nobody hears."""
        for parcel in list(self._under_way):
            if self._chance.random() < 0.5:
                self._arrive(parcel)
        self._closed = True
        return ()

    def _arrive(self, parcel: Parcel[Deliver]) -> None:
        if parcel not in self._under_way:
            return
        self._under_way.remove(parcel)
        outcome = self._attempt(parcel)
        if self._alive():
            self._finished.append((parcel, outcome))
            self._world.later(0.0, self._tell)

    def _alive(self) -> bool:
        """Whether anybody hears how it went."""
        return self._process_lives() and not self._closed

    def _attempt(self, parcel: Parcel[Deliver]) -> Outcome:
        outgoing = parcel.delivery.outgoing
        # What was on its way when its sender ended was asked before anybody was told to wait.
        life = 0 if self._closed else self._life
        try:
            message_id = self._telegram.deliver(outgoing, parcel.delivery.key, life)
        except Failure as failure:
            if self._alive():
                self._telegram.told_to_wait(outgoing, failure)
            return failure
        if not self._alive():
            self._telegram.lose(getattr(outgoing, "chat_id", 0), message_id)
        return message_id

    def _tell(self) -> None:
        if self._alive():
            self._done()


class UnhurriedEvent:
    """The poller's `stopping`: its pauses take no time here, since its rounds come by the agenda."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def is_set(self) -> bool:
        return self._stopping.is_set()

    def wait(self, _seconds: float) -> bool:
        return self._stopping.is_set()


class ThreadlessTelegramActor(TelegramActor):
    """`agenda` is the process's, `world` the one that outlives it."""

    def __init__(
        self,
        *,
        telegram: SimulatedTelegram,
        agenda: Agenda,
        world: Agenda,
        chance: random.Random,
        alive: Callable[[], bool],
        **arguments: Any,
    ) -> None:
        super().__init__(telegram=telegram, **arguments)  # type: ignore[arg-type]  # what it uses of it is there
        self._agenda = agenda
        self._turns = chance
        self._senders = Couriers(telegram, self._wake, world=world, chance=chance, alive=alive)  # type: ignore[assignment]  # as above
        assert isinstance(self._receiver, Poller)
        self._poller = self._receiver
        unhurried: Any = UnhurriedEvent(self.stopping)
        self._poller._stopping = self._poller._line._stopping = unhurried
        self._begun = False

    def _begin(self) -> None:
        super()._begin()
        assert self._polling
        self._polling.join()
        self._agenda.later(0.0, self._turn)

    def _poll(self) -> None:
        """In the thread: nothing. Polls are made by `_turn`."""

    def _turn(self) -> None:
        if self.stopping.is_set():
            return
        try:
            if self._begun:
                self._poller._round()
            else:
                self._begun = self._poller._begin(tell_pending=not self._succeeds)
        except ProcessDied:
            raise
        except Exception as error:
            self.tell(self.address, PollerBroke(summary(error)))
            return
        self._agenda.later(self._turns.choice([0.1, 0.5, 2.0]), self._turn)
