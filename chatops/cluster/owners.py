"""Which workload each of many pods belongs to, told by one list of ReplicaSets, or from names alone."""

from chatops.cluster.asides import aside
from chatops.cluster.models import Meta, Owner, Thing
from chatops.cluster.reader import Reader
from chatops.core.resources import ObjectRef

_HASH = "pod-template-hash"

Made = tuple[str, str, str]
"""Namespace, kind and name of what makes a pod."""


def maker(meta: Meta) -> Made | None:
    """What makes the pod's replacement: its controller, and of a ReplicaSet the Deployment that its name tells.

    A Deployment's ReplicaSet is named after it and its template's hash. None for a pod that nothing makes anew.
    """
    owner = meta.controller
    if owner is None:
        return None
    suffix = f"-{meta.label(_HASH)}"
    if owner.kind == "ReplicaSet" and len(suffix) > 1 and owner.name.endswith(suffix):
        return meta.namespace, "Deployment", owner.name.removesuffix(suffix)
    return meta.namespace, owner.kind, owner.name


class Owners:
    """The owners in one namespace. The ReplicaSets are listed when the first pod of one comes along."""

    def __init__(self, reader: Reader, namespace: str) -> None:
        self._reader = reader
        self._namespace = namespace
        self._deployments: dict[str, Owner] | None = None

    def of(self, meta: Meta) -> ObjectRef | None:
        """The workload (or Job, or whatever controls the pod) as one would name it; None for a pod of nobody's."""
        owner = meta.controller
        if owner is None:
            return None
        if owner.kind == "ReplicaSet":
            owner = self._sets().get(owner.uid, owner)
        return ObjectRef(owner.kind, owner.name, self._namespace, owner.uid, self._reader.name)

    def _sets(self) -> dict[str, Owner]:
        if self._deployments is None:
            # Where they may not be seen, a pod's own owner is a name too, only a less telling one.
            found: list[Thing] = aside(lambda: self._reader.every("ReplicaSet", Thing, self._namespace), [])
            owners = ((each.metadata.uid, each.metadata.controller) for each in found)
            self._deployments = {uid: owner for uid, owner in owners if owner is not None}
        return self._deployments
