"""The door to one cluster of several: it may be dead, and it knows nothing of what lies in the others."""

from typing import Any

from chatops.core.failures import Reason, Temporary
from chatops.core.resources import ObjectRef
from tests.simulation.kubernetes import SimulatedCluster
from tests.simulation.places import PLACES


class Dead:
    """Which clusters do not answer now."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self.names


class ContextDoor:
    """`strayed` are asked for here and lie elsewhere."""

    def __init__(self, world: SimulatedCluster, context: str, dead: Dead, strayed: list[object]) -> None:
        self._world = world
        self._context = context
        self._dead = dead
        self._strayed = strayed

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._world, method)
        if method in ("close", "acting_for"):
            return found

        def ask(*asked: Any, **how: Any) -> Any:
            if self._context in self._dead:
                raise Temporary(Reason.UNREACHABLE, "no route to host")
            self._strayed += [each for each in asked if self._elsewhere(each)]
            return found(*asked, **how)

        return ask

    def _elsewhere(self, asked: object) -> bool:
        ref = getattr(asked, "ref", asked)
        if not self._context or not isinstance(ref, ObjectRef) or ref.name not in PLACES:
            return False
        return PLACES[ref.name].cluster != self._context or ref.cluster != self._context
