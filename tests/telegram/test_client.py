import json
import threading

import pytest
import requests
import telebot
from telebot import apihelper

from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.outgoing import AnswerTap, EditMessage, Key, LeaveChat, SendDocument, SendMessage, SendPhoto
from chatops.core.telegram_features import Feature
from chatops.core.telegram_text import CAPTION_LIMIT, CUT, TEXT_LIMIT, units
from chatops.sandbox.botapi import BotApiServer, Limits
from chatops.telegram.client import Telegram
from tests.telegram.conftest import CANARY

KEYS = (
    (Key("Roll back", data="t1", style="danger"), Key("Logs", data="t2")),
    (Key("Runbook", url="https://wiki.example/oom"), Key("Copy", copy="kubectl get pods")),
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
NEWER = '<b>x</b> since <tg-time unix="1790000000" format="r">09:13</tg-time>'


class OldServer:
    """Refuses, as an older Bot API server would, what came after it; counts what it was asked."""

    def __init__(self, server: BotApiServer, *, text: bool = True, keys: bool = True) -> None:
        self.asked = 0
        self._server = server
        run = server._door._run

        def picky(name, given):
            if name in ("sendMessage", "editMessageText"):
                self.asked += 1
                if text and "<tg-time" in given.text("text"):
                    raise refusal('can\'t parse entities: Unsupported start tag "tg-time" at byte offset 0')
                if keys and "copy_text" in given.text("reply_markup"):
                    raise refusal("can't parse inline keyboard button: Text buttons are unallowed")
            return run(name, given)

        server._door._run = picky


def refusal(words: str) -> Exception:
    from chatops.sandbox.botapi.refusals import bad_request

    return bad_request(words)


def last(anna):
    return anna.messages()[-1]


def test_who_the_bot_is(telegram):
    assert telegram.me() == (4200000001, "chatops_bot", False)


def test_who_a_bot_without_a_username_is(oddity):
    oddity.answer(b'{"ok": true, "result": {"id": 7, "is_bot": true, "first_name": "Ops"}}')
    assert Telegram(CANARY, oddity.url).me() == (7, "Ops", False)


def test_a_message_with_everything(telegram, server, anna):
    asked = anna.send("hello")
    number = telegram.deliver(SendMessage(anna.id, NEWER, KEYS, silent=True, reply_to=asked.id))
    seen = last(anna)
    assert (seen.id, seen.text, seen.silent, seen.reply_to) == (number, "x since 09:13", True, asked.id)
    assert [entity["type"] for entity in seen.entities] == ["bold", "date_time"]
    assert seen.button("Roll back") == {"text": "Roll back", "callback_data": "t1", "style": "danger"}
    assert seen.button("Runbook")["url"] == "https://wiki.example/oom"
    assert seen.button("Copy")["copy_text"] == {"text": "kubectl get pods"}
    assert json.loads(server.requests("sendMessage")[0].parameters["link_preview_options"]) == {"is_disabled": True}


def test_the_message_replied_to_may_be_gone(telegram, anna):
    assert telegram.deliver(SendMessage(anna.id, "x", reply_to=12345))


def test_an_edit(telegram, anna):
    number = telegram.deliver(SendMessage(anna.id, "before", KEYS))
    assert telegram.deliver(EditMessage(anna.id, number, "after")) == number
    assert (last(anna).text, last(anna).keyboard) == ("after", ())


def test_r18_an_edit_that_changes_nothing_is_a_success(telegram, server, anna):
    """R18: message is not modified."""
    number = telegram.deliver(SendMessage(anna.id, "same"))
    assert telegram.deliver(EditMessage(anna.id, number, "same")) == number
    assert server.requests("editMessageText")[0].status == 400


def test_a_document(telegram, anna):
    number = telegram.deliver(SendDocument(anna.id, "лог\r\n\"x'.txt", b"line\n" * 1_000, "<b>" + "c" * 2_000 + "</b>"))
    seen = last(anna)
    assert (seen.id, seen.document) == (number, b"line\n" * 1_000)
    assert units(seen.text) == CAPTION_LIMIT
    assert seen.document_name.endswith("x'.txt")


def test_an_empty_document_is_taken_too(telegram, anna):
    telegram.deliver(SendDocument(anna.id, "", b""))
    assert last(anna).document == b"\n"


def test_a_picture(telegram, anna):
    number = telegram.deliver(SendPhoto(anna.id, PNG, "<b>" + "c" * 2_000 + "</b>", "instead"))
    seen = last(anna)
    assert (seen.id, seen.photo, seen.silent) == (number, PNG, True)
    assert units(seen.text) == CAPTION_LIMIT


@pytest.mark.parametrize("broken", ["no picture", "not enough rights to send photos to the chat", "PHOTO_INVALID"])
def test_words_stand_in_for_a_picture_that_is_refused(telegram, server, anna, broken):
    asked = anna.send("hello")
    content = b"no png" if broken == "no picture" else PNG
    if broken != "no picture":
        run = server._door._run

        def picky(name, given):
            if name == "sendPhoto":
                raise refusal(broken)
            return run(name, given)

        server._door._run = picky
    number = telegram.deliver(SendPhoto(anna.id, content, "caption", "<b>▁▂▃</b>", reply_to=asked.id))
    seen = last(anna)
    assert (seen.id, seen.photo, seen.text, seen.reply_to) == (number, None, "▁▂▃", asked.id)


def test_a_toast_is_short_enough(telegram, anna):
    telegram.deliver(SendMessage(anna.id, "x", KEYS))
    press = anna.tap(last(anna), "Logs")
    assert telegram.deliver(AnswerTap(press.query_id, "😀" * 300, alert=True)) == 0
    answer = press.answer()
    assert units(answer.text) == 199
    assert answer.text.endswith(CUT)
    assert answer.show_alert


def test_an_empty_toast_stops_the_spinner(telegram, anna):
    telegram.deliver(SendMessage(anna.id, "x", KEYS))
    press = anna.tap(last(anna), "Logs")
    telegram.deliver(AnswerTap(press.query_id))
    assert press.answer().text == ""


def test_leaving_a_chat(telegram, server, anna):
    group = server.group(-1005, "Ops", [anna])
    telegram.deliver(LeaveChat(group.id))
    with pytest.raises(Permanent) as caught:
        telegram.deliver(SendMessage(group.id, "x"))
    assert caught.value.reason is Reason.BLOCKED


def test_the_menu_of_commands(telegram, server):
    telegram.profile.set_commands({"": [("start", "begin")], "ru": [("start", "начать"), ("help", "помощь")]})
    asked = [
        (r.parameters.get("language_code", ""), json.loads(r.parameters["commands"]))
        for r in server.requests("setMyCommands", status=200)
    ]
    assert [(language, len(commands)) for language, commands in asked] == [("", 1), ("ru", 2)]


def test_r23_too_long_a_text_arrives_cut(telegram, anna):
    """R23: 4096 UTF-16 units."""
    telegram.deliver(SendMessage(anna.id, "\n".join(f"<code>{n} &lt;&amp; 😀</code>" for n in range(2_000)), KEYS))
    seen = last(anna)
    assert units(seen.text) <= TEXT_LIMIT
    assert seen.text.endswith("\n" + CUT)
    assert len(seen.buttons) == 4


def test_r15_broken_text_arrives(telegram, anna):
    """R15: and nobody has to write it again."""
    telegram.deliver(SendMessage(anna.id, "<b>a \ud800 <script> </i> <a href='javascript:x'>l</a>"))
    assert last(anna).text == "a \ufffd   l"


@pytest.mark.parametrize(
    "key",
    [
        Key("nothing"),
        Key("", data="x"),
        Key("long", data="x" * 65),
        Key("script", url="javascript:alert(1)"),
        Key("file", url="file:///etc/passwd"),
        Key("cluster", url="http://prometheus:9090/graph"),
        Key("spaces", url="https://a.example/a b"),
        Key("port", url="https://a.example:x/"),
        Key("no host", url="https:///x"),
        Key("long copy", copy="x" * 257),
    ],
)
def test_r15_a_button_telegram_would_refuse_is_left_out(telegram, server, anna, key):
    """R15: the message arrives without it."""
    telegram.deliver(SendMessage(anna.id, "x", ((key,), (Key("fine", data="t"), key))))
    assert last(anna).keyboard == (({"text": "fine", "callback_data": "t"},),)
    assert len(server.requests("sendMessage")) == 1


def test_odd_buttons_that_telegram_takes(telegram, anna):
    keys = (
        Key("user", url="tg://user?id=5"),
        Key("style", data="t", style="sparkling"),
        Key("six", url="http://[::1]/"),
    )
    telegram.deliver(SendMessage(anna.id, "x", (keys,)))
    assert [sorted(button) for button in last(anna).keyboard[0]] == [
        ["text", "url"],
        ["callback_data", "text"],
        ["text", "url"],
    ]


def test_a_server_without_the_newer_text_costs_one_refusal(telegram, server, anna):
    old = OldServer(server, keys=False)
    for _ in range(3):
        number = telegram.deliver(SendMessage(anna.id, NEWER, KEYS))
        telegram.deliver(EditMessage(anna.id, number, NEWER + "!", KEYS))
    assert old.asked == 7
    assert last(anna).text == "x since 09:13!"
    assert "Copy" in last(anna).buttons


def test_a_server_without_the_newer_buttons_costs_one_refusal(telegram, server, anna):
    old = OldServer(server, text=False)
    for _ in range(3):
        telegram.deliver(SendMessage(anna.id, NEWER, KEYS))
    assert old.asked == 4
    assert last(anna).buttons == ["Roll back", "Logs", "Runbook"]
    assert [entity["type"] for entity in last(anna).entities] == ["bold", "date_time"]


def test_a_server_without_either_costs_two(telegram, server, anna):
    old = OldServer(server)
    for _ in range(3):
        telegram.deliver(SendMessage(anna.id, NEWER, KEYS))
    assert old.asked == 5
    assert last(anna).text == "x since 09:13"


def test_a_server_that_refuses_in_its_own_words_gets_the_message_too(telegram, server, anna):
    asked = []

    def strict(name, given, run=server._door._run):
        asked.append(name)
        if "style" in given.text("reply_markup"):
            raise refusal("unknown field 'style'")
        return run(name, given)

    server._door._run = strict
    number = telegram.deliver(SendMessage(anna.id, NEWER, KEYS))
    telegram.deliver(EditMessage(anna.id, number, NEWER + "!", KEYS))
    assert asked == ["sendMessage", "sendMessage", "editMessageText"]
    assert (last(anna).text, last(anna).buttons) == ("x since 09:13!", ["Roll back", "Logs", "Runbook", "Copy"])


QUOTE = "<blockquote expandable>" + "long " * 40 + "</blockquote>"
PARTS = {
    Feature.COLOURS: ("reply_markup", '"style"', "unknown field 'style'"),
    Feature.COPY: ("reply_markup", "copy_text", "can't parse inline keyboard button: Text buttons are unallowed"),
    Feature.QUOTES: ("text", "expandable", 'can\'t parse entities: unknown attribute "expandable"'),
    Feature.TIMES: ("text", "<tg-time", 'can\'t parse entities: Unsupported start tag "tg-time" at byte offset 0'),
}


def sent_parts(given) -> set[Feature]:
    return {each for each, (where, sign, _) in PARTS.items() if sign in given.text(where)}


@pytest.mark.parametrize("missing", list(PARTS))
def test_a_feature_the_server_names_is_left_out_from_then_on_and_told_of_once(server, anna, missing):
    told: list[Feature] = []
    telegram = Telegram(server.token, server.url, on_refused=told.append)
    seen = []

    def older(name, given, run=server._door._run):
        if name == "sendMessage":
            seen.append(sent_parts(given))
            if missing in seen[-1]:
                raise refusal(PARTS[missing][2])
        return run(name, given)

    server._door._run = older
    for _ in range(3):
        telegram.deliver(SendMessage(anna.id, NEWER + QUOTE, KEYS))
    every = set(PARTS)
    assert seen == [every, set(), every - {missing}, every - {missing}]
    assert told == [missing]


@pytest.mark.parametrize("used", [frozenset(), *(frozenset({each}) for each in PARTS), frozenset(PARTS)])
def test_only_features_that_are_switched_on_are_used(server, anna, used):
    telegram = Telegram(server.token, server.url, features=used)
    telegram.deliver(SendMessage(anna.id, NEWER + QUOTE, KEYS))
    assert sent_parts(_Given(server.requests("sendMessage")[-1].parameters)) == used


class _Given:
    def __init__(self, parameters) -> None:
        self._parameters = parameters

    def text(self, name: str) -> str:
        return self._parameters.get(name, "")


@pytest.mark.parametrize(
    "words",
    [
        'can\'t parse entities: Unsupported start tag "x" at byte offset 0',
        "can't parse entities: Can't find end tag corresponding to start tag b",
        "message is too long",
        "MESSAGE_TOO_LONG",
        "text is too long",
        "ENTITY_TEXT_INVALID",
        "ENTITIES_TOO_LONG",
        "no mood for it",
    ],
)
def test_r15_markup_that_is_never_taken_arrives_as_plain_text(telegram, server, anna, words):
    """R15: rather without its looks than not at all."""

    def all_markup(name, given, run=server._door._run):
        if given.text("parse_mode"):
            raise refusal(words)
        return run(name, given)

    server._door._run = all_markup
    telegram.deliver(SendMessage(anna.id, "<b>a &lt; b</b>", KEYS))
    assert (last(anna).text, last(anna).buttons) == ("a < b", ["Roll back", "Logs"])
    # The text was the poison; the next one is tried in full.
    server._door._run = type(server._door)._run.__get__(server._door)
    telegram.deliver(SendMessage(anna.id, NEWER, KEYS))
    assert [entity["type"] for entity in last(anna).entities] == ["bold", "date_time"]
    assert len(last(anna).buttons) == 4


def test_r15_a_topic_that_is_gone_is_left_for_the_general_one(telegram, server, anna):
    """R15: closed or deleted."""
    group = server.group(-1007, "Ops", [anna], topics={5: "prod", 6: "stage"})
    telegram.deliver(SendMessage(group.id, "there", thread_id=5))
    assert group.last().thread_id == 5
    server.delete_topic(group, 5)
    server.close_topic(group, 6)
    for thread_id in (5, 6):
        telegram.deliver(SendMessage(group.id, f"not in {thread_id}", thread_id=thread_id))
        assert (group.last().text, group.last().thread_id) == (f"not in {thread_id}", None)


def test_updates_come_raw_and_are_confirmed_by_the_next_offset(telegram, server, anna):
    anna.send("one")
    anna.send("two")
    first, second = telegram.updates(None, 1)
    assert first.chat_id == anna.id
    assert json.loads(first.body)["message"]["text"] == "one"
    assert telegram.updates(first.id + 1, 1) == (second,)
    asked = server.requests("getUpdates")[0].parameters
    assert json.loads(asked["allowed_updates"]) == ["message", "callback_query", "my_chat_member"]


def test_a_waiting_poll_ends_when_told_to(telegram, server, in_thread):
    ended = []

    def wait() -> None:
        with pytest.raises(Failure):
            telegram.updates(None, 50)
        ended.append(True)

    thread = in_thread(wait)
    server.wait_for(lambda: server.world.updates.polling)
    telegram.stop_polling()
    thread.join(10)
    assert ended == [True]
    assert telegram.me().username == "chatops_bot"


def test_stopping_the_poll_leaves_a_message_on_its_way_alone(telegram, server, anna, in_thread):
    held = server.hold("sendMessage")
    sent = []
    thread = in_thread(lambda: sent.append(telegram.deliver(SendMessage(anna.id, "x"))))
    assert held.arrived.wait(10)
    telegram.stop_polling()
    held.release()
    thread.join(10)
    assert sent == [last(anna).id]


def test_hanging_up_ends_everything(telegram, server, anna, in_thread):
    held = server.hold("sendMessage")
    failures = []

    def send() -> None:
        with pytest.raises(Failure) as caught:
            telegram.deliver(SendMessage(anna.id, "x"))
        failures.append(caught.value.reason)

    thread = in_thread(send)
    assert held.arrived.wait(10)
    telegram.hang_up()
    thread.join(10)
    held.release()
    assert failures == [Reason.UNREACHABLE]


def test_parameters_travel_in_the_body(oddity):
    oddity.answer(b'{"ok": true, "result": {"message_id": 1}}')
    assert Telegram(CANARY, oddity.url + "/").deliver(SendMessage(1, "ж" * 4_000)) == 1
    assert oddity.paths == [f"/bot{CANARY}/sendMessage"]


def test_an_answer_that_does_not_end_is_given_up(oddity, monkeypatch):
    monkeypatch.setattr("chatops.telegram.wire.LARGEST_ANSWER", 1_000)
    oddity.answer(b'"' + b"x" * 100_000 + b'"')
    with pytest.raises(Failure) as caught:
        Telegram(CANARY, oddity.url).me()
    assert caught.value.reason is Reason.TIMEOUT


def test_an_answer_that_dribbles_is_given_up(oddity):
    oddity.dribbles = True
    oddity.reply = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    with pytest.raises(Failure) as caught:
        Telegram(CANARY, oddity.url, connect_timeout=0.1, read_timeout=0.1).me()
    assert caught.value.reason is Reason.TIMEOUT


def test_two_bots_in_one_process_keep_apart(server, telegram):
    with BotApiServer(token="5:another", bot_username="other_bot", limits=Limits.off()) as second:
        other = Telegram("5:another", second.url)
        names = [door.me().username for door in (telegram, other, telegram)]
    assert names == ["chatops_bot", "other_bot", "chatops_bot"]


def test_somebody_elses_telebot_is_left_alone(server, telegram, monkeypatch):
    telegram.me()
    monkeypatch.setattr(apihelper, "API_URL", server.api_url)
    assert telebot.TeleBot(CANARY, threaded=False).get_me().username == "chatops_bot"


def test_threads_share_the_door(telegram, server, anna):
    numbers: list[int] = []
    lock = threading.Lock()

    def send(text: str) -> None:
        number = telegram.deliver(SendMessage(anna.id, text))
        with lock:
            numbers.append(number)

    threads = [threading.Thread(target=send, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(numbers)) == 8
    assert {seen.text for seen in anna.messages()} == {str(n) for n in range(8)}


def test_requests_raises_nothing_through_the_door(telegram, monkeypatch):
    def broken(*_args, **_kwargs):
        raise requests.exceptions.ChunkedEncodingError(f"https://x/bot{CANARY}/getMe")

    monkeypatch.setattr(requests.Session, "post", broken)
    with pytest.raises(Failure) as caught:
        telegram.me()
    assert CANARY not in str(caught.value)
