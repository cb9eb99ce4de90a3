"""What is done when a process begins to act: the settings' people and chats are made known, and all that the last run
left half done goes on.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from chatops.actors.addresses import Address, chat_address, incident_address
from chatops.actors.chat_messages import CatchUp
from chatops.actors.conversation.commands import offer_admin_code
from chatops.actors.messages import MailArrived
from chatops.core.access import may_decide
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.db.store import Store
from chatops.settings import Settings

log = structlog.get_logger()


def introduce(settings: Settings, store: Store, now: datetime) -> None:
    """The people and chats of the settings, and the one-time code where there is no admin."""
    for user_id in settings.telegram_admins:
        known = store.users.get(user_id)
        if not may_decide(known):
            user = known or User(user_id, str(user_id))
            detail = {"user": str(user_id), "role": Role.ADMIN.value}
            entry = Entry(EntryType.USER_ADDED, SYSTEM, now, detail=detail)
            store.users.put(replace(user, grants=everywhere(Role.ADMIN), disabled=False), [entry])
    # Until a chat is named or subscribes, the admins themselves get the incidents.
    rules = settings.routes
    named = tuple(dict.fromkeys([*settings.telegram_chats, *(chat_id for chat_id, _ in rules)]))
    first = named or (() if store.chats.all() else settings.telegram_admins)
    new = [chat_id for chat_id in first if store.chats.get(chat_id) is None]
    kinds = {chat_id: ChatKind.PRIVATE if chat_id > 0 else ChatKind.GROUP for chat_id in new}
    entries = [Entry(EntryType.CHAT_ADDED, SYSTEM, now, chat_id=chat_id) for chat_id in new]
    # All at once: of admins that get them until a chat is named, the first alone would look like a named one.
    if new:
        store.chats.put(*(Chat(chat_id, kinds[chat_id], subscribed=True) for chat_id in new), entries=entries)
    store.routes.follow_file(rules, lambda chat_id, told: _by_file(chat_id, told, now))
    code = offer_admin_code(store)
    if code:
        log.warning("nobody may use the bot yet: send it this in Telegram", command=f"/start {code}")


def resume(store: Store, tell: Callable[[Address, object], None]) -> None:
    """What the last run left half done goes on: cards, mail, running actions, silences, surveys, calls for help.

    Chats come first: behind thousands of incidents, each of which begins a thread, people would see nothing for long.
    """
    _resume_chats(store, tell)
    unfinished = store.unfinished
    waiting = {
        *unfinished.with_mail(),
        *unfinished.running(),
        *unfinished.interrupted(),
        *unfinished.silenced(),
        *unfinished.unseen(),
        *unfinished.calling(),
        *unfinished.handed(),
        *unfinished.owing(),
    }
    for incident_id in sorted(waiting):
        tell(incident_address(incident_id), MailArrived())


def _resume_chats(store: Store, tell: Callable[[Address, object], None]) -> None:
    cards = store.cards
    subscribed = (chat.id for chat in store.chats.subscribed())
    storms = store.storms.chats_behind()
    topics, asides = store.topics.chats_behind(), store.asides.chats()
    behind = {*cards.chats_behind(), *cards.chats_pinned(), *topics, *asides}
    chats = {*subscribed, *cards.chats_of_open(), *behind, *storms}
    for chat_id in sorted(chats):
        tell(chat_address(chat_id), CatchUp())


def _by_file(chat_id: int, told: bool, now: datetime) -> Entry:
    """ROUTES_FILE says something new of the chat, or nothing any more."""
    detail = {"act": "file" if told else "file_gone"}
    return Entry(EntryType.ROUTES_CHANGED, SYSTEM, now, chat_id=chat_id, detail=detail)
