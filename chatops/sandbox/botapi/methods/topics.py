"""Forum topics: made, named, closed, opened and deleted, by a bot that may manage them."""

from __future__ import annotations

from ..people import Chat
from ..refusals import bad_request
from .call import Call

_MAX_NAME = 128


def create_forum_topic(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#createforumtopic"""
    chat = call.chat()
    topics = _forum(chat, "not enough rights to create a topic")
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
    chat, topics, thread = _topic(call, "not enough rights to edit the topic")
    name = _name(call) if call.parameters.text("name") else topics[thread]
    if name == topics[thread]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.pace(chat)
    topics[thread] = name
    call.world.post(chat, call.world.bot, service={"forum_topic_edited": {"name": name}}, thread_id=thread)
    return True


def close_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#closeforumtopic"""
    chat, _, thread = _topic(call, "not enough rights to edit the topic")
    if thread in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics.add(thread)
    call.world.post(chat, call.world.bot, service={"forum_topic_closed": {}}, thread_id=thread)
    return True


def reopen_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#reopenforumtopic"""
    chat, _, thread = _topic(call, "not enough rights to edit the topic")
    if thread not in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics.discard(thread)
    call.world.post(chat, call.world.bot, service={"forum_topic_reopened": {}}, thread_id=thread)
    return True


def delete_forum_topic(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deleteforumtopic"""
    chat, _, thread = _topic(call, "not enough rights to delete the topic", right="can_delete_messages")
    call.world.delete_topic(chat, thread)
    return True


def _forum(chat: Chat, refusal: str, right: str = "can_manage_topics") -> dict[int, str]:
    if chat.topics is None:
        raise bad_request("the chat is not a forum")
    if not chat.bot_may(right):
        raise bad_request(refusal)
    return chat.topics


def _topic(call: Call, refusal: str, right: str = "can_manage_topics") -> tuple[Chat, dict[int, str], int]:
    chat = call.chat()
    topics = _forum(chat, refusal, right)
    thread = call.parameters.number("message_thread_id")
    if thread <= 0:
        raise bad_request("invalid message thread identifier specified")
    if thread not in topics:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, topics, thread


def _name(call: Call) -> str:
    name = call.parameters.text("name").strip()
    if not 1 <= len(name) <= _MAX_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    return name
