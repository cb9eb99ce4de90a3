"""Screens that the cluster is asked for: with what work, and how each is drawn from the answer. Delivers nothing."""

from dataclasses import replace
from datetime import datetime

from chatops.actors.conversation.reader import Reader
from chatops.actors.work import (
    MakePreview,
    ReadDescription,
    ReadEvents,
    ReadLogs,
    ReadObject,
    ReadPod,
    ReadPods,
    ReadReport,
    ReadWorkload,
    ReadYaml,
    Result,
    Work,
)
from chatops.core.actions import CHOSEN, Preview
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position, number
from chatops.core.diagnostics import ACTION
from chatops.core.log_asks import FILE_BYTES, FILE_TAIL, LogAsk
from chatops.core.moments import stamp
from chatops.core.objects import ObjectView
from chatops.core.policy import Policy
from chatops.core.reports import Report
from chatops.core.resources import WORKLOADS, Description, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.safeguards import safeguard
from chatops.core.screens import (
    confirm,
    diagnostics,
    logs,
    reading,
    report,
    resources,
    trouble,
)
from chatops.core.screens.base import Screen
from chatops.core.screens.object import object_screen
from chatops.core.screens.picker import picker
from chatops.core.screens.pod import container_picker, pod_screen

REPORT_PARAMS = ("container", "command", "page", "sort")
"""Arguments of a position that narrow a report."""

AGAIN = "again"
"""Argument of a position whose log text was no longer kept: it is fetched again, and said."""

REMEMBERED = ("similar",)
"""Reports that the database knows all of."""


def needed(position: Position, now: datetime) -> Work | None:
    """What the screen at `position` has to ask the cluster; None when the database knows enough."""
    ref, args = position.ref, position.args
    if ref is None:
        return None
    match position.screen:
        case Verb.PODS:
            return ReadWorkload(ref) if ref.kind in WORKLOADS else ReadPods(ref)
        case Verb.POD | Verb.CONTAINERS | Verb.DIAGNOSE:
            return ReadPod(ref)
        case Verb.LOGS if not args.get("container") and ref.kind == "Pod":
            return ReadPod(ref)
        case Verb.LOGS:
            ask = LogAsk.of(args)
            return ReadLogs(ref, ask.container, ask.previous, ask.tail, ask.since)
        case Verb.LOG_FILE:
            ask = LogAsk.of(args)
            return ReadLogs(ref, ask.container, ask.previous, FILE_TAIL, ask.since, FILE_BYTES)
        case Verb.DESCRIBE | Verb.DESCRIBE_FILE:
            return ReadDescription(ref)
        case Verb.EVENTS:
            return ReadEvents(ref)
        case Verb.YAML_FILE:
            return ReadYaml(ref)
        case Verb.REPORT | Verb.REPORT_FILE if args["report"] in REMEMBERED:
            return None
        case Verb.REPORT | Verb.REPORT_FILE:
            return ReadReport(args["report"], ref, {name: args[name] for name in args if name in REPORT_PARAMS})
        case Verb.MORE | Verb.PICK:
            return _look_at(ref)
        case Verb.CHOOSE:
            started = stamp(now)
            return MakePreview(
                args["action"], ref, {**_chosen(args), "action_id": args["run"], "restarted_at": started}
            )
        case _:
            return None


def _look_at(ref: ObjectRef) -> Work:
    """What is needed to say what can be done to it."""
    match ref.kind:
        case "Pod":
            return ReadPod(ref)
        case _ if ref.kind in WORKLOADS:
            return ReadWorkload(ref)
        case _:
            return ReadObject(ref)


def _chosen(args: dict[str, str]) -> dict[str, str]:
    """What the person picked; the other arguments of a position are its own."""
    return {name: value for name, value in args.items() if name in CHOSEN}


