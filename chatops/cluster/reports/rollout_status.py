"""rollout_status: where the rollout of a workload stands, as `kubectl rollout status` judges it, and its conditions."""

from datetime import datetime

from chatops.cluster.crowds import crowd_of
from chatops.cluster.facts import workload_facts
from chatops.cluster.models import Workload, listed
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.reader import Reader
from chatops.cluster.reports.sections import conditions
from chatops.cluster.workloads import workload_health, workload_ref
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef

_SHOWN = ("ready", "updated", "available", "revision", "paused", "strategy")


def rollout_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    workload = reader.fetch(ref, Workload)
    progress = rollout_progress(workload)
    pods = crowd_of(reader, workload).worst
    facts = {label: value for label, value in workload_facts(workload) if label in _SHOWN}
    standing = "done" if progress.finished else progress.failed or progress.detail
    return Report(
        "rollout_status",
        workload_ref(workload, reader.name),
        workload_health(workload, pods),
        facts=(("rollout", standing), *facts.items()),
        sections=conditions(listed(workload.status.conditions), now),
        related=tuple(pod.ref for pod in pods if pod.health is Health.BAD)[:4],
    )
