"""Messages sent and edited, each in the best form that the server takes and where the chat can have it.

It refuses to decide when something is sent and what becomes of a failure.
"""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from telebot import apihelper
from telebot.types import EphemeralMessageParameters

from chatops.core.failures import Permanent, Reason
from chatops.core.outgoing import EditMessage, EphemeralId, SendDocument, SendMessage, SendPhoto
from chatops.core.telegram_text import CAPTION_LIMIT
from chatops.telegram import render
from chatops.telegram.calls import Calls
from chatops.telegram.newer import SIMPLER_MAY_DO, Newer, is_unknown
from chatops.telegram.render import Form

_TOPIC_GONE = ("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_WORDS_MAY_DO = SIMPLER_MAY_DO | {Reason.FORBIDDEN}


class Messages:
    """Thread-safe. Each method returns the id of the message; 0 where the server does not tell it.

    `on_topic_gone` is told the chat and the topic that is closed or deleted there, before whatever was to go into it
    goes to the general one.
    """

    def __init__(self, calls: Calls, newer: Newer, on_topic_gone: Callable[[int, int], None]) -> None:
        self._calls = calls
        self._newer = newer
        self._on_topic_gone = on_topic_gone

    def send(self, message: SendMessage) -> int:
        """Text, with its buttons."""
        return self._in_topic(message, partial(self._send, message))

    def send_document(self, document: SendDocument) -> int:
        """A file."""
        return self._in_topic(document, partial(self._send_document, document))

    def send_photo(self, photo: SendPhoto) -> int:
        """Words where a picture is refused: a group may forbid pictures and nothing else."""
        return self._in_topic(photo, partial(self._send_photo, photo))

    def edit(self, edit: EditMessage) -> int:
        """A message that everybody sees, or that only one person does."""
        return self._edit(edit) if edit.shown_to is None else self._edit_shown(edit)

    def _send(self, message: SendMessage, thread_id: int | None) -> int:
        def attempt(seen_by: EphemeralMessageParameters | None, form: Form) -> int:
            rich = form.rich and message.rich is not None
            ask = partial(
                apihelper.send_rich_message if rich else apihelper.send_message,
                chat_id=message.chat_id,
                disable_notification=message.silent,
                reply_parameters=None if seen_by else render.reply(message.reply_to),
                message_thread_id=thread_id,
                ephemeral_message_parameters=seen_by,
                **render.content(message, form),
            )
            return _message_id(self._calls.ask("sendRichMessage" if rich else "sendMessage", ask))

        return self._newer.for_one(message.only, message.html, message.keyboard, attempt, rich=message.rich is not None)

    def _send_document(self, document: SendDocument, thread_id: int | None) -> int:
        def attempt(seen_by: EphemeralMessageParameters | None, form: Form) -> int:
            ask = partial(
                apihelper.send_data,
                chat_id=document.chat_id,
                # An empty file is refused.
                data=io.BytesIO(document.content or b"\n"),
                data_type="document",
                caption=render.text(document.caption_html, form, CAPTION_LIMIT),
                parse_mode=render.parse_mode(form),
                visible_file_name=render.file_name(document.file_name),
                reply_parameters=None if seen_by else render.reply(document.reply_to),
                message_thread_id=thread_id,
                ephemeral_message_parameters=seen_by,
                # Somebody asked for it and waits.
                disable_notification=True,
            )
            return _message_id(self._calls.ask("sendDocument", ask))

        return self._newer.for_one(document.only, document.caption_html, (), attempt)

    def _send_photo(self, photo: SendPhoto, thread_id: int | None) -> int:
        def attempt(form: Form) -> int:
            ask = partial(
                apihelper.send_photo,
                chat_id=photo.chat_id,
                photo=("graph.png", io.BytesIO(photo.content)),
                caption=render.text(photo.caption_html, form, CAPTION_LIMIT),
                parse_mode=render.parse_mode(form),
                reply_parameters=render.reply(photo.reply_to),
                message_thread_id=thread_id,
                disable_notification=True,
            )
            return _message_id(self._calls.ask("sendPhoto", ask))

        try:
            return self._newer.simplest(photo.caption_html, (), attempt)
        except Permanent as refusal:
            if refusal.reason not in _WORDS_MAY_DO:
                raise
        words = SendMessage(
            photo.chat_id, photo.instead_html, silent=True, reply_to=photo.reply_to, thread_id=thread_id
        )
        return self._send(words, thread_id)

    def _edit(self, edit: EditMessage) -> int:
        def attempt(form: Form) -> int:
            place = {"chat_id": edit.chat_id, "message_id": edit.message_id}
            ask = partial(apihelper.edit_message_text, **place, **render.content(edit, form))
            self._calls.ask("editMessageText", ask)
            return edit.message_id

        return self._newer.simplest(edit.html, edit.keyboard, attempt, rich=edit.rich is not None)

    def _edit_shown(self, edit: EditMessage) -> int:
        """Of a message that one person sees. One that is refused in any form is gone: Telegram keeps none for long."""
        shown = edit.shown_to
        assert shown

        def attempt(form: Form) -> int:
            ask = partial(
                apihelper.edit_ephemeral_message_text,
                chat_id=edit.chat_id,
                receiver_user_id=shown.user_id,
                ephemeral_message_id=shown.ephemeral_id,
                **render.content(edit, form),
            )
            self._calls.ask("editEphemeralMessageText", ask)
            return edit.message_id

        try:
            return self._newer.simplest(edit.html, edit.keyboard, attempt, rich=edit.rich is not None)
        except Permanent as refusal:
            if refusal.reason not in SIMPLER_MAY_DO and not is_unknown(refusal):
                raise
            detail = refusal.detail
        raise Permanent(Reason.MESSAGE_GONE, detail)

    def _in_topic(self, message: SendMessage | SendDocument | SendPhoto, attempt: Callable[[int | None], int]) -> int:
        """In the topic; where that is closed or gone, where the chat shows what belongs to none."""
        thread_id = message.thread_id
        try:
            return attempt(thread_id)
        except Permanent as refusal:
            if thread_id is None or not any(sign in refusal.detail.lower() for sign in _TOPIC_GONE):
                raise
        self._on_topic_gone(message.chat_id, thread_id)
        return attempt(None)


def _message_id(told: Any) -> int:
    match told:
        case {"ephemeral_message_id": int(ephemeral_id)}:
            return EphemeralId(ephemeral_id)
        case {"message_id": int(message_id)}:
            return message_id
    # It was sent, whatever the server says about it: asking again would send it twice.
    return 0
