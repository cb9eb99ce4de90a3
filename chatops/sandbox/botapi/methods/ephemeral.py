"""Ephemeral: messages in a group that one member sees, from the bot's parameter to their own edits and deletion.

https://core.telegram.org/bots/api#ephemeral-messages-and-commands. The conditions are documented, the words of the
refusals are not: those here are Telegram's for the same reasons elsewhere.
"""

from __future__ import annotations

from .. import content, keyboard
from ..keyboard import Markup
from ..newer import Knows
from ..parameters import field_flag, field_number
from ..people import Chat, Message, User
from ..refusals import Refusal, bad_request
from .call import Call

ELIGIBLE_SECONDS = 15.0
_PARAMETERS = "ephemeral message parameters"


def receiver_of(call: Call, chat: Chat) -> User | None:
    """Who alone is to see what is sent, None for everybody. Raises `Refusal`."""
    known, given = call.world.newer.ephemeral, call.parameters
    wanted = given.mapping("ephemeral_message_parameters", _PARAMETERS) if known is not Knows.IGNORED else None
    if wanted is None:
        return None
    if known is Knows.REFUSED:
        raise bad_request('unknown parameter "ephemeral_message_parameters"')
    user_id = field_number(wanted, "receiver_user_id")
    field_flag(wanted, "replace_callback_query_message")
    if chat.is_private:
        raise bad_request("BOT_NOT_ADMIN")
    user = call.world.users.get(user_id)
    if user is None or not chat.has(user_id):
        raise bad_request("USER_NOT_PARTICIPANT")
    if user.is_bot:
        raise bad_request("USER_IS_BOT")
    query_id = wanted.get("callback_query_id")
    if query_id is None:
        if chat.bot_status != "administrator":
            raise bad_request("BOT_NOT_ADMIN")
        return user
    query = call.world.queries.get(str(query_id))
    foreign = query is None or (query.person.id, query.chat_id) != (user_id, chat.id)
    if query is None or foreign or call.world.clock() - query.asked > ELIGIBLE_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return user


def edit_ephemeral_message_text(call: Call) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagetext"""
    chat, message = _edited(call)
    given = call.parameters
    text, entities = content.text_of(
        given.text("text"),
        given.text("parse_mode"),
        given.array("entities", "MessageEntity"),
        too_long="MESSAGE_TOO_LONG",
        find_user=call.mentioned,
    )
    markup = _markup(call)
    call.pace(chat)
    message.text, message.entities, message.markup = text, entities, markup
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
