"""Deployments roll as the real controller rolls them, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.behaviours import CRASH_LOOP, NEVER_READY, NO_SUCH_IMAGE, Behaviour

from .conftest import Http, deployment

PATH = "/apis/apps/v1/namespaces/shop/deployments/web"
REVISION = "deployment.kubernetes.io/revision"


def web(server: KubeApiServer) -> dict[str, Any]:
    found = server.get("Deployment", "web", "shop")
    assert found is not None
    return found


def reason(obj: dict[str, Any], kind: str) -> tuple[str, str]:
    (found,) = [each for each in obj["status"]["conditions"] if each["type"] == kind]
    return found["status"], found["reason"]


def set_image(http: Http, image: str) -> None:
    body = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": image}]}}}}
    assert http("PATCH", PATH, body, headers={"Content-Type": "application/strategic-merge-patch+json"}).status == 200


def sizes(server: KubeApiServer) -> dict[str, int]:
    return {
        each["metadata"]["annotations"][REVISION]: each["spec"]["replicas"]
        for each in server.list("ReplicaSet", "shop")
    }


def test_a_new_deployment_comes_up(server: KubeApiServer) -> None:
    server.apply(deployment(replicas=3))
    server.step(0)
    assert "readyReplicas" not in web(server)["status"]
    assert reason(web(server), "Available") == ("False", "MinimumReplicasUnavailable")
    server.step(30)
    status = web(server)["status"]
    assert (status["replicas"], status["readyReplicas"], status["updatedReplicas"]) == (3, 3, 3)
    assert reason(web(server), "Available") == ("True", "MinimumReplicasAvailable")
    assert reason(web(server), "Progressing") == ("True", "NewReplicaSetAvailable")
    assert sizes(server) == {"1": 3}
    pod = server.list("Pod")[0]
    hash_label = pod["metadata"]["labels"]["pod-template-hash"]
    assert pod["metadata"]["name"].startswith(f"web-{hash_label}-")


def test_rolling_update_keeps_within_its_limits(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=4))
    server.step(30)
    set_image(http, "app:2")
    steps: list[tuple[int, int]] = []
    for _ in range(60):
        server.step(0.5)
        pods = [pod for pod in server.list("Pod") if "deletionTimestamp" not in pod["metadata"]]
        status = web(server)["status"]
        steps.append((len(pods), status.get("availableReplicas", 0)))
    assert max(pods for pods, _ in steps) == 5
    assert min(available for _, available in steps) == 3
    assert sizes(server) == {"1": 0, "2": 4}
    assert {pod["spec"]["containers"][0]["image"] for pod in server.list("Pod")} == {"app:2"}


def test_a_rollback_reuses_the_replica_set_under_a_new_revision(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=2))
    server.step(30)
    first = {each["metadata"]["uid"] for each in server.list("ReplicaSet")}
    set_image(http, "app:2")
    server.step(30)
    set_image(http, "app:1")
    server.step(30)
    assert sizes(server) == {"2": 0, "3": 2}
    (active,) = [each for each in server.list("ReplicaSet") if each["spec"]["replicas"]]
    assert active["metadata"]["uid"] in first
    assert active["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert web(server)["metadata"]["annotations"][REVISION] == "3"


def test_a_broken_release_gets_stuck_and_passes_its_deadline(server: KubeApiServer, http: Http) -> None:
    server.behave("app:bad", NEVER_READY)
    server.apply(deployment(replicas=4, progressDeadlineSeconds=60))
    server.step(30)
    set_image(http, "app:bad")
    server.step(30)
    assert reason(web(server), "Progressing") == ("True", "ReplicaSetUpdated")
    assert web(server)["status"]["availableReplicas"] == 3
    server.step(120)
    assert reason(web(server), "Progressing") == ("False", "ProgressDeadlineExceeded")
    assert sizes(server) == {"1": 3, "2": 2}


def test_paused_deployments_scale_but_do_not_roll(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=2))
    server.step(30)
    http.patch(PATH, {"spec": {"paused": True}})
    set_image(http, "app:2")
    http.patch(f"{PATH}/scale", {"spec": {"replicas": 4}})
    server.step(30)
    assert sizes(server) == {"1": 4}
    assert reason(web(server), "Progressing") == ("Unknown", "DeploymentPaused")
    http.patch(PATH, {"spec": {"paused": False}})
    server.step(60)
    assert sizes(server) == {"1": 0, "2": 4}


def test_recreate_takes_everything_down_first(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=2, strategy={"type": "Recreate"}))
    server.step(30)
    set_image(http, "app:2")
    images = set()
    for _ in range(40):
        server.step(0.5)
        images.add(frozenset(pod["spec"]["containers"][0]["image"] for pod in server.list("Pod")))
    assert frozenset({"app:1", "app:2"}) not in images
    assert web(server)["status"]["readyReplicas"] == 2


def test_history_is_limited(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=1, revisionHistoryLimit=2))
    for number in range(2, 7):
        server.step(30)
        set_image(http, f"app:{number}")
    server.step(30)
    assert sizes(server) == {"4": 0, "5": 0, "6": 1}


def test_crash_loop_backs_off_and_counts(server: KubeApiServer) -> None:
    server.behave("app:1", CRASH_LOOP)
    server.apply(deployment(replicas=1))
    server.step(35)
    (pod,) = server.list("Pod")
    status = pod["status"]["containerStatuses"][0]
    assert status["restartCount"] == 1
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert status["lastState"]["terminated"]["exitCode"] == 1
    counts = []
    for _ in range(12):
        server.step(60)
        counts.append(server.list("Pod")[0]["status"]["containerStatuses"][0]["restartCount"])
    assert counts == sorted(counts)
    assert 5 <= counts[-1] <= 8
    backoffs = [event for event in server.list("Event", "shop") if event["reason"] == "BackOff"]
    assert len(backoffs) == 1
    assert backoffs[0]["count"] > 10
    assert backoffs[0]["type"] == "Warning"


def test_out_of_memory_hits_as_many_pods_as_told(server: KubeApiServer) -> None:
    server.behave(
        "app:1", Behaviour(ready_after=None, runs_for=5.0, exit_code=137, exit_reason="OOMKilled", afflicts=2)
    )
    server.apply(deployment(replicas=5))
    server.step(60)
    assert web(server)["status"]["readyReplicas"] == 3
    sick = [pod for pod in server.list("Pod") if pod["status"]["containerStatuses"][0]["restartCount"]]
    assert len(sick) == 2
    ended = sick[0]["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")


def test_missing_image(server: KubeApiServer) -> None:
    server.behave("app:1", NO_SUCH_IMAGE)
    server.apply(deployment(replicas=1))
    server.step(5)
    (pod,) = server.list("Pod")
    assert pod["status"]["phase"] == "Pending"
    assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff"


def test_no_room_leaves_pods_pending(server: KubeApiServer) -> None:
    body = deployment(replicas=3)
    body["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"memory": "12Gi"}}
    server.apply(body)
    server.step(10)
    (pending,) = [pod for pod in server.list("Pod") if pod["status"]["phase"] == "Pending"]
    (scheduled,) = [each for each in pending["status"]["conditions"] if each["type"] == "PodScheduled"]
    assert (scheduled["reason"], scheduled["message"]) == (
        "Unschedulable",
        "0/2 nodes are available: 2 Insufficient memory.",
    )


def test_deleting_a_pod_takes_its_grace_and_brings_another(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=1))
    server.step(30)
    (pod,) = server.list("Pod")
    path = f"/api/v1/namespaces/shop/pods/{pod['metadata']['name']}"
    assert http("DELETE", path).body["metadata"]["deletionGracePeriodSeconds"] == 30
    server.step(1)
    assert len(server.list("Pod")) == 2
    server.step(30)
    (other,) = server.list("Pod")
    assert other["metadata"]["uid"] != pod["metadata"]["uid"]


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_deleting_a_deployment_takes_its_pods_along(server: KubeApiServer, http: Http, policy: str) -> None:
    server.apply(deployment(replicas=2))
    server.step(30)
    http("DELETE", PATH, {"propagationPolicy": policy})
    assert (server.get("Deployment", "web", "shop") is None) is (policy == "Background")
    server.step(60)
    assert [server.list(kind, "shop") for kind in ("Deployment", "ReplicaSet", "Pod")] == [[], [], []]


def test_orphans_stay(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=2))
    server.step(30)
    http("DELETE", PATH, {"propagationPolicy": "Orphan"})
    server.step(60)
    assert server.get("Deployment", "web", "shop") is None
    assert len(server.list("Pod")) == 2
