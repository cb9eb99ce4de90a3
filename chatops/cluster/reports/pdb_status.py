"""pdb_status: how many pods a budget can spare, and which of those it counts are not healthy."""

from datetime import datetime

from chatops.cluster.owners import Owners
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.policy_models import Budget
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import conditions, pod_lines, section, without
from chatops.cluster.selectors import selector_text
from chatops.cluster.standings.policies import budget_standing, never_allows
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef


def pdb_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    budget = reader.fetch(ref, Budget)
    standing = budget_standing(budget)
    beside = Beside()
    nobody: list[Pod] = []
    pods = beside.read("list pods", lambda: selected(reader, budget), nobody)
    if not beside.refused:
        _remark(budget, pods, beside)
    views = [pod_view(pod, reader.name) for pod in pods]
    unhealthy = [view for view in views if view.health is not Health.GOOD]
    owners = Owners(reader, budget.metadata.namespace)
    workloads = dict.fromkeys(owner for pod in pods if (owner := owners.of(pod.metadata)) is not None)
    return Report(
        "pdb_status",
        reader.ref(ref.kind, budget.metadata),
        standing.health,
        facts=without(standing.facts),
        sections=(
            *section("Unhealthy pods", pod_lines(unhealthy, now)),
            *conditions(standing.conditions, now),
        ),
        notes=beside.notes,
        related=(*list(workloads)[:2], *(view.ref for view in unhealthy[:4])),
    )


def selected(reader: Reader, budget: Budget) -> list[Pod]:
    """The pods it counts. An empty selector means every pod of the namespace (policy/v1), none at all means none."""
    selector = budget.spec.selector
    if selector is None:
        return []
    text = selector_text(selector)
    if text is None and (selector.match_labels or selector.match_expressions):
        return []
    pods = reader.every("Pod", Pod, budget.metadata.namespace, labels=text or "")
    return [pod for pod in pods if not pod.has_ended]


def _remark(budget: Budget, pods: list[Pod], beside: Beside) -> None:
    status = budget.status
    if not pods:
        beside.note("pdb_no_pods")
    elif never_allows(budget):
        beside.note("pdb_never_allows", str(status.expected_pods))
    elif not status.disruptions_allowed:
        beside.note("pdb_blocks")
    if status.observed_generation < budget.metadata.generation:
        beside.note("not_observed")
