"""What people write to the bot: commands, and who is let in."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from chatops.actors.conversation import maintenance, routes
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.reader import readable_by
from chatops.core.access import ADMINS_ONLY, OUT_OF_SCOPE, known, may_decide, may_see
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.granting import INVITE_PREFIX
from chatops.core.mini_app import NO_APP, MiniApp
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.review import asked_for
from chatops.core.screens import mini_app, welcome
from chatops.core.screens.base import Screen, screen
from chatops.core.screens.toasts import TOASTS
from chatops.core.texts import Tongue
from chatops.core.updates import TextMessage
from chatops.db.store import Store

log = structlog.get_logger()

CODE_SETTING = "admin_code"

NO_ADMIN, NOT_PRIVATE = "no_admin", "not_private"
"""Why a command is refused to somebody known."""

INVITATION, ADMIN_CODE, WRONG_CODE = "invitation", "admin_code", "wrong_code"
_KNOWN = frozenset(name for name, _ in welcome.COMMANDS)


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

    def __init__(self, store: Store, *, clock: Callable[[], datetime], app: MiniApp = NO_APP) -> None:
        self._store = store
        self._app = app
        self._clock = clock
        self._denials = Denials(store, clock=clock)

    def answer(self, text: TextMessage, user: User | None, chat: Chat, tongue: Tongue) -> Reply:
        """`user` is who wrote, as far as we know them. The empty Reply is for what is not meant for the bot."""
        command, argument = _command(text.text)
        if not command:
            return Reply()
        refused = ""
        if command == "start" and argument.startswith(INVITE_PREFIX):
            user, refused = self._admit(text, argument, user)
        elif user is None and command == "start" and argument:
            user, refused = self._redeem(text, argument)
        somebody = known(user)
        if user is None or not somebody.allowed:
            what = "" if not refused else ADMIN_CODE if refused == WRONG_CODE else INVITATION
            return self._stranger(text, command, what, refused or somebody.reason, tongue)
        if refused:
            self._denials.write(text, INVITATION, refused)
        match command:
            case "start":
                return self._start(text, user, chat, argument, tongue)
            case "incidents":
                return Reply(position=Position(chat.id, 0, Verb.INCIDENTS))
            case "history":
                return Reply(position=Position(chat.id, 0, Verb.HISTORY))
            case "report":
                days, namespace = asked_for(argument)
                args = {"days": str(days), **({"namespace": namespace} if namespace else {})}
                return Reply(position=Position(chat.id, 0, Verb.STATISTICS, args=args))
            case "silences":
                return Reply(position=Position(chat.id, 0, Verb.SILENCES))
            case "maintenance" | "routes" | "chat" if not may_decide(user):
                self._denials.write(text, f"/{command}", NO_ADMIN)
                return Reply(screen([tongue.say(TOASTS[ADMINS_ONLY])], []))
            case "chat":
                return Reply(position=Position(chat.id, 0, Verb.CHAT))
            case "maintenance":
                args = maintenance.typed(argument, self._clock())
                return Reply(position=Position(chat.id, 0, Verb.MAINTENANCE, args=args))
            case "routes":
                args = {routes.TYPED: argument[: routes.LONGEST]} if argument else {}
                return Reply(position=Position(chat.id, 0, Verb.ROUTES, args=args))
            case "oncall":
                return Reply(position=Position(chat.id, 0, Verb.ONCALL))
            case "login":
                return Reply(self._login(text, user, tongue))
            case "subscribe" | "unsubscribe":
                return self._subscription(text, user, chat, command, tongue)
            case "users" | "invite":
                return self._people(text, user, chat, command, tongue)
            case "help":
                return Reply(welcome.help_screen(tongue, app=bool(self._app.address)))
            case _ if text.chat_kind is ChatKind.PRIVATE:
                return Reply(welcome.help_screen(tongue, app=bool(self._app.address)))
            case _:
                return Reply()

    def _start(self, text: TextMessage, user: User, chat: Chat, argument: str, tongue: Tongue) -> Reply:
        number = argument.removeprefix("inc_")
        if argument.startswith("inc_") and number.isdecimal() and len(number) < 16:
            return self._card(text, int(number), user, tongue)
        known = self._store.chats.get(chat.id)
        # Somebody who has just been let in, or may see more than before.
        catch_up = chat.subscribed
        if text.chat_kind is ChatKind.PRIVATE and not self._store.chats.subscribed():
            # Nobody would see anything otherwise: the first person who comes gets the incidents.
            chat = self._subscribe(text, user, replace(known or chat, subscribed=True))
            catch_up = True
        total, _ = self._store.pages.open(0, 1, readable_by(user))
        shown = welcome.start(user, chat, tongue, open_count=total, routed=self._is_routed(chat))
        return Reply(shown, catch_up=catch_up)

    def _is_routed(self, chat: Chat) -> bool:
        return bool(self._store.routes.of(chat.id).routes)

    def _subscription(self, text: TextMessage, user: User, chat: Chat, command: str, tongue: Tongue) -> Reply:
        wanted = command == "subscribe"
        if not may_decide(user) and chat.kind is not ChatKind.PRIVATE:
            self._denials.write(text, f"/{command}", NO_ADMIN)
            return Reply(screen([tongue.say("⛔ Only an admin decides what a group is shown.")], []))
        if chat.subscribed != wanted:
            chat = self._subscribe(text, user, replace(chat, subscribed=wanted))
        if wanted and self._is_routed(chat):
            return Reply(screen([welcome.here(chat, tongue, routed=True)], []), catch_up=True)
        told = (
            tongue.say("🔔 Every incident is shown in this chat from now on.")
            if wanted
            else tongue.say("🔕 No more incidents are shown in this chat. /subscribe brings them back.")
        )
        return Reply(screen([told], []), catch_up=wanted)

    def _subscribe(self, text: TextMessage, user: User, chat: Chat) -> Chat:
        type = EntryType.CHAT_ADDED if chat.subscribed else EntryType.CHAT_REMOVED
        subject = Subject.person(user.id, user.name)
        entry = Entry(type, subject, self._clock(), chat_id=chat.id, message_id=text.message_id)
        self._store.chats.put(chat, entries=[entry])
        return chat

    def _redeem(self, text: TextMessage, code: str) -> tuple[User | None, str]:
        """The one-time code makes its bringer the first admin. It works once, in private, while there is none.

        Nobody, and why not, for a wrong one.
        """
        kept = self._store.settings.get(CODE_SETTING) or ""
        sender = text.sender
        if sender is None or text.chat_kind is not ChatKind.PRIVATE or not kept or self._store.users.admin_ids():
            return None, ""
        if not hmac.compare_digest(kept, _hash(code)):
            log.warning("a wrong admin code was tried", user=sender.id)
            return None, WRONG_CODE
        user = User(sender.id, sender.name, everywhere(Role.ADMIN), sender.language_code)
        subject = Subject.person(sender.id, sender.name)
        where, detail = (text.chat_id, text.message_id), {"role": Role.ADMIN.value}
        entry = Entry(EntryType.USER_ADDED, subject, self._clock(), None, None, *where, detail)
        self._store.users.put(user, [entry])
        self._store.settings.set(CODE_SETTING, "")
        return user, ""

    def _card(self, text: TextMessage, incident_id: int, user: User, tongue: Tongue) -> Reply:
        """A link to an incident opens it for who may read it, and says nothing of it to others."""
        if may_see(user, self._store.incidents.get(incident_id)):
            return Reply(position=Position(text.chat_id, 0, Verb.CARD, incident_id))
        self._denials.write(text, Verb.CARD, OUT_OF_SCOPE, incident_id=incident_id)
        return Reply(screen([tongue.say(TOASTS[OUT_OF_SCOPE])], []))

    def _people(self, text: TextMessage, user: User, chat: Chat, command: str, tongue: Tongue) -> Reply:
        if not may_decide(user):
            self._denials.write(text, f"/{command}", NO_ADMIN)
            return Reply(screen([tongue.say(TOASTS[ADMINS_ONLY])], []))
        if chat.kind is not ChatKind.PRIVATE:
            self._denials.write(text, f"/{command}", NOT_PRIVATE)
            return Reply(screen([tongue.say("👥 Who may do what is decided in a private chat with me.")], []))
        return Reply(position=Position(chat.id, 0, Verb.PEOPLE if command == "users" else Verb.GRANT))

    def _login(self, text: TextMessage, user: User, tongue: Tongue) -> Screen:
        """A link that signs a browser in as who asks, once. A code that was lost on the way is asked for again."""
        if not self._app.address or text.chat_kind is not ChatKind.PRIVATE:
            return mini_app.no_login(text.chat_kind, tongue, possible=bool(self._app.address))
        now, subject = self._clock(), Subject.person(user.id, user.name)
        entry = Entry(EntryType.LOGIN_LINK, subject, now, chat_id=text.chat_id, message_id=text.message_id)
        code = self._store.logins.make(user.id, now, entry=entry, update_id=text.update_id)
        return mini_app.login(self._app, code, tongue)

    def _admit(self, text: TextMessage, token: str, user: User | None) -> tuple[User | None, str]:
        """An invitation makes its opener a user, in private and once. Of one that does not count the log has why, and
        its opener is told nothing.
        """
        sender, now = text.sender, self._clock()
        if sender is None or text.chat_kind is not ChatKind.PRIVATE:
            return user, NOT_PRIVATE
        newcomer = User(sender.id, sender.name, (), sender.language_code)
        admitted = self._store.invites.redeem(token, newcomer, now=now, update_id=text.update_id)
        return (admitted, "") if admitted else (user, self._store.invites.why_not(token, sender.id, now=now))

    def _stranger(self, text: TextMessage, command: str, what: str, why: str, tongue: Tongue) -> Reply:
        if text.sender is None:
            return Reply()
        log.info("a stranger wrote", user=text.sender.id, chat=text.chat_id)
        if command in _KNOWN or text.chat_kind is ChatKind.PRIVATE:
            # What else begins with a slash may be meant for another bot of the group.
            self._denials.write(text, what or (f"/{command}" if command in _KNOWN else "command"), why)
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
