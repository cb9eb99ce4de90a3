"""One pair of hands of a pool: does one piece of work after another at a door of its own. It chooses nothing.

A Failure of the door is an answer like any other. Anything else that is raised is a crash, which the
supervisor sees to; what became of the job is then the pool's to tell.
"""

from typing import Any

from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.work import Result
from chatops.actors.work_messages import Assign, ExecutorReady, Finished, ReportIn
from chatops.core.failures import Failure


class WorkerActor(Actor):
    """Says ExecutorReady to the pool when idle after its start, and answers each Assign with a Finished.

    Subclasses implement `open_door`, `work` and `close_door`.
    """

    def __init__(self, *, directory: Directory, address: Address, pool: Address) -> None:
        super().__init__(directory=directory, address=address)
        self._pool = pool

    def open_door(self) -> None:
        """Make ready to work; raising counts as a crash."""

    def close_door(self) -> None:
        """Let go of the door."""

    def work(self, work: Any, by: int) -> Result:
        """Do it, for the person `by` unless 0. Raises Failure for what the other side does."""
        raise NotImplementedError

    def counted(self, kind: str, outcome: str) -> None:
        """For the metrics: what kind of work ended how."""

    def setup(self) -> None:
        self.open_door()
        self._report_in()

    def receive(self, message: Any) -> Any:
        match message:
            case Assign(ref, ticket, submit):
                if ref is self.actor_ref and ticket.take():
                    self.tell(self._pool, Finished(ticket, self._outcome(submit.work, submit.by)))
            case ReportIn():
                self._report_in()
            case _:
                super().receive(message)

    def teardown(self) -> None:
        self.close_door()

    def _report_in(self) -> None:
        self.tell(self._pool, ExecutorReady(self.address, self.actor_ref))

    def _outcome(self, work: Any, by: int) -> Result | Failure:
        kind = type(work).__name__
        try:
            done = self.work(work, by)
        except Failure as failure:
            self.counted(kind, failure.reason)
            return failure
        self.counted(kind, "ok")
        return done
