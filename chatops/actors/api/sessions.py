"""Signing in and out, and who one is: POST and DELETE /session, /me."""

from dataclasses import dataclass, replace
from typing import Literal

from chatops.actors.api.desk import Desk
from chatops.actors.api.doorkeeper import CHALLENGE, Doorkeeper
from chatops.core.audit import EntryType
from chatops.core.people import User
from chatops.core.shapes.people import Me, Session, rights_of
from chatops.core.signing_in import Way
from chatops.core.texts import mark, tongue
from chatops.web.caller import Caller
from chatops.web.operations import Operation, Request, refused

LINK_GONE = mark("This link was used already, or is over. Write /login to the bot for another one.")
NOTHING_SHOWN = mark("Show a launch of the Mini App, or the code of a login link.")
NO_SESSION = mark("Only a session can be ended.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """The code of a login link; none where a launch is shown."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    language: Literal["en", "ru"]


class Sessions:
    def __init__(self, desk: Desk, doorkeeper: Doorkeeper) -> None:
        self._desk = desk
        self._doorkeeper = doorkeeper

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "POST",
                "/session",
                "Sign in: with a launch of the Mini App (`Authorization: tma ...`), or the code of a login link. Once.",
                self.sign_in,
                Session,
                body=SignIn,
                status=201,
                open=True,
            ),
            Operation("DELETE", "/session", "Sign out: end this session.", self.sign_out, status=204),
            Operation("GET", "/me", "Who I am, and what I may.", self.me, Me),
            Operation("PATCH", "/me", "Change what I wish for.", self.wish, Me, body=Wishes),
        ]

    def sign_in(self, request: Request) -> Session:
        scheme, _, shown = request.authorization.strip().partition(" ")
        if request.body.code:
            user, how = self._by_link(request), "login link"
        elif scheme.lower() == "tma":
            launch = self._doorkeeper.launch(shown.strip(), request.languages)
            # Who it is comes first: what a stranger shows is not kept.
            user, how = self._doorkeeper.known(launch.user_id, request.languages), "launch"
            self._doorkeeper.use_up(launch, request.languages)
            if user.name != launch.name:
                # As a press tells it: what the log calls them from now on.
                self._desk.store.users.rename(user.id, launch.name)
                user = replace(user, name=launch.name)
        else:
            raise refused(401, "unauthenticated", tongue(request.languages).plain(NOTHING_SHOWN), CHALLENGE)
        caller = Caller(user, Way.SESSION, self._doorkeeper.speaks(user, request.languages))
        entry = self._desk.entry(EntryType.SIGNED_IN, caller, {"by": how})
        token, ends = self._desk.store.logins.begin(user.id, self._desk.clock(), entry)
        return Session(token, ends, self._told(caller))

    def _by_link(self, request: Request) -> User:
        user_id = self._desk.store.logins.by_code(request.body.code, self._desk.clock())
        if user_id is None:
            words = tongue(request.languages).plain(LINK_GONE)
            raise refused(401, "login_link_gone", words, CHALLENGE)
        return self._doorkeeper.known(user_id, request.languages)

    def sign_out(self, request: Request) -> None:
        caller = request.by
        if caller.way is not Way.SESSION:
            raise refused(409, "no_session", caller.tongue.plain(NO_SESSION))
        self._desk.store.logins.end(caller.credential)

    def me(self, request: Request) -> Me:
        return self._told(request.by)

    def wish(self, request: Request) -> Me:
        caller, language = request.by, request.body.language
        self._desk.store.users.set_language(caller.user.id, language)
        return self._told(replace(caller, user=replace(caller.user, language=language), tongue=tongue(language)))

    def _told(self, caller: Caller) -> Me:
        user, desk = caller.user, self._desk
        return Me(
            id=user.id,
            name=user.name,
            language=caller.tongue.language,
            rights=rights_of(user, caller.scope),
            grants=user.grants,
            bot=desk.bot_name().removeprefix("@"),
            via=caller.way,
            silences=desk.policy.outside.alertmanager,
        )
