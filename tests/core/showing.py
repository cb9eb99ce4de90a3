"""Every screen there is, drawn from the same story, and what Telegram would make of one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from chatops.core import cautions, routing_acts
from chatops.core.actions import ActionState, Caution, Change, Plan, Preview, Progress
from chatops.core.alerts import Severity
from chatops.core.applicable import View
from chatops.core.audit import ALERTMANAGER, SYSTEM, Entry, EntryType, StoredEntry
from chatops.core.buttons import Button, Verb
from chatops.core.chat_settings import ChatSettings, Setting
from chatops.core.durations import Durations
from chatops.core.failures import Reason
from chatops.core.incidents import Episode, Incident, Status
from chatops.core.incidents.acting import ABSENT, FOUND, OVERDUE, STOPPED
from chatops.core.incidents.likeness import alike_first
from chatops.core.log_asks import LogAsk
from chatops.core.mini_app import MiniApp
from chatops.core.misread import Misread
from chatops.core.objects import ObjectView, Tie, TieRole, Trait
from chatops.core.oncall import Duty, Member
from chatops.core.outside import Outside
from chatops.core.past import PastIncident
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import (
    CLUSTER_WIDE,
    RESTART,
    ContainerLimits,
    Description,
    EventLine,
    Health,
    LogText,
    ObjectRef,
)
from chatops.core.review import Flapping, Noisy, Review, Span, Tally, Times
from chatops.core.routes import ChatRules, Route, matcher_of, quiet_of
from chatops.core.routing_acts import Act
from chatops.core.safeguards import Safeguard
from chatops.core.screens import chat as chat_setup
from chatops.core.screens import (
    confirm,
    deciding,
    diagnostics,
    escalation,
    handing,
    hindsight,
    incident_acts,
    lists,
    logs,
    merging,
    mini_app,
    notices,
    oncall,
    outside,
    people,
    pod,
    reading,
    rejecting,
    report,
    resources,
    review,
    routes,
    silence_picker,
    silence_warning,
    silences,
    similar,
    timeline,
    trouble,
    welcome,
)
from chatops.core.screens.base import Screen, shown_length
from chatops.core.screens.card import card
from chatops.core.screens.object import object_screen
from chatops.core.screens.picker import picker
from chatops.core.screens.rich import buttons_in, rich_html
from chatops.core.screens.silence_picker import Weighed
from chatops.core.screens.silences import Outcome
from chatops.core.silences import UNTIL_RESOLVED, Matched, Matcher, Scope, Silence, StandingSilence
from chatops.core.texts import Tongue
from chatops.sandbox.botapi import rich
from chatops.sandbox.botapi.formatting import parse_html
from tests.core.scene import (
    ANNA,
    OLEG,
    POD,
    START,
    WORKLOAD,
    a_container,
    a_good_pod,
    a_plan,
    a_pod,
    a_rollout,
    a_run,
    a_survey,
    a_workload,
    an_alert,
    an_incident,
    at,
)

APP = MiniApp("https://ops.example", "incidents")
NODE = ObjectRef("Node", "worker-3", cluster="prod-eu1")
NOW = at(20)


# What Telegram would make of it


def plain_text(shown: Screen) -> str:
    """The text as a reader sees it. Fails as Telegram would: on broken markup, too much text, or an odd keyboard."""
    text, _ = parse_html(shown.html)
    assert text.strip(), "a message must not be empty"
    assert len(text.encode("utf-16-le")) // 2 <= 4_096
    assert shown_length(shown.html) == len(text.encode("utf-16-le")) // 2
    assert len(shown.html.encode()) <= 32_768
    buttons = [button for row in shown.rows for button in row]
    assert len(buttons) <= 100
    for row in shown.rows:
        assert 1 <= len(row) <= 8
    for button in buttons:
        fits(button)
    if shown.rich:
        rich_text(shown)
    return text


def rich_text(shown: Screen) -> str:
    """The rich form as a reader sees it. Fails as Telegram would, and where its buttons are not the screen's."""
    tree = rich.parse(rich_html(shown.rich, lambda button: f"token-{len(button.label):0>14}"))
    inside = buttons_in(shown.rich)
    assert len(list(rich.buttons(tree))) == len(inside)
    assert all(any(button in row for row in shown.rows) for button in inside)
    return rich.visible(tree)


def fits(button: Button) -> None:
    """One meaning, a short label, and nothing Telegram refuses."""
    assert sum((button.verb is not None, bool(button.url), bool(button.copy), bool(button.web_app))) == 1, button
    assert 1 <= len(button.label) <= 40, button.label
    assert button.label == button.label.strip()
    assert "\n" not in button.label
    button.label.encode()
    assert len(button.copy) <= 256
    assert not button.url or button.url.startswith(("http://", "https://"))
    assert not button.web_app or button.web_app.startswith("https://")
    assert button.style in ("", "danger", "success", "primary")
    assert all(isinstance(value, str) for value in button.args.values())


def drawn(shown: Screen) -> str:
    """Text and keyboard as one picture for a snapshot."""
    rows = [" ".join(f"[{b.label}{f' ●{b.style}' if b.style else ''}]" for b in row) for row in shown.rows]
    return "\n".join([plain_text(shown), "", *rows, f"({'silent' if shown.silent else 'with sound'})"])


# The story


def node_incident() -> Incident:
    alert = an_alert(alertname="KubeNodeNotReady", severity="critical", node="worker-3", pod="", namespace="")
    return an_incident(
        severity=Severity.CRITICAL,
        title="Node not ready",
        namespace="",
        episodes=(Episode(alert, START),),
        survey=a_survey(others=(ObjectView(NODE),)),
    )


def group_incident() -> Incident:
    episodes = tuple(Episode(an_alert(name, pod=f"checkout-{name}"), START) for name in "abcdefg")
    return an_incident(episodes=episodes, truncated=3, skipped=1, reopened=2, taken_by=ANNA, taken_at=at(2))


def closed_incident(status: Status = Status.RESOLVED, **fields: object) -> Incident:
    ended = tuple(replace(episode, ends_at=at(18)) for episode in an_incident().episodes)
    return an_incident(status=status, episodes=ended, closed_at=at(18.5), taken_by=ANNA, taken_at=at(2), **fields)


def acting_incident(state: ActionState, **fields: object) -> Incident:
    run = a_run(state, **fields)
    return an_incident(run=run, taken_by=ANNA, taken_at=at(2), survey=a_survey(a_workload(), taken_at=at(19)))


def stored(type: EntryType, subject: object = ANNA.subject, **detail: str) -> StoredEntry:
    entry = Entry(type, subject, at(12), 96, WORKLOAD, -100, 7, detail)  # type: ignore[arg-type]  # a Subject
    return StoredEntry(1, entry, "", "")


