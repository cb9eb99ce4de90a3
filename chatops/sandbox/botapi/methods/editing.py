"""Editing: editMessageText, editMessageCaption, editMessageReplyMarkup and deleteMessage."""

from __future__ import annotations

from .. import content, keyboard
from ..formatting import Entity
from ..keyboard import Markup
from ..people import Chat, Message
from ..refusals import bad_request
from ..rich import Node, visible
from .call import Call
from .sending import caption_of, rich_of

DELETABLE_SECONDS = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#editmessagetext"""
    given = call.parameters
    text, entities, tree = edited_text(call)
    preview = given.mapping("link_preview_options", "link preview options")
    chat, message, markup = _edited(call)
    if not message.text:
        raise bad_request("there is no text in the message to edit")
    call.pace(chat)
    if (message.text, message.entities, message.rich, message.markup) == (text, entities, tree, markup):
        raise bad_request(_NOT_MODIFIED)
    message.text, message.entities, message.rich = text, entities, tree
    message.markup, message.link_preview = markup, preview
    call.world.edited(message)
    return call.world.message_json(message)


def edited_text(call: Call) -> tuple[str, list[Entity], Node | None]:
    """The new text with its entities, or a rich message's with its tree."""
    given = call.parameters
    tree = rich_of(call)
    if tree is not None and given.text("text"):
        raise bad_request("text and rich_message can't be specified together")
    if tree is not None:
        return visible(tree), [], tree
    text, entities = content.text_of(
        given.text("text"),
        given.text("parse_mode"),
        given.array("entities", "MessageEntity"),
        too_long="MESSAGE_TOO_LONG",
        find_user=call.mentioned,
    )
    return text, entities, None


def edit_message_caption(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    caption, entities = caption_of(call)
    chat, message, markup = _edited(call)
    if message.document is None and message.photo is None:
        raise bad_request("there is no caption in the message to edit")
    call.pace(chat)
    if (message.caption, message.caption_entities, message.markup) == (caption, entities, markup):
        raise bad_request(_NOT_MODIFIED)
    message.caption, message.caption_entities, message.markup = caption, entities, markup
    call.world.edited(message)
    return call.world.message_json(message)


def edit_message_reply_markup(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    chat, message, markup = _edited(call)
    call.pace(chat)
    if message.markup == markup:
        raise bad_request(_NOT_MODIFIED)
    message.markup = markup
    call.world.edited(message, mark=False)
    return call.world.message_json(message)


def _edited(call: Call) -> tuple[Chat, Message, Markup | None]:
    if not call.parameters.text("chat_id") and call.parameters.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.chat()
    message = call.own_message(chat)
    markup = keyboard.parse(call.parameters.text("reply_markup"), private=chat.is_private)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return chat, message, markup


def delete_message(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    chat = call.chat()
    message = chat.existing(call.message_id())
    if message is None:
        raise bad_request("message to delete not found")
    if call.world.now() - message.date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    own = message.sender.id == call.world.bot.id
    if not own and not chat.is_private and chat.bot_status != "administrator":
        raise bad_request("message can't be deleted")
    call.world.deleted(message)
    return True
