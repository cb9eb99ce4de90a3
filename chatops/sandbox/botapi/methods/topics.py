"""Forum topics: made, named, closed, opened and deleted, by a bot that may manage them."""

from __future__ import annotations

from ..people import Chat
from ..refusals import bad_request
from .call import Call

_MAX_NAME = 128


def create_forum_topic(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#createforumtopic"""
    chat = call.chat()
    topics = _forum(chat)
    if not chat.bot_may("can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    name = _name(call)
    call.pace(chat)
    color = call.parameters.number("icon_color", 0x6FB9F0)
    message = call.world.post(
        chat, call.world.bot, service={"forum_topic_created": {"name": name, "icon_color": color}}
    )
    message.thread_id = message.id
    topics[message.id] = name
    return {"message_thread_id": message.id, "name": name, "icon_color": color}


def edit_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#editforumtopic"""
    chat, topics, thread = _managed(call)
    name = _name(call) if call.parameters.text("name") else topics[thread]
    if name == topics[thread]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.pace(chat)
    topics[thread] = name
    call.world.post(chat, call.world.bot, service={"forum_topic_edited": {"name": name}}, thread_id=thread)
    return True


def close_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#closeforumtopic"""
    chat, _, thread = _managed(call)
    if thread in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics.add(thread)
    call.world.post(chat, call.world.bot, service={"forum_topic_closed": {}}, thread_id=thread)
    return True


def reopen_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#reopenforumtopic"""
    chat, _, thread = _managed(call)
    if thread not in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics.discard(thread)
    call.world.post(chat, call.world.bot, service={"forum_topic_reopened": {}}, thread_id=thread)
    return True


def delete_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deleteforumtopic"""
    chat, _, thread = _topic(call)
    if not chat.bot_may("can_delete_messages"):
        raise bad_request("not enough rights to delete the topic")
    call.world.delete_topic(chat, thread)
    return True


def _managed(call: Call) -> tuple[Chat, dict[int, str], int]:
    chat, topics, thread = _topic(call)
    if not chat.bot_manages(thread):
        raise bad_request("not enough rights to edit the topic")
    return chat, topics, thread


def _topic(call: Call) -> tuple[Chat, dict[int, str], int]:
    chat = call.chat()
    topics = _forum(chat)
    thread = call.parameters.number("message_thread_id")
    if thread <= 0:
        raise bad_request("invalid message thread identifier specified")
    if thread not in topics:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, topics, thread


def _forum(chat: Chat) -> dict[int, str]:
    if chat.topics is None:
        raise bad_request("the chat is not a forum")
    return chat.topics


def _name(call: Call) -> str:
    name = call.parameters.text("name").strip()
    if not 1 <= len(name) <= _MAX_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    return name
