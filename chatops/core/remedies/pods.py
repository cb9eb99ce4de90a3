"""Candidates for a pod: recreate it, move it, or end what will not end by itself."""

from collections.abc import Iterator

from chatops.core.applicable import leaving
from chatops.core.remedies.values import Candidate, candidate
from chatops.core.resources import Health, PodView

STUCK = ("Pending", "Unknown", "ContainerCreating", "NodeLost")

OVER = ("Terminating", "Completed", "Succeeded")
"""On their way out by themselves: deleting them again changes nothing."""


def for_pod(pod: PodView) -> Iterator[Candidate]:
    """A pod that nobody recreates is never suggested for deletion, only offered on its own screen."""
    if leaving(pod):
        yield candidate(88, "force_delete_pod", pod.ref, "stuck_terminating")
    if pod.owner is None or pod.health is Health.GOOD or pod.status in OVER:
        return
    stuck = pod.status in STUCK or pod.status.startswith("Init:")
    yield candidate(70 if stuck else 60, "delete_pod", pod.ref, "recreates_pod")
