"""What the bot says of itself in every private chat: its list of commands and its menu button. It knows no messages."""

from collections.abc import Mapping, Sequence
from functools import partial

from telebot import apihelper, types

from chatops.core.telegram_text import clean
from chatops.telegram.calls import Calls, nonsense

Commands = Mapping[str, Sequence[tuple[str, str]]]
"""By language code, `""` for all others: each command's name and what it does."""


class Profile:
    """Thread-safe."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def set_commands(self, commands: Commands) -> None:
        """Telegram's menu of commands, one list per language."""
        for language, listed in commands.items():
            given = [types.BotCommand(name, clean(does)) for name, does in listed]
            self._calls.ask(
                "setMyCommands", partial(apihelper.set_my_commands, commands=given, language_code=language or None)
            )

    def set_menu(self, text: str, url: str) -> None:
        """What the button beside the text field of private chats opens."""
        self._set_button(types.MenuButtonWebApp(clean(text), types.WebAppInfo(url)))

    def delete_menu(self) -> None:
        """That button lists the commands again."""
        self._set_button(types.MenuButtonDefault())  # type: ignore[no-untyped-call]  # telebot types it in part

    def menu(self) -> str:
        """The address that it opens; empty where it opens none."""
        match self._calls.ask("getChatMenuButton", apihelper.get_chat_menu_button):
            case {"type": "web_app", "web_app": {"url": str(url)}}:
                return url
            case {"type": str()}:
                return ""
        raise nonsense()

    def _set_button(self, button: types.MenuButton) -> None:
        self._calls.ask("setChatMenuButton", partial(apihelper.set_chat_menu_button, menu_button=button))
