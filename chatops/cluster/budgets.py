"""PodDisruptionBudgets: which of them guard a pod, and how they are put in a few words. It evicts nothing."""

from collections.abc import Iterable, Sequence

from chatops.cluster.asides import aside
from chatops.cluster.models import mapped
from chatops.cluster.pod_models import Pod
from chatops.cluster.policy_models import Budget
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selects


def read_budgets(reader: Reader, namespace: str = "") -> list[Budget]:
    """The budgets of one namespace, or (empty) of all.

    None without the right to see them: an eviction asks them all the same, they only cannot be named beforehand.
    """
    return aside(lambda: reader.every("PodDisruptionBudget", Budget, namespace), [])


def guards(budgets: Iterable[Budget], pod: Pod) -> list[Budget]:
    """The budgets that select the pod."""
    labels = mapped(pod.metadata.labels)
    return [
        budget
        for budget in budgets
        if budget.metadata.namespace == pod.metadata.namespace and selects(budget.spec.selector, labels)
    ]


def forbids(found: Sequence[Budget], pod: Pod) -> bool:
    """Whether an eviction of the pod would be refused now, by what the budgets that guard it last reported.

    The rules are the API server's (registry/core/pod/storage/eviction.go): pods that have ended, have not started or
    go already are exempt; several budgets of one pod are refused; a pod that is not ready may go while the budget is
    met without it, or always where its policy says so.
    """
    if not found or pod.has_ended or pod.status.phase == "Pending" or pod.metadata.deletion_timestamp:
        return False
    if len(found) > 1:
        return True
    status = found[0].status
    if not pod.is_ready:
        met = status.current_healthy >= status.desired_healthy > 0
        if met or found[0].spec.unhealthy_pod_eviction_policy == "AlwaysAllow":
            return False
    return status.disruptions_allowed <= 0


def told(budgets: Iterable[Budget]) -> str:
    """`shop/orders-db 1/2, shop/orders 3/3`: pods that are healthy, and how many must be."""
    return ", ".join(
        f"{budget.metadata.namespace}/{budget.metadata.name} "
        f"{budget.status.current_healthy}/{budget.status.desired_healthy}"
        for budget in budgets
    )
