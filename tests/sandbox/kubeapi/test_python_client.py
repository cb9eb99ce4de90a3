"""The official Python client, typed and raw, takes the stand-in for the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

from chatops.sandbox.kubeapi import KubeApiServer

from .conftest import deployment, node

TIMEOUT = (3, 10)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[KubeApiServer]:
    with KubeApiServer(auto=False, token="secret", seed=2) as running:
        running.apply([node("n1"), deployment(replicas=2)])
        running.step(30)
        yield running


@pytest.fixture
def api(guarded: KubeApiServer, tmp_path: Path) -> Iterator[client.ApiClient]:
    path = guarded.kubeconfig(tmp_path / "config")
    with config.new_client_from_config(config_file=str(path)) as made:
        yield made


def test_typed_lists_and_patches(api: client.ApiClient, guarded: KubeApiServer) -> None:
    apps, core = client.AppsV1Api(api), client.CoreV1Api(api)
    (found,) = apps.list_namespaced_deployment("shop", _request_timeout=TIMEOUT).items
    assert (found.metadata.name, found.status.ready_replicas) == ("web", 2)
    pods = core.list_namespaced_pod("shop", label_selector="app=web", _request_timeout=TIMEOUT).items
    assert {pod.status.phase for pod in pods} == {"Running"}
    core.list_node(_request_timeout=TIMEOUT)
    core.list_namespaced_event("shop", _request_timeout=TIMEOUT)
    apps.list_namespaced_replica_set("shop", _request_timeout=TIMEOUT)
    changed = apps.patch_namespaced_deployment("web", "shop", {"spec": {"replicas": 3}}, _request_timeout=TIMEOUT)
    assert changed.spec.replicas == 3
    guarded.step(30)
    scale = apps.read_namespaced_deployment_scale("web", "shop", _request_timeout=TIMEOUT)
    assert scale.status.replicas == 3


def test_raw_answers_and_errors(api: client.ApiClient) -> None:
    core = client.CoreV1Api(api)
    raw = core.list_namespaced_pod("shop", _preload_content=False, _request_timeout=TIMEOUT)
    assert len(json.loads(raw.data)["items"]) == 2
    with pytest.raises(ApiException) as caught:
        core.read_namespaced_pod("nope", "shop", _request_timeout=TIMEOUT)
    assert (caught.value.status, json.loads(caught.value.body)["reason"]) == (404, "NotFound")


def test_logs_eviction_and_review(api: client.ApiClient, guarded: KubeApiServer) -> None:
    core = client.CoreV1Api(api)
    name = guarded.list("Pod", "shop")[0]["metadata"]["name"]
    assert "listening" in core.read_namespaced_pod_log(name, "shop", tail_lines=50, _request_timeout=TIMEOUT)
    eviction = client.V1Eviction(metadata=client.V1ObjectMeta(name=name, namespace="shop"))
    core.create_namespaced_pod_eviction(name, "shop", eviction, _request_timeout=TIMEOUT)
    assert "deletionTimestamp" in guarded.get("Pod", name, "shop")["metadata"]  # type: ignore[index]
    attributes = client.V1ResourceAttributes(verb="delete", resource="pods", namespace="shop")
    review = client.V1SelfSubjectAccessReview(spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes))
    answer = client.AuthorizationV1Api(api).create_self_subject_access_review(review, _request_timeout=TIMEOUT)
    assert answer.status.allowed


def test_watch(api: client.ApiClient, guarded: KubeApiServer) -> None:
    core = client.CoreV1Api(api)
    seen = []
    for event in watch.Watch().stream(core.list_namespaced_pod, "shop", timeout_seconds=1, _request_timeout=TIMEOUT):
        seen.append((event["type"], event["object"].metadata.name))
    assert [kind for kind, _ in seen] == ["ADDED", "ADDED"]
