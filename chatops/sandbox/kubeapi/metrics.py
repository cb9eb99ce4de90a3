"""metrics.k8s.io: what the pods use, made up from their images' behaviour and their limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.controllers.container_run import ContainerRun
from chatops.sandbox.kubeapi.controllers.kubelet import Kubelet
from chatops.sandbox.kubeapi.kinds import NODES, PODS, Obj, Resource
from chatops.sandbox.kubeapi.quantities import quantity
from chatops.sandbox.kubeapi.store import Store
from chatops.sandbox.kubeapi.volume_stats import volumes


class Metrics:
    """Usage by container; only running ones have any."""

    def __init__(self, store: Store, kubelet: Kubelet) -> None:
        self._store = store
        self._kubelet = kubelet
        self.posed: dict[str, Callable[[Obj], None]] = {}
        """By node: what a test does to the kubelet's summary before it is served."""

    def usage(self, run: ContainerRun) -> tuple[int, int]:
        """(bytes, millicores) of one running container; a sick one fills its memory limit over its life."""
        behaviour = run.behaviour
        spread = sum(run.name.encode()) % 7
        memory = behaviour.memory + spread * 1024 * 1024
        limit = ((run.spec.get("resources") or {}).get("limits") or {}).get("memory")
        life = behaviour.life(sick=run.sick, restarts=run.restarts)
        if limit is not None and run.current is not None:
            ceiling = int(quantity(limit))
            if life and behaviour.exit_reason == "OOMKilled":
                age = (self._store.clock.now() - run.current.started).total_seconds() / run.current.pace
                memory = int(memory + (ceiling - memory) * min(1.0, max(0.0, age / life)))
            memory = min(memory, ceiling)
        return memory, behaviour.cpu + spread

    def _containers(self, pod: Obj) -> Iterator[tuple[str, int, int]]:
        run = self._kubelet.run_of(pod["metadata"]["uid"])
        if run is None:
            return
        for each in run.containers:
            if each.state == "running":
                memory, cpu = self.usage(each)
                yield each.name, memory, cpu

    def pod(self, resource: Resource, pod: Obj) -> Obj | None:
        """PodMetrics, None for a pod with nothing running."""
        containers = [
            {"name": name, "usage": {"cpu": f"{cpu}m", "memory": f"{memory // 1024}Ki"}}
            for name, memory, cpu in self._containers(pod)
        ]
        if not containers:
            return None
        meta = pod["metadata"]
        return {
            "kind": resource.kind,
            "apiVersion": resource.api_version,
            **self._frame(meta),
            "containers": containers,
        }

    def node(self, resource: Resource, node: Obj) -> Obj:
        """NodeMetrics: the pods' sum and a little for the system."""
        memory, cpu = 900 * 1024 * 1024, 120
        for pod in self._store.all(PODS):
            if pod["spec"].get("nodeName") == node["metadata"]["name"]:
                for _, used, millicores in self._containers(pod):
                    memory, cpu = memory + used, cpu + millicores
        return {
            "kind": resource.kind,
            "apiVersion": resource.api_version,
            **self._frame(node["metadata"]),
            "usage": {"cpu": f"{cpu}m", "memory": f"{memory // 1024}Ki"},
        }

    def _frame(self, meta: Obj) -> Obj:
        now = stamp(self._store.clock.now())
        kept = {key: meta[key] for key in ("name", "namespace", "labels") if key in meta}
        return {"metadata": {**kept, "creationTimestamp": now}, "timestamp": now, "window": "15s"}

    def all(self, resource: Resource, namespace: str) -> list[Obj]:
        """Every object's metrics."""
        if resource.plural == "nodes":
            return [self.node(resource, node) for node in self._store.all(NODES)]
        found = (self.pod(resource, pod) for pod in self._store.all(PODS, namespace))
        return [each for each in found if each is not None]

    def summary(self, node: Obj) -> Obj:
        """The kubelet's /stats/summary, as far as disks and memory go."""
        now = stamp(self._store.clock.now())
        capacity = 100 * 1024**3
        used = 38 * 1024**3
        disk = {
            "time": now,
            "capacityBytes": capacity,
            "usedBytes": used,
            "availableBytes": capacity - used,
            "inodes": 6_553_600,
            "inodesUsed": 412_000,
            "inodesFree": 6_141_600,
        }
        pods = []
        for pod in self._store.all(PODS):
            if pod["spec"].get("nodeName") != node["metadata"]["name"]:
                continue
            meta = pod["metadata"]
            pods.append(
                {
                    "podRef": {key: meta[key] for key in ("name", "namespace", "uid")},
                    "startTime": meta["creationTimestamp"],
                    "containers": [
                        {
                            "name": name,
                            "cpu": {"time": now, "usageNanoCores": cpu * 1_000_000},
                            "memory": {"time": now, "workingSetBytes": memory, "usageBytes": memory},
                        }
                        for name, memory, cpu in self._containers(pod)
                    ],
                    "volume": volumes(self._store, pod, now),
                    "ephemeral-storage": {**disk, "usedBytes": 4 * 1024**2},
                }
            )
        summary: Obj = {
            "node": {
                "nodeName": node["metadata"]["name"],
                "startTime": node["metadata"]["creationTimestamp"],
                "cpu": {"time": now, "usageNanoCores": 740_000_000},
                "memory": {"time": now, "workingSetBytes": 6 * 1024**3, "availableBytes": 10 * 1024**3},
                "fs": disk,
                "runtime": {"imageFs": disk},
                "rlimit": {"time": now, "maxpid": 4_194_304, "curproc": 512},
            },
            "pods": pods,
        }
        edit = self.posed.get(node["metadata"]["name"])
        if edit is not None:
            edit(summary)
        return summary
