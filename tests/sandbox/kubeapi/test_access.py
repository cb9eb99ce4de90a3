"""Tokens, rules, impersonation and the reviews that tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.access import Rule

from .conftest import Http, deployment

PODS = "/api/v1/namespaces/shop/pods"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
BOT = "system:serviceaccount:chatops:chatops"


@pytest.fixture
def guarded() -> Iterator[KubeApiServer]:
    with KubeApiServer(auto=False, token="secret", seed=1) as running:
        running.apply(deployment())
        yield running


@pytest.fixture
def caller(guarded: KubeApiServer) -> Iterator[Http]:
    client = Http(guarded)
    yield client
    client.pool.clear()


BEARER = {"Authorization": "Bearer secret"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic secret"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer s\xe9cret"},
    ],
)
def test_without_the_token_nobody_gets_in(caller: Http, headers: dict[str, str]) -> None:
    for path in (PODS, "/version"):
        refused = caller("GET", path, headers=headers)
        assert (refused.status, refused.body["message"], refused.body["reason"]) == (
            401,
            "Unauthorized",
            "Unauthorized",
        )


def test_with_the_token_everything_is_allowed_until_there_are_rules(guarded: KubeApiServer, caller: Http) -> None:
    assert caller("GET", PODS, headers=BEARER).status == 200
    guarded.access.allow(BOT, Rule(verbs=("get", "list"), groups=("",), resources=("pods",), namespaces=("shop",)))
    assert caller("GET", PODS, headers=BEARER).status == 200
    refused = caller("GET", "/api/v1/pods", headers=BEARER)
    assert refused.status == 403
    assert refused.body["message"] == (
        f'pods is forbidden: User "{BOT}" cannot list resource "pods" in API group "" at the cluster scope'
    )
    refused = caller("DELETE", f"{PODS}/x", headers=BEARER)
    assert refused.body["message"] == (
        f'pods "x" is forbidden: User "{BOT}" cannot delete resource "pods" in API group "" in the namespace "shop"'
    )
    assert refused.body["details"] == {"name": "x", "kind": "pods"}


def test_subresources_and_watches_are_rights_of_their_own(guarded: KubeApiServer, caller: Http) -> None:
    guarded.access.allow(BOT, Rule(verbs=("get", "list", "create"), resources=("pods", "deployments")))
    assert caller("GET", f"{PODS}/x/log", headers=BEARER).status == 403
    assert caller("POST", f"{PODS}/x/eviction", {}, headers=BEARER).status == 403
    assert caller("GET", PODS, headers=BEARER, watch="true", timeoutSeconds=1).status == 403
    guarded.access.allow(BOT, Rule(verbs=("get",), resources=("pods/log", "*/scale")))
    assert caller("GET", f"{PODS}/x/log", headers=BEARER).status == 404
    assert caller("GET", "/apis/apps/v1/namespaces/shop/deployments/web/scale", headers=BEARER).status == 200


def ask(caller: Http, headers: dict[str, str] | None = None, **attributes: str) -> bool:
    body: dict[str, Any] = {"spec": {"resourceAttributes": attributes}}
    answer = caller("POST", REVIEWS, body, headers={**BEARER, **(headers or {})})
    assert answer.status == 201
    return bool(answer.body["status"]["allowed"])


def test_reviews_agree_with_the_doors(guarded: KubeApiServer, caller: Http) -> None:
    guarded.access.allow(BOT, Rule(verbs=("get", "list"), groups=("",), resources=("pods",), namespaces=("shop",)))
    for verb, namespace in (("list", "shop"), ("delete", "shop"), ("list", ""), ("list", "mail")):
        path = f"/api/v1/namespaces/{namespace}/pods" if namespace else "/api/v1/pods"
        method = "DELETE" if verb == "delete" else "GET"
        door = caller(method, path + ("/x" if verb == "delete" else ""), headers=BEARER).status != 403
        assert ask(caller, verb=verb, resource="pods", namespace=namespace) is door
    rules = caller(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {"spec": {"namespace": "shop"}}, headers=BEARER
    ).body["status"]
    assert rules["resourceRules"] == [{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]}]


def test_s8_impersonation_needs_the_right_and_then_acts_as_the_other(guarded: KubeApiServer, caller: Http) -> None:
    guarded.access.allow(BOT, Rule(verbs=("impersonate",), groups=("",), resources=("users",), names=("anna",)))
    guarded.access.allow("anna", Rule(verbs=("list",), resources=("pods",)))
    as_anna = {"Impersonate-User": "anna"}
    assert caller("GET", PODS, headers=BEARER).status == 403
    assert caller("GET", PODS, headers={**BEARER, **as_anna}).status == 200
    refused = caller("GET", PODS, headers={**BEARER, "Impersonate-User": "oleg"})
    assert refused.body["message"] == (
        f'users "oleg" is forbidden: User "{BOT}" cannot impersonate resource "users" '
        'in API group "" at the cluster scope'
    )
    assert ask(caller, as_anna, verb="list", resource="pods", namespace="shop")
    records = guarded.requests.matching(path="/pods")
    assert [record.headers.get("impersonate-user") for record in records] == [None, "anna", "oleg"]


def test_paths_outside_the_resources(guarded: KubeApiServer, caller: Http) -> None:
    guarded.access.allow(BOT, Rule(resources=("pods",)))
    assert caller("GET", "/version", headers=BEARER).status == 200
    assert caller("GET", "/metrics", headers=BEARER).status == 403
    guarded.access.allow(BOT, Rule(verbs=("get",), paths=("/metrics*",)))
    assert caller("GET", "/metrics", headers=BEARER).status == 404
