"""What is started for one cluster: its own executors, their pool, and the probe that says whether it is there."""

import threading

from chatops.actors.addresses import Address, pool_address
from chatops.actors.directory import Directory
from chatops.actors.executor import ExecutorActor
from chatops.actors.health import Health
from chatops.actors.pool import PoolActor
from chatops.actors.probe import ProbeActor
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.cluster import Cluster
from chatops.settings import Settings


def cluster_specs(directory: Directory, health: Health, settings: Settings, context: str | None) -> list[ChildSpec]:
    """Without a `context` the cluster is that of the current one, or the one whose pod this is."""

    def open_door(stop: threading.Event) -> Cluster:
        return Cluster(
            context,
            settings.kubeconfig,
            stop,
            diagnostics=settings.exec_diagnostics,
            impersonate=settings.kube_impersonate,
        )

    pool = pool_address(context or "")
    executors: list[Address] = [("executor", context or "", number) for number in range(settings.kube_executors)]
    make_pool = starter(PoolActor, directory, executors=executors)
    executor = starter(ExecutorActor, directory, cluster_factory=open_door, pool=pool)
    part = f"cluster {context}" if context else "cluster"
    probe = starter(ProbeActor, directory, open_door=open_door, health=health, part=part)
    return [
        ChildSpec(pool, make_pool),
        *(ChildSpec(each, executor, Restart.TRANSIENT, watcher=pool) for each in executors),
        ChildSpec(("probe", context), probe, Restart.TRANSIENT),
    ]
