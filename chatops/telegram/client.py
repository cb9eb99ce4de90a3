"""The Bot API as the rest of the house uses it: a few calls, all of which raise core.failures and nothing else.

It refuses to decide when something is sent and what becomes of a failure.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from telebot import apihelper

from chatops.core.outgoing import (
    AnswerTap,
    CreateTopic,
    DeleteMessage,
    DeleteTopic,
    EditMessage,
    LeaveChat,
    Outgoing,
    PinMessage,
    SendDocument,
    SendMessage,
    SendPhoto,
    ShowTopic,
)
from chatops.core.telegram_features import EVERY, Feature, Features
from chatops.telegram import render
from chatops.telegram.calls import POLL, Calls, nonsense
from chatops.telegram.errors import HIDDEN
from chatops.telegram.hook import Hook
from chatops.telegram.messages import Messages
from chatops.telegram.newer import Newer
from chatops.telegram.profile import Profile
from chatops.telegram.raw_updates import RawUpdate, raw_of
from chatops.telegram.updates import KINDS
from chatops.telegram.wire import Wire

BATCH = 100


class Me(NamedTuple):
    """`username` is the first name where a server tells none, as the documentation allows it.

    `main_app`: @BotFather knows a Mini App as the bot's main one.
    """

    id: int
    username: str
    main_app: bool = False


class Telegram:
    """One bot at one Bot API server. Thread-safe; connects when first used.

    Timeouts in seconds. Of the `features` what the server once refused as too new for it
    is not tried again; `on_refused` is told of each once, from any thread. `on_topic_gone` is told, likewise, the chat
    and the topic that is closed or deleted there, before whatever was to go into it goes to the general one.
    `profile` is what the bot says of itself, `hook` where updates are posted to.
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
        def calls() -> Calls:
            return Calls(token, Wire(token, api_url, connect_timeout=connect_timeout, read_timeout=read_timeout))

        self._calls = calls()
        # Its own, so that it can be cut without cutting a message that is on its way.
        self._poll = calls()
        self._messages = Messages(self._calls, Newer(features, on_refused), on_topic_gone)
        self.profile = Profile(self._calls)
        self.hook = Hook(self._calls)

    def __repr__(self) -> str:
        return f"Telegram({HIDDEN})"

    def me(self) -> Me:
        """Who the bot is; the cheapest way to see whether Telegram answers and knows the token."""
        match self._calls.ask("getMe", apihelper.get_me):
            case {"id": int(number), "username": str(name), **more} | {
                "id": int(number),
                "first_name": str(name),
                **more,
            }:
                return Me(number, name, more.get("has_main_web_app") is True)
        raise nonsense()

    def updates(self, offset: int | None, timeout: int) -> tuple[RawUpdate, ...]:
        """What comes after `offset` - 1, in Telegram's order; asking confirms everything before `offset`.

        Waits up to `timeout` seconds (at least 1) for the first, or until `stop_polling`.
        """
        wait = max(1, timeout)
        ask = partial(
            apihelper.get_updates, offset=offset, limit=BATCH, allowed_updates=list(KINDS), long_polling_timeout=wait
        )
        told = self._poll.ask(POLL, ask, longer=wait)
        if not isinstance(told, list):
            raise nonsense()
        return tuple(raw for update in told if (raw := raw_of(update)))

    def deliver(self, outgoing: Outgoing) -> int:
        """Carry it out, simpler where the server refuses it as it is.

        The id of the message sent or edited, or of the topic made; else 0.
        """
        match outgoing:
            case SendMessage():
                return self._messages.send(outgoing)
            case EditMessage():
                return self._messages.edit(outgoing)
            case SendDocument():
                return self._messages.send_document(outgoing)
            case SendPhoto():
                return self._messages.send_photo(outgoing)
            case AnswerTap(callback_id, text, alert):
                toast = render.toast(text)
                answer = partial(apihelper.answer_callback_query, callback_query_id=callback_id, text=toast)
                self._calls.ask("answerCallbackQuery", partial(answer, show_alert=alert))
            case LeaveChat(chat_id):
                self._calls.ask("leaveChat", partial(apihelper.leave_chat, chat_id=chat_id))
            case DeleteMessage(chat_id, message_id):
                self._calls.ask(
                    "deleteMessage", partial(apihelper.delete_message, chat_id=chat_id, message_id=message_id)
                )
            case PinMessage():
                self._pin(outgoing)
            case CreateTopic(chat_id, name):
                create = partial(apihelper.create_forum_topic, chat_id=chat_id, name=name)
                return _topic_id(self._calls.ask("createForumTopic", create, once=True))
            case ShowTopic():
                self._show_topic(outgoing)
            case DeleteTopic(chat_id, thread_id):
                delete = partial(apihelper.delete_forum_topic, chat_id=chat_id, message_thread_id=thread_id)
                self._calls.ask("deleteForumTopic", delete)
        return 0

    def _pin(self, wanted: PinMessage) -> None:
        where = {"chat_id": wanted.chat_id, "message_id": wanted.message_id}
        if wanted.pinned:
            self._calls.ask("pinChatMessage", partial(apihelper.pin_chat_message, **where, disable_notification=True))
        else:
            self._calls.ask("unpinChatMessage", partial(apihelper.unpin_chat_message, **where))

    def _show_topic(self, topic: ShowTopic) -> None:
        """Named first: a closed topic is named by nobody but an admin."""
        where = {"chat_id": topic.chat_id, "message_thread_id": topic.thread_id}
        self._calls.ask("editForumTopic", partial(apihelper.edit_forum_topic, **where, name=topic.name))
        if topic.closed:
            self._calls.ask("closeForumTopic", partial(apihelper.close_forum_topic, **where))
        else:
            self._calls.ask("reopenForumTopic", partial(apihelper.reopen_forum_topic, **where))

    def stop_polling(self) -> None:
        """End the `updates` that waits, if any: it raises."""
        self._poll.cut()

    def hang_up(self) -> None:
        """End every request under way: it raises. Whether what it asked for has happened, nobody knows."""
        self._poll.cut()
        self._calls.cut()


def _topic_id(told: Any) -> int:
    match told:
        case {"message_thread_id": int(thread_id)}:
            return thread_id
    return 0
