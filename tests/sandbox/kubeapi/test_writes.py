"""Writing: conflicts, preconditions, dry runs, and the refusals in the real server's words."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.kinds import custom_resource

from .conftest import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Http, config_map, deployment

MAPS = "/api/v1/namespaces/shop/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"


def test_create_then_read_then_create_again(http: Http) -> None:
    made = http("POST", MAPS, config_map("a", x="1"), fieldManager="tester")
    assert made.status == 201
    meta = made.body["metadata"]
    assert meta["uid"]
    assert meta["creationTimestamp"] == "2026-11-23T09:00:00Z"
    assert [(e["manager"], e["operation"]) for e in meta["managedFields"]] == [("tester", "Update")]
    assert http("GET", f"{MAPS}/a").body == made.body
    again = http("POST", MAPS, config_map("a"))
    assert (again.status, again.body["reason"]) == (409, "AlreadyExists")
    assert again.body["message"] == 'configmaps "a" already exists'


def test_missing_object_status_is_shaped_as_the_real_one(http: Http) -> None:
    assert http("GET", f"{DEPLOYMENTS}/nope").body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "nope" not found',
        "reason": "NotFound",
        "details": {"name": "nope", "group": "apps", "kind": "deployments"},
        "code": 404,
    }


def test_generate_name(http: Http) -> None:
    body = config_map("x")
    body["metadata"] = {"generateName": "gen-"}
    name = http("POST", MAPS, body).body["metadata"]["name"]
    assert name.startswith("gen-")
    assert len(name) == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metadata": {"name": "Bad_Name"}}, 'Deployment.apps "Bad_Name" is invalid: metadata.name: Invalid value'),
        ({"spec": {"replicas": -1}}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            {"spec": {"strategy": {"rollingUpdate": {"maxSurge": "a few"}}}},
            "rollingUpdate.maxSurge: Invalid",
        ),
        ({"spec": {"selector": None}}, "spec.selector: Required value"),
        ({"spec": {"selector": {"matchLabels": {"a": "b"}}}}, "`selector` does not match template `labels`"),
        ({"spec": {"template": {"spec": {"containers": []}}}}, "spec.template.spec.containers: Required value"),
    ],
)
def test_invalid_objects_are_unprocessable(http: Http, change: dict[str, Any], message: str) -> None:
    body = deployment()
    body["metadata"].update(change.get("metadata", {}))
    body["spec"].update(change.get("spec", {}))
    refused = http("POST", DEPLOYMENTS, body)
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    assert message in refused.body["message"]
    assert refused.body["details"]["kind"] == "Deployment"
    assert refused.body["details"]["causes"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"\xff", b"", b'{"metadata": 5}', b'{"kind": "Pod"}', b'{"spec": []}']
)
def test_hostile_bodies_are_bad_requests(http: Http, body: bytes) -> None:
    for method, path in (("POST", MAPS), ("POST", DEPLOYMENTS), ("PUT", f"{DEPLOYMENTS}/x")):
        assert http(method, path, body).status in (400, 404, 422)


def test_stale_put_is_a_conflict_in_the_real_words(http: Http) -> None:
    first = http("POST", MAPS, config_map("a", x="1")).body
    changed = copy.deepcopy(first)
    changed["data"] = {"x": "2"}
    assert http("PUT", f"{MAPS}/a", changed).status == 200
    refused = http("PUT", f"{MAPS}/a", first)
    assert (refused.status, refused.body["reason"]) == (409, "Conflict")
    assert refused.body["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_resource_version_in_a_patch_is_a_precondition(http: Http) -> None:
    old = http("POST", MAPS, config_map("a", x="1")).body["metadata"]["resourceVersion"]
    assert http.patch(f"{MAPS}/a", {"data": {"x": "2"}}).status == 200
    for kind in (MERGE_PATCH, STRATEGIC_PATCH):
        stale = http.patch(f"{MAPS}/a", {"metadata": {"resourceVersion": old}, "data": {"x": "3"}}, kind)
        assert (stale.status, stale.body["reason"]) == (409, "Conflict")
    steps = [{"op": "test", "path": "/metadata/resourceVersion", "value": old}]
    refused = http.patch(f"{MAPS}/a", steps, JSON_PATCH)
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    assert http("GET", f"{MAPS}/a").body["data"] == {"x": "2"}


def test_a_patch_that_changes_nothing_makes_no_version(http: Http) -> None:
    made = http("POST", MAPS, config_map("a", x="1")).body
    same = http.patch(f"{MAPS}/a", {"data": {"x": "1"}}, fieldManager="other")
    assert same.body["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_generation_follows_the_spec_only(http: Http) -> None:
    assert http("POST", DEPLOYMENTS, deployment()).body["metadata"]["generation"] == 1
    path = f"{DEPLOYMENTS}/web"
    assert http.patch(path, {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == 1
    assert http.patch(f"{path}/status", {"status": {"replicas": 1}}).body["metadata"]["generation"] == 1
    assert http.patch(path, {"spec": {"replicas": 1}}).body["metadata"]["generation"] == 2


def test_status_and_spec_are_written_through_different_doors(http: Http) -> None:
    http("POST", DEPLOYMENTS, {**deployment(), "status": {"replicas": 9}})
    path = f"{DEPLOYMENTS}/web"
    assert "status" not in http("GET", path).body
    http.patch(path, {"status": {"replicas": 9}})
    assert "status" not in http("GET", path).body
    http.patch(f"{path}/status", {"status": {"replicas": 9}, "spec": {"replicas": 7}})
    body = http("GET", path).body
    assert (body["status"]["replicas"], body["spec"]["replicas"]) == (9, 3)


def test_delete_preconditions(http: Http) -> None:
    meta = http("POST", MAPS, config_map("a")).body["metadata"]
    wrong = http("DELETE", f"{MAPS}/a", {"preconditions": {"uid": "other"}})
    assert wrong.status == 409
    assert "the UID in the precondition (other) does not match the UID in record" in wrong.body["message"]
    stale = http("DELETE", f"{MAPS}/a", {"preconditions": {"resourceVersion": "1"}})
    assert (stale.status, stale.body["reason"]) == (409, "Conflict")
    right = http("DELETE", f"{MAPS}/a", {"preconditions": {"uid": meta["uid"]}})
    assert (right.status, right.body["status"]) == (200, "Success")
    assert right.body["details"] == {"name": "a", "kind": "configmaps", "uid": meta["uid"]}
    assert http("DELETE", f"{MAPS}/a").status == 404


def test_finalizers_hold_an_object_back(http: Http) -> None:
    body = config_map("a")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    http("POST", MAPS, body)
    assert "deletionTimestamp" in http("DELETE", f"{MAPS}/a").body["metadata"]
    assert http("GET", f"{MAPS}/a").status == 200
    assert http.patch(f"{MAPS}/a", {"metadata": {"finalizers": None}}).status == 200
    assert http("GET", f"{MAPS}/a").status == 404


def test_dry_run_leaves_no_trace(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment())
    server.step(20)
    pod = server.list("Pod")[0]["metadata"]["name"]
    version = server.store.version
    path = f"{DEPLOYMENTS}/web"
    answers = [
        http("POST", MAPS, config_map("a"), dryRun="All"),
        http.patch(path, {"spec": {"replicas": 9}}, dryRun="All"),
        http.patch(f"{path}/scale", {"spec": {"replicas": 9}}, dryRun="All"),
        http("DELETE", path, {"dryRun": ["All"]}),
        http("DELETE", f"/api/v1/namespaces/shop/pods/{pod}", dryRun="All"),
        http("POST", f"/api/v1/namespaces/shop/pods/{pod}/eviction", {"metadata": {"name": pod}}, dryRun="All"),
        http("DELETE", "/api/v1/namespaces/shop/pods", dryRun="All"),
    ]
    assert [answer.status for answer in answers] == [201, 200, 200, 200, 200, 201, 200]
    assert answers[1].body["spec"]["replicas"] == 9
    assert answers[2].body["spec"]["replicas"] == 9
    assert server.store.version == version
    assert http.patch(path, {"spec": {"replicas": -1}}, dryRun="All").status == 422
    assert http.patch(path, {}, dryRun="Some").status == 400


def test_scale_subresource(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment())
    path = f"{DEPLOYMENTS}/web/scale"
    scale = http("GET", path).body
    assert (scale["kind"], scale["spec"], scale["status"]["selector"]) == ("Scale", {"replicas": 3}, "app=web")
    assert http.patch(path, {"spec": {"replicas": 5}}).body["spec"]["replicas"] == 5
    assert http("PUT", path, scale).status == 409
    del scale["metadata"]["resourceVersion"]
    assert http("PUT", path, scale).body["spec"]["replicas"] == 3
    assert http.patch(path, [{"op": "replace", "path": "/spec/replicas", "value": 4}], JSON_PATCH).status == 200
    assert http.patch(path, {"spec": {"replicas": -1}}).status == 422
    assert http.patch(path, {"spec": {"replicas": "many"}}).status == 400
    assert server.get("Deployment", "web", "shop")["spec"]["replicas"] == 4  # type: ignore[index]


def test_custom_resources_refuse_strategic_patches(server: KubeApiServer, http: Http) -> None:
    server.register(custom_resource("argoproj.io/v1alpha1", "applications", "Application"))
    path = "/apis/argoproj.io/v1alpha1/namespaces/shop/applications"
    body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "a"}, "spec": {}}
    assert http("POST", path, body).status == 201
    assert http.patch(f"{path}/a", {"operation": {"sync": {}}}, STRATEGIC_PATCH).status == 415
    assert http.patch(f"{path}/a", {"operation": {"sync": {}}}).status == 200


def test_namespaces_guard_their_content(server: KubeApiServer, http: Http) -> None:
    missing = http("POST", "/api/v1/namespaces/nowhere/configmaps", config_map("a") | {"metadata": {"name": "a"}})
    assert missing.body["message"] == 'namespaces "nowhere" not found'
    http("POST", MAPS, config_map("a"))
    assert http("DELETE", "/api/v1/namespaces/shop").status == 200
    refused = http("POST", MAPS, config_map("b"))
    assert refused.status == 403
    assert "because it is being terminated" in refused.body["message"]
    assert refused.body["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    server.step(1)
    assert http("GET", "/api/v1/namespaces/shop").status == 404
    assert server.list("ConfigMap") == []


def test_immutable_fields(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment())
    refused = http.patch(
        f"{DEPLOYMENTS}/web",
        {
            "spec": {
                "selector": {"matchLabels": {"app": "other"}},
                "template": {"metadata": {"labels": {"app": "other"}}},
            }
        },
    )
    assert refused.status == 422
    assert "field is immutable" in refused.body["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/unicorns", 404),
        ("GET", "/apis/nope/v1/x", 404),
        ("GET", "/nothing", 404),
        ("PUT", MAPS, 405),
        ("POST", "/apis/apps/v1/namespaces/shop/deployments/web/nope", 404),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405),
        ("GET", "/api/v1/namespaces/shop/nodes", 404),
    ],
)
def test_paths_that_lead_nowhere(http: Http, method: str, path: str, status: int) -> None:
    answer = http(method, path)
    assert (answer.status, answer.body["kind"]) == (status, "Status")


@pytest.mark.parametrize(
    "meta", [{"labels": []}, {"labels": {"a": 5}}, {"annotations": "x"}, {"finalizers": [1]}, {"ownerReferences": [{}]}]
)
def test_wrongly_typed_metadata_is_kept_out(http: Http, meta: dict[str, Any]) -> None:
    body = config_map("a")
    body["metadata"].update(meta)
    assert http("POST", MAPS, body).status == 400
    assert http("GET", MAPS, labelSelector="a=b").body["items"] == []


def with_resources(**resources: Any) -> dict[str, Any]:
    manifest = deployment()
    manifest["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return manifest


def test_a_request_above_its_limit_is_unprocessable(http: Http) -> None:
    refused = http("POST", DEPLOYMENTS, with_resources(limits={"memory": "1Gi"}, requests={"memory": "2Gi"}))
    assert refused.status == 422
    assert (
        'spec.template.spec.containers[0].resources.requests: Invalid value: "2Gi": '
        "must be less than or equal to memory limit of 1Gi"
    ) in refused.body["message"]
    assert http("POST", DEPLOYMENTS, with_resources(limits={"memory": "1 GB"})).status == 400


def test_a_pod_is_given_the_request_that_its_template_leaves_out(server: KubeApiServer, http: Http) -> None:
    made = http("POST", DEPLOYMENTS, with_resources(limits={"memory": "1Gi"}, requests={"cpu": "1"}))
    (template,) = made.body["spec"]["template"]["spec"]["containers"]
    assert template["resources"] == {"limits": {"memory": "1Gi"}, "requests": {"cpu": "1"}}
    server.step(5)
    (container,) = server.list("Pod", "shop")[0]["spec"]["containers"]
    assert container["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