LOOKED_UP = {"action": "rollout_undo", "run": "r"}
TIMELINE = [
    stored(EntryType.OPENED, ALERTMANAGER, alert="Crash loop", severity="warning", alerts="1"),
    stored(EntryType.ALERTS_CHANGED, ALERTMANAGER, fired="2", refired="1", resolved="5", repeated="7"),
    stored(EntryType.ACKNOWLEDGED),
    stored(EntryType.RELEASED, **{"from": "@anna"}),
    stored(EntryType.LOOKED, what="logs"),
    stored(EntryType.LOOKED, what="the description"),
    stored(EntryType.LOOKED, what="the YAML"),
    stored(EntryType.LOOKED, what="diagnostics", command="df -h", container="app"),
    stored(EntryType.DENIED, OLEG.subject, what="rollout_undo", why="viewer"),
    stored(EntryType.DENIED, OLEG.subject, what="take", why="foreign_button"),
    stored(EntryType.DENIED, OLEG.subject, what="stop", why="expired"),
    stored(EntryType.DENIED, OLEG.subject, what="rollout_undo", why="wrong_word"),
    stored(EntryType.DENIED, OLEG.subject, what="rollout_undo", why="denied", detail="exceeded quota <b>"),
    stored(EntryType.DENIED, OLEG.subject, what="rollout_undo", why="forbidden", detail="no right <b>"),
    stored(EntryType.DENIED, OLEG.subject, what="tap", why="too_fast"),
    stored(EntryType.ACTION_REQUESTED, action="rollout_undo", run="r", revision="42"),
    stored(EntryType.ACTION_PERFORMED, SYSTEM, action="rollout_undo", run="r"),
    stored(EntryType.ACTION_FINISHED, SYSTEM, outcome="succeeded", seconds="72", **LOOKED_UP),
    stored(EntryType.ACTION_FINISHED, SYSTEM, outcome="failed", seconds="3", problem="conflict", **LOOKED_UP),
    stored(EntryType.ACTION_FINISHED, SYSTEM, outcome="failed", seconds="900", detail=OVERDUE, **LOOKED_UP),
    stored(EntryType.ACTION_FINISHED, SYSTEM, outcome="interrupted", seconds="3", **LOOKED_UP),
    stored(EntryType.ACTION_LOOKED_UP, SYSTEM, found=FOUND, **LOOKED_UP),
]
MORE_TIMELINE = [
    stored(EntryType.ACTION_LOOKED_UP, SYSTEM, found=ABSENT, **LOOKED_UP),
    stored(EntryType.SEVERITY_CHANGED, ALERTMANAGER, before="warning", after="critical"),
    stored(EntryType.LATE_DUPLICATE, ALERTMANAGER, alerts="1"),
    stored(EntryType.ALERTS_RESOLVED, ALERTMANAGER),
    stored(EntryType.REOPENED, ALERTMANAGER, fired="1"),
    stored(EntryType.RESOLVED),
    stored(EntryType.REJECTED, reason="False alarm"),
    stored(EntryType.ACTOR_FAILED, SYSTEM),
]
PEOPLE_TIMELINE = [
    stored(EntryType.SILENCE_REQUESTED, matchers='alertname="KubePodCrashLooping", namespace="shop"'),
    stored(EntryType.SILENCED, silence="am-id", until="2026-11-23T10:00:00Z", matchers='namespace="shop"'),
    stored(EntryType.SILENCE_FAILED, SYSTEM, problem="refused", detail="silence invalid"),
    stored(EntryType.SILENCE_EXTEND_REQUESTED, until="2026-11-23T11:00:00Z"),
    stored(EntryType.SILENCE_EXTENDED, silence="am-id-2", before="am-id", until="2026-11-23T11:00:00Z"),
    stored(EntryType.UNSILENCED, how="lifted"),
    stored(EntryType.UNSILENCED, SYSTEM, how="lifted"),
    stored(EntryType.UNSILENCED, SYSTEM, how="expired"),
    stored(EntryType.UNSILENCE_REQUESTED, OLEG.subject),
    stored(EntryType.UNSILENCED, SYSTEM, how="gone"),
    stored(EntryType.BREACH_FOUND, SYSTEM, breach="late"),
    stored(EntryType.ESCALATED, OLEG.subject),
    stored(EntryType.HANDED_OVER, to="@oleg", **{"from": "@anna"}),
    stored(EntryType.REOPENED, was="resolved"),
    stored(EntryType.MERGED, into="95", alerts="2"),
    stored(EntryType.MERGED_IN, SYSTEM, by="@anna", number="97", alert="Crash loop", alerts="2"),
    stored(EntryType.JUDGED, verdict="real"),
    stored(EntryType.JUDGED, verdict="noise", instead_of="real"),
    stored(EntryType.NOTED, text="1.42.0 was rolled out by hand"),
    stored(EntryType.DENIED, OLEG.subject, what="note", why="viewer"),
    stored(EntryType.DENIED, OLEG.subject, what="do_silence", why="viewer"),
]

HOLDERS = [User(1, "@anna"), User(2, "@oleg"), *(User(n, f"@somebody{n}") for n in range(3, 15))]
REVIEW = Review(
    Span(at(0) - timedelta(days=7), at(0), "shop"),
    incidents=41,
    before=50,
    open=2,
    rejected=1,
    night=5,
    severities={Severity.CRITICAL: 6, Severity.WARNING: 34, Severity.NONE: 1},
    never_taken=7,
    taken=Times(34, timedelta(minutes=3), timedelta(minutes=14)),
    resolved=Times(38, timedelta(minutes=22), timedelta(minutes=110)),
    healed=20,
    acted=15,
    closed_by_hand=3,
    noisiest=(
        Noisy("CPU over-commit", "", "prod-eu1", 11, 0, 4),
        Noisy("Crash loop", "shop", "prod-eu1", 6, 7, 0, Tally("rollout_undo", 5, 5)),
        Noisy("<b>Disk</b>", "shop", "prod-eu1", 2, 1, 0),
    ),
    helped=(Tally("rollout_undo", 10, 9), Tally("rollout_restart", 11, 6)),
    flapping=(Flapping("Readiness", "geo", "prod-eu1", 14, timedelta(minutes=2)),),
)

