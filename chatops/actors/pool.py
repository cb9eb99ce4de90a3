"""Who does which work when: a bounded queue in front of the executors. It does none itself, and knows no cluster.

Every Submit gets exactly one answer, whatever dies: WorkDone or WorkFailed; WorkInterrupted when it had begun
and its end is not known. The one exception is a Submit that crashes the pool itself.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from chatops.actors.addresses import POOL, SUPERVISOR, Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory, Ref
from chatops.actors.jobs import Job, JobQueue, Place
from chatops.actors.supervision_messages import ChildFailed, Replace
from chatops.actors.work import PerformPlan, Result, Submit, WorkDone, WorkFailed, WorkInterrupted
from chatops.actors.work_messages import Assign, ExecutorReady, Finished, ReportIn, Ticket
from chatops.core.actions import Plan
from chatops.core.failures import Failure, Reason, Temporary

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Overdue:
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class _ReportingOver:
    """An executor that has not reported in by now hangs."""


class PoolActor(Actor):
    """`executors` are the addresses it may assign to; their specifications name it as the watcher.

    A look that is not done `look_deadline` seconds after it began, or has not begun so long after it came, is
    given up; a change likewise after `change_deadline`. The executor that hangs on it is replaced. The same change is
    not made twice to one object within `cooldown` seconds (of `clock`, which is monotonic).

    No change begins before every executor has reported in or died: one may still be busy with a change that
    an earlier incarnation of this pool gave it.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        executors: Sequence[Address],
        address: Address = POOL,
        queue_limit: int = 500,
        look_deadline: float = 30.0,
        change_deadline: float = 60.0,
        cooldown: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._look_deadline = look_deadline
        self._change_deadline = change_deadline
        self._cooldown = cooldown
        self._clock = clock
        self._made: dict[Place, tuple[float, Plan]] = {}
        self._queue = JobQueue(queue_limit)
        self._unheard = set(executors)
        self._refs: dict[Address, Ref] = {}
        self._idle: deque[Address] = deque()
        self._running: dict[Address, Job] = {}

    def setup(self) -> None:
        for address in self._unheard:
            self.tell(address, ReportIn())
        self.later(self._change_deadline, _ReportingOver())

    def receive(self, message: Any) -> Any:
        match message:
            case Submit():
                self._on_submit(message)
            case Finished(ticket, outcome):
                self._on_finished(ticket, outcome)
            case ExecutorReady(address, ref):
                self._on_ready(address, ref)
            case ChildFailed(address):
                self._forget(address)
            case _Overdue(ticket):
                self._on_overdue(ticket)
            case _ReportingOver():
                self._on_reporting_over()
            case _:
                super().receive(message)
                return
        self._assign()

    def teardown(self) -> None:
        """Answer for everything in hand, so that nobody waits for an answer that a crash took along."""
        for job in self._running.values():
            self._lose(job)
        for job in self._queue:
            self._refuse(job, Reason.THROTTLED, "not begun, the pool of executors was stopped")

    def _on_submit(self, submit: Submit) -> None:
        job = Job(submit)
        if self._queue.add(job):
            self._watch(job)
        else:
            log.warning("work turned away, too much is waiting", work=job.name)
            self._refuse(job, Reason.THROTTLED, "too much work is waiting")

    def _assign(self) -> None:
        while self._idle:
            busy = {job.place for job in self._running.values()} - {None}
            job = self._queue.take(busy, changes=not self._unheard)
            if job is None:
                return
            if self._just_made(job):
                self._answer(job, WorkFailed(job.submit.tag, Reason.TOO_SOON, "", temporary=False))
                continue
            address = self._idle.popleft()
            self._running[address] = job
            self._watch(job)
            self.tell(address, Assign(self._refs[address], job.ticket, job.submit))

    def _just_made(self, job: Job) -> bool:
        """Whether this very change was the last one made to its object, within the cooldown."""
        match job.submit.work:
            case PerformPlan(plan) if job.place in self._made:
                at, made = self._made[job.place]
                return plan.same_change(made) and self._clock() - at < self._cooldown
            case _:
                return False

    def _remember(self, job: Job) -> None:
        """The change was made, or may have been."""
        match job.submit.work:
            case PerformPlan(plan) if job.place is not None:
                now = self._clock()
                recent = {place: made for place, made in self._made.items() if now - made[0] < self._cooldown}
                self._made = {**recent, job.place: (now, plan)}

    def _watch(self, job: Job) -> None:
        """Start the patience with the stage the job has just entered."""
        if job.timer is not None:
            job.timer.cancel()
        seconds = self._look_deadline if job.place is None else self._change_deadline
        job.timer = self.later(seconds, _Overdue(job.ticket))

    def _on_finished(self, ticket: Ticket, outcome: Result | Failure) -> None:
        address = self._executor_of(ticket)
        if address is None:
            log.info("late result ignored")
            return
        job = self._running.pop(address)
        self._idle.append(address)
        if not isinstance(outcome, Failure) or outcome.reason is Reason.UNKNOWN_OUTCOME:
            self._remember(job)
        if isinstance(outcome, Failure):
            temporary = isinstance(outcome, Temporary)
            self._answer(job, WorkFailed(job.submit.tag, str(outcome.reason), outcome.detail, temporary))
        else:
            self._answer(job, WorkDone(job.submit.tag, outcome))

    def _on_ready(self, address: Address, ref: Ref) -> None:
        self._unheard.discard(address)
        self._refs[address] = ref
        # One that was asked to report in may have been given a job since.
        if address not in self._running and address not in self._idle:
            self._idle.append(address)

    def _forget(self, address: Address) -> None:
        """The executor is dead: its job is lost if it had begun it, and somebody else's if not."""
        self._unheard.discard(address)
        self._refs.pop(address, None)
        if address in self._idle:
            self._idle.remove(address)
        job = self._running.pop(address, None)
        if job is None:
            return
        if job.ticket.take():
            job.ticket = Ticket()
            self._queue.put_back(job)
            self._watch(job)
        else:
            log.warning("executor died on its work", address=address, work=job.name)
            self._remember(job)
            self._answer(job, WorkInterrupted(job.submit.tag))

    def _on_overdue(self, ticket: Ticket) -> None:
        address = self._executor_of(ticket)
        if address is not None:
            self._give_up_on(address, self._running.pop(address))
        elif waiting := next((job for job in self._queue if job.ticket is ticket), None):
            self._queue.remove(waiting)
            self._refuse(waiting, Reason.TIMEOUT, "not begun, no executor was free in time")

    def _give_up_on(self, address: Address, job: Job) -> None:
        log.error("executor hangs on its work", address=address, work=job.name)
        if job.place is None:
            self._refuse(job, Reason.TIMEOUT, "no answer in time")
        else:
            self._lose(job)
        self.tell(SUPERVISOR, Replace(address, self._refs.pop(address), job.name, "no result in time"))

    def _on_reporting_over(self) -> None:
        for address in self._unheard:
            if (ref := self.directory.ref(address)) is not None:
                self.tell(SUPERVISOR, Replace(address, ref, "unknown", "does not report in"))
        self._unheard.clear()

    def _executor_of(self, ticket: Ticket) -> Address | None:
        return next((address for address, job in self._running.items() if job.ticket is ticket), None)

    def _lose(self, job: Job) -> None:
        """Answer for an assigned job whose end will not be known here."""
        if job.ticket.take():
            self._refuse(job, Reason.TIMEOUT, "not begun in time")
        else:
            self._remember(job)
            self._answer(job, WorkInterrupted(job.submit.tag))

    def _refuse(self, job: Job, reason: Reason, detail: str) -> None:
        job.ticket.take()
        self._answer(job, WorkFailed(job.submit.tag, str(reason), detail, temporary=True))

    def _answer(self, job: Job, answer: WorkDone | WorkFailed | WorkInterrupted) -> None:
        if job.timer is not None:
            job.timer.cancel()
        self.tell(job.submit.reply_to, answer)
