"""What it means beyond itself that a pod goes: data that is lost, workloads left with nothing. It changes nothing."""

from collections.abc import Iterable

from chatops.cluster.budgets import forbids, guards, read_budgets, told
from chatops.cluster.models import Workload, listed
from chatops.cluster.owners import maker
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of, ready_of
from chatops.core import cautions
from chatops.core.actions import Caution
from chatops.core.resources import ObjectRef

MOST_NAMES = 5
"""Names of objects in one sentence."""


def scratch_volumes(pod: Pod) -> tuple[str, ...]:
    """Names of its emptyDir volumes, whose content goes with the pod."""
    return tuple(volume.name for volume in listed(pod.spec.volumes) if volume.empty_dir is not None)


def left_without(leaving: Iterable[Pod], others: Iterable[Pod]) -> tuple[str, ...]:
    """`kind/name` of the workloads that serve with pods of `leaving`, and with none of `others`."""
    serving = {maker(pod.metadata) for pod in others if pod.is_ready}
    hit = {maker(pod.metadata) for pod in leaving if pod.is_ready}
    made = sorted(each for each in hit - serving if each is not None)
    return tuple(f"{kind}/{name}" for _, kind, name in made if kind != "Job")


def pod_cautions(reader: Reader, pod: Pod, above: ObjectRef | None) -> tuple[Caution, ...]:
    """What to mind when this one pod goes. `above` is the workload that in the end made it."""
    found: list[Caution] = []
    if pod.metadata.controller is None:
        found.append(Caution(cautions.OWNERLESS))
    elif above is not None and _is_last(reader, pod, above):
        found.append(Caution(cautions.LAST_REPLICA, f"{above.kind}/{above.name}"))
    if volumes := scratch_volumes(pod):
        found.append(Caution(cautions.EMPTY_DIR, names(volumes)))
    return tuple(found)


def unasked_budgets(reader: Reader, pod: Pod) -> tuple[Caution, ...]:
    """The budgets that would forbid an eviction now, for a plain deletion, which does not ask them."""
    guarding = guards(read_budgets(reader, pod.metadata.namespace), pod)
    return (Caution(cautions.BUDGET_UNASKED, told(guarding)),) if forbids(guarding, pod) else ()


def template_cautions(workload: Workload) -> tuple[Caution, ...]:
    """What to mind when the workload's pods are replaced by those of another template."""
    strategy = workload.spec.strategy
    if strategy is not None and strategy.type == "Recreate":
        return (Caution(cautions.RECREATE),)
    return (Caution(cautions.ALL_AT_ONCE),) if _stops_all(workload) else ()


def names(found: Iterable[str]) -> str:
    """The first few names, and how many there are beside them."""
    several = list(found)
    more = len(several) - MOST_NAMES
    return ", ".join(several[:MOST_NAMES]) + (f" +{more}" if more > 0 else "")


def _is_last(reader: Reader, pod: Pod, above: ObjectRef) -> bool:
    return pod.is_ready and ready_of(reader.fetch(above, Workload)) <= 1


def _stops_all(workload: Workload) -> bool:
    """Whether a rolling update may stop every pod there is before the first new one is ready."""
    count = desired_of(workload)
    if not count or workload.kind == "DaemonSet":
        return False
    if workload.kind == "StatefulSet":
        return count == 1
    rolling = workload.spec.strategy.rolling_update if workload.spec.strategy else None
    if rolling is None or rolling.max_unavailable is None:
        return False
    return _share(rolling.max_unavailable, count) >= count


def _share(value: int | str, count: int) -> int:
    """maxUnavailable in pods: a number, or a percentage rounded down."""
    text = str(value)
    if not text.removesuffix("%").isdecimal() or len(text) > 9:
        return 0
    return int(text[:-1]) * count // 100 if text.endswith("%") else int(text)
