"""The one word kubectl shows for a pod, its ready count and its restarts."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.clock import parse_stamp
from chatops.sandbox.kubeapi.conditions import is_ready
from chatops.sandbox.kubeapi.durations import human
from chatops.sandbox.kubeapi.kinds import Obj


def _ended(state: Obj) -> str:
    if state.get("reason"):
        return str(state["reason"])
    return f"Signal:{state['signal']}" if state.get("signal") else f"ExitCode:{state.get('exitCode', 0)}"


def _init_word(pod: Obj) -> str | None:
    statuses = (pod.get("status") or {}).get("initContainerStatuses") or []
    total = len(pod["spec"].get("initContainers") or ())
    for index, each in enumerate(statuses):
        state = each.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting")
        if terminated is not None:
            if terminated.get("exitCode") == 0:
                continue
            return "Init:" + _ended(terminated)
        if waiting and waiting.get("reason") not in (None, "", "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{total}"
    return None


def status_word(pod: Obj) -> str:
    """STATUS of `kubectl get pods`."""
    status, meta = pod.get("status") or {}, pod["metadata"]
    word = str(status.get("reason") or status.get("phase") or "Unknown")
    gated = any(
        each.get("type") == "PodScheduled" and each.get("reason") == "SchedulingGated"
        for each in status.get("conditions") or ()
    )
    if gated:
        word = "SchedulingGated"
    initial = _init_word(pod)
    if initial is not None:
        word = initial
    else:
        running = False
        for each in reversed(status.get("containerStatuses") or []):
            state = each.get("state") or {}
            if (state.get("waiting") or {}).get("reason"):
                word = str(state["waiting"]["reason"])
            elif state.get("terminated") is not None:
                word = _ended(state["terminated"])
            elif each.get("ready") and state.get("running") is not None:
                running = True
        if word == "Completed" and running:
            word = "Running" if is_ready(pod) else "NotReady"
    if "deletionTimestamp" in meta:
        return "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    return word


def ready_counts(pod: Obj) -> tuple[int, int]:
    """(ready, all) of the app containers."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    ready = sum(1 for each in statuses if each.get("ready") and (each.get("state") or {}).get("running") is not None)
    return ready, len(pod["spec"].get("containers") or ())


def restarts(pod: Obj, now: datetime) -> str:
    """RESTARTS of `kubectl get pods`: the count, and how long ago the last one ended."""
    status = pod.get("status") or {}
    chosen = status.get("containerStatuses") or []
    if _init_word(pod) is not None:
        chosen = status.get("initContainerStatuses") or []
    count = sum(int(each.get("restartCount", 0)) for each in chosen)
    ends = [
        each["lastState"]["terminated"]["finishedAt"]
        for each in chosen
        if ((each.get("lastState") or {}).get("terminated") or {}).get("finishedAt")
    ]
    if not count or not ends:
        return str(count)
    latest = max(parse_stamp(end) for end in ends)
    return f"{count} ({human((now - latest).total_seconds())} ago)"
