"""Commands: the command lists by scope and language."""

from __future__ import annotations

import re

import msgspec

from ..parameters import field_number
from ..people import Chat
from ..refusals import bad_request
from ..world import World
from .call import Call, find_chat

MAX_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_MAX_DESCRIPTION = 256
_WIDE = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_NARROW = frozenset({"chat", "chat_administrators", "chat_member"})


def set_my_commands(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    key = _key(call)
    commands = [_command(item) for item in call.parameters.array("commands", "BotCommand") or []]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    if commands:
        call.world.commands[key] = commands
    else:
        call.world.commands.pop(key, None)
    call.world.changed()
    return True


def get_my_commands(call: Call) -> list[dict[str, str]]:
    """https://core.telegram.org/bots/api#getmycommands; exactly this scope and language."""
    return call.world.commands.get(_key(call), [])


def delete_my_commands(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    call.world.commands.pop(_key(call), None)
    call.world.changed()
    return True


def commands_for(world: World, chat: Chat, user_id: int, language: str) -> list[dict[str, str]]:
    """The list a person sees in a chat: the narrowest scope that has one, first in the person's language."""
    admin = chat.members.get(user_id) in ("creator", "administrator")
    if chat.is_private:
        scopes = [_chat_scope("chat", chat.id), "all_private_chats", "default"]
    else:
        scopes = [_chat_scope("chat_member", chat.id, user_id)]
        scopes += [_chat_scope("chat_administrators", chat.id)] if admin else []
        scopes += [_chat_scope("chat", chat.id)]
        scopes += ["all_chat_administrators"] if admin else []
        scopes += ["all_group_chats", "default"]
    for scope in scopes:
        for code in (language[:2], ""):
            if found := world.commands.get((scope, code)):
                return found
    return []


def _chat_scope(kind: str, chat_id: int, user_id: int = 0) -> str:
    return msgspec.json.encode([kind, chat_id, user_id]).decode()


def _key(call: Call) -> tuple[str, str]:
    language = call.parameters.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    scope = call.parameters.mapping("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type")
    if kind in _WIDE:
        return str(kind), language
    if kind not in _NARROW:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat_id = scope.get("chat_id")
    if chat_id in (None, ""):
        raise bad_request("can't parse BotCommandScope: Empty chat_id specified")
    chat = find_chat(call.world, str(chat_id))
    if chat is None:
        raise bad_request("chat not found")
    user_id = field_number(scope, "user_id") if kind == "chat_member" else 0
    return _chat_scope(str(kind), chat.id, user_id), language


def _command(item: object) -> dict[str, str]:
    if not isinstance(item, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for field in ("command", "description"):
        if field not in item:
            raise bad_request(f"can't parse BotCommand: Can't find field \"{field}\"")
        if not isinstance(item[field], str):
            raise bad_request(f'can\'t parse BotCommand: Field "{field}" must be of type String')
    name, description = item["command"].removeprefix("/"), item["description"].strip()
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
