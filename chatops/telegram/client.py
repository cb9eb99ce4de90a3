"""The Bot API as the rest of the house uses it: a few calls, all of which raise core.failures and nothing else.

It refuses to decide when something is sent and what becomes of a failure.
"""

import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import structlog
from structlog.contextvars import get_contextvars
from telebot import apihelper, types
from telebot.apihelper import ApiException

from chatops import metrics
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.outgoing import (
    AnswerTap,
    CreateTopic,
    DeleteMessage,
    DeleteTopic,
    EditMessage,
    EphemeralId,
    ForPresser,
    Keyboard,
    LeaveChat,
    Outgoing,
    PinMessage,
    SendDocument,
    SendMessage,
    SendPhoto,
    ShowTopic,
)
from chatops.core.telegram_features import EVERY, Feature, Features
from chatops.core.telegram_text import CAPTION_LIMIT, clean
from chatops.telegram import errors, render
from chatops.telegram.newer import SIMPLER_MAY_DO, Newer, is_unknown
from chatops.telegram.render import Form
from chatops.telegram.updates import KINDS
from chatops.telegram.wire import PLACEHOLDER_TOKEN, TransportError, Wire

log = structlog.get_logger()

Commands = Mapping[str, Sequence[tuple[str, str]]]
"""By language code, `""` for all others: each command's name and what it does."""

