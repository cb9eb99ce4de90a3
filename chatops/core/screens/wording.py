"""What is said of each action: the question before it, what it is called while it runs, and after."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

from chatops.core.texts import mark


@dataclass(frozen=True, slots=True)
class Words:
    """Message ids. `{object}` is the object, other places are parameters of the plan; one that it lacks is empty."""

    question: str
    doing: str
    done: str
    not_done: str
    label: str = ""
    """The card's button, whose label says what will happen; empty: the action's title says it."""
    count: str = ""
    """How far it is; empty for what is done at once."""


READY = mark("{done} of {total} ready")
GONE = mark("{done} of {total} pods gone")

WORDS = {
    "rollout_restart": Words(
        mark("Restart {object}?"),
        mark("Restarting {object}"),
        mark("Restarted {object}"),
        mark("Could not restart {object}"),
        mark("Restart {name}"),
        count=READY,
    ),
    "rollout_undo": Words(
        mark("Roll back {object} to revision {revision}?"),
        mark("Rolling back {object} → {revision}"),
        mark("Rolled back {object} to {revision}"),
        mark("Could not roll back {object}"),
        mark("Roll back to {revision}"),
        count=READY,
    ),
    "rollout_pause": Words(
        mark("Pause the rollout of {object}?"),
        mark("Pausing the rollout of {object}"),
        mark("Paused the rollout of {object}"),
        mark("Could not pause {object}"),
    ),
    "rollout_resume": Words(
        mark("Resume the rollout of {object}?"),
        mark("Resuming the rollout of {object}"),
        mark("Resumed the rollout of {object}"),
        mark("Could not resume {object}"),
        count=READY,
    ),
    "scale_up": Words(
        mark("Scale {object} to {replicas}?"),
        mark("Scaling {object} → {replicas}"),
        mark("Scaled {object} to {replicas}"),
        mark("Could not scale {object}"),
        mark("Scale up to {replicas}"),
        count=READY,
    ),
    "scale_down": Words(
        mark("Scale {object} to {replicas}?"),
        mark("Scaling {object} → {replicas}"),
        mark("Scaled {object} to {replicas}"),
        mark("Could not scale {object}"),
        mark("Scale down to {replicas}"),
        count=READY,
    ),
    "raise_memory_limit": Words(
        mark("Set the memory limit of {container} in {object} to {memory}?"),
        mark("Setting memory of {object} → {memory}"),
        mark("Set the memory limit of {object} to {memory}"),
        mark("Could not set the memory limit of {object}"),
        mark("Memory {memory}"),
        count=READY,
    ),
    "raise_cpu_limit": Words(
        mark("Set the CPU limit of {container} in {object} to {cpu}?"),
        mark("Setting CPU of {object} → {cpu}"),
        mark("Set the CPU limit of {object} to {cpu}"),
        mark("Could not set the CPU limit of {object}"),
        mark("CPU {cpu}"),
        count=READY,
    ),
    "delete_pod": Words(
        mark("Delete pod {object}?"),
        mark("Deleting pod {object}"),
        mark("Deleted pod {object}"),
        mark("Could not delete pod {object}"),
        count=READY,
    ),
    "evict_pod": Words(
        mark("Evict pod {object}?"),
        mark("Evicting pod {object}"),
        mark("Evicted pod {object}"),
        mark("Could not evict pod {object}"),
        mark("Evict {name}"),
        count=READY,
    ),
    "force_delete_pod": Words(
        mark("Delete pod {object} by force?"),
        mark("Deleting pod {object} by force"),
        mark("Deleted pod {object} by force"),
        mark("Could not delete pod {object} by force"),
    ),
    "cleanup_pods": Words(
        mark("Delete the failed pods of {object}?"),
        mark("Cleaning up the failed pods of {object}"),
        mark("Cleaned up the failed pods of {object}"),
        mark("Could not clean up the pods of {object}"),
        mark("Clean up {count} failed"),
        count=GONE,
    ),
    "cordon": Words(
        mark("Cordon node {object}?"),
        mark("Cordoning node {object}"),
        mark("Cordoned node {object}"),
        mark("Could not cordon node {object}"),
        mark("Cordon {name}"),
    ),
    "uncordon": Words(
        mark("Uncordon node {object}?"),
        mark("Uncordoning node {object}"),
        mark("Uncordoned node {object}"),
        mark("Could not uncordon node {object}"),
        mark("Uncordon {name}"),
    ),
    "drain": Words(
        mark("Drain node {object}?"),
        mark("Draining node {object}"),
        mark("Drained node {object}"),
        mark("Could not drain node {object}"),
        mark("Drain {name}"),
        count=GONE,
    ),
    "delete_node": Words(
        mark("Delete the node object {object}?"),
        mark("Deleting the node object {object}"),
        mark("Deleted the node object {object}"),
        mark("Could not delete the node object {object}"),
    ),
    "hpa_raise_max": Words(
        mark("Set the maximum of {object} to {max}?"),
        mark("Setting the maximum of {object} → {max}"),
        mark("Set the maximum of {object} to {max}"),
        mark("Could not set the maximum of {object}"),
        mark("Maximum to {max}"),
    ),
    "hpa_lower_min": Words(
        mark("Set the minimum of {object} to {min}?"),
        mark("Setting the minimum of {object} → {min}"),
        mark("Set the minimum of {object} to {min}"),
        mark("Could not set the minimum of {object}"),
        mark("Minimum to {min}"),
    ),
    "job_rerun": Words(
        mark("Run job {object} again?"),
        mark("Running job {object} again"),
        mark("Job {object} ran again"),
        mark("Could not run job {object} again"),
    ),
    "job_delete": Words(
        mark("Delete job {object} with its pods and logs?"),
        mark("Deleting job {object}"),
        mark("Deleted job {object}"),
        mark("Could not delete job {object}"),
    ),
    "cronjob_trigger": Words(
        mark("Run {object} now?"),
        mark("Running {object} now"),
        mark("{object} ran"),
        mark("Could not run {object}"),
    ),
    "cronjob_suspend": Words(
        mark("Suspend {object}?"),
        mark("Suspending {object}"),
        mark("Suspended {object}"),
        mark("Could not suspend {object}"),
    ),
    "cronjob_resume": Words(
        mark("Resume {object}?"),
        mark("Resuming {object}"),
        mark("Resumed {object}"),
        mark("Could not resume {object}"),
    ),
    "pvc_expand": Words(
        mark("Expand volume {object} to {size}?"),
        mark("Expanding volume {object} → {size}"),
        mark("Expanded volume {object} to {size}"),
        mark("Could not expand volume {object}"),
        mark("Expand to {size}"),
    ),
    "raise_quota": Words(
        mark("Set {resource} of quota {object} to {value}?"),
        mark("Setting quota {object} → {value}"),
        mark("Set {resource} of quota {object} to {value}"),
        mark("Could not set quota {object}"),
        mark("Quota to {value}"),
    ),
    "approve_csr": Words(
        mark("Approve certificate request {object}?"),
        mark("Approving {object}"),
        mark("Approved {object}"),
        mark("Could not approve {object}"),
    ),
    "cert_renew": Words(
        mark("Renew certificate {object} now?"),
        mark("Renewing {object}"),
        mark("Renewed {object}"),
        mark("Could not renew {object}"),
    ),
    "gitops_sync": Words(
        mark("Sync {object} now?"),
        mark("Syncing {object}"),
        mark("Synced {object}"),
        mark("Could not sync {object}"),
    ),
}


def label_of(action: str, params: Mapping[str, object]) -> str:
    """The label that says what will happen; empty where there is none, or the plan does not say it yet."""
    words = WORDS.get(action)
    known = {"name", *params}
    return words.label if words and _places(words.label) <= known else ""


def _places(sentence: str) -> frozenset[str]:
    return frozenset(place for _, place, _, _ in string.Formatter().parse(sentence) if place is not None)


_SENTENCES = tuple(text for words in WORDS.values() for text in (words.question, words.doing, words.done, words.label))
PLACES = frozenset[str]().union(*map(_places, _SENTENCES))


def filling(params: Mapping[str, object], **more: object) -> dict[str, object]:
    """What fills a sentence about a plan: its parameters, and nothing for a place that it lacks."""
    return {**dict.fromkeys(PLACES, ""), **params, **more}
