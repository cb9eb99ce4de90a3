"""What the views of all kinds are made with: traits without blanks, workloads above pods."""

from collections.abc import Iterable
from functools import partial

from chatops.cluster.answers import decode
from chatops.cluster.asides import aside
from chatops.cluster.models import Texts, Workload, mapped
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod, Template
from chatops.cluster.reader import Reader
from chatops.core.objects import Tie, TieRole, Trait
from chatops.core.resources import WORKLOADS, ObjectRef


def traits(**known: str | int | bool | None) -> dict[Trait, str]:
    """Traits by their names in lower case: True is "yes"; what is empty, None or False is left out, 0 is not."""
    found: dict[Trait, str] = {}
    for name, value in known.items():
        if value is None or value is False or value == "":
            continue
        found[Trait(name)] = "yes" if value is True else safe_text(str(value))
    return found


def words(*parts: str) -> str:
    """The parts that say something, as one line."""
    return ", ".join(part for part in parts if part)


def workload_ties(reader: Reader, pods: Iterable[Pod], role: TieRole = TieRole.TARGET) -> tuple[Tie, ...]:
    """The workloads that made these pods, once each, then the pods that none made."""
    above: dict[ObjectRef, None] = {}
    alone: list[Tie] = []
    of_owner: dict[str, ObjectRef | None] = {}
    for pod in pods:
        owner = pod.metadata.controller
        uid = owner.uid if owner else ""
        if uid not in of_owner:
            meta = pod.metadata
            of_owner[uid] = aside(partial(reader.workload_above, meta), None) if uid else None
        workload = of_owner[uid]
        if workload:
            above.setdefault(workload)
        else:
            alone.append(Tie(TieRole.POD, reader.ref("Pod", pod.metadata)))
    return (*(Tie(role, ref) for ref in above), *alone)


def sleeping_workloads(reader: Reader, namespace: str, selector: Texts) -> tuple[Tie, ...]:
    """Workloads whose pods a selector would match, for a selector that matches none now."""
    wanted = mapped(selector).items()
    found: list[Tie] = []
    for kind in WORKLOADS:
        workloads: list[Workload] = aside(partial(reader.every, kind, Workload, namespace), [])
        for workload in workloads:
            labels = mapped(decode(workload.spec.template, Template).metadata.labels)
            if all(labels.get(key) == value for key, value in wanted):
                found.append(Tie(TieRole.TARGET, reader.ref(kind, workload.metadata)))
    return tuple(found)
