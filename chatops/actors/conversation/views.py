"""Screens by position: what work one needs from the cluster, and how it is drawn from the result. Delivers nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from chatops.actors.conversation import reviews
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
from chatops.core.absence import away
from chatops.core.access import INTO, Right, may, may_hold
from chatops.core.actions import CHOSEN, Preview
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.diagnostics import ACTION
from chatops.core.durations import durations_of
from chatops.core.incidents import Incident, Person
from chatops.core.incidents.likeness import alike_first
from chatops.core.log_asks import FILE_BYTES, FILE_TAIL, LogAsk
from chatops.core.moments import stamp
from chatops.core.objects import ObjectView
from chatops.core.people import User
from chatops.core.policy import Policy
from chatops.core.remedies import Advice, experience_of
from chatops.core.reports import Report
from chatops.core.resources import WORKLOADS, Description, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.safeguards import safeguard
from chatops.core.screens import (
    confirm,
    diagnostics,
    handing,
    hindsight,
    incident_acts,
    lists,
    logs,
    merging,
    reading,
    rejecting,
    report,
    resources,
    silences,
    similar,
    storm,
    timeline,
    trouble,
    welcome,
)
from chatops.core.screens.base import Screen, pages_of
from chatops.core.screens.card import card
from chatops.core.screens.mini_app import beside
from chatops.core.screens.object import object_screen
from chatops.core.screens.picker import picker
from chatops.core.screens.pod import container_picker, pod_screen
from chatops.core.texts import Tongue
from chatops.db.places import Readable
from chatops.db.store import Store

REPORT_PARAMS = ("container", "command", "page", "sort")
"""Arguments of a position that narrow a report."""

AGAIN = "again"
"""Argument of a position whose log text was no longer kept: it is fetched again, and said."""
REMEMBERED = ("similar",)
"""Reports that the database knows all of."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a screen is drawn for. `user` is what they may: None for nothing.

    `via`: how they ask, for the log, where it is not in a chat.
    """

    person: Person
    tongue: Tongue
    user: User | None = None
    via: str = ""


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


def from_store(
    position: Position,
    incident: Incident | None,
    store: Store,
    tongue: Tongue,
    *,
    now: datetime,
    policy: Policy,
    user: User | None = None,
    bot: str = "",
    door: Button | None = None,
) -> Screen | None:
    """Screens that the database alone can draw; None where the incident is gone.

    Lists hold what `user` may read, whoever else sees the chat. `bot`: see `card`; `door`: its way into the Mini App.
    """
    readable = readable_by(user)
    page = number(position.args.get("page"))
    match position.screen:
        case Verb.INCIDENTS:
            return _open_incidents(position, store, tongue, readable)
        case Verb.HISTORY:
            total, shown = store.pages.closed(*lists.page_bounds(page), readable)
            return lists.history(shown, tongue, total=total, page=page)
        case Verb.STATISTICS:
            return reviews.drawn(position, store, tongue, now=now, policy=policy, readable=readable)
        case Verb.SILENCES | Verb.SILENCE_ONE:
            return silences.not_configured(tongue)
        case Verb.STORM | Verb.STORM_ALL | Verb.STORM_PLACES:
            return _storm(position, store, tongue, readable)
        case Verb.HELP:
            return welcome.help_screen(tongue, app=bool(policy.app.address))
        case Verb.SEARCH if position.ref:
            return logs.ask_search(position.ref, LogAsk.of(position.args), tongue, incident_id=position.incident_id)
        case _ if incident is None:
            return None
        case Verb.RESOURCES:
            return resources.resources(incident, tongue, page=page)
        case Verb.ASK_REJECT:
            return rejecting.ask_reason(incident, tongue)
        case Verb.ASK_HAND_OVER:
            able = [each for each in store.users.all() if may_hold(each, incident)]
            return handing.choose_holder(incident, able, tongue, page=page)
        case Verb.ASK_MERGE:
            found = alike_first(incident, store.merges.near(incident, actable_by(user)))
            return merging.choose(incident, found, tongue, page=page)
        case Verb.PICK_MERGE:
            return merging.ask(incident, other_of(position.args, store), tongue, by=user, now=now)
        case Verb.ASK_REOPEN:
            return hindsight.ask_reopen(incident, tongue, by=user)
        case Verb.TIMELINE:
            return _timeline(incident, store, tongue, position)
        case Verb.REPORT if position.args.get("report") == "similar":
            return similar.similar(incident, store.past.alike(incident), tongue)
        case _:
            alike = store.past.alike_before(incident, days=7)
            others = incident.open and not store.merges.alone(incident.id)
            acts = beside(incident_acts.rows(incident, tongue, policy.outside, alike=alike, others=others), door)
            advice = advice_for(incident, store, policy, now)
            was_away = away(position.args, now)
            return card(incident, tongue, now=now, alike=alike, advice=advice, acts=acts, was_away=was_away, bot=bot)


def _open_incidents(position: Position, store: Store, tongue: Tongue, readable: Readable) -> Screen:
    """In a group what its routes take, unless all are asked for."""
    page, group = number(position.args.get("page")), position.chat_id < 0
    is_all = lists.ALL in position.args
    narrow = group and not is_all and bool(store.routes.of(position.chat_id).routes)
    routed_to = position.chat_id if narrow else None
    total, shown = store.pages.open(*lists.page_bounds(page), readable, routed_to=routed_to)
    everything = store.pages.open(0, 1, readable)[0] if narrow else total
    last = _last_end(store, readable)
    return lists.open_incidents(
        shown, tongue, total=total, page=page, last=last, elsewhere=everything - total, is_all=is_all
    )


def _storm(position: Position, store: Store, tongue: Tongue, readable: Readable) -> Screen | None:
    """A digest's lists hold what whoever asked may read."""
    known = store.storms.get(number(position.args.get("storm")))
    if known is None or known.chat_id != position.chat_id:
        return None
    members = [each for each in store.storms.members(known.id) if readable(each.cluster, each.namespace)]
    if position.screen is Verb.STORM_PLACES:
        return storm.places_list(known, members, tongue)
    page, place = number(position.args.get("page")), position.args.get("place")
    return storm.members_list(known, members, tongue, page=page, place=place)


