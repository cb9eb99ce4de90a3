"""Clusters behind the executors' doors: a few objects with uids and versions, and every way an answer goes wrong.

It judges preconditions as an API server does: what a plan does not carry is not checked, and so gets through. What was
done to which incarnation of what, and for which run, is kept for the invariants.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import (
    ContainerView,
    Description,
    Health,
    ImageChange,
    LastExit,
    LogText,
    ObjectRef,
    PodView,
    Rollout,
    WorkloadView,
)
from chatops.core.surveys import Survey
from tests.simulation.places import PLACES, Place
from tests.simulation.virtual_time import BEGINNING, VirtualTime

NODE_PODS = 5


@dataclass(slots=True)
class Thing:
    """One object as it is now. `runs` are the ids of the runs whose mark it carries, `pods` those of a node."""

    name: str
    place: Place
    uid: str
    version: int = 1
    rollout: int = 43
    replicas: int = 3
    runs: list[str] = field(default_factory=list)
    pods: int = NODE_PODS


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview: to whom, when."""

    preview: Preview
    by: int
    at: float


@dataclass(frozen=True, slots=True)
class Effect:
    """One change that was made, or asked for."""

    run: str
    plan: Plan
    uid: str
    """Of the incarnation that was touched; empty where nothing was."""
    at: datetime
    audited: bool
    """Whether the log said by then that it was asked for."""
    by: int
    """For whom."""


