"""What kubectl's pod list says of one pod, and whether that is good.

Pure: the pod comes in as facts, not as an API object. The rules of `STATUS`, `READY` and `RESTARTS` are those of the
API server's own pod printer (kubernetes pkg/printers/internalversion/printers.go, printPod).
"""

import re
from dataclasses import dataclass

from chatops.core.resources import Health


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """One entry of containerStatuses or initContainerStatuses.

    `state` is the one key present in the status' `state` (running, waiting, terminated), empty when there is
    none. `reason`, `exit_code` and `signal` belong to that state. `sidecar` is an init container with
    restartPolicy Always. `last_exit_code` is the exit code of the run before, None when there was none.
    """

    state: str = ""
    reason: str = ""
    exit_code: int = 0
    signal: int = 0
    ready: bool = False
    started: bool = False
    restarts: int = 0
    sidecar: bool = False
    last_exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class PodFacts:
    """What the rules need of one pod.

    `containers_wanted` counts spec.containers plus sidecars, `init_wanted` all init ones.
    """

    phase: str = ""
    reason: str = ""
    deleting: bool = False
    gated: bool = False
    """The scheduler must not touch it yet (condition PodScheduled, reason SchedulingGated)."""
    unschedulable: bool = False
    """The scheduler found no node (condition PodScheduled, reason Unschedulable)."""
    initialized: bool = False
    """Condition Initialized is True."""
    is_ready: bool = False
    """Condition Ready is True."""
    containers_wanted: int = 0
    init_wanted: int = 0
    containers: tuple[ContainerFacts, ...] = ()
    init_containers: tuple[ContainerFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class PodStatus:
    """The columns STATUS, READY (`ready`/`total`) and RESTARTS, with a verdict."""

    text: str
    health: Health
    ready: int
    total: int
    restarts: int


def pod_status(pod: PodFacts) -> PodStatus:
    """The columns kubectl prints for this pod."""
    text = "SchedulingGated" if pod.gated else pod.reason or pod.phase
    stuck, ready, restarts, sidecar_restarts = _init_stage(pod)
    if stuck is not None:
        text = stuck
    if stuck is None or pod.initialized:
        text, running = _main_stage(pod.containers, text)
        ready += running
        restarts = sidecar_restarts + sum(c.restarts for c in pod.containers)
        if text == "Completed" and running:
            text = "Running" if pod.is_ready else "NotReady"
    if pod.deleting and pod.reason == "NodeLost":
        text = "Unknown"
    elif pod.deleting and pod.phase not in ("Succeeded", "Failed"):
        text = "Terminating"
    return PodStatus(
        text=text,
        health=_health(pod, text, ready),
        ready=ready,
        total=pod.containers_wanted,
        restarts=restarts,
    )


def row_health(text: str, *, ready: int, total: int, restarts: int, unscheduled: bool) -> Health:
    """The verdict on a pod of which only kubectl's row is known, by the same rules as far as a row tells.

    A row does not say how the last run ended: one that restarted and is not ready counts as fallen. `unscheduled` is a
    pod that has had no node for a while.
    """
    container = ContainerFacts(ready=ready >= total, restarts=restarts, last_exit_code=1 if restarts else None)
    pod = PodFacts(unschedulable=unscheduled, containers_wanted=total, containers=(container,))
    return _health(pod, text, ready)


def _init_stage(pod: PodFacts) -> tuple[str | None, int, int, int]:
    """(status of the init container that holds all up, ready sidecars, restarts, of them sidecars')."""
    ready = restarts = sidecar_restarts = 0
    for index, container in enumerate(pod.init_containers):
        restarts += container.restarts
        if container.sidecar:
            sidecar_restarts += container.restarts
        if container.state == "terminated" and container.exit_code == 0:
            continue
        if container.sidecar and container.started:
            ready += container.ready
            continue
        if container.state == "terminated":
            stuck = f"Init:{_ending(container)}"
        elif container.state == "waiting" and container.reason not in ("", "PodInitializing"):
            stuck = f"Init:{container.reason}"
        else:
            stuck = f"Init:{index}/{pod.init_wanted}"
        return stuck, ready, restarts, sidecar_restarts
    return None, ready, restarts, sidecar_restarts


def _main_stage(containers: tuple[ContainerFacts, ...], text: str) -> tuple[str, int]:
    """(status by the first container that has something to say, containers running and ready)."""
    running = 0
    for container in reversed(containers):
        if container.state == "waiting" and container.reason:
            text = container.reason
        elif container.state == "terminated":
            text = _ending(container)
        elif container.ready and container.state == "running":
            running += 1
    return text, running


def _ending(container: ContainerFacts) -> str:
    if container.reason:
        return container.reason
    return f"Signal:{container.signal}" if container.signal else f"ExitCode:{container.exit_code}"


_PASSING = frozenset({"ContainerCreating", "PodInitializing", "Pending", "Terminating", "SchedulingGated", "NotReady"})
"""Statuses of a pod that is on its way and says nothing bad by itself."""

_COUNTING = re.compile(r"Init:\d+/\d+")


def _health(pod: PodFacts, text: str, ready: int) -> Health:
    if text in ("Succeeded", "Completed") and pod.phase in ("Succeeded", ""):
        return Health.GOOD
    if not text:
        return Health.UNKNOWN
    if text in _PASSING or _COUNTING.fullmatch(text):
        fallen = any(_fell(c) for c in pod.containers + pod.init_containers)
        # A crash loop shows as a plain step of the start for the moments between two crashes.
        return Health.BAD if text != "Terminating" and (pod.unschedulable or fallen) else Health.WARN
    if text == "Running":
        if ready >= pod.containers_wanted:
            return Health.GOOD
        return Health.BAD if any(_fell(c) for c in pod.containers) else Health.WARN
    if text in ("Succeeded", "Completed"):
        return Health.WARN
    return Health.BAD


def _fell(container: ContainerFacts) -> bool:
    """Not ready, and its last run ended in failure."""
    return not container.ready and container.restarts > 0 and bool(container.last_exit_code)
