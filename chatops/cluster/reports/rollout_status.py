"""rollout_status: where the rollout of a workload stands, as `kubectl rollout status` judges it, and its conditions."""

from datetime import datetime

from chatops.cluster.crowds import crowd_of
from chatops.cluster.facts import condition_lines, workload_facts
from chatops.cluster.models import Workload
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import workload_health, workload_ref
from chatops.core.reports import Line, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_SHOWN = ("ready", "updated", "available", "revision", "paused", "strategy")


def rollout_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    workload = reader.fetch(ref, Workload)
    progress = rollout_progress(workload)
    pods = crowd_of(reader, workload).worst
    facts = {label: value for label, value in workload_facts(workload) if label in _SHOWN}
    standing = "done" if progress.finished else progress.failed or progress.detail
    conditions = tuple(
        Line(f"{type} {reason}".rstrip(), Health.GOOD if good else Health.BAD)
        for good, type, reason in condition_lines(workload.status.conditions)
    )
    return Report(
        "rollout_status",
        workload_ref(workload, reader.name),
        workload_health(workload, pods),
        facts=(("rollout", standing), *facts.items()),
        sections=(Section(mark("Conditions"), conditions),) if conditions else (),
        related=tuple(pod.ref for pod in pods if pod.health is Health.BAD)[:4],
    )
