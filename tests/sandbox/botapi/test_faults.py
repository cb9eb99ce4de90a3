"""Scripted faults: what the bot sees, and what really happened behind it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import telebot
from telebot.apihelper import ApiTelegramException

from chatops.sandbox.botapi import BotApiServer, HandClock, Person

from .conftest import Raw


def test_statuses_count_down_per_method_and_chat(bot: telebot.TeleBot, server: BotApiServer, anna: Person) -> None:
    server.fail("sendMessage", chat_id=anna.id, status=500, times=2)
    for _ in range(2):
        with pytest.raises(ApiTelegramException) as failed:
            bot.send_message(anna.id, "x")
        assert failed.value.error_code == 500
    bot.get_me()
    bot.send_message(anna.id, "x")
    assert [r.status for r in server.requests("sendMessage")] == [500, 500, 200]
    assert len(anna.messages()) == 1


def test_a_gateway_answers_html(server: BotApiServer) -> None:
    server.fail(status=502)
    reply = requests.get(f"{server.url}/bot{server.token}/getMe", timeout=10)
    assert reply.status_code == 502
    assert reply.text.startswith("<html>")


def test_a_scripted_flood_wait_holds_until_it_ends(
    call: Raw, server: BotApiServer, clock: HandClock, anna: Person
) -> None:
    server.fail("sendMessage", status=429, retry_after=7)
    assert call("sendMessage", chat_id=anna.id, text="x")["parameters"] == {"retry_after": 7}
    clock.advance(6)
    assert call("sendMessage", chat_id=anna.id, text="x")["parameters"] == {"retry_after": 1}
    clock.advance(1)
    assert call("sendMessage", chat_id=anna.id, text="x")["ok"]
    assert [r.too_early for r in server.requests("sendMessage")] == [False, True, False]


@pytest.mark.parametrize(("processed", "arrived"), [(False, 0), (True, 1)])
def test_a_dropped_connection(
    bot: telebot.TeleBot, server: BotApiServer, anna: Person, processed: bool, arrived: int
) -> None:
    server.drop("sendMessage", processed=processed)
    with pytest.raises(requests.ConnectionError):
        bot.send_message(anna.id, "x")
    assert len(anna.messages()) == arrived
    assert [r.status for r in server.requests("sendMessage")] == [0]
    bot.send_message(anna.id, "x")


def test_a_held_request_waits_for_its_release(call: Raw, server: BotApiServer, anna: Person) -> None:
    held = server.hold("sendMessage")
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(call, "sendMessage", chat_id=anna.id, text="late")
        assert held.arrived.wait(10)
        assert anna.messages() == []
        held.release()
        assert answer.result(10)["ok"]


def test_a_delayed_request_is_processed_in_the_end(call: Raw, server: BotApiServer, anna: Person) -> None:
    delayed = server.delay("sendMessage", seconds=0.01)
    assert call("sendMessage", chat_id=anna.id, text="x")["ok"]
    assert delayed.hits == 1


def test_going_away_refuses_connections_and_keeps_what_people_do(
    bot: telebot.TeleBot, server: BotApiServer, anna: Person
) -> None:
    port = server.port
    server.go_away()
    with pytest.raises(requests.ConnectionError):
        bot.get_me()
    anna.send("are you there?")
    server.come_back()
    assert server.port == port
    assert bot.get_updates()[0].message.text == "are you there?"


def test_going_away_cuts_a_waiting_poll(call: Raw, server: BotApiServer) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(call, "getUpdates", timeout=50)
        server.wait_for(lambda: server.world.updates.polling)
        server.go_away()
        poll.exception(10)
        assert poll.done()
    server.come_back()
    assert call("getMe")["ok"]


def test_stopping_twice_and_with_held_requests(server: BotApiServer, call: Raw) -> None:
    held = server.hold("getMe")
    with ThreadPoolExecutor() as pool:
        request = pool.submit(call, "getMe")
        assert held.arrived.wait(10)
        server.stop()
        request.exception(10)
    server.stop()


def test_the_log_never_holds_the_token(call: Raw, server: BotApiServer, anna: Person) -> None:
    call("sendMessage", chat_id=anna.id, text="hello")
    (request,) = server.requests("sendmessage", chat_id=anna.id)
    assert request.parameters["text"] == "hello"
    assert server.token not in repr(request) + str(request.parameters)
