"""Ephemeral: the edits and deletion of what one member of a group sees, which have methods of their own."""

from __future__ import annotations

from .. import keyboard
from ..keyboard import Markup
from ..newer import Knows
from ..people import Chat, Message
from ..refusals import Refusal, bad_request
from .call import Call
from .editing import edited_text


def edit_ephemeral_message_text(call: Call) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagetext"""
    chat, message = _edited(call)
    text, entities, tree = edited_text(call)
    markup = _markup(call)
    call.pace(chat)
    message.text, message.entities, message.rich, message.markup = text, entities, tree, markup
    call.world.edited(message)
    return True


def edit_ephemeral_message_reply_markup(call: Call) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagereplymarkup"""
    chat, message = _edited(call)
    markup = _markup(call)
    call.pace(chat)
    message.markup = markup
    call.world.edited(message, mark=False)
    return True


def delete_ephemeral_message(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deleteephemeralmessage"""
    _, message = _edited(call)
    call.world.deleted(message)
    return True


def _edited(call: Call) -> tuple[Chat, Message]:
    match call.world.newer.ephemeral:
        case Knows.IGNORED:
            raise Refusal(404, "Not Found")
        case Knows.REFUSED:
            raise bad_request("method is not supported")
    chat = call.chat()
    message = chat.ephemeral.get(call.parameters.number("ephemeral_message_id"))
    receiver = message.receiver if message is not None else None
    if message is None or message.deleted or receiver is None:
        raise bad_request("MESSAGE_ID_INVALID")
    if receiver.id != call.parameters.number("receiver_user_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    return chat, message


def _markup(call: Call) -> Markup | None:
    markup = keyboard.parse(call.parameters.text("reply_markup"), private=False)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup
