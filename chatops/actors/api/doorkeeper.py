"""The doorkeeper: whose request it is, by a launch that Telegram signed, a session, or a token of one's own."""

from collections.abc import Callable
from datetime import datetime

from chatops.core.access import known
from chatops.core.audit import VIA, Entry, EntryType
from chatops.core.budgets import Budgets
from chatops.core.people import User
from chatops.core.screens.toasts import toast
from chatops.core.signing_in import TOKEN_PREFIX, Launch, Scope, Way, launched_by
from chatops.core.signing_in import Refused as Unsigned
from chatops.core.texts import LANGUAGES, Tongue, mark, tongue
from chatops.db.store import Store
from chatops.web.caller import Caller
from chatops.web.operations import refused

CHALLENGE = ("WWW-Authenticate", 'Bearer realm="chatops"')

UNKNOWN = mark("Sign in first: open this from the bot, or write /login to it.")
OVER = mark("This session is over. Open it from the bot again, or write /login to it.")
OLD_LAUNCH = mark("This was opened too long ago. Close it and open it from the bot again.")
NOT_SIGNED = mark("Telegram did not sign this for this bot. Open it from the bot.")
USED_UP = mark("This opening was used already. Close it and open it from the bot again.")


class Doorkeeper:
    """Rights are looked up for each request: what was taken away a moment ago is gone."""

    def __init__(self, store: Store, *, bot_token: str, language: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._bot_token = bot_token
        self._language = language
        self._clock = clock
        self._budgets = Budgets()

    def caller(self, authorization: str, languages: str, *, changes: bool) -> Caller:
        """Raises Refused."""
        scheme, _, shown = authorization.strip().partition(" ")
        shown = shown.strip()
        match scheme.lower():
            case "tma":
                found = self._launched(shown, languages, changes=changes)
            case "bearer" if shown.startswith(TOKEN_PREFIX):
                found = self._by_token(shown, languages)
            case "bearer" if shown:
                found = self._in_session(shown, languages)
            case _:
                raise refused(401, "unauthenticated", self._words(languages).plain(UNKNOWN), CHALLENGE)
        if changes:
            self._restrain(found)
        return found

    def launch(self, init_data: str, languages: str) -> Launch:
        """What Telegram signed. Raises Refused for all else."""
        launch, speaks = launched_by(init_data, self._bot_token, now=self._clock()), self._words(languages)
        if launch is Unsigned.OLD:
            raise refused(401, "expired", speaks.plain(OLD_LAUNCH), CHALLENGE)
        if not isinstance(launch, Launch):
            raise refused(401, "bad_init_data", speaks.plain(NOT_SIGNED), CHALLENGE)
        return launch

    def use_up(self, launch: Launch, languages: str) -> None:
        """A launch opens one session, or makes one change. Raises Refused from the second on."""
        if not self._store.logins.use_launch(launch, self._clock()):
            raise refused(401, "used_up", self._words(languages).plain(USED_UP), CHALLENGE)

    def known(self, user_id: int, languages: str) -> User:
        """The user of this number as stored now. Raises Refused for whoever may nothing."""
        user = self._store.users.get(user_id)
        verdict = known(user)
        if user is None or not verdict.allowed:
            words = toast("stranger", self._words(languages), {"id": str(user_id)})
            raise refused(403, verdict.reason, words)
        return user

    def speaks(self, user: User, languages: str) -> Tongue:
        """The language somebody chose, or that their Telegram told; else their browser's, else the settings'."""
        return tongue(user.language) if user.language else self._words(languages)

    def _launched(self, init_data: str, languages: str, *, changes: bool) -> Caller:
        launch = self.launch(init_data, languages)
        user = self.known(launch.user_id, languages)
        if changes:
            self.use_up(launch, languages)
        return Caller(user, Way.LAUNCH, self.speaks(user, languages), init_data)

    def _in_session(self, shown: str, languages: str) -> Caller:
        user_id = self._store.logins.session(shown, self._clock())
        if user_id is None:
            raise refused(401, "expired", self._words(languages).plain(OVER), CHALLENGE)
        user = self.known(user_id, languages)
        return Caller(user, Way.SESSION, self.speaks(user, languages), shown)

    def _by_token(self, shown: str, languages: str) -> Caller:
        token = self._store.api_tokens.by_text(shown, self._clock())
        if token is None:
            raise refused(401, "unauthenticated", self._words(languages).plain(UNKNOWN), CHALLENGE)
        user = self.known(token.user_id, languages)
        return Caller(user, Way.TOKEN, self.speaks(user, languages), shown, Scope(token.scope), token.name)

    def _restrain(self, caller: Caller) -> None:
        """As a chat does: so many changes at once, and the log has a burst once."""
        ruling = self._budgets.spend(caller.user.id, self._clock())
        if not ruling.wait:
            return
        if ruling.first:
            detail = {"what": "api", "why": "too_fast", VIA: caller.via}
            self._store.audit.append([Entry(EntryType.DENIED, caller.person.subject, self._clock(), detail=detail)])
        words = toast("too_fast", caller.tongue, {"seconds": str(ruling.wait)})
        raise refused(429, "too_fast", words, ("Retry-After", str(ruling.wait)))

    def _words(self, languages: str) -> Tongue:
        wanted = (part.partition(";")[0].strip().lower().partition("-")[0] for part in languages[:200].split(","))
        return tongue(next((each for each in wanted if each in LANGUAGES), self._language))
