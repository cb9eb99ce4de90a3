"""A clue: the object that labels point at, and where to look when it is not there. Nothing of it was seen."""

from dataclasses import dataclass
from typing import TypeAlias

from chatops.core.resources import ObjectRef


@dataclass(frozen=True, slots=True)
class Clue:
    """What an alert's labels tell.

    Names may be addresses: a `Node` or a `Pod` called `10.0.3.13` is the one that has it, an `Issuer` called by a host
    is the one that orders there, an `Ingress` the one that serves it.
    """

    suspect: ObjectRef
    others: tuple[ObjectRef, ...] = ()
    """What the labels may mean instead, in order: each is looked for where the one before does not exist."""
    carrier: ObjectRef | None = None
    """A pod that runs on the machine the alert is about, for a machine that is not found by its own name."""
    beside: ObjectRef | None = None
    """A pod to look at as well: the control plane's component that was measured."""
    names: tuple[str, ...] = ()
    """What the object's workload may be called, best guess first. Only good for a guess, and told as one."""
    namespace: str = ""
    """Where `names` are looked for; everywhere when empty."""
    messenger: bool = False
    """The suspect is known to measure something else: `names` are tried before it."""
    path: str = ""
    """The path of the URL that an `External` was probed at."""

    @property
    def cluster(self) -> str:
        return self.suspect.cluster

    @property
    def candidates(self) -> tuple[ObjectRef, ...]:
        return (self.suspect, *self.others)


Suspicion: TypeAlias = Clue | ObjectRef
"""An object to look at: one that is known by its reference, or one that labels point at."""
