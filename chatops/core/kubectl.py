"""What one would type into a shell for an action: the same thing by hand, with kubectl. Pure; it runs nothing.

Names come from outside and end up in somebody's terminal, so every value is quoted for a shell, and a name that kubectl
would take for an option, or a terminal for a keystroke, makes no command at all.
"""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence

from chatops.core.resources import CLUSTER_WIDE, FLUX_KINDS, ObjectRef

Params = Mapping[str, str]
Words = Sequence[str]

_NO_OBJECTS = ("Cluster", "External")
"""Kinds that the API has no object of."""

_JOB_NAME = 63
"""The most characters in a Job's name."""


def command(action: str, ref: ObjectRef, params: Params | None = None) -> str:
    """The command that does by hand what `action` does to `ref`; empty where kubectl has none.

    `params` are what was chosen (`revision`, `replicas`, `memory`), or what narrows a reading (`container`, `tail`,
    `previous`). An action that changes something and lacks its parameter has no command: half of one does harm.
    """
    made = _COMMANDS.get(action)
    if made is None or (ref.kind not in _NO_OBJECTS and not _plain(ref.name)):
        return ""
    words = made(ref, params or {})
    line = " ".join(["kubectl", *_where(ref, words), *words]) if words else ""
    return line if line.isprintable() else ""


def _where(ref: ObjectRef, words: Words) -> list[str]:
    found = ["--context", shlex.quote(ref.cluster)] if ref.cluster else []
    if ref.namespace and ref.kind not in CLUSTER_WIDE and "-A" not in words:
        found += ["-n", shlex.quote(ref.namespace)]
    return found


def _plain(name: str) -> bool:
    return bool(name) and not name.startswith("-")


def _target(ref: ObjectRef) -> str:
    """`deploy/checkout`, the form that every verb takes."""
    return shlex.quote(f"{ref.short_kind}/{ref.name}")


def _flag(name: str, value: str) -> str:
    return shlex.quote(f"--{name}={value}")


# Reading


def _logs(ref: ObjectRef, params: Params) -> Words:
    if ref.kind == "CronJob":
        return ()
    container, tail, since = (params.get(name, "") for name in ("container", "tail", "since"))
    return (
        "logs",
        _target(ref),
        *(("-c", shlex.quote(container)) if _plain(container) else ()),
        *((f"--tail={tail}",) if _count(tail) else ()),
        *((f"--since={since}s",) if _count(since) else ()),
        *(("--previous",) if params.get("previous") else ()),
    )


def _describe(ref: ObjectRef, params: Params) -> Words:
    return () if ref.kind in _NO_OBJECTS else ("describe", _target(ref))


def _events(ref: ObjectRef, params: Params) -> Words:
    """By field, not `kubectl events --for`: that one misses a node's, whose events name no API version."""
    if ref.kind in _NO_OBJECTS or any(sign in ref.name for sign in ",=\\"):
        return ()
    selector = shlex.quote(f"involvedObject.kind={ref.kind},involvedObject.name={ref.name}")
    return ("get", "events", *(("-A",) if ref.kind in CLUSTER_WIDE else ()), "--field-selector", selector)


def _top(ref: ObjectRef, params: Params) -> Words:
    match ref.kind:
        case "Pod":
            return ("top", "pod", shlex.quote(ref.name), "--containers")
        case "Node":
            return ("top", "node", shlex.quote(ref.name))
        case _:
            return ()


def _endpoints(ref: ObjectRef, params: Params) -> Words:
    if ref.kind != "Service":
        return _describe(ref, params)
    return ("get", "endpointslices", "-l", shlex.quote(f"kubernetes.io/service-name={ref.name}"))


# Changing


def _undo(ref: ObjectRef, params: Params) -> Words:
    revision = params.get("revision", "")
    return ("rollout", "undo", _target(ref), f"--to-revision={revision}") if _count(revision) else ()


def _scale(ref: ObjectRef, params: Params) -> Words:
    replicas = params.get("replicas", "")
    return ("scale", _target(ref), f"--replicas={replicas}") if _count(replicas) else ()


def _limit(resource: str) -> Callable[[ObjectRef, Params], Words]:
    def words(ref: ObjectRef, params: Params) -> Words:
        container, amount = params.get("container", ""), params.get(resource, "")
        if not (_plain(container) and amount):
            return ()
        return ("set", "resources", _target(ref), "-c", shlex.quote(container), _flag("limits", f"{resource}={amount}"))

    return words


def _patch(ref: ObjectRef, spec: object, *, kind: str = "") -> Words:
    body = json.dumps(spec, separators=(",", ":"))
    return ("patch", _target(ref), *((f"--type={kind}",) if kind else ()), "-p", shlex.quote(body))


def _count_in_spec(field: str, param: str) -> Callable[[ObjectRef, Params], Words]:
    def words(ref: ObjectRef, params: Params) -> Words:
        number = params.get(param, "")
        return _patch(ref, {"spec": {field: int(number)}}) if _count(number) else ()

    return words


