"""Single objects and what hangs together with them, read from the cluster as models. It judges nothing."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from chatops.cluster.answers import decode
from chatops.cluster.connection import Connection
from chatops.cluster.models import Meta, Owner, Thing, Workload, listed
from chatops.cluster.places import collection, place
from chatops.cluster.pod_models import Pod
from chatops.cluster.rights import Rights
from chatops.cluster.selectors import selector_text
from chatops.cluster.served import Served
from chatops.core import diagnostics
from chatops.core.actions import ACTIONS
from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.permissions import SERVED_BY_OTHERS
from chatops.core.resources import WORKLOADS, ObjectRef

T = TypeVar("T", bound=Thing)
R = TypeVar("R")

_HOPS = 4
"""Owners above a pod that are followed: ReplicaSet, Deployment, and what an operator puts on top."""

_STATUS_COUNTS = frozenset({"Application"})
"""Kinds whose CRD has no status subresource: there every change of the status counts in `metadata.generation`."""


class _Spec(msgspec.Struct):
    spec: Any = None


class Reader:
    """Reads one cluster. `name` is what its objects' refs carry as `cluster`. Raises Temporary and Permanent only.

    `diagnostics` says that commands of a fixed list may be run inside containers.
    """

    def __init__(self, connection: Connection, name: str, *, diagnostics: bool = False) -> None:
        self.connection = connection
        self.name = name
        self.diagnostics = diagnostics
        self.rights = Rights(connection)
        self.served = Served(connection)

    def denied(self, kind: str, namespace: str) -> tuple[str, ...]:
        """Ids of the actions on a `kind` there that the credentials may not perform, or the settings leave out."""
        refused = self.rights.denied(kind, namespace)
        if self.diagnostics or kind not in ACTIONS[diagnostics.ACTION].kinds or diagnostics.ACTION in refused:
            return refused
        return (*refused, diagnostics.ACTION)

    def place(self, ref: ObjectRef, part: str = "") -> str:
        """Where the object, or its subresource `part`, lives in this very cluster.

        As `places.place`; for a kind that others serve the cluster is asked, once in a while, for its version.
        """
        return place(ref, part, self._version(ref.kind))

    def collection(self, kind: str, namespace: str = "") -> str:
        """Where all objects of the kind live, as `place`."""
        return collection(kind, namespace, self._version(kind))

    def _version(self, kind: str) -> str:
        return self.served.version(kind) if kind in SERVED_BY_OTHERS else ""

    def fetch(self, ref: ObjectRef, model: type[T]) -> T:
        """The object itself; Permanent(NOT_FOUND) when it is gone, Permanent(REPLACED) when `ref.uid` is another's."""
        return self._decoded(ref, self.connection.get(self.place(ref)), model)

    def look(self, ref: ObjectRef, model: type[T]) -> tuple[T, str]:
        """The object, and a word for the state its spec is in: as long as that is the same, so is what was asked for.

        It is `metadata.generation` where the API server counts it, else a hash of the spec. A status that moves on
        changes neither.
        """
        data = self.connection.get(self.place(ref))
        found = self._decoded(ref, data, model)
        if found.metadata.generation and ref.kind not in _STATUS_COUNTS:
            return found, str(found.metadata.generation)
        spec = decode(data, _Spec).spec
        return found, hashlib.sha256(msgspec.json.encode(spec, order="deterministic")).hexdigest()[:16]

    def _decoded(self, ref: ObjectRef, data: bytes, model: type[T]) -> T:
        found = decode(data, model)
        same_incarnation(ref, found.metadata)
        # Items of a list do not say their kind, and a stranger's answer might not either.
        found.kind = ref.kind
        return found

    def pods_of(self, workload: Workload) -> list[Pod]:
        """The pods the workload's controllers made: by its selector, then by the chain of owners' uids."""
        return self.fold_pods_of(workload, Pod, list)

    def fold_pods_of(self, workload: Workload, model: type[T], take: Callable[[Iterator[T]], R]) -> R:
        """What `take` makes of the workload's pods, given one by one: see `Connection.fold`."""
        selector = selector_text(workload.spec.selector)
        if selector is None:
            return take(iter(()))
        query = {"labelSelector": selector}
        owned = self._ownership(workload)
        path = collection("Pod", workload.metadata.namespace)
        return self.connection.fold(
            path, model, lambda pods: take(pod for pod in pods if owned(pod.metadata.controller)), query
        )

    def replica_sets_of(self, workload: Workload) -> list[Meta]:
        """Of a Deployment: the ReplicaSets it controls."""
        selector = selector_text(workload.spec.selector)
        if selector is None:
            return []
        # As whole workloads, like the revisions are read: within one look both are one request.
        found = self.every("ReplicaSet", Workload, workload.metadata.namespace, labels=selector)
        return [rs.metadata for rs in found if _controlled_by(rs.metadata, workload.metadata.uid)]

    def _ownership(self, workload: Workload) -> Callable[[Owner | None], bool]:
        if workload.kind != "Deployment":
            uid = workload.metadata.uid
            return lambda owner: owner is not None and owner.uid == uid
        try:
            owners = {meta.uid for meta in self.replica_sets_of(workload)}
        except Failure as failure:
            if failure.reason is not Reason.FORBIDDEN:
                raise
            # Without the right to see ReplicaSets their names still tell: "deployment-hash".
            prefix = f"{workload.metadata.name}-"
            return lambda owner: owner is not None and _set_of(owner, prefix)
        return lambda owner: owner is not None and owner.uid in owners

    def pods_on(self, node: str) -> list[Pod]:
        """Every pod bound to the node."""
        return self.fold_pods_on(node, Pod, list)

    def fold_pods_on(self, node: str, model: type[T], take: Callable[[Iterator[T]], R]) -> R:
        """What `take` makes of the pods bound to the node, given one by one: see `Connection.fold`."""
        return self.connection.fold(collection("Pod"), model, take, {"fieldSelector": f"spec.nodeName={node}"})

    def workload_above(self, meta: Meta) -> ObjectRef | None:
        """The Deployment, StatefulSet or DaemonSet that in the end made this object; None when none did."""
        for _ in range(_HOPS):
            owner = meta.controller
            if owner is None:
                return None
            ref = ObjectRef(owner.kind, owner.name, meta.namespace, owner.uid, self.name)
            if owner.kind in WORKLOADS:
                return ref
            if owner.kind != "ReplicaSet":
                return None
            try:
                meta = self.fetch(ref, Thing).metadata
            except Permanent as failure:
                if failure.reason in (Reason.NOT_FOUND, Reason.REPLACED):
                    return None
                raise
        return None

    def every(self, kind: str, model: type[T], namespace: str = "", *, labels: str = "", fields: str = "") -> list[T]:
        """All objects of a kind, of one namespace or of all, that both selectors match."""
        query = {key: text for key, text in (("labelSelector", labels), ("fieldSelector", fields)) if text}
        found = self.connection.list(self.collection(kind, namespace), model, query)
        for each in found:
            each.kind = kind
        return found

    def outlines(self, kind: str, namespace: str = "") -> list[Thing]:
        """The metadata alone of all objects of a kind, which is a tenth of what they weigh."""
        found = self.connection.list(self.collection(kind, namespace), Thing, metadata_only=True)
        for each in found:
            each.kind = kind
        return found

    def ref(self, kind: str, meta: Meta) -> ObjectRef:
        """The reference to this incarnation."""
        return ObjectRef(kind, meta.name, meta.namespace, meta.uid, self.name)

    def named(self, kind: str, name: str) -> list[ObjectRef]:
        """All objects of this kind and name, over all namespaces."""
        found = self.connection.list(self.collection(kind), Thing, {"fieldSelector": f"metadata.name={name}"})
        return [
            ObjectRef(kind, thing.metadata.name, thing.metadata.namespace, thing.metadata.uid, self.name)
            for thing in found
            if thing.metadata.name == name
        ]


def same_incarnation(ref: ObjectRef, meta: Meta) -> None:
    """Raise Permanent(REPLACED) when the object found is not the one that was seen."""
    if ref.uid and meta.uid != ref.uid:
        raise Permanent(Reason.REPLACED, f"{ref.kind} {ref.path} was replaced by another of the same name")


def _controlled_by(meta: Meta, uid: str) -> bool:
    owner = meta.controller
    return owner is not None and owner.uid == uid


def _set_of(owner: Owner, prefix: str) -> bool:
    return owner.kind == "ReplicaSet" and owner.name.startswith(prefix) and "-" not in owner.name[len(prefix) :]


def containers_named(pod: Pod) -> list[str]:
    """Names of the pod's containers, init containers last."""
    return [c.name for c in (*listed(pod.spec.containers), *listed(pod.spec.init_containers))]
