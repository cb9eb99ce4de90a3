"""Messages that one member of a group sees, as far as the Bot API says how they are."""

from __future__ import annotations

import pytest
import requests
import telebot
from telebot import types
from telebot.apihelper import ApiTelegramException

from chatops.sandbox.botapi import BotApiServer, Conversation, HandClock, Knows, Person, Press

KEYS = types.InlineKeyboardMarkup([[types.InlineKeyboardButton("Take", callback_data="k")]])


@pytest.fixture
def oleg(server: BotApiServer) -> Person:
    return server.person(102, "Oleg")


@pytest.fixture
def group(server: BotApiServer, anna: Person, oleg: Person) -> Conversation:
    return server.group(-100_500, "on call", [anna, oleg])


@pytest.fixture
def pressed(bot: telebot.TeleBot, group: Conversation, anna: Person) -> Press:
    bot.send_message(group.id, "card", reply_markup=KEYS)
    return anna.tap(group.last(), "Take")


def alone(bot: telebot.TeleBot, chat: int, user: int, query: str | None, text: str = "hush") -> types.Message:
    seen_by = types.EphemeralMessageParameters(user, query)
    return bot.send_message(chat, text, reply_markup=KEYS, ephemeral_message_parameters=seen_by)


def test_it_is_seen_by_who_pressed_and_takes_no_id_of_the_chat(bot, group, anna, oleg, pressed):
    sent = alone(bot, group.id, anna.id, pressed.query_id)
    assert (sent.message_id, sent.receiver_user.id) == (0, anna.id)
    assert [each.text for each in group.messages()] == ["card"]
    assert [each.text for each in anna.shown_alone(group)] == ["hush"]
    assert oleg.shown_alone(group) == []
    assert bot.send_message(group.id, "next").message_id == group.last().id == 2


def test_a_press_in_it_names_it_as_the_documentation_has_it(bot, group, anna, pressed, call):
    sent = alone(bot, group.id, anna.id, pressed.query_id)
    anna.tap(anna.shown_alone(group)[0], "Take")
    message = call("getUpdates")["result"][-1]["callback_query"]["message"]
    assert (message["message_id"], message["ephemeral_message_id"]) == (0, sent.ephemeral_message_id)
    assert message["receiver_user"]["id"] == anna.id


def test_only_its_own_methods_change_it(bot, group, anna, oleg, pressed):
    number = int(alone(bot, group.id, anna.id, pressed.query_id).ephemeral_message_id)
    for user, ephemeral_id in ((oleg.id, number), (anna.id, number + 1)):
        with pytest.raises(ApiTelegramException, match="MESSAGE_ID_INVALID"):
            bot.edit_ephemeral_message_text(group.id, user, ephemeral_id, "x")
    with pytest.raises(ApiTelegramException, match="message to edit not found"):
        bot.edit_message_text("x", group.id, number)
    assert bot.edit_ephemeral_message_text(group.id, anna.id, number, "<b>shh</b>", parse_mode="HTML") is True
    (seen,) = anna.shown_alone(group)
    assert (seen.text, seen.buttons, seen.edits) == ("shh", [], 1)
    assert bot.edit_ephemeral_message_reply_markup(group.id, anna.id, number, reply_markup=KEYS) is True
    assert anna.shown_alone(group)[0].buttons == ["Take"]
    assert bot.delete_ephemeral_message(group.id, anna.id, number) is True
    assert anna.shown_alone(group) == []


def test_a_press_entitles_for_15_seconds(bot, group, anna, pressed, clock: HandClock):
    clock.advance(15)
    alone(bot, group.id, anna.id, pressed.query_id)
    clock.advance(0.1)
    with pytest.raises(ApiTelegramException, match="query is too old"):
        alone(bot, group.id, anna.id, pressed.query_id)


