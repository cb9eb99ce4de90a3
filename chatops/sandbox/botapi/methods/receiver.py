"""Receiver: who alone is to see a message in a group, and whether they may.

https://core.telegram.org/bots/api#ephemeral-messages-and-commands. The conditions are documented, the words of the
refusals are not: those here are Telegram's for the same reasons elsewhere.
"""

from __future__ import annotations

from ..newer import Knows
from ..parameters import field_flag, field_number
from ..people import Chat, User
from ..refusals import bad_request
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
