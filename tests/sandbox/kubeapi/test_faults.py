"""Scripted faults do what they say, once, and leave the rest alone."""

from __future__ import annotations

import pytest
import urllib3

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.faults import Fault

from .conftest import Http, config_map

MAPS = "/api/v1/namespaces/shop/configmaps"
BROKEN = (urllib3.exceptions.ProtocolError, urllib3.exceptions.HTTPError)


@pytest.mark.parametrize(("code", "retry_after"), [(500, None), (503, 2), (429, 1), (504, None)])
def test_status_faults_are_used_up_and_change_nothing(
    server: KubeApiServer, http: Http, code: int, retry_after: int | None
) -> None:
    server.fail(Fault(kind="status", code=code, retry_after=retry_after, method="POST", path="configmaps", times=2))
    assert http("GET", MAPS).status == 200
    for _ in range(2):
        answer = http("POST", MAPS, config_map("a"))
        assert (answer.status, answer.body["kind"]) == (code, "Status")
        assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)
        assert http("GET", f"{MAPS}/a").status == 404
    assert http("POST", MAPS, config_map("a")).status == 201


def test_dropped_before_means_nothing_was_done(server: KubeApiServer, http: Http) -> None:
    server.fail(Fault(kind="drop_before", method="POST"))
    with pytest.raises(BROKEN):
        http("POST", MAPS, config_map("a"))
    assert http("GET", f"{MAPS}/a").status == 404
    assert server.requests.matching(method="POST")[0].status is None


def test_dropped_after_means_it_was_done_unseen(server: KubeApiServer, http: Http) -> None:
    server.fail(Fault(kind="drop_after", method="POST"))
    with pytest.raises(BROKEN):
        http("POST", MAPS, config_map("a"))
    assert http("GET", f"{MAPS}/a").status == 200


def test_a_hanging_request_ends_in_the_clients_timeout(server: KubeApiServer, http: Http) -> None:
    fault = server.fail(Fault(kind="hang", method="POST"))
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        http.pool.request("POST", f"{server.url}{MAPS}", body=b"{}", timeout=urllib3.Timeout(0.3))
    fault.released.set()
    assert http("GET", f"{MAPS}/a").status == 404


def test_a_slow_request_is_answered_in_the_end(server: KubeApiServer, http: Http) -> None:
    fault = server.fail(Fault(kind="slow", method="GET", seconds=30))
    fault.released.set()
    assert http("GET", MAPS).status == 200


def test_the_server_goes_away_and_comes_back_on_its_port(server: KubeApiServer, http: Http) -> None:
    http("POST", MAPS, config_map("a"))
    port = server.port
    with server.away(), pytest.raises(urllib3.exceptions.HTTPError):
        http("GET", MAPS)
    assert server.port == port
    assert http("GET", f"{MAPS}/a").status == 200


def test_going_away_ends_watches(server: KubeApiServer, http: Http) -> None:
    stream = http.watch(MAPS, timeoutSeconds=60)
    http("POST", MAPS, config_map("a"))
    assert next(stream)["type"] == "ADDED"
    server.go_away()
    try:
        assert list(stream) == []
    except BROKEN:
        pass
    finally:
        server.come_back()


def test_the_request_log_has_what_was_asked(server: KubeApiServer, http: Http) -> None:
    server.requests.clear()
    http.patch(f"{MAPS}/none", {"data": {"x": "1"}}, dryRun="All", fieldManager="me")
    assert server.requests.wait_for(1, method="PATCH")
    (record,) = server.requests.matching(method="PATCH")
    assert (record.path, record.query["dryRun"], record.json(), record.status) == (
        f"{MAPS}/none",
        "All",
        {"data": {"x": "1"}},
        404,
    )
    assert record.headers["content-type"] == "application/merge-patch+json"
