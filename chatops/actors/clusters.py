"""Which cluster a piece of work is for, and the pool of executors that does it. It knows no cluster itself.

Every cluster has a pool of its own, so that one that hangs keeps no other waiting. A wrong cluster is worse than none:
where several contexts are in use, a name that is none of theirs gets no answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatops.actors.addresses import POOL, Address, pool_address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.tags import first_tag
from chatops.actors.work import Submit, TakeSurvey, WorkDone, WorkFailed, WorkInterrupted
from chatops.core.failures import Reason
from chatops.core.resources import ObjectRef
from chatops.core.surveys import Survey, together
from chatops.core.victims import Suspicion


@dataclass(slots=True)
class _Gathering:
    """A survey of several clusters: the parts that have come, by the cluster they are of."""

    submit: Submit
    waiting: set[str]
    parts: dict[str, Survey] = field(default_factory=dict)


class ClustersActor(Actor):
    """Stands at POOL and hands each Submit to the pool of its cluster; a survey of several is put together here.

    No contexts means the kubeconfig's current one, or the pod's own. With a single one the name does not matter:
    people call a cluster in their alerts as they like.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        contexts: Sequence[str],
        clock: Callable[[], datetime],
        address: Address = POOL,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._contexts = tuple(contexts)
        self._clock = clock
        self._gatherings: dict[int, _Gathering] = {}
        self._next = first_tag()

    def receive(self, message: Any) -> Any:
        match message:
            case Submit(work=TakeSurvey(suspects)):
                self._survey(message, suspects)
            case Submit(work, reply_to, tag):
                name = _ref_of(work).cluster
                pool = self._pool(name)
                if pool is None:
                    self.tell(reply_to, WorkFailed(tag, Reason.UNKNOWN_CLUSTER, self._unknown(name), temporary=False))
                else:
                    self.tell(pool, message)
            case WorkDone(tag=(int(number), str(name)), result=Survey() as part):
                self._gathered(number, name, part)
            case WorkFailed(tag=(int(number), str(name)), reason=reason, detail=detail, temporary=temporary):
                problem = Survey(self._clock(), name, problem=reason, problem_detail=detail, retry=temporary)
                self._gathered(number, name, problem)
            case WorkInterrupted(tag=(int(number), str(name))):
                problem = Survey(self._clock(), name, problem=Reason.SERVER_ERROR, retry=True)
                self._gathered(number, name, problem)
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        """Answer for what was being gathered, so that nobody waits for an answer that a crash took along."""
        for each in self._gatherings.values():
            failed = WorkFailed(each.submit.tag, Reason.THROTTLED, "the survey was stopped half way", temporary=True)
            self.tell(each.submit.reply_to, failed)

    def _survey(self, submit: Submit, suspects: tuple[Suspicion, ...]) -> None:
        by_name: dict[str, list[Suspicion]] = {}
        for suspect in suspects:
            by_name.setdefault(suspect.cluster, []).append(suspect)
        if len(self._contexts) <= 1:
            self.tell(pool_address(self._only), submit)
            return
        gathering = _Gathering(submit, set(by_name or {"": []}))
        number, self._next = self._next, self._next + 1
        self._gatherings[number] = gathering
        for name in sorted(gathering.waiting):
            pool = self._pool(name)
            if pool is None:
                unknown = self._unknown(name)
                part = Survey(self._clock(), name, problem=Reason.UNKNOWN_CLUSTER, problem_detail=unknown)
                self._gathered(number, name, part)
            else:
                self.tell(pool, Submit(TakeSurvey(tuple(by_name[name])), self.address, (number, name)))

    def _gathered(self, number: int, name: str, part: Survey) -> None:
        gathering = self._gatherings.get(number)
        if gathering is None:
            return
        gathering.parts[name] = part
        if gathering.waiting <= gathering.parts.keys():
            del self._gatherings[number]
            parts = [gathering.parts[each] for each in sorted(gathering.parts)]
            self.tell(gathering.submit.reply_to, WorkDone(gathering.submit.tag, together(parts)))

    def _pool(self, name: str) -> Address | None:
        if len(self._contexts) <= 1:
            return pool_address(self._only)
        return pool_address(name) if name in self._contexts else None

    @property
    def _only(self) -> str:
        return next(iter(self._contexts), "")

    def _unknown(self, name: str) -> str:
        asked = f"cluster {name}" if name else "an alert that names no cluster"
        return f"no context for {asked}; KUBE_CONTEXTS has {', '.join(sorted(self._contexts))}"


def _ref_of(work: Any) -> ObjectRef:
    """The object that work in a cluster is about; a survey has many, and other work none."""
    match work:
        case TakeSurvey():
            raise ValueError("a survey is of many objects")
        case _ if hasattr(work, "plan"):
            return work.plan.ref  # type: ignore[no-any-return]
        case _:
            return work.ref  # type: ignore[no-any-return]
