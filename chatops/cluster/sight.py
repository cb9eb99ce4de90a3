"""A reader that remembers, for the length of one look: each object and each list is asked for once."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from chatops.cluster.models import Thing, Workload
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader, same_incarnation
from chatops.cluster.selectors import selector_text
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

T = TypeVar("T", bound=Thing)
R = TypeVar("R")


class Sight(Reader):
    """Everything seen stays as it was first seen. Refusals are remembered too; what fails for now is asked again."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.connection, reader.name, diagnostics=reader.diagnostics)
        self.rights, self.served = reader.rights, reader.served
        self._objects: dict[str, bytes | Permanent] = {}
        self._pods: dict[tuple[str, str], Pod] = {}
        self._lists: dict[tuple[object, ...], Any] = {}

    def _version(self, kind: str) -> str:
        """As a reader's own; what nobody serves is simply not there, as far as a look is concerned."""
        try:
            return super()._version(kind)
        except Permanent as failure:
            if failure.reason is not Reason.NOT_SERVED:
                raise
            raise Permanent(Reason.NOT_FOUND, failure.detail) from failure

    def fetch(self, ref: ObjectRef, model: type[T]) -> T:
        pod = self._pods.get((ref.namespace, ref.name)) if ref.kind == "Pod" else None
        if pod is not None and isinstance(pod, model):
            same_incarnation(ref, pod.metadata)
            return pod
        path = self.place(ref)
        if path not in self._objects:
            try:
                self._objects[path] = self.connection.get(path)
            except Permanent as failure:
                self._objects[path] = failure
        found = self._objects[path]
        if isinstance(found, Permanent):
            raise found
        return self._decoded(ref, found, model)

    def fold_pods_of(self, workload: Workload, model: type[T], take: Callable[[Iterator[T]], R]) -> R:
        """As the reader's; from memory where the very list was read already."""
        key = ("Pod", model, workload.metadata.namespace, selector_text(workload.spec.selector), "")
        if key not in self._lists:
            return super().fold_pods_of(workload, model, take)
        owned = self._ownership(workload)
        return take(pod for pod in self._lists[key] if owned(pod.metadata.controller))

    def every(self, kind: str, model: type[T], namespace: str = "", *, labels: str = "", fields: str = "") -> list[T]:
        key = (kind, model, namespace, labels, fields)
        if key not in self._lists:
            self._lists[key] = found = super().every(kind, model, namespace, labels=labels, fields=fields)
            self._pods.update(
                {(pod.metadata.namespace, pod.metadata.name): pod for pod in found if isinstance(pod, Pod)}
            )
        seen: list[T] = self._lists[key]
        return seen

    def outlines(self, kind: str, namespace: str = "") -> list[Thing]:
        key = ("outlines", kind, namespace)
        if key not in self._lists:
            self._lists[key] = super().outlines(kind, namespace)
        seen: list[Thing] = self._lists[key]
        return seen
