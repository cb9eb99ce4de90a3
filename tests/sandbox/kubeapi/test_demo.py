"""The demo's cluster tells the story it is there for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.demo_cluster import BAD_IMAGE, demo_cluster, release_bad_checkout
from chatops.sandbox.kubeapi.demo_workloads import GOOD_IMAGE
from chatops.sandbox.kubeapi.kinds import DEPLOYMENTS

NOW = datetime(2026, 11, 23, 9, 4, tzinfo=UTC)
REVISION = "deployment.kubernetes.io/revision"


@pytest.fixture(scope="module")
def demo() -> KubeApiServer:
    return demo_cluster(auto=False, now=NOW)


def checkout_pods(server: KubeApiServer) -> list[dict]:  # type: ignore[type-arg]
    return [pod for pod in server.list("Pod", "shop") if pod["metadata"]["name"].startswith("checkout-")]


def test_two_of_five_crash_out_of_memory(demo: KubeApiServer) -> None:
    deployment = demo.get("Deployment", "checkout", "shop")
    assert deployment is not None
    assert deployment["metadata"]["annotations"][REVISION] == "43"
    status = deployment["status"]
    assert (status["readyReplicas"], status["updatedReplicas"], status["replicas"]) == (3, 5, 5)
    sick = [pod for pod in checkout_pods(demo) if pod["status"]["containerStatuses"][0]["restartCount"]]
    assert sorted(pod["metadata"]["name"][-5:] for pod in sick) == ["7vv2m", "x2k4q"]
    for pod in sick:
        app = pod["status"]["containerStatuses"][0]
        assert app["restartCount"] == 9
        assert app["lastState"]["terminated"]["reason"] == "OOMKilled"


def test_history_ends_at_42_and_43(demo: KubeApiServer) -> None:
    revisions = {
        int(each["metadata"]["annotations"][REVISION]): each["spec"]["template"]["spec"]["containers"][0]["image"]
        for each in demo.list("ReplicaSet", "shop")
        if each["metadata"]["name"].startswith("checkout-")
    }
    assert sorted(revisions) == list(range(33, 44))
    assert (revisions[42], revisions[43]) == (GOOD_IMAGE, BAD_IMAGE)


def test_everything_else_is_well(demo: KubeApiServer) -> None:
    for pod in demo.list("Pod"):
        if pod["metadata"]["namespace"] != "ci" and not pod["metadata"]["name"].startswith("checkout-"):
            assert all(each["ready"] for each in pod["status"]["containerStatuses"]), pod["metadata"]["name"]
    ages = [event["lastTimestamp"] for event in demo.list("Event")]
    assert min(ages) >= "2026-11-23T08:04"
    assert max(ages) <= "2026-11-23T09:04:00Z"


def test_rolling_back_heals_it() -> None:
    server = demo_cluster(auto=False, now=NOW)
    (good,) = [
        each for each in server.list("ReplicaSet", "shop") if each["metadata"]["annotations"].get(REVISION) == "42"
    ]
    template = good["spec"]["template"]
    del template["metadata"]["labels"]["pod-template-hash"]
    server.store.change(DEPLOYMENTS, "shop", "checkout", lambda fresh: fresh["spec"].__setitem__("template", template))
    server.step(60)
    deployment = server.get("Deployment", "checkout", "shop")
    assert deployment is not None
    assert deployment["status"]["readyReplicas"] == 5
    assert deployment["metadata"]["annotations"][REVISION] == "44"
    server.step(900)
    assert all(
        each["restartCount"] == 0 for pod in checkout_pods(server) for each in pod["status"]["containerStatuses"]
    )


def test_deleting_a_sick_pod_does_not_heal_it() -> None:
    server = demo_cluster(auto=False, now=NOW)
    sick = next(pod for pod in checkout_pods(server) if pod["metadata"]["name"].endswith("x2k4q"))
    server.store.delete(server.kinds.of("v1", "Pod"), "shop", sick["metadata"]["name"])  # type: ignore[arg-type]
    server.step(300)
    deployment = server.get("Deployment", "checkout", "shop")
    assert deployment is not None
    assert deployment["status"]["readyReplicas"] == 3


def test_the_release_can_be_brought_by_hand() -> None:
    server = demo_cluster(auto=False, now=NOW, broken=False)
    before = server.get("Deployment", "checkout", "shop")
    assert before is not None
    assert before["status"]["readyReplicas"] == 5
    release_bad_checkout(server)
    server.step(300)
    after = server.get("Deployment", "checkout", "shop")
    assert after is not None
    assert (after["metadata"]["annotations"][REVISION], after["status"]["readyReplicas"]) == ("43", 3)
