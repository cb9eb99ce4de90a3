"""People and chats: who exists on the stand-in, and where they talk. Values and small state, no rules.

Refuses to know methods and wording. Everything mutable here is guarded by the world's lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .formatting import Entity
from .keyboard import Markup
from .rich import Node

ChatKind = Literal["private", "group", "supergroup"]
MemberStatus = Literal["creator", "administrator", "member", "left", "kicked"]

GENERAL_TOPIC = 1

RIGHTS = frozenset(
    {
        "can_be_edited",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
        "can_pin_messages",
        "can_manage_topics",
    }
)
"""What an administrator of a group may be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or the bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def as_json(self) -> dict[str, object]:
        """The User object of the Bot API."""
        user: dict[str, object] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An uploaded file with its content in memory."""

    file_id: str
    unique_id: str
    name: str
    mime_type: str
    content: bytes = field(repr=False)
    path: str
    width: int = 0
    height: int = 0

    def as_json(self) -> dict[str, object]:
        """The fields that every kind of file object shares."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True, kw_only=True)
class Message:
    """One message in a chat. `revision` is the world's revision at its last change.

    One that `receiver` alone sees has an `ephemeral_id` instead of an id, and comes after the message `after`.
    """

    id: int
    chat: Chat
    date: int
    sender: User
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    rich: Node | None = None
    caption: str = ""
    caption_entities: list[Entity] = field(default_factory=list)
    markup: Markup | None = None
    document: StoredFile | None = None
    photo: StoredFile | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    silent: bool = False
    protected: bool = False
    link_preview: dict[str, object] | None = None
    service: dict[str, object] = field(default_factory=dict)
    reactions: dict[int, list[str]] = field(default_factory=dict)
    edit_date: int = 0
    edits: int = 0
    deleted: bool = False
    revision: int = 0
    receiver: User | None = None
    ephemeral_id: int = 0
    after: int = 0


@dataclass(slots=True, kw_only=True)
class Chat:
    """A private chat (its id is the person's) or a group."""

    id: int
    kind: ChatKind
    title: str = ""
    person: User | None = None
    members: dict[int, MemberStatus] = field(default_factory=dict)
    bot_status: MemberStatus = "member"
    bot_rights: frozenset[str] = RIGHTS
    topics: dict[int, str] | None = None
    closed_topics: set[int] = field(default_factory=set)
    pinned: list[int] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    ephemeral: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    migrated_to: int | None = None
    reachable: bool = True
    action: tuple[str, float] = ("", 0.0)

    @property
    def is_private(self) -> bool:
        """Whether this is one person's chat with the bot."""
        return self.kind == "private"

    def bot_may(self, right: str) -> bool:
        """Whether the bot is an administrator here who has this right; in a private chat it needs none."""
        return self.is_private or (self.bot_status == "administrator" and right in self.bot_rights)

    def bot_manages(self, thread_id: int) -> bool:
        """Whether the bot may name, close and open this topic, and write in it while it is closed.

        Who made a topic may, also without the right.
        """
        begun = self.messages.get(thread_id)
        made = begun is not None and begun.sender.is_bot and "forum_topic_created" in begun.service
        return made or self.bot_may("can_manage_topics")

    def has(self, user_id: int) -> bool:
        """Whether a person sees this chat."""
        return self.members.get(user_id) in ("creator", "administrator", "member")

    def existing(self, message_id: int) -> Message | None:
        """A message that is there and not deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def as_json(self) -> dict[str, object]:
        """The Chat object of the Bot API."""
        chat: dict[str, object] = {"id": self.id, "type": self.kind}
        if self.person is not None:
            chat["first_name"] = self.person.first_name
            if self.person.username:
                chat["username"] = self.person.username
        else:
            chat["title"] = self.title
        if self.topics is not None:
            chat["is_forum"] = True
        return chat
