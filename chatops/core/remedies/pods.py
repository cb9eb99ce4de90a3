"""Candidates for a pod: recreate it, move it, or end what will not end by itself."""

from collections.abc import Iterator

from chatops.core.applicable import leaving
from chatops.core.remedies.values import Candidate, candidate
from chatops.core.resources import Health, ObjectRef, PodView

STUCK = ("Pending", "Unknown", "ContainerCreating", "NodeLost")

OVER = ("Terminating", "Completed", "Succeeded")
"""On their way out by themselves: deleting them again changes nothing."""


def for_pod(pod: PodView, *, named: bool) -> Iterator[Candidate]:
    """A pod that nobody recreates is never suggested for deletion, only offered on its own screen.

    `named`: an alert names this very pod, so a fresh one may help even where Kubernetes sees nothing wrong with it.
    """
    if leaving(pod):
        yield candidate(88, "force_delete_pod", pod.ref, "stuck_terminating")
    if pod.owner is None or pod.status in OVER:
        return
    if pod.health is not Health.GOOD:
        yield candidate(_despair(pod, pod.owner), "delete_pod", pod.ref, "recreates_pod")
    elif named:
        yield candidate(38, "delete_pod", pod.ref, "recreates_pod")


def _despair(pod: PodView, owner: ObjectRef) -> int:
    """A Job makes a new pod by itself while it may, and none when it may not."""
    if owner.kind == "Job":
        return 40
    return 70 if pod.status in STUCK or pod.status.startswith("Init:") else 60
