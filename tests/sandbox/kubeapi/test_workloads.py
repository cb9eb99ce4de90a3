"""StatefulSets, DaemonSets, Jobs, CronJobs, HPAs, services and nodes move as their controllers move them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.behaviours import FAILING_JOB, NEVER_READY, ONE_SHOT
from chatops.sandbox.kubeapi.controllers.cron_schedule import CronSchedule

from .conftest import Http, deployment, workload


def get(server: KubeApiServer, kind: str, name: str, namespace: str = "shop") -> dict[str, Any]:
    found = server.get(kind, name, namespace)
    assert found is not None
    return found


def job(name: str = "task", **spec: Any) -> dict[str, Any]:
    pod = {"restartPolicy": "Never", "containers": [{"name": "task", "image": "task:1"}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": {"spec": pod}, **spec},
    }


def pod_names(server: KubeApiServer) -> list[str]:
    return [pod["metadata"]["name"] for pod in server.list("Pod", "shop")]


def test_stateful_set_comes_up_in_order_and_is_updated_from_the_top(server: KubeApiServer, http: Http) -> None:
    server.apply(workload("StatefulSet", "db", replicas=3))
    server.step(0)
    assert pod_names(server) == ["db-0"]
    server.step(60)
    assert pod_names(server) == ["db-0", "db-1", "db-2"]
    before = get(server, "StatefulSet", "db")["status"]
    assert before["currentRevision"] == before["updateRevision"]
    patch = {"spec": {"template": {"metadata": {"annotations": {"restarted": "1"}}}}}
    http.patch("/apis/apps/v1/namespaces/shop/statefulsets/db", patch)
    server.step(1)
    leaving = [pod["metadata"]["name"] for pod in server.list("Pod") if "deletionTimestamp" in pod["metadata"]]
    assert leaving == ["db-2"]
    server.step(120)
    after = get(server, "StatefulSet", "db")["status"]
    assert after["updateRevision"] != before["updateRevision"]
    assert (after["currentRevision"], after["updatedReplicas"]) == (after["updateRevision"], 3)
    assert [each["revision"] for each in server.list("ControllerRevision")] in ([1, 2], [2, 1])


def test_stateful_set_partition_and_on_delete_hold_pods_back(server: KubeApiServer, http: Http) -> None:
    server.apply(
        workload(
            "StatefulSet", "db", replicas=2, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
        )
    )
    server.apply(workload("StatefulSet", "hand", replicas=1, updateStrategy={"type": "OnDelete"}))
    server.step(60)
    patch = {"spec": {"template": {"metadata": {"annotations": {"restarted": "1"}}}}}
    for name in ("db", "hand"):
        http.patch(f"/apis/apps/v1/namespaces/shop/statefulsets/{name}", patch)
    server.step(120)
    changed = {p["metadata"]["name"] for p in server.list("Pod") if p["metadata"].get("annotations")}
    assert changed == {"db-1"}
    assert (
        get(server, "StatefulSet", "db")["status"]["currentRevision"]
        != get(server, "StatefulSet", "db")["status"]["updateRevision"]
    )


def test_stateful_set_claims(server: KubeApiServer) -> None:
    claims = [
        {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
    server.apply(workload("StatefulSet", "db", replicas=2, volumeClaimTemplates=claims))
    server.step(60)
    found = {each["metadata"]["name"]: each["status"]["phase"] for each in server.list("PersistentVolumeClaim")}
    assert found == {"data-db-0": "Bound", "data-db-1": "Bound"}


def test_daemon_set_covers_the_nodes_and_rolls_one_by_one(server: KubeApiServer, http: Http) -> None:
    server.apply(workload("DaemonSet", "agent"))
    server.step(30)
    assert sorted(pod["spec"]["nodeName"] for pod in server.list("Pod")) == ["n1", "n2"]
    body = {"spec": {"template": {"metadata": {"annotations": {"restarted": "1"}}}}}
    http.patch("/apis/apps/v1/namespaces/shop/daemonsets/agent", body)
    lowest = 2
    for _ in range(40):
        server.step(0.5)
        lowest = min(lowest, get(server, "DaemonSet", "agent")["status"]["numberReady"])
    status = get(server, "DaemonSet", "agent")["status"]
    assert (lowest, status["updatedNumberScheduled"], status["numberReady"]) == (1, 2, 2)


def test_daemon_set_stays_on_a_cordoned_node(server: KubeApiServer, http: Http) -> None:
    server.apply(workload("DaemonSet", "agent"))
    server.apply(deployment(replicas=2))
    server.step(30)
    http.patch("/api/v1/nodes/n1", {"spec": {"unschedulable": True}})
    http("DELETE", "/api/v1/namespaces/shop/pods", labelSelector="app=web")
    server.step(60)
    by_app = {(pod["metadata"]["labels"]["app"], pod["spec"]["nodeName"]) for pod in server.list("Pod")}
    assert by_app == {("agent", "n1"), ("agent", "n2"), ("web", "n2")}


def test_job_completes(server: KubeApiServer) -> None:
    server.behave("task:1", ONE_SHOT)
    server.apply(job(completions=3, parallelism=2))
    server.step(5)
    assert get(server, "Job", "task")["status"]["active"] == 2
    server.step(60)
    status = get(server, "Job", "task")["status"]
    assert status["succeeded"] == 3
    assert {each["type"] for each in status["conditions"]} == {"SuccessCriteriaMet", "Complete"}
    assert status["completionTime"]


def test_job_gives_up(server: KubeApiServer) -> None:
    server.behave("task:1", FAILING_JOB)
    server.apply(job(backoffLimit=2))
    server.step(600)
    status = get(server, "Job", "task")["status"]
    assert status["failed"] == 3
    (failed,) = [each for each in status["conditions"] if each["type"] == "Failed"]
    assert failed["reason"] == "BackoffLimitExceeded"


def test_cron_job_starts_on_the_minute_and_is_suspended(server: KubeApiServer, http: Http) -> None:
    server.behave("task:1", ONE_SHOT)
    template = {"spec": job()["spec"]}
    server.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "tick", "namespace": "shop"},
            "spec": {"schedule": "*/10 * * * *", "jobTemplate": template, "successfulJobsHistoryLimit": 2},
        }
    )
    server.step(45 * 60)
    assert len(server.list("Job")) == 2
    assert get(server, "CronJob", "tick")["status"]["lastScheduleTime"] == "2026-11-23T09:40:00Z"
    http.patch("/apis/batch/v1/namespaces/shop/cronjobs/tick", {"spec": {"suspend": True}})
    server.step(60 * 60)
    assert get(server, "CronJob", "tick")["status"]["lastScheduleTime"] == "2026-11-23T09:40:00Z"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 3 * * *", "2026-11-24T03:00"),
        ("30 9 * * 1-5", "2026-11-23T09:30"),
        ("0 0 1 1 *", "2027-01-01T00:00"),
        ("@hourly", "2026-11-23T10:00"),
        ("0 12 13 * 5", "2026-11-27T12:00"),
        ("0 0 * * 7", "2026-11-29T00:00"),
    ],
)
def test_cron_schedule(schedule: str, expected: str) -> None:
    moment = CronSchedule(schedule).after(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert moment is not None
    assert moment.strftime("%Y-%m-%dT%H:%M") == expected


def test_impossible_and_broken_schedules() -> None:
    assert CronSchedule("0 0 31 2 *").after(datetime(2026, 1, 1, tzinfo=UTC)) is None
    for text in ("", "* * * *", "a * * * *", "nonsense"):
        with pytest.raises(ValueError, match=r"expected exactly|invalid literal"):
            CronSchedule(text)


def test_autoscaler_follows_its_load_up_to_the_maximum(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=5))
    target = {"type": "Utilization", "averageUtilization": 70}
    server.apply(
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "namespace": "shop", "annotations": {"sandbox/load-percent": "455"}},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 5,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            },
        }
    )
    server.step(30)
    status = get(server, "HorizontalPodAutoscaler", "web")["status"]
    assert status["currentMetrics"][0]["resource"]["current"]["averageUtilization"] == 91
    assert "TooManyReplicas" in {each["reason"] for each in status["conditions"]}
    path = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web"
    assert http.patch(path, {"spec": {"maxReplicas": 1}}).status == 422
    assert http.patch(path, {"spec": {"maxReplicas": 8}}).status == 200
    server.step(30)
    assert get(server, "Deployment", "web")["spec"]["replicas"] == 7


def test_endpoint_slices_follow_readiness(server: KubeApiServer) -> None:
    service = {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    server.apply(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": service}
    )
    server.behave("app:sick", NEVER_READY)
    server.apply(deployment(replicas=2))
    server.apply(workload("ReplicaSet", "sick", replicas=1, image="app:sick"))
    server.step(30)
    (piece,) = server.list("EndpointSlice", "shop")
    assert piece["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    assert [each["conditions"]["ready"] for each in piece["endpoints"]] == [True, True]


def test_a_silent_node_strands_its_pods(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=2))
    server.step(30)
    server.stop_node("n1")
    server.step(1)
    node = get(server, "Node", "n1", "")
    (ready,) = [each for each in node["status"]["conditions"] if each["type"] == "Ready"]
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")
    assert {taint["effect"] for taint in node["spec"]["taints"]} == {"NoSchedule", "NoExecute"}
    assert get(server, "Deployment", "web")["status"]["readyReplicas"] == 1
    server.step(400)
    stuck = [pod for pod in server.list("Pod") if "deletionTimestamp" in pod["metadata"]]
    assert [pod["spec"]["nodeName"] for pod in stuck] == ["n1"]
    assert get(server, "Deployment", "web")["status"]["readyReplicas"] == 2
    name = stuck[0]["metadata"]["name"]
    http("DELETE", f"/api/v1/namespaces/shop/pods/{name}", {"gracePeriodSeconds": 0})
    assert server.get("Pod", name, "shop") is None
    server.start_node("n1")
    server.step(1)
    assert "taints" not in get(server, "Node", "n1", "")["spec"]


def test_events_are_forgotten_after_an_hour(server: KubeApiServer) -> None:
    server.apply(deployment(replicas=1))
    server.step(30)
    assert server.list("Event", "shop")
    server.step(3700)
    assert server.list("Event", "shop") == []


def test_metrics(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=1))
    server.step(30)
    (found,) = http("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods").body["items"]
    assert found["containers"][0]["usage"]["memory"].endswith("Ki")
    name = found["metadata"]["name"]
    assert http("GET", f"/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/{name}").status == 200
    summary = http("GET", "/api/v1/nodes/n1/proxy/stats/summary").body
    assert summary["node"]["nodeName"] == "n1"
    assert {pod["podRef"]["name"] for pod in summary["pods"]} <= {name}
    server.cluster.serve_metrics(on=False)
    assert http("GET", "/apis/metrics.k8s.io/v1beta1/nodes").status == 404


def test_a_kubelet_measures_the_volumes_of_running_pods(server: KubeApiServer, http: Http) -> None:
    size = {"resources": {"requests": {"storage": "10Gi"}}}
    notes = {"sandbox/used-percent": "80"}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": size}
    server.apply({**claim, "metadata": {"name": "data", "namespace": "shop", "annotations": notes}})
    volumes = [{"name": "disk", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "tmp", "emptyDir": {}}]
    spec = {"nodeName": "n1", "volumes": volumes, "containers": [{"name": "app", "image": "app:1"}]}
    server.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db", "namespace": "shop"}, "spec": spec})
    server.step(30)
    [pod] = http("GET", "/api/v1/nodes/n1/proxy/stats/summary").body["pods"]
    disk, scratch = pod["volume"]
    assert disk["pvcRef"] == {"name": "data", "namespace": "shop"}
    assert (disk["capacityBytes"], disk["usedBytes"]) == (10 * 2**30, 8 * 2**30)
    assert disk["availableBytes"] == 2 * 2**30
    assert disk["inodesFree"] == disk["inodes"] - disk["inodesUsed"]
    assert "pvcRef" not in scratch


def test_posed_pods_stay_as_told(server: KubeApiServer, http: Http) -> None:
    status = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    spec = {"nodeName": "n1", "containers": [{"name": "app", "image": "app:1"}]}
    server.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "gone", "namespace": "shop"},
            "spec": spec,
            "status": status,
        }
    )
    server.step(60)
    assert get(server, "Pod", "gone")["status"]["reason"] == "Evicted"
    server.set_logs("shop", "gone", "app", [(datetime(2026, 11, 23, tzinfo=UTC), "told")])
    assert http("GET", "/api/v1/namespaces/shop/pods/gone/log").raw == b"told\n"
    http("DELETE", "/api/v1/namespaces/shop/pods", fieldSelector="status.phase=Failed")
    assert server.list("Pod") == []


def test_a_job_cannot_be_copied_with_its_generated_parts(server: KubeApiServer, http: Http) -> None:
    server.apply(job())
    path = "/apis/batch/v1/namespaces/shop/jobs"
    original = get(server, "Job", "task")
    copied = {"metadata": {"name": "again"}, "spec": original["spec"]}
    refused = http("POST", path, copied)
    assert refused.status == 422
    assert "`selector` not auto-generated" in refused.body["message"]
    del copied["spec"]["selector"]
    assert http("POST", path, copied).status == 422
    del copied["spec"]["template"]["metadata"]["labels"]
    made = http("POST", path, copied)
    assert made.status == 201
    uid = made.body["metadata"]["uid"]
    assert made.body["spec"]["selector"]["matchLabels"] == {"batch.kubernetes.io/controller-uid": uid}
