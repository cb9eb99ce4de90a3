"""Refusals in Telegram's own words, from the stand-in and from servers that are none."""

import json
import logging
import traceback

import pytest

from chatops.core.failures import ChatMigrated, Failure, Permanent, Reason, Temporary
from chatops.core.outgoing import AnswerTap, EditMessage, LeaveChat, SendDocument, SendMessage
from chatops.telegram.client import Telegram
from tests.telegram.conftest import CANARY


def failing(act) -> Failure:
    with pytest.raises(Failure) as caught:
        act()
    return caught.value


def refused(oddity, status: int, description: str, **parameters) -> Failure:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    oddity.answer(json.dumps(body).encode(), f"{status} X")
    return failing(lambda: Telegram(CANARY, oddity.url).deliver(LeaveChat(-1)))


@pytest.mark.parametrize(
    ("status", "description", "kind", "reason"),
    [
        (400, "Bad Request: chat not found", Permanent, Reason.CHAT_GONE),
        (400, "Bad Request: PEER_ID_INVALID", Permanent, Reason.CHAT_GONE),
        (400, "Bad Request: message to edit not found", Permanent, Reason.MESSAGE_GONE),
        (400, "Bad Request: message can't be edited", Permanent, Reason.MESSAGE_GONE),
        (400, "Bad Request: MESSAGE_ID_INVALID", Permanent, Reason.MESSAGE_GONE),
        (400, "Bad Request: can't parse entities: Unclosed start tag", Permanent, Reason.BAD_MARKUP),
        (400, "Bad Request: BUTTON_DATA_INVALID", Permanent, Reason.BAD_MARKUP),
        (400, "Bad Request: message is too long", Permanent, Reason.TOO_LONG),
        (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", Permanent, Reason.TOO_LONG),
        (400, "Bad Request: query is too old and response timeout expired", Permanent, Reason.QUERY_EXPIRED),
        (400, "Bad Request: not enough rights to send text messages", Permanent, Reason.FORBIDDEN),
        (400, "Bad Request: something new", Permanent, Reason.REFUSED),
        (400, "Bad Request: message text is empty", Permanent, Reason.REFUSED),
        (400, "Bad Request: TOPIC_CLOSED", Permanent, Reason.REFUSED),
        (400, "Bad Request: message thread not found", Permanent, Reason.REFUSED),
        (400, "Bad Request: group chat was deactivated", Permanent, Reason.CHAT_GONE),
        (400, "Bad Request: CHANNEL_PRIVATE", Permanent, Reason.CHAT_GONE),
        (400, "Bad Request: there is no text in the message to edit", Permanent, Reason.MESSAGE_GONE),
        (400, "Bad Request: message identifier is not specified", Permanent, Reason.MESSAGE_GONE),
        (400, "Bad Request: text is too long", Permanent, Reason.TOO_LONG),
        (400, "Bad Request: reply markup is too long", Permanent, Reason.BAD_MARKUP),
        (400, "Bad Request: BUTTON_URL_INVALID", Permanent, Reason.BAD_MARKUP),
        (
            400,
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed",
            Permanent,
            Reason.BAD_MARKUP,
        ),
        (400, "Bad Request: have no rights to send a message", Permanent, Reason.FORBIDDEN),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Permanent, Reason.FORBIDDEN),
        (400, "Bad Request: need administrator rights in the channel chat", Permanent, Reason.FORBIDDEN),
        (400, "Bad Request: QUERY_ID_INVALID", Permanent, Reason.QUERY_EXPIRED),
        (403, "Forbidden: bot can't initiate conversation with a user", Permanent, Reason.BLOCKED),
        (403, "Forbidden: bot is not a member of the channel chat", Permanent, Reason.BLOCKED),
        (403, "Forbidden: the group chat was deleted", Permanent, Reason.BLOCKED),
        (401, "Unauthorized", Permanent, Reason.UNAUTHORIZED),
        (404, "Not Found", Permanent, Reason.UNAUTHORIZED),
        (403, "Forbidden: bot was blocked by the user", Permanent, Reason.BLOCKED),
        (403, "Forbidden: user is deactivated", Permanent, Reason.BLOCKED),
        (403, "Forbidden: bot was kicked from the supergroup chat", Permanent, Reason.BLOCKED),
        (409, "Conflict: terminated by other getUpdates request", Temporary, Reason.CONFLICT),
        (413, "Request Entity Too Large", Permanent, Reason.TOO_LONG),
        (418, "I'm a teapot", Permanent, Reason.REFUSED),
        (500, "Internal Server Error", Temporary, Reason.SERVER_ERROR),
    ],
)
def test_r15_telegrams_words(oddity, status, description, kind, reason):
    """R15: what may be tried again, and what never is."""
    failure = refused(oddity, status, description)
    assert type(failure) is kind
    assert (failure.reason, failure.detail) == (reason, description)


