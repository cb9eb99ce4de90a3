"""The revisions of a workload: what a rollback can go back to.

Deployments keep theirs as ReplicaSets, StatefulSets and DaemonSets as ControllerRevisions; here both are
`Revision`. Numbers are the controller's own. It fetches the list and decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from chatops.cluster.answers import decode
from chatops.cluster.models import ControllerRevision, Meta, Workload, listed, mapped
from chatops.cluster.pod_models import Template
from chatops.cluster.reader import Reader
from chatops.cluster.selectors import selector_text
from chatops.core.resources import ImageChange

REVISION = "deployment.kubernetes.io/revision"
"""Where the deployment controller writes the number, on the Deployment and on each of its ReplicaSets."""

_HASH = "pod-template-hash"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its number, when its object was made, the pod template as JSON values, the object's annotations."""

    number: int
    created_at: datetime | None
    template: dict[str, Any]
    annotations: dict[str, str]
    name: str = ""


class _Patch(msgspec.Struct):
    spec: dict[str, Any] = {}


def revisions(reader: Reader, workload: Workload) -> list[Revision]:
    """The revisions this workload's controller keeps, oldest first, without foreign objects of the same labels."""
    selector = selector_text(workload.spec.selector)
    if selector is None:
        return []
    namespace = workload.metadata.namespace
    if workload.kind == "Deployment":
        sets = reader.every("ReplicaSet", Workload, namespace, labels=selector)
        found = [_of_replica_set(rs) for rs in sets if _owned(rs.metadata, workload) and _number(rs.metadata)]
    else:
        kept = reader.every("ControllerRevision", ControllerRevision, namespace, labels=selector)
        found = [_of_controller_revision(entry) for entry in kept if _owned(entry.metadata, workload)]
    return sorted(found, key=lambda revision: revision.number)


def template_of(workload: Workload) -> dict[str, Any]:
    """The pod template in comparable form: no hash label, no empty creation time."""
    return _plain(decode(workload.spec.template, dict[str, Any]))


def current_of(workload: Workload, known: list[Revision]) -> Revision | None:
    """The revision the workload's spec stands for; None while its controller has not recorded it yet."""
    if workload.kind == "Deployment":
        number = _number(workload.metadata)
        by_number = next((revision for revision in known if revision.number == number), None)
        if by_number is not None:
            return by_number
    template = template_of(workload)
    return next((revision for revision in reversed(known) if revision.template == template), None)


def previous_of(current: Revision | None, known: list[Revision], template: dict[str, Any]) -> Revision | None:
    """The revision a rollback goes to: the highest before the current one that is not the same thing again."""
    older = [revision for revision in known if current is None or revision.number < current.number]
    return next((revision for revision in reversed(older) if revision.template != template), None)


def image_changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[ImageChange, ...]:
    """Containers whose image differs between two templates, in the order of `after`."""
    old, new = _images(before), _images(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        ImageChange(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)
    )


def _images(template: dict[str, Any]) -> dict[str, str]:
    try:
        spec = msgspec.convert(template, Template).spec
    except msgspec.ValidationError:
        return {}
    return {c.name: c.image for c in (*listed(spec.init_containers), *listed(spec.containers))}


def _owned(meta: Meta, workload: Workload) -> bool:
    owner = meta.controller
    return owner is not None and owner.uid == workload.metadata.uid


def _number(meta: Meta) -> int:
    text = meta.annotation(REVISION)
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _of_replica_set(rs: Workload) -> Revision:
    return Revision(
        number=_number(rs.metadata),
        created_at=rs.metadata.creation_timestamp,
        template=template_of(rs),
        annotations=dict(mapped(rs.metadata.annotations)),
        name=rs.metadata.name,
    )


def _of_controller_revision(entry: ControllerRevision) -> Revision:
    template = decode(entry.data, _Patch).spec.get("template")
    return Revision(
        number=entry.revision,
        created_at=entry.metadata.creation_timestamp,
        template=_plain(template if isinstance(template, dict) else {}),
        annotations=dict(mapped(entry.metadata.annotations)),
        name=entry.metadata.name,
    )


def _plain(template: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in template.items() if key != "$patch"}
    meta = plain.get("metadata")
    if isinstance(meta, dict):
        labels = {k: v for k, v in (meta.get("labels") or {}).items() if k != _HASH}
        rest = {k: v for k, v in meta.items() if k not in ("creationTimestamp", "labels") and v is not None}
        plain["metadata"] = {**rest, **({"labels": labels} if labels else {})}
    return plain
