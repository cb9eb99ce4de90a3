"""View: what one person sees on the chat page, as plain JSON objects.

Everything hostile stays text: there is no markup in here, only texts with entities. Refuses to change anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from .keyboard import Button, buttons_of
from .methods.commands import commands_for
from .methods.menu import menu_app
from .people import Chat, Message, StoredFile, User
from .world import World

_HISTORY = 300


def changes(world: World, person: User, *, after: int) -> dict[str, object]:
    """Everything that changed after a revision, for a person. Call holding the world's condition."""
    chats = [chat for chat in world.chats.values() if chat.has(person.id) and chat.migrated_to is None]
    return {
        "revision": world.revision,
        "now": world.clock(),
        "bot": world.bot.as_json(),
        "people": [user.as_json() for user in world.users.values() if not user.is_bot],
        "chats": [_chat(world, chat, person) for chat in chats],
        "messages": [_message(world, message, person) for chat in chats for message in _recent(chat, person, after)],
        "answers": [
            {
                "query": query.id,
                "chat": query.chat_id,
                "message": query.message_id or -query.ephemeral_id,
                "text": query.answer.text,
                "alert": query.answer.show_alert,
                "url": query.answer.url,
            }
            for query in world.queries.values()
            if query.answer is not None and query.revision > after and query.person.id == person.id
        ],
    }


def _recent(chat: Chat, person: User, after: int) -> Iterable[Message]:
    alone = [each for each in chat.ephemeral.values() if each.receiver is not None and each.receiver.id == person.id]
    shown = [*list(chat.messages.values())[-_HISTORY:], *alone[-_HISTORY:]]
    return [message for message in shown if message.revision > after]


def _chat(world: World, chat: Chat, person: User) -> dict[str, object]:
    action, until = chat.action
    people = sum(chat.has(member) for member in chat.members if member != world.bot.id)
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": world.bot.first_name if chat.is_private else chat.title,
        "members": people,
        "bot_status": chat.bot_status,
        "blocked": not chat.reachable,
        "topics": [
            {"id": number, "name": name, "closed": number in chat.closed_topics}
            for number, name in (chat.topics or {}).items()
        ],
        "pinned": chat.pinned[-1] if chat.pinned else 0,
        "pins": len(chat.pinned),
        "action": action if action and world.clock() < until else "",
        "commands": commands_for(world, chat, person.id, person.language_code),
        "menu": menu_app(world, chat),
    }


def _message(world: World, message: Message, person: User) -> dict[str, object]:
    shown: dict[str, object] = {
        # The page has one list of messages: what only this person sees is known there by a number below 0.
        "id": message.id or -message.ephemeral_id,
        "place": message.id or message.after + 0.5,
        "alone": bool(message.ephemeral_id),
        "chat": message.chat.id,
        "revision": message.revision,
        "deleted": message.deleted,
    }
    if message.deleted:
        return shown
    replied = message.chat.existing(message.reply_to or 0)
    return shown | {
        "own": message.sender.id == person.id,
        "from": {"id": message.sender.id, "name": message.sender.first_name, "bot": message.sender.is_bot},
        "date": message.date,
        "edited": bool(message.edit_date),
        "edits": message.edits,
        "silent": message.silent,
        "thread": message.thread_id or 0,
        "text": message.text or message.caption,
        "entities": message.entities or message.caption_entities,
        "rich": message.rich.as_json() if message.rich else None,
        "document": _file(message.document),
        "photo": _file(message.photo),
        "reply": replied and {"id": replied.id, "name": replied.sender.first_name, "text": _excerpt(replied)},
        "keyboard": [[_button(button) for button in row] for row in buttons_of(message.markup)],
        "reactions": [symbol for symbols in message.reactions.values() for symbol in symbols],
        "service": _service(message),
    }


def _file(file: StoredFile | None) -> dict[str, object] | None:
    if file is None:
        return None
    return {
        "id": file.file_id,
        "name": file.name,
        "size": len(file.content),
        "width": file.width,
        "height": file.height,
    }


def _button(button: Button) -> dict[str, object]:
    shown = {"text": button["text"], "style": button.get("style", "")}
    for kind in ("callback_data", "url", "web_app", "copy_text", "disabled"):
        if kind in button:
            value = button[kind]
            inner = next(iter(value.values()), "") if isinstance(value, dict) else value
            return {**shown, "kind": kind, "value": inner}
    return {**shown, "kind": "other", "value": ""}


def _excerpt(message: Message) -> str:
    text = message.text or message.caption or (message.document.name if message.document else "Photo")
    return text[:120]


def _service(message: Message) -> str:
    name = message.sender.first_name
    for kind, value in message.service.items():
        match kind:
            case "pinned_message" if isinstance(value, int):
                pinned = message.chat.messages.get(value)
                return f"{name} pinned “{_excerpt(pinned)[:60] if pinned else 'a message'}”"
            case "left_chat_member":
                return f"{name} left the group"
            case "forum_topic_created" if isinstance(value, dict):
                return f"{name} created the topic “{value.get('name', '')}”"
            case "forum_topic_edited" if isinstance(value, dict):
                return f"{name} called the topic “{value.get('name', '')}”"
            case "forum_topic_closed":
                return f"{name} closed the topic"
            case "forum_topic_reopened":
                return f"{name} opened the topic again"
            case "migrate_to_chat_id" | "migrate_from_chat_id":
                return "The group became a supergroup"
            case _:
                return kind.replace("_", " ")
    return ""
