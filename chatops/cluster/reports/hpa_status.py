"""hpa_status: where an autoscaler is between its bounds, what its metrics say, and why it does not do more."""

from datetime import datetime

from chatops.cluster.ages import ago
from chatops.cluster.models import Workload
from chatops.cluster.places import known
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import conditions, rank, section, without
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.standing import said
from chatops.cluster.standings.autoscalers import autoscaler_standing, metric_lines, wants_more
from chatops.cluster.workloads import desired_of, ready_of
from chatops.core.reports import Report
from chatops.core.resources import WORKLOADS, ObjectRef


def hpa_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    hpa = reader.fetch(ref, HorizontalPodAutoscaler)
    standing = autoscaler_standing(hpa)
    beside = Beside()
    target = _target(reader, hpa)
    workload = beside.read(f"get {target.kind}", lambda: _fetched(reader, target), None)
    if target.kind in WORKLOADS and workload is None and not beside.refused:
        beside.note("hpa_no_target", f"{target.kind}/{target.name}")
    if wants_more(hpa):
        beside.note("hpa_wants_more", str(hpa.spec.max_replicas))
    elif hpa.at_maximum:
        beside.note("hpa_at_maximum", str(hpa.spec.max_replicas))
    ready = f" {ready_of(workload)}/{desired_of(workload)} ready" if workload else ""
    return Report(
        "hpa_status",
        reader.ref(ref.kind, hpa.metadata),
        standing.health,
        facts=(
            *without(standing.facts, "metrics", "target", "last scale"),
            *said(
                ("target", f"{target.kind}/{target.name}{ready}"),
                ("last scale", ago(hpa.status.last_scale_time, now) or "never"),
            ),
        ),
        sections=(
            *section("Metrics", sorted(metric_lines(hpa), key=rank)),
            *conditions(standing.conditions, now),
        ),
        notes=beside.notes,
        related=(target,) if known(target.kind) and (workload or target.kind not in WORKLOADS) else (),
    )


def _target(reader: Reader, hpa: HorizontalPodAutoscaler) -> ObjectRef:
    named = hpa.spec.scale_target_ref
    return ObjectRef(named.kind, named.name, hpa.metadata.namespace, cluster=reader.name)


def _fetched(reader: Reader, target: ObjectRef) -> Workload | None:
    """The target, where it is of a kind whose pods can be counted."""
    return reader.fetch(target, Workload) if target.kind in WORKLOADS else None
