"""What of newer Telegram one server takes: a message is tried with all of it, then more and more simply while refused.

It refuses to know the methods: what a trial does is given.
"""

import threading
from collections.abc import Callable
from functools import partial

from telebot.types import EphemeralMessageParameters

from chatops.core.failures import Permanent, Reason
from chatops.core.outgoing import EphemeralId, ForPresser, Keyboard
from chatops.core.telegram_features import NONE, OF_KEYS, OF_TEXT, Feature, Features
from chatops.telegram import render
from chatops.telegram.render import BASIC, PLAIN, Form

Attempt = Callable[[Form], int]
AttemptFor = Callable[[EphemeralMessageParameters | None, Form], int]
"""Who alone is to see it, None for everybody."""

SIMPLER_MAY_DO = frozenset({Reason.BAD_MARKUP, Reason.REFUSED, Reason.TOO_LONG})
"""Servers other than Telegram's own say in words of theirs what they do not know; plain text is shorter, too."""

_TEXT_SIGNS = ("entities", "tag")
_KEYS_SIGNS = ("button", "web app", "markup", "keyboard", "style", "copy_text")
_KINDS = ((OF_TEXT, _TEXT_SIGNS), (OF_KEYS, _KEYS_SIGNS))
_SIGNS = {
    Feature.COLOURS: ("style",),
    Feature.COPY: ("copy_text", "text buttons"),
    Feature.QUOTES: ("blockquote", "expandable"),
    Feature.TIMES: ("tg-time", "date_time", "date-time"),
    Feature.APPS: ("web app", "web_app", "button_type_invalid"),
}
"""By what a server's words name a feature."""

_NOT_THIS_TIME = ("admin", "participant", "member", "is_bot", "user not found", "user_id", "rights")
"""Of a person, a chat or the bot's standing in it: the next press may do."""


class Newer:
    """Thread-safe. What the server once refused as too new is not tried again; `on_refused` hears of each once."""

    def __init__(self, features: Features, on_refused: Callable[[Feature], None]) -> None:
        self._features = features
        self._on_refused = on_refused
        self._switches = threading.Lock()

    @property
    def features(self) -> Features:
        """What is used so far."""
        with self._switches:
            return self._features

    def simplest(self, markup: str, rows: Keyboard, attempt: Attempt, *, rich: bool = False) -> int:
        """`attempt` with what this server is known to take, then more and more simply while it is refused.

        `rich`: there is a rich form, and the first is that.
        """
        features = self.features
        if not (rich and Feature.RICH in features):
            return self._without_tables(features, markup, rows, attempt)
        refusal = _unless_refused(partial(attempt, Form(features, rich=True)), unknown_too=True)
        if isinstance(refusal, int):
            return refusal
        told = self._without_tables(features, markup, rows, attempt)
        if refusal.reason is not Reason.TOO_LONG:
            self._leave_out(frozenset({Feature.RICH}))
        return told

    def _without_tables(self, features: Features, markup: str, rows: Keyboard, attempt: Attempt) -> int:
        refusal = _unless_refused(partial(attempt, Form(features)))
        if isinstance(refusal, int):
            return refusal
        if used := render.used(markup, rows, features):
            basic = _unless_refused(partial(attempt, BASIC))
            if isinstance(basic, int):
                self._remember(refusal, used)
                return basic
        return attempt(PLAIN)

    def for_one(
        self, only: ForPresser | None, markup: str, rows: Keyboard, attempt: AttemptFor, *, rich: bool = False
    ) -> int:
        """As `simplest`; for one person where the server takes it so, and for everybody where it does not."""
        everybody = partial(attempt, None)
        if only is None or Feature.EPHEMERAL not in self.features:
            return self.simplest(markup, rows, everybody, rich=rich)
        seen_by = EphemeralMessageParameters(only.user_id, only.callback_id)
        try:
            told = self.simplest(markup, rows, partial(attempt, seen_by), rich=rich)
        except Permanent as error:
            refusal = error
        else:
            if told > 0 and not isinstance(told, EphemeralId):
                # A server that does not know the parameter passes over it: by now everybody has seen the message.
                self._leave_out(frozenset({Feature.EPHEMERAL}))
            return told
        sent = self.simplest(markup, rows, everybody, rich=rich)
        self._refused_alone(refusal)
        return sent

    def _leave_out(self, gone: Features) -> None:
        """From now on, and say so once."""
        with self._switches:
            news = gone & self._features
            self._features -= gone
        for feature in sorted(news):
            self._on_refused(feature)

    def _refused_alone(self, refusal: Permanent) -> None:
        """What was to be seen by one person was refused, and taken for everybody.

        Where that is not for the moment, the person or the chat, the server is too old for it.
        """
        words = refusal.detail.lower()
        if refusal.reason in SIMPLER_MAY_DO and not any(sign in words for sign in _NOT_THIS_TIME):
            self._leave_out(frozenset({Feature.EPHEMERAL}))

    def _remember(self, refusal: Permanent, used: Features) -> None:
        """The server takes the message without the features that it `used`.

        Where those are several its words decide, and where they say nothing the next message is tried in full again.
        """
        words = refusal.detail.lower()
        named = frozenset(each for each in used if any(sign in words for sign in _SIGNS[each]))
        alike = (of_kind for of_kind, signs in _KINDS if used <= of_kind or any(sign in words for sign in signs))
        self._leave_out(used if len(used) == 1 else named or used & next(alike, NONE))


def is_unknown(refusal: Permanent) -> bool:
    """Whether the server does not know the method. A token that it does not know is another refusal."""
    return refusal.reason is Reason.UNAUTHORIZED and "not found" in refusal.detail.lower()


def _unless_refused(attempt: Callable[[], int], *, unknown_too: bool = False) -> int | Permanent:
    """What `attempt` returns, or the refusal that a simpler form may not meet."""
    try:
        return attempt()
    except Permanent as refusal:
        if refusal.reason not in SIMPLER_MAY_DO and not (unknown_too and is_unknown(refusal)):
            raise
        return refusal
