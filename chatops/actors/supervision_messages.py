"""What children and their supervisor tell each other. The work itself is spoken of in `messages`."""

from dataclasses import dataclass
from typing import Any

from pykka import ActorRef

from chatops.actors.addresses import Address


@dataclass(frozen=True, slots=True)
class ChildReady:
    """The child's setup is done and its mail is being delivered."""

    address: Address
    ref: ActorRef[Any]


@dataclass(frozen=True, slots=True)
class ChildFailed:
    """The child crashed, or hung and was given up; `doing` is `setup` or the type of the message it died on."""

    address: Address
    ref: ActorRef[Any] | None
    doing: str
    error: str


@dataclass(frozen=True, slots=True)
class ChildStopped:
    """The child ended in good order."""

    address: Address
    ref: ActorRef[Any]


@dataclass(frozen=True, slots=True)
class Passivate:
    """The child has nothing to do: stop it once its mailbox is empty, start it again when there is mail."""

    address: Address
    ref: ActorRef[Any]


@dataclass(frozen=True, slots=True)
class Replace:
    """The child hangs: leave it to itself and start a fresh one at its address."""

    address: Address
    ref: ActorRef[Any]
    doing: str
    error: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """There is mail for an on-demand address that nobody answers at."""

    address: Address


@dataclass(frozen=True, slots=True)
class Ping:
    """Asked from outside: answered once everything sent before it has been handled."""


@dataclass(frozen=True, slots=True)
class ListChildren:
    """Asked: every child by address, as ChildView."""


@dataclass(frozen=True, slots=True)
class StopChildren:
    """Asked: stop all within `budget` seconds; the addresses of those that had to be abandoned."""

    budget: float
