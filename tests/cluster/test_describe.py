"""Descriptions and events as people see them."""

from chatops.core.resources import Health, ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import Sandbox, node, pod, workload


def test_a_deployment_in_short_and_at_length(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web", "app:bad")
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"requests": {"cpu": "250m"}, "limits": {"cpu": "1", "memory": "512Mi"}}
    container["readinessProbe"] = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 10}
    container["args"] = ["--password=canary-a", "--db-password", "canary-b", "--verbose"]
    manifest["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": "canary-c",
        "note": "kept",
    }
    sandbox.apply(manifest, seconds=300)
    shown = sandbox.cluster.describe(ObjectRef("Deployment", "web", "shop"))
    facts = dict(shown.facts)
    assert facts["ready"] == "0/2"
    assert facts["revision"] == "1"
    assert facts["strategy"] == "RollingUpdate, 25% max unavailable, 25% max surge"
    assert facts["image"] == "app:bad"
    assert facts["cpu"] == "250m/1"
    assert facts["memory"] == "-/512Mi"
    assert facts["ready probe"] == "GET :8080/ready every 10s"
    assert shown.ref == sandbox.ref("Deployment", "web")
    assert shown.health is Health.BAD
    assert shown.conditions[0] == (False, "Available", "MinimumReplicasUnavailable")
    warning = shown.events[0]
    assert (warning.warning, warning.reason) == (True, "BackOff")
    assert warning.count > 1
    assert warning.about.startswith("Pod/web-")
    assert any(line.reason == "ScalingReplicaSet" and not line.warning for line in shown.events)
    assert any(line.reason == "SuccessfulCreate" for line in shown.events), "its ReplicaSets' events are its own"
    for words in (
        "Labels:",
        "app: web",
        "note: kept",
        "name: LEVEL",
        "value: ***",
        "--verbose",
        "BackOff",
        "shop",
    ):
        assert words in shown.full_text
    assert "canary" not in shown.full_text


def test_a_pod_in_short(sandbox: Sandbox) -> None:
    sandbox.apply(pod("sick", containers=[{"name": "app", "image": "app:bad"}]), seconds=100)
    ref = sandbox.ref("Pod", "sick")
    # Every crash loop has a moment of running; a pod is looked at in the wait after it.
    while sandbox.cluster.pod(ref).status != "CrashLoopBackOff":
        sandbox.server.step(1)
    shown = sandbox.cluster.describe(ref)
    facts = dict(shown.facts)
    assert facts["status"] == "CrashLoopBackOff"
    assert facts["owner"] == "none"
    assert facts["app"] == "waiting CrashLoopBackOff, last exit 137 OOMKilled"
    assert shown.health is Health.BAD
    assert shown.events[0].warning
    assert {line.about for line in shown.events} == {"Pod/sick"}


def test_a_node_in_short(sandbox: Sandbox) -> None:
    strained = node("worker-3")
    strained["spec"] = {"unschedulable": True, "taints": [{"key": "disk", "effect": "NoSchedule"}]}
    sandbox.apply(strained)
    shown = sandbox.cluster.describe(ObjectRef("Node", "worker-3"))
    facts = dict(shown.facts)
    assert (shown.health, facts["scheduling"]) == (Health.WARN, "disabled")
    assert "disk:NoSchedule" in facts["taints"]
    sandbox.server.stop_node("worker-3")
    sandbox.server.step(120)
    gone = sandbox.cluster.describe(ObjectRef("Node", "worker-3"))
    assert gone.health is Health.BAD
    assert (False, "Ready") in [(good, kind) for good, kind, _ in gone.conditions]


def test_other_kinds_have_a_description_too(sandbox: Sandbox) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
    sandbox.apply({**service, "spec": {"ports": [{"port": 80}]}})
    shown = sandbox.cluster.describe(ObjectRef("Service", "web", "shop"))
    assert shown.health is Health.UNKNOWN
    assert "port: 80" in shown.full_text


def test_events_of_an_earlier_life_are_not_this_ones(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db", replicas=1))
    first = sandbox.ref("Pod", "db-0")
    sandbox.cluster.perform(sandbox.plan("delete_pod", first))
    sandbox.server.step(90)
    second = sandbox.ref("Pod", "db-0")
    assert first.uid != second.uid
    reasons = [line.reason for line in sandbox.cluster.events(second)]
    assert "Started" in reasons
    assert "Killing" not in reasons


def test_without_the_right_to_events_the_object_is_still_described(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=("pods",)))
    shown = sandbox.cluster.describe(sandbox.ref("Pod", "lonely"))
    assert (shown.events, dict(shown.facts)["status"]) == ((), "Running")
