"""Lists in pages, tables, watches, and what happens when the past is forgotten."""

from __future__ import annotations

import threading

from chatops.sandbox.kubeapi import KubeApiServer

from .conftest import TABLE, Http, config_map, deployment

MAPS = "/api/v1/namespaces/shop/configmaps"


def names(items: list[dict]) -> list[str]:  # type: ignore[type-arg]
    return [each["metadata"]["name"] for each in items]


def test_pages_show_one_snapshot(http: Http) -> None:
    for number in range(7):
        http("POST", MAPS, config_map(f"m{number}"))
    first = http("GET", MAPS, limit=3).body
    assert first["metadata"]["remainingItemCount"] == 4
    http("DELETE", f"{MAPS}/m4")
    http("POST", MAPS, config_map("m9"))
    second = http("GET", MAPS, limit=3, **{"continue": first["metadata"]["continue"]}).body
    third = http("GET", MAPS, limit=3, **{"continue": second["metadata"]["continue"]}).body
    found = names(first["items"] + second["items"] + third["items"])
    assert found == [f"m{number}" for number in range(7)]
    assert "continue" not in third["metadata"]
    assert {page["metadata"]["resourceVersion"] for page in (first, second, third)} == {
        first["metadata"]["resourceVersion"]
    }


def test_how_many_remain_is_not_told_of_a_selection(http: Http) -> None:
    for number in range(5):
        http("POST", MAPS, config_map(f"m{number}"))
    for page in (
        http("GET", MAPS, limit=2, labelSelector="name!=m9").body,
        http("GET", MAPS, limit=2, fieldSelector="metadata.name!=m9").body,
    ):
        assert "remainingItemCount" not in page["metadata"]
        after = http("GET", MAPS, limit=2, **{"continue": page["metadata"]["continue"]}).body
        assert "remainingItemCount" not in after["metadata"]


def test_tables_come_in_pages_too(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=5))
    server.step(30)
    path, headers = "/api/v1/namespaces/shop/pods", {"Accept": TABLE}
    first = http("GET", path, headers=headers, limit=3, includeObject="None").body
    assert (first["kind"], len(first["rows"]), first["metadata"]["remainingItemCount"]) == ("Table", 3, 2)
    token = first["metadata"]["continue"]
    second = http("GET", path, headers=headers, limit=3, includeObject="None", **{"continue": token}).body
    assert second["columnDefinitions"] == first["columnDefinitions"]
    assert len({row["cells"][0] for row in first["rows"] + second["rows"]}) == 5
    assert not any("object" in row for row in first["rows"] + second["rows"])
    assert "continue" not in second["metadata"]


def test_metadata_alone_is_one_object_or_a_list(http: Http) -> None:
    http("POST", MAPS, config_map("m", key="hidden"))
    one, many = ("application/json;as=PartialObjectMetadata" + each + ";v=v1;g=meta.k8s.io" for each in ("", "List"))
    found = http("GET", f"{MAPS}/m", headers={"Accept": one})
    assert (found.body["kind"], found.body["metadata"]["name"]) == ("PartialObjectMetadata", "m")
    assert b"hidden" not in found.raw
    listed = http("GET", MAPS, headers={"Accept": many})
    assert (listed.body["kind"], names(listed.body["items"])) == ("PartialObjectMetadataList", ["m"])
    assert b"hidden" not in listed.raw
    for path, accept in ((f"{MAPS}/m", many), (MAPS, one)):
        refused = http("GET", path, headers={"Accept": accept})
        assert (refused.status, refused.body["reason"]) == (406, "NotAcceptable")


def test_metrics_are_selected_by_label(server: KubeApiServer, http: Http) -> None:
    server.apply([deployment("web"), deployment("api")])
    server.step(30)
    found = http("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods", labelSelector="app=api").body["items"]
    assert {each["metadata"]["labels"]["app"] for each in found} == {"api"}
    assert len(found) == 3


def test_the_stats_of_a_silent_kubelet_are_out_of_reach(server: KubeApiServer, http: Http) -> None:
    path = "/api/v1/nodes/n1/proxy/stats/summary"
    server.pose_stats("n1", lambda summary: summary["node"]["fs"].update(usedBytes=7))
    assert http("GET", path).body["node"]["fs"]["usedBytes"] == 7
    server.stop_node("n1")
    assert http("GET", path).status == 503


def test_a_list_at_version_zero_ignores_its_limit(http: Http) -> None:
    for number in range(3):
        http("POST", MAPS, config_map(f"m{number}"))
    assert len(http("GET", MAPS, limit=1, resourceVersion="0").body["items"]) == 3