def test_r13_a_flood_wait_says_how_long(oddity):
    """R13: to the second."""
    failure = refused(oddity, 429, "Too Many Requests: retry after 17", retry_after=17)
    assert isinstance(failure, Temporary)
    assert (failure.reason, failure.retry_after) == (Reason.THROTTLED, 17.0)


@pytest.mark.parametrize("odd", ["soon", -3, None, True, [], {}])
def test_r13_a_flood_wait_without_a_number_waits_all_the_same(oddity, odd):
    """R13: something in between answered."""
    assert refused(oddity, 429, "Too Many Requests", retry_after=odd).retry_after == 5.0


def test_r16_a_migration_tells_the_new_id(oddity):
    """R16: under which the chat lives on."""
    failure = refused(oddity, 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
    assert isinstance(failure, ChatMigrated)
    assert failure.new_chat_id == -1009


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        ("502 Bad Gateway", Temporary, Reason.SERVER_ERROR),
        ("404 Not Found", Permanent, Reason.NOT_FOUND),
        ("403 Forbidden", Temporary, Reason.UNREACHABLE),
        ("302 Found", Temporary, Reason.UNREACHABLE),
        ("429 Too Many Requests", Temporary, Reason.THROTTLED),
        ("413 Too Large", Permanent, Reason.TOO_LONG),
        ("200 OK", Temporary, Reason.SERVER_ERROR),
    ],
)
def test_answers_of_something_else(oddity, status, kind, reason):
    oddity.answer(b"<html>proxy</html>", status, "text/html", f"Location: {oddity.url}/elsewhere\r\n")
    failure = failing(lambda: Telegram(CANARY, oddity.url).me())
    assert (type(failure), failure.reason) == (kind, reason)
    assert len(oddity.paths) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b'{"ok": false}', b'{"ok": true}', b'{"ok": true, "result": 5}', b"\xff\xfe", b'"x"'],
)
def test_answers_that_make_no_sense(oddity, body):
    oddity.answer(body)
    for ask in (lambda door: door.me(), lambda door: door.updates(None, 1)):
        failure = failing(lambda ask=ask: ask(Telegram(CANARY, oddity.url)))
        assert (type(failure), failure.reason) == (Temporary, Reason.SERVER_ERROR)


def test_a_sent_message_with_an_odd_answer_is_not_sent_twice(oddity):
    oddity.answer(b'{"ok": true, "result": {"message_id": "what"}}')
    assert Telegram(CANARY, oddity.url).deliver(SendMessage(1, "x")) == 0
    assert len(oddity.paths) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"", Reason.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n", Reason.SERVER_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", Reason.UNREACHABLE),
        (b"nonsense\r\n\r\n", Reason.UNREACHABLE),
    ],
)
def test_answers_that_break_off(oddity, reply, reason):
    oddity.reply = reply
    failure = failing(lambda: Telegram(CANARY, oddity.url).me())
    assert (type(failure), failure.reason) == (Temporary, reason)


