"""Chats: getMe, getChat, members and leaveChat."""

from __future__ import annotations

from ..people import RIGHTS, Chat, MemberStatus, User
from ..refusals import bad_request
from .call import Call


def get_me(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getme"""
    return {
        **call.world.bot.as_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not call.world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": bool(call.world.apps.get("")),
    }


def get_chat(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getchat"""
    chat = call.chat()
    full: dict[str, object] = {
        **chat.as_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    pinned = chat.existing(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        full["pinned_message"] = call.world.message_json(pinned)
    if not chat.is_private:
        full["permissions"] = {"can_send_messages": True, "can_pin_messages": True}
    return full


def member_json(user: User, status: MemberStatus, rights: frozenset[str] = RIGHTS) -> dict[str, object]:
    """The ChatMember object of a person, with these rights as an administrator."""
    member: dict[str, object] = {"user": user.as_json(), "status": status}
    match status:
        case "creator":
            member["is_anonymous"] = False
        case "administrator":
            member |= {"is_anonymous": False, **{right: right in rights for right in sorted(RIGHTS)}}
        case "kicked":
            member["until_date"] = 0
        case _:
            pass
    return member


def status_of(call: Call, chat: Chat, user: User) -> MemberStatus:
    """What a person is in a chat."""
    if user.id == call.world.bot.id:
        return chat.bot_status
    return chat.members.get(user.id, "left")


def get_chat_member(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat, user = call.chat(), call.user()
    return member_json(user, status_of(call, chat, user), _rights_of(call, chat, user))


def _rights_of(call: Call, chat: Chat, user: User) -> frozenset[str]:
    return chat.bot_rights if user.id == call.world.bot.id else RIGHTS


def get_chat_administrators(call: Call) -> list[dict[str, object]]:
    """https://core.telegram.org/bots/api#getchatadministrators"""
    chat = call.chat()
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    statuses = {**chat.members, call.world.bot.id: chat.bot_status}
    return [
        member_json(call.world.users[user_id], status, _rights_of(call, chat, call.world.users[user_id]))
        for user_id, status in statuses.items()
        if status in ("creator", "administrator")
    ]


def get_chat_member_count(call: Call) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = call.chat()
    people = {user_id for user_id in chat.members if chat.has(user_id)}
    return len(people | {call.world.bot.id})


def leave_chat(call: Call) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = call.chat()
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    call.world.post(chat, call.world.bot, service={"left_chat_member": call.world.bot.as_json()})
    return True
