"""One scene for actor tests: shop/checkout, revision 43 crash-looping, 42 to go back to."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chatops.actors.work import (
    FollowPlan,
    LookUpPlan,
    MakePreview,
    PerformPlan,
    ReadDescription,
    ReadEvents,
    ReadLogs,
    ReadPod,
    ReadWorkload,
    TakeSurvey,
)
from chatops.core.actions import Change, Performed, Plan, Preview, Progress
from chatops.core.resources import (
    ContainerView,
    Description,
    EventLine,
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

PAYLOADS = Path(__file__).parent.parent / "payloads"
CHECKOUT = ObjectRef("Deployment", "checkout", "shop", "uid-1")
POD = ObjectRef("Pod", "checkout-6d9f7c5b8d-x2k4q", "shop", "uid-2")


def body(name: str) -> bytes:
    """A webhook body as a real Alertmanager sent it."""
    return (PAYLOADS / f"{name}.json").read_bytes()


def resolved(name: str) -> bytes:
    """The same group a minute later, with every alert resolved."""
    told = json.loads(body(name))
    told["status"] = "resolved"
    for alert in told["alerts"]:
        alert["status"] = "resolved"
        alert["endsAt"] = alert["startsAt"][:17] + "59Z"
    return json.dumps(told).encode()


class Scene:
    """Answers every kind of work; `performed` and `looks` count what was asked."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        now = clock()
        self.now = clock
        self.performed: list[Plan] = []
        self.progress = Progress(5, 5, finished=True)
        self.happened = True
        crashed = LastExit("OOMKilled", 137, now - timedelta(minutes=3))
        app = ContainerView("app", "waiting", "CrashLoopBackOff", restarts=9, last_exit=crashed)
        owner = ObjectRef("ReplicaSet", "checkout-6d9f7c5b8d", "shop")
        self.pod = PodView(POD, "CrashLoopBackOff", Health.BAD, 0, 1, 9, "worker-3", now, "Burstable", (app,), owner)
        change = ImageChange("app", "r.example/checkout:1.41.2", "r.example/checkout:1.42.0")
        rollout = Rollout(43, now - timedelta(minutes=16), 42, (change,))
        self.workload = WorkloadView(CHECKOUT, Health.BAD, 3, 5, 5, rollout, (self.pod,))

    def __call__(self, work: Any) -> Any:
        match work:
            case TakeSurvey():
                return Survey(self.now(), workloads=(self.workload,))
            case ReadWorkload():
                return self.workload
            case ReadPod():
                return self.pod
            case ReadLogs(tail=tail):
                return LogText(POD, "app", False, ("line <b>1</b>", f"tail {tail}"), older=True)
            case ReadDescription(ref):
                return Description(ref, Health.BAD, (("status", "bad"),), (), (), "full text")
            case ReadEvents():
                return (EventLine("BackOff", "back-off restarting", True, 31, self.now()),)
            case MakePreview(action, ref, params):
                plan = Plan(action, ref, "77", dict(params))
                return Preview(plan, (Change("app image", "1.42.0", "1.41.2"),))
            case PerformPlan(plan):
                self.performed.append(plan)
                return Performed(Plan("rollout_undo", plan.ref, "", {"revision": "43"}), "78")
            case FollowPlan():
                return self.progress
            case LookUpPlan():
                return self.happened
