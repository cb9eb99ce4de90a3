"""The demo's cluster: shop/checkout at revision 42, then 43 on its knees, among workloads that look real."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import StepClock, stamp
from chatops.sandbox.kubeapi.demo_manifests import REGISTRY, node
from chatops.sandbox.kubeapi.demo_scripts import SCRIPTS
from chatops.sandbox.kubeapi.demo_workloads import CONTROL_PLANE, ci, cron, mail, monitoring, shop, system
from chatops.sandbox.kubeapi.kinds import DEPLOYMENTS, Obj
from chatops.sandbox.kubeapi.server import KubeApiServer

ROLLED_OUT_AGO = timedelta(minutes=16)
BAD_IMAGE = f"{REGISTRY}/shop/checkout:1.42.0"
_WORKERS = (("worker-1", "10.0.0.11"), ("worker-2", "10.0.0.12"), ("worker-3", "10.0.0.13"))
_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease", "shop", "mail", "ci", "monitoring")
_SEED = 43
_FIRST_PODS = ("9pqzn", "kk8fd", "zz2ls", "w6t4c", "m9xhv")
_BROKEN_PODS = ("x2k4q", "7vv2m", "d5rgn", "tq8wl", "b4zkc")


def _namespace(name: str, born: datetime) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "creationTimestamp": stamp(born)},
    }


def release_bad_checkout(server: KubeApiServer) -> None:
    """Roll shop/checkout forward to 1.42.0, which needs more memory than it may have."""

    def edit(fresh: Obj) -> None:
        fresh["metadata"]["annotations"]["kubernetes.io/change-cause"] = "release 1.42.0"
        app = fresh["spec"]["template"]["spec"]["containers"][0]
        app["image"] = BAD_IMAGE
        app["env"].append({"name": "CACHE_SHARDS", "value": "48"})

    server.store.change(DEPLOYMENTS, "shop", "checkout", edit)


def seed(server: KubeApiServer, *, broken: bool = True) -> KubeApiServer:
    """Fill a server that is not started yet with the demo's cluster and its past, up to the present.

    The past is played under a hand-moved clock, so that ages, events and revisions agree. `broken` False stops
    before revision 43: `release_bad_checkout` brings it.
    """
    store, tempo = server.store, server.cluster.tempo
    own_clock, own_speed = store.clock, tempo.speed
    present = own_clock.now()
    born = present - timedelta(days=214)
    clock = StepClock(present - timedelta(hours=27))
    store.clock, tempo.speed = clock, 1.0
    for pattern, behaviour in SCRIPTS:
        server.behave(pattern, behaviour)
    server.apply(_namespace(name, born) for name in _NAMESPACES)
    server.apply(node(*CONTROL_PLANE, born=born, control_plane=True))
    for name, address in _WORKERS:
        server.apply(node(name, address, born=born))
    store.preset_suffixes.extend(_FIRST_PODS)
    server.apply(shop(born))
    server.step(30)
    server.apply([*system(born), *mail(born), *ci(born), *monitoring(born)])
    server.step(120)
    clock.move_to(present - timedelta(minutes=65))
    crons = present - timedelta(minutes=66)
    server.apply(cron("report", "*/20 * * * *", f"{REGISTRY}/ci/report:1.8", crons))
    server.apply(cron("import", "*/30 * * * *", f"{REGISTRY}/ci/import:0.3", crons))
    if broken:
        server.step((present - ROLLED_OUT_AGO - clock.now()).total_seconds())
        store.preset_suffixes[:] = _BROKEN_PODS
        release_bad_checkout(server)
    server.step((present - clock.now()).total_seconds())
    store.preset_suffixes.clear()
    store.clock, tempo.speed = own_clock, own_speed
    return server


def demo_cluster(
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    token: str | None = None,
    speed: float = 1.0,
    auto: bool = True,
    broken: bool = True,
    now: datetime | None = None,
) -> KubeApiServer:
    """A server with the demo's cluster, not started yet. `now` is the present of one that is stepped by hand."""
    clock = None if auto else StepClock(now)
    server = KubeApiServer(port, host, token=token, clock=clock, speed=speed, auto=auto, seed=_SEED)
    return seed(server, broken=broken)
