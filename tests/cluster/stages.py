"""For every change of the repertoire, on every kind it is for: an object to which it can be done."""

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from chatops.cluster import Cluster
from chatops.cluster.act import OPERATIONS
from chatops.core.actions import ACTIONS, Plan
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi import Behaviour
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.evicting import failed
from tests.cluster.sandbox import Obj, Sandbox, pod, workload
from tests.cluster.world import report_spec, shop, storage
from tests.cluster.world_parts import custom, ready

CHANGES = [(action, kind) for action in OPERATIONS for kind in ACTIONS[action].kinds]
STEPWISE = [(action, kind) for action, kind in CHANGES if ACTIONS[action].stepwise]
SINGLE = [each for each in CHANGES if each not in STEPWISE]

FAILS = Behaviour(ready_after=None, runs_for=5.0, exit_code=1, exit_reason="Error")
WRITES = ("POST", "PATCH", "PUT", "DELETE")

FLUX = {
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "GitRepository": "source.toolkit.fluxcd.io/v1",
    "OCIRepository": "source.toolkit.fluxcd.io/v1",
    "HelmRepository": "source.toolkit.fluxcd.io/v1",
    "HelmChart": "source.toolkit.fluxcd.io/v1",
    "Bucket": "source.toolkit.fluxcd.io/v1",
    "ImageRepository": "image.toolkit.fluxcd.io/v1",
    "ImagePolicy": "image.toolkit.fluxcd.io/v1",
    "ImageUpdateAutomation": "image.toolkit.fluxcd.io/v1",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The object, and hands to do things to it: as the service does, and as somebody else."""

    sandbox: Sandbox
    action: str
    ref: ObjectRef

    def plan(self) -> Plan:
        """What a preview promises; the request log starts after it."""
        params = {"action_id": uuid.uuid4().hex}
        preview = self.sandbox.cluster.preview(self.action, self.ref, params, self.sandbox.server.clock.now())
        assert preview.refusal is None, preview.refusal
        self.sandbox.server.requests.clear()
        return preview.plan

    def sent(self) -> int:
        """How many requests came in that change something, or would have."""
        return sum(self.sandbox.sent(method) for method in WRITES)

    def taken(self) -> int:
        """How many of them the server did not refuse."""
        return sum(self.sandbox.taken(method) for method in WRITES)

    def edit(self, change: Callable[[Obj], None]) -> None:
        self.sandbox.edit(self.ref.kind, self.ref.name, change, self.ref.namespace)

    def meddle(self) -> None:
        """Somebody else changes what the action is about."""
        self.edit(_MEDDLING[self.ref.kind])

    def seen(self) -> Obj:
        return self.sandbox.get(self.ref.kind, self.ref.name, self.ref.namespace)

    def replace(self) -> None:
        """Another object takes the name."""
        found = copy.deepcopy(self.seen())
        for field in ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "ownerReferences"):
            found["metadata"].pop(field, None)
        if self.ref.kind == "Job":
            # The server writes the uid of a Job into these.
            del found["spec"]["selector"], found["spec"]["template"]["metadata"]["labels"]
        kind = next(each for each in self.sandbox.server.kinds if each.kind == self.ref.kind)
        self.sandbox.server.store.delete(kind, self.ref.namespace, self.ref.name, grace=0)
        self.sandbox.server.apply(found)

    def connect(self, waits: list[float]) -> Cluster:
        """A door that writes its waits down instead of waiting."""
        return self.sandbox.connect(sleep=waits.append)


def stage(sandbox: Sandbox, action: str, kind: str) -> Stage:
    """Make the object. LookupError for a kind that nobody said how to make."""
    if kind == "Cluster":
        sandbox.apply(failed("evicted-1"), failed("evicted-2"))
        return Stage(sandbox, action, ObjectRef("Cluster", "demo", cluster="demo"))
    name, namespace = _made(sandbox, kind)
    _readied(sandbox, action, kind, name, namespace)
    return Stage(sandbox, action, sandbox.ref(kind, name, namespace))


def _made(sandbox: Sandbox, kind: str) -> tuple[str, str]:
    match kind:
        case "Deployment" | "StatefulSet" | "DaemonSet":
            sandbox.apply(_limited(workload(kind, "web")))
            sandbox.release(kind, "web", "app:2")
            return "web", "shop"
        case "Pod":
            sandbox.apply(workload("StatefulSet", "db"))
            return "db-0", "shop"
        case "Node":
            return "worker-1", ""
        case "Job":
            job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report", "namespace": "shop"}}
            sandbox.server.behave("*report*", FAILS)
            sandbox.apply({**job, "spec": report_spec()})
            return "report", "shop"
        case "CertificateSigningRequest":
            sandbox.apply(_request(), seconds=1)
            return "csr-abcde", ""
        case "PersistentVolumeClaim":
            sandbox.server.apply(storage())
            return "data-orders-db-0", "shop"
        case "Certificate":
            sandbox.server.register(custom_resource("cert-manager.io/v1", "certificates", kind, sub="status"))
            sandbox.server.apply(custom("cert-manager.io/v1", kind, "shop", "web", {"secretName": "web"}, ready()))
            return "web", "shop"
        case "Application":
            sandbox.server.register(custom_resource("argoproj.io/v1alpha1", "applications", kind, sub="status"))
            status = {"sync": {"status": "OutOfSync"}, "health": {"status": "Degraded"}}
            spec = {"source": {"repoURL": "https://git.example.com/shop"}, "destination": {"namespace": "shop"}}
            sandbox.server.apply(custom("argoproj.io/v1alpha1", kind, "argocd", "web", spec, status))
            return "web", "argocd"
        case _ if kind in FLUX:
            plural = (f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s").lower()
            sandbox.server.register(custom_resource(FLUX[kind], plural, kind, sub="status"))
            sandbox.server.apply(custom(FLUX[kind], kind, "flux-system", "web", {"interval": "5m"}, ready()))
            return "web", "flux-system"
        case _:
            given = [each for each in shop() if each["kind"] == kind]
            if not given:
                raise LookupError(f"nobody said how to make a {kind}")
            sandbox.apply(*given, seconds=1)
            return given[0]["metadata"]["name"], given[0]["metadata"].get("namespace", "")


def _readied(sandbox: Sandbox, action: str, kind: str, name: str, namespace: str) -> None:
    """What the object must be like for the action to apply."""

    def spec(**fields: object) -> None:
        sandbox.edit(kind, name, lambda found: found["spec"].update(fields), namespace)

    match action:
        case "rollout_resume":
            spec(paused=True)
        case "cronjob_resume":
            spec(suspend=True)
        case "uncordon":
            spec(unschedulable=True)
        case "force_delete_pod":
            sandbox.server.stop_node(str(sandbox.get("Pod", name)["spec"]["nodeName"]))
            sandbox.server.step(60)
        case "delete_node":
            sandbox.server.stop_node(name)
            sandbox.server.step(60)
        case "drain":
            sandbox.apply(pod("busy", nodeName=name, labels={"app": "busy"}))
        case "cleanup_pods":
            where = {"namespace": namespace} if namespace else {}
            sandbox.apply(failed("evicted-1", **where), failed("evicted-2", **where))


def _spec(**fields: object) -> Callable[[Obj], None]:
    return lambda found: found["spec"].update(fields)


def _approve(found: Obj) -> None:
    found["status"] = {"conditions": [{"type": "Denied", "status": "True", "reason": "ByHand"}]}


_MEDDLING: dict[str, Callable[[Obj], None]] = {
    "Deployment": _spec(replicas=7),
    "StatefulSet": _spec(replicas=7),
    "DaemonSet": _spec(minReadySeconds=7),
    "Node": lambda found: found["spec"].update(unschedulable=not found["spec"].get("unschedulable", False)),
    "HorizontalPodAutoscaler": _spec(minReplicas=1, maxReplicas=9),
    "CronJob": lambda found: found["spec"].update(
        schedule="5 5 * * *", suspend=not found["spec"].get("suspend", False)
    ),
    "PersistentVolumeClaim": _spec(resources={"requests": {"storage": "21Gi"}}),
    "ResourceQuota": _spec(hard={"requests.cpu": "9", "pods": "50"}),
    "CertificateSigningRequest": _approve,
    "Certificate": _spec(secretName="another"),
    "Application": _spec(source={"repoURL": "https://git.example.com/another"}),
    **dict.fromkeys(FLUX, _spec(interval="9m")),
}
"""What somebody else does to a kind that makes an action chosen before it another one."""


def _limited(made: Obj) -> Obj:
    limits = {"cpu": "500m", "memory": "256Mi"}
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": limits, "requests": dict(limits)}
    return made


def _request() -> Obj:
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": "csr-abcde"},
        "spec": {
            "request": "LS0tLS1CRUdJTg==",
            "signerName": "kubernetes.io/kubelet-serving",
            "username": "system:node:worker-1",
            "groups": ["system:nodes"],
            "usages": ["digital signature", "server auth"],
        },
    }
