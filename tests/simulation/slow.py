"""The real hands of the pools on slow worlds: what they began may take as long as it likes, also longer than is waited.

`SlowExecutorActor` works in a cluster, `SlowUpstreamActor` at Alertmanager.
"""

import random
from collections.abc import Callable
from typing import Any

from chatops.actors.base import Actor
from chatops.actors.executor import ExecutorActor
from chatops.actors.upstream import UpstreamActor
from chatops.actors.upstream_messages import CreateSilence
from chatops.actors.work import PerformPlan, ProceedPlan
from chatops.actors.work_messages import Assign, Finished
from chatops.actors.worker import WorkerActor
from tests.simulation.virtual_time import Agenda

_SECONDS = (*(0.05,) * 8, 0.3, 0.3, 2.0, 20.0, 90.0)
"""How long a request takes; the pool gives up a look after 30 and a change after 60."""
HANGS = 90.0
"""How long one to a dead cluster takes."""


class SlowHands(WorkerActor):
    """`hold(actor, seconds)` keeps its mail away; `world` is the agenda that outlives it, as a request does.

    `alive` is of the whole process: a request that was sent has its effect even when its thread was given up. `dead`
    says whether whoever is asked answers at all; `begun` and `ended` are told of each piece of work.
    """

    def __init__(
        self,
        *,
        hold: Callable[[Actor, float], None],
        world: Agenda,
        chance: random.Random,
        alive: Callable[[], bool],
        calm: Callable[[], bool],
        dead: Callable[[], bool] = lambda: False,
        begun: Callable[[Any], None] = lambda work: None,
        ended: Callable[[Any], None] = lambda work: None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self._hold = hold
        self._world = world
        self._chance = chance
        self._alive = alive
        self._calm = calm
        self._dead = dead
        self._told_begun = begun
        self._told_ended = ended

    def receive(self, message: Any) -> Any:
        match message:
            case Assign(ref, ticket, submit) if ref is self.actor_ref and ticket.take():
                self._begin(ticket, submit)
            case Assign():
                pass
            case _:
                super().receive(message)

    def _begin(self, ticket: Any, submit: Any) -> None:
        self._told_begun(submit.work)
        seconds = 0.05 if self._calm() else HANGS if self._dead() else self._chance.choice(_SECONDS)
        changes = isinstance(submit.work, PerformPlan | ProceedPlan) and self._chance.random() < 0.5
        # The request is at the server at once, its answer takes the time. At Alertmanager always: that door has time
        # limits of its own, shorter than the pool's.
        if not self._dead() and (changes or isinstance(submit.work, CreateSilence)):
            outcome = self._outcome(submit.work, submit.by)
            self._world.later(seconds, lambda: self._end(ticket, submit, outcome))
        else:
            self._world.later(seconds, lambda: self._end_late(ticket, submit))
        self._hold(self, seconds)

    def _end_late(self, ticket: Any, submit: Any) -> None:
        if self._alive():
            self._end(ticket, submit, self._outcome(submit.work, submit.by))

    def _end(self, ticket: Any, submit: Any, outcome: Any) -> None:
        # Also from a thread that was given up: it does not know.
        if self._alive():
            self._told_ended(submit.work)
            self.tell(self._pool, Finished(ticket, outcome))


class SlowExecutorActor(SlowHands, ExecutorActor):
    """Hands in a cluster."""


class SlowUpstreamActor(SlowHands, UpstreamActor):
    """Hands at Alertmanager."""
