"""Who a screen is drawn for, and which places they may read or act in."""

from dataclasses import dataclass

from chatops.core.access import Right, may
from chatops.core.incidents import Person
from chatops.core.people import User
from chatops.core.texts import Tongue
from chatops.db.places import Readable


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a screen is drawn for. `user` is what they may: None for nothing.

    `via`: how they ask, for the log, where it is not in a chat.
    """

    person: Person
    tongue: Tongue
    user: User | None = None
    via: str = ""


def readable_by(user: User | None) -> Readable:
    """Whether the user may read what is in a cluster and namespace."""
    return lambda cluster, namespace: may(user, Right.READ, cluster=cluster, namespace=namespace).allowed


def actable_by(user: User | None) -> Readable:
    """Whether the user may act on what is in a cluster and namespace."""
    return lambda cluster, namespace: may(user, Right.ACT, cluster=cluster, namespace=namespace).allowed
