"""The running tree as run.py, HTTP threads and tests hold it. Not for actors: it asks."""

import threading
from collections.abc import Sequence
from typing import Any

import pykka
import structlog

from chatops.actors.addresses import Address
from chatops.actors.children import ChildView
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, FamilySpec
from chatops.actors.supervision_messages import ListChildren, StopChildren
from chatops.actors.supervisor import Notice, SupervisorActor

log = structlog.get_logger()


class Supervisor:
    """Starts the children at once; see SupervisorActor for the arguments that are passed on."""

    def __init__(
        self,
        directory: Directory,
        specs: Sequence[ChildSpec | FamilySpec],
        *,
        give_up: Notice,
        on_failed: Notice,
        **tuning: Any,
    ) -> None:
        self._started = threading.Event()
        self._ref = SupervisorActor.start(
            directory=directory,
            specs=specs,
            give_up=give_up,
            on_failed=on_failed,
            started=self._started,
            **tuning,
        )

    def wait_started(self, timeout: float) -> bool:
        """Wait until every child of the start order is ready or has failed. False after `timeout` seconds."""
        return self._started.wait(timeout)

    def children(self, timeout: float = 1.0) -> dict[Address, ChildView]:
        """Every child. Raises pykka.Timeout, and pykka.ActorDeadError once stopped."""
        children: dict[Address, ChildView] = self._ref.ask(ListChildren(), block=True, timeout=timeout)
        return children

    def stop(self, budget: float = 5.0) -> tuple[Address, ...]:
        """Stop everything within `budget` seconds; returns the addresses that did not stop and were left to themselves.

        May be called again, and after the supervisor has crashed.
        """
        abandoned: tuple[Address, ...] = ()
        try:
            abandoned = self._ref.ask(StopChildren(budget), block=True, timeout=budget + 1.0)
            self._ref.stop(block=True, timeout=1.0)
        except pykka.ActorDeadError:
            # It crashed, and its teardown stopped the children.
            pass
        except pykka.Timeout:
            log.error("the supervisor does not stop and is abandoned")
        return abandoned