_NO_PREVIEW = types.LinkPreviewOptions(is_disabled=True)
_TOPIC_GONE = ("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
BATCH = 100
POLL = "getUpdates"

_WORDS_MAY_DO = SIMPLER_MAY_DO | {Reason.FORBIDDEN}

_Ask = Callable[..., Any]
_ForWhom = Callable[[types.EphemeralMessageParameters | None, Form], int]


class Me(NamedTuple):
    """`username` is the first name where a server tells none, as the documentation allows it.

    `main_app`: @BotFather knows a Mini App as the bot's main one.
    """

    id: int
    username: str
    main_app: bool = False


class RawUpdate(NamedTuple):
    """An update as it came, for the store. `chat_id` is 0 where it concerns no chat."""

    id: int
    chat_id: int
    body: bytes


class HookState(NamedTuple):
    """`url` is empty where updates are polled; `error` is the last one, and may be over once nothing is `waiting`."""

    url: str
    waiting: int
    error: str


class Telegram:
    """One bot at one Bot API server. Thread-safe; connects when first used.

    Timeouts in seconds. Of the `features` what the server once refused as too new for it
    is not tried again; `on_refused` is told of each once, from any thread. `on_topic_gone` is told, likewise, the chat
    and the topic that is closed or deleted there, before whatever was to go into it goes to the general one.
    """

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 20.0,
        features: Features = EVERY,
        on_refused: Callable[[Feature], None] = lambda _feature: None,
        on_topic_gone: Callable[[int, int], None] = lambda _chat_id, _thread_id: None,
    ) -> None:
        self._token = token
        self._calls = Wire(token, api_url, connect_timeout=connect_timeout, read_timeout=read_timeout)
        # Its own, so that it can be cut without cutting a message that is on its way.
        self._poll = Wire(token, api_url, connect_timeout=connect_timeout, read_timeout=read_timeout)
        self._newer = Newer(features, on_refused)
        self._on_topic_gone = on_topic_gone

    def __repr__(self) -> str:
        return f"Telegram({errors.HIDDEN})"

    def me(self) -> Me:
        """Who the bot is; the cheapest way to see whether Telegram answers and knows the token."""
        match self._call("getMe", apihelper.get_me):
            case {"id": int(number), "username": str(name), **more} | {
                "id": int(number),
                "first_name": str(name),
                **more,
            }:
                return Me(number, name, more.get("has_main_web_app") is True)
        raise _nonsense()

    def updates(self, offset: int | None, timeout: int) -> tuple[RawUpdate, ...]:
        """What comes after `offset` - 1, in Telegram's order; asking confirms everything before `offset`.

        Waits up to `timeout` seconds (at least 1) for the first, or until `stop_polling`.
        """
        wait = max(1, timeout)
        ask = partial(
            apihelper.get_updates, offset=offset, limit=BATCH, allowed_updates=list(KINDS), long_polling_timeout=wait
        )
        told = self._call(POLL, ask, wire=self._poll, longer=wait)
        if not isinstance(told, list):
            raise _nonsense()
        return tuple(raw for update in told if (raw := _raw(update)))

    def deliver(self, outgoing: Outgoing) -> int:
        """Carry it out, simpler where the server refuses it as it is.

        The id of the message sent or edited, or of the topic made; else 0.
        """
        match outgoing:
            case SendMessage():
                return self._in_topic(outgoing, partial(self._send, outgoing))
            case EditMessage():
                edit = self._edit if outgoing.shown_to is None else self._edit_shown
                return edit(outgoing)
            case SendDocument():
                return self._in_topic(outgoing, partial(self._send_document, outgoing))
            case SendPhoto():
                return self._in_topic(outgoing, partial(self._send_photo, outgoing))
            case AnswerTap(callback_id, text, alert):
                toast = render.toast(text)
                answer = partial(apihelper.answer_callback_query, callback_query_id=callback_id, text=toast)
                self._call("answerCallbackQuery", partial(answer, show_alert=alert))
            case LeaveChat(chat_id):
                self._call("leaveChat", partial(apihelper.leave_chat, chat_id=chat_id))
            case DeleteMessage(chat_id, message_id):
                self._call("deleteMessage", partial(apihelper.delete_message, chat_id=chat_id, message_id=message_id))
            case PinMessage():
                self._pin(outgoing)
            case CreateTopic(chat_id, name):
                create = partial(apihelper.create_forum_topic, chat_id=chat_id, name=name)
                return _topic_id(self._call("createForumTopic", create, once=True))
            case ShowTopic():
                self._show_topic(outgoing)
            case DeleteTopic(chat_id, thread_id):
                delete = partial(apihelper.delete_forum_topic, chat_id=chat_id, message_thread_id=thread_id)
                self._call("deleteForumTopic", delete)
        return 0

    def _pin(self, wanted: PinMessage) -> None:
        where = {"chat_id": wanted.chat_id, "message_id": wanted.message_id}
        if wanted.pinned:
            self._call("pinChatMessage", partial(apihelper.pin_chat_message, **where, disable_notification=True))
        else:
            self._call("unpinChatMessage", partial(apihelper.unpin_chat_message, **where))

    def _show_topic(self, topic: ShowTopic) -> None:
        """Named first: a closed topic is named by nobody but an admin."""
        where = {"chat_id": topic.chat_id, "message_thread_id": topic.thread_id}
        self._call("editForumTopic", partial(apihelper.edit_forum_topic, **where, name=topic.name))
        if topic.closed:
            self._call("closeForumTopic", partial(apihelper.close_forum_topic, **where))
        else:
            self._call("reopenForumTopic", partial(apihelper.reopen_forum_topic, **where))

    def set_commands(self, commands: Commands) -> None:
        """Telegram's menu of commands, one list per language."""
        for language, listed in commands.items():
            given = [types.BotCommand(name, clean(does)) for name, does in listed]
            self._call(
                "setMyCommands", partial(apihelper.set_my_commands, commands=given, language_code=language or None)
            )

    def set_menu(self, text: str, url: str) -> None:
        """What the button beside the text field of private chats opens."""
        button = types.MenuButtonWebApp(clean(text), types.WebAppInfo(url))
        self._call("setChatMenuButton", partial(apihelper.set_chat_menu_button, menu_button=button))

    def delete_menu(self) -> None:
        """That button lists the commands again."""
        button = types.MenuButtonDefault()  # type: ignore[no-untyped-call]  # telebot types it in part
        self._call("setChatMenuButton", partial(apihelper.set_chat_menu_button, menu_button=button))

    def menu(self) -> str:
        """The address that it opens; empty where it opens none."""
        match self._call("getChatMenuButton", apihelper.get_chat_menu_button):
            case {"type": "web_app", "web_app": {"url": str(url)}}:
                return url
            case {"type": str()}:
                return ""
        raise _nonsense()

    def set_hook(self, url: str, secret: str) -> None:
        """From now on Telegram posts updates to `url`, one at a time so that they keep their order, with the secret."""
        ask = partial(
            apihelper.set_webhook, url=url, secret_token=secret, max_connections=1, allowed_updates=list(KINDS)
        )
        self._call("setWebhook", ask)

    def delete_hook(self) -> None:
        """Updates wait to be polled again; none is lost."""
        self._call("deleteWebhook", apihelper.delete_webhook)

    def hook(self) -> "HookState":
        """Where Telegram posts updates to, and how that goes."""
        match self._call("getWebhookInfo", apihelper.get_webhook_info):
            case {"url": str(url), "pending_update_count": int(waiting), **more}:
                return HookState(url, waiting, str(more.get("last_error_message") or ""))
        raise _nonsense()

    def stop_polling(self) -> None:
        """End the `updates` that waits, if any: it raises."""
        self._poll.cut()

    def hang_up(self) -> None:
        """End every request under way: it raises. Whether what it asked for has happened, nobody knows."""
        self._poll.cut()
        self._calls.cut()

    def _send(self, message: SendMessage, thread_id: int | None) -> int:
        def attempt(seen_by: types.EphemeralMessageParameters | None, form: Form) -> int:
            rich = form.rich and message.rich is not None
            ask = partial(
                apihelper.send_rich_message if rich else apihelper.send_message,
                chat_id=message.chat_id,
                disable_notification=message.silent,
                reply_parameters=None if seen_by else _reply(message.reply_to),
                message_thread_id=thread_id,
                ephemeral_message_parameters=seen_by,
                **_content(message, form),
            )
            return _message_id(self._call("sendRichMessage" if rich else "sendMessage", ask))

        return self._for_one(message.only, message.html, message.keyboard, attempt, rich=message.rich is not None)

    def _edit(self, edit: EditMessage) -> int:
        def attempt(form: Form) -> int:
            place = {"chat_id": edit.chat_id, "message_id": edit.message_id}
            self._call("editMessageText", partial(apihelper.edit_message_text, **place, **_content(edit, form)))
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
                **_content(edit, form),
            )
            self._call("editEphemeralMessageText", ask)
            return edit.message_id

        try:
            return self._newer.simplest(edit.html, edit.keyboard, attempt, rich=edit.rich is not None)
        except Permanent as refusal:
            if refusal.reason not in SIMPLER_MAY_DO and not is_unknown(refusal):
                raise
            detail = refusal.detail
        raise Permanent(Reason.MESSAGE_GONE, detail)

    def _send_document(self, document: SendDocument, thread_id: int | None) -> int:
        def attempt(seen_by: types.EphemeralMessageParameters | None, form: Form) -> int:
            ask = partial(
                apihelper.send_data,
                chat_id=document.chat_id,
                # An empty file is refused.
                data=io.BytesIO(document.content or b"\n"),
                data_type="document",
                caption=render.text(document.caption_html, form, CAPTION_LIMIT),
                parse_mode=render.parse_mode(form),
                visible_file_name=_file_name(document.file_name),
                reply_parameters=None if seen_by else _reply(document.reply_to),
                message_thread_id=thread_id,
                ephemeral_message_parameters=seen_by,
                # Somebody asked for it and waits.
                disable_notification=True,
            )
            return _message_id(self._call("sendDocument", ask))

        return self._for_one(document.only, document.caption_html, (), attempt)

    def _send_photo(self, photo: SendPhoto, thread_id: int | None) -> int:
        """Words where a picture is refused: a group may forbid pictures and nothing else."""

        def attempt(form: Form) -> int:
            ask = partial(
                apihelper.send_photo,
                chat_id=photo.chat_id,
                photo=("graph.png", io.BytesIO(photo.content)),
                caption=render.text(photo.caption_html, form, CAPTION_LIMIT),
                parse_mode=render.parse_mode(form),
                reply_parameters=_reply(photo.reply_to),
                message_thread_id=thread_id,
                disable_notification=True,
            )
            return _message_id(self._call("sendPhoto", ask))

        try:
            return self._newer.simplest(photo.caption_html, (), attempt)
        except Permanent as refusal:
            if refusal.reason not in _WORDS_MAY_DO:
                raise
        words = SendMessage(
            photo.chat_id, photo.instead_html, silent=True, reply_to=photo.reply_to, thread_id=thread_id
        )
        return self._send(words, thread_id)

    def _for_one(
        self, only: ForPresser | None, markup: str, rows: Keyboard, attempt: _ForWhom, *, rich: bool = False
    ) -> int:
        """For one person where the server takes it so, and for everybody where it does not."""
        everybody = partial(attempt, None)
        if only is None or Feature.EPHEMERAL not in self._newer.features:
            return self._newer.simplest(markup, rows, everybody, rich=rich)
        seen_by = types.EphemeralMessageParameters(only.user_id, only.callback_id)
        try:
            told = self._newer.simplest(markup, rows, partial(attempt, seen_by), rich=rich)
        except Permanent as error:
            refusal = error
        else:
            if told > 0 and not isinstance(told, EphemeralId):
                # A server that does not know the parameter passes over it: by now everybody has seen the message.
                self._newer.leave_out(frozenset({Feature.EPHEMERAL}))
            return told
        sent = self._newer.simplest(markup, rows, everybody, rich=rich)
        self._newer.refused_alone(refusal)
        return sent

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

    def _call(
        self, method: str, ask: _Ask, *, wire: Wire | None = None, longer: float = 0.0, once: bool = False
    ) -> Any:
        """telebot's answer. None where it is like that already.

        `once`: what may have happened must not be asked for again, so that failure is a Permanent one.
        """
        begun = time.perf_counter()
        try:
            with (wire or self._calls).used(longer=longer):
                told = ask(PLACEHOLDER_TOKEN)
        except (ApiException, *TransportError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            if errors.not_modified(error):
                self._answered(method, "not_modified", begun)
                return None
            failure = errors.failure_of(error, self._token)
            if once and errors.may_have_happened(error):
                failure = Permanent(Reason.UNKNOWN_OUTCOME, failure.detail)
        else:
            self._answered(method, "200", begun)
            return told
        self._answered(method, str(failure.reason), begun)
        if failure.reason is Reason.THROTTLED:
            metrics.telegram_asked_to_wait(failure.retry_after or 0.0)
        # Here and not above, where the error with the token in it would become its context.
        raise failure

    @staticmethod
    def _answered(method: str, code: str, begun: float) -> None:
        """Count it, and have a line about it: what concerns an incident is worth one by itself."""
        metrics.telegram_answered(method, code)
        if method == POLL:
            return
        took = time.perf_counter() - begun
        metrics.telegram_took(took)
        say = log.info if "incident" in get_contextvars() else log.debug
        say("telegram request", method=method, code=code, seconds=round(took, 3))


def _nonsense() -> Temporary:
    return Temporary(Reason.SERVER_ERROR, "the answer is not one of a Bot API server")


def _message_id(told: Any) -> int:
    match told:
        case {"ephemeral_message_id": int(ephemeral_id)}:
            return EphemeralId(ephemeral_id)
        case {"message_id": int(message_id)}:
            return message_id
    # It was sent, whatever the server says about it: asking again would send it twice.
    return 0


def _content(message: SendMessage | EditMessage, form: Form) -> dict[str, Any]:
    """What it says and its buttons, in this form."""
    if form.rich and message.rich is not None:
        below = render.keyboard(message.rich.keyboard, form)
        return {"rich_message": render.rich(message.rich), "reply_markup": below}
    return {
        "text": render.text(message.html, form),
        "parse_mode": render.parse_mode(form),
        "reply_markup": render.keyboard(message.keyboard, form),
        "link_preview_options": _NO_PREVIEW,
    }


def _topic_id(told: Any) -> int:
    match told:
        case {"message_thread_id": int(thread_id)}:
            return thread_id
    return 0


def _reply(message_id: int | None) -> types.ReplyParameters | None:
    # The message may be gone meanwhile, which is no reason to say nothing.
    return types.ReplyParameters(message_id, allow_sending_without_reply=True) if message_id else None


def _file_name(name: str) -> str:
    """As it may stand in a header."""
    kept = "".join(letter if letter.isprintable() and letter not in '"/\\' else "_" for letter in clean(name))
    return kept[-100:] or "file"


def posted(body: bytes) -> RawUpdate | None:
    """An update as Telegram posts it; None for anything else."""
    try:
        return _raw(json.loads(body))
    except (ValueError, RecursionError):
        return None


def _raw(update: Any) -> RawUpdate | None:
    match update:
        case {"update_id": bool()}:
            return None
        case {"update_id": int(update_id)} if 0 <= update_id < 2**63:
            return RawUpdate(update_id, _chat_id(update), json.dumps(update).encode())
    return None


def _chat_id(update: Mapping[str, Any]) -> int:
    match update:
        case (
            {"message": {"chat": {"id": int(chat_id)}}}
            | {"callback_query": {"message": {"chat": {"id": int(chat_id)}}}}
            | {"my_chat_member": {"chat": {"id": int(chat_id)}}}
        ) if abs(chat_id) < 2**63:
            return chat_id
    return 0