PARTS = ("app env", "app resources", "volumes", "annotations")
EVENTS = (
    EventLine("BackOff", "Back-off restarting failed container app", True, 31, at(19), "Pod/checkout-x2k4q"),
    EventLine("Unhealthy", "Readiness probe failed", True, 4, at(18), "Pod/checkout-x2k4q", objects=3),
    EventLine("ScalingReplicaSet", "Scaled up replica set checkout to 5", False, 1, at(4)),
)
DESCRIPTION = Description(
    WORKLOAD,
    Health.BAD,
    (("ready", "3 of 5"), ("image", "registry.example.com/shop/checkout:1.42.0")),
    ((False, "Available", "MinimumReplicasUnavailable"), (True, "Progressing", "ReplicaSetUpdated")),
    EVENTS,
    "the whole text",
)
LINES = tuple(f"09:01:{second:02} INFO line {second}" for second in range(50))
LONG_LINES = tuple(f"{line} {'x' * 300}" for line in LINES)
STAMPED = (
    "2026-11-23T09:01:12.113000000Z INFO  http started on :8080",
    "2026-11-23T09:01:24.950000000Z ERROR alloc: cache shard 31",
    "2026-11-23T09:01:24.950000001Z     at shop.cache.load(cache.py:88)",
    "2026-11-23T09:01:24.990000000Z ERROR alloc: cache shard 7",
    "2026-11-23T09:01:25.001000000Z FATAL heap 498Mi of 512Mi",
)
PREVIEW = Preview(
    a_plan(),
    (
        Change("app image", "registry.example.com/shop/checkout:1.42.0", "registry.example.com/shop/checkout:1.41.2"),
        Change("env DEBUG", "", "1"),
    ),
    (Caution("managed_by", "Argo CD app shop-checkout"), Caution("last_replica", "Deployment/checkout")),
)
TWO_CONTAINERS = a_pod(
    containers=(
        a_container(),
        replace(a_good_pod().containers[0], name="istio-proxy"),
        a_container(name="m", init=True),
    )
)

RUNNING = a_good_pod()
SEVERAL = replace(RUNNING, containers=tuple(replace(RUNNING.containers[0], name=f"app-{n}") for n in range(20)))
OUTPUT = Report(
    "exec_diag",
    POD,
    Health.GOOD,
    facts=(("exit code", "0"),),
    sections=(Section("Output", (Line("Filesystem  Size  Use%"), Line("/dev/nvme1  20G   98%"))),),
    full_text="x",
)


# Objects of every kind, as they are when somebody is called


def an_object(kind: str, *ties: Tie, health: Health = Health.WARN, **traits: str) -> ObjectView:
    name, namespace = ("worker-3", "") if kind == "Node" else ("checkout", "shop")
    name = "" if kind == "Cluster" else name
    ref = ObjectRef(kind, name, "" if kind in CLUSTER_WIDE else namespace, "uid-o", "prod-eu1")
    return ObjectView(ref, health, {Trait(trait): value for trait, value in traits.items()}, ties)


OBJECTS = {
    "node": an_object(
        "Node",
        Tie(TieRole.STUCK, POD, "Terminating for 12 min"),
        Tie(TieRole.HEAVIEST, replace(POD, name="checkout-9pqzn"), "3Gi"),
        health=Health.BAD,
        summary="NotReady, 12 pods",
        ready="Unknown",
        pressures="MemoryPressure, DiskPressure",
        failed_pods="3",
        unschedulable="yes",
    ),
    "control plane node": an_object("Node", health=Health.GOOD, ready="True", control_plane="yes"),
    "hpa": an_object(
        "HorizontalPodAutoscaler",
        Tie(TieRole.TARGET, WORKLOAD),
        summary="at 5/5, cpu 91%/70%",
        min="2",
        max="5",
        current="5",
        desired="7",
        scaling_active="True",
    ),
    "hpa without metrics": an_object("HorizontalPodAutoscaler", scaling_active="False", min="1", max="5"),
    "job": an_object("Job", Tie(TieRole.POD, POD, "Error"), health=Health.BAD, failed="yes", active="0"),
    "cronjob": an_object("CronJob", schedule="*/20 * * * *", suspended="yes", active="2"),
    "pvc": an_object(
        "PersistentVolumeClaim",
        Tie(TieRole.MOUNTS, POD),
        phase="Bound",
        size="10Gi",
        expandable="yes",
        resize_pending="yes",
    ),
    "pv": an_object("PersistentVolume", Tie(TieRole.CLAIM, replace(WORKLOAD, kind="PersistentVolumeClaim"))),
    "quota": an_object("ResourceQuota", resource="requests.cpu", hard="10", used="9500m"),
    "pdb": an_object("PodDisruptionBudget", Tie(TieRole.TARGET, WORKLOAD), allowed="0"),
    "apiservice": an_object("APIService", available="False"),
    "csr": an_object("CertificateSigningRequest"),
    "certificate": an_object(
        "Certificate", Tie(TieRole.SOURCE, ObjectRef("Issuer", "checkout", "shop")), ready="False"
    ),
    "application": replace(
        an_object("Application", Tie(TieRole.SOURCE, ObjectRef("External", "git.example")), sync="OutOfSync"),
        managed_by="Argo CD app shop",
    ),
    "flux": an_object("HelmRelease", suspended="yes", ready="False"),
    "replica set": an_object("ReplicaSet", Tie(TieRole.OWNER, WORKLOAD)),
    "ingress": an_object("Ingress", health=Health.UNKNOWN),
    "cluster": an_object("Cluster", *(Tie(TieRole.CORDONED, NODE),) * 9, failed_pods="4"),
    "denied": replace(an_object("Node", ready="True"), denied=("cordon", "drain")),
}
LIMITED = a_workload(
    limits=(ContainerLimits("app", "512Mi", "1"), ContainerLimits("istio-proxy", "1Gi")), managed_by="Argo CD app shop"
)
AUTOSCALED = replace(LIMITED, autoscaler="checkout 2-5", on_delete=True)
REPORT = Report(
    "rollout_status",
    WORKLOAD,
    Health.WARN,
    (("updated", "3 of 5"),),
    (Section("checkout", (Line("3 of 5 updated", Health.WARN), Line("waiting"))),),
    (Note("no_metrics"),),
    (POD,),
    "rollout.txt",
    "the whole text",
)


def _more(view: View) -> Callable[[Tongue], Screen]:
    return lambda tongue: object_screen(view, tongue, incident_id=96, now=NOW)


def _pick(action: str, view: View, **chosen: str) -> Callable[[Tongue], Screen]:
    def draw(tongue: Tongue) -> Screen:
        shown = picker(view, action, tongue, incident_id=96, chosen=chosen)
        assert shown is not None
        return shown

    return draw


