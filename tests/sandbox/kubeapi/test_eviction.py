"""Evictions ask the disruption budgets."""

from __future__ import annotations

from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer

from .conftest import Http, deployment

PODS = "/api/v1/namespaces/shop/pods"


def budget(name: str = "web", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec},
    }


def evict(http: Http, name: str, **options: Any) -> Any:
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "shop"}}
    return http("POST", f"{PODS}/{name}/eviction", {**body, **options})


@pytest.fixture
def pods(server: KubeApiServer) -> list[str]:
    server.apply(deployment(replicas=3))
    server.step(30)
    return [pod["metadata"]["name"] for pod in server.list("Pod", "shop")]


def test_without_a_budget_the_pod_goes(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    answer = evict(http, pods[0])
    assert (answer.status, answer.body["status"]) == (201, "Success")
    assert "deletionTimestamp" in server.get("Pod", pods[0], "shop")["metadata"]  # type: ignore[index]


def test_a_budget_allows_what_it_can_spare_and_then_refuses(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    server.apply(budget(minAvailable=2))
    server.step(0)
    assert server.get("PodDisruptionBudget", "web", "shop")["status"]["disruptionsAllowed"] == 1  # type: ignore[index]
    assert evict(http, pods[0]).status == 201
    refused = evict(http, pods[1])
    assert refused.status == 429
    assert refused.body["reason"] == "TooManyRequests"
    assert refused.body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    (cause,) = refused.body["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    server.step(60)
    assert evict(http, pods[1]).status == 201


def test_refusal_names_the_budget_and_its_numbers(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    server.apply(budget(maxUnavailable=0))
    server.step(0)
    refused = evict(http, pods[0])
    assert refused.body["details"]["causes"][0]["message"] == (
        "The disruption budget web needs 3 healthy pods and has 3 currently"
    )


def test_an_unobserved_budget_says_so(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    server.apply(budget(minAvailable=1))
    refused = evict(http, pods[0])
    assert (refused.status, refused.headers["Retry-After"]) == (429, "10")
    assert "is still being processed by the server" in refused.body["details"]["causes"][0]["message"]


def test_two_budgets_are_a_misconfiguration(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    server.apply([budget(minAvailable=1), budget("second", minAvailable="10%")])
    server.step(0)
    refused = evict(http, pods[0])
    assert refused.status == 500
    assert "more than one PodDisruptionBudget" in refused.body["message"]
    assert "deletionTimestamp" not in server.get("Pod", pods[0], "shop")["metadata"]  # type: ignore[index]


def test_uid_precondition_and_missing_pod(http: Http, pods: list[str]) -> None:
    refused = evict(http, pods[0], deleteOptions={"preconditions": {"uid": "other"}})
    assert (refused.status, refused.body["reason"]) == (409, "Conflict")
    assert evict(http, "nobody").status == 404
    assert evict(http, pods[0], metadata={"name": "another"}).status == 400


def test_an_unready_pod_may_go_while_the_budget_is_met(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    server.apply(budget(minAvailable=2))
    server.step(0)
    by_node: dict[str, list[str]] = {}
    for pod in server.list("Pod"):
        by_node.setdefault(pod["spec"]["nodeName"], []).append(pod["metadata"]["name"])
    (lonely,) = [node for node, names in by_node.items() if len(names) == 1]
    (crowded,) = by_node.keys() - {lonely}
    server.stop_node(lonely)
    server.step(1)
    assert evict(http, by_node[crowded][0]).status == 429
    assert evict(http, by_node[lonely][0]).status == 201


def test_a_namespace_that_goes_takes_no_eviction(server: KubeApiServer, http: Http, pods: list[str]) -> None:
    assert http("DELETE", "/api/v1/namespaces/shop").status == 200
    refused = evict(http, pods[0])
    assert (refused.status, refused.body["reason"]) == (403, "Forbidden")
    assert "because it is being terminated" in refused.body["message"]
    assert refused.body["details"]["causes"][0]["reason"] == "NamespaceTerminating"