def test_it_may_be_edited_for_longer(bot, group, anna, pressed, clock: HandClock):
    number = int(alone(bot, group.id, anna.id, pressed.query_id).ephemeral_message_id)
    clock.advance(3_600)
    assert bot.edit_ephemeral_message_text(group.id, anna.id, number, "later") is True


def test_who_may_be_shown_one(bot, server, group, anna, oleg, pressed):
    stranger = server.person(103, "Zoe")
    for chat, user, query, words in (
        (anna.id, anna.id, None, "BOT_NOT_ADMIN"),
        (group.id, anna.id, None, "BOT_NOT_ADMIN"),
        (group.id, stranger.id, pressed.query_id, "USER_NOT_PARTICIPANT"),
        (group.id, oleg.id, pressed.query_id, "query is too old"),
        (group.id, anna.id, "12345", "query is too old"),
    ):
        with pytest.raises(ApiTelegramException, match=words):
            alone(bot, chat, user, query)
    assert anna.shown_alone(group) == oleg.shown_alone(group) == []


def test_an_administrator_needs_no_press(bot, server, anna):
    group = server.group(-100_600, "ours", [anna], bot_status="administrator")
    alone(bot, group.id, anna.id, None)
    assert [each.text for each in anna.shown_alone(group)] == ["hush"]


def test_they_may_be_gone_once_the_app_is_restarted(bot, group, anna, pressed):
    number = int(alone(bot, group.id, anna.id, pressed.query_id).ephemeral_message_id)
    anna.restart_app()
    assert anna.shown_alone(group) == []
    with pytest.raises(ApiTelegramException, match="MESSAGE_ID_INVALID"):
        bot.edit_ephemeral_message_text(group.id, anna.id, number, "x")


def test_an_older_server_passes_over_the_parameter_and_does_not_know_the_methods(bot, server, group, anna, pressed):
    server.be_older(ephemeral=Knows.IGNORED)
    sent = alone(bot, group.id, anna.id, pressed.query_id)
    assert (sent.message_id, sent.ephemeral_message_id) == (2, None)
    assert group.last().text == "hush"
    with pytest.raises(ApiTelegramException, match="404"):
        bot.edit_ephemeral_message_text(group.id, anna.id, 1, "x")


def test_another_one_refuses_both(bot, server, group, anna, pressed):
    server.be_older(ephemeral=Knows.REFUSED)
    with pytest.raises(ApiTelegramException, match="ephemeral"):
        alone(bot, group.id, anna.id, pressed.query_id)
    with pytest.raises(ApiTelegramException, match="400"):
        bot.edit_ephemeral_message_text(group.id, anna.id, 1, "x")


def test_the_page_shows_it_to_its_reader_between_the_others(bot, server, group, anna, oleg, pressed):
    alone(bot, group.id, anna.id, pressed.query_id)
    bot.send_message(group.id, "after")
    changes = page(server, f"chat/changes?after=0&as={anna.id}")
    shown = sorted((each for each in changes["messages"] if each["chat"] == group.id), key=lambda each: each["place"])
    assert [(each["text"], each["alone"]) for each in shown] == [("card", False), ("hush", True), ("after", False)]
    theirs = page(server, f"chat/changes?after=0&as={oleg.id}")["messages"]
    assert "hush" not in [each["text"] for each in theirs]
    press = {"chat": group.id, "message": shown[1]["id"], "data": "k"}
    assert page(server, "chat/press", {"as": oleg.id, **press}) is None
    query = page(server, "chat/press", {"as": anna.id, **press})["query"]
    bot.answer_callback_query(query, "taken")
    answers = page(server, f"chat/changes?after=0&as={anna.id}")["answers"]
    assert [each["message"] for each in answers] == [shown[1]["id"]]


def page(server: BotApiServer, path: str, body: dict[str, object] | None = None) -> dict[str, object] | None:
    url = f"{server.url}/{path}"
    reply = requests.post(url, json=body, timeout=20) if body else requests.get(url, timeout=20)
    return reply.json() if reply.ok else None
