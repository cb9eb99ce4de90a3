"""Pacing: how many messages go, what the flood wait says, and when it ends. All by the hand clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatops.sandbox.botapi import BotApiServer, HandClock, Limits, Person

from .conftest import Raw


@pytest.fixture
def server(clock: HandClock) -> Iterator[BotApiServer]:
    with BotApiServer(clock=clock) as running:
        yield running


def test_twenty_messages_and_edits_a_minute_in_a_group(
    call: Raw, server: BotApiServer, clock: HandClock, anna: Person
) -> None:
    group = server.group(-1001, "Shop", [anna])
    number = call("sendMessage", chat_id=group.id, text="0")["result"]["message_id"]
    for count in range(1, 20):
        if count % 2:
            assert call("editMessageText", chat_id=group.id, message_id=number, text=str(count))["ok"]
        else:
            assert call("sendMessage", chat_id=group.id, text=str(count))["ok"]
    refused = call("editMessageText", chat_id=group.id, message_id=number, text="21st")
    assert refused["error_code"] == 429
    assert refused["description"] == "Too Many Requests: retry after 60"
    assert refused["parameters"] == {"retry_after": 60}
    assert group.message(number).text == "19"

    clock.advance(59)
    assert call("sendMessage", chat_id=group.id, text="early")["parameters"] == {"retry_after": 1}
    clock.advance(1)
    assert call("sendMessage", chat_id=group.id, text="in time")["ok"]
    assert [request.too_early for request in server.requests(status=429)] == [False, True]


def test_other_chats_go_on_while_one_waits(call: Raw, server: BotApiServer, anna: Person) -> None:
    full, free = server.group(-1001, "Full", [anna]), server.group(-1002, "Free", [anna])
    server.pace(Limits(group_per_minute=1))
    assert call("sendMessage", chat_id=full.id, text="x")["ok"]
    assert not call("sendMessage", chat_id=full.id, text="x")["ok"]
    assert call("sendMessage", chat_id=free.id, text="x")["ok"]


def test_a_private_chat_takes_a_burst_and_then_one_a_second(call: Raw, clock: HandClock, anna: Person) -> None:
    sent = [call("sendMessage", chat_id=anna.id, text=str(n))["ok"] for n in range(6)]
    assert sent == [True] * 5 + [False]
    clock.advance(5)
    assert call("sendMessage", chat_id=anna.id, text="again")["ok"]


def test_thirty_a_second_over_all_chats(call: Raw, server: BotApiServer, clock: HandClock, anna: Person) -> None:
    groups = [server.group(-1000 - n, str(n), [anna]) for n in range(31)]
    answers = [call("sendMessage", chat_id=group.id, text="x") for group in groups]
    assert [answer["ok"] for answer in answers] == [True] * 30 + [False]
    assert answers[-1]["parameters"] == {"retry_after": 1}
    clock.advance(1)
    assert call("sendMessage", chat_id=groups[-1].id, text="x")["ok"]


def test_answers_reads_and_deletes_are_not_counted(call: Raw, server: BotApiServer, anna: Person) -> None:
    server.pace(Limits(private_burst=1))
    number = call("sendMessage", chat_id=anna.id, text="x")["result"]["message_id"]
    for _ in range(8):
        assert call("sendChatAction", chat_id=anna.id, action="typing")["ok"]
        assert call("getChat", chat_id=anna.id)["ok"]
    assert call("deleteMessage", chat_id=anna.id, message_id=number)["ok"]


def test_a_refused_request_costs_nothing(call: Raw, server: BotApiServer, anna: Person) -> None:
    server.pace(Limits(private_burst=1))
    for _ in range(3):
        assert call("sendMessage", chat_id=anna.id, text="<b>", parse_mode="HTML")["error_code"] == 400
    assert call("sendMessage", chat_id=anna.id, text="x")["ok"]


def test_pacing_can_be_switched_off(call: Raw, server: BotApiServer, anna: Person) -> None:
    server.pace(Limits.off())
    assert all(call("sendMessage", chat_id=anna.id, text=str(n))["ok"] for n in range(40))
