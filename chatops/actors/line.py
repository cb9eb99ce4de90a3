"""The line to Telegram, whichever way updates come: how it is, how long to wait, and what the bot says of itself.

It receives nothing.
"""

import random
import threading
from collections.abc import Callable

import structlog

from chatops.actors.health import Health
from chatops.actors.menu import Menu
from chatops.core.failures import Failure, Permanent, Reason
from chatops.telegram.client import Me, Telegram
from chatops.telegram.profile import Commands

log = structlog.get_logger()

PART = "telegram"
SOON = 1.0
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 10.0
"""Between two tries while Telegram is away: whoever waits for us when it is back waits no longer."""
REFUSED_SECONDS = 30.0
"""Between two tries of what only a person can mend."""
CONFLICT_SECONDS = 15.0
"""Asking more often would only throw the other program out more often."""

_MOST_DOUBLINGS = 16

MENDS = {
    Reason.UNAUTHORIZED: "Telegram does not know TELEGRAM_BOT_TOKEN: copy it again from @BotFather",
    Reason.NOT_FOUND: "no Bot API server answers at TELEGRAM_API_URL: mend the address",
    Reason.CONFLICT: "another program polls with this token: stop it, or give each a bot of its own",
}


class Line:
    """For one thread at a time. `stopping` ends every wait; `on_me` is told who the bot is, once that is known."""

    def __init__(
        self,
        *,
        telegram: Telegram,
        health: Health,
        commands: Commands,
        menu: Menu,
        stopping: threading.Event,
        on_me: Callable[[Me], None] = lambda _me: None,
    ) -> None:
        self._telegram = telegram
        self._health = health
        self._on_me = on_me
        self._said: dict[str, Callable[[], None]] = {
            "the list of commands": lambda: telegram.profile.set_commands(commands),
            "the menu button": lambda: menu.arrange(telegram.profile),
        }
        """What the bot still has to say of itself."""
        self._stopping = stopping
        self._name = ""
        self._failures = 0

    def introduce(self) -> None:
        """Once Telegram can be reached. A menu that is refused must not keep anybody from being heard."""
        if not self._name:
            me = self._telegram.me()
            self._on_me(me)
            self._name = f"@{me.username}"
            self._health.up(PART, self._name)
        for what, say in list(self._said.items()):
            try:
                say()
            except Permanent as refusal:
                log.warning("telegram refuses what the bot says of itself", what=what, reason=str(refusal))
            except Failure as failure:
                log.info("what the bot says of itself has to wait", what=what, reason=str(failure))
                continue
            del self._said[what]

    def works(self) -> None:
        self._failures = 0
        self._health.up(PART, self._name)

    def does_not_work(self, reason: str) -> None:
        """Telegram answers, and says that it cannot reach us."""
        self._health.down(PART, reason)

    def failed(self, failure: Failure, reason: str = "") -> None:
        """Say so, and wait as long as makes sense. `reason` is told the operator, else what the failure says."""
        reason = reason or MENDS.get(failure.reason, str(failure))
        self._health.down(PART, reason)
        if self._failures == 0:
            log.warning("telegram cannot be asked", reason=reason)
        self._failures += 1
        if failure.retry_after is not None:
            wait = failure.retry_after
        elif failure.reason is Reason.CONFLICT:
            wait = CONFLICT_SECONDS * jitter()
        elif isinstance(failure, Permanent):
            wait = REFUSED_SECONDS * jitter()
        else:
            doubled = FIRST_BACKOFF * 2 ** min(self._failures - 1, _MOST_DOUBLINGS)
            wait = min(LONGEST_BACKOFF, doubled) * jitter()
        self._stopping.wait(wait)

    def not_stored(self, failure: Failure) -> None:
        """The database is what does not work."""
        log.error("updates cannot be stored", reason=str(failure))
        self._stopping.wait(SOON * jitter())


def jitter() -> float:
    return random.uniform(0.5, 1.0)