def test_forgotten_pages_are_gone_and_bad_tokens_refused(server: KubeApiServer, http: Http) -> None:
    for number in range(3):
        http("POST", MAPS, config_map(f"m{number}"))
    token = http("GET", MAPS, limit=1).body["metadata"]["continue"]
    server.compact()
    gone = http("GET", MAPS, limit=1, **{"continue": token})
    assert (gone.status, gone.body["reason"]) == (410, "Expired")
    assert http("GET", MAPS, limit=1, **{"continue": "nonsense"}).status == 400
    assert http("GET", MAPS, limit="many").status == 400


def test_table_of_pods(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=1))
    server.step(100)
    path = "/api/v1/namespaces/shop/pods"
    table = http("GET", path, headers={"Accept": TABLE}).body
    columns = [each["name"] for each in table["columnDefinitions"]]
    assert columns[:5] == ["Name", "Ready", "Status", "Restarts", "Age"]
    row = dict(zip(columns, table["rows"][0]["cells"], strict=True))
    assert (row["Ready"], row["Status"], row["Restarts"], row["Age"]) == ("1/1", "Running", "0", "100s")
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    bare = http("GET", path, headers={"Accept": TABLE}, includeObject="None").body
    assert "object" not in bare["rows"][0]
    full = http("GET", path, headers={"Accept": TABLE}, includeObject="Object").body
    assert full["rows"][0]["object"]["kind"] == "Pod"
    assert http("GET", path, headers={"Accept": TABLE}, includeObject="Nope").status == 400


def test_delete_collection_obeys_the_selector(http: Http) -> None:
    for name in ("a", "b", "c"):
        http("POST", MAPS, config_map(name))
    answer = http("DELETE", MAPS, labelSelector="name in (a,b)")
    assert sorted(names(answer.body["items"])) == ["a", "b"]
    assert names(http("GET", MAPS).body["items"]) == ["c"]


def test_watch_tells_what_comes_into_view_and_leaves_it(http: Http) -> None:
    http("POST", MAPS, config_map("a"))
    version = http("GET", MAPS).body["metadata"]["resourceVersion"]
    http.patch(f"{MAPS}/a", {"metadata": {"labels": {"seen": "yes"}}})
    http("POST", MAPS, config_map("b"))
    http.patch(f"{MAPS}/a", {"data": {"x": "1"}})
    http.patch(f"{MAPS}/a", {"metadata": {"labels": {"seen": "no"}}})
    events = list(
        http.watch(
            MAPS, resourceVersion=version, labelSelector="seen=yes", timeoutSeconds=1, allowWatchBookmarks="true"
        )
    )
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    assert {event["object"]["metadata"].get("name") for event in events[:3]} == {"a"}


def test_watch_without_a_version_starts_with_what_is_there(http: Http) -> None:
    http("POST", MAPS, config_map("a"))
    events = list(http.watch(MAPS, timeoutSeconds=1, fieldSelector="metadata.name=a"))
    assert [(event["type"], event["object"]["metadata"]["name"]) for event in events] == [("ADDED", "a")]


def test_watch_is_live(http: Http) -> None:
    version = http("GET", MAPS).body["metadata"]["resourceVersion"]
    stream = http.watch(MAPS, resourceVersion=version, timeoutSeconds=20)
    writer = threading.Thread(target=http, args=("POST", MAPS, config_map("late")))
    writer.start()
    event = next(stream)
    writer.join()
    assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "late")


def test_watch_from_a_forgotten_version_is_gone(server: KubeApiServer, http: Http) -> None:
    version = http("GET", MAPS).body["metadata"]["resourceVersion"]
    http("POST", MAPS, config_map("a"))
    server.compact()
    (event,) = http.watch(MAPS, resourceVersion=version, timeoutSeconds=5)
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")


def test_node_pods_by_field_selector(server: KubeApiServer, http: Http) -> None:
    server.apply(deployment(replicas=4))
    server.step(10)
    found = http("GET", "/api/v1/pods", fieldSelector="spec.nodeName=n1").body["items"]
    assert len(found) == 2
    assert {each["spec"]["nodeName"] for each in found} == {"n1"}
    assert http("GET", "/api/v1/pods", fieldSelector="spec.shoe=1").status == 400


def test_abandoned_watches_give_their_threads_back(server: KubeApiServer, http: Http) -> None:
    for _ in range(2):
        left = [http.pool.request("GET", f"{server.url}{MAPS}?watch=true", preload_content=False) for _ in range(20)]
        for each in left:
            each.close()
    assert http("GET", MAPS).status == 200
