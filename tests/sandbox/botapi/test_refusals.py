"""Every refusal the production bot must live with, in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from chatops.sandbox.botapi import BotApiServer, HandClock, Person

from .conftest import Raw

Reason = str


def reason(answer: dict[str, Any]) -> Reason:
    assert answer["ok"] is False
    return str(answer["description"])


@pytest.fixture
def sent(call: Raw, anna: Person) -> int:
    return int(call("sendMessage", chat_id=anna.id, text="one")["result"]["message_id"])


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "  \n "}, "Bad Request: text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "🙂" * 2049}, "Bad Request: message is too long"),
        ({"text": "x" * 32_769}, "Bad Request: text is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "chat_id": 999}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "abc"}, "Bad Request: chat not found"),
        ({"text": "x", "message_thread_id": 7}, "Bad Request: message thread not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 777}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "x", "reply_parameters": {"quote": "q"}}, 'Bad Request: can\'t find field "message_id"'),
        (
            {"text": "x", "link_preview_options": {"is_disabled": "yes"}},
            'Bad Request: field "is_disabled" must be of type Boolean',
        ),
        (
            {"text": "x", "entities": [{"type": "bold", "offset": 9, "length": 1}]},
            "Bad Request: entity begins after the end of the text at UTF-16 offset 9",
        ),
        (
            {"text": "x", "entities": [{"type": "blink", "offset": 0, "length": 1}]},
            "Bad Request: can't parse MessageEntity: Unsupported type specified",
        ),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "Bad Request: object expected as reply markup"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": "no"}},
            'Bad Request: field "inline_keyboard" must be of type Array',
        ),
    ],
)
def test_send_message(call: Raw, anna: Person, parameters: dict[str, Any], expected: str) -> None:
    assert reason(call("sendMessage", **{"chat_id": anna.id, **parameters})) == expected
    assert anna.messages() == []


_URL = "Bad Request: inline keyboard button URL '{}' is invalid: "
_BUTTON = "Bad Request: can't parse inline keyboard button: "


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ({"callback_data": "x" * 65}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"callback_data": "я" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, _BUTTON + "Text buttons are unallowed in the inline keyboard"),
        ({}, _BUTTON + "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "a", "url": "https://e.org"}, _BUTTON + "Exactly one action must be specified"),
        ({"callback_data": 5}, _BUTTON + 'Field "callback_data" must be of type String'),
        ({"callback_data": "a", "style": "warning"}, _BUTTON + "Invalid button style specified"),
        (
            {"url": "ftp://example.com"},
            _URL.format("ftp://example.com") + "Unsupported URL protocol",
        ),
        (
            {"url": "javascript:alert(1)"},
            _URL.format("javascript:alert(1)") + "Unsupported URL protocol",
        ),
        (
            {"url": "not-a-url"},
            "Bad Request: inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            {"web_app": {"url": "http://example.com"}},
            "Bad Request: inline keyboard button Web App URL 'http://example.com' is invalid: "
            "Only HTTPS links are allowed",
        ),
        (
            {"web_app": {"url": "https://intranet/app"}},
            "Bad Request: inline keyboard button Web App URL 'https://intranet/app' is invalid: Wrong HTTP URL",
        ),
        (
            {"web_app": {"url": "http://127.0.0.1.example.com"}},
            "Bad Request: inline keyboard button Web App URL 'http://127.0.0.1.example.com' is invalid: "
            "Only HTTPS links are allowed",
        ),
        ({"web_app": "https://example.com"}, _BUTTON + 'Field "web_app" must be of type Object'),
        ({"web_app": {}}, _BUTTON + 'Can\'t find field "url"'),
        ({"copy_text": {"text": ""}}, "Bad Request: BUTTON_COPY_TEXT_INVALID"),
        ({"copy_text": {"text": "x" * 257}}, "Bad Request: BUTTON_COPY_TEXT_INVALID"),
        ({"pay": True}, "Bad Request: BUTTON_TYPE_INVALID"),
    ],
)
def test_buttons(call: Raw, anna: Person, button: dict[str, Any], expected: str) -> None:
    markup = keyboard(**button)
    assert reason(call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)) == expected


def test_a_button_without_text(call: Raw, anna: Person) -> None:
    markup = {"inline_keyboard": [[{"callback_data": "x"}]]}
    answer = call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
    assert reason(answer) == _BUTTON + 'Can\'t find field "text"'


@pytest.mark.parametrize(
    "button",
    [
        {"callback_data": "x" * 64, "style": "danger"},
        {"callback_data": "я" * 32, "style": "success"},
        {"url": "https://example.com/a?b=c", "style": "primary"},
        {"url": "tg://user?id=101"},
        {"url": "https://t.me/chatops_bot?start=inc_96"},
        {"web_app": {"url": "https://example.com/app"}},
        {"web_app": {"url": "http://127.0.0.1:8080/app/#/incident/96"}},
        {"web_app": {"url": "http://[::1]:8080/app/"}},
        {"copy_text": {"text": "k" * 256}},
        {"disabled": {}},
        {"switch_inline_query": ""},
    ],
)
def test_good_buttons(call: Raw, anna: Person, button: dict[str, Any]) -> None:
    answer = call("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard(**button))
    (kept,) = answer["result"]["reply_markup"]["inline_keyboard"][0]
    assert kept == {"text": "x", **button}


def test_web_app_buttons_are_for_private_chats(call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna])
    markup = keyboard(web_app={"url": "https://example.com"})
    answer = call("sendMessage", chat_id=group.id, text="x", reply_markup=markup)
    assert reason(answer) == "Bad Request: BUTTON_TYPE_INVALID"


@pytest.mark.parametrize(("buttons", "data", "ok"), [(100, "x", True), (101, "x", False), (100, "x" * 64, False)])
def test_the_size_of_a_keyboard(call: Raw, anna: Person, buttons: int, data: str, ok: bool) -> None:
    rows = [[{"text": "t" * 30, "callback_data": data}] for _ in range(buttons)]
    answer = call("sendMessage", chat_id=anna.id, text="x", reply_markup={"inline_keyboard": rows})
    assert answer["ok"] is ok
    if not ok:
        assert reason(answer) == "Bad Request: reply markup is too long"


def test_limits_count_utf16_after_entities(call: Raw, anna: Person) -> None:
    assert call("sendMessage", chat_id=anna.id, text="🙂" * 2048)["ok"]
    text = "<b>" + "&lt;" * 4096 + "</b>"
    assert call("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")["ok"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"text": "x" * 4097}, "Bad Request: MESSAGE_TOO_LONG"),
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "x", "message_id": 999}, "Bad Request: message to edit not found"),
        ({"text": "x", "message_id": "abc"}, "Bad Request: message identifier is not specified"),
        ({"text": "x", "message_id": 0}, "Bad Request: message identifier is not specified"),
        (
            {"text": "one"},
            "Bad Request: message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message",
        ),
        ({"text": "<b>x", "parse_mode": "HTML"}, None),
    ],
)
def test_edit_message_text(
    call: Raw, anna: Person, sent: int, parameters: dict[str, Any], expected: str | None
) -> None:
    answer = call("editMessageText", **{"chat_id": anna.id, "message_id": sent, **parameters})
    assert expected is None or reason(answer) == expected
    assert not answer["ok"]
    assert anna.messages()[0].edits == 0


def test_messages_of_others_cannot_be_edited(call: Raw, anna: Person) -> None:
    mine = anna.send("hello")
    answer = call("editMessageText", chat_id=anna.id, message_id=mine.id, text="x")
    assert reason(answer) == "Bad Request: message can't be edited"


def test_the_same_keyboard_is_not_modified(call: Raw, anna: Person) -> None:
    markup = keyboard(callback_data="a")
    number = call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)["result"]["message_id"]
    same = call("editMessageReplyMarkup", chat_id=anna.id, message_id=number, reply_markup=markup)
    assert reason(same).startswith("Bad Request: message is not modified")
    gone = call("editMessageText", chat_id=anna.id, message_id=number, text="x")
    assert "reply_markup" not in gone["result"]


def test_a_document_has_no_text_to_edit(call: Raw, server: BotApiServer, anna: Person) -> None:
    url = f"{server.url}/bot{server.token}/sendDocument"
    number = requests.post(url, {"chat_id": anna.id}, files={"document": ("a.txt", b"x")}, timeout=10).json()
    edit = call("editMessageText", chat_id=anna.id, message_id=number["result"]["message_id"], text="x")
    assert reason(edit) == "Bad Request: there is no text in the message to edit"


def test_deleting(call: Raw, server: BotApiServer, clock: HandClock, anna: Person, sent: int) -> None:
    assert call("deleteMessage", chat_id=anna.id, message_id=sent)["ok"]
    assert reason(call("deleteMessage", chat_id=anna.id, message_id=sent)) == (
        "Bad Request: message to delete not found"
    )
    old = call("sendMessage", chat_id=anna.id, text="old")["result"]["message_id"]
    clock.advance(48 * 3600 + 1)
    assert reason(call("deleteMessage", chat_id=anna.id, message_id=old)) == (
        "Bad Request: message can't be deleted for everyone"
    )
    group = server.group(-1001, "Shop", [anna])
    theirs = anna.send("hi", chat=group)
    assert reason(call("deleteMessage", chat_id=group.id, message_id=theirs.id)) == (
        "Bad Request: message can't be deleted"
    )


def test_a_reply_may_be_optional(call: Raw, anna: Person) -> None:
    optional = {"message_id": 777, "allow_sending_without_reply": True}
    answer = call("sendMessage", chat_id=anna.id, text="x", reply_parameters=optional)
    assert "reply_to_message" not in answer["result"]


def test_being_blocked_and_kicked(call: Raw, server: BotApiServer, anna: Person) -> None:
    anna.block_bot()
    answer = call("sendMessage", chat_id=anna.id, text="x")
    assert (answer["error_code"], reason(answer)) == (403, "Forbidden: bot was blocked by the user")
    anna.unblock_bot()
    assert call("sendMessage", chat_id=anna.id, text="x")["ok"]
    group = server.group(-1001, "Shop", [anna])
    server.kick_bot(group, anna)
    answer = call("sendMessage", chat_id=group.id, text="x")
    assert (answer["error_code"], reason(answer)) == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    assert call("getUpdates")["result"][-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_migration(call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-55, "Shop", [anna], kind="group")
    new = server.migrate(group, -1000055)
    answer = call("sendMessage", chat_id=group.id, text="x")
    assert reason(answer) == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    assert call("sendMessage", chat_id=new.id, text="x")["result"]["chat"]["type"] == "supergroup"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({"command": "Bad", "description": "x"}, "Bad Request: BOT_COMMAND_INVALID"),
        ({"command": "x" * 33, "description": "x"}, "Bad Request: BOT_COMMAND_INVALID"),
        ({"command": "ok", "description": ""}, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "ok", "description": "d" * 257}, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "ok"}, "Bad Request: can't parse BotCommand: Can't find field \"description\""),
        ("ok", "Bad Request: can't parse BotCommand: expected an Object"),
    ],
)
def test_bad_commands(call: Raw, command: Any, expected: str) -> None:
    assert reason(call("setMyCommands", commands=[command])) == expected


def test_too_many_commands_and_bad_scopes(call: Raw) -> None:
    many = [{"command": f"c{n}", "description": "x"} for n in range(101)]
    assert reason(call("setMyCommands", commands=many)) == "Bad Request: BOT_COMMANDS_TOO_MUCH"
    assert call("setMyCommands", commands=many[:100])["ok"]
    assert reason(call("setMyCommands", commands=[], scope={"type": "moon"})) == (
        "Bad Request: can't parse BotCommandScope: Unsupported type specified"
    )
    assert reason(call("setMyCommands", commands=[], scope={"type": "chat", "chat_id": 5})) == (
        "Bad Request: chat not found"
    )
    assert reason(call("setMyCommands", commands=[], language_code="english")) == (
        "Bad Request: invalid language code specified"
    )


def test_reactions(call: Raw, anna: Person, sent: int) -> None:
    def react(*emoji: str) -> dict[str, Any]:
        reaction = [{"type": "emoji", "emoji": symbol} for symbol in emoji]
        return call("setMessageReaction", chat_id=anna.id, message_id=sent, reaction=reaction)

    assert reason(react("✅")) == "Bad Request: REACTION_INVALID"
    assert reason(react("👀", "👌")) == "Bad Request: REACTIONS_TOO_MANY"
    assert react("👨‍💻")["result"] is True
    assert anna.messages()[0].reactions == ("👨‍💻",)


def test_tokens_methods_and_bodies(server: BotApiServer) -> None:
    def get(path: str, **kwargs: Any) -> tuple[int, str]:
        reply = requests.request("POST", server.url + path, timeout=10, **kwargs)
        return reply.status_code, reply.json()["description"]

    assert get("/bot42:wrong/getMe") == (401, "Unauthorized")
    assert get("/botnonsense/getMe") == (404, "Not Found")
    own = f"/bot{server.token}"
    assert get(own + "/noSuchMethod") == (404, "Not Found")
    as_json = {"Content-Type": "application/json"}
    assert get(own + "/getMe", data=b"{", headers=as_json)[0] == 400
    assert get(own + "/getMe", data=b"[]", headers=as_json) == (400, "Bad Request: expected an Object")
    assert get(own + "/getMe", data=b'{"a": "\\ud800"}', headers=as_json)[0] == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert get(own + "/sendMessage", data=b"chat_id=1&text=%ff", headers=form) == (
        400,
        "Bad Request: strings must be encoded in UTF-8",
    )
