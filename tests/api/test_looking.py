"""Logs and descriptions over the API: read through an incident, written down, to whoever may read the object."""

from typing import Any

import pytest

from chatops.actors.work import ReadLogs, WorkFailed
from chatops.core.audit import EntryType
from chatops.core.resources import LogText
from tests.actors.scene import POD
from tests.api.door import ELSEWHERE, OLEG, VERA, ApiHouse

WHERE = {"kind": "Pod", "name": POD.name, "namespace": "shop", "uid": POD.uid}


def test_a_log_is_read_and_written_down(shop: ApiHouse) -> None:
    shop.opened()
    told = shop.get("/incidents/1/logs", by=VERA, **WHERE, tail=100)
    assert told["lines"] == ["line <b>1</b>", "tail 100"]
    assert told["container"] == "app"
    assert told["containers"] == ["app"]
    assert told["older"] is True
    (line,) = shop.lines(EntryType.LOOKED)
    assert (line.detail, line.object, line.incident_id) == ({"what": "logs", "via": "app"}, POD, 1)


def test_what_is_asked_for_reaches_the_cluster(shop: ApiHouse) -> None:
    shop.opened()
    shop.get("/incidents/1/logs", **WHERE, container="app", previous=1, tail=7, since=300)
    asked = [work for work in list(shop.cluster.work.queue) if isinstance(work, ReadLogs)]
    assert asked == [ReadLogs(POD, "app", previous=True, tail=7, since=300)]


def test_lines_are_searched(shop: ApiHouse) -> None:
    shop.opened()
    assert shop.get("/incidents/1/logs", **WHERE, q="TAIL")["lines"] == ["tail 200"]
    assert shop.get("/incidents/1/logs", **WHERE, q=".*")["lines"] == []


def test_no_line_turns_around_what_follows_it(shop: ApiHouse) -> None:
    shop.opened()
    hostile = LogText(POD, "app", False, ("a\u202eb\x1b[31m", "<script>alert(1)</script>"))
    shop.cluster.answer = lambda work: hostile
    first, second = shop.get("/incidents/1/logs", **WHERE)["lines"]
    assert "\u202e" not in first
    assert "\x1b" not in first
    assert second == "<script>alert(1)</script>"


def test_a_description_is_told_in_parts(shop: ApiHouse) -> None:
    shop.opened()
    told = shop.get("/incidents/1/describe", by=VERA, **WHERE)
    assert told["facts"] == [{"name": "status", "value": "bad"}]
    assert told["text"] == "full text"
    assert shop.lines(EntryType.LOOKED)[0].detail["what"] == "the description"


@pytest.mark.parametrize("what", ["logs", "describe", "offers"])
def test_who_may_not_read_there_is_told_nothing(shop: ApiHouse, what: str) -> None:
    shop.opened()
    query = "kind=Pod&name=x&namespace=shop"
    assert shop.ask("GET", f"/incidents/1/{what}?{query}", by=ELSEWHERE).code == "not_found"
    assert shop.ask("GET", f"/incidents/1/{what}?{query}", by=None).code == "unauthenticated"
    assert shop.lines(EntryType.LOOKED) == []


@pytest.mark.parametrize(
    ("reason", "temporary", "status"),
    [("unreachable", True, 503), ("forbidden", False, 502), ("not_found", False, 404), ("timeout", True, 504)],
)
def test_a_cluster_that_does_not_answer_is_said(shop: ApiHouse, reason: str, temporary: bool, status: int) -> None:
    shop.opened()
    failed = WorkFailed(None, reason, "pods is forbidden", temporary=temporary)
    shop.cluster.answer = lambda work: failed
    answer = shop.ask("GET", "/incidents/1/logs?kind=Pod&name=x&namespace=shop", by=OLEG)
    assert (answer.status, answer.code) == (status, reason)
    denied: list[Any] = [line.detail["why"] for line in shop.lines(EntryType.DENIED)]
    assert denied == (["forbidden"] if reason == "forbidden" else [])


@pytest.mark.parametrize(
    "query", ["", "kind=Pod", "kind=Pod&name=", "kind=Pod&name=x&tail=0", "kind=Pod&name=x&tail=99999"]
)
def test_what_cannot_be_read_is_refused(shop: ApiHouse, query: str) -> None:
    shop.opened()
    assert shop.ask("GET", f"/incidents/1/logs?{query}").code == "bad_request"
