"""The FiguresActor: counts every 15 seconds what the metrics show of the database, so that no scrape waits for it."""

from dataclasses import dataclass
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.core.failures import Failure
from chatops.db.store import Store

log = structlog.get_logger()

FIGURES: Address = ("figures",)
ROUND_SECONDS = 15.0
"""As often as Prometheus asks, as a rule."""


@dataclass(frozen=True, slots=True)
class Count:
    """Time for another round."""


class FiguresActor(Actor):
    """What it can not count is left out until it can, and `chatops_database_up` is 0."""

    def __init__(self, *, directory: Directory, address: Address, store: Store) -> None:
        super().__init__(directory=directory, address=address)
        self._store = store
        self._answered = True

    def setup(self) -> None:
        self.tell(self.address, Count())

    def receive(self, message: Any) -> Any:
        match message:
            case Count():
                self._count()
                self.later(ROUND_SECONDS, Count())
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        metrics.database_answers(answers=False)

    def _count(self) -> None:
        try:
            figures = self._store.figures.read()
        except Failure as failure:
            if self._answered:
                log.error("the database does not answer", error=str(failure))
            self._answered = False
            metrics.database_answers(answers=False)
            return
        self._answered = True
        metrics.figures_counted(figures.active, figures.size)
