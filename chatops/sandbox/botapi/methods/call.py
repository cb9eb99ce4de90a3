"""Call: one request on its way through a method, with the look-ups that every method shares.

Finds chats, messages and topics and refuses as Telegram does when they cannot be used. Refuses to know HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..limits import Pacer
from ..parameters import Parameters
from ..people import GENERAL_TOPIC, Chat, Message, User
from ..refusals import bad_request, forbidden, migrated
from ..webhook import Webhook
from ..world import World


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with. Methods run holding the world's condition."""

    world: World
    pacer: Pacer
    webhook: Webhook
    parameters: Parameters

    def known_chat(self, raw: str | None = None) -> Chat:
        """The chat named by `chat_id`, reachable or not."""
        name = (self.parameters.text("chat_id") if raw is None else raw).strip()
        if not name:
            raise bad_request("chat_id is empty")
        chat = find_chat(self.world, name)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        return chat

    def chat(self) -> Chat:
        """The chat named by `chat_id`, where the bot may talk."""
        chat = self.known_chat()
        if chat.is_private:
            if not chat.reachable:
                raise forbidden("bot was blocked by the user")
        elif chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        elif chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def message_id(self) -> int:
        """The `message_id` parameter."""
        number = self.parameters.number("message_id")
        if number <= 0:
            raise bad_request("message identifier is not specified")
        return number

    def own_message(self, chat: Chat) -> Message:
        """The bot's message to edit."""
        message = chat.existing(self.message_id())
        if message is None:
            raise bad_request("message to edit not found")
        if message.sender.id != self.world.bot.id or message.service:
            raise bad_request("message can't be edited")
        return message

    def thread_id(self, chat: Chat) -> int | None:
        """The topic named by `message_thread_id`."""
        if not self.parameters.text("message_thread_id"):
            return None
        thread = self.parameters.number("message_thread_id")
        # The General topic has id 1 and is the one that must not be named.
        if thread == GENERAL_TOPIC or thread not in (chat.topics or {}):
            raise bad_request("message thread not found")
        if thread in chat.closed_topics and not chat.bot_manages(thread):
            raise bad_request("TOPIC_CLOSED")
        return thread

    def pace(self, chat: Chat) -> None:
        """Spend one message or edit. Raises `Refusal` 429."""
        self.pacer.spend(chat.id, private=chat.is_private, now=self.world.clock())

    def user(self) -> User:
        """The person named by `user_id`."""
        user = self.world.users.get(self.parameters.number("user_id"))
        if user is None:
            raise bad_request("user not found")
        return user

    def mentioned(self, user_id: int) -> dict[str, object] | None:
        """The User object of a mention, None for a stranger."""
        user = self.world.users.get(user_id)
        return user.as_json() if user else None


def find_chat(world: World, name: str) -> Chat | None:
    """A chat by id or by a person's @username."""
    if name.startswith("@"):
        for chat in world.chats.values():
            if chat.person is not None and chat.person.username.lower() == name[1:].lower():
                return chat
        return None
    digits = name.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    return world.chats.get(int(name))
