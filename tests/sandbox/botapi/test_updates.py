"""getUpdates: confirming, waiting, the one poller, expiry, and webhooks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import msgspec
import pytest
import telebot
from telebot import types

from chatops.sandbox.botapi import BotApiServer, HandClock, Person

from .conftest import Raw


def ids(answer: dict[str, Any]) -> list[int]:
    return [update["update_id"] for update in answer["result"]]


def test_updates_stay_until_a_higher_offset_confirms_them(call: Raw, anna: Person) -> None:
    for text in ("one", "two", "three"):
        anna.send(text)
    first = ids(call("getUpdates"))
    assert ids(call("getUpdates")) == first == list(range(first[0], first[0] + 3))
    assert ids(call("getUpdates", offset=first[1])) == first[1:]
    assert ids(call("getUpdates")) == first[1:]
    assert ids(call("getUpdates", offset=first[2] + 1)) == []


def test_limit_and_negative_offset(call: Raw, anna: Person) -> None:
    for number in range(4):
        anna.send(str(number))
    all_four = ids(call("getUpdates"))
    assert ids(call("getUpdates", limit=2)) == all_four[:2]
    assert ids(call("getUpdates", limit=-5)) == all_four[:1]
    assert ids(call("getUpdates", offset=-2)) == all_four[2:]
    assert ids(call("getUpdates")) == all_four[2:]


def test_never_more_than_a_hundred(call: Raw, anna: Person) -> None:
    for number in range(105):
        anna.send(str(number))
    assert len(call("getUpdates", limit=1000)["result"]) == 100


def test_a_long_poll_ends_with_the_first_update(server: BotApiServer, call: Raw, anna: Person) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(call, "getUpdates", timeout=30)
        server.wait_for(lambda: server.world.updates.polling)
        anna.send("wake up")
        assert poll.result(10)["result"][0]["message"]["text"] == "wake up"


def test_a_second_poller_ends_the_first_with_409(server: BotApiServer, call: Raw, anna: Person) -> None:
    with ThreadPoolExecutor() as pool:
        older = pool.submit(call, "getUpdates", timeout=30)
        server.wait_for(lambda: server.world.updates.polling)
        assert call("getUpdates", timeout=0)["ok"]
        answer = older.result(10)
    assert answer["error_code"] == 409
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


def test_stopping_the_server_ends_a_waiting_poll(server: BotApiServer, call: Raw) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(call, "getUpdates", timeout=50)
        server.wait_for(lambda: server.world.updates.polling)
        server.stop()
        poll.exception(10)
    assert poll.done()


def test_updates_live_a_day_and_pressed_buttons_150_seconds(call: Raw, clock: HandClock, anna: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
    anna.send("a message")
    anna.tap(anna.messages()[0], "Go")
    assert [list(update)[1] for update in call("getUpdates")["result"]] == ["message", "callback_query"]
    clock.advance(150)
    assert [list(update)[1] for update in call("getUpdates")["result"]] == ["message"]
    clock.advance(86_400)
    assert call("getUpdates")["result"] == []


def test_allowed_updates_choose_what_is_queued_from_then_on(call: Raw, anna: Person) -> None:
    anna.send("before")
    call("getUpdates", allowed_updates=["callback_query"])
    anna.send("not wanted")
    assert [u["message"]["text"] for u in call("getUpdates")["result"]] == ["before"]
    call("getUpdates", allowed_updates=[])
    anna.send("wanted again")
    assert [u["message"]["text"] for u in call("getUpdates")["result"]] == ["before", "wanted again"]


def test_what_updates_look_like_to_telebot(bot: telebot.TeleBot, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna], topics={7: "prod"})
    server.add_bot(group, anna, status="administrator")
    anna.send("/take@chatops_bot 96", chat=group, thread_id=7)
    mine = anna.send("helo")
    anna.edit(mine, "hello")
    bot.send_message(anna.id, "card", reply_markup=_one_button("k:2o"))
    anna.tap(anna.messages()[-1], "Go")
    joined, command, _, edited, query = bot.get_updates()
    assert joined.my_chat_member.new_chat_member.status == "administrator"
    assert command.message.chat.type == "supergroup"
    assert command.message.message_thread_id == 7
    assert [(e.type, e.offset, e.length) for e in command.message.entities] == [("bot_command", 0, 17)]
    assert edited.edited_message.text == "hello"
    assert query.callback_query.data == "k:2o"
    assert query.callback_query.from_user.id == anna.id
    assert query.callback_query.message.text == "card"
    assert query.callback_query.chat_instance


def test_privacy_mode_in_groups(call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna])
    number = call("sendMessage", chat_id=group.id, text="card")["result"]["message_id"]
    for text in ("chatter", "/list", "/list@other_bot", "/list@ChatOps_bot"):
        anna.send(text, chat=group)
    anna.reply(group.message(number), "a reply")
    assert [u["message"]["text"] for u in call("getUpdates")["result"]] == [
        "/list",
        "/list@ChatOps_bot",
        "a reply",
    ]


def test_answering_a_pressed_button(bot: telebot.TeleBot, clock: HandClock, anna: Person) -> None:
    bot.send_message(anna.id, "card", reply_markup=_one_button("go"))
    press = anna.tap(anna.messages()[0], "Go")
    query = bot.get_updates()[0].callback_query
    assert not press.answered
    bot.answer_callback_query(query.id, "Done", show_alert=True)
    assert (press.answer().text, press.answer().show_alert) == ("Done", True)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    for bad in (query.id, "12345"):
        with pytest.raises(telebot.apihelper.ApiTelegramException, match=too_old):
            bot.answer_callback_query(bad)
    late = anna.tap(anna.messages()[0], "Go")
    with pytest.raises(telebot.apihelper.ApiTelegramException, match="MESSAGE_TOO_LONG"):
        bot.answer_callback_query(late.query_id, "x" * 201)
    clock.advance(150)
    with pytest.raises(telebot.apihelper.ApiTelegramException, match=too_old):
        bot.answer_callback_query(late.query_id)


def test_a_webhook_gets_updates_in_order_with_the_secret(call: Raw, anna: Person) -> None:
    posts: Queue[tuple[str, dict[str, Any]]] = Queue()
    statuses = [500, 200, 200]

    class Target(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
            posts.put((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(statuses.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    target = HTTPServer(("127.0.0.1", 0), Target)
    thread = threading.Thread(target=target.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{target.server_port}/hook"
        assert call("setWebhook", url=url, secret_token="s3cret-_")["ok"]
        refused = call("getUpdates")
        assert (refused["error_code"], refused["description"][:44]) == (
            409,
            "Conflict: can't use getUpdates method while ",
        )
        anna.send("one")
        anna.send("two")
        seen = [posts.get(timeout=10) for _ in range(3)]
        assert [secret for secret, _ in seen] == ["s3cret-_"] * 3
        assert [update["message"]["text"] for _, update in seen] == ["one", "one", "two"]
        assert call("deleteWebhook")["ok"]
        assert call("getWebhookInfo")["result"]["url"] == ""
    finally:
        target.shutdown()
        target.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"url": "http://example.com"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://e.org", "secret_token": "with space"},
            "secret token contains unallowed characters",
        ),
        ({"url": "https://e.org", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
def test_bad_webhooks(call: Raw, parameters: dict[str, str], expected: str) -> None:
    assert call("setWebhook", **parameters)["description"] == f"Bad Request: {expected}"


def _one_button(data: str) -> types.InlineKeyboardMarkup:
    return types.InlineKeyboardMarkup([[types.InlineKeyboardButton("Go", callback_data=data)]])
