"""The smallest cluster with something to mend: one node, and shop/checkout whose newest release crashes."""

from datetime import timedelta

from chatops.sandbox.kubeapi.behaviours import Behaviour
from chatops.sandbox.kubeapi.clock import StepClock
from chatops.sandbox.kubeapi.demo_cluster import release_bad_checkout
from chatops.sandbox.kubeapi.demo_manifests import REGISTRY, container, node, workload
from chatops.sandbox.kubeapi.demo_workloads import GOOD_IMAGE
from chatops.sandbox.kubeapi.server import KubeApiServer

SPEED = 40.0
"""Scripted seconds to a real one: a rollout is over before it is looked at."""

PAST = timedelta(minutes=3)


def small_cluster(server: KubeApiServer) -> KubeApiServer:
    """Fill a server that is not started yet; its past is played as that of the demo's cluster."""
    store, tempo = server.store, server.cluster.tempo
    own_clock, own_speed = store.clock, tempo.speed
    present = own_clock.now()
    clock = StepClock(present - PAST)
    store.clock, tempo.speed = clock, 1.0
    server.behave(f"{REGISTRY}/shop/checkout:*", Behaviour(ready_after=1.0))
    crashes = Behaviour(first_ready=1.0, first_run=60.0, runs_for=5.0, exit_code=137, exit_reason="OOMKilled")
    server.behave(f"{REGISTRY}/shop/checkout:1.42.*", crashes)
    born = present - PAST
    server.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}])
    server.apply(node("worker-1", "10.0.0.11", born=born))
    app = container("app", GOOD_IMAGE, limit="512Mi")
    app["env"] = []
    notes = {"kubernetes.io/change-cause": "release 1.41.2"}
    server.apply([workload("Deployment", "shop", "checkout", [app], born=born, replicas=2, annotations=notes)])
    server.step(60)
    release_bad_checkout(server)
    server.step((present - clock.now()).total_seconds())
    store.clock, tempo.speed = own_clock, own_speed
    return server