def drawn(position: Position, result: Result, reader: Reader, *, now: datetime, policy: Policy) -> Screen | None:
    """The screen from what the cluster answered; None where the answer does not fit the position (it is stale)."""
    tongue, number_of, args = reader.tongue, position.incident_id, position.args
    match position.screen, result:
        case Verb.PODS, WorkloadView():
            return resources.pods(result, tongue, incident_id=number_of, page=number(args.get("page")))
        case Verb.PODS, tuple() if position.ref:
            found = [pod for pod in result if isinstance(pod, PodView)]
            page = number(args.get("page"))
            return resources.pods_of(position.ref, found, tongue, incident_id=number_of, page=page)
        case Verb.MORE, WorkloadView() | PodView() | ObjectView():
            return object_screen(result, tongue, incident_id=number_of, now=now)
        case Verb.PICK, WorkloadView() | PodView() | ObjectView():
            return picker(result, args["action"], tongue, incident_id=number_of, chosen=_chosen(args))
        case Verb.POD, PodView():
            return pod_screen(result, tongue, incident_id=number_of, workload=_workload_above(position))
        case ((Verb.CONTAINERS | Verb.LOGS), PodView()):
            page, previous = number(args.get("page")), "previous" in args
            return container_picker(result, tongue, incident_id=number_of, previous=previous, page=page)
        case Verb.LOGS, LogText():
            ask, again = LogAsk.of(args), AGAIN in args
            return logs.logs(result, tongue, incident_id=number_of, ask=ask, again=again)
        case Verb.DIAGNOSE, PodView():
            container, page = args.get("container", ""), number(args.get("page"))
            return diagnostics.choose(result, tongue, incident_id=number_of, container=container, page=page)
        case Verb.DESCRIBE, Description():
            return reading.describe(result, tongue, incident_id=number_of)
        case Verb.EVENTS, tuple() if position.ref:
            events = tuple(line for line in result if not isinstance(line, PodView))
            return reading.events(position.ref, events, tongue, incident_id=number_of)
        case Verb.REPORT, Report():
            asked = {name: value for name, value in args.items() if name in REPORT_PARAMS}
            if result.action == ACTION:
                return diagnostics.output(result, tongue, incident_id=number_of, params=asked)
            return report.report(result, tongue, incident_id=number_of, params=asked)
        case Verb.CHOOSE, Preview():
            return confirm.confirm(
                result,
                tongue,
                by=reader.person,
                incident_id=number_of,
                run_id=args["run"],
                reasons=args,
                guard=safeguard(result, policy.protected),
            )
        case _:
            return None


def file_of(position: Position, result: Result, reader: Reader) -> tuple[str, bytes] | None:
    """Name and content of the file a screen offers."""
    match position.screen, result:
        case Verb.LOG_FILE, LogText():
            kind = "previous" if result.previous and not result.fell_back else "current"
            lines = (reader.tongue.plain("(older lines left out)"), *result.lines) if result.older else result.lines
            return f"{result.pod.name}-{result.container}-{kind}.txt", "\n".join(lines).encode()
        case Verb.DESCRIBE_FILE, Description():
            return f"{result.ref.short_kind}-{result.ref.name}.txt", result.full_text.encode()
        case Verb.YAML_FILE, str() if position.ref:
            return f"{position.ref.short_kind}-{position.ref.name}.yaml", result.encode()
        case Verb.REPORT_FILE, Report():
            return result.file_name or f"{result.action}-{result.ref.name}.txt", result.full_text.encode()
        case _:
            return None


def straight_on(position: Position, result: Result) -> Position | None:
    """Where a pod's logs were asked for and the pod leaves no doubt of which container: the position with it."""
    if position.screen is not Verb.LOGS or not isinstance(result, PodView):
        return None
    running = [container.name for container in result.containers if not container.init]
    chosen = result.failing.name if result.failing else running[0] if len(running) == 1 else ""
    return replace(position, args={**position.args, "container": chosen}) if chosen else None


def failed(position: Position, reason: str, detail: str, reader: Reader) -> Screen:
    ref = position.ref or ObjectRef("", "?")
    again = None
    if position.screen is not Verb.CHOOSE:
        again = Button("🔄", position.screen, position.args, ref, position.incident_id)
    return trouble.trouble(ref, reason, detail, reader.tongue, incident_id=position.incident_id, again=again)


def _workload_above(position: Position) -> ObjectRef | None:
    """The workload a pod was reached from, remembered in the position's arguments."""
    args = position.args
    if "above" not in args or position.ref is None:
        return None
    return ObjectRef(args["above_kind"], args["above"], position.ref.namespace, cluster=position.ref.cluster)
