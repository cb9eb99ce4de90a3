"""The bot's name, by which links into Telegram are made: as it was told last, to whichever process of the service.

A replica that stands by never asks Telegram, and one that starts while Telegram is away cannot.
"""

from contextlib import suppress

from chatops.core.failures import Failure
from chatops.db.settings import Settings
from chatops.telegram.client import Me

BOT_SETTING = "telegram_bot"
"""The bot's number and its name: with another token the name is another's."""


class Bot:
    """Thread-safe."""

    def __init__(self, settings: Settings, token: str) -> None:
        self._settings = settings
        self._id = token.partition(":")[0]
        self._name = ""

    def told(self, me: Me) -> None:
        """Telegram says who it is."""
        self._name = f"@{me.username}"
        known = f"{me.id} {self._name}"
        # A name that cannot be noted now is told again with the next start.
        with suppress(Failure):
            if self._settings.get(BOT_SETTING) != known:
                self._settings.set(BOT_SETTING, known)

    def name(self) -> str:
        """`@name`; empty where nobody was ever told it, or the database cannot be asked."""
        if self._name:
            return self._name
        with suppress(Failure):
            number, _, name = (self._settings.get(BOT_SETTING) or "").partition(" ")
            return name if number == self._id else ""
        return ""