PICKERS: dict[str, Callable[[Tongue], Screen]] = {
    "scale up": _pick("scale_up", LIMITED),
    "scale down": _pick("scale_down", LIMITED),
    "scale up, autoscaled": _pick("scale_up", AUTOSCALED),
    "roll back": _pick("rollout_undo", LIMITED),
    "roll back, nowhere to": _pick("rollout_undo", a_workload(rollout=a_rollout(previous=None, changes=()))),
    "memory, which container": _pick("raise_memory_limit", LIMITED),
    "memory": _pick("raise_memory_limit", LIMITED, container="istio-proxy"),
    "cpu": _pick("raise_cpu_limit", LIMITED),
    "maximum": _pick("hpa_raise_max", OBJECTS["hpa"]),
    "minimum": _pick("hpa_lower_min", OBJECTS["hpa"]),
    "volume": _pick("pvc_expand", OBJECTS["pvc"]),
    "quota": _pick("raise_quota", OBJECTS["quota"]),
}


MATCHERS = (Matcher("alertname", "KubePodCrashLooping"), Matcher("namespace", "shop"))
SILENCE = Silence("key", MATCHERS, ANNA.id, ANNA.name, at(13), at(73), id="am-id")
EVERYTHING = Outside(alertmanager=True, prometheus=True)
GRAPH = Report(
    "metric_graph",
    ObjectRef("", ""),
    facts=(("expr", "rate(kube_pod_container_status_restarts_total[10m])"),),
    sections=(Section("pod=checkout-1", (Line("▁▁▁▂▅█·····▃"), Line("min 0 · max 6 · last 3"))),),
    notes=(
        Note("past_hours", "6"),
        Note("fires_when", "> 0.5"),
        Note("series_left_out", "3"),
        Note("no_series"),
    ),
)
STANDING = Report(
    "alertmanager_status",
    ObjectRef("", ""),
    Health.WARN,
    sections=(Section("am-0:9093", (Line("version 0.25.0"), Line("cluster ready, peers 2", Health.GOOD))),),
    notes=(Note("configs_differ"),),
)
SCRAPED = Report(
    "target_health",
    ObjectRef("Service", "checkout", "shop", cluster="prod-eu1"),
    Health.BAD,
    (("targets", "2"), ("down", "1")),
    (Section("down", (Line("10.0.0.1:8080 · web: connection refused", Health.BAD),)),),
    (Note("no_targets"),),
)


def _past() -> list[PastIncident]:
    rolled_back = a_run(ActionState.SUCCEEDED, finished_at=at(13))
    failed = a_run(ActionState.FAILED, a_plan("rollout_restart"), finished_at=at(10))
    in_vain = a_run(ActionState.SUCCEEDED, a_plan("delete_pod", POD), finished_at=at(-30))
    return [
        PastIncident(closed_incident(), (failed, rolled_back, in_vain)),
        PastIncident(closed_incident(Status.REJECTED, reason="False alarm")),
        PastIncident(closed_incident(closed_by=OLEG)),
        PastIncident(closed_incident()),
        PastIncident(an_incident()),
    ]


def silenced_incident(**fields: object) -> Incident:
    return an_incident(silence=replace(SILENCE, **fields))  # type: ignore[arg-type]  # its own fields


ENDING = silenced_incident(warned=True)
OPERATOR = User(ANNA.id, ANNA.name, everywhere(Role.OPERATOR))
STANDING_SILENCE = StandingSilence(
    "am-id",
    0,
    ('alertname="KubePodCrashLooping"', 'namespace="shop"'),
    "@anna (1)",
    "#96 Crash loop (chatops key)",
    at(13),
    at(73),
    namespace="shop",
)
OTHERS = replace(
    STANDING_SILENCE,
    id="theirs",
    matchers=('alertname=~"Disk.*"', *(f'label{n}="x"' for n in range(6))),
    by="oleg",
    comment="until the new disk comes <b>",
    namespace="",
    pending=True,
)
LISTED = [silences.Row(STANDING_SILENCE, silenced_incident()), silences.Row(OTHERS)]


def _another(number: int = 95, **fields: object) -> Incident:
    return an_incident(id=number, **fields)


def _merge(
    incident: Incident | None = None, other: Incident | None = None, by: User | None = HOLDERS[0]
) -> Callable[[Tongue], Screen]:
    return lambda tongue: merging.ask(incident or an_incident(), other or _another(), tongue, by=by, now=NOW)


MERGED = closed_incident(Status.REJECTED, closed_by=OLEG, merged_into=95)


def _acting_card(incident: Incident, *, others: bool = False) -> Callable[[Tongue], Screen]:
    """With the row of what can be done to the incident itself."""

    def draw(tongue: Tongue) -> Screen:
        acts = incident_acts.rows(incident, tongue, EVERYTHING, alike=3, others=others)
        return card(incident, tongue, now=NOW, alike=3, acts=acts)

    return draw


def _report(told: Report) -> Callable[[Tongue], Screen]:
    return lambda tongue: report.report(told, tongue, incident_id=96, params={})


DELETE_NODE = Preview(a_plan("delete_node", NODE), (), (Caution(cautions.PODS_GIVEN_UP, "web-1, web-2 and 10 more"),))


def _confirm(
    tongue: Tongue, preview: Preview = PREVIEW, why: str = "fresh_rollout", guard: Safeguard = Safeguard.TAP
) -> Screen:
    return confirm.confirm(
        preview,
        tongue,
        by=ANNA,
        incident_id=96,
        run_id="run-1",
        reasons={"why": why, "told": "checkout 2-5", "helped": "9/10"},
        guard=guard,
    )


def _card(incident: Incident) -> Callable[[Tongue], Screen]:
    return lambda tongue: card(incident, tongue, now=NOW, alike=3)


def _rolled_out(*parts: str) -> Callable[[Tongue], Screen]:
    rollout = a_rollout(changes=(), parts=parts)
    return _card(an_incident(survey=a_survey(a_workload(rollout=rollout))))


def _drain(state: ActionState, **fields: object) -> Callable[[Tongue], Screen]:
    came = Progress(3, 12, "waits for shop/web (budget web allows 0)")
    run = a_run(state, a_plan("drain", NODE), progress=came, **fields)
    return _card(replace(node_incident(), run=run))


def _run_cards() -> dict[str, Callable[[Tongue], Screen]]:
    undo = a_plan(revision="43")
    half = Progress(3, 5, "new: 3 running")
    ended = {"finished_at": at(13.2)}
    return {
        "card, action requested": _card(acting_incident(ActionState.REQUESTED)),
        "card, action followed": _card(acting_incident(ActionState.PERFORMED, progress=half)),
        "card, action done": _card(
            acting_incident(ActionState.SUCCEEDED, progress=Progress(5, 5), undo=undo, **ended),
        ),
        "card, action failed": _card(acting_incident(ActionState.FAILED, problem="conflict", **ended)),
        "card, action overdue": _card(acting_incident(ActionState.FAILED, detail=OVERDUE, **ended)),
        "card, action interrupted": _card(acting_incident(ActionState.INTERRUPTED, **ended)),
        "card, interrupted and found": _card(acting_incident(ActionState.INTERRUPTED, detail=FOUND, **ended)),
        "card, drain under way": _drain(ActionState.PERFORMED),
        "card, drain stopped": _drain(
            ActionState.INTERRUPTED, detail=STOPPED, undo=Plan("uncordon", NODE, "1000"), **ended
        ),
        "card, interrupted and absent": _card(acting_incident(ActionState.INTERRUPTED, detail=ABSENT, **ended)),
    }


