"""Deaths and disk faults at chosen places: a countdown over what an actor does (database calls, messages told)."""

from enum import StrEnum

from chatops.core.failures import Reason, Temporary


class Kind(StrEnum):
    """Who dies, or what fails: one actor, the whole process, or one database call."""

    ACTOR = "actor"
    PROCESS = "process"
    DISK = "disk"


class Killed(BaseException):
    """An actor dies here. No `except Exception` of its own may save it."""


class ProcessDied(BaseException):
    """Everything ends here; what was told since the last commit never leaves the process."""


class Faults:
    """At most one is armed at a time. `dead` is set from the death of a process until the next one is born."""

    def __init__(self) -> None:
        self.dead = False
        self.struck: list[Kind] = []
        self._kind: Kind | None = None
        self._steps = 0
        self.immune = False
        """Whoever runs now cannot be killed alone: the supervisor, or nobody."""

    @property
    def armed(self) -> bool:
        return self._kind is not None

    def arm(self, kind: Kind, steps: int) -> None:
        self._kind, self._steps = kind, steps

    def disarm(self) -> None:
        self._kind = None

    def here(self) -> None:
        """A place where an actor may die: a message is about to be told, a commit has just been made."""
        if not self.dead and self._kind is not Kind.DISK:
            self._count()

    def at_database(self) -> Temporary | None:
        """A database call is about to be made, or has just been made; the failure that is its answer, if any."""
        if self.dead:
            raise ProcessDied
        if self._kind is Kind.DISK:
            self._steps -= 1
            if self._steps < 0:
                self._strike(Kind.DISK)
                return Temporary(Reason.TIMEOUT, "database is locked")
            return None
        self._count()
        return None

    def _count(self) -> None:
        if self._kind is None or (self._kind is Kind.ACTOR and self.immune):
            return
        self._steps -= 1
        if self._steps >= 0:
            return
        kind = self._kind
        self._strike(kind)
        if kind is Kind.PROCESS:
            self.dead = True
            raise ProcessDied
        raise Killed

    def _strike(self, kind: Kind) -> None:
        self.struck.append(kind)
        self._kind = None
