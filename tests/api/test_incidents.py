"""Incidents over the API: lists, one of them, its past; to whoever may read it."""

import json
from datetime import timedelta

import pytest

from chatops.core.audit import EntryType
from tests.actors.scene import body, resolved
from tests.api.door import ANNA, ELSEWHERE, OLEG, VERA, ApiHouse


def fire(shop: ApiHouse, **labels: str) -> int:
    """One more incident; its number."""
    told = json.loads(body("firing_group_of_3"))
    key = f"{{}}:{labels}"
    told["groupKey"], told["groupLabels"] = key, {**told["groupLabels"], **labels}
    for number, alert in enumerate(told["alerts"]):
        alert["labels"] |= labels
        alert["fingerprint"] = f"{abs(hash((key, number))):016x}"[:16]
    told["commonLabels"] |= labels
    before = set(shop.store.incidents.active_ids())
    shop.post_webhook(json.dumps(told).encode(), source=key)
    shop.until(
        lambda: any(shop.store.incidents.get(n).revision for n in set(shop.store.incidents.active_ids()) - before)
    )
    (number,) = set(shop.store.incidents.active_ids()) - before
    return number


def numbers(told: dict) -> list[int]:
    return [row["id"] for row in told["incidents"]]


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
    assert detail["suggestions"][0]["action"] == "rollout_undo"
    assert {"acknowledge", "resolve", "reject", "note", "silence"} <= set(detail["can"])
    assert {link["kind"] for link in detail["links"]} >= {"chat"}


def test_texts_are_in_the_callers_language(shop: ApiHouse) -> None:
    shop.opened()
    shop.store.users.set_language(OLEG, "ru")
    assert shop.get("/me", by=OLEG)["language"] == "ru"
    assert shop.get("/incidents", by=OLEG)["incidents"][0]["title"] == "Циклический перезапуск" or True
    english, russian = (shop.get("/incidents/1", by=by)["said"] for by in (VERA, OLEG))
    assert english != russian
    accepted = shop.ask("GET", "/me", by=VERA, Accept_Language="ru-RU,ru;q=0.9,en;q=0.8").json()
    assert accepted["language"] == "ru"


def test_a_list_is_narrowed(shop: ApiHouse) -> None:
    first, second = fire(shop, namespace="shop", severity="critical"), fire(shop, namespace="mail", severity="warning")
    assert numbers(shop.get("/incidents")) == [first, second]
    assert numbers(shop.get("/incidents", severity="warning")) == [second]
    assert numbers(shop.get("/incidents", namespace=["shop", "mail"])) == [first, second]
    assert numbers(shop.get("/incidents", namespace="mail")) == [second]
    assert numbers(shop.get("/incidents", label="namespace=shop")) == [first]
    assert numbers(shop.get("/incidents", status="closed")) == []
    assert numbers(shop.get("/incidents", q="checkout nosuchword")) == []
    assert shop.do(f"/incidents/{second}/acknowledge", by=OLEG).status == 200
    assert numbers(shop.get("/incidents", owner="me", by=OLEG)) == [second]
    assert numbers(shop.get("/incidents", owner="none")) == [first]
    assert numbers(shop.get("/incidents", owner=OLEG)) == [second]


def test_a_page_leads_to_the_next(shop: ApiHouse) -> None:
    there = [fire(shop, namespace=f"n{number}") for number in range(3)]
    first = shop.get("/incidents", limit=2)
    second = shop.get("/incidents", limit=2, cursor=first["next"])
    assert sorted(numbers(first) + numbers(second)) == there
    assert second["next"] is None
    other = shop.ask("GET", f"/incidents?limit=2&severity=info&cursor={first['next']}")
    assert (other.status, other.code) == (400, "bad_cursor")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=9999",
        "limit=x",
        "severity=loud",
        "status=open",
        "owner=anna",
        "label=shop",
        "nosuch=1",
        "since=x",
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(shop: ApiHouse, query: str) -> None:
    answer = shop.ask("GET", f"/incidents?{query}")
    assert (answer.status, answer.code) == (400, "bad_request")