def _pods(count: int) -> tuple[object, ...]:
    return tuple(a_good_pod(f"{number:05}") for number in range(count))


PRIVATE = Chat(1, ChatKind.PRIVATE, subscribed=True)
SCOPED = User(
    2,
    "@oleg",
    (
        Grant(Role.VIEWER, "prod-*", "*"),
        Grant(Role.OPERATOR, "*", "shop"),
        Grant(Role.OPERATOR, "prod-eu1", "mail-*"),
        Grant(Role.VIEWER, "*", "billing"),
    ),
)
AGAIN = Button("🔄", Verb.DESCRIBE, ref=WORKLOAD, incident_id=96)


def _told(type: EntryType, user: User) -> Callable[[Tongue], Screen]:
    def draw(tongue: Tongue) -> Screen:
        shown = deciding.news(type, SCOPED.grants[1], user, replace(PRIVATE, subscribed=False), tongue, open_count=3)
        assert shown
        return shown

    return draw


RULES = ChatRules(
    (
        Route(("prod",), ("shop", "mail-*"), Severity.WARNING, (matcher_of('team=~"a|b"'),), topic=7, chain="night"),
        Route(least=Severity.INFO, loud=(Severity.CRITICAL,)),
        Route(least=Severity.CRITICAL),
        Route(loud=()),
    ),
    quiet_of("22:00-08:00"),
)


MISREAD = Misread("names a severity that is none: use some of {known}", known="warning")


def _asked(tongue: Tongue, change: routing_acts.Change) -> Screen:
    return routes.question(change, tongue, by=User(1, "@anna"))


def _notice(code: str) -> Callable[[Tongue], Screen]:
    detail = {"inbox": "7", "problem": "it is JSON but not an object", "part": "chat -100", "reason": "KeyError"}
    detail |= {"who": "@eve", "chat": "Their group", "count": "3", "incident": "96", "minutes": "12"}
    detail |= {"update": "812", "topic": "7", "line": "4711", "run": "audit verify --head 4711:9f86d081884c7d65"}
    detail |= {"incidents": "#96, #97"}
    detail |= {"name": "@anna", "rota": "primary", "until": "2026-11-30 10:00 UTC"}
    detail |= {"since": "2026-11-22 09:15 UTC", "titles": "«Eve», «Planning»"}
    return lambda tongue: notices.notice(code, detail, tongue)


def _on_call(duty: Duty) -> Callable[[Tongue], Screen]:
    return lambda tongue: oncall.on_call({"primary": duty}, tongue)


def _with_app(*, private: bool) -> Callable[[Tongue], Screen]:
    def draw(tongue: Tongue) -> Screen:
        acts = incident_acts.rows(an_incident(), tongue, Outside(True, True), alike=2)
        door = mini_app.door(APP, 96, tongue, private=private, bot="chatops_bot", is_main=False)
        bot = "" if private else "chatops_bot"
        return card(an_incident(), tongue, now=NOW, bot=bot, acts=mini_app.beside(acts, door))

    return draw


def _no_login(kind: ChatKind, possible: bool) -> Callable[[Tongue], Screen]:
    return lambda tongue: mini_app.no_login(kind, tongue, possible=possible)


def _logs(text: LogText, *, again: bool = False, **asked: Any) -> Callable[[Tongue], Screen]:
    ask = LogAsk(**asked)
    return lambda tongue: logs.logs(text, tongue, incident_id=96, ask=ask, again=again)


def _output(report: Report) -> Callable[[Tongue], Screen]:
    asked = {"container": "app", "command": "disk"}
    return lambda tongue: diagnostics.output(report, tongue, incident_id=96, params=asked)


