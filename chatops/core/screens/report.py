"""A report on the phone: what was looked at, the facts, the sections that fit, and where to go from there."""

from collections.abc import Iterator

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.reports import Line, Note, Report
from chatops.core.resources import ObjectRef
from chatops.core.screens.actions import by_hand
from chatops.core.screens.base import HEALTH_ICONS, Part, Screen, crumbs, in_rows, label, screen, short_name
from chatops.core.screens.fact_names import fact_line
from chatops.core.screens.reading import back_from
from chatops.core.screens.rich import Section
from chatops.core.texts import Tongue, mark, one_line

MOST_LINES = 12
"""Lines of one section; the rest is in the file."""

NOTES: dict[str, str] = {
    "configs_differ": mark("⚠️ They do not run the same configuration."),
    "past_hours": mark("The past {detail} hours, a sign for every 10 minutes; · is no value."),
    "fires_when": mark("The alert fires when it is {detail}."),
    "no_series": mark("Prometheus has no values for it."),
    "series_left_out": mark("Not shown, with lower values: {detail}."),
    "series_left_out_higher": mark("Not shown, with higher values: {detail}."),
    "no_targets": mark("Prometheus scrapes nothing that belongs to it."),
    "none_like_it": mark("None like it before."),
    "helped_before": mark("Resolved within 15 minutes of an action: {detail}."),
    "no_metrics": mark("No metrics: metrics-server is missing here or does not answer."),
    "not_allowed": mark("⛔ Not read, for the bot has no right to (RBAC): {detail}"),
    "not_observed": mark("Its controller has not seen the latest change yet."),
    "hpa_wants_more": mark("⚠️ At its maximum, and its metrics ask for more than {detail} replicas."),
    "hpa_at_maximum": mark("⚠️ At its maximum of {detail} replicas: it can add none."),
    "hpa_no_target": mark("⚠️ What it should scale does not exist: {detail}"),
    "job_pods_gone": mark("Its pods are gone, and their exit codes and logs with them."),
    "cronjob_suspended": mark("⏸ Suspended: no run starts until it is resumed."),
    "cronjob_no_runs": mark("None of its runs is left in the cluster."),
    "claim_waits_for_pod": mark("It waits for a pod that uses it: its class makes the volume only then."),
    "volume_not_mounted": mark("No running pod mounts it, so how full it is cannot be known."),
    "volume_not_measured": mark("The kubelet has no numbers for this volume."),
    "kubelet_silent": mark("The kubelet of {detail} did not say how full it is."),
    "quota_scoped": mark("The quota counts only pods in scope ({detail}); the requesters below are of all pods."),
    "pdb_no_pods": mark("Its selector matches no pod: it protects nothing."),
    "pdb_never_allows": mark("⚠️ It spares no pod even when all {detail} are healthy: a drain waits for ever."),
    "pdb_blocks": mark("⚠️ No pod may be evicted now: a drain waits until more are healthy."),
    "service_external": mark("It is only another name for {detail}: nothing in this cluster answers for it."),
    "service_no_selector": mark("It selects no pods, and nobody gave it addresses by hand."),
    "service_no_pods": mark("⚠️ Its selector matches no pod: {detail}"),
    "service_not_ready": mark("⚠️ Its pods are there ({detail}), and none of them is ready."),
    "service_no_port": mark("⚠️ None of its pods has the port that it names."),
    "ingress_no_service": mark("⚠️ There is no service {detail}."),
    "apiservice_local": mark("The API server answers for it itself: there is no service behind it."),
    "apiservice_no_service": mark("⚠️ The service that should answer does not exist: {detail}"),
    "cert_expired": mark("⚠️ The certificate has expired."),
    "cert_renewal_late": mark("⚠️ Its renewal is overdue."),
    "argo_health_elsewhere": mark("Argo CD keeps the health of resources to itself: only their sync is known here."),
    "argo_other_cluster": mark("It deploys into another cluster: {detail}"),
    "flux_suspended": mark("⏸ Suspended: Flux leaves it alone until it is resumed."),
    "fits_without": mark("In sum everything would still fit without {detail}."),
    "health_denied": mark("The bot may not read {detail}: it lacks the right to get that path."),
    "heartbeat_late": mark("The node's heartbeat is late: its kubelet may be down or cut off."),
    "kube_system_denied": mark("The bot may not see the pods of kube-system."),
    "stats_unreachable": mark("The node's kubelet does not answer: {detail}"),
    "managed_control_plane": mark("The control plane runs outside this cluster, so none of its pods are here."),
    "metadata_denied": mark("Where it says forbidden, the bot may not even see when the object was changed."),
    "metrics_denied": mark("No metrics: the bot may not read metrics.k8s.io."),
    "no_config_errors": mark("No line that looks like an error in the last 200 of each container."),
    "no_endpoints": mark("The service has no endpoints: nothing matches its selector, or nothing has an address."),
    "no_fit_without": mark("Without {detail} the requests would not fit even in sum."),
    "no_impact": mark("Every workload here has a healthy replica on another node."),
    "no_nodes": mark("No node takes pods."),
    "no_pending_csr": mark("No certificate request waits for a decision."),
    "no_pods": mark("There are no pods to look at."),
    "no_prometheus": mark("Seen without Prometheus: why a scrape failed is not known here."),
    "no_revisions": mark("No revision is kept."),
    "not_measured": mark("Nothing is measured yet: metrics-server needs up to a minute after a start."),
    "revision_unrecorded": mark("The controller has not recorded the newest revision yet."),
    "stats_absent": mark("This cluster does not let the kubelet's statistics be read."),
    "stats_denied": mark("The bot may not read the kubelet's statistics: it lacks get on nodes/proxy."),
}
"""Sentences for what a report has to say beside its lines, by the codes the reports use."""

