"""World: everything the stand-in remembers, under one lock, with one condition that tells of every change.

Users, chats, messages, files, callback queries, commands and the update queue. Refuses to know HTTP,
parameters and Telegram's wording: methods and people change the world through it, the page and the tests read
it.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import Any

from .clock import Clock
from .newer import Newer
from .people import Chat, Message, StoredFile, User
from .updates import CALLBACK_LIFE, UpdateQueue

_FIRST_EPHEMERAL = 29_341_001


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a pressed button."""

    text: str = ""
    show_alert: bool = False
    url: str = ""


@dataclass(slots=True, kw_only=True)
class Query:
    """A pressed button waiting for its answer."""

    id: str
    person: User
    chat_id: int
    message_id: int
    data: str
    asked: float
    ephemeral_id: int = 0
    answer: Answer | None = None
    revision: int = 0


class World:
    """The state. Hold `condition` for every call and every read of what it returns."""

    def __init__(self, bot: User, clock: Clock, *, token: str = "") -> None:
        self.condition = threading.Condition(threading.RLock())
        self.clock = clock
        self.bot = bot
        self.token = token
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.menu_buttons: dict[int, dict[str, object]] = {}
        self.apps: dict[str, str] = {}
        """The bot's Mini Apps as @BotFather was told of them: address by short name, under "" the main one."""
        self.updates = UpdateQueue(self.condition, clock, first_id=100_000_001)
        self.revision = 0
        self.privacy = True
        self.newer = Newer()

    def changed(self) -> int:
        """Count one change and wake everyone who waits. Returns the new revision."""
        self.revision += 1
        self.condition.notify_all()
        return self.revision

    def now(self) -> int:
        """The time on the wire: whole Unix seconds."""
        return int(self.clock())

    def add_user(self, user: User) -> None:
        """Make a person known."""
        self.users[user.id] = user
        self.changed()

    def add_chat(self, chat: Chat) -> Chat:
        """Make a chat known, or return the one that has its id."""
        self.changed()
        return self.chats.setdefault(chat.id, chat)

    def private_chat(self, person: User) -> Chat:
        """The person's chat with the bot, opened on first use."""
        members: Any = {person.id: "member", self.bot.id: "member"}
        return self.add_chat(Chat(id=person.id, kind="private", person=person, members=members))

    def post(self, chat: Chat, sender: User, **content: Any) -> Message:
        """Add a message to a chat with the next id."""
        chat.last_id += 1
        message = Message(id=chat.last_id, chat=chat, date=self.now(), sender=sender, **content)
        message.revision = self.changed()
        chat.messages[message.id] = message
        if sender.id == self.bot.id:
            chat.action = ("", 0.0)
        return message

    def whisper(self, chat: Chat, receiver: User, **content: Any) -> Message:
        """Show a message of the bot to one member of a group. It takes no id of the chat."""
        ephemeral_id = _FIRST_EPHEMERAL + len(chat.ephemeral)
        message = Message(
            id=0,
            chat=chat,
            date=self.now(),
            sender=self.bot,
            receiver=receiver,
            ephemeral_id=ephemeral_id,
            after=chat.last_id,
            **content,
        )
        message.revision = self.changed()
        chat.ephemeral[ephemeral_id] = message
        return message

    def edited(self, message: Message, *, mark: bool = True) -> None:
        """Note that a message was changed; `mark` gives it the time of the edit."""
        message.edits += 1
        if mark:
            message.edit_date = self.now()
        message.revision = self.changed()

    def delete_topic(self, chat: Chat, thread_id: int) -> None:
        """Take a topic away with all that stands in it."""
        if chat.topics is not None:
            chat.topics.pop(thread_id, None)
        chat.closed_topics.discard(thread_id)
        for message in chat.messages.values():
            if message.thread_id == thread_id and not message.deleted:
                self.deleted(message)
        self.changed()

    def deleted(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        if message.id in message.chat.pinned:
            message.chat.pinned.remove(message.id)
        message.revision = self.changed()

    def ask(self, person: User, message: Message, data: str) -> Query:
        """Press a button: the query, and its update on the way to the bot."""
        number = len(self.queries) + 1
        digest = hashlib.sha256(f"{person.id}:{message.chat.id}:{number}".encode()).digest()
        query = Query(
            id=str(int.from_bytes(digest[:8], "big") >> 1),
            person=person,
            chat_id=message.chat.id,
            message_id=message.id,
            data=data,
            asked=self.clock(),
            ephemeral_id=message.ephemeral_id,
        )
        query.revision = self.changed()
        self.queries[query.id] = query
        payload: dict[str, object] = {
            "id": query.id,
            "from": person.as_json(),
            "message": self.seen_message(message),
            "chat_instance": chat_instance(message.chat.id),
            "data": data,
        }
        self.updates.put("callback_query", payload, life=CALLBACK_LIFE)
        return query

    def answered(self, query: Query, answer: Answer) -> None:
        """Give the presser the bot's answer."""
        query.answer = answer
        query.revision = self.changed()

    def seen_message(self, message: Message) -> dict[str, object]:
        """The Message object, or an inaccessible one when it was deleted."""
        if message.deleted:
            return {"chat": message.chat.as_json(), "message_id": message.id, "date": 0}
        return self.message_json(message)

    def message_json(self, message: Message, *, with_reply: bool = True) -> dict[str, object]:
        """The Message object of the Bot API."""
        json: dict[str, object] = {
            "message_id": message.id,
            "from": message.sender.as_json(),
            "chat": message.chat.as_json(),
            "date": message.date,
        }
        if message.receiver is not None:
            json |= {"receiver_user": message.receiver.as_json(), "ephemeral_message_id": message.ephemeral_id}
        if message.edit_date:
            json["edit_date"] = message.edit_date
        if message.thread_id is not None:
            json |= {"message_thread_id": message.thread_id, "is_topic_message": True}
        replied = message.chat.existing(message.reply_to or 0)
        if with_reply and replied is not None:
            json["reply_to_message"] = self.message_json(replied, with_reply=False)
        if message.rich is not None:
            # Without its blocks, which a bot knows that sent them.
            json["rich_message"] = {"blocks": []}
        elif message.text:
            json["text"] = message.text
            if message.entities:
                json["entities"] = message.entities
        if message.document is not None:
            file = message.document
            json["document"] = {**file.as_json(), "file_name": file.name, "mime_type": file.mime_type}
        if message.photo is not None:
            file = message.photo
            json["photo"] = [{**file.as_json(), "width": file.width, "height": file.height}]
        if message.caption:
            json["caption"] = message.caption
            if message.caption_entities:
                json["caption_entities"] = message.caption_entities
        if message.link_preview:
            json["link_preview_options"] = message.link_preview
        if message.protected:
            json["has_protected_content"] = True
        if message.markup and "inline_keyboard" in message.markup:
            json["reply_markup"] = message.markup
        return json | self._service_json(message)

    def _service_json(self, message: Message) -> dict[str, object]:
        service = dict(message.service)
        pinned = service.get("pinned_message")
        if isinstance(pinned, int):
            service["pinned_message"] = self.seen_message(message.chat.messages[pinned])
        return service


def chat_instance(chat_id: int) -> str:
    """What stands for a chat where its id is not told."""
    return str(int.from_bytes(hashlib.sha256(str(chat_id).encode()).digest()[:8], "big", signed=True))