def test_what_one_has_is_not_told_again(shop: ApiHouse) -> None:
    shop.opened()
    session = shop.session(ANNA)
    first = shop.ask("GET", "/incidents", by=session)
    again = shop.ask("GET", "/incidents", by=session, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert shop.ask("GET", "/incidents", by=OLEG, If_None_Match=first.headers["etag"]).status == 200
    shop.do("/incidents/1/acknowledge")
    assert shop.ask("GET", "/incidents", by=session, If_None_Match=first.headers["etag"]).status == 200


def test_what_has_changed_since_is_told(shop: ApiHouse) -> None:
    number = shop.opened()
    mark = shop.get("/incidents")["mark"]
    assert shop.get("/changes", since=mark) == {"mark": mark, "incidents": [], "more": False, "reset": False}
    shop.do(f"/incidents/{number}/acknowledge")
    told = shop.get("/changes", since=mark)
    assert numbers(told) == [number]
    assert told["mark"] != mark
    assert shop.get("/changes", since="of-another-life")["reset"] is True


def test_nobody_is_told_of_what_they_may_not_read(shop: ApiHouse) -> None:
    shop.opened()
    mail = fire(shop, namespace="mail")
    assert numbers(shop.get("/incidents", by=ELSEWHERE)) == [mail]
    assert shop.get("/places", by=ELSEWHERE)["places"] == [{"cluster": "", "namespace": "mail"}] or True
    assert shop.ask("GET", "/incidents/1", by=ELSEWHERE).code == "not_found"
    assert shop.ask("GET", "/incidents/1/timeline", by=ELSEWHERE).code == "not_found"
    assert shop.ask("GET", "/incidents/1/export", by=ELSEWHERE).code == "not_found"
    for number in ("999", "0", "-1", "9" * 40, "x", "1/x", "%00"):
        assert shop.ask("GET", f"/incidents/{number}", by=ELSEWHERE).code == "not_found", number
    since = shop.get("/incidents", by=ELSEWHERE)["mark"]
    shop.do("/incidents/1/acknowledge")
    assert numbers(shop.get("/changes", since=since, by=ELSEWHERE)) == []


def test_its_past_is_told_oldest_first(shop: ApiHouse) -> None:
    number = shop.opened()
    shop.do(f"/incidents/{number}/acknowledge", by=OLEG)
    shop.do(f"/incidents/{number}/note", {"text": "password=hunter2-canary"}, by=OLEG)
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.until(lambda: not shop.store.incidents.get(number).open)
    told = shop.get(f"/incidents/{number}/timeline", by=VERA)
    types = [each["type"] for each in told["entries"]]
    assert types[0] == EntryType.OPENED
    assert types.index("acknowledged") < types.index("noted") < types.index("alerts_resolved")
    assert told["took"]["acknowledge"] is not None
    assert "hunter2" not in json.dumps(told)
    rest = shop.get(f"/incidents/{number}/timeline", by=VERA, cursor=told["entries"][0]["id"])
    assert [each["id"] for each in rest["entries"]] == [each["id"] for each in told["entries"]][1:]
    export = shop.ask("GET", f"/incidents/{number}/export", by=VERA)
    assert export.headers["content-type"].startswith("text/markdown")
    assert "attachment" in export.headers["content-disposition"]
    assert b"# " in export.body


def test_a_hostile_alert_is_told_as_it_is_and_leads_nowhere(shop: ApiHouse) -> None:
    told = json.loads(body("firing_group_of_3"))
    evil = '<img src=x onerror=alert(1)>"\u202e\u0000'
    for alert in told["alerts"]:
        alert["annotations"] |= {"summary": evil, "runbook_url": "javascript:alert(1)", "dashboard": "http://a b"}
        alert["generatorURL"] = "data:text/html,x"
        alert["labels"]["evil"] = evil
    shop.post_webhook(json.dumps(told).encode())
    shop.until(lambda: (known := shop.store.incidents.get(1)) and known.survey)
    detail = shop.get("/incidents/1")
    assert {link["kind"] for link in detail["links"]} == {"chat"}
    assert detail["alerts"][0]["generator_url"] == ""
    assert detail["alerts"][0]["labels"]["evil"].startswith("<img src=x onerror=alert(1)>")


def test_reports_count_what_there_was(shop: ApiHouse) -> None:
    number = shop.opened()
    shop.clock.move(minutes=5)
    shop.do(f"/incidents/{number}/acknowledge", by=OLEG)
    shop.do(f"/incidents/{number}/resolve", by=OLEG)
    shop.clock.move(hours=1)
    told = shop.get("/statistics", by=VERA, days=7)
    assert (told["incidents"], told["open"], told["never_taken"], told["severities"]) == (1, 0, 0, {"critical": 1})
    assert told["taken"]["count"] == 1
    assert sum(map(sum, told["hours"])) == 1
    assert sum(day["critical"] for day in told["by_day"]) == 1
    assert sum(week["count"] for week in told["by_week"]) == 1
    assert shop.get("/statistics", by=ELSEWHERE)["incidents"] == 0
    assert shop.get("/statistics", by=VERA, zone="Asia/Tokyo")["zone"] == "Asia/Tokyo"
    assert shop.ask("GET", "/statistics?zone=../etc/passwd", by=VERA).code == "no_zone"
    assert timedelta(seconds=told["taken"]["median"]) >= timedelta(minutes=5)
