"""The line to Telegram, whichever way updates come: how it is, how long to wait, and what the bot says of itself.

It receives nothing.
"""

import random
import threading

import structlog

from chatops.actors.health import Health
from chatops.core.failures import Failure, Permanent, Reason
from chatops.telegram.client import Commands, Telegram

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
    """For one thread at a time. `stopping` ends every wait."""

    def __init__(self, *, telegram: Telegram, health: Health, commands: Commands, stopping: threading.Event) -> None:
        self._telegram = telegram
        self._health = health
        self._commands: Commands | None = commands
        self._stopping = stopping
        self._name = ""
        self._failures = 0

    def introduce(self) -> None:
        """Once Telegram can be reached. A menu that is refused must not keep anybody from being heard."""
        if not self._name:
            self._name = f"@{self._telegram.me().username}"
            self._health.up(PART, self._name)
        if self._commands is None:
            return
        try:
            self._telegram.set_commands(self._commands)
            self._commands = None
        except Permanent as refusal:
            log.warning("telegram refuses the list of commands", reason=str(refusal))
            self._commands = None
        except Failure as failure:
            log.info("the list of commands has to wait", reason=str(failure))

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
