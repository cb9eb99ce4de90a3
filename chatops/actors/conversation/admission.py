"""What admins decide of people: grants, invitations, access taken away. An act and its entry are one transaction."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import AccessChanged
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.people import UNREADABLE
from chatops.actors.conversation.reader import Reader, readable_by
from chatops.actors.conversation.whereabouts import From
from chatops.core.access import may_decide
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.failures import Failure
from chatops.core.granting import (
    INVITE_LIFETIME,
    INVITE_PREFIX,
    Act,
    Invite,
    decided,
    grant_detail,
    grant_of,
    place_typed,
)
from chatops.core.outgoing import Lane
from chatops.core.people import Grant
from chatops.core.screens import deciding
from chatops.core.screens.base import Screen
from chatops.core.screens.people import invitation
from chatops.core.texts import tongue
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store

log = structlog.get_logger()

DECIDES = {
    Verb.GIVE: (EntryType.GRANTED, "given"),
    Verb.REVOKE: (EntryType.REVOKED, "revoked"),
    Verb.DISABLE: (EntryType.DISABLED, "disabled_now"),
    Verb.ENABLE: (EntryType.ENABLED, "enabled_now"),
}
"""What is decided, by the button that asked for it: what is written down, and the toast."""

TOKEN_BYTES = 16
"""128 random bits; with its prefix 26 characters of the 64 that Telegram takes behind `?start=`."""


def decides(offered: Offered) -> bool:
    """Whether the press itself decides: other buttons of these screens lead to a question first."""
    return offered.verb is Verb.DECIDE or (offered.verb is Verb.GIVE and "user" not in offered.args)


class Admission:
    """`bot_name` tells `@name` of the bot, or nothing while Telegram has not told it."""

    def __init__(
        self,
        canvas: Canvas,
        drilldown: Drilldown,
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        bot_name: Callable[[], str],
    ) -> None:
        self._canvas = canvas
        self._drilldown = drilldown
        self._store = store
        self._clock = clock
        self._tell = tell
        self._bot_name = bot_name
        self._denials = Denials(store, clock=clock)

    def decide(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """Do what the button says; the code of the toast. That the presser is an admin is decided already."""
        args, grant = offered.args, grant_of(offered.args)
        if offered.verb is not Verb.DECIDE:
            return self._invite(tap, grant, reader) if grant else self._not_decided(tap, offered)
        type, code = DECIDES[Verb(args["act"])]
        act = Act(type, reader.person.subject, self._clock(), tap.chat_id, grant, tap.message_id)
        changed = self._store.users.change(int(args["user"]), partial(decided, act), update_id=tap.update_id)
        # Afterwards: pressed once more it would change nothing.
        self._store.buttons.use(offered.token, str(reader.person.id), self._clock())
        if not changed:
            code = self._not_decided(tap, offered)
        elif changed.id != reader.person.id:
            self._tell(chat_address(changed.id), AccessChanged(type, grant))
        try:
            self._show(tap, args["user"], reader)
        except Failure as failure:
            # Whether it was decided is known, and that is what they are told.
            log.error("a screen could not be drawn", chat=tap.chat_id, problem=str(failure))
        return code

    def _not_decided(self, tap: Tap, offered: Offered) -> str:
        """It is so already, or it would leave no admin."""
        kept = ("user", "role", "cluster", "namespace")
        named = {name: value for name, value in offered.args.items() if name in kept}
        what = Verb(offered.args["act"]) if offered.verb is Verb.DECIDE else offered.verb
        self._denials.write(tap, what, "not_decided", detail=named)
        return "not_decided"

    def _show(self, tap: Tap, user: str, reader: Reader) -> None:
        screen = Verb.PERSON
        if not may_decide(self._store.users.get(reader.person.id)):
            # They took it from themselves.
            screen = Verb.HELP
        self._drilldown.go(Position(tap.chat_id, tap.message_id, screen, args={"user": user}), tap, reader)

    def news(self, change: AccessChanged) -> Screen | None:
        """What the person whose chat this is has to be told of a decision; None where it is not so any more."""
        chat, user = self._canvas.chat, self._store.users.get(self._canvas.chat_id)
        if user is None:
            return None
        speaks = tongue(user.language) if user.language else self._canvas.tongue
        total, _ = self._store.pages.open(0, 1, readable_by(user))
        return deciding.news(change.type, change.grant, user, chat, speaks, open_count=total)

    def typed(self, question: Position, text: TextMessage, reader: Reader) -> None:
        """Somebody wrote where the role is to hold: shown as it was understood, and given by a press."""
        place = place_typed(text.text)
        kept = {name: value for name, value in question.args.items() if name in ("user", "role")}
        args = {**kept, "cluster": place[0], "namespace": place[1]} if place else {**kept, UNREADABLE: "1"}
        at = From(question.chat_id, question.message_id, text.chat_kind, text.thread_id)
        self._drilldown.go(replace(question, args=args), at, reader)

    def _invite(self, tap: Tap, grant: Grant, reader: Reader) -> str:
        """The link is shown once and kept nowhere, so the message is drawn here and never again."""
        now, person = self._clock(), reader.person
        token = INVITE_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        invite = Invite(grant, person.id, person.name, now + INVITE_LIFETIME)
        detail = grant_detail(grant)
        entry = Entry(
            EntryType.INVITED, person.subject, now, chat_id=tap.chat_id, message_id=tap.message_id, detail=detail
        )
        # Done with it: an invitation whose link was lost on the way is asked for again, and never made twice.
        self._store.invites.add(token, invite, entry, update_id=tap.update_id)
        name = self._bot_name().removeprefix("@")
        link = f"https://t.me/{name}?start={token}" if name else f"/start {token}"
        at = Position(tap.chat_id, tap.message_id, Verb.PEOPLE, touched_at=now)
        self._store.positions.put(at)
        self._canvas.show(invitation(grant, link, reader.tongue), at, Lane.RESULT)
        return "ok"
