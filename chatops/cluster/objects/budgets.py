"""A PodDisruptionBudget: how many of its pods may go, and whose they are."""

from chatops.cluster.asides import aside
from chatops.cluster.models import Model, Selector, Thing, empty
from chatops.cluster.objects.views import sleeping_workloads, traits, words, workload_ties
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.core.objects import ObjectView, Tie
from chatops.core.resources import Health, ObjectRef


class BudgetSpec(Model):
    selector: Selector = empty(Selector)
    min_available: int | str | None = None
    max_unavailable: int | str | None = None


class BudgetStatus(Model):
    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0


class Budget(Thing):
    spec: BudgetSpec = empty(BudgetSpec)
    status: BudgetStatus = empty(BudgetStatus)


def see_budget(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD with fewer healthy pods than it demands, WARN when none may go."""
    budget = reader.fetch(ref, Budget)
    spec, status = budget.spec, budget.status
    bound = f"min {spec.min_available}" if spec.min_available is not None else f"max unavailable {spec.max_unavailable}"
    health = Health.GOOD if status.disruptions_allowed else Health.WARN
    if status.current_healthy < status.desired_healthy:
        health = Health.BAD
    return ObjectView(
        reader.ref(ref.kind, budget.metadata),
        health,
        traits(
            allowed=status.disruptions_allowed,
            summary=words(
                bound,
                f"{status.current_healthy}/{status.expected_pods} healthy",
                f"{status.disruptions_allowed} may be disrupted",
            ),
        ),
        _ties(reader, budget),
        managed_by(budget.metadata),
    )


def _ties(reader: Reader, budget: Budget) -> tuple[Tie, ...]:
    selector, namespace = selector_text(budget.spec.selector), budget.metadata.namespace
    if selector is None:
        return ()
    pods: list[Pod] = aside(lambda: reader.every("Pod", Pod, namespace, labels=selector), [])
    simple = budget.spec.selector.match_labels if not budget.spec.selector.match_expressions else None
    if not pods and simple:
        return sleeping_workloads(reader, namespace, simple)
    return workload_ties(reader, pods)
