"""The stand-in API server: a cluster, its door on loopback, and the hands a test or a demo moves it with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from chatops.sandbox.kubeapi import admission, defaults
from chatops.sandbox.kubeapi.api import Api
from chatops.sandbox.kubeapi.behaviours import Behaviour
from chatops.sandbox.kubeapi.clock import Clock, StepClock, WallClock
from chatops.sandbox.kubeapi.cluster import Cluster
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.exec import Command
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.kinds import NAMESPACES, Obj, Resource
from chatops.sandbox.kubeapi.transport import Transport

_DOCUMENT = re.compile(r"^---\s*$", re.MULTILINE)


class KubeApiServer:
    """A Kubernetes API on http://host:port.

    With `auto` the controllers run by themselves on the wall's time, `speed` scripted seconds to a real one;
    without it nothing moves but by `step`. A `token` makes the server demand it. `seed` makes uids and
    generated names repeatable. Port 0 takes a free one. As a context manager it starts and stops itself.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        token: str | None = None,
        clock: Clock | None = None,
        speed: float = 1.0,
        auto: bool = True,
        seed: int | None = None,
        metrics: bool = True,
    ) -> None:
        self.clock: Clock = clock if clock is not None else (WallClock() if auto else StepClock())
        self.token = token
        self._auto = auto
        self._running = False
        self.cluster = Cluster(clock=self.clock, token=token, speed=speed, seed=seed, metrics=metrics)
        self.store = self.cluster.store
        self.kinds = self.cluster.kinds
        self.access = self.cluster.access
        self.requests = self.cluster.requests
        self.faults = self.cluster.faults
        self.behaviours = self.cluster.behaviours
        self._transport = Transport(Api(self.cluster), host=host, port=port)
        for name in ("default", "kube-system", "kube-public", "kube-node-lease"):
            self._namespace(name)

    def start(self) -> KubeApiServer:
        """Listen, and with `auto` set the controllers going. OSError when the port is taken."""
        self.cluster.closing.clear()
        self._transport.open()
        if self._auto:
            self.cluster.loop.start()
        self._running = True
        return self

    def stop(self) -> None:
        """Stop the controllers and close every connection; stopping twice does nothing."""
        if not self._running:
            return
        self._running = False
        self.cluster.loop.stop()
        self._hang_up()

    def __enter__(self) -> KubeApiServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _hang_up(self) -> None:
        self.cluster.closing.set()
        self.cluster.store.journal.wake()
        self._transport.close()

    def go_away(self) -> None:
        """Refuse connections, as a dead API server; the cluster itself goes on."""
        self._hang_up()

    def come_back(self) -> None:
        """Listen again on the same port."""
        self.cluster.closing.clear()
        self._transport.open()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self._transport.host}:{self._transport.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._transport.port

    def kubeconfig(self, path: str | Path, context: str = "demo", *, namespace: str = "default") -> Path:
        """Write a kubeconfig with this one context and return its path."""
        user: Obj = {"token": self.token} if self.token else {}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": {"server": self.url}}],
            "users": [{"name": context, "user": user}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context, "namespace": namespace}}],
        }
        target = Path(path)
        target.write_bytes(msgspec.yaml.encode(config))
        target.chmod(0o600)
        return target

    def _namespace(self, name: str) -> None:
        if self.store.find(NAMESPACES, "", name) is None:
            obj: Obj = {"metadata": {"name": name}}
            defaults.fill(NAMESPACES, obj)
            self.store.create(NAMESPACES, obj)

    def apply(self, manifest: Obj | str | Iterable[Obj]) -> list[Obj]:
        """Seed objects from a manifest, a list of them, or YAML text; existing ones are replaced.

        A status, uid or creationTimestamp given is kept. A pod given with a running or finished status is
        posed: the kubelet leaves it as told. ValueError for a kind that is not served.
        """
        return [self._seed(obj) for obj in _manifests(manifest)]

    def _seed(self, given: Obj) -> Obj:
        obj = copied(given)
        resource = self.kinds.of(str(obj.get("apiVersion")), str(obj.get("kind")))
        if resource is None:
            raise ValueError(f"not served: {obj.get('apiVersion')} {obj.get('kind')}")
        meta = obj.setdefault("metadata", {})
        if resource.namespaced:
            self._namespace(meta.setdefault("namespace", "default"))
        posed = resource.key == "pods" and (obj.get("status") or {}).get("phase") not in (None, "Pending")
        defaults.fill(resource, obj)
        admission.prepare(self.store, resource, obj)
        meta.pop("resourceVersion", None)
        if self.store.find(resource, meta.get("namespace", ""), meta.get("name", "")) is not None:
            meta.pop("uid", None)
            stored = self.store.replace(resource, obj, seeded=True)
        else:
            stored = self.store.create(resource, obj, seeded=True)
        if posed:
            self.cluster.kubelet.pose([stored["metadata"]["uid"]])
        return stored

    def get(self, kind: str, name: str, namespace: str = "") -> Obj | None:
        """A copy of an object by kind (`Deployment`) and name, None when it is not there."""
        resource = self._resource(kind)
        found = self.store.find(resource, namespace if resource.namespaced else "", name)
        return copied(found)

    def list(self, kind: str, namespace: str = "") -> list[Obj]:
        """Copies of all objects of a kind, of one namespace or of all."""
        return copied(self.store.all(self._resource(kind), namespace))

    def _resource(self, kind: str) -> Resource:
        for resource in self.kinds:
            if resource.kind == kind:
                return resource
        raise ValueError(f"not served: {kind}")

    def register(self, resource: Resource) -> None:
        """Serve one more resource, as a CRD would (see `kinds.custom_resource`)."""
        self.kinds.add(resource)

    def behave(self, image: str, behaviour: Behaviour) -> None:
        """Images matching this shell-style pattern behave so from their next container start."""
        self.behaviours.set(image, behaviour)

    def set_logs(
        self,
        namespace: str,
        pod: str,
        container: str,
        lines: Iterable[tuple[datetime, str]],
        *,
        previous: bool = False,
    ) -> None:
        """Tell what a pod's container has written; LookupError when the pod is not there."""
        found = self.get("Pod", pod, namespace)
        if found is None:
            raise LookupError(f"{namespace}/{pod}")
        key = (found["metadata"]["uid"], container, previous)
        self.cluster.kubelet.posed_logs[key] = list(lines)

    def set_command(self, namespace: str, pod: str, container: str, command: Command) -> None:
        """Tell what a command does in a pod's container; LookupError when the pod is not there."""
        found = self.get("Pod", pod, namespace)
        if found is None:
            raise LookupError(f"{namespace}/{pod}")
        self.cluster.exec.script(found["metadata"]["uid"], container, command)

    def pose_stats(self, node: str, edit: Callable[[Obj], None]) -> None:
        """Change what the kubelet of a node tells of disks, memory and pods, each time before it is served."""
        self.cluster.metrics.posed[node] = edit

    def step(self, seconds: float = 0.0) -> None:
        """Without `auto`: let everything happen that is due within `seconds`, moment by moment."""
        if self._auto and self._running:
            raise RuntimeError("the controllers run by themselves; use auto=False to step them")
        self.cluster.loop.step(seconds)

    def stop_node(self, name: str) -> None:
        """Silence a node's kubelet: NotReady, its pods unready and stuck when deleted."""
        self.cluster.kubelet.stopped_nodes.add(name)
        self.store.journal.wake()

    def start_node(self, name: str) -> None:
        """Let the kubelet speak again."""
        self.cluster.kubelet.stopped_nodes.discard(name)
        self.store.journal.wake()

    def fail(self, fault: Fault) -> Fault:
        """Add a fault to the script."""
        return self.faults.add(fault)

    def compact(self) -> None:
        """Forget the past: older watches get 410, older continue tokens too."""
        self.store.journal.forget(self.store.version)
        self.cluster.pages.expire()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Gone for the length of a with-block."""
        self.go_away()
        try:
            yield
        finally:
            self.come_back()


def _manifests(manifest: Obj | str | Iterable[Obj]) -> Iterator[Obj]:
    given: Iterable[Any]
    if isinstance(manifest, str):
        given = [msgspec.yaml.decode(part) for part in _DOCUMENT.split(manifest) if part.strip()]
    else:
        given = [manifest] if isinstance(manifest, dict) else manifest
    for each in given:
        if each is None:
            continue
        if not isinstance(each, dict):
            raise ValueError("a manifest is an object")
        if str(each.get("kind", "")).endswith("List") and "items" in each:
            yield from each["items"]
        else:
            yield each
