"""What the supervisor knows of each child, and what it lets others see of it."""

from dataclasses import dataclass
from enum import StrEnum

from chatops.actors.directory import Ref
from chatops.actors.restarts import RestartBudget
from chatops.actors.specs import ChildSpec


class ChildState(StrEnum):
    """Where a child stands. Down waits for its restart, failed is past its budget, stopped ended by itself."""

    STARTING = "starting"
    RUNNING = "running"
    PASSIVATING = "passivating"
    DOWN = "down"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ChildView:
    """One child as seen from outside. `restarts` counts those of its present life in the tree."""

    state: ChildState
    restarts: int = 0
    reason: str = ""


@dataclass(slots=True)
class Child:
    """One entry of the supervisor's book. Only its thread touches it."""

    spec: ChildSpec
    budget: RestartBudget
    ref: Ref | None = None
    state: ChildState = ChildState.DOWN
    restarts: int = 0
    reason: str = ""
    ready_at: float | None = None
    told_failed: bool = False
    rest_when_ready: bool = False

    @property
    def waiting(self) -> bool:
        """Whether it is to be started again in a while."""
        return self.state in (ChildState.DOWN, ChildState.FAILED)
