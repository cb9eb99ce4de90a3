"""What Telegram is told of the bot at the start (commands, menu button, webhook), and what it says of it in return.

It asks Telegram nothing itself: the TelegramActor is given this, and tells it when it can be told.
"""

import threading

from chatops.actors.bot import Bot
from chatops.actors.menu import Menu
from chatops.actors.telegram import HookWanted
from chatops.core.screens import mini_app
from chatops.core.screens.welcome import offered
from chatops.core.texts import LANGUAGES, tongue
from chatops.db.settings import Settings as StoredSettings
from chatops.settings import Settings
from chatops.telegram.client import Me
from chatops.telegram.profile import Commands
from chatops.web.hook import hook_secret

HOOK_SETTING = "telegram_hook"
"""Where the webhook that we set is remembered, for a later run that polls."""
MENU_SETTING = "telegram_menu"
"""Where it is remembered what we had the menu button open, for a later run without a PUBLIC_URL."""


class Introduction:
    """`left_hook` and `menu` read what an earlier run has left: they raise Failure while the database is not open."""

    def __init__(self, settings: Settings, stored: StoredSettings, bot: Bot) -> None:
        self._settings = settings
        self._stored = stored
        self._bot = bot
        self._main_app = threading.Event()

    def commands(self) -> Commands:
        """The command list per language, as Telegram shows it; `""` is for every other language."""
        app = bool(self._settings.app.address)
        spoken = {
            language: tuple((name, tongue(language).plain(does)) for name, does in offered(app=app))
            for language in LANGUAGES
        }
        return {"": spoken["en"], **spoken}

    def hook(self) -> HookWanted | None:
        """None where updates are polled for."""
        url = self._settings.telegram_webhook_url
        if not url:
            return None
        secret = hook_secret(self._settings.telegram_bot_token.get_secret_value())
        return HookWanted(url, secret, lambda url: self._stored.set(HOOK_SETTING, url))

    def left_hook(self) -> str:
        """The webhook that an earlier run has set; empty for none."""
        return self._stored.get(HOOK_SETTING) or ""

    def menu(self) -> Menu:
        """What the menu button is to be, and was."""
        text = tongue(self._settings.language).plain(mini_app.MENU)
        left = self._stored.get(MENU_SETTING) or ""
        return Menu(text, self._settings.app.start, left, lambda url: self._stored.set(MENU_SETTING, url))

    def returned(self, me: Me) -> None:
        """Telegram says who the bot is. In the TelegramActor's thread."""
        self._bot.told(me)
        if me.main_app:
            self._main_app.set()

    def main_app(self) -> bool:
        """Whether the Mini App is known to Telegram as the bot's main one."""
        return self._main_app.is_set()