class SimulatedCluster:
    """All clusters together. `calm` ends all trouble; `audited(run)` says whether the log has the request of a run."""

    def __init__(
        self,
        names: tuple[str, ...],
        time: VirtualTime,
        chance: random.Random,
        audited: Callable[[str], bool],
        trace: Callable[[str], None],
    ) -> None:
        self.calm = False
        self.asked: list[Effect] = []
        """Every perform that reached the door."""
        self.effects: list[Effect] = []
        self.previews: dict[str, Shown] = {}
        """By run: what was shown to the person."""
        self.passes: list[str] = []
        """The run of every pass of a drain."""
        self.under_way: list[str] = []
        """Runs of passes that hands are busy with."""
        self.overlapping: list[str] = []
        """Runs of which two passes were under way at once."""
        self.emptied: set[str] = set()
        """Runs whose node had no pods left in the end."""
        self.by = 0
        """For whom something is done now."""
        self.unknown: list[str] = []
        """Runs whose answer was lost."""
        self._time = time
        self._chance = chance
        self._audited = audited
        self._trace = trace
        self.clustered = False
        """Whether objects are told with the cluster they are in."""
        self._things = {name: Thing(name, PLACES[name], f"uid-{name}-1") for name in names}
        self._born = 1

    @contextmanager
    def acting_for(self, person: int) -> Iterator[None]:
        self.by = person
        try:
            yield
        finally:
            self.by = 0

    def close(self) -> None:
        pass

    # What others do to it

    def replace(self, name: str) -> None:
        """Somebody deletes it and makes another of its name."""
        self._born += 1
        self._things[name] = Thing(name, PLACES[name], f"uid-{name}-{self._born}", version=self._born * 100)
        self._trace(f"{name} is replaced")

    def touch(self, name: str) -> None:
        """Somebody else changes it."""
        self._things[name].version += 1
        self._trace(f"{name} is changed by somebody else")

    # The door

    def survey(self, suspects: Any, now: datetime) -> Survey:
        self._look()
        named = str(suspects)
        found = [each for each in self._things.values() if f"{each.name}'" in named]
        workloads = tuple(self._view(each) for each in found if each.place.kind != "Node")
        return Survey(now, workloads=workloads, others=tuple(self._node(t) for t in found if t.place.kind == "Node"))

    def workload(self, ref: ObjectRef) -> WorkloadView:
        self._look()
        return self._view(self._find(ref))

    def pods(self, ref: ObjectRef) -> tuple[PodView, ...]:
        return self.workload(ref).pods

    def pod(self, ref: ObjectRef) -> PodView:
        self._look()
        for thing in self._things.values():
            view = self._view(thing).pods[0]
            if thing.place.kind != "Node" and view.ref.name == ref.name:
                return view
        raise Permanent(Reason.NOT_FOUND, f'pods "{ref.name}" not found')

    def logs(self, ref: ObjectRef, **_: Any) -> LogText:
        self._look()
        return LogText(ref, "app", False, ("it went wrong",))

    def describe(self, ref: ObjectRef) -> Description:
        self._look()
        return Description(ref, Health.BAD, (("status", "bad"),), (), (), "all of it")

    def __getattr__(self, method: str) -> Any:
        def refuse(*_: Any, **__: Any) -> Any:
            raise Permanent(Reason.NOT_SERVED, method)

        if method.startswith("_"):
            raise AttributeError(method)
        return refuse

    def preview(self, action: str, ref: ObjectRef, params: dict[str, str], _now: datetime) -> Preview:
        self._look()
        thing = self._find(ref)
        plan = Plan(action, replace(ref, uid=thing.uid), str(thing.version), dict(params))
        final = thing.place.kind != "Node" and self._chance.random() < 0.3
        preview = Preview(plan, (Change("what", "before", "after"),), (Caution(cautions.TO_ZERO),) if final else ())
        self.previews[params.get("action_id", "")] = Shown(preview, self.by, self._time.seconds)
        return preview

    def perform(self, plan: Plan) -> Performed:
        """Refused, done, done and nobody hears of it, or neither done nor heard of."""
        run = plan.params.get("action_id", "")
        audited = self._audited(run)
        self.asked.append(Effect(run, plan, "", self._time.now(), audited, self.by))
        trouble = None if self.calm else self._chance.random()
        if trouble is not None and trouble < 0.12:
            raise self._chance.choice(
                [
                    Permanent(Reason.FORBIDDEN, "is forbidden"),
                    Temporary(Reason.THROTTLED, "too many requests", retry_after=1.0),
                    Permanent(Reason.CONFLICT, "the object has been modified"),
                    Temporary(Reason.UNREACHABLE, "connection refused"),
                ]
            )
        if trouble is not None and trouble < 0.2:
            self.unknown.append(run)
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, but no answer within the time allowed")
        thing = self._find(plan.ref)
        if plan.resource_version and plan.resource_version != str(thing.version):
            raise Permanent(Reason.CONFLICT, "the object has been modified")
        thing.version += 1
        thing.runs.append(run)
        undo = self._change(thing, plan)
        self.effects.append(Effect(run, plan, thing.uid, self._time.now(), audited, self.by))
        self._trace(f"performed {plan.action} on {thing.uid} for {run}")
        if trouble is not None and trouble < 0.3:
            self.unknown.append(run)
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, but the answer was lost")
        return Performed(undo, str(thing.version))

    def proceed(self, plan: Plan) -> Progress:
        """One pass of a drain: a pod or two leave, unless a budget forbids it."""
        self._look()
        run, thing = plan.params.get("action_id", ""), self._find(plan.ref)
        self.passes.append(run)
        forbidden = not self.calm and self._chance.random() < 0.4
        thing.pods = max(0, thing.pods - (0 if forbidden else self._chance.choice([1, 2])))
        self._trace(f"a pass of {run} leaves {thing.pods} pods")
        if not thing.pods:
            self.emptied.add(run)
        return Progress(NODE_PODS - thing.pods, NODE_PODS, "budget" if forbidden else "", finished=not thing.pods)

    def pass_begun(self, run: str) -> None:
        if run in self.under_way:
            self.overlapping.append(run)
        self.under_way.append(run)

    def pass_ended(self, run: str) -> None:
        if run in self.under_way:
            self.under_way.remove(run)

    def follow(self, plan: Plan) -> Progress:
        self._look()
        self._find(plan.ref)
        fate = 0.0 if self.calm else self._chance.random()
        if fate < 0.5:
            return Progress(3, 3, finished=True)
        return Progress(1, 3, failed="ProgressDeadlineExceeded") if fate < 0.6 else Progress(1, 3)

    def happened(self, plan: Plan) -> bool:
        self._look()
        return plan.params.get("action_id", "") in self._find(plan.ref).runs

    # Inside

    def _look(self) -> None:
        if not self.calm and self._chance.random() < 0.08:
            raise self._chance.choice(
                [Temporary(Reason.TIMEOUT, "no answer"), Permanent(Reason.FORBIDDEN, "is forbidden")]
            )

    def _find(self, ref: ObjectRef) -> Thing:
        thing = self._things.get(ref.name)
        if thing is None or ref.kind != thing.place.kind:
            raise Permanent(Reason.NOT_FOUND, f'{ref.kind} "{ref.name}" not found')
        if ref.uid and ref.uid != thing.uid:
            raise Permanent(Reason.REPLACED, "it is another one than was seen")
        return thing

    def _change(self, thing: Thing, plan: Plan) -> Plan | None:
        ref = self._ref(thing)
        match plan.action:
            case "drain":
                return Plan("uncordon", ref, "", {})
            case "cordon":
                return Plan("uncordon", ref, "", {})
            case "uncordon":
                thing.pods = NODE_PODS
                return None
            case "scale_up" | "scale_down":
                before, thing.replicas = thing.replicas, int(plan.params.get("replicas", thing.replicas))
                return Plan("scale_down" if thing.replicas > before else "scale_up", ref, "", {"replicas": str(before)})
            case "rollout_undo":
                before, thing.rollout = thing.rollout, thing.rollout + 1
                return Plan("rollout_undo", ref, "", {"revision": str(before)})
            case _:
                thing.rollout += 1
                return None

    def _ref(self, thing: Thing) -> ObjectRef:
        place = thing.place
        return ObjectRef(place.kind, thing.name, place.namespace, thing.uid, place.cluster if self.clustered else "")

    def _node(self, thing: Thing) -> ObjectView:
        return ObjectView(self._ref(thing), Health.BAD, {Trait.READY: "False", Trait.SUMMARY: "NotReady"})

    def _view(self, thing: Thing) -> WorkloadView:
        ref = self._ref(thing)
        pod = replace(ref, kind="Pod", name=f"{thing.name}-6d9f7c5b8d-x2k4q", uid=f"{thing.uid}-pod")
        crashed = LastExit("Error", 1, BEGINNING)
        app = ContainerView("app", "waiting", "CrashLoopBackOff", restarts=9, last_exit=crashed)
        owner = replace(ref, kind="ReplicaSet", name=f"{thing.name}-6d9f7c5b8d", uid="")
        view = PodView(pod, "CrashLoopBackOff", Health.BAD, 0, 1, 9, "worker-3", None, "Burstable", (app,), owner)
        rollout = Rollout(thing.rollout, None, thing.rollout - 1, (ImageChange("app", "x:1", "x:2"),))
        return WorkloadView(ref, Health.BAD, 1, thing.replicas, thing.replicas, rollout, (view,))