TITLES = frozenset(
    {
        mark("Add-ons"),
        mark("Biggest requesters"),
        mark("Conditions"),
        mark("Configuration"),
        mark("Containers"),
        mark("Control plane"),
        mark("Endpoints"),
        mark("Ephemeral storage"),
        mark("Events"),
        mark("Failing checks"),
        mark("Full volumes"),
        mark("Issuance"),
        mark("Largest namespaces"),
        mark("Last runs"),
        mark("Metrics"),
        mark("Mounted by"),
        mark("No healthy replica elsewhere"),
        mark("Nobody recreates"),
        mark("Nodes"),
        mark("Not listed"),
        mark("Pending"),
        mark("Pods"),
        mark("Quota use"),
        mark("Revisions"),
        mark("Routes"),
        mark("Unhealthy pods"),
        mark("Unhealthy resources"),
    }
)
"""Titles of sections that are words and not an object's name, marked here for the catalogue."""


def report(told: Report, tongue: Tongue, *, incident_id: int | None, params: dict[str, str]) -> Screen:
    """`params` are those it was asked with, for asking again."""
    ref, action = told.ref, ACTIONS[told.action]
    where = [short_name(ref)] if ref.name else []
    head = Markup("{} {}").format(HEALTH_ICONS[told.health], crumbs(incident_id, *where, tongue.plain(action.title)))
    lines: list[Part] = [head, ""]
    lines += [fact_line(name, value, tongue, ref) for name, value in told.facts]
    lines += [note_text(note, tongue) for note in told.notes]
    for number, section in enumerate(told.sections):
        found = tuple(_section(section.lines, tongue))
        lines.append(Section(_title(section.title, tongue), found, len(found), is_open=number == 0))
    args = {**params, "report": told.action}
    file = Button("📎 " + tongue.plain("Full text"), Verb.REPORT_FILE, args, ref, incident_id)
    return screen(
        lines,
        [
            *in_rows([_to(each, incident_id) for each in told.related[:6]], 2),
            [file if told.full_text else None, by_hand(told.action, ref, params)],
            [back_from(ref, tongue, incident_id), Button("🔄", Verb.REPORT, args, ref, incident_id)],
        ],
    )


def _title(title: str, tongue: Tongue) -> Markup:
    """A message has no places here; with a brace it is the name of an object."""
    named = title if "{" in title or "}" in title else tongue.plain(title)
    return Markup("{}").format(tongue.stamped(one_line(named, 200)))


def _section(lines: tuple[Line, ...], tongue: Tongue) -> Iterator[Markup]:
    for line in lines[:MOST_LINES]:
        text = tongue.stamped(one_line(line.text, 240))
        yield Markup("{} {}").format(HEALTH_ICONS[line.health], text) if line.health else Markup("{}").format(text)
    if len(lines) > MOST_LINES:
        yield tongue.plural("… and {n} more", "… and {n} more", len(lines) - MOST_LINES)


def note_text(note: Note, tongue: Tongue) -> Markup:
    """What a report has to say beside its lines."""
    sentence = NOTES.get(note.code)
    return tongue.say(sentence, detail=one_line(note.detail, 300)) if sentence else Markup("{}").format(note.detail)


def _to(ref: ObjectRef, incident_id: int | None) -> Button:
    return Button(label(f"🔎 {short_name(ref)}"), door_of(ref), ref=ref, incident_id=incident_id)


def door_of(ref: ObjectRef) -> Verb:
    """The screen on which an object of this kind is looked at first."""
    match ref.kind:
        case "Pod":
            return Verb.POD
        case "Deployment" | "StatefulSet" | "DaemonSet":
            return Verb.PODS
        case _:
            return Verb.MORE
