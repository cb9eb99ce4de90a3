"""Marks: pins and reactions on a message."""

from __future__ import annotations

from ..people import Chat
from ..refusals import bad_request
from .call import Call

_EMOJI = """
👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥
🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨
🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
# What every chat allows, https://core.telegram.org/bots/api#reactiontypeemoji
REACTIONS = frozenset(_EMOJI.split())


def _may_pin(chat: Chat) -> None:
    if not chat.bot_may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")


def pin_chat_message(call: Call) -> bool:
    """https://core.telegram.org/bots/api#pinchatmessage; the bot is told of what the chat then says about it."""
    chat = call.chat()
    message = chat.existing(call.message_id())
    if message is None:
        raise bad_request("message to pin not found")
    _may_pin(chat)
    if message.id in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.pinned.append(message.id)
    said = call.world.post(
        chat,
        call.world.bot,
        service={"pinned_message": message.id},
        silent=call.parameters.flag("disable_notification"),
        thread_id=message.thread_id,
    )
    # Else a bot is told nothing of what it sends itself.
    call.world.updates.put("message", call.world.message_json(said))
    return True


def unpin_chat_message(call: Call) -> bool:
    """https://core.telegram.org/bots/api#unpinchatmessage; without a message, the newest pin."""
    chat = call.chat()
    number = call.parameters.number("message_id")
    if not number:
        if not chat.pinned:
            raise bad_request("message to unpin not found")
        number = chat.pinned[-1]
    if chat.existing(number) is None:
        raise bad_request("message to unpin not found")
    _may_pin(chat)
    if number in chat.pinned:
        chat.pinned.remove(number)
        call.world.changed()
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    """https://core.telegram.org/bots/api#unpinallchatmessages"""
    chat = call.chat()
    _may_pin(chat)
    chat.pinned.clear()
    call.world.changed()
    return True


def set_message_reaction(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmessagereaction; a bot has one reaction on a message."""
    chat = call.chat()
    message = chat.existing(call.message_id())
    if message is None:
        raise bad_request("message to react not found")
    emoji: list[str] = []
    for reaction in call.parameters.array("reaction", "ReactionType") or []:
        if not isinstance(reaction, dict) or reaction.get("type") not in ("emoji", "custom_emoji", "paid"):
            raise bad_request("can't parse ReactionType: Unsupported type specified")
        symbol = reaction.get("emoji")
        if reaction["type"] != "emoji" or not isinstance(symbol, str) or symbol not in REACTIONS:
            raise bad_request("REACTION_INVALID")
        emoji.append(symbol)
    if len(emoji) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reactions[call.world.bot.id] = emoji
    message.revision = call.world.changed()
    return True
