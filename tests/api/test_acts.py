"""What is done to an incident over the API is what a press in the chat does: the same rights, refusals and log."""

from typing import Any

import pytest

from chatops.actors.upstream_messages import CreateSilence, ExpireSilence
from chatops.core.audit import EntryType
from chatops.core.silences import SilencePlace
from tests.api.door import ANNA, ELSEWHERE, NOBODY, OLEG, VERA, ApiHouse

ACTS = {
    "acknowledge": {},
    "release": {},
    "resolve": {},
    "reject": {"reason": "noise"},
    "reopen": {},
    "note": {"text": "looked at it"},
    "silence": {"length": "1h"},
    "unsilence": {},
    "stop": {},
}


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


def test_it_is_seen_on_the_card(shop: ApiHouse) -> None:
    number = shop.opened()
    shop.do(f"/incidents/{number}/acknowledge", by=OLEG)
    assert shop.post.wait_text("@u1002 has it since")


def test_an_incidents_life(shop: ApiHouse) -> None:
    number = shop.opened()
    for act, status in (
        ("acknowledge", "active"),
        ("release", "active"),
        ("resolve", "resolved"),
        ("reopen", "active"),
    ):
        answer = shop.do(f"/incidents/{number}/{act}", by=OLEG)
        assert answer.status == 200, (act, answer.body)
        assert answer.json()["incident"]["status"] == status
    answer = shop.do(f"/incidents/{number}/reject", {"reason": "planned"}, by=OLEG)
    assert answer.json()["incident"]["status"] == "rejected"
    assert shop.get(f"/incidents/{number}")["reason"] == "Planned work"
    assert shop.do(f"/incidents/{number}/resolve", by=OLEG).code == "already_rejected_by"


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize(
    ("by", "code"), [(VERA, "no_right"), (ELSEWHERE, "not_found"), (NOBODY, "stranger"), (None, "unauthenticated")]
)
def test_who_may_not_does_nothing(shop: ApiHouse, act: str, by: int | None, code: str) -> None:
    number = shop.opened()
    before = shop.store.incidents.get(number)
    assert shop.do(f"/incidents/{number}/{act}", ACTS[act], by=by).code == code
    assert shop.store.incidents.get(number) == before
    denied = shop.lines(EntryType.DENIED)
    assert [line.detail["why"] for line in denied] == (["viewer"] if by == VERA else [])


@pytest.mark.parametrize(
    ("act", "content"),
    [
        ("reject", {}),
        ("reject", {"reason": ""}),
        ("reject", {"reason": "x" * 201}),
        ("note", {"text": 5}),
        ("silence", {"length": "9y"}),
        ("note", []),
        ("note", b"{"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_its_reason(shop: ApiHouse, act: str, content: Any) -> None:
    shop.opened()
    answer = shop.do(f"/incidents/1/{act}", content)
    assert (answer.status, answer.code) == (400, "bad_request")


def test_a_body_of_another_kind_is_not_read(shop: ApiHouse) -> None:
    shop.opened()
    answer = shop.ask("POST", "/incidents/1/note", b"text=x", Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_a_note_of_nothing_is_not_written(shop: ApiHouse) -> None:
    shop.opened()
    assert shop.do("/incidents/1/note", {"text": " \n "}).code == "nothing_said"
    assert shop.lines(EntryType.NOTED) == []


def test_it_is_silenced_and_heard_again(shop: ApiHouse) -> None:
    place = SilencePlace("am-id", 1)
    shop.upstream.answer = lambda work: place if isinstance(work, CreateSilence) else isinstance(work, ExpireSilence)
    shop.opened()
    assert shop.do("/incidents/1/silence", {"length": "1h"}).status == 200
    shop.until(lambda: shop.get("/incidents/1")["silence"]["standing"])
    assert shop.get("/incidents/1")["silenced_until"]
    assert "unsilence" in shop.get("/incidents/1")["can"]
    assert shop.do("/incidents/1/silence", {"length": "1h"}).code == "already_silenced"
    assert shop.do("/incidents/1/unsilence").status == 200


def test_too_much_at_once_is_told_to_wait(shop: ApiHouse) -> None:
    shop.opened()
    session = shop.session(OLEG)
    answers = [shop.do("/incidents/1/note", {"text": "x"}, by=session) for _ in range(35)]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == 5
    assert {answer.code for answer in refused} == {"too_fast"}
    assert int(refused[0].headers["retry-after"]) >= 1
    assert [line.detail["why"] for line in shop.lines(EntryType.DENIED)] == ["too_fast"]
    assert shop.do("/incidents/1/note", {"text": "x"}, by=ANNA).status == 200
