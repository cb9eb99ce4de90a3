"""What people write to the bot: commands, and who is let in."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from chatops.actors.conversation.views import readable_by
from chatops.core.access import ADMINS_ONLY, OUT_OF_SCOPE, known, may_decide, may_see
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.granting import INVITE_PREFIX
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.screens import welcome
from chatops.core.screens.base import Screen, screen
from chatops.core.screens.toasts import TOASTS
from chatops.core.texts import Tongue
from chatops.core.updates import TextMessage
from chatops.db.store import Store

log = structlog.get_logger()

CODE_SETTING = "admin_code"


@dataclass(frozen=True, slots=True)
class Reply:
    """A screen of its own, or a position to draw; `catch_up`: the chat should show every open incident from here on."""

    screen: Screen | None = None
    position: Position | None = None
    catch_up: bool = False


def offer_admin_code(store: Store) -> str | None:
    """A fresh one-time code while there is no admin; only its hash is kept. None once there is one."""
    if store.users.admin_ids():
        store.settings.set(CODE_SETTING, "")
        return None
    code = secrets.token_urlsafe(12)
    store.settings.set(CODE_SETTING, _hash(code))
    return code


class Commands:
    """Reads what was written and says what to show for it; it sends nothing."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def answer(self, text: TextMessage, user: User | None, chat: Chat, tongue: Tongue) -> Reply:
        """`user` is who wrote, as far as we know them. The empty Reply is for what is not meant for the bot."""
        command, argument = _command(text.text)
        if not command:
            return Reply()
        if command == "start" and argument.startswith(INVITE_PREFIX):
            user = self._admit(text, argument) or user
        elif user is None and command == "start" and argument:
            user = self._redeem(text, argument)
        somebody = known(user)
        if user is None or not somebody.allowed:
            return self._stranger(text, command, somebody.reason, tongue)
        match command:
            case "start":
                return self._start(text, user, chat, argument, tongue)
            case "incidents":
                return Reply(position=Position(chat.id, 0, Verb.INCIDENTS))
            case "history":
                return Reply(position=Position(chat.id, 0, Verb.HISTORY))
            case "subscribe" | "unsubscribe":
                return self._subscription(user, chat, tongue, wanted=command == "subscribe")
            case "users" | "invite":
                return self._people(text, user, chat, command, tongue)
            case "help":
                return Reply(welcome.help_screen(tongue))
            case _ if text.chat_kind is ChatKind.PRIVATE:
                return Reply(welcome.help_screen(tongue))
            case _:
                return Reply()

    def _start(self, text: TextMessage, user: User, chat: Chat, argument: str, tongue: Tongue) -> Reply:
        number = argument.removeprefix("inc_")
        if argument.startswith("inc_") and number.isdecimal() and len(number) < 16:
            return self._card(text, int(number), user, tongue)
        known = self._store.chats.get(chat.id)
        catch_up = False
        if text.chat_kind is ChatKind.PRIVATE and not self._store.chats.subscribed():
            # Nobody would see anything otherwise: the first person who comes gets the incidents.
            chat = self._subscribe(user, replace(known or chat, subscribed=True))
            catch_up = True
        total, _ = self._store.incidents.open_page(0, 1, readable_by(user))
        return Reply(welcome.start(user, chat, tongue, open_count=total), catch_up=catch_up)

    def _subscription(self, user: User, chat: Chat, tongue: Tongue, *, wanted: bool) -> Reply:
        if not may_decide(user) and chat.kind is not ChatKind.PRIVATE:
            return Reply(screen([tongue.say("⛔ Only an admin decides what a group is shown.")], []))
        if chat.subscribed != wanted:
            chat = self._subscribe(user, replace(chat, subscribed=wanted))
        told = (
            tongue.say("🔔 Every incident is shown in this chat from now on.")
            if wanted
            else tongue.say("🔕 No more incidents are shown in this chat. /subscribe brings them back.")
        )
        return Reply(screen([told], []), catch_up=wanted)

    def _subscribe(self, user: User, chat: Chat) -> Chat:
        type = EntryType.CHAT_ADDED if chat.subscribed else EntryType.CHAT_REMOVED
        entry = Entry(type, Subject.person(user.id, user.name), self._clock(), chat_id=chat.id)
        self._store.chats.put(chat, entries=[entry])
        return chat

    def _redeem(self, text: TextMessage, code: str) -> User | None:
        """The one-time code makes its bringer the first admin. It works once, in private, while there is none."""
        kept = self._store.settings.get(CODE_SETTING) or ""
        sender = text.sender
        if sender is None or text.chat_kind is not ChatKind.PRIVATE or not kept or self._store.users.admin_ids():
            return None
        if not hmac.compare_digest(kept, _hash(code)):
            log.warning("a wrong admin code was tried", user=sender.id)
            return None
        user = User(sender.id, sender.name, everywhere(Role.ADMIN), sender.language_code)
        subject = Subject.person(sender.id, sender.name)
        entry = Entry(EntryType.USER_ADDED, subject, self._clock(), chat_id=text.chat_id, detail={"role": Role.ADMIN})
        self._store.users.put(user, [entry])
        self._store.settings.set(CODE_SETTING, "")
        return user

    def _card(self, text: TextMessage, incident_id: int, user: User, tongue: Tongue) -> Reply:
        """A link to an incident opens it for who may read it, and says nothing of it to others."""
        if may_see(user, self._store.incidents.get(incident_id)):
            return Reply(position=Position(text.chat_id, 0, Verb.CARD, incident_id))
        self._deny(text, user.id, user.name, {"what": Verb.CARD, "why": OUT_OF_SCOPE}, incident_id)
        return Reply(screen([tongue.say(TOASTS[OUT_OF_SCOPE])], []))

    def _deny(
        self, text: TextMessage, user_id: int, name: str, detail: dict[str, str], incident_id: int | None = None
    ) -> None:
        entry = Entry(
            EntryType.DENIED,
            Subject.person(user_id, name),
            self._clock(),
            incident_id=incident_id,
            chat_id=text.chat_id,
            message_id=text.message_id,
            detail=detail,
        )
        self._store.audit.append([entry], update_id=text.update_id)

    def _people(self, text: TextMessage, user: User, chat: Chat, command: str, tongue: Tongue) -> Reply:
        if not may_decide(user):
            self._deny(text, user.id, user.name, {"what": f"/{command}", "why": "no_admin"})
            return Reply(screen([tongue.say(TOASTS[ADMINS_ONLY])], []))
        if chat.kind is not ChatKind.PRIVATE:
            return Reply(screen([tongue.say("👥 Who may do what is decided in a private chat with me.")], []))
        return Reply(position=Position(chat.id, 0, Verb.PEOPLE if command == "users" else Verb.GRANT))

    def _admit(self, text: TextMessage, token: str) -> User | None:
        """An invitation makes its opener a user, in private and once. One that does not count says nothing of why."""
        sender = text.sender
        if sender is None or text.chat_kind is not ChatKind.PRIVATE:
            return None
        newcomer = User(sender.id, sender.name, (), sender.language_code)
        return self._store.invites.redeem(token, newcomer, now=self._clock())

    def _stranger(self, text: TextMessage, command: str, why: str, tongue: Tongue) -> Reply:
        if text.sender is None:
            return Reply()
        log.info("a stranger wrote", user=text.sender.id, chat=text.chat_id)
        if command in {name for name, _ in welcome.COMMANDS}:
            # What else begins with a slash may be meant for another bot of the group.
            self._deny(text, text.sender.id, text.sender.name, {"what": f"/{command}", "why": why})
        admins = [user.name for user in self._store.users.all() if may_decide(user) and user.name.startswith("@")]
        possible = not self._store.users.admin_ids()
        return Reply(welcome.stranger(text.sender.id, text.chat_kind, tongue, admins=admins, code_possible=possible))


def _command(text: str) -> tuple[str, str]:
    """`/start@our_bot inc_96` -> ("start", "inc_96"); anything else -> ("", ...)."""
    if not text.startswith("/"):
        return "", text
    word, _, argument = text[1:].partition(" ")
    return word.partition("@")[0].lower(), argument.strip()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
