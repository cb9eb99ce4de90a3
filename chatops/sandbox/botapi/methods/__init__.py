"""Methods of the Bot API: one function each, `Call` in, the reply's `result` out, `Refusal` raised."""

from __future__ import annotations

from collections.abc import Callable

from . import callbacks, chats, commands, editing, ephemeral, files, marks, menu, receiving, sending, topics
from .call import Call

Method = Callable[[Call], object]

# Names are compared in lower case, as on the real server.
METHODS: dict[str, Method] = {
    "getme": chats.get_me,
    "getupdates": receiving.get_updates,
    "setwebhook": receiving.set_webhook,
    "deletewebhook": receiving.delete_webhook,
    "getwebhookinfo": receiving.get_webhook_info,
    "sendmessage": sending.send_message,
    "sendrichmessage": sending.send_rich_message,
    "senddocument": sending.send_document,
    "sendphoto": sending.send_photo,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "editephemeralmessagetext": ephemeral.edit_ephemeral_message_text,
    "editephemeralmessagereplymarkup": ephemeral.edit_ephemeral_message_reply_markup,
    "deleteephemeralmessage": ephemeral.delete_ephemeral_message,
    "pinchatmessage": marks.pin_chat_message,
    "unpinchatmessage": marks.unpin_chat_message,
    "unpinallchatmessages": marks.unpin_all_chat_messages,
    "setmessagereaction": marks.set_message_reaction,
    "answercallbackquery": callbacks.answer_callback_query,
    "getchat": chats.get_chat,
    "getchatmember": chats.get_chat_member,
    "getchatadministrators": chats.get_chat_administrators,
    "getchatmembercount": chats.get_chat_member_count,
    "leavechat": chats.leave_chat,
    "createforumtopic": topics.create_forum_topic,
    "editforumtopic": topics.edit_forum_topic,
    "closeforumtopic": topics.close_forum_topic,
    "reopenforumtopic": topics.reopen_forum_topic,
    "deleteforumtopic": topics.delete_forum_topic,
    "setmycommands": commands.set_my_commands,
    "getmycommands": commands.get_my_commands,
    "deletemycommands": commands.delete_my_commands,
    "setchatmenubutton": menu.set_chat_menu_button,
    "getchatmenubutton": menu.get_chat_menu_button,
    "getfile": files.get_file,
}

__all__ = ["METHODS", "Call", "Method"]