def _expand(ref: ObjectRef, params: Params) -> Words:
    size = params.get("size", "")
    return _patch(ref, {"spec": {"resources": {"requests": {"storage": size}}}}) if size else ()


def _raise_quota(ref: ObjectRef, params: Params) -> Words:
    resource, value = params.get("resource", ""), params.get("value", "")
    return _patch(ref, {"spec": {"hard": {resource: value}}}) if resource and value else ()


def _cleanup(ref: ObjectRef, params: Params) -> Words:
    failed = "--field-selector=status.phase=Failed"
    match ref.kind:
        case "Node":
            return ("delete", "pods", "-A", shlex.quote(f"{failed},spec.nodeName={ref.name}"))
        case "Cluster":
            return ("delete", "pods", "-A", failed)
        case _:
            return ("delete", "pods", failed)


def _trigger(ref: ObjectRef, params: Params) -> Words:
    suffix = "-manual"
    job = ref.name[: _JOB_NAME - len(suffix)].rstrip("-.") + suffix
    return ("create", "job", shlex.quote(f"--from=cronjob/{ref.name}"), shlex.quote(job))


def _sync(ref: ObjectRef, params: Params) -> Words:
    if ref.kind in FLUX_KINDS:
        return ("annotate", "--overwrite", _target(ref), 'reconcile.fluxcd.io/requestedAt="$(date +%s)"')
    return _patch(ref, {"operation": {"sync": {}}}, kind="merge")


def _on(*verb: str, after: Words = (), bare: bool = False) -> Callable[[ObjectRef, Params], Words]:
    """`verb`, the object (its name alone where the verb knows the kind), and what comes after."""

    def words(ref: ObjectRef, params: Params) -> Words:
        return (*verb, shlex.quote(ref.name) if bare else _target(ref), *after)

    return words


def _said(*words: str) -> Callable[[ObjectRef, Params], Words]:
    return lambda ref, params: words


def _count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


_COMMANDS: dict[str, Callable[[ObjectRef, Params], Words]] = {
    "logs": _logs,
    "logs_previous": lambda ref, params: _logs(ref, {**params, "previous": "1"}),
    "describe": _describe,
    "events": _events,
    "yaml": _on("get", after=("-o", "yaml")),
    "top": _top,
    "rollout_status": _on("rollout", "status"),
    "rollout_history": _on("rollout", "history"),
    "node_status": _describe,
    "node_pods": lambda ref, _: (
        *("get", "pods", "-A", "-o", "wide"),
        shlex.quote(f"--field-selector=spec.nodeName={ref.name}"),
    ),
    "node_stats": lambda ref, _: ("get", "--raw", shlex.quote(f"/api/v1/nodes/{ref.name}/proxy/stats/summary")),
    "hpa_status": _describe,
    "job_status": _describe,
    "cronjob_status": _describe,
    "pvc_status": _describe,
    "quota_status": _describe,
    "pdb_status": _describe,
    "endpoints": _endpoints,
    "component_health": _said("get", "--raw", "'/readyz?verbose'"),
    "apiservice_status": _describe,
    "csr_list": _said("get", "csr"),
    "cert_status": _describe,
    "gitops_status": _describe,
    "capacity": _said("describe", "nodes"),
    "rollout_restart": _on("rollout", "restart"),
    "rollout_undo": _undo,
    "rollout_pause": _on("rollout", "pause"),
    "rollout_resume": _on("rollout", "resume"),
    "scale_up": _scale,
    "scale_down": _scale,
    "raise_memory_limit": _limit("memory"),
    "raise_cpu_limit": _limit("cpu"),
    "delete_pod": _on("delete"),
    "force_delete_pod": _on("delete", after=("--force", "--grace-period=0")),
    "cleanup_pods": _cleanup,
    "cordon": _on("cordon", bare=True),
    "uncordon": _on("uncordon", bare=True),
    "drain": _on("drain", after=("--ignore-daemonsets", "--delete-emptydir-data"), bare=True),
    "delete_node": _on("delete"),
    "hpa_raise_max": _count_in_spec("maxReplicas", "max"),
    "hpa_lower_min": _count_in_spec("minReplicas", "min"),
    "job_delete": _on("delete"),
    "cronjob_trigger": _trigger,
    "cronjob_suspend": lambda ref, _: _patch(ref, {"spec": {"suspend": True}}),
    "cronjob_resume": lambda ref, _: _patch(ref, {"spec": {"suspend": False}}),
    "pvc_expand": _expand,
    "raise_quota": _raise_quota,
    "approve_csr": _on("certificate", "approve", bare=True),
    "gitops_sync": _sync,
}

NO_VERB = frozenset(
    {
        "pods",
        "target_health",
        "config_check",
        "alertmanager_status",
        "metric_graph",
        "exec_diag",
        "similar",
        "evict_pod",
        "job_rerun",
        "cert_renew",
    }
)
"""Actions on the cluster for which kubectl has no verb, or none without knowing a selector."""
