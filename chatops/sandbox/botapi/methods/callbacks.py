"""Callbacks: answerCallbackQuery."""

from __future__ import annotations

from .. import utf16
from ..refusals import bad_request
from ..updates import CALLBACK_LIFE
from ..world import Answer
from .call import Call

MAX_TOAST = 200


def answer_callback_query(call: Call) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery; once, and while the query lives."""
    given = call.parameters
    text = given.text("text")
    if utf16.length(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.world.queries.get(given.text("callback_query_id"))
    late = query is not None and call.world.clock() - query.asked >= CALLBACK_LIFE
    if query is None or late or query.answer is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    url = given.text("url")
    if url and not url.startswith((f"https://t.me/{call.world.bot.username}?", "tg://")):
        raise bad_request("URL_INVALID")
    call.world.answered(query, Answer(text.strip(), given.flag("show_alert"), url))
    return True