SCREENS: dict[str, Callable[[Tongue], Screen]] = {
    "card": _card(an_incident()),
    "card, taken": _card(an_incident(taken_by=ANNA, taken_at=at(2))),
    "card, other limits": _rolled_out(*PARTS),
    "card, restarted": _rolled_out(RESTART),
    "card, before the look": _card(an_incident(survey=None)),
    "card, cluster unreachable": _card(an_incident(survey=a_survey(problem="unreachable", retry=True))),
    "card, no cluster": _card(an_incident(survey=a_survey(problem="not_configured"))),
    "card, object gone": _card(an_incident(survey=a_survey(missing=(POD,)))),
    "card, pods without workload": _card(an_incident(survey=a_survey(pods=(a_pod(),)))),
    "card, workload fine": _card(an_incident(survey=a_survey(a_workload(health=Health.GOOD, ready=5, pods=())))),
    "card, node": _card(node_incident()),
    "card, group": _card(group_incident()),
    "card, truncated only": _card(an_incident(episodes=(), truncated=4, survey=a_survey())),
    **_run_cards(),
    "card, everything offered": _acting_card(an_incident()),
    "card, silenced": _acting_card(silenced_incident()),
    "card, silenced until resolved": _acting_card(
        silenced_incident(until_resolved=True, ends_at=at(13) + UNTIL_RESOLVED)
    ),
    "card, silence asked for": _acting_card(silenced_incident(id="")),
    "card, silence being lifted": _acting_card(silenced_incident(lifting=True)),
    "card, silence not lifted": _acting_card(silenced_incident(problem="forbidden", detail="read only")),
    "card, not silenced": _acting_card(silenced_incident(id="", ended_at=at(14), problem="refused", detail="no")),
    "card, silence about to end": _acting_card(silenced_incident(warned=True)),
    "card, silence being extended": _acting_card(silenced_incident(warned=True, extending_to=at(133))),
    "card, silence not extended": _acting_card(
        silenced_incident(warned=True, problem="refused", detail="no", extended_by_id=1)
    ),
    "card, silenced in part": _acting_card(silenced_incident(matchers=(Matcher("pod", "another"),))),
    "card, silence over": _acting_card(silenced_incident(ended_at=at(14))),
    "card, resolved and silenced": _acting_card(closed_incident(silence=SILENCE)),
    "card, resolved": _card(closed_incident()),
    "card, nobody took it": _card(replace(closed_incident(), taken_by=None, taken_at=None)),
    "card, resolved by hand": _card(replace(closed_incident(closed_by=OLEG), episodes=an_incident().episodes)),
    "card, rejected": _card(closed_incident(Status.REJECTED, closed_by=OLEG, reason="False alarm")),
    "confirm": _confirm,
    "confirm, refused": lambda tongue: _confirm(tongue, replace(PREVIEW, refusal=Caution("paused"))),
    "confirm, many changes": lambda tongue: _confirm(tongue, replace(PREVIEW, changes=(Change("a", "1", "2"),) * 15)),
    "confirm, delete pod": lambda tongue: _confirm(
        tongue, Preview(a_plan("delete_pod", POD), (), (Caution("ownerless"),)), "recreates_pod"
    ),
    "confirm, typed": lambda tongue: _confirm(tongue, DELETE_NODE, "", Safeguard.WORD),
    "confirm, second person": lambda tongue: _confirm(tongue, DELETE_NODE, "", Safeguard.SECOND),
    "open incidents": lambda tongue: lists.open_incidents(
        [node_incident(), group_incident()], tongue, total=11, page=0, last=None
    ),
    "open incidents of the chat's routes": lambda tongue: lists.open_incidents(
        [node_incident()], tongue, total=1, page=0, last=None, elsewhere=3
    ),
    "all quiet but elsewhere": lambda tongue: lists.open_incidents([], tongue, total=0, page=0, last=None, elsewhere=1),
    "all quiet": lambda tongue: lists.open_incidents([], tongue, total=0, page=0, last=at(-300)),
    "never an incident": lambda tongue: lists.open_incidents([], tongue, total=0, page=0, last=None),
    "history": lambda tongue: lists.history(
        [closed_incident(), closed_incident(Status.REJECTED)], tongue, total=2, page=0
    ),
    "history, empty": lambda tongue: lists.history([], tongue, total=0, page=0),
    "resources": lambda tongue: resources.resources(
        an_incident(survey=a_survey(a_workload(), pods=(a_pod(),), others=(ObjectView(NODE),), missing=(POD,))), tongue
    ),
    "resources, before the look": lambda tongue: resources.resources(an_incident(survey=None), tongue),
    "resources, unreachable": lambda tongue: resources.resources(
        an_incident(survey=a_survey(problem="timeout")), tongue
    ),
    "resources, none": lambda tongue: resources.resources(an_incident(survey=a_survey()), tongue),
    "resources, second page": lambda tongue: resources.resources(
        an_incident(survey=a_survey(*(a_workload() for _ in range(20)))), tongue, page=1
    ),
    "pods": lambda tongue: resources.pods(a_workload(), tongue, incident_id=96),
    "pods, second page": lambda tongue: resources.pods(
        a_workload(pods=_pods(30), rollout=a_rollout(paused=True)), tongue, incident_id=96, page=1
    ),
    "pods, none": lambda tongue: resources.pods(a_workload(pods=()), tongue, incident_id=None),
    "pod": lambda tongue: pod.pod_screen(a_pod(), tongue, incident_id=96, workload=WORKLOAD),
    "pod, several containers": lambda tongue: pod.pod_screen(TWO_CONTAINERS, tongue, incident_id=96),
    "pod, fine": lambda tongue: pod.pod_screen(a_good_pod(), tongue, incident_id=96),
    "pod, ownerless": lambda tongue: pod.pod_screen(a_pod(owner=None), tongue, incident_id=None),
    "containers": lambda tongue: pod.container_picker(TWO_CONTAINERS, tongue, incident_id=96, previous=True),
    "logs": _logs(LogText(POD, "app", False, LINES, older=True)),
    "logs, the whole": _logs(LogText(POD, "app", False, STAMPED, containers=3, earlier_run=True)),
    "logs, before the crash": _logs(LogText(POD, "app", True, LONG_LINES, older=True), tail=200),
    "logs, fell back": _logs(LogText(POD, "app", False, LINES[:1], fell_back=True)),
    "logs, empty": lambda tongue: logs.logs(LogText(POD, "app", False, ()), tongue, incident_id=None, ask=LogAsk()),
    "logs, since": _logs(LogText(POD, "app", False, LINES), since=300, tail=1_000),
    "logs, since, busy": _logs(LogText(POD, "app", False, LINES, older=True), since=3_600, tail=1_000),
    "logs, since, nothing": _logs(LogText(POD, "app", False, ()), since=900, tail=1_000),
    "logs, errors only": _logs(LogText(POD, "app", False, STAMPED, older=True), errors=True, kept="k"),
    "logs, no errors": _logs(LogText(POD, "app", False, LINES), errors=True, kept="k"),
    "logs, searched": _logs(LogText(POD, "app", False, STAMPED), search="cache", kept="k"),
    "logs, not found": _logs(LogText(POD, "app", False, STAMPED), search="[a-z]+", kept="k", again=True),
    "logs, of a workload": _logs(LogText(POD, "app", False, LINES, chosen="failing", above=WORKLOAD)),
    "logs, of a workload, none failing": _logs(LogText(POD, "app", False, LINES, chosen="newest", above=WORKLOAD)),
    "logs, of a workload of one": _logs(LogText(POD, "app", False, LINES, chosen="only", above=WORKLOAD)),
    "search": lambda tongue: logs.ask_search(POD, LogAsk("app", kept="k"), tongue, incident_id=96),
    "diagnostics": lambda tongue: diagnostics.choose(RUNNING, tongue, incident_id=96, container=""),
    "diagnostics, which container": lambda tongue: diagnostics.choose(SEVERAL, tongue, incident_id=96, container=""),
    "diagnostics, nothing runs": lambda tongue: diagnostics.choose(a_pod(), tongue, incident_id=96, container=""),
    "diagnostics, output": _output(OUTPUT),
    "diagnostics, much output": _output(replace(OUTPUT, sections=(Section("Output", OUTPUT.sections[0].lines * 99),))),
    **{
        f"diagnostics: {code}": _output(replace(OUTPUT, sections=(), facts=(), notes=(Note(code, "64"),)))
        for code in diagnostics.NOTES
    },
    "describe": lambda tongue: reading.describe(DESCRIPTION, tongue, incident_id=96),
    "events": lambda tongue: reading.events(WORKLOAD, EVENTS * 9, tongue, incident_id=96),
    "events, none": lambda tongue: reading.events(NODE, (), tongue, incident_id=96),
    "report": lambda tongue: report.report(REPORT, tongue, incident_id=96, params={}),
    "pods of a replica set": lambda tongue: resources.pods_of(
        OBJECTS["replica set"].ref, (a_pod(), a_good_pod()), tongue, incident_id=96
    ),
    **{f"more: {name}": _more(view) for name, view in OBJECTS.items()},
    "more: workload": _more(LIMITED),
    "more: workload, autoscaled": _more(AUTOSCALED),
    "more: workload, paused": _more(replace(LIMITED, rollout=a_rollout(paused=True))),
    "more: pod": _more(a_pod()),
    "more: pod, ownerless and stuck": _more(a_pod(owner=None, status="Terminating", deleting_since=at(10))),
    **{f"pick: {name}": draw for name, draw in PICKERS.items()},
    "reject": lambda tongue: rejecting.ask_reason(an_incident(), tongue),
    "silence": lambda tongue: silence_picker.picker(
        [Weighed(Matched(MATCHERS, 1, 0))], Scope.GROUP, tongue, incident_id=96, now=at(13)
    ),
    "hand over": lambda tongue: handing.choose_holder(an_incident(taken_by=ANNA), HOLDERS, tongue, page=0),
    "hand over, nobody": lambda tongue: handing.choose_holder(an_incident(), [], tongue, page=0),
    "handed over": lambda tongue: handing.handed_over(an_incident(), "@anna", tongue),
    "reopen": lambda tongue: hindsight.ask_reopen(closed_incident(), tongue, by=HOLDERS[0]),
    "reopen, open already": lambda tongue: hindsight.ask_reopen(an_incident(), tongue, by=HOLDERS[0]),
    "card, another is open": _acting_card(an_incident(), others=True),
    "card, merged": _acting_card(MERGED),
    "merge": lambda tongue: merging.choose(
        an_incident(),
        alike_first(an_incident(), [_another(n, namespace=("shop", "mail")[n % 2]) for n in range(80, 95)]),
        tongue,
        page=0,
    ),
    "merge, no other": lambda tongue: merging.choose(an_incident(), [], tongue, page=0),
    "merge into": _merge(),
    "merge into, both are somebody's": _merge(an_incident(taken_by=OLEG), _another(taken_by=ANNA)),
    "merge into, it is somebody's": _merge(an_incident(taken_by=OLEG)),
    "merge into, both silenced": _merge(silenced_incident(), replace(silenced_incident(), id=95)),
    "merge into, a change runs": _merge(acting_incident(ActionState.PERFORMED)),
    "merge into, a silence is asked for": _merge(silenced_incident(id="")),
    "merge into, the other is over": _merge(other=MERGED),
    "merge into, it is over": _merge(MERGED),
    "history, one merged": lambda tongue: lists.history([MERGED], tongue, total=1, page=0),
    "similar, one merged": lambda tongue: similar.similar(an_incident(), [PastIncident(MERGED)], tongue),
    "review": lambda tongue: review.review(REVIEW, tongue, zone=UTC),
    "review, weekly": lambda tongue: review.review(REVIEW, tongue, zone=UTC, weekly=True),
    "review, nothing": lambda tongue: review.review(Review(REVIEW.span), tongue, zone=UTC, weekly=True),
    "timeline, summed up": lambda tongue: timeline.timeline(
        96, MORE_TIMELINE, tongue, page=0, pages=1, took=Durations(timedelta(minutes=2), timedelta(minutes=18), 1)
    ),
    "silence, hiding others": lambda tongue: silence_picker.picker(
        [
            Weighed(Matched(MATCHERS[:1], 3, 9, ("DiskFull",), silenced=1), tuple(range(97, 110))),
            Weighed(Matched(MATCHERS * 4, 2, 3, ("DiskFull", "NodeNotReady"), 2, Scope.ALERT), (97, 98)),
            Weighed(Matched((*MATCHERS, Matcher("pod", "checkout-a")), 1, 0, scope=Scope.OBJECT)),
        ],
        Scope.ALERT,
        tongue,
        incident_id=96,
        now=at(13),
    ),
    "silence, before the morning": lambda tongue: silence_picker.picker(
        [Weighed(Matched(MATCHERS, 1, 0))], Scope.GROUP, tongue, incident_id=96, now=at(-300)
    ),
    "silence about to end": lambda tongue: silence_warning.warning(ENDING, ENDING.silence or SILENCE, tongue),
    "silences": lambda tongue: silences.listing(
        LISTED, tongue, page=0, silent=("am-2:9093",), outcome=Outcome("extended"), left_out=3
    ),
    "silences, second page": lambda tongue: silences.listing(
        LISTED * 4, tongue, page=1, silent=(), outcome=Outcome("failed", "refused", "no"), left_out=0
    ),
    "silences, none": lambda tongue: silences.listing(
        [], tongue, page=0, silent=(), outcome=Outcome("ended"), left_out=0
    ),
    "silences, ours": lambda tongue: silences.one(LISTED[0], tongue, by=OPERATOR, acts=True),
    "silences, others'": lambda tongue: silences.one(LISTED[1], tongue, by=OPERATOR, acts=True),
    "silences, only to be read": lambda tongue: silences.one(LISTED[1], tongue, by=OPERATOR, acts=False),
    "silences, gone": silences.gone,
    "silences, nobody to ask": silences.not_configured,
    "call for help": lambda tongue: escalation.help_wanted(an_incident(), "@anna", tongue),
    "past incidents": lambda tongue: similar.similar(an_incident(), _past(), tongue),
    "past incidents, none": lambda tongue: similar.similar(an_incident(), [], tongue),
    "graph": _report(GRAPH),
    "alertmanager": _report(STANDING),
    "scrape targets": _report(SCRAPED),
    "outside trouble": lambda tongue: outside.trouble(
        "Alertmanager", Reason.UNREACHABLE, "Connection refused", tongue, incident_id=96, again=AGAIN
    ),
    "timeline, people": lambda tongue: timeline.timeline(96, PEOPLE_TIMELINE, tongue, page=0, pages=1),
    "timeline": lambda tongue: timeline.timeline(96, TIMELINE, tongue, page=0, pages=2),
    "timeline, more": lambda tongue: timeline.timeline(96, MORE_TIMELINE, tongue, page=1, pages=2),
    "timeline, empty": lambda tongue: timeline.timeline(96, [], tongue, page=0, pages=1),
    "trouble": lambda tongue: trouble.trouble(POD, Reason.NOT_FOUND, "", tongue, incident_id=96, again=AGAIN),
    "start": lambda tongue: welcome.start(User(1, "@anna", everywhere(Role.OPERATOR)), PRIVATE, tongue, open_count=4),
    "start, not subscribed": lambda tongue: welcome.start(
        User(1, "@anna", everywhere(Role.VIEWER)), replace(PRIVATE, subscribed=False), tongue, open_count=0
    ),
    "start, in places": lambda tongue: welcome.start(SCOPED, PRIVATE, tongue, open_count=1),
    "start, with routes": lambda tongue: welcome.start(SCOPED, PRIVATE, tongue, open_count=1, routed=True),
    "routes": lambda tongue: routes.rules_of_chat(PRIVATE, RULES, tongue, zone=UTC),
    "routes, none": lambda tongue: routes.rules_of_chat(
        replace(PRIVATE, subscribed=False),
        ChatRules(),
        tongue,
        zone=UTC,
        problem=MISREAD,
    ),
    "routes, of the file": lambda tongue: routes.rules_of_chat(
        PRIVATE, replace(RULES, from_file=True), tongue, zone=UTC
    ),
    "routes, which cluster": lambda tongue: routes.choose("cluster", Route(), [("prod/eu", "shop")], [], tongue),
    "routes, which namespace": lambda tongue: routes.choose("namespace", Route(), [("prod", "*/shop")], [], tongue),
    "routes, which severity": lambda tongue: routes.choose("least", Route(), [], [], tongue),
    "routes, how loudly": lambda tongue: routes.choose("sound", Route(), [], ["deploy"], tongue),
    "routes, which chain": lambda tongue: routes.choose("chain", Route(), [], ["deploy"], tongue),
    "routes, another": lambda tongue: _asked(tongue, routing_acts.Change(Act.ADD, RULES.routes[0])),
    "routes, one less": lambda tongue: _asked(tongue, routing_acts.Change(Act.DROP, RULES.routes[1])),
    "routes, first": lambda tongue: _asked(tongue, routing_acts.Change(Act.FIRST, RULES.routes[2])),
    "routes, quiet hours": lambda tongue: _asked(tongue, routing_acts.Change(Act.QUIET, quiet=RULES.quiet)),
    "routes, no quiet hours": lambda tongue: _asked(tongue, routing_acts.Change(Act.QUIET)),
    "routes, zone": lambda tongue: _asked(tongue, routing_acts.Change(Act.ZONE, zone=UTC)),
    "routes, which quiet hours": lambda tongue: routes.choose_quiet(tongue),
    "people": lambda tongue: people.people([SCOPED] * 9, tongue, page=0),
    "person": lambda tongue: people.person(SCOPED, tongue),
    "person, disabled": lambda tongue: people.person(User(2, "@eve", disabled=True), tongue),
    "grant": lambda tongue: people.choose_role(SCOPED, tongue),
    "invite": lambda tongue: people.choose_role(None, tongue),
    "grant, where": lambda tongue: people.choose_place(SCOPED, Role.VIEWER, [("prod", "shop"), ("", "mail")], tongue),
    "grant, typed": lambda tongue: people.choose_place(SCOPED, Role.VIEWER, [], tongue, typed=SCOPED.grants[0]),
    "grant, not understood": lambda tongue: people.choose_place(None, Role.VIEWER, [], tongue, unreadable=True),
    "invitation": lambda tongue: people.invitation(
        SCOPED.grants[0], "https://t.me/bot?start=inv_AAAAAAAAAAAAAAAAAAAAAA", tongue
    ),
    **{
        f"decide: {verb}": lambda tongue, verb=verb: deciding.question(  # type: ignore[misc]  # mypy knows no such lambda
            SCOPED, verb, SCOPED.grants[0], tongue, by=User(1, "@anna")
        )
        for verb in deciding.ASKED
    },
    **{
        f"decide: {role}": lambda tongue, role=role: deciding.question(  # type: ignore[misc]  # as above
            SCOPED, Verb.GIVE, Grant(role), tongue, by=User(1, "@anna")
        )
        for role in Role
    },
    "decide: revoke the last": lambda tongue: deciding.question(
        User(2, "@eve", SCOPED.grants[:1], disabled=True), Verb.REVOKE, SCOPED.grants[0], tongue, by=None
    ),
    "told: granted": _told(EntryType.GRANTED, SCOPED),
    "told: enabled": _told(EntryType.ENABLED, SCOPED),
    "told: revoked": _told(EntryType.REVOKED, SCOPED),
    "told: nothing left": _told(EntryType.REVOKED, User(2, "@eve")),
    "told: disabled": _told(EntryType.DISABLED, replace(SCOPED, disabled=True)),
    "chat": lambda tongue: chat_setup.chat_screen(
        Chat(-5, ChatKind.GROUP, subscribed=True), ChatSettings(), tongue, language="ru"
    ),
    "chat, refused": lambda tongue: chat_setup.chat_screen(
        Chat(-5, ChatKind.GROUP),
        ChatSettings(topics=True, topics_refused="not enough rights", pins_refused="not enough rights"),
        tongue,
        language="en",
    ),
    "chat in private": lambda tongue: chat_setup.chat_screen(
        Chat(5, ChatKind.PRIVATE), ChatSettings(), tongue, language="ru"
    ),
    **{
        f"chat: {setting} {value}": lambda tongue, setting=setting, value=value: chat_setup.question(  # type: ignore[misc]  # as above
            setting, value, tongue, by=User(1, "@anna")
        )
        for setting, value in (*chat_setup.QUESTIONS, (Setting.LANGUAGE, "ru"))
    },
    "aside, left alone": notices.aside_closed,
    "card in a group": lambda tongue: card(an_incident(), tongue, now=NOW, bot="chatops_bot"),
    "card with the Mini App": _with_app(private=True),
    "card with the Mini App, in a group": _with_app(private=False),
    "login link": lambda tongue: mini_app.login(APP, "code", tongue),
    **{
        f"no login link, {kind}, {'set up' if possible else 'not set up'}": _no_login(kind, possible)
        for kind, possible in ((ChatKind.GROUP, True), (ChatKind.PRIVATE, False))
    },
    "card, after an absence": lambda tongue: card(an_incident(), tongue, now=NOW, was_away=timedelta(minutes=12)),
    **{
        f"on call{state}": _on_call(duty)
        for state, duty in {
            "": Duty(Member(1, "anna"), NOW + timedelta(days=2), Member(2, "oleg"), Member(2, "oleg")),
            ": then nobody": Duty(Member(2, "oleg"), NOW + timedelta(hours=8), None),
            ": a gap": Duty(None, NOW + timedelta(days=3), Member(1, "anna")),
            ": nobody is planned": Duty(None, None, None),
        }.items()
    },
    "on call: no hand-over is known": lambda tongue: oncall.spans("backup", None, tongue, ends=False),
    "help": welcome.help_screen,
    "help, with the Mini App": lambda tongue: welcome.help_screen(tongue, app=True),
    "stranger": lambda tongue: welcome.stranger(
        42, ChatKind.PRIVATE, tongue, admins=["@anna", "@oleg"], code_possible=False
    ),
    "stranger, first start": lambda tongue: welcome.stranger(
        42, ChatKind.PRIVATE, tongue, admins=[], code_possible=True
    ),
    "stranger in a group": lambda tongue: welcome.stranger(
        42, ChatKind.GROUP, tongue, admins=["@anna"], code_possible=True
    ),
    **{f"notice: {code}": _notice(code) for code in notices.NOTICES},
}