def test_nobody_there(server):
    server.go_away()
    assert failing(lambda: Telegram(CANARY, server.url).me()).reason is Reason.UNREACHABLE


def test_nobody_answers(server):
    held = server.hold("getMe")
    failure = failing(lambda: Telegram(CANARY, server.url, read_timeout=0.05).me())
    held.release()
    assert (type(failure), failure.reason) == (Temporary, Reason.TIMEOUT)


def test_an_unwelcome_token(server):
    failure = failing(lambda: Telegram("1:other-token-that-is-not-known-here", server.url).me())
    assert (type(failure), failure.reason) == (Permanent, Reason.UNAUTHORIZED)


def test_chats_and_messages_that_are_not_there(server, telegram, anna):
    assert failing(lambda: telegram.deliver(SendMessage(999, "x"))).reason is Reason.CHAT_GONE
    assert failing(lambda: telegram.deliver(EditMessage(anna.id, 999, "x"))).reason is Reason.MESSAGE_GONE
    assert failing(lambda: telegram.deliver(AnswerTap("999"))).reason is Reason.QUERY_EXPIRED
    anna.block_bot()
    assert failing(lambda: telegram.deliver(SendMessage(anna.id, "x"))).reason is Reason.BLOCKED
    group = server.group(-5, "Ops", [anna], kind="group")
    server.migrate(group, -1005)
    moved = failing(lambda: telegram.deliver(SendMessage(-5, "x")))
    assert isinstance(moved, ChatMigrated)
    assert moved.new_chat_id == -1005


def break_everything(server, anna) -> list[Failure]:
    door = Telegram(CANARY, server.url, read_timeout=1.0)
    acts = [
        door.me,
        lambda: door.updates(None, 1),
        lambda: door.profile.set_commands({"": [("start", "begin")]}),
        lambda: door.deliver(SendMessage(anna.id, "x")),
        lambda: door.deliver(EditMessage(anna.id, 1, "x")),
        lambda: door.deliver(SendDocument(anna.id, "a.txt", b"x")),
        lambda: door.deliver(AnswerTap("1")),
        lambda: door.deliver(LeaveChat(-7)),
    ]
    failures = []
    for fault in (
        lambda: server.drop(),
        lambda: server.fail(status=500),
        lambda: server.fail(status=502),
        lambda: server.fail(status=429),
        lambda: server.fail(status=404),
    ):
        for act in acts:
            fault()
            failures.append(failing(act))
    server.go_away()
    failures += [failing(act) for act in acts]
    elsewhere = Telegram(CANARY, "https://localhost:1")
    nonsense = Telegram(CANARY, "http://[::1")
    return [*failures, failing(elsewhere.me), failing(nonsense.me), failing(Telegram(CANARY, f"ftp://{CANARY}").me)]


def test_the_token_is_in_no_error_and_no_log(server, anna, caplog, capfd):
    secret = CANARY.partition(":")[2]
    caplog.set_level(logging.DEBUG)
    logging.getLogger("TeleBot").setLevel(logging.DEBUG)
    # What urllib3 says at this level names the path; the log of the house starts at warnings there.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    try:
        failures = break_everything(server, anna)
    finally:
        logging.getLogger("TeleBot").setLevel(logging.ERROR)
    assert len(failures) == 51
    for failure in failures:
        chain: list[BaseException | None] = [failure]
        while chain:
            error = chain.pop()
            if error is not None:
                assert secret not in repr(error) + str(error) + repr(error.__dict__)
                chain += [error.__cause__, error.__context__]
        assert secret not in "".join(traceback.format_exception(failure))
    assert secret not in caplog.text + "".join(capfd.readouterr())
    assert "sendMessage" in caplog.text
    assert secret not in repr(Telegram(CANARY, server.url))


def test_a_token_that_a_server_repeats_is_hidden(oddity):
    failure = refused(oddity, 400, f"Bad Request: no such path /bot{CANARY}/leaveChat\nreally")
    assert failure.detail == "Bad Request: no such path /bot***/leaveChat really"
