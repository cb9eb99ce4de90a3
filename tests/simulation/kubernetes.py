"""A cluster behind the executors' door: a few objects with uids and versions, and every way an answer goes wrong.

It judges preconditions as an API server does: what a plan does not carry is not checked, and so gets through. What was
done to which incarnation of what, and for which run, is kept for the invariants.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chatops.core.actions import Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason, Temporary
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
from tests.simulation.virtual_time import BEGINNING, VirtualTime


@dataclass(slots=True)
class Thing:
    """One Deployment as it is now. `runs` are the ids of the runs whose mark it carries."""

    name: str
    uid: str
    version: int = 1
    rollout: int = 43
    replicas: int = 3
    runs: list[str] = field(default_factory=list)


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


class SimulatedCluster:
    """`calm` ends all trouble. `audited(run)` says whether the audit log has the request of a run."""

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
        self.previews: dict[str, Plan] = {}
        """By run: what was shown to the person."""
        self.unknown: list[str] = []
        """Runs whose answer was lost."""
        self._time = time
        self._chance = chance
        self._audited = audited
        self._trace = trace
        self._things = {name: Thing(name, f"uid-{name}-1") for name in names}
        self._born = 1

    def __call__(self, _stop: Any) -> "SimulatedCluster":
        """Opens the door."""
        return self

    def close(self) -> None:
        pass

    # What others do to it

    def replace(self, name: str) -> None:
        """Somebody deletes it and makes another of its name."""
        self._born += 1
        self._things[name] = Thing(name, f"uid-{name}-{self._born}", version=self._born * 100)
        self._trace(f"{name} is replaced")

    def touch(self, name: str) -> None:
        """Somebody else changes it."""
        self._things[name].version += 1
        self._trace(f"{name} is changed by somebody else")

    # The door

    def survey(self, suspects: Any, now: datetime) -> Survey:
        self._look()
        named = str(suspects)
        return Survey(now, workloads=tuple(self._view(t) for t in self._things.values() if t.name in named))

    def workload(self, ref: ObjectRef) -> WorkloadView:
        self._look()
        return self._view(self._find(ref))

    def pods(self, ref: ObjectRef) -> tuple[PodView, ...]:
        return self.workload(ref).pods

    def pod(self, ref: ObjectRef) -> PodView:
        self._look()
        for thing in self._things.values():
            view = self._view(thing).pods[0]
            if view.ref.name == ref.name:
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
        self.previews[params.get("action_id", "")] = plan
        return Preview(plan, (Change("what", "before", "after"),))

    def perform(self, plan: Plan) -> Performed:
        """Refused, done, done and nobody hears of it, or neither done nor heard of."""
        run = plan.params.get("action_id", "")
        audited = self._audited(run)
        self.asked.append(Effect(run, plan, "", self._time.now(), audited))
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
        self.effects.append(Effect(run, plan, thing.uid, self._time.now(), audited))
        self._trace(f"performed {plan.action} on {thing.uid} for {run}")
        if trouble is not None and trouble < 0.3:
            self.unknown.append(run)
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, but the answer was lost")
        return Performed(undo, str(thing.version))

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
        if thing is None or ref.kind != "Deployment":
            raise Permanent(Reason.NOT_FOUND, f'{ref.kind} "{ref.name}" not found')
        if ref.uid and ref.uid != thing.uid:
            raise Permanent(Reason.REPLACED, "it is another one than was seen")
        return thing

    def _change(self, thing: Thing, plan: Plan) -> Plan | None:
        ref = ObjectRef("Deployment", thing.name, "shop", thing.uid)
        match plan.action:
            case "scale_up" | "scale_down":
                before, thing.replicas = thing.replicas, int(plan.params.get("replicas", thing.replicas))
                return Plan("scale_down" if thing.replicas > before else "scale_up", ref, "", {"replicas": str(before)})
            case "rollout_undo":
                before, thing.rollout = thing.rollout, thing.rollout + 1
                return Plan("rollout_undo", ref, "", {"revision": str(before)})
            case _:
                thing.rollout += 1
                return None

    def _view(self, thing: Thing) -> WorkloadView:
        ref = ObjectRef("Deployment", thing.name, "shop", thing.uid)
        pod = ObjectRef("Pod", f"{thing.name}-6d9f7c5b8d-x2k4q", "shop", f"{thing.uid}-pod")
        crashed = LastExit("Error", 1, BEGINNING)
        app = ContainerView("app", "waiting", "CrashLoopBackOff", restarts=9, last_exit=crashed)
        owner = ObjectRef("ReplicaSet", f"{thing.name}-6d9f7c5b8d", "shop")
        view = PodView(pod, "CrashLoopBackOff", Health.BAD, 0, 1, 9, "worker-3", None, "Burstable", (app,), owner)
        rollout = Rollout(thing.rollout, None, thing.rollout - 1, (ImageChange("app", "x:1", "x:2"),))
        return WorkloadView(ref, Health.BAD, 1, thing.replicas, thing.replicas, rollout, (view,))
