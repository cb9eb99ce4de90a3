"""Incidents over the API: lists, one of them, what is done to it."""

from chatops.core.audit import EntryType
from tests.api.door import ANNA, ApiHouse


def test_an_incident_is_listed_and_told(shop: ApiHouse) -> None:
    number = shop.opened()
    told = shop.get("/incidents")
    (row,) = told["incidents"]
    assert (row["id"], row["severity"], row["status"], row["taken_by"]) == (number, "critical", "active", None)
    assert row["object"] == "checkout"
    assert told["next"] is None
    detail = shop.get(f"/incidents/{number}")
    assert {name: detail[name] for name in row} == row
    assert detail["objects"]["workloads"][0]["ref"]["name"] == "checkout"
    assert [each["action"] for each in detail["suggestions"]][0] == "rollout_undo"
    assert {"acknowledge", "resolve", "reject", "note", "silence"} <= set(detail["can"])


def test_what_is_pressed_in_the_chat_can_be_asked_for(shop: ApiHouse) -> None:
    number = shop.opened()
    answer = shop.do(f"/incidents/{number}/acknowledge")
    assert answer.status == 200, answer.body
    assert answer.json()["incident"]["taken_by"] == {"id": ANNA, "name": "@anna"}
    assert "You took #1" in answer.json()["said"]
    again = shop.do(f"/incidents/{number}/acknowledge")
    assert (again.status, again.code) == (409, "already_yours")
    (line,) = shop.lines(EntryType.ACKNOWLEDGED)
    assert (line.subject.id, line.chat_id, line.detail["via"]) == (str(ANNA), None, "app")
