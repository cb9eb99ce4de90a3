"""The methods with the real telebot: what comes back, and what people see."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import requests
import telebot
from telebot import types
from telebot.apihelper import ApiTelegramException

from chatops.sandbox.botapi import BotApiServer, Person

from .conftest import Raw


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * (height * (width + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_message_comes_back_as_telebot_needs_it(bot: telebot.TeleBot, anna: Person) -> None:
    first = anna.send("/start")
    message = bot.send_message(
        anna.id,
        "<b>Crash loop</b> <code>#96</code>",
        parse_mode="HTML",
        disable_notification=True,
        reply_parameters=types.ReplyParameters(first.id),
        link_preview_options=types.LinkPreviewOptions(is_disabled=True),
        reply_markup=types.InlineKeyboardMarkup(
            [[types.InlineKeyboardButton("Take", callback_data="k", style="success")]]
        ),
    )
    assert message.message_id == first.id + 1
    assert (message.chat.id, message.chat.type, message.from_user.is_bot) == (anna.id, "private", True)
    assert message.text == "Crash loop #96"
    assert [e.type for e in message.entities] == ["bold", "code"]
    assert message.reply_to_message.message_id == first.id
    assert message.reply_markup.keyboard[0][0].style == "success"
    seen = anna.messages()[-1]
    assert (seen.silent, seen.buttons, seen.reply_to) == (True, ["Take"], first.id)


def test_every_way_of_passing_parameters(server: BotApiServer, anna: Person) -> None:
    url = f"{server.url}/bot{server.token}/SENDmessage"
    given = {"chat_id": str(anna.id), "text": "текст & 🙂"}
    requests.get(url, params=given, timeout=10)
    requests.post(url, params=given, timeout=10)
    requests.post(url, data=given, timeout=10)
    requests.post(url, json=given, timeout=10)
    requests.post(url, files={name: (None, value) for name, value in given.items()}, timeout=10)
    assert [m.text for m in anna.messages()] == ["текст & 🙂"] * 5


def test_editing_in_place(bot: telebot.TeleBot, anna: Person) -> None:
    message = bot.send_message(anna.id, "firing")
    edited = bot.edit_message_text("<i>resolved</i>", anna.id, message.message_id, parse_mode="HTML")
    assert edited.message_id == message.message_id
    assert edited.edit_date
    (seen,) = anna.messages()
    assert (seen.text, seen.edits, seen.entities[0]["type"]) == ("resolved", 1, "italic")


def test_documents(bot: telebot.TeleBot, anna: Person) -> None:
    sent = bot.send_document(anna.id, ("журнал.txt", b"line\n" * 10), caption="<b>logs</b>", parse_mode="HTML")
    assert (sent.document.file_name, sent.document.file_size) == ("журнал.txt", 50)
    assert (sent.caption, sent.caption_entities[0].type) == ("logs", "bold")
    assert bot.download_file(bot.get_file(sent.document.file_id).file_path) == b"line\n" * 10
    again = bot.send_document(anna.id, sent.document.file_id)
    assert again.document.file_id == sent.document.file_id
    bot.edit_message_caption("new", anna.id, sent.message_id)
    assert anna.messages()[0].text == "new"
    with pytest.raises(ApiTelegramException, match="message caption is too long"):
        bot.send_document(anna.id, sent.document.file_id, caption="x" * 1025)
    with pytest.raises(ApiTelegramException, match="file must be non-empty"):
        bot.send_document(anna.id, ("empty.txt", b""))
    with pytest.raises(ApiTelegramException, match="there is no document in the request"):
        bot.send_document(anna.id, "")
    with pytest.raises(ApiTelegramException, match="wrong file identifier"):
        bot.send_document(anna.id, "nonsense")
    with pytest.raises(ApiTelegramException, match="failed to get HTTP URL content"):
        bot.send_document(anna.id, "http://169.254.169.254/latest")


def test_a_document_over_50_megabytes(bot: telebot.TeleBot, anna: Person) -> None:
    with pytest.raises(ApiTelegramException) as refused:
        bot.send_document(anna.id, ("big.bin", b"\x00" * (50 * 1024 * 1024 + 1)))
    assert refused.value.error_code == 413
    assert anna.messages() == []


def test_photos(bot: telebot.TeleBot, anna: Person) -> None:
    sent = bot.send_photo(anna.id, io.BytesIO(png(80, 40)), caption="cpu")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (80, 40)
    for bad, reason in (
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (png(9990, 11), "PHOTO_INVALID_DIMENSIONS"),
        (png(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (png(1, 1) + b"\x00" * 10 * 1024 * 1024, "is too big for a photo"),
    ):
        with pytest.raises(ApiTelegramException, match=reason):
            bot.send_photo(anna.id, io.BytesIO(bad))
    assert len(anna.messages()) == 1


def test_commands_by_scope_and_language(bot: telebot.TeleBot, call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna])
    bot.set_my_commands([types.BotCommand("help", "Help")])
    bot.set_my_commands(
        [types.BotCommand("incidents", "Открытые")],
        types.BotCommandScopeAllPrivateChats(),
        language_code="ru",
    )
    bot.set_my_commands([types.BotCommand("take", "Take")], types.BotCommandScopeChat(group.id))
    assert [c.command for c in bot.get_my_commands()] == ["help"]
    assert bot.get_my_commands(types.BotCommandScopeAllPrivateChats()) == []
    assert bot.get_my_commands(types.BotCommandScopeAllPrivateChats(), "ru")[0].description == "Открытые"
    assert [c.command for c in bot.get_my_commands(types.BotCommandScopeChat(group.id))] == ["take"]
    bot.delete_my_commands(types.BotCommandScopeChat(group.id))
    assert bot.get_my_commands(types.BotCommandScopeChat(group.id)) == []


def test_chats_and_members(bot: telebot.TeleBot, server: BotApiServer, anna: Person) -> None:
    boss, stranger = server.person(7, "Boss"), server.person(8, "Stranger")
    group = server.group(-1001, "Shop", [anna], admins=[boss], topics={5: "prod"})
    chat = bot.get_chat(group.id)
    assert (chat.type, chat.title, chat.is_forum) == ("supergroup", "Shop", True)
    assert [bot.get_chat_member(group.id, p.id).status for p in (anna, boss, stranger)] == [
        "member",
        "administrator",
        "left",
    ]
    assert [m.user.id for m in bot.get_chat_administrators(group.id)] == [boss.id]
    assert bot.get_chat_member_count(group.id) == 3
    with pytest.raises(ApiTelegramException, match="user not found"):
        bot.get_chat_member(group.id, 12345)
    assert bot.leave_chat(group.id)
    with pytest.raises(ApiTelegramException, match="bot is not a member of the supergroup chat"):
        bot.send_message(group.id, "x")


def test_the_general_topic_takes_no_thread_id(call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna], topics={5: "prod"})
    answer = call("sendMessage", chat_id=group.id, text="x", message_thread_id=1)
    assert answer["description"] == "Bad Request: message thread not found"
    assert call("sendMessage", chat_id=group.id, text="x", message_thread_id=5)["ok"]


def test_pins(bot: telebot.TeleBot, anna: Person) -> None:
    message = bot.send_message(anna.id, "card")
    assert bot.pin_chat_message(anna.id, message.message_id, disable_notification=True)
    assert bot.get_chat(anna.id).pinned_message.message_id == message.message_id
    assert anna.messages()[0].pinned
    assert bot.unpin_chat_message(anna.id)
    with pytest.raises(ApiTelegramException, match="message to unpin not found"):
        bot.unpin_chat_message(anna.id)
    with pytest.raises(ApiTelegramException, match="message to pin not found"):
        bot.pin_chat_message(anna.id, 999)


def test_pins_of_a_group_take_the_right(bot: telebot.TeleBot, server: BotApiServer, anna: Person) -> None:
    """The bot hears what the chat says of its pin, and may take that away."""
    boss = server.person(7, "Boss")
    group = server.group(-1001, "Shop", [anna], admins=[boss])
    card = bot.send_message(group.id, "card").message_id
    with pytest.raises(ApiTelegramException, match="not enough rights to manage pinned messages in the chat"):
        bot.pin_chat_message(group.id, card)
    server.add_bot(group, boss, status="administrator", rights=["can_pin_messages"])
    assert bot.pin_chat_message(group.id, card, disable_notification=True)
    with pytest.raises(ApiTelegramException, match="CHAT_NOT_MODIFIED"):
        bot.pin_chat_message(group.id, card)
    said = bot.get_updates()[-1].message
    assert (said.pinned_message.message_id, said.from_user.id) == (card, bot.get_me().id)
    assert bot.delete_message(group.id, said.message_id)
    assert group.message(card).pinned
    assert bot.unpin_chat_message(group.id, card)
    assert not group.message(card).pinned
    server.add_bot(group, boss, status="administrator", rights=["can_manage_topics"])
    with pytest.raises(ApiTelegramException, match="not enough rights"):
        bot.unpin_chat_message(group.id, card)


def test_a_topic_from_its_beginning_to_its_end(bot: telebot.TeleBot, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna], topics={5: "prod"}, bot_status="administrator")
    thread = bot.create_forum_topic(group.id, "inc 96").message_thread_id
    assert bot.send_message(group.id, "in it", message_thread_id=thread).message_thread_id == thread
    assert bot.edit_forum_topic(group.id, thread, name="inc 96 is over")
    assert bot.close_forum_topic(group.id, thread)
    for again in (
        lambda: bot.edit_forum_topic(group.id, thread, name="inc 96 is over"),
        lambda: bot.close_forum_topic(group.id, thread),
    ):
        with pytest.raises(ApiTelegramException, match="TOPIC_NOT_MODIFIED"):
            again()
    # Whoever may manage topics may write in a closed one.
    assert bot.send_message(group.id, "still", message_thread_id=thread)
    assert bot.reopen_forum_topic(group.id, thread)
    with pytest.raises(ApiTelegramException, match="TOPIC_NOT_MODIFIED"):
        bot.reopen_forum_topic(group.id, thread)
    assert bot.delete_forum_topic(group.id, thread)
    assert group.messages() == []
    with pytest.raises(ApiTelegramException, match="message thread not found"):
        bot.send_message(group.id, "gone", message_thread_id=thread)
    with pytest.raises(ApiTelegramException, match="TOPIC_ID_INVALID"):
        bot.close_forum_topic(group.id, thread)


def test_who_may_not_manage_topics_is_told_so(call: Raw, server: BotApiServer, anna: Person) -> None:
    forum = server.group(-1001, "Shop", [anna], topics={5: "prod"}, bot_status="administrator", bot_rights=[])
    plain = server.group(-1002, "Ops", [anna], bot_status="administrator")

    def told(method: str, chat_id: int = forum.id, **more: object) -> str:
        return str(call(method, chat_id=chat_id, **more)["description"])

    assert told("createForumTopic", name="x") == "Bad Request: not enough rights to create a topic"
    for method in ("editForumTopic", "closeForumTopic", "reopenForumTopic"):
        assert told(method, message_thread_id=5, name="y") == "Bad Request: not enough rights to edit the topic"
    assert told("deleteForumTopic", message_thread_id=5) == "Bad Request: not enough rights to delete the topic"
    assert told("createForumTopic", plain.id, name="x") == "Bad Request: the chat is not a forum"
    server.close_topic(forum, 5)
    assert told("sendMessage", text="x", message_thread_id=5) == "Bad Request: TOPIC_CLOSED"


def test_who_made_a_topic_manages_it_without_the_right(call: Raw, server: BotApiServer, anna: Person) -> None:
    boss = server.person(7, "Boss")
    group = server.group(-1001, "Shop", [anna], admins=[boss], topics={5: "prod"}, bot_status="administrator")
    thread = call("createForumTopic", chat_id=group.id, name="inc 96")["result"]["message_thread_id"]
    server.add_bot(group, boss, status="member")
    assert call("editForumTopic", chat_id=group.id, message_thread_id=thread, name="over")["ok"]
    assert call("closeForumTopic", chat_id=group.id, message_thread_id=thread)["ok"]
    assert call("sendMessage", chat_id=group.id, message_thread_id=thread, text="still")["ok"]
    assert not call("closeForumTopic", chat_id=group.id, message_thread_id=5)["ok"]
    assert not call("deleteForumTopic", chat_id=group.id, message_thread_id=thread)["ok"]


@pytest.mark.parametrize(("name", "words"), [("", "TOPIC_TITLE_EMPTY"), ("x" * 129, "topic name is too long")])
def test_a_topic_has_a_name_of_1_to_128_characters(
    call: Raw, server: BotApiServer, anna: Person, name: str, words: str
) -> None:
    group = server.group(-1001, "Shop", [anna], topics={}, bot_status="administrator")
    assert call("createForumTopic", chat_id=group.id, name=name)["description"] == f"Bad Request: {words}"
    assert call("createForumTopic", chat_id=group.id, name="x" * 128)["ok"]


def test_chat_actions(bot: telebot.TeleBot, anna: Person) -> None:
    assert bot.send_chat_action(anna.id, "typing")
    with pytest.raises(ApiTelegramException, match="wrong parameter action in request"):
        bot.send_chat_action(anna.id, "thinking")


def test_people_only_see_and_do_what_is_theirs(server: BotApiServer, bot: telebot.TeleBot, anna: Person) -> None:
    stranger = server.person(8, "Stranger")
    group = server.group(-1001, "Shop", [anna])
    with pytest.raises(PermissionError):
        stranger.send("let me in", chat=group)
    with pytest.raises(PermissionError):
        stranger.edit(anna.send("mine"), "yours")
    bot.send_message(anna.id, "see https://example.com")
    with pytest.raises(LookupError, match="no button"):
        anna.tap(anna.messages()[-1], "Go")


def test_waiting_for_what_the_bot_says(server: BotApiServer, bot: telebot.TeleBot, anna: Person) -> None:
    chat = anna.chat_with_bot()
    message = bot.send_message(anna.id, "firing")
    assert chat.wait_for("firing").id == message.message_id
    bot.edit_message_text("resolved", anna.id, message.message_id)
    assert chat.wait_for(lambda m: m.edits == 1).text == "resolved"
    with pytest.raises(TimeoutError, match="resolved"):
        chat.wait_for("never", timeout=0)


def test_a_person_who_never_wrote_cannot_be_written_to(call: Raw, server: BotApiServer) -> None:
    server.person(9, "Quiet")
    assert call("sendMessage", chat_id=9, text="x")["description"] == "Bad Request: chat not found"
