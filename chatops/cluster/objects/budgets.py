"""A PodDisruptionBudget: how many of its pods may go, and whose they are."""

from chatops.cluster.asides import aside
from chatops.cluster.objects.views import sleeping_workloads, traits, words, workload_ties
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.policy_models import Budget
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.cluster.standings.policies import budget_standing
from chatops.core.objects import ObjectView, Tie
from chatops.core.resources import ObjectRef


def see_budget(reader: Reader, ref: ObjectRef) -> ObjectView:
    budget = reader.fetch(ref, Budget)
    spec, status = budget.spec, budget.status
    bound = f"min {spec.min_available}" if spec.min_available is not None else f"max unavailable {spec.max_unavailable}"
    return ObjectView(
        reader.ref(ref.kind, budget.metadata),
        budget_standing(budget).health,
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
    selector, namespace = budget.spec.selector, budget.metadata.namespace
    labels = selector_text(selector) if selector else None
    if not selector or not labels:
        return ()
    pods: list[Pod] = aside(lambda: reader.every("Pod", Pod, namespace, labels=labels), [])
    if not pods and selector.match_labels and not selector.match_expressions:
        return sleeping_workloads(reader, namespace, selector.match_labels)
    return workload_ties(reader, pods)
