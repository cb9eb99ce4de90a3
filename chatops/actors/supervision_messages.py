"""What children and their supervisor tell each other. The work itself is spoken of in `messages`."""

from typing import Any

from msgspec import Struct
from pykka import ActorRef

from chatops.actors.addresses import Address


class ChildReady(Struct, frozen=True):
    """The child's setup is done and its mail is being delivered."""

    address: Address
    ref: ActorRef[Any]


class ChildFailed(Struct, frozen=True):
    """The child crashed, or hung and was given up; `doing` is `setup` or the type of the message it died on."""

    address: Address
    ref: ActorRef[Any] | None
    doing: str
    error: str


class ChildStopped(Struct, frozen=True):
    """The child ended in good order."""

    address: Address
    ref: ActorRef[Any]


class Passivate(Struct, frozen=True):
    """The child has nothing to do: stop it once its mailbox is empty, start it again when there is mail."""

    address: Address
    ref: ActorRef[Any]


class Replace(Struct, frozen=True):
    """The child hangs: leave it to itself and start a fresh one at its address."""

    address: Address
    ref: ActorRef[Any]
    doing: str
    error: str


class Wanted(Struct, frozen=True):
    """There is mail for an on-demand address that nobody answers at."""

    address: Address


class Ping(Struct, frozen=True):
    """Asked from outside: answered once everything sent before it has been handled."""


class ListChildren(Struct, frozen=True):
    """Asked: every child by address, as ChildView."""


class StopChildren(Struct, frozen=True):
    """Asked: stop all within `budget` seconds; the addresses of those that had to be abandoned."""

    budget: float
