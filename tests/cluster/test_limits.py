"""More memory or CPU for one container: which, how much, and what goes along."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import Obj, Sandbox, workload

WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"]


def sized(kind: str = "Deployment", replicas: int = 2, **resources: Any) -> Obj:
    """A workload whose container `app` has these resources, beside a small sidecar."""
    manifest = workload(kind, "web", replicas=replicas)
    template = manifest["spec"]["template"]
    template["spec"]["containers"][0]["resources"] = resources
    template["spec"]["containers"].insert(0, {"name": "proxy", "image": "proxy:1"})
    template["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "app"}
    return manifest


def resources_of(sandbox: Sandbox, kind: str = "Deployment", container: str = "app") -> Obj:
    found = sandbox.get(kind, "web")["spec"]["template"]["spec"]["containers"]
    return next(each for each in found if each["name"] == container).get("resources", {})


@pytest.mark.parametrize("kind", WORKLOADS)
def test_half_as_much_again_and_back(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(sized(kind, limits={"memory": "512Mi", "cpu": "1"}, requests={"memory": "256Mi"}))
    before = sandbox.get(kind, "web")["spec"]["template"]
    ref = sandbox.ref(kind, "web")
    preview = sandbox.preview("raise_memory_limit", ref, action_id="act-1")
    assert preview.changes == (Change("app memory limit", "512Mi", "768Mi"), Change("pods", "", "2"))
    assert (preview.refusal, preview.cautions) == (None, ())
    assert (preview.plan.params["container"], preview.plan.params["memory"]) == ("app", "768Mi")
    done = sandbox.cluster.perform(preview.plan)
    assert sandbox.sent("PATCH") == 1
    assert resources_of(sandbox, kind) == {"limits": {"memory": "768Mi", "cpu": "1"}, "requests": {"memory": "256Mi"}}
    assert [each["name"] for each in before["spec"]["containers"]] == ["proxy", "app"]
    assert sandbox.get(kind, "web")["metadata"]["annotations"]["chatops.io/action-id"] == "act-1"
    assert not sandbox.cluster.follow(preview.plan).finished
    sandbox.server.step(300)
    assert sandbox.cluster.follow(preview.plan).finished

    assert done.undo is not None
    assert done.undo.params == {"container": "app", "memory": "512Mi", "back": "768Mi"}
    back = sandbox.preview(done.undo.action, done.undo.ref, **done.undo.params)
    assert back.changes[0] == Change("app memory limit", "768Mi", "512Mi")
    again = sandbox.cluster.perform(back.plan).undo
    assert sandbox.get(kind, "web")["spec"]["template"] == before
    assert again is not None
    assert again.params == {"container": "app", "memory": "768Mi", "back": "512Mi"}


@pytest.mark.parametrize(("cpu", "expected"), [("250m", "375m"), ("1", "1500m"), ("2", "3"), (1, "1500m")])
def test_cpu(sandbox: Sandbox, cpu: object, expected: str) -> None:
    sandbox.apply(sized(limits={"cpu": cpu}, requests={"cpu": "100m"}))
    preview = sandbox.preview("raise_cpu_limit", sandbox.ref("Deployment", "web"))
    assert preview.changes[0] == Change("app cpu limit", str(cpu), expected)
    sandbox.cluster.perform(preview.plan)
    assert resources_of(sandbox)["limits"] == {"cpu": expected}


def test_a_guaranteed_pod_stays_so(sandbox: Sandbox) -> None:
    same = {"cpu": "1", "memory": "1Gi"}
    manifest = sized(limits=same, requests={"cpu": "1000m", "memory": "1Gi"})
    del manifest["spec"]["template"]["spec"]["containers"][0]
    sandbox.apply(manifest)
    assert sandbox.pods("web")[0]["status"]["qosClass"] == "Guaranteed"
    preview = sandbox.preview("raise_cpu_limit", sandbox.ref("Deployment", "web"))
    assert preview.changes == (
        Change("app cpu limit", "1", "1500m"),
        Change("app cpu request", "1", "1500m"),
        Change("pods", "", "2"),
    )
    sandbox.cluster.perform(preview.plan)
    assert resources_of(sandbox) == {
        "limits": {"cpu": "1500m", "memory": "1Gi"},
        "requests": {"cpu": "1500m", "memory": "1Gi"},
    }
    sandbox.server.step(300)
    assert {each["status"]["qosClass"] for each in sandbox.pods("web")} == {"Guaranteed"}


def test_a_request_left_out_is_the_limits_and_stays_left_out(sandbox: Sandbox) -> None:
    sandbox.apply(sized(limits={"memory": "1Gi"}))
    preview = sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web"))
    assert Change("app memory request", "1Gi", "1536Mi") in preview.changes
    sandbox.cluster.perform(preview.plan)
    assert resources_of(sandbox) == {"limits": {"memory": "1536Mi"}}
    sandbox.server.step(300)
    containers = [each for pod in sandbox.pods("web") for each in pod["spec"]["containers"] if each["name"] == "app"]
    assert {each["resources"]["requests"]["memory"] for each in containers} == {"1536Mi"}


@pytest.mark.parametrize(
    ("annotated", "asked", "expected"),
    [("app", "", "app"), ("gone", "", "proxy"), ("", "", "proxy"), ("app", "proxy", "proxy")],
)
def test_which_container(sandbox: Sandbox, annotated: str, asked: str, expected: str) -> None:
    manifest = sized(limits={"memory": "1Gi"})
    template = manifest["spec"]["template"]
    template["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": annotated}
    template["spec"]["containers"][0]["resources"] = {"limits": {"memory": "64Mi"}}
    sandbox.apply(manifest)
    params = {"container": asked} if asked else {}
    preview = sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web"), **params)
    assert preview.plan.params["container"] == expected
    assert preview.changes[0].what == f"{expected} memory limit"


@pytest.mark.parametrize(
    ("params", "code", "detail"),
    [
        ({"memory": "512Mi"}, cautions.NOT_MORE, "512Mi"),
        ({"memory": "0.5Gi"}, cautions.NOT_MORE, "512Mi"),
        ({"memory": "256Mi"}, cautions.NOT_MORE, "512Mi"),
        ({"memory": "256Mi", "back": "1Gi"}, cautions.NOT_MORE, "512Mi"),
        ({"memory": "2049Mi"}, cautions.AT_LIMIT, "512Mi-2Gi"),
        ({"memory": "1e30"}, cautions.AT_LIMIT, "512Mi-2Gi"),
        ({"memory": "0"}, cautions.BAD_PARAM, "memory"),
        ({"memory": "-1Gi"}, cautions.BAD_PARAM, "memory"),
        ({"memory": "lots"}, cautions.BAD_PARAM, "memory"),
        ({"container": "nobody"}, cautions.BAD_PARAM, "container"),
        ({"container": "proxy"}, cautions.NO_LIMIT, "proxy"),
        ({"container": "proxy", "memory": "1Gi"}, cautions.NO_LIMIT, "proxy"),
    ],
)
def test_what_is_refused(sandbox: Sandbox, params: dict[str, str], code: str, detail: str) -> None:
    sandbox.apply(sized(limits={"memory": "512Mi"}), seconds=1)
    refusal = sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web"), **params).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail) == (code, detail)


def test_up_to_four_times_is_allowed(sandbox: Sandbox) -> None:
    sandbox.apply(sized(limits={"memory": "512Mi"}), seconds=1)
    assert sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web"), memory="2Gi").refusal is None


def test_a_template_that_starts_nothing_is_left(sandbox: Sandbox) -> None:
    manifest = sized(limits={"memory": "512Mi"})
    manifest["spec"]["paused"] = True
    sandbox.apply(manifest)
    refusal = sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web")).refusal
    assert refusal is not None
    assert refusal.code == cautions.PAUSED
    manifest = sized("StatefulSet", limits={"memory": "512Mi"})
    manifest["spec"]["updateStrategy"] = {"type": "OnDelete"}
    sandbox.apply(manifest)
    refusal = sandbox.preview("raise_memory_limit", sandbox.ref("StatefulSet", "web")).refusal
    assert refusal is not None
    assert refusal.code == cautions.ON_DELETE


def test_a_size_that_no_node_has(sandbox: Sandbox) -> None:
    manifest = sized(limits={"memory": "24Gi"}, requests={"memory": "1Gi"}, replicas=1)
    manifest["metadata"]["labels"]["argocd.argoproj.io/instance"] = "shop-web"
    manifest["spec"]["strategy"] = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    sandbox.apply(manifest)
    preview = sandbox.preview("raise_memory_limit", sandbox.ref("Deployment", "web"))
    assert [(each.code, each.detail) for each in preview.cautions] == [
        (cautions.MANAGED_BY, "Argo CD app shop-web"),
        (cautions.NO_NODE_SO_BIG, "32Gi"),
        (cautions.ALL_AT_ONCE, ""),
    ]


def test_without_the_right_to_see_nodes(sandbox: Sandbox) -> None:
    sandbox.apply(sized(limits={"memory": "24Gi"}))
    ref = sandbox.ref("Deployment", "web")
    sandbox.server.access.allow("*", Rule(verbs=("get", "patch"), resources=("deployments",)))
    preview = sandbox.preview("raise_memory_limit", ref)
    assert (preview.refusal, preview.cautions) == (None, ())


def test_k1_a_limit_that_somebody_else_changed_is_not_overwritten(sandbox: Sandbox) -> None:
    sandbox.apply(sized(limits={"memory": "512Mi"}))
    plan = sandbox.plan("raise_memory_limit", sandbox.ref("Deployment", "web"))

    def change(found: Obj) -> None:
        found["spec"]["template"]["spec"]["containers"][1]["resources"]["limits"]["memory"] = "4Gi"

    sandbox.edit("Deployment", "web", change)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.CONFLICT
    assert resources_of(sandbox)["limits"] == {"memory": "4Gi"}
