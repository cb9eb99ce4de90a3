"""Incidents, surveys and people to decide about and to show. Everything plain here; tests bend what they need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chatops.core.actions import ActionRun, ActionState, Plan
from chatops.core.alerts import Alert, Notification, Severity
from chatops.core.incidents import Decision, Episode, Incident, Person, Press, decide
from chatops.core.incidents.events import AlertsReceived, Event, RunAction
from chatops.core.resources import (
    ContainerView,
    Health,
    ImageChange,
    LastExit,
    ObjectRef,
    PodView,
    Rollout,
    WorkloadView,
)
from chatops.core.surveys import Survey

START = datetime(2026, 11, 23, 8, 52, tzinfo=UTC)

ANNA = Person(1, "@anna")
OLEG = Person(2, "@oleg")


def at(minutes: float) -> datetime:
    """A moment of the story, in minutes after its first alert."""
    return START + timedelta(minutes=minutes)


def an_alert(
    fingerprint: str = "a", *, firing: bool = True, since: float = 0, until: float = 0, **labels: str
) -> Alert:
    """`since` and `until` are minutes of the story; a label given as an empty text is left out."""
    told = {
        "alertname": "KubePodCrashLooping",
        "namespace": "shop",
        "severity": "warning",
        "pod": f"checkout-{fingerprint}",
    }
    told = {name: value for name, value in {**told, **labels}.items() if value}
    return Alert(fingerprint, firing, told, {}, at(since), None if firing else at(until))


def told(*alerts: Alert, truncated: int = 0, skipped: int = 0) -> Notification:
    return Notification("chatops", "{}:{}", {}, alerts, truncated, skipped=("broken",) * skipped)


NEW = Incident(96, START)
"""As the database opens it: nothing known, shown nowhere."""


def hear(incident: Incident, *alerts: Alert, minute: float, truncated: int = 0, home: bool = True) -> Decision:
    return decide(incident, AlertsReceived(told(*alerts, truncated=truncated), home), now=at(minute))


def opened(*alerts: Alert, truncated: int = 0) -> Incident:
    return hear(NEW, *(alerts or (an_alert(),)), minute=1, truncated=truncated).incident


def press(by: Person = ANNA) -> Press:
    return Press(by, chat_id=-100, message_id=7, callback_id="cb", language="en")


def after(incident: Incident, *events: Event, minute: float) -> Incident:
    for event in events:
        incident = decide(incident, event, now=at(minute)).incident
    return incident


# The cluster

POD = ObjectRef("Pod", "checkout-6d9f7c5b8d-x2k4q", "shop", "uid-p", "prod-eu1")
WORKLOAD = ObjectRef("Deployment", "checkout", "shop", "uid-d", "prod-eu1")
REPLICA_SET = ObjectRef("ReplicaSet", "checkout-6d9f7c5b8d", "shop", "uid-r", "prod-eu1")


def a_container(**fields: Any) -> ContainerView:
    crashed = ContainerView(
        "app",
        "waiting",
        "CrashLoopBackOff",
        "back-off 5m0s restarting failed container",
        restarts=9,
        last_exit=LastExit("OOMKilled", 137, at(9)),
        image="registry.example.com/shop/checkout:1.42.0",
        memory_limit="512Mi",
        cpu_limit="1",
    )
    return replace(crashed, **fields)


def a_pod(**fields: Any) -> PodView:
    crashing = PodView(
        POD,
        "CrashLoopBackOff",
        Health.BAD,
        0,
        1,
        9,
        "worker-3",
        at(-4),
        "Burstable",
        (a_container(),),
        REPLICA_SET,
    )
    return replace(crashing, **fields)


def a_good_pod(suffix: str = "9pqzn") -> PodView:
    fine = a_container(state="running", reason="", message="", ready=True, restarts=0, last_exit=None, since=at(-60))
    ref = replace(POD, name=f"checkout-6d9f7c5b8d-{suffix}", uid=f"uid-{suffix}")
    return a_pod(ref=ref, status="Running", health=Health.GOOD, ready=1, restarts=0, containers=(fine,))


def a_rollout(**fields: Any) -> Rollout:
    image = "registry.example.com/shop/checkout"
    change = ImageChange("app", f"{image}:1.41.2", f"{image}:1.42.0")
    return replace(Rollout(43, at(-4), 42, (change,)), **fields)


def a_workload(**fields: Any) -> WorkloadView:
    broken = WorkloadView(WORKLOAD, Health.BAD, 3, 5, 5, a_rollout(), (a_pod(), a_good_pod()))
    return replace(broken, **fields)


def a_survey(*workloads: WorkloadView, **fields: Any) -> Survey:
    return replace(Survey(at(2), "prod-eu1", workloads), **fields)


# Actions


def a_plan(action: str = "rollout_undo", ref: ObjectRef = WORKLOAD, **params: str) -> Plan:
    return Plan(action, ref, "1000", params or {"revision": "42"})


def run_action(plan: Plan | None = None, *, by: Person = ANNA, run_id: str = "run-1") -> RunAction:
    return RunAction(press(by), run_id, plan or a_plan())


def a_run(state: ActionState = ActionState.REQUESTED, plan: Plan | None = None, **fields: Any) -> ActionRun:
    run = ActionRun("run-1", plan or a_plan(), ANNA.id, ANNA.name, at(12), state, -100, 7)
    return replace(run, **fields)


def an_incident(**fields: Any) -> Incident:
    """An open one with everything on it, as a card shows it."""
    alert = replace(
        an_alert(cluster="prod-eu1", pod=POD.name),
        annotations={
            "summary": "Pod is crash looping",
            "runbook_url": "https://runbooks.example/crash",
            "dashboard_url": "https://grafana.example/d/1",
        },
        generator_url="https://prom.example/graph?g0.expr=up",
    )
    whole = Incident(
        id=96,
        opened_at=START,
        receiver="chatops",
        revision=3,
        severity=Severity.WARNING,
        title="Crash loop",
        cluster="prod-eu1",
        namespace="shop",
        episodes=(Episode(alert, START),),
        survey=a_survey(a_workload()),
    )
    return replace(whole, **fields)
