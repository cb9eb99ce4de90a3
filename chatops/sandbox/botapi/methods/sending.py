"""Sending: sendMessage, sendDocument, sendPhoto and sendChatAction."""

from __future__ import annotations

from typing import Any

from .. import content, keyboard
from ..formatting import Entity
from ..newer import Knows
from ..parameters import field_flag, field_number
from ..people import Chat, Message, StoredFile
from ..refusals import Refusal, bad_request
from ..rich import Node, parse, visible
from .call import Call
from .files import stored
from .receiver import receiver_of

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_ACTION_SECONDS = 5.0


def send_message(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#sendmessage"""
    given = call.parameters
    text, entities = content.text_of(
        given.text("text"),
        given.text("parse_mode"),
        given.array("entities", "MessageEntity"),
        find_user=call.mentioned,
    )
    preview = given.mapping("link_preview_options", "link preview options")
    for flag in ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"):
        field_flag(preview or {}, flag)
    return _delivered(call, text=text, entities=entities, link_preview=preview)


def send_rich_message(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#sendrichmessage"""
    match call.world.newer.rich:
        case Knows.IGNORED:
            raise Refusal(404, "Not Found")
        case Knows.REFUSED:
            raise bad_request("rich messages are not supported")
    tree = rich_of(call)
    if tree is None:
        raise bad_request("message text is empty")
    return _delivered(call, text=visible(tree), rich=tree)


def rich_of(call: Call) -> Node | None:
    """The `rich_message` parameter; None where there is none, or an older server passes over it."""
    if call.world.newer.rich is Knows.IGNORED:
        return None
    given = call.parameters.mapping("rich_message", "rich message")
    if given is None:
        return None
    if call.world.newer.rich is Knows.REFUSED:
        raise bad_request("rich messages are not supported")
    if sum(name in given for name in ("html", "markdown", "blocks")) != 1:
        raise bad_request("exactly one of html, markdown and blocks must be specified")
    field_flag(given, "skip_entity_detection")
    source = given.get("html")
    if not isinstance(source, str):
        raise Refusal(400, "Bad Request: the sandbox reads rich messages in HTML only")
    return parse(source)


def send_document(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#senddocument"""
    caption, entities = caption_of(call)
    return _delivered(call, file="document", caption=caption, caption_entities=entities)


def send_photo(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#sendphoto"""
    caption, entities = caption_of(call)
    return _delivered(call, file="photo", caption=caption, caption_entities=entities)


def caption_of(call: Call) -> tuple[str, list[Entity]]:
    """The caption parameter with its entities."""
    given = call.parameters
    return content.text_of(
        given.text("caption"),
        given.text("parse_mode"),
        given.array("caption_entities", "MessageEntity"),
        too_long="message caption is too long",
        limit=content.MAX_CAPTION,
        may_be_empty=True,
        find_user=call.mentioned,
    )


def send_chat_action(call: Call) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    chat = call.chat()
    action = call.parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = (action, call.world.clock() + _ACTION_SECONDS)
    call.world.changed()
    return True


def _delivered(call: Call, *, file: str = "", **fields: Any) -> dict[str, object]:
    given = call.parameters
    chat = call.chat()
    markup = keyboard.parse(given.text("reply_markup"), private=chat.is_private)
    replied = _replied(call, chat)
    receiver = receiver_of(call, chat)
    thread_id = call.thread_id(chat)
    upload: StoredFile | None = stored(call, file) if file else None
    call.pace(chat)
    if file:
        fields[file] = upload
    fields |= {
        "markup": markup,
        "reply_to": replied.id if replied else None,
        "thread_id": thread_id if thread_id is not None or replied is None else replied.thread_id,
        "silent": given.flag("disable_notification"),
        "protected": given.flag("protect_content"),
    }
    if receiver is not None:
        return call.world.message_json(call.world.whisper(chat, receiver, **fields))
    message = call.world.post(chat, call.world.bot, **fields)
    return call.world.message_json(message)


def _replied(call: Call, chat: Chat) -> Message | None:
    given = call.parameters
    reply = given.mapping("reply_parameters", "reply parameters")
    if reply is not None:
        number = field_number(reply, "message_id")
        optional = field_flag(reply, "allow_sending_without_reply")
    else:
        number = given.number("reply_to_message_id")
        optional = given.flag("allow_sending_without_reply")
        if not number:
            return None
    message = chat.existing(number)
    if message is None and not optional:
        raise bad_request("message to be replied not found")
    return message
