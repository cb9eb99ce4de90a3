"""Drill-down, third level: one pod, and which of its containers to read."""

from markupsafe import Markup, escape

from chatops.core import diagnostics
from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.resources import ContainerView, ObjectRef, PodView
from chatops.core.screens.actions import more, pod_actions
from chatops.core.screens.base import HEALTH_ICONS, Screen, back_to_card, bold, code, crumbs, screen
from chatops.core.screens.containers import container_icon, pick_container
from chatops.core.texts import Tongue, joined, one_line


def pod_screen(pod: PodView, tongue: Tongue, *, incident_id: int | None, workload: ObjectRef | None = None) -> Screen:
    """`workload` is where the person came from: the way back leads there."""
    ref = pod.ref
    ready = tongue.say("{ready}/{total} ready", ready=pod.ready, total=pod.total)
    restarts = tongue.plural("{n} restart", "{n} restarts", pod.restarts)
    lines: list[Markup | str | None] = [
        crumbs(incident_id, ref.name),
        Markup("{} {}").format(HEALTH_ICONS[pod.health], joined([bold(pod.status), ready, restarts])),
        joined(
            [
                tongue.say("node {name}", name=code(pod.node)) if pod.node else "",
                tongue.say("created {ago}", ago=tongue.ago(pod.created_at)) if pod.created_at else "",
                tongue.say("QoS {name}", name=pod.qos) if pod.qos else "",
            ]
        ),
        tongue.say("⚠️ No owner: once deleted it stays gone.") if pod.owner is None else None,
        "",
    ]
    for container in pod.containers:
        lines += _container_lines(container, tongue)
    if workload:
        back = Button(tongue.plain("« Pods"), Verb.PODS, ref=workload, incident_id=incident_id)
    else:
        back = back_to_card(tongue, incident_id)
    return screen(
        lines,
        [
            _log_buttons(pod, tongue, incident_id),
            [
                Button("🔎 " + tongue.plain("Describe"), Verb.DESCRIBE, ref=ref, incident_id=incident_id),
                Button("🗓 " + tongue.plain("Events"), Verb.EVENTS, ref=ref, incident_id=incident_id),
                more(ref, tongue, incident_id),
            ],
            pod_actions(pod, tongue, incident_id),
            [_diagnostics(pod, tongue, incident_id)],
            [back, Button("🔄", Verb.POD, ref=ref, incident_id=incident_id)],
        ],
    )


def container_picker(pod: PodView, tongue: Tongue, *, incident_id: int | None, previous: bool, page: int = 0) -> Screen:
    """Asked only when there is more than one container and none is obviously the failing one."""
    where = crumbs(incident_id, pod.ref.name, tongue.plain("Logs"))
    flag = {"previous": "1"} if previous else {}
    return pick_container(pod, pod.containers, where, tongue, incident_id, Verb.LOGS, Verb.CONTAINERS, flag, page)


def _log_buttons(pod: PodView, tongue: Tongue, incident_id: int | None) -> list[Button]:
    """Straight to the failing container; a pod with several and none failing asks which."""
    names = [c.name for c in pod.containers if not c.init]
    chosen = pod.failing.name if pod.failing else names[0] if len(names) == 1 else ""
    if not chosen:
        return [Button("📄 " + tongue.plain("Logs"), Verb.CONTAINERS, ref=pod.ref, incident_id=incident_id)]
    args = {"container": chosen}
    found = [Button("📄 " + tongue.plain("Logs"), Verb.LOGS, args, pod.ref, incident_id, style="primary")]
    if any(c.restarts or c.last_exit for c in pod.containers if c.name == chosen):
        before = {**args, "previous": "1"}
        found.append(
            Button("📄 " + tongue.plain("Crash logs"), Verb.LOGS, before, pod.ref, incident_id, style="primary")
        )
    if len(pod.containers) > 1:
        found.append(Button("🗃 " + tongue.plain("Containers"), Verb.CONTAINERS, ref=pod.ref, incident_id=incident_id))
    return found


def _diagnostics(pod: PodView, tongue: Tongue, incident_id: int | None) -> Button | None:
    action = ACTIONS[diagnostics.ACTION]
    if diagnostics.ACTION in pod.denied or not any(c.state == "running" for c in pod.containers):
        return None
    return Button(f"{action.icon} {tongue.plain(action.title)}", Verb.DIAGNOSE, ref=pod.ref, incident_id=incident_id)


def _container_lines(container: ContainerView, tongue: Tongue) -> list[Markup | str | None]:
    name = Markup("{} {}").format(
        bold(("init: " if container.init else "") + container.name), container_icon(container)
    )
    if container.state == "running":
        started = tongue.say("started {ago}", ago=tongue.ago(container.since)) if container.since else ""
        state = joined([tongue.say("running"), started])
    else:
        state = escape(one_line(container.reason or container.state, 60))
    if container.exit_code is not None and container.state == "terminated":
        state = joined([state, tongue.say("exit {code}", code=container.exit_code)])
    last = None
    if container.last_exit:
        ended = container.last_exit
        last = tongue.say(
            "   last exit: {exit} {ago}",
            exit=bold(f"{ended.exit_code} {ended.reason}".strip()),
            ago=tongue.ago(ended.at) if ended.at else "",
        )
    limits = joined(
        [
            tongue.say("mem {limit}", limit=container.memory_limit) if container.memory_limit else "",
            tongue.say("cpu {limit}", limit=container.cpu_limit) if container.cpu_limit else "",
            code(container.image.rpartition("/")[2], 80) if container.image else "",
        ]
    )
    message = Markup("   {}").format(one_line(container.message, 200)) if container.message else None
    return [Markup("{} {}").format(name, state), last, message, Markup("   {}").format(limits) if limits else None]