def advice_for(incident: Incident, store: Store, policy: Policy, now: datetime) -> Advice:
    lead = incident.lead
    trials = store.trials.of(lead.name, now) if lead and incident.open else ()
    return Advice(experience_of(trials, now), policy.rules)


def _timeline(incident: Incident, store: Store, tongue: Tongue, position: Position) -> Screen:
    """Without a page asked for, the newest one."""
    lines = store.audit.for_incident(incident.id)
    took = durations_of(incident, (line.entry for line in lines))
    entries = [line for line in lines if timeline.telling(line.entry)]
    pages = pages_of(len(entries), timeline.PER_PAGE)
    page = min(max(number(position.args.get("page"), pages - 1), 0), pages - 1)
    shown = entries[page * timeline.PER_PAGE : (page + 1) * timeline.PER_PAGE]
    return timeline.timeline(incident.id, shown, tongue, page=page, pages=pages, took=took)


def _workload_above(position: Position) -> ObjectRef | None:
    """The workload a pod was reached from, remembered in the position's arguments."""
    args = position.args
    if "above" not in args or position.ref is None:
        return None
    return ObjectRef(args["above_kind"], args["above"], position.ref.namespace, cluster=position.ref.cluster)


def readable_by(user: User | None) -> Readable:
    """Whether the user may read what is in a cluster and namespace."""
    return lambda cluster, namespace: may(user, Right.READ, cluster=cluster, namespace=namespace).allowed


def actable_by(user: User | None) -> Readable:
    """Whether the user may act on what is in a cluster and namespace."""
    return lambda cluster, namespace: may(user, Right.ACT, cluster=cluster, namespace=namespace).allowed


def other_of(args: dict[str, str], store: Store) -> Incident | None:
    """The other incident that a button is about, as it is stored now."""
    text = args.get(INTO, "")
    return store.incidents.get(int(text)) if text.isdecimal() and len(text) < 19 else None


def _last_end(store: Store, readable: Readable) -> datetime | None:
    _, newest = store.pages.closed(0, 1, readable)
    return newest[0].closed_at if newest else None


def number(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
